"""Who got data of a person, and telling them (Art. 19). For admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for

from contacts.editing import person_called
from contacts.lookup import FILES
from core.errors import Refused
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from desk.disclosures import WAYS, Recipient, recipients
from desk.erasing import asking
from desk.telling import ABOUT, Telling, preview, tell, tell_when_erased, tellings
from desk.web.following import followed
from desk.web.forms import errors_of, posted
from desk.web.pages import page, see_other
from desk.web.presenting.rights import case_line
from desk.web.presenting.times import near, stamp
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only, me

bp = Blueprint("disclosures", __name__, url_prefix="/persons/<uid>/recipients")
LABELS = {"rectified": N_("Data were corrected"), "restricted": N_("Use is restricted"), "erased": N_("Data were erased")}
OUTCOMES = {"": ("act", N_("under way")), "told": ("sure", N_("told")), "bounced": ("late", N_("came back")), "impossible": ("late", N_("not possible"))}


@bp.get("")
@admins_only
def index(uid: str) -> Any:
    """Who, how and when; whom was told what; and the mail that tells them."""
    return _show(uid, request.args.get("about", ""), [], {})


@bp.post("")
@admins_only
def create(uid: str) -> Any:
    """Tell those that are ticked: now, or of an erasing when it is done."""
    person, about, to = person_called(db(), uid, binned=True), posted("about"), request.form.getlist("to")
    try:
        if about == "erased":
            operation = asking.standing(db(), person.uid)
            if operation is None or operation.state != "planned":
                raise Refused(N_("Ask for the erasing first: recipients are told when it is done."))
            count = tell_when_erased(db(), operation, person, to, by=me())
            return see_other(url_for("erasures.show", uid=operation.uid), said=ngettext(
                "%(n)s recipient is told when it is done.", "%(n)s recipients are told when it is done.", count))
        count = len(tell(db(), person, about, to, by=me()))
    except Refused as refused:
        return _show(uid, about, to, errors_of(refused)), refused.status
    ring_after("outbound")
    return see_other(url_for("disclosures.index", uid=uid), said=ngettext("%(n)s recipient is being told.", "%(n)s recipients are being told.", count))


def _show(uid: str, about: str, to: list[str], errors: dict[str, str]) -> str:
    person = person_called(db(), uid, binned=True)
    waits = asking.standing(db(), person.uid)
    about = about if about in ABOUT else "erased" if waits else "restricted" if person.restricted_at else "rectified"
    mail = preview(db(), person, about, by=me())
    back = url_for("erasures.show", uid=waits.uid) if waits else url_for("persons.show", uid=uid)
    return page("web/disclosures/index.html", current="persons", following=case_line(followed(person)), person={"name": person.name or _("(no name)")}, back_url=back,
                recipients=[_line(one, to) for one in recipients(db(), [person.id])], told=[_told(one, outcome) for one, outcome in tellings(db(), person.uid)],
                about=about, tabs=[{"label": _(label), "url": url_for("disclosures.index", uid=uid, about=key), "current": key == about}
                                   for key, label in LABELS.items() if key != "erased" or waits],
                mail={"subject": mail.subject, "text": mail.text}, errors=errors, action=url_for("disclosures.create", uid=uid))


def _line(one: Recipient, to: list[str]) -> dict[str, Any]:
    return {"address": one.address, "name": one.name, "way": _(WAYS[one.way]), "file": _(FILES[one.file]) if one.file else "", "count": one.count or "", "last": near(one.last) if one.last else "",
            "ticked": one.address in to, "tickets": [{"number": n, "url": url_for("tickets.show", number=n)} for n in one.tickets]}


def _told(row: Telling, outcome: str) -> dict[str, str]:
    kind, said = OUTCOMES[outcome]
    return {"address": row.address, "about": _(LABELS[row.about]), "at": stamp(row.at), "kind": kind, "outcome": _(said)}
