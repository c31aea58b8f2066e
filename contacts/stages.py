"""Stages of sales: an admin adds, renames and orders them, says how likely a sale is in each, and retires those that some have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.facts import SaleStageChanged
from contacts.sale import Sale, SaleStage
from core.clock import now
from core.database import take_turns
from core.errors import Conflict, Refused, Unknown
from core.history import record
from core.i18n import N_
from core.naming import name_of
from core.placing import put_at

FIELDS = ("name", "probability")
LONGEST_NAME, MOST = 80, 50


def stages(db: Session, *, retired: bool = False) -> Sequence[SaleStage]:
    """The stages that are offered, in order; with ``retired`` also the others, at the end."""
    query = select(SaleStage) if retired else select(SaleStage).where(SaleStage.retired_at.is_(None))
    return db.scalars(query.order_by(SaleStage.retired_at.is_not(None), SaleStage.place, SaleStage.id)).all()


def first_stage(db: Session) -> SaleStage:
    """The stage of a sale of which nothing else is said."""
    return stages(db)[0]


def stage_called(db: Session, uid: str) -> SaleStage:
    """The stage with this uid. Raises Unknown."""
    stage = db.scalar(select(SaleStage).where(SaleStage.uid == uid))
    if stage is None:
        raise Unknown(N_("There is no such stage."))
    return stage


def stage_named(db: Session, said: str) -> SaleStage | None:
    """The stage with this uid or name, as it is kept or as the reader sees it; those that are offered come first."""
    wanted = " ".join(said.split()).lower()
    return next((one for one in stages(db, retired=True) if wanted in (one.uid, one.name.lower(), one.label.lower())), None)


def save_stage(db: Session, stage: SaleStage | None, fields: Mapping[str, Any], *, by: Agent, version: int | None = None) -> SaleStage:
    """Make a stage, offered last, or change one; sales keep the probability they have. A name sent back as it was shown changes nothing.

    Raises Conflict when a colleague was faster, and Refused with what is wrong of each field.
    """
    if stage is not None:
        unmoved(stage, version)
    made = stage or SaleStage(name="", probability=0)
    wanted = {name: fields.get(name, getattr(made, name)) for name in FIELDS}
    typed = name_of(wanted["name"])
    wanted["name"] = made.name if made.name and typed == made.label else typed
    _check(db, stage, wanted)
    changes = {name: (getattr(made, name), value) for name, value in wanted.items() if stage is None or getattr(made, name) != value}
    for name, (_before, value) in changes.items():
        setattr(made, name, value)
    if stage is None:
        made.place = (db.scalar(select(func.max(SaleStage.place))) or 0) + 1
        db.add(made)
    db.flush()
    if changes:
        record(db, SaleStageChanged(made.uid, "edited" if stage else "added"), by=by.uid, changes=changes)
    return made


def move_stage(db: Session, stage: SaleStage, to: int, *, by: Agent) -> None:
    """Let a stage stand at this place among those that are offered, counted from 0."""
    if put_at(db, stages(db), stage, to):
        record(db, SaleStageChanged(stage.uid, "moved"), by=by.uid)


def retire_stage(db: Session, stage: SaleStage, *, by: Agent, keep: bool = False) -> bool:
    """Offer it no longer. One that no sale has is deleted unless it is to be kept, which is answered by True. Raises Refused for the last one
    that is offered."""
    take_turns(db, "sale_stages")
    db.refresh(stage, with_for_update=True)             # a sale that is being given it is waited for
    if stage.retired_at is None and len(stages(db)) == 1:
        raise Refused(N_("A sale must have a stage. Add another one first."))
    if keep or in_use(db, stage):
        if stage.retired_at is None:
            stage.retired_at = now()
            db.flush()
            record(db, SaleStageChanged(stage.uid, "retired"), by=by.uid)
        return False
    record(db, SaleStageChanged(stage.uid, "deleted"), by=by.uid, changes={"name": (stage.name, None)})
    db.delete(stage)
    db.flush()
    return True


def bring_back(db: Session, stage: SaleStage, *, by: Agent) -> None:
    """Offer a retired one again."""
    if stage.retired_at is not None:
        stage.retired_at = None
        db.flush()
        record(db, SaleStageChanged(stage.uid, "restored"), by=by.uid)


def in_use(db: Session, stage: SaleStage) -> bool:
    """Whether a sale has it, also one in the bin."""
    return db.scalar(select(Sale.id).where(Sale.stage_id == stage.id).limit(1)) is not None


def unmoved(stage: SaleStage, version: int | None) -> None:
    """Raises Conflict where a colleague has changed the stage since this version."""
    if version is not None and stage.version != version:
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))


def _check(db: Session, stage: SaleStage | None, wanted: Mapping[str, Any]) -> None:
    errors = {}
    with db.no_autoflush:
        others = [one for one in stages(db, retired=True) if one is not stage]
    if not 0 < len(wanted["name"]) <= LONGEST_NAME:
        errors["name"] = N_("Give a name of at most 80 characters.")
    elif wanted["name"].lower() in {name.lower() for one in others for name in (one.name, one.label)}:
        errors["name"] = N_("This name is taken.")
    elif stage is None and len(others) >= MOST:
        errors["name"] = N_("There are 50 stages already.")
    if not isinstance(wanted["probability"], int) or not 0 <= wanted["probability"] <= 100:
        errors["probability"] = N_("Between 0 and 100.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
