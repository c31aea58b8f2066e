"""The file area of a card: files kept there, and deleted (T33a-T33c)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, joinedload, lazyload

from contacts.agent import Agent
from contacts.company import Company
from contacts.facts import FileChanged
from contacts.file import File
from contacts.person import Person
from core.errors import Forbidden, Refused, Unknown
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _
from core.options import option

MEGABYTE = 1_000_000
Card = Person | Company


@dataclass(frozen=True, slots=True)
class Found:
    """One page of files, the latest first, and the id before which the next begins."""

    rows: Sequence[File]
    next: int | None


def fits(db: Session, name: str, size: int) -> None:
    """Raises Refused for a file that is larger than one may be here."""
    most = option(db, "contacts.file_megabytes")
    if size > most * MEGABYTE:
        said = _("%(name)s is larger than %(most)s MB.", name=name, most=most)
        raise Refused(said, {"files": said})


def keep_file(
    db: Session, card: Card, *, name: str, kind: str, size: int, digest: str, by: Agent, source: str = "upload",
) -> File:
    """A file on a card, whose bytes lie under ``digest`` already; a person's is with their primary company too. Who and when is noted by
    itself."""
    fits(db, name, size)
    file = File(name=name[:200], type=kind[:120], size=size, digest=digest, source=source, by_id=by.id, by_name=by.name)
    if isinstance(card, Person):
        file.person, file.origin_person_id, file.company = card, card.id, card.employment.company if card.employment else None
    else:
        file.company = card
    db.add(file)
    db.flush()
    _record(db, file, "added", by)
    return file


def delete_file(db: Session, file: File, *, by: Agent) -> None:
    """One's own, or as an admin anybody's: at once and for good (S72). Its bytes go when nothing else names them."""
    _may_delete(file, by)
    _record(db, file, "deleted", by)
    db.delete(file)
    db.flush()


def file_called(db: Session, uid: str) -> File:
    """The file with this uid. Raises Unknown, also where its card is in the bin."""
    file = db.scalar(select(File).where(File.uid == uid).options(*LOADED))
    card = (file.person or file.company) if file is not None else None
    if file is None or card is None or file.binned_at is not None or card.binned_at is not None:
        raise Unknown(N_("There is no such file."))
    return file


def files_of(db: Session, card: Card, *, before: int | None = None, limit: int = 50) -> Found:
    """A page of the files of a card; a company's are also those of persons that are with it."""
    rows = db.scalars(select(File).where(_on(card), File.binned_at.is_(None), *([File.id < before] if before else [])).order_by(
        File.id.desc()).limit(limit + 1).options(*LOADED)).all()
    return Found(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def those_of(card: Card) -> Select[int]:
    """A question: the ids of those of a card."""
    return select(File.id).where(_on(card), File.binned_at.is_(None))


def may_delete(file: File, agent: Agent) -> bool:
    """Whether an agent may delete it."""
    return file.by_id == agent.id or agent.admin


LOADED = (joinedload(File.by).lazyload(Agent.addresses), joinedload(File.company), joinedload(File.person).options(
    lazyload(Person.employments)))


def _may_delete(file: File, by: Agent) -> None:
    if not may_delete(file, by):
        raise Forbidden(N_("Only who added a file can delete it, or an admin."))


def _on(card: Card) -> ColumnElement[bool]:
    """Those of a person in the bin are on no card: a name of a file may say who it was."""
    if isinstance(card, Person):
        return File.person_id == card.id
    return (File.company_id == card.id) & ~exists().where(Person.id == File.person_id, Person.binned_at.is_not(None))


def _record(db: Session, file: File, change: str, by: Agent) -> None:
    values = {"added": (None, file.name), "deleted": (file.name, None)}
    record(db, FileChanged(file.uid, change, file.person.uid if file.person else None, file.company.uid if file.company else None),
           by=by.uid, changes={"file": values[change]})
