"""Lists that are kept by hand take no name that nobody can see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.custom_fields import save_field
from contacts.infotags import save_infotag
from contacts.levels import save_level
from contacts.relation_kinds import save_kind
from contacts.selecting import new_selection
from contacts.stages import save_stage
from core.errors import Refused


@pytest.mark.parametrize("save", [
    lambda db, name, by: save_stage(db, None, {"name": name, "probability": 5}, by=by),
    lambda db, name, by: save_level(db, None, {"name": name}, by=by),
    lambda db, name, by: save_kind(db, None, {"name": name, "reverse": "led by"}, by=by),
    lambda db, name, by: save_infotag(db, None, {"name": name}, by=by),
    lambda db, name, by: save_field(db, None, {"of": "person", "key": "size", "name": name}, by=by),
    lambda db, name, by: new_selection(db, {"of": "persons", "kind": "static", "name": name}, by=by),
], ids=["stage", "level", "relation kind", "infotag", "own field", "selection"])
@pytest.mark.parametrize("name", ["\u200b", "– –"])
def test_a_name_has_a_letter_or_a_digit(db: Session, save: Callable[..., Any], name: str) -> None:
    nora = Agent(email="nora@desk.example", name="Nora Vik", role="admin")
    db.add(nora)
    db.flush()
    with pytest.raises(Refused) as refused:
        save(db, name, nora)
    assert list(refused.value.errors) == ["name"]
    assert save(db, "Trial\u200b", nora).name == "Trial"
