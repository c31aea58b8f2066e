"""What happened to a person or a company, as lines of its card: facts, and the fields that changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from contacts.agent import Agent
from core.history import Change, FactRow, FactSubject
from core.i18n import N_
from core.i18n import gettext as _
from desk.access import hidden_tickets
from desk.web.presenting.times import stamp
from desk.web.requests import db
from desk.web.signing_in import me

FIELDS = {
    "first_name": N_("first name"), "last_name": N_("last name"), "title": N_("title"), "status": N_("status"),
    "preferred_language": N_("language"), "service_level_id": N_("service level"), "position": N_("position"),
    "support_contact_id": N_("support contact"), "our_contact_id": N_("our contact"), "category_id": N_("category"),
    "business_id": N_("business"), "private_customer": N_("private customer"), "customer_number": N_("customer number"),
    "block_mass_mail": N_("mass mail"), "name": N_("name"), "organisation_number": N_("organisation number"),
    "language": N_("language"), "phone": N_("telephone"), "address": N_("postal address"), "website": N_("website"),
}
SAID = {
    "person.created": ("user-plus", N_("Created")), "company.created": ("plus", N_("Created")),
    "address.added": ("at", N_("Address added")), "address.retired": ("at", N_("Address taken away")),
    "address.moved": ("arrows-exchange", N_("Address came from another person")), "address.proven": ("proven", N_("Address confirmed by a link")),
    "address.not_theirs": ("user-off", N_("Ruled out for an unknown address")),
    "address.health": ("mail-off", N_("Address judged by what came back")),
    "ticket.requester": ("user-check", N_("Recognised on a ticket")), "ticket.opened": ("mail", N_("Wrote a new request")),
}
#: The same, seen from the company a person came to or left.
AT_COMPANY = {"person.created": N_("A person was created here"), "began": N_("Somebody began here"),
              "ended": N_("Somebody left"), "position": N_("Somebody has another position")}
EMPLOYED = {"began": N_("Began at a company"), "ended": N_("Left a company"), "position": N_("Another position")}
MOST = 12
SCANNED = 4                  # times as many are read, for those that the agent may not know of


def changes(uid: str, *, most: int = MOST) -> list[dict[str, Any]]:
    """The latest of it, newest first."""
    facts = db().scalars(select(FactRow).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid == uid, FactRow.kind.not_in(("message.received", "reply.sent"))).order_by(
        FactSubject.fact_id.desc()).limit(SCANNED * most)).all()
    hidden = hidden_tickets(db(), me(), {f.data["ticket_uid"] for f in facts if f.data.get("ticket_uid")})
    facts = [fact for fact in facts if fact.data.get("ticket_uid") not in hidden][:most]
    names = dict(db().execute(select(Agent.uid, Agent.name).where(
        Agent.uid.in_({f.by_uid for f in facts if f.by_uid}))).all())
    fields = _fields(facts)
    return [{"icon": icon, "text": f"{text}, {names[fact.by_uid]}" if fact.by_uid in names else text, "at": stamp(fact.at),
             "changes": [_change(change) for change in fields.get(fact.id, ())]}
            for fact in facts for icon, text in [_say(fact, fields.get(fact.id, ()), uid)]]


def _say(fact: FactRow, fields: Sequence[Change], uid: str) -> tuple[str, str]:
    at_company = fact.data.get("company_uid") == uid
    if at_company and (said := AT_COMPANY.get(fact.data.get("change", fact.kind))):
        return "user", _(said)
    if fact.kind in ("person.edited", "company.edited"):
        return "pencil", _("Changed: %(fields)s", fields=", ".join(_(FIELDS.get(c.field, c.field)) for c in fields))
    if fact.kind in ("person.binned", "company.binned"):
        return "trash", _("Restored") if fact.data.get("restored") else _("Deleted")
    if fact.kind == "address.not_theirs" and fact.data.get("taken_back"):
        return "user-check", _("May be behind an unknown address after all")
    if fact.kind == "employment.changed":
        return "arrows-exchange", _(EMPLOYED.get(fact.data.get("change", ""), N_("Employment changed")))
    if fact.kind == "address.moved" and fact.data.get("person_uid") == uid:
        return "arrows-exchange", _("Address moved to another person")
    if fact.kind == "ticket.opened" and fact.by_uid:
        return "pencil-plus", _("A ticket was begun")
    icon, text = SAID.get(fact.kind, ("history", N_("Changed")))
    return icon, _(text)


def _fields(facts: Sequence[FactRow]) -> dict[int, list[Change]]:
    found: dict[int, list[Change]] = {}
    for change in db().scalars(select(Change).where(Change.fact_id.in_([f.id for f in facts])).order_by(Change.id)):
        found.setdefault(change.fact_id, []).append(change)
    return found


def _change(change: Change) -> dict[str, str]:
    """One field; ids of other records say nothing to a reader and are left out."""
    shown = not change.field.endswith("_id")
    return {"field": _(FIELDS.get(change.field, change.field)), "before": (change.before or "–") if shown else "",
            "after": (change.after or "–") if shown else ""}
