"""A person is erased: foreseen, approved, and nothing left of them anywhere; what others wrote stays (S63-S65)."""

from __future__ import annotations

import zlib
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlean import dbapi2 as sqlite3

from contacts.activities import add_activity
from contacts.addressing import add_address
from contacts.agent import Agent
from contacts.companies import new_company
from contacts.editing import create_person, edit_person, person_called
from contacts.employing import work_at
from contacts.merging import merge
from contacts.notes import write_note
from contacts.person import Person
from contacts.restricting import restrict
from core import erasure_ledger
from core.clock import now
from core.database import Database
from core.errors import Gone, Refused
from core.operations import Operation, OperationItem
from core.options import set_option
from desk import inbound
from desk.erasing import asking, running
from desk.inbound import Delivery, InboundMail, InboundRaw
from desk.lifting import lift
from desk.mailboxes import Mailbox, add_mailbox
from desk.operating import act_on
from desk.outbound import OutboundMail, enqueue
from desk.reports.figure import Figure
from desk.reports.folding import fold
from desk.tickets import returning
from desk.tickets.answering import note, reply
from desk.tickets.intake import file
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from desk.tickets.writing import keep_files
from jobs import operations
from mailgate.parse import parse
from skranke import catching_up
from tests import residue as looking
from tests.letters_made import mail

MADS = "Mads Zyxwold <mads.zyxwold@newplace.example>"
LEFT = ("zyxwold", "newplace", "quixotic", "wobbly")


class Desk:
    """A desk with somebody who is to go, and somebody who speaks of them."""

    def __init__(self, database):
        self.database, self.count = database, 0
        with database.write() as db:
            self.support = add_mailbox(db, "support@desk.example", "Support")
            self.nora = Agent(email="nora@desk.example", name="Nora Vik", role="admin")
            self.jonas = Agent(email="jonas@desk.example", name="Jonas Berg", role="admin")
            db.add_all([self.nora, self.jonas])

    def arrive(self, sender=MADS, raw=None, **given):
        raw = raw or mail(sender, **given)
        self.count += 1
        letter = parse(raw)
        kept = keep_files(letter)
        with self.database.write() as db:
            row = inbound.accept(db, Delivery(self.support.id, "smtp", str(self.count), raw, envelope_sender=sender))
            file(db, row, letter, kept)
            message = db.get_one(Message, row.message_id)
            return message.ticket_id, message.id

    def person(self):
        with self.database.read() as db:
            return db.scalars(select(Person.uid).where(Person.last_name == "Zyxwold")).one()

    def ask(self, *, review="erase", uid=None):
        with self.database.write() as db:
            made = asking.ask(db, person_called(db, uid or self.person(), binned=True), reason="request", identity="agent", review=review,
                               by=db.get_one(Agent, self.nora.id))
            number = made.id
        self.work(number)
        return number

    def work(self, number):
        """A worker, slice by slice."""
        while True:
            operations.run()
            if self.operation(number)[0] not in ("approved", "running"):
                return

    def act(self, number, act="approve", who=None):
        with self.database.write() as db:
            act_on(db, db.get_one(Operation, number), act, by=db.get_one(Agent, (who or self.nora).id))
        self.work(number)

    def operation(self, number):
        with self.database.read() as db:
            found = db.get_one(Operation, number)
            return found.state, found.given, found.result

    def rows(self):
        with self.database.read() as db:
            return {name: found for name, found in looking.rows(db).items() if not name.startswith("operation") and "sequence" not in name}

    def items(self, number):
        with self.database.read() as db:
            return [(one.kind, one.data) for one in db.scalars(select(OperationItem).where(OperationItem.operation_id == number))]


@pytest.fixture
def desk(fresh_database):
    return Desk(fresh_database)


def erase(desk, **given):
    number = desk.ask(**given)
    assert desk.operation(number)[0] == "planned", desk.operation(number)
    desk.act(number)
    state, _given, result = desk.operation(number)
    assert (state, result["left"]) == ("done", {}), result
    return number


