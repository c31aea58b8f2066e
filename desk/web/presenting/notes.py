"""Notes as lines of their tab and of the panel "Log"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Select

from contacts.company import Company
from contacts.note import Note
from contacts.notes import notes_on
from contacts.person import Person
from contacts.project import Project
from core.i18n import gettext as _
from desk.web.presenting.activities import here
from desk.web.presenting.faces import agent_face, person_face
from desk.web.presenting.links import company_url, person_url
from desk.web.presenting.matters import matter_url
from desk.web.presenting.times import stamp
from desk.web.requests import db
from desk.web.signing_in import me


def notes_of_person(person: Person) -> Select[int]:
    """What the tab counts: those the agent may read."""
    return notes_on(db(), me(), person)


def lines(notes: Sequence[Note], whose: Person | Company | Project) -> list[dict[str, Any]]:
    """Each with what else it is about: the company or the project on a person's card, the person on a company's."""
    return [_line(note, whose) for note in notes]


def _line(note: Note, whose: Person | Company | Project) -> dict[str, Any]:
    mine, name = note.author_id == me().id, (note.author.name if note.author else note.author_name)
    about = note.project or note.company if isinstance(whose, Person) else note.person
    shown = about is not None and about.binned_at is None and (not isinstance(about, Person) or about.living)
    return {"uid": note.uid, "text": note.text, "author": name, "face": agent_face(note.author) if note.author else person_face(name),
            "at": stamp(note.at), "at_iso": note.at.isoformat(), "private": note.private, "edited": note.version > 1,
            "about": _about(about) if about and shown else None,
            "edit_url": url_for("contact_notes.edit", uid=note.uid, back=here()) if mine else None,
            "delete_url": url_for("contact_notes.destroy", uid=note.uid, back=here()) if mine or (me().admin and not note.private) else None}


def _about(about: Person | Company | Project) -> dict[str, str]:
    if isinstance(about, Project):
        return {"name": about.title, "url": matter_url("projects", about.uid)}
    return {"name": about.name, "url": company_url(about) if isinstance(about, Company) else person_url(about)}


def companies_of(person: Person) -> list[tuple[str, str]]:
    """The companies a note can be put on too."""
    jobs = [job.company for job in person.employments if job.company.binned_at is None]
    return [(company.uid, _("also on %(company)s", company=company.name)) for company in dict.fromkeys(jobs)]
