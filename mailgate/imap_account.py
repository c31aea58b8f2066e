"""How a mailbox is read: where, as whom, which folders, and what becomes of what was read; and signing in there."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from imapclient import SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, LoginError

from core.errors import Refused
from core.i18n import gettext as _
from core.tokens import unseal
from desk.mailboxes import AFTER, Mailbox
from mailgate.imap_client import Client
from mailgate.oauth import access_token, forget_token

PORTS = {"imap": 143, "imaps": 993}
PATIENCE = SocketTimeout(connect=20, read=90)


class SignInRefused(Refused):
    """The server does not take the user and password, or the token."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a reader needs to know of a mailbox; another ``version`` is another account.

    ``wrapped``: TLS from the first byte. ``clear``: unencrypted where the server offers nothing better.
    """

    mailbox_id: int
    uid: str
    address: str
    version: int
    host: str
    port: int
    wrapped: bool
    clear: bool
    user: str
    sealed: str = field(repr=False)
    oauth: bool
    folders: tuple[str, ...]
    after: str
    move_to: str


def account_of(mailbox: Mailbox) -> Account:
    """The account a mailbox's URL describes. Raises Refused where it makes no sense."""
    parts = urlsplit(mailbox.imap_url)
    try:
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise Refused(_("%(url)s cannot be read: write imaps://user@host or imap://user@host:143.",
                        url=mailbox.imap_url)) from None
    host = parts.hostname or "localhost"
    wanted = parse_qs(parts.query).get("tls", [""])[-1]
    return Account(
        mailbox.id, mailbox.uid, mailbox.address, mailbox.version, host, port, parts.scheme == "imaps",
        is_loopback(host) or wanted == "none", unquote(parts.username or "") or mailbox.address, mailbox.imap_password,
        bool(mailbox.oauth_provider), folders_of(mailbox), mailbox.imap_after if mailbox.imap_after in AFTER else "seen",
        mailbox.imap_move_to.strip())


def folders_of(mailbox: Mailbox) -> tuple[str, ...]:
    """The folders that are read, written one a line; INBOX where none is."""
    lines = (line.strip() for line in mailbox.imap_folders.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line)) or ("INBOX",)


def signed_in(account: Account) -> Client:
    """A connection to the server, signed in. No transaction may be open.

    Raises OSError or IMAPClientError when the server cannot be reached, SignInRefused (a Refused) when it does
    not let us in, and Refused where a password would go over an open line.
    """
    client = connected(account)
    try:
        sign_in(client, account)
    except BaseException:
        client.hang_up()
        raise
    return client


def connected(account: Account) -> Client:
    """A connection, encrypted where it can be; not signed in yet."""
    context = ssl.create_default_context()
    client = Client(account.host, account.port, ssl=account.wrapped, ssl_context=context if account.wrapped else None,
                    timeout=PATIENCE)
    client.normalise_times = False       # moments with their zone
    try:
        client.keep_alive()
        if not account.wrapped and client.has_capability("STARTTLS"):
            client.starttls(context)
        elif not account.wrapped and not account.clear:
            raise Refused(_("%(host)s offers no encryption on port %(port)s, and a password must not go "
                            "over an open line. Choose TLS (imaps://), or no encryption (?tls=none) where the line is safe.",
                            host=account.host, port=account.port))
    except BaseException:
        client.hang_up()
        raise
    return client


def sign_in(client: Client, account: Account) -> None:
    """Sign in by password or XOAUTH2. Raises SignInRefused with what the server said, and whatever ``access_token`` does."""
    token = access_token(account.mailbox_id) if account.oauth else ""
    try:
        if account.oauth:
            client.oauth2_login(account.user, token)
        else:
            client.login(account.user, unseal(account.sealed))
    except LoginError as error:
        if token:
            forget_token(account.mailbox_id, token)
            access_token(account.mailbox_id)     # raises Revoked where that is the reason
        if isinstance(error.__context__, IMAPClientAbortError):
            raise ConnectionError(_("%(host)s hung up while we signed in.", host=account.host)) from error
        raise SignInRefused(_("%(host)s does not let %(user)s in: %(said)s", host=account.host, user=account.user,
                              said=said(error))) from error


#: How long Dovecot took, behind what it says.
_SECONDS = re.compile(r" \([\d.+ ]+ secs\)\.?(?='?$)")


def said(error: BaseException) -> str:
    """What a server said, on one short line."""
    told = error.strerror if isinstance(error, OSError) and error.strerror else error
    text = _SECONDS.sub("", " ".join(str(told).split()))
    return (text[2:-1] if text[:2] in ("b'", 'b"') else text)[:300] or type(error).__name__


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
