"""A change of the policy that is not in force yet: each admin has at most one, tries it, then saves it or lets it go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.clock import now
from core.errors import Conflict, Refused
from core.i18n import N_
from core.operations import Operation, OperationItem
from core.options import option
from desk.policy import save_policy
from desk.simulating import DRAFT, OPTION, own_choices, proposal
from desk.switching import switch


def draft_of(db: Session, agent: Agent) -> Operation | None:
    """The change an admin is at, tried or not."""
    return db.scalar(select(Operation).where(Operation.kind == DRAFT, Operation.by_uid == agent.uid).order_by(Operation.id.desc()).limit(1))


def change(db: Session, agent: Agent, **changed: Any) -> Operation:
    """Change the draft, or begin one from what is in force: ``rules``, ``gifts``, ``choices``, ``days``. What was tried of it
    before is forgotten. Raises Refused for what could not be saved."""
    draft = draft_of(db, agent)
    given = dict(draft.given) if draft else {**proposal(db, {}), "choices_before": choices(db)}
    clean = proposal(db, {name: changed[name] for name in ("rules", "gifts", "days") if name in changed})
    given |= {name: clean[name] for name in ("rules", "gifts", "days") if name in changed}
    if "choices" in changed:
        given["choices"] = proposal(db, {"unknown_sender": changed["choices"].get("", ""), "mailboxes": {
            uid: value for uid, value in changed["choices"].items() if uid}})["choices"]
    if draft is None:
        draft = Operation(kind=DRAFT, by_uid=agent.uid, state="planned")
        db.add(draft)
    if draft.state in ("approved", "running"):
        raise Refused(N_("Your change is being tried. Wait for it, or stop it first."))
    draft.given, draft.state, draft.result, draft.reason, draft.done, draft.total = given, "planned", {}, None, 0, 0
    db.flush()
    db.execute(delete(OperationItem).where(OperationItem.operation_id == draft.id))
    return draft


def attempt(db: Session, agent: Agent, days: int) -> Operation:
    """Try the draft on the mails of the last days; the caller rings ``operations``."""
    draft = change(db, agent, days=days)
    draft.state, draft.due_at = "approved", now()
    db.flush()
    return draft


def stop(db: Session, draft: Operation) -> None:
    """Try it no further; the change stays."""
    if draft.state in ("approved", "running"):
        draft.state, draft.lease, draft.lease_until = "planned", "", None
        db.flush()


def discard(db: Session, draft: Operation) -> None:
    """Let it go."""
    db.delete(draft)
    db.flush()


def adopt(db: Session, draft: Operation, *, by: Agent) -> int:
    """Put it in force; the version it is now. Raises Conflict where something else has come into force meanwhile."""
    given = draft.given
    if given["choices_before"] != choices(db):
        raise Conflict(N_("A colleague has changed what happens to unknown senders meanwhile. Look at what holds now, then repeat your change."))
    saved = save_policy(db, given["rules"], given["gifts"], by=by, base=given["base"])
    for uid, value in _switched(given):
        switch(db, OPTION, value, uid, by=by)
    db.delete(draft)
    db.flush()
    return saved.version


def choices(db: Session) -> dict[str, str]:
    """What is chosen now, for the desk ("") and by mailboxes for themselves."""
    return {"": option(db, OPTION), **own_choices(db)}


def _switched(given: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """What of the choices differs: value by mailbox, None where the mailbox takes its own back."""
    before, after = given["choices_before"], given["choices"]
    return [(uid, after.get(uid)) for uid in sorted({*before, *after}) if before.get(uid) != after.get(uid)]
