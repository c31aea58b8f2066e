"""A folder as the store of files: each written beside its place, synced, and put there under its digest."""

from __future__ import annotations

import math
import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path


class Folder:
    """Files under the first two letters of their digests, so that no folder has too many."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, digest: str, content: bytes) -> None:
        """Others may keep the same bytes at this moment: each writes a file of its own, and either may be the one that
        stays."""
        path = self._path(digest)
        try:
            os.utime(path)          # wanted anew: nobody removes it as long forgotten
            return
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

    def get(self, digest: str) -> bytes:
        """The bytes of the file."""
        return self._path(digest).read_bytes()

    def remove(self, digests: Iterable[str], unless_since: datetime | None) -> None:
        """Unlink each."""
        for path in map(self._path, digests):
            if unless_since is None or _kept_at(path) < unless_since.timestamp():
                path.unlink(missing_ok=True)

    def older(self, than: datetime) -> Iterator[list[str]]:
        """A folder at a time; ends of writing cut short go at once."""
        for folder in sorted(self.path.glob("[0-9a-f][0-9a-f]")):
            names = [path.name for path in folder.iterdir() if _kept_at(path) < than.timestamp()]
            for name in names:
                if name.endswith(".part"):
                    (folder / name).unlink(missing_ok=True)
            yield [name for name in names if not name.endswith(".part")]

    def check(self) -> None:
        """What is wrong with a folder shows when it is written to."""

    def _path(self, digest: str) -> Path:
        return self.path / digest[:2] / digest


def _kept_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf         # renamed or removed at this moment