def test_nothing_is_left_of_the_person(desk):
    """S63-S65, acceptance 19: their own words, what we wrote to them, and their name in the words of others."""
    ticket, _message = desk.arrive(subject="Zyxwold has a quixotic printer", text="My quixotic printer.\n\nMads Zyxwold\n")
    other, _said = desk.arrive("Eva Lie <eva@other.example>", subject="About Mads Zyxwold",
                               text="Hello,\n\nMads Zyxwold <mads.zyxwold@newplace.example> said that you know.\nKeep this line as it is.\n")
    with desk.database.write() as db:
        nora, person = db.get_one(Agent, desk.nora.id), db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one()
        company = new_company(db, {"name": "Kunde AS"}, by=nora)
        edit_person(db, person, {"title": "Wobbly officer"}, by=nora)
        write_note(db, "Mads is wobbly.", person=person, by=nora)
        write_note(db, "Mads Zyxwold works here.", company=company, by=nora)
        reply(db, db.get_one(Ticket, ticket), html="<p>Dear Mads, it is quixotic.</p>", by=nora)
        note(db, db.get_one(Ticket, other), html="<p>Mads <b>Zyx</b>wold is at mads.zyxwold@newplace.example, says Eva.</p>", by=nora)
        eva = create_person(db, {"first_name": "Tove", "last_name": "Lie"}, by=nora, employments=[{"company": company}])
        add_activity(db, {"kind": "call", "title": "Call Mads Zyxwold", "company_id": company.id}, persons=[person, eva], by=nora)
    uid = desk.person()
    erase(desk)
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []
        with pytest.raises(Gone):
            person_called(db, uid)
        assert db.get_one(Ticket, ticket).state == "closed"
        told = db.scalars(select(Message.text).where(Message.ticket_id == other, Message.direction == "in")).one()
    if desk.database.engine.dialect.name == "sqlite":
        kept = b"".join(one.read_bytes() for one in Path(desk.database.engine.url.database).parent.glob("*") if one.is_file())
        assert not [word for word in LEFT if word.encode() in kept.lower()], "grep -a over the file and its log"
    assert told == "Hello,\n\n[erased person] <[erased person]> said that you know.\nKeep this line as it is."


def test_nothing_happens_before_it_is_approved(desk):
    desk.arrive(text="My quixotic printer.\n")
    before = desk.rows()
    number = desk.ask()
    assert desk.rows() == before
    assert {kind for kind, _data in desk.items(number)} >= {"messages", "tickets"}
    desk.act(number, "cancel")
    assert desk.rows() == before


def test_uncertain_words_are_asked_about(desk):
    desk.arrive()
    other, _said = desk.arrive("Eva Lie <eva@other.example>", text="Mads told me. Mads is somebody else.\n")
    number = desk.ask(review="ask")
    uncertain = [data for kind, data in desk.items(number) if kind == "messages" and data.get("review")]
    assert uncertain and "Mads told me" in uncertain[0]["before"]["text"]
    with pytest.raises(Refused, match="uncertain"):
        desk.act(number)
    with desk.database.write() as db:
        operation = db.get_one(Operation, number)
        for item in db.scalars(select(OperationItem).where(OperationItem.operation_id == number)):
            if item.data.get("review"):
                asking.decide(db, operation, item, erases=item.kind != "messages")
    desk.act(number)
    state, _given, result = desk.operation(number)
    assert (state, result["kept"] > 0) == ("done", True)
    with desk.database.read() as db:
        assert "Mads told me" in db.scalars(select(Message.text).where(Message.ticket_id == other)).one()


