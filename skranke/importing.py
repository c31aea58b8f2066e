"""Mails from elsewhere: .eml files, mbox files, Maildirs, and folders of these, as bytes into the ledger."""

from __future__ import annotations

import hashlib
import mailbox
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from core.clock import now
from core.database import Database
from core.errors import Refused
from desk.bringing_mail import is_mail, written_at
from desk.inbound import Delivery, accept

BATCH = 50
BYTES = 20_000_000           # of a batch, more only where one mail alone has more: it lies in memory


class Source(Protocol):
    """Letters in one place: how many, and each as bytes."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[bytes]: ...


class Files:
    """Files of one letter each."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[bytes]:
        return (path.read_bytes() for path in self.paths)


class Mbox:
    """One file with many letters."""

    def __init__(self, path: Path) -> None:
        self.box = mailbox.mbox(path, create=False)

    def __len__(self) -> int:
        return len(self.box)

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from (self.box.get_bytes(key) for key in self.box.iterkeys())
        finally:
            self.box.close()


class Several:
    """A folder of any of these."""

    def __init__(self, sources: list[Source]) -> None:
        self.sources = sources

    def __len__(self) -> int:
        return sum(map(len, self.sources))

    def __iter__(self) -> Iterator[bytes]:
        for one in self.sources:
            yield from one


def source(path: Path) -> Source:
    """What lies at a path: a Maildir has ``cur`` and ``new``, an mbox begins with ``From ``, the rest is one letter."""
    if path.is_dir():
        if (path / "cur").is_dir() and (path / "new").is_dir():
            return Files(sorted(p for part in ("cur", "new") for p in (path / part).iterdir() if p.is_file()))
        return Several([source(inner) for inner in sorted(path.iterdir())
                        if inner.is_dir() or inner.suffix.lower() in (".eml", ".mbox", ".mbx", ".mail")])
    with path.open("rb") as file:
        return Mbox(path) if file.read(5) == b"From " else Files([path])


def refuse_other_files(paths: Iterable[Path]) -> None:
    """Raises Refused for a file that was named and is neither an mbox nor a mail."""
    for path in paths:
        if path.is_file():
            with path.open("rb") as file:
                begins = file.read(65_536)
            if not begins.startswith(b"From ") and not is_mail(begins):
                raise Refused(f"{path} is no mail: it has no header like From, Date or Subject. Nothing was taken over.")


def batches(sources: Iterable[Source]) -> Iterator[list[bytes]]:
    """All letters, some at a time, and no more than memory has room for."""
    batch: list[bytes] = []
    room = BYTES
    for raw in Several(list(sources)):
        batch.append(raw)
        room -= len(raw)
        if len(batch) == BATCH or room < 0:
            yield batch
            batch, room = [], BYTES
    if batch:
        yield batch


def take(database: Database, mailbox_id: int, batch: list[bytes], *, archive: bool) -> int:
    """Write letters into the ledger in one transaction; return how many are new."""
    dated = [(raw, written_at(raw) if archive else now()) for raw in batch]
    with database.write() as db:
        return sum(accept(db, Delivery(mailbox_id, "import", hashlib.sha256(raw).hexdigest(), raw, archive=archive),
                          at=at) is not None for raw, at in dated)
