"""Trying whether a mailbox can send, step by step, with an answer in sentences."""

from __future__ import annotations

import smtplib

from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.mailboxes import Mailbox
from mailgate.connection import Step, Tried
from mailgate.heading import wire_address
from mailgate.relay import Relay, Unreachable, connect, encrypt, hang_up, relay_of, said, sign_in

NO_ACCOUNT = N_("There is no account to send from. Enter one like smtp://user@host:587, or set SKRANKE_RELAY_URL for the "
                "whole desk.")
NOT_FROM = N_("%(host)s does not take mail from %(address)s: %(said)s")
NOT_TO = N_("%(host)s does not take mail to %(address)s: %(said)s")


def test_sending(mailbox: Mailbox) -> Tried:
    """Connect, encrypt, sign in, and ask whether mail from this address would be taken. Sends nothing.

    Call it with no transaction open; it may take as long as a relay that does not answer (30 seconds).
    """
    steps: list[Step] = []
    line = None
    try:
        relay = relay_of(mailbox)
        if relay is None:
            return _failed(steps, "account", NO_ACCOUNT)
        line = connect(relay)
        steps.append(_step("connect", _("%(host)s answers on port %(port)s.", host=relay.host, port=relay.port)))
        encrypted = encrypt(line, relay)
        steps.append(_step("encrypt", _("The line is encrypted.") if encrypted else _("The line is not encrypted.")))
        return _from_here(line, relay, mailbox, steps)
    except Refused as refused:
        return _failed(steps, "account", refused.sentence)
    except Unreachable as unreachable:
        return _failed(steps, ("connect", "encrypt", "sign_in")[min(len(steps), 2)], unreachable.sentence)
    except (OSError, smtplib.SMTPException) as error:
        return _failed(steps, "sender", _("The relay broke off: %(error)s.", error=error))
    finally:
        if line is not None:
            hang_up(line)


def _from_here(line: smtplib.SMTP, relay: Relay, mailbox: Mailbox, steps: list[Step]) -> Tried:
    sign_in(line, relay)
    if relay.signs_in:
        steps.append(_step("sign_in", _("%(user)s is let in.", user=relay.user)))
    for ask, refusal in ((line.mail, NOT_FROM), (line.rcpt, NOT_TO)):
        code, answer = ask(wire_address(mailbox.address))
        if code not in (250, 251):
            return _failed(steps, "sender", _(refusal, host=relay.host, address=mailbox.address, said=said(code, answer)))
    line.rset()
    sentence = _("Mail can be sent from %(address)s.", address=mailbox.address)
    return {"ok": True, "sentence": sentence, "steps": [*steps, _step("sender", sentence)]}


def _step(name: str, sentence: str, *, ok: bool = True) -> Step:
    return {"name": name, "ok": ok, "sentence": sentence}


def _failed(steps: list[Step], name: str, sentence: str) -> Tried:
    return {"ok": False, "sentence": sentence, "steps": [*steps, _step(name, sentence, ok=False)]}
