"""Projects: finding, making, changing, deleting, restoring, and who takes part."""

from __future__ import annotations

from contacts.matter_kinds import PROJECTS
from contacts.matters import add_matter, delete_matter, edit_matter, matter_called
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
    NewProject,
    Project,
    ProjectChange,
    ProjectsAsked,
)
from desk.web.api.shapes.matters import listed, member, members, read, shown
from desk.web.requests import db


@get("/projects", refuses=(404,))
def index(asked: ProjectsAsked) -> Listed[Project]:
    """Projects, the newest first."""
    return listed("projects", asked)


@post("/projects", status=201)
def create(given: NewProject) -> Project:
    """A project."""
    fields, _lines = read("projects", given)
    made: Project = shown(add_matter(db(), PROJECTS, fields, by=me()))
    return made


@get("/projects/<uid:uid>")
def show(uid: str) -> Project:
    """A project."""
    found: Project = shown(matter_called(db(), "projects", uid))
    return found


@patch("/projects/<uid:uid>")
def update(uid: str, given: ProjectChange) -> Project:
    """Change the fields that are given."""
    matter = matter_called(db(), "projects", uid)
    versions.unmoved(matter.version)
    fields, _lines = read("projects", given)
    edit_matter(db(), matter, fields, by=me())
    found: Project = shown(matter)
    return found


@delete("/projects/<uid:uid>", refuses=(403,))
def destroy(uid: str) -> None:
    """Delete one's own, or as an admin anybody's, with its members and notes. It cannot be restored."""
    matter = matter_called(db(), "projects", uid)
    versions.unmoved(matter.version)
    delete_matter(db(), matter, by=me())


@get("/projects/<uid:uid>/members")
def members_index(uid: str, asked: Page) -> Listed[Member]:
    """Who takes part, who joined last first."""
    return members("projects", uid, asked, Member)


@post("/projects/<uid:uid>/members")
def members_create(uid: str, given: NewMembers) -> Joined:
    """Let these persons take part."""
    return Joined(added=add_members(db(), matter_called(db(), "projects", uid), given.person_ids, standing=given.role, by=me()))


@patch("/projects/<uid:uid>/members/<uid:mid>")
def members_update(uid: str, mid: str, given: MemberChange) -> Member:
    """As what the person takes part."""
    matter = matter_called(db(), "projects", uid)
    row = member_called(db(), matter, mid)
    if "role" in given.model_fields_set:
        change_member(db(), matter, row, given.role, by=me())
    found: Member = member(matter, row)
    return found


@delete("/projects/<uid:uid>/members/<uid:mid>")
def members_destroy(uid: str, mid: str) -> None:
    """Take a person out."""
    matter = matter_called(db(), "projects", uid)
    remove_member(db(), matter, member_called(db(), matter, mid), by=me())
