"""Selections: who sees and changes them, who is in them, and what criteria mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.orm import Session

import contacts.own_criteria
import contacts.project_criteria  # noqa: F401
import desk.tickets.criteria  # noqa: F401 - and what tickets know
from contacts.agent import Agent, Team, TeamMember
from contacts.binning import bin_person
from contacts.companies import new_company
from contacts.company import Category, Company
from contacts.criteria import BARE, CONTRARY, OPERATORS, asking, met, offered
from contacts.custom_field import CARDS
from contacts.custom_fields import retire_field, save_field
from contacts.custom_kinds import CHOSEN, KINDS
from contacts.editing import create_person, edit_person
from contacts.infotags import put_on, save_infotag
from contacts.merging import merge
from contacts.person import Person
from contacts.searching import search_persons
from contacts.selected import count_selected, living, selected, selection_called, selections
from contacts.selecting import (
    add_members,
    change_selection,
    copy_selection,
    delete_selection,
    new_selection,
    remove_members,
)
from contacts.selection import OF, Selection
from core.clock import now
from core.database import new_uid
from core.errors import Forbidden, Refused, Unknown
from desk.mailboxes import add_mailbox
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket


@pytest.fixture
def nora(db: Session) -> Agent:
    return made(db, Agent(email="nora@desk.example", name="Nora Vik"))


@pytest.fixture
def kari(db: Session) -> Agent:
    return made(db, Agent(email="kari@desk.example", name="Kari Moe"))


@pytest.fixture
def people(db: Session, nora: Agent) -> list[Person]:
    """Åse, a customer at Kunde AS; Bo, a private customer who has left; Cato, about whom nothing is known."""
    customer = made(db, Category(name="Customer"))
    kunde = new_company(db, {"name": "Kunde AS", "category_id": customer.id, "address": "Oslo"}, by=nora, domains=["kunde.example"])
    return [
        create_person(db, {"first_name": "Åse", "last_name": "Bøgh", "title": "Øverste Sjef"}, by=nora, employments=[{"company": kunde}],
                      addresses=[{"kind": "email", "value": "ase@mail.kunde.example"}, {"kind": "phone", "value": "+47 22 33 44 55"}]),
        create_person(db, {"first_name": "Bo", "last_name": "Dahl", "private_customer": True, "status": "left", "customer_number": "K7"}, by=nora,
                      addresses=[{"kind": "email", "value": "bo@other.example"}]),
        create_person(db, {"first_name": "Cato", "last_name": "Eik"}, by=None, exempt=True)]


def made(db: Session, row: Any) -> Any:
    db.add(row)
    db.flush()
    return row


def dynamic(db: Session, by: Agent, *rows: tuple[str, str, str], of: str = "persons", joined: str = "all", **more: Any) -> Selection:
    return new_selection(db, {"name": "D", "of": of, "kind": "dynamic", "joined": joined, **more,
                              "criteria": [{"field": field, "op": op, "value": value} for field, op, value in rows]}, by=by)


def names(db: Session, selection: Selection, by: Agent) -> list[str]:
    found = search_persons(db, where=[selected(db, selection, by)]).rows
    assert len(found) == count_selected(db, selection, by)
    return [person.first_name for person in found]


@pytest.mark.parametrize(("rows", "found"), [
    ([("name", "contains", "boegh")], ["Åse"]), ([("name", "is", "bo dahl")], ["Bo"]), ([("name", "begins", "eik")], ["Cato"]),
    ([("name", "lacks", "BØG")], ["Bo", "Cato"]), ([("title", "contains", "øverste")], ["Åse"]), ([("title", "empty", "")], ["Bo", "Cato"]),
    ([("status", "is", "left")], ["Bo"]), ([("category", "is", "customer")], ["Åse"]), ([("category", "is_not", "customer")], ["Bo", "Cato"]),
    ([("company_category", "is", "customer")], ["Åse"]), ([("company", "contains", "nde")], ["Åse"]), ([("company", "empty", "")], ["Bo", "Cato"]),
    ([("company_address", "is", "oslo")], ["Åse"]), ([("domain", "is", "mail.kunde.example")], ["Åse"]), ([("domain", "is", "kunde.example")], []),
    ([("domain", "contains", "kunde")], ["Åse"]), ([("domain", "lacks", "kunde")], ["Bo", "Cato"]), ([("domain", "empty", "")], ["Cato"]),
    ([("phone", "is", "22334455")], ["Åse"]), ([("phone", "begins", "+47")], ["Åse"]), ([("phone", "empty", "")], ["Bo", "Cato"]),
    ([("private_customer", "yes", "")], ["Bo"]), ([("private_customer", "no", "")], ["Åse", "Cato"]), ([("customer_number", "filled", "")], ["Bo"]),
    ([("our_contact", "filled", "")], ["Åse", "Bo"]), ([("to_be_completed", "yes", "")], ["Cato"]), ([("created", "within", "3")], ["Åse", "Bo", "Cato"]),
    ([("created", "older", "3")], []), ([("open_ticket", "no", "")], ["Åse", "Bo", "Cato"]),
    ([("status", "is", "left"), ("category", "is", "customer")], []),
])
def test_criteria(db: Session, nora: Agent, people: list[Person], rows: list[tuple[str, str, str]], found: list[str]) -> None:
    uid = db.scalars(select(Category.uid)).one()
    rows = [(field, op, uid if value == "customer" else value) for field, op, value in rows]
    assert names(db, dynamic(db, nora, *rows), nora) == found
    if len(rows) > 1:
        assert names(db, dynamic(db, nora, *rows, joined="any"), nora) == ["Åse", "Bo"]


def test_every_criterion_and_its_contrary_share_all_among_them(db: Session, nora: Agent, people: list[Person]) -> None:
    """Whatever is asked with whatever operator can be asked on this database, and nobody is in both, nor in neither."""
    for kind in KINDS:
        for card in CARDS:
            save_field(db, None, {"of": card, "name": kind, "kind": kind, "choices": ["Red", "Blue"] if kind in CHOSEN else []}, by=nora)
    for criterion in (one for of in OF for one in offered(db, of)):
        of, field, kind = criterion.of, criterion.name, OF[criterion.of][0]
        everybody = set(db.scalars(select(kind.id).where(*living(Selection(of=of)))))
        value = {"day": "30", "date": "30", "number": "1", "amount": "-1,5", "choice": "active"}.get(criterion.kind, "kunde")
        if criterion.choices and criterion.choices(db):
            value = criterion.choices(db)[0][0]
        for op in OPERATORS[criterion.kind]:
            given = "" if op in BARE else "2026-01-01" if op in ("after", "before") else value
            found = {one: set(db.scalars(select(kind.id).where(*living(Selection(of=of)), met(asking(db, nora), of, [{"field": field, "op": one, "value": given}]))))
                     for one in {op, CONTRARY.get(op, op)}}
            if len(found) == 2:
                assert not set.intersection(*found.values()) and set.union(*found.values()) == everybody, (of, field, op)


OWN = {"hobby": "text", "shoe_size": "number", "contract_ends": "date", "vip": "flag", "colours": "choices"}


@pytest.mark.parametrize(("rows", "found"), [
    ([("custom.hobby", "contains", "sjoe")], ["Åse"]), ([("custom.hobby", "lacks", "sjø")], ["Bo", "Cato"]), ([("custom.hobby", "empty", "")], ["Cato"]),
    ([("custom.shoe_size", "at_least", "41,5")], ["Åse"]), ([("custom.shoe_size", "at_most", "-1")], ["Bo"]), ([("custom.shoe_size", "filled", "")], ["Åse", "Bo"]),
    ([("custom.contract_ends", "after", "2026-01-01")], ["Åse"]), ([("custom.contract_ends", "within", "9")], []), ([("custom.contract_ends", "empty", "")], ["Cato"]),
    ([("custom.vip", "yes", "")], ["Åse"]), ([("custom.vip", "no", "")], ["Bo", "Cato"]), ([("custom.colours", "is", "Blue")], ["Åse"]),
    ([("custom.colours", "is_not", "Blue")], ["Bo", "Cato"]), ([("infotag", "is", "golf")], ["Bo"]), ([("infotag", "empty", "")], ["Åse", "Cato"]),
    ([("infotag", "is", "golf"), ("custom.vip", "no", "")], ["Bo"]),
])
def test_by_what_the_organisation_has_made_itself(db: Session, nora: Agent, people: list[Person], rows: list[tuple[str, str, str]], found: list[str]) -> None:
    """Fields of one's own of each kind, and infotags; a retired field goes on in the selections that go by it, and is offered no more."""
    fields = [save_field(db, None, {"of": "person", "name": key, "kind": kind, "choices": ["Red", "Blue"] if kind in CHOSEN else []}, by=nora)
              for key, kind in OWN.items()]
    for person, values in zip(people, (("Sjø og fjell", 42, "2030-01-01", True, ["Red", "Blue"]), ("Golf", -2, "2020-01-01", False, ["Red"])), strict=False):
        edit_person(db, person, {}, custom=dict(zip(OWN, values, strict=True)), by=nora)
    golf = save_infotag(db, None, {"name": "Golf"}, by=nora)
    put_on(db, people[1], golf, by=nora)
    made = dynamic(db, nora, *((field, op, golf.uid if value == "golf" else value) for field, op, value in rows))
    assert names(db, made, nora) == found
    for field in fields:
        retire_field(db, field, by=nora)
    assert names(db, made, nora) == found and not [one for one in offered(db, "persons") if one.name.startswith("custom.")]
    with pytest.raises(Refused) as refused:
        dynamic(db, nora, ("custom.shoe_size", "at_least", "nan"))
    assert "criteria.0" in refused.value.errors


