"""Operations that a worker does because a page asked for them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from contacts.agent import Agent
from contacts.company import Company, CompanyDomain
from contacts.person import Person
from core import operations
from core.clock import now
from core.database import Database
from core.history import FactRow
from core.operations import Operation
from desk.inbound import InboundMail
from desk.mailboxes import add_mailbox
from desk.policy import save_policy
from desk.routing import RoutingMatch, RoutingRule
from desk.tickets.ticket import Ticket
from desk.web.presenting.explaining import parts
from jobs import explaining
from jobs import operations as job
from mailgate.parsing_child import Parser

RAW = (b"From: Ingrid Dahl <ingrid@kunde.example>\r\nTo: support@desk.example\r\nSubject: Lampen er svart\r\n"
       b"Message-ID: <a@kunde.example>\r\n\r\nHei, det virker ikke.\r\n")


def explained(database: Database, raw: bytes, address: str = "") -> Operation:
    with database.write() as db:
        asked = operations.start(db, "mail.explain", {"mailbox": address})
        asked.file = raw
    job.run()
    with database.read() as db:
        return db.scalars(select(Operation).where(Operation.id == asked.id).options(undefer(Operation.file))).one()


def test_explaining_tells_every_step_and_leaves_nothing(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
    operation = explained(fresh_database, RAW)
    lines = operation.result["lines"]
    assert operation.state == "done" and operation.file is None
    for said in ("1. The letter", "Lampen er svart", "Support <support@desk.example>", "3. The verdict", "is_anything_else"):
        assert any(said in line for line in lines), said
    with fresh_database.read() as db:
        assert [db.scalar(select(func.count()).select_from(kind)) for kind in (InboundMail, Ticket, Person)] == [0, 0, 0]


@pytest.mark.parametrize(("raw", "address", "why"), [
    (b"", "", "There is nothing to explain."), (RAW, "", "There is no mailbox yet."),
    (RAW, "nobody@desk.example", "There is no mailbox nobody@desk.example.")])
def test_what_cannot_be_explained_says_why(fresh_database: Database, raw: bytes, address: str, why: str) -> None:
    operation = explained(fresh_database, raw, address)
    assert operation.state == "failed" and why in (operation.reason or "")


def test_rubbish_is_explained_too(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
    assert explained(fresh_database, b"\x00\xff" * 500).state == "done"


@pytest.mark.parametrize(("hostile", "why"), [
    (b"HANG", "Reading this mail took longer than 1.5 seconds."), (b"DIE", "Reading this mail ended the parser")])
def test_a_hostile_file_ends_its_own_child_and_not_the_worker(
    fresh_database: Database, monkeypatch: pytest.MonkeyPatch, hostile: bytes, why: str,
) -> None:
    monkeypatch.setattr(explaining, "Parser", partial(Parser, seconds=1.5, module="tests.mailgate.stubborn_child"))
    with fresh_database.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
    operation = explained(fresh_database, RAW + hostile)
    assert operation.state == "failed" and why in (operation.reason or "")
    assert explained(fresh_database, RAW).state == "done"


def test_a_mailbox_without_an_account_is_tested(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        add_mailbox(db, "support@desk.example", "Support", imap_url="imap://127.0.0.1:1", relay_url="smtp://127.0.0.1:1")
        asked = operations.start(db, "mailbox.test", {"mailbox": "support@desk.example"})
    job.run()
    with fresh_database.read() as db:
        result = db.get_one(Operation, asked.id).result
    assert (result["reading"]["ok"], result["sending"]["ok"]) == (False, False)


def test_explaining_traces_the_policy(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
        jonas = Agent(email="jonas@desk.example", name="Jonas Berg", role="admin")
        db.add(jonas)
        db.flush()
        save_policy(db, [{"when": {"languages": ["sv"]}, "then": {"act": "never"}},
                         {"when": {"senders": ["@kunde.example"]}, "then": {"act": "ask"}}], {}, by=jonas)
    lines = [line.strip() for line in explained(fresh_database, RAW).result["lines"] if line.strip().startswith("Rule")]
    assert [" ".join(line.split()) for line in lines] == [
        "Rule 1 does not match (languages sv): never", "Rule 2 matches (senders @kunde.example): ask"]
    rows = next(part["rows"] for part in parts(explained(fresh_database, RAW).result["lines"]) if any(name == "Rule" for name, _v in part["rows"]))
    assert rows[-2:] == [("Rule", "1 (Language is Swedish) does not match: Never."), ("", "2 (Sender is at kunde.example) matches: Ask.")]


def test_explaining_tells_where_a_ticket_would_go(fresh_database: Database) -> None:
    """The person who would be made, the routing rule and the agent; nothing of it stays."""
    with fresh_database.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
        nora, jonas = (Agent(email=f"{name.split()[0].lower()}@desk.example", name=name) for name in ("Nora Vik", "Jonas Berg"))
        company = Company(name="Kunde AS", sort_name="kunde as")
        db.add_all([nora, jonas, company])
        db.flush()
        nora.away_from, nora.away_until = now().date() - timedelta(days=1), now().date() + timedelta(days=1)
        nora.deputy_id = jonas.id
        db.add(CompanyDomain(domain="kunde.example", company_id=company.id))
        db.add(RoutingRule(name="Lamps", conditions={"words": ["lampen"]}, acts={"assignee": nora.uid, "priority": 1, "tags": ["light"]}))
    lines = explained(fresh_database, RAW).result["lines"]
    told = [" ".join(line.split()) for line in lines[lines.index("4. Where it goes"):]]
    assert told[1:6] == ["New person Ingrid Dahl, Kunde AS", "Routing 1 Lamps", "Agent Jonas Berg", "Priority 1", "Tags light"]
    assert "Because Nora Vik is away, so the deputy is asked." in told
    assert parts(lines)[-1]["rows"][1] == ("Routing rule", "1 Lamps")
    with fresh_database.read() as db:
        assert [db.scalar(select(func.count()).select_from(kind)) for kind in (Ticket, Person, RoutingMatch)] == [0, 0, 0]
        assert "ticket.routed" not in db.scalars(select(FactRow.kind)).all()
