"""``skranke mailbox``: the addresses of the desk."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit, urlunsplit

import click

from core.errors import Refused
from core.options import LANGUAGES
from core.tokens import seal
from desk.mailboxes import add_mailbox
from skranke.opening import opened

READING, SENDING = ("imap", "imaps"), ("smtp", "smtps")


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
    imap_url, imap_password = parted(imap, READING)
    relay_url, relay_password = parted(relay, SENDING)
    with opened().write() as db:
        made = add_mailbox(
            db, address, name, language=language, imap_url=imap_url, imap_password=seal(imap_password),
            relay_url=relay_url, relay_password=seal(relay_password))
        click.echo(f"Added {made.name} <{made.address}>.")


def parted(url: str, schemes: tuple[str, ...]) -> tuple[str, str]:
    """A URL without its password, and the password. Raises Refused for another scheme or none."""
    if not url:
        return "", ""
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        raise Refused(f"{parts.scheme or 'An address without scheme'} cannot be used here; "
                      f"write {schemes[0]}://user:password@host or {schemes[1]}://user:password@host.")
    user, _, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    netloc = f"{name}@{host}" if name else host
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, "")), unquote(parts.password or "")
