"""The address of the settings as a whole."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from desk.web.pages import see_other
from desk.web.signing_in import admins_only

bp = Blueprint("settings_home", __name__)


@bp.get("/settings")
@admins_only
def index() -> Any:
    """Their first page."""
    return see_other(url_for("mailboxes.index"))
