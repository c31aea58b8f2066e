"""``skranke backup``: the desk in one file, while it runs."""

from __future__ import annotations

import hashlib
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from core import erasure_ledger, files, tokens
from core.clock import now
from core.database import Database
from core.settings import settings, toml
from jobs import cleaning
from skranke import archives, snapshots
from skranke.opening import opened
from skranke.snapshots import Snapshot


@dataclass
class Copied:
    """What became of the files: some may be ``lost`` or ``damaged`` in the store itself, others went while the copy was made."""

    lost: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--with-bucket", is_flag=True, help="Copy the files too where they lie in a bucket; otherwise they are listed.")
def backup(target: Path, with_bucket: bool) -> None:
    """Write the desk into one file (.tar.gz, .tar) or, under the time of day, into a folder. The desk may run meanwhile.

    In it are the database, the files and skranke.toml. The keys and the erasure ledger are not: keep copies of both elsewhere.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))         # so that nothing is left behind
    made = opened()
    if target.is_dir():
        target /= f"skranke-{now():%Y%m%dT%H%M%SZ}.tar.gz"
    with archives.writing(target) as archive:
        at = now()
        if toml().is_file():
            archive.add(archives.SETTINGS, toml())
        snapshot = _database(archive, made)
        copied = _files(archive, made, snapshot, with_bucket)
        archive.close(_said(at.isoformat(), made, snapshot, copied))
    _tell(target, archive, snapshot, copied)


def _database(archive: archives.Archive, made: Database) -> Snapshot:
    name = snapshots.NAMES[made.dialect]
    copy, done = archive.folder / name, 0
    with click.progressbar(length=100, label="Database", file=sys.stderr) as bar:
        def tell(part: float) -> None:
            nonlocal done
            bar.update(int(part * 100) - done)
            done = int(part * 100)
        snapshot = snapshots.take(made, copy, tell)
    archive.add(name, copy)
    copy.unlink()
    return snapshot


def _files(archive: archives.Archive, made: Database, snapshot: Snapshot, with_bucket: bool) -> Copied:
    """Every file that the copy of the database names. One that is gone was removed since, unless the database still names it."""
    copied = Copied()
    if settings().files_url and not with_bucket:
        copied.listed = sorted(snapshot.digests)
        return copied
    absent = []
    with click.progressbar(sorted(snapshot.digests), label="Files", file=sys.stderr) as digests:
        for digest in digests:
            content = None
            with suppress(FileNotFoundError):
                content = files.get(digest)
            if content is None:
                absent.append(digest)
            elif hashlib.sha256(content).hexdigest() != digest:
                copied.damaged.append(digest)
            else:
                archive.add_blob(digest, content)
    if absent:
        with made.read() as db:
            still = cleaning.named(db)
        copied.lost = [digest for digest in absent if digest in still]
    return copied


def _said(at: str, made: Database, snapshot: Snapshot, copied: Copied) -> dict[str, Any]:
    return {"version": version("skranke"), "made_at": at, "database": made.dialect, "head": snapshot.head, "counts": snapshot.counts,
            "secret": tokens.digest("backup", at), "erasures": snapshot.erasures, "ledger": erasure_ledger.own(), "bucket": settings().files_url.partition("?")[0], "listed": copied.listed,
            "lost": copied.lost, "damaged": copied.damaged}


def _tell(target: Path, archive: archives.Archive, snapshot: Snapshot, copied: Copied) -> None:
    rows = snapshot.counts
    click.echo(f"{target}: {rows['tickets']} tickets, {rows['messages']} messages, {rows['persons']} persons, {len(archive.files)} files.")
    if copied.listed:
        click.echo(f"{len(copied.listed)} files stay in {settings().files_url.partition('?')[0]}; the backup names them. --with-bucket copies them.")
    for what, digests in (("are missing in the store, though the database names them", copied.lost),
                          ("are not what they were, and were left out", copied.damaged)):
        if digests:
            click.echo(f"{len(digests)} files {what}, such as {digests[0]}.", err=True)
    click.echo(f"Not in it, and to be kept elsewhere: the secret {settings().secret_path} and the erasure ledger {erasure_ledger.path()}.")
