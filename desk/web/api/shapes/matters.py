"""Sales, projects, campaigns and orders as the API gives them and takes them; alike in all four."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from contacts.matter import Matter
from contacts.matter_kinds import KINDS, kind_of
from contacts.matter_lists import at_stages, matters, of_agent, of_company, of_person
from contacts.matters import matter_called
from contacts.membership import members_of
from contacts.order_lines import Line
from desk.web.api.finding import agent_named, company_named, in_selection, person_named, stage_named
from desk.web.api.paging import Listed, Page, cut, key_of, written
from desk.web.api.schemas import matters as schemas
from desk.web.api.schemas.matters import MattersAsked, ProjectsAsked, SalesAsked
from desk.web.requests import db

SHAPES: dict[str, Any] = {"sales": schemas.Sale, "projects": schemas.Project, "campaigns": schemas.Campaign, "orders": schemas.Order}
#: Field of the API → column, where they are called differently; by kind.
SAID_AS = {"sales": {"expected_on": "at"}, "orders": {"ordered_on": "at"}, "projects": {"name": "title"}, "campaigns": {"name": "title"}}
GIVEN = ("id", "number", "total", "over_at", "created_at", "version")


def listed(key: str, asked: MattersAsked) -> Listed[Any]:
    """A page of them, the newest first."""
    kind, fits = KINDS[key], []
    if asked.owner:
        fits.append(of_agent(kind, agent_named(asked.owner, "owner")))
    if asked.person:
        fits.append(of_person(kind, person_named(asked.person, "person")))
    if asked.company:
        fits.append(of_company(kind, company_named(asked.company, "company")))
    if isinstance(asked, ProjectsAsked):
        fits += in_selection(asked.selection, key)
    if isinstance(asked, SalesAsked) and asked.stage:
        fits.append(at_stages([stage_named(asked.stage, "stage").uid]))
    states = [name for name in asked.state.split(",") if name]
    found = matters(db(), kind, *fits, states=states, query=asked.q or "", before=key_of(asked.cursor), limit=asked.most)
    return _page([shown(one) for one in found.rows], written(found.next) if found.next else None, SHAPES[key])


def shown(one: Any) -> Any:
    """One as the API gives it; who is deleted is not named."""
    db().flush()
    kind = kind_of(one)
    found = {"id": one.uid, "text": one.text, "state": one.state, "owner": one.owner.email if one.owner else None, "over_at": one.over_at,
             "created_at": one.created_at, "version": one.version}
    if kind.customer:
        found |= {"person_id": one.person.uid if one.person and one.person.living else None,
                  "company_id": one.company.uid if one.company and one.company.binned_at is None else None}
    day = one.at.date() if "at" in kind.fields and one.at else None
    match kind.of:
        case "sale":
            found |= {name: getattr(one, name) for name in ("title", "amount", "currency", "probability")} | {"stage": one.stage.label, "expected_on": day}
        case "order":
            found |= {name: getattr(one, name) for name in ("title", "number", "currency", "total")} | {"ordered_on": day, "lines": [
                schemas.OrderLine(text=row.text, quantity=row.quantity / 1000, price=row.price, amount=row.amount) for row in one.lines]}
        case _:
            found |= {"name": one.title, "starts_on": one.starts_on, "ends_on": one.ends_on}
    return SHAPES[kind.key](**found)


def read(key: str, given: Any) -> tuple[dict[str, Any], list[Line] | None]:
    """Fields as the services take them, and the lines of an order where they are given."""
    named = {name: value for name, value in given.named().items() if name not in GIVEN}
    lines = [Line(row.text, round(row.quantity * 1000), row.price) for row in named.pop("lines")] if "lines" in named else None
    if "owner" in named:
        owner = named.pop("owner")
        named["owner_id"] = agent_named(owner, "owner").id if owner else None
    for name, find in (("person_id", person_named), ("company_id", company_named)):
        if name in named:
            named[name] = find(named[name], name).id if named[name] else None
    if "stage" in named:
        named["stage_id"] = stage_named(named.pop("stage"), "stage").id
    fields = {SAID_AS[key].get(name, name): value for name, value in named.items()}
    if isinstance(fields.get("at"), date):
        fields["at"] = datetime.combine(fields["at"], time(12), UTC)
    return fields, lines


def members(key: str, uid: str, asked: Page, shape: Any) -> Listed[Any]:
    """A page of who takes part, who joined last first."""
    matter = matter_called(db(), key, uid)
    rows, following = cut(members_of(db(), matter, before=key_of(asked.cursor), limit=asked.most), asked.most, lambda row: row.id)
    return _page([member(matter, row) for row in rows], following, shape)


def member(matter: Matter, row: Any) -> Any:
    """One of them."""
    db().flush()
    standing = kind_of(matter).standing
    shape: Any = schemas.CampaignMember if standing == "status" else schemas.Member
    return shape(id=row.uid, person_id=row.person.uid, **{standing: getattr(row, standing)})


def _page(items: list[Any], following: str | None, shape: Any) -> Listed[Any]:
    kind: Any = Listed
    made: Listed[Any] = kind[shape](items=items, next=following)
    return made
