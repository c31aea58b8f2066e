"""``skranke mailbox``: the addresses of the desk."""

from __future__ import annotations

import click

from core.options import LANGUAGES
from core.tokens import seal
from desk.mail_urls import parted
from desk.mailboxes import add_mailbox
from skranke.opening import opened


@click.group()
def mailbox() -> None:
    """Mailboxes: the addresses of the desk."""


@mailbox.command()
@click.argument("address")
@click.option("--name", required=True, help="As customers see it in From.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True,
              help="Of what it sends where nothing better is known.")
@click.option("--imap", default="", metavar="URL", help="Where to read it: imaps://user:password@host")
@click.option("--relay", default="", metavar="URL", help="How to send from it: smtp://user:password@host:587")
def add(address: str, name: str, language: str, imap: str, relay: str) -> None:
    """Add a mailbox. Without --imap it receives at the SMTP door alone; a running gate notices within 5 seconds."""
    fields = parted({"imap_url": imap, "relay_url": relay})
    with opened().write() as db:
        made = add_mailbox(
            db, address, name, language=language,
            **{field: seal(value) if field.endswith("_password") else value for field, value in fields.items()})
    click.echo(f"Added {made.name} <{made.address}>.")

