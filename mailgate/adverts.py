"""What programs and telephones add below a mail on their own: "Sent from my iPhone", "Get Outlook for iOS".

Customers write "Sent from the warehouse with a telephone in the box" too. So every word of the line must be one that
such lines are made of: a verb of sending, whose device it is, its name, what it runs on, an apology for short words.
"""

from __future__ import annotations

import re

LONGEST = 160                    # characters


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


SENT = _set(
    "sent skickat skickades skickad sendt lähetetty gesendet versendet verschickt geschickt geschrieben verzonden verstuurd envoyé envoyée"
    " enviado enviada enviat inviato inviata wysłano wysłane odesláno odoslané отправлено надіслано изпратено poslano poslana elküldve trimis"
    " στάλθηκε dikirim saadetud nosūtīts išsiųsta gönderildi")
FROM = _set(
    "from fra frå frá från via with using by med mit von vom vanaf vanuit van met de depuis avec desde con da dal dalla do com z ze s od iz с из з зі"
    " от az από dari úr des")
MINE = _set(
    "my min mi mit mitt mein meine meinem meiner meines mijn mon ma mio meu minha mojego мого моего моей mog mého мої mínum saya μου meu del az a an the"
    " der die das dem den el la le il o l'appli lappli pe το all new en et ein einem een un une une app aplikacji aplikację aplikace applikation"
    " приложения programu messagerie sécurisée systemu mobilapp")
FURTHER = MINE | _set(
    "for til till für pour per para dla pro voor su sur on over with using med mit via fra from från network app mail e-mail email e-post secure sikker"
    " sikre encrypted edge herunter laden downloaden beziehen zu gratis mobile mobil max mini plus ultra lte 4g 5g device phone smartphone tablet in til"
    " для версии を入手 を取得 för sich secured end-to-end sicheren säker mobilen nettverk nätverk")
GET = _set(
    "get få hent hämta skaffa skaff hanki laden holen télécharger téléchargez obtenir obtenez obtener obtén obter baixar scarica ottieni pobierz stáhněte"
    " скачать получить получите download haal descargar sækja")
SORRY = _set(
    "please pls excuse pardon sorry apologies beklager unnskyld undskyld ursäkta förlåt bitte entschuldigen entschuldigung désolé désolée excusez veuillez"
    " perdona perdone disculpa disculpe desculpe scusa scusate typos brevity")
BRANDS = (
    "iphon", "ipad", "ipod", "android", "samsung", "galaxy", "blackberry", "huawei", "xiaomi", "redmi", "nokia", "sony", "xperia", "htc", "lumia",
    "alcatel", "motorola", "oneplus", "oppo", "nexus", "wiko", "fairphone", "windows", "macbook", "imac", "ios", "outlook", "gmail", "yahoo", "proton",
    "tutanota", "superhuman", "airmail", "mailspring", "mailbird", "bluemail", "typeapp", "cloudmagic", "fastmail", "zoho", "aol", "gmx", "web.de",
    "k-9", "fairemail", "tapatalk", "thunderbird", "icloud", "яндекс", "yandex",
)
WORDS_TOO = ("mail", "tuta", "hey", "spark", "client", "canary", "front", "missive", "newton", "surface", "kindle", "pixel", "palm", "treo", "aqua", "почт")
DEVICE = re.compile(r"^cell|phone|fono?\b|telefon|mobil|tablet|puhelim|puhelin|handy|handheld|móvil|móvel|celular|cellulare|komórk|смартфон|телефон|мобильн|^device|gerät")
LINK = re.compile(r"[<(\[]*\s*(?:https?://|www\.)[^\s>)\]]{1,300}\s*[>)\]]*")
WORD = re.compile(r"[^\s,/|()<>\[\]*_–—\"“”„]+")
NO_SPACES = re.compile(           # scripts and languages that put the verb last
    r"^\W*(?:.{1,30}(?:から送信(?:されました|しました)?|에서 보냄|傳送|\sgönderildi)|(?:发自|發自|发送自|來自|来自|從我的).{1,24}"
    r"|(?:נשלח|مرسل|أرسلت|đã gửi|gửi|ส่งจาก)\W.{1,30}|outlook .{0,12}を.{1,4}|provenance : \w+ pour windows\W*|yahoo mail\s?: search, organi[sz]e, conquer"
    r"|securely sent with tuta.{0,80})\W*$", re.IGNORECASE)
FROM_MOBILE = re.compile(r"^(?!I\b)[^\W\d_a-z]\S*(?: [^\W\d_a-z]\S*){0,2} from (?:my )?mobile[.!]?$")


def is_added(line: str) -> bool:
    """Whether a program added this line on its own."""
    line = line.strip()
    if not line or len(line) > LONGEST:
        return False
    if NO_SPACES.match(line) or FROM_MOBILE.match(line):
        return True
    bare = LINK.sub(" ", line)
    words = [word.strip(".!:;-'") for word in WORD.findall(bare)]
    return _sent_or_got([word for word in words if word], linked=bare != line)


def advertises(line: str) -> bool:
    """The same, with a link to the program."""
    return is_added(line) and bool(LINK.search(line))


def _sent_or_got(words: list[str], *, linked: bool) -> bool:
    lower = [word.lower() for word in words]
    regret = next((index for index, word in enumerate(lower) if word in SORRY), len(words))
    words, lower = words[:regret], lower[:regret]
    if len(words) > 1 and lower[-1] in SENT and lower[-1] != "sent" and lower[0] not in SENT:     # "Von meinem iPhone gesendet"
        start = 3 if len(words) > 4 and lower[0] in ("diese", "denne", "detta", "dette") else 0
        words, lower = [words[-1], *words[start:-1]], [lower[-1], *lower[start:-1]]
    if len(words) < 2:
        return False
    if lower[0] == "via" or lower[:2] == ["from", "my"]:
        return len(words) < 5 and all(_is_brand(word) or _is_device(word) or word.isdigit() for word in words[1 + (lower[1] == "my"):])
    if lower[0] in SENT:
        rest = words[2:] if lower[1] in FROM else words[1:]
        return bool(rest) and (lower[1] in FROM or len(words) < 5) and _is_of_a_program(rest, mine=lower[2:3], linked=linked)
    if lower[0] in GET:
        rest = words[2:] if lower[1] in ("sie", "deg") else words[1:]
        return (linked or any(map(_is_brand, rest))) and _is_of_a_program(rest, mine=[], linked=linked)
    return lower[0] == "outlook" and len(words) < 7 and _is_of_a_program(words, mine=[], linked=linked)


def _is_of_a_program(words: list[str], *, mine: list[str], linked: bool) -> bool:
    """Whether these words are the name of a device or a program and what stands around it, and nothing else."""
    named = [_is_brand(word) for word in words]
    if not all(brand or _is_device(word) or word.lower() in FURTHER or not word.islower() or re.search(r"\d", word)
               for word, brand in zip(words, named, strict=True)):
        return False
    if any(named) or any(_is_device(word) for word in words):
        return len(words) <= 12
    return len(words) <= 5 and (linked or bool(mine and mine[0] in MINE and len(words) > 1)) and not words[-1][0].islower()


def _is_brand(word: str) -> bool:
    return word.lower().startswith(BRANDS) or (not word.islower() and word.lower().startswith(WORDS_TOO))


def _is_device(word: str) -> bool:
    return bool(DEVICE.search(word.lower()))
