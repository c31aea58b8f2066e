"""The lines that mail programs write above what they quote, in many languages.

Attributions ("On ... X wrote:"), header blocks ("From: ... Sent: ..."), and separators ("-----Original
Message-----"). A language that is not in the tables is still caught by its shape: date, address and colon.
"""

from __future__ import annotations

import re

LONGEST = 450
WINDOW = 6                       # lines that an attribution may be broken over
VERB = (
    r"wrote|writes|skrev|skreiv|skrifaði|schrieb|schreibt|geschrieben|schreef|geschreven|écrit|ecrit|escribió"
    r"|escribio"
    r"|escreveu|escrigué|scritto|scrive|kirjoitti|kirjutas|napisał\(a\)|napisała?|pisze|написала?|пишет|пише"
    r"|писал[а]?"
    r"|napsala?|napsal\(a\)|napísala?|napisao|napisala|je pisal|írta|scris|έγραψε|yazdı|rakstīja|rašė"
    r"|skrev följande"
    r"|viết|ditulis|menulis|写道|寫道|さんが書きました|のメッセージ|님이 작성|כתב|كتب"
)
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
    r"|ma|ti|ke|to|pe|la|su|pon|wt|śr|czw|pt|sob|niedz|lun|mar|mié|jue|vie|sáb|dom|gio|ven|mer|jeu|sam|dim)\b"
    r"|\d)",
    re.IGNORECASE,
)
DATED = re.compile(
    r"\b(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d\d|\d{1,2}(?:[:.]\d\d){1,2}|\d{1,2}\s?h\s?\d\d)\b|\d年"
    r"|\d\s?년", re.IGNORECASE
)
ADDRESS = re.compile(r"[^\s<>()\[\]\"'@]+@[^\s<>()\[\]\"'@]+")
ANY_VERB = re.compile(rf"(?:^|[\s>)\"])(?:{VERB})(?![\w])", re.IGNORECASE)
ENDS_WITH_VERB = re.compile(
    rf"(?:^|[\s>)\"\]])(?:a |ha |heeft |hat |het volgende )?(?:{VERB})(?: (?:het )?(?:volgende|følgende"
    rf"|följande|folgendes|this))?\s*[:：]?$", re.IGNORECASE
)
OWN_WORDS = re.compile(rf"\b(?:{SELF})\s+(?:(?:a|ha|har|hat|have|had)\s+)?(?:{VERB})|\b(?:{VERB})\s+(?:{SELF})\b", re.IGNORECASE)
ENDS_WITH_ADDRESS = re.compile(r"@[^\s@]+[>)\]]*\s*[:：]$")
DASHED = re.compile(rf"^\s*-{{2,}}\s*\S.{{0,200}}?(?:{VERB})\s*[:：]?\s*-{{2,}}$", re.IGNORECASE)

GROUPWISE = re.compile(r"^>>> .{1,200}\d.{0,100} >>>$")
QUOTING = re.compile(
    r"^(?:quoting|citando|zitat von|sitat fra|citat från|citat fra|citerar|siterer|lainaus|citation de|citaat van)\s"
    r"[^@]{0,100}@[^\s@]+(?:[\s:：]|\s\(.{1,60}\)[:：]?)*$",
    re.IGNORECASE,
)

KEYS = {
    "from":
        "from|fra|frá|från|von|de|van|da|od|expéditeur|lähettäjä|keneltä|remitente|mittente|отправитель|от|від"
        "|saatja"
            "|no|nuo|feladó|από|kimden|发件人|寄件者|差出人|보낸 사람",
    "date":
        "date|sent|sent at|dato|sendt|skickat|datum|gesendet|gesendet am|verzonden|verzonden op|envoyé"
        "|envoyé le|lähetetty"
            "|päivämäärä|päiväys|fecha|enviado|enviado el|enviado em|enviada|enviada em|enviada el|data|inviato"
            "|wysłano|wysłane"
            "|odesláno|odoslané|дата|отправлено|надіслано|elküldve|saadetud|saatmisaeg|nosūtīts|išsiųsta|tarih"
            "|gönderildi|发送时间|日期|日時|送信日時|날짜|στάλθηκε",
    "to":
        "to|til|till|an|à|a|al|aan|para|per|do|dla|komu|vastaanottaja|destinatario|destinataire|кому|címzett"
        "|kellele|kam|kime"
          "|收件人|宛先|받는 사람|προς",
    "subject":
        "subject|emne|ämne|betreff|betr|objet|sujet|onderwerp|aihe|asunto|oggetto|temat|assunto|předmět|predmet"
        "|тема|tárgy|teema"
               "|temats|tema|konu|efni|主题|主旨|件名|제목|θέμα",
    "other":
        "cc|bcc|kopi|kopia|kopie|kopio|cc:|copie|reply-to|reply to|svar til|svara till|antwort an|importance"
        "|viktighet"
             "|prioritet|priority|priorität|attachments?|vedlegg|vedhæftede filer|bifogade filer|anlagen"
             "|organization|sender|x-mailer",
}
ROLE = {key: role for role, keys in KEYS.items() for key in keys.split("|")}
KEY_LINE = re.compile(r"^[\s>|]*[*_]{0,2}([^\W\d_][\w \-'’]{0,24}?)\s?[*_]{0,2}\s?[:：][*_]{0,2}(?=\s|\S)")
SENT = re.compile(
    r"^[\s>|*_]*(?:sent|sendt|skickat|gesendet|verzonden|envoyé|lähetetty|enviad[oa]|inviato|wysłan[oe]"
    r"|отправлено|надіслано)\b[^:：]{0,12}[:：].*\d", re.IGNORECASE
)
INLINE_KEY = re.compile(r"(?:^|\s)[*_]{0,2}([^\W\d_][\w-]{1,14})[*_]{0,2}:[*_]{0,2}\s")

