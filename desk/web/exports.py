"""The register as a file: the persons, companies or sales that a list shows, for a spreadsheet or an address book."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, request
from flask_login import login_required
from sqlalchemy.orm import Session

from contacts.exporting import company_rows, head, person_cards, person_rows
from contacts.exporting_sales import head_of_sales, sale_rows
from contacts.matter_kinds import SALES
from contacts.matter_lists import at_stages, matters, of_agent
from contacts.searching import search_companies, search_persons
from contacts.selected import selected, selection_called
from contacts.vcard import VERSIONS
from core.database import database
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("exports", __name__, url_prefix="/exports")
#: Records read at a time.
LOT = 200
Search = Callable[[Session, str], Any]


@bp.get("/persons.csv")
@login_required
def persons() -> Response:
    """A row for each person, found by ``?q=`` as the list does; ``?only=incomplete`` those to be completed."""
    query, incomplete = request.args.get("q", ""), True if request.args.get("only") == "incomplete" else None
    narrowed = _narrowed("persons")
    return _file("text/csv", "persons.csv", _lots(
        lambda db, cursor: search_persons(db, query, cursor=cursor, limit=LOT, to_be_completed=incomplete, where=narrowed(db)), person_rows, "\ufeff" + head(db(), "persons")))


@bp.get("/persons.vcf")
@login_required
def cards() -> Response:
    """The same as cards; ``?version=3.0`` for programs that know no other."""
    query = request.args.get("q", "")
    narrowed = _narrowed("persons")
    version = request.args.get("version") if request.args.get("version") in VERSIONS else VERSIONS[0]
    return _file("text/vcard", "persons.vcf", _lots(
        lambda db, cursor: search_persons(db, query, cursor=cursor, limit=LOT, where=narrowed(db)), lambda db, rows: person_cards(db, rows, version or VERSIONS[0])))


@bp.get("/companies.csv")
@login_required
def companies() -> Response:
    """A row for each company."""
    query, narrowed = request.args.get("q", ""), _narrowed("companies")
    return _file("text/csv", "companies.csv", _lots(
        lambda db, cursor: search_companies(db, query, cursor=cursor, limit=LOT, where=narrowed(db)), company_rows, "\ufeff" + head(db(), "companies")))


@bp.get("/sales.csv")
@login_required
def sales() -> Response:
    """A row for each sale, narrowed as the list is: ``?whose=mine``, ``?state=``, ``?stage=``."""
    states, at = ([*request.args.getlist(name)] for name in ("state", "stage"))
    fits = [*([of_agent(SALES, me())] if request.args.get("whose") == "mine" else []), *([at_stages(at)] if at else [])]
    return _file("text/csv", "sales.csv", _lots(
        lambda db, cursor: matters(db, SALES, *fits, states=states, before=int(cursor or 0), limit=LOT), sale_rows, "\ufeff" + head_of_sales()))


def _narrowed(of: str) -> Callable[[Session], list[Any]]:
    """``?selection=``: those of a selection alone, asked anew in the session that reads. Raises Unknown for one that the agent does not see."""
    agent, uid = me(), request.args.get("selection", "")
    if not uid:
        return lambda _db: []
    selection_called(db(), uid, agent, of=of)
    return lambda db: [selected(db, selection_called(db, uid, agent, of=of), agent)]


def _lots(search: Search, tell: Callable[[Session, Sequence[Any]], str], head: str = "") -> Iterator[str]:
    """The file a lot at a time, from one snapshot: however long it is, little of it is in memory."""
    yield head
    with database().read() as db:
        cursor: str | None = ""
        while cursor is not None:
            found = search(db, cursor)
            yield tell(db, found.rows) if found.rows else ""
            cursor = found.next
            db.expunge_all()


def _file(kind: str, name: str, parts: Iterator[str]) -> Response:
    answer = Response((part.encode() for part in parts), mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
