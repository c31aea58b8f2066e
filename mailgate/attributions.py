"""The line that a mail program writes above what it quotes ("On ... X wrote:"), in many languages.

A language that is not in the tables is still caught by its shape: date, address and colon. People write such lines
too ("On Monday your colleague wrote:"); above text that nothing marks as quoted, more is asked of it.
"""

from __future__ import annotations

import re

from mailgate.header_blocks import ADDRESS

LONGEST = 450
WINDOW = 6                       # lines that an attribution may be broken over
VERBS = (
    "wrote", "writes", "skrev", "skreiv", "skrifaði", "schrieb", "schreibt", "geschrieben", "schreef", "geschreven", "écrit", "ecrit", "escribió",
    "escribio", "escreveu", "escrigué", "va escriure", "scritto", "scrive", "kirjoitti", "kirjutas", "napisał(a)", "napisał", "napisała", "pisze",
    "написал(а)", "написал", "написала", "написа", "пишет", "пише", "писал", "писала", "napsal", "napsala", "napsal(a)", "napísal", "napísala",
    "napísal(a)", "napisao", "napisao je", "napisala", "napisala je", "je pisal", "írta", "scris", "έγραψε", "yazdı", "rakstīja", "rašė",
    "skrev följande", "viết", "ditulis", "menulis", "작성", "כתב", "كتب", "เขียนว่า",
)
CJK_VERBS = ("写道", "寫道", "さんが書きました", "は書きました", "に書きました", "さん wrote", "のメッセージ", "のメール", "님이 작성", "님이 쓰신 글")
FOLLOWING = ("volgende", "følgende", "följande", "folgendes", "this")     # "schreef het volgende:"
VERB = "|".join(re.escape(verb) for verb in sorted(VERBS, key=len, reverse=True))
CJK_VERB = "|".join(CJK_VERBS)
SELF = r"I|we|jeg|eg|jag|vi|ich|wir|ik|wij|yo|je|j'ai|nous|minä"
LEAD = re.compile(
    r"^[\s>*_-]*(?:(?:on|at|the|in|den|på|am|op|le|el|il|em|dnia|w dniu|dne|ha|kl|mandag|tirsdag|onsdag|torsdag"
    r"|fredag|lørdag|søndag"
    r"|måndag|tisdag|lördag|söndag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|(?:maanan|tiis|keskiviikko|tors|perjan|lauan"
    r"|sunnun)\w*"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo|segunda|terça|quarta|quinta|sexta"
    r"|man|tir|ons|tor|fre|lør|søn|mån|tis|tors|lör|sön|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so"
    r"|ma|ti|ke|to|pe|la|su|pon|wt|śr|czw|pt|sob|niedz|lun|mar|mié|jue|vie|sáb|dom|gio|ven|mer|jeu|sam|dim"
    r"|no dia|às|þann|în|la data de|na|στις|pada|vào|în data de|u|v|út|čt|pá)\b"
    r"|\d)",
    re.IGNORECASE,
)
DATED = re.compile(
    r"\b(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d\d|\d{1,2}(?:[:.]\d\d){1,2}|\d{1,2}\s?h\s?\d\d)\b|\d年"
    r"|\d\s?년", re.IGNORECASE
)
ANY_VERB = re.compile(rf"(?:^|[\s>)\"])(?:{VERB})(?![\w])|{CJK_VERB}", re.IGNORECASE)
ENDS_WITH_VERB = re.compile(
    rf"(?:(?:^|[\s>)\"\]])(?:a |ha |heeft |hat |het volgende |folgendes )?(?:{VERB})(?: (?:het )?(?:volgende|følgende"
    rf"|följande|folgendes|this))?|{CJK_VERB})\s*[:：]?$", re.IGNORECASE
)
OWN_WORDS = re.compile(rf"\b(?:{SELF})\s+(?:(?:a|ha|har|hat|have|had)\s+)?(?:{VERB})|\b(?:{VERB})\s+(?:{SELF.replace('je|', '')})\b", re.IGNORECASE)
OWN_VOICE = re.compile(           # words of somebody who tells, not of a program
    r"\b(?:I|we|my|our|you|your|me|us|who|which|that|he|she|they|jeg|eg|vi|meg|oss|min|mitt|vår|vårt|dere|deres|som|jag|mig|mej"
    r"|vores|jer|jeres|ich|wir|mir|uns|mein\w*|unser\w*|Ihre?|euer|eure|nous|votre|notre|mon|yo|nos|mi|ik|wij|mij"     # no weekdays: "ons.", "qui."
    r"|mijn|onze|jullie|minä|meidän|minun)\b|\bschrieb(?:en)? (?:der|die|das|ein)\b|\bhat (?:der|die|das|ein)\b")
