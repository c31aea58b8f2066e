"""What may be known of a mail when it is judged: kept in the ledger, so that it can be judged again by what was known then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from rules.policy import ELSE, Decision, Rule, Writer, decide


@dataclass(frozen=True, slots=True)
class Clues:
    """What the rules may look at.

    ``sender``: known, several (living persons hold the address), unknown, binned, agent, own, none (no usable
    From). ``thread``: how the mail names a ticket of ours (reply_address, in_reply_to, references, subject) or
    empty. ``ticket``: that ticket's state, or closed_long, binned. ``automatic``: kind of robot or empty.
    """

    sender: str = "unknown"
    thread: str = ""
    ticket: str = ""
    automatic: str = ""
    automatic_why: str = ""
    bounce_of: str = ""                 # message, notification, mass: what of ours came back
    mass: str = ""                      # answer, stop: to a mass mail of ours, the second says only that they want no more
    own_loop: bool = False              # carries our loop header or a Message-ID of ours
    copy: bool = False                  # this very mail is here already
    blocked: bool = False
    spam: bool = False
    trust: str = "none"
    policy: str = "create"              # the choice of the mailbox or the desk
    decision: Decision | None = None    # what the company's rules say instead (rules.policy)
    archive: bool = False
    agent_reply: str = ""               # proven, foreign, withdrawn, deleted: an answer to a notification
    forwarded: str = ""                 # original, lost: an agent passes a mail on (rules.passing_on)
    erased: bool = False                # nobody's address now, of somebody who was erased
    silent: bool = False                # not a word and no file of the sender's own

    @property
    def decided(self) -> str:
        """The act of the first rule of the policy that matched; empty where none did, or none had to be asked."""
        return self.decision.act if self.decision is not None and self.decision.rule != ELSE else ""


def writer_of(clues: Clues, address: str, mailbox: str, language: str | None, company: str) -> Writer:
    """What the company's rules may look at. Mail of an archive was judged when it came: nothing in it is forged now."""
    return Writer(address, mailbox, language, "none" if clues.archive else clues.trust, company,
                  clues.blocked, clues.spam, clues.automatic != "")


def with_decision(clues: Clues, writer: Writer, rules: Sequence[Rule]) -> Clues:
    """The clues with the decision of these rules, where they have to be asked: of strangers, and of what is not ordinary."""
    if clues.sender != "unknown" and writer.ordinary:
        return clues
    return replace(clues, decision=decide(rules, writer, clues.policy))


#: Clues that a replay needs, with what they are where nothing is kept.
_KEPT = {f.name: f.default for f in fields(Clues) if f.name not in ("decision", "policy", "automatic_why")}


def kept(clues: Clues, who: int | None, company: str, language: str | None) -> dict[str, Any]:
    """The clues as the ledger keeps them, for judging the mail again by what was known then; ``who`` is the row of the
    sender's address. Without what is as always."""
    found = {name: value for name, usual in _KEPT.items() if (value := getattr(clues, name)) != usual}
    return found | {name: value for name, value in (("who", who), ("company", company), ("language", language)) if value}


def as_known(row: Mapping[str, Any]) -> Clues:
    """The clues that :func:`kept` kept."""
    return Clues(**{name: row[name] for name in _KEPT if name in row})