PHRASES = (
    r"original message|original meddelelse|original|original appointment|opprinnelig melding|oprinnelig melding"
    r"|opphavleg melding|oprindelig meddelelse"
    r"|ursprungligt meddelande|originalmeddelande|ursprüngliche nachricht|originalnachricht"
    r"|ursprüngliche e-?mail|message d'origine|message original"
    r"|message initial|oorspronkelijk(?:e)? bericht|alkuperäinen viesti|mensaje original|messaggio originale"
    r"|oryginalna wiadomość|wiadomość oryginalna"
    r"|wiadomość oryginalna|mensagem original|původní (?:zpráva|e-mail)|исходное сообщение"
    r"|пересылаемое сообщение|пересланное сообщение|upprunaleg skilaboð"
    r"|forwarded message|videresendt (?:melding|meddelelse|besked|mail)|vidarebefordrat (?:meddelande|mail)"
    r"|weitergeleitete nachricht|message transféré"
    r"|doorgestuurd bericht|välitetty viesti|mensaje reenviado|messaggio inoltrato|wiadomość przekazana"
    r"|przekazana wiadomość|mensagem encaminhada"
    r"|reply message|antwort|svar|原始邮件|原始郵件|转发邮件|eredeti üzenet|orijinal mesaj"
)
SEPARATOR = re.compile(rf"^[\s>]*[-_=*–—]{{2,}}\s*(?:{PHRASES})\s*[:：]?\s*[-_=*–—]{{2,}}\s*$", re.IGNORECASE)
FORWARDING = re.compile(
    r"^[\s>]*(?:begin forwarded message|start på videresendt (?:melding|meddelelse|besked)|videresendt melding"
    r"|vidarebefordrat brev"
    r"|anfang der weitergeleiteten nachricht|début du message (?:réexpédié|transféré)"
    r"|begin doorgestuurd bericht|inizio messaggio inoltrato"
    r"|inicio del mensaje reenviado|início da mensagem reencaminhada|mensagem encaminhada"
    r"|välitetty viesti alkaa|początek przekazywanej wiadomości)\s*[:：]\s*$",
    re.IGNORECASE,
)
PASSED_ON = re.compile(          # among the separators, those that say "forwarded"
    r"forward|videresend|vidarebefordr|weitergeleit|transf[ée]r|doorgestuurd|välitetty|reenviado|inoltrat|przekazan"
    r"|encaminhad|пересыла|переслан|转发", re.IGNORECASE
)
REPLY_ABOVE = re.compile(
    r"(?:reply|respond|answer|svar[ea]?|antwort\w*|répondre|responder|odpowied\w+)\b.{0,40}\b(?:above|over"
    r"|ovenfor|ovanför|oberhalb|au-dessus|encima|powyżej)\s+"
    r"(?:this|denne|den här|dieser|cette|esta|tej)\s+(?:line|linjen?|linje|raden|zeile|ligne|línea|linii)\b", re.IGNORECASE
)
RULE = re.compile(r"^[\s>*]*(?:[-_=–—]{5,}|[-_=–—](?: [-_=–—]){4,})[\s*]*$")


