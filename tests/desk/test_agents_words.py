"""What of an agent's answer to a notification goes to the customer: their own words, and nothing of ours."""

import pytest
from sqlalchemy import select

from desk.addressing import notification_address
from desk.outbound import enqueue
from desk.tickets.message import Message
from tests.letters_made import mail

TOLD = """A new ticket in Support.

The printer does not print.
It is the blue one.

Open the ticket: https://desk.example/tickets/1

Answer this mail to answer the customer.
"""


@pytest.fixture
def notified(db, arrive, support, nora):
    ticket = arrive(mail(text="The printer does not print.\nIt is the blue one.\n")).ticket
    told = enqueue(db, kind="notification", mailbox=support, recipients=[nora.email], ticket_id=ticket.id, agent_id=nora.id,
                   message_id=None, subject="New", text=TOLD, html=f"<pre>{TOLD}</pre>")
    told.message_id = db.scalar(select(Message.id).where(Message.ticket_id == ticket.id))
    db.flush()
    return ticket, notification_address(ticket, support, nora)


def answer(arrive, notified, text):
    return arrive(mail("nora@desk.example", to=notified[1], subject="Re: New", text=text))


def test_between_the_lines_of_a_notification_only_the_customers_stay(arrive, notified):
    quoted = "".join(f"> {line}\n" for line in TOLD.split("\n")[4:])
    got = answer(arrive, notified, "> A new ticket in Support.\n>\n> The printer does not print.\n\nIs it switched on?\n\n"
                 f"> It is the blue one.\n\nGood to know.\n\n{quoted}\nRegards from me\n")
    assert got.message.direction == "out"
    assert got.message.text.split("\n\n")[-1] == "Regards from me"
    for ours in ("tickets/1", "A new ticket", "Answer this mail"):
        assert ours not in got.message.text
        assert ours not in got.message.html
    for kept in ("> The printer does not print.", "Is it switched on?", "Good to know."):
        assert kept in got.message.text


def test_the_signed_address_is_no_customers_affair(arrive, notified):
    got = answer(arrive, notified, f"On Mon, 3 Jun 2024, {notified[1]} wrote:\n> The printer does not print.\n\nIs it on?\n\n"
                 "> It is the blue one.\n\nGood.\n")
    assert notified[1] not in got.message.text
    assert "Is it on?" in got.message.text


@pytest.mark.parametrize("above", ["", "-----Original Message-----\n", "________________________________\n"])
def test_an_answer_below_an_unmarked_quote_is_an_answer(arrive, notified, above):
    head = f"{above}From: Support <support@desk.example>\nSent: Monday, June 3, 2024 10:12 AM\nTo: Nora\nSubject: New\n\n"
    got = answer(arrive, notified, f"{head}{TOLD}\nTry it again now.\n")
    assert (got.verdict["rule"], got.message.direction, got.message.text) == ("is_agents_reply", "out", "Try it again now.")


def test_a_quote_alone_is_still_no_answer(arrive, notified):
    head = "From: Support <support@desk.example>\nSent: Monday, June 3, 2024 10:12 AM\nTo: Nora\nSubject: New\n\n"
    got = answer(arrive, notified, head + TOLD)
    assert got.verdict["rule"] == "is_empty_answer_to_a_notification"