ENDS_WITH_ADDRESS = re.compile(r"@[^\s@]+[>)\]]+\s*[:：]$|\s(?:by|von|de|fra|från|af|av|от|da|od|van|par)\s[^\s@<>]+@[^\s@<>]+[:：]$")
DASHED = re.compile(rf"^\s*-{{2,}}\s*\S.{{0,200}}?(?:{VERB})\s*[:：]?\s*-{{2,}}$", re.IGNORECASE)
GROUPWISE = re.compile(r"^>>> .{1,200}\d.{0,100} >>>$")
QUOTING = re.compile(
    r"^(?:quoting|citando|zitat von|sitat fra|citat från|citat fra|citerar|siterer|lainaus|citation de|citaat van)\s"
    r"[^@]{0,100}@[^\s@]+(?:[\s:：]|\s\(.{1,60}\)[:：]?)*$",
    re.IGNORECASE,
)
MONTH = r"[^\W\d_]{3,9}\.?"
WRITTEN_BY = re.compile(          # "Jun 4, 2024, 09:00 by kari@kunde.example:"
    rf"^{MONTH} \d{{1,2}}, \d{{4}}, \d{{1,2}}:\d\d(?: [AP]M)? by [^\s@<>]+@[^\s@<>]+:$", re.IGNORECASE)
MESSAGE_OF = re.compile(          # "Wiadomość napisana przez Kari <kari@kunde.example> w dniu 4 cze 2024, o godz. 09:00:"
    r"^(?:wiadomość napisana przez|missatge de|mensaje de|message de|mensagem de|messaggio di) .{1,120}\d[^@]{0,60}[:：]$", re.IGNORECASE)
#: "Kari Nordmann/OSL/Kunde wrote on 06/04/2024 09:00:00 AM:", as Notes writes it above what nothing marks as quoted.
NAME_FIRST = re.compile(
    rf"^(?:[\"“]?(?:[^\W\d_a-zß-öø-ÿ][\w.'’/-]*[\"”]?\s+){{1,5}}|\S+@\S+\s+(?:a\s+)?)(?:{VERB})\s+(?:on|am|den|sur|le|op|il|el|em|dnia)?\s*"
    r"[\d./ -]{6,12},?\s+(?:kl\.?|um|at|à|alle)?\s*\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?[AP]M)?(?:\s\w{2,4})?\s*:$")
#: What counts above marked lines alone: old Gmail, mutt, verbs that people use of parcels too.
ABOVE_MARKS = re.compile(
    r"^(?:on .{5,90}\d.{0,90}\b(?:wrote|sent)\s*:?|op .{5,90}\d.{0,90}\bverzond\s.{1,90}:|\d{4}[/-]\d{1,2}[/-]\d{1,2}\b.{0,90}<\S{1,90}@\S{1,90}>"
    r"|\* [^@]{0,90}<\S{1,90}@\S{1,90}>:|(?:quoth|according to) .{1,120}:|.{1,120}님의 말:)$", re.IGNORECASE)
CARRIED_OVER = re.compile(r"^<?[^\s<>@]+@[^\s<>@,]+>?[\s,]")


