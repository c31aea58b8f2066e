"""Two mails of one newcomer, filed by two workers at the same moment over connections of their own: one person."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import func, select, text

from contacts.person import Person
from core.batch import together
from core.database import Database
from core.options import set_option
from desk import inbound
from desk.inbound import Delivery, InboundMail
from desk.mailboxes import add_mailbox, own_addresses
from desk.tickets.foresight import look_ahead
from desk.tickets.intake import file
from desk.tickets.ticket import Ticket
from mailgate.parse import parse
from tests.letters_made import mail


def work(database: Database, number: int, ahead: bool, between=lambda: None) -> None:
    """File one delivery as a worker does; ``ahead``: as one of a batch that looks ahead. ``between`` comes before the commit."""
    with database.write() as db, together(db), db.no_autoflush:
        row = db.scalars(select(InboundMail).order_by(InboundMail.id).offset(number).limit(1)).one()
        letter = parse(inbound.raw_of(db, row.id))
        if ahead:
            look_ahead(db, [letter], own_addresses(db))
        file(db, row, letter, [])
        db.flush()
        between()


def waits_or_ends(database: Database, other: threading.Thread) -> None:
    """Until the other worker stands before a lock, or has gone through. On SQLite it waits for its turn to write."""
    limit = time.monotonic() + 20
    while database.dialect == "postgresql" and other.is_alive() and time.monotonic() < limit:
        with database.engine.connect() as db:
            if db.scalar(text("SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
                              "WHERE NOT granted AND datname = current_database()")):
                return


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize(("setting", "one", "two", "persons"), [
    ({}, "ole@kunde.example", "OLE@Kunde.example", 1), ({"kunde.example": "plus"}, "ole@kunde.example", "ole+shop@kunde.example", 1),
    ({"*": "plus_and_dots"}, "o.le+news@kunde.example", "ole@kunde.example", 1), ({}, "ole@kunde.example", "o.le@kunde.example", 2)])
def test_one_newcomer_one_person(fresh_database: Database, setting, one, two, persons, ahead) -> None:
    with fresh_database.write() as db:
        box = add_mailbox(db, "support@desk.example", "Support")
        set_option(db, "contacts.same_mailbox_variants", setting)
        for key, sender in (("one", one), ("two", two)):
            inbound.accept(db, Delivery(box.id, "smtp", key, mail(f"Ole Vang <{sender}>", subject=key)))
    other = threading.Thread(target=work, args=(fresh_database, 1, ahead))

    def meanwhile() -> None:
        other.start()
        waits_or_ends(fresh_database, other)
    work(fresh_database, 0, ahead, meanwhile)
    other.join(30)
    with fresh_database.read() as db:
        assert db.scalar(select(func.count()).select_from(Person)) == persons
        assert db.scalar(select(func.count(func.distinct(Ticket.requester_id)))) == persons
        assert db.scalar(select(func.count()).select_from(Ticket)) == 2
