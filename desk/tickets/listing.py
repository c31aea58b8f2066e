"""Lists of tickets, paged by key: a million tickets list as fast as a thousand.

A view is a union of legs, each a stretch of one index (mailbox, shelf, time); every leg gives at most a page,
the page is the best of all legs.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, true, union_all
from sqlalchemy.orm import Session, defer, joinedload, lazyload, load_only

from contacts.address import Address
from contacts.agent import Agent
from contacts.person import Person
from core.database import LARGEST_ID
from core.errors import Refused
from desk.access import visible_mailbox_ids
from desk.tickets.ticket import SHELVES, AlsoIn, Tag, Ticket

VIEWS = ("mine", "unassigned", "waiting", "held", "all", "closed", "spam", "bin")
SORTS = ("moved", "longest", "due", "created")
UPWARDS = ("due", "longest")
OPEN = ("active", "waiting")
#: Where the clock of an answer stands still: what sleeps or waits keeps the time it had, and nothing is due of it.
STILL = "waiting"
COUNTED = 1000
COUNTED_VIEWS = ("mine", "unassigned", "waiting", "held", "spam", "all")
NOT_DONE = ("new", "open", "waiting", "snoozed")
ALSO_IN = 300
#: A tag on at most so many tickets is gone through by itself; one on more is met soon enough on the way.
RARE = 1000
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be listed: a view, or one mailbox's open tickets, with filters and order."""

    view: str = "all"
    mailbox_id: int | None = None
    states: tuple[str, ...] = ()
    assignee_id: int | None = None
    unassigned: bool = False
    unread: bool = False
    requester_id: int | None = None
    tag: str = ""
    held: bool | None = None
    among: tuple[int, ...] | None = None
    sort: str = "moved"


@dataclass(frozen=True, slots=True)
class Page:
    """Tickets in order, and the cursor of what follows; None at the end."""

    tickets: Sequence[Ticket]
    next: str | None


def list_tickets(
    db: Session, agent: Agent, wanted: Wanted, *, cursor: str = "", limit: int = 50, brief: bool = False,
) -> Page:
    """One page of what the agent may see; ``brief`` leaves out of each what a row of a list does not show.

    Raises Refused for a view, an order or a cursor there is not.
    """
    if wanted.view not in VIEWS or wanted.sort not in SORTS:
        raise Refused("There is no such list.")
    after = _read(cursor, wanted.sort)
    ids = _ids(db, agent, wanted, after, limit + 1)
    tickets = _load(db, ids[:limit], brief)
    more = len(ids) > limit
    return Page(tickets, _write(wanted, tickets[-1]) if more and tickets else None)


def counts(db: Session, agent: Agent) -> dict[str, int]:
    """How many lie in each view and (``mailbox-ID``) each mailbox: exact up to a thousand, in one query."""
    mailboxes = visible_mailbox_ids(db, agent)
    if not mailboxes:
        return dict.fromkeys(COUNTED_VIEWS, 0)
    connection = db.connection()
    key = (connection.dialect.name, agent.id, tuple(mailboxes))
    if key not in _COUNTING:
        while len(_COUNTING) >= MOST_COUNTING:
            _COUNTING.pop(next(iter(_COUNTING)))
        _COUNTING[key] = _counting(db, agent, mailboxes)
    names, sql, given = _COUNTING[key]
    return dict(zip(names, connection.exec_driver_sql(sql, given).one(), strict=True))


def fitting(db: Session, agent: Agent, wanted: Wanted) -> ColumnElement[bool]:
    """What a list asks of each of its tickets, for whoever looks for them by other ways than the shelves."""
    visible = visible_mailbox_ids(db, agent)
    mailboxes = _mailboxes(wanted, visible)
    also = select(AlsoIn.ticket_id).where(AlsoIn.ticket_id == Ticket.id, AlsoIn.mailbox_id.in_(mailboxes)).exists()
    mine = [Ticket.assignee_id == agent.id, Ticket.shelf.in_(OPEN)] if wanted.view == "mine" else [
        or_(*(and_(*condition) for condition in _conditions(wanted)))]
    return of_each(or_(Ticket.mailbox_id.in_(mailboxes), also), *mine, *_filters(wanted))


def how_many(db: Session, agent: Agent, wanted: Wanted) -> int:
    """How many tickets a list has, exact up to a thousand."""
    return db.scalar(select(_count(db, agent, wanted))) or 0 if visible_mailbox_ids(db, agent) else 0


#: What counting is for an agent and what they see, as text: putting it together takes longer than the counting.
_COUNTING: dict[tuple[str, int, tuple[int, ...]], tuple[list[str], str, Any]] = {}
MOST_COUNTING = 200


def _counting(db: Session, agent: Agent, mailboxes: Sequence[int]) -> tuple[list[str], str, Any]:
    """Names of the views, the statement that counts them, and its parameters."""
    views = {name: Wanted(name) for name in COUNTED_VIEWS if name != "all"}
    views["all"] = Wanted("all", states=NOT_DONE)
    views |= {f"mailbox-{m}": Wanted("all", m, states=NOT_DONE) for m in mailboxes}
    compiled = select(*(_count(db, agent, wanted).label(name) for name, wanted in views.items())).compile(
        db.connection(), compile_kwargs={"render_postcompile": True})
    given = compiled.params
    return list(views), str(compiled), tuple(given[name] for name in compiled.positiontup) if compiled.positiontup else given


