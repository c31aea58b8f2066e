"""What happened to a person or a company, as lines of its card: facts, and the fields that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select

from contacts.agent import Agent
from contacts.company import Business, Category, Company, ServiceLevel
from contacts.masking import without_names
from contacts.person import Person
from contacts.purpose import BASES
from contacts.sale import stage_label
from core.fold import fold
from core.history import Change, FactRow, FactSubject
from core.i18n import N_
from core.i18n import gettext as _
from desk.access import hidden_tickets
from desk.web.presenting.links import person_url
from desk.web.presenting.own_fields import own_labels
from desk.web.presenting.purposes import purpose_label
from desk.web.presenting.record_words import TOLD, titles
from desk.web.presenting.record_words import told as told_of_record
from desk.web.presenting.relation_facts import OF_RELATIONS, told
from desk.web.presenting.times import stamp
from desk.web.requests import db
from desk.web.signing_in import me

FIELDS = {
    "first_name": N_("first name"), "last_name": N_("last name"), "title": N_("title"), "status": N_("status"),
    "preferred_language": N_("language"), "service_level_id": N_("service level"), "position": N_("position"),
    "support_contact_id": N_("support contact"), "our_contact_id": N_("our contact"), "category_id": N_("category"),
    "business_id": N_("business"), "private_customer": N_("private customer"), "customer_number": N_("customer number"),
    "started_on": N_("first day"), "ended_on": N_("last day"), "company": N_("company"), "block_mass_mail": N_("mass mail"), "name": N_("name"), "organisation_number": N_("organisation number"),
    "language": N_("language"), "phone": N_("telephone"), "address": N_("postal address"), "website": N_("website"),
    "legal_basis": N_("ground for holding the data"),
    "details": N_("details"), "since": N_("first day"), "until": N_("last day"), "relation_kind": N_("kind of relation"),
    "text": N_("text"), "state": N_("state"), "at": N_("time"), "ends_at": N_("end"), "whole_day": N_("whole day"), "kind": N_("kind"),
    "stage": N_("stage"), "amount": N_("amount"), "currency": N_("currency"), "probability": N_("probability"), "starts_on": N_("first day"),
    "ends_on": N_("last day"), "lines": N_("lines"), "role": N_("role"), "person": N_("person"),
    "owner_id": N_("owner"), "company_id": N_("company"), "persons": N_("persons"), "agents": N_("colleagues"), "reason": N_("reason"),
    "photo_digest": N_("photo"), "basis": N_("basis"), "owner": N_("owner"), "review_on": N_("review"), "infotag": N_("infotag"), "file": N_("file"),
}
RESTRICTED = {"restricted": N_("Restricted: stored and not used"), "lifted": N_("Restriction lifted"),
              "taken_back": N_("A restriction was taken back"), "put_back": N_("The restriction goes on")}
SAID = {
    "person.created": ("user-plus", N_("Created")), "company.created": ("plus", N_("Created")),
    "address.added": ("at", N_("Address added")), "address.retired": ("at", N_("Address taken away")),
    "address.moved": ("arrows-exchange", N_("Address came from another person")), "address.proven": ("proven", N_("Address confirmed by a link")),
    "address.not_theirs": ("user-off", N_("Ruled out for an unknown address")),
    "person.told_apart": ("users", N_("Found to be another than somebody alike")),
    "address.health": ("mail-off", N_("Address judged by what came back")),
    "ticket.locked_mail_read": ("lock", N_("Locked e-mails were read")),
    "privacy_report.made": ("shield", N_("A privacy report was made")), "privacy_report.released": ("shield", N_("What was held back of a privacy report was released")),
    "privacy_report.sent": ("shield", N_("The privacy report was sent to them")), "privacy_report.opened": ("shield", N_("They opened their privacy report")),
    "person.merged": ("git-merge", N_("Another record was merged into this one")),
    "person.unmerged": ("git-merge", N_("Another record was taken out again")),
    "ticket.requester": ("user-check", N_("Recognised on a ticket")), "ticket.opened": ("mail", N_("Wrote a new request")),
}
#: The same, seen from the company a person came to or left.
AT_COMPANY = {"person.created": N_("A person was created here"), "began": N_("Somebody began here"),
              "ended": N_("Somebody left"), "changed": N_("Somebody’s employment was put right"), "primary": N_("Somebody’s primary company"), "position": N_("Somebody has another position")}
EMPLOYED = {"began": N_("Began at a company"), "ended": N_("Left a company"), "position": N_("Another position"),
            "changed": N_("An employment was put right"), "primary": N_("Another primary company")}
#: What was noted of a basis for holding them.
NOTED = {"given": N_("%(purpose)s: %(basis)s given"), "changed": N_("%(purpose)s: now by %(basis)s"), "withdrawn": N_("%(purpose)s: consent withdrawn"),
         "objected": N_("%(purpose)s: they objected")}
#: What happened to a legal hold on them; why is for admins.
HELD = {"set": N_("Legal hold set"), "edited": N_("Legal hold changed"), "lifted": N_("Legal hold lifted"), "reminded": N_("Legal hold to be reviewed"),
        "restricted": N_("Restricted: to be erased when the legal hold is lifted")}
#: Fields that hold the id of another record, which has a name.
NAMED: dict[str, type[Any]] = {"service_level_id": ServiceLevel, "support_contact_id": Agent, "our_contact_id": Agent, "owner_id": Agent, "company_id": Company, "category_id": Category,
                               "business_id": Business}
#: Answers of the organisation's own fields, as the history keeps them.
FLAGS = {"True": N_("yes"), "False": N_("no")}
#: Facts of two persons, each of whom leads to the other.
MERGES = {"person.merged": "into_uid", "person.unmerged": "from_uid"}
#: Already told by their ticket's own messages.
UNTOLD = ("message.received", "reply.sent")
MOST = 12
SCANNED = 4                  # times as many are read, for those that the agent may not know of
#: Why an admin read locked mails may say what is in them.
FOR_ADMINS = ("reason",)
#: Read for one page of a history at most: what is searched for may be rare.
LOT, LOTS = 200, 10


@dataclass(frozen=True, slots=True)
class Past:
    """One page of what happened, and the cursor of what came before it."""

    lines: list[dict[str, Any]]
    next: int | None


def past(uids: Sequence[str], *, since: datetime | None = None, until: datetime | None = None, words: str = "",
         before: int | None = None, limit: int = 50) -> Past:
    """What happened to these records, the latest first: between two moments, and with all the words in what a line says."""
    terms, found = fold(words[:200]).split(), []
    for _lot in range(LOTS):
        facts = db().scalars(select(FactRow).where(
            FactRow.id.in_(select(FactSubject.fact_id).where(FactSubject.subject_uid.in_(uids))), FactRow.kind.not_in(UNTOLD),
            *([FactRow.id < before] if before else []), *([FactRow.at >= since] if since else []),
            *([FactRow.at < until] if until else [])).order_by(FactRow.id.desc()).limit(LOT)).all()
        for line in _lines(facts, uids[0]):
            if all(term in fold(line["all"]) for term in terms):
                found.append(line)
            if len(found) > limit:
                return Past(found[:limit], found[limit - 1]["id"])
        if len(facts) < LOT:
            return Past(found, None)
        before = facts[-1].id
    return Past(found, before)


def changes(uid: str, *, most: int = MOST) -> list[dict[str, Any]]:
    """The latest of it, newest first."""
    facts = db().scalars(select(FactRow).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid == uid, FactRow.kind.not_in(UNTOLD)).order_by(FactSubject.fact_id.desc()).limit(SCANNED * most)).all()
    return _lines(facts, uid, most=most)


def of_facts(ids: Sequence[int]) -> dict[int, str]:
    """Fact → what it says, and of whom; for a list of facts of several cards."""
    facts = db().scalars(select(FactRow).where(FactRow.id.in_(ids))).all() if ids else ()
    return {line["id"]: line["text"] for line in _lines(facts, "")}


def field_called(name: str) -> str:
    """What a field is called, the organisation's own among them."""
    return _(FIELDS[name]) if name in FIELDS else own_labels().get(name, name)


