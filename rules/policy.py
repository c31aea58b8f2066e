"""The company's own rules about senders nobody knows (create-or-not, S81-S84): the first that matches decides.

A rule is about ordinary mail, unless it names blocked, spam, automatic or forged mail: so that a rule for a domain lets
no blocked address of it in. What the admins' rules leave open, the fixed ones behind them decide; what these leave
open is the desk's or the mailbox's choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.i18n import N_, sentence
from rules.free_mail import is_free_mail

ACTS = ("create", "ask", "never", "set_aside", "spam")
TRUSTS = ("pass", "none", "fail")
#: Conditions that are switched on or left alone.
KINDS = ("blocked", "spam", "automatic")
FLAGS = ("known_company", "free_mail", *KINDS)
#: What a rule that creates may give the person or the ticket, each the uid of a record but the language.
GIFTS = ("company", "category", "business", "service_level", "support_contact", "team", "language")
MOST_RULES, MOST_SENDERS = 200, 200


@dataclass(frozen=True, slots=True)
class Writer:
    """What a rule may look at: the normalised address, and what is known of the mail. ``company`` is the uid of the
    company that the domain belongs to, or empty."""

    address: str = ""
    mailbox: str = ""
    language: str | None = None
    trust: str = "none"
    company: str = ""
    blocked: bool = False
    spam: bool = False
    automatic: bool = False

    @property
    def free_mail(self) -> bool:
        """Whether everybody can have an address at the domain."""
        return is_free_mail(self.address.rpartition("@")[2])

    @property
    def ordinary(self) -> bool:
        """Nothing speaks against it."""
        return not (self.blocked or self.spam or self.automatic or self.trust == "fail")


@dataclass(frozen=True, slots=True)
class Rule:
    """When it matches, and what follows: ``when`` and ``then`` as API.md's ``/intake-rules`` has them."""

    id: str
    when: Mapping[str, Any] = field(default_factory=dict)
    then: Mapping[str, Any] = field(default_factory=dict)
    off: bool = False
    by: str = ""                        # "always": written by an agent's decision on a ticket

    @property
    def act(self) -> str:
        """create, ask, never, set_aside or spam."""
        return str(self.then["act"])

    def matches(self, writer: Writer) -> bool:
        """Whether everything it asks for is so, and nothing it does not name speaks against the mail."""
        when = self.when
        return not self.off and self._fits_kind(writer) and not (
            (when.get("known_company") and not writer.company)
            or (when.get("free_mail") and not writer.free_mail)
            or (when.get("languages") and writer.language not in when["languages"])
            or (when.get("mailboxes") and writer.mailbox not in when["mailboxes"])
            or (when.get("senders") and not any(is_from(writer.address, one) for one in when["senders"])))

    def _fits_kind(self, writer: Writer) -> bool:
        when = self.when
        if any(bool(when.get(kind)) != getattr(writer, kind) for kind in KINDS if when.get(kind) or not self.names_special):
            return False
        return writer.trust == when["trust"] if when.get("trust") else writer.trust != "fail" or self.names_special

    @property
    def names_special(self) -> bool:
        """Whether it is about blocked, spam or automatic mail."""
        return any(self.when.get(kind) for kind in KINDS)

    def as_dict(self) -> dict[str, Any]:
        """As stored and as the API shows it."""
        return {"id": self.id, "when": dict(self.when), "then": dict(self.then), "off": self.off, "by": self.by}


#: What decides behind all rules of the admins'.
FIXED = (
    Rule("blocked", {"blocked": True}, {"act": "set_aside"}),
    Rule("spam", {"spam": True}, {"act": "spam"}),
    Rule("automatic", {"automatic": True}, {"act": "never"}),
    Rule("forged", {"trust": "fail"}, {"act": "ask"}),
)
#: The last line of the table: the choice of the mailbox or the desk.
ELSE = "else"
#: Ids that no rule of an admin's may have.
RESERVED = frozenset((ELSE, *(rule.id for rule in FIXED)))


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says of one mail: the act, the rule (``else`` for the choice above), its place in the table."""

    act: str
    rule: str
    number: int = 0
    gifts: Mapping[str, Any] = field(default_factory=dict)


def rule_of(kept: Mapping[str, Any]) -> Rule:
    """A rule from what is stored."""
    return Rule(kept["id"], kept.get("when") or {}, kept.get("then") or {}, bool(kept.get("off")), kept.get("by") or "")


def decide(rules: Sequence[Rule], writer: Writer, otherwise: str) -> Decision:
    """The first rule that matches, the fixed ones behind the admins' own, else ``otherwise``."""
    number, rule, matches = trace(rules, writer)[-1]
    if not matches:
        return Decision(otherwise, ELSE)
    return Decision(rule.act, rule.id, number, {name: rule.then[name] for name in GIFTS if rule.then.get(name)})


def trace(rules: Sequence[Rule], writer: Writer) -> list[tuple[int, Rule, bool]]:
    """Every rule that is asked, in order, and whether it matches: the last one does, or none."""
    asked = []
    for number, rule in enumerate((*rules, *FIXED), start=1):
        asked.append((number, rule, rule.matches(writer)))
        if asked[-1][2]:
            break
    return asked


def is_from(address: str, pattern: str) -> bool:
    """Whether an address is this one, or (``@domain``) at this domain, or (``@*.domain``) below it."""
    if pattern.startswith("@*."):
        return address.endswith(pattern[2:])
    return address.endswith(pattern) if pattern.startswith("@") else address == pattern


def told(decision: Decision, version: int) -> dict[str, Any] | None:
    """The sentence for "why?": which of the admins' rules decided; None for the fixed ones and the choice above."""
    if decision.rule in RESERVED:
        return None
    return sentence(N_("Rule %(number)s of version %(version)s of the policy says so."), number=decision.number, version=version)


def wrong(when: Mapping[str, Any], then: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a rule, in itself: field → sentence."""
    errors: dict[str, str] = {}
    if then.get("act") not in ACTS:
        errors["act"] = N_("Choose one of those offered.")
    if then.get("act") == "create" and (when.get("trust") == "fail" or when.get("blocked") or when.get("spam")):
        errors["act"] = N_("Nobody is created from a mail that may be forged, is blocked or is spam. Ask an agent instead.")
    if not any(when.get(name) for name in (*FLAGS, "trust", "languages", "mailboxes", "senders")):
        errors["when"] = N_("Say at least one thing that has to be so. What holds for everybody is the choice above the rules.")
    if when.get("trust") and when["trust"] not in TRUSTS:
        errors["trust"] = N_("Choose one of those offered.")
    if len(when.get("senders") or ()) > MOST_SENDERS:
        errors["senders"] = N_("These are too many for one rule. Make several.")
    return errors
