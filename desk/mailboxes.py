"""Mailboxes: addresses of ours; how each is read, how mail leaves from it, and who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint, select, union_all
from sqlalchemy.orm import Mapped, Session, relationship

from contacts.address import Address, normalise_email
from contacts.address import without_tag as without_tag
from contacts.addressing import nobody_holds
from contacts.agent import Agent, Team
from contacts.identifying import agent_at, holders
from core.alphabet import in_order
from core.batch import MISSING, recall, remember
from core.clock import now
from core.database import Base, Guarded, Json, Row, personal, plain
from core.errors import Refused, Unknown
from core.i18n import gettext as _
from core.slugs import slug

AFTER = ("leave", "seen", "move", "delete")


class Mailbox(Row, Guarded, Base):
    """An address of ours. Without ``imap_url`` it is read at the SMTP door alone.

    ``signature`` stands below an agent's mail, unless ``signatures`` has one for its language.

    ``imap_url`` and ``relay_url`` are URLs without password (``imaps://user@host:993``); the passwords and
    OAuth secrets are sealed; ``oauth_account`` is who signs in where that is not the mailbox itself, ``oauth_signed_in``
    who did (empty where the refresh token was pasted). ``open_to_all`` mailboxes are seen by every agent, others by those in
    ``MailboxAccess`` and by admins. ``plus_addressing`` is off where the provider does not deliver
    ``address+tag``: answers then find their ticket by Message-ID alone. What ``receiving_host`` wrote about senders is
    believed when we fetched the mail ourselves, or when one of ``trusted_relays`` (addresses and networks; none means
    this machine) brought it to the SMTP door.
    """

    __tablename__ = "mailboxes"
    address: Mapped[str] = personal(String(254), erase="keep", report=False)
    normalised: Mapped[str] = personal(String(320), erase="keep", report=False, unique=True)
    slug: Mapped[str] = plain(String(80), unique=True)
    name: Mapped[str] = plain(String(120))
    language: Mapped[str] = plain(String(2), default="en")
    signature: Mapped[str] = plain(Text, default="")
    signatures: Mapped[dict[str, Any]] = plain(Json, default=dict)
    active: Mapped[bool] = plain(default=True)
    open_to_all: Mapped[bool] = plain(default=True)
    team_id: Mapped[int | None] = plain(ForeignKey("teams.id", ondelete="SET NULL"))
    receiving_host: Mapped[str] = plain(String(253), default="")
    trusted_relays: Mapped[str] = plain(Text, default="")

    imap_url: Mapped[str] = plain(Text, default="")
    imap_password: Mapped[str] = plain(Text, default="")
    imap_folders: Mapped[str] = plain(Text, default="INBOX")
    imap_after: Mapped[str] = plain(String(10), default="seen")
    imap_move_to: Mapped[str] = plain(String(200), default="")
    relay_url: Mapped[str] = plain(Text, default="")
    relay_password: Mapped[str] = plain(Text, default="")
    sent_folder: Mapped[str] = plain(String(200), default="")
    oauth_provider: Mapped[str] = plain(String(20), default="")
    oauth_tenant: Mapped[str] = plain(String(120), default="")
    oauth_client: Mapped[str] = plain(String(200), default="")
    oauth_secret: Mapped[str] = plain(Text, default="")
    oauth_refresh: Mapped[str] = plain(Text, default="")
    oauth_account: Mapped[str] = personal(String(254), erase="keep", report=False, default="")
    oauth_signed_in: Mapped[str] = personal(String(254), erase="keep", report=False, default="")
    plus_addressing: Mapped[bool] = plain(default=True)
    dkim_selector: Mapped[str] = plain(String(63), default="")
    dkim_key: Mapped[str] = plain(Text, default="")

    aliases: Mapped[list[MailboxAlias]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    access: Mapped[list[MailboxAccess]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    team: Mapped[Team | None] = relationship()


class MailboxAlias(Base):
    """Another address under which this mailbox receives."""

    __tablename__ = "mailbox_aliases"
    normalised: Mapped[str] = personal(String(320), erase="keep", report=False, primary_key=True)
    mailbox_id: Mapped[int] = plain(ForeignKey("mailboxes.id", ondelete="CASCADE"), index=True)


class MailboxAccess(Base):
    """An agent or a team that may see a mailbox that is not open to all."""

    __tablename__ = "mailbox_access"
    id: Mapped[int] = plain(primary_key=True)
    mailbox_id: Mapped[int] = plain(ForeignKey("mailboxes.id", ondelete="CASCADE"))
    agent_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[int | None] = plain(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    agent: Mapped[Agent | None] = relationship()
    team: Mapped[Team | None] = relationship()
    __table_args__ = (UniqueConstraint("mailbox_id", "agent_id", "team_id"),)


class ImapCursor(Base):
    """How far one folder has been read: every UID up to ``last_uid`` under ``uidvalidity`` is in the ledger.

    Mails below ``first_uid`` were there before us. Up to ``settled_uid`` they are also marked, moved or deleted
    as the mailbox wants. ``started_at`` is the first contact, which a rescan goes back to.
    """

    __tablename__ = "imap_cursors"
    id: Mapped[int] = plain(primary_key=True)
    mailbox_id: Mapped[int] = plain(ForeignKey("mailboxes.id", ondelete="CASCADE"))
    folder: Mapped[str] = plain(String(200))
    uidvalidity: Mapped[int] = plain(BigInteger)        # 32 bits without a sign (RFC 3501 section 9, nz-number)
    first_uid: Mapped[int] = plain(BigInteger, default=0)
    last_uid: Mapped[int] = plain(BigInteger, default=0)
    settled_uid: Mapped[int] = plain(BigInteger, default=0)
    started_at: Mapped[datetime] = plain(default=now)
    reconciled_at: Mapped[datetime | None] = plain()
    __table_args__ = (UniqueConstraint("mailbox_id", "folder"),)


class MailboxToken(Base):
    """The OAuth access token of a mailbox, sealed, shared by all processes that read or send with it.

    ``refused`` holds a digest of the refresh token that the provider no longer takes: nobody asks with it again.
    """

    __tablename__ = "mailbox_tokens"
    mailbox_id: Mapped[int] = plain(ForeignKey("mailboxes.id", ondelete="CASCADE"), primary_key=True)
    access: Mapped[str] = plain(Text, default="")
    expires_at: Mapped[datetime | None] = plain()
    refused: Mapped[str] = plain(String(32), default="")


class Alert(Row, Base):
    """Something an admin should know: raised once while it lasts, closed when it is over."""

    __tablename__ = "alerts"
    about: Mapped[str] = plain(String(120), index=True)
    kind: Mapped[str] = plain(String(40))
    detail: Mapped[str] = personal(Text, default="", kept="log", report=False)
    raised_at: Mapped[datetime] = plain(kept="log")
    ended_at: Mapped[datetime | None] = plain(kept="log")


def add_mailbox(db: Session, address: str, name: str, **fields: object) -> Mailbox:
    """A new mailbox. Raises Refused when the address is none or is taken."""
    normalised = normalise_email(address)
    if "@" not in normalised.strip("@") or " " in normalised:
        raise Refused(_("%(address)s is not a mail address.", address=address or _("An empty line")),
                      {"address": "Write it like support@company.example."})
    if mailbox_at(db, normalised) is not None:
        raise Refused(_("There is already a mailbox %(address)s.", address=address),
                      {"address": "This address is taken."})
    nobody_has(db, normalised, "address")
    mailbox = Mailbox(address=address.strip(), normalised=normalised, name=name.strip() or address,
                      slug=_free_slug(db, name or address), **fields)
    db.add(mailbox)
    db.flush()
    return mailbox


def nobody_has(db: Session, normalised: str, field: str) -> None:
    """Raises Refused where an agent or a person writes from this address: their mail would be ours."""
    agent = agent_at(db, normalised)
    row = db.scalar(select(Address).where(Address.kind == "email", Address.normalised == normalised)) if agent is None else None
    name = agent.name if agent else next((h.person.name for h in holders(db, row) if h.person.living), None) if row else None
    if name is not None:
        raise Refused(_("%(address)s is the address of %(name)s, whose mail would then pass for ours.", address=normalised, name=name),
                      {field: _("%(name)s has this address.", name=name)})


def mailbox_at(db: Session, address: str) -> Mailbox | None:
    """The mailbox that receives at an address: its own, an alias, or one of these with a ``+tag``."""
    forms = _forms(address)
    return db.scalar(select(Mailbox).where(Mailbox.normalised.in_(forms))) or db.scalar(
        select(Mailbox).join(MailboxAlias).where(MailboxAlias.normalised.in_(forms)))


def mailbox_of_postmaster(db: Session, address: str) -> Mailbox | None:
    """For ``postmaster``, alone or at a domain of ours, the first mailbox that is in use; None for other addresses."""
    local, _, domain = normalise_email(address).partition("@")
    if local != "postmaster":
        return None
    ours = [Mailbox.active, Mailbox.normalised.endswith(f"@{domain}", autoescape=True)] if domain else [Mailbox.active]
    return db.scalar(select(Mailbox).where(*ours).order_by(Mailbox.id).limit(1))


def mailbox_called(db: Session, address: str) -> Mailbox:
    """The same, for requests: raises Unknown."""
    mailbox = mailbox_at(db, address)
    if mailbox is None:
        raise Unknown(_("There is no mailbox %(address)s.", address=address))
    return mailbox


def own_addresses(db: Session) -> frozenset[str]:
    """Every address of ours, normalised: never persons, never participants to write to."""
    known = recall(db, "own", None)
    ours: frozenset[str] = remember(db, "own", None, _own_addresses(db)) if known is MISSING else known
    return ours


def _own_addresses(db: Session) -> frozenset[str]:
    return frozenset(db.scalars(union_all(select(Mailbox.normalised), select(MailboxAlias.normalised))))


nobody_holds(own_addresses)


def all_mailboxes(db: Session) -> Sequence[Mailbox]:
    """Every mailbox, by name."""
    return in_order(db.scalars(select(Mailbox).order_by(Mailbox.id)))


def _forms(address: str) -> set[str]:
    normalised = normalise_email(address)
    return {normalised, without_tag(normalised)}


def _free_slug(db: Session, name: str) -> str:
    base = slug(name) or "mailbox"
    taken = set(db.scalars(select(Mailbox.slug).where(Mailbox.slug.startswith(base, autoescape=True))))
    return next(s for s in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if s not in taken)