def test_what_is_said_of_a_message_holds_for_the_mail_that_it_came_in(desk):
    """The words of somebody who writes where they do not take part; one mail of two is about them."""
    desk.arrive()
    told, kept = (desk.arrive("Eva Lie <eva@other.example>", subject=f"Number {n}", text="Write to Mads Zyxwold meanwhile.\n")[0] for n in (1, 2))
    number = desk.ask(review="ask")
    with desk.database.write() as db:
        operation = db.get_one(Operation, number)
        theirs = db.scalars(select(Message.id).where(Message.ticket_id == told)).one()
        for item in db.scalars(select(OperationItem).where(OperationItem.operation_id == number)):
            if item.data.get("review"):
                asking.decide(db, operation, item, erases=(item.kind, item.data["row"]) == ("messages", theirs))
    desk.act(number)
    with desk.database.read() as db:
        raws = {row.ticket_id: zlib.decompress(row.content) if row.deflated else row.content for row in db.execute(
            select(Message.ticket_id, InboundRaw.deflated, InboundRaw.content).join(InboundMail, InboundMail.message_id == Message.id).join(
                InboundRaw, InboundRaw.inbound_id == InboundMail.id).where(Message.ticket_id.in_((told, kept))))}
    assert b"Zyxwold" not in raws[told] and b"meanwhile" in raws[told]
    assert b"Mads Zyxwold" in raws[kept]


@pytest.mark.parametrize("review", ["ask", "erase"])
def test_a_restored_backup_knows_what_was_said_of_uncertain_words(desk, tmp_path, review):
    """Acceptance 20: what an admin has said goes again; what was left stays. The ledger holds rows, and nobody's name."""
    desk.arrive()
    told, kept = (desk.arrive("Eva Lie <eva@other.example>", subject=f"Number {n}", text="Write to Mads Zyxwold meanwhile.\n")[0] for n in (1, 2))
    backup = tmp_path / "backup.db"
    if desk.database.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(desk.database.engine.url.database)) as made, closing(sqlite3.connect(backup)) as copy:
            made.backup(copy)
    number = desk.ask(review=review)
    with desk.database.write() as db:
        operation = db.get_one(Operation, number)
        theirs = db.scalars(select(Message.id).where(Message.ticket_id == told)).one()
        for item in db.scalars(select(OperationItem).where(OperationItem.operation_id == number)) if review == "ask" else ():
            if item.data.get("review"):
                asking.decide(db, operation, item, erases=(item.kind, item.data["row"]) == ("messages", theirs))
    desk.act(number)
    assert "yxwold" not in erasure_ledger.path().read_text()
    if desk.database.engine.dialect.name != "sqlite":
        return          # coming back is tried with files; the steps are the same
    restored = Database(f"sqlite:///{backup}")
    catching_up.replay(restored)
    with restored.read() as db:
        said = dict(db.execute(select(Message.ticket_id, Message.text).where(Message.ticket_id.in_((told, kept)))).all())
    restored.engine.dispose()
    assert "Zyxwold" not in said[told] and "meanwhile" in said[told]
    assert ("Mads Zyxwold" in said[kept]) == (review == "ask")


def test_whoever_is_half_erased_does_not_come_back(desk, monkeypatch):
    """An erasing that broke off has taken away what nobody can bring back: it is asked for once more, and done to its end."""
    desk.arrive()
    number, uid = desk.ask(), desk.person()
    with monkeypatch.context() as patching:
        patching.setattr("desk.erasing.tombstones.erase_messages", lambda *_given: 1 / 0)
        desk.act(number)
    assert desk.operation(number)[0] == "failed"
    with desk.database.write() as db, pytest.raises(Refused, match="does not come back"):
        returning.restore_person(db, person_called(db, uid, binned=True), by=db.get_one(Agent, desk.nora.id))
    again = desk.ask(uid=uid)
    desk.act(again)
    state, _given, result = desk.operation(again)
    assert (state, result["left"]) == ("done", {})


def test_many_messages_take_a_second_admin(desk, monkeypatch):
    desk.arrive()
    with desk.database.write() as db:
        set_option(db, "privacy.four_eyes_above", 0)
    number = desk.ask()
    with pytest.raises(Refused, match="another admin"):
        desk.act(number)
    desk.act(number, who=desk.jonas)
    assert desk.operation(number)[0] == "done"


def figures(desk, but=()):
    with desk.database.write() as db:
        fold(db, db.scalars(select(Ticket)).all())
    with desk.database.read() as db:
        return {(one.dimension, one.measure, one.day, one.mailbox_id, one.value, one.bucket, one.count)
                for one in db.scalars(select(Figure)) if one.dimension not in but}


