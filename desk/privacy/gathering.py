"""What stands in a report: the rows of every place, a lot at a time, as entries of plain JSON.

An entry: ``{record: table, id, at: ISO or None, fields: {name: value}}``, with ``held_back`` (note, mail) where an admin has to release it. Values are
texts, numbers, yes or no, or lists of texts; days and moments are ISO. Names of fields are those of the columns: :mod:`desk.privacy.wording` says them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, RowMapping, Table, func, literal, select
from sqlalchemy.orm import Session

from core import money
from core.database import Base
from core.html import to_text
from core.i18n import say
from core.retelling import retell
from desk.erasing.subject import Subject
from desk.locked_mail import locked_persons, tickets_of
from desk.privacy.places import Place, is_bytes, key_of, leads_to, told
from desk.privacy.veil import Veil
from desk.privacy.wording import MONEY

LOT = 200
Entry = dict[str, Any]
#: Columns that hold a pair of name and address, by the one with the address.
SENDERS = {"from_address": "from_name"}
#: Fields in the history that name colleagues.
OURS = ("owner",)


class Gatherer:
    """Reads for one report."""

    def __init__(self, db: Session, subject: Subject) -> None:
        self.db, self.subject, self.veil = db, subject, Veil(db, subject)
        persons = locked_persons(db)
        self.locked = set(db.scalars(tickets_of(persons))) if persons else set()
        self._named: dict[tuple[str, int], str] = {}

    def lot(self, place: Place, after: int) -> tuple[int | None, list[Entry]]:
        """The next rows of a place: where to go on after, and their entries."""
        table, columns = place.rows, told(place)
        key, other = key_of(table), Base.metadata.tables[place.of[1]] if place.of else None
        ticket = (place.ticket(table) if place.ticket else literal(None)).label("_ticket")
        marks = [table.c[name].label(f"_{name}") for name in ("private", "uid") if name in table.c]
        marks += [table.c.person_id.in_(self.subject.persons).label("_first")] if place.table == "relations" else []
        at = _at(place, table, other)
        query = select(key.label("_key"), ticket, *marks, *([at.label("_at")] if at is not None else []), *(
            (func.length(column) if is_bytes(column) else column).label(name) for name, column in columns))
        if other is not None and place.of:
            query = query.select_from(table.outerjoin(other, other.c.id == table.c[place.of[0]]))
        rows = self.db.execute(query.where(place.whose(self.subject, table), key > after).order_by(key).limit(LOT)).mappings().all()
        if not rows:
            return None, []
        others = self.veil.taking_part({row["_ticket"] for row in rows if row["_ticket"] is not None})
        entries = [self._entry(place, row, columns, others.get(row["_ticket"], [])) for row in rows]
        return int(rows[-1]["_key"]), [one for one in entries if place.table != "changes" or {"before", "after"} & one["fields"].keys()]

    def _entry(self, place: Place, row: RowMapping, columns: Sequence[tuple[str, Column[Any]]], others: Any) -> Entry:
        foreign = place.ticket is not None and row.get("direction") != "out"
        fields = {}
        for name, column in columns:
            value = self._value(name, column, row, others, phones=foreign)
            if value not in (None, "", [], {}):
                fields[name] = value
        if place.table == "messages" and "text" not in fields:
            fields["text"] = self._words_of_markup(row, others)
        if row.get("direction") == "note":
            fields.pop("channel", None)     # it came by none, whatever its ticket did
        if place.table == "relations" and not row["_first"]:
            fields["kind_id"] = self._other_way(row["kind_id"])
        if place.table == "holdings" and row["kind"] != "email":
            fields.pop("health", None)      # whether mail arrives there
        if place.table in ("sales", "orders", "order_lines"):
            fields |= self._amounts(row)
        if place.table == "changes":
            fields = {name: value for name, value in (fields | self._changed(fields)).items() if value is not None}
        at = row.get("_at")
        entry: Entry = {"record": place.table, "id": str(row.get("_uid") or row["_key"]), "at": at.isoformat() if at else None, "fields": fields}
        if row.get("_private"):
            entry["held_back"] = "note"
        elif row["_ticket"] in self.locked and row.get("direction") != "note":
            entry["held_back"] = "mail"
        return entry

    def _value(self, name: str, column: Column[Any], row: RowMapping, others: Any, *, phones: bool) -> Any:
        value = row[name]
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (datetime, date)):
            return value.isoformat()
        if column.foreign_keys:
            return self._name_of(column, value)
        if is_bytes(column) or isinstance(value, (int, float)):
            return value
        if isinstance(value, list):
            return [self.veil.pair(*_pair(one)) for one in value]
        if isinstance(value, dict):
            return [self.veil.over(one, others, phones=phones) for one in _sentences(value)]
        if name in SENDERS:
            return self.veil.pair(row.get(SENDERS[name]) or "", value)
        if name in SENDERS.values():
            return None
        return self.veil.over(value, others, phones=phones) if _is_prose(name) else value

    def _amounts(self, row: RowMapping) -> Entry:
        """Money and quantities as people count them (``12500.50``): they are kept in the smallest unit of a currency, and in thousandths."""
        orders = Base.metadata.tables["orders"]
        currency = str(row["currency"] if "currency" in row else self.db.scalar(select(orders.c.currency).where(orders.c.id == row["order_id"])))
        told: Entry = {name: money.written(row[name], currency) for name in MONEY if row.get(name) is not None}
        return told | ({"quantity": row["quantity"] / 1000} if "quantity" in row else {})

    def _other_way(self, kind: int) -> str:
        """What a relation is called from its second end, where the person stands."""
        kinds = Base.metadata.tables["relation_kinds"]
        return str(self.db.scalar(select(kinds.c.reverse).where(kinds.c.id == kind)))

    def _address(self, number: int) -> str | None:
        if ("addresses", number) not in self._named:
            addresses = Base.metadata.tables["addresses"]
            value = self.db.scalar(select(addresses.c.value).where(addresses.c.id == number))
            self._named["addresses", number] = self.veil.pair("", value) if value else ""
        return self._named["addresses", number]

    def _changed(self, fields: Entry) -> Entry:
        """A field that holds the number of another record says its name; one that names one of us says nothing."""
        column = Base.metadata.tables["persons"].c.get(fields["field"])
        if fields["field"] in OURS:
            return {"before": None, "after": None}
        if column is None or not column.foreign_keys:
            return {"before": None, "after": None} if fields["field"].endswith("_id") else {}
        return {name: self._name_of(column, int(fields[name])) for name in ("before", "after") if str(fields.get(name) or "").isdigit()}

    def _words_of_markup(self, row: RowMapping, others: Any) -> str:
        messages = Base.metadata.tables["messages"]
        html = self.db.scalar(select(messages.c.html).where(messages.c.id == row["_key"]))
        return self.veil.over(to_text(html), others) if html else ""

    def _name_of(self, column: Column[Any], number: int) -> str | None:
        """What the row is called that a column names; an address of the person's own."""
        if any(key.column.table.name == "addresses" for key in column.foreign_keys):
            return self._address(number)
        table = leads_to(column)
        if table is None:
            return None
        if (table.name, number) not in self._named:
            named = table.c.name if "name" in table.c else table.c.title if "title" in table.c else None
            self._named[table.name, number] = (self.db.scalar(select(named).where(table.c.id == number)) or "") if named is not None else ""
        return self._named[table.name, number]


