"""What the form of a sale, a campaign, a project or an order posted: days, amounts, who it is with, and the lines of an order."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request
from sqlalchemy import select

from contacts.agent import Agent
from contacts.masking import called_instead
from contacts.matter_kinds import Kind
from contacts.order_lines import MOST, Line
from contacts.person import Person
from contacts.sale import SaleStage
from core import money
from core.errors import Refusals, Refused
from core.i18n import N_
from desk.web.chosen import chosen_id
from desk.web.company_field import begun_company
from desk.web.day_field import typed_day
from desk.web.forms import posted, whole
from desk.web.person_field import typed_person
from desk.web.requests import db


def posted_fields(kind: Kind) -> tuple[dict[str, Any], list[Line]]:
    """The fields, and of an order its lines. Raises Refused with what is wrong with each."""
    wrong = Refusals()
    found: dict[str, Any] = {"title": posted("title"), "text": posted("text"), "state": posted("state"), "owner_id": chosen_id(Agent, "owner")}
    if kind.customer:
        person, company = wrong(_person), wrong(begun_company, posted("company"), posted("company_uid"))
        found |= {"person_id": person.id if person else None, "company_id": company.id if company else None}
    for name in ("starts_on", "ends_on", "at"):
        if name in kind.fields:
            found[name] = wrong(typed_day, posted(name), name)
    if found.get("at"):
        found["at"] = datetime.combine(found["at"], time(12), UTC)
    currency = posted("currency").upper()
    if "currency" in kind.fields:
        found["currency"] = currency
    if kind.of == "sale":
        found |= {**(wrong(_stage) or {}), "amount": wrong(_amount, "amount", posted("amount"), currency), **(wrong(_probability) or {})}
    lines = (wrong(_lines, currency) or []) if kind.of == "order" else []
    wrong.settle()
    return {name: value for name, value in found.items() if name != "state" or value}, lines


def rows() -> list[dict[str, str]]:
    """The lines of an order as they were typed, those with anything in them."""
    columns = [request.form.getlist(f"line_{name}") for name in ("text", "quantity", "price")]
    found = [dict(zip(("text", "quantity", "price"), (value.strip() for value in values), strict=True)) for values in zip(*columns, strict=False)]
    return [row for row in found if row["text"] or row["price"]][:MOST + 1]


def _person() -> Person | None:
    """The person of the name or address that was typed; the one the form began with, while the name stands."""
    text, uid = posted("person"), posted("person_uid")
    begun = db().scalar(select(Person).where(Person.uid == uid)) if text and uid else None
    return begun if begun is not None and (begun.name if begun.binned_at is None else called_instead(begun)) == text else typed_person(text, "person")


def _amount(field: str, text: str, currency: str) -> int | None:
    try:
        return money.read(text, currency) if text and money.known(currency) else None
    except Refused as error:
        raise Refused(N_("Some fields cannot be saved like this."), {field: error.sentence}) from error


def _stage() -> dict[str, int]:
    """Left out: the first of those that are offered, or the one that the sale has."""
    if not posted("stage"):
        return {}
    stage = db().scalar(select(SaleStage).where(SaleStage.uid == posted("stage")))
    if stage is None:
        raise Refused(N_("Some fields cannot be saved like this."), {"stage": N_("Choose one of those offered.")})
    return {"stage_id": stage.id}


def _probability() -> dict[str, int]:
    """Left empty: as the stage says."""
    if not posted("probability"):
        return {}
    found = whole(posted("probability"))
    if found is None or found > 100:
        raise Refused(N_("Some fields cannot be saved like this."), {"probability": N_("Between 0 and 100.")})
    return {"probability": found}


def _lines(currency: str) -> list[Line]:
    wrong = Refusals()
    found = [wrong(_line, n, row, currency) for n, row in enumerate(rows())]
    wrong.settle()
    return [line for line in found if line is not None]


def _line(n: int, row: dict[str, str], currency: str) -> Line:
    try:
        quantity = int(Decimal((row["quantity"] or "1").replace(",", ".").replace(" ", "")).scaleb(3).to_integral_value())
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise Refused(N_("Some fields cannot be saved like this."), {f"lines.{n}": N_("Write how many, such as 2 or 1,5.")}) from error
    return Line(row["text"], quantity, _amount(f"lines.{n}", row["price"], currency) or 0)
