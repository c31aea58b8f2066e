"""MAIL.md, Routing: an agent forwards a customer's mail to the desk, inline and as an attachment."""

import email
import email.policy
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from contacts.address import Address, Holding
from contacts.identifying import address_row, hold
from contacts.person import Person
from core.history import FactRow, FactSubject
from core.options import set_option
from desk.acknowledging import clues_of
from desk.addressing import notification_address, reply_address
from desk.tickets.answering import recipients_of
from desk.tickets.facts import NoteAdded, TicketOpened
from desk.tickets.message import Message
from desk.tickets.passing_on import UNPROVEN
from rules.acknowledging import why_not
from tests.letters_made import mail

NORA = "Nora Vik <nora@desk.example>"
BLOCK = """Can you take this one?

From: Ole Vang <ole@kunde.example>
Sent: Monday, June 3, 2024 10:12 AM
To: Nora Vik <nora@desk.example>
Subject: Printer

The printer does not print.
"""


def forward(text=BLOCK, **headers):
    return mail(NORA, subject="FW: Printer", text=text, **headers)


@pytest.fixture
def proven(support):
    """What our own server says of the agents' domain."""
    support.receiving_host = "mx.desk.example"
    return {"Authentication_Results": "mx.desk.example; dmarc=pass header.from=desk.example"}


def messages(db, ticket):
    return db.scalars(select(Message).where(Message.ticket_id == ticket.id).order_by(Message.id)).all()


def test_the_customer_is_the_requester_on_the_agents_word(arrive, db, nora, proven):
    got = arrive(forward(**proven), transport="imap")
    ticket, message = got.ticket, got.message
    assert (got.verdict["act"], got.verdict["person"]) == ("open", "created")
    assert (ticket.requester.name, ticket.requester_address.value, ticket.subject) == ("Ole Vang", "ole@kunde.example", "Printer")
    assert (message.from_name, message.from_address, message.text) == ("Ole Vang", "ole@kunde.example", "The printer does not print.")
    assert ticket.preview == "The printer does not print."
    assert "Nora Vik forwarded a mail of theirs to Support" in ticket.requester.created_why
    assert db.scalar(select(Holding.proof).where(Holding.person_id == ticket.requester_id)) == "agent"
    assert ticket.identification["evidence"][0]["words"] == "Nora Vik forwarded this mail of ole@kunde.example."
    assert message.trust["result"] == "none"
    assert "Nora Vik" in message.trust["why"]
    assert "An agent forwarded it" in got.verdict["why"]
    assert recipients_of(db, ticket, None) == ["ole@kunde.example"]


def test_a_known_customer_is_recognised_and_never_proven(arrive, db, support, nora):
    """What proves the agent's mail proves nothing about whom it quotes."""
    support.receiving_host = "mx.desk.example"
    ole = Person(first_name="Ole", last_name="Vang", sort_name="vang ole")
    db.add(ole)
    db.flush()
    hold(db, address_row(db, "ole@kunde.example"), ole, origin="agent", primary=True)
    got = arrive(forward(Authentication_Results="mx.desk.example; dmarc=pass header.from=desk.example"), transport="imap")
    assert (got.ticket.requester_id, got.verdict["person"], got.message.trust["result"]) == (ole.id, "matched", "none")


def test_what_the_agent_wrote_is_a_note(arrive, db, nora, proven):
    customers, note = messages(db, arrive(forward(**proven), transport="imap").ticket)
    assert customers.direction == "in"
    assert (note.direction, note.author_id, note.text) == ("note", nora.id, "Can you take this one?")
    assert note.oddities == []
    bare = arrive(forward(BLOCK.partition("\n\n")[2], message_id="bare@desk.example"))
    assert [m.direction for m in messages(db, bare.ticket)] == ["in"]


def test_what_nothing_proves_is_nobodys_word(arrive, db, nora):
    """From alone says that an agent wrote: no note of theirs, no deed of theirs, and the address is not "by an agent"."""
    got = arrive(forward())
    assert got.ticket.requester_address.value == "ole@kunde.example"
    assert db.scalar(select(Holding.proof).where(Holding.person_id == got.ticket.requester_id)) == "none"
    note = messages(db, got.ticket)[1]
    assert (note.direction, note.author_id, note.oddities) == ("note", None, [UNPROVEN])
    facts = db.scalars(select(FactRow).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid == got.ticket.uid)).all()
    assert {fact.kind for fact in facts} >= {TicketOpened.kind, NoteAdded.kind}
    assert {fact.by_uid for fact in facts} == {None}


