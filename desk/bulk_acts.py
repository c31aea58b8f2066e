"""The kinds of bulk acts there are: one line each makes a kind known to workers, pages and the API."""

from __future__ import annotations

from contacts.importing import CompaniesImport, PersonsImport
from contacts.mass_merge import MassMerge
from contacts.mass_move import MassMove
from contacts.mass_update import MassUpdate
from core import bulk
from desk.mass_delete import MassDelete
from desk.mass_mailing import MassMailing
from desk.retention.running import Retention

ACTS: tuple[bulk.Bulk, ...] = (
    MassUpdate("persons"), MassUpdate("companies"), MassUpdate("projects"), MassMove(), MassMerge(), MassDelete("persons"), MassDelete("companies"),
    MassMailing(), Retention(), PersonsImport(), CompaniesImport())


def register() -> None:
    """Let them be known."""
    for act in ACTS:
        bulk.register(act)


register()
