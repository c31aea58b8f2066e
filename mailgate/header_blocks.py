"""The header of a quoted mail as it stands in a text: "From: ... Sent: ... To: ... Subject: ...", in many languages."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"[^\s<>()\[\]\"'@]+@[^\s<>()\[\]\"'@]+")
LOOK_AHEAD = 24                  # lines
LONGEST_LINE = 600               # of a header written on one line
KEYS = {
    "from":
        "from|fra|frá|från|von|de|van|da|od|expéditeur|lähettäjä|keneltä|remitente|mittente|отправитель|от|от кого|від|від кого"
        "|saatja|no|nuo|feladó|από|kimden|gönderen|de la|da parte di|pošiljatelj|pošiljalec|发件人|寄件者|寄件人|差出人|送信者"
        "|보낸 사람|보낸사람|từ|người gửi|dari|จาก|מאת|من",
    "date":
        "date|sent|sent at|sent on|dato|sendt|skickat|datum|gesendet|gesendet am|verzonden|verzonden op|envoyé|envoyé le"
        "|date d'envoi|lähetetty|päivämäärä|päiväys|dagsetning|fecha|enviado|enviado el|enviado em|enviada|enviada em|enviada el"
        "|data|inviato|inviato il|wysłano|wysłane|odesláno|odoslané|дата|отправлено|надіслано|изпратено|elküldve|dátum|saadetud"
        "|saatmisaeg|kuupäev|nosūtīts|datums|išsiųsta|tarih|gönderildi|gönderim tarihi|trimis|poslano|poslato|vytvořeno|στάλθηκε"
        "|ημερομηνία|enviat|发送时间|发送日期|日期|寄件日期|傳送時間|日時|送信日時|送信日|날짜|보낸 날짜|보낸날짜|đã gửi|ngày|dikirim"
        "|tanggal|ส่ง|วันที่|נשלח|תאריך|تم الإرسال|تاريخ الإرسال|التاريخ",
    "to":
        "to|til|till|an|à|a|al|aan|para|per|per a|do|dla|komu|vastaanottaja|viðtakandi|destinatario|destinataire|кому|до|címzett"
        "|adressaat|kellele|kam|kime|alıcı|către|za|prima|prejemnik|收件人|收件者|宛先|받는 사람|받는사람|προς|đến|tới|kepada|untuk|ถึง"
        "|אל|إلى",
    "subject":
        "subject|emne|ämne|rubrik|ärende|betreff|betr|objet|sujet|onderwerp|aihe|asunto|oggetto|temat|assunto|assumpte|předmět"
        "|predmet|тема|относно|tárgy|teema|temats|tēma|tema|konu|subiect|zadeva|konu|efni|主题|主題|主旨|件名|제목|θέμα|chủ đề"
        "|tiêu đề|subjek|perihal|เรื่อง|נושא|الموضوع",
    "other":
        "cc|bcc|kopi|kopia|kopie|kopio|cc:|copie|copia|cópia|afrit|dw|reply-to|reply to|svar til|svara till|svar till|antwort an"
        "|répondre à|rispondi a|responder a|importance|viktighet|prioritet|priority|priorität|sensitivity|attachments?|vedlegg"
        "|vedhæftede filer|bifogade filer|anlagen|organization|sender|sent by|x-mailer|másolatot kap|másolat|копия|копія|抄送|副本|참조"
        "|bilgi|kp|koopia|message-id",
}
ROLE = {key: role for role, keys in KEYS.items() for key in keys.split("|")}
KEY_LINE = re.compile(r"^[\s>|]*[*_]{0,2}([^\W\d_][\w \-'’]{0,24}?)\s?[*_]{0,2}\s?[:：][*_]{0,2}(?=\s|\S)")
SENT = re.compile(
    r"^[\s>|*_]*(?:sent|sendt|skickat|gesendet|verzonden|envoyé|lähetetty|enviad[oa]|inviato|wysłan[oe]"
    r"|отправлено|надіслано|odesláno|发送时间|送信日時)\b[^:：]{0,12}[:：].*\d", re.IGNORECASE
)
INLINE_KEY = re.compile(r"(?:^|\s)[*_]{0,2}([^\W\d_][\w-]{1,14})[*_]{0,2}[:：][*_]{0,2}\s")
FOREIGN_KEY = re.compile(r"^[\s>|]*[*_]{0,2}([^\W\d_][^\d:：<>@]{0,24}?)\s?[*_]{0,2}[:：]\s*[*_]{0,2}\s*\S")
ZONED = re.compile(r"\d\d:\d\d(?::\d\d)? [+-]\d{4}\b")
TIME = re.compile(r"\d[:.]\d\d(?![.\d]*\d{4})|\d\s?h\s?\d\d|\d時|\d\s?[AP]M", re.IGNORECASE)
MOMENT = re.compile(r"\d{1,2}[:.]\d\d(?!\d)|\b(?:19|20)\d\d\b")


def header_block(lines: list[str], start: int, *, after_separator: bool) -> bool:
    """Whether the header of a quoted mail begins here. Below a separator two of From, Date, To and Subject are enough;
    elsewhere it must be three, and say that it is mail: "From: Oslo, To: Bergen, Date: Monday" is none, and what a form
    on a web site sends ("From: ..., Subject: ...") neither."""
    first = _role(lines[start])
    if first not in ("from", "date", "to", "subject"):
        return after_separator and header_in_no_table(lines, start)
    told = _told(lines, start, first)
    roles = set(told)
    if len(roles - {"other"}) < 2:
        return _on_one_line(lines[start], after_separator=after_separator)
    if after_separator:
        return "from" in roles or ("date" in roles and not roles.isdisjoint({"to", "subject"}))
    addressed = any(ADDRESS.search(told.get(role, "")) for role in ("from", "to"))
    date = told.get("date", "")
    if "from" in roles and "date" in roles:
        return addressed or bool(SENT.match(date)) or ("subject" in roles and bool(TIME.search(date)))
    if "from" in roles or not addressed:                                             # it may be an order form
        return addressed and roles >= {"to", "subject"}
    return roles >= {"date", "to", "subject"} or ("to" in roles and bool(ZONED.search(date)))


def header_in_no_table(lines: list[str], start: int) -> bool:
    """Three fields or more with names in a language of no table, one with an address, one with a moment: below a
    drawn line that is the header of a mail too."""
    values = []
    for line in lines[start:start + LOOK_AHEAD]:
        if len(line) > LONGEST_LINE or not FOREIGN_KEY.match(line):
            break
        values.append(line)
    return len(values) >= 3 and any(ADDRESS.search(line) for line in values) and any(
        MOMENT.search(line.partition(":")[2]) and not ADDRESS.search(line) for line in values)


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


def _told(lines: list[str], start: int, first: str) -> dict[str, str]:
    """The fields that follow each other here, by role, as they are written; a list of addresses may take several lines."""
    told, gaps, last = {first: lines[start][:LONGEST_LINE]}, 0, first
    for line in (line[:LONGEST_LINE] for line in lines[start + 1:start + LOOK_AHEAD]):
        role = _role(line)
        if role and (role == "other" or role not in told):
            told[role] = line
            gaps, last = 0, role
        elif last in ("from", "to", "other") and re.search(r"[;@]", line):
            told[last] += f" {line}"
        else:
            gaps += 1
            if gaps > 2:
                break
    return told


def _on_one_line(line: str, *, after_separator: bool) -> bool:
    """``From: Kari <kari@kunde.example> Sent: Tuesday, June 4, 2024 9:00 AM To: Desk Subject: Printer``"""
    if len(line) > LONGEST_LINE:
        return False
    roles = {ROLE[key.lower()] for key in INLINE_KEY.findall(line) if key.lower() in ROLE} - {"other"}
    if after_separator:
        return len(roles) >= 2
    moment, address = MOMENT.search(line), ADDRESS.search(line)
    return "from" in roles and ((len(roles) >= 3 and bool(moment or address)) or ("date" in roles and bool(address and ZONED.search(line))))


def _goes_on(lines: list[str], blank: int, fields: dict[str, str]) -> bool:
    below = next((line for line in lines[blank + 1:blank + 3] if line.strip(" \t>")), "")
    named = _role(below)
    return not {"from", "date", "subject"} <= set(fields) and named is not None and named not in fields


def _role(line: str) -> str | None:
    found = KEY_LINE.match(line)
    key = found[1].strip().lower() if found else ""
    return None if key == "no" and not ADDRESS.search(line) else ROLE.get(key)       # Latvian: from; else a number
