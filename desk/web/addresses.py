"""The agent's other addresses: adding one, the link that proves it, removing it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask_login import login_required

from contacts import proving
from contacts.agent import AgentAddress
from core.errors import Refused
from core.i18n import gettext as _
from core.options import option
from core.settings import settings
from desk.outbound import enqueue
from desk.web import profile
from desk.web.forms import errors_of, posted
from desk.web.pages import page, see_other
from desk.web.requests import db, ring_after
from desk.web.sessions import counted
from desk.web.signing_in import me
from desk.wording import render

bp = Blueprint("addresses", __name__, url_prefix="/profile/addresses")


@bp.post("")
@login_required
def create() -> Any:
    """One more, which counts once its link is followed."""
    try:
        _not_too_often()
        row = proving.add_own(db(), me(), posted("address"))
    except Refused as refused:
        return profile.show(errors_of(refused), address=posted("address")), refused.status
    return _sent(row)


@bp.post("/<int:held>/link")
@login_required
def again(held: int) -> Any:
    """Another link; earlier ones end."""
    _not_too_often()
    row = proving.own(me(), held)
    if row.proven_at:
        raise Refused(_("%(address)s is proven already.", address=row.normalised))
    return _sent(row)


@bp.get("/<int:held>/proof/<signature>")
@login_required
def proof(held: int, signature: str) -> Any:
    """The page behind the link. Programs that follow links prove nothing: that takes the button."""
    return page("web/profile/proof.html", current="profile", address=proving.asked(me(), held, signature).normalised)


@bp.post("/<int:held>/proof/<signature>")
@login_required
def prove(held: int, signature: str) -> Any:
    """The agent holds the address: they are signed in, and read what was mailed to it."""
    row = proving.prove(db(), me(), held, signature)
    return see_other(url_for("profile.edit"), said=_("%(address)s is yours. What you write from it counts.", address=row.normalised))


@bp.post("/<int:held>/end")
@login_required
def destroy(held: int) -> Any:
    """It counts no more."""
    row = proving.remove_own(db(), me(), held)
    return see_other(url_for("profile.edit"), said=_("%(address)s was removed.", address=row.normalised))


def _not_too_often() -> None:
    """Nobody is flooded with links. Attempts are counted while nothing is locked. Raises Refused."""
    name = f"address:{me().uid}"
    db().rollback()
    if counted(name):
        raise Refused(_("Too many links were sent. Wait a quarter of an hour."))


def _sent(row: AgentAddress) -> Any:
    signature = proving.new_signature(db(), row)
    link = settings().url + url_for("addresses.proof", held=row.id, signature=signature)
    mail = render(db(), "verification", me().language, None, name=me().name, address=row.normalised, link=link,
                  desk=option(db(), "desk.name"))
    enqueue(db(), kind="system", mailbox=None, recipients=[row.normalised], subject=mail.subject, text=mail.text,
            html=mail.html, agent_id=me().id, language=me().language)
    ring_after("outbound")
    return see_other(url_for("profile.edit"), said=_("A link is on its way to %(address)s. It works for a day.", address=row.normalised))
