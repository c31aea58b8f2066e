"""What is done with all of a selection, or with those ticked in a list: fields changed, persons moved (operations that are shown first), added to a campaign (S66, S67)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy import Select, select

from contacts.agent import Agent
from contacts.company import Business, Category, Company, ServiceLevel
from contacts.custom_fields import custom_fields
from contacts.infotags import infotags
from contacts.mass_move import Wanted, plan_moves
from contacts.mass_update import plan_update
from contacts.matter_kinds import CAMPAIGNS, PROJECTS
from contacts.matters import matter_called
from contacts.membership import add_members
from contacts.movable import KINDS, MOVABLE
from contacts.selected import count_selected, selection_called, who_selected
from contacts.selection import OF, Selection
from core.errors import Refusals, Refused
from core.i18n import N_, ngettext, today
from core.i18n import gettext as _
from desk.mass_delete import plan_deletion
from desk.web.company_field import typed_company
from desk.web.day_field import typed_day
from desk.web.forms import errors_of, posted
from desk.web.pages import page, see_other
from desk.web.presenting.choices import LANGUAGES, agents, listed, service_levels
from desk.web.presenting.matters import STATES
from desk.web.presenting.own_fields import own_controls
from desk.web.presenting.selections import counted, list_url, selection_url
from desk.web.requests import db, ring_after
from desk.web.restoring import until
from desk.web.signing_in import admins_only, me

bp = Blueprint("selection_acts", __name__, url_prefix="/selections/acts")
#: Ticked at once, and put into a campaign at once.
MOST_TICKED, MOST_MEMBERS = 1000, 5000
#: What a field says to be emptied.
EMPTY = "-"
#: Field of the form → field of the record, and the table of its choices.
CHOSEN: dict[str, tuple[str, Any]] = {
    "our_contact": ("our_contact_id", Agent), "category": ("category_id", Category), "business": ("business_id", Business),
    "support_contact": ("support_contact_id", Agent), "service_level": ("service_level_id", ServiceLevel), "owner": ("owner_id", Agent)}
CARDS = {"persons": "person", "companies": "company"}
FIELDS = {"persons": ("our_contact", "category", "business", "support_contact", "service_level", "preferred_language", "status", "block_mass_mail"),
          "companies": ("our_contact", "category", "business", "language"), "projects": ("state", "owner")}
DAYS = {"projects": {"starts_on": N_("First day"), "ends_on": N_("Last day")}}
#: What is never empty.
FILLED = ("status", "block_mass_mail", "state")


@bp.get("")
@login_required
def new() -> Any:
    """What may be done with all of a selection."""
    return _form({})


@bp.post("/new")
@login_required
def ticked() -> Any:
    """What may be done with those that were ticked."""
    return _form({})


@bp.post("/changes")
@login_required
def change() -> Any:
    """Change fields: laid out by a worker and shown record by record before anything happens."""
    of, chosen, _count = _chosen()
    try:
        operation = plan_update(db(), of, chosen if isinstance(chosen, Select) else list(chosen), _changes(of), me())
    except Refused as refused:
        return _form(errors_of(refused)), refused.status
    ring_after("operations")
    return see_other(url_for("operations.show", uid=operation.uid))


@bp.post("/move")
@login_required
def move() -> Any:
    """Move persons to one company: laid out by a worker and shown person by person before anything happens."""
    of, chosen, _count = _chosen()
    try:
        if of != "persons":
            raise Refused(N_("Only persons move to a company."))
        operation = plan_moves(db(), chosen if isinstance(chosen, Select) else list(chosen), _wanted(), me())
    except Refused as refused:
        return _form(errors_of(refused)), refused.status
    ring_after("operations")
    return see_other(url_for("operations.show", uid=operation.uid))


@bp.post("/deletion")
@admins_only
def delete() -> Any:
    """Delete persons or companies: laid out by a worker and shown record by record before anything happens (S66, S67)."""
    of, chosen, _count = _chosen()
    if of not in CARDS:
        raise Refused(N_("Only persons and companies are deleted like this."))
    operation = plan_deletion(db(), of, chosen if isinstance(chosen, Select) else list(chosen), me())
    ring_after("operations")
    return see_other(url_for("operations.show", uid=operation.uid))


@bp.post("/campaign")
@login_required
def campaign() -> Any:
    """Let them be turned to by a campaign."""
    of, chosen, _count = _chosen()
    if of != "persons" or not posted("campaign"):
        return _form({"campaign": _("Choose a campaign.")}), 422
    matter = matter_called(db(), "campaigns", posted("campaign"))
    uids = list(db().scalars(chosen.limit(MOST_MEMBERS + 1))) if isinstance(chosen, Select) else list(chosen)
    if len(uids) > MOST_MEMBERS:
        raise Refused(_("At most %(most)s at once.", most=MOST_MEMBERS))
    added = add_members(db(), matter, uids, by=me())
    return see_other(url_for("matters.show", key="campaigns", uid=matter.uid) + "#members",
                     said=ngettext("%(n)s person was added.", "%(n)s persons were added.", added))


def _chosen() -> tuple[str, Select[Any] | tuple[str, ...], str]:
    """Of what, who (a question for them, or their ids), and how many in words."""
    if uid := request.values.get("selection", ""):
        selection: Selection = selection_called(db(), uid, me())
        return selection.of, who_selected(db(), selection, me()), counted(count_selected(db(), selection, me(), most=10_000), selection.of, 10_000)
    of, uids = posted("of"), tuple(dict.fromkeys(request.form.getlist("uids")))
    if of not in OF or not uids:
        raise Refused(N_("Choose some first."))
    if len(uids) > MOST_TICKED:
        raise Refused(_("At most %(most)s at once.", most=MOST_TICKED))
    return of, uids, counted(len(uids), of, MOST_TICKED)


def _changes(of: str) -> dict[str, Any]:
    """Fields that were chosen → what they become."""
    found: dict[str, Any] = {}
    for name in FIELDS[of]:
        value = posted(name)
        if not value:
            continue
        field, table = CHOSEN.get(name, (name, None))
        if name == "block_mass_mail":
            found[field] = value == "yes"
        elif value == EMPTY:
            found[field] = None
        else:
            found[field] = db().scalar(select(table.id).where(table.uid == value)) if table else value
            if found[field] is None:
                raise Refused(N_("Some fields cannot be saved like this."), {name: N_("Choose one of the list.")})
    found |= {name: None if posted(name) == EMPTY else typed_day(posted(name), name) for name in DAYS.get(of, ()) if posted(name)}
    if of not in CARDS:
        return found
    own = {field.slot: None if posted(field.slot) == EMPTY else posted(field.slot) for field in custom_fields(db(), CARDS[of]) if posted(field.slot)}
    return found | own | {f"infotag.{posted(name)}": on for name, on in (("infotag_off", False), ("infotag_on", True)) if posted(name)}


def _wanted() -> Wanted:
    """Where to, and what goes along. Raises Refused with all that is wrong with it."""
    wrong = Refusals()
    company, on, after = wrong(_company), wrong(typed_day, posted("on"), "on"), wrong(typed_day, posted("after"), "after")
    wrong.settle()
    assert company is not None
    begins, take = on or today(), posted("take") or "stay"
    return Wanted(company, begins, take, (after or begins) if take == "after" else None, tuple(request.form.getlist("kinds")))


def _company() -> Company:
    found = typed_company(posted("company"))
    if found is None:
        raise Refused(N_("Which company do they move to?"), {"company": N_("Choose a company.")})
    return found


def _moving() -> dict[str, Any]:
    """The questions of a move, as they were answered."""
    asked = request.path.endswith("/move")
    return {"company": posted("company"), "on": posted("on") or str(today()), "take": posted("take") or "stay", "after": posted("after"),
            "kinds": request.form.getlist("kinds") if asked else list(KINDS), "offered": [(kind.key, _(kind.label)) for kind in MOVABLE],
            "companies_url": url_for("companies.suggest")}


def _form(errors: dict[str, str]) -> Any:
    of, chosen, count = _chosen()
    uid = request.values.get("selection", "")
    selection = selection_called(db(), uid, me()) if uid else None
    words: dict[str, tuple[str, list[tuple[str, str]]]] = {
        "our_contact": (_("Our contact"), agents(db())), "support_contact": (_("Support contact"), agents(db())),
        "category": (_("Category"), listed(db(), Category)), "business": (_("Business"), listed(db(), Business)),
        "service_level": (_("Service level"), service_levels(db())), "preferred_language": (_("Language"), LANGUAGES), "language": (_("Language"), LANGUAGES),
        "status": (_("Status"), [("active", _("Active")), ("left", _("Has left"))]),
        "block_mass_mail": (_("No mass mail"), [("yes", _("Yes")), ("no", _("No"))]),
        "state": (_("State"), [(name, _(STATES[name])) for name in PROJECTS.states]), "owner": (_("Owner"), agents(db()))}
    emptied = [(EMPTY, _("– empty it –"))]
    fields = [{"name": name, "label": words[name][0], "value": posted(name), "error": errors.get(name, ""),
               "options": words[name][1] + (emptied if name not in FILLED else [])}
              for name in FIELDS[of]]
    tags = [(tag.uid, tag.name) for tag in infotags(db())] if of in CARDS else []
    fields += [{"name": name, "label": label, "value": posted(name), "error": "", "options": tags}
               for name, label in (("infotag_on", _("Put an infotag on")), ("infotag_off", _("Take an infotag off"))) if tags]
    return page("web/selections/acts.html", current="selections" if selection else of, of=of, count=count, selection=uid, fields=fields, own=_own(of, errors), errors=errors, moving=_moving() if of == "persons" else None,
                uids=[] if selection else chosen, title=selection.name if selection else count, campaigns=_campaigns() if of == "persons" else [],
                deletes=me().admin and of in CARDS, until=until(),
                back_url=selection_url(selection) if selection else list_url(of))


def _own(of: str, errors: dict[str, str]) -> list[dict[str, Any]]:
    """What is typed: days of a project, the organisation's own fields; nothing is filled in, what is left empty stays as it is."""
    if of not in CARDS:
        return [{"name": name, "label": _(label), "type": "text", "value": posted(name), "error": errors.get(name, ""), "required": False, "options": []}
                for name, label in DAYS[of].items()]
    typed = {field.key: posted(field.slot) for field in custom_fields(db(), CARDS[of])}
    return [one | {"value": posted(one["name"]), "options": one["options"] + ([] if one["required"] else [(EMPTY, _("– empty it –"))])}
            for one in own_controls(CARDS[of], typed, errors)]


def _campaigns() -> list[tuple[str, str]]:
    """Those that are not over, the latest first."""
    row = CAMPAIGNS.row
    return [(uid, title) for uid, title in db().execute(select(row.uid, row.title).where(
        row.state.in_(CAMPAIGNS.open), row.binned_at.is_(None)).order_by(row.id.desc()).limit(100))]
