"""A form with several mistakes names each at its field, at once; nothing of it is kept."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contacts.agent import Agent, AgentAddress
from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.person import Person
from core.database import Database
from desk.mailboxes import Mailbox, add_mailbox

LONG = "x" * 121
PERSON = {"first_name": "", "last_name": "", "company": "Nowhere AS", "customer_number": "7" * 41, "status": "active",
          "address_uid": ["", "", ""], "address_kind": ["email", "email", "phone"], "address_value": ["none", "a@b.example", "many"]}
COMPANY = {"name": "", "number": "1" * 21, "phone": "2" * 61, "domains": "nothing"}
AGENT = {"name": LONG, "email": "nobody", "role": "king", "language": "xx"}
MAILBOX = {"name": "", "address": "nobody", "aliases": "nothing", "language": "nb", "trusted_relays": "everybody",
           "reading": "imap", "imap_security": "tls", "imap_after": "seen", "sending": "own", "smtp_host": "mail.example",
           "smtp_security": "tls", "smtp_port": "70000", "auth": "password"}
SAID = {
    "persons": ("/persons", PERSON, Person, [
        "Give a first name, a last name or both.", "At most 40 characters.", "Choose one of the list, or make the company first.",
        "Write it like"]),
    "companies": ("/companies", COMPANY, Company, ["Give a name.", "At most 20 characters.", "At most 60 characters.", "Write it like company.example."]),
    "agents": ("/settings/agents", AGENT, Agent, [
        "Give a name of at most 120 characters.", "Write it like nora@company.example.", "Choose one of those offered."]),
    "mailboxes": ("/settings/mailboxes", MAILBOX, Mailbox, [
        "Give a name.", "Write it like support@company.example.", "Write it like mail.company.example.", "A number up to 65535.",
        "Write addresses or networks like"]),
}


def rows(database: Database, kind: Any) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(kind)) or 0


@pytest.mark.parametrize("form", SAID)
def test_all_that_is_wrong_is_said_at_once(form: str, admin_client: FlaskClient, fresh_database: Database) -> None:
    path, typed, kind, sentences = SAID[form]
    before = rows(fresh_database, kind)
    answer = admin_client.post(path, data=typed)
    assert answer.status_code == 422
    assert "Some fields cannot be saved like this." in answer.text
    for sentence in sentences:
        assert sentence in answer.text, sentence
    assert rows(fresh_database, kind) == before


def test_each_wrong_address_has_its_sentence(admin_client: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        kunde = create_company(db, "Kunde AS")
        other = create_person(db, {"last_name": "Vang"}, by=None, employments=[{"company": kunde}],
                              addresses=[{"value": "a@b.example"}])
        name = other.name
    answer = admin_client.post("/persons", data=PERSON | {"last_name": "Lie", "company": "Kunde AS", "customer_number": ""})
    assert answer.status_code == 422
    assert answer.text.count("field__error") >= 3 or answer.text.count("address-") >= 3
    assert name in answer.text and "address_share" in answer.text


def test_what_is_changed_is_told_all_at_once_too(admin_client: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        kunde = create_company(db, "Kunde AS")
        person = create_person(db, {"last_name": "Vang"}, by=None, employments=[{"company": kunde}])
        mailbox = add_mailbox(db, "support@desk.example", "Support")
        agent = db.scalars(select(Agent).where(Agent.role == "agent")).first()
        paths = {"persons": f"/persons/{person.uid}", "companies": f"/companies/{kunde.uid}",
                 "mailboxes": f"/settings/mailboxes/{mailbox.uid}", **({"agents": f"/settings/agents/{agent.uid}"} if agent else {})}
    for form, path in paths.items():
        answer = admin_client.post(path, data=SAID[form][1])
        assert answer.status_code == 422, form
        shown = [sentence for sentence in SAID[form][3] if sentence not in answer.text]
        assert not shown, (form, shown)
    with fresh_database.read() as db:
        assert db.scalars(select(Person.last_name)).all() == ["Vang"]
        assert db.scalars(select(Mailbox.name)).all() == ["Support"]


def test_another_agents_second_address_is_taken(admin_client: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        owner = db.scalars(select(Agent)).first()
        assert owner is not None
        db.add(AgentAddress(agent_id=owner.id, normalised="kari.private@post.example"))
    answer = admin_client.post("/settings/agents", data={"name": "Kari", "email": "kari.private@post.example", "role": "agent", "language": "nb"})
    assert answer.status_code == 422 and "This address is taken." in answer.text


@pytest.mark.parametrize(("path", "typed"), [
    ("/persons/{person}", {"first_name": "Ole", "last_name": "Vang", "our_contact": "zzz"}),
    ("/companies/{company}", {"name": "Kunde AS", "our_contact": "zzz"}),
    ("/sales", {"title": "Two pumps", "state": "open", "owner": "zzz"}),
    ("/activities", {"kind": "task", "title": "Call", "state": "open", "owner": "zzz"}),
    ("/canned", {"prefix": "hei", "title": "Hei", "text": "Hei", "mailbox": "zzz"}),
    ("/settings/agents/{agent}/absence", {"away_from": "2026-12-01", "away_until": "2026-12-02", "deputy": "zzz"})])
def test_what_is_not_offered_any_more_is_refused_and_empties_nothing(
    path: str, typed: dict[str, str], admin_client: FlaskClient, fresh_database: Database, nora: Agent,
) -> None:
    with fresh_database.write() as db:
        kunde = create_company(db, "Kunde AS")
        kunde.our_contact_id = nora.id
        person = create_person(db, {"first_name": "Ole", "last_name": "Vang", "our_contact_id": nora.id}, by=None, exempt=True)
        db.flush()
        names, versions = {"person": person.uid, "company": kunde.uid, "agent": nora.uid}, {"/persons": person.version, "/companies": kunde.version}
    answer = admin_client.post(path.format(**names), data=typed | {"version": versions.get(path.rpartition("/")[0], "")})
    assert (answer.status_code, "Choose one of those offered." in answer.text) == (422, True)
    with fresh_database.read() as db:
        assert db.scalars(select(Person.our_contact_id)).all() == db.scalars(select(Company.our_contact_id)).all() == [nora.id]
