"""Trying whether a mailbox can be read, step by step, with an answer in sentences."""

from __future__ import annotations

import ssl
from typing import TypedDict

from imapclient.exceptions import IMAPClientError

from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.mailboxes import Mailbox
from mailgate.imap_account import Account, account_of, connected, said, sign_in
from mailgate.imap_client import Client

BY_THE_DOOR = N_("Mail comes in through our door (SMTP): your mail server brings it, and nothing is fetched.")


class Step(TypedDict):
    """One step of a connection test."""

    name: str
    ok: bool
    sentence: str


class Tried(TypedDict):
    """How a connection test went: ``sentence`` says it in short, and what to do where it failed."""

    ok: bool
    sentence: str
    steps: list[Step]


def test_reading(mailbox: Mailbox) -> Tried:
    """Connect, sign in, open each folder, and the folder to move to. Reads no mail and marks nothing.

    A mailbox that is not fetched has nothing to connect to. Call it with no transaction open; it may take as
    long as a server that does not answer (20 seconds).
    """
    steps: list[Step] = []
    if not mailbox.imap_url:
        return {"ok": True, "sentence": BY_THE_DOOR, "steps": steps}
    try:
        client = connected(account := account_of(mailbox))
    except Refused as error:
        return _failed(steps, "connect", error.sentence)
    except (OSError, IMAPClientError) as error:
        return _failed(steps, "connect", _why_not_connected(account, error))
    try:
        answers = N_("%(host)s answers on port %(port)s, encrypted.") if client.encrypted else N_(
            "%(host)s answers on port %(port)s, not encrypted.")
        steps.append(_step("connect", _(answers, host=account.host, port=account.port)))
        sign_in(client, account)
        steps.append(_step("sign_in", _("%(user)s is let in.", user=account.user)))
        return _folders(client, account, steps)
    except Refused as error:
        return _failed(steps, "sign_in", f"{error.sentence} {_advice(account)}")
    except (OSError, IMAPClientError) as error:
        return _failed(steps, "sign_in", _("%(host)s broke off: %(said)s.", host=account.host, said=said(error)))
    finally:
        client.hang_up()


def _folders(client: Client, account: Account, steps: list[Step]) -> Tried:
    for name in account.folders:
        try:
            answer = client.select_folder(name, readonly=True)
        except IMAPClientError as error:
            there = ", ".join(sorted(str(found[2]) for found in client.list_folders())[:20])
            return _failed(steps, "folder", _("The folder %(name)s cannot be opened: %(said)s. There are: %(there)s.",
                                              name=name, said=said(error).rstrip("."), there=there))
        steps.append(_step("folder", _("%(name)s holds %(n)s mails.", name=name, n=answer[b"EXISTS"])))
    if account.after == "move":
        if account.move_to in ("", *account.folders):
            return _failed(steps, "move", _("Name a folder to move mails to that is not itself read."))
        found = client.folder_exists(account.move_to)
        there = N_("%(folder)s is there.") if found else N_("%(folder)s will be made.")
        steps.append(_step("move", _(there, folder=account.move_to)))
    can = N_("%(address)s can be read. New mail is announced at once.") if client.can("IDLE") else N_(
        "%(address)s can be read. It is looked into every 20 seconds.")
    return {"ok": True, "sentence": _(can, address=account.address), "steps": steps}


def _step(name: str, sentence: str, *, ok: bool = True) -> Step:
    return {"name": name, "ok": ok, "sentence": sentence}


def _failed(steps: list[Step], name: str, sentence: str) -> Tried:
    return {"ok": False, "sentence": sentence, "steps": [*steps, _step(name, sentence, ok=False)]}


def _why_not_connected(account: Account, error: Exception) -> str:
    host, port = account.host, account.port
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("The certificate of %(host)s is not valid for that name: %(why)s.", host=host, why=error.verify_message)
    if isinstance(error, ssl.SSLError):
        return _("%(host)s does not speak TLS on port %(port)s. Mostly TLS has port 993, and STARTTLS port 143.", host=host, port=port)
    if isinstance(error, TimeoutError):
        return _("%(host)s does not answer on port %(port)s. Is the host right, and does a firewall let us out?", host=host, port=port)
    if isinstance(error, ConnectionRefusedError):
        return _("Nothing listens on port %(port)s of %(host)s. Is the port right?", host=host, port=port)
    return _("%(host)s cannot be reached: %(said)s. Is the host name right?", host=host, said=said(error))


def _advice(account: Account) -> str:
    if account.oauth:
        return _("Sign in again at the provider.")
    return _("Check user and password; many providers want a password made for applications.")
