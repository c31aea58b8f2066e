"""What happened to activities, notes, sales, campaigns, projects, orders, infotags, photos and files, as sentences of a history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from contacts.activity import Activity
from contacts.matter_kinds import BY_NAME
from contacts.person import Person
from core.history import FactRow
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.presenting.activities import KINDS
from desk.web.presenting.matters import STATES, WORDS
from desk.web.requests import db

TOLD = ("activity.changed", "note.changed", "matter.changed", "members.changed", "infotag.put", "person.photo", "file.changed")
ACTIVITY = {"added": N_("%(kind)s added: %(title)s"), "edited": N_("%(kind)s changed: %(title)s"), "finished": N_("%(kind)s done: %(title)s"),
            "cancelled": N_("%(kind)s called off: %(title)s"), "reopened": N_("%(kind)s open again: %(title)s"), "begun": N_("%(kind)s begun: %(title)s"),
            "deleted": N_("%(kind)s deleted: %(title)s"), "restored": N_("%(kind)s restored: %(title)s")}
MATTER = {"added": N_("%(kind)s added: %(title)s"), "edited": N_("%(kind)s changed: %(title)s"), "entered": N_("%(kind)s, now “%(state)s”: %(title)s"),
          "deleted": N_("%(kind)s deleted: %(title)s"), "restored": N_("%(kind)s restored: %(title)s")}
MEMBERS = {"joined": N_("Takes part. %(kind)s: %(title)s"), "left": N_("Takes part no more. %(kind)s: %(title)s"),
           "changed": N_("Takes part as something else. %(kind)s: %(title)s")}
#: The same, on the page of what they take part in.
JOINED = {"joined": N_("Takes part: %(names)s"), "left": N_("Takes part no more: %(names)s"), "changed": N_("Takes part as something else: %(names)s")}
#: Named of those who joined at once; the rest is counted.
NAMED = 3
NOTE = {"added": N_("Note added"), "edited": N_("Note changed"), "deleted": N_("Note deleted"), "restored": N_("Note restored")}


PHOTO = {"added": N_("Photo added"), "replaced": N_("Photo replaced"), "removed": N_("Photo removed")}
FILE = {"added": N_("File added"), "deleted": N_("File deleted"), "restored": N_("File restored")}


def titles(facts: Sequence[FactRow]) -> dict[tuple[str, str], str]:
    """("activity", uid) or ("sale", uid) → what it is called now."""
    found: dict[tuple[str, str], str] = {}
    uids = {fact.data["activity_uid"] for fact in facts if fact.kind == "activity.changed"}
    if uids:
        found = {("activity", uid): title for uid, title in db().execute(select(Activity.uid, Activity.title).where(Activity.uid.in_(uids)))}
    for of, kind in BY_NAME.items():
        uids = {fact.data["matter_uid"] for fact in facts if "matter_uid" in fact.data and fact.data["of"] == of}
        if uids:
            found |= {(of, one.uid): one.called for one in db().scalars(select(kind.row).where(kind.row.uid.in_(uids)))}
    joined = {uid for fact in facts if fact.kind == "members.changed" for uid in fact.data["person_uids"][:NAMED]}
    if joined:
        found |= {("person", one.uid): one.name for one in db().scalars(select(Person).where(Person.uid.in_(joined), Person.binned_at.is_(None)))}
    return found


def told(fact: FactRow, called: Mapping[tuple[str, str], str], uid: str) -> tuple[str, str]:
    """Icon and sentence, as it is told on the card of ``uid``."""
    if fact.kind == "note.changed":
        return "note", _(NOTE[fact.data["change"]])
    if fact.kind == "infotag.put":
        return "tag", _("Infotag taken off") if fact.data.get("taken_off") else _("Infotag put on")
    if fact.kind == "person.photo":
        return "photo", _(PHOTO[fact.data["change"]])
    if fact.kind == "file.changed":
        return "paperclip", _(FILE[fact.data["change"]])
    if "matter_uid" in fact.data:
        return _of_matter(fact, called, uid)
    icon, kind = KINDS[fact.data["of"]]
    title = called.get(("activity", fact.data["activity_uid"]), "") or _("(gone)")
    return icon, _(ACTIVITY[fact.data["change"]], kind=_(kind), title=title)


def _of_matter(fact: FactRow, called: Mapping[tuple[str, str], str], uid: str) -> tuple[str, str]:
    of, state = fact.data["of"], fact.data.get("state")
    words = WORDS[BY_NAME[of].key]
    if fact.kind == "members.changed" and uid == fact.data["matter_uid"]:
        return "users", _(JOINED[fact.data["change"]], names=_names(fact, called))
    said = (MATTER if fact.kind == "matter.changed" else MEMBERS)[fact.data["change"]]
    return words.icon, _(said, kind=_(words.one), title=called.get((of, fact.data["matter_uid"]), "") or _("(gone)"), state=_(STATES[state]) if state else "")


def _names(fact: FactRow, called: Mapping[tuple[str, str], str]) -> str:
    """The first of those who joined or left, and how many more; who is deleted is not named."""
    uids = fact.data["person_uids"]
    names = ", ".join(called.get(("person", uid), "") or _("(gone)") for uid in uids[:NAMED])
    return _("%(names)s and %(n)s more", names=names, n=len(uids) - NAMED) if len(uids) > NAMED else names
