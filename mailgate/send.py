"""Handing one mail over to a relay, and understanding what the relay says."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from core.i18n import gettext as _
from desk.handing_over import Outcome
from mailgate.heading import needs_utf8, wire_address
from mailgate.relay import Relay, broke_off, said

LONGEST = 180.0              # seconds for one mail; then the line is cut, however slowly it drips
OUR_FAULT = (530, 534, 535)  # sign-in is wanted or wrong: an admin can mend it, so the mail waits (RFC 4954)


def hand_over(line: smtplib.SMTP, relay: Relay, sender: str, recipients: Sequence[str], mail: bytes,
              *, longest: float = LONGEST) -> Outcome:
    """Speak SMTP for one mail: MAIL, RCPT for each recipient, DATA (RFC 5321 section 3.3).

    ``sender`` is empty for the null sender. Recipients that are refused do not keep the others from getting
    it. Nothing is raised: every mishap is an Outcome. A line that broke is closed afterwards (``line.sock`` is
    None).
    """
    talk = _Talk(line, relay, recipients)
    with _cut_off_after(line, longest):
        try:
            return talk.through(sender, mail)
        except smtplib.SMTPResponseException as error:
            line.close()
            return talk.broken(_("The relay %(host)s broke off: %(why)s", host=relay.host,
                                 why=said(error.smtp_code, error.smtp_error)))
        except (OSError, smtplib.SMTPException) as error:
            line.close()
            return talk.broken(broke_off(error, relay))


class _Talk:
    """One mail's conversation, and how far it has come."""

    def __init__(self, line: smtplib.SMTP, relay: Relay, recipients: Sequence[str]) -> None:
        self.line, self.relay, self.recipients = line, relay, recipients
        self.accepted: list[str] = []
        self.postponed: dict[str, str] = {}
        self.refused: dict[str, str] = {}
        self.data_sent = False

    def through(self, sender: str, mail: bytes) -> Outcome:
        self.line.ehlo_or_helo_if_needed()
        impossible = self.impossible(sender, mail)
        if impossible:
            return self.all("refused", impossible)
        code, answer = self.line.mail(wire_address(sender) if sender else "", self.options(sender, mail))
        if code != 250:
            return self.stopped(code, said(code, answer))
        for recipient in self.recipients:
            self.ask(recipient)
        if not self.accepted:
            self.reset()
            return Outcome(postponed=self.postponed, refused=self.refused)
        return self.data(mail)

    def ask(self, recipient: str) -> None:
        code, answer = self.line.rcpt(wire_address(recipient))
        if code == 421:
            raise smtplib.SMTPResponseException(code, answer)
        if code in (250, 251):
            self.accepted.append(recipient)
        elif _final(code):
            self.refused[recipient] = said(code, answer)
        else:
            self.postponed[recipient] = said(code, answer)

    def data(self, mail: bytes) -> Outcome:
        code, answer = self.line.docmd("DATA")
        if code == 354:
            self.patience(4 * self.relay.patience)
            self.data_sent = True
            self.line.send(_stuffed(mail))
            code, answer = self.line.getreply()
            self.patience(self.relay.patience)
        answered = said(code, answer)
        if code == 250:
            return Outcome(dict.fromkeys(self.accepted, answered), self.postponed, self.refused)
        return self.stopped(code, answered)

    def stopped(self, code: int, answered: str) -> Outcome:
        """The relay said no to the mail as a whole, before or after its text."""
        if code in (421, -1):
            self.line.close()
        else:
            self.reset()
        return self.all("refused" if _final(code) else "postponed", answered)

    def broken(self, why: str) -> Outcome:
        """The line broke. Once the text was under way, nobody knows whether the relay took it."""
        return self.all("postponed", why, unsure=self.data_sent)

    def all(self, state: str, answered: str, *, unsure: bool = False) -> Outcome:
        rest = dict.fromkeys((r for r in self.recipients if r not in self.refused and r not in self.postponed), answered)
        if state == "refused":
            return Outcome(postponed=self.postponed, refused={**self.refused, **rest}, reason=answered)
        return Outcome(postponed={**self.postponed, **rest}, refused=self.refused, reason=answered, unsure=unsure)

    def impossible(self, sender: str, mail: bytes) -> str:
        """Why this relay cannot take this mail at all; empty where it can."""
        beyond = [address for address in (*self.recipients, sender) if needs_utf8(address)]
        if (beyond or not mail.isascii()) and not self.line.has_extn("smtputf8"):
            return _("The relay %(host)s cannot send to %(address)s: it does not know addresses with such letters "
                     "(SMTPUTF8).", host=self.relay.host, address=beyond[0] if beyond else "…")
        size = self.line.esmtp_features.get("size", "")
        if size.isdigit() and 0 < int(size) < len(mail):
            return _("This mail is %(size)s MB; the relay %(host)s takes at most %(most)s MB.",
                     size=f"{len(mail) / 1e6:.1f}", host=self.relay.host, most=f"{int(size) / 1e6:.1f}")
        return ""

    def options(self, sender: str, mail: bytes) -> list[str]:
        chosen = [f"SIZE={len(mail)}"] if self.line.has_extn("size") else []
        if not mail.isascii() or any(map(needs_utf8, (*self.recipients, sender))):
            chosen += ["SMTPUTF8", "BODY=8BITMIME"]
        return chosen

    def reset(self) -> None:
        try:
            self.line.rset()
        except (OSError, smtplib.SMTPException):
            self.line.close()

    def patience(self, seconds: float) -> None:
        if self.line.sock is not None:
            self.line.sock.settimeout(seconds)


def _final(code: int) -> bool:
    return 500 <= code < 600 and code not in OUR_FAULT


def _stuffed(mail: bytes) -> bytes:
    """The mail with its dots doubled and its end marked (RFC 5321 section 4.5.2)."""
    ended = mail if mail.endswith(b"\r\n") else mail + b"\r\n"
    doubled = ended.replace(b"\r\n.", b"\r\n..")
    return (b"." + doubled if doubled.startswith(b".") else doubled) + b".\r\n"


@contextmanager
def _cut_off_after(line: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Cut the line when the mail takes too long altogether: time-outs of single answers do not add up to a limit."""
    def cut() -> None:
        try:
            if line.sock is not None:
                line.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass             # it was just closed
    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
