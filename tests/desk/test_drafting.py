"""Drafts that two windows of one agent save at the same moment; what is a draft of a new ticket and what is none."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest

from contacts.agent import Agent
from contacts.enrolling import add_agent
from core.clock import now
from core.database import new_uid
from core.errors import Conflict, Refused, Unknown
from desk.mailboxes import add_mailbox
from desk.tickets.drafting import (
    KEPT,
    Content,
    begun_called,
    begun_of,
    begun_uids,
    drop_begun,
    forget_begun,
    save_begun,
    save_draft,
)
from desk.tickets.opening import new_ticket
from desk.tickets.ticket import Ticket


@pytest.mark.parametrize("known", [0, 1])
def test_second_window_hears_of_the_first(fresh_database, known):
    """Also where neither had saved before: then two rows would be made."""
    with fresh_database.write() as db:
        agent = add_agent(db, "nora@desk.example", name="Nora")
        mailbox = add_mailbox(db, "support@desk.example", "Support")
        ticket = new_ticket(db, subject="Lamp", mailbox_id=mailbox.id, at=now(), person=None, address=None)
        db.flush()
        if known:
            save_draft(db, ticket, agent, "reply", Content("<p>Begun</p>"), version=0)
        ids = ticket.id, agent.id

    saved = Event()

    def second() -> str:
        saved.wait(10)
        with fresh_database.write() as db:
            try:
                save_draft(db, db.get_one(Ticket, ids[0]), db.get_one(Agent, ids[1]), "reply", Content("<p>Two</p>"), version=known)
            except Conflict as conflict:
                return str(conflict.more["html"])
            return "saved"

    with ThreadPoolExecutor(1) as threads:
        with fresh_database.write() as db:
            save_draft(db, db.get_one(Ticket, ids[0]), db.get_one(Agent, ids[1]), "reply", Content("<p>One</p>"), version=known)
            other = threads.submit(second)
            saved.set()
            with pytest.raises(TimeoutError):
                other.result(timeout=0.3)           # it waits until the first is committed
        assert "One" in other.result(timeout=10)


@pytest.mark.parametrize("known", [0, 1])
def test_second_window_of_a_new_ticket_hears_of_the_first(fresh_database, known):
    uid = new_uid()
    with fresh_database.write() as db:
        agent_id = add_agent(db, "nora@desk.example", name="Nora").id
        if known:
            save_begun(db, db.get_one(Agent, agent_id), uid, "mail", Content("<p>Begun</p>"), version=0)
    saved = Event()

    def second() -> str:
        saved.wait(10)
        with fresh_database.write() as db:
            try:
                save_begun(db, db.get_one(Agent, agent_id), uid, "mail", Content("<p>Two</p>"), version=known)
            except Conflict as conflict:
                return str(conflict.more["html"])
            return "saved"

    with ThreadPoolExecutor(1) as threads:
        with fresh_database.write() as db:
            save_begun(db, db.get_one(Agent, agent_id), uid, "mail", Content("<p>One</p>"), version=known)
            other = threads.submit(second)
            saved.set()
            with pytest.raises(TimeoutError):
                other.result(timeout=0.3)
        assert "One" in other.result(timeout=10)


def test_a_draft_of_a_new_ticket_is_its_agents_alone(db):
    nora, kari = (add_agent(db, f"{name}@desk.example", name=name) for name in ("nora", "kari"))
    draft = save_begun(db, nora, new_uid(), "mail", Content(subject="Secret"), version=0)
    with pytest.raises(Unknown):
        begun_called(db, kari, draft.uid)
    with pytest.raises(Unknown):
        save_begun(db, kari, draft.uid, "mail", Content(subject="Mine"), version=1)
    drop_begun(db, kari, draft.uid)
    assert begun_of(db, kari) == [] and begun_uids(db, kari) == []
    assert [one.subject for one in begun_of(db, nora)] == ["Secret"]


@pytest.mark.parametrize("content", [
    Content(to="ole@kunde.example"), Content(cc="ole@kunde.example"), Content(subject="Hello"), Content("<div>Hello</div>"),
    Content(text="Hello"), Content(phone="555"), Content(files=["0" * 24]), Content('<div><img src="/attachments/1"></div>'),
    Content("<div><br></div>" * 1000)])
def test_whatever_somebody_would_miss_is_kept(db, content):
    assert save_begun(db, add_agent(db, "nora@desk.example"), new_uid(), "mail", content, version=0) is not None


def test_nothing_written_is_no_draft(db):
    nora, uid, nothing = add_agent(db, "nora@desk.example"), new_uid(), Content("<div><br></div>", subject=" ", mailbox="m", assignee="a")
    assert save_begun(db, nora, uid, "phone", nothing, version=0) is None
    save_begun(db, nora, uid, "phone", Content(to="Ole"), version=0)
    assert save_begun(db, nora, uid, "phone", nothing, version=1) is None
    assert begun_of(db, nora) == []
    assert save_begun(db, nora, uid, "phone", Content(to="Ole"), version=0).version == 1


def test_a_draft_has_a_uid_and_a_kind_that_there_is(db):
    nora = add_agent(db, "nora@desk.example")
    for uid, kind in ((new_uid(), "reply"), ("x", "mail"), ("", "mail"), (new_uid().upper() + "G", "mail")):
        with pytest.raises(Refused):
            save_begun(db, nora, uid, kind, Content(subject="Hello"), version=0)


def test_new_tickets_that_nobody_touches_are_forgotten(db):
    nora = add_agent(db, "nora@desk.example")
    old, fresh = (save_begun(db, nora, new_uid(), "mail", Content(subject=name), version=0) for name in ("old", "fresh"))
    old.updated_at = now() - KEPT - timedelta(minutes=1)
    fresh.updated_at = now() - KEPT + timedelta(minutes=1)
    db.flush()
    forget_begun(db)
    assert [one.subject for one in begun_of(db, nora)] == ["fresh"]
