"""Changing a mailbox: its addresses, how it is read, how it sends, who may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contacts.address import normalise_email
from contacts.agent import Agent, Team
from core.errors import Conflict, Refusals, Refused, Unknown
from core.history import Fact, record
from core.i18n import N_
from core.i18n import gettext as _
from core.tokens import seal
from desk.fitting_mailboxes import fitting, signing_key
from desk.mailboxes import Mailbox, MailboxAccess, MailboxAlias, MailboxToken, nobody_has, own_addresses

PLAIN = ("name", "language", "signature", "signatures", "open_to_all", "receiving_host", "trusted_relays", "imap_url", "imap_folders",
         "imap_after", "imap_move_to", "relay_url", "sent_folder", "oauth_provider", "oauth_tenant", "oauth_client",
         "oauth_account", "plus_addressing", "dkim_selector", "active")
#: Written, never read back. An empty one stays what it was; None takes it away.
SECRET = ("imap_password", "relay_password", "oauth_secret", "oauth_refresh", "dkim_key")


@dataclass(frozen=True, slots=True)
class MailboxChanged(Fact):
    """A mailbox was added, edited, switched off or on. Its passwords are not part of any history."""

    kind: ClassVar[str] = "mailbox.changed"
    mailbox_uid: str
    change: str


def mailbox_with_uid(db: Session, uid: str) -> Mailbox:
    """Raises Unknown."""
    mailbox = db.scalar(select(Mailbox).where(Mailbox.uid == uid))
    if mailbox is None:
        raise Unknown(N_("There is no such mailbox."))
    return mailbox


def edit_mailbox(
    db: Session, mailbox: Mailbox, fields: Mapping[str, Any], *, by: Agent, version: int | None = None, change: str = "edited",
) -> None:
    """Change fields (``PLAIN``, and ``SECRET`` in clear). Raises Conflict when a colleague was faster, and Refused."""
    if version is not None and mailbox.version != version:
        raise Conflict(N_("A colleague has changed this mailbox in the meantime. Look at it again, then repeat your change."))
    if unknown := set(fields) - {*PLAIN, *SECRET}:
        raise Refused(_("A mailbox has no field %(names)s.", names=", ".join(sorted(unknown))))
    fitting(fields)
    if fields.get("dkim_key"):
        fields = {**fields, "dkim_key": signing_key(fields["dkim_key"])}
    other = [name for name in PLAIN if name in fields and getattr(mailbox, name) != fields[name]]
    other += [name for name in SECRET if name in fields and (fields[name] is None or fields[name])]
    for name in other:
        setattr(mailbox, name, seal(fields[name] or "") if name in SECRET else fields[name])
    _end_sign_in(db, mailbox, other)
    if mailbox.dkim_selector and not mailbox.dkim_key:
        raise Refused(N_("A DKIM selector needs its private key."), {"dkim_key": N_("Paste the private key in PEM form.")})
    record(db, MailboxChanged(mailbox.uid, change), by=by.uid)
    db.flush()


def set_addresses(db: Session, mailbox: Mailbox, address: str, aliases: Sequence[str]) -> None:
    """The mailbox's own address and the others it receives at. Raises Refused for one that is none or taken."""
    wrong = Refusals()
    own = wrong(_free, db, mailbox, address, "address") or ""
    wanted = [wrong(_free, db, mailbox, alias, "aliases") or "" for alias in aliases if alias.strip()]
    wrong.settle()
    if own != mailbox.normalised or address.strip() != mailbox.address:
        mailbox.address, mailbox.normalised = address.strip(), own
    have = {row.normalised for row in mailbox.aliases}
    if have != set(wanted) - {own}:
        mailbox.raise_version()
    mailbox.aliases = [row for row in mailbox.aliases if row.normalised in wanted and row.normalised != own]
    db.flush()
    mailbox.aliases.extend(MailboxAlias(normalised=alias) for alias in dict.fromkeys(wanted)
                           if alias not in have and alias != own)
    db.flush()


def set_access(db: Session, mailbox: Mailbox, agents: Sequence[Agent], teams: Sequence[Team]) -> None:
    """Who may see it where it is not open to all; it and the agents count as changed where they come or go."""
    wanted = {(agent.id, None) for agent in agents} | {(None, team.id) for team in teams}
    have = {(row.agent_id, row.team_id) for row in mailbox.access}
    if wanted != have:
        mailbox.raise_version()
    for agent_id in {agent_id for agent_id, _team in wanted ^ have if agent_id is not None}:
        db.get_one(Agent, agent_id).version += 1
    mailbox.access = [row for row in mailbox.access if (row.agent_id, row.team_id) in wanted]
    mailbox.access.extend(MailboxAccess(agent_id=a, team_id=t) for a, t in sorted(wanted - have, key=str))
    db.flush()


def _end_sign_in(db: Session, mailbox: Mailbox, other: Sequence[str]) -> None:
    """Another application or refresh token: nobody knows any more who signed in. Tokens of the old one are of no use."""
    if {"oauth_provider", "oauth_client", "oauth_refresh"} & set(other):
        mailbox.oauth_signed_in = ""
    if "oauth_refresh" in other:
        db.execute(delete(MailboxToken).where(MailboxToken.mailbox_id == mailbox.id))


def _free(db: Session, mailbox: Mailbox, address: str, field: str) -> str:
    normalised = normalise_email(address)
    if "@" not in normalised.strip("@") or " " in normalised:
        raise Refused(N_("A mailbox needs a mail address."), {field: N_("Write it like support@company.example.")})
    taken = db.scalar(select(Mailbox.id).where(Mailbox.normalised == normalised, Mailbox.id != mailbox.id)) or db.scalar(
        select(MailboxAlias.mailbox_id).where(MailboxAlias.normalised == normalised, MailboxAlias.mailbox_id != mailbox.id))
    if taken is not None:
        raise Refused(N_("Another mailbox receives at this address."), {field: N_("Another mailbox receives here.")})
    if normalised not in own_addresses(db):
        nobody_has(db, normalised, field)
    return normalised