def test_figures_stay(desk):
    """Statistics survive: what is counted of their tickets, also by company, is the same afterwards."""
    ticket, _message = desk.arrive(text="My quixotic printer.\n")
    desk.arrive("Eva Lie <eva@other.example>")
    with desk.database.write() as db:
        nora = db.get_one(Agent, desk.nora.id)
        company = new_company(db, {"name": "Kunde AS"}, by=nora)
        work_at(db, db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one(), company, None, by=nora)
        create_person(db, {"first_name": "Tove", "last_name": "Lie"}, by=nora, employments=[{"company": company}])
        reply(db, db.get_one(Ticket, ticket), html="<p>Done.</p>", by=nora, close=True)
        uid = company.uid
    before = figures(desk)
    assert any(one[0] == "company" and one[4] == uid for one in before)
    erase(desk)
    assert figures(desk) == before


def test_the_next_mail_makes_nobody_of_them_again(desk):
    """Acceptance of section 5: they may write again and are answered, without a card; others are recorded as ever."""
    desk.arrive()
    erase(desk)
    ticket, _message = desk.arrive(subject="Once more")
    other, _said = desk.arrive("Eva Lie <eva@other.example>")
    with desk.database.read() as db:
        again = db.get_one(Ticket, ticket)
        assert (again.requester_id, again.held, again.state) == (None, False, "new")
        assert "erased" in again.verdict["why"]
        assert db.get_one(Ticket, other).requester_id is not None
        assert db.scalars(select(Person.last_name)).all() == ["Lie"]


def test_a_restored_backup_does_not_bring_them_back(desk):
    """Acceptance 20: the ledger outside the database knows; until it is replayed nothing opens, and afterwards they are gone."""
    desk.arrive(text="My quixotic printer.\n")
    erase(desk)
    assert erasure_ledger.contains(next(erasure_ledger.entries()).uid)
    with desk.database.read() as db:
        assert erasure_ledger.behind(db) == []
    desk.arrive("Mads Zyxwold <mads.zyxwold@private.example>", text="My quixotic printer, from a backup.\n")
    erasure_ledger.write("persons", desk.person(), "erase")         # as though this database were from before that was done
    with pytest.raises(Refused, match="behind the erasure ledger"):
        erasure_ledger.refuse_if_behind(desk.database)
    assert catching_up.replay(desk.database) == 1
    erasure_ledger.refuse_if_behind(desk.database)
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []


class Killed(BaseException):
    """The worker is gone."""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_at_any_step_is_followed_by_another(desk, monkeypatch, when):
    """Killed around every single commit: in the end the same is gone, and the same is there."""
    desk.arrive(subject="Quixotic", text="My quixotic printer.\n\nMads Zyxwold\n")
    other, _said = desk.arrive("Eva Lie <eva@other.example>", text="Write to mads.zyxwold@newplace.example about it.\n")
    number, keep, dead = desk.ask(), running._keep, set()

    def dying(db, operation):
        at = tuple(operation.result.get("at", ["end"]))
        if when == "after":
            keep(db, operation)
        if at not in dead:
            dead.add(at)
            raise Killed
        if when == "before":
            keep(db, operation)

    monkeypatch.setattr(running, "_keep", dying)
    with desk.database.write() as db:
        act_on(db, db.get_one(Operation, number), "approve", by=db.get_one(Agent, desk.nora.id))
    for _life in range(2000):
        try:
            desk.work(number)
        except Killed:
            running._KEPT.clear()
            with desk.database.write() as db:
                db.get_one(Operation, number).lease_until = None
        else:
            break
    assert desk.operation(number)[0] == "done" and len(dead) > 20
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []
        assert db.scalars(select(Message.text).where(Message.ticket_id == other)).one() == "Write to [erased person] about it."


