"""The visible part of a reply: what its sender wrote now. Quotes are folded, never deleted.

When unsure the text stays visible: a quote in the middle, answers written between quotes, a forward
without a word of its own. One rule set serves plain text and HTML, whose quotes are first written as ``> ``.
"""

from __future__ import annotations

import re

from core.html_text import CITED, to_text
from core.html_text import SEPARATOR as WRITTEN_BEFORE
from mailgate.adverts import is_added
from mailgate.attributions import attribution, surely_tells_who_wrote
from mailgate.header_blocks import header_block, header_fields, header_in_no_table
from mailgate.html_marks import has_marks, marked
from mailgate.interleaving import ANSWERS_BELOW
from mailgate.quoted_blocks import (
    QUOTED,
    blocks,
    ends_quoted,
    introduces,
    lines_of,
    quoted_follows,
    without_blocks,
)
from mailgate.separators import HEADING, RULE, SEPARATOR, asks_for_answers_above, separates
from mailgate.signatures import MARK, without_advert, without_signature

LONGEST = 200_000
LONGEST_SIGNATURE = 12       # lines
UNSEEN = re.compile(r"[\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
SHARED_LINE = re.compile(r"^(.*\S)\s*-{3,}\s*(On\s.*wrote:?)\s*$")
SHARED_SEPARATOR = re.compile(r"^([-_*]{2,}[^-_*]{5,60}[-_*]{2,}) (\S.{0,30}:.*)$")


def visible(text: str) -> str:
    """The text without its quotes and without a sure signature; never empty when the text is not."""
    if len(text) > LONGEST:
        head = text[:LONGEST].rpartition("\n")[0]
        shown = visible(head)
        return shown if len(shown) < len(head.strip()) else text.strip()
    lines = _unshared(UNSEEN.sub("", text).split("\n"))
    cut = _rest_is_quoted(lines)
    kept = lines if cut is None else without_advert(lines[:cut])
    if cut is None and not ends_quoted(lines):
        kept = without_signature(lines)
    shown = "\n".join(without_blocks(kept)).strip("\n")
    return shown.rstrip() if _has_words(shown) else text.strip()


def visible_html(html: str) -> str:
    """The same for HTML: the quote classes of mail programs become quoted lines and separators first."""
    text = marked(html)
    if all(QUOTED.match(line) for line in text.split("\n") if line.strip()):
        return to_text(html).strip()
    shown = visible(text).replace(CITED, "> ")
    if WRITTEN_BEFORE not in shown or WRITTEN_BEFORE in (told := to_text(html)):
        return shown
    shown = "\n".join(line for line in shown.split("\n") if line.lstrip("> ") != WRITTEN_BEFORE).strip()
    return shown if _has_words(shown) else told.strip()


def _has_words(shown: str) -> bool:
    """Whether anything stands there but what programs draw."""
    return any(line.strip() and not _drawn(line) for line in shown.split("\n"))


def all_quoted(text: str) -> bool:
    """Whether nothing but quotes, and perhaps a signature, stands there: not a word of the sender's own."""
    lines = _unshared(UNSEEN.sub("", text[:LONGEST]).split("\n"))
    quoted = lines_of(blocks(lines))
    own: list[str] = []
    for index, line in enumerate(lines):
        if not line.strip() or index in quoted:
            continue
        if _marker(lines, index) is not None:
            return says_nothing(own)
        own.append(line)
        if len(own) > LONGEST_SIGNATURE:
            return False
    return bool(quoted) and says_nothing(own)


def below_heading(text: str) -> str:
    """What stands below the first line that announces an unmarked quote: the quote, and perhaps an answer under it."""
    lines = _unshared(UNSEEN.sub("", text[:LONGEST]).split("\n"))
    for index, line in enumerate(lines):
        if line.strip() and not QUOTED.match(line) and _marker(lines, index) is not None:
            block = next((i for i in range(index, min(index + 4, len(lines))) if header_block(lines, i, after_separator=i > index)),
                         None)
            return "\n".join(lines[index + 1 if block is None else header_fields(lines, block)[1]:]).strip()
    return ""


def says_nothing(lines: list[str]) -> bool:
    """Whether these lines are no more than a signature or what a program adds."""
    own = [line for line in lines if line.strip()]
    return not own or bool(MARK.match(own[0])) or (
        len(own) < 3 and all(is_added(line) for line in own))


def folded(text: str, html: str | None) -> str:
    """The visible part of a letter that has ``text`` and perhaps ``html``.

    The plain version decides; where it shows no quote but the HTML does, the HTML's view counts if it is
    a part of the plain text, so that nothing can get lost between the versions.
    """
    shown = visible(text)
    if html and len(shown) >= len(text.strip()) and has_marks(html):
        candidate = visible_html(html)
        words = _words(candidate)
        if words and words in _words(text):
            return candidate
    return shown


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", "", text[:LONGEST]).casefold()


def _unshared(lines: list[str]) -> list[str]:
    """An attribution that shares its line with the reply goes on a line of its own."""
    out: list[str] = []
    for line in lines:
        dashed = ("---" in line or "___" in line) and len(line) < 2000
        if dashed and (shared := SHARED_LINE.match(line)):
            out += [shared[1].rstrip(" -"), shared[2]]
        elif dashed and (shared := SHARED_SEPARATOR.match(line)) and SEPARATOR.match(shared[1]):
            out += [shared[1], shared[2]]
        else:
            out.append(line)
    return out


def _rest_is_quoted(lines: list[str]) -> int | None:
    """The line from where everything is quoted without marks, if the sender wrote something above it.

    A quote that stands at the very top, or below nothing but a signature, is what the sender wants to show (a forward):
    it is passed over. So is one that the sender's own last line introduces ("The customer wrote this:").
    """
    begins = 0
    for index, line in enumerate(lines):
        if index < begins or not line.strip() or QUOTED.match(line):
            continue
        start = _marker(lines, index)
        if start is None:
            continue
        above = [words for words in lines[begins:start] if words.strip() and not QUOTED.match(words)]
        if not says_nothing(above):
            shown_below = ANSWERS_BELOW.search(" ".join(above)[-3000:]) or (introduces(above[-1]) and not _drawn(line))
            return None if shown_below else _with_rule(lines, start)
        begins = _below_heading(lines, index)
    return None


def _drawn(line: str) -> bool:
    """Whether a program, not a person, wrote this line above a quote."""
    return separates(line) or bool(RULE.match(line) or HEADING.match(line))


def _with_rule(lines: list[str], start: int) -> int:
    """A drawn line directly above a quote belongs to it."""
    above = start - 1
    while above > 0 and not lines[above].strip():
        above -= 1
    return above if above > 0 and RULE.match(lines[above]) else start


def _below_heading(lines: list[str], index: int) -> int:
    """The first line after a separator, an attribution or a header block."""
    index += 1
    while index < len(lines) and (not lines[index].strip() or header_block(lines, index, after_separator=True)):
        index += 1
    return index


def _marker(lines: list[str], index: int) -> int | None:
    """Where the quote begins that this line announces; None when it announces none, or one marked with ``>``."""
    line = lines[index]
    if separates(line):
        below = _next(lines, index)
        marked_below = quoted_follows(lines, index) or (
            below is not None and header_block(lines, below, after_separator=True) and _quotes_below_header(lines, below))
        return None if marked_below else index
    if asks_for_answers_above(line):
        return index
    if RULE.match(line) or HEADING.match(line):
        below = _next(lines, index)
        if below is not None and (header_block(lines, below, after_separator=False) or header_in_no_table(lines, below)) and (
                not _quotes_below_header(lines, below)):
            return index
    start = attribution(lines, index)
    if start is not None:
        bare = not quoted_follows(lines, index) and surely_tells_who_wrote(" ".join(lines[start:index + 1]))
        return start if bare else None
    return index if header_block(lines, index, after_separator=False) and not _quotes_below_header(lines, index) else None


def _next(lines: list[str], index: int) -> int | None:
    return next((i for i in range(index + 1, min(index + 4, len(lines))) if lines[i].strip()), None)


def _quotes_below_header(lines: list[str], index: int) -> bool:
    """Whether marked lines follow this header: then answers may stand between them."""
    return quoted_follows(lines, header_fields(lines, index)[1] - 1)


def announces(lines: list[str], index: int) -> bool:
    """Whether a quote begins at this line, marked or not."""
    return bool(QUOTED.match(lines[index])) or _marker(lines, index) is not None
