"""Is this mail written by a machine, and of what kind? A table of pure questions; the first hit decides.

Follows RFC 3834 (automatic responses), RFC 3798 (receipts), RFC 2919 and 2369 (lists), RFC 5965 (complaints)
and what Exchange, Gmail, Zimbra and others write instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.i18n import N_


class Kind(StrEnum):
    """What wrote the mail."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    READ_RECEIPT = "read_receipt"
    CHALLENGE = "challenge"
    OUT_OF_OFFICE = "out_of_office"
    AUTO_REPLY = "auto_reply"
    MONITORING = "monitoring"
    NEWSLETTER = "newsletter"
    LIST = "list"
    AUTO_GENERATED = "auto_generated"


@dataclass(frozen=True, slots=True)
class MailClues:
    """What the rules may look at: headers by lower-case name, who sent it, whether a delivery report was read in it,
    and whether it answers a mail or a ticket of ours."""

    headers: Mapping[str, tuple[str, ...]]
    envelope_sender: str | None = None
    from_address: str = ""
    subject: str = ""
    is_report: bool = False
    answers_us: bool = False

    def has(self, name: str) -> bool:
        return bool(self.headers.get(name))

    def all(self, name: str) -> str:
        """All values of a header in lower case, without RFC 5322 comments, joined."""
        told = self.with_comments(name)
        return re.sub(r"\([^()]*\)", " ", told).strip() if "(" in told else told.strip()

    def with_comments(self, name: str) -> str:
        values = self.headers.get(name)
        return " ".join(values).lower() if values else ""

    @property
    def local_part(self) -> str:
        return self.from_address.rpartition("@")[0].lower().strip('"')


@dataclass(frozen=True, slots=True)
class Rule:
    """One question, the kind it proves, and the sentence shown to agents."""

    holds: Callable[[MailClues], bool]
    kind: Kind
    why: str

    @property
    def name(self) -> str:
        return self.holds.__name__


@dataclass(frozen=True, slots=True)
class Automatic:
    """The verdict: kind, the rule's name and its sentence."""

    kind: Kind
    rule: str
    why: str


def judge(clues: MailClues) -> Automatic | None:
    """The first rule that holds, or None: written by a person, as far as one can see."""
    for rule in CHAIN:
        if rule.holds(clues):
            return Automatic(rule.kind, rule.name, rule.why)
    return None


ABSENCE = re.compile(
    r"^\W*(?:out[ -]of[ -](?:the[ -])?office|ooo\b|automatic reply|auto(?:matic)?[ -]?(?:reply|response|svar)\b"
    r"|autoreply|automatisk svar|autosvar|automatiskt svar"
    r"|automatisk besvarelse|frav(?:æ|ae)r(?:smelding|sbesked)?\b|ikke til stede|ikke på kontoret"
    r"|ude af kontoret|fr[åa]nvaro\w*|abwesenheits?\w*|automatische antwort|automatisch(?:e)? antwoord"
    r"|automatisch antwoord|afwezig\w*|r[ée]ponse automatique|absence du bureau|absent du bureau"
    r"|respuesta autom[áa]tica|fuera de la oficina"
    r"|risposta automatica|fuori sede|resposta autom[áa]tica|automaattinen vastaus|poissa\w* toimistolta"
    r"|odpowied[źz] automatyczna|automatyczna odpowied[źz]"
    r"|automatick[áa] odpov[ěe][ďd]|автоответ|автоматический ответ|vacation\b|on vacation|away from (?:my"
    r"|the) (?:mail|office)|自動返信|自动回复|自動回覆|不在"
    r"|sjálfvirkt svar|automaattivastaus|automatisch bericht|automatikus válasz|otomatik yanıt|samodejni odgovor|automatick[ýy] odpove[ďd]"
    r"|automatinis atsakymas|automātiskā atbilde|automaatvastus|răspuns automat|αυτόματη απάντηση|автоматична відповідь|trả lời tự động"
    r"|자동 ?(?:응답|회신)|automatsk[io] odgo\w+|i am (?:currently )?out of (?:the )?office|(?:jeg er |är |jag är )?(?:ikke|inte|ej|borta från) (?:på )?kontoret"
    r"|ekki á skrifstofunni|nicht im büro|fuori ufficio|fora do escritório|mimo kancelář|poza biurem|poissaolo(?:ilmoitus|viesti))",
    re.IGNORECASE,
)
ABSENT = re.compile(              # which stands in other subjects too, so that nothing else may stand in this one
    r"^\W*(?:(?:jeg er|jag är|er|i am|i'm|ich bin|je suis|olen|i|på|í|on|im|en|de|in) ){0,2}(?:annual |on )?(?:fraværende|frånvarande|bortreist|bortrest|bortrejst"
    r"|ferie|semester|permisjon|ledig|(?:sumar)?fríi?|fjarverandi|lomalla|poissaolo|poissa|leave|holidays?|away|auto|urlaub|abwesend|außer haus|absence|absent\(e\)|absente?"
    r"|congés|message d'absence|ausente|ausencia|ausência|vacaciones|férias|assente|niet aanwezig|met vakantie|nieobecność|urlop(?:ie)?|отсутствую"
    r"|в отпуске|外出中|ikke på (?:arbeid|jobb|jobben|arbejde)|inte på (?:jobbet|arbetet))", re.IGNORECASE)