@pytest.mark.parametrize("review", ["erase", "ask"])
def test_bytes_follow_what_was_said_of_the_words_they_were_read_into(desk, review):
    """S63-S65: whoever says that an uncertain word is the person says it of the mail as it came and of our acknowledgement too."""
    desk.arrive(text="My quixotic printer.\n")
    ticket, _message = desk.arrive("Eva Lie <eva@other.example>", subject="Ask Zyxwold", text="Zyxwold was here, says his neighbour.\n")
    with desk.database.write() as db:
        made = mail("support@desk.example", subject="We have your mail: Ask Zyxwold", text="Thank you.\n")
        db.add(OutboundMail(kind="acknowledgement", mailbox_id=desk.support.id, ticket_id=ticket, recipients=["eva@other.example"], subject="We have your mail: Ask Zyxwold",
                            rfc_message_id="<ack@desk.example>", message_key="ack", state="sent", due_at=now(), composed=made))
    number = desk.ask(review=review)
    if review == "ask":
        with desk.database.write() as db:
            asking.decide_all(db, db.get_one(Operation, number), erases=True)
    desk.act(number)
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []


def known_by_another_address(desk, db):
    nora, person = db.get_one(Agent, desk.nora.id), db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one()
    add_address(db, person, "email", "mads@quixotic.example", by=nora)


def called_otherwise(desk, db):
    edit_person(db, db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one(), {"last_name": "Quixotic"}, by=db.get_one(Agent, desk.nora.id))


def merged_with_another(desk, db):
    nora = db.get_one(Agent, desk.nora.id)
    twin = create_person(db, {"first_name": "Mads", "last_name": "Quixotic", "private_customer": True}, by=nora, addresses=[{"kind": "email", "value": "mads@quixotic.example"}])
    merge(db, twin, db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one(), by=nora)


@pytest.mark.parametrize(("change", "words"), [
    (known_by_another_address, "mads@quixotic.example"), (called_otherwise, "Mads Quixotic"), (merged_with_another, "mads@quixotic.example")])
def test_who_has_changed_since_it_was_foreseen_is_foreseen_anew(desk, change, words):
    """Between the dry run and the word lie days: what is erased is what is known of the person when it begins, and somebody has seen it before."""
    desk.arrive(text="My printer.\n\nMads Zyxwold\n")
    other, _said = desk.arrive("Eva Lie <eva@other.example>", text=f"Ask {words} about it.\n")
    number = desk.ask()
    with desk.database.write() as db:
        change(desk, db)
    desk.act(number)
    assert desk.operation(number)[0] == "planned" and "anew" in desk.operation(number)[1]
    assert any(data["row"] and kind == "messages" and not data.get("whole") for kind, data in desk.items(number)), "the words of others too"
    desk.act(number)
    assert (desk.operation(number)[0], desk.operation(number)[2]["left"]) == ("done", {})
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []
        assert db.scalars(select(Message.text).where(Message.ticket_id == other)).one() == "Ask [erased person] about it."


@pytest.mark.parametrize("step", ["messages", "originals", "own messages", "trail"])
def test_who_writes_while_they_are_erased_is_erased_with_what_they_wrote(desk, monkeypatch, step):
    """Mail comes in between any two steps: what was read already is read once more, and nobody is made of an address that is about to go."""
    desk.arrive(text="My printer.\n\nMads Zyxwold\n")
    number, keep, wrote = desk.ask(), running._keep, []

    def interrupted(db, operation):
        keep(db, operation)
        if operation.result.get("at", [""])[0] == step and not wrote:
            wrote.append(desk.arrive(subject="Zyxwold again", text="My quixotic printer.\n\nMads Zyxwold\n"))
            wrote.append(desk.arrive("Eva Lie <eva@other.example>", text="Write to mads.zyxwold@newplace.example about it.\n"))

    monkeypatch.setattr(running, "_keep", interrupted)
    desk.act(number)
    assert wrote and (desk.operation(number)[0], desk.operation(number)[2]["left"]) == ("done", {})
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []
        assert db.scalars(select(Message.text).where(Message.ticket_id == wrote[1][0])).one() == "Write to [erased person] about it."


