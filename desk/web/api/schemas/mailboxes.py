"""Mailboxes. Passwords are written, never read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from desk.web.api.schemas.common import NO_NUL, ONE_LINE, Changes, Shape, Word
from desk.web.api.schemas.companies import Title
from desk.web.api.schemas.persons import Language, Name

Url = Annotated[str, StringConstraints(max_length=1000, pattern=ONE_LINE)]
#: Folders, networks: one a line.
Lines = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
Signature = Annotated[str, StringConstraints(max_length=20_000, pattern=NO_NUL)]
Secret = Annotated[str, StringConstraints(max_length=20_000, pattern=NO_NUL), Field(json_schema_extra={"writeOnly": True})]


class Mailbox(Shape):
    """An address of ours. How it is read and sends from is told to admins alone."""

    id: str
    address: str
    name: str
    language: Language
    signature: str
    signatures: dict[str, str] = Field(description="Language → the signature below mail in it, where it differs.")
    active: bool
    open_to_all: bool
    plus_addressing: bool
    aliases: list[str]
    agents: list[str] = Field(description="Addresses of those who see it where it is not open to all.")
    teams: list[str]
    imap_url: str | None
    imap_folders: str | None
    imap_after: str | None
    imap_move_to: str | None
    relay_url: str | None
    sent_folder: str | None
    receiving_host: str | None
    trusted_relays: str | None
    oauth_provider: str | None
    oauth_tenant: str | None
    oauth_client: str | None
    oauth_account: str | None
    dkim_selector: str | None
    version: int


class MailboxChange(Changes):
    """What to change of a mailbox. A password in a URL is kept apart from it, sealed."""

    address: Word = ""
    name: Name = ""
    language: Language = "en"
    signature: Signature = ""
    signatures: dict[Language, Signature] = Field(default={}, description="Language → the signature below mail in it, where it differs.")
    active: bool = True
    open_to_all: bool = True
    plus_addressing: bool = True
    aliases: list[Word] = Field(default=[], max_length=100)
    agents: list[Word] = Field(default=[], max_length=500, description="Addresses or ids.")
    teams: list[Word] = Field(default=[], max_length=100, description="Names or ids.")
    imap_url: Url = Field("", description="imaps://user:password@host; empty where mail comes to the SMTP door alone.")
    imap_folders: Lines = Field("INBOX", description="One a line.")
    imap_after: Literal["leave", "seen", "move", "delete"] = "seen"
    imap_move_to: Title = ""
    relay_url: Url = Field("", description="smtp://user:password@host:587; empty for the desk's own relay.")
    sent_folder: Title = ""
    receiving_host: Title = ""
    trusted_relays: Lines = Field("", description="Addresses and networks, one a line.")
    dkim_selector: Name = ""
    oauth_provider: Literal["", "microsoft", "google"] = Field("", description="Signs in by XOAUTH2 in place of passwords; empty: by these.")
    oauth_tenant: Name = ""
    oauth_client: Title = ""
    oauth_account: Word = Field("", description="Who signs in at the provider where that is not the mailbox itself (a shared mailbox).")
    imap_password: Secret | None = None
    relay_password: Secret | None = None
    dkim_key: Secret | None = None
    oauth_secret: Secret | None = None
    oauth_refresh: Secret | None = None


class NewMailbox(MailboxChange):
    """A mailbox: an address, and all else as it usually is."""

    address: Word


