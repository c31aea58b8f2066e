"""Orders: finding, making, changing, deleting, restoring."""

from __future__ import annotations

from contacts.matter_kinds import ORDERS
from contacts.matters import add_matter, delete_matter, edit_matter, matter_called, restore_matter
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.paging import Listed
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.matters import MattersAsked, NewOrder, Order, OrderChange
from desk.web.api.shapes.matters import listed, read, shown
from desk.web.requests import db


@get("/orders")
def index(asked: MattersAsked) -> Listed[Order]:
    """Orders, the newest first."""
    return listed("orders", asked)


@post("/orders", status=201)
def create(given: NewOrder) -> Order:
    """An order."""
    fields, lines = read("orders", given)
    made: Order = shown(add_matter(db(), ORDERS, fields, lines=lines or (), by=me()))
    return made


@get("/orders/<uid:uid>")
def show(uid: str) -> Order:
    """An order."""
    found: Order = shown(matter_called(db(), "orders", uid))
    return found


@patch("/orders/<uid:uid>")
def update(uid: str, given: OrderChange) -> Order:
    """Change the fields that are given."""
    matter = matter_called(db(), "orders", uid)
    versions.unmoved(matter.version)
    fields, lines = read("orders", given)
    edit_matter(db(), matter, fields, lines=lines, by=me())
    found: Order = shown(matter)
    return found


@delete("/orders/<uid:uid>", refuses=(403,))
def destroy(uid: str) -> None:
    """Delete one's own, or as an admin anybody's; it can be restored for some days."""
    matter = matter_called(db(), "orders", uid)
    versions.unmoved(matter.version)
    delete_matter(db(), matter, by=me())


@post("/orders/<uid:uid>/restore", refuses=(403,))
def restore(uid: str) -> Order:
    """Bring a deleted one back."""
    matter = matter_called(db(), "orders", uid, binned=True)
    restore_matter(db(), matter, by=me())
    found: Order = shown(matter)
    return found
