"""What is done once before forking, so that all processes share its memory: imports, statements, words, templates."""

from __future__ import annotations

import ctypes
import gc
from importlib import import_module

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import configure_mappers

from core import i18n, rendering, schema
from core.database import database
from core.options import LANGUAGES
from core.processes import LINUX

log = structlog.get_logger(__name__)

SHARED = ("desk.web", "mailgate.gate", "jobs.worker", "jobs.timetable", "jobs.inbound", "jobs.fanout",
          "jobs.outbound", "jobs.operations", "gunicorn.app.base", "gunicorn.workers.gthread")
M_ARENA_MAX = -8


def warm() -> None:
    """Prepare what the children need; a part that cannot be imported shows its trouble when it starts.

    No connection and no thread is left, so forking is safe; the engine with its compiled statements is inherited.
    """
    _few_arenas()
    for module in SHARED:
        try:
            import_module(module)
        except ImportError as error:
            log.warning("up.cannot_import", module=module, why=str(error))
    schema.metadata()
    configure_mappers()
    for language in LANGUAGES:
        i18n.catalogue(language)
    rendering.environment()
    _ask_once()
    gc.collect()
    gc.freeze()


def _ask_once() -> None:
    """Let the questions asked every second be compiled."""
    from jobs import due, timetable

    try:
        due.bells()
        timetable.due()
    except SQLAlchemyError as error:
        log.warning("up.cannot_ask", why=str(error).splitlines()[0])
    database().engine.dispose()


def _few_arenas() -> None:
    """Two malloc arenas a process rather than eight for each core: threads here wait more than they compute."""
    if LINUX:
        try:
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
        except AttributeError:
            log.debug("up.no_mallopt")  # not glibc
