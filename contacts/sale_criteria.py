"""What selections may go by of sales: the stage of one that is open, of a person who takes part too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.criteria import Asking, Condition, Criterion, offer
from contacts.person import Person
from contacts.person_criteria import Wrap, through
from contacts.sale import OPEN, Sale, SaleMember, SaleStage
from contacts.stages import stages
from core.i18n import N_

_OPEN = (Sale.binned_at.is_(None), Sale.state.in_(OPEN))
_WITH = through(select(Sale.person_id).where(Sale.person_id.is_not(None), *_OPEN), Sale.person_id, Person.id)
_IN = through(select(SaleMember.person_id).join(Sale, Sale.id == SaleMember.matter_id).where(*_OPEN), SaleMember.person_id, Person.id)
_AT = through(select(Sale.company_id).where(Sale.company_id.is_not(None), *_OPEN), Sale.company_id, Company.id)


def _stage(*ways: Wrap) -> Condition:
    def condition(_asking: Asking, op: str, value: Any, negated: bool) -> ColumnElement[bool]:
        at = Sale.stage_id == select(SaleStage.id).where(SaleStage.uid == value).scalar_subquery() if op == "is" else Sale.id.is_not(None)
        return or_(*(way(at, negated) for way in ways))
    return condition


def _stages(db: Session) -> Sequence[tuple[str, str]]:
    return [(stage.uid, stage.label) for stage in stages(db, retired=True)]


offer(*(Criterion(of, "sale_stage", N_("Stage of an open sale"), N_("Sales"), "choice", _stage(*ways), _stages)
        for of, ways in (("persons", (_WITH, _IN)), ("companies", (_AT,)))))
