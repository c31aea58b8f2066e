"""What is done with notes: writing, editing one's own, deleting, restoring, and who reads them (T26-T29, W2, W49).

A private note is its author's alone, admins included: every list asks :func:`readable`, and what happened to it lies in the history
under a subject that only its author asks for (:func:`private_subject`), so that no other timeline, search or notification meets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import Session, joinedload, lazyload

from contacts.agent import Agent
from contacts.company import Company
from contacts.editing import check_version
from contacts.facts import NoteChanged
from contacts.matter_kinds import PROJECTS
from contacts.matter_lists import of_person
from contacts.note import Note
from contacts.person import Person
from contacts.project import Project
from core.clock import now
from core.database import LARGEST_ID, new_uid
from core.errors import Forbidden, Refused, Unknown
from core.fold import fold
from core.history import FactSubject, record
from core.i18n import N_
from core.i18n import gettext as _
from core.tokens import digest

LONGEST = 20_000
#: Read at a time, and times at most for one page: what is searched for may be rare.
LOT, LOTS = 200, 10
#: Projects whose notes show on a card.
PROJECTS_READ = 200


@dataclass(frozen=True, slots=True)
class Found:
    """One page of notes, the latest first, and the cursor of what follows."""

    rows: Sequence[Note]
    next: int | None


def write_note(
    db: Session, text: str, *, person: Person | None = None, company: Company | None = None, project: Project | None = None,
    private: bool = False, by: Agent,
) -> Note:
    """A note on a person, on a company, on a company about a person, or on a project. When and by whom is noted by itself (W49)."""
    if person is None and company is None and project is None:
        raise Refused(N_("A note is about a person or a company."))
    note = Note(uid=new_uid(), person_id=person.id if person else None, origin_person_id=person.id if person else None,
                company_id=company.id if company else None, project_id=project.id if project else None, author_id=by.id, author_name=by.name, text=_checked(text), private=private)
    note.person, note.company, note.project, note.author = person, company, project, by
    db.add(note)
    db.flush()
    _record(db, note, "added", by)
    return note


def edit_note(db: Session, note: Note, *, text: str | None = None, private: bool | None = None, by: Agent, version: int | None = None) -> None:
    """Change one's own note. Raises Forbidden for another's, and Stale when ``version`` is no longer the note's."""
    if note.author_id != by.id:
        raise Forbidden(N_("Only who wrote a note can change it."))
    check_version(note, version)
    wanted = (note.text if text is None else _checked(text), note.private if private is None else private)
    if wanted == (note.text, note.private):
        return
    hiding = not note.private and wanted[1]
    note.text, note.private = wanted
    db.flush()
    if hiding:
        _hide_past(db, note, by)
    _record(db, note, "edited", by)


def delete_note(db: Session, note: Note, *, by: Agent) -> None:
    """One's own, or as an admin anybody's that is not private. It can be restored while the bin keeps it."""
    _may_delete(note, by)
    note.binned_at = now()
    db.flush()
    _record(db, note, "deleted", by)


def expire_note(db: Session, note: Note) -> None:
    """Into the bin with it, by the desk: it has had its time (a rule of retention), whoever wrote it."""
    note.binned_at = now()
    db.flush()
    _record(db, note, "deleted", None)


def restore_note(db: Session, note: Note, *, by: Agent) -> None:
    """Back where it was."""
    _may_delete(note, by)
    note.binned_at = None
    db.flush()
    _record(db, note, "restored", by)


def readable(agent: Agent) -> tuple[ColumnElement[bool], ...]:
    """Conditions on Note: those that the agent may read."""
    return (Note.binned_at.is_(None), or_(~Note.private.expression, Note.author_id == agent.id))


def note_for(db: Session, agent: Agent, uid: str, *, binned: bool = False) -> Note:
    """The note, if the agent may read it. Raises Unknown otherwise: another's private one does not exist for them."""
    note = db.scalar(select(Note).where(Note.uid == uid).options(*LOADED))
    if note is None or (note.private and note.author_id != agent.id) or (note.binned_at is not None) != binned:
        raise Unknown(N_("There is no such note."))
    return note


