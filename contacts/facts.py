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
class PersonWithdrawn(Fact):
    """A person that an import had made was taken out again with it."""

    kind: ClassVar[str] = "person.withdrawn"
    person_uid: str
    operation_uid: str


@dataclass(frozen=True, slots=True)
class PersonBinned(Fact):
    """A person was put into the bin or brought back."""

    kind: ClassVar[str] = "person.binned"
    person_uid: str
    restored: bool = False


@dataclass(frozen=True, slots=True)
class PersonRestricted(Fact):
    """A person was restricted (Art. 18), or that was lifted, taken_back or put_back (``event``)."""

    kind: ClassVar[str] = "person.restricted"
    person_uid: str
    ground: str
    event: str = "restricted"


@dataclass(frozen=True, slots=True)
class PersonMailLocked(Fact):
    """An admin locked access to the e-mails of a person, or opened it again."""

    kind: ClassVar[str] = "person.mail_locked"
    person_uid: str
    opened: bool = False


@dataclass(frozen=True, slots=True)
class PersonMerged(Fact):
    """A person became part of another."""

    kind: ClassVar[str] = "person.merged"
    person_uid: str
    into_uid: str


@dataclass(frozen=True, slots=True)
class PersonUnmerged(Fact):
    """A person was taken out of another again; ``from_uid`` is who went on for both."""

    kind: ClassVar[str] = "person.unmerged"
    person_uid: str
    from_uid: str


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
class PersonsToldApart(Fact):
    """An agent looked at two persons who are alike and found them to be two, or took that back."""

    kind: ClassVar[str] = "person.told_apart"
    person_uid: str
    other_uid: str
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
    employment_uid: str | None = None


@dataclass(frozen=True, slots=True)
class PersonMoved(Fact):
    """A person went from one company to another, or to none: what of their records went along (stay, all, after), how many did and
    how many stayed. ``undone``: the move was taken back. The operation takes it back and names each record."""

    kind: ClassVar[str] = "person.moved"
    person_uid: str
    operation_uid: str
    from_company_uid: str | None
    to_company_uid: str | None
    took: str = "stay"
    moved: int = 0
    stayed: int = 0
    mistake: bool = False
    undone: bool = False


@dataclass(frozen=True, slots=True)
class PersonCopied(Fact):
    """A second card was made of a person, at another company."""

    kind: ClassVar[str] = "person.copied"
    person_uid: str
    copy_uid: str
    company_uid: str


@dataclass(frozen=True, slots=True)
class ActivityChanged(Fact):
    """A task, an appointment or a call was added, edited, finished, cancelled, reopened, deleted or restored."""

    kind: ClassVar[str] = "activity.changed"
    activity_uid: str
    of: str
    change: str
    company_uid: str | None = None
    person_uids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatterChanged(Fact):
    """A sale, a project, a campaign or an order (``of``) was added, edited, brought into a ``state``, deleted or restored. Whom it was
    with before is named too."""

    kind: ClassVar[str] = "matter.changed"
    matter_uid: str
    of: str
    change: str
    state: str | None = None
    person_uid: str | None = None
    company_uid: str | None = None
    former_person_uid: str | None = None
    former_company_uid: str | None = None


@dataclass(frozen=True, slots=True)
class MembersChanged(Fact):
    """Persons joined or left a sale, a project or a campaign (``of``), or take part as something else."""

    kind: ClassVar[str] = "members.changed"
    matter_uid: str
    of: str
    change: str
    person_uids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteChanged(Fact):
    """A note on a person, a company or a project was added, edited, deleted or restored. Of a private one none is named: it lies under
    subjects of its author's alone (``person_private_uid``, ``company_private_uid``, ``project_private_uid``)."""

    kind: ClassVar[str] = "note.changed"
    note_uid: str
    change: str
    person_uid: str | None = None
    company_uid: str | None = None
    person_private_uid: str | None = None
    company_private_uid: str | None = None
    project_uid: str | None = None
    project_private_uid: str | None = None


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
class CompanyWithdrawn(Fact):
    """A company that an import had made was taken out again with it."""

    kind: ClassVar[str] = "company.withdrawn"
    company_uid: str
    operation_uid: str


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
class LayoutChanged(Fact):
    """Another version of a layout of cards came into force, for all users or (``agent_uid``) for one."""

    kind: ClassVar[str] = "layout.changed"
    layout_uid: str
    version: int
    agent_uid: str | None = None


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


