"""Whether what is asked of a mailbox can be kept: lengths, networks, folders, keys, each said at its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from core.errors import Refused
from core.i18n import N_
from core.options import LANGUAGES
from desk.mailboxes import AFTER
from rules.trust import networks

LONGEST = {"name": 120, "receiving_host": 253, "imap_move_to": 200, "sent_folder": 200, "oauth_tenant": 120,
           "oauth_client": 200, "oauth_account": 254, "dkim_selector": 63}
_SELECTOR = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def fitting(fields: Mapping[str, Any]) -> None:
    """Raises Refused with a sentence for every field that does not fit."""
    errors = {name: N_("This is too long.") for name, most in LONGEST.items() if len(fields.get(name) or "") > most}
    if "name" in fields and not fields["name"]:
        errors["name"] = N_("Give a name.")
    if not set(fields.get("signatures") or ()) <= set(LANGUAGES):
        errors["signatures"] = N_("Choose one of the languages.")
    if fields.get("language", "en") not in LANGUAGES:
        errors["language"] = N_("Choose one of those offered.")
    if not _are_networks(fields.get("trusted_relays") or ""):
        errors["trusted_relays"] = N_("Write addresses or networks like 192.0.2.7 or 192.0.2.0/24, one a line.")
    if fields.get("imap_after", "seen") not in AFTER:
        errors["imap_after"] = N_("Choose one of those offered.")
    if fields.get("imap_after") == "move" and not fields.get("imap_move_to"):
        errors["imap_move_to"] = N_("Name the folder that mail is moved to.")
    if fields.get("oauth_account") and "@" not in fields["oauth_account"].strip("@"):
        errors["oauth_account"] = N_("Write it like support@company.example.")
    if fields.get("dkim_selector") and not _SELECTOR.fullmatch(fields["dkim_selector"]):
        errors["dkim_selector"] = N_("A selector is a name like mail2026.")
    if fields.get("dkim_key") and not signing_key(fields["dkim_key"]):
        errors["dkim_key"] = N_("This is not an RSA private key in PEM form without a passphrase.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)


def _are_networks(relays: str) -> bool:
    try:
        networks(relays)
    except ValueError:
        return False
    return True


def signing_key(pem: str) -> str:
    """The same RSA private key, however it was written or pasted, in the one form that signing reads; empty where it is none."""
    try:
        key = load_pem_private_key(pem.strip().encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return ""
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode() if isinstance(key, RSAPrivateKey) else ""
