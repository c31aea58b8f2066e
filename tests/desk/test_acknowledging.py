"""A new request is acknowledged once, in the person's language, and nothing else is."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer
from structlog.testing import capture_logs

from contacts.address import Address
from contacts.person import Person
from core.batch import together
from core.history import FactRow, Outbox, load
from core.options import set_option
from desk.acknowledging import acknowledge
from desk.loops import within_budget
from desk.outbound import OutboundMail
from desk.tickets.message import AutomaticSent
from desk.wording import Text, choose
from mailgate.compose import compose
from mailgate.outgoing import gather
from mailgate.parse import parse
from tests.letters_made import mail


@pytest.fixture(autouse=True)
def _with(support):
    """A mailbox is there."""


def told(db):
    """Do what the outbox asks of the acknowledger; what waits to leave."""
    for row in db.scalars(select(Outbox).where(Outbox.consumer == "acknowledge").order_by(Outbox.fact_id)).all():
        fact = db.get_one(FactRow, row.fact_id)
        acknowledge(db, load(fact), fact)
        db.delete(row)
    db.flush()
    return db.scalars(select(OutboundMail).where(OutboundMail.kind == "acknowledgement")
                      .options(undefer(OutboundMail.composed)).order_by(OutboundMail.id)).all()


def test_new_request_is_acknowledged(arrive, db):
    ticket = arrive(mail("Ole Vang <ole@kunde.example>", subject="Lamp")).ticket
    [ack] = told(db)
    assert ack.recipients == ["ole@kunde.example"]
    assert ack.subject == "We have received your request: Lamp"
    assert f"#{ticket.number}" in ack.text
    assert "Hello Ole Vang," in ack.text
    letter = parse(compose(gather(db, ack)))
    assert letter.headers["auto-submitted"] == ("auto-replied",)


def test_answer_goes_to_reply_to(arrive, db):
    arrive(mail("Ole <ole@kunde.example>", Reply_To="post@kunde.example"))
    assert told(db)[0].recipients == ["post@kunde.example"]


def test_in_the_persons_language_and_the_admins_words(arrive, db, support):
    choose(db, "acknowledgement", "nb", support, Text("Mottatt: {subject}", "Hei {name}"))
    arrive(mail("Ole Vang <ole@kunde.example>"))
    person = db.scalars(select(Person)).one()
    person.preferred_language, person.language_guessed = "nb", False
    db.flush()
    [ack] = told(db)
    assert (ack.language, ack.subject, ack.text) == ("nb", "Mottatt: Hello", "Hei Ole Vang\n")


def test_second_mail_of_the_conversation_is_not(arrive, db):
    arrive(mail("ole@kunde.example", message_id="a@kunde.example"))
    arrive(mail("ole@kunde.example", text="More", In_Reply_To="<a@kunde.example>"))
    assert len(told(db)) == 1


@pytest.mark.parametrize("headers", [
    {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<x.kunde.example>"},
    {"X_Auto_Response_Suppress": "All"}])
def test_robots_are_not_answered(arrive, db, headers):
    arrive(mail("robot@kunde.example", **headers))
    assert told(db) == []


def test_null_sender_is_not_answered(arrive, db):
    arrive(mail("ole@kunde.example"), envelope_sender="")
    assert told(db) == []


@pytest.mark.parametrize(("sender", "reply_to"), [
    ("support@desk.example", "support+x@desk.example"), ("support+x@desk.example", "support@desk.example"),
    ("ole@kunde.example", "noreply@kunde.example")])
def test_addresses_that_must_not_be_answered(arrive, db, sender, reply_to):
    arrive(mail(sender, Reply_To=reply_to))
    assert told(db) == []


@pytest.mark.parametrize("ours", ["support@desk.example", "support+x@desk.example"])
def test_reply_to_an_address_of_ours_says_nothing(arrive, db, ours):
    """MAIL.md, Routing: Reply-To equal to our own address. The sender is who can be answered."""
    arrive(mail("ole@kunde.example", Reply_To=ours))
    one, = told(db)
    assert one.recipients == ["ole@kunde.example"]


def test_agents_are_not_acknowledged(arrive, db, nora):
    arrive(mail("nora@desk.example"))
    assert told(db) == []


def test_nothing_is_answered_while_held(arrive, db):
    """MAIL.md, Identity: nothing is auto-answered while held."""
    set_option(db, "intake.unknown_sender", "ask")
    assert arrive(mail("ole@kunde.example")).ticket.held
    assert told(db) == []


def test_archive_is_not_answered(arrive, db):
    arrive(mail("ole@kunde.example"), archive=True)
    assert told(db) == []


def test_forged_sender_is_not_answered(arrive, db, support):
    support.receiving_host = "mx.desk.example"
    arrive(mail("ole@kunde.example", Authentication_Results="mx.desk.example; dmarc=fail header.from=kunde.example"))
    assert told(db) == []


def test_switched_off_for_one_mailbox(arrive, db, support, sales):
    set_option(db, "desk.acknowledge", False, support.uid)
    arrive(mail("ole@kunde.example"))
    arrive(mail("eva@kunde.example", to="sales@desk.example"), sales)
    assert [ack.recipients for ack in told(db)] == [["eva@kunde.example"]]


def test_address_that_bounces_is_not_answered(arrive, db):
    arrive(mail("ole@kunde.example"))
    db.scalars(select(Address).where(Address.normalised == "ole@kunde.example")).one().health = "bouncing"
    db.flush()
    assert told(db) == []


def test_a_loop_on_one_ticket_is_broken_whatever_addresses_it_uses(arrive, db):
    """MAIL.md, Loops and bounces: per correspondent and per ticket."""
    set_option(db, "mail.loop_limit", 3)
    ticket, other = arrive(mail("ole@kunde.example")).ticket, arrive(mail("eva@kunde.example")).ticket
    assert all(within_budget(db, ticket, f"nora{n}@desk.example", agent=True) for n in range(5))
    assert [within_budget(db, ticket, f"robot{n}@kunde.example") for n in range(5)] == [True] * 3 + [False] * 2
    assert (ticket.verdict["breaker"]["scope"], ticket.verdict["breaker"]["with"]) == ("ticket", {"limit": 3})
    assert within_budget(db, other, "robot0@kunde.example")
    assert within_budget(db, ticket, "vera@desk.example", agent=True)
    with together(db):
        assert [within_budget(db, other, f"robot{n}@else.example") for n in range(3)] == [True, True, False]


def test_breaker_opens_where_a_robot_hides_what_it_is(arrive, db):
    """MAIL.md, Loops and bounces: independent of headers, visible."""
    set_option(db, "mail.loop_limit", 3)
    tickets = [arrive(mail("robot@kunde.example", subject=f"Thank you {n}", text=f"{n}")).ticket for n in range(6)]
    with capture_logs() as logs:
        assert len(told(db)) == 3
    assert [(entry["event"], entry["ticket"]) for entry in logs] == [("breaker.opened", tickets[3].number)]
    opened = db.scalars(select(FactRow).where(FactRow.kind == "mail.breaker")).all()
    assert [row.data["ticket_uid"] for row in opened] == [ticket.uid for ticket in tickets[3:]]
    assert tickets[2].verdict.get("breaker") is None
    assert tickets[3].verdict["breaker"]["scope"] == "correspondent"
    assert tickets[3].verdict["breaker"]["with"] == {"limit": 3}
    assert tickets[3].verdict["act"] == "open"
    assert "robot" not in {row.correspondent for row in db.scalars(select(AutomaticSent))}
    arrive(mail("ole@kunde.example"))
    assert len(told(db)) == 4


@pytest.mark.parametrize(("sender", "trust", "to"), [
    ("siv@kunde.example", "none", "siv@kunde.example"), ("siv@kunde.example", "pass", "victim@other.example"),
    ("support@desk.example", "none", "victim@other.example")])
def test_nobody_has_us_write_to_others(arrive, db, support, sender, trust, to):
    """A Reply-To elsewhere counts where the mail is authenticated, and for a form on our own site (RFC 3834 section 4)."""
    support.receiving_host = "mx.desk.example"
    arrive(mail(sender, Reply_To="victim@other.example",
                Authentication_Results=f"mx.desk.example; dmarc={trust} header.from={sender.partition('@')[2]}"))
    assert [one.recipients for one in told(db)] == [[to]]