def test_members_come_and_go_and_follow_a_merge(db: Session, nora: Agent, people: list[Person]) -> None:
    ready = new_selection(db, {"name": " ready  to be deleted ", "of": "persons"}, by=nora)
    assert ready.name == "ready to be deleted"
    uids = [person.uid for person in people]
    assert (add_members(db, ready, uids[:2], by=nora), add_members(db, ready, uids, by=nora)) == (2, 1)
    assert remove_members(db, ready, [uids[2]], by=nora) == 1
    merge(db, people[1], people[2], by=nora)
    assert names(db, ready, nora) == ["Åse", "Cato"]
    bin_person(db, people[2], by=nora)
    assert names(db, ready, nora) == ["Åse"]
    with pytest.raises(Unknown):
        add_members(db, ready, ["0" * 24], by=nora)
    with pytest.raises(Refused, match="criteria"):
        add_members(db, dynamic(db, nora, ("status", "is", "left")), uids, by=nora)


@pytest.mark.parametrize(("how", "found"), [("union", ["Åse", "Bo"]), ("intersection", ["Bo"]), ("difference", ["Åse"])])
def test_combined(db: Session, nora: Agent, people: list[Person], how: str, found: list[str]) -> None:
    some = new_selection(db, {"name": "Some", "of": "persons"}, by=nora)
    add_members(db, some, [person.uid for person in people[:2]], by=nora)
    left = dynamic(db, nora, ("status", "is", "left"))
    both = new_selection(db, {"name": "Both", "of": "persons", "kind": "combined", "how": how, "first": some.uid, "second": left.uid}, by=nora)
    assert names(db, both, nora) == found
    with pytest.raises(Refused, match="made of this one"):
        delete_selection(db, left, by=nora)
    with pytest.raises(Refused) as refused:
        change_selection(db, both, {"first": both.uid}, by=nora)
    assert "first" in refused.value.errors


