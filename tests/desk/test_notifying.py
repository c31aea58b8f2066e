"""Agents are told as they chose, of what they may see, and never of their own deeds."""

import pytest
from sqlalchemy import select

from contacts.agent import Agent, Team
from core.history import FactRow, Outbox, load, record
from core.options import set_option
from desk.addressing import bounce_address, notification_of
from desk.mailboxes import MailboxAccess
from desk.notifying import NEWS, SENTENCES, WISHES, notify
from desk.outbound import OutboundMail
from desk.tickets.answering import note, reply
from desk.tickets.assigning import assign
from desk.tickets.facts import MailFailed
from desk.tickets.message import Notification
from mailgate.outgoing import gather
from tests.letters_made import mail

ALL = {"new": ["bell", "mail"], "assigned": ["bell", "mail"], "answered": ["bell", "mail"]}
BOUNCE = """From: MAILER-DAEMON@kunde.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce.1@kunde.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; kunde.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user

--b--
"""


@pytest.fixture(autouse=True)
def _with(support, nora, jonas):
    """A mailbox and two agents are there."""


def bells(db):
    """Do what the outbox asks of the notifier; (agent, event) of each bell that rang."""
    for row in db.scalars(select(Outbox).where(Outbox.consumer == "notify").order_by(Outbox.id)).all():
        fact = db.get_one(FactRow, row.fact_id)
        notify(db, load(fact), fact)
        db.delete(row)
    db.flush()
    rang = db.execute(select(Agent.name, Notification.event).join(Notification, Notification.agent_id == Agent.id)
                      .order_by(Notification.id)).all()
    return [(name.split()[0], event) for name, event in rang]


def mails(db):
    return db.scalars(select(OutboundMail).where(OutboundMail.kind == "notification").order_by(OutboundMail.id)).all()


def test_new_ticket_rings_for_all_who_see_the_mailbox(arrive, db):
    arrive(mail("ole@kunde.example"))
    assert bells(db) == [("Nora", "new"), ("Jonas", "new")]
    assert mails(db) == []


def test_mail_to_those_who_chose_it(arrive, db, nora):
    nora.notify, nora.language = ALL, "en"
    ticket = arrive(mail("Ole Vang <ole@kunde.example>", subject="Lamp", text="It is dark.\n")).ticket
    bells(db)
    [told] = mails(db)
    assert told.recipients == ["nora@desk.example"]
    assert told.subject == f"New: Lamp (#{ticket.number})"
    assert "It is dark." in told.text
    assert f"/tickets/{ticket.number}" in told.text
    assert notification_of(gather(db, told).reply_to) == (ticket.number, nora.id, False)


def test_who_chose_nothing_hears_nothing(arrive, db, nora, jonas):
    nora.notify = jonas.notify = {"new": [], "assigned": [], "answered": []}
    arrive(mail("ole@kunde.example"))
    assert bells(db) == []


def test_only_who_may_see_the_mailbox(arrive, db, support, nora, jonas):
    support.open_to_all = False
    nora.notify = ALL
    db.flush()
    ticket = arrive(mail("ole@kunde.example")).ticket
    assert bells(db) == [("Jonas", "new")]            # an admin
    ticket.assignee = nora                            # she had it before the mailbox was closed to her
    arrive(mail("ole@kunde.example", text="More", In_Reply_To="<none>", subject=f"Re [#{ticket.number}]"))
    assert bells(db) == [("Jonas", "new")]
    assert mails(db) == []
    db.add(MailboxAccess(mailbox_id=support.id, agent_id=nora.id))
    db.flush()
    db.info.clear()
    arrive(mail("eva@kunde.example"))
    assert ("Nora", "new") in bells(db)


def test_agents_who_left_hear_nothing(arrive, db, nora):
    nora.active = False
    db.flush()
    arrive(mail("ole@kunde.example"))
    assert bells(db) == [("Jonas", "new")]


def test_assigned_ticket_tells_the_assignee(arrive, db, nora, jonas):
    nora.notify = ALL
    ticket = arrive(mail("ole@kunde.example")).ticket
    bells(db)
    assign(db, ticket, by=jonas, assignee=nora)
    assert bells(db)[-1] == ("Nora", "assigned")
    assert "Jonas Berg gave you this ticket" in mails(db)[-1].text


def test_never_the_acting_agent(arrive, db, nora):
    ticket = arrive(mail("ole@kunde.example")).ticket
    before = bells(db)
    assign(db, ticket, by=nora, assignee=nora)
    reply(db, ticket, by=nora, text="Turn it on.")
    note(db, ticket, by=nora, text="Easy.")
    assert bells(db) == before


def test_team_hears_of_what_is_given_to_it(arrive, db, jonas, nora):
    team = Team(name="Lamps", members=[nora])
    db.add(team)
    ticket = arrive(mail("ole@kunde.example")).ticket
    before = bells(db)
    assign(db, ticket, by=jonas, assignee=None, team=team)
    assert bells(db) == [*before, ("Nora", "new")]


