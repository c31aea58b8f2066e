"""Tickets without a person have had their time: nothing is left of them, and of no other ticket anything is missing (S83d, S84)."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from contacts.address import Address
from contacts.agent import Agent, RecentlySeen
from core import files
from core.clock import now
from core.history import FactRow, record
from core.options import set_option
from core.search import messages_with
from core.settings import settings
from desk import inbound
from desk.blocking import block
from desk.inbound import Delivery, InboundMail, InboundRaw
from desk.mailboxes import add_mailbox
from desk.outbound import OutboundMail
from desk.tickets.answering import reply
from desk.tickets.drafting import Content, save_draft
from desk.tickets.facts import TagsChanged
from desk.tickets.intake import file
from desk.tickets.merging import merge
from desk.tickets.message import Attachment, Message
from desk.tickets.senders import change_sender
from desk.tickets.states import change_state
from desk.tickets.tagging import set_tags
from desk.tickets.ticket import Ticket
from desk.tickets.undeciding import Before, remember, remember_sender
from desk.tickets.writing import keep_files
from jobs import fanout, forgetting
from mailgate.parse import parse
from tests.letters_made import mail, with_file
from tests.residue import residue, rows

MADS = "Mads Zyxwold <mads.zyxwold@newplace.example>"
LEFT = ("zyxwold", "newplace", "quixotic")


class Desk:
    """A desk that keeps no record of strangers, and what happens at it."""

    def __init__(self, database):
        self.database, self.count = database, 0
        with database.write() as db:
            self.support = add_mailbox(db, "support@desk.example", "Support")
            self.nora = Agent(email="nora@desk.example", name="Nora Vik", role="admin")
            db.add(self.nora)
            set_option(db, "intake.unknown_sender", "never")

    def arrive(self, raw=None, **given):
        raw = raw or mail(**{"sender": MADS, "text": "My quixotic printer.\n", **given})
        self.count += 1
        letter = parse(raw)
        kept = keep_files(letter)
        with self.database.write() as db:
            row = inbound.accept(db, Delivery(self.support.id, "smtp", str(self.count), raw, envelope_sender=str(given.get("sender", MADS))))
            file(db, row, letter, kept)
            return db.get_one(Message, row.message_id).ticket_id

    def close(self, *ids, state="closed"):
        with self.database.write() as db:
            for one in ids:
                change_state(db, db.get_one(Ticket, one), state, by=db.get_one(Agent, self.nora.id))

    def tickets(self):
        with self.database.read() as db:
            return set(db.scalars(select(Ticket.id)))


@pytest.fixture
def clock():
    with time_machine.travel(now() - timedelta(days=200), tick=True) as clock:
        yield clock


@pytest.fixture
def desk(clock, fresh_database):
    return Desk(fresh_database)


@pytest.fixture
def last(desk):
    """A known customer's ticket, from which everything has to stay as it is."""
    def last():
        with desk.database.write() as db:
            set_option(db, "intake.unknown_sender", "create")
        one = desk.arrive(sender="Ole Vang <ole@kunde.example>", text="My printer.\n")
        desk.close(one)
        return one
    return last


def much(desk):
    """A conversation with all that can hang on it, and a second ticket merged into it."""
    one = desk.arrive(with_file(b"quixotic bytes").replace(b"From: ole@kunde.example", f"From: {MADS}".encode()).replace(b"a.pdf", b"quixotic.pdf"))
    two = desk.arrive(subject="Quixotic again")
    with desk.database.write() as db:
        ticket, nora = db.get_one(Ticket, one), db.get_one(Agent, desk.nora.id)
        message = db.scalars(select(Message).where(Message.ticket_id == one)).one()
        save_draft(db, ticket, nora, "note", Content(html="<div>Zyxwold</div>"), version=0)
        set_tags(db, ticket, ["quixotic"], by=nora)
        record(db, TagsChanged(ticket.uid), by=nora.uid, changes={"tags": ("", "quixotic")})
        before = message.person_id, message.identification
        change_sender(db, message, None, nora)
        remember_sender(db, message, *before, by=nora)
        remember(db, Before(db, ticket), [ticket], by=nora)
        reply(db, ticket, by=nora, text="Dear Mads Zyxwold, it is quixotic.")
        merge(db, db.get_one(Ticket, two), ticket, by=nora)
        db.add(RecentlySeen(agent_id=nora.id, ticket_id=one, at=now()))
    fanout.run()
    with desk.database.write() as db:
        db.execute(update(OutboundMail).values(state="sent", composed=b"To: mads.zyxwold@newplace.example"))
    desk.close(one)
    return {one, two}


def aged():
    """Files were written long ago: their own time does not move with the clock."""
    for path in settings().files.rglob("*"):
        os.utime(path, (1, 1))


