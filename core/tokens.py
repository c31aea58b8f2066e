"""Keyed digests and sealed secrets, all from the installation's one secret.

Whatever is looked up but must not be read (Message-IDs, contents, session tokens) is stored as an HMAC;
whatever must be read again (a relay's password) is sealed.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken

from core.errors import Refused
from core.once import Once
from core.settings import settings


@Once
def secret() -> bytes:
    """The installation's secret: 32 random bytes, made at the first start, readable by the owner only."""
    path = settings().secret_path
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(new, path)
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return bytes.fromhex(path.read_text().strip())


@lru_cache(maxsize=64)
def key(purpose: str) -> bytes:
    """A key of its own for each purpose."""
    return hmac.digest(secret(), purpose.encode(), "sha256")


def digest(purpose: str, text: str | bytes) -> str:
    """HMAC-SHA256 of a text under the key of this purpose: 32 hexadecimal digits (128 bits)."""
    return _hexadecimal(key(purpose), text)


def _hexadecimal(under: bytes, text: str | bytes) -> str:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return hmac.digest(under, data, "sha256").hex()[:32]


def message_key(message_id: str) -> str:
    """What a Message-ID is looked up by; brackets and case of the domain do not matter."""
    left, at, domain = message_id.strip().strip("<>").rpartition("@")
    return _mac(key("message-id"), f"{left}{at}{domain.lower()}")


@lru_cache(maxsize=4096)
def _mac(under: bytes, text: str) -> str:
    """The ids of one letter are looked up again and again while it is filed."""
    return _hexadecimal(under, text)


def sign(purpose: str, text: str, *, length: int = 12) -> str:
    """A short signature in letters that survive mail addresses (base32, lower case)."""
    mac = hmac.digest(key("sign:" + purpose), text.encode(), "sha256")
    return base64.b32encode(mac).decode().lower()[:length]


def signed(purpose: str, text: str, signature: str) -> bool:
    """Whether the signature is ours, compared in constant time."""
    return hmac.compare_digest(sign(purpose, text, length=max(12, len(signature))).encode(),
                               signature.lower().encode("utf-8", "replace"))


def seal(text: str) -> str:
    """Encrypt a secret that must be read again."""
    return _fernet().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """Read a sealed secret. Raises Refused when the installation's secret has changed since."""
    try:
        return _fernet().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        raise Refused("A stored password can no longer be read, because the desk's secret was replaced. "
                      "Enter the password again.") from None


@Once
def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key("seal")))
