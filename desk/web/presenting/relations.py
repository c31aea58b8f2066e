"""Relations as lines of a card: of the tab, and the few that its sidebar tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import SelectBase, select, union_all

from contacts.company import Company
from contacts.covering import cover_of
from contacts.person import Employment, Person
from contacts.relating import Party
from contacts.relation import RelationKind
from contacts.ties import Tie, holds, ties, ties_of
from core.clock import now
from core.i18n import dated
from core.i18n import gettext as _
from desk.web.presenting.faces import FIRM, person_face
from desk.web.presenting.links import company_url, person_url
from desk.web.requests import db

#: Told beside the card, from the latest so many.
TOLD, LOOKED_AT = 3, 20
Choice = tuple[str, str]


def cards(whose: Party) -> str:
    """``persons`` or ``companies``, as addresses of pages have it."""
    return "persons" if isinstance(whose, Person) else "companies"


def relations_of(whose: Party) -> SelectBase:
    """What the tab counts: companies and persons tied to a card, those a person works or worked at among them."""
    if isinstance(whose, Company):
        return ties_of(whose)
    return union_all(ties_of(whose), select(Employment.id).where(Employment.person_id == whose.id))


def beside(whose: Party, count: str) -> dict[str, Any]:
    """The block of the sidebar: the most telling relations that hold, and where all of them (``count``) are."""
    found = sorted(ties(db(), whose, limit=LOOKED_AT), key=lambda tie: (not holds(tie.relation), not tie.relation.kind.meaning, tie.relation.kind.place))
    return {"all_url": url_for("relations.index", of=cards(whose), uid=whose.uid), "count": count,
            "told": [_other(tie.other) | {"words": _(tie.words)} for tie in found[:TOLD]]}


def cover(person: Person) -> list[dict[str, str]]:
    """Who stands beside a person today: deputies, until when if that is known, and assistants."""
    return [{"words": _("Assistant") if one.kind.meaning == "assistant" else _("Deputy"), "name": one.person.name, "url": person_url(one.person),
             "until": _("until %(day)s", day=dated(one.until, year=False)) if one.until else ""}
            for one in cover_of(db(), person) if one.person]


def tie_lines(whose: Party, found: Sequence[Tie]) -> list[dict[str, Any]]:
    """Each with its link, and what can be done about it."""
    return [_other(tie.other) | {
        "words": _(tie.words), "details": tie.relation.details, "period": period(tie.relation.since, tie.relation.until),
        "version": tie.relation.version, **{f"{act}_url": url_for(f"relations.{view}", of=cards(whose), uid=whose.uid, rid=tie.relation.uid)
                                            for act, view in (("edit", "edit"), ("delete", "destroy"))},
        "end_url": url_for("relations.end", of=cards(whose), uid=whose.uid, rid=tie.relation.uid)
        if tie.relation.until is None or tie.relation.until > now().date() else None} for tie in found]


def job_lines(jobs: Sequence[Employment]) -> list[dict[str, Any]]:
    """The employments of a person among their relations (S44)."""
    return [_other(job.company) | {"words": _("worked at") if job.ended_on else _("works at"), "details": job.position or "",
                                   "period": period(job.started_on, job.ended_on)} for job in jobs if job.company.binned_at is None]


def offered(whose: Party, kinds: Sequence[RelationKind], kept: RelationKind | None = None) -> list[Choice]:
    """What this card can be to another: each kind from the side, or the sides, that fit; ``kept`` is chosen already."""
    found: list[Choice] = []
    for kind in kinds:
        if kind.archived and kind is not kept:
            continue
        one, _line, other = kind.between.partition("-")
        mine = "person" if isinstance(whose, Person) else "company"
        if mine == one:
            found.append((kind.uid, _said(kind.name, other)))
        if mine == other and (mine != one or kind.name != kind.reverse):
            found.append((f"{kind.uid}-turned", _said(kind.reverse, one)))
    return found


def period(since: date | None, until: date | None) -> str:
    """``1 Mar 2026 – 4 Dec 2026``, open at either end."""
    if since is None and until is None:
        return ""
    return " ".join(filter(None, (dated(since, year=True) if since else "", "–", dated(until, year=True) if until else "")))


def _said(words: str, other: str) -> str:
    return _("%(words)s … (a person)", words=_(words)) if other == "person" else _("%(words)s … (a company)", words=_(words))


def _other(other: Party) -> dict[str, Any]:
    if isinstance(other, Company):
        return {"uid": other.uid, "kind": "company", "name": other.name, "url": company_url(other), "face": FIRM, "icon": "building"}
    return {"uid": other.uid, "kind": "person", "name": other.name or _("(no name)"), "url": person_url(other),
            "face": person_face(other.name, other), "icon": "user"}
