"""Files of persons and companies, and the photo of a person."""

from __future__ import annotations

from flask import Response

from contacts.companies import company_called
from contacts.file import File as Row
from contacts.files import Card, delete_file, file_called, files_of, keep_file
from contacts.photos import set_photo
from core import files
from core.pictures import square
from desk.web.api.bearer import me
from desk.web.api.files import Upload, given_file, uploaded
from desk.web.api.finding import the_person
from desk.web.api.paging import Listed, Page, key_of, written
from desk.web.api.routing import delete, get, post, put
from desk.web.api.schemas.card_records import CardFile
from desk.web.attachments import inert
from desk.web.photos import sent
from desk.web.requests import db


def uploaded_photo() -> Upload:
    """The one picture of a multipart request, drawn anew. Raises Refused where it is none."""
    given = given_file()
    drawn = square(given.stream.read())
    return Upload("photo.jpg", "image/jpeg", len(drawn), files.put(drawn))


@get("/persons/<uid:uid>/files", moves=True)
def index_of_person(uid: str, asked: Page) -> Listed[CardFile]:
    """The files of a person, the latest first."""
    return _listed(the_person(uid), asked)


@post("/persons/<uid:uid>/files", status=201, moves=True, upload=uploaded)
def create_on_person(uid: str, given: Upload) -> CardFile:
    """Keep a file on a person's card."""
    return _kept(the_person(uid), given)


@get("/companies/<uid:uid>/files")
def index_of_company(uid: str, asked: Page) -> Listed[CardFile]:
    """The files of a company, the latest first."""
    return _listed(company_called(db(), uid), asked)


@post("/companies/<uid:uid>/files", status=201, upload=uploaded)
def create_on_company(uid: str, given: Upload) -> CardFile:
    """Keep a file on a company's card."""
    return _kept(company_called(db(), uid), given)


@get("/files/<uid:uid>", content="*/*")
def show(uid: str) -> Response:
    """The bytes of a file."""
    file = file_called(db(), uid)
    return inert(file.digest, file.name, file.type)  # type: ignore[no-any-return]


@delete("/files/<uid:uid>", refuses=(403,))
def destroy(uid: str) -> None:
    """Delete one's own file, or as an admin anybody's. It cannot be restored."""
    delete_file(db(), file_called(db(), uid), by=me())


@get("/persons/<uid:uid>/photo", content="image/jpeg", moves=True)
def photo(uid: str) -> Response:
    """The photo of a person; 404 where there is none."""
    return sent(the_person(uid))  # type: ignore[no-any-return]


@put("/persons/<uid:uid>/photo", moves=True, upload=uploaded_photo)
def update_photo(uid: str, given: Upload) -> None:
    """Let this picture (JPEG, PNG or WebP) be the photo; its middle is kept, drawn anew."""
    set_photo(db(), the_person(uid), given.digest, by=me())


@delete("/persons/<uid:uid>/photo", moves=True)
def destroy_photo(uid: str) -> None:
    """Remove the photo."""
    set_photo(db(), the_person(uid), None, by=me())


def _listed(card: Card, asked: Page) -> Listed[CardFile]:
    found = files_of(db(), card, before=key_of(asked.cursor), limit=asked.most)
    return Listed[CardFile](items=[_shown(file) for file in found.rows], next=written(found.next) if found.next else None)


def _kept(card: Card, given: Upload) -> CardFile:
    return _shown(keep_file(db(), card, name=given.name, kind=given.type, size=given.size, digest=given.digest, by=me()))


def _shown(file: Row) -> CardFile:
    return CardFile(id=file.uid, name=file.name, type=file.type, size=file.size, sha256=file.digest, source="mail" if file.source == "mail" else "upload",
                    by=file.by.email if file.by else file.by_name, at=file.at, person_id=file.person.uid if file.person else None,
                    company_id=file.company.uid if file.company else None)
