"""The register as a file: the persons, companies, projects or sales that a list shows, for a spreadsheet or an address book."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import structlog
from flask import Blueprint, Response, request
from flask_login import login_required
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Company
from contacts.exporting import company_rows, head, person_cards, person_rows, project_rows
from contacts.exporting_sales import head_of_sales, sale_rows
from contacts.lookup import counts, looked_at
from contacts.matter_kinds import PROJECTS, SALES, Kind
from contacts.matter_lists import at_stages, matters, of_agent
from contacts.person import Employment, Person
from contacts.searching import search_companies, search_persons
from contacts.selected import selected, selection_called
from contacts.vcard import VERSIONS
from core.database import database
from core.i18n import language, speaking, zone
from desk.web.forms import whole
from desk.web.requests import db
from desk.web.signing_in import me

log = structlog.get_logger(__name__)
bp = Blueprint("exports", __name__, url_prefix="/exports")
#: Records read at a time.
LOT = 200
Search = Callable[[Session, str], Any]
#: Records as text of a file.
Tell = Callable[[Session, Sequence[Any]], str]
#: Conditions, asked anew in the session that reads.
Narrowed = Callable[[Session], list[Any]]


@bp.get("/persons.csv")
@login_required
def persons() -> Response:
    """A row for each person, found by ``?q=`` as the list does; ``?only=incomplete`` those to be completed."""
    return persons_as_rows(request.args.get("q", ""), narrowed(me(), "persons", request.args.get("selection", "")), me(),
                           incomplete=True if request.args.get("only") == "incomplete" else None)


@bp.get("/persons.vcf")
@login_required
def cards() -> Response:
    """The same as cards; ``?version=3.0`` for programs that know no other."""
    version = request.args.get("version", "")
    return persons_as_cards(request.args.get("q", ""), narrowed(me(), "persons", request.args.get("selection", "")), me(),
                            version if version in VERSIONS else VERSIONS[0])


@bp.get("/companies.csv")
@login_required
def companies() -> Response:
    """A row for each company."""
    return companies_as_rows(request.args.get("q", ""), narrowed(me(), "companies", request.args.get("selection", "")))


@bp.get("/sales.csv")
@login_required
def sales() -> Response:
    """A row for each sale, found by ``?q=``, ``?whose=mine``, ``?state=`` and ``?stage=`` as the list does."""
    at = request.args.getlist("stage")
    return _matters(SALES, head_of_sales(), sale_rows, lambda _db: [at_stages(at)] if at else [])


@bp.get("/projects.csv")
@login_required
def projects() -> Response:
    """A row for each project, found by ``?q=``, ``?whose=mine`` and ``?state=`` as the list does."""
    return _matters(PROJECTS, head(db(), "projects"), project_rows, narrowed(me(), "projects", request.args.get("selection", "")))


def _matters(kind: Kind, head: str, tell: Tell, where: Narrowed) -> Response:
    query, mine = request.args.get("q", ""), [of_agent(kind, me())] if request.args.get("whose") == "mine" else []
    states = [state for state in request.args.getlist("state") if state in kind.states]
    return _file("text/csv", f"{kind.key}.csv", _lots(lambda db, cursor: matters(
        db, kind, *mine, *where(db), query=query, states=states, before=whole(cursor), limit=LOT), _noted(me(), kind.key, tell), "\ufeff" + head))


def narrowed(agent: Agent, of: str, selection: str = "", company: str = "") -> Narrowed:
    """Those of a selection, or who work at a company, alone. Raises Unknown for a selection that the agent does not see, Refused for one
    that is made of others they do not see any more."""
    def asked(db: Session) -> list[Any]:
        conditions: list[Any] = [selected(db, selection_called(db, selection, agent, of=of), agent)] if selection else []
        if company:
            conditions.append(Person.id.in_(select(Employment.person_id).join(Company).where(Company.uid == company, Employment.ended_on.is_(None))))
        return conditions
    asked(db())
    return asked


def persons_as_rows(query: str, where: Narrowed, by: Agent, *, incomplete: bool | None = None) -> Response:
    """A file with a row for each person."""
    return _file("text/csv", "persons.csv", _lots(lambda db, cursor: search_persons(
        db, query, cursor=cursor, limit=LOT, to_be_completed=incomplete, where=where(db)), _noted(by, "persons", person_rows), "\ufeff" + head(db(), "persons")))


def persons_as_cards(query: str, where: Narrowed, by: Agent, version: str) -> Response:
    """An address book with a card for each person."""
    return _file("text/vcard", "persons.vcf", _lots(lambda db, cursor: search_persons(
        db, query, cursor=cursor, limit=LOT, where=where(db)), _noted(by, "cards", lambda db, rows: person_cards(db, rows, version))))


def companies_as_rows(query: str, where: Narrowed) -> Response:
    """A file with a row for each company."""
    return _file("text/csv", "companies.csv", _lots(lambda db, cursor: search_companies(
        db, query, cursor=cursor, limit=LOT, where=where(db)), company_rows, "\ufeff" + head(db(), "companies")))


def _noted(by: Agent, file: str, tell: Tell) -> Tell:
    """The same, and it is counted who was in which file (:mod:`contacts.lookup`), of sales and projects whom they name; a database that takes no
    writing keeps nobody from it."""
    agent_id = by.id
    if not counts(db()):
        return tell

    def told(reading: Session, rows: Sequence[Any]) -> str:
        text = tell(reading, rows)
        persons = rows if file in ("persons", "cards") else [one.person for one in rows]
        try:
            with database().write() as writing:
                looked_at(writing, [one.uid for one in persons if one and one.living], file, agent_id)
        except DBAPIError as error:
            log.warning("lookups.lost", why=str(error.orig))
        return text
    return told


def _lots(search: Search, tell: Tell, head: str = "") -> Iterator[str]:
    """The file a lot at a time, from one snapshot: however long it is, little of it is in memory. It is said as the request speaks, though
    most of it is when the request is over."""
    spoken, where = language(), zone()

    def lots() -> Iterator[str]:
        yield head
        with database().read() as db:
            cursor: str | None = ""
            while cursor is not None:
                with speaking(spoken, where):
                    found = search(db, cursor)
                    told = tell(db, found.rows) if found.rows else ""
                cursor = str(found.next) if found.next else None
                db.expunge_all()
                yield told
    return lots()


def _file(kind: str, name: str, parts: Iterator[str]) -> Response:
    answer = Response((part.encode() for part in parts), mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
