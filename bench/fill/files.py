"""The files of a fill: a few hundred real ones, each attached to many messages, as digests allow."""

from __future__ import annotations

from random import Random

from bench.mime import FILES, LARGEST, SMALLEST
from core import files

KEPT = 200


class Shelf:
    """Files that lie in the desk's store."""

    def __init__(self) -> None:
        random = Random("shelf")
        self.kept: list[tuple[str, str, int, str]] = []
        for number in range(KEPT):
            name, maintype, subtype = FILES[number % len(FILES)]
            content = random.randbytes(random.randint(SMALLEST, LARGEST))
            self.kept.append((name.format(number=number), f"{maintype}/{subtype}", len(content), files.put(content)))

    def some(self, number: int) -> list[tuple[str, str, int, str]]:
        """Name, type, size and digest of the file that this letter carries."""
        return [self.kept[number % KEPT]]
