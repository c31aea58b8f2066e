"""What has changed on followed cards, as a mail of the day or the week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contacts.agent import Agent
from contacts.editing import create_person, edit_person
from contacts.notes import write_note
from contacts.person import Person
from core.clock import now
from core.database import Database
from core.history import FactRow
from desk.digesting import Digest, send_due
from desk.outbound import OutboundMail
from desk.tickets.message import Notification
from jobs import subscriptions
from tests.desk.web.tickets.conftest import page, post, words


@pytest.fixture
def ingrid(agent_client: FlaskClient, fresh_database: Database, nora: Agent) -> Person:
    """Nora follows her card and gets a mail every day at six."""
    with fresh_database.write() as db:
        made = create_person(db, {"first_name": "Ingrid", "last_name": "Solheim"}, by=db.get_one(Agent, nora.id), exempt=True)
        db.execute(update(FactRow).values(at=now() - timedelta(hours=1)))
    post(agent_client, f"/persons/{made.uid}/subscription")
    post(agent_client, "/profile/digest", digest="day", hour="6")
    return made


def sent(database: Database, at: datetime) -> list[OutboundMail]:
    subscriptions.run()
    with database.write() as db:
        send_due(db, at=at)
    with database.read() as db:
        return list(db.scalars(select(OutboundMail).order_by(OutboundMail.id)))


def test_once_a_day_at_their_hour_in_their_language(ingrid: Person, jonas: Agent, nora: Agent, fresh_database: Database) -> None:
    """W29: each change in one mail, however often it is looked for; nothing where nothing has changed."""
    with fresh_database.write() as db:
        db.execute(update(Agent).where(Agent.id == nora.id).values(language="en", timezone="Europe/Oslo"))
        edit_person(db, db.get_one(Person, ingrid.id), {"title": "Controller"}, by=db.get_one(Agent, jonas.id))
    tomorrow = now() + timedelta(days=1)
    day = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC)
    with fresh_database.write() as db:
        db.execute(update(Digest).values(told_at=day - timedelta(hours=3)))
    assert sent(fresh_database, day + timedelta(hours=3, minutes=30)) == []
    [mail] = sent(fresh_database, day + timedelta(hours=6))
    assert mail.recipients == [nora.email] and "Ingrid Solheim: fields of the card, by Jonas Berg" in mail.text
    assert f"/persons/{ingrid.uid}" in mail.text and "/profile#digest" in mail.text and "Controller" not in mail.text
    assert len(sent(fresh_database, day + timedelta(hours=6, minutes=10))) == len(sent(fresh_database, day + timedelta(hours=30))) == 1


def test_a_change_that_is_committed_late_is_in_the_next_mail(ingrid: Person, jonas: Agent, nora: Agent, fresh_database: Database) -> None:
    """W29: nothing is skipped where a notification becomes visible after later ones, as on PostgreSQL it may."""
    tomorrow = now() + timedelta(days=1)
    slot = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 6, tzinfo=UTC)
    with fresh_database.write() as db:
        db.execute(update(Agent).where(Agent.id == nora.id).values(language="en", timezone="UTC"))
        person, by = db.get_one(Person, ingrid.id), db.get_one(Agent, jonas.id)
        edit_person(db, person, {"title": "Controller"}, by=by)
        write_note(db, "Open", person=person, by=by)
        facts = {kind: fact for fact, kind in db.execute(select(FactRow.id, FactRow.kind).where(FactRow.by_uid == by.uid))}
        db.execute(update(Digest).values(told_at=slot - timedelta(hours=3)))

    def visible(number: int, kind: str, minutes: int) -> None:
        with fresh_database.write() as db:
            db.add(Notification(id=number, agent_id=nora.id, subject_uid=ingrid.uid, event="changed", at=slot - timedelta(minutes=minutes),
                                fact_id=next(fact for name, fact in facts.items() if name.startswith(kind))))

    def mailed(at: datetime) -> list[str]:
        with fresh_database.write() as db:
            send_due(db, at=at)
        with fresh_database.read() as db:
            return list(db.scalars(select(OutboundMail.text)))

    visible(1001, "person", 14)
    assert mailed(slot + timedelta(minutes=1)) == []
    visible(1000, "note", 15)
    [text] = mailed(slot + timedelta(days=1))
    assert "Ingrid Solheim: notes, fields of the card, by Jonas Berg" in text
    assert len(mailed(slot + timedelta(days=2))) == 1


def test_nothing_of_private_notes_or_mails(ingrid: Person, jonas: Agent, fresh_database: Database) -> None:
    """W29: private notes ring no bell and are in no mail; of open ones it says that there are some."""
    with fresh_database.write() as db:
        by, person = db.get_one(Agent, jonas.id), db.get_one(Person, ingrid.id)
        write_note(db, "A rhubarb secret", person=person, private=True, by=by)
    assert sent(fresh_database, now() + timedelta(days=2)) == []
    with fresh_database.write() as db:
        write_note(db, "An open rhubarb", person=db.get_one(Person, ingrid.id), by=db.get_one(Agent, jonas.id))
    [mail] = sent(fresh_database, now() + timedelta(days=3))
    assert "notes, by Jonas Berg" in mail.text and "rhubarb" not in mail.text


def test_stopped_in_the_profile(agent_client: FlaskClient, ingrid: Person, jonas: Agent, fresh_database: Database) -> None:
    """W29: by card, or altogether."""
    here = page(agent_client, "/profile")
    assert "Ingrid Solheim" in words(here[here.index('id="digest"'):])
    post(agent_client, f"/profile/digest/person/{ingrid.uid}/end")
    here = page(agent_client, "/profile")
    assert "Ingrid Solheim" not in words(here[here.index('id="digest"'):])
    post(agent_client, "/profile/digest", digest="", hour="6")
    with fresh_database.read() as db:
        assert db.scalars(select(Digest)).all() == []
    post(agent_client, "/profile/digest", status=422, digest="hourly", hour="6")
