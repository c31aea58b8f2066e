"""Sales, campaigns, projects and orders: lists, the page of one, made, changed, deleted, restored."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.matter_kinds import KINDS
from contacts.matter_lists import at_stages, matters, of_agent
from contacts.matters import delete_matter, edit_matter, matter_called, restore_matter
from contacts.selection import OF
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.coming_back import back
from desk.web.forms import in_turn, posted, whole
from desk.web.matter_form import changed, form_page, made
from desk.web.pages import page, see_other
from desk.web.presenting.activities import here
from desk.web.presenting.matter_page import shown
from desk.web.presenting.matters import STATES, WORDS, lines, matter_url, stage_choices, voucher
from desk.web.presenting.selections import targets
from desk.web.requests import db
from desk.web.signing_in import me

#: What a search goes by.
FIND = {"sales": N_("Title, text or customer"), "campaigns": N_("Title or text"), "projects": N_("Name, text or customer"), "orders": N_("Number, text or customer")}
bp = Blueprint("matters", __name__, url_prefix="/<any(sales, campaigns, projects, orders):key>")


@bp.get("")
@login_required
def index(key: str) -> Any:
    """A page of them: mine or everybody's, in some states, sales at some stages, with some words, the latest first."""
    kind, words = KINDS[key], WORDS[key]
    whose = "mine" if request.args.get("whose") == "mine" else "all"
    states = [name for name in request.args.getlist("state") if name in kind.states]
    offered = stage_choices() if key == "sales" else []
    stages = [uid for uid, _label in offered if uid in request.args.getlist("stage")]
    query, cursor = request.args.get("q", "").strip()[:200], whole(request.args.get("cursor", ""))
    fits = [*([of_agent(kind, me())] if whose == "mine" else []), *([at_stages(stages)] if stages else [])]
    found = matters(db(), kind, *fits, states=states, query=query, before=cursor)

    def at(**more: Any) -> str:
        asked = {"q": query, "whose": whose if whose == "mine" else "", "state": states, "stage": stages, **more}
        return url_for("matters.index", key=key, **{name: value for name, value in asked.items() if value})

    picked = key in OF
    saved: dict[str, Any] = {"q": query or None, "whose": "mine" if whose == "mine" else None, "state": states}
    file_url = url_for("exports.projects", **saved) if picked else url_for("exports.sales", **saved, stage=stages) if key == "sales" else ""
    return page("web/matters/index.html", current=key, key=key, picked=picked, targets=targets(key) if picked else [], file_url=file_url,
                words={name: _(text) for name, text in words._asdict().items() if name != "icon"}, icon=words.icon, q=query, find_text=_(FIND[key]),
                kept=[*([("whose", whose)] if whose == "mine" else []), *(("state", name) for name in states), *(("stage", uid) for uid in stages)],
                matters=lines(found.rows), whose=whose, narrowed=bool(states or stages), states=[(name, _(STATES[name]), name in states) for name in kind.states],
                stages=[(uid, label, uid in stages) for uid, label in offered],
                tabs=[{"label": label, "url": at(whose=name), "current": (name or "all") == whose} for name, label in (("", _("Everybody's")), ("mine", _("Mine")))],
                new_url=url_for("matters.new", key=key, back=here()), newer=at() if cursor else None, older=at(cursor=found.next) if found.next else None)


@bp.get("/new")
@login_required
def new(key: str) -> Any:
    """The form, filled from the person, company or ticket it is begun from (W60, W61)."""
    return form_page(key)


@bp.post("")
@login_required
def create(key: str) -> Any:
    """A new one; ``more`` only asks for more lines, what was typed stays."""
    if "more" in request.form:
        return form_page(key)
    try:
        matter = made(KINDS[key])
    except Refused as refused:
        return form_page(key, refused=refused), refused.status
    return see_other(matter_url(key, matter.uid), said=_("“%(title)s” was added.", title=matter.called), undo=url_for("matters.destroy", key=key, uid=matter.uid))


@bp.get("/<uid>")
@login_required
def show(key: str, uid: str) -> Any:
    """The page of one."""
    matter = matter_called(db(), key, uid)
    return page("web/matters/show.html", current=key, **shown(key, matter), voucher=voucher(matter, me()))


@bp.get("/<uid>/edit")
@login_required
def edit(key: str, uid: str) -> Any:
    """The form of one."""
    return form_page(key, matter_called(db(), key, uid))


@bp.post("/<uid>")
@login_required
def update(key: str, uid: str) -> Any:
    """Save it, if nobody was faster."""
    matter = matter_called(db(), key, uid)
    if "more" in request.form:
        return form_page(key, matter)
    try:
        with in_turn():
            changed(matter)
    except Refused as refused:
        return form_page(key, matter_called(db(), key, uid), refused), refused.status
    return see_other(back(matter_url(key, uid)), said=_("“%(title)s” was saved.", title=matter.called))


@bp.post("/<uid>/state")
@login_required
def enter(key: str, uid: str) -> Any:
    """Sold, done, delivered: one click on its page."""
    matter = matter_called(db(), key, uid)
    before = matter.state
    with in_turn():
        edit_matter(db(), matter, {"state": posted("state") or request.args.get("state", "")}, by=me())
    return see_other(matter_url(key, uid), said=_("“%(title)s”: %(state)s.", title=matter.called, state=_(STATES[matter.state])),
                     undo=url_for("matters.enter", key=key, uid=uid, state=before))


@bp.post("/<uid>/end")
@login_required
def destroy(key: str, uid: str) -> Any:
    """Delete it; of a project there is no way back (S72)."""
    matter = matter_called(db(), key, uid)
    said = _("“%(title)s” was deleted.", title=matter.called)
    delete_matter(db(), matter, by=me())
    return see_other(url_for("matters.index", key=key), said=said, undo="" if KINDS[key].final else url_for("matters.restore", key=key, uid=uid))


@bp.post("/<uid>/restoring")
@login_required
def restore(key: str, uid: str) -> Any:
    """Bring it back."""
    matter = matter_called(db(), key, uid, binned=True)
    restore_matter(db(), matter, by=me())
    return see_other(matter_url(key, uid), said=_("“%(title)s” is back.", title=matter.called))
