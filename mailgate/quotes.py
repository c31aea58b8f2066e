"""The visible part of a reply: what its sender wrote now. Quotes are folded, never deleted.

When unsure the text stays visible: a quote in the middle, answers written between quotes, a forward
without a word of its own. One rule set serves plain text and HTML, whose quotes are first written as ``> ``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from core.html import to_text
from mailgate.attributions import (
    FORWARDING,
    REPLY_ABOVE,
    RULE,
    SEPARATOR,
    VERB,
    attribution,
    header_block,
    header_fields,
    names_who_wrote,
)
from mailgate.signatures import ADVERT, MARK, MOBILE, without_advert, without_signature

LONGEST = 200_000
LONGEST_SIGNATURE = 12       # lines
QUOTED = re.compile(             # but not the end of an attribution, nor one that GroupWise wrote
    rf"^\s{{0,3}}>(?!\s?(?:(?:{VERB})\s*)?[:：]\s*$|>> .{{1,200}}\d.{{0,100}} >>>$)", re.IGNORECASE
)
LINE_WORDS = re.compile(r"(?i)line|linje|raden|zeile|ligne|línea|linii")
UNSEEN = re.compile(r"[\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
ONLY_LINKS = re.compile(r"^[\s(<\[]*https?://\S+[\s>)\]]*$")
SHARED_LINE = re.compile(r"^(.*\S)\s*-{3,}\s*(On\s.*wrote:?)\s*$")
ANSWERS_BELOW = re.compile(
    r"\b(?:see|find|my|our)\b.{0,30}\b(?:below|inline|in-line|in red|in blue)\b|\b(?:answer\w*|repl(?:y|ies)"
    r"|comments?)\b.{0,20}\b(?:below|inline|in red|in blue)\b"
    r"|\b(?:svar\w*|kommentar\w*|se)\b.{0,30}\b(?:under|nedenfor|nedan|i rødt|i rött|med rødt)\b|\b(?:siehe"
    r"|antwort\w*)\b.{0,30}\b(?:unten|im text|in rot)\b",
    re.IGNORECASE,
)
QUOTES = (
    "blockquote, .gmail_attr, .moz-cite-prefix, .yahoo_quoted, .zmail_extra, .tutanota_quote, .protonmail_quote blockquote,"
    " .ox_primary_quote, .quoted-text, .im"
)
REST_IS_QUOTED = (
    "#divRplyFwdMsg, #x_divRplyFwdMsg, #stopSpelling, .OutlookMessageHeader, .ms-outlook-mobile-reference-message, #OLK_SRC_BODY_SECTION,"
    " #mail-editor-reference-message-container, .moz-forward-container, .yahoo_quoted, .BeginQuote, #reply-intro, #isReplyContent,"
    " hr[id*=stopSpelling], div[style*='border-top:solid #E1E1E1'], div[style*='border-top:solid #B5C4DF'],"
    " div[style*='border-top: 1pt solid rgb(225, 225, 225)'], div[style*='border-top: 1pt solid rgb(181, 196, 223)']"
)
MARKERS = re.compile(
    r"blockquote|gmail_attr|moz-cite|yahoo_quoted|zmail_extra|divRplyFwdMsg|stopSpelling|OutlookMessageHeader"
    r"|reference-message|OLK_SRC|moz-forward"
    r"|E1E1E1|B5C4DF|rgb\(225, 225|rgb\(181, 196|ox_primary_quote|BeginQuote|reply-intro|isReplyContent", re.IGNORECASE
)


class Block(NamedTuple):
    """Quoted lines from ``start`` to before ``end``; ``attributed`` when a line above says whose they are."""

    start: int
    end: int
    attributed: bool


def visible(text: str) -> str:
    """The text without its quotes and without a sure signature; never empty when the text is not."""
    if len(text) > LONGEST:
        head = text[:LONGEST].rpartition("\n")[0]
        shown = visible(head)
        return shown if len(shown) < len(head.strip()) else text.strip()
    lines = _unshared(UNSEEN.sub("", text).split("\n"))
    cut = _rest_is_quoted(lines)
    kept = lines if cut is None else without_advert(lines[:cut])
    if cut is None and not _ends_quoted(lines):
        kept = without_signature(lines)
    shown = "\n".join(_without_blocks(kept, keep_middle=cut is not None)).strip("\n")
    return shown.rstrip() if shown.strip() else text.strip()


def visible_html(html: str) -> str:
    """The same for HTML: the quote classes of mail programs become quoted lines and separators first."""
    return visible(marked(html))


def marked(html: str) -> str:
    """The text of HTML with its quotes as quoted lines and separators."""
    return to_text(html, quoted=QUOTES, separators=REST_IS_QUOTED)


def all_quoted(text: str) -> bool:
    """Whether nothing but quotes, and perhaps a signature, stands there: not a word of the sender's own."""
    lines = _unshared(UNSEEN.sub("", text[:LONGEST]).split("\n"))
    blocks = _blocks(lines)
    own: list[str] = []
    for index, line in enumerate(lines):
        if not line.strip() or any(block.start <= index < block.end for block in blocks):
            continue
        if _marker(lines, index) is not None:
            return says_nothing(own)
        own.append(line)
        if len(own) > LONGEST_SIGNATURE:
            return False
    return bool(blocks) and says_nothing(own)


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
        len(own) < 3 and all(ADVERT.match(line) or MOBILE.match(line) for line in own))