def attribution(lines: list[str], end: int) -> int | None:
    """Where the attribution that ends in line ``end`` begins; None when none ends there.

    It may be broken over up to six lines. The smallest window that tells enough wins, so that the sender's
    own words above it are never swallowed; a line above joins only when it begins as attributions begin.
    """
    last = lines[end].rstrip(" \t*_-")
    if not last.endswith((":", "：", ">>>", ")")) and not ENDS_WITH_VERB.search(last[-50:]):
        return None
    found, words = None, ""
    for start in range(end, max(-1, end - WINDOW), -1):
        words = f"{lines[start].strip()} {words}".strip()
        if len(words) > LONGEST:
            break
        if found is not None:
            if LEAD.match(lines[start]) and DATED.search(lines[start]):
                return start
            if lines[start].strip(" <>") and not lines[start].lstrip().startswith(("<", "mailto:")):
                break
            continue
        if tells_who_wrote(words):
            found = start
            if DATED.search(words) and start < end + 1 and LEAD.match(lines[start]):
                break
    return found


def tells_who_wrote(words: str) -> bool:
    """Whether this one line is an attribution: a verb of writing with date or address, or date, address and colon."""
    if DASHED.match(words) or GROUPWISE.match(words) or QUOTING.match(words):
        return True
    core = words.strip(" \t*_-")
    colon = core.endswith((":", "："))
    dated, addressed = bool(DATED.search(core)), bool(ADDRESS.search(core))
    if not (dated or addressed) or OWN_WORDS.search(core):
        return False
    if ENDS_WITH_VERB.search(core[-50:]):
        return colon or (dated and addressed) or words.endswith("--")
    if not colon:
        return False
    if ANY_VERB.search(core):
        return addressed or bool(LEAD.match(core))
    begins_dated = LEAD.match(core) or (DATED.search(core[:40]) and core.rstrip(":： ").endswith(">"))
    return dated and bool(ENDS_WITH_ADDRESS.search(core)) and bool(begins_dated)


def names_who_wrote(line: str) -> bool:
    """The short form, "Ola Nordmann wrote:", which counts only above quoted lines."""
    core = line.strip(" \t*_-")
    return len(core) < 150 and core.endswith((":", "：")) and bool(ANY_VERB.search(core)) and not OWN_WORDS.search(core)


def header_block(lines: list[str], start: int, *, after_separator: bool) -> bool:
    """Whether the header of a quoted mail begins here: at least two of From, Date, To, Subject, and a sign that
    it is mail (a subject, an address, a separator above): "From: Oslo, To: Bergen" is none."""
    first = _role(lines[start])
    if first not in ("from", "date", "to", "subject"):
        return False
    roles, block, gaps = {first}, [lines[start]], 0
    for line in lines[start + 1:start + 24]:
        role = _role(line)
        if role:
            roles.add(role)
            gaps = 0
        else:
            gaps += 1
            if gaps > 2:
                break
        block.append(line)
    if len(roles - {"other"}) < 2:
        return after_separator and len(_inline_roles(lines[start])) >= 2
    mail_like = "subject" in roles or after_separator or any(ADDRESS.search(line) or SENT.match(line) for line in block)
    if "from" in roles:
        return mail_like
    addressed = after_separator or any(ADDRESS.search(line) for line in block)       # else it may be an order form
    return addressed and "date" in roles and not roles.isdisjoint({"to", "subject"})


def says_passed_on(line: str) -> bool:
    """Whether this line announces a forwarded mail, and not one that is answered."""
    return bool(FORWARDING.match(line) or (SEPARATOR.match(line) and PASSED_ON.search(line)))


def header_fields(lines: list[str], start: int) -> tuple[dict[str, str], int]:
    """The header block that begins here, by role (from, date, to, subject, other), and the line after it.

    A blank line ends it, unless a field that it lacks stands right below; addresses may go on in the next line.
    """
    fields: dict[str, str] = {}
    role, index = "", start
    while index < len(lines):
        line = lines[index]
        named = _role(line)
        if named and (named == "other" or named not in fields):
            role = named
            fields[role] = KEY_LINE.sub("", line, count=1).strip(" \t*_")
        elif line.strip(" \t>"):
            if named or role not in ("from", "to", "other"):
                break
            fields[role] += " " + line.strip(" \t>")
        elif not _goes_on(lines, index, fields):
            break
        index += 1
    return fields, index


def _goes_on(lines: list[str], blank: int, fields: dict[str, str]) -> bool:
    below = next((line for line in lines[blank + 1:blank + 3] if line.strip(" \t>")), "")
    named = _role(below)
    return not {"from", "date", "subject"} <= set(fields) and named is not None and named not in fields


def _role(line: str) -> str | None:
    found = KEY_LINE.match(line)
    return ROLE.get(found[1].strip().lower()) if found else None


def _inline_roles(line: str) -> set[str]:
    return {ROLE[key.lower()] for key in INLINE_KEY.findall(line) if key.lower() in ROLE} - {"other"}