def _at(place: Place, table: Table, other: Table | None) -> Column[Any] | None:
    if not place.at:
        return None
    return table.c[place.at] if place.at in table.c else other.c[place.at] if other is not None and place.at in other.c else None


#: Values that are codes, numbers, names or addresses of the person's own, and are told as they are.
PLAIN = frozenset({
    "first_name", "last_name", "status", "preferred_language", "customer_number", "photo_digest", "created_how", "kind", "value", "health", "suppression", "origin",
    "proof", "state", "channel", "direction", "purpose", "basis", "event", "list", "organisation_number", "website", "currency", "type", "transport", "client",
    "language", "number", "field", "photo"})


def _is_prose(name: str) -> bool:
    return name not in PLAIN


def _pair(value: Any) -> tuple[str, str]:
    if isinstance(value, list) and len(value) == 2:
        return str(value[0] or ""), str(value[1] or "")
    return "", str(value)


def _sentences(kept: Mapping[str, Any]) -> list[str]:
    """What a verdict or an identification says; candidates are other persons, and left out."""
    found = [say(one["sentence"]) if one.get("sentence") else retell(str(one.get("words", ""))) for one in kept.get("evidence", ()) if isinstance(one, dict)]
    return [one for one in (*found, retell(str(kept.get("why") or ""))) if one]
