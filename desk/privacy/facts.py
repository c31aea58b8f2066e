"""What happens to privacy reports, as facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.history import Fact


@dataclass(frozen=True, slots=True)
class PrivacyReportMade(Fact):
    """A privacy report of a person was made (``form``: report, portable)."""

    kind: ClassVar[str] = "privacy_report.made"
    person_uids: tuple[str, ...]
    form: str


@dataclass(frozen=True, slots=True)
class PrivacyReportReleased(Fact):
    """An admin released the private notes and locked mails that are in a privacy report."""

    kind: ClassVar[str] = "privacy_report.released"
    person_uids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrivacyReportSent(Fact):
    """A privacy report went to the person (``way``: pdf, link), to an address on their card."""

    kind: ClassVar[str] = "privacy_report.sent"
    person_uid: str
    address_uid: str
    way: str


@dataclass(frozen=True, slots=True)
class PrivacyReportOpened(Fact):
    """Whoever has the link opened a privacy report for the first time."""

    kind: ClassVar[str] = "privacy_report.opened"
    person_uids: tuple[str, ...]
