"""Drafts that two windows of one agent save at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from contacts.agent import Agent
from contacts.enrolling import add_agent
from core.clock import now
from core.errors import Conflict
from desk.mailboxes import add_mailbox
from desk.tickets.drafting import save_draft
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
            save_draft(db, ticket, agent, "reply", version=0, html="<p>Begun</p>")
        ids = ticket.id, agent.id

    saved = Event()

    def second() -> str:
        saved.wait(10)
        with fresh_database.write() as db:
            try:
                save_draft(db, db.get_one(Ticket, ids[0]), db.get_one(Agent, ids[1]), "reply", version=known, html="<p>Two</p>")
            except Conflict as conflict:
                return str(conflict.more["html"])
            return "saved"

    with ThreadPoolExecutor(1) as threads:
        with fresh_database.write() as db:
            save_draft(db, db.get_one(Ticket, ids[0]), db.get_one(Agent, ids[1]), "reply", version=known, html="<p>One</p>")
            other = threads.submit(second)
            saved.set()
            with pytest.raises(TimeoutError):
                other.result(timeout=0.3)           # it waits until the first is committed
        assert "One" in other.result(timeout=10)
