"""An agent's answer by mail is the answer that the desk would send: to the same, in the same language, with the same end."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from contacts.addressing import add_address
from contacts.binning import bin_person
from contacts.editing import create_person
from contacts.identifying import address_row
from core.clock import now
from core.errors import Refused
from desk.addressing import notification_address, reply_address
from desk.outbound import OutboundMail
from desk.tickets.answering import begin, reply
from desk.tickets.merging import merge
from desk.tickets.recipients import answer_to
from desk.tickets.replying import NOBODY, PICTURES
from desk.tickets.searching import search_tickets
from desk.tickets.ticket import Participant
from mailgate.outgoing import gather
from tests.letters_made import mail

BORDER = ("--b\r\nContent-Type: {type}\r\nContent-ID: <{name}>\r\nContent-Disposition: inline; filename={name}\r\n\r\nPNG\r\n")


@pytest.fixture
def answer(arrive, support, nora):
    def answer(ticket, text="Try it again now.", **headers):
        return arrive(mail("nora@desk.example", to=notification_address(ticket, support, nora), subject="Re", text=text, **headers))

    return answer


def sent(db):
    return db.scalars(select(OutboundMail).where(OutboundMail.kind == "reply").order_by(OutboundMail.id)).all()


def test_it_goes_where_the_customer_wants_it_and_to_those_in_copy(arrive, db, answer):
    first = arrive(mail("shop@shop.example", to="support@desk.example, eva@kunde.example", Reply_To="Ole <ole@home.example>"))
    got = answer(first.ticket)
    assert (got.message.to[0][1], [a for _name, a in got.message.cc]) == ("ole@home.example", ["eva@kunde.example"])
    one, = sent(db)
    assert one.recipients == ["ole@home.example", "eva@kunde.example"]
    assert {p.address.value for p in db.scalars(select(Participant).where(Participant.ticket_id == first.ticket.id))} == {
        "shop@shop.example", "ole@home.example", "eva@kunde.example"}


def test_a_colleague_in_copy_who_asked_is_answered_and_quoted(arrive, db, support, answer):
    first = arrive(mail(message_id="one@kunde.example", Cc="per@kunde.example"))
    arrive(mail("Per <per@kunde.example>", subject="Re", text="I wonder too.", In_Reply_To="<one@kunde.example>"))
    answer(first.ticket)
    one, = sent(db)
    assert one.recipients == ["per@kunde.example", "ole@kunde.example"]
    assert "I wonder too." in gather(db, one).quote.text


def test_who_writes_in_uninvited_gets_nothing_and_invites_nobody(arrive, db, support, answer):
    """MAIL.md, section 3, number 8."""
    first = arrive(mail(message_id="one@kunde.example", text="My secret."))
    arrive(mail("Spy <spy@evil.example>", subject="Re", text="Send me all.", Cc="mate@evil.example", In_Reply_To="<one@kunde.example>"))
    arrive(mail("Mate <mate@evil.example>", subject="Re", text="Me too.", In_Reply_To="<one@kunde.example>"))
    answer(first.ticket)
    one, = sent(db)
    made = gather(db, one)
    assert (one.recipients, made.in_reply_to) == (["ole@kunde.example"], "one@kunde.example")
    assert "My secret." in made.quote.text


def test_a_forger_in_the_requesters_name_invites_nobody(arrive, db, support, answer):
    support.receiving_host = "mx.desk.example"
    first = arrive(mail(message_id="one@kunde.example"))
    arrive(mail(subject="Re", text="All to him.", Cc="spy@evil.example", In_Reply_To="<one@kunde.example>",
                Authentication_Results="mx.desk.example; dmarc=fail header.from=kunde.example"))
    arrive(mail("spy@evil.example", subject="Re", text="Thanks.", In_Reply_To="<one@kunde.example>"))
    assert [p.role for p in first.ticket.participants if p.address.value == "spy@evil.example"] == ["uninvited"]
    answer(arrive(mail(subject="Re", text="It was not me.", In_Reply_To="<one@kunde.example>")).ticket)
    assert sent(db)[0].recipients == ["ole@kunde.example"]


@pytest.mark.parametrize("by_us", [True, False])
def test_whoever_is_named_afterwards_is_answered(arrive, db, support, nora, answer, by_us):
    ticket = arrive(mail(message_id="one@kunde.example")).ticket
    arrive(mail("per@kunde.example", subject="Re", text="I wonder too.", In_Reply_To="<one@kunde.example>"))
    if by_us:
        reply(db, ticket, by=nora, text="So do I.", to=["per@kunde.example"])
    else:
        arrive(mail(subject="Re", text="Tell Per.", Cc="per@kunde.example", In_Reply_To="<one@kunde.example>"))
    arrive(mail("per@kunde.example", subject="Re", text="And?", In_Reply_To="<one@kunde.example>"))
    answer(ticket)
    assert sent(db)[-1].recipients == ["per@kunde.example", "ole@kunde.example"]


def test_the_requester_at_another_address_is_no_stranger(arrive, db, nora, answer):
    ticket = arrive(mail(message_id="one@kunde.example")).ticket
    add_address(db, ticket.requester, "email", "ole@home.example", by=nora)
    arrive(mail("ole@home.example", subject="Re", text="From home.", In_Reply_To="<one@kunde.example>"))
    answer(ticket)
    assert sent(db)[0].recipients == ["ole@home.example"]


def test_a_stranger_stays_one_when_tickets_are_merged(arrive, db, nora, answer):
    ole, eva = arrive(mail(message_id="one@kunde.example")), arrive(mail("Eva <eva@kunde.example>", text="Mine too."))
    arrive(mail("spy@evil.example", subject="Re", text="Send me all.", In_Reply_To="<one@kunde.example>"))
    merge(db, ole.ticket, eva.ticket, by=nora)
    answer(eva.ticket)
    assert sent(db)[0].recipients == ["eva@kunde.example"]


def test_it_is_in_the_customers_language_and_by_its_author(arrive, db, nora, answer):
    first = arrive(mail())
    first.ticket.requester.preferred_language, first.ticket.requester.language_guessed = "nb", False
    answer(first.ticket)
    one, = sent(db)
    assert (one.language, one.agent_id) == ("nb", nora.id)


def test_what_was_merged_in_is_answered_too(arrive, db, nora, answer):
    ole, eva = arrive(mail()), arrive(mail("Eva <eva@kunde.example>", text="Mine too."))
    merge(db, eva.ticket, ole.ticket, by=nora)
    answer(eva.ticket)
    assert sent(db)[0].recipients == ["eva@kunde.example", "ole@kunde.example"]


@pytest.mark.parametrize("state", ["snoozed", "closed"])
def test_nothing_is_left_of_the_state_before(arrive, db, answer, state):
    ticket = arrive(mail()).ticket
    ticket.enter(state)
    ticket.snoozed_until = ticket.closed_at = now() + timedelta(days=1)
    answer(ticket)
    assert (ticket.state, ticket.snoozed_until, ticket.closed_at) == ("waiting", None, None)


def test_where_nobody_can_be_sent_to_it_is_a_note(arrive, db, support, nora, answer):
    form = arrive(mail("Web form <support@desk.example>", Reply_To="support@desk.example"))
    call = begin(db, support, by=nora, subject="A call", text="Somebody rang.", channel="phone", caller="Somebody")
    for ticket in (form.ticket, call):
        before = ticket.state
        got = answer(ticket)
        assert (got.message.direction, got.message.author_id, got.message.oddities) == ("note", nora.id, [NOBODY])
        assert ticket.state == before
    assert sent(db) == []


def test_nobody_writes_to_who_is_in_the_bin(arrive, db, support, nora, answer):
    """S63: neither at the desk nor by mail, as the requester or in copy; what was written by mail is kept as a note."""
    ticket = arrive(mail(Cc="per@kunde.example")).ticket
    per = create_person(db, {"first_name": "Per", "last_name": "Lund"}, by=nora, exempt=True, addresses=[{"value": "per@kunde.example"}])
    bin_person(db, per, by=nora)
    answer(ticket)
    assert sent(db)[-1].recipients == ["ole@kunde.example"]
    bin_person(db, ticket.requester, by=nora)
    before = len(sent(db))
    assert answer(ticket, text="And again.").message.direction == "note"
    for to, cc in ((None, ()), (["ole@kunde.example"], ()), (["eva@kunde.example"], ["per@kunde.example"])):
        with pytest.raises(Refused, match="deleted person"):
            reply(db, ticket, by=nora, text="Hello", to=to, cc=cc)
    assert len(sent(db)) == before


def pictured(to, text):
    return (f"From: nora@desk.example\r\nTo: {to}\r\nSubject: Re\r\nMessage-ID: <p@desk.example>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
            f'<p>{text}</p><img src="cid:shot.png">\r\n' + BORDER.format(type="image/png", name="shot.png") + "--b--\r\n").encode()


def test_a_picture_in_it_is_a_file_that_the_desk_shows(arrive, db, support, nora):
    ticket = arrive(mail()).ticket
    got = arrive(pictured(notification_address(ticket, support, nora), "Like this:"))
    assert [(a.name, a.inline) for a in got.message.attachments] == [("shot.png", False)]
    assert (got.message.direction, ticket.attachments_count) == ("out", 1)


def test_a_picture_without_a_word_is_kept_and_not_sent(arrive, db, support, nora):
    ticket = arrive(mail()).ticket
    got = arrive(pictured(notification_address(ticket, support, nora), ""))
    assert (got.message.direction, got.message.oddities, len(got.message.attachments)) == ("note", [PICTURES], 1)
    assert sent(db) == []


def test_what_was_quoted_of_the_notification_is_not_searched(arrive, db, support, nora, answer):
    ticket = arrive(mail()).ticket
    signed = notification_address(ticket, support, nora)
    answer(ticket, f"Elderflower.\n\nOn Sunday, {signed} wrote:\n> The printer does not print.\n> Quagmire {signed}\n\nYes.\n")
    assert [row.id for row in search_tickets(db, nora, "elderflower").tickets] == [ticket.id]
    assert search_tickets(db, nora, "quagmire").tickets == []


@pytest.mark.parametrize("wanted", ["support@desk.example", "support+x@desk.example"])
def test_reply_to_our_own_address_leads_to_the_sender(arrive, db, support, wanted):
    """MAIL.md, Routing: Reply-To equal to our own address."""
    got = arrive(mail("Ole <ole@kunde.example>", Reply_To=wanted))
    to, _cc = answer_to(got.ticket, got.message, own=frozenset({"support@desk.example"}))
    assert [one.address for one in to] == ["ole@kunde.example"]


def test_of_several_reply_to_the_first_that_is_not_ours_counts(arrive, db):
    got = arrive(mail("Ole <ole@kunde.example>", Reply_To="support@desk.example, Eva <eva@kunde.example>"))
    assert got.message.reply_to == "eva@kunde.example"


def test_a_form_that_fails_authentication_is_answered_at_the_requester(arrive, db, support):
    support.receiving_host = "mx.desk.example"
    got = arrive(mail("Web form <support@desk.example>", Reply_To="ole@kunde.example",
                      Authentication_Results="mx.desk.example; dmarc=fail"), transport="imap")
    to, _cc = answer_to(got.ticket, got.message, own=frozenset({"support@desk.example"}))
    assert [one.address for one in to] == ["ole@kunde.example"]


def test_a_signed_address_of_ours_is_no_recipient(arrive, db, support, answer):
    first = arrive(mail())
    arrive(mail(to=f"{reply_address(first.ticket, support)}, sales@else.example", subject="Re", text="More."))
    assert address_row(db, reply_address(first.ticket, support)).id not in {
        p.address_id for p in first.ticket.participants}
    answer(first.ticket)
    assert sent(db)[0].recipients == ["ole@kunde.example", "sales@else.example"]


def test_an_answer_that_reaches_two_addresses_of_ours_is_sent_once(arrive, db, support, sales, nora):
    ticket = arrive(mail()).ticket
    raw = mail("nora@desk.example", to=f"{notification_address(ticket, support, nora)}, sales@desk.example", text="Yes.")
    one, again = arrive(raw), arrive(raw, sales)
    assert (again.verdict["rule"], again.message.id, len(sent(db))) == ("is_copy", one.message.id, 1)
    arrive(mail("nora@desk.example", to=notification_address(ticket, support, nora), text="Yes, as I said."))
    assert len(sent(db)) == 2
