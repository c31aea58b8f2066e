"""Mailboxes: those the agent sees; admins add, change and switch them off."""

from __future__ import annotations

from sqlalchemy import select

from core import operations
from core.errors import Refused, Unknown
from core.i18n import N_
from desk.access import forget_visible, may_see_mailbox, visible_mailbox_ids
from desk.mail_urls import parted
from desk.mailboxes import Mailbox as Row
from desk.mailboxes import add_mailbox, mailbox_at
from desk.saving_mailboxes import edit_mailbox, set_access, set_addresses
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import agents_named, team_named
from desk.web.api.paging import Listed, Page, cut, key_of
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.desk import Operation
from desk.web.api.schemas.mailboxes import Mailbox, MailboxChange, NewMailbox
from desk.web.api.shapes.mailboxes import mailboxes
from desk.web.api.shapes.operations import operation
from desk.web.requests import db, ring_after

APART = ("address", "aliases", "agents", "teams")


@get("/mailboxes")
def index(asked: Page) -> Listed[Mailbox]:
    """Those that the agent sees and that are switched on, the newest first."""
    query = select(Row).where(Row.active, Row.id.in_(visible_mailbox_ids(db(), me())))
    if (before := key_of(asked.cursor)) is not None:
        query = query.where(Row.id < before)
    rows, following = cut(db().scalars(query.order_by(Row.id.desc()).limit(asked.most + 1)).all(), asked.most, lambda row: row.id)
    return Listed[Mailbox](items=mailboxes(rows), next=following)


@post("/mailboxes", status=201, admin=True)
def create(given: NewMailbox) -> Mailbox:
    """A mailbox; a running gate notices within 5 seconds."""
    row = add_mailbox(db(), given.address, given.name)
    forget_visible(db())
    _save(row, given, "added")
    return mailboxes([row])[0]


@get("/mailboxes/<address>")
def show(address: str) -> Mailbox:
    """A mailbox, by any address it receives at."""
    return mailboxes([_row(address)])[0]


@patch("/mailboxes/<address>", admin=True)
def update(address: str, given: MailboxChange) -> Mailbox:
    """Change the fields that are given; `active` switches on again what was switched off."""
    row = _row(address, off=True)
    versions.unmoved(row.version)
    _save(row, given, "edited")
    return mailboxes([row])[0]


@delete("/mailboxes/<address>", admin=True)
def destroy(address: str) -> None:
    """Switch a mailbox off: it takes no mail and is not shown any more; its tickets stay."""
    row = _row(address)
    versions.unmoved(row.version)
    edit_mailbox(db(), row, {"active": False}, by=me(), change="switched_off")


@post("/mailboxes/<address>/test", status=202, admin=True)
def test(address: str) -> Operation:
    """Let a worker try to read it and to send from it; what came of it is the result of the operation."""
    asked = operations.start(db(), "mailbox.test", {"mailbox": _row(address).address}, by=me().uid)
    ring_after("operations")
    return operation(asked)


def _row(address: str, *, off: bool = False) -> Row:
    row = mailbox_at(db(), address[:320])
    if row is None or not may_see_mailbox(db(), me(), row) or not (row.active or off):
        raise Unknown(N_("There is no such mailbox."))
    return row


def _save(row: Row, given: MailboxChange, change: str) -> None:
    named = given.named()
    apart = APART if change == "edited" else (*APART, "name")
    edit_mailbox(db(), row, parted({n: value for n, value in named.items() if n not in apart}), by=me(), change=change)
    if row.oauth_provider and not row.oauth_client:
        raise Refused(N_("Signing in at the provider needs the application that was registered there."),
                      {"oauth_client": N_("Give the application’s client id.")})
    if "address" in named or "aliases" in named:
        set_addresses(db(), row, named.get("address", row.address),
                      named.get("aliases", [alias.normalised for alias in row.aliases]))
    if "agents" in named or "teams" in named:
        agents = agents_named(given.agents, "agents") if "agents" in named else [a.agent for a in row.access if a.agent]
        teams = [team_named(name, "teams") for name in given.teams] if "teams" in named else [
            a.team for a in row.access if a.team]
        set_access(db(), row, agents, teams)
    row.raise_version()
    db().flush()
