"""Who is a duplicate by the company's own rule, and what each door does about it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from contacts.address import Holding
from contacts.addressing import add_address, correct_address, holdings_of
from contacts.company import Company
from contacts.creating import create_company, create_from_mail
from contacts.doors import through
from contacts.duplicate_pair import DuplicatePair
from contacts.duplicates import matches
from contacts.editing import create_person, edit_person, employ
from contacts.identifying import address_row
from contacts.merge import NotTheSame
from contacts.person import Person
from core.batch import together
from core.database import Database
from core.errors import Conflict, Refused
from core.options import set_option

OLE = {"first_name": "Ole", "last_name": "Hansen"}


def saved(db: Session, fields: dict[str, Any] | None = None, *, email: str = "", phone: str = "", company: Company | None = None,
          how: str = "form", share: bool = False) -> Person:
    """Saved as a form, the API or an import does."""
    addresses = [{"kind": kind, "value": value} for kind, value in (("email", email), ("phone", phone)) if value]
    return create_person(db, OLE if fields is None else fields, by=None, how=how, addresses=addresses, share=share, exempt=True,
                         employments=[{"company": company}] if company else ())


@contextmanager
def refused_by(db: Session) -> Iterator[Any]:
    """What was refused leaves nothing, as at the edges."""
    with pytest.raises(Conflict) as refused, db.begin_nested():
        yield refused


def rule(db: Session, *groups: list[str], **doors: str) -> None:
    set_option(db, "contacts.duplicate_rule", list(groups))
    for door, chosen in doors.items():
        set_option(db, f"contacts.duplicates_{door}", chosen)


def test_nobody_is_a_duplicate_without_a_rule(db: Session) -> None:
    """W86."""
    saved(db, email="ole@kunde.example")
    assert matches(db, saved(db)) == []


def test_the_same_name_with_another_address_is_somebody_else(db: Session) -> None:
    """W83, W84: two fields together."""
    rule(db, ["name", "email"])
    first = saved(db, email="ole@kunde.example")
    saved(db, email="ole.hansen@annen.example")
    with refused_by(db) as refused:
        saved(db, email="Ole@Kunde.example", share=True)
    assert refused.value.more["person_id"] == first.uid


@pytest.mark.parametrize(("groups", "one", "other", "marked"), [
    ([["name"]], {"fields": OLE}, {"fields": {"first_name": "OLE", "last_name": "Hánsen"}}, {"last_name"}),
    ([["name"]], {"fields": {"first_name": "Bjørn", "last_name": "Ås"}}, {"fields": {"first_name": "Bjoern", "last_name": "Aas"}}, {"last_name"}),
    ([["email"], ["phone"]], {"phone": "91 00 12 34"}, {"fields": {"last_name": "Vik"}, "phone": "+47 910 01 234"}, {"addresses"}),
    ([["phone", "name"]], {"phone": "91 00 12 34"}, {"phone": "91001234"}, {"addresses", "last_name"}),
    ([["name", "title"]], {"fields": OLE | {"title": "Daglig leder"}}, {"fields": OLE | {"title": "DAGLIG  LEDER"}}, {"last_name", "title"}),
    ([["customer_number"]], {"fields": OLE | {"customer_number": "kn-20"}}, {"fields": {"last_name": "Vik", "customer_number": "KN-20"}},
     {"customer_number"}),
])
def test_the_refusal_names_the_fields(db: Session, groups: Any, one: Any, other: Any, marked: set[str]) -> None:
    """W80-W83: refused until it is corrected, and the fields are named; alone or together; folded."""
    rule(db, *groups)
    first = saved(db, **one)
    with refused_by(db) as refused:
        saved(db, **other, share=True)
    assert set(refused.value.errors) == marked and first.name in refused.value.sentence
    assert refused.value.more["duplicates"][0]["fields"] and refused.value.more["nevertheless"] is False


def test_the_same_name_within_one_company(db: Session) -> None:
    """C17: a name is one person's within a company, and may be another's elsewhere."""
    rule(db, ["name", "company"])
    kunde, annen = create_company(db, "Kunde AS"), create_company(db, "Annen AS")
    saved(db, company=kunde)
    other = saved(db, company=annen)
    with refused_by(db) as refused:
        saved(db, company=kunde)
    assert set(refused.value.errors) == {"last_name", "employments"}
    with refused_by(db):
        employ(db, other, kunde, primary=False)


def test_persons_without_an_address_are_not_the_same(db: Session) -> None:
    """C18: e-mail stays optional, and an empty field is the same as nobody's."""
    rule(db, ["name", "email"])
    saved(db)
    saved(db)
    assert len(db.scalars(select(Person).where(Person.sort_name == "hansen ole")).all()) == 2


@pytest.mark.parametrize("gone", ["binned_at", "merged_into_id"])
def test_who_is_deleted_or_merged_is_no_duplicate(db: Session, gone: str) -> None:
    rule(db, ["name"])
    first = saved(db)
    keeper = saved(db, {"last_name": "Vik"})
    setattr(first, gone, keeper.id if gone == "merged_into_id" else first.created_at)
    db.flush()
    saved(db)


def test_editing_into_a_duplicate_is_refused_and_editing_one_that_is_is_not(db: Session) -> None:
    """W81: what is corrected is saved; whoever was a duplicate before there was a rule can be edited still."""
    first, second = saved(db), saved(db)
    third = saved(db, {"first_name": "Ola", "last_name": "Hansen"})
    rule(db, ["name"])
    edit_person(db, second, {"title": "Controller"}, by=None)
    with refused_by(db) as refused:
        edit_person(db, third, {"first_name": "Ole"}, by=None)
    assert refused.value.errors.keys() == {"last_name"} and refused.value.more["person_id"] == first.uid


