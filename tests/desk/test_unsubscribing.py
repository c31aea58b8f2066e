"""Wanting no more of a mass mail by a letter: an answer that says only that, the mail that a program writes, what comes back, what machines say."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from contacts.address import Address
from contacts.agent import Agent
from contacts.bases import give
from contacts.editing import create_person
from contacts.mass_mail import standings
from contacts.person import Person
from contacts.purposes import purpose_under
from contacts.selecting import new_selection
from contacts.suppression import suppressed
from core.errors import Refused
from core.history import FactRow
from core.tokens import sign
from desk import mailing, unsubscribing
from desk.addressing import bounce_address
from desk.mailboxes import Mailbox
from desk.mailing_words import headers, rendered, way_out
from desk.outbound import OutboundMail, enqueue
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from tests.desk.conftest import Arrive
from tests.desk.test_notifying import BOUNCE
from tests.letters_made import mail

OLE = ("email", "ole@kunde.example")


@pytest.fixture
def ole(db: Session) -> Person:
    made = create_person(db, {"first_name": "Ole", "last_name": "Vang"}, by=None, exempt=True, addresses=[{"kind": "email", "value": "ole@kunde.example"}])
    give(db, made, "marketing", "consent", source="at the fair", by=None, proof="import")
    return made


@pytest.fixture
def sent(db: Session, support: Mailbox, jonas: Agent, ole: Person) -> OutboundMail:
    """A mass mail that Ole got."""
    selection = new_selection(db, {"name": "All", "of": "persons", "kind": "static"}, by=jonas)
    made = mailing.begin(db, selection, "marketing", support.uid, by=jonas, language="en")
    mailing.word(db, made, "en", "News", "News of autumn")
    words, language = rendered(db, made, ole, "a" * 24)
    return enqueue(db, kind="mass", mailbox=support, recipients=["Ole@kunde.example"], uid="a" * 24, subject=words.subject, text=words.text, html=words.html,
                   headers=headers(support, "a" * 24), language=language, mailing_id=made.id, person_uid=ole.uid, recipient_key="k" * 32)


def answer(sent: OutboundMail, text: str, **more: str) -> bytes:
    more.setdefault("subject", f"Re: {sent.subject}")
    return mail(text=text, In_Reply_To=f"<{sent.rfc_message_id}>", **more)


def why(db: Session, person: Person) -> str:
    return next(standings(db, [person.id], purpose_under(db, "marketing"))).why


@pytest.mark.parametrize("said", ["STOP\n", "Avmeld, takk!\n\nOn Tuesday Support wrote:\n> News of autumn\n"])
def test_an_answer_that_says_only_that(db: Session, arrive: Arrive, sent: OutboundMail, ole: Person, said: str) -> None:
    """The message is the proof; the ticket says what was noted and is closed; nobody is acknowledged."""
    got = arrive(answer(sent, said))
    assert got.verdict["rule"] == "wants_no_more_mass_mail" and got.ticket and got.message
    assert (got.ticket.state, got.ticket.unread, got.ticket.requester_id) == ("closed", False, ole.id)
    db.expire_all()
    row = ole.standing_bases["marketing"]
    assert (row.event, row.proof, row.proof_uid, row.by_uid) == ("withdrawn", "message", got.message.uid, None)
    assert why(db, ole) == "withdrawn" and suppressed(db, "objected", [OLE], "marketing") == {OLE}
    assert db.scalar(select(FactRow.data["ticket_uid"].as_string()).where(FactRow.kind == "ticket.mass_mail_stopped")) == got.ticket.uid


@pytest.mark.parametrize(("letter", "rule"), [
    ({"text": "Stop sending me broken lamps.\n"}, "is_anything_else"), ({"text": "STOP\n", "sender": "Eva <eva@kunde.example>"}, "is_anything_else"),
])
def test_what_says_more_or_comes_from_somebody_else_is_a_ticket(
    db: Session, arrive: Arrive, sent: OutboundMail, ole: Person, letter: dict[str, str], rule: str,
) -> None:
    got = arrive(answer(sent, **letter))
    assert got.verdict["rule"] == rule and got.ticket and got.ticket.state == "new"
    assert why(db, ole) == ""
    if "sender" not in letter:
        assert got.ticket.requester_id == ole.id


def test_what_answers_no_mass_mail_stops_nothing(db: Session, arrive: Arrive, sent: OutboundMail, ole: Person) -> None:
    assert arrive(mail(text="STOP\n", subject="Re: News")).ticket.state == "new"
    assert why(db, ole) == ""


def test_not_where_the_sender_may_be_forged(db: Session, arrive: Arrive, sent: OutboundMail, support: Mailbox, ole: Person) -> None:
    support.receiving_host = "mx.desk.example"
    forged = answer(sent, "STOP\n", Authentication_Results="mx.desk.example; dmarc=fail header.from=kunde.example; spf=fail; dkim=none")
    got = arrive(forged, client="127.0.0.1")
    assert got.row.clues.get("trust") == "fail" and got.verdict["rule"] != "wants_no_more_mass_mail"
    assert why(db, ole) == ""


def test_the_mail_that_a_program_writes(db: Session, arrive: Arrive, sent: OutboundMail, ole: Person, support: Mailbox) -> None:
    """The mailto: form of List-Unsubscribe; from wherever the program writes it, also by a machine."""
    subject = str(sent.headers["List-Unsubscribe"]).partition("?subject=")[2].rstrip(">").replace("%20", " ")
    got = arrive(mail(sender="ole.vang@other.example", subject=subject, text="\n", Auto_Submitted="auto-generated"))
    assert got.verdict["rule"] == "wants_no_more_mass_mail" and got.verdict["person"] == "none"
    db.expire_all()
    assert ole.standing_bases["marketing"].event == "withdrawn"
    assert db.scalar(select(func.count()).select_from(Person)) == 1
    other = arrive(mail(sender="eva@kunde.example", subject=f"unsubscribe {'b' * 24}.{sign('no-more', 'c' * 24, length=32)}", text="\n"))
    assert other.verdict["rule"] != "wants_no_more_mass_mail"


def test_what_comes_back_marks_the_address_and_opens_no_ticket(db: Session, arrive: Arrive, sent: OutboundMail, support: Mailbox, ole: Person) -> None:
    got = arrive(BOUNCE.format(to=bounce_address(sent, support), recipient="ole@kunde.example").encode())
    assert (got.verdict["rule"], got.verdict["act"], got.ticket) == ("is_bounce_of_a_mass_mail", "ignore", None)
    assert db.scalar(select(Address.health).where(Address.normalised == "ole@kunde.example")) == "bouncing"
    assert next(iter(sent.outcomes.values()))[0] == "returned" and why(db, ole) == "bouncing"
    assert db.scalar(select(func.count()).select_from(Ticket)) == 0


def test_a_machine_that_answers_opens_no_ticket(db: Session, arrive: Arrive, sent: OutboundMail) -> None:
    got = arrive(answer(sent, "I am away until Monday.\n", subject="Automatic reply: News", Auto_Submitted="auto-replied"))
    assert got.verdict["rule"] == "is_robot_answering_a_mass_mail" and got.ticket is None
    assert db.scalar(select(func.count()).select_from(Message)) == 0


def test_the_link_outlives_the_card(db: Session, sent: OutboundMail, ole: Person) -> None:
    signature = way_out(sent.uid).rpartition("/")[2]
    assert unsubscribing.asked(db, sent.uid, signature) is sent
    for uid, wrong in ((sent.uid, signature[:12]), (sent.uid, "a" * 32), ("b" * 24, signature), ("b" * 24, way_out("b" * 24).rpartition("/")[2])):
        with pytest.raises(Refused, match="does not work"):
            unsubscribing.asked(db, uid, wrong)
    db.delete(ole)
    db.flush()
    unsubscribing.unsubscribe(db, sent, "link")
    assert suppressed(db, "objected", [OLE], "marketing") == {OLE}
    again = create_person(db, {"first_name": "Ole", "last_name": "Vang"}, by=None, exempt=True, addresses=[{"kind": "email", "value": "ole@kunde.example"}])
    with pytest.raises(Refused, match="their own consent"):
        give(db, again, "marketing", "legitimate_interest", source="bought a list", by=None)
    assert why(db, again) == "objected"
    give(db, again, "marketing", "consent", source="asked for it", by=None)
    assert why(db, again) == ""


def test_what_is_no_marketing_is_kept_out_by_the_card_alone(db: Session, sent: OutboundMail, ole: Person) -> None:
    db.get_one(mailing.Mailing, sent.mailing_id).purpose = "service"
    unsubscribing.unsubscribe(db, sent, "link")
    assert ole.standing_bases["service"].event == "objected" and suppressed(db, "objected", [OLE]) == set()
    assert next(standings(db, [ole.id], purpose_under(db, "service"))).why == "objected" and why(db, ole) == ""


def test_four_lists_and_never_one(db: Session, sent: OutboundMail, ole: Person) -> None:
    """Objected, erased, bouncing, blocked: each by itself, and lifting one leaves the others."""
    unsubscribing.unsubscribe(db, sent, "link")
    [address] = db.scalars(select(Address)).all()
    assert (address.health, address.suppression) == ("ok", "none")
    assert suppressed(db, "erased", [OLE]) == set()
    address.suppression = "blocked"
    give(db, ole, "marketing", "consent", source="asked for it", by=None)
    assert why(db, ole) == "suppressed" and suppressed(db, "objected", [OLE], "marketing") == set()
    db.execute(delete(OutboundMail))
