"""Spellings of one mailbox are one person's only where an admin says so (MAIL.md, Identity)."""

import pytest
from sqlalchemy import event, func, select

from contacts.address import reduced
from contacts.addressing import add_address
from contacts.editing import create_person
from contacts.person import Person
from core.batch import together
from core.errors import Refused
from core.options import set_option
from desk.inbound import Delivery, InboundMail, accept
from desk.mailboxes import own_addresses
from desk.tickets.foresight import look_ahead
from desk.tickets.intake import file
from desk.tickets.message import Message
from mailgate.parse import parse
from tests.letters_made import mail


@pytest.fixture
def ole(db, support):
    return create_person(db, {"first_name": "Ole", "last_name": "Vang"}, by=None, exempt=True,
                         addresses=[{"kind": "email", "value": "o.le+news@kunde.example"}])


def says(db, value):
    set_option(db, "contacts.same_mailbox_variants", value)


def persons(db):
    return db.scalar(select(func.count()).select_from(Person))


@pytest.mark.parametrize(("setting", "sender", "same"), [
    ({}, "o.le@kunde.example", False), ({}, "o.le+news@kunde.example", True), ({}, "O.LE+News@KUNDE.example", True),
    ({"kunde.example": "plus"}, "o.le@kunde.example", True), ({"kunde.example": "plus"}, "o.le+shop@kunde.example", True),
    ({"kunde.example": "plus"}, "ole@kunde.example", False), ({"other.example": "plus"}, "o.le@kunde.example", False),
    ({"*": "plus_and_dots"}, "ole@kunde.example", True), ({"*": "plus_and_dots"}, "o.l.e+x@kunde.example", True),
    ({"*": "plus_and_dots", "kunde.example": "plus"}, "ole@kunde.example", False),
    ({"*": "plus_and_dots"}, "ole@sub.kunde.example", False), ({"*": "plus_and_dots"}, "olev@kunde.example", False)])
def test_spellings(arrive, db, ole, setting, sender, same):
    says(db, setting)
    got = arrive(mail(f"Ole Vang <{sender}>"))
    assert (got.ticket.requester_id == ole.id, persons(db)) == ((True, 1) if same else (False, 2))


def test_the_evidence_says_so_and_answers_go_where_it_came_from(arrive, db, ole):
    says(db, {"kunde.example": "plus_and_dots"})
    got = arrive(mail("ole@kunde.example"))
    assert got.ticket.requester_address.normalised == "ole@kunde.example"
    assert "ole@kunde.example counts as o.le+news@kunde.example" in got.ticket.identification["evidence"][0]["words"]


def test_whoever_holds_the_very_address_comes_first(arrive, db, ole):
    says(db, {"kunde.example": "plus_and_dots"})
    kari = create_person(db, {"first_name": "Kari", "last_name": "Dal"}, by=None, exempt=True)
    add_address(db, kari, "email", "ole@kunde.example", by=None)
    assert arrive(mail("ole@kunde.example")).ticket.requester_id == kari.id
    both = arrive(mail("o.l.e@kunde.example", subject="Other"))
    assert (both.ticket.requester_id, both.ticket.identification["evidence"][1]["clue"]) == (None, "shared")


@pytest.mark.parametrize("setting", [{"kunde.example": "plus_and_dots"}, {}])
def test_spellings_in_one_batch_make_one_person(db, support, setting):
    says(db, setting)
    raws = [mail(f"Ole Vang <{one}@kunde.example>", subject=one) for one in ("ole+a", "o.le", "ole", "kari")]
    rows = [accept(db, Delivery(support.id, "smtp", str(n), raw)).id for n, raw in enumerate(raws)]
    letters = [parse(raw) for raw in raws]
    with together(db), db.no_autoflush:
        found = [db.get_one(InboundMail, row) for row in rows]
        look_ahead(db, letters, own_addresses(db))
        for row, letter in zip(found, letters, strict=True):
            file(db, row, letter, [])
    assert persons(db) == (2 if setting else 4)
    assert len(set(db.scalars(select(Message.person_id)))) == persons(db)


def test_nothing_is_asked_where_nothing_is_chosen(arrive, db, ole):
    asked = []

    def listen(_connection, _cursor, statement, *_more):
        asked.append(statement)

    event.listen(db.get_bind(), "before_cursor_execute", listen)
    try:
        arrive(mail("new@kunde.example"))
    finally:
        event.remove(db.get_bind(), "before_cursor_execute", listen)
    assert not [one for one in asked if "addresses.reduced IN" in one]


@pytest.mark.parametrize("value", [
    "plus", ["kunde.example"], {"kunde.example": "dots"}, {"Kunde.example": "plus"}, {"": "plus"}, {"kunde.example": True}])
def test_what_makes_no_sense_is_not_chosen(db, value):
    with pytest.raises(Refused):
        says(db, value)


@pytest.mark.parametrize(("address", "left"), [
    ("ole@k.example", None), ("o.l.e@k.example", "ole@k.example"), ("ole+a+b@k.example", "ole@k.example"), ("+a@k.example", None),
    ('"o.le"@k.example', None), ("nobody", None), ("åse.x@blåbær.example", "åsex@blåbær.example")])
def test_what_is_left(address, left):
    assert reduced(address) == left


@pytest.mark.parametrize("domain", ["bjørk.example", "xn--bjrk-hra.example"])
def test_a_domain_may_be_named_in_either_of_its_forms(arrive, db, support, domain):
    says(db, {domain: "plus"})
    kari = create_person(db, {"first_name": "Kari", "last_name": "Dal"}, by=None, exempt=True,
                         addresses=[{"kind": "email", "value": "kari@bjørk.example"}])
    assert arrive(mail("kari+x@xn--bjrk-hra.example")).ticket.requester_id == kari.id