def _count(db: Session, agent: Agent, wanted: Wanted) -> Any:
    parts = [leg.with_only_columns(literal(1).label("one")).order_by(None).limit(COUNTED).subquery().select()
             for leg in _legs(db, agent, wanted)] or [select(literal(1).label("one")).where(false())]
    return select(func.count()).select_from(union_all(*parts).limit(COUNTED).subquery()).scalar_subquery()


def _ids(db: Session, agent: Agent, wanted: Wanted, after: list[Any] | None, limit: int) -> list[int]:
    """Ids in order. Sorted by due time, those of which nothing is due now follow behind, the latest first."""
    if wanted.sort != "due":
        return _merge(db, agent, wanted, after, limit)
    if after is None or after[0] != "undated":
        ids = _merge(db, agent, wanted, after, limit)
        if len(ids) >= limit:
            return ids
        return ids + _merge(db, agent, replace(wanted, sort="undated"), None, limit - len(ids))
    return _merge(db, agent, replace(wanted, sort="undated"), after, limit)


def _merge(db: Session, agent: Agent, wanted: Wanted, after: list[Any] | None, limit: int) -> list[int]:
    key = _key(wanted)
    ascending = wanted.sort in UPWARDS
    legs = []
    for leg in _legs(db, agent, wanted):
        leg = leg.where(*_beyond(wanted, key, after))
        order = (key.asc(), Ticket.id.asc()) if ascending else (key.desc(), Ticket.id.desc())
        legs.append(leg.order_by(*order).limit(limit).subquery().select())
    if not legs:
        return []
    merged = union_all(*legs).subquery()
    best = (merged.c.key.asc(), merged.c.id.asc()) if ascending else (merged.c.key.desc(), merged.c.id.desc())
    return list(dict.fromkeys(db.scalars(select(merged.c.id).order_by(*best).limit(limit))))


def _legs(db: Session, agent: Agent, wanted: Wanted) -> list[Select[Any]]:
    """The stretches of index a view is made of."""
    visible = visible_mailbox_ids(db, agent)
    bare = select(Ticket.id.label("id"), _key(wanted).label("key"))
    base = bare.where(*_filters(wanted))
    if wanted.requester_id is not None:
        seen = visible if wanted.mailbox_id is None else {wanted.mailbox_id} & set(visible)
        return [base.where(Ticket.requester_id == wanted.requester_id, Ticket.mailbox_id.in_(seen),
                           Ticket.shelf.in_(_shelves(wanted)))]
    mailboxes = _mailboxes(wanted, visible)
    few = _few(db, wanted)
    if few is not None:
        return [bare.where(Ticket.id.in_(few), fitting(db, agent, wanted))]
    if wanted.view == "mine":
        return _of_agent(base, agent.id, OPEN, mailboxes)
    if wanted.assignee_id is not None and wanted.view != "held" and wanted.held is None:
        return _of_agent(base, wanted.assignee_id, _shelves(wanted), mailboxes) + _also_in(bare, wanted, mailboxes, visible)
    legs = [base.where(Ticket.mailbox_id == mailbox, *condition)
            for mailbox in mailboxes for condition in _conditions(wanted)]
    return legs + _also_in(bare, wanted, mailboxes, visible)


def _mailboxes(wanted: Wanted, visible: Sequence[int]) -> Sequence[int]:
    return visible if wanted.mailbox_id is None else [wanted.mailbox_id] if wanted.mailbox_id in visible else []


def _few(db: Session, wanted: Wanted) -> Sequence[int] | None:
    """The only tickets there can be, where these are few enough to be asked one by one."""
    if wanted.among is not None or not wanted.tag:
        return wanted.among
    tagged = db.scalars(select(Tag.ticket_id).where(Tag.name == wanted.tag).limit(RARE + 1)).all()
    return tagged if len(tagged) <= RARE else None


def _of_agent(base: Select[Any], assignee_id: int, shelves: Sequence[str], mailboxes: Sequence[int]) -> list[Select[Any]]:
    """The stretches of one agent's tickets, which are far shorter than the mailboxes': these are asked of each ticket, or SQLite
    would go through a mailbox's."""
    return [base.where(Ticket.assignee_id == assignee_id, Ticket.shelf == shelf, of_each(Ticket.mailbox_id.in_(mailboxes)))
            for shelf in shelves]


#: As the partial index has it: ``IS TRUE`` would not lead to it.
_HELD: ColumnElement[bool] = Ticket.held.expression


def _conditions(wanted: Wanted) -> list[tuple[ColumnElement[bool], ...]]:
    if wanted.view == "held" or wanted.held:
        shelves = Ticket.shelf.in_(_shelves(wanted) if wanted.states else OPEN)
        return [(_HELD, func.coalesce(shelves, false()))]       # or SQLite would go through the shelves
    if wanted.view == "unassigned":
        return [(Ticket.shelf == "active", Ticket.assignee_id.is_(None))]
    return [(Ticket.shelf == shelf,) for shelf in _shelves(wanted)]


