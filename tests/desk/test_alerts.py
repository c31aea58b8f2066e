"""Admins are told by mail of an alert: once when it is raised, once when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.enrolling import add_agent
from core.clock import now
from desk.alerts import end_alert, raise_alert
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail

BOX = "support@desk.example"
WHY = "The line is not encrypted."


@pytest.fixture(autouse=True)
def admins(db: Session, support: Mailbox) -> None:
    add_agent(db, "nora@desk.example", name="Nora", role="admin")
    add_agent(db, "jonas@desk.example", name="Jonas", role="admin", language="nb")
    add_agent(db, "ada@desk.example", name="Ada")
    db.add(Agent(email=BOX, name="Support itself", role="admin"))      # from before it was a mailbox
    add_agent(db, "gone@desk.example", name="Gone", role="admin").active = False


def mails(db: Session) -> list[tuple[str, str]]:
    rows = db.scalars(select(OutboundMail).order_by(OutboundMail.id)).all()
    assert {(row.kind, row.mailbox_id) for row in rows} <= {("notification", None)}
    return [(row.recipients[0].partition("@")[0], row.subject) for row in rows]


def test_each_admin_is_told_once_in_their_language(db: Session) -> None:
    for _ in range(3):
        raise_alert(db, BOX, "reading", WHY)
    assert mails(db) == [("nora", f"Something is wrong: {BOX}"), ("jonas", f"Noe er galt: {BOX}")]
    texts = list(db.scalars(select(OutboundMail.text).order_by(OutboundMail.id)))
    assert WHY in texts[0] and "/settings/alerts" in texts[0]
    assert WHY not in texts[1] and "Linjen er ikke kryptert." in texts[1]
    end_alert(db, BOX, "reading")
    end_alert(db, BOX, "reading")
    assert mails(db)[2:] == [("nora", f"It is over: {BOX}"), ("jonas", f"Det er over: {BOX}")]


def test_who_switched_them_off_gets_none(db: Session) -> None:
    nora, jonas = (db.scalars(select(Agent).where(Agent.name == name)).one() for name in ("Nora", "Jonas"))
    nora.notify, jonas.notify = {**nora.notify, "alert": []}, {"new": ["bell"]}
    raise_alert(db, BOX, "reading", WHY)
    end_alert(db, BOX, "reading")
    assert [who for who, _subject in mails(db)] == ["jonas", "jonas"]


def test_what_comes_and_goes_is_told_once_an_hour(db: Session) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(12):
            raise_alert(db, BOX, "reading", WHY)
            end_alert(db, BOX, "reading")
            clock.shift(timedelta(minutes=10))
    assert len(mails(db)) == 2 * 2 * 2


def test_what_came_back_within_the_hour_is_told_if_it_lasts(db: Session) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        raise_alert(db, BOX, "reading", WHY)
        end_alert(db, BOX, "reading")
        raise_alert(db, BOX, "reading", WHY)
        assert len(mails(db)) == 4
        clock.shift(timedelta(minutes=61))
        raise_alert(db, BOX, "reading", WHY)
        raise_alert(db, BOX, "reading", WHY)
    assert len(mails(db)) == 6


def test_other_troubles_are_told_by_themselves(db: Session) -> None:
    raise_alert(db, BOX, "reading", WHY)
    raise_alert(db, BOX, "token", WHY)
    raise_alert(db, "sales@desk.example", "reading", WHY)
    assert len(mails(db)) == 6


def test_a_failure_to_send_such_a_mail_is_told_by_no_mail(db: Session) -> None:
    assert raise_alert(db, BOX, "sending", WHY, tell=False) is not None
    end_alert(db, BOX, "sending")
    assert mails(db) == []
