"""Whether a mail asks for a right of the GDPR: which, and in which words.

A suggestion for people, so in doubt it is none: ordinary mail deletes orders, corrects addresses and objects to invoices. What is asked for has to be
about the sender (*my data*, *what you hold about me*), and it has to be asked: *will the update delete my data?* is not. A sentence without a first
person, such as the small print under a mail, asks for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST_TEXT, LONGEST_SENTENCE, LONGEST_PHRASE = 10_000, 400, 200


class Request(NamedTuple):
    """What was recognised: the kind (as ``desk.rights.case.KINDS``) and the sentence that says so."""

    kind: str
    phrase: str


#: Personal data, in any of the languages: what is one's own, or what *you* have about *me*.
_DATA = (r"(?:(?:personal |private |customer |contact )?(?:data|information|details|records?)"
         r"|(?:person|kunde|kontakt|kund)?(?:opplysninge[rn]e?|oplysninger(?:ne)?|uppgifter(?:na)?|data(?:ene)?|informasjon(?:en)?|information(?:en)?)"
         r"|(?:personenbezogenen? |gespeicherten? |persönlichen )?(?:Daten|Angaben))")
_NOT_DATA = r"(?![- ](?:plan|sheet|cable|cent|roaming|set|file)|\s+(?:on|from|på|fra|från) (?:the|this|that|den|det|denne|dette)?\s?(?:\w+)?(?:invoice|order|faktura|ordre))"
_ALL = r"(?:(?:all|every|any|alle|alla|of|the|av|af|de|my account and|kontoen min og|min konto och|min konto og) ){0,4}"
_MINE = rf"{_ALL}(?:(?:my|mine|mina|min|mitt|meine[rn]?) (?:own |egne |egna |eigenen )?{_DATA}\b{_NOT_DATA}|{_DATA} (?:mine|mina|mitt)\b)"
_ABOUT_ME = r"(?:about|on|of|concerning|relating to|related to|regarding|angående|vedrørende|associated with|linked to|connected with|om|på|über|von|rundt) (?:me|meg|mig|mich|mir)\b(?! \w+ing\b)"
_YOU_HOLD = r"(?:you|dere|I|ni|sie|har|have|hold|keep|store|stored|haben|is|that|som|der|lagret|lagrer|registrert|registreret|gemt|sparat|lagrat|gespeichert|currently|jer)"
_HELD = (rf"(?:(?:all|alle|alla|the|any|all my|alt|allt|everything|alles|de|die|hvilke|vilka|which|what|informasjonen?|{_DATA})\s){{1,4}}(?:{_YOU_HOLD}\s){{0,5}}{_ABOUT_ME}")
_OBJECT = rf"(?:{_MINE}|{_HELD})"
_ME = r"(?:me|meg|mig|mich)\b"
_STORE = (r"(?:from|fra|ur|från|i|aus|hos) (?:your |jeres |deres |ert |era |er |ihrem |ihrer |the )?(?:whole |customer )?(?:systems?|systeme[rt]?(?:ne|et)?"
          r"|(?:kunde|kund)?(?:database[nr]?|databas(?:en)?|registe?re?t?|register)|records|files|crm|datenbank)")

#: The verb of erasing: as it is asked for, and as it is done to something.
_ERASE = r"(?:delete|erase|remove|wipe|scrub|purge|destroy|get rid of|slett|slette|sletter|fjern|fjerne|fjerner|slet|fjerner|radera|raderar|ta bort|tar bort|stryk|lösche|löschen|entfernen)"
_ERASED = r"(?:deleted|erased|removed|slettet|slettes|fjernet|fjernes|raderas?|raderade|raderat|tas bort|borttagna|gelöscht|löschen|löschung|zu löschen)"
_SIE = r"(?: Sie)?(?: (?:bitte|please|venligst|vennligst|gerne|gjerne|straks|nå|nu))?"

PATTERNS: tuple[tuple[str, str], ...] = (
    ("erasure", rf"(?P<verb>{_ERASE}){_SIE} (?:(?:(?:my|min|mit|mitt|meine?n?) \w+|\w+ (?:min|mi)) (?:and|og|och|und) )?{_OBJECT}"),
    ("erasure", rf"(?P<verb>delete|erase|slett|slette|sletter|slet|radera|raderar|lösche|löschen){_SIE} {_ME}(?! (?:as|som|from the (?:cc|list|thread)))"),
    ("erasure", rf"(?P<verb>remove|fjern|fjerne|ta bort|tar bort|entfernen){_SIE} {_ME} {_STORE}"),
    ("erasure", rf"{_OBJECT}\s(?:\w+\s){{0,4}}{_ERASED}\b"),
    ("erasure", rf"(?:slettet|raderat|slettede|fjernet|tatt bort|taget bort|borttaget) {_OBJECT}"),
    ("erasure", rf"(?:removed|deleted|erased|slettet|fjernet|borttagen|bortplockad|raderad|gelöscht) {_STORE}"),
    ("erasure", rf"(?:no longer want|(?:not|n't|ikke|inte) (?:want|wish|ønsker|vil|vill)|ønsker ikke|vil ikke|vill inte)\s(?:\w+\s){{0,4}}(?:store|keep|hold|lagrer|lagre|beholde|gemmer|sparar|lagrar)\s(?:\w+\s)?{_OBJECT}"),
    ("erasure", rf"(?:erasure|deletion|removal|sletting|sletning|radering|löschung) (?:of|av|af|von|der)? ?{_OBJECT}"),
    ("erasure", r"(?:right to be forgotten|right to erasure|rett(?:en)? til (?:å bli glemt|sletting)|ret(?:ten)? til (?:at blive glemt|sletning)|rätt(?:en)? (?:att bli (?:bortglömd|glömd|raderad)"
                r"|till radering)|recht auf (?:löschung|vergessenwerden))"),
    ("erasure", r"(?:jeg|jag) (?:vil|ønsker|vill|önskar)(?: gerne| gjerne)? (?:å |at |att )?(?:bli|blive) (?:glemt|bortglömd|glömd)"),
    ("erasure", r"^forget me\b(?! (?:when|if|not))"),
    ("access", r"(?:subject access request|\bDSAR\b|right of access|registerutdrag|innsynsbegjæring|innsynskrav|indsigtsanmodning|auskunftsersuchen|selbstauskunft)"),
    ("access", rf"(?:access|innsyn|(?:akt)?indsigt|insyn|tilgang|adgang|tillgång|auskunft) (?:to|i|til|till|über|zu) (?:hva |hvilke |vilka |what |which )?{_OBJECT}"),
    ("access", r"(?:ber (?:herved )?om|krever|begjærer|ønsker|anmoder (?:hermed )?om|begär) (?:innsyn|indsigt|insyn)\b(?! i (?!GDPR))"),
    ("access", rf"(?:copy|kopi|kopia|kopie) (?:of|av|af|på|von) {_OBJECT}"),
    ("access", rf"(?:see|have|get|send me|give me|provide me with|show me|få|se|have|ha|utlevert|udleveret|utlämnat|vite|vide|veta) (?:a copy of )?{_HELD}"),
    ("access", rf"(?:what|which|hva|hvad|hvilke|hvilken|vad|vilka|vilken|welche|was)(?: slags| for)?(?: {_DATA})? (?:do |does |know |vet |ved |wissen |haben |har |dere |I |ni |sie |you |have |hold |store |keep ){{1,4}}(?:\w+ ){{0,3}}{_ABOUT_ME}"),
    ("portability", r"(?:data ?portabilit(?:y|et|ät)|right to portability|datenübertragbarkeit)"),
    ("portability", rf"{_MINE}\s(?:\w+\s){{0,5}}(?:machine[- ]readable|structured|mas(?:k|ch)in(?:lesbar|læsbar|läsbar|enlesbar)\w*)"),
    ("rectification", rf"(?:right to rectification|rett(?:en)? til retting|ret(?:ten)? til berigtigelse|rätt(?:en)? till rättelse|recht auf berichtigung|rectification of {_OBJECT})"),
    ("rectification", rf"(?P<verb>correct|rectify|rette|rett|retter|rätta|rättar|berigtige|berigtiget|korrigere|berichtigen){_SIE} (?:{_HELD}|(?:my|mine|mina) personal? ?data)"),
    ("restriction", r"(?:restriction of (?:the )?processing|restrict (?:the )?processing|(?:begrensning|begrænsning|begränsning) (?:av|af) behandling(?:en)?|einschränkung der verarbeitung|right to restriction)"),
    ("objection", r"(?:object to|objecting to|objection to|motsetter meg|motsætter mig|motsätter mig|innsigelse (?:mot|mod)|indsigelse mod|invänder mot|invändning mot|protesterer mot|protesterer mod"
                  r"|protesterar mot|widerspreche) (?:the |your |all |any |der |den |all |deres |jeres |er )*(?:use of |processing|use of|profiling|direct marketing|marketing|behandling|bruk av|brug af"
                  r"|markedsføring|marknadsföring|direktmarknadsföring|profilering|verarbeitung|nutzung|werbung)"),
    ("objection", rf"(?P<verb>stop|slutt|stopp|stop med) (?:using|processing|å bruke|å behandle|at bruge|att använda) {_OBJECT}"),
    ("objection", rf"(?:not|n't|no longer|ikke|inte)\s(?:\w+\s){{0,4}}(?:use|bruke|bruker|använda|använder|bruge|bruger) {_OBJECT} (?:for|til|till|för) \w*(?:marketing|markedsføring|marknadsföring|profil\w+|reklame?)"),
    ("other", r"(?:GDPR|DSGVO|personvern|databeskyttelse)[- ](?:request|anmodning|forespørsel|henvendelse|begäran|krav|anfrage)"),
    ("other", rf"(?:complain|complaint|klage|klaga)\b.{{0,40}}\b(?:handle|process|use|behandler|behandlar|bruger|bruker|handling|behandling\w*)\b.{{0,20}}{_MINE}"),
)
#: A sentence without one of these is none, so that ordinary mail costs nothing.
_HINT = re.compile(r"me\b|meg\b|mig\b|mi[ctn]|\bmy\b|meine|right|rett|rätt|GDPR|DSGVO|art|innsyn|indsigt|insyn|utdrag|request|DSAR|portabilit|auskunft|process|behandling|marketing"
                   r"|marknads|markeds|profil|recht|widerspr|register|database|databas|einschränk|übertragbar", re.IGNORECASE)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in PATTERNS)
#: Articles of the regulation → kinds; they count where the regulation is named beside.
_ARTICLE = re.compile(r"\bart(?:icle|ikkel|ikel|\.)?\.? ?(?P<number>15|16|17|18|20|21)\b", re.IGNORECASE)
_ARTICLES = {"15": "access", "16": "rectification", "17": "erasure", "18": "restriction", "20": "portability", "21": "objection"}
_REGULATION = re.compile(r"GDPR|DSGVO|personvernforordning|databeskyttelsesforordning|dataskyddsförordning|data protection regulation", re.IGNORECASE)
#: Somebody who speaks of themselves.
_FIRST = re.compile(r"\b(?:i|i'm|me|my|mine|jeg|meg|mig|min|mitt|mina|mit|jag|ich|mich|mir|mein|meine[rnm]?)\b", re.IGNORECASE)
#: What may stand before a verb that asks.
_ASKING = re.compile(
    r"(?:^|[,:;–-]|\b(?:please|kindly|hereby|just|also|now|then|and|to|vennligst|venligst|vänligen|snälla|snill|vær så snill og|og|och|und|å|at|att|zu|bitte|hei|hej|hi|hello|takk|tak|tack"
    r"|(?:can|could|would|will|must|should|shall|want|ask|like|that|kan|må|bedes|vil|skal|ska|kunne|at|att|dass|können|bedes) (?:you|dere|I|ni|sie|du|jer)|dere|ni|bedes|must|skal|ska|ønsker å|vil))\s*$",
    re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|n't|never|ikke|inte|nicht|aldri|aldrig|don't|dont|hvordan|how|hur|hvorfor|why)\b", re.IGNORECASE)
#: What somebody does not want of us, as far as the verb: *I do not want you to*.
_UNWANTED = re.compile(
    r"(?:\bnot|n't|\bikke|\binte)(?: (?:want|wish|like|ask|asking|ønsker|önskar|vil|vill|ville))?(?: for)?(?: (?:that|at|att))? (?:you|dere|du|de|I|ni)"
    r"(?: (?:to|skal|ska|shall|should|å))?\s*$", re.IGNORECASE)
_SENTENCES = re.compile(r"[^.!?\n]+(?:[.](?=\S)[^.!?\n]*)*[.!?]*")
#: A subject that says it all.
_BARE = {"innsyn": "access", "indsigt": "access", "registerutdrag": "access", "innsynskrav": "access", "gdpr": "other", "right to be forgotten": "erasure"}
ORDER = ("erasure", "portability", "rectification", "restriction", "objection", "access", "other")


def recognise(subject: str, text: str) -> Request | None:
    """The request that a mail makes; None where it makes none. ``text`` is what the sender wrote, without what they quote."""
    bare = _BARE.get(subject.strip(" .!:?-").lower())
    found = [Request(bare, subject.strip())] if bare else []
    regulation = bool(_REGULATION.search(subject) or _REGULATION.search(text[:LONGEST_TEXT]))
    found += list(_asked(subject[:LONGEST_SENTENCE], regulation))
    said = re.split(r"^-- ?$", text[:LONGEST_TEXT], maxsplit=1, flags=re.MULTILINE)[0]
    for sentence in _SENTENCES.findall(re.sub(r"(?<!\n)\n(?!\n)", " ", said)):
        found += list(_asked(sentence.strip()[:LONGEST_SENTENCE], regulation))
    return min(found, key=lambda one: ORDER.index(one.kind), default=None)


def _asked(sentence: str, regulation: bool) -> Iterator[Request]:
    if not _HINT.search(sentence):
        return
    for kind, pattern in _PATTERNS:
        hit = pattern.search(sentence)
        if hit is not None and _is_asked(sentence, hit):
            yield Request(kind, sentence[:LONGEST_PHRASE])
    article = _ARTICLE.search(sentence)
    if article is not None and regulation and _FIRST.search(sentence):
        yield Request(_ARTICLES[article["number"]], sentence[:LONGEST_PHRASE])


def _is_asked(sentence: str, hit: re.Match[str]) -> bool:
    before = sentence[:hit.start()]
    if _NOT.search(" ".join(before.split()[-3:])) or _UNWANTED.search(before):
        return False
    if hit.groupdict().get("verb"):
        return bool(_ASKING.search(before.rstrip()))
    return bool(_FIRST.search(sentence)) or len(sentence.split()) <= 6
