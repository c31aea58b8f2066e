"""The addresses of a person: adding, naming, confirming by a link, using first, taking away, and taking that back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts.address import KINDS, Holding
from contacts.addressing import add_address, make_primary, retire
from contacts.doors import through
from contacts.editing import person_called, reindex
from contacts.handing_on import one_is_primary, take_back
from contacts.person import Person
from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk.confirming import send_link
from desk.web.forms import errors_of, posted, ticked
from desk.web.pages import page, see_other
from desk.web.presenting.alike import alike
from desk.web.presenting.holdings import held, past
from desk.web.requests import db, ring_after
from desk.web.signing_in import me

bp = Blueprint("person_addresses", __name__, url_prefix="/persons/<uid>/addresses")


@bp.get("")
@login_required
def index(uid: str) -> Any:
    """What the person holds, and held."""
    return show(person_called(db(), uid), {})


@bp.post("")
@login_required
def create(uid: str) -> Any:
    """One more."""
    person, kind = person_called(db(), uid), posted("kind")
    try:
        with through(db(), "form", nevertheless=ticked("nevertheless")):
            holding = add_address(db(), person, kind, posted("value"), label=posted("label"), by=me(), share=ticked("share"))
    except Refused as refused:
        return show(person, errors_of(refused), refused), refused.status
    return changed(person, _("%(address)s was added.", address=holding.address.value))


@bp.post("/<aid>/label")
@login_required
def name(uid: str, aid: str) -> Any:
    """What the address is for, in a word or two."""
    holding = held_by(person_called(db(), uid), aid)
    holding.label = " ".join(posted("label").split())[:40]
    return changed(holding.person, _("The label was saved."))


@bp.post("/<aid>/primary")
@login_required
def prefer(uid: str, aid: str) -> Any:
    """Let it be used first."""
    holding = held_by(person_called(db(), uid), aid)
    make_primary(db(), holding)
    return changed(holding.person, _("%(address)s is used first from now on.", address=holding.address.value))


@bp.post("/<aid>/link")
@login_required
def confirm(uid: str, aid: str) -> Any:
    """Mail a link to it: whoever follows that proves that the address is the person's."""
    holding = held_by(person_called(db(), uid), aid)
    try:
        send_link(db(), holding, by=me())
    except Refused as refused:
        return show(holding.person, errors_of(refused)), refused.status
    ring_after("outbound")
    return see_other(_url(uid), said=_("A link is on its way to %(address)s. It works for a week.", address=holding.address.value))


@bp.post("/<aid>/end")
@login_required
def destroy(uid: str, aid: str) -> Any:
    """The person holds it no more."""
    holding = held_by(person_called(db(), uid), aid)
    retire(db(), holding, by=me())
    one_is_primary(db(), holding.person)
    return changed(holding.person, _("%(address)s is held no more.", address=holding.address.value), aid)


@bp.post("/<aid>/back")
@login_required
def restore(uid: str, aid: str) -> Any:
    """The person holds again what was taken away, or moved to somebody else."""
    person = person_called(db(), uid)
    holding = db().scalar(select(Holding).where(Holding.uid == aid, Holding.person_id == person.id))
    if holding is None:
        raise Unknown(N_("There is no such address on this card."))
    take_back(db(), holding, by=me())
    return see_other(_url(uid), said=_("%(name)s has %(address)s again.", name=person.name, address=holding.address.value))


def held_by(person: Person, aid: str) -> Holding:
    """What the person holds now under this id. Raises Unknown."""
    holding = db().scalar(select(Holding).where(Holding.uid == aid, Holding.person_id == person.id, Holding.until.is_(None)))
    if holding is None:
        raise Unknown(N_("There is no such address on this card."))
    return holding


def changed(person: Person, said: str, undo: str = "") -> Any:
    """The person counts as changed and is found by what they hold now; ``undo`` names the holding to take back."""
    person.raise_version()
    db().flush()
    reindex(db(), person)
    return see_other(_url(person.uid), said=said, undo=url_for("person_addresses.restore", uid=person.uid, aid=undo) if undo else "")


def show(person: Person, errors: dict[str, str], refused: Refused | None = None) -> str:
    """The page, with what was typed and what is wrong with it."""
    more, same = refused.more if refused else {}, alike(refused)
    typed = {name: posted(name) for name in ("kind", "value", "label")} if request.method == "POST" else {}
    return page("web/persons/addresses.html", current="persons", person=person, back_url=url_for("persons.show", uid=person.uid),
                held=held(person), past=past(person), errors=errors, typed=typed, shareable="person_id" in more,
                form={"duplicates": same, "nevertheless": bool(more.get("nevertheless"))}, shared=bool(same) and ticked("share"), kinds=[
                    (kind, label) for kind, label in zip(KINDS, (_("E-mail"), _("Telephone"), _("Chat"), _("Link")), strict=True)])


def _url(uid: str) -> str:
    return url_for("person_addresses.index", uid=uid)