def test_addresses_that_are_added_and_corrected(db: Session) -> None:
    rule(db, ["name", "email"])
    saved(db, email="ole@kunde.example")
    second = saved(db, email="ole@annen.example")
    with refused_by(db) as refused:
        add_address(db, second, "email", "ole@kunde.example", by=None, share=True)
    assert refused.value.errors.keys() == {"value", "last_name"}
    second_holding = next(one for one in holdings_of(db, second) if one.address.value == "ole@annen.example")
    with refused_by(db):
        correct_address(db, second_holding, "ole@kunde.example", by=None, share=True)


def test_spellings_of_a_mailbox_are_one_where_the_option_says_so(db: Session) -> None:
    rule(db, ["name", "email"])
    set_option(db, "contacts.same_mailbox_variants", {"gmail.com": "plus_and_dots"})
    saved(db, email="o.le+news@gmail.com")
    saved(db, email="ole+a@kunde.example")
    saved(db, email="ole+b@kunde.example")
    with refused_by(db):
        saved(db, email="ole@gmail.com")


def pairs(db: Session) -> list[tuple[int, int, str]]:
    return [(row.person_id, row.other_id, row.origin) for row in db.scalars(select(DuplicatePair).order_by(DuplicatePair.id))]


def test_each_door_in_its_own_way(db: Session) -> None:
    """REQUIREMENTS 0.5: block, warn or queue, per door."""
    rule(db, ["name"], api="queue", form="block", **{"import": "warn"})
    first = saved(db)
    with refused_by(db):
        saved(db)
    with refused_by(db) as warned:
        saved(db, how="import")
    assert warned.value.more["nevertheless"] is True
    queued = saved(db, how="api")
    assert pairs(db) == [(first.id, queued.id, "rule")]
    with through(db, "import", nevertheless=True):
        saved(db, how="import")
    assert len(pairs(db)) == 3


def test_blocked_is_blocked_nevertheless(db: Session) -> None:
    """W80: where duplicates are impossible, no button makes one."""
    rule(db, ["name"])
    saved(db)
    with through(db, "form", nevertheless=True), refused_by(db):
        saved(db)


@pytest.mark.parametrize("batch", [True, False])
def test_mail_is_never_blocked_but_looked_at(db: Session, batch: bool) -> None:
    """REQUIREMENTS 0.5."""
    rule(db, ["name"])
    first = saved(db)

    def arrive() -> Person:
        return create_from_mail(db, address_row(db, "ole@ny.example"), "Ole Hansen", why="wrote", language="nb", proof="none")

    if batch:
        with together(db):
            made = arrive()
    else:
        made = arrive()
    assert pairs(db) == [(first.id, made.id, "rule")]
    add_address(db, made, "email", "ole@kunde.example", by=None, origin="wrote")
    saved(db, how="ticket")


def test_whom_an_agent_has_told_apart_may_be_saved(db: Session) -> None:
    first, second = saved(db), saved(db, {"last_name": "Vik"})
    rule(db, ["name"])
    db.add(NotTheSame(person_id=first.id, other_id=second.id))
    db.flush()
    edit_person(db, second, OLE, by=None)


@pytest.mark.parametrize("wrong", [[["title"]], [["name", "name"]], [["nonsense"]], [["name", "email", "phone"]], ["name"], [[]],
                                   [["name"], ["email"], ["phone"], ["company"]], [[["name"]]]])
def test_rules_that_are_none(db: Session, wrong: Any) -> None:
    """W83: one or two fields; a title tells nobody apart by itself."""
    with pytest.raises(Refused):
        set_option(db, "contacts.duplicate_rule", wrong)


def test_two_who_save_the_same_at_once(fresh_database: Database) -> None:
    """W80: one of them is told."""
    with fresh_database.write() as db:
        rule(db, ["name"])
    outcome: list[str] = []

    def save(wait: float) -> None:
        try:
            with fresh_database.write() as db:
                saved(db)
                outcome.append("saved")
                time.sleep(wait)
        except Conflict:
            outcome.append("refused")

    other = threading.Thread(target=save, args=(0.0,))
    with fresh_database.write() as db:
        saved(db)
        other.start()
        limit = time.monotonic() + 10
        while fresh_database.dialect == "postgresql" and time.monotonic() < limit:
            with fresh_database.engine.connect() as looking:
                if looking.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")):
                    break
    other.join(20)
    assert outcome == ["refused"]
    with fresh_database.read() as db:
        assert len(db.scalars(select(Person)).all()) == 1
        assert db.scalars(select(Holding)).all() == []


@pytest.mark.parametrize(("rule", "same"), [
    ([["first_name", "last_name"]], True), ([["last_name"]], True), ([["last_name", "title"]], False), ([["last_name", "first_name"]], True),
    ([["last_name", "customer_number"]], False)])
def test_first_and_last_name_by_themselves(db: Session, rule: list[list[str]], same: bool) -> None:
    """W83: names may be told apart in the rule; together they are the name."""
    create_person(db, {"first_name": "Bjørn", "last_name": "Ås", "title": "Controller", "private_customer": True}, by=None)
    create_person(db, {"first_name": "Bjørn", "last_name": "Åsen", "private_customer": True}, by=None)
    set_option(db, "contacts.duplicate_rule", rule)
    given = {"first_name": "BJOERN", "last_name": "Aas", "title": "Manager", "private_customer": True}
    if same:
        with pytest.raises(Conflict):
            create_person(db, given, by=None)
    else:
        create_person(db, given, by=None)
