"""How often an agent is mailed what has changed on cards they follow, and following no more (W29)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask_login import login_required

from contacts.at_hand import KIND, keep
from core.errors import Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk.digesting import EVERY, choose, chosen, followed
from desk.web.forms import posted, whole
from desk.web.pages import see_other
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("digests", __name__, url_prefix="/profile")


@bp.post("/digest")
@login_required
def update() -> Any:
    """Save how often, and when."""
    choose(db(), me(), posted("digest"), whole(posted("hour")) or 0)
    return see_other(url_for("profile.edit", _anchor="digest"), said=_("Your profile was saved."))


@bp.post("/digest/<kind>/<uid>/end")
@login_required
def destroy(kind: str, uid: str) -> Any:
    """Follow a card no more."""
    if kind not in KIND.values():
        raise Unknown(N_("There is no such card."))
    keep(db(), me(), kind, uid, "subscribed", on=False)
    return see_other(url_for("profile.edit", _anchor="digest"))


def digest_of() -> dict[str, Any]:
    """As web/profile/edit.html wants it."""
    every, hour = chosen(db(), me())
    return {"every": every, "hour": str(hour), "choices": [(name, _(label)) for name, label in EVERY.items()],
            "hours": [(str(n), f"{n:02d}:00") for n in range(24)],
            "cards": [one | {"url": url_for("digests.destroy", kind=one["kind"], uid=one["uid"])} for one in followed(db(), me())]}