FORM_ENDS = re.compile(
    r"(?:\s+(?:auto\w*|reply|message|notification|notice|response|svar|melding))*(?:[\s.!]*$|\s*:|\s+[–—-]\s)", re.IGNORECASE)
CHALLENGE_SUBJECT = re.compile(
    r"(?:please )?(?:confirm|verify) (?:that you sent|your (?:message|e-?mail to)|you are (?:human|a person)"
    r"|delivery)|(?:your|the) message (?:to .{1,60} )?(?:is|was|requires?) (?:awaiting|waiting|held|pending"
    r"|verification)"
    r"|sender (?:address )?(?:verification|authentication|confirmation)|challenge[- ]response|spam ?arrest"
    r"|please confirm \(conf#|antispam uol"
    r"|boxbe waiting list|message requires verification",
    re.IGNORECASE,
)
RECEIPT_SUBJECT = re.compile(
    r"^(?:(?:not )?read|lest|läst|læst|lesið|gelesen|lu|gelezen|leído|letto|luettu|przeczytano|lida|прочитано|已读|既読|開封済み"
    r"|ulest|ikke l[æe]st|slettet ulest|slettet uden at være læst|deleted|oläst|inte läst|ungelesen(?: gelöscht)?|non lu|ongelezen|non letto)\s?:"
    r"|^return receipt\b", re.IGNORECASE
)
ROBOT = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|mdaemon|mail[-_.]?delivery.*|bounces?(?:[-+].*)?"
    r"|majordomo|listserv)$"
)
NO_REPLY = re.compile(
    r"(?:^|[-_.+])(?:(?:do[-_.]?)?(?:no|not|never)[-_.]?(?:reply|answer|response|respond)|ikke[-_.]?svar"
    r"|svar[-_.]?ikke|ingen?[-_.]?svar|inte[-_.]?svara|ne[-_.]?pas[-_.]?repondre|nicht[-_.]?antworten"
    r"|keine[-_.]?antwort|nepasrepondre|nao[-_.]?responda|no[-_.]?responder)(?:$|[-_.+\d])"
)
WATCHER = re.compile(
    r"^(?:nagios\d?|icinga\d?|zabbix|check[-_]?mk|alertmanager|pingdom|prtg|crond|cronjob|logwatch|fail2ban|smartd"
    r"|mdadm)$"
)
WATCHERS_PLACE = re.compile(            # where watchers write from, and persons too
    r"^(?:root|cron|monit|prometheus|grafana|munin|cacti|sensu|uptime\w*|monitor(?:ing)?|alerts?|alarms?|watchdog"
    r"|system|server|daemon|notifications?|overv[åa]ke?ning)$"
)
WATCHER_SUBJECT = re.compile(
    r"^(?:\*\* (?:PROBLEM|RECOVERY|ACKNOWLEDGEMENT|FLAPPING)|(?:PROBLEM|RECOVERY|OK|RESOLVED)(?: -|:) .*"
    r"|Cron <[^>]+>|Anacron job|Logwatch for |\[(?:FIRING|RESOLVED)(?::\d+)?\]|Monit (?:alert|instance))"
)
WATCHER_HEADERS = (
    "x-cron-env", "x-nagios-notification-type", "x-icinga-notification-type", "x-zabbix-event",
    "x-checkmk-notification", "x-monit-event",
)
REPLY_HEADERS = (
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-autoreply-from", "x-auto-reply-from",
    "x-mail-autoreply", "x-autorespond-to", "x-autogenerated-reply",
)
VACATION_HEADERS = ("x-vacation", "x-exim-vacation", "x-autoreply-type")


