"""What can happen to persons, companies and addresses, as facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.history import Fact


@dataclass(frozen=True, slots=True)
class PersonCreated(Fact):
    """A person came to be: how (mail, form, api, import, ticket, demo)."""

    kind: ClassVar[str] = "person.created"
    person_uid: str
    how: str
    company_uid: str | None = None


@dataclass(frozen=True, slots=True)
class PersonEdited(Fact):
    """Fields of a person changed; the values are in ``changes``."""

    kind: ClassVar[str] = "person.edited"
    person_uid: str


@dataclass(frozen=True, slots=True)
class PersonBinned(Fact):
    """A person was put into the bin or brought back."""

    kind: ClassVar[str] = "person.binned"
    person_uid: str
    restored: bool = False


@dataclass(frozen=True, slots=True)
class AddressAdded(Fact):
    """A person holds one more address."""

    kind: ClassVar[str] = "address.added"
    person_uid: str
    address_uid: str
    origin: str


@dataclass(frozen=True, slots=True)
class AddressRetired(Fact):
    """A person holds an address no more."""

    kind: ClassVar[str] = "address.retired"
    person_uid: str
    address_uid: str


@dataclass(frozen=True, slots=True)
class AddressMoved(Fact):
    """An address went from one person to another."""

    kind: ClassVar[str] = "address.moved"
    person_uid: str
    address_uid: str
    to_person_uid: str


@dataclass(frozen=True, slots=True)
class AddressProven(Fact):
    """Somebody followed the link that was mailed to a person's address."""

    kind: ClassVar[str] = "address.proven"
    person_uid: str
    address_uid: str


@dataclass(frozen=True, slots=True)
class ResemblanceDenied(Fact):
    """An agent said that an unknown address is not this person's, or took that back."""

    kind: ClassVar[str] = "address.not_theirs"
    person_uid: str
    address_uid: str
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class AddressHealth(Fact):
    """Mail to an address comes back, or arrives again."""

    kind: ClassVar[str] = "address.health"
    address_uid: str
    health: str


@dataclass(frozen=True, slots=True)
class EmploymentChanged(Fact):
    """A person began, changed or ended a position."""

    kind: ClassVar[str] = "employment.changed"
    person_uid: str
    company_uid: str
    change: str


@dataclass(frozen=True, slots=True)
class CompanyCreated(Fact):
    """A company came to be."""

    kind: ClassVar[str] = "company.created"
    company_uid: str
    how: str = "form"


@dataclass(frozen=True, slots=True)
class CompanyEdited(Fact):
    """Fields of a company changed."""

    kind: ClassVar[str] = "company.edited"
    company_uid: str


@dataclass(frozen=True, slots=True)
class CompanyBinned(Fact):
    """A company was put into the bin or brought back."""

    kind: ClassVar[str] = "company.binned"
    company_uid: str
    restored: bool = False


@dataclass(frozen=True, slots=True)
class AgentChanged(Fact):
    """An agent was added, changed, or let go."""

    kind: ClassVar[str] = "agent.changed"
    agent_uid: str
    change: str


@dataclass(frozen=True, slots=True)
class OptionChanged(Fact):
    """An admin switched an option. ``option_uid`` is its name, so that its history can be found."""

    kind: ClassVar[str] = "option.changed"
    name: str
    mailbox_uid: str | None = None
    option_uid: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyChanged(Fact):
    """Another version of the policy about unknown senders came into force."""

    kind: ClassVar[str] = "policy.changed"
    version: int
    before: int
    policy_uid: str


@dataclass(frozen=True, slots=True)
class LevelChanged(Fact):
    """A service level was added, edited, moved, archived or brought back; the values are in ``changes``."""

    kind: ClassVar[str] = "service_level.changed"
    level_uid: str
    change: str


@dataclass(frozen=True, slots=True)
class RoutingChanged(Fact):
    """A routing rule was added, edited, moved, switched, deleted or restored. ``book_uid`` is what the history of all of them is
    found by."""

    kind: ClassVar[str] = "routing.changed"
    rule_uid: str
    change: str
    book_uid: str = "routing-rules"
