"""What selections of persons and companies may go by, of the register itself: fields, company, addresses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding, domain_of, normalise_email
from contacts.agent import Agent
from contacts.company import Business, Category, Company, CompanyDomain, ServiceLevel
from contacts.criteria import Asking, Condition, Criterion, days_before, offer
from contacts.person import Employment, Person
from contacts.phones import dialled
from core.alphabet import in_order
from core.fold import fold
from core.i18n import N_, local
from core.i18n import gettext as _
from core.options import LANGUAGES
from core.search import escape_like, having

Column = Any
Wrap = Callable[[ColumnElement[bool], bool], ColumnElement[bool]]


def itself(condition: ColumnElement[bool], negated: bool) -> ColumnElement[bool]:
    """A condition on the record's own columns; where the contrary is meant, what is not known is not it."""
    return func.coalesce(condition, False) if negated else condition


def through(rows: Select[Any], key: Column, own: Column) -> Wrap:
    """A condition on other rows that name the record by ``key``: found from their side, its contrary asked of each record."""
    def wrap(condition: ColumnElement[bool], negated: bool) -> ColumnElement[bool]:
        found = rows.where(condition)
        return found.where(key == own).correlate(own.class_).exists() if negated else own.in_(found)
    return wrap


_AT = through(select(Employment.person_id).join(Company, Company.id == Employment.company_id).where(
    Employment.ended_on.is_(None), Company.binned_at.is_(None)), Employment.person_id, Person.id)
_HOLDS = through(select(Holding.person_id).join(Address, Address.id == Holding.address_id).where(Holding.until.is_(None)),
                 Holding.person_id, Person.id)
_STAFF = through(select(Employment.company_id).join(Person, Person.id == Employment.person_id).where(
    Employment.ended_on.is_(None), Person.binned_at.is_(None), Person.merged_into_id.is_(None)), Employment.company_id, Company.id)
_DOMAIN = through(select(CompanyDomain.company_id), CompanyDomain.company_id, Company.id)


def _like(column: Column, op: str, value: str) -> ColumnElement[bool]:
    """A text as typed, whatever its capitals."""
    shape = {"contains": "%{}%", "begins": "{}%", "is": "{}"}[op].format(escape_like(value))
    return or_(*(column.ilike(one, escape="\\") for one in sorted({shape, shape.lower(), shape.upper(), shape.title()})))


def text_of(column: Column, wrap: Wrap = itself) -> Condition:
    """A text that is filled in, contains, begins with or is something."""
    def condition(_asking: Asking, op: str, value: Any, negated: bool) -> ColumnElement[bool]:
        filled = and_(column.is_not(None), column != "")
        return wrap(filled if op == "filled" else _like(column, op, value), negated)
    return condition


def name_of(kind: type[Any], table: str, wrap: Wrap = itself) -> Condition:
    """A name, by its parts as they are searched for: Nordic letters both ways; three letters and more by their index."""
    def condition(_asking: Asking, op: str, value: Any, negated: bool) -> ColumnElement[bool]:
        folded, column = fold(value), kind.sort_name
        if op == "filled":
            return wrap(column != "", negated)
        if op == "begins":
            return wrap(and_(column >= folded, column < folded + "\U0010ffff"), negated)
        if op == "is":
            words = folded.split()
            turned = {" ".join(words[n:] + words[:n]) for n in range(len(words))}      # Last First, as names are sorted
            return wrap(column.in_(sorted(turned)), negated)
        parts = [column.like(f"%{escape_like(word)}%", escape="\\") for word in folded.split()]
        indexed = [] if negated or (found := having(_asking.db, table, folded)) is None else [kind.id.in_(found)]
        return wrap(and_(*indexed, *parts), negated)
    return condition


def choice_of(column: Column, listed: Any = None, wrap: Wrap = itself) -> Condition:
    """One of a list: rows of ``listed`` by uid, or the words themselves."""
    def condition(_asking: Asking, op: str, value: Any, negated: bool) -> ColumnElement[bool]:
        if op == "filled":
            return wrap(column.is_not(None), negated)
        return wrap(column == (select(listed.id).where(listed.uid == value).scalar_subquery() if listed else value), negated)
    return condition


