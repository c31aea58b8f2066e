"""The signature below an agent's mail: the mailbox's, with ``{agent}`` as the name of who wrote it."""

from __future__ import annotations

import re
from html import escape

from contacts.agent import Agent
from desk.mailboxes import Mailbox

_MARKUP = re.compile(r"<(?:br|p|div|a|b|strong|em|img|ul)\b", re.IGNORECASE)


def signature_of(mailbox: Mailbox, agent: Agent | None, language: str = "") -> str:
    """Plain text, or HTML where the mailbox has it so; the mailbox's own name where no agent is known.

    In the language of the mail where the mailbox has a signature for it.
    """
    name, signature = agent.name if agent else mailbox.name, str(mailbox.signatures.get(language) or mailbox.signature)
    return signature.replace("{agent}", escape(name) if is_html(signature) else name)


def is_html(signature: str) -> bool:
    """Whether a signature is written as HTML."""
    return _MARKUP.search(signature) is not None
