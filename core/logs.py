"""Logging: one line an event on standard error, with the part of the desk in front.

No line names anybody (PRIVACY 3): what an exception or another program says is told without addresses, without what stands in quotes, and without long
numbers; events say uids. Values of statements are hidden by the database itself.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
import warnings
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from core.settings import settings

WIDTH = 9
#: What others' words may tell of somebody: addresses, what is quoted, the values of a key, long numbers.
_ADDRESS = re.compile(r"[^\s<>\"'()=,;:]+@[^\s<>\"'(),;]+\w")
_QUOTED = re.compile(r"(?<!\w)'[^'\n]*'|\"[^\"\n]*\"|“[^”\n]*”|«[^»\n]*»|(?<=\)=)\(.*\)")
#: Exceptions behind one that are told.
MOST_CAUSES = 5
_NUMBER = re.compile(r"\+?\d(?:[\d ]{4,}\d)")
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
    if "why" in event:
        event["why"] = nameless(event["why"])
    more = "".join(f" {name}={value!r}" if isinstance(value, str) and " " in value else f" {name}={value}"
                   for name, value in event.items())
    line = f"{at} {part:<{WIDTH}} {level:<7} {_ADDRESS.sub('…', words + more)}"
    if trouble:
        if isinstance(trouble, BaseException):
            trouble = type(trouble), trouble, trouble.__traceback__
        trouble = trouble if isinstance(trouble, tuple) else sys.exc_info()
        line += "\n" + _trace(trouble[1])
    return line


def nameless(said: object) -> str:
    """What an exception or another program says, without what may be somebody's."""
    return _NUMBER.sub("…", _QUOTED.sub("…", _ADDRESS.sub("…", str(said))))


def _trace(error: BaseException | None) -> str:
    """Where it happened, and what was said there and before it, without names."""
    told: list[str] = []
    while error is not None and len(told) < MOST_CAUSES:
        frames = "".join(traceback.format_tb(error.__traceback__))
        told.insert(0, (f"Traceback (most recent call last):\n{frames}" if frames else "") + nameless("".join(traceback.format_exception_only(error))).rstrip())
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\n".join(told)
