"""No part opens a port or begins to work while its database does not know what was erased."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy.exc import DBAPIError

from core import erasure_ledger
from core.database import Database, database
from core.errors import Refused
from core.outage import is_outage
from core.settings import settings
from desk.erasing import companies, running
from desk.erasing.asking import ERASED_WHOLE
from desk.retention import emptying
from jobs import purging

log = structlog.get_logger(__name__)

#: Seconds between two looks for a database that does not answer.
PAUSE = 1.0


def restoring() -> Path:
    """Where a backup is unpacked. While it is there the database may be half a desk, and must not be worked on."""
    return settings().data.absolute() / "restoring"


def refuse_if_restoring() -> None:
    """Raises Refused while it is there."""
    if restoring().exists():
        raise Refused(f"A backup is being restored into {settings().data.absolute()}, or that broke off. Finish it: skranke restore ARCHIVE --replace")


def replay(made: Database) -> int:
    """Erase again what the ledger says, by everybody who knows how; how many erasures. Raises Refused."""
    erasure_ledger.REPLAY |= {"persons": running.replay, f"persons:{ERASED_WHOLE}": partial(running.replay, review="erase"),
                              "companies": purging.replay_company, "companies:erase": companies.replay,
                              "tickets": purging.replay_ticket, "tickets:retain": emptying.replay_ticket, "attachments": emptying.replay_file}
    if done := erasure_ledger.replay(made):
        log.info("erasures.replayed", entries=done, ledger=str(erasure_ledger.path()))
    begin(made)
    return done


def refuse_if_behind() -> None:
    """Raises Refused while the database is behind or a backup is being restored. A database that is away is waited for: nothing is
    known of it."""
    refuse_if_restoring()
    told = False
    while True:
        try:
            begin(database())
            erasure_ledger.refuse_if_behind(database())
            return
        except DBAPIError as error:
            if not is_outage(error):
                raise
            if not told:
                log.warning("database.away", why=str(error.orig).strip())
            told = True
            time.sleep(PAUSE)
        finally:
            database().engine.dispose()         # whoever forks later has no connection to share


def begin(made: Database) -> None:
    """The ledger is begun where this is a new desk. Raises Refused where it cannot be written."""
    try:
        erasure_ledger.begin(made)
    except OSError as error:
        raise Refused(f"The erasure ledger {erasure_ledger.path()} cannot be written: {error.strerror or error}. What is erased must be noted there: "
                      "let the desk write it, or name another place in SKRANKE_ERASURE_LEDGER.") from error