def day_of(column: Column, wrap: Wrap = itself) -> Condition:
    """A moment before or from a day on."""
    def condition(asking: Asking, op: str, value: Any, negated: bool) -> ColumnElement[bool]:
        at, later = days_before(asking, op, value)
        return wrap(column >= at if later else column < at, negated)
    return condition


def on_day(day: Column, asking: Asking, op: str, value: Any) -> ColumnElement[bool]:
    """A day that may be missing; *in the last days* leaves out those that are yet to come."""
    if op == "filled":
        return day.is_not(None)  # type: ignore[no-any-return]
    at, later = days_before(asking, op, value)
    first = local(at).date() if op in ("within", "older") else at.date()
    if op == "within":
        return and_(day >= first, day < local(asking.at).date() + timedelta(days=1))
    return day >= first if later else day < first  # type: ignore[no-any-return]


def date_of(column: Column) -> Condition:
    """A day that may be missing, before or from another on."""
    return lambda asking, op, value, negated: itself(on_day(column, asking, op, value), negated)


def yes_of(holds: ColumnElement[bool], wrap: Wrap = itself) -> Condition:
    """Something that is so or not."""
    return lambda _asking, _op, _value, negated: wrap(holds, negated)


def _at_domain(asking: Asking, op: str, value: Any, negated: bool) -> ColumnElement[bool]:
    """Whether an e-mail address at a domain is held; its last letters have no index, so the search's own narrows first."""
    if op == "filled":
        return _HOLDS(Address.kind == "email", negated)
    domain = domain_of(normalise_email("x@" + value.strip().lstrip("@")))
    shape = {"is": "%@{}", "begins": "%@{}%", "contains": "%@%{}%"}[op].format(escape_like(domain))
    held = _HOLDS(and_(Address.kind == "email", Address.normalised.like(shape, escape="\\")), True)
    found = None if negated else having(asking.db, "person_search", domain)
    return held if found is None else and_(Person.id.in_(found), func.coalesce(held, False))


def _phone(asking: Asking, op: str, value: Any, negated: bool) -> ColumnElement[bool]:
    if op == "filled":
        return _HOLDS(Address.kind == "phone", negated)
    squeezed = func.replace(func.replace(Address.normalised, " ", ""), "-", "")
    digits = (dialled(value) if op != "begins" else "") or "".join(value.split())
    shape = {"is": "%{}", "begins": "{}%", "contains": "%{}%"}[op].format(escape_like(digits))
    held = _HOLDS(and_(Address.kind == "phone", squeezed.like(shape, escape="\\")), True)
    found = None if negated or op == "begins" else having(asking.db, "person_search", digits)
    return held if found is None else and_(Person.id.in_(found), func.coalesce(held, False))


def rows_of(kind: Any) -> Callable[[Session], Sequence[tuple[str, str]]]:
    """What there is to choose from in a list."""
    return lambda db: [(row.uid, row.name) for row in in_order(db.execute(select(kind.uid, kind.name)))]


def words_of(**pairs: str) -> Callable[[Session], Sequence[tuple[str, str]]]:
    """Words to choose from: value → what people call it."""
    return lambda _db: [(value, _(label)) for value, label in pairs.items()]


def _languages(_db: Session) -> Sequence[tuple[str, str]]:
    return [(code, code) for code in LANGUAGES]


