"""What the doctor looks at on this machine: folder, secret, database, files, Redis, clock, ports, agents."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from errno import EDQUOT, ENOSPC

import redis
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from contacts.agent import Agent
from core import erasure_ledger, files, queue, schema
from core.clock import now
from core.database import database
from core.errors import Refused
from core.settings import address_of, settings, unread
from skranke import valkey

MEGABYTE = 1_000_000
LEAST_SPACE = 500 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Finding:
    """Fine, wrong, or (None) worth knowing; what was found, and how to mend it."""

    fine: bool | None
    found: str
    mend: str = ""


def data_folder() -> Iterator[Finding]:
    """Exists, can be written, has space."""
    folder = settings().data.absolute()
    if not folder.is_dir():
        yield Finding(False, f"The data folder {folder} does not exist.",
                      "Start `skranke up` once, or point SKRANKE_DATA at the right folder.")
        return
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"?")
    except OSError as error:
        yield Finding(False, f"The data folder {folder} cannot be written: {error.strerror}.",
                      "Make room: mail is refused for now, and comes again." if error.errno in (ENOSPC, EDQUOT)
                      else f"Give it to the user that runs Skranke: chown -R USER {folder}")
        return
    left = shutil.disk_usage(folder).free
    yield Finding(left > LEAST_SPACE, f"The data folder {folder} can be written, {left // MEGABYTE} MB are free.",
                  "" if left > LEAST_SPACE else "Make room: under 500 MB mail may be refused before long.")


def settings_read() -> Iterator[Finding]:
    """Every name in ``skranke.toml`` is a setting."""
    for sentence in unread():
        yield Finding(False, sentence, "Mend the name, or take the line out. docs/reference.md lists all settings.")


def secret() -> Iterator[Finding]:
    """The secret is there and readable by its owner alone."""
    path = settings().secret_path
    if not path.exists():
        yield Finding(None, f"There is no secret at {path} yet; the first start makes one.")
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield Finding(False, f"The secret {path} can be read by others (mode {mode:o}).", f"chmod 600 {path}")
    else:
        yield Finding(True, f"The secret {path} is readable by its owner alone. Keep a copy of it somewhere safe.")


def database_reached() -> Iterator[Finding]:
    """Answers, is up to date, and (SQLite) is whole."""
    url = database().engine.url.render_as_string(hide_password=True)
    try:
        up_to_date = schema.current(database())
    except SQLAlchemyError as error:
        yield Finding(False, f"The database {url} cannot be reached: {str(error).splitlines()[0]}",
                      "Start it, or mend SKRANKE_DATABASE_URL.")
        return
    yield Finding(up_to_date, f"The database {url} answers{' and is up to date' if up_to_date else ''}.",
                  "" if up_to_date else "It is not up to date. Run: skranke db upgrade")
    if database().dialect == "sqlite" and up_to_date:
        with database().engine.connect() as connection:
            whole = connection.execute(text("PRAGMA quick_check(1)")).scalar()
        yield Finding(whole == "ok", f"SQLite's own check of the file says: {whole}",
                      "" if whole == "ok" else "Stop the desk and restore the last backup.")


def erasures() -> Iterator[Finding]:
    """The ledger of what was erased is there, and the database does not lag behind it."""
    try:
        with database().read() as db:
            lags = erasure_ledger.behind(db)
    except Refused as refused:
        yield Finding(False, refused.sentence, "Until then no part of the desk starts.")
        return
    if lags:
        yield Finding(False, f"The database is behind the erasure ledger by {len(lags)} entries.", "Run: skranke db replay")
    elif (path := erasure_ledger.path()).exists():
        yield Finding(True, f"What the erasure ledger {path} says is carried out. Keep a copy of it, apart from the backups.")


def files_reached() -> Iterator[Finding]:
    """Where they lie in a bucket: it takes, gives, lists and removes."""
    where, content = settings().files_url.partition("?")[0], secrets.token_bytes(16)
    if not where:
        return
    try:
        digest = files.put(content)
        files.get(digest)
        next(files.older(now()), None)
        files.remove([digest])
        yield Finding(True, f"The files in {where} can be written, read, listed and removed.")
    except (OSError, Refused) as error:
        yield Finding(False, f"The files in {where} cannot be reached: {error}",
                      "Mend SKRANKE_FILES_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or start the store. Until then "
                      "mail with files waits.")


def redis_reached() -> Iterator[Finding]:
    """Answers, or an embedded server is at hand."""
    client = queue.connection()
    if client is not None:
        try:
            client.ping()
            yield Finding(True, f"Redis answers at {settings().redis_url}.")
        except redis.RedisError as error:
            yield Finding(False, f"Redis does not answer at {settings().redis_url}: {error}",
                          "Start it, or mend SKRANKE_REDIS_URL. Until then everything works, a second later.")
    elif (program := valkey.server()) is not None:
        yield Finding(True, f"`skranke up` brings its own Valkey: {program}")
    else:
        yield Finding(None, "There is no Redis: everything works, a second later.",
                      "Install valkey-server, or set SKRANKE_REDIS_URL.")


def clock() -> Iterator[Finding]:
    """This machine and the database agree what time it is."""
    if database().dialect != "postgresql":
        return
    with database().read() as db:
        theirs: datetime = db.scalar(select(func.clock_timestamp())) or now()
    apart = abs((theirs.astimezone(UTC) - now()).total_seconds())
    yield Finding(apart < 2, f"The clock of the database is {apart:.1f} s from this machine's.",
                  "" if apart < 2 else "Let both keep time by NTP: leases and due times compare them.")


def ports() -> Iterator[Finding]:
    """Ours are in use by us, or free."""
    for name, listen in (("The web desk", settings().web), ("The SMTP door", settings().smtp)):
        host, port = address_of(listen)
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.settimeout(2)
            open_ = probe.connect_ex((host or "127.0.0.1", port)) == 0
        if open_:
            yield Finding(True, f"{name} listens on {listen}.")
        elif port < 1024 and os.geteuid() != 0:
            yield Finding(None, f"{name} is not running; port {port} is for root alone.",
                          "Allow it: setcap cap_net_bind_service=+ep on Python, or forward the port.")
        else:
            yield Finding(None, f"{name} is not running on {listen}.")


def agents() -> Iterator[Finding]:
    """Somebody can sign in and administer."""
    with database().read() as db:
        admins = db.scalar(select(func.count()).select_from(Agent).where(Agent.role == "admin", Agent.active)) or 0
    yield Finding(admins > 0, f"{admins} admin{'' if admins == 1 else 's'} can sign in.",
                  "" if admins else "Add one: skranke agent add EMAIL --role admin --password-stdin")
