"""Stages of sales: kept by an admin, taken over by sales with how likely they are, retired where some have them."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import contacts.sale_criteria  # noqa: F401 - the stage of a sale is among the criteria
from contacts.agent import Agent
from contacts.companies import new_company
from contacts.criteria import Asking, met, offered
from contacts.editing import create_person
from contacts.matter_kinds import SALES
from contacts.matter_lists import at_stages, matters
from contacts.matters import add_matter, delete_matter, edit_matter
from contacts.membership import add_members
from contacts.person import Person
from contacts.sale import STAGES, Sale, SaleStage
from contacts.stages import (
    bring_back,
    first_stage,
    move_stage,
    retire_stage,
    save_stage,
    stage_named,
    stages,
)
from core import schema
from core.clock import now
from core.database import Database
from core.errors import Conflict, Refused
from core.history import Change, FactRow
from core.i18n import gettext as _
from core.i18n import speaking


@pytest.fixture
def nora(db: Session) -> Agent:
    agent = Agent(email="nora@desk.example", name="Nora Vik", role="admin")
    db.add(agent)
    db.flush()
    return agent


def named(db: Session, said: str) -> SaleStage:
    stage = stage_named(db, said)
    assert stage is not None
    return stage


def test_a_fresh_desk_has_five(db: Session) -> None:
    assert [(stage.name, stage.probability) for stage in stages(db)] == list(STAGES)


def test_a_sale_takes_over_how_likely_its_stage_is_and_may_say_otherwise(db: Session, nora: Agent) -> None:
    trial = save_stage(db, None, {"name": " Trial  period ", "probability": 60}, by=nora)
    assert stages(db)[-1] is trial and trial.name == "Trial period"
    sale = add_matter(db, SALES, {"title": "Scanners"}, by=nora)
    assert (sale.stage, sale.probability) == (first_stage(db), 10)
    edit_matter(db, sale, {"stage_id": trial.id}, by=nora)
    assert sale.probability == 60
    edit_matter(db, sale, {"probability": 99}, by=nora)
    save_stage(db, trial, {"probability": 70}, by=nora)
    assert sale.probability == 99                                       # what a stage says later changes no sale
    edit_matter(db, sale, {"stage_id": named(db, "Offer sent").id, "probability": 55}, by=nora)
    assert sale.probability == 55
    said = db.execute(select(Change.before, Change.after).where(Change.field == "stage").order_by(Change.id)).all()
    assert [tuple(row) for row in said] == [("First contact", "Trial period"), ("Trial period", "Offer sent")]


def test_one_that_sales_have_is_retired_and_stays_on_them(db: Session, nora: Agent) -> None:
    trial = save_stage(db, None, {"name": "Trial", "probability": 60}, by=nora)
    sale = add_matter(db, SALES, {"title": "Scanners", "stage_id": trial.id}, by=nora)
    delete_matter(db, sale, by=nora)                                    # it may come back
    assert not retire_stage(db, trial, by=nora) and trial not in stages(db) and stages(db, retired=True)[-1] is trial
    assert edit_matter(db, sale, {"stage_id": trial.id, "title": "Four scanners"}, by=nora) == {"title": ("Scanners", "Four scanners")}
    with pytest.raises(Refused) as refused:
        add_matter(db, SALES, {"title": "Another", "stage_id": trial.id}, by=nora)
    assert "stage" in refused.value.errors
    bring_back(db, trial, by=nora)
    edit_matter(db, sale, {"stage_id": first_stage(db).id}, by=nora)
    assert retire_stage(db, trial, by=nora) and stage_named(db, "Trial") is None
    told = db.scalars(select(FactRow).where(FactRow.kind == "sale_stage.changed").order_by(FactRow.id))
    assert [fact.data["change"] for fact in told] == ["added", "retired", "restored", "deleted"]


def test_the_last_one_stays(db: Session, nora: Agent) -> None:
    for stage in list(stages(db))[1:]:
        assert retire_stage(db, stage, by=nora)
    with pytest.raises(Refused):
        retire_stage(db, first_stage(db), by=nora)


def test_the_order_is_the_admins(db: Session, nora: Agent) -> None:
    first, second, third, *_rest = stages(db)
    move_stage(db, third, 0, by=nora)
    assert stages(db)[:3] == [third, first, second] and add_matter(db, SALES, {"title": "x"}, by=nora).stage is third
    move_stage(db, third, 99, by=nora)
    assert stages(db)[-1] is third
    move_stage(db, first, -1, by=nora)                                  # is there already
    told = db.scalars(select(FactRow).where(FactRow.kind == "sale_stage.changed"))
    assert [fact.data["change"] for fact in told] == ["moved", "moved"]


@pytest.mark.parametrize(("given", "wrong"), [
    ({"name": " "}, "name"), ({"name": "\u200b"}, "name"), ({"name": "Offer\u200b sent"}, "name"), ({"name": "x" * 81}, "name"), ({"name": "offer SENT"}, "name"), ({"probability": 101}, "probability"),
    ({"probability": -1}, "probability")])
def test_what_is_no_stage(db: Session, nora: Agent, given: dict[str, object], wrong: str) -> None:
    with pytest.raises(Refused) as refused:
        save_stage(db, None, {"name": "Trial", "probability": 50} | given, by=nora)
    assert list(refused.value.errors) == [wrong]


def test_a_faster_colleague_and_a_name_that_comes_back_in_another_language(
    db: Session, nora: Agent, monkeypatch: pytest.MonkeyPatch,
) -> None:
    offer = named(db, "Offer sent")
    monkeypatch.setattr("contacts.sale._", lambda said: {"Offer sent": "Tilbud sendt"}.get(said, said))
    assert stage_named(db, "tilbud sendt") is offer is stage_named(db, offer.uid)
    save_stage(db, offer, {"name": "Tilbud sendt", "probability": 40}, by=nora, version=1)
    assert (offer.name, offer.probability) == ("Offer sent", 40)
    with pytest.raises(Conflict):
        save_stage(db, offer, {"probability": 30}, by=nora, version=1)
    with pytest.raises(Refused):
        save_stage(db, None, {"name": "Tilbud sendt", "probability": 40}, by=nora)


def test_an_admins_own_words_are_not_translated(db: Session, nora: Agent) -> None:
    """Also where the desk says the same of something else."""
    deleted = save_stage(db, None, {"name": "Deleted", "probability": 5}, by=nora)
    with speaking("nb"):
        assert _("Deleted") != deleted.label == "Deleted" and named(db, "Offer sent").label == _("Offer sent") != "Offer sent"
        assert stage_named(db, _("Deleted")) is None


def test_lists_and_selections_go_by_it(db: Session, nora: Agent) -> None:
    nordlys = new_company(db, {"name": "Nordlys AS"}, by=nora)
    eva, mads, ole = (create_person(db, {"last_name": name}, by=nora, employments=[{"company": nordlys}]) for name in ("Lie", "Moe", "Ruud"))
    offer, needs = named(db, "Offer sent"), named(db, "Needs known")
    sale = add_matter(db, SALES, {"title": "Scanners", "person_id": eva.id, "company_id": nordlys.id, "stage_id": offer.id}, by=nora)
    add_members(db, sale, [mads.uid], by=nora)
    add_matter(db, SALES, {"title": "Labels", "person_id": ole.id, "stage_id": offer.id, "state": "lost"}, by=nora)
    assert [one.title for one in matters(db, SALES, at_stages([offer.uid, needs.uid]), states=["open"]).rows] == ["Scanners"]
    assert matters(db, SALES, at_stages([needs.uid])).rows == []

    def found(op: str, value: str = "", of: str = "persons") -> set[str]:
        kind = Person if of == "persons" else type(nordlys)
        condition = met(Asking(db, nora, now()), of, [{"field": "sale_stage", "op": op, "value": value}])
        return {one.name for one in db.scalars(select(kind).where(condition))}

    assert found("is", offer.uid) == found("filled") == {"Lie", "Moe"} and found("is", needs.uid) == set()
    assert found("is_not", offer.uid) == found("empty") == {"Ruud"}
    assert found("is", offer.uid, "companies") == {"Nordlys AS"} and found("is_not", offer.uid, "companies") == set()
    [criterion] = [one for one in offered(db, "persons") if one.name == "sale_stage"]
    assert criterion.choices and (offer.uid, "Offer sent") in criterion.choices(db)


def test_sales_and_histories_from_before_keep_their_stage(fresh_database: Database) -> None:
    """A desk whose stages were fixed is upgraded, members and all."""
    with fresh_database.write() as db:
        nora = Agent(email="nora@desk.example", name="Nora Vik")
        db.add(nora)
        db.flush()
        sale = add_matter(db, SALES, {"title": "Scanners", "stage_id": named(db, "Negotiation").id}, by=nora)
        edit_matter(db, sale, {"stage_id": named(db, "Offer sent").id}, by=nora)
        add_members(db, sale, [create_person(db, {"last_name": "Lie"}, by=nora, exempt=True).uid], by=nora)
    with fresh_database.engine.execution_options(skranke="write").begin() as connection:
        command.downgrade(schema.config(connection), "0004-1")
        assert connection.execute(text("SELECT stage, probability FROM sales")).all() == [("offer", 50)]
        assert connection.execute(text("SELECT before, after FROM changes WHERE field = 'stage'")).all() == [("negotiation", "offer")]
    schema.upgrade(fresh_database)
    with fresh_database.read() as db:
        sale = db.scalars(select(Sale)).one()
        assert (sale.stage.name, sale.probability) == ("Offer sent", 50)
        assert db.execute(select(Change.before, Change.after).where(Change.field == "stage")).one() == ("Negotiation", "Offer sent")
        assert db.scalar(text("SELECT count(*) FROM sale_members")) == 1
