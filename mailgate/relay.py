"""The sending account of a mailbox, and a line to it: connect, encrypt, sign in.

``relay_url`` is ``smtp://user@host:587`` or ``smtps://user@host:465``; a bare ``smtp://host`` needs no sign-in.
``?timeout=30`` is the patience in seconds for each answer, ``?tls=required`` refuses to go on unencrypted; a password goes
unencrypted to this very machine alone, also with ``?tls=none``.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from core.errors import Refused
from core.i18n import gettext as _
from core.settings import settings
from core.tokens import unseal
from desk.mailboxes import Mailbox
from mailgate.imap_account import is_loopback
from mailgate.oauth import Revoked, Unavailable, access_token, forget_token

PATIENCE = 30.0              # seconds for each answer; four times that for the end of DATA
PORTS = {"smtp": 25, "smtps": 465}


class Unreachable(Exception):
    """No line to the relay, and why, in a sentence. Nothing was sent; trying later may help."""

    @property
    def sentence(self) -> str:
        """Why."""
        return str(self.args[0])


class AccessRevoked(Unreachable):
    """The provider took the mailbox's grant back; an alert of its own tells so already."""


class SignInRefused(Unreachable):
    """The relay does not take this user with this password or token: ``answer`` is what it said."""

    def __init__(self, relay: Relay, answer: str) -> None:
        super().__init__(_("%(where)s did not accept the sign-in of %(user)s: %(said)s",
                           where=_("The relay %(host)s", host=relay.host), user=relay.user, said=answer))
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is handed over. ``mailbox_id``: whose OAuth access token takes the place of a password."""

    host: str
    port: int
    wrapped: bool = False                       # TLS from the first byte
    must_encrypt: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    mailbox_id: int | None = None
    patience: float = PATIENCE

    @property
    def signs_in(self) -> bool:
        """Whether this relay wants to know who we are; its certificate is then checked."""
        return bool(self.user and (self.password or self.mailbox_id))

    @property
    def local(self) -> bool:
        """Whether it runs on this machine, where nobody listens in."""
        return is_loopback(self.host)


def relay_of(mailbox: Mailbox) -> Relay | None:
    """The mailbox's own relay, else the installation's, else None. Raises Refused for a URL that is none."""
    if not mailbox.relay_url:
        url = settings().relay_url
        return _relay(urlsplit(url)) if url else None
    parts = urlsplit(mailbox.relay_url)
    if mailbox.oauth_provider:
        return _relay(parts, user=mailbox.address, mailbox_id=mailbox.id)
    return _relay(parts, password=unseal(mailbox.relay_password))


@contextmanager
def line_to(relay: Relay) -> Iterator[smtplib.SMTP]:
    """An open, encrypted, signed-in line, closed politely at the end. Raises Unreachable."""
    line = connect(relay)
    try:
        encrypt(line, relay)
        sign_in(line, relay)
        yield line
    finally:
        hang_up(line)


def connect(relay: Relay) -> smtplib.SMTP:
    """Connect and read the greeting. Raises Unreachable."""
    with _explained(relay):
        if relay.wrapped:
            return smtplib.SMTP_SSL(relay.host, relay.port, local_hostname=_our_name(), timeout=relay.patience,
                                    context=_context(relay))
        return smtplib.SMTP(relay.host, relay.port, local_hostname=_our_name(), timeout=relay.patience)


def encrypt(line: smtplib.SMTP, relay: Relay) -> bool:
    """Start TLS where it is offered; whether the line is encrypted now.

    Raises Unreachable where it must be and is not: a password is never sent in clear over a network.
    """
    with _explained(relay):
        line.ehlo_or_helo_if_needed()
        if not relay.wrapped and line.has_extn("starttls"):
            line.starttls(context=_context(relay))
            line.ehlo()
    encrypted = isinstance(line.sock, ssl.SSLSocket)
    if not encrypted and (relay.must_encrypt or (relay.signs_in and not relay.local)):
        raise Unreachable(_("The relay %(host)s offers no encryption, so nothing was sent to it. Use "
                            "smtps:// or a port that offers STARTTLS (587).", host=relay.host))
    return encrypted


def sign_in(line: smtplib.SMTP, relay: Relay) -> None:
    """Sign in with password or OAuth token, where the relay has any. Raises Unreachable."""
    if not relay.signs_in:
        return
    with _explained(relay):
        if relay.mailbox_id is None:
            line.login(relay.user, relay.password)
        else:
            _sign_in_with_token(line, relay, relay.mailbox_id)


def hang_up(line: smtplib.SMTP) -> None:
    """Say goodbye, or just close a line that no longer listens."""
    try:
        if line.sock is not None:
            line.sock.settimeout(2)
            line.quit()
    except (OSError, smtplib.SMTPException):
        pass                 # the other side was faster
    finally:
        line.close()


def said(code: int, answer: bytes | str) -> str:
    """An answer of a relay on one line: ``550 5.1.1 No such user``."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(text.split())}"[:400]


