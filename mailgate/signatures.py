"""Signatures at the end of a letter: only what surely is one, because a customer's own words must stay visible."""

from __future__ import annotations

import re

from mailgate.adverts import advertises, is_added

LONGEST = 15                    # lines
MARK = re.compile(r"^-- ?$")
POSTSCRIPT = re.compile(r"\s*p\.?\s?s\b", re.IGNORECASE)
LIST_FOOTER = re.compile(r"^[-_]{2,}\s*$")
LINK_OR_ADDRESS = re.compile(r"\S@\S|https?://|www\.")
DASHES = re.compile(r"^\s*[-_=*]{8,}\s*$")
CONTACT = re.compile(
    r"^(?:\w{1,8}[.:]\s*)?(?:<?[\w.+-]+@[\w.-]+\.\w+>?|(?:https?://|www\.)\S+|\+?\(?\d[\d\s().-]{6,20}"
    r"|skype:\s*\S+)$", re.IGNORECASE
)
CLOSING = re.compile(
    r"^(?:(?:best|kind|warm|kindest|with best|with kind)? ?(?:regards|wishes)|many thanks|thanks(?: again)?"
    r"|thank you|thanks in advance|cheers|sincerely|yours(?: sincerely| truly| faithfully)?"
    r"|(?:med |beste |vennlige? |mange )*(?:vennlig|venlige?|vänliga?|bästa)? ?(?:hilsen|hilsener|hälsning"
    r"|hälsningar)|m ?v ?h|vh|hilsen|på forhånd takk|takk|tak|tack|på förhand tack"
    r"|(?:mit )?(?:freundlichen|besten|vielen|lieben|herzlichen) (?:grüßen|grüssen|dank)|(?:viele|beste|liebe"
    r"|schöne) grüße|mfg|lg|vg|gruß|danke|(?:bien )?cordialement|salutations(?: distinguées)?|merci"
    r"|(?:met )?vriendelijke groet(?:en)?|groet(?:en|jes)?|(?:ystävällisin |parhain )?terveisin|t:|kiitos"
    r"|(?:un )?saludos?(?: cordiales)?|atentamente|gracias|(?:cordiali |distinti )?saluti|grazie"
    r"|pozdrawiam|z poważaniem|dziękuję|(?:com os melhores )?cumprimentos|atenciosamente|obrigad[oa]"
    r"|s pozdravem|с уважением|спасибо)[\s,.!]*$", re.IGNORECASE
)
CARD_LINE = re.compile(r"^(?!p\.?s\b)[\w .,'’&@|/!()+-]{1,60}$", re.IGNORECASE)
NAME = re.compile(r"^[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,3}$")
PARTICLES = frozenset(["van", "von", "der", "den", "de", "af", "av", "di", "da", "du", "la", "le", "bin", "al", "el", "og", "and", "und", "och"])


def without_signature(lines: list[str]) -> list[str]:
    """The lines without the signature that ends them; all of them where nothing else would be left."""
    start = len(lines)
    for begins in (_mobile, _marked, _list_footer, _dashed_card, _card, _closing):
        start = begins(_trimmed(lines[:start]))
    kept = _trimmed(lines[:start])
    return kept if any(line.strip() for line in kept) else lines


def without_advert(lines: list[str]) -> list[str]:
    """What a program adds on its own directly above a quote ("Get Outlook for iOS <link>") belongs to the quote."""
    kept = _trimmed(lines)
    while len(kept) > 1 and (advertises(kept[-1]) or (len(kept) == len(lines) and is_added(kept[-1]))):
        lines = kept = _trimmed(kept[:-1])
    return kept


def _trimmed(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]


def _mobile(lines: list[str]) -> int:
    end = len(lines)
    while end and (not lines[end - 1].strip() or is_added(lines[end - 1])):
        end -= 1
    if end < len(lines) and lines[end].strip().lower().startswith("via ") and NAME.match(lines[end - 1] if end else ""):
        end -= 1
    return end


def _marked(lines: list[str]) -> int:
    """``-- `` on a line of its own (RFC 3676 section 4.3), with or without its space."""
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - 2 * LONGEST), -1):
        if MARK.match(lines[index]):
            below = lines[index + 1:]
            sure = lines[index] == "-- " or _ends_here(lines, index)
            return index if sure and not any(POSTSCRIPT.match(line) for line in below) else len(lines)
    return len(lines)


def _ends_here(lines: list[str], index: int) -> bool:
    """Whether two dashes without their space are no rule between parts of the text, and no question follows."""
    return len(lines) - index <= LONGEST and lines[:index].count("--") == 0 and not lines[-1].rstrip().endswith("?")


def _list_footer(lines: list[str]) -> int:
    for index in range(max(0, len(lines) - 8), len(lines)):
        rest = " ".join(lines[index:]).lower()
        if LIST_FOOTER.match(lines[index]) and not rest.endswith("?") and LINK_OR_ADDRESS.search(rest) and ("mailing list" in rest or "unsubscribe" in rest or "listinfo" in rest):
            return index
    return len(lines)


def _dashed_card(lines: list[str]) -> int:
    for index in range(len(lines) - 1, max(-1, len(lines) - 30), -1):
        if DASHES.match(lines[index]):
            below = [line.strip() for line in lines[index + 1:] if line.strip()]
            contacts = sum(1 for line in below if CONTACT.match(line))
            if not below or not (_names(below[0]) or CLOSING.match(below[0])):
                return len(lines)
            return index if contacts >= 2 and all(len(line) < 60 and not line.endswith("?") for line in below) else len(lines)
    return len(lines)


def _card(lines: list[str]) -> int:
    """A last paragraph that is a name and at least two ways to reach it."""
    start = len(lines)
    while start and lines[start - 1].strip():
        start -= 1
    card = [line.strip() for line in lines[start:]]
    if not 3 <= len(card) <= 8 or not _names(card[0]) or (start > 1 and lines[start - 2].rstrip().endswith(":")):
        return len(lines)
    return start if sum(1 for line in card if CONTACT.match(line)) >= 2 else len(lines)


def _closing(lines: list[str]) -> int:
    """A closing phrase on a line of its own, and below it nothing but a name and a few lines about its bearer."""
    for index in range(len(lines) - 1, max(0, len(lines) - 9), -1):
        if not CLOSING.match(lines[index].strip()):
            continue
        below = [line.strip() for line in lines[index + 1:] if line.strip()]
        named = bool(below) and _names(below[0])
        told = all(CONTACT.match(line) or _is_of_a_card(line) for line in below[1:])
        return index if named and told and len(below) <= 6 else len(lines)
    return len(lines)


def _names(line: str) -> bool:
    """Whether this is a name, written as names are: a person's last words ("please hurry") are not hidden as one."""
    return bool(NAME.match(line)) and all(not word[0].islower() or word in PARTICLES for word in line.split())


def _is_of_a_card(line: str) -> bool:
    """A title, a firm, an address: more than half of the words begin with a capital or a digit, and none asks or calls."""
    words = [word for word in re.split(r"[\s|,/]+", line) if word[:1].isalnum()]
    capitals = sum(1 for word in words if not word[0].islower())
    return bool(CARD_LINE.match(line)) and len(words) <= 7 and 2 * capitals > len(words) and ("@" in line or not line.endswith("!"))
