"""Mailings in words: lines of a list, what became of the mails, the preview for one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import func, select

from contacts.person import Person
from contacts.selected import selection_called, who_selected
from core.errors import Unknown
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.operations import Operation, OperationItem
from desk.mailing import Mailing
from desk.mailing_words import rendered, with_companies
from desk.outbound import STATES, OutboundMail
from desk.web.presenting.ledger import OUT
from desk.web.presenting.operation_states import STATES as OPERATION_STATES
from desk.web.presenting.purposes import purpose_label
from desk.web.presenting.times import stamp
from desk.web.presenting.words import said
from desk.web.requests import db
from desk.web.signing_in import me

#: Offered for the preview.
MOST = 20
NOWHERE = "0" * 24
COUNTED = {"queued": N_("wait"), "handing_over": N_("are being handed over"), "sent": N_("sent"), "deferred": N_("tried again later"),
           "failed": N_("not sent"), "withheld": N_("kept back")}


def mailing_lines(mailings: Sequence[Mailing]) -> list[dict[str, Any]]:
    """As rows of a list, the latest first."""
    return [{"url": url_for("mailings.edit", uid=one.uid), "subject": subject_of(one) or _("(no words yet)"), "purpose": purpose_label(one.purpose),
             "at": stamp(one.created_at), "state": _(OPERATION_STATES[one.operation.state]) if one.operation else _("Being written")} for one in mailings]


def subject_of(mailing: Mailing) -> str:
    """What it is called by: the subject in its usual language, else any."""
    words: dict[str, str] = mailing.texts.get(mailing.language) or next(iter(mailing.texts.values()), {})
    return words.get("subject", "")


def became(mailing: Mailing) -> str:
    """What became of its mails, in numbers; empty where there are none."""
    found = dict(db().execute(select(OutboundMail.state, func.count()).where(OutboundMail.mailing_id == mailing.id).group_by(OutboundMail.state)).all())
    return " · ".join(f"{found[state]} {_(COUNTED[state])}" for state in STATES if found.get(state))


def preview(mailing: Mailing, texts: Mapping[str, Mapping[str, str]], language: str, person_uid: str) -> dict[str, Any]:
    """The mail as one person of the selection would get it, in their language; of somebody invented where the selection is empty."""
    people = _people(mailing)
    person = with_companies(db(), [person_uid]).get(person_uid) if person_uid in dict(people) else None
    if person is None and people:
        person = with_companies(db(), [people[0][0]]).get(people[0][0])
    shown = {"people": people, "person": person.uid if person else "", "from": f"{mailing.mailbox.name} <{mailing.mailbox.address}>",
             "to": person.name if person else "Kari Holm", "subject": "", "body": ""}
    if not texts or (person is None and language not in texts):
        return shown
    mail, _spoken = rendered(db(), mailing, person or Person(first_name="Kari", last_name="Holm"), NOWHERE, texts,
                             "" if person is not None and mailing.language in texts else language if language in texts else next(iter(texts)))
    return shown | {"subject": mail.subject, "body": mail.text.partition("/no-more/")[0] + "/no-more/…"}


def mailed(operation: Operation, items: Iterable[OperationItem]) -> dict[int, dict[str, str]]:
    """Of items of a mailing whose mail stands in the ledger: its state there, and why."""
    uids = {item.data["mail"]: item.id for item in items if item.data.get("mail")}
    rows = db().execute(select(OutboundMail.uid, OutboundMail.state, OutboundMail.reason).where(OutboundMail.uid.in_(uids))).all() if uids else ()
    return {uids[row.uid]: {"state": _(OUT[row.state][1]), "sign": OUT[row.state][0], "reason": said(row.reason) if row.state != "sent" else ""} for row in rows}


def mailing_of(operation: Operation) -> Mailing | None:
    """The mailing that an operation sends."""
    return db().scalar(select(Mailing).where(Mailing.uid == operation.given.get("mailing", "")))


def counted(n: int) -> str:
    """So many persons, in words."""
    return ngettext("%(n)s person", "%(n)s persons", n)


def _people(mailing: Mailing) -> list[tuple[str, str]]:
    """The first of the selection, by name; nobody where it is not there for the agent any more."""
    try:
        uids = who_selected(db(), selection_called(db(), mailing.selection_uid, me(), of="persons"), me()).limit(MOST)
    except Unknown:
        return []
    return [(one.uid, one.name) for one in db().scalars(select(Person).where(Person.uid.in_(list(db().scalars(uids)))).order_by(Person.order_key))]
