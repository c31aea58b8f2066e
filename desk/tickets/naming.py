"""Names for mails that came without a Message-ID: equal for copies of one mail, different for two mails alike.

A scanner writes neither Message-ID nor Date, and the same few words every time; only how such a mail came tells
it from the one before.
"""

from __future__ import annotations

from dataclasses import replace

from core.tokens import digest
from desk.inbound import InboundMail
from desk.letter import Letter


def named(letter: Letter, row: InboundMail) -> Letter:
    """The letter under a Message-ID of its own. One that it brought stays.

    At the SMTP door each transaction is a mail, whatever it says; a mail for two mailboxes is one transaction. In
    folders the same words at the same second are one mail; without a Date only the same bytes are.
    """
    if letter.message_id_given:
        return letter
    if row.transport == "smtp":
        told = f"{row.digest}\0{row.received_at.isoformat()}"
    elif any(letter.headers.get("date", ())):
        told = letter.content_digest
    else:
        told = row.digest
    return replace(letter, message_id=f"{digest('unnamed', row.transport + told)}@derived.invalid")
