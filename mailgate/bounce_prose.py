"""Bounces that only speak to people: sendmail, qmail, Exim, Exchange, Notes and the large mail services.

One signal is never enough, since people write about bounces too: a robot's sender, a subject of failure, words
of failure, an SMTP reply. A reply ("Re:") from a person is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from desk.letter import Failure
from mailgate.addresses import bare_addresses
from rules.automatic import ABSENCE

LONGEST = 60_000
ROBOT = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|post[-_.]?master|mdaemon|mail[-_.]?(?:delivery|system|router)[^@]*"
    r"|bounces?[^@]*|mmdf|uucp|listserv|microsoftexchange\w*|smtpd?|delivery[^@]*|undeliverable[^@]*)@",
    re.IGNORECASE,
)
#: Among them those that shops and carriers write from too: "We were unable to deliver your parcel".
NO_SURE_ROBOT = re.compile(r"^(?:bounces?[^@]*|listserv|smtpd?|delivery[^@]*)@", re.IGNORECASE)
PROGRAM = re.compile(r"^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|root|admin|mail|error|system)[^@]*@", re.IGNORECASE)
ROBOT_NAME = re.compile(
    r"mailer-daemon|post[-_]?master\b|mail(?:er)? (?:delivery|daemon)|mail administrator|delivery subsystem"
    r"|system administrator", re.IGNORECASE
)
FAILED_SUBJECT = re.compile(
    r"undeliver|not delivered|non[- ]?deliver|delivery[- ](?:status|failure|failed|problem|error|report"
    r"|notification|has failed|incomplete|delayed)|deliver(?:y|ing).{0,20}(?:fail|error|delay|unsuccess"
    r"|problem)"
    r"|returned (?:mail|message|to sender)|return(?:ed)? receipt failure|mail(?:er)?[- ](?:delivery|system"
    r"|error|failure|failed)|failure (?:notice|delivery|notification)|failed (?:mail|delivery|message)"
    r"|message (?:you sent|status|could not|not|refused|rejected|bounced|delayed)"
    r"|cannot (?:send|deliver)|could ?n.t (?:be )?(?:send|sent|deliver)|can.t (?:be )?deliver|unable to deliver"
    r"|warning: (?:message|could not|unable)|bounce|rejected(?: mail| message|:)|nondeliverable|user unknown"
    r"|mail(?: could)? not|\bdsn\b|\bndn\b|\bndr\b"
    r"|message rejected|unzustellbar|nicht zugestellt|zustellung|nicht zustellbar|fehlgeschlagen|r[ée]tour"
    r"|non remis|non distribu|[ée]chec|kan ikke leveres|ikke levert|ikke leveret|kunne ikke levere"
    r"|kunde inte levereras|olevererbar|inte levereras|mislykket|misslyckad"
    r"|onbestelbaar|niet (?:afgeleverd|bezorg)|mislukt|no se (?:ha )?(?:podido|puede)|no entregado"
    r"|mensaje devuelto|no se pudo entregar|non consegnat|mancata consegna|mancato recapito"
    r"|não (?:foi )?(?:entregue|entregar|pôde)|falha|devolvid"
    r"|niedostarczon|nie dostarczon|zwrot|ei (?:voitu|toimitettu)|toimittaminen|недоставлен|не доставлен"
    r"|доставк|ekki tókst|afhen(?:da|t)|エラー|配信|送信|配達|退信|未送达|무송달|반송",
    re.IGNORECASE,
)
FAILED_WORDS = re.compile(
    r"could not (?:be )?(?:deliver|send|reach)|couldn.t be delivered|was(?:n.t| not| unable to be) deliver"
    r"|unable to (?:deliver|send|relay)|can(?:no|')t (?:be )?deliver|not (?:be )?deliver(?:ed|able)|undeliver"
    r"|delivery (?:has |to |of |attempt|status|fail|error|temporarily)"
    r"|user (?:is )?unknown|unknown (?:user|recipient|local|address|or illegal)|no such (?:user|recipient"
    r"|mailbox|address|person)|(?:mailbox|account|user|recipient|address|inbox|quota).{0,40}(?:full|unavailable"
    r"|not found|not exist|doesn.t exist|disabled|inactive|suspended|exceeded|rejected|not available|refused"
    r"|invalid|unknown|no longer)"
    r"|over (?:its )?quota|permanent (?:fatal )?error|fatal errors?|transcript of session|host (?:unknown"
    r"|not found)|message (?:was |has been |is )?(?:reject|refus|bounc|return|block|delay|too large|size)"
    r"|returned (?:to|mail)|failed (?:permanently|to deliver|recipient|address)|rejected (?:by|your|the|due|for"
    r"|as)|retry (?:timeout|time)|undeliverable|giving up|not accepted"
    r"|connection (?:timed out|refused)|relay(?:ing)? (?:access )?denied|access denied|did not reach"
    r"|not (?:been )?sent|loops? back|spam|too many|blacklist|listed|zugestellt|zustellen|unzustellbar"
    r"|unbekannt|n.a pas pu|n'existe pas|non remis|leveres|levert|leveret|levereras"
    r"|niet (?:worden )?(?:afgeleverd|bezorgd)|no (?:se )?(?:pudo|pudimos|ha podido|existe)"
    r"|non (?:è stato|esiste|recapit)|não (?:foi|existe|pôde)|nie (?:został|można|istnieje)|ei voitu"
    r"|ekki (?:tókst|hægt) að afhenda|óþekktur|не (?:удалось|может|существует|была)|доставлен|届|送信|配信|エラー|未送达|无法|존재하지",
    re.IGNORECASE,
)
DELAYED = re.compile(
    r"delayed|still (?:being )?(?:retried|trying|in the queue)|will (?:be retried|keep trying|continue to try"
    r"|retry)|warning: (?:message|could not)|(?:do )?not (?:need to )?resend|temporar(?:y|ily)"
    r"|try(?:ing)? again later|deferred|verzögert|forsinket|försenad|retardé|uitgesteld", re.IGNORECASE
)
EXPIRED = re.compile(
    r"retry time(?:out)? exceeded|for a long time|gave up|giving up|too long|expired|delivery time"
    r"|could not be delivered (?:for|in|within)|been in the queue|connection timed out|mailbox (?:is )?full"
    r"|over ?quota|quota exceeded|exceeded (?:storage|its)|greylist", re.IGNORECASE
)
RETURNED = re.compile(
    r"(?im)^[ \t>]*(?:-{2,}.{0,20}(?:original|returned|copy|below|header|unsent|undelivered|included|forwarded"
    r"|body of|return).{0,120}|.{0,60}(?:below this line is|follows? below|is (?:included|enclosed|attached"
    r"|returned) below|copy of (?:your|the|this) (?:message|mail)|original (?:message|mail"
    r"|header)[^\n]{0,30}(?:follows?|below|:)|headers? (?:of|from) the (?:original|message)|message (?:header"
    r"|text|contents?|content) follows?|unsent message follows).{0,60}|(?:return-path"
    r"|received):[ \t].{3,}(?=\n))$"
)
REPLY_CODE = re.compile(r"(?<![\d.\w/-])(?<!\d:)([45])[0-7]\d(?=[\s,;:)-]|$)(?!\s*(?:bytes|kb|mb|seconds|minutes|hours|days|\.))")
STATUS = re.compile(r"(?<![\d.])#?([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*")
POINTED = re.compile(
    r"(?im)(?:^[ \t>*]*(?:final-recipient|original-recipient|to|recipients?|rcpt to|failed recipient|address"
    r"|user|mailbox|empf[äa]nger|destinataire|destinatario|mottaker|mottagare|modtager|ontvanger|宛先"
    r"|送信先)[ \t]*[:=][ \t]*(?:rfc822;[ \t]*)?[<\"']?"
    r"|rcpt to:[ \t]*<?|^[ \t]*<|^[ \t]{0,8}(?=[^\s@<>]+@[^\s@<>]+[ \t]*(?:$|\.\.\.|:|\())|(?:delivered? to"
    r"|recipient|address(?:es)?|user|mailbox|message to|mail to|deliver to|account"
    r"|for)[ \t]*[:]?[ \t\n]*[<\"'(]{1,2}|unknown (?:user|recipient):?[ \t]*<?)"
    r"(?P<address>[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*)"
)


class Report:
    """One mail that may be a bounce in prose: its signals, its addresses, its codes."""

    def __init__(
        self, text: str, subject: str, sender: str, kept: Mapping[str, tuple[str, ...]], *, null_sender: bool
    ) -> None:
        self.subject, self.sender, self.kept, self.null_sender = subject, sender.lower(), kept, null_sender
        self.text = text[:LONGEST]

    @cached_property
    def _cut(self) -> int:
        """Where the returned mail begins; a heading at the very top is not its beginning."""
        cut = RETURNED.search(self.text)
        while cut and cut.start() < 40:
            cut = RETURNED.search(self.text, max(cut.end(), cut.start() + 1))
        return cut.start() if cut else len(self.text)

    @cached_property
    def prose(self) -> str:
        return self.text[: self._cut]

    @cached_property
    def returned(self) -> str:
        return self.text[self._cut:] or self.text

    def is_bounce(self, returns_a_mail: bool) -> bool:
        """Whether enough signals come together."""
        if self.kept.get("x-failed-recipients"):
            return True
        if re.match(r"\s*(?:re|sv|aw|antw|vs|fw|fwd|vb|wg|tr)\s*:", self.subject, re.IGNORECASE) and not self._robot:
            return False
        robot = self.by_a_robot
        if not (robot or PROGRAM.match(self.sender)):
            return False
        answered = any("auto-replied" in value for value in self.kept.get("auto-submitted", ()))
        if answered and not self._robot and ABSENCE.match(self.subject):
            return False
        failing = bool(FAILED_SUBJECT.search(self.subject))
        codes = bool(STATUS.search(self.prose) or REPLY_CODE.search(self.prose))
        words = bool(FAILED_WORDS.search(self.prose))
        returns = returns_a_mail or self._returns_header
        if not robot:
            return failing and words and returns
        if NO_SURE_ROBOT.match(self.sender) and not (codes or returns):
            return False
        if not (failing or returns) and not self._addresses([]):
            return False
        return failing + codes + words + returns >= (3 if answered else 2)

    @property
    def by_a_robot(self) -> bool:
        return self._robot or self.null_sender or self._report_type

    @property
    def _robot(self) -> bool:
        written = " ".join(self.kept.get("from", ()))
        return bool(ROBOT.match(self.sender) or ROBOT_NAME.search(written)) or written.strip() == "<>"

    @property
    def _report_type(self) -> bool:
        return any("report" in value.lower() for value in self.kept.get("content-type", ()))

    @property
    def _returns_header(self) -> bool:
        return len(set(re.findall(r"(?im)^[> ]{0,3}(from|to|subject|message-id|received|date):", self.returned))) >= 3

    def failures(self, returned: list[str]) -> list[Failure]:
        """Everybody whom the prose names as not reached, with the codes that stand nearest."""
        return [Failure(address, status := self.status_for(address), not status.startswith("4"), self._line_about(address)) for address in self._addresses(returned)]

    def _addresses(self, returned: list[str]) -> list[str]:
        listed = bare_addresses(self.kept.get("x-failed-recipients", ()))
        if listed:
            return list(listed)
        pointed = [found["address"] for found in POINTED.finditer(self.prose)]
        named = self._plausible(pointed) or self._plausible(ADDRESS.findall(self.prose))
        return named or self._recipients_of([*returned, self.returned])

    def _plausible(self, addresses: list[str]) -> list[str]:
        clean = dict.fromkeys(address.strip(".'`*").lower() for address in addresses)
        return [one for one in clean if one not in (self.sender, self._ours) and not ROBOT.match(one) and "@" in one][:20]

    @cached_property
    def _ours(self) -> str:
        """The sender of the returned mail, who is the reader of this report."""
        found = re.search(r"(?im)^[> ]{0,3}from:(.*)$", self.returned)
        return next(iter(bare_addresses([found[1]])), "").lower() if found else ""

    def _recipients_of(self, returned: list[str]) -> list[str]:
        for text in returned:
            for field in ("x-original-to", "delivered-to", "to"):
                found = re.search(rf"(?im)^[> ]{{0,3}}{field}:[ \t]*(.*(?:\n[ \t]+.*){{0,3}})", text[:LONGEST])
                addresses = bare_addresses([found[1].replace("\n", " ")]) if found else ()
                if addresses:
                    return list(addresses)[:20]
        return []

    def status_for(self, address: str) -> str:
        """The code nearest after the address, else anywhere in the prose; a reply code alone gives ``5.0.0`` or ``4.0.0``."""
        position = max(0, self.prose.lower().find(address.lower()))
        return _code(self.prose[position:position + 1500]) or self._code_anywhere

    @cached_property
    def _code_anywhere(self) -> str:
        code = _code(self.prose) or _code(self.subject)
        if code:
            return code
        if DELAYED.search(self.subject) or EXPIRED.search(self.prose) or DELAYED.search(self.prose):
            return "4.0.0"
        return "5.0.0"

    def _line_about(self, address: str) -> str:
        lines = [line.strip() for line in self.prose.split("\n") if STATUS.search(line) or REPLY_CODE.search(line)]
        about = [line for line in lines if address in line.lower()] or lines
        return about[0][:500] if about else ""


def _code(text: str) -> str:
    status, code = STATUS.search(text), REPLY_CODE.search(text)
    return status[1] if status else f"{code[1]}.0.0" if code else ""
