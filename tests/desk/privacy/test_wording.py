"""A report says codes in words of the reader's language, and a relation from the end where the person stands (S58)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from contacts.editing import create_person, person_called
from contacts.relating import relate
from contacts.relation import RelationKind
from core.i18n import speaking
from desk.privacy.wording import value_said


@pytest.mark.parametrize(("field", "kept", "said"), [
    ("status", "answered", "Har svarat"), ("status", "taking_part", "Deltar"), ("reason", "word", "en kollegas ord"), ("transport", "import", "Importerat"),
    ("kind_id", "has as assistant", "har som assistent"), ("stage_id", "Negotiation", "Förhandling"), ("stage_id", "Our own", "Our own")])
def test_codes_are_words(field, kept, said):
    with speaking("sv"):
        assert value_said(field, kept) == said


def test_a_relation_is_told_from_the_person_s_end(desk):
    """S58: whose assistant somebody is and who is theirs are two things."""
    with desk.database.write() as db:
        by = desk.agent(db, desk.jonas)
        other = create_person(db, {"first_name": "Per", "last_name": "Moe"}, by=by, exempt=True)
        kind = db.scalars(select(RelationKind).where(RelationKind.name == "assistant of")).one()
        relate(db, kind, other, person_called(db, desk.person()), by=by)
    told = {one["section"]: one["entries"] for one in desk.told(desk.make())["sections"]}
    assert [one["fields"]["kind_id"] for one in told["relations"]] == ["has as assistant"]
