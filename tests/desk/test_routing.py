"""MAIL.md, Routing and threads: where our addresses stand in a mail, and what belongs to which ticket."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from contacts.agent import RecentlySeen
from contacts.enrolling import add_agent
from contacts.person import Person
from contacts.staffing import free_address
from core.errors import Refused
from desk.addressing import reply_address
from desk.inbound import Delivery, accept
from desk.mailboxes import MailboxAlias, add_mailbox
from desk.saving_mailboxes import set_addresses
from desk.tickets.answering import begin, reply
from desk.tickets.assigning import assign
from desk.tickets.intake import file
from desk.tickets.message import Message
from desk.tickets.presence import seen
from desk.tickets.ticket import Ticket
from mailgate.parse import parse
from tests.desk.test_acknowledging import told
from tests.letters_made import mail


def acknowledged(db):
    """Whom the acknowledger writes to."""
    return [address for mail in told(db) for address in mail.recipients]


def persons(db):
    return db.scalar(select(func.count()).select_from(Person))


def taking_part(db, ticket):
    db.refresh(ticket, ["participants"])
    return {p.address.value for p in ticket.participants}


def test_a_new_topic_in_an_old_thread_stays_in_its_ticket(arrive, db):
    """Headers say that it answers; the other subject is on the message, and the ticket keeps its own."""
    first = arrive(mail(message_id="one@kunde.example", subject="Printer"))
    got = arrive(mail(subject="Our holidays", text="By the way.", In_Reply_To="<one@kunde.example>"))
    assert (got.ticket.id, got.ticket.subject, got.message.subject) == (first.ticket.id, "Printer", "Our holidays")


def test_our_address_only_in_copy(arrive, db, support):
    got = arrive(mail(to="Per <per@else.example>", Cc="support@desk.example"))
    assert (got.ticket.mailbox_id, got.ticket.requester.name) == (support.id, "Ole Vang")
    assert taking_part(db, got.ticket) == {"ole@kunde.example", "per@else.example"}
    assert acknowledged(db) == ["ole@kunde.example"]


@pytest.mark.parametrize(("transport", "headers", "envelope"), [
    ("smtp", {}, {"envelope_recipient": "support@desk.example"}), ("imap", {"Delivered_To": "support@desk.example"}, {})])
def test_our_address_only_in_blind_copy(arrive, db, support, transport, headers, envelope):
    got = arrive(mail(to="Per <per@else.example>", **headers), transport=transport, **envelope)
    assert got.ticket.mailbox_id == support.id
    assert taking_part(db, got.ticket) == {"ole@kunde.example", "per@else.example"}


@pytest.mark.parametrize("transport", ["smtp", "imap"])
def test_a_reply_in_blind_copy_joins_by_where_it_was_delivered(arrive, db, support, transport):
    """Fetched mail has no envelope: Delivered-To alone names the ticket."""
    first = arrive(mail())
    signed = reply_address(first.ticket, support)
    headers, envelope = ({}, {"envelope_recipient": signed}) if transport == "smtp" else ({"Delivered_To": signed}, {})
    got = arrive(mail("per@else.example", to="eva@else.example", subject="Re", text="Me too.", **headers),
                 transport=transport, **envelope)
    assert got.ticket.id == first.ticket.id
    assert taking_part(db, got.ticket) == {"ole@kunde.example", "per@else.example", "eva@else.example"}


@pytest.mark.parametrize("sender", ["Support <support@desk.example>", "help@desk.example", "Sales <sales@desk.example>"])
def test_a_box_of_ours_writes_to_another_or_to_itself(arrive, db, support, sales, sender):
    """A colleague's mail program, in a shared mailbox: a ticket, nobody's record, and no answer that could come back."""
    support.aliases.append(MailboxAlias(normalised="help@desk.example"))
    db.flush()
    got = arrive(mail(sender, to="sales@desk.example", text="Can you take this?"), sales)
    assert (got.verdict["act"], got.ticket.mailbox_id, got.ticket.requester_id) == ("open", sales.id, None)
    assert (persons(db), acknowledged(db), taking_part(db, got.ticket)) == (0, [], {sender.partition("<")[2].strip(">") or sender})


def test_the_desk_does_not_write_to_a_box_of_its_own(db, support, sales, nora):
    with pytest.raises(Refused, match="nobody to send this to"):
        begin(db, support, by=nora, subject="S", text="T", to=["sales@desk.example"])


def test_a_list_copy_with_its_footer_is_kept_and_not_answered(arrive, db):
    """The same id and other content is never dropped (freescout issue 5591); a list is not answered."""
    first = arrive(mail(to="all@list.example, support@desk.example", message_id="one@kunde.example"))
    got = arrive(mail(to="all@list.example, support@desk.example", message_id="one@kunde.example",
                      text="The printer does not print.\n\n-- \nThis list is for all.\n", List_Id="<all.list.example>"))
    assert got.verdict["act"] == "open_quiet"
    assert got.ticket.id != first.ticket.id
    assert (persons(db), acknowledged(db)) == (1, ["ole@kunde.example"])


def test_old_conversations_of_an_archive_stay_together_and_closed(db, support):
    """``mail import --archive``: no letter in it comes late, and none opens anything again."""
    days = ["03", "05", "25"]
    for n, day in enumerate(days):
        raw = mail(text=f"Letter {n}", message_id=f"old{n}@kunde.example",
                   **({"In_Reply_To": f"<old{n - 1}@kunde.example>"} if n else {}))
        row = accept(db, Delivery(support.id, "import", str(n), raw, archive=True, at=datetime(2020, 2, int(day), 10, tzinfo=UTC)))
        letter = parse(raw)
        file(db, row, letter, [])
        db.flush()
    ticket = db.scalars(select(Ticket)).one()
    assert (ticket.state, ticket.unread, db.scalar(select(func.count()).select_from(Message))) == ("closed", False, 3)


def test_an_id_that_somebody_else_wrote_under_leads_to_the_ticket_of_who_answers(arrive, db):
    """Whoever saw a mail in copy can write under its Message-ID; that draws no answer to their ticket."""
    first = arrive(mail(message_id="one@kunde.example", Cc="per@kunde.example"))
    theirs = arrive(mail("spy@evil.example", subject="Mine", text="Something else.", message_id="one@kunde.example"))
    assert theirs.ticket.id != first.ticket.id
    assert arrive(mail("per@kunde.example", subject="Re", In_Reply_To="<one@kunde.example>")).ticket.id == first.ticket.id
    assert arrive(mail("new@else.example", subject="Re", In_Reply_To="<one@kunde.example>")).ticket.id == first.ticket.id
    assert arrive(mail("spy@evil.example", subject="Re", In_Reply_To="<one@kunde.example>")).ticket.id == theirs.ticket.id


def test_a_name_turns_no_sentence_around(arrive):
    got = arrive(mail("=?utf-8?q?=E2=80=AEenimda?= <rtl@kunde.example>", subject="=?utf-8?q?x=E2=81=A6y?="))
    assert (got.message.from_name, got.message.subject) == ("enimda", "xy")


def test_addresses_longer_than_any_can_be_are_nobodys(arrive):
    long = "b" * 330
    got = arrive(f"From: {long}one@x.example\r\nTo: support@desk.example\r\nSubject: Hello\r\n\r\nHello\r\n".encode())
    assert got.ticket.requester is None and got.ticket.requester_address is None
    assert "names nobody as its sender" in got.verdict["why"]


@pytest.mark.parametrize("address", ["Support@desk.example", "support+x@desk.example"])
def test_no_agent_has_the_address_of_a_mailbox(db, support, nora, address):
    with pytest.raises(Refused, match="address of a mailbox"):
        add_agent(db, address)
    with pytest.raises(Refused, match="mailbox"):
        free_address(db, address, nora)


def test_no_mailbox_has_the_address_of_an_agent_or_a_person(arrive, db, support, nora):
    arrive(mail("Ole Vang <ole@kunde.example>"))
    with pytest.raises(Refused, match="Nora Vik"):
        add_mailbox(db, "Nora@desk.example", "Nora")
    with pytest.raises(Refused, match="Ole Vang"):
        add_mailbox(db, "ole@kunde.example", "Ole")
    with pytest.raises(Refused, match="Ole Vang"):
        set_addresses(db, support, "support@desk.example", ["ole@kunde.example"])
    set_addresses(db, support, "support@desk.example", ["hjelp@desk.example"])


def test_each_is_written_to_once(arrive, db, nora):
    ticket = arrive(mail()).ticket
    message = reply(db, ticket, by=nora, text="Hello", to=["a@b.example", "A@B.example"], cc=["a@b.example", "C@d.example", "c@d.example"])
    assert [a for _name, a in message.to] == ["a@b.example"]
    assert [a for _name, a in message.cc] == ["C@d.example"]


def test_a_ticket_can_be_given_to_whoever_sees_it_in_another_mailbox(arrive, db, support, sales, nora, jonas):
    sales.open_to_all = False
    raw = mail(to="support@desk.example, sales@desk.example")
    ticket = arrive(raw, sales).ticket
    with pytest.raises(Refused, match="does not see"):
        assign(db, ticket, by=jonas, assignee=nora)
    arrive(raw, support)
    assign(db, ticket, by=jonas, assignee=nora)
    assert ticket.assignee_id == nora.id


def test_seen_again_and_again_is_one_row(arrive, db, nora):
    ticket = arrive(mail()).ticket
    for _ in range(3):
        seen(db, ticket.id, nora, writing=True)
    assert db.scalar(select(func.count()).select_from(RecentlySeen)) == 1
    assert seen(db, ticket.id, nora) is None and db.scalar(select(RecentlySeen.writing_at)) is not None
