"""The legal basis by which an import holds whom it creates: for which purpose, by which ground, where that is from, in which words they consented (S27).

Who is in the register already keeps what was noted of them: no file gives back what somebody has withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.bases import LONGEST_SOURCE
from contacts.purpose import BASES, USUAL, ConsentWording, Purpose
from contacts.purposes import purpose_under, purposes
from core.errors import Refused
from core.i18n import N_
from core.options import option

#: What is chosen, each a word; ``wording`` is the uid of one version of the words, or empty.
CHOICES = ("purpose", "basis", "source", "wording")
#: Where a basis is from when nobody has said more.
UNTOLD = "import"
LIFTED = N_("They had objected to this purpose; the consent of this import takes that back.")


class Ground(NamedTuple):
    """What was chosen, as it is noted of each new person."""

    purpose: Purpose
    basis: str
    source: str
    wording: ConsentWording | None


def usual_ground(db: Session) -> dict[str, str]:
    """What holds until something is chosen: our service, by the desk's own default."""
    return {"purpose": USUAL, "basis": option(db, "contacts.legal_basis"), "source": "", "wording": ""}


def chosen_ground(db: Session, before: Mapping[str, Any], chosen: Mapping[str, str | None]) -> dict[str, str]:
    """The choice, where what is not named stays as it was. Consent names the words that were agreed to: for marketing always, for anything else
    where there are any. Every purpose but the usual one asks where the basis is from.

    Raises Refused with all that is wrong, each under its name.
    """
    found = usual_ground(db) | {name: before[name] for name in CHOICES if name in before}
    found |= {name: " ".join((chosen[name] or "").split()) for name in CHOICES if name in chosen}
    errors = {}
    purpose = next((one for one in purposes(db) if one.key == found["purpose"]), None)
    if purpose is None:
        errors["purpose"] = N_("Choose one of the list.")
    if found["basis"] not in BASES:
        errors["basis"] = N_("Choose one of the list.")
    if len(found["source"]) > LONGEST_SOURCE or not (found["source"] or found["purpose"] == USUAL):
        errors["source"] = N_("Say in a few words where that is from.")
    if purpose is not None and (wrong := _wrong_words(purpose, found)):
        errors["wording"] = wrong
    if errors:
        raise Refused(N_("Persons cannot be held like this."), errors)
    return found


def ground_of(db: Session, given: Mapping[str, Any]) -> Ground:
    """What was chosen for an import. Raises Refused for a purpose that is no more."""
    held = usual_ground(db) | {name: given[name] for name in CHOICES if name in given}
    words = db.scalar(select(ConsentWording).where(ConsentWording.uid == held["wording"])) if held["wording"] else None
    return Ground(purpose_under(db, held["purpose"]), held["basis"], held["source"] or UNTOLD, words)


def _wrong_words(purpose: Purpose, found: Mapping[str, str]) -> str:
    """What is wrong with the words that were chosen, or nothing."""
    if found["wording"] and found["basis"] != "consent":
        return N_("Words are agreed to by consent alone.")
    if found["wording"]:
        return "" if found["wording"] in {one.uid for one in purpose.wordings} else N_("These words are of another purpose.")
    if found["basis"] != "consent":
        return ""
    if purpose.wordings:
        return N_("Say which words they agreed to.")
    return N_("Nobody has written what persons agree to here. An admin can, under Purposes.") if purpose.marketing else ""
