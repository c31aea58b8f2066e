"""Canned replies: offered in the composer, written by admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask_login import login_required

from core.errors import Conflict, Refused
from core.html import to_text
from core.i18n import gettext as _
from core.options import LANGUAGES
from desk.access import ticket_for
from desk.language import language_for
from desk.mailboxes import Mailbox, all_mailboxes
from desk.tickets.canned import all_canned, canned_called, canned_for, filled, save_canned, unmoved
from desk.tickets.message import CannedReply
from desk.tickets.writing import preview_of
from desk.web.chosen import chosen
from desk.web.forms import differing, errors_of, in_turn, posted, version
from desk.web.pages import page, see_other, seen_mailboxes
from desk.web.presenting.rows import named
from desk.web.presenting.words import language_alone
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("canned", __name__)
FIELDS = ("prefix", "title", "language", "mailbox", "text")


@bp.get("/canned")
@login_required
def index() -> str:
    """All of them."""
    mailboxes = {m.id: m.name for m in all_mailboxes(db())}
    replies = [{"url": url_for("canned.edit", uid=row.uid), "prefix": row.prefix, "title": row.name,
                "language_label": language_alone(row.language), "preview": preview_of(to_text(row.html)),
                "scope": mailboxes.get(row.mailbox_id or 0, "")} for row in all_canned(db())]
    return _page(replies=replies, form=None)


@bp.get("/canned.json")
@login_required
def offered() -> Any:
    """What ``/`` offers: ``[{prefix, title, html}]``, filled in for the ticket.

    In the ``language`` that is chosen, else the requester's; of a new ticket that of the mailbox (``from``).
    """
    ticket = ticket_for(db(), me(), request.args.get("ticket", 0, type=int)) if request.args.get("ticket") else None
    mailbox = ticket.mailbox if ticket else next((m for m in seen_mailboxes() if m.uid == request.args.get("from")), None)
    usual = language_for(ticket)[0] if ticket else mailbox.language if mailbox else ""
    chosen = request.args.get("language", "")
    rows = canned_for(db(), mailbox, chosen if chosen in LANGUAGES else usual)
    name = named(ticket) if ticket else ""
    return jsonify([{"prefix": row.prefix, "title": row.name, "html": filled(row, name=name, agent=me().name)} for row in rows])


@bp.get("/canned/new")
@admins_only
def new() -> str:
    """An empty form."""
    return _form(None, {})


@bp.post("/canned")
@admins_only
def create() -> Any:
    """Write one."""
    return _save(None)


@bp.get("/canned/<uid>")
@admins_only
def edit(uid: str) -> str:
    """The form of one."""
    row = canned_called(db(), uid)
    return _form(row, _values(row))


@bp.post("/canned/<uid>")
@admins_only
def update(uid: str) -> Any:
    """Change one."""
    return _save(canned_called(db(), uid))


@bp.post("/canned/<uid>/deletion")
@admins_only
def destroy(uid: str) -> Any:
    """Offer it no longer."""
    row = canned_called(db(), uid)
    try:
        with in_turn():
            unmoved(row, version())
            db().delete(row)
            db().flush()
    except Conflict as conflict:
        errors = errors_of(conflict)
        row = canned_called(db(), uid)
        return _form(row, _values(row), errors), conflict.status
    return see_other(url_for("canned.index"), said=_("“%(title)s” is no longer offered.", title=row.name))


def _save(row: CannedReply | None) -> Any:
    uid = row.uid if row else None
    try:
        mailbox = chosen(Mailbox, "mailbox")
        with in_turn():
            save_canned(db(), row, prefix=posted("prefix"), name=posted("title"), text=request.form.get("text", ""),
                        language=posted("language"), mailbox=mailbox, version=version())
    except Refused as refused:
        errors, kept = errors_of(refused), canned_called(db(), uid) if uid else None
        if kept is not None and isinstance(refused, Conflict):
            errors = _differences(kept)
        return _form(kept, request.form.to_dict(), errors), refused.status
    return see_other(url_for("canned.index"), said=_("Saved."))


def _values(row: CannedReply) -> dict[str, str]:
    mailbox = db().get(Mailbox, row.mailbox_id) if row.mailbox_id else None
    return {"prefix": row.prefix, "title": row.name, "language": row.language, "text": to_text(row.html),
            "mailbox": mailbox.uid if mailbox else ""}


def _differences(row: CannedReply) -> dict[str, str]:
    """What a colleague made of it, beside what was typed; languages and mailboxes by their names."""
    names = {"language": {"": _("Any"), **{code: language_alone(code) for code in LANGUAGES}},
             "mailbox": {"": _("All"), **{m.uid: m.name for m in all_mailboxes(db())}}}
    named, typed = ({name: names.get(name, {}).get(value, value) for name, value in values.items()} for values in (
        _values(row), {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}))
    return differing(named, typed)


def _form(row: CannedReply | None, values: dict[str, str], errors: dict[str, str] | None = None) -> str:
    form = {
        "action": url_for("canned.update", uid=row.uid) if row else url_for("canned.create"),
        "version": row.version if row else None, "title": row.name if row else _("New reply"), "values": {name: values.get(name, "") for name in FIELDS},
        "delete_url": url_for("canned.destroy", uid=row.uid) if row else None,
    }
    return _page(replies=[], form=form, errors=errors or {}, languages=[(code, language_alone(code)) for code in LANGUAGES],
                 mailboxes=[(m.uid, m.name) for m in all_mailboxes(db())])


def _page(**context: Any) -> str:
    context.setdefault("errors", {})
    return page("web/canned/index.html", current="canned", settings={"current": "canned"}, may_edit=me().admin, **context)
