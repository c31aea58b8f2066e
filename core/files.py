"""Blobs by digest: the contents of attachments, in a folder or in a bucket behind this one interface."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from core.errors import Refused
from core.folder import Folder
from core.i18n import gettext as _
from core.once import Once
from core.settings import settings


class Store(Protocol):
    """Where blobs lie. Each method may raise OSError; a store that does not answer, Away."""

    def put(self, digest: str, content: bytes) -> None:
        """See :func:`put`."""

    def get(self, digest: str) -> bytes:
        """See :func:`get`."""

    def remove(self, digests: Iterable[str], unless_since: datetime | None) -> None:
        """See :func:`remove`."""

    def older(self, than: datetime) -> Iterator[list[str]]:
        """See :func:`older`."""

    def check(self) -> None:
        """Raises Away where it does not answer within a moment."""


@Once
def store() -> Store:
    """The store in force. Raises Refused where it is not set up as it has to be."""
    if not settings().files_url:
        return Folder(settings().files)
    try:
        from core.bucket import Bucket  # only here: it brings a client of some megabytes, which is an extra
    except ModuleNotFoundError as error:
        raise Refused(_("SKRANKE_FILES_URL is set, and the client for such a store is not installed: pip install "
                        "'skranke[s3]'")) from error
    return Bucket(settings().files_url)


def put(content: bytes) -> str:
    """Keep the bytes; return their SHA-256. They are kept for good when this returns. Raises OSError."""
    digest = hashlib.sha256(content).hexdigest()
    store().put(digest, content)
    return digest


def get(digest: str) -> bytes:
    """The bytes with this digest. Raises FileNotFoundError where there are none, else OSError."""
    return store().get(digest)


def remove(digests: Iterable[str], *, unless_since: datetime | None = None) -> None:
    """Forget bytes, unless they were kept again since a moment; nothing happens where they are gone already."""
    store().remove(digests, unless_since)


def older(than: datetime) -> Iterator[list[str]]:
    """Digests of what was kept before a moment and not since, some at a time."""
    return store().older(than)
