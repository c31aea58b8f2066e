"""Mail of ours that comes back is dropped; what somebody wrote under our Message-ID or header is not."""

import pytest
from sqlalchemy import select

from desk.outbound import OutboundMail
from desk.tickets.answering import reply
from desk.tickets.message import Delivery
from mailgate.compose import compose
from mailgate.outgoing import gather
from tests.letters_made import mail

WORDS = "Hold the button for ten seconds.\n\nThen it blinks – twice."


@pytest.fixture
def answered(arrive, db, nora):
    """A ticket, the answer that left, and its bytes as they went over the wire."""
    ticket = arrive(mail(message_id="one@kunde.example")).ticket
    message = reply(db, ticket, by=nora, text=WORDS)
    raw = compose(gather(db, db.scalars(select(OutboundMail).where(OutboundMail.message_id == message.id)).one()))
    return ticket, message, raw


def test_our_reply_in_another_mailbox_is_one_more_delivery(arrive, db, sales, answered):
    _ticket, message, raw = answered
    got = arrive(raw, sales)
    assert (got.verdict["rule"], got.message.id) == ("is_copy", message.id)
    assert db.scalars(select(Delivery.mailbox_id).where(Delivery.message_id == message.id)).all() == [sales.id]


def test_our_reply_with_a_banner_around_it_is_still_ours(arrive, answered):
    raw = answered[2].replace(b"Hold the button", b"[EXTERNAL MAIL]\r\n\r\nHold the button")
    assert arrive(raw).verdict["rule"] == "is_copy"


def test_other_words_under_our_message_id_are_a_mail_of_their_own(arrive, answered):
    """A customer's "edit as new": the id is ours, the words are not."""
    ticket, message, _raw = answered
    got = arrive(mail(message_id=message.rfc_message_id, subject="Re", text="It does not blink at all.",
                      In_Reply_To="<one@kunde.example>"))
    assert (got.verdict["act"], got.ticket.id, got.message.direction) == ("append", ticket.id, "in")
    assert got.message.id != message.id
    again = arrive(mail(message_id=message.rfc_message_id, subject="Re", text="Not even once.",
                        In_Reply_To="<one@kunde.example>"))
    assert again.message.id not in (message.id, got.message.id)


def test_other_words_under_our_header_are_a_mail_of_their_own(arrive, answered):
    ticket, _, raw = answered
    mark = next(line for line in raw.decode().split("\r\n") if line.startswith("X-Skranke-Loop:")).partition(": ")[2]
    got = arrive(mail(subject="Re", text="It does not blink.", In_Reply_To="<one@kunde.example>", X_Skranke_Loop=mark))
    assert (got.verdict["act"], got.ticket.id, got.message.text.strip()) == ("append", ticket.id, "It does not blink.")


def test_other_words_from_our_own_address_are_kept_too(arrive, answered):
    _ticket, message, _raw = answered
    got = arrive(mail("support@desk.example", message_id=message.rfc_message_id, text="Something else entirely."))
    assert got.verdict["act"] != "ignore"
