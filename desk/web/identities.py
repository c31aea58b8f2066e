"""The page behind the link by which somebody says that a request is theirs: for anybody, with a button, and nothing of the person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from core.errors import Refused
from core.i18n import dated, language, speaking
from core.i18n import gettext as _
from core.options import option
from core.retelling import retell
from desk.rights import identity
from desk.rights.case import KINDS, RightsCase
from desk.web.pages import page
from desk.web.requests import db

bp = Blueprint("identities", __name__, url_prefix="/identity/<token>")


@bp.get("")
def show(token: str) -> Any:
    """Programs that follow links prove nothing: that takes the button."""
    return _answer(token)


@bp.post("")
def create(token: str) -> Any:
    """It is theirs."""
    return _answer(token, confirmed=True)


def _answer(token: str, *, confirmed: bool = False) -> Any:
    try:
        case = identity.asked(db(), token)
    except Refused as refused:
        return _page(error=retell(refused.sentence)), 422
    with speaking(identity.spoken(db(), case)):
        if confirmed:
            case = identity.confirm(db(), token)
        return _told(case, done=confirmed)


def _told(case: RightsCase, *, done: bool) -> str:
    return _page(right=_(KINDS[case.kind][0]), day=dated(case.received, year=True), due=dated(case.due, year=True), done=done)


def _page(**told: Any) -> str:
    return page("web/identity.html", company=option(db(), "desk.name"), title=_("Is this request yours?"), language=language(),
                **{"right": "", "day": "", "due": "", "error": "", "done": False, **told})
