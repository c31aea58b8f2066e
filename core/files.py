"""Blobs by digest: the contents of attachments. One interface, so that another store can take its place."""

from __future__ import annotations

import hashlib
import math
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from core.settings import settings


def put(content: bytes) -> str:
    """Keep the bytes; return their SHA-256. Written, synced and renamed before this returns. Raises OSError.

    Others may keep the same bytes at this moment: each writes a file of its own, and either may be the one that stays.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    try:
        os.utime(path)          # wanted anew: nobody removes it as long forgotten
        return digest
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{digest}.{secrets.token_hex(4)}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)        # a full disk needs no halves
        raise
    return digest


def get(digest: str) -> bytes:
    """The bytes with this digest. Raises FileNotFoundError."""
    return _path(digest).read_bytes()


def remove(digest: str) -> None:
    """Forget the bytes; nothing happens when they are gone already."""
    _path(digest).unlink(missing_ok=True)


def older(than: datetime) -> Iterator[list[str]]:
    """Digests of what was kept before a moment and not since, a folder at a time; ends of writing cut short go at once."""
    for folder in sorted(settings().files.glob("[0-9a-f][0-9a-f]")):
        names = [path.name for path in folder.iterdir() if _kept_at(path) < than.timestamp()]
        for name in names:
            if name.endswith(".part"):
                (folder / name).unlink(missing_ok=True)
        yield [name for name in names if not name.endswith(".part")]


def _kept_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf         # renamed or removed at this moment


def _path(digest: str) -> Path:
    return settings().files / digest[:2] / digest
