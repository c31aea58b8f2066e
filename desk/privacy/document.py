"""A report put together of its parts: complete, or without what is held back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from desk.privacy.gathering import Entry
from desk.privacy.kept import PrivacyReport, ReportPart
from desk.privacy.places import SECTIONS


def document(db: Session, report: PrivacyReport, *, complete: bool) -> dict[str, Any]:
    """``{form, language, made, persons, records, held_back: {notes, mails}, corrected, planned_deletion, sections: [{section, entries}]}``.

    ``held_back`` counts what is in the report and not in this reading of it. Entries are those of :mod:`desk.privacy.gathering`.
    """
    held = {"notes": 0, "mails": 0}
    sections = []
    for name in SECTIONS:
        entries = []
        for one in entries_of(db, report, (name,)):
            if one.get("held_back") and not complete:
                held["notes" if one["held_back"] == "note" else "mails"] += 1
            else:
                entries.append({key: value for key, value in one.items() if key != "held_back"})
        if entries:
            sections.append({"section": name, "entries": entries})
    summary = report.summary
    return {"form": report.form, "language": report.language, "made": report.made_at.isoformat() if report.made_at else None,
            "name": summary.get("name", ""), "records": sum(len(one["entries"]) for one in sections), "held_back": held,
            "before": summary.get("before"), "corrected": summary.get("corrected", []), "planned_deletion": summary.get("planned_deletion"),
            "sections": sections}


def entries_of(db: Session, report: PrivacyReport, sections: Sequence[str]) -> list[Entry]:
    """All entries of some sections, in their order."""
    return [entry for lot in db.scalars(select(ReportPart.entries).where(
        ReportPart.report_id == report.id, ReportPart.section.in_(sections)).order_by(ReportPart.id)) for entry in lot]


def reads_all(report: PrivacyReport, agent: Agent) -> bool:
    """Whether an agent reads a report with what is held back: admins, once one of them has released it (REQUIREMENTS 0.14)."""
    return not report.held_back or (agent.admin and report.released_at is not None)
