"""Reading a file with columns as people have it: whatever its charset and separator, a row at a time."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.errors import Refused
from core.i18n import N_

SEPARATORS = (";", ",", "\t")
#: What a spreadsheet takes for a formula, at the beginning or after what it may take for the end of a cell; and the same as we write it.
_LIVE = re.compile(r"(?<![^,;\t\r\n])('*[=+\-@\t\r])")
_TAMED = re.compile(r"(?<![^,;\t\r\n])'('*[=+\-@\t\r])")
#: Columns and letters of a cell that are looked at; files of people have fewer.
MOST_COLUMNS, LONGEST = 200, 4000
MOST_ROWS = 500_000
csv.field_size_limit(1_000_000)


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was understood: its charset, its separator, its first line, and its text."""

    charset: str
    separator: str
    header: list[str]
    text: str

    def rows(self) -> Iterator[list[str]]:
        """The rows below the header, without empty ones, each cell as it was meant."""
        lines = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator)
        next(lines, None)
        for line in lines:
            cells = [restored(cell.strip()[:LONGEST]) for cell in line[:MOST_COLUMNS]]
            if any(cells):
                yield cells


def opened(raw: bytes) -> Table:
    """What a file is. Raises Refused for one that has no rows with columns."""
    text, charset = _decoded(raw)
    if "\0" in text:
        raise Refused(N_("This is not a text file with columns. Save it as CSV, then try again."))
    separator = _separator(text)
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    except csv.Error as error:
        raise Refused(N_("This is not a text file with columns. Save it as CSV, then try again.")) from error
    if not any(cell.strip() for cell in header):
        raise Refused(N_("The file is empty. Its first line must name the columns."))
    return Table(charset, separator, [cell.strip() for cell in header[:MOST_COLUMNS]], text)


def defused(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, nor a part of it where it cuts elsewhere; :func:`restored` undoes it."""
    return _LIVE.sub(r"'\1", cell)


def restored(cell: str) -> str:
    """A cell without the signs that :func:`defused` put in."""
    return _TAMED.sub(r"\1", cell)


def written(rows: Sequence[Sequence[str]], separator: str = ";") -> str:
    """Rows as lines of a file, defused."""
    kept = io.StringIO(newline="")
    csv.writer(kept, delimiter=separator).writerows([[defused(cell) for cell in row] for row in rows])
    return kept.getvalue()


def _decoded(raw: bytes) -> tuple[str, str]:
    """UTF-8 with or without a mark, UTF-16 with one or with its zeros, else Windows' Latin letters."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace"), "UTF-16"
    head = raw[:400]
    for charset, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if len(zeros) > 4 and zeros.count(0) > 0.6 * len(zeros):
            return raw.decode(charset, "replace"), "UTF-16"
    try:
        return raw.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), "Windows-1252"


def _separator(text: str) -> str:
    """The sign that cuts the first lines into the same number of columns, as many as possible."""
    def weight(separator: str) -> tuple[bool, int]:
        lines = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=separator)
        try:
            widths = [len(line) for _n, line in zip(range(20), lines, strict=False) if line]
        except csv.Error:
            return False, 0
        alike = bool(widths) and sum(width == widths[0] for width in widths) > 0.7 * len(widths)
        return alike and widths[0] > 1, widths[0] if widths else 0
    return max(SEPARATORS, key=weight)
