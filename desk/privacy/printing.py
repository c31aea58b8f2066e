"""A report as tagged PDF: words go to typst as JSON, never as its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.i18n import gettext as _
from core.i18n import language, ngettext
from desk.printing import printed
from desk.privacy import wording as w

#: Fields that stand as running text.
PROSE = ("text",)
#: What a heading of an entry says already.
HEADINGS = {"messages": ("direction", "subject"), "tickets": ("subject",), "activity_participants": ("title",), "holdings": ("value",), "attachments": ("name",),
            "contact_files": ("name",), "sales": ("title",), "projects": ("title",), "orders": ("title",), "recipient": ("name",), "employments": ("name",),
            "custom_values": ("name",), "campaign_members": ("title",), "sale_members": ("title",), "project_members": ("title",), "changes": ("field",),
            "legal_bases": ("purpose",), "infotagged": ("tag_id",), "staff": ("mailbox",), "relations": ("kind_id",)}
#: Fields that say nothing beside the heading or its day.
UNSAID = frozenset({"at", "since", "created_at"})
#: A code of ours, which the change says better.
CODES = {"changes": ("kind",)}
#: Records of a section that are printed, the latest: tagged pages take memory, some 300 MB for a thousand long mails. JSON has them all.
MOST_PRINTED = 1000
#: Recipients that the summary names.
MOST_NAMED = 10


def pdf_of(told: Mapping[str, Any], *, desk: str) -> bytes:
    """The pages, in the language that is spoken. PDF/UA-1."""
    return printed("privacy", _data(told, desk))


def _data(told: Mapping[str, Any], desk: str) -> dict[str, Any]:
    made = w.day_said(told["made"]) if told["made"] else ""
    title = _("What we hold about %(name)s", name=told["name"]) if told["name"] else _("What we hold about you")
    return {
        "language": language(), "desk": desk, "title": title, "foot": _("Made on %(day)s", day=made),
        "lead": _("This is everything that %(desk)s holds about you, as it was on %(day)s.", desk=desk, day=made),
        "summary": _summary(told), "summary_title": _("In short"), "corrected": _corrected(told),
        "sections": [{"title": w.section_said(one["section"]), "about": " ".join(filter(None, (_about(one["section"]), _left_out(one["entries"])))),
                      "entries": [_entry(entry) for entry in one["entries"][-MOST_PRINTED:]]} for one in told["sections"]],
        "rights_title": _("What you can ask of us"), "rights": [
            _("To have what is wrong corrected."), _("To have it deleted, or used no more."),
            _("To have a copy for another service of what you gave us yourself."), _("To complain to the data protection authority of your country.")]}


def is_cut(counts: Mapping[str, int]) -> bool:
    """Whether there are more records of a section than are printed."""
    return any(count > MOST_PRINTED for count in counts.values())


def _left_out(entries: Sequence[Mapping[str, Any]]) -> str:
    left = len(entries) - MOST_PRINTED
    return ngettext("%(n)s earlier one is in the file for programs alone.", "%(n)s earlier ones are in the file for programs alone.", left) if left > 0 else ""


def _summary(told: Mapping[str, Any]) -> list[dict[str, str]]:
    entries = {one["section"]: one["entries"] for one in told["sections"]}
    held, planned = told["held_back"], told["planned_deletion"]
    latest = {one["fields"]["purpose"]: one["fields"] for one in sorted(entries.get("bases", ()), key=lambda one: one["at"] or "")
              if one["record"] == "legal_bases"}
    whom = [one["fields"].get("name") or one["fields"].get("address") or w.value_said("way", one["fields"]["way"]) for one in entries.get("recipients", ()) if one["record"] == "recipient"]
    found = [{"name": w.value_said("purpose", purpose), "value": ", ".join(w.value_said(name, fields[name]) for name in ("basis", "event") if name in fields)}
             for purpose, fields in latest.items()]
    if whom:
        found.append({"name": w.section_said("recipients"), "value": ", ".join(list(dict.fromkeys(whom))[:MOST_NAMED]) + (" …" if len(whom) > MOST_NAMED else "")})
    found.append({"name": _("Kept until"), "value": planned["why"] if planned else _("No day is set.")})
    found += [{"name": w.section_said(name), "value": str(len(some))} for name, some in entries.items() if name != "recipients"]
    if held["notes"]:
        found.append({"name": _("Private notes that are held back"), "value": str(held["notes"])})
    if held["mails"]:
        found.append({"name": _("Locked mails that are held back"), "value": str(held["mails"])})
    return found


def _corrected(told: Mapping[str, Any]) -> dict[str, Any]:
    if not told["before"]:
        return {"title": "", "lines": []}
    day = w.day_said(told["before"])
    lines = [w.corrected_said(one) for one in told["corrected"]]
    return {"title": _("Corrected since the report of %(day)s", day=day) if lines
            else _("Nothing was corrected since the report of %(day)s", day=day), "lines": lines}


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(entry["fields"])
    named = [w.value_said(name, fields.pop(name)) for name in HEADINGS.get(entry["record"], ()) if name in fields]
    prose = [w.value_said(name, fields.pop(name)) for name in PROSE if name in fields]
    return {"title": ": ".join(filter(None, (w.record_said(entry["record"]), ", ".join(named)))), "at": w.moment_said(entry["at"]) if entry["at"] else "",
            "fields": [[w.field_said(name), w.value_said(name, value)] for name, value in fields.items()
                       if (name not in UNSAID or not entry["at"]) and name not in CODES.get(entry["record"], ())],
            "prose": "\n".join(prose)}


def _about(section: str) -> str:
    return {"bases": _("The grounds on which we hold you, for each purpose, with what shows it. The latest of a purpose holds."),
            "recipients": _("Whom our mail about your requests went to, beside you and our own staff, and in what else that left the desk you stand."),
            "mentions": _("Where others certainly name you in something that is not yours. What they wrote is theirs; the words that name you stand here."),
            "files": _("The files are listed. Ask us for those that you want."),
            "ledger": _("What our mail servers noted. The words themselves stand above.")}.get(section, "")