def is_delivery_report(clues: MailClues) -> bool:
    """A delivery status notification (RFC 3464), or a mail that the bounce reader understood as one."""
    return clues.is_report or ("report-type=delivery-status" in _content_type(clues))


def is_complaint(clues: MailClues) -> bool:
    """An abuse report of a feedback loop (RFC 5965)."""
    return "report-type=feedback-report" in _content_type(clues)


def is_read_receipt(clues: MailClues) -> bool:
    """A disposition notification (RFC 8098): somebody's program says that the mail was read or deleted."""
    if "report-type=disposition-notification" in _content_type(clues):
        return True
    return bool(RECEIPT_SUBJECT.search(clues.subject)) and (_says_automatic(clues) or clues.envelope_sender == "")


def is_challenge(clues: MailClues) -> bool:
    """A challenge-response system wants its sender to prove that they are human: never answered by a desk."""
    service = re.search(r"@(?:[\w-]+\.)*(?:spamarrest|boxbe|knowspam|mailinblack|bluebottle|choicemail|sendio)\.\w+$", clues.from_address.lower())
    service = service or re.match(r"[\w.-]*\bchallenge\b[\w.-]*$", clues.local_part)
    return bool(service) or clues.has("x-challenge") or (bool(CHALLENGE_SUBJECT.search(clues.subject)) and _unanswerable(clues))


def is_out_of_office(clues: MailClues) -> bool:
    """An absence note, by its headers (Zimbra, Sieve, Unix), or by the words of its subject (Exchange, Gmail, Lotus)
    with a second sign: persons write "Fravær registrert feil" and "Out of office chairs" too."""
    told = "vacation" in clues.with_comments("auto-submitted") or any(clues.has(name) for name in VACATION_HEADERS)
    if told or "vacation" in clues.all("precedence"):
        return True
    second_sign = _unanswerable(clues) or _names_itself(clues)
    if words := ABSENCE.search(clues.subject):
        return second_sign or (clues.answers_us and _ends(clues.subject[words.end():]))
    words = ABSENT.search(clues.subject)
    return words is not None and second_sign and _ends(clues.subject[words.end():]) and not is_newsletter(clues)


def is_automatic_reply(clues: MailClues) -> bool:
    """An answer that a program sent (RFC 3834 section 5: auto-replied), or one of the headers older than the RFC."""
    if clues.all("auto-submitted").startswith("auto-replied") or "auto_reply" in clues.all("precedence"):
        return True
    return _names_itself(clues)


def is_monitoring(clues: MailClues) -> bool:
    """A watcher of machines (Nagios, Icinga, Zabbix, Checkmk, Monit, Prometheus, cron), by its headers or its name; by
    its words alone only where something else says machine: persons write "PROBLEM: ..." and "OK - ..." too."""
    if any(clues.has(name) for name in WATCHER_HEADERS) or WATCHER.search(clues.local_part):
        return True
    words = bool(WATCHER_SUBJECT.search(clues.subject))
    place = bool(WATCHERS_PLACE.search(clues.local_part))
    return (words and place) or ((words or place) and _unanswerable(clues))


def is_newsletter(clues: MailClues) -> bool:
    """Sent to many by one: it can be unsubscribed from, but not posted to (RFC 2369), or says bulk."""
    if clues.has("list-post") and clues.all("list-post").strip("<> ") != "no":
        return False
    campaign = clues.has("feedback-id") or clues.has("x-campaign-id") or clues.has("x-mailgun-tag") or clues.has("x-csa-complaints")
    return clues.has("list-unsubscribe") or (campaign and clues.has("list-id"))


