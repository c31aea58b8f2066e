"""Campaigns: finding, making, changing, deleting, restoring, and who takes part."""

from __future__ import annotations

from contacts.matter_kinds import CAMPAIGNS
from contacts.matters import add_matter, delete_matter, edit_matter, matter_called, restore_matter
from contacts.membership import add_members, change_member, member_called, remove_member
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.paging import Listed, Page
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.matters import (
    Campaign,
    CampaignChange,
    CampaignMember,
    CampaignMemberChange,
    Joined,
    MattersAsked,
    NewCampaign,
    NewCampaignMembers,
)
from desk.web.api.shapes.matters import listed, member, members, read, shown
from desk.web.requests import db


@get("/campaigns")
def index(asked: MattersAsked) -> Listed[Campaign]:
    """Campaigns, the newest first."""
    return listed("campaigns", asked)


@post("/campaigns", status=201)
def create(given: NewCampaign) -> Campaign:
    """A campaign."""
    fields, _lines = read("campaigns", given)
    made: Campaign = shown(add_matter(db(), CAMPAIGNS, fields, by=me()))
    return made


@get("/campaigns/<uid:uid>")
def show(uid: str) -> Campaign:
    """A campaign."""
    found: Campaign = shown(matter_called(db(), "campaigns", uid))
    return found


@patch("/campaigns/<uid:uid>")
def update(uid: str, given: CampaignChange) -> Campaign:
    """Change the fields that are given."""
    matter = matter_called(db(), "campaigns", uid)
    versions.unmoved(matter.version)
    fields, _lines = read("campaigns", given)
    edit_matter(db(), matter, fields, by=me())
    found: Campaign = shown(matter)
    return found


@delete("/campaigns/<uid:uid>", refuses=(403,))
def destroy(uid: str) -> None:
    """Delete one's own, or as an admin anybody's; it can be restored for some days."""
    matter = matter_called(db(), "campaigns", uid)
    versions.unmoved(matter.version)
    delete_matter(db(), matter, by=me())


@post("/campaigns/<uid:uid>/restore", refuses=(403,))
def restore(uid: str) -> Campaign:
    """Bring a deleted one back."""
    matter = matter_called(db(), "campaigns", uid, binned=True)
    restore_matter(db(), matter, by=me())
    found: Campaign = shown(matter)
    return found


@get("/campaigns/<uid:uid>/members")
def members_index(uid: str, asked: Page) -> Listed[CampaignMember]:
    """Who takes part, who joined last first."""
    return members("campaigns", uid, asked, CampaignMember)


@post("/campaigns/<uid:uid>/members")
def members_create(uid: str, given: NewCampaignMembers) -> Joined:
    """Let these persons take part."""
    return Joined(added=add_members(db(), matter_called(db(), "campaigns", uid), given.person_ids, standing=given.status, by=me()))


@patch("/campaigns/<uid:uid>/members/<uid:mid>")
def members_update(uid: str, mid: str, given: CampaignMemberChange) -> CampaignMember:
    """How far it has come."""
    matter = matter_called(db(), "campaigns", uid)
    row = member_called(db(), matter, mid)
    if "status" in given.model_fields_set:
        change_member(db(), matter, row, given.status, by=me())
    found: CampaignMember = member(matter, row)
    return found


@delete("/campaigns/<uid:uid>/members/<uid:mid>")
def members_destroy(uid: str, mid: str) -> None:
    """Take a person out."""
    matter = matter_called(db(), "campaigns", uid)
    remove_member(db(), matter, member_called(db(), matter, mid), by=me())