def test_who_writes_when_the_card_has_gone_has_no_record(desk, monkeypatch):
    """Between the card and the addresses nothing is committed: mail that comes next finds an address that is kept out."""
    desk.arrive(text="My printer.\n\nMads Zyxwold\n")
    number, keep, wrote = desk.ask(), running._keep, []

    def interrupted(db, operation):
        keep(db, operation)
        if not wrote and not db.scalars(select(Person.id).where(Person.last_name == "Zyxwold")).all():
            db.commit()
            wrote.append(desk.arrive(text="My quixotic printer.\n"))

    monkeypatch.setattr(running, "_keep", interrupted)
    desk.act(number)
    assert wrote and desk.operation(number)[0] == "done"
    with desk.database.read() as db:
        assert db.get_one(Ticket, wrote[0][0]).requester_id is None


def test_who_has_become_part_of_another_is_not_erased_by_half(desk):
    desk.arrive(text="My printer.\n\nMads Zyxwold\n")
    number = desk.ask()
    with desk.database.write() as db:
        nora = db.get_one(Agent, desk.nora.id)
        other = create_person(db, {"first_name": "Mads", "last_name": "Whole", "private_customer": True}, by=nora)
        merge(db, db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one(), other, by=nora)
    before = desk.rows()
    desk.act(number)
    assert desk.operation(number)[0] == "failed" and desk.rows() == before
    with desk.database.read() as db:
        assert not asking.has_begun(db, db.scalars(select(Person.uid).where(Person.last_name == "Zyxwold")).one()), "so they come back from the bin"


def test_nothing_is_kept_of_an_erasing_that_is_called_off_or_broke_off(desk):
    """It quotes the person, and knows every name of theirs: nobody would ever look for it again."""
    desk.arrive(text="My printer.\n\nMads Zyxwold\n")
    off, broken = desk.ask(), None
    desk.act(off, "cancel")
    broken = desk.ask()
    with desk.database.write() as db:
        db.get_one(Operation, broken).state = "failed"
    erase(desk)
    for number in (off, broken):
        with desk.database.read() as db:
            assert db.get_one(Operation, number).file is None and desk.items(number) == []


def test_a_restricted_person_is_not_let_loose_while_they_are_erased(desk, monkeypatch):
    """From the first step on nobody meets them, admins included, and nobody writes to them that they are used again."""
    desk.arrive(text="My printer.\n\nMads Zyxwold\n")
    with desk.database.write() as db:
        person = db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one()
        restrict(db, person, ground="accuracy", reason="So they say", by=db.get_one(Agent, desk.nora.id))
    number = desk.ask()
    monkeypatch.setattr(running, "SLICE", 0.0)
    monkeypatch.setattr(desk, "work", lambda number: operations.run())
    desk.act(number)
    with desk.database.write() as db:
        nora, person = db.get_one(Agent, desk.nora.id), db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one()
        with pytest.raises(Refused):
            lift(db, person, by=nora)
        with pytest.raises(Refused):
            returning.restore_person(db, person, by=nora)


@pytest.mark.parametrize("state", ["planned", "paused"])
def test_an_erasing_that_a_backup_brings_back_half_way_keeps_nothing(desk, state):
    """The person is erased once more; the operation of before, which quotes them and knows every name of theirs, is over."""
    desk.arrive(subject="About Zyxwold", text="My quixotic printer.\n\nMads Zyxwold\n")
    number, uid = desk.ask(review="keep"), desk.person()
    with desk.database.write() as db:
        db.get_one(Operation, number).state = state
    running.replay(desk.database, uid)
    assert desk.operation(number)[0] == "cancelled" and desk.items(number) == []
    with desk.database.read() as db:
        assert db.get_one(Operation, number).file is None and looking.residue(db, *LEFT) == []


def test_mails_to_the_person_that_are_on_no_ticket_go(desk):
    """A report that was sent, a mailing: what it says goes whole, also where the name is none that can be looked for, and whom it was to."""
    desk.arrive(text="My printer.\n\nMads Zyxwold\n")
    uid = desk.person()
    with desk.database.write() as db:
        enqueue(db, kind="system", mailbox=db.get_one(Mailbox, desk.support.id), recipients=["mads.zyxwold@newplace.example"], subject="What we hold",
                text="Dear \N{UNICORN FACE}, it is quixotic.", html="", language="en", person_uid=uid)
    erase(desk)
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []
        assert db.scalars(select(OutboundMail.id).where(OutboundMail.person_uid.is_not(None))).all() == []