def broke_off(error: Exception, relay: Relay) -> str:
    """How a line ended before its time, as a sentence. smtplib wraps the time-outs of its reads."""
    where = _("The relay %(host)s", host=relay.host)
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return _("%(where)s did not answer within %(n)s seconds.", where=where, n=f"{relay.patience:g}")
    return _("%(where)s broke off: %(error)s.", where=where, error=" ".join(str(error).split()))


def _relay(parts: SplitResult, *, user: str = "", password: str = "", mailbox_id: int | None = None) -> Relay:
    wanted = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    try:
        port, patience = parts.port or PORTS[parts.scheme], float(wanted.get("timeout", PATIENCE))
    except (KeyError, ValueError):
        raise Refused("A sending account is written smtp://user@host:587 or smtps://user@host:465.") from None
    if not parts.hostname:
        raise Refused("The sending account names no host: write smtp://user@host:587.")
    return Relay(parts.hostname, port, wrapped=parts.scheme == "smtps", must_encrypt=wanted.get("tls") == "required",
                 user=unquote(parts.username or "") or user, password=unquote(parts.password or "") or password,
                 mailbox_id=mailbox_id, patience=patience)


def _sign_in_with_token(line: smtplib.SMTP, relay: Relay, mailbox_id: int) -> None:
    """XOAUTH2, as Microsoft and Google have it: refusals come as a challenge, answered with nothing."""
    token = access_token(mailbox_id)
    said_once = f"user={relay.user}\1auth=Bearer {token}\1\1"
    try:
        line.auth("XOAUTH2", lambda challenge=None: "" if challenge else said_once)
    except smtplib.SMTPAuthenticationError:
        forget_token(mailbox_id, token)
        access_token(mailbox_id)                 # raises Revoked where that is the reason
        raise


def _context(relay: Relay) -> ssl.SSLContext:
    """Certificates are checked where a secret goes over the line; else any encryption is better than none."""
    context = ssl.create_default_context()
    if not relay.signs_in and not relay.must_encrypt and not relay.wrapped:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@lru_cache(maxsize=1)
def _our_name() -> str:
    return settings().smtp_hostname or socket.getfqdn()


@contextmanager
def _explained(relay: Relay) -> Iterator[None]:
    """Whatever goes wrong while a line is opened, as a sentence."""
    where = _("The relay %(host)s", host=relay.host)
    try:
        yield
    except (Revoked, Unavailable) as error:
        kind = AccessRevoked if isinstance(error, Revoked) else Unreachable
        raise kind(_("%(where)s could not be signed in to: %(error)s", where=where, error=error)) from None
    except socket.gaierror:
        raise Unreachable(_("%(where)s could not be found: no machine has this name.", where=where)) from None
    except ConnectionRefusedError:
        raise Unreachable(_("%(where)s takes no connections on port %(port)s.", where=where, port=relay.port)) from None
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(_("%(where)s showed a certificate that is not valid: %(why)s.", where=where,
                            why=error.verify_message)) from None
    except ssl.SSLError as error:
        raise Unreachable(_("%(where)s and we could not agree on encryption (%(why)s).", where=where,
                            why=error.reason)) from None
    except smtplib.SMTPAuthenticationError as error:
        raise SignInRefused(relay, said(error.smtp_code, error.smtp_error)) from None
    except smtplib.SMTPNotSupportedError:
        raise Unreachable(_("%(where)s offers no way to sign in. Leave the user out, or use another port.",
                            where=where)) from None
    except smtplib.SMTPResponseException as error:
        raise Unreachable(_("%(where)s turned us away: %(said)s", where=where,
                            said=said(error.smtp_code, error.smtp_error))) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(broke_off(error, relay)) from None
