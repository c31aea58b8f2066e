"""Selections: saved sets of persons, companies and projects, their members, the builder of their criteria."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts import at_hand
from contacts.criteria import OPERATORS, asking, checked, criterion_called, met
from contacts.selected import COUNTED, count_selected, count_where, living, selection_called, selections
from contacts.selecting import change_selection, copy_selection, delete_selection, new_selection, owned
from contacts.selection import KINDS, OF, Selection
from core.errors import Refused
from core.i18n import gettext as _
from desk.web.forms import errors_of, posted, version
from desk.web.pages import fragment, page, see_other, wants_fragment
from desk.web.presenting import selections as shown
from desk.web.presenting.selection_pages import after, written
from desk.web.requests import db, later
from desk.web.signing_in import me

bp = Blueprint("selections", __name__, url_prefix="/selections")
PAGE, MOST_ROWS = 50, 20


@bp.get("")
@login_required
def index() -> Any:
    """Those that the agent sees, by name."""
    of = request.args.get("of", "") if request.args.get("of") in OF else ""
    found = selections(db(), me(), of=of, after=after(request.args.get("cursor", "")), limit=PAGE + 1)
    older = url_for("selections.index", of=of or None, cursor=written(found[PAGE - 1])) if len(found) > PAGE else None
    tabs = [("", _("All")), *((name, _(label)) for name, label in shown.OFS.items())]
    return page("web/selections/index.html", current="selections", selections=shown.lines(found[:PAGE]), older=older,
                newer=url_for("selections.index", of=of or None) if request.args.get("cursor") else None,
                filters=[{"label": label, "url": url_for("selections.index", of=name or None), "current": name == of, "count": None} for name, label in tabs])


@bp.get("/new")
@login_required
def new() -> Any:
    """The empty form: first of what and how, then the rest."""
    return _form(None, {"of": request.args.get("of", "persons"), "kind": request.args.get("kind", "dynamic")})


@bp.post("")
@login_required
def create() -> Any:
    """A new selection; with ``do=count`` only who would be in it."""
    fields = _posted()
    if posted("do") != "save":
        return _form(None, fields, trial=True)
    try:
        made = new_selection(db(), fields, by=me())
    except Refused as refused:
        return _form(None, fields, refused), refused.status
    return see_other(shown.selection_url(made), said=_("%(name)s was created.", name=made.name))


@bp.get("/<uid>")
@login_required
def show(uid: str) -> Any:
    """Who is in it, with the columns and in the order of the list of all."""
    selection, agent_id = selection_called(db(), uid, me()), me().id
    later(lambda session: at_hand.opened(session, agent_id, "selection", uid))
    query, cursor = request.args.get("q", "").strip()[:200], request.args.get("cursor", "")
    found, names = shown.members(selection, query, cursor)
    count = count_selected(db(), selection, me())
    top = url_for("selections.show", uid=uid, q=query or None)
    return page("web/selections/show.html", current="selections", selection=_shown(selection), q=query, members=found,
                count=f"{COUNTED}+" if count > COUNTED else count, newer=top if cursor else None,
                older=url_for("selections.show", uid=uid, q=query or None, cursor=names.next) if names.next else None)


@bp.get("/<uid>/edit")
@login_required
def edit(uid: str) -> Any:
    """The form."""
    selection = selection_called(db(), uid, me())
    return _form(selection, _fields_of(selection))


@bp.post("/<uid>")
@login_required
def update(uid: str) -> Any:
    """Save it, if nobody was faster; with ``do=count`` only who would be in it."""
    selection = selection_called(db(), uid, me())
    fields = _posted() | {"of": selection.of, "kind": selection.kind}
    if posted("do") != "save":
        return _form(selection, fields, trial=True)
    try:
        change_selection(db(), selection, {name: value for name, value in fields.items() if name not in ("of", "kind")}, by=me(), version=version())
    except Refused as refused:
        return _form(selection, fields, refused), refused.status
    return see_other(shown.selection_url(selection), said=_("%(name)s was saved.", name=selection.name))


@bp.post("/<uid>/copy")
@login_required
def copy(uid: str) -> Any:
    """The same once more, one's own."""
    made = copy_selection(db(), selection_called(db(), uid, me()), by=me())
    return see_other(url_for("selections.edit", uid=made.uid), said=_("%(name)s was created.", name=made.name))


