"""Deleting and restoring persons and companies: until when, with whom, and what somebody else has got meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contacts import bin as bins
from contacts.addressing import add_address, holdings_of
from contacts.agent import Agent
from contacts.bin import Binned
from contacts.binning import bin_company, bin_person, restore_company, restore_person, went_along, workers
from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person, edit_person, employ
from contacts.giving_back import clashes
from contacts.merging import merge, unmerge
from contacts.person import Person
from contacts.searching import search_companies, search_persons
from core.clock import now
from core.errors import Conflict, Refused


@pytest.fixture
def jonas(db: Session) -> Agent:
    made = Agent(email="jonas@desk.example", name="Jonas Berg", role="admin")
    db.add(made)
    db.flush()
    return made


def person(db: Session, first: str, *companies: Company, email: str = "", **fields: Any) -> Person:
    return create_person(db, {"first_name": first, "last_name": "Friis", **fields}, by=None, exempt=True,
                         employments=[{"company": one} for one in companies], addresses=[{"value": email}] if email else ())


def aged(db: Session, row: Person | Company, days: float) -> None:
    """It was deleted so many days ago."""
    db.execute(update(type(row)).where(type(row).id == row.id).values(binned_at=now() - timedelta(days=days)), execution_options={"synchronize_session": False})
    db.expire(row)


def test_the_bin_keeps_a_row_as_long_as_it_lasts(db: Session, jonas: Agent) -> None:
    """S70: who deleted it and when; nothing is left of a deletion that was taken back."""
    lone = person(db, "Lone")
    bin_person(db, lone, by=jonas)
    row = bins.lying(db, "person", lone.id)
    assert row is not None and row.by is jonas and row.at == lone.binned_at
    with pytest.raises(Refused, match="in the bin already"):
        bin_person(db, lone, by=jonas)
    restore_person(db, lone, by=jonas)
    assert lone.living and db.scalars(select(Binned)).all() == []


def test_day_fifteen_and_day_sixteen(db: Session, jonas: Agent) -> None:
    """S68-S71: on the fifteenth day everything comes back, on the sixteenth nothing does, purged or not."""
    firm = create_company(db, "Verksted AS")
    lone, late = person(db, "Lone"), person(db, "Late")
    for one in (lone, late):
        bin_person(db, one, by=jonas)
    bin_company(db, firm, by=jonas)
    aged(db, lone, 14.999)
    aged(db, late, 15.001)
    aged(db, firm, 15.001)
    restore_person(db, lone, by=jonas)
    assert search_persons(db, "lone").rows == [lone]
    with pytest.raises(Refused, match="cannot be restored any more"):
        restore_person(db, late, by=jonas)
    with pytest.raises(Refused, match="cannot be restored any more"):
        restore_company(db, firm, by=jonas)
    assert late.binned_at is not None and search_persons(db, "late").rows == []


def test_who_is_part_of_somebody_shares_the_mask(db: Session, jonas: Agent) -> None:
    """The name of a merged card is a name of the person too."""
    lone, part = person(db, "Lone"), person(db, "Lonnie")
    merge(db, part, lone, by=jonas)
    bin_person(db, lone, by=jonas)
    db.refresh(part)
    assert part.binned_at == lone.binned_at and len(db.scalars(select(Binned)).all()) == 1
    restore_person(db, lone, by=jonas)
    db.refresh(part)
    assert part.binned_at is None
    unmerge(db, part, by=jonas)
    assert part.living


def test_a_company_goes_with_those_who_work_there_alone(db: Session, jonas: Agent) -> None:
    """S69: whoever works elsewhere too stays; restoring the company brings back who went along, and nobody deleted before."""
    firm, other = create_company(db, "Verksted AS"), create_company(db, "Torg AS")
    lone, both, before = person(db, "Lone", firm), person(db, "Both", firm, other), person(db, "Before", firm)
    bin_person(db, before, by=jonas)
    with pytest.raises(Refused, match="still work"):
        bin_company(db, firm, by=jonas)
    assert list(db.scalars(workers(firm))) == [lone] and list(db.scalars(workers(firm, elsewhere=True))) == [both]
    assert bin_company(db, firm, by=jonas, persons=True) == 1
    assert not lone.living and both.living and search_persons(db, "verksted").rows == []
    assert list(went_along(db, firm)) == [lone]
    restore_company(db, firm, by=jonas)
    restore_person(db, lone, by=jonas)
    assert search_persons(db, "verksted").rows == [both, lone] and before.binned_at is not None


def test_one_person_back_brings_the_company(db: Session, jonas: Agent) -> None:
    """S69: as SuperOffice does it; a company that the bin keeps no longer stays away, and its person comes back all the same."""
    firm = create_company(db, "Verksted AS")
    lone, eva = person(db, "Lone", firm), person(db, "Eva", firm)
    bin_company(db, firm, by=jonas, persons=True)
    assert restore_person(db, lone, by=jonas) == [firm]
    assert firm.binned_at is None and search_companies(db, "verksted").rows == [firm] and eva.binned_at is not None
    bin_person(db, lone, by=jonas)
    bin_company(db, firm, by=jonas)
    aged(db, firm, 16)
    assert restore_person(db, lone, by=jonas) == [] and firm.binned_at is not None and lone.living


def test_an_address_that_somebody_else_has_got(db: Session, jonas: Agent) -> None:
    """S71: it is asked whose it is from now on, and each answer holds; nobody else's address is touched."""
    for answer, old_has, new_has in (("keep", False, True), ("back", True, False), ("share", True, True)):
        address = f"post-{answer}@kunde.example"
        old = person(db, f"Old {answer}", email=address)
        bin_person(db, old, by=jonas)
        new = person(db, f"New {answer}", email=address)
        (clash,) = clashes(db, [old])
        assert clash.value == address and list(clash.others) == [new]
        with pytest.raises(Conflict, match="Say whose it is") as raised:
            restore_person(db, old, by=jonas)
        assert raised.value.more["conflicts"][0]["holders"] == [{"id": new.uid, "name": new.name}] and old.binned_at is not None  # type: ignore[index]
        restore_person(db, old, by=jonas, answers={clash.key: answer})
        assert (bool(holdings_of(db, old)), bool(holdings_of(db, new))) == (old_has, new_has), answer


