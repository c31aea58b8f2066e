"""The fields that panels of a card show, or open for editing on the tab (W46, W47, W53, W56): one line a field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from contacts.agent import Agent
from contacts.company import Business, Category, Company, ServiceLevel
from contacts.custom_field import CustomField
from contacts.custom_fields import custom_fields
from contacts.person import Person
from core.i18n import N_
from core.i18n import gettext as _
from core.options import option
from desk.web.presenting.choices import LANGUAGES, Choice, agents, language_name, listed, service_levels
from desk.web.presenting.own_fields import held_by, said, typed
from desk.web.requests import db

Kind = Literal["text", "tel", "url", "area", "choice", "record", "flag", "own", "seen"]
Record = Person | Company
STATUSES = {"active": N_("Active"), "left": N_("Has left")}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: whose, what it is called, how it is typed (``seen``: only shown; ``own``: as the kind of the organisation's own field has
    it, which stands under ``own``), and the column it is kept in.

    ``options`` are what it is chosen from; ``of`` the table a chosen uid names; ``asked`` what the organisation's required fields call it.
    """

    whose: Literal["person", "company"]
    name: str
    label: str
    kind: Kind = "text"
    column: str = ""
    options: Callable[[], list[Choice]] = list
    of: Any = None
    asked: str = ""
    service: bool = False
    read: Callable[[Any], str] | None = None
    own: CustomField | None = None

    @property
    def key(self) -> str:
        """What it is called in settings of panels and in forms."""
        return f"{self.whose}-{self.name}"


def _levels() -> list[Choice]:
    return service_levels(db())


def _agents() -> list[Choice]:
    return agents(db())


def _categories() -> list[Choice]:
    return listed(db(), Category)


def _businesses() -> list[Choice]:
    return listed(db(), Business)


def _languages() -> list[Choice]:
    return list(LANGUAGES)


def _statuses() -> list[Choice]:
    return [(value, _(label)) for value, label in STATUSES.items()]


def _position(person: Person) -> str:
    return (person.employment.position or "") if person.employment else ""


def _employer(person: Person) -> str:
    return person.employment.company.name if person.employment else ""


WHOSE: tuple[Literal["person", "company"], ...] = ("person", "company")
FIELDS: tuple[Field, ...] = (
    Field("person", "first_name", N_("First name"), asked="first_name"),
    Field("person", "last_name", N_("Last name"), asked="last_name"),
    Field("person", "title", N_("Title"), asked="title"),
    Field("person", "position", N_("Position"), "seen", asked="position", read=_position),
    Field("person", "employer", N_("Company"), "seen", read=_employer),
    Field("person", "status", N_("Status"), "choice", options=_statuses),
    Field("person", "customer_number", N_("Customer number")),
    Field("person", "language", N_("Preferred language"), "choice", "preferred_language", _languages, asked="language", service=True),
    Field("person", "service_level", N_("Service level"), "record", options=_levels, of=ServiceLevel, asked="service_level", service=True),
    Field("person", "support_contact", N_("Support contact"), "record", options=_agents, of=Agent, asked="support_contact", service=True),
    Field("person", "our_contact", N_("Our contact"), "record", options=_agents, of=Agent, asked="our_contact"),
    Field("person", "category", N_("Category"), "record", options=_categories, of=Category, asked="category"),
    Field("person", "business", N_("Business"), "record", options=_businesses, of=Business, asked="business"),
    Field("person", "private_customer", N_("A private customer"), "flag"),
    Field("person", "block_mass_mail", N_("No mass mail"), "flag"),
    Field("company", "name", N_("Name of the company")),
    Field("company", "organisation_number", N_("Organisation number")),
    Field("company", "phone", N_("Telephone of the company"), "tel"),
    Field("company", "website", N_("Website"), "url"),
    Field("company", "address", N_("Postal address"), "area"),
    Field("company", "language", N_("Language of the company"), "choice", options=_languages),
    Field("company", "our_contact", N_("Our contact at the company"), "record", options=_agents, of=Agent),
    Field("company", "category", N_("Category of the company"), "record", options=_categories, of=Category),
    Field("company", "business", N_("Business of the company"), "record", options=_businesses, of=Business),
)
KNOWN: Mapping[str, Field] = {field.key: field for field in FIELDS}


def offered(entity: str) -> list[Field]:
    """The fields that panels of this card can have: a person's and their company's on a person's, a company's own on a company's."""
    service = option(db(), "features.service")
    return [field for field in FIELDS if field.whose in ("company", entity) and (service or not field.service)] + [
        own for whose in WHOSE if whose in ("company", entity) for own in _own(whose, entity)]


def chosen(keys: Iterable[str], entity: str) -> list[Field]:
    """Those of these keys that there are, in their order."""
    there = {field.key: field for field in offered(entity)}
    return [there[key] for key in keys if key in there]


def of_own(own: CustomField, *, beside: Iterable[str] = ()) -> Field:
    """A field of the organisation's own; it says that it is the company's where one of these labels is the same."""
    label = _("%(field)s of the company", field=own.label) if own.label in beside else own.label
    return Field("person" if own.of == "person" else "company", own.slot, label, "own", own=own)


def value_of(field: Field, record: Record) -> Any:
    """What its input is filled with: text, the uid of what is chosen, or whether it is ticked; of one's own a list where several are chosen."""
    if field.own:
        value = held_by(record).get(field.own.key)
        return typed(value) if value is not None else [] if field.own.kind == "choices" else ""
    value = getattr(record, field.column or field.name)
    if field.kind == "record":
        return value.uid if value else ""
    return bool(value) if field.kind == "flag" else value or ""


def shown(field: Field, record: Record) -> str:
    """What it says where it is only read."""
    if field.own:
        return said(field.own, held_by(record).get(field.own.key))
    if field.read:
        return field.read(record)
    value = getattr(record, field.column or field.name)
    if field.kind == "flag":
        return _("Yes") if value else _("No")
    if field.kind == "record":
        return value.name if value else ""
    if field.name == "status":
        return _(STATUSES.get(value, value))
    return language_name(value) if field.name == "language" else value or ""


def _own(whose: str, entity: str) -> list[Field]:
    beside = {one.label for one in custom_fields(db(), entity)} if whose != entity else set()
    return [of_own(own, beside=beside) for own in custom_fields(db(), whose)]