def test_a_private_one_is_its_owners_alone(db: Session, nora: Agent, kari: Agent) -> None:
    kari.role = "admin"
    mine = new_selection(db, {"name": "Mine", "of": "persons"}, by=nora)
    assert (list(selections(db, nora)), list(selections(db, kari))) == ([mine], [])
    with pytest.raises(Unknown):
        selection_called(db, mine.uid, kari)
    with pytest.raises(Refused):
        new_selection(db, {"name": "X", "of": "persons", "kind": "combined", "how": "union", "first": mine.uid, "second": mine.uid}, by=kari)


def test_shared_with_a_team_or_all(db: Session, nora: Agent, kari: Agent) -> None:
    team = made(db, Team(name="Sales"))
    mine = new_selection(db, {"name": "Mine", "of": "persons"}, by=nora)
    with pytest.raises(Refused) as refused:
        change_selection(db, mine, {"sharing": "team", "team": team.uid}, by=nora)
    assert "team" in refused.value.errors       # she is not in it
    db.add_all(TeamMember(team_id=team.id, agent_id=one.id) for one in (nora, kari))
    db.flush()
    change_selection(db, mine, {"sharing": "team", "team": team.uid}, by=nora)
    assert selection_called(db, mine.uid, kari) is mine
    with pytest.raises(Forbidden):
        change_selection(db, mine, {"name": "Ours"}, by=kari)
    copy = copy_selection(db, mine, by=kari)
    assert (copy.name, copy.owner, copy.sharing) == ("Copy of Mine", kari, "private")