def test_an_address_that_was_shared_before_is_no_conflict(db: Session, jonas: Agent) -> None:
    old, other = person(db, "Old", email="post@kunde.example"), person(db, "Other")
    add_address(db, other, "email", "post@kunde.example", by=jonas, share=True)
    bin_person(db, old, by=jonas)
    restore_person(db, old, by=jonas)
    assert holdings_of(db, old) and holdings_of(db, other)


def test_a_customer_number_is_given_away_once(db: Session, jonas: Agent) -> None:
    """S71: whoever gets the number of a deleted person has it; who comes back is asked."""
    old = person(db, "Old", customer_number="K-17")
    bin_person(db, old, by=jonas)
    new = person(db, "New", customer_number="K-17")
    assert old.customer_number is None
    with pytest.raises(Conflict):
        restore_person(db, old, by=jonas, answers={f"number-{old.uid}": "share"})
    restore_person(db, old, by=jonas, answers={f"number-{old.uid}": "back"})
    assert (old.customer_number, new.customer_number) == ("K-17", None)
    bin_person(db, old, by=jonas)
    edit_person(db, new, {"customer_number": "K-17"}, by=jonas)
    restore_person(db, old, by=jonas, answers={f"number-{old.uid}": "keep"})
    assert (old.customer_number, new.customer_number) == (None, "K-17")
    bin_person(db, new, by=jonas)
    edit_person(db, old, {"customer_number": "K-17"}, by=jonas)
    edit_person(db, old, {"customer_number": None}, by=jonas)
    restore_person(db, new, by=jonas)
    assert new.customer_number == "K-17"


def test_a_deleted_company_is_not_named_to_who_would_work_there(db: Session, jonas: Agent) -> None:
    firm, lone = create_company(db, "Verksted AS"), person(db, "Lone")
    bin_company(db, firm, by=jonas)
    with pytest.raises(Refused) as raised:
        employ(db, lone, firm, by=jonas)
    assert "Verksted" not in raised.value.sentence
