"""A certificate of erasure is made at the end of an erasing, printed in any language, and a copy mailed to whom it is about (PRIVACY 6).

What it says names nobody. The copy goes where the sealed subject says, in a mail of the kind *certificate*: with a null sender, so that no report of a
failure quotes the address, and without a copy among what was sent. When it has gone, or cannot go, its row keeps nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.clock import now
from core.operations import Operation
from core.options import option
from desk.erasing import upstream
from desk.language import language_of
from desk.outbound import OutboundMail, enqueue
from desk.rights.case import RightsCase
from desk.rights.casework import decide
from desk.rights.certificate import Certificate
from desk.rights.opening import changed, local_day, today
from desk.rights.writing import answered_at, mailbox_of, worded
from desk.tickets.forgetting import blank

#: Reason of an erasing → the ground of Article 17(1) that it is.
GROUNDS = {"objection": "c", "unlawful": "d", "no_longer_needed": "a"}
#: States of a mail that is still on its way.
WAITING = ("queued", "handing_over", "deferred")
PAUSE = timedelta(seconds=20)


def case_of(db: Session, operation: Operation) -> RightsCase | None:
    """The case that an erasing belongs to."""
    uid = operation.given.get("case")
    return db.scalar(select(RightsCase).where(RightsCase.uid == uid)) if uid else None


def answer_of(db: Session, case: RightsCase | None) -> tuple[str, str]:
    """Where the copy goes, and in which language: the address whose link was followed, else where the request came from."""
    if case is None:
        return "", ""
    address = case.identity_address.value if case.identity_address is not None else answered_at(db, case)
    return address, language_of(db, case.person, mailbox_of(db, case))


def certify(db: Session, operation: Operation, *, addresses: int) -> Certificate:
    """What was done, in numbers. Twice is once."""
    made = db.scalar(select(Certificate).where(Certificate.operation_uid == operation.uid))
    if made is None:
        case = case_of(db, operation)
        made = Certificate(operation_uid=operation.uid, case_uid=case.uid if case else None, content=_content(db, operation, case, addresses))
        db.add(made)
        db.flush()
    return made


def note_providers(db: Session, operation: Operation) -> None:
    """Let the certificate say what has become of the mails at the providers since. The copy that was mailed says what was known then."""
    made = certificate_of(db, operation.uid)
    if made is not None:
        made.content = made.content | {"providers": upstream.states(db, operation)}


def certificate_of(db: Session, operation_uid: str) -> Certificate | None:
    """The certificate of an erasing."""
    return db.scalar(select(Certificate).where(Certificate.operation_uid == operation_uid))


def close(db: Session, operation: Operation) -> None:
    """The case is done with the erasing. Nobody is told here: the certificate does."""
    case = case_of(db, operation)
    if case is not None and not case.closed:
        changed(db, case, "erased", by=None)
        decide(db, case, "done", "", tell=False, by=None)


def send_copy(db: Session, operation: Operation, address: str, spoken: str, printed: bytes) -> None:
    """Write the mail; until it has gone its row is the only place that knows the address."""
    case = case_of(db, operation)
    if case is None or not address:
        operation.result = operation.result | {"copy": "none"}
        return
    mailbox = mailbox_of(db, case)
    mail = worded(db, case, "rights_done_erasure", spoken, mailbox)
    operation.file, operation.given = printed, operation.given | {"name": f"certificate-{case.id}.pdf"}
    row = enqueue(db, kind="certificate", mailbox=mailbox, recipients=[address], subject=mail.subject, text=mail.text, html=mail.html, language=spoken,
                  operation_uid=operation.uid)
    operation.result = operation.result | {"copy": "waiting", "mail": row.uid}


def copy_has_gone(db: Session, operation: Operation) -> bool:
    """Whether there is no mail to wait for any more; then nothing of it is left but that it was sent, or that it could not be."""
    row = db.scalar(select(OutboundMail).where(OutboundMail.uid == operation.result.get("mail", "")))
    patience = timedelta(days=option(db, "mail.retry_days") + 1)
    if row is not None and row.state in WAITING and row.created_at + patience > now():
        operation.due_at = now() + PAUSE
        return False
    if row is not None:
        state = "sent" if row.state == "sent" else "failed"
        db.execute(update(OutboundMail).where(OutboundMail.id == row.id).values({**blank(OutboundMail), "state": state}))
        operation.result = operation.result | {"copy": state}
    operation.file = None
    return True


def _content(db: Session, operation: Operation, case: RightsCase | None, addresses: int) -> dict[str, Any]:
    result, day = operation.result, today(db)
    by = dict(db.execute(select(Agent.uid, Agent.name).where(Agent.uid.in_([one for one in (operation.by_uid, result.get("approved_by")) if one]))).all())
    return {
        "case": case.id if case else None, "received": case.received.isoformat() if case else None,
        "asked": local_day(db, operation.created_at).isoformat(), "approved": result.get("approved_on", day.isoformat()), "done": day.isoformat(),
        "identity": case.identity if case else operation.given.get("identity", ""), "reason": operation.given["reason"],
        "ground": (case.ground if case else "") or GROUNDS.get(operation.given["reason"], ""),
        "asked_by": by.get(operation.by_uid or "", ""), "approved_by": by.get(result.get("approved_by", ""), ""),
        "counts": result.get("counts", {}), "files": len(result.get("files", ())), "uncertain": result.get("kept", 0), "hashes": addresses,
        "held": _held(result.get("vouchers")), "told": result.get("told"), "recipients": result.get("recipients", 0),
        "providers": upstream.states(db, operation), "left": result.get("left", {}),
        "backups_until": (day + timedelta(days=option(db, "privacy.backup_days"))).isoformat()}


def _held(vouchers: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """What a law wants kept: ``{what: vouchers, count, exemption: paragraph of Article 17, until: ISO of the last day}``."""
    if not vouchers:
        return []
    last = datetime.fromisoformat(vouchers["until"]).date() - timedelta(days=1)
    return [{"what": "vouchers", "count": vouchers["orders"], "exemption": "17(3)(b)", "until": last.isoformat()}]
