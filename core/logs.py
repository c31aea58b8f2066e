"""Logging: one line an event on standard error, with the part of the desk in front."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from core.settings import settings

WIDTH = 9
_part = ""


def configure(part: str) -> None:
    """Let everything this process logs, by structlog or by the standard library, leave in one shape."""
    global _part
    _part = part
    shared: list[Any] = [structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level,
                         structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False), _name_part]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared,
                    structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(), cache_logger_on_first_use=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[
        structlog.stdlib.ProcessorFormatter.remove_processors_meta, _line]))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings().log_level.upper())
    for noisy in ("rq", "alembic", "imapclient", "mail.log", "asyncio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    warnings.simplefilter("ignore", ResourceWarning)


def _name_part(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["part"] = _part
    return event


def _line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """``2026-03-14 11:11:02 gate      info    door.open port=8025``; an exception follows on lines of its own."""
    at, part, level = event.pop("timestamp"), event.pop("part"), event.pop("level")
    words, trouble = str(event.pop("event")), event.pop("exc_info", None)
    more = "".join(f" {name}={value!r}" if isinstance(value, str) and " " in value else f" {name}={value}"
                   for name, value in event.items())
    line = f"{at} {part:<{WIDTH}} {level:<7} {words}{more}"
    if trouble:
        if isinstance(trouble, BaseException):
            trouble = type(trouble), trouble, trouble.__traceback__
        trouble = trouble if isinstance(trouble, tuple) else sys.exc_info()
        line += "\n" + logging.Formatter().formatException(trouble)
    return line
