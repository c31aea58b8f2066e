"""Signing what leaves (DKIM, RFC 6376), for mailboxes that have a key."""

from __future__ import annotations

import base64

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core.errors import Refused
from core.i18n import gettext as _


class NotYet(Refused):
    """Something has to be put right first, or to answer again; until then the mail waits."""


SIGNED = [b"from", b"to", b"cc", b"reply-to", b"subject", b"date", b"message-id", b"in-reply-to", b"references",
          b"mime-version", b"content-type", b"auto-submitted", b"list-unsubscribe", b"list-unsubscribe-post", b"precedence"]


def sign(mail: bytes, *, selector: str, domain: str, key: str) -> bytes:
    """The mail with a DKIM-Signature line on top. ``key`` is an RSA private key in PEM.

    Raises NotYet where the key cannot be used: what is sent unsigned might be refused everywhere.
    """
    try:
        line: bytes = dkim.sign(mail, selector.encode(), domain.encode("ascii"), key.encode(),
                                canonicalize=(b"relaxed", b"relaxed"), include_headers=SIGNED)
    except (dkim.DKIMException, ValueError) as error:
        raise NotYet(_("The DKIM key of %(domain)s cannot be used (%(error)s). Enter an RSA private key in "
                       "PEM form, or leave the selector empty to send unsigned.", domain=domain, error=error)) from error
    return line + mail


def new_key(bits: int = 2048) -> tuple[str, str]:
    """A fresh private key (PEM) and the text of the DNS record that goes with it."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL,
                                serialization.NoEncryption()).decode()
    public = private.public_key().public_bytes(serialization.Encoding.DER,
                                               serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
