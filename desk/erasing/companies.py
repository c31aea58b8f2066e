"""Companies that are the person: a sole trader's, or one at which nobody else ever worked (PRIVACY 2). Blanking the person alone would tell who it was.

One that is called by their first and last name goes with them; of any other where they alone are known, whoever approves says whether it is more
than them. It stays as a company without a name, for the sales and activities that are its; what is its alone goes, as it does when one is purged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.ordering import keys_of_company
from contacts.person import Person
from contacts.purging_companies import NOTHING, forget_own
from core import erasure_ledger
from core.database import Database
from core.fold import words
from desk.erasing import reindexing
from desk.reports.letting_go import alone_at
from desk.tickets.message import Notification
from rules.redaction import TOKEN, Aliases

#: What a place is called that is a whole company.
WHOLE = "company"


@dataclass(frozen=True, slots=True)
class Firm:
    """A company at which the person alone is known; ``certain``: it has their name. What it is called goes into what is looked for."""

    company: int
    name: str
    phone: str
    number: str
    address: str
    certain: bool


def firms_of(db: Session, persons: Iterable[Person]) -> tuple[Firm, ...]:
    """Those of these persons."""
    found: dict[int, Firm] = {}
    for person in persons:
        own = set(words(person.name))
        for one in db.scalars(select(Company).where(Company.uid.in_(alone_at(db, person)), Company.name != TOKEN)):
            certain = len(own) > 1 and own <= set(words(one.name))
            found[one.id] = Firm(one.id, one.name, one.phone or "", one.organisation_number or "", one.address or "", certain)
    return tuple(found.values())


def known_by(aliases: Aliases, firms: Sequence[Firm]) -> Aliases:
    """What the person is called, with what these companies are."""
    return replace(aliases, companies=(*aliases.companies, *(one.name for one in firms if one.name)), phones=(*aliases.phones, *(one.phone for one in firms if one.phone)),
                   numbers=(*aliases.numbers, *(one.number for one in firms if one.number)), places=(*aliases.places, *(one.address for one in firms if one.address)))


def erase_companies(db: Session, firms: Sequence[Firm]) -> list[str]:
    """Let these companies be nobody in particular; the ledger outside the database knows of it. Returns the digests of their files."""
    uids, digests = _anonymise(db, [one.company for one in firms])
    if uids:
        erasure_ledger.record(db, Company.__tablename__, uids, "erase")
    return digests


def erased_before(db: Session, firms: Sequence[Firm]) -> set[int]:
    """Those of these companies that the ledger knows: before a backup brought them back, somebody had said that they are the person."""
    rows = db.execute(select(Company.id, Company.uid).where(Company.id.in_([one.company for one in firms])))
    return {number for number, uid in rows if erasure_ledger.contains(uid)}


def replay(database: Database, uid: str) -> None:
    """Once more, for one that a restored backup has brought back."""
    with database.write() as db:
        _anonymise(db, db.scalars(select(Company.id).where(Company.uid == uid)).all())


def _anonymise(db: Session, ids: Sequence[int]) -> tuple[list[str], list[str]]:
    """Their uids, and the digests of their files."""
    uids = dict(db.execute(select(Company.id, Company.uid).where(Company.id.in_(ids))).all())
    digests = [digest for number, uid in uids.items() for digest in forget_own(db, number, uid)]
    db.execute(delete(Notification).where(Notification.subject_uid.in_(uids.values())))
    db.execute(update(Company).where(Company.id.in_(ids)).values(NOTHING | {"name": TOKEN, **keys_of_company(TOKEN)}))
    reindexing.companies(db, ids)
    db.flush()
    return list(uids.values()), digests
