"""Access to the e-mails of a person: locked, opened again, and read with a reason. For admins."""

from __future__ import annotations

from desk.locking_mail import is_locked, lock, open_to_read, unlock
from desk.web.api.bearer import me
from desk.web.api.finding import the_person, the_ticket
from desk.web.api.routing import delete, get, post, put
from desk.web.api.schemas.mail_locks import MailLock, NewOpening
from desk.web.requests import db


@get("/persons/<uid:uid>/mail-lock", moves=True)
def show(uid: str) -> MailLock:
    """Whether access to the person's e-mails is locked."""
    return MailLock(locked=is_locked(db(), the_person(uid)))


@put("/persons/<uid:uid>/mail-lock", admin=True, moves=True)
def create(uid: str) -> MailLock:
    """Lock it: from now on admins alone read mails tied to the person."""
    person = the_person(uid)
    lock(db(), person, by=me())
    return MailLock(locked=True)


@delete("/persons/<uid:uid>/mail-lock", admin=True, moves=True)
def destroy(uid: str) -> None:
    """Open it again."""
    unlock(db(), the_person(uid), by=me())


@post("/tickets/<int:number>/mail-openings", admin=True)
def open_ticket(number: int, given: NewOpening) -> None:
    """Read the mails of a ticket for an hour. The reason is written into the history."""
    open_to_read(db(), the_ticket(number), given.reason, by=me())