def test_nothing_is_left_and_nothing_else_is_touched(desk, clock, last):
    """S83d: residue 0 over every table; PRIVACY 8."""
    gone, other = much(desk), last()
    with desk.database.read() as db:
        before, found = rows(db), residue(db, *LEFT)
        digests = set(db.scalars(select(Attachment.digest)))
        mine = set(db.scalars(select(InboundMail.uid).where(InboundMail.message_id.in_(select(Message.id).where(Message.ticket_id.in_(gone))))))
    assert {name for name, _ in found} >= {"tickets", "messages", "inbound_mails", "outbound_mails", "operations", "addresses", "drafts",
                                           "attachments", "changes"}
    clock.move_to(now() + timedelta(days=91))
    aged()
    forgetting.unrecorded()
    with desk.database.read() as db:
        assert residue(db, *LEFT) == []
        assert desk.tickets() == {other}
        after = rows(db)
        assert messages_with(db, "quixotic") == [] and len(messages_with(db, "printer")) == 1
        ledger = db.scalars(select(InboundMail).where(InboundMail.uid.in_(mine))).all()
        assert {(one.state, one.sender, one.subject, one.envelope_sender) for one in ledger} == {("done", None, None, None)}
        assert all(set(one.verdict) == {"act", "rule", "person"} for one in ledger)
        assert len(db.scalars(select(InboundRaw)).all()) == 1
        assert len([f for f in db.scalars(select(FactRow)) if f.kind == "ticket.forgotten"]) == 2
    for digest in digests:
        with pytest.raises(FileNotFoundError):
            files.get(digest)
    for table in ("persons", "holdings", "agents", "options", "person_search" if "person_search" in after else "person_search_content"):
        assert after[table] == before[table], table
    for table in ("tickets", "messages", "attachments", "deliveries", "inbound_raws", "participants", "addresses", "notifications"):
        assert after[table] <= before[table], table
    assert {row for row in after["inbound_mails"] if not any(uid in row for uid in mine)} <= before["inbound_mails"]


def test_twice_equals_once_and_chunks_go_on(desk, clock, last, monkeypatch):
    monkeypatch.setattr(forgetting, "CHUNK", 2)
    ids = [desk.arrive(subject=f"Number {n}") for n in range(5)]
    desk.close(*ids[:3])
    desk.close(*ids[3:], state="spam")
    other = last()
    clock.move_to(now() + timedelta(days=91))
    forgetting.unrecorded()
    assert desk.tickets() == {other}
    with desk.database.read() as db:
        before = rows(db)
    forgetting.unrecorded()
    with desk.database.read() as db:
        assert rows(db) == before


def test_what_is_open_held_binned_touched_or_of_a_person_stays(desk, clock, last):
    """S83d, and a ticket that is in the bin is left to the bin."""
    with desk.database.write() as db:
        set_option(db, "intake.unknown_sender", "ask")
    held = desk.arrive(sender="Kari Moe <kari@new.example>")
    with desk.database.write() as db:
        set_option(db, "intake.unknown_sender", "never")
    opened, binned, touched, moved, sending, lead = (desk.arrive(subject=f"Number {n}") for n in range(6))
    desk.close(held, touched, moved, sending, lead, binned)
    with desk.database.write() as db:
        nora = db.get_one(Agent, desk.nora.id)
        db.get_one(Ticket, binned).binned_at = now()
        db.get_one(Ticket, binned).enter("closed")
        reply(db, db.get_one(Ticket, sending), by=nora, text="Wait.")
    known = last()
    desk.close(sending)
    with desk.database.write() as db:
        db.get_one(Ticket, known).merged_into_id = lead       # of a person: what it is part of stays
        db.get_one(Ticket, known).enter("closed")
    with desk.database.write() as db:
        set_option(db, "intake.unknown_sender", "never")
    newest = desk.arrive(subject="The newest")
    desk.close(newest)
    clock.move_to(now() + timedelta(days=89))
    with desk.database.write() as db:
        set_tags(db, db.get_one(Ticket, touched), ["seen"], by=db.get_one(Agent, desk.nora.id))
    desk.arrive(sender="Per Li <per@li.example>")
    clock.move_to(now() + timedelta(days=2))
    forgetting.unrecorded()
    assert {held, opened, binned, touched, sending, lead, known} <= desk.tickets()
    assert not {moved, newest} & desk.tickets()


def test_each_mailbox_keeps_its_own_days(desk, clock, last):
    """S83d."""
    one = desk.arrive()
    desk.close(one)
    last()
    with desk.database.write() as db:
        set_option(db, "intake.unrecorded_days", 7)
        set_option(db, "intake.unrecorded_days", 30, desk.support.uid)
    clock.move_to(now() + timedelta(days=20))
    forgetting.unrecorded()
    assert one in desk.tickets()
    clock.move_to(now() + timedelta(days=11))
    forgetting.unrecorded()
    assert one not in desk.tickets()


def test_a_blocked_address_stays_blocked_and_a_shared_file_stays(desk, clock, last):
    """S84."""
    raw = with_file(b"the same bytes")
    one = desk.arrive(raw.replace(b"From: ole@kunde.example", f"From: {MADS}".encode()))
    desk.close(one, state="spam")
    with desk.database.write() as db:
        block(db, "mads.zyxwold@newplace.example")
        set_option(db, "intake.unknown_sender", "create")
    other = desk.arrive(with_file(b"the same bytes"))
    clock.move_to(now() + timedelta(days=91))
    aged()
    forgetting.unrecorded()
    with desk.database.read() as db:
        assert set(db.scalars(select(Ticket.id))) == {other}
        assert "mads.zyxwold@newplace.example" in set(db.scalars(select(Address.normalised)))
        assert files.get(db.scalars(select(Attachment.digest)).one()) == b"the same bytes"


def test_what_goes_on_from_a_forgotten_ticket_goes_on_alone(desk, clock, last):
    one, two = desk.arrive(), desk.arrive(subject="Further")
    with desk.database.write() as db:
        db.get_one(Ticket, two).continues_id = one
    desk.close(one)
    clock.move_to(now() + timedelta(days=91))
    forgetting.unrecorded()
    with desk.database.read() as db:
        assert db.get_one(Ticket, two).continues_id is None and desk.tickets() == {two}