def _lines(facts: Sequence[FactRow], uid: str, *, most: int | None = None) -> list[dict[str, Any]]:
    """As lines, without those about tickets that the agent does not see."""
    hidden = hidden_tickets(db(), me(), {f.data["ticket_uid"] for f in facts if f.data.get("ticket_uid")})
    facts = [fact for fact in facts if fact.data.get("ticket_uid") not in hidden][:most]
    agents = {fact.by_uid for fact in facts if fact.by_uid}
    names = dict(db().execute(select(Agent.uid, Agent.name).where(Agent.uid.in_(agents))).all()) if agents else {}
    fields = _fields(facts)
    called = _called([change for some in fields.values() for change in some]) | titles(facts)
    of_relations, others = told(facts, uid), _others(facts, uid)

    def say(fact: FactRow) -> tuple[str, str]:
        if fact.id in of_relations:
            return "link", of_relations[fact.id]
        return told_of_record(fact, called, uid) if fact.kind in TOLD else _say(fact, fields.get(fact.id, ()), uid)

    return [_line(fact, fields.get(fact.id, ()), names.get(fact.by_uid or "", ""), called, say(fact)) | {"other": others.get(fact.id)}
            for fact in facts]


def _others(facts: Sequence[FactRow], uid: str) -> dict[int, dict[str, str]]:
    """Of a merge or its end: the other record, which leads there while it is none's part."""
    uids = {fact.id: fact.data[MERGES[fact.kind] if fact.data["person_uid"] == uid else "person_uid"]
            for fact in facts if fact.kind in MERGES}
    if not uids:
        return {}
    found = {one.uid: one for one in db().scalars(select(Person).where(Person.uid.in_(uids.values()), Person.binned_at.is_(None)))}
    return {fact_id: {"name": found[other].name, "url": _there(found[other])} for fact_id, other in uids.items() if other in found}


def _there(person: Person) -> str:
    """A merged record has no page but the one on which it is taken out again."""
    return person_url(person) if person.merged_into_id is None else url_for("person_unmerges.new", uid=person.uid)


