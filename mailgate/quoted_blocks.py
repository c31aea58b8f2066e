"""Blocks of lines that are marked as quoted with ``>``, and whose they are."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.html_text import CITED
from mailgate.attributions import DATED, VERB, WINDOW, attribution, names_who_wrote
from mailgate.header_blocks import ADDRESS, header_block, header_fields
from mailgate.separators import RULE, separates

LONGEST_LINE = 500           # that is looked at for more than its beginning
MOST_ASKED = 50
LONGEST_HEADER = 10          # lines
QUOTED = re.compile(             # but not the end of an attribution, nor one that GroupWise wrote
    rf"^\s{{0,3}}>(?!\s?(?:(?:{VERB})\s*)?[:：]\s*$|>> .{{1,200}}\d.{{0,100}} >>>$)", re.IGNORECASE
)
ONLY_LINKS = re.compile(r"^[\s(<\[]*https?://\S+[\s>)\]]*$")


class Block(NamedTuple):
    """Quoted lines from ``start`` to before ``end``; ``attributed`` when a line above says whose they are."""

    start: int
    end: int
    attributed: bool


def quoted_follows(lines: list[str], index: int) -> bool:
    """Whether the next words below this line are marked as quoted."""
    below = next((line for line in lines[index + 1:index + 8] if line.strip()), "")
    return bool(QUOTED.match(below))


def ends_quoted(lines: list[str]) -> bool:
    """Whether the last words are marked as quoted."""
    last = next((line for line in reversed(lines) if line.strip()), "")
    return bool(QUOTED.match(last))


def introduces(line: str) -> bool:
    """Whether a person says here what follows: "Your page says:"."""
    return len(line) < LONGEST_LINE and line.rstrip(" *_").endswith((":", "："))


def without_blocks(lines: list[str]) -> list[str]:
    """Lines without the block at the end and without an attributed block above the answer.

    Where text stands between blocks the answers are interleaved: what they answer stays.
    """
    found = blocks(lines)
    if not found:
        return lines
    ends = not any(line.strip() for line in lines[found[-1].end:])
    if ends and _is_a_citation(lines, found[-1]):
        return lines
    folding = [found[-1]] if ends or (len(found) == 1 and found[0].attributed) else []
    folded = lines_of(folding)
    kept = [line for index, line in enumerate(lines) if index not in folded]
    return kept if any(line.strip() for line in kept) else lines


def blocks(lines: list[str]) -> list[Block]:
    """All blocks of quoted lines, in order. Of very many, which are answered one by one, only the last is asked whose it is."""
    ranges: list[tuple[int, int]] = []
    index = 0
    while index < len(lines):
        if QUOTED.match(lines[index]):
            ranges.append((index, _end_of_block(lines, index)))
            index = ranges[-1][1]
        else:
            index += 1
    few = len(ranges) <= MOST_ASKED
    return [_block(lines, *one) if few or one is ranges[-1] else Block(*one, attributed=False) for one in ranges]


def lines_of(found: list[Block]) -> set[int]:
    """The numbers of all lines that these blocks take."""
    return {index for block in found for index in range(block.start, block.end)}


def _block(lines: list[str], index: int, end: int) -> Block:
    start = _attributed_from(lines, index)
    attributed = start is not None or _says_whose_inside(lines[index:end])
    return Block(index if start is None else start, end, attributed)


def _is_a_citation(lines: list[str], block: Block) -> bool:
    """Whether the sender, and no program, put these quoted lines at the end: by indenting, or below a line of their own
    that introduces them."""
    if block.attributed:
        return False
    above = next((line for line in reversed(lines[:block.start]) if line.strip()), "")
    if introduces(above) and not ADDRESS.search(above) and not DATED.search(above):
        return True
    return all(line.startswith(CITED) for line in lines[block.start:block.end] if line.strip(" >"))


def _end_of_block(lines: list[str], index: int) -> int:
    """Blank lines, and links that the sender's program broke off, do not end a block of quoted lines."""
    end = index
    while index < len(lines):
        if QUOTED.match(lines[index]):
            end = index + 1
        elif lines[index].strip() and not ONLY_LINKS.match(lines[index]):
            break
        index += 1
    return end


def _attributed_from(lines: list[str], index: int) -> int | None:
    above = index - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    if above < 0 or index - above > 5:
        return None
    if separates(lines[above]):
        return above
    start = attribution(lines, above)
    if start is None and names_who_wrote(lines[above]):
        return above
    return _header_above(lines, above) if start is None else start


def _says_whose_inside(block: list[str]) -> bool:
    """Whether the quoted lines begin with an attribution, as iOS marks it too, or with a header."""
    bare = [line.lstrip("> \t\xa0") for line in block[:WINDOW + 2]]
    start = next((index for index, line in enumerate(bare) if line), 0)
    return any(attribution(bare, index) == start for index in range(start, min(start + 4, len(bare)))) or (
        start < len(bare) and header_block(bare, start, after_separator=False))


def _header_above(lines: list[str], last: int) -> int | None:
    """Where the header of a mail begins that ends in this line, with what is drawn above it."""
    first = None
    for start in range(last, max(-1, last - LONGEST_HEADER), -1):
        if not lines[start].strip() or separates(lines[start]) or RULE.match(lines[start]):
            return start if first is not None and lines[start].strip() else first
        if header_block(lines, start, after_separator=False) and header_fields(lines, start)[1] >= last:
            first = start
    return first
