"""The mail that a letter passes on: who wrote it, when, about what, and its words.

Either it is enclosed (message/rfc822), or it stands in the text below a line of a mail program's ("Forwarded
message", "Begin forwarded message") or, as Outlook writes it, below a bare header block under a subject that
begins with ``FW:`` in some language. A reply quotes in the same form as Outlook forwards: only the subject tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from desk.letter import Forwarded, Letter, Party
from mailgate import bodies, headers, language, quotes, signatures
from mailgate.addresses import parties
from mailgate.bodies import Body
from mailgate.header_blocks import header_block, header_fields
from mailgate.parts import Part, Rescue
from mailgate.separators import PASSED_ON, RULE, SEPARATOR, says_passed_on

LARGEST = 20 * 1024 * 1024
NEAR = 4                     # lines between the announcement and the header block
FORWARDS = re.compile(
    r"\s*(?:fwd?|wg|vs|vb|vl|tr|rv|enc|i|pd|doorst|fs|tov|továbbítás|[iİ]lt|πρθ|пересл|转发|轉寄|轉發|전달)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
ANSWERS = re.compile(
    r"\s*(?:re|sv|aw|antw|odp|res|rif|r|svar|ynt|vá|απ|отв|回复|回覆|答复|답장)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
AMBIGUOUS = re.compile(r"\s*vs\b", re.IGNORECASE)
FINNISH_ANSWER = re.compile(r"(?:lähettäjä|keneltä)\s*:", re.IGNORECASE)   # in Finnish VS: answers, in Norwegian it forwards
MARKED = re.compile(r"^\s{0,3}> ?")
MAILTO = re.compile(r"\[mailto:([^\]\s]+)\]", re.IGNORECASE)
LINKED = re.compile(r"<mailto:[^>\s]*>", re.IGNORECASE)


def read(root: Part, body: Body, subject: str, now: datetime, parse: Callable[..., Letter]) -> Forwarded | None:
    """The mail passed on in this message, or None. ``parse`` reads an enclosed one, and looks for no other in it."""
    if ANSWERS.match(subject):
        return None
    return _enclosed(root, body, subject, now, parse) or _in_text(body.text, subject, now)


def _enclosed(root: Part, body: Body, subject: str, now: datetime, parse: Callable[..., Letter]) -> Forwarded | None:
    """The only enclosed message, where the letter is about nothing but passing it on."""
    enclosed = [part for part in bodies.leaves(root) if part.type in bodies.ENCLOSED]
    if len(enclosed) != 1 or len(enclosed[0].body) > LARGEST or root.type == "multipart/report":
        return None
    inner = parse(bodies.content(enclosed[0], Rescue()), now=now, opened=True)
    shown_instead = body.text == inner.text            # the letter has no words of its own
    plain = not subject.strip() or FORWARDS.match(subject) or _bare(subject) == _bare(inner.subject)
    if inner.bounce is not None or not (shown_instead or plain):
        return None
    return Forwarded(
        inner.sender, inner.subject, inner.sent_at, inner.text, inner.visible, inner.html, inner.language,
        inner.reply_to, inner.attachments, "" if shown_instead else _comment(body.text.split("\n")))


def _in_text(text: str, subject: str, now: datetime) -> Forwarded | None:
    said = bool(FORWARDS.match(subject))
    if not said and not PASSED_ON.search(text, 0, quotes.LONGEST):
        return None
    lines = text[:quotes.LONGEST].split("\n")
    found = _begins(lines, said, ambiguous=bool(AMBIGUOUS.match(subject)))
    if found is None:
        return None
    above, block = found
    fields, end = header_fields(lines, block)
    below = lines[end:]
    if MARKED.match(lines[block]):
        below = [MARKED.sub("", line, count=1) for line in below]
    rest = text[quotes.LONGEST:]
    words = ("\n".join(below) + rest).strip("\n").rstrip()
    shown = quotes.visible(words)
    return Forwarded(
        _sender(fields.get("from", "")), headers.tidy(fields.get("subject", "")), headers.date(fields.get("date", ""), now),
        words, shown, language=language.detect(shown), comment=_comment(lines[:above]))


def _begins(lines: list[str], said: bool, *, ambiguous: bool) -> tuple[int, int] | None:
    """The line where the first quote of the text begins, and its header block; None where it is no forward.

    ``said``: the subject says that the letter passes something on, so a bare header block is enough; ``ambiguous``:
    that it says so in one language and "answer" in another.
    """
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        if says_passed_on(line) or (said and (SEPARATOR.match(line) or RULE.match(line))):
            block = next((i for i in range(index + 1, min(index + 1 + NEAR, len(lines))) if lines[i].strip(" \t>")), None)
            if block is not None and header_block(lines, block, after_separator=True):
                return index, block
        if header_block(lines, index, after_separator=False):
            return (index, index) if said and not (ambiguous and FINNISH_ANSWER.search(line)) else None
        if quotes.announces(lines, index):
            return None
    return None


def _sender(written: str) -> Party | None:
    """Who the field From names: also ``Name [mailto:a@x]`` and ``Name <a@x<mailto:a@x>>`` of Outlook."""
    plain = LINKED.sub("", MAILTO.sub(r"<\1>", written)).replace("*", "")
    return next(iter(parties([plain])), None)


def _comment(lines: list[str]) -> str:
    """What the sender of the letter wrote above it, without a signature."""
    own = signatures.without_signature(lines)
    return "" if quotes.says_nothing(own) else "\n".join(own).strip()


def _bare(subject: str) -> str:
    return FORWARDS.sub("", subject, count=1).strip().casefold()


