"""The portable copy (GDPR, Article 20): what the person gave us themselves, for another program: JSON, CSV and vCard in a zip."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Holding
from contacts.importing_files import written
from contacts.person import Person
from contacts.vcard import vcard
from desk.erasing.subject import Subject
from desk.privacy.gathering import Entry
from desk.privacy.places import Place, places
from desk.tickets.message import Message

#: Table → fields that a person gives of themselves. What we found out, noted or decided is not among them.
GIVEN = {"persons": ("first_name", "last_name", "title", "preferred_language"), "holdings": ("kind", "value", "label"),
         "employments": ("name", "position", "started_on", "ended_on"), "custom_values": ("name", "text", "number", "day"),
         "messages": ("from_address", "to", "cc", "subject", "text"), "attachments": ("name", "type", "size")}
#: The grounds under which what stands on the card is portable.
GROUNDS = ("consent", "contract")


def given_places(persons: Sequence[Person]) -> list[Place]:
    """Where it is: the person's own messages and files; the card where one of their bases is consent or a contract."""
    grounds = {row.basis for person in persons for row in person.standing_bases.values() if row.holds}
    names = [name for name in GIVEN if name in WROTE or grounds & set(GROUNDS)]
    return [replace(one, whose=WROTE.get(one.table, one.whose)) for one in places() if one.table in names]


def given(entry: Entry) -> Entry:
    """An entry with what they gave alone."""
    return entry | {"fields": {name: value for name, value in entry["fields"].items() if name in GIVEN[entry["record"]]}}


def cards(db: Session, persons: Sequence[Person]) -> str:
    """Their cards, with the addresses they hold now."""
    return "".join(vcard(one, db.scalars(select(Holding).where(Holding.person_id == one.id, Holding.until.is_(None)).order_by(
        Holding.primary.desc(), Holding.id)).all()) for one in persons)


def packed(told: dict[str, Any], card: str) -> bytes:
    """The zip: ``data.json``, a table for each sort of record, and the card where there is one."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=1))
        entries = [one for section in told["sections"] for one in section["entries"]]
        for table, fields in GIVEN.items():
            rows = [one for one in entries if one["record"] == table]
            if rows:
                archive.writestr(f"{table}.csv", "\ufeff" + _rows(fields, rows))
        if card:
            archive.writestr("card.vcf", card)
    return made.getvalue()


def _rows(fields: Sequence[str], entries: Sequence[Entry]) -> str:
    return written([("at", *fields), *([one["at"] or "", *(_cell(one["fields"].get(name)) for name in fields)] for one in entries)])


def _cell(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _wrote(subject: Subject) -> Any:
    return select(Message.id).where(subject.own_messages, Message.direction == "in")


WROTE = {"messages": lambda subject, table: table.c.id.in_(_wrote(subject)), "attachments": lambda subject, table: table.c.message_id.in_(_wrote(subject))}
