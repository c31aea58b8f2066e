"""Whether the server that brought a mail may send for its sender's domain (SPF, RFC 7208)."""

from __future__ import annotations

import warnings
from typing import Any

from core.i18n import N_
from mailgate.dns import Asking, Away
from rules.checked import Finding

with warnings.catch_warnings():         # its text has escapes that Python frowns upon
    warnings.simplefilter("ignore")
    import spf

MOST_VOID = 2                # look-ups that find nothing (section 4.6.4)
LONGEST = 8000               # of a record, in bytes

MAY = N_("The server that brought it may send for %(domain)s (SPF).")
MAY_NOT = N_("The server that brought it may not send for %(domain)s (SPF).")
ANYBODY = N_("%(domain)s does not say which servers send for it (SPF).")
OTHER = N_("It was sent in the name of %(other)s, which says nothing about %(domain)s (SPF).")
LATER = N_("Which servers send for %(domain)s could not be asked (SPF).")
BLIND = N_("Which server brought it to us is not known (SPF).")

OPEN = N_("%(domain)s leaves open whether the server that brought it may send for it (SPF).")
NONSENSE = N_("What %(domain)s says about its servers cannot be understood (SPF).")

FINDINGS = {"pass": ("pass", MAY), "temperror": ("later", LATER), "none": ("none", ANYBODY), "neutral": ("fail", OPEN),
            "permerror": ("fail", NONSENSE)}


def verify(client: str, sender: str, asking: Asking) -> Finding:
    """What SPF says of a client that sent in the name of this address. Never raises."""
    try:
        result = _Query(asking, client, sender).check()[0]
    except Exception:  # noqa: BLE001 - records are strangers', and pyspf stumbles over some: nothing is proven by those
        result = "permerror"
    found, message = FINDINGS.get(result, ("fail", MAY_NOT))
    return Finding(found, message, {"domain": sender.rpartition("@")[2]})


def unaligned(sender: str, domain: str) -> Finding:
    """Sent in another domain's name, whatever that one says."""
    return Finding("none", OTHER, {"other": sender.rpartition("@")[2], "domain": domain})


def blind() -> Finding:
    """We do not see who brought it: it was fetched, or a relay of ours stands between."""
    return Finding("blind", BLIND)


class _Query(spf.query):  # type: ignore[misc]
    """One evaluation, which asks our resolver."""

    def __init__(self, asking: Asking, client: str, sender: str) -> None:
        super().__init__(i=client, s=sender, h=sender.rpartition("@")[2])
        self._asking = asking

    def dns(self, name: Any, qtype: str, cnames: Any = None, ignore_void: bool = False) -> list[Any]:
        """As pyspf wants it: texts as tuples of bytes, MX as pairs, everything else as text."""
        if not all(0 < len(label) < 64 for label in str(name).rstrip(".").split(".")):
            return []
        try:
            found = self._asking.values(str(name), qtype)
        except Away as away:
            raise spf.TempError(f"DNS {away}") from away
        if not found and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > MOST_VOID:
                raise spf.PermError("Too many names that do not exist")
        return [(one,) for one in found if len(one) <= LONGEST] if qtype == "TXT" else list(found)