def _shelves(wanted: Wanted) -> tuple[str, ...]:
    if wanted.states:
        return tuple(dict.fromkeys(SHELVES[s] for s in wanted.states if s in SHELVES))
    return {"waiting": ("waiting",), "closed": ("closed",), "spam": ("spam",), "bin": ("bin",)}.get(
        wanted.view, ("active", "waiting", "closed"))


def _also_in(bare: Select[Any], wanted: Wanted, mailboxes: Sequence[int], visible: Sequence[int]) -> list[Select[Any]]:
    """Tickets of other mailboxes whose mail reached one of these too; the latest few hundred."""
    elsewhere = true() if wanted.mailbox_id is not None else Ticket.mailbox_id.not_in(visible)
    asked = [elsewhere, or_(*(and_(*c) for c in _conditions(wanted))), *_filters(wanted)]
    return [bare.where(
        Ticket.id.in_(select(AlsoIn.ticket_id).where(AlsoIn.mailbox_id == mailbox).order_by(
            AlsoIn.ticket_id.desc()).limit(ALSO_IN).scalar_subquery()),
        of_each(Ticket.mailbox_id != mailbox, *asked)) for mailbox in mailboxes]


def of_each(*asked: ColumnElement[bool]) -> ColumnElement[bool]:
    """What is asked of a few tickets that are known by id: wrapped, or SQLite would go through an index of it."""
    return func.coalesce(and_(true(), *asked), false())


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(Ticket.state.in_(wanted.states))
    if wanted.tag:
        found.append(select(Tag.name).where(Tag.ticket_id == Ticket.id, Tag.name == wanted.tag).exists())
    if wanted.assignee_id is not None:
        found.append(Ticket.assignee_id == wanted.assignee_id)
    if wanted.unassigned:
        found.append(Ticket.assignee_id.is_(None))
    if wanted.unread:
        found.append(Ticket.unread.is_(True))
    if wanted.held is not None:
        found.append(_HELD if wanted.held else ~_HELD)
    if wanted.sort == "due":
        found += [Ticket.due_at.is_not(None), Ticket.shelf != STILL]
    if wanted.sort == "undated":
        found.append(or_(Ticket.due_at.is_(None), Ticket.shelf == STILL))
    return found


def _key(wanted: Wanted) -> Any:
    return {"due": Ticket.due_at, "created": Ticket.id}.get(wanted.sort, Ticket.moved_at)


def _beyond(wanted: Wanted, key: Any, after: list[Any] | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    value = after[1]
    if wanted.sort in UPWARDS:
        return [key >= value, or_(key > value, Ticket.id > after[2])]
    return [key <= value, or_(key < value, Ticket.id < after[2])]


#: Loaded later where it is asked for: reasons and what else is read on a ticket's own page alone.
BRIEF = (
    defer(Ticket.identification), defer(Ticket.verdict),
    joinedload(Ticket.assignee).options(load_only(Agent.uid, Agent.name), lazyload(Agent.addresses)),
    joinedload(Ticket.requester).load_only(
        Person.uid, Person.first_name, Person.last_name, Person.binned_at, Person.merged_into_id),
    joinedload(Ticket.requester_address).load_only(Address.value, Address.normalised, Address.health),
)
WHOLE = (joinedload(Ticket.assignee).lazyload(Agent.addresses), joinedload(Ticket.requester), joinedload(Ticket.requester_address))


def _load(db: Session, ids: Sequence[int], brief: bool) -> list[Ticket]:
    if not ids:
        return []
    rows = db.scalars(select(Ticket).where(Ticket.id.in_(ids)).options(*(BRIEF if brief else WHOLE))).unique()
    by_id = {ticket.id: ticket for ticket in rows}
    return [by_id[i] for i in ids if i in by_id]


def _write(wanted: Wanted, last: Ticket) -> str:
    value = (last.due_at if last.shelf != STILL else None) if wanted.sort == "due" else last.moved_at
    kind = "undated" if value is None else wanted.sort
    key = [kind, last.id if kind == "created" else (value or last.moved_at).isoformat(), last.id]
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read(cursor: str, sort: str) -> list[Any] | None:
    """Kind, time or number, number of the last ticket; a cursor belongs to the order it was made under."""
    if not cursor:
        return None
    try:
        kind, value, last = json.loads(base64.urlsafe_b64decode(cursor[:LONGEST] + "=" * (-len(cursor) % 4)))
        if (kind != sort and (sort, kind) != ("due", "undated")) or not _number(last):
            raise ValueError(kind)
        if kind == "created" and not _number(value):
            raise ValueError(value)
        return [kind, value if kind == "created" else _moment(value), last]
    except (ValueError, TypeError, OverflowError) as error:
        raise Refused("This page of the list is not there any more. Start from the top.") from error


def _number(value: object) -> bool:
    return type(value) is int and 0 < value <= LARGEST_ID


def _moment(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError(value)
    return at.astimezone(UTC)
