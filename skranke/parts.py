"""The parts of the desk, each as a command of its own: for several machines, several of each."""

from __future__ import annotations

import os
from importlib import import_module

import click
import structlog

from core import files, logs
from core.settings import unread
from skranke import catching_up

log = structlog.get_logger(__name__)

#: Part → the function that runs it until it is told to end.
PARTS = {
    "web": "desk.web.server:run",
    "gate": "mailgate.gate:main",
    "worker": "jobs.worker:run",
    "timetable": "jobs.timetable:keep",
}


@click.command()
def web() -> None:
    """Serve the web desk and the API."""
    alone("web")


@click.command()
def gate() -> None:
    """Open the SMTP door and read the IMAP mailboxes."""
    alone("gate")


@click.command()
def worker() -> None:
    """Do what waits: file what came in, send what goes out, run operations."""
    alone("worker")


@click.command()
def timetable() -> None:
    """Start what is to be done at certain times. Any number may run; each job is done once."""
    alone("timetable")


def alone(part: str) -> None:
    """Run one part as a program of its own."""
    logs.configure(part)
    warn()
    run(part)


def warn() -> None:
    """Say what stands in the settings and is not read."""
    for sentence in unread():
        log.warning("settings.unread", help=sentence)


def run(part: str) -> None:
    """Run one part in this process. Raises Refused where the store of files is not set up as it has to be, and while the database
    does not know what was erased."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # language detection brings numpy; threads and forks do not mix
    logs.configure(part)
    files.store()
    catching_up.refuse_if_behind()
    module, _, name = PARTS[part].partition(":")
    getattr(import_module(module), name)()
