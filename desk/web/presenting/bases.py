"""What was noted of why we may hold a person: how each purpose stands, and the evidence, the latest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contacts.agent import Agent
from contacts.person import LegalBasis, Person
from contacts.purpose import BASES, USUAL, ConsentWording, Purpose
from contacts.purposes import current_wordings, purposes
from core.i18n import N_
from core.i18n import gettext as _
from core.retelling import retell
from desk.access import seen_tickets
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from desk.web.presenting.choices import language_name
from desk.web.presenting.purposes import purpose_label
from desk.web.presenting.times import near, stamp
from desk.web.requests import db
from desk.web.signing_in import me

EVENTS = {"given": ("sure", N_("holds")), "changed": ("sure", N_("holds")), "withdrawn": ("late", N_("withdrawn")), "objected": ("late", N_("objected"))}
HAPPENED = {"given": N_("given"), "changed": N_("changed"), "withdrawn": N_("withdrawn"), "objected": N_("objected")}
PROOFS = {"word": N_("a colleague’s word"), "message": N_("a message of theirs"), "link": N_("the link in a mail"), "one_click": N_("the button of their mail program"),
          "form": N_("the form"), "import": N_("an import"), "api": N_("another program")}
#: How a person came to us, where that stands as the source.
SOURCES = {"form": N_("the form"), "api": N_("another program"), "import": N_("an import"), "ticket": N_("a ticket"), "mail": N_("a mail"), "demo": N_("the demo")}
MOST = 200


def standing_lines(person: Person) -> list[dict[str, Any]]:
    """How each purpose stands."""
    return [{"key": key, "purpose": purpose_label(key), "basis": _(BASES.get(row.basis, row.basis)), "since": near(row.at),
             "state": _(EVENTS[row.event][1]), "kind": EVENTS[row.event][0], "holds": row.holds, "consent": row.basis == "consent"}
            for key, row in person.standing_bases.items()]


def evidence(person: Person) -> list[dict[str, Any]]:
    """All that was noted, the latest first."""
    rows = db().scalars(select(LegalBasis).where(LegalBasis.person_id == person.id).options(joinedload(LegalBasis.wording)).order_by(
        LegalBasis.at.desc(), LegalBasis.id.desc()).limit(MOST)).all()
    uids = {row.by_uid for row in rows if row.by_uid}
    names = dict(db().execute(select(Agent.uid, Agent.name).where(Agent.uid.in_(uids))).all()) if uids else {}
    places = _places(rows)
    return [{"at": stamp(row.at), "at_iso": row.at.isoformat(), "purpose": purpose_label(row.purpose), "basis": _(BASES.get(row.basis, row.basis)),
             "event": _(HAPPENED[row.event]), "kind": "" if row.holds else "late", "source": _(SOURCES[row.source]) if row.source in SOURCES else retell(row.source),
             "proof": _(PROOFS[row.proof]) if row.proof in PROOFS else "", "proof_url": places.get(row.proof_uid or ""),
             "by": names.get(row.by_uid or "", ""), "wording": _worded(row)} for row in rows]


def wording_choices(of: Sequence[Purpose]) -> list[tuple[str, str]]:
    """The words that persons are asked in now, of each purpose and language."""
    return [(one.uid, _("%(purpose)s, %(language)s, version %(n)s", purpose=purpose.label, language=language_name(one.language), n=one.version))
            for purpose in of for one in current_wordings(purpose).values()]


def form_choices() -> dict[str, list[tuple[str, str]]]:
    """What the form of a basis offers."""
    of = purposes(db())
    return {"purposes": [(one.key, one.label) for one in of], "bases": [(name, _(label)) for name, label in BASES.items()], "wordings": wording_choices(of)}


def ground_line(given: Mapping[str, Any]) -> str:
    """By what basis an import holds new persons, in a line."""
    words = db().scalar(select(ConsentWording).where(ConsentWording.uid == given["wording"])) if given.get("wording") else None
    return ", ".join(filter(None, (
        purpose_label(given.get("purpose", USUAL)), _(BASES.get(given["basis"], given["basis"])), _("from “%(source)s”", source=given["source"]) if given.get("source") else "",
        _("%(language)s, version %(n)s", language=language_name(words.language), n=words.version) if words else "")))


def _worded(row: LegalBasis) -> dict[str, str] | None:
    one = row.wording
    return {"title": _("%(language)s, version %(n)s", language=language_name(one.language), n=one.version), "text": one.text} if one else None


def _places(rows: Sequence[LegalBasis]) -> dict[str, str]:
    """Uid of what shows it → its page, where the agent sees that: the ticket of a message, for admins the mail in the ledger, of whoever
    asked for it the import."""
    found = {row.proof_uid: url_for("outbound.show", uid=row.proof_uid) for row in rows
             if row.proof in ("link", "one_click") and row.proof_uid and me().admin}
    found |= {row.proof_uid: url_for("operations.show", uid=row.proof_uid) for row in rows
              if row.proof == "import" and row.proof_uid and (me().admin or row.by_uid == me().uid)}
    said = [row.proof_uid for row in rows if row.proof == "message" and row.proof_uid]
    if said:
        found |= {uid: url_for("tickets.show", number=number) for uid, number in db().execute(select(Message.uid, Message.ticket_id).join(
            Ticket, Ticket.id == Message.ticket_id).where(Message.uid.in_(said), *seen_tickets(db(), me())))}
    return found