def test_answer_of_the_customer_tells_the_assignee_alone(arrive, db, nora, jonas):
    ticket = arrive(mail("ole@kunde.example", message_id="a@kunde.example")).ticket
    assign(db, ticket, by=jonas, assignee=nora)
    before = bells(db)
    arrive(mail("ole@kunde.example", text="More", In_Reply_To="<a@kunde.example>"))
    assert bells(db) == [*before, ("Nora", "answered")]


def test_answer_on_a_ticket_nobody_has_tells_who_wrote_on_it(arrive, db, nora):
    ticket = arrive(mail("ole@kunde.example", message_id="a@kunde.example")).ticket
    reply(db, ticket, by=nora, text="Turn it on.")
    before = bells(db)
    arrive(mail("ole@kunde.example", text="More", In_Reply_To="<a@kunde.example>"))
    assert bells(db) == [*before, ("Nora", "answered")]


def test_colleagues_reply_and_note_tell_the_assignee(arrive, db, nora, jonas):
    nora.notify = ALL
    ticket = arrive(mail("ole@kunde.example")).ticket
    assign(db, ticket, by=nora, assignee=nora)
    before = bells(db)
    reply(db, ticket, by=jonas, text="Turn it on.")
    note(db, ticket, by=jonas, text="I rang him.")
    assert bells(db) == [*before, ("Nora", "replied"), ("Nora", "noted")]
    noted = mails(db)[-1]
    assert "I rang him." in noted.text
    assert noted.message_id is not None


def test_robots_answer_tells_nobody(arrive, db):
    arrive(mail("ole@kunde.example", message_id="a@kunde.example"))
    before = bells(db)
    arrive(mail("ole@kunde.example", text="Away", In_Reply_To="<a@kunde.example>", Auto_Submitted="auto-replied"))
    assert bells(db) == before


def test_spam_and_archive_tell_nobody(arrive, db):
    arrive(mail("ole@kunde.example", X_Spam_Flag="YES"))
    arrive(mail("eva@kunde.example"), archive=True)
    assert bells(db) == []


def test_agent_who_asks_as_a_customer_is_not_told_of_it(arrive, db, nora):
    arrive(mail("nora@desk.example"))
    assert bells(db) == [("Jonas", "new")]


def test_bounce_of_a_notification_tells_nobody(arrive, db, support, nora):
    """MAIL.md, Loops and bounces: freescout issue 4806, zammad issue 5428."""
    nora.notify = ALL
    arrive(mail("ole@kunde.example"))
    before = bells(db)
    [told] = mails(db)
    to = bounce_address(told, support)
    report = BOUNCE.format(to=to, recipient="nora@desk.example").replace("\n", "\r\n").encode()
    arrive(report, envelope_sender="", envelope_recipient=to)
    assert bells(db) == before
    assert len(mails(db)) == 1


def test_bounce_of_a_reply_tells_who_wrote_it(arrive, db, support, nora):
    ticket = arrive(mail("ole@kunde.example")).ticket
    reply(db, ticket, by=nora, text="Turn it on.")
    before = bells(db)
    sent = db.scalars(select(OutboundMail).where(OutboundMail.kind == "reply")).one()
    to = bounce_address(sent, support)
    report = BOUNCE.format(to=to, recipient="ole@kunde.example").replace("\n", "\r\n").encode()
    arrive(report, envelope_sender="", envelope_recipient=to)
    assert bells(db) == [*before, ("Nora", "bounced")]


@pytest.mark.parametrize(("kind", "told"), [("reply", True), ("notification", False), ("acknowledgement", False)])
def test_mail_that_could_not_be_sent_tells_its_author(arrive, db, nora, kind, told):
    ticket = arrive(mail("ole@kunde.example")).ticket
    reply(db, ticket, by=nora, text="Turn it on.")
    before = bells(db)
    row = db.scalars(select(OutboundMail).where(OutboundMail.kind == "reply")).one()
    row.kind = kind
    record(db, MailFailed(ticket.uid, row.uid))
    assert bells(db) == before + ([("Nora", "failed")] if told else [])


def test_agents_are_not_mailed_for_ever_about_one_ticket(arrive, db, nora):
    set_option(db, "mail.loop_limit", 2)
    nora.notify = ALL
    ticket = arrive(mail("ole@kunde.example", message_id="a@kunde.example")).ticket
    ticket.assignee = nora
    for n in range(5):
        arrive(mail("ole@kunde.example", text=f"More {n}", In_Reply_To="<a@kunde.example>"))
    bells(db)
    assert len(mails(db)) == 2
    assert len(db.scalars(select(FactRow).where(FactRow.kind == "mail.breaker")).all()) == 1
    assert ticket.verdict["breaker"]["scope"] == "ticket"


def test_agent_whose_address_is_a_mailbox_of_ours_gets_no_mail(arrive, db, nora):
    nora.email, nora.notify = "support@desk.example", ALL
    db.flush()
    arrive(mail("ole@kunde.example"))
    bells(db)
    assert mails(db) == []


def test_every_event_has_its_sentence():
    assert set(WISHES) < set(SENTENCES)
    assert len(NEWS) == 7
