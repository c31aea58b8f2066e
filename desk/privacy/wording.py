"""A report in words: sections, records, fields and codes in the language that is spoken; days written out."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from contacts.lookup import FILES
from contacts.lookup import PURPOSES as LOOKED_FOR
from contacts.purpose import BASES, PURPOSES
from contacts.restriction import EVERY_GROUND
from contacts.sale import stage_label
from core.i18n import LANGUAGES, N_, language, local
from core.i18n import gettext as _
from core.retelling import retell
from desk.disclosures import WAYS
from desk.rights.case import KINDS, STATES

SECTIONS = {
    "card": N_("The card"), "addresses": N_("Addresses and numbers"), "employments": N_("Where you work"), "bases": N_("Why we hold this"),
    "rights": N_("Your rights"),
    "origin": N_("Where it is from"), "recipients": N_("Who has received it"), "notes": N_("Notes about you"), "activities": N_("Activities"),
    "matters": N_("Sales, campaigns, projects and orders"), "relations": N_("Relations"), "files": N_("Files"), "conversations": N_("Conversations"),
    "ledger": N_("Mail as it came and went"), "mentions": N_("Where others name you"), "history": N_("What was changed, and when"), "other": N_("Other")}
#: Tables as a person would call a row of them.
RECORDS = {
    "persons": N_("Record of you"), "custom_values": N_("Own field"), "infotagged": N_("Infotag"), "bin": N_("Deleted"), "holdings": N_("Address or number"),
    "employments": N_("Employment"), "legal_bases": N_("Legal basis"), "suppressions": N_("Kept from being written to"), "contact_notes": N_("Note"),
    "activity_participants": N_("Activity"), "sales": N_("Sale"), "sale_members": N_("Takes part in a sale"), "projects": N_("Project"),
    "project_members": N_("Takes part in a project"), "campaign_members": N_("Takes part in a campaign"), "orders": N_("Order"), "order_lines": N_("Line of an order"),
    "relations": N_("Relation"), "contact_files": N_("File on the card"), "attachments": N_("File of a message"), "tickets": N_("Request"), "messages": N_("Message"),
    "drafts": N_("Draft"), "inbound_mails": N_("Mail that came in"), "inbound_raws": N_("Mail as it came in"), "outbound_mails": N_("Mail that went out"),
    "changes": N_("Change"), "origin": N_("Record of you"), "recipient": N_("Recipient"), "staff": N_("Our staff"), "mention": N_("Named by others"),
    "look_up": N_("Looked up"), "restrictions": N_("Restriction"), "rights_cases": N_("Request by the GDPR"),
    "legal_holds": N_("Kept by a legal hold")}
FIELDS = {
    "first_name": N_("first name"), "last_name": N_("last name"), "title": N_("title"), "status": N_("status"), "preferred_language": N_("language"),
    "service_level_id": N_("service level"), "category_id": N_("category"), "business_id": N_("business"), "private_customer": N_("private customer"),
    "customer_number": N_("customer number"), "block_mass_mail": N_("no mass mail"), "photo_digest": N_("photo"), "created_how": N_("made by"),
    "created_why": N_("why it was made"), "created_at": N_("made on"), "name": N_("name"), "text": N_("text"), "number": N_("number"), "day": N_("day"),
    "tag_id": N_("infotag"), "at": N_("time"), "label": N_("label"), "origin": N_("known because"), "proof": N_("proof"), "since": N_("since"),
    "until": N_("until"), "kind": N_("kind"), "value": N_("value"), "health": N_("mail arrives"), "suppression": N_("blocked"), "position": N_("position"),
    "started_on": N_("first day"), "ended_on": N_("last day"), "organisation_number": N_("organisation number"), "phone": N_("telephone"),
    "address": N_("address"), "website": N_("website"), "purpose": N_("purpose"), "basis": N_("ground"), "source": N_("source"), "event": N_("what was noted"),
    "list": N_("list"), "reason": N_("reason"), "company_id": N_("company"), "other_company_id": N_("company"), "project_id": N_("project"),
    "state": N_("state"), "ends_at": N_("end"), "done_at": N_("over since"), "stage_id": N_("stage"), "order_id": N_("order"), "amount": N_("amount"), "total": N_("amount"),
    "currency": N_("currency"), "role": N_("role"), "starts_on": N_("first day"), "ends_on": N_("last day"), "quantity": N_("quantity"), "price": N_("price"),
    "kind_id": N_("kind of relation"), "details": N_("details"), "type": N_("type"), "size": N_("size"), "subject": N_("subject"), "channel": N_("channel"),
    "language": N_("language"), "requester_address_id": N_("address"), "requester_name": N_("name"), "identification": N_("how we recognised you"),
    "direction": N_("direction"), "from_address": N_("from"), "reply_to": N_("answers to"), "to": N_("to"), "cc": N_("copy to"), "transport": N_("way"),
    "envelope_sender": N_("sender"), "envelope_recipient": N_("recipient"), "client": N_("machine it came from"), "verdict": N_("what was done, and why"),
    "sender": N_("sender"), "content": N_("bytes kept"), "recipients": N_("recipients"), "sent_at": N_("sent on"), "field": N_("field"),
    "before": N_("before"), "after": N_("after"), "ticket": N_("request"), "mails": N_("mails"), "first": N_("first"), "last": N_("last"),
    "mailbox": N_("mailbox"), "where": N_("where"), "words": N_("words"), "email": N_("e-mail address"), "chat": N_("chat"), "link": N_("link"),
    "way": N_("way"), "looked_for": N_("looked up for"), "file": N_("file"), "days": N_("days"), "times": N_("times"), "ground": N_("ground"), "lifted_at": N_("lifted on"), "told": N_("you were told"),
    "told_how": N_("how you were told"), "received_at": N_("received on"), "due_at": N_("to be answered by"), "decided_at": N_("decided on"),
    "decision": N_("decision"), "phrase": N_("your words"), "extended_why": N_("why it took longer"), "unproven_why": N_("how we knew that it was you"),
    "review_on": N_("looked at again on"), "restricted_at": N_("to be erased when it is lifted, and not used since")}
#: What codes mean, by their field; those of one field may be another's.
CODES = {
    "status": {"active": N_("active"), "left": N_("has left"), "chosen": N_("Chosen"), "contacted": N_("Contacted"), "answered": N_("Has answered"),
               "taking_part": N_("Takes part"), "declined": N_("Declined")},
    "kind": {"email": N_("e-mail address"), "phone": N_("telephone"), "chat": N_("chat"), "link": N_("link"), "task": N_("task"), "call": N_("call"),
             "appointment": N_("appointment"), "reply": N_("answer"), "note": N_("note"), "forward": N_("forwarded mail"), "system": N_("mail of the desk"),
             "acknowledgement": N_("acknowledgement"), "notification": N_("notice to our staff"), "mass": N_("mass mail")},
    "origin": {"wrote": N_("they wrote from it"), "agent": N_("added by an agent"), "import": N_("came with an import"), "claim": N_("claimed in a chat"),
               "merge": N_("came with a merge"), "api": N_("added by another program"), "demo": N_("came with the demo")},
    "proof": {"authenticated": N_("proven by authenticated mail"), "link": N_("confirmed by a link"), "agent": N_("on an agent’s word"), "none": N_("unproven"),
              "word": N_("a colleague’s word"), "message": N_("a message of theirs"), "one_click": N_("the button of their mail program"), "form": N_("the form"),
              "import": N_("an import"), "api": N_("another program")},
    "created_how": {"form": N_("the form"), "api": N_("another program"), "import": N_("an import"), "ticket": N_("a ticket"), "mail": N_("a mail"), "demo": N_("the demo")},
    "basis": BASES, "event": {"given": N_("given"), "changed": N_("changed"), "withdrawn": N_("withdrawn"), "objected": N_("objected")},
    "purpose": {key: name for key, (name, _marketing) in PURPOSES.items()},
    "health": {"ok": N_("yes"), "soft": N_("not always"), "bouncing": N_("no")}, "suppression": {"none": N_("no"), "blocked": N_("yes")},
    "direction": {"in": N_("to us"), "out": N_("from us"), "note": N_("our own note")},
    "state": {"open": N_("open"), "in_progress": N_("under way"), "done": N_("done"), "cancelled": N_("called off"), "closed": N_("closed"), "waiting": N_("waiting"), "snoozed": N_("waiting"), "spam": N_("spam"),
              "sent": N_("sent"), "queued": N_("waits to be sent"), "failed": N_("not sent")},
    "transport": {"smtp": N_("Handed over at our door"), "imap": N_("Fetched by IMAP"), "import": N_("Imported")},
    "list": {"erased": N_("erased"), "objected": N_("objected")},
    "ground": EVERY_GROUND, "told": {"mail": N_("by mail"), "word": N_("in another way")}, "way": WAYS, "looked_for": LOOKED_FOR, "file": FILES,
    "where": {"messages": N_("messages"), "contact_notes": N_("notes"), "activities": N_("activities"), "tickets": N_("tickets")}}
CODES["reason"] = CODES["proof"]        # of who objected: how they said so
CODES["source"] = CODES["created_how"] | {"wrote to us": N_("a mail")}
CODES["kind"] |= {kind: name for kind, (name, _article) in KINDS.items()}
CODES["state"] = STATES | CODES["state"]
CHANNELS = {"mail": N_("mail"), "phone": N_("telephone"), "chat": N_("chat"), "web": N_("web form")}
#: Sums, and how they are written where they are kept.
MONEY, _SUM = ("amount", "price", "total"), re.compile(r"-?\d+(\.\d+)?")
_DAY, _MOMENT = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d)?")


def section_said(name: str) -> str:
    """What a section is called."""
    return _(SECTIONS.get(name, name))


def record_said(name: str) -> str:
    """What a row is called; a table that nobody has a word for by its name."""
    return _(RECORDS[name]) if name in RECORDS else name.replace("_", " ")


def field_said(name: str) -> str:
    """What a field is called, as a sentence begins."""
    said = _(FIELDS[name]) if name in FIELDS else name.replace("_", " ").removesuffix(" id")
    return said[:1].upper() + said[1:]


def value_said(name: str, value: Any) -> str:
    """A value as it is read: codes in words, days written out."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "\n".join(str(one) for one in value) if name in ("identification", "verdict") else ", ".join(
            moment_said(str(one)) if name == "days" else str(one) for one in value)
    if name in MONEY and _SUM.fullmatch(str(value)):
        value = Decimal(value)
    if isinstance(value, (int, float, Decimal)):
        return str(format_decimal(value, locale=language()))
    text = str(value)
    if name in CODES and text in CODES[name]:
        return _(CODES[name][text])
    if name == "kind_id":           # those that a fresh desk comes with are kept in English
        return _(text)
    if name == "stage_id":
        return stage_label(text)
    if name == "channel" and text in CHANNELS:
        return _(CHANNELS[text])
    if name in ("preferred_language", "language") and text in LANGUAGES:
        return {"en": "English", "nb": "Norsk bokmål", "da": "Dansk", "sv": "Svenska"}[text]
    if name == "field":
        return field_said(text.removeprefix("custom."))
    if _DAY.fullmatch(text) or _MOMENT.fullmatch(text):
        return moment_said(text)
    return retell(text) if name in ("source", "created_why") else text


def moment_said(iso: str) -> str:
    """``14 March 2026``, with the time where there is one."""
    if _DAY.fullmatch(iso):
        return _written(date.fromisoformat(iso))
    at = local(datetime.fromisoformat(iso))
    return f"{_written(at.date())} {at:%H:%M}"


def day_said(iso: str) -> str:
    """``14 March 2026``."""
    return _written(local(datetime.fromisoformat(iso)).date() if "T" in iso else date.fromisoformat(iso))


def corrected_said(change: dict[str, Any]) -> str:
    """``Telephone: from +47 … to +47 …``."""
    field = field_said(change["field"]) if change["field"] else record_said(change["record"])
    before, after = (value_said(change["field"], one) if one is not None else "" for one in (change["before"], change["after"]))
    if before and after:
        return _("%(field)s: from %(before)s to %(after)s", field=field, before=before, after=after)
    if after:
        return _("%(field)s: %(after)s was added", field=field, after=after)
    return _("%(field)s: %(before)s was taken away", field=field, before=before)


def _written(then: date) -> str:
    return str(format_date(then, "d. MMMM y" if language() in ("nb", "da") else "d MMMM y", locale=language()))
