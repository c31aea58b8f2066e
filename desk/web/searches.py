"""Searching tickets, persons and companies at once: the page of hits, and the box over all pages (T11-T15)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask_login import login_required
from sqlalchemy import false, select

from contacts.company import Category, Company
from contacts.person import Person
from contacts.searching import search_companies, search_persons
from contacts.selected import selected, selection_called
from contacts.selection import OF
from core.errors import Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk.tickets.listing import Page
from desk.tickets.searching import search_tickets
from desk.web.pages import fragment, page, wants_fragment
from desk.web.presenting.choices import listed
from desk.web.presenting.hits import KINDS as FOUND
from desk.web.presenting.hits import companies, groups, persons
from desk.web.presenting.marking import marked
from desk.web.presenting.rows import rows
from desk.web.presenting.selections import choices
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("searches", __name__)
KINDS = ("all", "tickets", "persons", "companies")
FEW, MANY = 8, 50


@bp.get("/search")
@login_required
def index() -> str:
    """What fits: some of each kind, or one kind by pages; persons and companies of a category alone (T14)."""
    query, kind = _query(), _kind()
    found: dict[str, Any] = {"rows": [], "persons": [], "companies": [], "older": None}
    counts = {}
    for name, key, look in (("tickets", "rows", _tickets), ("persons", "persons", _persons), ("companies", "companies", _companies)):
        if query and not (name == "tickets" and _narrowed()):
            some = look(query, kind)
            counts[name] = _count(len(some[key]), more=some.pop("more"))
            if kind in ("all", name):
                found |= some
    return page("web/search/index.html", current="search", q=query, kinds=_kinds(query, kind, counts) if query else [], kind=kind,
                categories=listed(db(), Category), category=request.args.get("category", ""),
                selections=[*choices("persons"), *choices("companies")], selection=request.args.get("selection", ""), newer=None, **found)


@bp.get("/search/hits")
@login_required
def hits() -> Any:
    """A few hits of each kind, at every key; with nothing typed what the agent has at hand (S8-S11)."""
    query, kind = _query(), request.args.get("kind", "")
    if not wants_fragment():
        return redirect(url_for("searches.index", q=query, kind=_kind()), 303)
    kind = kind if kind in {one.name for one in FOUND} else ""
    return fragment("web/search/_hits.html", q=query, groups=groups(query, kind),
                    all_url=url_for("searches.index", q=query, kind=kind if kind in KINDS else None))


def _query() -> str:
    return request.args.get("q", "").strip()[:200]


def _kind() -> str:
    return request.args.get("kind", "all") if request.args.get("kind") in KINDS else "all"


def _count(found: int, *, more: bool) -> str:
    return f"{found}+" if more else str(found)


def _narrowed() -> dict[str, str]:
    """What the hits are narrowed by, for the addresses of further pages."""
    return {name: value for name in ("category", "selection") if (value := request.args.get(name, ""))}


def _where(kind: type[Person] | type[Company]) -> list[Any]:
    """Conditions that narrow. Raises Unknown for a category there is not, and a selection that the agent does not see."""
    asked: list[Any] = []
    if uid := request.args.get("category", ""):
        category = db().scalar(select(Category.id).where(Category.uid == uid))
        if category is None:
            raise Unknown(N_("There is no such category."))
        asked.append(kind.category_id == category)
    if uid := request.args.get("selection", ""):
        selection = selection_called(db(), uid, me())
        asked.append(selected(db(), selection, me()) if OF[selection.of].row is kind else false())
    return asked


def _tickets(query: str, kind: str) -> dict[str, Any]:
    found: Page = search_tickets(db(), me(), query, cursor=_cursor("tickets"), limit=MANY if kind == "tickets" else 20, brief=True)
    shown = rows(found.tickets, lambda ticket: url_for("tickets.show", number=ticket.number))
    for row in shown:
        row |= {name: marked(row[name], query) for name in ("who", "subject", "preview")}
    return {"rows": shown, "more": bool(found.next), **_older(query, kind, found.next)}


def _persons(query: str, kind: str) -> dict[str, Any]:
    found = search_persons(db(), query, restricted=None if me().admin else False, cursor=_cursor("persons"), limit=MANY if kind == "persons" else FEW, where=_where(Person))
    return {"persons": persons(found.rows, query), "more": bool(found.next), **(_older(query, kind, found.next) if kind == "persons" else {})}


def _companies(query: str, kind: str) -> dict[str, Any]:
    found = search_companies(db(), query, cursor=_cursor("companies"), limit=MANY if kind == "companies" else FEW, where=_where(Company))
    return {"companies": companies(found.rows, query), "more": bool(found.next),
            **(_older(query, kind, found.next) if kind == "companies" else {})}


def _cursor(kind: str) -> str:
    return request.args.get("cursor", "") if request.args.get("kind") == kind else ""


def _older(query: str, kind: str, cursor: str | None) -> dict[str, Any]:
    if not cursor:
        return {"older": None}
    return {"older": url_for("searches.index", q=query, kind="tickets" if kind == "all" else kind, cursor=cursor, category=_narrowed().get("category"),
                             selection=_narrowed().get("selection"))}


def _kinds(query: str, kind: str, counts: dict[str, str]) -> list[dict[str, Any]]:
    labels = {"all": _("All"), "tickets": _("Tickets"), "persons": _("Persons"), "companies": _("Companies")}
    return [{"label": label, "url": url_for("searches.index", q=query, kind=name, category=_narrowed().get("category"),
                             selection=_narrowed().get("selection")),
             "current": name == kind, "count": counts.get(name)} for name, label in labels.items()]
