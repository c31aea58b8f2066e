"""What happened to a record, as far as the asking agent may know."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.masking import without_names
from contacts.notes import private_subject
from contacts.person import Person
from core.history import Change, FactRow, FactSubject
from core.search import escape_like
from desk.access import hidden_tickets
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.schemas import persons as shapes
from desk.web.presenting.changes import FOR_ADMINS


def history(db: Session, agent: Agent, person: Person, asked: shapes.HistoryAsked) -> Listed[shapes.Happened]:
    """One page: four questions. A page may be short where it left out what the agent may not know of."""
    rows, following = cut(_rows(db, agent, person, asked), asked.most, lambda row: row.id)
    hidden = _hidden(db, agent, rows)
    shown = [row for row in rows if row.data.get("ticket_uid") not in hidden]
    changes: dict[int, list[shapes.Change]] = {}
    for change in without_names(db, shown, db.scalars(select(Change).where(Change.fact_id.in_([row.id for row in shown]), *_told(agent)).order_by(Change.id))):
        changes.setdefault(change.fact_id, []).append(
            shapes.Change(field=change.field, before=change.before, after=change.after))
    by = dict(db.execute(select(Agent.uid, Agent.email).where(
        Agent.uid.in_({row.by_uid for row in shown if row.by_uid}))).all())
    return Listed[shapes.Happened](next=following, items=[
        shapes.Happened(id=row.uid, at=row.at, by=by.get(row.by_uid or ""), kind=row.kind, data=row.data,
                        changes=changes.get(row.id, [])) for row in shown])


def _rows(db: Session, agent: Agent, person: Person, asked: shapes.HistoryAsked) -> Sequence[FactRow]:
    query = select(FactRow).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid.in_((person.uid, private_subject(person.uid, agent))))
    if (before := key_of(asked.cursor)) is not None:
        query = query.where(FactSubject.fact_id < before)
    if asked.from_ is not None:
        query = query.where(FactRow.at >= asked.from_)
    if asked.to is not None:
        query = query.where(FactRow.at <= asked.to)
    if asked.q:
        like = f"%{escape_like(asked.q[:100])}%"
        query = query.where(or_(FactRow.kind.ilike(like, escape="\\"), select(Change.id).where(
            Change.fact_id == FactRow.id, *_told(agent), or_(*(column.ilike(like, escape="\\") for column in (
                Change.field, Change.before, Change.after)))).exists()))
    return db.scalars(query.order_by(FactSubject.fact_id.desc()).limit(asked.most + 1)).all()


def _told(agent: Agent) -> list[ColumnElement[bool]]:
    return [] if agent.admin else [Change.field.not_in(FOR_ADMINS)]


def _hidden(db: Session, agent: Agent, rows: Sequence[FactRow]) -> set[str]:
    """Uids of tickets that these speak of and the agent does not see."""
    named = {str(row.data["ticket_uid"]) for row in rows if row.data.get("ticket_uid")}
    return hidden_tickets(db, agent, named)