def attribution(lines: list[str], end: int) -> int | None:
    """Where the attribution that ends in line ``end`` begins; None when none ends there.

    It may be broken over up to six lines. The smallest window that tells enough wins, so that the sender's
    own words above it are never swallowed; a line above joins only when it begins as attributions begin.
    """
    last = lines[end].rstrip(" \t*_-")
    if not last.endswith((":", "：", ">>>", ")")) and not _ends_with_verb(last):
        return None
    found, words = None, ""
    for start in range(end, max(-1, end - WINDOW), -1):
        words = f"{lines[start].strip()} {words}".strip()
        if len(words) > LONGEST:
            break
        if found is not None:
            if LEAD.match(lines[start]) and DATED.search(lines[start]):
                return start
            if CARRIED_OVER.match(lines[found].lstrip(" >")) and _is_first_half(lines[start]):
                return start
            if lines[start].strip(" <>") and not lines[start].lstrip().startswith(("<", "mailto:")):
                break
            continue
        if tells_who_wrote(words):
            found = start
            if DATED.search(words) and start < end + 1 and LEAD.match(lines[start]):
                break
    return found


def _ends_with_verb(words: str) -> bool:
    """``ENDS_WITH_VERB``, asked only where the last letters fit."""
    end = words[-50:].rstrip(" :：").lower()
    return end.endswith((*VERBS, *CJK_VERBS, *FOLLOWING)) and bool(ENDS_WITH_VERB.search(words[-50:]))


def _has_verb(words: str) -> bool:
    lower = words.lower()
    return any(verb in lower for verb in (*VERBS, *CJK_VERBS)) and bool(ANY_VERB.search(words))


def _is_first_half(line: str) -> bool:
    """A name, or a date and a name, whose address stands at the beginning of the next line."""
    words = line.strip(" >*_").split()
    if not words or words[-1][-1] in ".,;:!?":
        return False
    return (bool(DATED.search(line)) and len(words) < 16) or (
        len(words) < 6 and all(not word[0].islower() or word in ("van", "von", "der", "de", "af", "av") for word in words))


def tells_who_wrote(words: str) -> bool:
    """Whether this one line is an attribution: a verb of writing with date or address, or date, address and colon."""
    if _is_of_a_known_form(words):
        return True
    core = words.strip(" \t*_-")
    colon = core.endswith((":", "："))
    dated, addressed = bool(DATED.search(core)), bool(ADDRESS.search(core))
    if not (dated or addressed):
        return False
    if _ends_with_verb(core):
        return (colon or (dated and addressed) or words.endswith("--")) and not OWN_WORDS.search(core)
    if not colon:
        return False
    if _has_verb(core):
        return (addressed or bool(LEAD.match(core) or NAME_FIRST.match(core))) and not OWN_WORDS.search(core)
    if WRITTEN_BY.match(core) or MESSAGE_OF.match(core):
        return True
    begins_dated = LEAD.match(core) or (DATED.search(core[:40]) and core.rstrip(":： ").endswith(">"))
    return dated and bool(ENDS_WITH_ADDRESS.search(core)) and bool(begins_dated)


def _is_of_a_known_form(words: str) -> bool:
    return bool((words.endswith("--") and DASHED.match(words)) or (words.startswith(">>>") and GROUPWISE.match(words)) or QUOTING.match(words))


def surely_tells_who_wrote(words: str) -> bool:
    """The same of a line above text without marks, where a person's own words would be hidden: it names the writer,
    begins as programs begin it, and nobody speaks in it."""
    core = words.strip(" \t*_-")
    if _is_of_a_known_form(words) or NAME_FIRST.match(core):
        return True
    if OWN_VOICE.search(re.sub(r"[\"“][^\"”]*[\"”]", " ", core)):
        return False
    return bool(ADDRESS.search(core)) or _names_somebody(core)


def _names_somebody(core: str) -> bool:
    """Whether one of the two words before or behind the verb begins as names begin, or is of a script without capitals."""
    for verb in ANY_VERB.finditer(core):
        near = [*core[:verb.start()].split()[-2:], *core[verb.end():].split()[:2]]
        if any(word.lstrip("\"“'(")[:1].isupper() or (not word.isascii() and word.upper() == word.lower()) for word in near):
            return True
    return False


def names_who_wrote(line: str) -> bool:
    """The short form, "Ola Nordmann wrote:", which counts only above quoted lines."""
    core = line.strip(" \t*_-")
    if len(line) < 200 and ABOVE_MARKS.match(line.strip()) and not OWN_WORDS.search(core):
        return True
    return len(core) < 150 and core.endswith((":", "：")) and _has_verb(core) and not OWN_WORDS.search(core)
