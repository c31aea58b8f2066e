"""The letter: the parsed, channel-neutral form of what came in (DESIGN.md section 1).

The gateway makes letters out of bytes, chat makes them out of lines; intake reads nothing else.
Everything in a letter is decoded text from outside: complete, but believed by nobody yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rules.checked import Checked


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody named in a header: the address as written (no brackets, no spaces) and the decoded name.

    ``address`` always holds one ``@`` with something on both sides; ``name`` may be empty.
    """

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a letter: safe base name (never empty, no path, at most 150 characters), type, bytes.

    ``content_id`` is without angle brackets; ``inline`` means that the text shows it (a cid image).
    """

    name: str
    type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient that a bounce speaks of: enhanced status (``5.1.1``, may be empty) and whether it is final."""

    address: str
    status: str
    hard: bool
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says (RFC 3464), read from its parts or, where it has none, from its prose.

    ``original_ids`` are Message-IDs found in the returned message, without brackets.
    """

    failures: tuple[Failure, ...] = ()
    original_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The mail that a letter passes on, below some words or as an enclosed message, and what stands above it.

    ``sender`` is None where it names no address. ``html`` is None where the mail stands in the text of the letter.
    Whether whoever passes it on is to be believed is for others to say.
    """

    sender: Party | None
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""
    visible: str = ""
    html: str | None = None
    language: str | None = None
    reply_to: tuple[Party, ...] = ()
    attachments: tuple[Attachment, ...] = ()          # of an enclosed message alone
    comment: str = ""                                 # what the sender of the letter wrote above it


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail (or chat line), parsed. Texts are NFC, with ``\\n`` line ends, without NUL.

    ``headers`` holds the evidence that rules look at: lower-case name to all values in order, decoded
    and unfolded, each at most 2000 characters (Authentication-Results undecoded, at most 20 000). ``oddities`` names what had to be rescued, in words.
    """

    message_id: str                                   # without brackets; derived when absent
    message_id_given: bool
    sender: Party | None                              # first usable of From (RFC 5322 section 3.6.2)
    senders: tuple[Party, ...] = ()                   # all of From
    reply_to: tuple[Party, ...] = ()
    to: tuple[Party, ...] = ()
    cc: tuple[Party, ...] = ()
    delivered_to: tuple[str, ...] = ()                # Delivered-To, X-Original-To, Envelope-To: addresses only
    envelope_sender: str | None = None                # Return-Path; "" is the null sender, None is unknown
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()                  # nearest first, at most 50, In-Reply-To included
    subject: str = ""
    sent_at: datetime | None = None                   # UTC; None when absent, impossible, before 1990 or in the future
    text: str = ""                                    # the whole text, from HTML where there is no plain part
    visible: str = ""                                 # the text with its quotes folded away; never empty when text is not
    silent: bool = False                              # not a word of the sender's own: empty, or a quote and a signature
    below: str = ""                                   # of a silent one: what stands below the heading of an unmarked quote
    html: str | None = None                           # sanitised; cid images as src="cid:...", remote as data-src
    attachments: tuple[Attachment, ...] = ()
    language: str | None = None                       # en, nb, da, sv or None where unsure
    bounce: Bounce | None = None
    forwarded: Forwarded | None = None
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    oddities: tuple[str, ...] = ()
    content_digest: str = ""                          # SHA-256 hex of From, Date, Subject, text, files: same mail, other copy
    channel: str = "mail"
    checked: Checked | None = None                    # what our own checks found about From; None where none were made
