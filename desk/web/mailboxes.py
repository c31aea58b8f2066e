"""Mailboxes in the settings: the list, the form, the connection test."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select

from contacts.agent import Team
from contacts.staffing import agents_with
from core import operations
from core.errors import Refusals, Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.operations import Operation
from desk.fitting_mailboxes import fitting
from desk.mailbox_sign_ins import KIND
from desk.mailboxes import Mailbox, add_mailbox, all_mailboxes
from desk.saving_mailboxes import edit_mailbox, mailbox_with_uid, set_access, set_addresses
from desk.switching import switch
from desk.web.accounts import account_fields
from desk.web.forms import errors_of, in_turn, posted, ticked, version
from desk.web.mailbox_options import own_options
from desk.web.pages import page, see_other
from desk.web.presenting.choices import LANGUAGES
from desk.web.presenting.mailbox_sign_ins import sign_in_of, signed_in
from desk.web.presenting.mailboxes import lines, secrets, tried, values, watchers
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only, me

bp = Blueprint("mailboxes", __name__, url_prefix="/settings/mailboxes")
#: What the form follows until it is done: kind of operation → how it is told.
FOLLOWED = {"mailbox.test": tried, KIND: signed_in}


@bp.get("")
@admins_only
def index() -> Any:
    """All of them."""
    found = sorted(all_mailboxes(db()), key=lambda mailbox: not mailbox.active)
    return page("web/settings/mailboxes/index.html", settings={"current": "mailboxes"}, mailboxes=lines(found))


@bp.get("/new")
@admins_only
def new() -> Any:
    """The empty form."""
    return show_form(None)


@bp.post("")
@admins_only
def create() -> Any:
    """A new one."""
    wrong = Refusals()
    mailbox = wrong(add_mailbox, db(), posted("address"), posted("name"))
    try:
        if mailbox is None:
            wrong(_fields)
            wrong.settle()
        assert mailbox is not None
        save_form(mailbox, "added")
    except Refused as refused:
        return show_form(None, errors_of(refused)), refused.status
    return see_other(url_for("mailboxes.edit", uid=mailbox.uid),
                     said=_("%(name)s was added. Mail to %(address)s is taken within five seconds.",
                            name=mailbox.name, address=mailbox.address))


@bp.get("/<uid>")
@admins_only
def edit(uid: str) -> Any:
    """The form, with what came of a connection test or of signing in."""
    return show_form(mailbox_with_uid(db(), uid))


@bp.post("/<uid>")
@admins_only
def update(uid: str) -> Any:
    """Save it."""
    mailbox = mailbox_with_uid(db(), uid)
    try:
        save_form(mailbox)
    except Refused as refused:
        return show_form(mailbox, errors_of(refused)), refused.status
    return see_other(url_for("mailboxes.edit", uid=uid), said=_("%(name)s was saved.", name=mailbox.name))


@bp.post("/<uid>/test")
@admins_only
def test(uid: str) -> Any:
    """Save it, then ask a worker to try it: the web itself speaks neither IMAP nor SMTP."""
    mailbox = mailbox_with_uid(db(), uid)
    try:
        save_form(mailbox)
    except Refused as refused:
        return show_form(mailbox, errors_of(refused)), refused.status
    operation = operations.start(db(), "mailbox.test", {"mailbox": mailbox.address}, by=me().uid)
    ring_after("operations")
    return see_other(url_for("mailboxes.edit", uid=uid, operation=operation.uid))


@bp.post("/<uid>/end")
@admins_only
def destroy(uid: str) -> Any:
    """Switch it off; its tickets stay."""
    return _switch(uid, False, _("%(name)s is switched off: it takes no mail any more."))


@bp.post("/<uid>/restoring")
@admins_only
def restore(uid: str) -> Any:
    """Switch it on again."""
    return _switch(uid, True, _("%(name)s is switched on again."))


def _switch(uid: str, active: bool, said: str) -> Any:
    mailbox = mailbox_with_uid(db(), uid)
    edit_mailbox(db(), mailbox, {"active": active}, by=me(), change="switched_on" if active else "switched_off")
    return see_other(url_for("mailboxes.index"), said=said % {"name": mailbox.name})


def save_form(mailbox: Mailbox, change: str = "edited") -> None:
    """Everything the form holds."""
    wrong = Refusals()
    with in_turn():
        fields = wrong(_fields)
        if fields is not None:
            wrong(edit_mailbox, db(), mailbox, fields, by=me(), version=version() if change == "edited" else None, change=change)
        wrong(set_addresses, db(), mailbox, posted("address"), posted("aliases").replace("\n", ",").split(","))
        own = wrong(own_options)
        wrong.settle()
        teams = db().scalars(select(Team).where(Team.uid.in_(request.form.getlist("teams")))).all()
        set_access(db(), mailbox, agents_with(db(), request.form.getlist("agents")), teams)
        switch(db(), "intake.unknown_sender", posted("unknown_sender") or None, mailbox.uid, by=me())
        for name, value in (own or {}).items():
            switch(db(), name, value, mailbox.uid, by=me())
        switch(db(), "desk.acknowledge", ticked("acknowledge"), mailbox.uid, by=me())
        db().flush()


def _fields() -> dict[str, Any]:
    wrong, selector = Refusals(), posted("dkim_selector")
    plain = {name: posted(name) for name in ("name", "language", "receiving_host", "trusted_relays")}
    fields = {**plain, **(wrong(account_fields) or {}), "signature": request.form.get("signature", "").rstrip(),
              "signatures": {code: text for code, _name in LANGUAGES if (text := request.form.get(f"signature_{code}", "").rstrip())},
              "open_to_all": ticked("everybody"), "dkim_selector": selector,
              "dkim_key": posted("dkim_key") if selector else None}
    wrong(fitting, fields)
    wrong.settle()
    return fields


def show_form(mailbox: Mailbox | None, errors: dict[str, str] | None = None) -> str:
    """The form as it is stored, or as it was posted with what is wrong."""
    shown = mailbox or Mailbox(language="en", open_to_all=True, plus_addressing=True, imap_folders="INBOX",
                               imap_after="seen", active=True)
    kept = values(shown)
    if errors:
        kept |= {name: request.form.get(name, "") for name in kept if not name.startswith("desk_")}
    uid = mailbox.uid if mailbox else ""
    form = {"values": kept, "secrets": secrets(shown), "new": mailbox is None, **watchers(shown),
            "title": shown.name or _("New mailbox"), "version": version() if errors else shown.version,
            "action": url_for("mailboxes.update", uid=uid) if uid else url_for("mailboxes.create"),
            "sign_in": sign_in_of(shown), "sign_in_url": url_for("mailbox_sign_ins.create", uid=uid) if uid else None,
            "test_url": url_for("mailboxes.test", uid=uid) if uid and shown.active else None,
            "delete_url": url_for("mailboxes.destroy", uid=uid) if uid and shown.active else None,
            "restore_url": url_for("mailboxes.restore", uid=uid) if uid and not shown.active else None}
    operation = _followed() if mailbox else None
    return page("web/settings/mailboxes/form.html", settings={"current": "mailboxes"}, form=form, errors=errors or {},
                languages=LANGUAGES, tests=FOLLOWED[operation.kind](operation) if operation else None,
                tests_url=request.full_path, tests_kind=operation.kind if operation else "",
                running=operation is not None and operation.state in ("approved", "running"))


def _followed() -> Operation | None:
    uid = request.args.get("operation", "")
    operation = db().scalar(select(Operation).where(Operation.uid == uid, Operation.kind.in_(FOLLOWED))) if uid else None
    if uid and operation is None:
        raise Unknown(N_("What came of this is no longer kept. Do it again."))
    return operation
