"""The page behind the link in a mass mail: for anybody who has that mail, with a button, and nothing of the person.

Mail programs send the same address a POST without cookies when their own button is pressed (RFC 8058); looking at it never does anything, for
programs follow links too. The signature in the address is what allows it, so no token of a form is asked for.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.blueprints import BlueprintSetupState

from contacts.merged import survivor_of
from core.errors import Refused
from core.i18n import gettext as _
from core.i18n import language, speaking
from core.options import LANGUAGES, option
from core.retelling import retell
from desk import unsubscribing
from desk.outbound import OutboundMail
from desk.web.pages import page
from desk.web.requests import db

bp = Blueprint("unsubscriptions", __name__, url_prefix="/no-more/<uid>/<signature>")


@bp.record_once
def _without_tokens(state: BlueprintSetupState) -> None:
    state.app.csrf.exempt(bp)  # type: ignore[attr-defined]


@bp.get("")
def show(uid: str, signature: str) -> Any:
    """Ask."""
    return _answer(uid, signature)


@bp.post("")
def create(uid: str, signature: str) -> Any:
    """No more of it."""
    return _answer(uid, signature, proof="one_click" if request.form.get("List-Unsubscribe") == "One-Click" else "link")


def _answer(uid: str, signature: str, *, proof: str = "") -> Any:
    try:
        mail = unsubscribing.asked(db(), uid, signature)
    except Refused as refused:
        return _page(error=retell(refused.sentence)), 422
    if proof:
        unsubscribing.unsubscribe(db(), mail, proof)
    with speaking(_language(mail)):
        purpose = unsubscribing.purpose_of(db(), mail)
        return _page(purpose=purpose.label if purpose else "", test=purpose is None, done=bool(proof))


def _language(mail: OutboundMail) -> str:
    """In the language of the mail; in the person's where that has become another."""
    person = survivor_of(db(), mail.person_uid or "")
    preferred = person.preferred_language if person is not None and person.living else None
    return preferred or (mail.language if mail.language in LANGUAGES else language())


def _page(**told: Any) -> str:
    return page("web/unsubscription.html", company=option(db(), "desk.name"), title=_("No more of this mail?"), language=language(),
                **{"purpose": "", "error": "", "test": False, "done": False, **told})
