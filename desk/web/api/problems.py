"""What went wrong between two who write at the same time, as answers of the API."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from core.i18n import gettext as _
from desk.web.errors import answer

log = structlog.get_logger(__name__)


def prepare(bp: Blueprint) -> None:
    """The handlers that only the API has."""
    bp.register_error_handler(StaleDataError, _stale)
    bp.register_error_handler(IntegrityError, _taken)


def _stale(_error: StaleDataError) -> Response:
    sentence = _("Somebody else changed this at the same moment. Read it again, then repeat your change.")
    return answer(412 if "If-Match" in request.headers else 409, sentence)


def _taken(error: IntegrityError) -> Response:
    log.info("api.conflict", path=request.path, why=type(error.orig).__name__)
    return answer(409, _("Somebody else saved the same at this moment. Look again, then repeat what you did."))
