"""Signatures at the end of a letter: only what surely is one, because a customer's own words must stay visible."""

from __future__ import annotations

import re

LONGEST = 15                    # lines
ON_THE_WAY = (
    r"sent|skickat|sendt|lähetetty|gesendet|verzonden|verstuurd|envoyé|enviado|enviada|inviato|wysłan[eo]"
    r"|odesláno|отправлено|надіслано"
    r"|poslano|elküldve|gönderildi|Von meinem|diese nachricht wurde|from my|via|get|hent|hämta|skaff(?: deg)?"
    r"|laden sie|télécharge[zr]|obtenir|obtén|scarica|pobierz|hanki"
)
DEVICE = (
    r"iphone|ipad|ipod|android|mobile?|mobil\w*|smartphone|samsung|galaxy|outlook|mail\b|blackberry|\w*phone"
    r"|\w*telefon\w*|device|windows|proton"
    r"|huawei|xiaomi|nokia|sony|htc|alcatel|cell|typeapp|sparrow|tablet|gmx|web\.de|handheld|treo|pixel|oneplus"
    r"|airmail|mailbox|surface|puhelin\w*|matkapuhelin\w*"
)
MOBILE = re.compile(
    rf"^[\s<(\[*_–—-]*(?:(?:{ON_THE_WAY})\b.{{0,90}}?(?:{DEVICE})|sent from my\b|sendt fra min\b"
    rf"|skickat från min\b|從我的 iPhone|发自我的)", re.IGNORECASE
)
TRAILING_MOBILE = re.compile(r"^\S.{0,40} from (?:my )?mobile[.!]?$", re.IGNORECASE)
ADVERT = re.compile(rf"^[\s<(\[*_-]*(?:{ON_THE_WAY})\b.{{0,60}}(?:https?://|www\.)", re.IGNORECASE)
MARK = re.compile(r"^-- ?$")
LIST_FOOTER = re.compile(r"^[-_]{2,}\s*$")
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
    while len(kept) > 1 and len(kept[-1]) < 200 and (ADVERT.match(kept[-1]) or (len(kept) == len(lines) and MOBILE.match(kept[-1]))):
        lines = kept = _trimmed(kept[:-1])
    return kept


def _trimmed(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]


def _mobile(lines: list[str]) -> int:
    end = len(lines)
    while end and len(lines[end - 1]) < 160:
        line = lines[end - 1].strip()
        if line and not MOBILE.match(line) and not TRAILING_MOBILE.match(line):
            break
        end -= 1
    if end < len(lines) and lines[end].strip().lower().startswith("via ") and NAME.match(lines[end - 1] if end else ""):
        end -= 1
    return end


def _marked(lines: list[str]) -> int:
    """``-- `` on a line of its own (RFC 3676 section 4.3), with or without its space."""
    for index in range(len(lines) - 1, max(-1, len(lines) - 1 - 2 * LONGEST), -1):
        if MARK.match(lines[index]):
            return index
    return len(lines)


def _list_footer(lines: list[str]) -> int:
    for index in range(max(0, len(lines) - 8), len(lines)):
        rest = " ".join(lines[index:]).lower()
        if LIST_FOOTER.match(lines[index]) and ("mailing list" in rest or "unsubscribe" in rest or "listinfo" in rest):
            return index
    return len(lines)


def _dashed_card(lines: list[str]) -> int:
    for index in range(len(lines) - 1, max(-1, len(lines) - 30), -1):
        if DASHES.match(lines[index]):
            below = [line.strip() for line in lines[index + 1:] if line.strip()]
            contacts = sum(1 for line in below if CONTACT.match(line))
            return index if contacts >= 2 and all(len(line) < 60 and not line.endswith("?") for line in below) else len(lines)
    return len(lines)


def _card(lines: list[str]) -> int:
    """A last paragraph that is a name and at least two ways to reach it."""
    start = len(lines)
    while start and lines[start - 1].strip():
        start -= 1
    card = [line.strip() for line in lines[start:]]
    if not 3 <= len(card) <= 8 or not NAME.match(card[0]) or (start > 1 and lines[start - 2].rstrip().endswith(":")):
        return len(lines)
    return start if sum(1 for line in card if CONTACT.match(line)) >= 2 else len(lines)


def _closing(lines: list[str]) -> int:
    """A closing phrase on a line of its own, and below it nothing but a name and a few lines about its bearer."""
    for index in range(len(lines) - 1, max(0, len(lines) - 9), -1):
        if not CLOSING.match(lines[index].strip()):
            continue
        below = [line.strip() for line in lines[index + 1:] if line.strip()]
        named = bool(below) and bool(NAME.match(below[0]))
        told = all(CONTACT.match(line) or (CARD_LINE.match(line) and len(line.split()) <= 7) for line in below)
        return index if named and told and len(below) <= 6 else len(lines)
    return len(lines)
