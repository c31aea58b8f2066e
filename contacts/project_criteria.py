"""What selections of projects may go by: what stands on the project, its company, and who takes part."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, select

from contacts.agent import Agent
from contacts.company import Business, Category, Company
from contacts.criteria import Asking, Criterion, offer
from contacts.person import Employment, Person
from contacts.person_criteria import (
    COMPANY,
    choice_of,
    date_of,
    day_of,
    itself,
    name_of,
    rows_of,
    text_of,
    through,
    words_of,
)
from contacts.project import OPEN, Project, ProjectMember
from core.i18n import N_, local

PROJECT, MEMBERS = N_("Project"), N_("Who takes part")
_LIVING = (Person.binned_at.is_(None), Person.merged_into_id.is_(None))
_FOR = through(select(Company.id).where(Company.binned_at.is_(None)), Company.id, Project.company_id)
_WITH = through(select(Person.id).where(*_LIVING), Person.id, Project.person_id)
_JOINED = select(ProjectMember.matter_id).join(Person, Person.id == ProjectMember.person_id).where(*_LIVING)
_MEMBER = through(_JOINED, ProjectMember.matter_id, Project.id)
_FROM = through(_JOINED.join(Employment, Employment.person_id == Person.id).join(Company, Company.id == Employment.company_id).where(
    Employment.ended_on.is_(None), Company.binned_at.is_(None)), ProjectMember.matter_id, Project.id)


def _overdue(asking: Asking, _op: str, _value: Any, negated: bool) -> ColumnElement[bool]:
    """It goes on although its last day is past."""
    return itself(and_(Project.state.in_(OPEN), Project.ends_on < local(asking.at).date()), negated)


offer(
    Criterion("projects", "name", N_("Name"), PROJECT, "text", name_of(Project, "project_search")),
    Criterion("projects", "text", N_("Text"), PROJECT, "text", text_of(Project.text)),
    Criterion("projects", "state", N_("State"), PROJECT, "choice", choice_of(Project.state),
              words_of(planned=N_("Planned"), open=N_("Open"), done=N_("Done"), cancelled=N_("Called off"))),
    Criterion("projects", "owner", N_("Owner"), PROJECT, "choice", choice_of(Project.owner_id, Agent), rows_of(Agent)),
    Criterion("projects", "starts_on", N_("First day"), PROJECT, "date", date_of(Project.starts_on)),
    Criterion("projects", "ends_on", N_("Last day"), PROJECT, "date", date_of(Project.ends_on)),
    Criterion("projects", "overdue", N_("Goes on past its last day"), PROJECT, "yes", _overdue),
    Criterion("projects", "created", N_("Created"), PROJECT, "day", day_of(Project.created_at)),
    Criterion("projects", "company", N_("Company’s name"), COMPANY, "text", name_of(Company, "company_search", _FOR)),
    Criterion("projects", "company_category", N_("Company’s category"), COMPANY, "choice", choice_of(Company.category_id, Category, _FOR), rows_of(Category)),
    Criterion("projects", "company_business", N_("Company’s business"), COMPANY, "choice", choice_of(Company.business_id, Business, _FOR), rows_of(Business)),
    Criterion("projects", "company_our_contact", N_("Company’s our contact"), COMPANY, "choice", choice_of(Company.our_contact_id, Agent, _FOR), rows_of(Agent)),
    Criterion("projects", "person", N_("Contact’s name"), MEMBERS, "text", name_of(Person, "person_search", _WITH)),
    Criterion("projects", "member", N_("Name of one who takes part"), MEMBERS, "text", name_of(Person, "person_search", _MEMBER)),
    Criterion("projects", "member_company", N_("Company of one who takes part"), MEMBERS, "text", name_of(Company, "company_search", _FROM)),
)
