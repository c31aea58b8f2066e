"""Sales: finding, making, changing, deleting, restoring, and who takes part."""

from __future__ import annotations

from contacts.matter_kinds import SALES
from contacts.matters import add_matter, delete_matter, edit_matter, matter_called, restore_matter
from contacts.membership import add_members, change_member, member_called, remove_member
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.paging import Listed, Page
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.matters import (
    Joined,
    Member,
    MemberChange,
    NewMembers,
    NewSale,
    Sale,
    SaleChange,
    SalesAsked,
)
from desk.web.api.shapes.matters import listed, member, members, read, shown
from desk.web.requests import db


@get("/sales")
def index(asked: SalesAsked) -> Listed[Sale]:
    """Sales, the newest first."""
    return listed("sales", asked)


@post("/sales", status=201)
def create(given: NewSale) -> Sale:
    """A sale."""
    fields, _lines = read("sales", given)
    made: Sale = shown(add_matter(db(), SALES, fields, by=me()))
    return made


@get("/sales/<uid:uid>")
def show(uid: str) -> Sale:
    """A sale."""
    found: Sale = shown(matter_called(db(), "sales", uid))
    return found


@patch("/sales/<uid:uid>")
def update(uid: str, given: SaleChange) -> Sale:
    """Change the fields that are given."""
    matter = matter_called(db(), "sales", uid)
    versions.unmoved(matter.version)
    fields, _lines = read("sales", given)
    edit_matter(db(), matter, fields, by=me())
    found: Sale = shown(matter)
    return found


@delete("/sales/<uid:uid>", refuses=(403,))
def destroy(uid: str) -> None:
    """Delete one's own, or as an admin anybody's; it can be restored for some days."""
    matter = matter_called(db(), "sales", uid)
    versions.unmoved(matter.version)
    delete_matter(db(), matter, by=me())


@post("/sales/<uid:uid>/restore", refuses=(403,))
def restore(uid: str) -> Sale:
    """Bring a deleted one back."""
    matter = matter_called(db(), "sales", uid, binned=True)
    restore_matter(db(), matter, by=me())
    found: Sale = shown(matter)
    return found


@get("/sales/<uid:uid>/members")
def members_index(uid: str, asked: Page) -> Listed[Member]:
    """Who takes part, who joined last first."""
    return members("sales", uid, asked, Member)


@post("/sales/<uid:uid>/members")
def members_create(uid: str, given: NewMembers) -> Joined:
    """Let these persons take part."""
    return Joined(added=add_members(db(), matter_called(db(), "sales", uid), given.person_ids, standing=given.role, by=me()))


@patch("/sales/<uid:uid>/members/<uid:mid>")
def members_update(uid: str, mid: str, given: MemberChange) -> Member:
    """As what the person takes part."""
    matter = matter_called(db(), "sales", uid)
    row = member_called(db(), matter, mid)
    if "role" in given.model_fields_set:
        change_member(db(), matter, row, given.role, by=me())
    found: Member = member(matter, row)
    return found


@delete("/sales/<uid:uid>/members/<uid:mid>")
def members_destroy(uid: str, mid: str) -> None:
    """Take a person out."""
    matter = matter_called(db(), "sales", uid)
    remove_member(db(), matter, member_called(db(), matter, mid), by=me())
