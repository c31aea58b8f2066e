"""MAIL.md, Routing and threads: where our addresses stand in a mail, and what belongs to which ticket."""

import pytest
from sqlalchemy import func, select

from contacts.person import Person
from core.errors import Refused
from desk.addressing import reply_address
from desk.mailboxes import MailboxAlias
from desk.tickets.answering import begin
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
