"""Setting the second factor up, and switching it off again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, session, url_for
from flask_login import login_required

from contacts import second_factor
from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.tokens import seal, unseal
from desk.web import profile
from desk.web.forms import errors_of
from desk.web.pages import see_other
from desk.web.passwords import not_mine
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("totp", __name__)


@bp.post("/profile/second-factor")
@login_required
def create() -> Any:
    """Begin: a secret that counts only once a code of it was typed. One that is on is switched off first."""
    if me().totp:
        raise Refused(N_("The second factor is on already. Switch it off first."))
    session["totp"] = seal(second_factor.new_secret())
    return see_other(url_for("totp.edit"))


@bp.get("/profile/second-factor")
@login_required
def edit() -> Any:
    """The QR code and the field for the first code."""
    if "totp" not in session:
        return see_other(url_for("profile.edit"))
    return profile.show({}, starting=True)


@bp.get("/profile/second-factor.svg")
@login_required
def picture() -> Response:
    """The QR code."""
    if "totp" not in session:
        raise Unknown(N_("Setting up has not begun, or is done."))
    return Response(second_factor.picture(me(), unseal(session["totp"])), mimetype="image/svg+xml")


@bp.post("/profile/second-factor/code")
@login_required
def update() -> Any:
    """The first code: from now on the second factor is asked for. The recovery codes are shown this once."""
    if "totp" not in session:
        return see_other(url_for("profile.edit"))
    try:
        codes = second_factor.switch_on(db(), me(), unseal(session["totp"]), request.form.get("code", ""))
    except Refused as refused:
        return profile.show({}, starting=True, error=errors_of(refused)["code"]), refused.status
    session.pop("totp")
    return profile.show({}, codes=codes)


@bp.post("/profile/second-factor/end")
@login_required
def destroy() -> Any:
    """The password alone is enough again: who says so types it, for the browser may stand open."""
    if wrong := not_mine(request.form.get("password_now", "")):
        return profile.show({"password_now": wrong}), 422
    second_factor.switch_off(db(), me(), by=me().uid)
    return see_other(url_for("profile.edit"), said=_("The second factor is off. Your password alone signs you in."))
