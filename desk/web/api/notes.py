"""Notes on persons, companies and projects. Another's private note does not exist for who asks."""

from __future__ import annotations

from contacts.companies import company_called
from contacts.matters import matter_called
from contacts.note import Note as Row
from contacts.notes import delete_note, edit_note, note_for, notes_of, restore_note, write_note
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import company_named, person_named, the_person
from desk.web.api.paging import Listed, Page, key_of, written
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.activities import NewNote, NewProjectNote, Note, NoteChange
from desk.web.requests import db


@get("/persons/<uid:uid>/notes", moves=True)
def index_of_person(uid: str, asked: Page) -> Listed[Note]:
    """The notes on a person, also those on companies about them and on projects in which they take part, the latest first."""
    found = notes_of(db(), me(), person=the_person(uid), before=key_of(asked.cursor), limit=asked.most)
    return Listed[Note](items=[shown(note) for note in found.rows], next=written(found.next) if found.next else None)


@post("/persons/<uid:uid>/notes", status=201, moves=True)
def create_on_person(uid: str, given: NewNote) -> Note:
    """Write a note on a person; it may stand on a company too."""
    company = company_named(given.company_id, "company_id") if given.company_id else None
    return shown(write_note(db(), given.text, person=the_person(uid), company=company, private=given.private, by=me()))


@get("/companies/<uid:uid>/notes")
def index_of_company(uid: str, asked: Page) -> Listed[Note]:
    """The notes on a company, the latest first."""
    found = notes_of(db(), me(), company=company_called(db(), uid), before=key_of(asked.cursor), limit=asked.most)
    return Listed[Note](items=[shown(note) for note in found.rows], next=written(found.next) if found.next else None)


@post("/companies/<uid:uid>/notes", status=201)
def create_on_company(uid: str, given: NewNote) -> Note:
    """Write a note on a company; it may be about one of its persons."""
    person = person_named(given.person_id, "person_id") if given.person_id else None
    return shown(write_note(db(), given.text, person=person, company=company_called(db(), uid), private=given.private, by=me()))


@get("/projects/<uid:uid>/notes")
def index_of_project(uid: str, asked: Page) -> Listed[Note]:
    """The notes on a project, the latest first."""
    project = matter_called(db(), "projects", uid)
    found = notes_of(db(), me(), project=project, before=key_of(asked.cursor), limit=asked.most)
    return Listed[Note](items=[shown(note) for note in found.rows], next=written(found.next) if found.next else None)


@post("/projects/<uid:uid>/notes", status=201)
def create_on_project(uid: str, given: NewProjectNote) -> Note:
    """Write a note on a project; it shows on the cards of who takes part, too."""
    return shown(write_note(db(), given.text, project=matter_called(db(), "projects", uid), private=given.private, by=me()))


@get("/notes/<uid:uid>")
def show(uid: str) -> Note:
    """A note."""
    return shown(note_for(db(), me(), uid))


@patch("/notes/<uid:uid>", refuses=(403,))
def update(uid: str, given: NoteChange) -> Note:
    """Change one's own note."""
    note, named = note_for(db(), me(), uid), given.named()
    versions.unmoved(note.version)
    edit_note(db(), note, text=named.get("text"), private=named.get("private"), by=me())
    return shown(note)


@delete("/notes/<uid:uid>", refuses=(403,))
def destroy(uid: str) -> None:
    """Delete one's own note, or as an admin anybody's that is not private; it can be restored for some days."""
    note = note_for(db(), me(), uid)
    versions.unmoved(note.version)
    delete_note(db(), note, by=me())


@post("/notes/<uid:uid>/restore", refuses=(403,))
def restore(uid: str) -> Note:
    """Bring a deleted note back."""
    note = note_for(db(), me(), uid, binned=True)
    restore_note(db(), note, by=me())
    return shown(note)


def shown(note: Row) -> Note:
    """A note as the API gives it; who is deleted is not named."""
    db().flush()
    return Note(id=note.uid, text=note.text, private=note.private, author=note.author.email if note.author else note.author_name,
                person_id=note.person.uid if note.person and note.person.living else None,
                company_id=note.company.uid if note.company and note.company.binned_at is None else None,
                project_id=note.project.uid if note.project and note.project.binned_at is None else None, at=note.at, version=note.version)
