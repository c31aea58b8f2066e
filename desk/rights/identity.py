"""Who asks: a link, good once, to an address that stood on the card before the request came (GDPR, Articles 11 and 12(6))."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Holding
from contacts.agent import Agent
from core.clock import now
from core.errors import Refused
from core.i18n import N_
from core.options import option
from core.settings import settings
from core.tokens import digest
from desk.language import language_of
from desk.outbound import OutboundMail
from desk.rights.case import RightsCase
from desk.rights.casework import unmoved
from desk.rights.opening import changed, local_day
from desk.rights.writing import mailbox_of, write

PAUSE = timedelta(minutes=10)
GONE = N_("This link has been used, or is too old.")


def addresses(db: Session, case: RightsCase) -> Sequence[Holding]:
    """Where a link may go: mail addresses the person holds since before the request came, the first one first."""
    if case.person_id is None or case.person is None or not case.person.answered:
        return []
    before = case.message.at if case.message is not None else case.created_at
    return [one for one in db.scalars(select(Holding).where(Holding.person_id == case.person_id, Holding.until.is_(None)).order_by(
        Holding.primary.desc(), Holding.id)).unique() if one.address.kind == "email" and one.address.suppression != "blocked" and one.since < before]


def send_link(db: Session, case: RightsCase, address_uid: str, *, by: Agent, version: int | None = None) -> OutboundMail:
    """Mail it; an earlier one ends. Raises Refused for an address that is not one of :func:`addresses`, and within ten minutes."""
    unmoved(case, version, by)
    chosen = next((one for one in addresses(db, case) if one.address.uid == address_uid), None)
    if case.closed or chosen is None:
        raise Refused(N_("No link may go to this address."), {"address": N_("Choose an address that stood on the card before the request came.")})
    if case.link_at is not None and case.link_at + PAUSE > now():
        raise Refused(N_("A link went out a moment ago. Give it ten minutes."))
    token, days = secrets.token_urlsafe(24), option(db, "rights.link_days")
    case.link_key, case.link_at, case.link_address_id = _key(token), now(), chosen.address_id
    if case.state == "new":
        case.state = "identity_asked"
    db.flush()
    changed(db, case, "link_sent", by=by)
    mail = write(db, case, "rights_identity", link=f"{settings().url}/identity/{token}", until=local_day(db, now() + timedelta(days=days)), to=chosen.address.value)
    assert mail is not None
    return mail


def asked(db: Session, token: str, *, lock: bool = False) -> RightsCase:
    """The case whose link this is. Raises Refused for one that is used, too old or none of ours: which, it does not say."""
    query = select(RightsCase).where(RightsCase.link_key == _key(token))
    case = db.scalar(query.with_for_update(of=RightsCase) if lock else query)
    good_for = timedelta(days=option(db, "rights.link_days"))
    if case is None or case.closed or case.link_at is None or case.link_at + good_for < now():
        raise Refused(GONE)
    return case


def confirm(db: Session, token: str) -> RightsCase:
    """Whoever reads the mail of that address has said that the request is theirs. The link works no more."""
    case = asked(db, token, lock=True)
    case.identity, case.identity_at, case.identity_address_id = "link", now(), case.link_address_id
    case.link_key = case.link_address_id = None
    if case.state in ("new", "identity_asked"):
        case.state = "identity_confirmed"
    db.flush()
    changed(db, case, "identified", by=None)
    return case


def spoken(db: Session, case: RightsCase) -> str:
    """The language of the page behind the link: the person's."""
    return language_of(db, case.person, mailbox_of(db, case))


def _key(token: str) -> str:
    return digest("rights-identity", token)
