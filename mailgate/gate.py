"""The process ``skranke gate``: the SMTP door and one IMAP reader per mailbox, until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading

import structlog

from core.settings import settings
from mailgate.bell import Bell
from mailgate.readers import Readers
from mailgate.smtp import Door

log = structlog.get_logger(__name__)

#: Seconds for an idle thread to end.
MOMENT = 0.2


def main() -> None:
    """Run until told to stop; ends within five seconds of that."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)      # aiosmtpd tells every command, with addresses
    asyncio.run(_run())
    leave()


async def _run() -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    door = Door(settings())
    await door.open()
    bell = Bell()
    readers = Readers(bell.ring).start()
    await stopping.wait()
    log.info("gate.stopping")
    closing = threading.Thread(target=readers.close, daemon=True)
    closing.start()
    await door.close()
    while closing.is_alive():
        await asyncio.sleep(0.02)
    bell.close()


def leave() -> None:
    """End the process, also when a thread still waits for a database or server that does not answer.

    Nothing of theirs can be lost: what is not committed has not been confirmed to anybody.
    """
    others = [t for t in threading.enumerate() if t is not threading.main_thread() and not t.daemon]
    for thread in others:
        thread.join(MOMENT)             # one that has nothing to do is on its way out
    behind = [t.name for t in others if t.is_alive()]
    if behind:
        log.info("gate.left_behind", threads=behind)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
