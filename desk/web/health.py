"""Whether the desk lives, whether it can work, and numbers of it for those who watch over it."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from contacts.enrolling import agent_with
from core import files, schema
from core.database import database
from core.errors import Away
from desk.measuring import metrics_text

bp = Blueprint("health", __name__)
log = structlog.get_logger(__name__)
LOOPBACK = ("127.0.0.1", "::1")


@bp.get("/healthz")
def healthz() -> Any:
    """This process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> Any:
    """The database is reachable and of the version this program needs; 503 otherwise.

    A store of files that is away is told of and no more: without it the desk does less, but not nothing.
    """
    try:
        current = schema.current(database())
    except SQLAlchemyError:
        return jsonify(status="unavailable", why="The database does not answer."), 503
    if not current:
        return jsonify(status="unavailable", why="The database waits for its migrations."), 503
    try:
        files.store().check()
    except Away as away:
        log.warning("files.away", why=away.why)
        return jsonify(status="degraded", why="The store of the files does not answer.")
    return jsonify(status="ok")


@bp.get("/metrics")
def metrics() -> Any:
    """Numbers for Prometheus: to this machine, or to the API token of an admin."""
    with database().read() as db:
        if not _may_watch(db):
            return Response("Only from this machine, or with the API token of an admin.\n", 403, mimetype="text/plain")
        return Response(metrics_text(db), mimetype="text/plain; version=0.0.4")


def _may_watch(db: Session) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        agent = agent_with(db, token.strip())
        return agent is not None and agent.admin
    return request.remote_addr in LOOPBACK and "X-Forwarded-For" not in request.headers
