"""What can happen to a case of the rights desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.history import Fact

#: What ``change`` says: opened, edited, link_sent, identified, unproven, extended, erasing, erased, report_made, report_sent,
#: done, refused, reopened.
CHANGES = ("opened", "edited", "link_sent", "identified", "unproven", "extended", "erasing", "erased", "report_made", "report_sent", "done", "refused", "reopened")


@dataclass(frozen=True, slots=True)
class RightsCaseChanged(Fact):
    """A request of a person for a right of theirs was opened, changed, its sender identified, its time extended, decided or taken up again."""

    kind: ClassVar[str] = "rights_case.changed"
    case_uid: str
    change: str
    of: str
    ticket_uid: str | None = None
    person_uid: str | None = None
