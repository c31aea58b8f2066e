"""Mailing to a selection: planned by a worker, shown person by person, sent when it is approved (`operations`)."""

from __future__ import annotations

from contacts.selected import selection_called
from core.errors import Refused
from desk.mailing import begin, needs_mailing, plan, word
from desk.web.api.bearer import me
from desk.web.api.finding import visible_mailbox
from desk.web.api.routing import post
from desk.web.api.schemas.desk import Operation
from desk.web.api.schemas.mailings import NewMailing
from desk.web.api.shapes.operations import operation
from desk.web.requests import db, ring_after


@post("/selections/<uid:uid>/mailing", status=202)
def create(uid: str, given: NewMailing) -> Operation:
    """Mail the persons of a selection, as far as they may be mailed for the purpose; who may not is skipped and says why."""
    needs_mailing(db(), me())
    selection = selection_called(db(), uid, me(), of="persons")
    mailing = begin(db(), selection, given.purpose, visible_mailbox(given.mailbox, "mailbox").uid, by=me(), language=given.language)
    for language, text in given.texts.items():
        try:
            word(db(), mailing, language, text.subject, text.text)
        except Refused as refused:
            refused.errors = {f"texts.{language}.{name}": said for name, said in refused.errors.items()}
            raise
    row = plan(db(), mailing, by=me())
    ring_after("operations")
    return operation(row)
