"""What our own checks prove of a sender where no host of ours said anything: DMARC (RFC 7489) over DKIM and SPF.

Held back is only what a domain itself asks to hold back, when everything could be checked. A signature that does not
hold, a name server that does not answer and a domain that publishes nothing prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.i18n import N_, sentence

NOT_PROVEN = ("fail", "none")


class Finding(NamedTuple):
    """What one method found, and the sentence that says so.

    ``result``: *pass* (for the sender's own domain), *fail*, *none* (there is nothing to go by), *blind* (it cannot be
    checked here) or *later* (no name server answered). Of DMARC the policy: *reject*, *quarantine*, *none*, *later*.
    """

    result: str
    message: str
    values: Mapping[str, str] = {}

    def as_dict(self, method: str) -> dict[str, Any]:
        """As stored, and as every screen shows it."""
        return {"method": method, "result": self.result, "why": self.message % self.values if self.values else self.message,
                "sentence": sentence(self.message, **self.values)}


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found about the domain in From."""

    domain: str
    dkim: Finding
    spf: Finding
    dmarc: Finding

    @property
    def wants_it_held_back(self) -> bool:
        """Whether the domain publishes that mail which is not from there be refused or set aside."""
        return self.dmarc.result in ("reject", "quarantine")


class Outcome(NamedTuple):
    """A question, what it proves, and the sentence that says so."""

    asks: Callable[[Checked], bool]
    result: str
    message: str


OUTCOMES = (
    Outcome(lambda c: c.dkim.result == "pass", "pass", N_("%(domain)s signed this mail (DKIM).")),
    Outcome(lambda c: c.spf.result == "pass", "pass", N_("The server that brought this mail may send for %(domain)s (SPF).")),
    Outcome(lambda c: c.wants_it_held_back and c.dkim.result in NOT_PROVEN and c.spf.result in NOT_PROVEN, "fail",
            N_("This does not come from %(domain)s, although it says so (DMARC).")),
    Outcome(lambda c: "later" in (c.dmarc.result, c.dkim.result, c.spf.result), "none",
            N_("Whether this is from %(domain)s could not be checked: a name server did not answer.")),
    Outcome(lambda c: c.wants_it_held_back, "none",
            N_("Nothing shows that this is from %(domain)s. Which server brought it is not known here, so that proves nothing.")),
    Outcome(lambda c: True, "none",
            N_("Nothing shows that this is from %(domain)s, and that domain does not ask for such mail to be held back.")),
)


def judge(checked: Checked) -> dict[str, Any]:
    """``{result, why, sentence, checks}``: the first outcome that fits, and beside it what each method found."""
    outcome = next(one for one in OUTCOMES if one.asks(checked))
    values = {"domain": checked.domain}
    return {"result": outcome.result, "why": outcome.message % values, "sentence": sentence(outcome.message, **values),
            "checks": [checked.dkim.as_dict("DKIM"), checked.spf.as_dict("SPF"), checked.dmarc.as_dict("DMARC")]}
