"""Lines that mail programs draw or write between a reply and what it quotes, in many languages."""

from __future__ import annotations

import re

DRAWING = frozenset("-_=*–—‐―─")
DRAWN = r"\*?(?:[-_=–—‐―─]{2,}|[—―])\*?"           # what stands between asterisks alone is a heading of a person's
PHRASES = (
    r"original (?:message|e-?mail|mail|appointment|meddelelse|besked)(?: (?:text|from\b.{1,80}))?"
    r"|opprinnelig (?:melding|e-post)|opphavleg melding|oprinnelig melding|oprindelig (?:meddelelse|besked|mail)"
    r"|ursprungligt meddelande|originalmeddelande|alkuperäinen viesti|upprunaleg skilaboð|upphafleg skilaboð"
    r"|ursprüngliche (?:nachricht|e-?mail)|originalnachricht|original-nachricht"
    r"|message d['’]origine|message (?:original|initial)|courriel original"
    r"|(?:oorspronkelijke?|originele) bericht|mensaje original|missatge original|messaggio originale|mensagem original"
    r"|oryginalna wiadomość|wiadomość oryginalna|pierwotna wiadomość|původní (?:zpráva|e-mail)|pôvodná správa"
    r"|исходное сообщение|оригинальное сообщение|оригінальне повідомлення|оригинално съобщение"
    r"|eredeti üzenet|[oö]ri[jg]inal (?:mesaj|[iİ̇]+leti)|mesaj original|mesajul original|αρχικό μήνυμα|izvirno sporočilo"
    r"|izvorna poruka|originalna poruka|algne (?:kiri|sõnum)|sākotnējais ziņojums|pradinis laiškas"
    r"|元のメッセージ|原始(?:邮件|郵件)|邮件原件|回复的(?:原)?邮件|원본 (?:메시지|메일|이메일)|thư gốc|pesan asli|ข้อความต้นฉบับ"
    r"|الرسالة الأصلية|הודעה מקורית"
    r"|repl(?:y|ied) message"
)
SHORT_PHRASES = r"original|antwort|svar"           # which people write between a few dashes themselves
PASSED_ON_PHRASES = (
    r"(?:begin )?forwarded (?:message|e-?mail|mail|content)(?: (?:from|by|text)\b.{1,80})?|forwarded (?:by|from) .{1,120}"
    r"|(?:begynnelse på )?videresendt (?:melding|meddelelse|besked|mail|e-post)|videresendt (?:af|av|fra) .{1,120}"
    r"|vidaresend melding|vidarebefordrat (?:meddelande|mail|brev)|vidarebefordrat av .{1,120}"
    r"|(?:edelleen lähetetty|välitetty|edelleenlähetetty) viesti|áframsen(?:t|dur|d) (?:bréf|póstur|skilaboð|skeyti)"
    r"|weitergeleitete (?:nachricht|e-?mail|mail)|weitergeleitet von .{1,120}"
    r"|message (?:transféré|réexpédié)|courriel transféré|transféré par .{1,120}"
    r"|doorgestuurd (?:bericht|door .{1,120})|mensaje reenviado|reenviado por .{1,120}|missatge reenviat"
    r"|messaggio inoltrato|inoltrato da .{1,120}|mensagem (?:encaminhada|reencaminhada)"
    r"|(?:treść )?(?:przekazanej wiadomości|przekazana wiadomość|wiadomość przekazana|przesłana wiadomość)"
    r"|(?:пересылаемое|пересланное|перенаправленное|переадресованное|переслане) (?:сообщение|повідомлення)"
    r"|přeposlaná zpráva|preposlaná správa|továbbított üzenet|iletilmiş (?:ileti|mesaj)|[iİ̇]+letilmiş [iİ̇]+leti|mesaj redirecționat"
    r"|προωθημένο μήνυμα|posredovano sporočilo|proslijeđena poruka|edasi saadetud kiri|edastatud kiri|pārsūtīts ziņojums"
    r"|転送(?:された)?メッセージ|转发(?:的)?(?:邮件|消息)|轉寄郵件|전달된 (?:메시지|메일)"
)
SEPARATOR = re.compile(
    rf"^[\s>]*(?:{DRAWN}\s*(?:{PHRASES}|{PASSED_ON_PHRASES})\s*[:：]?\s*{DRAWN}|[-_]{{5,}}\s*(?:{SHORT_PHRASES})\s*[-_]{{5,}})\s*$",
    re.IGNORECASE,
)
#: Words in a drawn line, in a language that stands in no table: a separator if the header of a mail follows.
HEADING = re.compile(r"^[\s>*]*[-_=–—‐―─]{3,}\s*[^\W\d_][^<>|]{2,100}?\s*[-_=–—‐―─]{2,}[\s*]*$")
FORWARDING = re.compile(
    r"^[\s>]*(?:begin forwarded message|start på videresendt (?:melding|meddelelse|besked)|videresendt melding"
    r"|vidarebefordrat brev|början på vidarebefordrat (?:brev|meddelande)"
    r"|anfang der weitergeleiteten (?:nachricht|e-?mail)|début du (?:message|courriel) (?:réexpédié|transféré)"
    r"|begin doorgestuurd bericht|inizio messaggio inoltrato"
    r"|inicio del mensaje reenviado|iníci(?:o)? d[ae] mensagem (?:reencaminhada|encaminhada)|mensagem encaminhada"
    r"|välitetty viesti alkaa|edelleenlähetetty viesti alkaa|początek przekazywanej wiadomości|začátek přeposílané zprávy"
    r"|начало переадресованного сообщения|начало пересылаемого сообщения|转发的邮件|开始转发的邮件|轉寄的郵件"
    r"|転送されたメッセージ|전달된 메시지|továbbított üzenet kezdete|yönlendirilen ileti başlangıcı)\s*[:：]\s*$",
    re.IGNORECASE,
)
PASSED_ON = re.compile(          # among the separators, those that say "forwarded"
    r"forward|vid[ae]resend|vidarebefordr|weitergeleit|transf[ée]r|réexpédi|doorgestuurd|välitetty|edelleen|reenvia|inoltrat|przekaz"
    r"|przesłana|encaminhad|пересыла|пересла|перенаправл|переадрес|转发|轉寄|転送|전달|přepos|prepos|továbbít|iletilmiş|áframsen"
    r"|edasi saadetud|edastatud|redirecțion|προωθ|posredovan|proslijeđen|pārsūtīt|yönlendiril", re.IGNORECASE
)
_ANSWER = (
    r"reply|respond|answer|svar\w*|besvar\w*|antwort\w*|répon\w*|respond\w+|respuesta|resposta|risposta|rispond\w+|antwoord\w*|odpowied\w+"
    r"|vastau\w*|vastaa|ответ\w*|odpověď"
)
_POLITELY = r"please|write|type|skriv\w*|vennligst|venligst|vänligen|bitte|schreiben|veuillez|écri\w+|por favor|escrib\w+|scriv\w+|kirjoita|gelieve|proszę"
_ABOVE = (
    r"(?:above|over|ovenfor|ovanför|oberhalb|über|au-dessus|encima|arriba|acima|sopra|boven|powyżej|nad|выше)\s+(?:d[eai]l?\s+)?"
    r"(?:this|denne|den här|dieser|cette|esta|questa|deze|tej|этой|tímto)\s+(?:lin(?:e|jen?|ii|ha|ea)|linje|raden|rad|zeile|ligne|línea"
    r"|riga|lijn|regel|строки|řádkem)|tämän rivin yläpuolelle"
)
#: A whole line that a desk writes, drawn or polite; people quote its words in theirs.
REPLY_ABOVE = re.compile(
    rf"^(?:[\s>]*[-_=*#~<\[]{{2,}}\W*(?=.*\b(?:{_ANSWER})\b).{{0,60}}|\W*(?=.*\b(?:{_ANSWER})\b)(?:{_POLITELY}|{_ANSWER})\b.{{0,40}})\b(?:{_ABOVE})\b"
    r"(?:\W*|\s+\S.{0,50}\W{2,}|\s+to\s.{0,50}|\s+(?:ein|eingeben|schreiben)\W*)$|请在此行上方回复|この(?:行|線)より上", re.IGNORECASE
)
LINE_WORDS = ("line", "linj", "lini", "linh", "lijn", "raden", " rad", "rivin", "regel", "riga", "zeile", "ligne", "línea", "строки", "řádk", "行", "線")
RULE = re.compile(r"^[\s>*]*(?:[-_=–—‐―─]{5,}|[-_=–—](?: [-_=–—]){4,})[\s*]*$")


def separates(line: str) -> bool:
    """Whether a program wrote this line above what it quotes or passes on."""
    bare = line.strip("> \t\r")
    return bool((bare[:1] in DRAWING and SEPARATOR.match(line)) or (bare.endswith((":", "：")) and FORWARDING.match(line)))


def says_passed_on(line: str) -> bool:
    """Whether this line announces a forwarded mail, and not one that is answered."""
    return bool(FORWARDING.match(line) or ((SEPARATOR.match(line) or HEADING.match(line)) and PASSED_ON.search(line)))


def asks_for_answers_above(line: str) -> bool:
    """Whether a desk wrote this line so that answers are written above it."""
    if len(line) > 200:
        return False
    lower = line.lower()
    return any(word in lower for word in LINE_WORDS) and bool(REPLY_ABOVE.search(line))
