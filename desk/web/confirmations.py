"""The page behind the link that was mailed to a person's address: for anybody, with a button, and nothing of the person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from contacts import confirming
from contacts.address import Holding
from core.errors import Refused
from core.i18n import gettext as _
from core.i18n import language, speaking
from core.options import option
from core.retelling import retell
from desk.web.pages import page
from desk.web.requests import db

bp = Blueprint("confirmations", __name__, url_prefix="/address/<uid>/<signature>")


@bp.get("")
def show(uid: str, signature: str) -> Any:
    """Programs that follow links prove nothing: that takes the button."""
    try:
        holding = confirming.asked(db(), uid, signature)
    except Refused as refused:
        return _page(error=retell(refused.sentence)), 422
    return _told(holding)


@bp.post("")
def create(uid: str, signature: str) -> Any:
    """Whoever reads the mail there has said that the address is theirs."""
    try:
        holding = confirming.confirm(db(), uid, signature)
    except Refused as refused:
        return _page(error=retell(refused.sentence)), 422
    return _told(holding, done=True)


def _told(holding: Holding, *, done: bool = False) -> str:
    """In the person's language, as the mail was."""
    preferred = holding.person.preferred_language
    if not preferred:
        return _page(address=holding.address.value, done=done)
    with speaking(preferred):
        return _page(address=holding.address.value, done=done)


def _page(**told: Any) -> str:
    title = _("Is this your address?")
    return page("web/confirmation.html", company=option(db(), "desk.name"), title=title, language=language(), **{"address": "", "error": "", "done": False, **told})