PERSON, COMPANY, ADDRESSES = N_("Person"), N_("Company"), N_("Addresses")
offer(
    Criterion("persons", "name", N_("Name"), PERSON, "text", name_of(Person, "person_search")),
    Criterion("persons", "title", N_("Title"), PERSON, "text", text_of(Person.title)),
    Criterion("persons", "status", N_("Status"), PERSON, "choice", choice_of(Person.status), words_of(active=N_("Active"), left=N_("Has left"))),
    Criterion("persons", "category", N_("Category"), PERSON, "choice", choice_of(Person.category_id, Category), rows_of(Category)),
    Criterion("persons", "business", N_("Business"), PERSON, "choice", choice_of(Person.business_id, Business), rows_of(Business)),
    Criterion("persons", "language", N_("Language"), PERSON, "choice", choice_of(Person.preferred_language), _languages),
    Criterion("persons", "service_level", N_("Service level"), PERSON, "choice", choice_of(Person.service_level_id, ServiceLevel), rows_of(ServiceLevel)),
    Criterion("persons", "our_contact", N_("Our contact"), PERSON, "choice", choice_of(Person.our_contact_id, Agent), rows_of(Agent)),
    Criterion("persons", "support_contact", N_("Support contact"), PERSON, "choice", choice_of(Person.support_contact_id, Agent), rows_of(Agent)),
    Criterion("persons", "private_customer", N_("Private customer"), PERSON, "yes", yes_of(Person.private_customer.expression)),
    Criterion("persons", "customer_number", N_("Customer number"), PERSON, "text", text_of(Person.customer_number)),
    Criterion("persons", "block_mass_mail", N_("No mass mail"), PERSON, "yes", yes_of(Person.block_mass_mail.expression)),
    Criterion("persons", "to_be_completed", N_("To be completed"), PERSON, "yes", yes_of(Person.to_be_completed.expression)),
    Criterion("persons", "created", N_("Created"), PERSON, "day", day_of(Person.created_at)),
    Criterion("persons", "company", N_("Company’s name"), COMPANY, "text", name_of(Company, "company_search", _AT)),
    Criterion("persons", "company_category", N_("Company’s category"), COMPANY, "choice", choice_of(Company.category_id, Category, _AT), rows_of(Category)),
    Criterion("persons", "company_business", N_("Company’s business"), COMPANY, "choice", choice_of(Company.business_id, Business, _AT), rows_of(Business)),
    Criterion("persons", "company_our_contact", N_("Company’s our contact"), COMPANY, "choice", choice_of(Company.our_contact_id, Agent, _AT), rows_of(Agent)),
    Criterion("persons", "company_address", N_("Company’s postal address"), COMPANY, "text", text_of(Company.address, _AT)),
    Criterion("persons", "domain", N_("E-mail at the domain"), ADDRESSES, "text", _at_domain),
    Criterion("persons", "phone", N_("Phone number"), ADDRESSES, "text", _phone),
    Criterion("persons", "bounces", N_("Mail comes back"), ADDRESSES, "yes", yes_of(and_(Address.kind == "email", Address.health == "bouncing"), _HOLDS)),
    Criterion("companies", "name", N_("Name"), COMPANY, "text", name_of(Company, "company_search")),
    Criterion("companies", "organisation_number", N_("Organisation number"), COMPANY, "text", text_of(Company.organisation_number)),
    Criterion("companies", "category", N_("Category"), COMPANY, "choice", choice_of(Company.category_id, Category), rows_of(Category)),
    Criterion("companies", "business", N_("Business"), COMPANY, "choice", choice_of(Company.business_id, Business), rows_of(Business)),
    Criterion("companies", "our_contact", N_("Our contact"), COMPANY, "choice", choice_of(Company.our_contact_id, Agent), rows_of(Agent)),
    Criterion("companies", "language", N_("Language"), COMPANY, "choice", choice_of(Company.language), _languages),
    Criterion("companies", "phone", N_("Telephone"), COMPANY, "text", text_of(Company.phone)),
    Criterion("companies", "address", N_("Postal address"), COMPANY, "text", text_of(Company.address)),
    Criterion("companies", "website", N_("Website"), COMPANY, "text", text_of(Company.website)),
    Criterion("companies", "domain", N_("Mail domain"), COMPANY, "text", text_of(CompanyDomain.domain, _DOMAIN)),
    Criterion("companies", "created", N_("Created"), COMPANY, "day", day_of(Company.created_at)),
    Criterion("companies", "people", N_("Somebody works there"), COMPANY, "yes", yes_of(Person.id.is_not(None), _STAFF)),
)
