"""The addresses of a person as their own page shows them: where each came from, what proves it, how mail to it fares."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import select

from contacts.address import Holding
from contacts.addressing import holdings_of
from contacts.confirming import PROVEN
from contacts.person import Person
from core.i18n import N_, day
from core.i18n import gettext as _
from desk.web.requests import db

KINDS = {"email": "mail", "phone": "phone", "chat": "message-circle", "link": "link"}
ORIGINS = {"wrote": N_("they wrote from it"), "agent": N_("added by an agent"), "import": N_("came with an import"),
           "claim": N_("claimed in a chat"), "merge": N_("came with a merge"), "api": N_("added by another program"),
           "demo": N_("came with the demo")}
PROOFS = {"authenticated": ("verified", N_("proven by authenticated mail")), "link": ("verified", N_("confirmed by a link")),
          "agent": ("word", N_("on an agent’s word")), "none": ("unproven", N_("unproven"))}
MOST_PAST = 100


def held(person: Person) -> list[dict[str, Any]]:
    """What the person holds now, primary ones first."""
    holdings = holdings_of(db(), person)
    return [_line(one) | {"last": sum(h.address.kind == one.address.kind for h in holdings) == 1} for one in holdings]


def past(person: Person) -> list[dict[str, Any]]:
    """What the person held before, the latest first."""
    found = db().scalars(select(Holding).where(Holding.person_id == person.id, Holding.until.is_not(None)).order_by(
        Holding.until.desc()).limit(MOST_PAST))
    return [_line(one) for one in found]


def _line(holding: Holding) -> dict[str, Any]:
    address, person = holding.address, holding.person
    proof, word = PROOFS.get(holding.proof, PROOFS["none"])
    mail = address.kind == "email"
    names: dict[str, Any] = {"uid": person.uid, "aid": holding.uid}
    return {
        "icon": KINDS[address.kind], "value": address.value, "label": holding.label, "primary": holding.primary,
        "origin": _(ORIGINS.get(holding.origin, ORIGINS["agent"])), "proof": proof if mail else "", "proof_text": _(word),
        "health": address.health, "health_text": _health(holding), "blocked": address.suppression == "blocked",
        "since": _("since %(day)s", day=day(holding.since)), "period": _period(holding),
        "asked": _("A link was mailed %(day)s.", day=day(holding.asked_at)) if holding.asked_at else "",
        "confirm_url": url_for("person_addresses.confirm", **names) if mail and holding.proof not in PROVEN else "",
        "primary_url": url_for("person_addresses.prefer", **names), "label_url": url_for("person_addresses.name", **names),
        "move_url": url_for("address_moves.new", **names), "end_url": url_for("person_addresses.destroy", **names),
        "back_url": url_for("person_addresses.restore", **names), "uid": holding.uid,
    }


def _health(holding: Holding) -> str:
    address = holding.address
    at = day(address.health_at) if address.health_at else ""
    if address.health == "bouncing":
        return _("mail comes back since %(day)s", day=at) if at else _("mail comes back")
    return (_("mail was late %(day)s", day=at) if at else _("mail was late")) if address.health == "soft" else ""


def _period(holding: Holding) -> str:
    return f"{day(holding.since)} – {day(holding.until)}" if holding.until else ""
