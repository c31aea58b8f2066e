"""What mail may not do: show a ticket, or send from it, to or for those who may not see it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from contacts.agent import AgentAddress
from contacts.identifying import agent_at
from contacts.person import Person
from core import batch
from core.clock import now
from core.errors import Unknown
from desk import arrivals
from desk.access import ticket_for
from desk.addressing import notification_address, reply_address
from desk.mailboxes import add_mailbox
from desk.outbound import OutboundMail, enqueue
from desk.tickets import foresight
from desk.tickets.answering import begin, note
from desk.tickets.replying import DELETED, FOREIGN, WITHDRAWN
from desk.tickets.ticket import AlsoIn
from mailgate.outgoing import gather
from tests.letters_made import mail


def test_a_reply_in_another_mailbox_opens_the_ticket_to_nobody(arrive, db, support, sales, nora):
    """Only a copy of the mail that opened a ticket shows it to those who see the other mailbox."""
    support.open_to_all = False
    first = arrive(mail(message_id="one@kunde.example"))
    reply = mail("spy@else.example", to="sales@desk.example", subject="Re", In_Reply_To="<one@kunde.example>")
    assert arrive(reply, sales).ticket.id == arrive(reply, support).ticket.id == first.ticket.id
    signed = mail("spy@else.example", to=f"{reply_address(first.ticket, support)}, sales@desk.example", text="Signed.")
    assert arrive(signed, support).ticket.id == arrive(signed, sales).ticket.id == first.ticket.id
    assert db.scalar(select(func.count()).select_from(AlsoIn)) == 0
    with pytest.raises(Unknown):
        ticket_for(db, nora, first.ticket.number)


def test_our_own_mail_in_another_mailbox_opens_its_ticket_to_nobody(arrive, db, support, sales, nora):
    ticket = begin(db, support, by=nora, subject="Your pay", text="It was raised.", to=["ole@kunde.example"])
    sent = db.scalars(select(OutboundMail)).one()
    arrive(mail("support@desk.example", to="sales@desk.example", subject="Your pay", text="It was raised.",
                message_id=sent.rfc_message_id), sales)
    assert db.scalars(select(AlsoIn.mailbox_id).where(AlsoIn.ticket_id == ticket.id)).all() == []


def shown_too(db):
    return db.scalars(select(AlsoIn.mailbox_id)).all()


@pytest.mark.parametrize(("to", "days", "trust", "shown"), [
    ("support@desk.example", 0, "none", True), ("support@desk.example", 7, "none", False),
    ("support@desk.example, Sales <sales+x@desk.example>", 7, "none", True),
    ("support@desk.example, sales@desk.example", 0, "fail", False)])
def test_a_copy_shows_the_ticket_where_the_sender_wrote_to(arrive, db, support, sales, to, days, trust, shown):
    """Anybody in copy can send the same bytes on to another mailbox, at any time."""
    sales.receiving_host = "mx.desk.example"
    raw = mail(to=to, Authentication_Results=f"mx.desk.example; dmarc={trust}")
    first = arrive(raw)
    first.message.at -= timedelta(days=days)
    again = arrive(raw, sales, transport="imap")
    assert again.message.id == first.message.id
    assert shown_too(db) == ([sales.id] if shown else [])


# ── agents by mail ──

def sent(db):
    """What leaves to customers."""
    return db.scalars(select(OutboundMail).where(OutboundMail.kind == "reply").order_by(OutboundMail.id)).all()


def notified(db, ticket, agent, mailbox, message=None):
    """A notification as it was sent."""
    return enqueue(db, kind="notification", mailbox=mailbox, recipients=[agent.email], ticket_id=ticket.id,
                   message_id=message.id if message else None, agent_id=agent.id)


def test_an_agent_who_may_no_longer_see_the_ticket_sends_nothing(arrive, db, support, nora):
    first = arrive(mail())
    to = notification_address(first.ticket, support, nora)
    support.open_to_all = False
    db.flush()
    got = arrive(mail("nora@desk.example", to=to, subject="Re", text="Try it again now."))
    assert (got.message.direction, got.message.author_id, got.message.oddities) == ("note", nora.id, [WITHDRAWN])
    assert sent(db) == [] and got.ticket.state == "new"


def told(db):
    """What agents are told."""
    return db.scalars(select(OutboundMail).where(OutboundMail.kind == "notification").order_by(OutboundMail.id)).all()


@pytest.mark.parametrize(("language", "words"), [
    ("en", "was not sent to the customer. You may no longer see the ticket."), ("nb", "ble ikke sendt til kunden"), ("da", "blev ikke sendt til kunden"),
    ("sv", "skickades inte till kunden")])
def test_an_agent_whose_answer_was_not_sent_is_told_so(arrive, db, support, nora, language, words):
    nora.language = language
    first = arrive(mail(subject="Secret"))
    to = notification_address(first.ticket, support, nora)
    support.open_to_all = False
    db.flush()
    arrive(mail("nora@desk.example", to=to, subject="Re", text="Try it again now."))
    one, = told(db)
    assert one.recipients == ["nora@desk.example"]
    assert words in one.text
    assert "Secret" not in one.subject + one.text + one.html


def test_the_budget_of_automatic_mail_holds_for_that_too(arrive, db, support, nora):
    first = arrive(mail())
    to = notification_address(first.ticket, support, nora)
    support.open_to_all = False
    db.flush()
    for n in range(60):
        arrive(mail("nora@desk.example", to=to, subject=f"Re {n}", text=f"Try it again now, {n}."))
    assert 0 < len(told(db)) < 60


def test_an_agent_is_told_of_whatever_went_to_nobody(arrive, db, support, nora):
    """A deleted ticket, an address that is not known as theirs: told at their own address, never to whoever wrote."""
    first = arrive(mail())
    to = notification_address(first.ticket, support, nora)
    arrive(mail("nora@home.example", to=to, text="From the train."))
    first.ticket.binned_at = now()
    arrive(mail("nora@desk.example", to=to, text="Still there?"))
    assert [one.recipients for one in told(db)] == [["nora@desk.example"]] * 2
    assert ["none of yours" in one.text for one in told(db)] == [True, False]
    assert "was deleted when it came" in told(db)[1].text


def test_whoever_left_or_is_forged_is_told_nothing(arrive, db, support, nora):
    first = arrive(mail())
    to = notification_address(first.ticket, support, nora)
    support.open_to_all, support.receiving_host = False, "mx.desk.example"
    db.flush()
    arrive(mail("nora@desk.example", to=to, text="Hi", Authentication_Results="mx.desk.example; dmarc=fail"), transport="imap")
    nora.active = False
    arrive(mail("nora@desk.example", to=to, text="Hello"))
    assert told(db) == []


def test_an_agent_who_left_sends_nothing(arrive, db, support, nora):
    first = arrive(mail())
    nora.active = False
    got = arrive(mail("nora@desk.example", to=notification_address(first.ticket, support, nora), text="I am back."))
    assert (got.message.direction, got.message.oddities, sent(db)) == ("note", [WITHDRAWN], [])


def test_an_answer_about_a_deleted_ticket_is_not_sent(arrive, db, support, jonas):
    first = arrive(mail())
    first.ticket.binned_at = now()
    got = arrive(mail("jonas@desk.example", to=notification_address(first.ticket, support, jonas), text="Still there?"))
    assert (got.message.direction, got.message.oddities, sent(db)) == ("note", [DELETED], [])


@pytest.mark.parametrize("address", [f"{'x' * 50}@desk.example", "plain@desk.example"])
def test_an_agents_answer_without_a_return_address_goes_to_the_customer(arrive, db, nora, address):
    """No ``+tag`` fits, or the provider delivers none: the id of the notification tells."""
    box = add_mailbox(db, address, "Long", plus_addressing=not address.startswith("plain"))
    first = arrive(mail(to=address), box)
    told = notified(db, first.ticket, nora, box, first.message)
    assert gather(db, told).reply_to == ""
    got = arrive(mail("nora@desk.example", to=address, subject="Re", text="Try again.",
                      In_Reply_To=f"<{told.rfc_message_id}>"), box)
    assert (got.message.direction, got.message.author_id, got.ticket.id) == ("out", nora.id, first.ticket.id)
    assert [m.recipients for m in sent(db)] == [["ole@kunde.example"]]


@pytest.mark.parametrize(("proven_at", "direction"), [(now(), "out"), (None, "in")])
def test_an_agents_other_address_counts_once_it_is_proven(arrive, db, support, nora, proven_at, direction):
    nora.addresses.append(AgentAddress(normalised="nora@home.example", proven_at=proven_at))
    first = arrive(mail())
    told = notified(db, first.ticket, nora, support, first.message)
    got = arrive(mail("nora@home.example", subject="Re", text="Try again.", In_Reply_To=f"<{told.rfc_message_id}>"))
    assert got.message.direction == direction


def test_an_address_that_is_not_proven_is_a_strangers(arrive, db, support, nora):
    nora.addresses.append(AgentAddress(normalised="ole@kunde.example"))
    first = arrive(mail())
    assert (first.ticket.requester.name, agent_at(db, "ole@kunde.example")) == ("Ole Vang", None)
    got = arrive(mail("ole@kunde.example", to=notification_address(first.ticket, support, nora), text="I am Nora."))
    assert (got.message.direction, got.message.oddities, sent(db)) == ("note", [FOREIGN], [])
    for look_ahead in (arrivals._agents, foresight._agents):
        with batch.together(db):
            look_ahead(db)
            assert agent_at(db, "ole@kunde.example") is None
            assert agent_at(db, "nora@desk.example") is nora


def test_who_answers_a_forwarded_notification_is_a_customer(arrive, db, support, nora):
    first = arrive(mail())
    told = notified(db, first.ticket, nora, support, first.message)
    got = arrive(mail(subject="Re", text="She sent me this.", In_Reply_To=f"<{told.rfc_message_id}>"))
    assert (got.message.direction, got.ticket.id, sent(db)) == ("in", first.ticket.id, [])


def test_a_long_mailbox_still_has_a_return_address(db, nora):
    box = add_mailbox(db, f"{'x' * 36}@desk.example", "Long")
    ticket = begin(db, box, by=nora, subject="S", text="T", to=["ole@kunde.example"])
    assert "+n" in notification_address(ticket, box, nora)


def test_the_answer_to_a_note_is_a_note_whatever_the_mail_program_drops(arrive, db, support, nora, jonas):
    first = arrive(mail())
    written = note(db, first.ticket, by=jonas, text="Is she angry?")
    to = gather(db, notified(db, first.ticket, nora, support, written)).reply_to
    got = arrive(mail("nora@desk.example", to=to, subject="Re", text="Very much so."))
    assert (got.message.direction, got.message.author_id, sent(db)) == ("note", nora.id, [])


QUOTE = "On 22.11.2026 10:00, Support wrote:\n> Ole wrote to Support.\n>\n> Open the ticket: http://desk.example/tickets/1\n"
OUTLOOK = ("________________________________\nFrom: Support <support@desk.example>\nSent: Sunday, November 22, 2026 10:00\n"
           "To: Nora <nora@desk.example>\nSubject: Hello\n\nOle wrote to Support.\nOpen the ticket: http://desk.example/tickets/1\n")


@pytest.mark.parametrize("text", [
    "", "\n \n", QUOTE, f"\n\n{QUOTE}", OUTLOOK, f"-- \nNora Vik\nSupport\n\n{QUOTE}", f"Sent from my iPhone\n\n{QUOTE}",
    "> Ole wrote to Support.\n"])
def test_an_answer_without_a_word_goes_to_nobody(arrive, db, support, nora, text):
    first = arrive(mail())
    got = arrive(mail("nora@desk.example", to=notification_address(first.ticket, support, nora), text=text))
    assert (got.verdict["act"], got.verdict["rule"]) == ("ignore", "is_empty_answer_to_a_notification")
    assert sent(db) == [] and got.ticket is None


@pytest.mark.parametrize("text", [
    f"Yes.\n\n{QUOTE}", f"{QUOTE}\nYes.\n", f"Yes.\n\n{OUTLOOK}", "Yes.", f"Yes.\n\nSent from my iPhone\n\n{QUOTE}"])
def test_an_answer_of_one_word_is_sent(arrive, db, support, nora, text):
    first = arrive(mail())
    got = arrive(mail("nora@desk.example", to=notification_address(first.ticket, support, nora), text=text))
    assert got.message.text.startswith("Yes.") and "desk.example/tickets" not in got.message.text
    assert len(sent(db)) == 1


def test_html_that_only_quotes_is_empty(arrive, db, support, nora):
    first = arrive(mail())
    html = '<div dir="ltr"><br></div><div class="gmail_quote"><div class="gmail_attr">On Sunday Support wrote:<br></div>' \
           '<blockquote>Ole wrote. <a href="http://desk.example/tickets/1">Open the ticket</a></blockquote></div>'
    to = notification_address(first.ticket, support, nora)
    raw = (f"From: nora@desk.example\r\nTo: {to}\r\nSubject: Re\r\nMessage-ID: <h@desk.example>\r\nMIME-Version: 1.0\r\n"
           f"Content-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n").encode()
    assert arrive(raw).verdict["rule"] == "is_empty_answer_to_a_notification"
    assert sent(db) == []


def test_a_file_without_a_word_is_sent_without_the_quote(arrive, db, support, nora):
    first = arrive(mail())
    to = notification_address(first.ticket, support, nora)
    body = QUOTE.replace("\n", "\r\n")
    raw = (f"From: nora@desk.example\r\nTo: {to}\r\nSubject: Re\r\nMessage-ID: <f@desk.example>\r\nMIME-Version: 1.0\r\n"
           f"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{body}\r\n"
           f"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=guide.pdf\r\n\r\nPDF\r\n"
           f"--b--\r\n").encode()
    got = arrive(raw)
    assert (got.message.direction, got.message.text, len(got.message.attachments)) == ("out", "", 1)


def test_a_strangers_answer_is_a_note_and_makes_nobody(arrive, db, support, nora):
    first = arrive(mail())
    before = db.scalar(select(func.count()).select_from(Person))
    got = arrive(mail("stranger@else.example", to=notification_address(first.ticket, support, nora), text="Hm."))
    assert (got.message.direction, got.message.oddities) == ("note", [FOREIGN])
    assert db.scalar(select(func.count()).select_from(Person)) == before
