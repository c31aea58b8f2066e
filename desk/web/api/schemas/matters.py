"""Sales, projects, campaigns and orders, and who takes part in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from desk.web.api.paging import Page
from desk.web.api.schemas.common import NO_NUL, ONE_LINE, Asked, Changes, Day, Given, Shape, Uid, Word

Title = Annotated[str, StringConstraints(max_length=200, pattern=ONE_LINE)]
Named = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=ONE_LINE)]
Body = Annotated[str, StringConstraints(max_length=20_000, pattern=NO_NUL)]
Role = Annotated[str, StringConstraints(max_length=80, pattern=ONE_LINE)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Amount = Annotated[int, Field(ge=0, le=10**15)]
Price = Annotated[int, Field(ge=-(10**15), le=10**15)]
StageName = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=ONE_LINE)]
Percent = Annotated[int, Field(ge=0, le=100)]
SaleState = Literal["open", "sold", "lost"]
State = Literal["planned", "open", "done", "cancelled"]
OrderState = Literal["draft", "confirmed", "delivered", "invoiced", "cancelled"]
Status = Literal["chosen", "contacted", "answered", "taking_part", "declined"]


class MattersAsked(Page):
    """Which of them: with any part of these words, of several states (`open,sold`), of an owner (by address or `me`), of a person (also
    where the person takes part), of a company."""

    q: Title | None = None
    state: Annotated[str, StringConstraints(max_length=80, pattern=r"^[a-z,]*$")] = ""
    owner: Word | None = None
    person: Uid | None = None
    company: Uid | None = None


class ProjectsAsked(MattersAsked):
    """Which projects; also those of a selection."""

    selection: Uid | None = None


class SalesAsked(MattersAsked):
    """Which sales: also of a stage (by name or id)."""

    stage: Word | None = None


class SaleStage(Shape):
    """A stage of sales, and how likely a sale in it is, in percent, unless somebody knows better. A retired one stays where it is."""

    id: str
    name: str
    probability: int
    retired: bool
    version: int


class NewSaleStage(Asked):
    """A stage, offered last."""

    name: StageName
    probability: Percent


class SaleStageChange(Changes):
    """What to change of a stage. Sales keep the probability they have."""

    name: StageName = ""
    probability: Percent = 0
    retired: bool = False


class Sale(Shape):
    """A sale. `amount` counts the smallest unit of `currency` (øre, cent). `stage` is its name. Without a `probability` it is as the stage
    says."""

    id: str
    title: str
    text: str
    state: SaleState
    stage: str
    amount: int | None
    currency: str
    probability: int
    expected_on: date | None
    owner: str | None
    person_id: str | None
    company_id: str | None
    over_at: datetime | None
    created_at: datetime
    version: int


class SaleChange(Changes):
    """Fields of a sale; what is not given stays. A `stage` is said by its name or id."""

    title: Named = ""
    text: Body = ""
    state: SaleState = "open"
    stage: StageName = ""
    amount: Amount | None = None
    currency: Currency = "NOK"
    probability: Percent = 10
    expected_on: Day | None = None
    owner: Word | None = None
    person_id: Uid | None = None
    company_id: Uid | None = None


class NewSale(SaleChange):
    """A sale. Its owner is who makes it, unless somebody is named; its currency is the desk's, its stage the first."""

    title: Named
    id: Given = None
    over_at: Given = None
    created_at: Given = None
    version: Given = None


class Project(Shape):
    """A project, with its main company and its contact there."""

    id: str
    name: str
    text: str
    state: State
    starts_on: date | None
    ends_on: date | None
    owner: str | None
    person_id: str | None
    company_id: str | None
    over_at: datetime | None
    created_at: datetime
    version: int


class ProjectChange(Changes):
    """Fields of a project; what is not given stays."""

    name: Named = ""
    text: Body = ""
    state: State = "open"
    starts_on: Day | None = None
    ends_on: Day | None = None
    owner: Word | None = None
    person_id: Uid | None = None
    company_id: Uid | None = None


class NewProject(ProjectChange):
    """A project. Its owner is who makes it, unless somebody is named."""

    name: Named
    id: Given = None
    over_at: Given = None
    created_at: Given = None
    version: Given = None


class Campaign(Shape):
    """A campaign."""

    id: str
    name: str
    text: str
    state: State
    starts_on: date | None
    ends_on: date | None
    owner: str | None
    over_at: datetime | None
    created_at: datetime
    version: int


class CampaignChange(Changes):
    """Fields of a campaign; what is not given stays."""

    name: Named = ""
    text: Body = ""
    state: State = "open"
    starts_on: Day | None = None
    ends_on: Day | None = None
    owner: Word | None = None


class NewCampaign(CampaignChange):
    """A campaign. Its owner is who makes it, unless somebody is named."""

    name: Named
    id: Given = None
    over_at: Given = None
    created_at: Given = None
    version: Given = None


class Line(Asked):
    """A line of an order: what, how many (to three decimals), and the price of one in the smallest unit of the currency. `amount` is
    what it comes to, read and never written."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_NUL)]
    quantity: Annotated[float, Field(ge=-1_000_000, le=1_000_000)] = 1
    price: Price = 0
    amount: Given = None


Lines = Annotated[list[Line], Field(max_length=200)]


class OrderLine(Shape):
    """A line of an order."""

    text: str
    quantity: float
    price: int
    amount: int


class Order(Shape):
    """An order. `number` comes in sequence, `total` is the sum of its lines in the smallest unit of `currency`."""

    id: str
    number: int
    title: str
    text: str
    state: OrderState
    currency: str
    total: int
    ordered_on: date | None
    lines: list[OrderLine]
    owner: str | None
    person_id: str | None
    company_id: str | None
    over_at: datetime | None
    created_at: datetime
    version: int


class OrderChange(Changes):
    """Fields of an order; what is not given stays. `lines` are all of them from now on."""

    title: Title = ""
    text: Body = ""
    state: OrderState = "draft"
    currency: Currency = "NOK"
    ordered_on: Day | None = None
    lines: Lines = []
    owner: Word | None = None
    person_id: Uid | None = None
    company_id: Uid | None = None


class NewOrder(OrderChange):
    """An order, on a company or on a private customer. Its owner is who makes it, unless somebody is named; its currency is the desk's."""

    id: Given = None
    number: Given = None
    total: Given = None
    over_at: Given = None
    created_at: Given = None
    version: Given = None


class Member(Shape):
    """A person who takes part in a sale or a project, and as what."""

    id: str
    person_id: str
    role: str


class MemberChange(Changes):
    """As what the person takes part."""

    role: Role = ""


class CampaignMember(Shape):
    """A person whom a campaign turns to, and how far that has come."""

    id: str
    person_id: str
    status: Status


class CampaignMemberChange(Changes):
    """How far it has come."""

    status: Status = "chosen"


Uids = Annotated[list[Uid], Field(max_length=1000)]


class NewMembers(Asked):
    """These persons take part. Who does already, is deleted or unknown is passed over; a merged one joins as who goes on."""

    person_ids: Uids
    role: Role = ""


class NewCampaignMembers(Asked):
    """The campaign turns to these persons. Who is in it already, is deleted or unknown is passed over; a merged one joins as who goes on."""

    person_ids: Uids
    status: Status = "chosen"


class Joined(Shape):
    """How many take part now who did not before."""

    added: int
