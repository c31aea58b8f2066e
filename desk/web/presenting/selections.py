"""Selections as their list, their page and their form show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from contacts import own_criteria, project_criteria, sale_criteria
from contacts.agent import Team, TeamMember
from contacts.company import Company
from contacts.criteria import BARE, DAYS, OPERATORS, criterion_called, offered
from contacts.matter_kinds import PROJECTS
from contacts.matter_lists import Found, matters
from contacts.person import Person
from contacts.searching import Names, search_companies, search_persons
from contacts.selected import sees, selected, selections
from contacts.selecting import MOST, count_static
from contacts.selection import Selection
from core.alphabet import in_order
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from desk.tickets import criteria as of_tickets
from desk.web.forms import whole
from desk.web.presenting import companies as shown_companies
from desk.web.presenting import matters as shown_matters
from desk.web.presenting import persons as shown_persons
from desk.web.requests import db
from desk.web.signing_in import me

__all__ = ["of_tickets", "own_criteria", "project_criteria", "sale_criteria"]      # read for what it offers
OFS = {"persons": N_("Persons"), "companies": N_("Companies"), "projects": N_("Projects")}
TITLES = {"persons": N_("Selection of persons"), "companies": N_("Selection of companies"), "projects": N_("Selection of projects")}
KINDS = {"static": N_("Chosen one by one"), "dynamic": N_("By criteria"), "combined": N_("Made of two others")}
HOWS = {"union": N_("Who is in one or the other"), "intersection": N_("Who is in both"), "difference": N_("Who is in the first and not in the second")}
SHARINGS = {"private": N_("Myself alone"), "team": N_("A team"), "all": N_("Everybody")}
JOINS = {"all": N_("all of these"), "any": N_("any of these")}


def lines(found: Sequence[Selection]) -> list[dict[str, Any]]:
    """The list: two questions, however many."""
    counts = count_static(db(), found)
    return [{"uid": one.uid, "url": selection_url(one), "name": one.name, "of": _(OFS[one.of]), "kind": _(KINDS[one.kind]), "icon": icon_of(one),
             "owner": one.owner.name if one.owner else "", "sharing": shared(one),
             "count": (f"{MOST}+" if counts[one.id] > MOST else str(counts[one.id])) if one.id in counts else ""} for one in found]


def selection_url(selection: Selection) -> str:
    """The page of a selection."""
    return url_for("selections.show", uid=selection.uid)


def list_url(of: str) -> str:
    """The list of all that a selection is of."""
    return url_for("matters.index", key=of) if of == "projects" else url_for(f"{of}.index")


def card_url(of: str, uid: str) -> str:
    """The page of a member."""
    return shown_matters.matter_url(of, uid) if of == "projects" else url_for(f"{of}.show", uid=uid)


def icon_of(selection: Selection) -> str:
    """What is drawn beside its name."""
    return {"static": "list-check", "dynamic": "filter", "combined": "stack-2"}[selection.kind]


def shared(selection: Selection) -> str:
    """With whom it is shared."""
    if selection.sharing == "team":
        return selection.team.name if selection.team else ""
    return _("everybody") if selection.sharing == "all" else _("the owner alone")


def choices(of: str = "", kinds: Sequence[str] = (), *, owned: bool = False) -> list[tuple[str, str]]:
    """The selections that an agent sees, for a field; the first hundreds by name."""
    return [(one.uid, one.name) for one in selections(db(), me(), of=of, kinds=kinds, owned=owned, limit=300)]


def targets(of: str) -> list[tuple[str, str]]:
    """Those that an agent may add to: the static ones of their own; an admin any that they see."""
    return choices(of, ("static",), owned=True)


def teams() -> list[tuple[str, str]]:
    """The teams that an agent may share with: their own; an admin any."""
    mine = () if me().admin else (Team.id.in_(select(TeamMember.team_id).where(TeamMember.agent_id == me().id)),)
    return [(uid, name) for uid, name in in_order(db().execute(select(Team.uid, Team.name).where(*mine)))]


def told(selection: Selection) -> list[str]:
    """What makes somebody a member, in words."""
    if selection.kind == "combined":
        names = [_part(part) for part in (selection.first, selection.second)]
        return [f"{_(HOWS[selection.how or 'union'])}: {names[0]}, {names[1]}"]
    return [_row_told(selection.of, row) for row in selection.criteria]


def _part(part: Selection | None) -> str:
    """What a part is called; nobody but its owner hears of a private one."""
    if part is None:
        return _("(gone)")
    return part.name if sees(db(), part, me()) else _("(private)")


def members(selection: Selection, query: str, cursor: str) -> tuple[list[dict[str, Any]], Names[Any] | Found]:
    """A page of members, with the columns and in the order of their own list."""
    where = [selected(db(), selection, me())]
    if selection.of == "persons":
        people: Names[Person] = search_persons(db(), query, cursor=cursor, where=where)
        return shown_persons.lines(people.rows), people
    if selection.of == "projects":
        projects = matters(db(), PROJECTS, *where, query=query, before=whole(cursor))
        return shown_matters.lines(projects.rows), projects
    firms: Names[Company] = search_companies(db(), query, cursor=cursor, where=where)
    return shown_companies.lines(firms.rows), firms


def rows(of: str, criteria: Sequence[Mapping[str, str]], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of the builder, an empty one last: each with the operators and the choices of its field."""
    return [_row(of, n, row, errors.get(f"criteria.{n}", "")) for n, row in enumerate([*criteria, {"field": "", "op": "", "value": ""}])]


def groups(of: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields there are to choose from, by group."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in offered(db(), of):
        found.setdefault(_(one.group), []).append((one.name, _(one.label)))
    return list(found.items())


def counted(count: int, of: str, most: int) -> str:
    """How many there are, in words."""
    if count > most:
        return _("more than %(n)s", n=most)
    if of == "projects":
        return ngettext("%(n)s project", "%(n)s projects", count)
    return ngettext("%(n)s person", "%(n)s persons", count) if of == "persons" else ngettext("%(n)s company", "%(n)s companies", count)


def _row(of: str, n: int, row: Mapping[str, str], error: str) -> dict[str, Any]:
    criterion = criterion_called(db(), of, row.get("field", ""))
    operators = OPERATORS[criterion.kind] if criterion else {}
    op = row.get("op", "") if row.get("op") in operators else next(iter(operators), "")
    kind = "" if not criterion or op in BARE else "date" if op in ("after", "before") else "number" if criterion.kind in (*DAYS, "number") else \
        "text" if criterion.kind == "amount" else criterion.kind
    return {"n": n, "field": row.get("field", ""), "op": op, "value": row.get("value", ""), "kind": kind, "error": error,
            "operators": [(name, _(label)) for name, label in operators.items()],
            "choices": criterion.choices(db()) if criterion and criterion.choices and kind == "choice" else []}


def _row_told(of: str, row: Mapping[str, str]) -> str:
    criterion = criterion_called(db(), of, row["field"])
    if criterion is None:
        return row["field"]
    value = dict(criterion.choices(db())).get(row["value"], row["value"]) if criterion.choices else row["value"]
    return " ".join(word for word in (_(criterion.label), _(OPERATORS[criterion.kind][row["op"]]), value) if word)
