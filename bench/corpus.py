"""The one corpus on which everybody is measured: 2 000 generated mails, the same for every run and machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from bench.mime import compose
from bench.stories import Story, stories

DESK = "support@desk.example"
"""The address to which every mail of the corpus is sent."""

SIZE = 2_000
SEED = 20_250_303


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of the corpus and what a desk has to make of it.

    ``parent`` is the number of the mail that this one answers, ``root`` the one that opened the
    ticket (its own number when it does so itself); ``message_id`` is without angle brackets.
    """

    number: int
    parent: int | None
    root: int
    sender: str
    subject: str
    message_id: str
    html: bool
    files: bool
    raw: bytes

    @property
    def opens(self) -> bool:
        """Whether a desk has to open a ticket for it."""
        return self.parent is None


def corpus(size: int = SIZE, seed: int = SEED) -> Iterator[Mail]:
    """``size`` mails in the order of arrival; a parent always comes before its answers."""
    for story in islice(stories(seed), size):
        yield _mail(story, compose(story, to=DESK))


def edition(*more: str) -> str:
    """Changes whenever the corpus, the fills or these files do: what was kept under another edition is not used again.

    ``more`` are patterns of files below the root of the project.
    """
    here = Path(__file__).parent
    sources = [here / f"{name}.py" for name in ("corpus", "mime", "people", "stories", "words")]
    sources += [found for pattern in more for found in sorted(here.parent.glob(pattern))]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]


def write(folder: Path, size: int = SIZE, seed: int = SEED) -> Path:
    """Put the corpus into a folder of its own (``00000.eml`` ... and ``index.json``) unless it is there already."""
    target = folder / f"corpus-{edition()}-{seed}-{size}"
    if (target / "index.json").exists():
        return target
    target.mkdir(parents=True, exist_ok=True)
    index = []
    for mail in corpus(size, seed):
        (target / f"{mail.number:05}.eml").write_bytes(mail.raw)
        entry = asdict(mail)
        del entry["raw"]
        index.append(entry)
    (target / "index.json").write_text(json.dumps(index, indent=0))
    return target


def read(folder: Path) -> Iterator[Mail]:
    """The mails that ``write`` put there, one at a time."""
    for entry in json.loads((folder / "index.json").read_text()):
        yield Mail(**entry, raw=(folder / f"{entry['number']:05}.eml").read_bytes())


def _mail(story: Story, raw: bytes) -> Mail:
    return Mail(
        number=story.number,
        parent=story.parent,
        root=story.root,
        sender=story.sender.address,
        subject=story.subject,
        message_id=story.message_id,
        html=story.html,
        files=story.files,
        raw=raw,
    )
