"""Addresses of those who were erased: refused in forms, imports and by the API, until an admin lets one in."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.editing import create_person
from contacts.importing_rows import Row
from contacts.importing_verdicts import judge, look_around
from contacts.person import Person
from contacts.suppression import suppress, suppressed
from core.database import Database
from core.errors import Conflict
from core.history import FactRow

URL = "/settings/erased-addresses"
MADS = ("email", "mads.zyxwold@newplace.example")


@pytest.fixture
def erased(fresh_database: Database, jonas: Agent) -> str:
    """An address whose person is gone, and somebody else to write it on."""
    with fresh_database.write() as db:
        suppress(db, "erased", *MADS, reason="request")
        return create_person(db, {"first_name": "Eva", "last_name": "Lie"}, by=jonas, exempt=True).uid


def test_a_form_refuses_it(admin_client: FlaskClient, erased: str) -> None:
    refused = admin_client.post(f"/persons/{erased}/addresses", data={"kind": "email", "value": "Mads.Zyxwold@newplace.example"})
    assert refused.status_code == 409 and "belongs to somebody who was erased" in refused.text


def test_no_door_creates_them_again(fresh_database: Database, jonas: Agent, erased: str) -> None:
    with pytest.raises(Conflict, match="erased"), fresh_database.write() as db:
        create_person(db, {"first_name": "Mads", "last_name": "Z"}, by=jonas, exempt=True, how="api", addresses=[{"kind": "email", "value": MADS[1]}])


def test_an_import_skips_the_row_and_says_so(fresh_database: Database, erased: str) -> None:
    """Acceptance 20: the next import with the same address skips it and says so, without naming anybody."""
    row = Row(number=1, fields={"first_name": "Mads", "last_name": "Z", "private_customer": True}, emails=[(MADS[1], MADS[1])])
    other = Row(number=2, fields={"first_name": "Eva", "last_name": "L", "private_customer": True}, emails=[("e@x.example", "e@x.example")])
    with fresh_database.read() as db:
        around = look_around(db, [row, other])
        verdicts = [judge(db, one, around, {}) for one in (row, other)]
    assert [one.kind for one in verdicts] == ["skip", "create"]
    assert "erased" in verdicts[0].why and "zyxwold" not in verdicts[0].why.lower()


def test_an_admin_lets_one_in_with_a_reason(admin_client: FlaskClient, fresh_database: Database, erased: str) -> None:
    assert "Erased addresses" in admin_client.get(URL).text
    assert admin_client.post(URL, data={"value": MADS[1], "reason": ""}).status_code == 422
    other = admin_client.post(URL, data={"value": "nobody@x.example", "reason": "Agreed by telephone."})
    assert other.status_code == 422 and "Nobody of this address was erased." in other.text
    assert admin_client.post(URL, data={"value": "MADS.zyxwold@newplace.example", "reason": "Agreed by telephone."}).status_code == 303
    with fresh_database.read() as db:
        assert suppressed(db, "erased", [MADS]) == set()
        fact = db.scalars(select(FactRow).where(FactRow.kind == "address.let_in")).one()
        assert "zyxwold" not in str(fact.data)
    added = admin_client.post(f"/persons/{erased}/addresses", data={"kind": "email", "value": MADS[1]})
    assert added.status_code == 303
    with fresh_database.read() as db:
        assert db.scalars(select(Person.uid)).all() == [erased]


@pytest.mark.parametrize("method", ["get", "post"])
def test_admins_alone(agent_client: FlaskClient, method: str) -> None:
    assert getattr(agent_client, method)(URL).status_code == 403