def notes_of(
    db: Session, agent: Agent, *, person: Person | None = None, company: Company | None = None, project: Project | None = None,
    words: str = "", before: int | None = None, limit: int = 50,
) -> Found:
    """A page of what the agent may read on a person (also what stands on a company about them, and on projects in which they take
    part, T27), on a company, or on a project."""
    if person is not None:
        whose = _on_card(db, person)
    else:
        whose = Note.project_id == project.id if project is not None else Note.company_id == (company.id if company else None)
    terms, found = fold(words[:200]).split(), []
    for _lot in range(LOTS):
        lot = db.scalars(select(Note).where(whose, *readable(agent), *([Note.id < before] if before else [])).order_by(
            Note.id.desc()).limit(LOT if terms else limit + 1).options(*LOADED)).all()
        for note in lot:
            if all(term in fold(f"{note.text} {note.author_name}") for term in terms):
                found.append(note)
            if len(found) > limit:
                return Found(found[:limit], found[limit - 1].id)
        if len(lot) < LOT:
            return Found(found, None)
        before = lot[-1].id
    return Found(found, before)


def notes_on(db: Session, agent: Agent, person: Person) -> Select[int]:
    """A question: the ids of those on a person that the agent may read."""
    return select(Note.id).where(_on_card(db, person), *readable(agent))


def private_subject(uid: str, agent: Agent) -> str:
    """The subject under which the history keeps what only this agent may know of a record."""
    return digest("private-subject", f"{uid}.{agent.uid}")[:24]


def note_key(text: str) -> int | None:
    """The id a page begins below. Raises Refused for a cursor that is none."""
    if text and not (text.isascii() and text.isdecimal() and 0 < int(text[:11]) <= LARGEST_ID):
        raise Refused("This page of the list is not there any more. Start from the top.")
    return int(text) if text else None


LOADED = (joinedload(Note.author).lazyload(Agent.addresses), joinedload(Note.company), joinedload(Note.project), joinedload(Note.person).options(
    lazyload(Person.employments)))


def _on_card(db: Session, person: Person) -> ColumnElement[bool]:
    """On the person, or on one of the latest projects with them or in which they take part; found by two indexes."""
    projects = db.scalars(select(Project.id).where(of_person(PROJECTS, person), Project.binned_at.is_(None)).order_by(
        Project.id.desc()).limit(PROJECTS_READ)).all()
    return or_(Note.person_id == person.id, Note.project_id.in_(projects)) if projects else Note.person_id == person.id


def _hide_past(db: Session, note: Note, by: Agent) -> None:
    """What happened to a note while all could read it is its author's alone too, once it is private."""
    past = select(FactSubject.fact_id).where(FactSubject.subject_uid == note.uid)
    for one in (note.person, note.company, note.project):
        if one is not None:
            db.execute(update(FactSubject).where(FactSubject.fact_id.in_(past), FactSubject.subject_uid == one.uid).values(
                subject_uid=private_subject(one.uid, by)).execution_options(synchronize_session=False))


def _record(db: Session, note: Note, change: str, by: Agent | None) -> None:
    """The words of a note are kept in the note alone."""
    said = by.uid if by else None
    on = {name: one.uid for name in ("person", "company", "project") if (one := getattr(note, name)) is not None}
    if note.private:
        whose = by or note.author
        on = {f"{name}_private_uid": private_subject(uid, whose) for name, uid in on.items()} if whose is not None else {}
        record(db, NoteChanged(note.uid, change, **on), by=said)
    else:
        record(db, NoteChanged(note.uid, change, **{f"{name}_uid": uid for name, uid in on.items()}), by=said)


def _may_delete(note: Note, by: Agent) -> None:
    if note.author_id != by.id and not (by.admin and not note.private):
        raise Forbidden(N_("Only who wrote a note can delete it, or an admin."))


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refused(N_("The note is empty."), {"text": N_("Write something.")})
    if len(text) > LONGEST:
        raise Refused(_("At most %(most)s characters.", most=LONGEST), {"text": _("At most %(most)s characters.", most=LONGEST)})
    return text
