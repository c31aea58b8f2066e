"""What is asked once for all messages of a page: their deliveries, and the mails that carry ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import lazyload, load_only

from desk.inbound import InboundMail
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from desk.tickets.message import Delivery
from desk.web.presenting.why import Arrival
from desk.web.requests import db

SHOWN = (OutboundMail.uid, OutboundMail.message_id, OutboundMail.state, OutboundMail.reason, OutboundMail.due_at,
         OutboundMail.sent_at)


@dataclass(frozen=True, slots=True)
class Around:
    """What is asked once for all messages of a page."""

    arrivals: dict[int, list[Arrival]]
    sent: dict[int, OutboundMail]
    own: frozenset[str]
    here: str                                     # address of the page, to which arguments are added
    images: frozenset[str] = frozenset()          # messages whose remote images are shown
    plain: frozenset[str] = frozenset()           # messages shown as text
    persons: dict[int, str] = field(default_factory=dict)
    employers: dict[int, str] = field(default_factory=dict)     # message → where its sender worked then
    masked: frozenset[str] = frozenset()          # addresses of who is in the bin
    number: int = 0                               # of the ticket whose page it is: a message may be of one merged into it


def arrivals(ids: Sequence[int]) -> dict[int, list[Arrival]]:
    """The deliveries of these messages."""
    found: dict[int, list[Arrival]] = {}
    for message_id, uid, mailbox, transport, at in db().execute(select(
            Delivery.message_id, InboundMail.uid, Mailbox.name, InboundMail.transport, InboundMail.received_at).join(
            InboundMail, InboundMail.id == Delivery.inbound_id).join(Mailbox, Mailbox.id == Delivery.mailbox_id).where(
            Delivery.message_id.in_(ids)).order_by(InboundMail.id)):
        found.setdefault(message_id, []).append(Arrival(uid, mailbox, transport, at))
    return found


def mails_of(ids: Sequence[int]) -> dict[int, OutboundMail]:
    """The mail that carries each of these messages to the customer."""
    return {mail.message_id: mail for mail in db().scalars(select(OutboundMail).where(
        OutboundMail.message_id.in_(ids), OutboundMail.kind.in_(("reply", "forward"))).order_by(OutboundMail.id).options(
        lazyload(OutboundMail.mailbox), load_only(*SHOWN)))
        if mail.message_id is not None}
