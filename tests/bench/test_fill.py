"""A bulk fill stores what intake would have stored of the same letters, table by table and column by column."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, text

from bench.corpus import DESK
from bench.fill import fill
from bench.fill.folding import folded
from bench.mime import compose
from bench.stories import filling
from contacts.enrolling import add_agent
from core.database import Database
from core.fold import fold
from core.schema import metadata
from desk.claiming import claim
from desk.inbound import Delivery, accept, raw_of
from desk.mailboxes import add_mailbox
from desk.tickets.intake import file
from desk.tickets.writing import keep_files
from jobs import fanout
from mailgate.parse import parse

TICKETS = 12
COMPARED = (
    "addresses", "persons", "holdings", "legal_bases", "tickets", "participants", "messages", "facts",
    "fact_subjects", "name_keys", "inbound_mails", "inbound_raws", "deliveries", "outbound_mails", "notifications",
)  # fmt: skip
#: Moments, random names, keyed digests, and what depends on how a mail was encoded or its language or signature guessed.
LOOSE = {
    "uid", "at", "written_at", "created_at", "moved_at", "since", "received_at", "due_at", "done_at", "subject_uid",
    "transport_key", "digest", "content_key", "size", "content", "client", "language", "preferred_language",
    "language_guessed", "html", "data", "id", "visible", "preview",
}  # fmt: skip
#: The fill's acknowledgements have left, in the language of the story; intake's wait, in the language detected.
SENT = {"rfc_message_id", "message_key", "state", "attempts", "first_tried_at", "sent_at", "outcomes", "text", "subject"}


def through_intake(database: Database) -> None:
    """The stories of a fill as mails, accepted, claimed and filed."""
    for story in filling(TICKETS):
        with database.write() as db:
            raw = compose(story, to=DESK)
            key, sender = story.message_id, story.sender.address
            accept(db, Delivery(1, "smtp", key, raw, envelope_sender=sender, envelope_recipient=DESK))
            [row] = claim(db, "test")
            letter = parse(raw_of(db, row.id))
            file(db, row, letter, keep_files(letter))
    fanout.run()


def stored(database: Database, table: str) -> list[dict[str, Any]]:
    """The rows of a table in the order of their keys, without what may differ."""
    loose = LOOSE | (SENT if table == "outbound_mails" else set())
    columns = metadata().tables[table].columns
    with database.read() as db:
        found = db.execute(select(*columns).order_by(*metadata().tables[table].primary_key))
        return [{name: value for name, value in row.items() if name not in loose} for row in found.mappings()]


def found_by(database: Database, table: str) -> list[str]:
    with database.read() as db:
        key, column = ("rowid", "body") if database.dialect == "sqlite" else ("id", "body")
        if database.dialect != "sqlite" and table == "message_search":
            column = "words"
        return [str(body) for body in db.scalars(text(f"SELECT {column} FROM {table} ORDER BY {key}"))]


@pytest.fixture
def both(fresh_database: Database, tmp_path: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What intake stored, and what the fill stored, by table; one after the other in the same database."""
    with fresh_database.write() as db:
        add_mailbox(db, DESK, "Support")
        add_agent(db, "agent@desk.example", "a long password")
    _empty(fresh_database)
    fill(fresh_database, TICKETS)
    filled = _everything(fresh_database)
    _empty(fresh_database)
    through_intake(fresh_database)
    return filled, _everything(fresh_database)


def _everything(database: Database) -> dict[str, Any]:
    tables = {name: stored(database, name) for name in COMPARED}
    return tables | {name: found_by(database, name) for name in ("person_search", "message_search")}


def _empty(database: Database) -> None:
    """No rows, and the next ones are numbered from 1 again."""
    with database.write() as db:
        for table in reversed(metadata().sorted_tables):
            if table.name not in ("mailboxes", "agents"):
                db.execute(table.delete())
                if database.dialect == "postgresql" and "id" in table.columns:
                    sequence = db.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
                    db.execute(text(f"ALTER SEQUENCE {sequence} RESTART"))
        for name in ("person_search", "message_search"):
            db.execute(text(f"DELETE FROM {name}"))


def test_the_fill_stores_what_intake_stores(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    filled, filed = both
    for table in filled:
        assert len(filled[table]) == len(filed[table]), table
        for one, other in zip(filled[table], filed[table], strict=True):
            assert one == other, table


def test_folding_by_line_is_folding() -> None:
    for story in filling(20):
        whole = f"{story.subject}\n{story.text}\n\n{story.quoted}"
        assert folded([story.subject, story.text + "\n\n" + story.quoted]) == fold(whole)
