"""``skranke restore``: a desk out of a backup, in which nobody is who was erased since, and which sends nothing twice."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from alembic.script import ScriptDirectory

from core import erasure_ledger, files, logs, schema, tokens
from core.clock import now
from core.database import database
from core.errors import Refused
from core.folder import Folder
from core.journal import sync_folder
from core.settings import settings, toml
from jobs import after_restoring
from skranke import archives, catching_up, snapshots, standing_aside
from skranke.up import only_one

WORDS = {"sqlite": "SQLite; leave SKRANKE_DATABASE_URL empty", "postgresql": "PostgreSQL; let SKRANKE_DATABASE_URL name an empty database"}


@click.command()
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put aside the database and the files that are there. They are not deleted.")
@click.option("--ledger-lost", is_flag=True, help="The erasure ledger is lost for good: go by the file that there is, or by none.")
@click.option("--secret-lost", is_flag=True, help="The secret is lost for good: go by the one that there is, or by a new one.")
def restore(archive: Path, replace: bool, ledger_lost: bool, secret_lost: bool) -> None:
    """Bring a desk back from the file that `skranke backup` wrote, into an empty data folder and database.

    What was erased after the backup is erased again, by the erasure ledger. Mail that had not left when the backup was made is
    held: `skranke mail release` sends it. Every part of the desk must be stopped.
    """
    logs.configure("restore")
    with only_one(settings().data):
        unpacked = catching_up.restoring()
        shutil.rmtree(unpacked, ignore_errors=True)         # of a restore that broke off; we hold the folder
        unpacked.mkdir(mode=0o700)
        begun = took = False
        try:
            click.echo(f"Reading and checking {archive} ...", err=True)
            manifest = archives.unpack(archive, unpacked)
            took = _settings(unpacked)
            _fits(manifest, archive)
            _keeps(manifest, ledger_lost, secret_lost)
            _empty(replace)
            begun = True
            click.echo(f"Filling {database().engine.url.render_as_string()} ...", err=True)
            _put(manifest, unpacked)
        finally:
            if not begun:                                   # nothing was touched
                if took:
                    toml().unlink()
                shutil.rmtree(unpacked)
        settled = after_restoring.settle(datetime.fromisoformat(manifest["made_at"]))
        shutil.rmtree(unpacked)
        _tell(archive, manifest, settled, took)
        if ledger_lost:
            erasure_ledger.begin_anew(database())
        replayed = catching_up.replay(database())
        click.echo(f"{replayed} erasures of {erasure_ledger.path()} were carried out again." if replayed
                   else "Nothing was erased since, as far as the erasure ledger says.")
        database().engine.dispose()


def _settings(unpacked: Path) -> bool:
    """Go by the settings of the backup where the folder has none: what is restored is then where the desk will look for it."""
    if not (unpacked / archives.SETTINGS).exists() or toml().exists():
        return False
    shutil.copy(unpacked / archives.SETTINGS, toml())
    toml().chmod(0o600)
    for kept in (settings, files.store, tokens.secret, database):
        kept.forget()
    return True


def _fits(manifest: dict[str, Any], archive: Path) -> None:
    """Raises Refused where this program or database is not one for this backup."""
    kind = manifest["database"]
    if database().dialect != kind:
        raise Refused(f"{archive} holds a database of {WORDS[kind]}.")
    known = {script.revision for script in ScriptDirectory.from_config(schema.config()).walk_revisions()}
    if manifest["head"] not in known:
        raise Refused(f"{archive} was made by a later version of Skranke ({manifest['version']}). Install that one first.")


def _keeps(manifest: dict[str, Any], ledger_lost: bool, secret_lost: bool) -> None:
    """Raises Refused where what is kept apart from backups is not here: the erasure ledger, the secret."""
    last = max((entry.n for entry in erasure_ledger.entries()), default=0)
    if manifest.get("ledger") and erasure_ledger.own() not in ("", manifest["ledger"]) and not ledger_lost:
        raise Refused(f"{erasure_ledger.path()} is another desk's erasure ledger. Put this desk's there from its copy, or name it in SKRANKE_ERASURE_LEDGER: "
                      "it says who must be erased again. Where it is lost for good: --ledger-lost")
    if last < manifest["erasures"] and not ledger_lost:
        raise Refused(f"The erasure ledger {erasure_ledger.path()} is missing or cut short: when the backup was made it had {manifest['erasures']} "
                      "entries. Put it back from its copy, or name it in SKRANKE_ERASURE_LEDGER: it says who must be erased again. Where it is "
                      "lost for good: --ledger-lost")
    path = settings().secret_path
    if not secret_lost and not (path.exists() and tokens.digest("backup", manifest["made_at"]) == manifest["secret"]):
        raise Refused(f"The secret of the desk is not at {path}{', but another one' if path.exists() else ''}. Put it there from its copy: without "
                      "it stored passwords cannot be read, replies are found by their headers alone, and who was erased may be written down "
                      "again. Where it is lost for good: --secret-lost")


def _empty(replace: bool) -> None:
    """Raises Refused where something is in the way and may not be put aside."""
    there = standing_aside.in_the_way(database())
    if there and not replace:
        raise Refused(f"There is a desk here already: {', '.join(there)}. --replace puts it aside.")
    if there:
        click.echo(f"What was here is now in {standing_aside.put_aside(database(), now())}. It is full of personal data that no erasure "
                   "reaches: delete it when you no longer need it.")


def _put(manifest: dict[str, Any], unpacked: Path) -> None:
    """Files first, so that a database never names what is not there yet; then the database, brought to the present."""
    _put_files(manifest, unpacked)
    copy = unpacked / snapshots.NAMES[manifest["database"]]
    if database().dialect == "postgresql":
        snapshots.put_back(database(), copy)
    else:
        place = Path(str(database().engine.url.database))
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(copy, place)
        sync_folder(place.parent)
    counts = snapshots.counted(database(), list(manifest["counts"]))
    if wrong := [name for name, rows in manifest["counts"].items() if counts[name] != rows]:
        raise Refused(f"The database is not what was written: {wrong[0]} has {counts[wrong[0]]} rows, not {manifest['counts'][wrong[0]]}.")
    schema.upgrade(database())


def _put_files(manifest: dict[str, Any], unpacked: Path) -> None:
    store = files.store()
    if isinstance(store, Folder):
        if (unpacked / "files").exists():
            if store.path.exists():
                shutil.rmtree(store.path)                   # empty folders: what was in them was put aside
            (unpacked / "files").replace(store.path)
            sync_folder(store.path.parent)
        return
    for digest in manifest["files"]:
        store.put(digest, (unpacked / "files" / digest[:2] / digest).read_bytes())


def _tell(archive: Path, manifest: dict[str, Any], settled: after_restoring.Settled, took: bool) -> None:
    click.echo(f"Restored from {archive}, made at {manifest['made_at']}: {manifest['counts']['tickets']} tickets, "
               f"{manifest['counts']['persons']} persons, {len(manifest['files'])} files, all as they were written.")
    if took:
        click.echo(f"Its settings are in {toml()}.")
    if manifest["listed"]:
        missing = _missing(manifest["listed"])
        click.echo(f"{len(manifest['listed'])} files were not copied, but stayed in {manifest['bucket']}; "
                   f"{len(missing)} of them {'is' if len(missing) == 1 else 'are'} not in the store of this desk.", err=bool(missing))
    click.echo("All agents sign in anew. Who left, lost a right or gave back an API token since is as before: see Settings, Agents.")
    click.echo(f"The next ticket is number {settled.next_number}: those that were given after the backup are not given again.")
    if settled.mails:
        click.echo(f"{settled.mails} mails are held, which may have gone out since. See Settings, Mail, Out; skranke mail release sends all.")
    if settled.paused or settled.cancelled:
        click.echo(f"{settled.paused} bulk acts are paused and {settled.cancelled} other operations cancelled: they may have been done since.")


def _missing(listed: list[str]) -> list[str]:
    held: set[str] = set()
    store = files.store()
    if not isinstance(store, Folder):
        with suppress(OSError):
            for page in files.older(now()):
                held.update(page)
    return [digest for digest in listed if digest not in held]
