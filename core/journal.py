"""A file of numbered lines of JSON that only grows: what must survive the database is written here.

Several processes may write, one after the other (``flock``). Lines are on the disk when :meth:`Journal.append` returns. A last
line that was cut short by a crash was promised to nobody: whoever writes next mends it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from core.errors import Refused
from core.i18n import gettext as _

#: Bytes at the end in which the last whole line is looked for.
TAIL = 65_536


class Journal:
    """The lines of one file; each is an object whose ``n`` counts from 1."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Write a line for each; return them with their numbers. Raises OSError, and then nothing was written."""
        with self._alone() as file:
            last, end = self._mend(file)
            lines = [{"n": number, **row} for number, row in enumerate(rows, last + 1)]
            try:
                file.write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), end)        # a full disk needs no halves
                raise
        return lines

    def read(self, after: int = 0) -> Iterator[dict[str, Any]]:
        """The lines with a greater number, in order; none where there is no file. A last line that is not whole is not there yet.

        Raises Refused where a line cannot be read or does not follow the one before.
        """
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            torn = False
            for expected, text in enumerate(file, 1):
                if torn:
                    raise Refused(_("Line %(n)s of %(file)s cannot be read. Put the file back from a copy.", n=expected - 1, file=self.path))
                line = _parsed(text) if text.endswith(b"\n") else None
                torn = line is None
                if line is not None and line["n"] != expected:
                    raise Refused(_("Lines before line %(n)s of %(file)s are missing. Put the file back from a copy.", n=expected, file=self.path))
                if line is not None and expected > after:
                    yield line

    @contextmanager
    def _alone(self) -> Iterator[IO[bytes]]:
        new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if new:
                sync_folder(self.path.parent)
            yield file

    def _mend(self, file: IO[bytes]) -> tuple[int, int]:
        """Leave the file at its end, after a whole line; that line's number (0: none) and where the file ends."""
        size = file.seek(0, os.SEEK_END)
        start = file.seek(max(0, size - TAIL))
        tail = file.read()
        end = size
        for text in reversed(tail.splitlines(keepends=True)):
            line = _parsed(text)
            if line is None:                # cut short: nobody was told that it is there
                end -= len(text)
                continue
            file.truncate(end)
            file.seek(end)
            if not text.endswith(b"\n"):
                file.write(b"\n")
                end += 1
            return int(line["n"]), end
        if start:
            raise Refused(_("The end of %(file)s cannot be read. Put the file back from a copy.", file=self.path))
        file.truncate(0)
        file.seek(0)
        return 0, 0


def sync_folder(folder: Path) -> None:
    """A name that was written into a folder survives a crash from now on."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parsed(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) and type(line.get("n")) is int else None