def test_the_policy_is_asked_as_for_any_sender(arrive, db, support, nora):
    set_option(db, "intake.unknown_sender", "ask", support.uid)
    got = arrive(forward())
    assert (got.ticket.held, got.ticket.requester_id, got.ticket.requester_name) == (True, None, "Ole Vang")
    assert got.ticket.requester_address.value == "ole@kunde.example"


def test_no_acknowledgement_and_the_history_names_the_agent(arrive, db, nora, proven):
    """RFC 3834 section 4: an answer nobody asked for goes to who sent the mail, and that was a colleague."""
    got = arrive(forward(**proven), transport="imap")
    opened = db.scalar(select(FactRow).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid == got.ticket.uid, FactRow.kind == TicketOpened.kind))
    assert opened.by_uid == nora.uid
    fact = TicketOpened(got.ticket.uid, got.message.uid, None, "mail", quiet=False, held=False)
    assert why_not(clues_of(db, fact, got.ticket, got.message)).startswith("An agent forwarded it")


def test_an_enclosed_mail_with_its_file(arrive, db, nora):
    inner = EmailMessage()
    inner["From"], inner["Subject"], inner["Date"] = "Ole Vang <ole@kunde.example>", "Printer", "Mon, 3 Jun 2024 10:12:00 +0200"
    inner["Reply-To"] = "ole.vang@post.example"
    inner.set_content("The printer does not print.")
    inner.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="log.pdf")
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"], outer["Message-ID"] = NORA, "support@desk.example", "Fwd: Printer", "<o@desk.example>"
    outer.set_content("Can you take this one?")
    outer.add_attachment(email.message_from_bytes(inner.as_bytes(), policy=email.policy.default))
    got = arrive(outer.as_bytes())
    assert (got.ticket.requester.name, got.message.text.strip()) == ("Ole Vang", "The printer does not print.")
    assert [(a.name, a.size) for a in got.message.attachments][-1] == ("log.pdf", 4)
    assert got.message.attachments[0].type == "message/rfc822"
    assert got.message.reply_to == "ole.vang@post.example"
    assert got.message.written_at.isoformat().startswith("2024-06-03T08:12")


def test_without_the_senders_address_the_agent_is_the_requester_and_told_why(arrive, db, nora):
    got = arrive(forward(BLOCK.replace(" <ole@kunde.example>", "")))
    assert (got.ticket.requester_id, got.ticket.requester_address.value) == (None, "nora@desk.example")
    assert got.message.text.strip() == BLOCK.replace(" <ole@kunde.example>", "").strip()
    assert "The printer does not print." in got.message.shown
    assert "the address of its sender is not in it" in got.ticket.identification["evidence"][0]["words"]
    assert "does not tell its sender's address" in got.verdict["why"]


def test_an_address_of_ours_is_no_customers(arrive, db, nora):
    got = arrive(forward(BLOCK.replace("ole@kunde.example", "support+x@desk.example")))
    assert got.ticket.requester_address.value == "nora@desk.example"


@pytest.mark.parametrize("sender", ["Stranger <stranger@else.example>", "Nora Vik <nora@desk.example.evil.example>"])
def test_nobody_but_an_agent_passes_mail_on(arrive, db, nora, sender):
    got = arrive(mail(sender, subject="FW: Printer", text=BLOCK))
    assert got.message.from_address == sender.partition("<")[2].strip(">")
    assert not db.scalar(select(func.count()).select_from(Address).where(Address.normalised == "ole@kunde.example"))


def test_a_forged_agent_passes_nothing_on(arrive, db, support, nora):
    support.receiving_host = "mx.desk.example"
    got = arrive(forward(Authentication_Results="mx.desk.example; dmarc=fail header.from=desk.example"), transport="imap")
    assert (got.ticket.held, got.message.from_address) == (True, "nora@desk.example")


def test_an_answer_to_a_notification_is_no_forward(arrive, db, support, nora):
    first = arrive(mail())
    got = arrive(mail(NORA, to=notification_address(first.ticket, support, nora), subject="Fwd: Hello", text=BLOCK))
    assert (got.ticket.id, got.message.author_id) == (first.ticket.id, nora.id)


def test_a_forward_into_a_ticket_is_the_customers_word_there(arrive, db, support, nora):
    first = arrive(mail())
    got = arrive(mail(NORA, to=reply_address(first.ticket, support), subject="FW: Printer", text=BLOCK))
    assert got.ticket.id == first.ticket.id
    assert (got.message.direction, got.message.from_address) == ("in", "ole@kunde.example")
    assert messages(db, got.ticket)[-1].direction == "note"