@dataclass(frozen=True, slots=True)
class RelationChanged(Fact):
    """A relation was added, edited, ended, removed or put back; its values are in ``changes``. Both sides are named, and whom the
    persons were before any merge (``origin_id``, ``other_origin_id``)."""

    kind: ClassVar[str] = "relation.changed"
    relation_uid: str
    change: str
    relation_kind: str
    person_uid: str | None = None
    company_uid: str | None = None
    other_person_uid: str | None = None
    other_company_uid: str | None = None
    origin_id: int | None = None
    other_origin_id: int | None = None


@dataclass(frozen=True, slots=True)
class RelationKindChanged(Fact):
    """A kind of relation was added, edited, moved, archived or brought back; the values are in ``changes``."""

    kind: ClassVar[str] = "relation_kind.changed"
    kind_uid: str
    change: str


@dataclass(frozen=True, slots=True)
class SaleStageChanged(Fact):
    """A stage of sales was added, edited, moved, retired, deleted or brought back; the values are in ``changes``."""

    kind: ClassVar[str] = "sale_stage.changed"
    stage_uid: str
    change: str


@dataclass(frozen=True, slots=True)
class LegalBasisNoted(Fact):
    """A basis for holding a person for a purpose was given, changed or withdrawn, or the person objected; ``by`` is an agent, or nobody
    where the person did it."""

    kind: ClassVar[str] = "person.basis"
    person_uid: str
    purpose: str
    event: str
    basis: str


@dataclass(frozen=True, slots=True)
class PurposeChanged(Fact):
    """A purpose was added, edited, retired or brought back, or its wording has another version; the values are in ``changes``."""

    kind: ClassVar[str] = "purpose.changed"
    purpose_uid: str
    change: str


@dataclass(frozen=True, slots=True)
class CustomFieldChanged(Fact):
    """A field of the organisation's own was added, edited, moved, retired, deleted or brought back; the values are in ``changes``."""

    kind: ClassVar[str] = "custom_field.changed"
    field_uid: str
    change: str


@dataclass(frozen=True, slots=True)
class InfotagPut(Fact):
    """An infotag was put on a person or a company, or taken off; its name then is in ``changes``."""

    kind: ClassVar[str] = "infotag.put"
    tag_uid: str
    person_uid: str | None = None
    company_uid: str | None = None
    taken_off: bool = False


@dataclass(frozen=True, slots=True)
class InfotagChanged(Fact):
    """An infotag of the list was added, edited, retired or brought back; the values are in ``changes``."""

    kind: ClassVar[str] = "infotag.changed"
    tag_uid: str
    change: str


@dataclass(frozen=True, slots=True)
class PersonPhotoChanged(Fact):
    """A person's photo was added, replaced or removed."""

    kind: ClassVar[str] = "person.photo"
    person_uid: str
    change: str


@dataclass(frozen=True, slots=True)
class FileChanged(Fact):
    """A file of a person or a company was added, deleted or restored; its name is in ``changes``."""

    kind: ClassVar[str] = "file.changed"
    file_uid: str
    change: str
    person_uid: str | None = None
    company_uid: str | None = None


@dataclass(frozen=True, slots=True)
class SelectionChanged(Fact):
    """A selection was created, edited or removed, or so many were added to it or taken out of it."""

    kind: ClassVar[str] = "selection.changed"
    selection_uid: str
    change: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class LegalHoldChanged(Fact):
    """A legal hold was set, edited or lifted, its owner was reminded of its review, or what it keeps was restricted because it is to be erased."""

    kind: ClassVar[str] = "hold.changed"
    hold_uid: str
    change: str
    person_uid: str | None = None
    company_uid: str | None = None
    ticket_uid: str | None = None
