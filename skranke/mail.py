"""``skranke mail``: looking at a mail, taking mails over from elsewhere, reading one again."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from sqlalchemy import select

from core import queue
from core.errors import Unknown
from desk import holding_mail
from desk.bringing_mail import is_mail
from desk.inbound import InboundMail
from desk.mailboxes import mailbox_called
from desk.replaying import replay
from jobs import explaining
from skranke import importing
from skranke.opening import opened


@click.group()
def mail() -> None:
    """Single mails, and whole archives of them."""


@mail.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mailbox", "address", default="", help="As if it came to this mailbox; else the one it is addressed to.")
def explain(file: Path, address: str) -> None:
    """Show every step and decision for a mail, without doing any of it."""
    for line in explaining.explain(opened(), file.read_bytes(), address):
        click.echo(line)


@mail.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--mailbox", "address", required=True, help="The mailbox they belong to.")
@click.option("--archive", is_flag=True, help="Closed at once, dated as they say, and nobody is sent anything.")
def import_(paths: tuple[Path, ...], address: str, archive: bool) -> None:
    """Take over .eml files, mbox files, Maildirs and folders of them. Repeating it takes nothing twice.

    A file that is no mail is refused by its name; what is none in a folder or mbox is left out and counted.
    """
    database = opened()
    with database.read() as db:
        mailbox_id = mailbox_called(db, address).id
    importing.refuse_other_files(paths)
    sources = [importing.source(path) for path in paths]
    taken = known = others = 0
    with click.progressbar(length=sum(len(source) for source in sources), label="Taking over", file=sys.stderr) as bar:
        for batch in importing.batches(sources):
            mails = [raw for raw in batch if is_mail(raw)]
            new = importing.take(database, mailbox_id, mails, archive=archive)
            taken, known, others = taken + new, known + len(mails) - new, others + len(batch) - len(mails)
            queue.ring("inbound")
            bar.update(len(batch))
    click.echo(f"{taken} taken over, {known} were there already. The worker files them.")
    if others:
        click.echo(f"{others} had no header of a mail and were left out.", err=True)


@mail.command("replay")
@click.argument("id")
def replay_(id: str) -> None:  # noqa: A002 - the word the command line shows
    """Read a failed or set-aside delivery again from its first byte."""
    with opened().write() as db:
        row = db.scalar(select(InboundMail).where(InboundMail.uid == id))
        if row is None:
            raise Unknown(f"There is no delivery {id}.")
        said = replay(db, row)
    queue.ring("inbound")
    click.echo(said)


@mail.command()
def release() -> None:
    """Send all mail that is held since the desk was restored from a backup."""
    released = 0
    while True:
        with opened().write() as db:
            some = holding_mail.release(db)
        if not some:
            break
        released += some
    queue.ring("outbound")
    click.echo(f"{released} mails will be sent.")