def is_from_a_list(clues: MailClues) -> bool:
    """Distributed by a mailing list (RFC 2919): a person may have written it, the list must not be answered."""
    named = any(clues.has(name) for name in (
        "list-id", "list-post", "list-help", "list-owner", "list-archive", "mailing-list", "x-mailing-list",
    ))
    return named or clues.all("precedence") == "list"


def is_declared_automatic(clues: MailClues) -> bool:
    """Auto-Submitted with any value but "no" (RFC 3834 section 5), comments ignored."""
    said = clues.all("auto-submitted")
    return bool(said) and not re.match(r"no(?:$|[\s;])", said)


def wants_no_answer(clues: MailClues) -> bool:
    """Its headers forbid automatic answers: Precedence bulk or junk, X-Auto-Response-Suppress, machine marks."""
    suppressed = re.search(r"\b(?:all|oof|autoreply)\b", clues.all("x-auto-response-suppress"))
    machine = clues.all("x-fc-machinegenerated") in ("true", "yes", "1") or clues.has("x-auto-generated")
    return clues.all("precedence") in ("bulk", "junk") or bool(suppressed) or machine


def has_no_return_path(clues: MailClues) -> bool:
    """The null sender <> (RFC 5321 section 4.5.5): whatever it is, an answer would be an error."""
    return clues.envelope_sender == ""


def is_a_report_in_prose(clues: MailClues) -> bool:
    """A mail system's words (null sender, mailer-daemon or postmaster) that the reader of reports did not understand."""
    return has_no_return_path(clues) and bool(ROBOT.search(clues.local_part))


def is_from_a_robot(clues: MailClues) -> bool:
    """An address that is a program by convention: mailer-daemon, postmaster, noreply."""
    return bool(ROBOT.search(clues.local_part) or NO_REPLY.search(clues.local_part))


CHAIN = (
    Rule(is_delivery_report, Kind.BOUNCE, N_("It is a report that a mail could not be delivered.")),
    Rule(is_complaint, Kind.COMPLAINT, N_("It is a report that a mail was marked as spam.")),
    Rule(is_read_receipt, Kind.READ_RECEIPT, N_("It is a receipt: a mail was read or deleted.")),
    Rule(is_challenge, Kind.CHALLENGE, N_("It is from a filter that asks senders to prove that they are human.")),
    Rule(is_out_of_office, Kind.OUT_OF_OFFICE, N_("It is an absence note.")),
    Rule(is_automatic_reply, Kind.AUTO_REPLY, N_("It is an automatic reply.")),
    Rule(is_monitoring, Kind.MONITORING, N_("It is from a machine that watches machines.")),
    Rule(is_newsletter, Kind.NEWSLETTER, N_("It is a newsletter: sent to many, with a way to unsubscribe.")),
    Rule(is_from_a_list, Kind.LIST, N_("It was distributed by a mailing list.")),
    Rule(is_declared_automatic, Kind.AUTO_GENERATED, N_("Its headers say that a program wrote it.")),
    Rule(wants_no_answer, Kind.AUTO_GENERATED, N_("Its headers forbid automatic answers.")),
    Rule(has_no_return_path, Kind.AUTO_GENERATED, N_("It has no return path.")),
    Rule(is_from_a_robot, Kind.AUTO_GENERATED, N_("Its address belongs to a program.")),
)


def _content_type(clues: MailClues) -> str:
    return re.sub(r"[\s\"']", "", clues.all("content-type"))


def _says_automatic(clues: MailClues) -> bool:
    return is_declared_automatic(clues) or wants_no_answer(clues)


def _names_itself(clues: MailClues) -> bool:
    """A header older than RFC 3834 that says automatic reply."""
    return any(clues.has(name) and clues.all(name) not in ("no", "false", "0") for name in REPLY_HEADERS)


def _ends(rest: str) -> bool:
    """Whether words were a whole subject, or stood before the subject that is answered: ``Fravær: Re: Printer``."""
    return bool(FORM_ENDS.match(rest))


def _unanswerable(clues: MailClues) -> bool:
    return _says_automatic(clues) or has_no_return_path(clues) or is_from_a_robot(clues)
