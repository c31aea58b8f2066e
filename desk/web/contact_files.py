"""The tab of files on the card of a person or a company (T33a, T33b): uploaded, downloaded, deleted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy.orm import Session

from contacts.companies import company_called
from contacts.editing import person_called
from contacts.file import File
from contacts.files import Card, delete_file, file_called, files_of, fits, keep_file
from contacts.notes import note_key
from contacts.person import Person
from core import files
from core.errors import Refused, Unknown
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.options import option
from desk.web.attachments import inert
from desk.web.filenames import safe_name
from desk.web.forms import errors_of
from desk.web.pages import page, see_other
from desk.web.presenting.company_frame import framed as company_framed
from desk.web.presenting.files import cards, file_lines
from desk.web.presenting.person_frame import framed as person_framed
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("contact_files", __name__, url_prefix="/<any(persons, companies):of>/<uid>/files")
MOST = 20


@bp.get("")
@login_required
def index(of: str, uid: str) -> Any:
    """A page of them, the latest first."""
    return _page(card(of, uid))


@bp.post("")
@login_required
def create(of: str, uid: str) -> Any:
    """Keep one or several."""
    card(of, uid)
    try:
        kept = _uploaded()
    except Refused as refused:
        return _page(card(of, uid), errors_of(refused)), refused.status
    whose = card(of, uid)
    for one in kept:
        keep_file(db(), whose, **one, by=me())
    return see_other(url_for("contact_files.index", of=of, uid=whose.uid),
                     said=ngettext("%(n)s file was added.", "%(n)s files were added.", len(kept)))


@bp.get("/<fid>")
@login_required
def show(of: str, uid: str, fid: str) -> Any:
    """Download it: never shown in place, whatever it is."""
    file = the_file(card(of, uid), fid)
    return inert(file.digest, file.name, file.type)


@bp.post("/<fid>/end")
@login_required
def destroy(of: str, uid: str, fid: str) -> Any:
    """Delete it: there is no way back (S72)."""
    whose = card(of, uid)
    file = the_file(whose, fid)
    said = _("%(name)s was deleted.", name=file.name)
    delete_file(db(), file, by=me())
    return see_other(url_for("contact_files.index", of=of, uid=whose.uid), said=said)


def card(of: str, uid: str) -> Card:
    """Whose files they are. Raises Unknown."""
    return person_called(db(), uid) if of == "persons" else company_called(db(), uid)


def the_file(whose: Card, uid: str) -> File:
    """A file of this card, on a company's also one of a person. Raises Unknown."""
    file = file_called(db(), uid)
    if whose not in (file.person, file.company):
        raise Unknown(N_("There is no such file."))
    return file


def frame(whose: Card) -> dict[str, Any]:
    """The card round the tab."""
    return {"frame": "web/persons/_frame.html", "person": person_framed(whose, "files")} if isinstance(whose, Person) else {
        "frame": "web/companies/_frame.html", "company": company_framed(whose, "files")}


def _uploaded() -> list[dict[str, Any]]:
    """What came with the form: the bytes are kept, with no transaction open meanwhile. Raises Refused before anything is kept."""
    given = [one for one in request.files.getlist("files") if one.filename]
    if not given:
        raise Refused(N_("Choose a file first."), {"files": N_("Choose a file first.")})
    if len(given) > MOST:
        raise Refused(_("At most %(most)s files at once.", most=MOST), {"files": _("At most %(most)s files at once.", most=MOST)})
    named: list[tuple[str, str, bytes]] = []
    for one in given:
        named.append((safe_name(one.filename or ""), one.mimetype or "application/octet-stream", one.stream.read()))
        one.close()
    for name, _kind, content in named:
        fits(db(), name, len(content))
    session: Session = db()
    session.commit()
    return [{"name": name, "kind": kind, "size": len(content), "digest": files.put(content)} for name, kind, content in named]


def _page(whose: Card, errors: dict[str, str] | None = None) -> str:
    of, cursor = cards(whose), request.args.get("cursor", "")
    found = files_of(db(), whose, before=note_key(cursor))
    return page("web/files.html", current=of, files=file_lines(whose, found.rows), errors=errors or {}, most=option(db(), "contacts.file_megabytes"),
                action=url_for("contact_files.create", of=of, uid=whose.uid),
                mails_url=url_for("mailed_files.new", uid=whose.uid) if isinstance(whose, Person) else None,
                newer=url_for("contact_files.index", of=of, uid=whose.uid) if cursor else None,
                older=url_for("contact_files.index", of=of, uid=whose.uid, cursor=found.next) if found.next else None, **frame(whose))
