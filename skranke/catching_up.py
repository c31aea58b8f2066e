"""No part opens a port or begins to work while its database does not know what was erased."""

from __future__ import annotations

import time

import structlog
from sqlalchemy.exc import DBAPIError

from core import erasure_ledger
from core.database import Database, database
from core.outage import is_outage

log = structlog.get_logger(__name__)

#: Seconds between two looks for a database that does not answer.
PAUSE = 1.0


def replay(made: Database) -> int:
    """Erase again what the ledger says, by everybody who knows how; how many entries. Raises Refused."""
    if done := erasure_ledger.replay(made):
        log.info("erasures.replayed", entries=done, ledger=str(erasure_ledger.path()))
    return done


def refuse_if_behind() -> None:
    """Raises Refused while the database is behind. One that is away is waited for: nothing is known of it."""
    told = False
    while True:
        try:
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
