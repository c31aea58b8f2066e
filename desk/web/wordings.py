"""Wording of the mails that the desk writes by itself: per language and mailbox, with a preview."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for

from core.errors import Conflict, Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.options import LANGUAGES as CODES
from desk import wording
from desk.mailboxes import Mailbox, all_mailboxes
from desk.saving_mailboxes import mailbox_with_uid
from desk.system_mails import MAILS
from desk.web.forms import differing, errors_of, in_turn, mark, posted, unmoved
from desk.web.pages import page, see_other
from desk.web.presenting.choices import LANGUAGES, language_name
from desk.web.requests import db
from desk.web.signing_in import admins_only, me
from desk.wording import Text

bp = Blueprint("wordings", __name__, url_prefix="/settings/wording")


@bp.get("")
@admins_only
def index() -> Any:
    """All mails, for the desk or one mailbox."""
    mailbox = _mailbox()
    letters = [{
        "name": name, "title": _(mail.title), "when": _(mail.when),
        "url": url_for("wordings.edit", name=name, language=me().language, mailbox=mailbox.uid if mailbox else None),
        "languages": [{"code": code, "label": label, "own": code in own} for code, label in LANGUAGES]}
        for name, mail in MAILS.items() if mailbox is None or mail.per_mailbox
        for own in [wording.languages_of(db(), name, mailbox)]]
    picker = [{"uid": "", "name": _("All mailboxes"), "url": url_for("wordings.index"), "current": mailbox is None}]
    picker += [{"uid": m.uid, "name": m.name, "url": url_for("wordings.index", mailbox=m.uid), "current": m is mailbox}
               for m in all_mailboxes(db()) if m.active]
    return page("web/settings/wording/index.html", settings={"current": "wording"}, letters=letters, mailboxes=picker)


@bp.get("/<name>/<language>")
@admins_only
def edit(name: str, language: str) -> Any:
    """The form."""
    own = wording.wording_of(db(), _known(name), _spoken(language), _mailbox()) or Text("", "")
    return _form(name, language, own)


@bp.post("/<name>/<language>/preview")
@admins_only
def preview(name: str, language: str) -> Any:
    """The same page with what was typed, nothing saved."""
    return _form(_known(name), _spoken(language), _typed(), tried=True)


@bp.post("/<name>/<language>")
@admins_only
def update(name: str, language: str) -> Any:
    """Save it; both fields empty means ours again."""
    mailbox = _mailbox() if _known(name) and _spoken(language) else None
    try:
        with in_turn("wordings"):
            unmoved(_mark(name, language))
            wording.choose(db(), name, language, mailbox, _changed(name, language))
    except Refused as refused:
        errors, moved = errors_of(refused), isinstance(refused, Conflict)
        return _form(name, language, _typed(), _differences(name, language) if moved else errors, seen=moved), refused.status
    return see_other(_url("wordings.edit", name, language), said=_("The wording in %(language)s was saved.",
                                                                   language=language_name(language)))


@bp.post("/<name>/<language>/ours")
@admins_only
def destroy(name: str, language: str) -> Any:
    """Our own words again."""
    mailbox = _mailbox() if _known(name) and _spoken(language) else None
    try:
        with in_turn("wordings"):
            unmoved(_mark(name, language))
            wording.choose(db(), name, language, mailbox, Text("", ""))
    except Conflict as conflict:
        errors_of(conflict)
        return _form(name, language, _typed(), _differences(name, language), seen=True), conflict.status
    return see_other(_url("wordings.edit", name, language), said=_("Our own words are used again."))


def _form(
    name: str, language: str, own: Text, errors: dict[str, str] | None = None, *, seen: bool = False, tried: bool = False,
) -> str:
    """The form; ``seen`` says that it shows what a colleague has made of the text meanwhile, ``tried`` that it was looked at
    before saving: then the preview says what is wrong, which may be all of the page that is shown anew."""
    mail, mailbox, ours = MAILS[name], _mailbox(), wording.ours(name, language)
    errors = dict(errors or {})
    try:
        shown = wording.preview(db(), name, language, mailbox, own)
    except Refused as refused:
        errors = errors or errors_of(refused)
        shown = wording.preview(db(), name, language, mailbox, Text("", ""))
    words = {word.name: word.example for word in mail.words}
    agents = name.startswith("notify") or name == "password_reset"
    form = {"mark": (not seen and posted("mark")) or _mark(name, language), "action": _url("wordings.update", name, language), "preview_url": _url("wordings.preview", name, language),
            "reset_url": _url("wordings.destroy", name, language) if wording.wording_of(db(), name, language, mailbox) else None,
            "values": {"subject": own.subject or ours.subject, "body": own.body or ours.body},
            "words": [("{" + word.name + "}", _(word.means)) for word in mail.words],
            "whose": mailbox.name if mailbox else _("All mailboxes")}
    return page("web/settings/wording/form.html", settings={"current": "wording"}, form=form, errors=errors,
                letter={"title": _(mail.title), "when": _(mail.when)},
                back_url=url_for("wordings.index", mailbox=mailbox.uid if mailbox else None),
                tabs=[{"label": label, "url": _url("wordings.edit", name, code), "current": code == language}
                      for code, label in LANGUAGES],
                preview={"from": mailbox.name if mailbox else _("the mailbox of the ticket") if mail.per_mailbox else "Skranke",
                         "to": _("an agent") if agents else words.get("name", ""), "subject": shown.subject, "body": shown.text,
                         "wrong": next(iter(errors.values()), "") if tried else ""})


def _mark(name: str, language: str) -> str:
    own = wording.wording_of(db(), name, language, _mailbox())
    return mark(own.subject, own.body) if own else mark()


def _differences(name: str, language: str) -> dict[str, str]:
    """What holds now, beside what was typed."""
    own, ours = wording.wording_of(db(), name, language, _mailbox()) or Text("", ""), wording.ours(name, language)
    now = {"subject": own.subject or ours.subject, "body": own.body or ours.body}
    return differing(now, {"subject": _typed().subject, "body": _typed().body})


def _url(endpoint: str, name: str, language: str) -> str:
    return url_for(endpoint, name=name, language=language, mailbox=request.args.get("mailbox") or None)


def _mailbox() -> Mailbox | None:
    uid = request.args.get("mailbox", "")
    return mailbox_with_uid(db(), uid) if uid else None


def _typed() -> Text:
    return Text(request.form.get("subject", "").strip(), request.form.get("body", "").replace("\r\n", "\n").strip())


def _changed(name: str, language: str) -> Text:
    """What was typed; what stands there as it came is ours still, and follows ours when it changes."""
    typed, ours = _typed(), wording.ours(name, language)
    return Text("" if typed.subject == ours.subject else typed.subject, "" if typed.body == ours.body else typed.body)


def _known(name: str) -> str:
    if name not in MAILS:
        raise Unknown(N_("The desk writes no such mail."))
    return name


def _spoken(language: str) -> str:
    if language not in CODES:
        raise Unknown(N_("The desk writes no such language."))
    return language