def test_who_is_in_a_shared_one_is_up_to_its_owner_and_admins(db: Session, nora: Agent, kari: Agent, people: list[Person]) -> None:
    ours = new_selection(db, {"name": "Ours", "of": "persons", "sharing": "all"}, by=nora)
    add_members(db, ours, [people[0].uid], by=nora)
    for act in (add_members, remove_members):
        with pytest.raises(Forbidden):
            act(db, ours, [people[0].uid, people[1].uid], by=kari)
    assert names(db, ours, kari) == ["Åse"] and list(selections(db, kari)) == [ours] and list(selections(db, kari, owned=True)) == []
    kari.role = "admin"
    assert (add_members(db, ours, [people[1].uid], by=kari), remove_members(db, ours, [people[0].uid], by=kari)) == (1, 1)
    assert list(selections(db, kari, owned=True)) == [ours]


@pytest.mark.parametrize(("row", "said"), [
    (("nothing", "is", "x"), "Choose a field."), (("name", "within", "x"), "Choose how to compare."), (("name", "contains", ""), "Give a value."),
    (("created", "after", "2026-13-01"), "Write the day"), (("created", "within", "-1"), "Give a whole number."), (("created", "within", "9" * 40), "Give a whole")])
def test_what_is_no_criterion_is_said_beside_it(db: Session, nora: Agent, row: tuple[str, str, str], said: str) -> None:
    with pytest.raises(Refused) as refused:
        dynamic(db, nora, ("status", "is", "left"), row)
    assert said in refused.value.errors["criteria.1"]


@pytest.fixture
def plans(db: Session) -> Callable[[Callable[[], object]], str]:
    def plans(ask: Callable[[], object]) -> str:
        connection, asked = db.connection(), []
        event.listen(connection, "before_cursor_execute", heard := lambda _c, _k, statement, given, *_: asked.append((statement, given)))
        ask()
        event.remove(connection, "before_cursor_execute", heard)
        explain = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        return "\n".join(str(row) for statement, given in asked for row in connection.exec_driver_sql(explain + statement, given))
    return plans


@pytest.mark.parametrize(("row", "index"), [
    (("category", "is", "customer"), "ix_persons_category"), (("status", "is", "left"), "ix_persons_left|ix_persons_status"),
    (("created", "within", "0"), "ix_persons_created"), (("domain", "is", "rare.example"), "person_search"), (("heard", "within", "0"), "ix_messages_heard|using ix_messages_person on"),
    (("company_category", "is", "customer"), "ix_companies_category"), (("our_contact", "is", "nobody"), "ix_persons_our_contact")])
def test_few_are_found_by_an_index(db: Session, nora: Agent, plans: Any, row: tuple[str, str, str], index: str) -> None:
    customer = made(db, Category(name="Customer"))
    support = add_mailbox(db, "support@desk.example", "Support")
    db.execute(insert(Person), [{"uid": new_uid(), "first_name": "F", "last_name": f"L{n}", "sort_name": f"l{n:05} f", "created_at": now().replace(year=2020)}
                                for n in range(5000)])
    db.execute(insert(Company), [{"uid": new_uid(), "name": f"C{n}", "sort_name": f"c{n}"} for n in range(2000)])
    ticket, persons = made(db, Ticket(subject="x", mailbox_id=support.id, moved_at=now())), list(db.scalars(select(Person.id).limit(3000)))
    db.execute(insert(Message), [{"uid": new_uid(), "ticket_id": ticket.id, "direction": "in", "at": now() - timedelta(days=400 + n), "person_id": person}
                                 for n, person in enumerate(persons)])
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("ANALYZE"))
        db.execute(text("SET LOCAL enable_seqscan = off"))
    chosen = dynamic(db, nora, (row[0], row[1], customer.uid if row[2] == "customer" else row[2]))
    got = plans(lambda: search_persons(db, where=[selected(db, chosen, nora)]))
    assert any(one in got for one in index.split("|")), got
    assert "Seq Scan on persons " not in got and "'SCAN persons'" not in got, got


def test_many_are_read_in_order_of_their_names(db: Session, nora: Agent, people: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contacts.searching.FEW", 1)
    every = dynamic(db, nora, ("created", "within", "9"))
    first = search_persons(db, where=[selected(db, every, nora)], limit=2)
    rest = search_persons(db, where=[selected(db, every, nora)], limit=2, cursor=first.next or "")
    assert [p.first_name for p in (*first.rows, *rest.rows)] == ["Åse", "Bo", "Cato"] and rest.next is None
    edit_person(db, people[0], {"status": "left"}, by=nora)
    assert [p.first_name for p in search_persons(db, "bog", where=[selected(db, dynamic(db, nora, ("status", "is", "left")), nora)]).rows] == ["Åse"]
