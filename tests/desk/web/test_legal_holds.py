"""Legal holds on their pages: set from the card, seen by whoever may see what is held, lifted with a reason."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.companies import new_company
from contacts.company import Company
from contacts.editing import create_person
from contacts.legal_hold import LegalHold
from core.clock import now
from core.database import Database
from core.operations import Operation
from desk.legal_holds import remind_of_reviews
from desk.tickets.ticket import Ticket
from jobs import operations as job
from tests.desk.web.tickets.conftest import Arrive
from tests.desk.web.tickets.conftest import arrive as arrive
from tests.desk.web.tickets.conftest import support as support
from tests.letters_made import mail


@pytest.fixture
def mads(fresh_database: Database, jonas: Agent) -> str:
    with fresh_database.write() as db:
        company = new_company(db, {"name": "Kunde AS"}, by=jonas)
        return create_person(db, {"first_name": "Mads", "last_name": "Zyxwold"}, by=jonas, employments=[{"company": company}]).uid


def given(jonas: Agent, **more: str) -> dict[str, str]:
    return {"of": "person", "record": "", "reason": "A claim of Eva Lie", "basis": "legal_claims", "owner": jonas.uid, "review_on": "2030-01-01"} | more


def test_from_the_card_to_its_end(admin_client: FlaskClient, agent_client: FlaskClient, jonas: Agent, mads: str) -> None:
    assert f"/settings/holds/new?of=person&amp;record={mads}" in admin_client.get(f"/persons/{mads}/privacy").text
    assert "Under legal hold" not in admin_client.get(f"/persons/{mads}").text
    assert "Mads Zyxwold" in admin_client.get(f"/settings/holds/new?of=person&record={mads}").text
    made = admin_client.post("/settings/holds", data=given(jonas, record=mads))
    assert made.status_code == 303
    for client in (admin_client, agent_client):
        told = client.get(f"/persons/{mads}").text
        assert "Under legal hold: neither deleted nor merged" in told and "Legal hold set" in told
    assert "A claim of Eva Lie" not in agent_client.get(f"/persons/{mads}/history").text and made.location not in agent_client.get(f"/persons/{mads}").text
    refused = admin_client.post(f"/persons/{mads}/end")
    assert refused.status_code == 422 and "under legal hold" in refused.text
    assert "Mads Zyxwold" in admin_client.get("/settings/holds").text
    saved = admin_client.post(made.location, data=given(jonas, reason="Two claims", version="1"))
    assert saved.status_code == 303 and "Two claims" in admin_client.get(made.location).text
    late = admin_client.post(made.location, data=given(jonas, reason="Three", version="1"))
    assert late.status_code == 409 and "Three" in late.text
    assert admin_client.post(f"{made.location}/lifting", data={"why": "", "version": "2"}).status_code == 422
    assert admin_client.post(f"{made.location}/lifting", data={"why": "Settled.", "version": "2"}).status_code == 303
    assert "Under legal hold" not in agent_client.get(f"/persons/{mads}").text
    assert "Mads Zyxwold" not in admin_client.get("/settings/holds").text and "Mads Zyxwold" in admin_client.get("/settings/holds?only=lifted").text
    assert "Settled." in admin_client.get(made.location).text
    assert admin_client.post(f"/persons/{mads}/end").status_code == 303


def test_of_a_company_and_a_ticket(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database, jonas: Agent, mads: str,
                                   arrive: Arrive) -> None:
    ticket = arrive(mail("Eva Lie <eva@other.example>"))
    with fresh_database.read() as db:
        company = db.scalars(select(Company.uid).where(Company.name == "Kunde AS")).one()
    assert admin_client.post("/settings/holds", data=given(jonas, of="company", record=company)).status_code == 303
    for path in (f"/companies/{company}", f"/persons/{mads}"):
        assert "Under legal hold" in agent_client.get(path).text
    assert "Under legal hold" not in agent_client.get(f"/tickets/{ticket.number}").text
    assert admin_client.post("/settings/holds", data=given(jonas, of="ticket", record=str(ticket.number))).status_code == 303
    assert "Under legal hold" in agent_client.get(f"/tickets/{ticket.number}").text
    assert admin_client.post(f"/tickets/{ticket.number}/deletion").status_code == 422
    with fresh_database.read() as db:
        assert db.get_one(Ticket, ticket.id).binned_at is None


def test_what_is_missing_is_said(admin_client: FlaskClient, jonas: Agent, nora: Agent, mads: str) -> None:
    for field, value in (("reason", ""), ("basis", "whim"), ("owner", nora.uid), ("review_on", ""), ("review_on", "soon"), ("record", "0" * 24), ("of", "mailbox")):
        refused = admin_client.post("/settings/holds", data=given(jonas, **{"record": mads, field: value}))
        assert refused.status_code == 422 and 'class="field__error"' in refused.text, field


def test_the_bell_of_a_review(admin_client: FlaskClient, fresh_database: Database, jonas: Agent, mads: str) -> None:
    admin_client.post("/settings/holds", data=given(jonas, record=mads, review_on=now().date().isoformat()))
    with fresh_database.write() as db:
        assert remind_of_reviews(db) == 1
    bell = admin_client.get("/notifications").text
    assert "To be reviewed: legal hold on <strong>Mads Zyxwold</strong>" in bell and "/settings/holds/" in bell


def test_the_erasing_says_that_it_waits(admin_client: FlaskClient, fresh_database: Database, jonas: Agent, mads: str) -> None:
    admin_client.post("/settings/holds", data=given(jonas, record=mads))
    admin_client.post(f"/persons/{mads}/erasure", data={"reason": "request", "identity": "agent", "review": "erase"})
    with fresh_database.read() as db:
        uid = db.scalars(select(Operation.uid)).one()
        hold = db.scalars(select(LegalHold.uid)).one()
    work(fresh_database)
    assert "left until the hold is lifted" in admin_client.get(f"/erasures/{uid}").text
    admin_client.post(f"/erasures/{uid}/approve")
    work(fresh_database)
    waiting = admin_client.get(f"/erasures/{uid}").text
    assert "Waits for a legal hold" in waiting and f"/settings/holds/{hold}" in waiting and f"/erasures/{uid}/resume" not in waiting
    assert "and restricted" in admin_client.get(f"/persons/{mads}").text
    lifted = admin_client.post(f"/settings/holds/{hold}/lifting", data={"why": "Settled."}, follow_redirects=True).text
    assert "1 erasing that waited goes on." in lifted
    work(fresh_database)
    assert admin_client.get(f"/persons/{mads}").status_code == 410
    assert "The person is erased." in admin_client.get(f"/erasures/{uid}").text


def work(database: Database) -> None:
    for _slice in range(300):
        job.run()
        with database.read() as db:
            if not db.scalars(select(Operation.id).where(Operation.state.in_(("approved", "running")))).all():
                return
