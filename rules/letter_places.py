"""Where in a letter a first name is somebody who is spoken to, or who signs: ``Hei Ole,`` · ``Mvh Ole`` · a line of its own at the end."""

from __future__ import annotations

import re

_GREETINGS = r"""hei|heisann|hej|hejsan|hallo|hallå|hallaisen|hello|hi|hey|dear|kjære|kære|kära|käre|bäste|bästa|god\s?(?:dag|morgen|kveld|aften|morgon|kväll|formiddag|ettermiddag|eftermiddag)
|morn|tjena|tjenare|(?:tusen|mange|stort)\s(?:takk|tak|tack)|good\s(?:morning|afternoon|evening|day)|takk|tak|tack|thanks|thank\syou"""
_TITLES = r"(?:(?:herr|hr\.?|fru|frk\.?|fröken|mr\.?|mrs\.?|ms\.?|miss|dr\.?)\s+)?"
_CLOSINGS = r"""(?:m\.?v\.?h|v\.?h|b\.?h|k\.?h|m\.?h|d\.?v\.?s|br|rgds)\.?|(?:[^\W\d_]+[ \t]+){0,3}(?:hilsen|hilsner|hilsninger|hälsning|hälsningar|hels(?:ing|ingar)|regards|wishes|greetings)
(?:[ \t]+(?:fra|från|from))?|vänligen|ha\s(?:det|en\s\w+\s\w+)|sincerely(?:\syours)?|yours(?:\s\w+)?|best|cheers|(?:kram|klem|knus)(?:[ \t]+(?:fra|från|from))?|(?:tusen\s)?takk|tak|tack|thanks|på\sforhånd\stakk|tack\spå\sförhand"""
_QUOTE = r"[ \t>|]*"
_FLAGS = re.IGNORECASE | re.VERBOSE
#: The line before the name, from its beginning; others may be greeted along.
_GREETED = re.compile(rf"{_QUOTE}(?:{_GREETINGS})(?:\s(?:igjen|igen|again|alle|der|there|på\s?de[ig]|til\sdeg))?[\s,!]*(?:\w[\w-]*(?:,|\s(?:og|och|and|&))\s)*{_TITLES}\Z"
                      , _FLAGS)
_GREETED_END = re.compile(r"\s*(?:[,!:;–]|\.(?:\s|$)|-\s|$|\s(?:og|och|and|&)\s)")
_SIGNED = re.compile(rf"{_QUOTE}(?:(?:{_CLOSINGS})[\s,.!:/–-]*|//?\s?)\Z", _FLAGS)
_CLOSING_LINE = re.compile(rf"{_QUOTE}(?:(?:{_CLOSINGS})[\s,.!:–-]*|--\s?|__+\s?)$", _FLAGS)
_ALONE = re.compile(r"[ \t>|*_]*\Z")
_SIGNED_END = re.compile(r"[ \t*_]*(?:$|[,|/(–-]|\.\s*$|(?:og|och|and|&)\s)")
_NOTHING = re.compile(r"[ \t>|*_\-\xa0]*")
#: How many lines that are not empty a closing is looked for above a name.
_LINES = 4


def greeted(text: str, start: int, end: int) -> bool:
    """Whether this name is greeted: behind a greeting at the beginning of a line, or alone with a comma at the beginning of the letter."""
    before, after, above = _line(text, start, end)
    if _GREETED.match(before):
        return _GREETED_END.match(after) is not None
    return _ALONE.match(before) is not None and after.strip() in (",", "!", ":") and not above.strip(" \t\r\n>|")


def signed(text: str, start: int, end: int) -> bool:
    """Whether this name signs: behind a closing on its line, on a line by itself below one, or alone on the last line."""
    before, after, above = _line(text, start, end)
    if _SIGNED_END.match(after) is None:
        return False
    if before.strip(" \t>|") and _SIGNED.match(before):
        return True
    if not _ALONE.match(before):
        return False
    lines = [line for line in above.splitlines()[-3 * _LINES:] if not _NOTHING.fullmatch(line) or line.strip(" >|\xa0") == "--"]
    if any(_CLOSING_LINE.match(line.rstrip()) for line in lines[-_LINES:]):
        return True
    return bool(lines) and not after.strip(" \t*_.,") and not text[end:].strip(" \t\r\n>|*_.,\xa0")


def _line(text: str, start: int, end: int) -> tuple[str, str, str]:
    """Of the line of this stretch what stands before it and behind it, and the text above, as far as it counts."""
    begins = text.rfind("\n", 0, start) + 1
    ends = text.find("\n", end)
    return text[max(begins, start - 120):start], text[end:ends if ends >= 0 else len(text)][:200].rstrip("\r"), text[max(0, begins - 600):begins]
