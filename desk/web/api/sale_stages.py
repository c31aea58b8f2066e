"""Stages of sales. Everybody sees them; admins change them."""

from __future__ import annotations

from contacts.sale import SaleStage as Row
from contacts.stages import bring_back, retire_stage, save_stage, stage_called, stages
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.paging import Listed, Page, cut, key_of
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.matters import NewSaleStage, SaleStage, SaleStageChange
from desk.web.requests import db


@get("/sale-stages")
def index(asked: Page) -> Listed[SaleStage]:
    """The stages in their order, those out of use at the end."""
    page, following = cut([*enumerate(stages(db(), retired=True), 1)][key_of(asked.cursor) or 0:], asked.most, lambda row: row[0])
    return Listed[SaleStage](items=[_shown(row) for _n, row in page], next=following)


@post("/sale-stages", status=201, admin=True)
def create(given: NewSaleStage) -> SaleStage:
    """A stage."""
    return _shown(save_stage(db(), None, given.model_dump(), by=me()))


@get("/sale-stages/<uid:uid>")
def show(uid: str) -> SaleStage:
    """A stage."""
    return _shown(stage_called(db(), uid))


@patch("/sale-stages/<uid:uid>", admin=True)
def update(uid: str, given: SaleStageChange) -> SaleStage:
    """Change what is given; `retired` takes it out of what is offered, or puts it back."""
    stage, named = stage_called(db(), uid), given.named()
    versions.unmoved(stage.version)
    retired = named.pop("retired", None)
    save_stage(db(), stage, named, by=me())
    if retired is False:
        bring_back(db(), stage, by=me())
    elif retired:
        retire_stage(db(), stage, by=me(), keep=True)
    return _shown(stage)


@delete("/sale-stages/<uid:uid>", admin=True)
def destroy(uid: str) -> None:
    """Take it out of use: the sales that have it keep it. One that no sale has is deleted. The last that is offered stays."""
    stage = stage_called(db(), uid)
    versions.unmoved(stage.version)
    retire_stage(db(), stage, by=me())


def _shown(row: Row) -> SaleStage:
    db().flush()
    return SaleStage(id=row.uid, name=row.label, probability=row.probability, retired=row.retired_at is not None, version=row.version)
