"""Privacy in the settings: who is responsible, what the rights desk goes by, and the record of processing (GDPR, Article 30), as page, PDF and CSV."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from core.errors import Refused
from core.i18n import N_, dated, today
from core.i18n import gettext as _
from core.options import OPTIONS, option
from desk.rights.processing import csv_of, pdf_of, record_of_processing, said
from desk.switching import switch
from desk.web.forms import errors_of, in_turn, mark, posted, ticked, unmoved, whole
from desk.web.pages import page, see_other
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("processing", __name__, url_prefix="/settings/record-of-processing")
TEXTS = ("privacy.controller", "privacy.contact", "privacy.officer", "rights.authority")
NUMBERS = ("rights.link_days", "privacy.backup_days", "privacy.four_eyes_above")
FLAGS = ("rights.from_mail",)


@bp.get("")
@admins_only
def edit() -> str:
    """The form, and the record."""
    return _show(_now(), {})


@bp.post("")
@admins_only
def update() -> Any:
    """Save; each switch that changed is a fact with what it was before."""
    wanted: dict[str, Any] = {name: posted(name) for name in TEXTS} | {name: ticked(name) for name in FLAGS} | {
        name: posted(name) if (number := whole(posted(name))) is None else number for name in NUMBERS}
    try:
        with in_turn("options"):
            unmoved(mark(_now()))
            if wrong := {name: N_("This value does not fit here.") for name, value in wanted.items() if not OPTIONS[name].fits(value)}:
                raise Refused(N_("Some fields cannot be saved like this."), wrong)
            for name, value in wanted.items():
                switch(db(), name, value, by=me())
    except Refused as refused:
        return _show(wanted, errors_of(refused)), refused.status
    return see_other(url_for("processing.edit"), said=_("The settings of privacy were saved."))


@bp.get("/record.<any(pdf, csv):ending>")
@admins_only
def show(ending: str) -> Response:
    """The record as a file."""
    record = record_of_processing(db())
    content, kind = (pdf_of(record, desk=option(db(), "desk.name"), day=dated(today(), year=True)), "application/pdf") if ending == "pdf" else (
        csv_of(record).encode(), "text/csv")
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="record-of-processing.{ending}"'})


def _now() -> dict[str, Any]:
    return {name: option(db(), name) for name in (*TEXTS, *NUMBERS, *FLAGS)}


def _show(values: dict[str, Any], errors: dict[str, str]) -> str:
    record = record_of_processing(db())
    return page("web/settings/processing.html", settings={"current": "processing"}, form={"values": values, "mark": mark(_now())}, errors=errors,
                said=[(name, value) for name, value in said(record)[3:] if value], activities=record["activities"],
                files=[(label, url_for("processing.show", ending=ending)) for ending, label in (("pdf", "PDF"), ("csv", "CSV"))])
