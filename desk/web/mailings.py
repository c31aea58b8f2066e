"""Writing to many: the words in each language, how one person would get them, a test to oneself, and the operation that sends them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.person import Person
from core.database import new_uid
from core.errors import Conflict, Refused
from core.i18n import gettext as _
from core.options import LANGUAGES as CODES
from core.retelling import retell
from desk.mailing import Mailing, delete_mailing, mailing_called, open_to_change, plan, word, wrong_words
from desk.mailing_words import headers, rendered
from desk.outbound import enqueue
from desk.placeholders import WORDS
from desk.web.forms import differing, errors_of, in_turn, posted, version
from desk.web.pages import page, see_other
from desk.web.presenting.choices import LANGUAGES, language_name
from desk.web.presenting.mailings import became, preview, subject_of
from desk.web.presenting.purposes import purpose_label
from desk.web.requests import db, ring_after
from desk.web.signing_in import me

bp = Blueprint("mailings", __name__, url_prefix="/mailings/<uid>")


@bp.get("")
@login_required
def edit(uid: str) -> Any:
    """The words in one language, and the preview."""
    mailing = mailing_called(db(), uid, me())
    return _show(mailing, mailing.texts.get(_language(mailing), {}), {})


@bp.post("")
@login_required
def update(uid: str) -> Any:
    """Save the words."""
    return _saved(uid, lambda mailing: see_other(_url(mailing), said=_("The words in %(language)s were saved.", language=language_name(_language(mailing)))))


@bp.post("/preview")
@login_required
def show(uid: str) -> Any:
    """The same page with what is typed, unsaved."""
    mailing = mailing_called(db(), uid, me())
    return _show(mailing, _typed(), {})


@bp.post("/test")
@login_required
def try_out(uid: str) -> Any:
    """Save the words, and mail them to oneself."""
    return _saved(uid, _try)


@bp.post("/plan")
@login_required
def begin(uid: str) -> Any:
    """Save the words, and lay out who would get them: nothing is sent before that is approved."""
    return _saved(uid, _plan)


@bp.post("/deletion")
@login_required
def destroy(uid: str) -> Any:
    """Throw it away."""
    mailing = mailing_called(db(), uid, me(), lock=True)
    back = url_for("selection_mailing.show", uid=mailing.selection_uid)
    try:
        delete_mailing(db(), mailing)
    except Refused as refused:
        errors = errors_of(refused)
        mailing = mailing_called(db(), uid, me())
        return _show(mailing, mailing.texts.get(_language(mailing), {}), errors), refused.status
    return see_other(back, said=_("The mailing was thrown away."))


def _saved(uid: str, then: Any) -> Any:
    mailing = mailing_called(db(), uid, me(), lock=True)
    try:
        with in_turn(f"mailing:{uid}"):
            if open_to_change(db(), mailing) or "subject" in request.form:
                word(db(), mailing, _language(mailing), **_typed(), version=version())
            return then(mailing)
    except Refused as refused:
        errors = errors_of(refused)
        kept = mailing_called(db(), uid, me())
        if isinstance(refused, Conflict):
            errors = differing(dict(kept.texts.get(_language(kept), {"subject": "", "text": ""})), _typed())
        return _show(kept, _typed(), errors), refused.status


def _try(mailing: Mailing) -> Any:
    first, _space, last = me().name.partition(" ")
    person, uid = Person(first_name=first, last_name=last, preferred_language=_language(mailing)), new_uid()
    if _language(mailing) not in mailing.texts:
        raise Refused(_("Write something first."))
    mail, language = rendered(db(), mailing, person, uid, language=_language(mailing))
    enqueue(db(), kind="system", mailbox=mailing.mailbox, recipients=[me().email], uid=uid, subject=_("Test: %(subject)s", subject=mail.subject), text=mail.text,
            html=mail.html, headers=headers(mailing.mailbox, uid), language=language, agent_id=me().id)
    ring_after("outbound")
    return see_other(_url(mailing), said=_("A test is on its way to %(address)s.", address=me().email))


def _plan(mailing: Mailing) -> Any:
    operation = plan(db(), mailing, by=me())
    ring_after("operations")
    return see_other(url_for("operations.show", uid=operation.uid))


def _typed() -> dict[str, str]:
    return {"subject": posted("subject"), "text": request.form.get("text", "").replace("\r\n", "\n").strip()}


def _language(mailing: Mailing) -> str:
    asked = request.args.get("language", "")
    return asked if asked in CODES else mailing.language


def _url(mailing: Mailing) -> str:
    return url_for("mailings.edit", uid=mailing.uid, language=_language(mailing), person=request.values.get("person") or None)


def _show(mailing: Mailing, values: Any, errors: dict[str, str]) -> str:
    language, typed = _language(mailing), {"subject": values.get("subject", ""), "text": values.get("text", "")}
    open_, wrong = open_to_change(db(), mailing), wrong_words(**typed) if typed["subject"] or typed["text"] else {}
    texts = {code: kept for code, kept in mailing.texts.items() if code != language} | ({language: typed} if typed["subject"] and not wrong else {})
    form = {"values": typed, "version": mailing.version, "open": open_, "language": language,
            "words": [("{" + name + "}", _(means)) for name, (means, _usually) in WORDS.items()],
            "usual": language_name(mailing.language), "is_usual": language == mailing.language,
            **{f"{name}_url": url_for(f"mailings.{endpoint}", uid=mailing.uid, language=language)
               for name, endpoint in (("save", "update"), ("preview", "show"), ("test", "try_out"), ("plan", "begin"), ("delete", "destroy"))}}
    return page("web/mailings/edit.html", current="selections", form=form, errors=errors, title=subject_of(mailing) or _("New mail to many"),
                about={"to": mailing.name, "purpose": purpose_label(mailing.purpose), "from": mailing.mailbox.name, "became": became(mailing),
                       "operation_url": url_for("operations.show", uid=mailing.operation.uid) if mailing.operation else None},
                preview=preview(mailing, texts, language, request.values.get("person", "")) | {"wrong": retell(next(iter(wrong.values()), "")) if wrong and not errors else ""},
                tabs=[{"label": label + (" ·" if code in mailing.texts else ""), "url": url_for("mailings.edit", uid=mailing.uid, language=code), "current": code == language}
                      for code, label in LANGUAGES],
                back_url=url_for("selection_mailing.show", uid=mailing.selection_uid, purpose=mailing.purpose))
