"""Messages: what was said on a ticket, by whom, with files; and drafts of what will be said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from contacts.agent import Agent
from contacts.following import follows
from core.clock import now
from core.database import Base, Guarded, Json, Row, personal, plain
from core.i18n import N_
from desk.tickets.ticket import Ticket

DIRECTIONS = ("in", "out", "note")
#: Drafts of tickets that are not there yet.
BEGUN = text("ticket_id IS NULL")
#: What holds for all mailboxes: a unique constraint takes two rows without one for different.
EVERYWHERE = text("mailbox_id IS NULL")


#: The latest so many are shown of a ticket.
MOST_SHOWN = 1000

#: Messages whose sender is somebody we know.
HEARD = text("person_id IS NOT NULL")


class Message(Row, Base):
    """One message. ``to`` and ``cc`` are lists of ``[name, address]``.

    ``visible`` is empty when the whole ``text`` is to be seen. ``message_key`` is the HMAC that replies are
    joined by; ``content_key`` tells a copy from another message under the same Message-ID. ``person_id`` is
    the sender as known, ``origin_person_id`` whom it was before any merge.
    """

    __tablename__ = "messages"
    ticket_id: Mapped[int] = plain(ForeignKey("tickets.id", ondelete="CASCADE"))
    direction: Mapped[str] = plain(String(5))
    channel: Mapped[str] = plain(String(10), default="mail")
    at: Mapped[datetime] = plain(kept="message")
    written_at: Mapped[datetime | None] = plain(kept="message")
    author_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    person_id: Mapped[int | None] = personal(ForeignKey("persons.id"), kept="message")
    origin_person_id: Mapped[int | None] = plain()
    sender_address_id: Mapped[int | None] = plain(ForeignKey("addresses.id"))
    from_address: Mapped[str] = personal(String(320), kept="message", erase="rewrite", default="")
    from_name: Mapped[str] = personal(String(250), kept="message", erase="rewrite", default="")
    reply_to: Mapped[str] = personal(String(320), kept="message", erase="rewrite", default="")
    to: Mapped[list[Any]] = personal(Json, kept="message", erase="rewrite", default=list)
    cc: Mapped[list[Any]] = personal(Json, kept="message", erase="rewrite", default=list)
    subject: Mapped[str] = personal(Text, kept="message", erase="rewrite", default="")
    text: Mapped[str] = personal(Text, kept="message", erase="rewrite", default="")
    visible: Mapped[str] = personal(Text, kept="message", erase="rewrite", default="")
    html: Mapped[str] = personal(Text, kept="message", erase="rewrite", default="")
    rfc_message_id: Mapped[str] = personal(String(998), kept="message", default="", report=False)
    references: Mapped[str] = personal(Text, kept="message", default="", report=False)
    message_key: Mapped[str] = plain(String(32), default="")
    content_key: Mapped[str] = plain(String(32), default="")
    automatic: Mapped[str] = plain(String(20), default="")
    identification: Mapped[dict[str, Any]] = personal(Json, kept="message", erase="rewrite", default=dict)
    verdict: Mapped[dict[str, Any]] = personal(Json, kept="message", erase="rewrite", default=dict)
    trust: Mapped[dict[str, Any]] = plain(Json, default=dict)
    oddities: Mapped[list[Any]] = plain(Json, default=list)

    ticket: Mapped[Ticket] = relationship()
    author: Mapped[Agent | None] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id")
    __table_args__ = (
        Index("ix_messages_ticket", "ticket_id", "id"),
        Index("ix_messages_message_key", "message_key"),
        Index("ix_messages_person", "person_id", "id"),
        Index("ix_messages_heard", "at", "person_id", sqlite_where=HEARD, postgresql_where=HEARD),
        Index("ix_messages_sender_address", "sender_address_id", "id"),
    )

    @property
    def shown(self) -> str:
        """The text without its quotes."""
        return self.visible or self.text


follows("messages", N_("Messages"), Message.person_id, Message.origin_person_id)


class Attachment(Row, Base):
    """A file of a message or of a draft; its bytes lie in :mod:`core.files` under ``digest``."""

    __tablename__ = "attachments"
    message_id: Mapped[int | None] = plain(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    uploaded_by_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    name: Mapped[str] = personal(String(200), kept="message", erase="rewrite")
    type: Mapped[str] = plain(String(120))
    size: Mapped[int] = plain()
    digest: Mapped[str] = personal(String(64), kept="message", erase="delete_row", report=False, index=True)
    content_id: Mapped[str] = plain(String(250), default="")
    inline: Mapped[bool] = plain(default=False)
    created_at: Mapped[datetime] = plain(default=now)


class Delivery(Base):
    """One arrival of a message: the same mail over two of our mailboxes is one message with two deliveries."""

    __tablename__ = "deliveries"
    inbound_id: Mapped[int] = plain(ForeignKey("inbound_mails.id", ondelete="CASCADE"), primary_key=True)
    message_id: Mapped[int] = plain(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    mailbox_id: Mapped[int] = plain(ForeignKey("mailboxes.id"))


class Draft(Row, Base):
    """What an agent is writing on a ticket, or (``ticket_id`` empty) on one that is not there yet.

    ``version`` tells a stale browser tab from a fresh one. ``language`` is set where another was chosen than the
    requester's; ``original`` is the message that a forward takes along. Of a call, ``to`` is who called and ``text``
    what was said.
    """

    __tablename__ = "drafts"
    ticket_id: Mapped[int | None] = plain(ForeignKey("tickets.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"))
    kind: Mapped[str] = plain(String(10))
    to: Mapped[str] = personal(Text, kept="draft", default="", erase="rewrite")
    cc: Mapped[str] = personal(Text, kept="draft", default="", erase="rewrite")
    phone: Mapped[str] = personal(String(80), kept="draft", default="")
    subject: Mapped[str] = personal(Text, kept="draft", default="", erase="rewrite")
    html: Mapped[str] = personal(Text, kept="draft", default="", erase="rewrite")
    text: Mapped[str] = personal(Text, kept="draft", default="", erase="rewrite")
    files: Mapped[list[Any]] = plain(Json, kept="draft", default=list)
    language: Mapped[str] = plain(String(2), default="")
    original: Mapped[str] = plain(String(24), default="")
    mailbox_uid: Mapped[str] = plain(String(24), default="")
    assignee_uid: Mapped[str] = plain(String(24), default="")
    requester_address_id: Mapped[int | None] = plain()
    version: Mapped[int] = plain(default=1)
    updated_at: Mapped[datetime] = plain(kept="draft")
    agent: Mapped[Agent] = relationship()
    __table_args__ = (UniqueConstraint("ticket_id", "agent_id", "kind"),
                      Index("ix_drafts_begun", "agent_id", "updated_at", sqlite_where=BEGUN, postgresql_where=BEGUN))


class CannedReply(Row, Guarded, Base):
    """A text kept ready; ``/prefix`` in the composer puts it in. ``language`` empty fits all, and no mailbox all."""

    __tablename__ = "canned_replies"
    prefix: Mapped[str] = plain(String(40))
    name: Mapped[str] = plain(String(80))
    language: Mapped[str] = plain(String(2), default="")
    mailbox_id: Mapped[int | None] = plain(ForeignKey("mailboxes.id", ondelete="CASCADE"))
    html: Mapped[str] = plain(Text)
    __table_args__ = (UniqueConstraint("prefix", "language", "mailbox_id"),
                      Index("ix_canned_replies_everywhere", "prefix", "language", unique=True, sqlite_where=EVERYWHERE,
                            postgresql_where=EVERYWHERE))


class Notification(Row, Base):
    """Something an agent should know of: a ticket, or (``subject_uid``) another record."""

    __tablename__ = "notifications"
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"))
    ticket_id: Mapped[int | None] = plain(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    subject_uid: Mapped[str | None] = plain(String(24))
    fact_id: Mapped[int | None] = plain(ForeignKey("facts.id", ondelete="SET NULL"), index=True)
    event: Mapped[str] = plain(String(20))
    at: Mapped[datetime] = plain(default=now)
    read_at: Mapped[datetime | None] = plain()
    ticket: Mapped[Ticket | None] = relationship()
    __table_args__ = (Index("ix_notifications_agent", "agent_id", "id"),
                      Index("ix_notifications_unread", "agent_id", "ticket_id", sqlite_where=text("read_at IS NULL"),
                            postgresql_where=text("read_at IS NULL")),
                      UniqueConstraint("agent_id", "fact_id"))


class Wording(Row, Base):
    """An admin's own text of a system mail, for one language and a mailbox or (no mailbox) the whole desk."""

    __tablename__ = "wordings"
    mail: Mapped[str] = plain(String(40))
    language: Mapped[str] = plain(String(2))
    mailbox_id: Mapped[int | None] = plain(ForeignKey("mailboxes.id", ondelete="CASCADE"))
    subject: Mapped[str] = plain(Text)
    body: Mapped[str] = plain(Text)
    __table_args__ = (UniqueConstraint("mail", "language", "mailbox_id"),
                      Index("ix_wordings_everywhere", "mail", "language", unique=True, sqlite_where=EVERYWHERE,
                            postgresql_where=EVERYWHERE))


class AutomaticSent(Base):
    """An automatic mail to a correspondent, counted for the loop budget; the address only as a keyed digest."""

    __tablename__ = "automatic_sent"
    id: Mapped[int] = plain(primary_key=True)
    correspondent: Mapped[str] = plain(String(32), kept="log")
    to_agent: Mapped[bool] = plain(kept="log", default=False)
    ticket_id: Mapped[int | None] = plain(ForeignKey("tickets.id", ondelete="CASCADE"))
    at: Mapped[datetime] = plain(kept="log")
    __table_args__ = (Index("ix_automatic_sent_correspondent", "correspondent", "at"),
                      Index("ix_automatic_sent_ticket", "ticket_id", "at"))
