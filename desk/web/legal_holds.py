"""Legal holds in the settings: setting, changing and lifting them. For admins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from contacts.agent import Agent
from contacts.legal_hold import LegalHold
from core.alphabet import in_order
from core.errors import Refused
from core.i18n import gettext as _
from core.i18n import ngettext, today
from desk.legal_holds import change_hold, legal_hold_called, legal_holds, lift_hold, record_under, set_hold
from desk.web.day_field import typed_day
from desk.web.forms import errors_of, in_turn, posted, version, whole
from desk.web.once import begun_already, taken
from desk.web.pages import page, see_other
from desk.web.presenting.legal_holds import OF, bases, called, lines
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only, me

bp = Blueprint("legal_holds", __name__, url_prefix="/settings/holds")
PAGE = 50
TYPED = ("of", "record", "reason", "basis", "owner", "review_on")
#: Days until a new hold is looked at again, unless another day is given.
REVIEW = 180


@bp.get("")
@admins_only
def index() -> Any:
    """Those that stand, or those that were lifted."""
    lifted, before = request.args.get("only") == "lifted", whole(request.args.get("before", ""))
    found = legal_holds(db(), lifted=lifted, before=before, most=PAGE + 1)
    only = "lifted" if lifted else None
    tabs = [{"label": _("Standing"), "url": url_for("legal_holds.index"), "current": not lifted},
            {"label": _("Lifted"), "url": url_for("legal_holds.index", only="lifted"), "current": lifted}]
    return page("web/settings/holds/index.html", settings={"current": "holds"}, holds=lines(found[:PAGE]), tabs=tabs, lifted=lifted,
                older=url_for("legal_holds.index", only=only, before=found[PAGE - 1].id) if len(found) > PAGE else None,
                newer=url_for("legal_holds.index", only=only) if before is not None else None)


@bp.get("/new")
@admins_only
def new() -> Any:
    """The empty form, for a record that the address names where one does."""
    of = request.args.get("of", "")
    return _form(None, {"of": of if of in OF else "person", "record": request.args.get("record", ""), "owner": me().uid, "basis": "legal_claims",
                        "review_on": (today() + timedelta(days=REVIEW)).isoformat()}, {})


@bp.post("")
@admins_only
def create() -> Any:
    """Hold it from now on."""
    if taken():
        return begun_already(url_for("legal_holds.index"))
    try:
        made = set_hold(db(), posted("of"), record_under(db(), posted("of"), posted("record")), _given(), by=me())
    except Refused as refused:
        return _form(None, {name: posted(name) for name in TYPED}, errors_of(refused)), refused.status
    return see_other(url_for("legal_holds.edit", uid=made.uid), said=_("The legal hold is set."))


@bp.get("/<uid>")
@admins_only
def edit(uid: str) -> Any:
    """The hold, and how it is lifted."""
    hold = legal_hold_called(db(), uid)
    return _form(hold, _values(hold), {})


@bp.post("/<uid>")
@admins_only
def update(uid: str) -> Any:
    """Save it."""
    hold = legal_hold_called(db(), uid)
    try:
        with in_turn():
            change_hold(db(), hold, _given(), by=me(), version=version())
    except Refused as refused:
        errors = errors_of(refused)
        return _form(legal_hold_called(db(), uid), {name: posted(name) for name in TYPED}, errors), refused.status
    return see_other(url_for("legal_holds.edit", uid=uid), said=_("The legal hold was saved."))


@bp.post("/<uid>/lifting")
@admins_only
def destroy(uid: str) -> Any:
    """Lift it."""
    hold = legal_hold_called(db(), uid)
    try:
        with in_turn():
            woken = lift_hold(db(), hold, posted("why"), by=me(), version=version())
    except Refused as refused:
        errors = errors_of(refused)
        hold = legal_hold_called(db(), uid)
        return _form(hold, _values(hold), errors), refused.status
    ring_after("operations")
    more = ngettext("%(n)s erasing that waited goes on.", "%(n)s erasings that waited go on.", woken) if woken else ""
    return see_other(url_for("legal_holds.index"), said=" ".join(filter(None, (_("The legal hold is lifted."), more))))


def _given() -> dict[str, Any]:
    owner = db().scalar(select(Agent).where(Agent.uid == posted("owner")).options(lazyload(Agent.addresses)))
    return {"reason": request.form.get("reason", "").replace("\r\n", "\n"), "basis": posted("basis"), "owner": owner,
            "review_on": typed_day(posted("review_on"), "review_on")}


def _values(hold: LegalHold) -> dict[str, str]:
    return {"of": hold.of, "record": "", "reason": hold.reason, "basis": hold.basis, "owner": hold.owner.uid if hold.owner else "",
            "review_on": hold.review_on.isoformat()}


def _form(hold: LegalHold | None, values: dict[str, str], errors: dict[str, str]) -> str:
    admins = in_order(db().scalars(select(Agent).where(Agent.active, Agent.role == "admin").options(lazyload(Agent.addresses))).all())
    form: dict[str, Any] = {"values": values, "new": hold is None, "title": _("New legal hold"), "action": url_for("legal_holds.create"), "record": _named(values)}
    if hold is not None:
        form |= lines([hold])[0] | {"title": _("Legal hold on %(name)s", name=called([hold]).get((hold.of, hold.record_id), (_("(gone)"), None))[0]),
                                    "action": url_for("legal_holds.update", uid=hold.uid), "version": hold.version, "standing": hold.standing,
                                    "lift_url": url_for("legal_holds.destroy", uid=hold.uid) if hold.standing else None}
    return page("web/settings/holds/form.html", settings={"current": "holds"}, form=form, errors=errors,
                owners=[(one.uid, one.name) for one in admins], bases=bases(), scopes=[(name, _(label)) for name, label in OF.items()])


def _named(values: dict[str, str]) -> str:
    """What the record is called that the address of an empty form names."""
    try:
        record = record_under(db(), values["of"], values["record"])
    except Refused:
        return ""
    return called([LegalHold(of=values["of"], record_id=record.id)])[values["of"], record.id][0]