@bp.post("/<uid>/end")
@login_required
def destroy(uid: str) -> Any:
    """Take it away; its members stay as they are."""
    selection = selection_called(db(), uid, me())
    name = selection.name
    delete_selection(db(), selection, by=me())
    return see_other(url_for("selections.index"), said=_("%(name)s was deleted. Who was in it stays.", name=name))


def _posted() -> dict[str, Any]:
    fields = {name: posted(name) for name in ("of", "kind", "name", "sharing", "team", "joined", "how", "first", "second")}
    rows = [{part: posted(f"{part}_{n}") for part in ("field", "op", "value")} for n in range(MOST_ROWS + 1)]
    return fields | {"criteria": [_with_operator(fields["of"], row) for row in rows if row["field"]]}


def _with_operator(of: str, row: dict[str, str]) -> dict[str, str]:
    """A row whose field was chosen just now has the operator of the field before, or none: then it has the first that fits."""
    criterion = criterion_called(db(), of, row["field"])
    if criterion is None or row["op"] in OPERATORS[criterion.kind]:
        return row
    return row | {"op": next(iter(OPERATORS[criterion.kind])), "value": ""}


def _fields_of(selection: Selection) -> dict[str, Any]:
    return {"of": selection.of, "kind": selection.kind, "name": selection.name, "sharing": selection.sharing, "criteria": selection.criteria,
            "team": selection.team.uid if selection.team else "", "joined": selection.joined, "how": selection.how or "union",
            "first": selection.first.uid if selection.first else "", "second": selection.second.uid if selection.second else ""}


def _form(selection: Selection | None, fields: dict[str, Any], refused: Refused | None = None, *, trial: bool = False) -> str:
    errors = errors_of(refused) if refused else {}
    of, kind = fields["of"] if fields["of"] in OF else "persons", fields["kind"] if fields["kind"] in KINDS else "dynamic"
    count, wrong = _trial(of, kind, fields)
    values = {"name": "", "sharing": "private", "team": "", "joined": "all", "how": "union", "first": "", "second": ""} | fields
    form = {"values": values | {"of": of, "kind": kind}, "new": selection is None, "title": selection.name if selection else _("New selection"),
            "version": selection.version if selection else None,
            "action": url_for("selections.update", uid=selection.uid) if selection else url_for("selections.create"),
            "back_url": shown.selection_url(selection) if selection else url_for("selections.index")}
    given = {"form": form, "errors": errors, "count": count, "of_title": _(shown.TITLES[of]), "rows": shown.rows(of, fields.get("criteria", []), wrong if trial else errors),
             "groups": shown.groups(of), "joins": _words(shown.JOINS)}
    if trial and wants_fragment():
        return fragment("web/selections/_criteria.html", **given)
    return page("web/selections/form.html", current="selections", ofs=_words(shown.OFS), kinds=_words(shown.KINDS), hows=_words(shown.HOWS),
                sharings=_words(shown.SHARINGS), teams=shown.teams(), parts=shown.choices(of) if kind == "combined" else [], **given)


def _trial(of: str, kind: str, fields: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """How many the criteria are met by as they stand, without those that are not finished; what is wrong with others."""
    errors: dict[str, str] = {}
    criteria: list[dict[str, str]] = []
    for n, row in enumerate(fields.get("criteria", []) if kind == "dynamic" else ()):
        try:
            criteria += checked(db(), of, [row])
        except Refused as refused:
            errors |= {f"criteria.{n}": refused.errors["criteria.0"]} if row["value"] else {}
    if not criteria:
        return "", errors
    found = count_where(db(), of, [*living(Selection(of=of)), met(asking(db(), me()), of, criteria, fields.get("joined") or "all")])
    return shown.counted(found, of, COUNTED), errors


def _shown(selection: Selection) -> dict[str, Any]:
    mine, uid = owned(selection, me()), selection.uid
    return {"uid": uid, "name": selection.name, "of": selection.of, "list_url": shown.list_url(selection.of), "kind": selection.kind, "kind_label": _(shown.KINDS[selection.kind]),
            "told": shown.told(selection), "joined": _(shown.JOINS[selection.joined]), "owner": selection.owner.name if selection.owner else "",
            "sharing": shown.shared(selection), "edit_url": url_for("selections.edit", uid=uid) if mine else None,
            "copy_url": url_for("selections.copy", uid=uid), "delete_url": url_for("selections.destroy", uid=uid) if mine else None,
            "remove_url": url_for("selection_members.destroy", uid=uid) if mine and selection.kind == "static" else None}


def _words(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, _(label)) for name, label in words.items()]

