"""A certificate of erasure names nobody; its copy is addressed from memory, and nothing of the address is left afterwards (PRIVACY 6)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from contacts.agent import Agent
from contacts.person import Person
from core.clock import now
from core.errors import Refused
from core.i18n import speaking
from core.operations import Operation
from desk.erasing import asking, running, upstream
from desk.erasing.subject import Subject
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from desk.rights import casework
from desk.rights.case import RightsCase
from desk.rights.certificate import Certificate
from desk.rights.opening import open_case
from desk.rights.printing import pdf_of
from desk.telling import tell_when_erased
from desk.tickets.answering import reply
from desk.tickets.ticket import Ticket
from jobs import operations
from mailgate import imap_erasing
from mailgate.compose import compose
from mailgate.outgoing import gather
from rules.residue import Needles
from tests import residue as looking
from tests.desk.erasing.test_running import LEFT, Desk
from tests.desk.erasing.test_vouchers import ordered


@pytest.fixture
def desk(fresh_database):
    return Desk(fresh_database)


def begun(desk, *, reason="They called us back."):
    """Mads has asked by mail to be erased; the erasing is foreseen. Its number."""
    ticket, _message = desk.arrive(subject="Erase me", text="Please erase me.\n\nMads Zyxwold\n")
    with desk.database.write() as db:
        person = db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one()
        nora = db.get_one(Agent, desk.nora.id)
        case = open_case(db, "erasure", person=person, ticket=db.get_one(Ticket, ticket), phrase="erase me", by=nora)
        if reason:
            casework.go_on_unproven(db, case, reason, by=nora)
        number = asking.ask(db, person, reason="request", identity="agent", review="erase", case=case, by=nora).id
    desk.work(number)
    return number


def approved(desk, number):
    """As far as the mail."""
    with desk.database.write() as db:
        asking.approved(db, operation := db.get_one(Operation, number), db.get_one(Agent, desk.jonas.id))
        operation.state = "approved"
    for _slice in range(400):
        operations.run()
        with desk.database.read() as db:
            if db.get_one(Operation, number).phase in ("deliver", "sweep"):
                return


def copy(desk):
    with desk.database.read() as db:
        return db.scalars(select(OutboundMail).where(OutboundMail.kind == "certificate")).one()


def goes(desk, **values):
    """What becomes of the mail; the worker looks again later."""
    with desk.database.write() as db:
        db.execute(update(OutboundMail).where(OutboundMail.kind == "certificate").values(**values))
        db.execute(update(Operation).values(due_at=now()))


def test_copy_is_addressed_from_memory_and_forgotten(desk):
    number = begun(desk)
    approved(desk, number)
    row = copy(desk)
    assert row.recipients == ["mads.zyxwold@newplace.example"] and "Zyxwold" not in row.text + row.subject
    with desk.database.read() as db:
        mail = gather(db, db.get_one(OutboundMail, row.id))
        raw = compose(mail)
        assert {table for table, _row in looking.residue(db, "zyxwold", "newplace")} == {"outbound_mails"}
    assert mail.envelope_sender == "" and not mail.copied and b"application/pdf" in raw
    operations.run()
    assert desk.operation(number)[0] == "approved", "it waits for the mail"
    goes(desk, state="sent", composed=raw, outcomes={"mads.zyxwold@newplace.example": ["accepted", "ok"]})
    desk.work(number)
    state, _given, result = desk.operation(number)
    assert (state, result["left"], result["copy"]) == ("done", {}, "sent")
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []
        case = db.scalars(select(RightsCase)).one()
        assert (case.state, case.closed, case.person_id) == ("done", True, None)
    gone = copy(desk)
    assert (gone.state, gone.recipients, gone.text, gone.outcomes) == ("sent", [], "", {})


@pytest.mark.parametrize("state", ["failed", "queued"])
def test_a_mail_that_cannot_go_says_so_without_the_address(desk, state):
    """One that waits longer than mail is retried is given up as well."""
    number = begun(desk)
    approved(desk, number)
    goes(desk, state=state, reason="mads.zyxwold@newplace.example was refused", created_at=now() - timedelta(days=5))
    desk.work(number)
    assert desk.operation(number)[2]["copy"] == "failed"
    assert copy(desk).state == "failed"
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []


def test_the_certificate_names_nobody(desk):
    number = begun(desk)
    with desk.database.read() as db:
        aliases = Subject.unsealed(db.get_one(Operation, number).file).aliases
    approved(desk, number)
    goes(desk, state="sent")
    desk.work(number)
    with desk.database.read() as db:
        made = db.scalars(select(Certificate)).one()
        told, case = made.content, db.scalars(select(RightsCase)).one()
        assert (told["case"], told["approved_by"], told["asked_by"], told["left"]) == (case.id, "Jonas Berg", "Nora Vik", {})
        assert told["counts"]["messages"] >= 1 and told["hashes"] == 1 and told["backups_until"] > told["done"]
        needles = Needles(aliases.as_json())
        for language in ("en", "nb", "da", "sv"):
            with speaking(language):
                printed = pdf_of(made, desk="Skranke")
            text = text_of(printed)
            assert "Jonas Berg" in text
            assert not [hit for hit in needles.scan_text(text) if hit.kind == "residue"]
            assert PdfReader(BytesIO(printed)).trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_not_approved_while_nobody_knows_who_asks(desk):
    number = begun(desk, reason="")
    with pytest.raises(Refused, match="Nobody has confirmed"):
        desk.act(number)
    with desk.database.write() as db:
        casework.go_on_unproven(db, db.scalars(select(RightsCase)).one(), "They called.", by=db.get_one(Agent, desk.nora.id))
    with desk.database.write() as db:
        asking.may_approve(db, db.get_one(Operation, number), db.get_one(Agent, desk.nora.id))


def test_cancelled_the_case_goes_on(desk):
    number = begun(desk)
    with desk.database.read() as db:
        assert db.scalars(select(RightsCase)).one().operation_uid
    desk.act(number, "cancel")
    with desk.database.read() as db:
        case = db.scalars(select(RightsCase)).one()
        assert case.operation_uid is None and not case.closed


def test_without_a_case_there_is_a_certificate_and_no_mail(desk):
    desk.arrive()
    number = desk.ask()
    desk.act(number)
    assert desk.operation(number)[2]["copy"] == "none"
    with desk.database.read() as db:
        assert db.scalars(select(Certificate)).one().content["case"] is None
        assert not db.scalars(select(OutboundMail).where(OutboundMail.kind == "certificate")).all()


def test_it_says_what_is_kept_who_was_told_and_what_lies_at_the_provider(desk, monkeypatch):
    """PRIVACY 6: vouchers with the exemption and until when, how many recipients were told and how many were not, and mails at a provider, as far as
    it is known when it is printed."""
    asked = []

    def provider(_mailbox, wanted, told):
        asked.append(len(wanted))
        if len(asked) == 1:
            raise upstream.Away("Nobody answers.")
        told([one.uid for one in wanted])
    monkeypatch.setattr(imap_erasing, "remove", provider)
    with desk.database.write() as db:
        db.execute(update(Mailbox).values(imap_url="imaps://mail.desk.example"))
    ordered(desk, "NO")
    with desk.database.write() as db:
        ticket, nora = db.scalars(select(Ticket)).one(), db.get_one(Agent, desk.nora.id)
        reply(db, ticket, text="Fixed.", to=["mads.zyxwold@newplace.example"], cc=["eva@other.example", "per@other.example"], by=nora)
        db.execute(update(OutboundMail).values(state="sent", sent_at=now()))
    number = desk.ask()
    with desk.database.write() as db:
        person = db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one()
        tell_when_erased(db, db.get_one(Operation, number), person, ["eva@other.example"], by=db.get_one(Agent, desk.nora.id))
    approved(desk, number)
    for _slice in range(50):
        operations.run()
        if asked:
            break
    assert (waiting := certified(desk))["held"] == [{"what": "vouchers", "count": 1, "exemption": "17(3)(b)", "until": "2031-12-31"}]
    assert (waiting["told"], waiting["recipients"], waiting["providers"]) == (1, 2, {"waiting": 1})
    text = printed_in_english(desk)
    assert "Name and address on 1 invoiced order, sealed" in text and "Article 17(3)(b)" in text and "31 Dec 2031" in text
    assert "1 recipient was told. 1 recipient was not told." in text and "1 mail is being deleted there" in text
    with desk.database.write() as db:
        db.execute(update(Operation).values(due_at=now()))
    desk.work(number)
    assert certified(desk)["providers"] == {"gone": 1} and "1 mail is gone there too." in printed_in_english(desk)


def certified(desk):
    with desk.database.read() as db:
        return db.scalars(select(Certificate)).one().content


def printed_in_english(desk):
    with desk.database.read() as db, speaking("en"):
        return " ".join(text_of(pdf_of(db.scalars(select(Certificate)).one(), desk="Skranke")).split())


def text_of(printed):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(printed)).pages)


@pytest.mark.parametrize("before", [True, False])
def test_killed_around_the_mail_there_is_one(desk, monkeypatch, before):
    """The worker dies just before or just after the commit that writes the copy and forgets who it was."""
    number, kept, died = begun(desk), running._keep, []

    def keep(db, operation):
        if operation.phase != "deliver" or died:
            return kept(db, operation)
        died.append(True)
        if not before:
            kept(db, operation)
        raise KeyboardInterrupt
    monkeypatch.setattr(running, "_keep", keep)
    with desk.database.write() as db:
        operation = db.get_one(Operation, number)
        asking.approved(db, operation, db.get_one(Agent, desk.jonas.id))
        operation.state = "approved"
    for _slice in range(400):
        try:
            operations.run()
        except KeyboardInterrupt:
            with desk.database.write() as db:
                db.execute(update(Operation).values(lease_until=now() - timedelta(minutes=1)))
        with desk.database.read() as db:
            if died and db.get_one(Operation, number).phase == "deliver":
                break
    goes(desk, state="sent")
    desk.work(number)
    assert desk.operation(number)[0] == "done" and copy(desk).recipients == []
    with desk.database.read() as db:
        assert len(db.scalars(select(Certificate)).all()) == 1
        assert looking.residue(db, *LEFT) == []
