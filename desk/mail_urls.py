"""Where a mailbox is read and how it sends: URLs, from which passwords are kept apart."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from core.errors import Refused
from core.i18n import gettext as _

SCHEMES = {"imap_url": ("imaps", "imap"), "relay_url": ("smtp", "smtps")}
PASSWORDS = {"imap_url": "imap_password", "relay_url": "relay_password"}


def parted(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with URLs that hold no password; a password that stood in one is beside it. Raises Refused."""
    for name in SCHEMES:
        if fields.get(name):
            fields[name], password = _url(name, fields[name])
            fields = {PASSWORDS[name]: password, **fields} if password else fields
    return fields


def _url(name: str, url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url.strip())
        good = parts.scheme in SCHEMES[name] and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good:
        example = f"{SCHEMES[name][0]}://user:password@mail.company.example"
        raise Refused(_("This URL cannot be used here."), {name: _("Write it like %(example)s.", example=example)})
    user, _at, host = parts.netloc.rpartition("@")
    plain = user.partition(":")[0]
    netloc = f"{plain}@{host}" if plain else host
    return urlunsplit((parts.scheme, netloc, parts.path, parts.query, "")), unquote(parts.password or "")
