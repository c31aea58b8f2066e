"""The four kinds of matters: what each may hold, its states, and who takes part. A line here, and a kind joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contacts import campaign, order, project, sale
from contacts.matter import Matter

SHARED = ("title", "text", "state", "owner_id")
CUSTOMER = ("person_id", "company_id")


@dataclass(frozen=True, slots=True)
class Kind:
    """``key`` names its pages and its tables, ``of`` one of them. ``members`` is the table of who takes part, ``standing`` the column
    that says as what, ``standings`` what may be said there (anything where it names none)."""

    key: str
    of: str
    row: Any
    fields: tuple[str, ...]
    states: Sequence[str]
    open: Sequence[str]
    members: Any = None
    standing: str = ""
    standings: Sequence[str] = ()
    #: Deleted at once and for good (S72).
    final: bool = False

    @property
    def customer(self) -> bool:
        """Whether it is with a person or a company."""
        return "person_id" in self.fields


SALES = Kind("sales", "sale", sale.Sale, (*SHARED, *CUSTOMER, "stage_id", "amount", "currency", "probability", "at"), sale.STATES, sale.OPEN,
             sale.SaleMember, "role")
PROJECTS = Kind("projects", "project", project.Project, (*SHARED, *CUSTOMER, "starts_on", "ends_on"), project.STATES, project.OPEN,
                project.ProjectMember, "role", final=True)
CAMPAIGNS = Kind("campaigns", "campaign", campaign.Campaign, (*SHARED, "starts_on", "ends_on"), campaign.STATES, campaign.OPEN,
                 campaign.CampaignMember, "status", campaign.STATUSES)
ORDERS = Kind("orders", "order", order.Order, (*SHARED, *CUSTOMER, "currency", "at"), order.STATES, order.OPEN)
KINDS = {one.key: one for one in (SALES, CAMPAIGNS, PROJECTS, ORDERS)}
BY_NAME = {one.of: one for one in KINDS.values()}


def kind_of(matter: Matter) -> Kind:
    """Which of the four it is."""
    return KINDS[matter.__tablename__]  # type: ignore[attr-defined]
