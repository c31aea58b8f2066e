"""Words on tickets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import Select, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.alphabet import in_order
from core.errors import Refused
from core.history import record
from core.i18n import gettext as _
from desk.access import visible_mailbox_ids
from desk.tickets.facts import TagsChanged
from desk.tickets.ticket import Tag, Ticket

MOST = 20
LATEST = 200                 # tickets with a tag that are looked at for whether an agent may know of it


def tags_of(db: Session, ticket: Ticket) -> list[str]:
    """The ticket's tags, in order."""
    return in_order(db.scalars(select(Tag.name).where(Tag.ticket_id == ticket.id)), str)


def known_tags(db: Session, agent: Agent, *, most: int = 200) -> Sequence[str]:
    """Tags in use, for suggestions: one step through the index a tag, however many tickets carry it.

    To others than admins those that one of the latest tickets with it, in a mailbox they see, carries.
    """
    visible = {} if agent.admin else {"visible": visible_mailbox_ids(db, agent)}
    return in_order(db.scalars(_known(agent.admin), {"most": most, **visible}), str)


@cache
def _known(whole: bool) -> Select[str]:
    """The question for ``most`` of them, built once: every page of a ticket asks it; not ``whole``, those in the mailboxes ``visible``."""
    names = select(func.min(Tag.name).label("name")).cte("names", recursive=True)
    names = names.union_all(select(select(func.min(Tag.name)).where(Tag.name > names.c.name).scalar_subquery())
                            .where(names.c.name.is_not(None)))
    found = select(names.c.name).where(names.c.name.is_not(None))
    if not whole:
        latest = select(Tag.ticket_id).where(Tag.name == names.c.name).order_by(Tag.ticket_id.desc()).limit(LATEST).correlate(names)
        found = found.where(select(Ticket.id).where(
            Ticket.id.in_(latest), Ticket.mailbox_id.in_(bindparam("visible", expanding=True))).correlate(names).exists())
    return found.limit(bindparam("most"))


def set_tags(db: Session, ticket: Ticket, names: Iterable[str], *, by: Agent | None) -> list[str]:
    """Let a ticket have exactly these tags. Raises Refused for more than twenty or a tag over 60 characters."""
    wanted = in_order({" ".join(name.split()).lower() for name in names} - {""}, str)
    if len(wanted) > MOST or any(len(name) > 60 for name in wanted):
        raise Refused(_("At most %(most)s tags of 60 characters each.", most=MOST), {"tags": "Too many or too long."})
    if wanted == tags_of(db, ticket):
        return wanted
    db.execute(delete(Tag).where(Tag.ticket_id == ticket.id))
    if wanted:
        db.execute(insert(Tag), [{"ticket_id": ticket.id, "name": name} for name in wanted])
    record(db, TagsChanged(ticket.uid), by=by.uid if by else None)
    return wanted


def add_tag(db: Session, ticket: Ticket, name: str, *, by: Agent | None) -> list[str]:
    """One more tag."""
    return set_tags(db, ticket, [*tags_of(db, ticket), name], by=by)
