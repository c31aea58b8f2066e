"""Persons whom the sender of a held ticket is not."""

from __future__ import annotations

from contacts.editing import person_called
from desk.tickets.ruling_out import rule_in, rule_out
from desk.web.api.bearer import me
from desk.web.api.finding import the_ticket
from desk.web.api.routing import delete, put
from desk.web.requests import db


@put("/tickets/<int:number>/rejections/<uid:pid>", status=204, moves=True)
def update(number: int, pid: str) -> None:
    """The sender is not this person, who is no candidate for the address any more."""
    rule_out(db(), the_ticket(number), person_called(db(), pid), by=me())


@delete("/tickets/<int:number>/rejections/<uid:pid>", moves=True)
def destroy(number: int, pid: str) -> None:
    """The sender may be this person after all."""
    rule_in(db(), the_ticket(number), person_called(db(), pid), by=me())