def _line(fact: FactRow, fields: Sequence[Change], by: str, called: Mapping[tuple[str, str], str], say: tuple[str, str]) -> dict[str, Any]:
    icon, text = say
    shown = [_change(change, called) for change in fields]
    return {"id": fact.id, "icon": icon, "text": f"{text}, {by}" if by else text, "what": text, "by": by, "at": stamp(fact.at),
            "at_iso": fact.at.isoformat(), "changes": shown,
            "all": " ".join((text, by, *(word for change in shown for word in change.values())))}


def _say(fact: FactRow, fields: Sequence[Change], uid: str) -> tuple[str, str]:
    at_company = fact.data.get("company_uid") == uid
    if at_company and (said := AT_COMPANY.get(fact.data.get("change", fact.kind))):
        return "user", _(said)
    if fact.kind in ("person.edited", "company.edited"):
        return "pencil", _("Changed: %(fields)s", fields=", ".join(field_called(c.field) for c in fields))
    if fact.kind == "person.basis":
        return "shield", _(NOTED.get(fact.data["event"], N_("Changed")), purpose=purpose_label(fact.data["purpose"]), basis=_(BASES.get(fact.data["basis"], "")))
    if fact.kind == "person.restricted":
        return "lock", _(RESTRICTED[fact.data["event"]])
    if fact.kind == "person.mail_locked":
        return "lock", _("Access to the e-mails opened") if fact.data.get("opened") else _("Access to the e-mails locked")
    if fact.kind == "hold.changed":
        return "lock", _(HELD.get(fact.data["change"], N_("Changed")))
    if fact.kind in ("person.binned", "company.binned"):
        return "trash", _("Restored") if fact.data.get("restored") else _("Deleted")
    if fact.kind == "address.not_theirs" and fact.data.get("taken_back"):
        return "user-check", _("May be behind an unknown address after all")
    if fact.kind == "person.told_apart" and fact.data.get("taken_back"):
        return "users", _("May be the same as somebody alike after all")
    if fact.kind == "employment.changed":
        return "arrows-exchange", _(EMPLOYED.get(fact.data.get("change", ""), N_("Employment changed")))
    if fact.kind == "person.moved":
        return "arrows-exchange", _moved(fact, uid)
    if fact.kind == "person.copied":
        return "copy", _("Copied from another card") if fact.data.get("copy_uid") == uid else _("Copied to a second card")
    if fact.kind == "address.moved" and fact.data.get("person_uid") == uid:
        return "arrows-exchange", _("Address moved to another person")
    if fact.kind in MERGES and fact.data.get("person_uid") == uid:
        return "git-merge", _("Merged into another record") if fact.kind == "person.merged" else _("Taken out of another record")
    if fact.kind == "ticket.opened" and fact.by_uid:
        return "pencil-plus", _("A ticket was begun")
    icon, text = SAID.get(fact.kind, ("history", N_("Changed")))
    return icon, _(text)


def _moved(fact: FactRow, uid: str) -> str:
    """A move, seen from the person or from either company."""
    if fact.data.get("undone"):
        return _("A move was taken back")
    if uid != fact.data.get("person_uid"):
        return _("Somebody came from another company") if uid == fact.data.get("to_company_uid") else _("Somebody left")
    if fact.data.get("to_company_uid") is None:
        return _("Left a company")
    return _("Moved to another company") if fact.data.get("from_company_uid") else _("Began at a company")


def _fields(facts: Sequence[FactRow]) -> dict[int, list[Change]]:
    found: dict[int, list[Change]] = {}
    if not facts:
        return found
    for change in without_names(db(), facts, db().scalars(select(Change).where(Change.fact_id.in_([f.id for f in facts]), *(
            [] if me().admin else [Change.field.not_in(FOR_ADMINS)])).order_by(Change.id))):
        found.setdefault(change.fact_id, []).append(change)
    return found


def _called(changes: Sequence[Change]) -> dict[tuple[str, str], str]:
    """(Field, id) → what the record is called."""
    found: dict[tuple[str, str], str] = {}
    for kind in dict.fromkeys(NAMED.values()):
        fields = [name for name, of in NAMED.items() if of is kind]
        ids = {int(value) for c in changes if c.field in fields for value in (c.before, c.after) if value and value.isdecimal()}
        for row_id, name in db().execute(select(kind.id, kind.name).where(kind.id.in_(ids))) if ids else ():
            found |= {(field, str(row_id)): name for field in fields}
    return found


def _change(change: Change, called: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """One field; the id of another record is told by its name, where it still has one."""
    def said(value: str | None) -> str:
        if value and change.field in OF_RELATIONS:
            return OF_RELATIONS[change.field](value)
        if value and change.field == "photo_digest":
            return _("yes")
        if value in BASES and change.field == "legal_basis":
            return _(BASES[value])
        if value and change.field == "stage":
            return stage_label(value)
        if value in FLAGS and change.field.startswith("custom."):
            return _(FLAGS[value])
        return (called.get((change.field, value or ""), "") if change.field.endswith("_id") else value) or "–"

    return {"field": field_called(change.field), "before": said(change.before), "after": said(change.after)}