def folded(text: str, html: str | None) -> str:
    """The visible part of a letter that has ``text`` and perhaps ``html``.

    The plain version decides; where it shows no quote but the HTML does, the HTML's view counts if it is
    a part of the plain text, so that nothing can get lost between the versions.
    """
    shown = visible(text)
    if html and len(shown) >= len(text.strip()) and MARKERS.search(html):
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
        shared = SHARED_LINE.match(line) if "---" in line and len(line) < 2000 else None
        out += [shared[1].rstrip(" -"), shared[2]] if shared else [line]
    return out


def _rest_is_quoted(lines: list[str]) -> int | None:
    """The line from where everything is quoted without marks, if the sender wrote something above it.

    A quote that stands at the very top is what the sender wants to show (a forward): it is passed over.
    """
    begins = 0
    for index, line in enumerate(lines):
        if index < begins or not line.strip() or QUOTED.match(line):
            continue
        start = _marker(lines, index)
        if start is None:
            continue
        above = [words for words in lines[begins:start] if words.strip() and not QUOTED.match(words)]
        if above:
            return None if ANSWERS_BELOW.search(" ".join(above)[-3000:]) else _with_rule(lines, start)
        begins = _below_heading(lines, index)
    return None


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
    if SEPARATOR.match(line) or FORWARDING.match(line) or (len(line) < 200 and LINE_WORDS.search(line) and REPLY_ABOVE.search(line)):
        return None if _quoted_follows(lines, index) and FORWARDING.match(line) else index
    if RULE.match(line):
        below = next((i for i in range(index + 1, min(index + 4, len(lines))) if lines[i].strip()), None)
        return index if below is not None and header_block(lines, below, after_separator=True) else None
    start = attribution(lines, index)
    if start is not None:
        return None if _quoted_follows(lines, index) else start
    return index if header_block(lines, index, after_separator=False) else None


def announces(lines: list[str], index: int) -> bool:
    """Whether a quote begins at this line, marked or not."""
    return bool(QUOTED.match(lines[index])) or _marker(lines, index) is not None


def _quoted_follows(lines: list[str], index: int) -> bool:
    below = next((line for line in lines[index + 1:index + 8] if line.strip()), "")
    return bool(QUOTED.match(below))


def _ends_quoted(lines: list[str]) -> bool:
    last = next((line for line in reversed(lines) if line.strip()), "")
    return bool(QUOTED.match(last))


def _without_blocks(lines: list[str], *, keep_middle: bool) -> list[str]:
    """Lines without the block at the end and without an attributed block above the answer.

    Where text stands between blocks the answers are interleaved: what they answer stays.
    """
    blocks = _blocks(lines)
    if not blocks:
        return lines
    ends = not any(line.strip() for line in lines[blocks[-1].end:])
    folding = [blocks[-1]] if ends else []
    inner = blocks[:-1] if ends else blocks
    if len(inner) == 1 and inner[0].attributed and len(blocks) == 1:
        folding.append(inner[0])
    kept = [line for index, line in enumerate(lines) if not any(block.start <= index < block.end for block in folding)]
    return kept if any(line.strip() for line in kept) else lines


def _blocks(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    index = 0
    while index < len(lines):
        if not QUOTED.match(lines[index]):
            index += 1
            continue
        end = _end_of_block(lines, index)
        start = _attributed_from(lines, index)
        blocks.append(Block(index if start is None else start, end, start is not None))
        index = end
    return blocks


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
    if FORWARDING.match(lines[above]) or SEPARATOR.match(lines[above]):
        return above
    start = attribution(lines, above)
    if start is None and names_who_wrote(lines[above]):
        return above
    return start
