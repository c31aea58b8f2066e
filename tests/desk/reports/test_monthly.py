"""The figures of the month before go by mail to whom an admin has named: once, with the printed report, in each reader's language."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from contacts.agent import Agent
from core.errors import Refused
from core.operations import Operation
from core.options import set_option
from desk.mailboxes import add_mailbox
from desk.outbound import OutboundMail
from desk.reports.folding import add
from desk.reports.monthly import ask_due
from jobs import figures, operations
from mailgate.compose import compose
from mailgate.outgoing import gather

FIRST = datetime(2026, 12, 1, 6, 30, tzinfo=UTC)        # half past seven in Oslo


@pytest.fixture
def clock():
    with time_machine.travel(FIRST, tick=False) as clock:
        yield clock


@pytest.fixture
def desk(fresh_database, clock):
    with fresh_database.write() as db:
        support = add_mailbox(db, "support@desk.example", "Support")
        hidden = add_mailbox(db, "board@desk.example", "Board", open_to_all=False)
        nora = Agent(email="nora@desk.example", name="Nora Vik", language="nb")
        db.add(nora)
        db.flush()
        set_option(db, "reports.monthly_to", ["Nora@desk.example", "manager@owner.example", "support@desk.example"])
        for mailbox, n in ((support, 7), (hidden, 4)):
            add(db, {("total", "in", "2026-11-10", mailbox.id, "", 0): n, ("agent", "in", "2026-11-10", mailbox.id, nora.uid, 0): n})
    return fresh_database


def mails(database):
    with database.read() as db:
        return {row.recipients[0]: row for row in db.scalars(select(OutboundMail))}


def test_everybody_named_gets_it_once(desk):
    """Also where several keep the timetable, and the job runs every hour of the month."""
    for _again in range(3):
        figures.mail_the_month()
        operations.run()
    sent = mails(desk)
    assert set(sent) == {"Nora@desk.example", "manager@owner.example"}      # our own mailbox would make a ticket of it
    assert (sent["Nora@desk.example"].language, sent["manager@owner.example"].language) == ("nb", "en")
    assert sent["manager@owner.example"].subject == "Skranke: the figures of November 2026"
    assert "Tickets in: 11" in sent["manager@owner.example"].text
    assert "november 2026" in sent["Nora@desk.example"].subject
    assert "Hei Nora Vik" in sent["Nora@desk.example"].text


def test_the_printed_report_is_enclosed_and_names_no_agent(desk):
    figures.mail_the_month()
    operations.run()
    row = mails(desk)["manager@owner.example"]
    with desk.read() as db:
        raw = compose(gather(db, db.get_one(OutboundMail, row.id)))
        made = db.scalars(select(Operation).where(Operation.uid == row.operation_uid)).one()
    assert b'filename="2026-11-01-2026-11-30.pdf"' in raw
    assert b"application/pdf" in raw
    assert b"Auto-Submitted: auto-generated" in raw
    assert "agent" not in made.result["breakdowns"]
    assert made.result["totals"]["now"]["in"] == 11


def test_a_mail_whose_report_has_gone_is_refused(desk):
    figures.mail_the_month()
    operations.run()
    row = mails(desk)["manager@owner.example"]
    with desk.write() as db:
        db.delete(db.scalars(select(Operation).where(Operation.uid == row.operation_uid)).one())
    with desk.read() as db, pytest.raises(Refused):
        gather(db, db.get_one(OutboundMail, row.id))


@pytest.mark.parametrize(("at", "asked"), [
    (datetime(2026, 12, 1, 4, 0, tzinfo=UTC), 0), (datetime(2026, 12, 1, 5, 0, tzinfo=UTC), 2), (datetime(2026, 12, 6, tzinfo=UTC), 2),
    (datetime(2026, 12, 20, tzinfo=UTC), 0)])
def test_when(desk, at, asked):
    """From six in the morning of the first on; a desk that was down makes up for it, but who is named in the middle of a month waits."""
    with desk.write() as db:
        assert ask_due(db, at=at) == asked
    with desk.write() as db:
        assert ask_due(db, at=at) == 0


def test_the_next_month_has_its_own(desk):
    with desk.write() as db:
        assert ask_due(db) == 2
        assert ask_due(db, at=datetime(2027, 1, 1, 8, tzinfo=UTC)) == 2
        assert db.scalars(select(Operation).order_by(Operation.id.desc())).first().given["first"] == "2026-12-01"


def test_nobody_is_named(desk):
    with desk.write() as db:
        set_option(db, "reports.monthly_to", [])
        assert ask_due(db) == 0
