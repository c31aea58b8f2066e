"""Merging persons and taking them apart: laws that hold whatever the two are and whatever comes in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from contacts.activity import Activity, ActivityParticipant
from contacts.address import Holding
from contacts.addressing import add_address, holdings_of, make_primary
from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.campaign import Campaign, CampaignMember
from contacts.companies import new_company
from contacts.company import Company
from contacts.editing import create_person, edit_person, employ, person_called
from contacts.favourite import AtHand
from contacts.following import FOLLOWERS
from contacts.identifying import identify
from contacts.merge import Merge
from contacts.merged import root_of
from contacts.merging import merge, unmerge
from contacts.name_keys import NameKey
from contacts.note import Note
from contacts.order import Order
from contacts.person import Employment, LegalBasis, Person
from contacts.project import Project, ProjectMember
from contacts.rejecting import say_not_same
from contacts.relation import Relation, RelationKind
from contacts.sale import Sale, SaleMember
from contacts.searching import search_persons
from core import schema
from core.clock import now
from core.errors import Conflict, Refused, Stale
from core.history import Change, FactRow, FactSubject
from desk.mailboxes import Mailbox, add_mailbox
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket

#: What is not a person's, or is made anew: keys of the name, and what tells of merges themselves.
NOT_THEIRS = {"custom_values.person_id", "name_keys.person_id", "duplicate_pairs.person_id", "duplicate_pairs.other_id", "merges.person_id", "merges.into_id", "not_the_same.person_id", "not_the_same.other_id",
              "persons.merged_into_id"}
FIELDS = [column.key for column in inspect(Person).columns if column.key not in ("version", "merged_into_id", "binned_at")]
LAWS = settings(max_examples=15, phases=[Phase.explicit, Phase.generate], deadline=None, report_multiple_bugs=False, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = st.sampled_from(["Ole", "Olav", "Kari", ""])


@pytest.fixture
def nora(db: Session) -> Agent:
    agent = Agent(email="nora@desk.example", name="Nora Vik")
    db.add(agent)
    db.flush()
    return agent


@contextmanager
def forgotten(db: Session) -> Iterator[Agent]:
    """What one example writes is undone, and nothing of it is remembered."""
    undone = db.begin_nested()
    try:
        yield db.scalars(select(Agent)).one()
    finally:
        undone.rollback()
        db.expunge_all()


class World:
    """Two companies, a mailbox, and persons with something of every kind."""

    def __init__(self, db: Session, by: Agent) -> None:
        self.db, self.by, self.n = db, by, count(1)
        self.firms = [new_company(db, {"name": name}, by=by) for name in ("Kunde AS", "Annen AS")]
        self.box: Mailbox = db.scalar(select(Mailbox)) or add_mailbox(db, "support@desk.example", "Support")
        self.kind = RelationKind(between="person-person", name="deputy of", reverse="has as deputy")
        self.activity = Activity(kind="task", title="Call")
        self.shared = next(self.n)
        self.joint = [Sale(title="Deal", currency="NOK"), Project(title="Hall"), Campaign(title="Fair")]
        db.add_all([self.kind, self.activity, *self.joint])
        db.flush()

    def person(self, draw: st.DrawFn | None = None, **given_: Any) -> Person:
        """Somebody; what they have is drawn."""
        def yes() -> bool:
            return draw is None or draw(st.booleans())

        n, by, db = next(self.n), self.by, self.db
        firm: Company = self.firms[0] if draw is None else draw(st.sampled_from(self.firms))
        fields = {"first_name": draw(NAMES) if draw else f"Ole{n}", "last_name": f"Vang {n}", "private_customer": yes(),
                  "title": "Controller" if yes() else None, "customer_number": str(1000 + n) if yes() else None,
                  "preferred_language": draw(st.sampled_from([None, "nb", "en"])) if draw else "nb", **given_}
        values = [f"p{n}@kunde{n}.example", *([f"shared{self.shared}@kunde.example"] if yes() else []), *([f"q{n}@kunde.example"] if yes() else [])]
        person = create_person(
            db, fields, by=by, exempt=True, share=True, employments=[{"company": firm, "position": "Sjef" if yes() else None}] if yes() else (),
            addresses=[{"kind": "email", "value": value} for value in values] + ([{"kind": "phone", "value": f"+47 55 50 {1000 + n}"}] if yes() else []))
        if yes():
            make_primary(db, holdings_of(db, person)[-1])
        if yes():
            db.add(Note(person_id=person.id, origin_person_id=person.id, text="A note"))
        if yes():
            db.add(Note(person_id=person.id, text="One from before there were origins"))
        if yes():
            db.add(ActivityParticipant(activity_id=self.activity.id, person_id=person.id, origin_person_id=person.id))
        for matter, member in zip(self.joint, (SaleMember, ProjectMember, CampaignMember), strict=True):
            if yes():
                db.add(member(matter_id=matter.id, person_id=person.id, origin_person_id=person.id))
        for made in (Sale(title="Own", currency="NOK"), Project(title="Own"), Order(number=100 + n, currency="NOK")):
            if yes():
                made.person_id = made.origin_person_id = person.id
                db.add(made)
        if yes():
            db.add(Employment(person_id=person.id, company_id=self.firms[1].id, primary=False, ended_on=date(2020, 1, 1), status="left"))
        if yes():
            db.add(LegalBasis(person_id=person.id, basis="contract"))
        if yes():
            db.add(AtHand(agent_id=by.id, subject_uid=person.uid, kind="person", favourite=yes(), subscribed=yes()))
        for _ in range(draw(st.integers(0, 2)) if draw else 1):
            self.mail(person)
        db.flush()
        return person

    def relate(self, one: Person, other: Person) -> None:
        self.db.add(Relation(kind_id=self.kind.id, person_id=one.id, origin_person_id=one.id, other_person_id=other.id,
                             other_origin_person_id=other.id))
        self.db.flush()

    def mail(self, person: Person) -> None:
        """A mail from the first address that the person held: filed as intake does, under whoever that is now."""
        holding = self.db.scalars(select(Holding).where(Holding.origin_person_id == person.id).order_by(Holding.id)).first()
        assert holding is not None
        known = identify(self.db, holding.address, own=frozenset())
        whose, origin = known.person, known.origin_id
        ticket = Ticket(subject="x", mailbox_id=self.box.id, moved_at=now(), requester_id=whose.id if whose else None,
                        origin_requester_id=origin, requester_address_id=holding.address_id)
        self.db.add(ticket)
        self.db.flush()
        self.db.add(Message(ticket_id=ticket.id, direction="in", at=now(), person_id=whose.id if whose else None, origin_person_id=origin,
                            sender_address_id=holding.address_id))
        self.db.flush()

    def state(self, *persons: Person) -> dict[str, Any]:
        """Everything there is of these persons, and how each is found."""
        db, ids = self.db, [one.id for one in persons]
        db.flush()
        db.expire_all()
        found: dict[str, Any] = {one.name: sorted(map(tuple, db.execute(select(
            *inspect(one.kind).primary_key, one.person).where(one.person.in_(ids))))) for one in FOLLOWERS if one.name != "rejections"}
        found["fields"] = [[getattr(one, name) for name in FIELDS] for one in persons]
        found["first"] = sorted(db.execute(select(Holding.id).where(Holding.person_id.in_(ids), Holding.primary)).scalars())
        found["jobs"] = sorted(db.execute(select(Employment.id).where(Employment.person_id.in_(ids), Employment.primary)).scalars())
        found["keys"] = sorted(map(tuple, db.execute(select(NameKey.person_id, NameKey.key).where(NameKey.person_id.in_(ids)))))
        found["at_hand"] = sorted(map(tuple, db.execute(select(AtHand.subject_uid, AtHand.favourite, AtHand.subscribed).where(
            AtHand.subject_uid.in_([one.uid for one in persons])))))
        key = "rowid" if db.get_bind().dialect.name == "sqlite" else "id"
        found["search"] = [sorted(str(db.execute(text(f"SELECT body FROM person_search WHERE {key} = :id"), {"id": i}).scalar()).split())
                           for i in ids]
        return found

    def whole(self) -> dict[str, int]:
        """How many rows of each kind there are, and that each of them is somebody's who goes on, or the same as one that is."""
        return {one.name: len(self.db.execute(select(*inspect(one.kind).primary_key).where(one.person.is_not(None))).all()) for one in FOLLOWERS}


def test_every_table_that_names_a_person_says_whether_it_follows() -> None:
    """A later kind of record joins by one line; forgetting it fails here."""
    said = {f"{one.person.class_.__tablename__}.{one.person.key}" for one in FOLLOWERS} | NOT_THEIRS
    there = {f"{table.name}.{column.name}" for table in schema.metadata().tables.values() for column in table.columns
             for key in column.foreign_keys if key.target_fullname == "persons.id"}
    assert said == there


@pytest.mark.usefixtures("nora")
@LAWS
@given(data=st.data())
def test_taken_apart_two_are_as_before(db: Session, data: st.DataObject) -> None:
    """C19, W93: unmerge(merge(a, b)) == (a, b), whatever was chosen; what moves moves once and nothing is lost."""
    with forgotten(db) as nora:
        world = World(db, nora)
        a, b = world.person(data.draw), world.person(data.draw)
        if data.draw(st.booleans()):
            world.relate(*data.draw(st.permutations([a, b])))
        before, rows = world.state(a, b), world.whole()
        merge(db, a, b, data.draw(CHOICES), by=nora)
        assert world.whole() == rows
        _all_follow(world, a, b)
        unmerge(db, a, by=nora)
        assert world.state(a, b) == before


@pytest.mark.usefixtures("nora")
@LAWS
@given(data=st.data())
def test_whatever_is_merged_in_whatever_order_comes_apart_again(db: Session, data: st.DataObject) -> None:
    """Chains: a into b, b into c, a out again, and mail that comes in between, each to whose address it came from."""
    with forgotten(db) as nora:
        world = World(db, nora)
        persons = [world.person(data.draw) for _ in range(3)]
        for person in persons:
            note([(h.id, h.address.value, h.primary) for h in holdings_of(db, person)])
        plain, mails = world.state(*persons), {one.id: len(_mails(world, one)) for one in persons}
        for _ in range(data.draw(st.integers(1, 6))):
            one, other = data.draw(st.permutations(persons))[:2]
            if one.merged_into_id is not None and data.draw(st.booleans()):
                note(f"{persons.index(one)} out")
                unmerge(db, one, by=nora)
            elif one.merged_into_id is None and other.merged_into_id is None:
                chosen = data.draw(CHOICES)
                note(f"{persons.index(one)} into {persons.index(other)}: {chosen}")
                merge(db, one, other, chosen, by=nora)
            else:
                world.mail(one)
                mails[one.id] += 1
            _all_follow(world, *persons)
        for one in data.draw(st.permutations(persons)):
            if one.merged_into_id is not None:
                note(f"{persons.index(one)} out")
                unmerge(db, one, by=nora)
        assert {one.id: len(_mails(world, one)) for one in persons} == mails
        apart = world.state(*persons)
        for name in ("messages", "tickets"):
            assert set(plain.pop(name)) <= set(apart.pop(name))
        assert {name: apart[name] for name in plain if apart[name] != plain[name]} == {
            name: plain[name] for name in plain if apart[name] != plain[name]}


def _mails(world: World, person: Person) -> list[int]:
    return list(world.db.scalars(select(Message.id).where(Message.person_id == person.id)))


def _all_follow(world: World, *persons: Person) -> None:
    """Each row is of who goes on for the one it was of; or it stayed with one of theirs, who had the same."""
    roots = {one.id: root_of(world.db, one).id for one in persons}
    for one in FOLLOWERS:
        for person, origin in world.db.execute(select(one.person, one.origin).where(one.person.in_(roots))):
            assert roots[person] == roots[origin or person]
            assert one.same or person == roots[person]


CHOICES = st.dictionaries(st.sampled_from(["first_name", "title", "customer_number", "private_customer", "email", "phone", "employment"]),
                          st.sampled_from(["from", "into"]))


def test_a_year_and_two_hundred_mails_later(db: Session, nora: Agent) -> None:
    """W90, C19: each mail, old and new, is again of whose address it came from; what agents added meanwhile stays with who went on."""
    world = World(db, nora)
    a, b = world.person(), world.person()
    merge(db, a, b, by=nora)
    for _ in range(100):
        world.mail(a)
        world.mail(b)
    db.add(Note(person_id=b.id, origin_person_id=b.id, text="Of both"))
    db.flush()
    assert len(_mails(world, b)) == 202
    parted = unmerge(db, a, by=nora)
    assert (len(_mails(world, a)), len(_mails(world, b))) == (101, 101)
    assert (parted.moved["messages"], parted.moved["tickets"]) == (101, 101)
    assert "Of both" in db.scalars(select(Note.text).where(Note.person_id == b.id)).all()


def test_what_was_changed_since_stays_and_is_told(db: Session, nora: Agent) -> None:
    """W93: a field that the merge overwrote comes back, unless somebody has changed it since."""
    world = World(db, nora)
    a, b = world.person(title="Controller"), world.person(title="Sjef", first_name="Kari")
    merge(db, a, b, {"title": "from", "first_name": "from"}, by=nora)
    assert (b.title, b.first_name) == ("Controller", a.first_name)
    edit_person(db, b, {"title": "Daglig leder"}, by=nora)
    parted = unmerge(db, a, by=nora)
    assert (b.title, b.first_name, parted.stayed) == ("Daglig leder", "Kari", ("title",))


def test_gaps_are_filled_and_the_rest_stays(db: Session, nora: Agent) -> None:
    """W93: nothing is overwritten that nobody chose, save what was empty or a guess."""
    world = World(db, nora)
    a, b = world.person(title="Controller", first_name="Ole"), world.person(title=None, first_name="Olav", customer_number=None)
    number = a.customer_number
    merge(db, a, b, by=nora)
    assert (b.title, b.first_name, b.customer_number, a.customer_number) == ("Controller", "Olav", number, None)


def test_the_one_who_goes_on_is_found_by_both_names(db: Session, nora: Agent) -> None:
    """S53: by name, address and id of either, as one person."""
    world = World(db, nora)
    a, b = world.person(first_name="Gunhild"), world.person(first_name="Ragnhild")
    old = holdings_of(db, a)[0].address.value
    merge(db, a, b, by=nora)
    for query in ("gunhild", "ragnhild", old):
        assert [one.id for one in search_persons(db, query).rows] == [b.id], query
    assert person_called(db, a.uid).id == b.id
    edit_person(db, b, {"title": "Sjef"}, by=nora)          # also after the next edit
    assert [one.id for one in search_persons(db, "gunhild").rows] == [b.id]
    unmerge(db, a, by=nora)
    assert [one.id for one in search_persons(db, "gunhild").rows] == [a.id]


def test_what_both_hold_is_held_once(db: Session, nora: Agent) -> None:
    """An address, a position, a place at a meeting that both have: one is shown, and both are there when they part."""
    world = World(db, nora)
    a, b = world.person(), world.person()
    values = {h.address.value for h in holdings_of(db, a)} | {h.address.value for h in holdings_of(db, b)}
    shared = next(h.address for h in holdings_of(db, a) if h.address.value.startswith("shared"))
    assert identify(db, shared, own=frozenset()).state == "several"
    merge(db, a, b, by=nora)
    assert sorted(h.address.value for h in holdings_of(db, b)) == sorted(values)
    assert identify(db, shared, own=frozenset()).person is b
    assert [job.company_id for job in b.employments if job.ended_on is None] == [world.firms[0].id]
    unmerge(db, a, by=nora)
    assert identify(db, shared, own=frozenset()).state == "several"


def test_an_address_ruled_out_for_one_is_ruled_out_for_both(db: Session, nora: Agent) -> None:
    world = World(db, nora)
    a, b, c = world.person(), world.person(), world.person()
    theirs, ours = holdings_of(db, c)[0].address, holdings_of(db, b)[0].address
    say_not_same(db, theirs, a, by=nora)
    say_not_same(db, ours, a, by=nora)
    merge(db, a, b, by=nora)
    rejected = select(next(one.kind.address_id for one in FOLLOWERS if one.name == "rejections"))
    of = next(one.person for one in FOLLOWERS if one.name == "rejections")
    assert db.scalars(rejected.where(of == b.id)).all() == [theirs.id]        # never one that they hold
    unmerge(db, a, by=nora)
    assert set(db.scalars(rejected.where(of == a.id))) == {theirs.id, ours.id}


def test_history_leads_both_ways(db: Session, nora: Agent) -> None:
    """C19: the facts stand on both cards."""
    world = World(db, nora)
    a, b = world.person(title="Controller"), world.person(title="Sjef")
    merge(db, a, b, {"title": "from"}, by=nora)
    unmerge(db, a, by=nora)
    for kind in ("person.merged", "person.unmerged"):
        fact = db.scalars(select(FactRow).where(FactRow.kind == kind)).one()
        assert set(db.scalars(select(FactSubject.subject_uid).where(FactSubject.fact_id == fact.id))) == {a.uid, b.uid}
        changed = [(c.before, c.after) for c in db.scalars(select(Change).where(Change.fact_id == fact.id, Change.field == "title"))]
        assert changed == [("Sjef", "Controller") if kind == "person.merged" else ("Controller", "Sjef")]


def test_who_cannot_be_merged(db: Session, nora: Agent) -> None:
    """W95: nothing is written where it is refused."""
    world = World(db, nora)
    a, b, c = world.person(), world.person(), world.person()
    with pytest.raises(Refused, match="themselves"):
        merge(db, a, a, by=nora)
    with pytest.raises(Refused, match="no field"):
        merge(db, a, b, {"shoe_size": "from"}, by=nora)
    with pytest.raises(Refused, match="from"):
        merge(db, a, b, {"title": "both"}, by=nora)
    with pytest.raises(Stale):
        merge(db, a, b, by=nora, into_version=b.version - 1)
    with pytest.raises(Refused, match="not merged"):
        unmerge(db, a, by=nora)
    merge(db, a, b, by=nora)
    for one, other in ((a, c), (c, a)):
        with pytest.raises(Conflict, match="in the meantime"):
            merge(db, one, other, by=nora)
    bin_person(db, b, by=nora)
    with pytest.raises(Refused, match="deleted"):
        merge(db, c, b, by=nora)
    with pytest.raises(Refused, match="deleted"):
        unmerge(db, a, by=nora)
    assert db.scalars(select(Merge.into_id)).all() == [b.id]


def test_versions_rise_so_that_an_open_form_is_refused(db: Session, nora: Agent) -> None:
    world = World(db, nora)
    a, b = world.person(), world.person()
    seen, (ticket,) = (a.version, b.version), db.scalars(select(Ticket).where(Ticket.requester_id == a.id))
    version = ticket.version
    merge(db, a, b, by=nora)
    assert a.version > seen[0] and b.version > seen[1] and ticket.version > version and ticket.requester_id == b.id
    with pytest.raises(Stale):
        edit_person(db, b, {"title": "x"}, by=nora, version=seen[1])


def test_an_address_that_was_given_to_who_goes_on_stays_with_them(db: Session, nora: Agent) -> None:
    world = World(db, nora)
    a, b = world.person(), world.person()
    merge(db, a, b, by=nora)
    new = add_address(db, b, "email", "new@kunde.example", by=nora)
    employ(db, b, new_company(db, {"name": "Tredje AS"}, by=nora), primary=False, by=nora)
    unmerge(db, a, by=nora)
    assert new.person_id == b.id and "Tredje AS" in {job.company.name for job in b.employments}


def test_of_two_favourites_in_one_each_is_taken_out_again_in_any_order(db: Session, nora: Agent) -> None:
    """Who came first goes first: what the other brought stays, and goes when the other goes."""
    world = World(db, nora)
    ole, kari, liv = (_bare(world) for _ in range(3))
    for one, favourite, subscribed in ((kari, True, False), (liv, True, True)):
        db.add(AtHand(agent_id=nora.id, subject_uid=one.uid, kind="person", favourite=favourite, subscribed=subscribed))
    db.flush()
    merge(db, kari, ole, by=nora)
    merge(db, liv, ole, by=nora)
    unmerge(db, kari, by=nora)
    assert _at_hand(db, ole) == [(True, True)]
    unmerge(db, liv, by=nora)
    assert (_at_hand(db, ole), _at_hand(db, kari), _at_hand(db, liv)) == ([], [(True, False)], [(True, True)])


def _bare(world: World) -> Person:
    person = create_person(world.db, {"last_name": f"Vang {next(world.n)}"}, by=world.by, exempt=True)
    world.db.flush()
    return person


def _at_hand(db: Session, person: Person) -> list[tuple[bool, bool]]:
    return [(row.favourite, row.subscribed) for row in db.scalars(select(AtHand).where(AtHand.subject_uid == person.uid)).all()]


def test_a_number_comes_back_to_whom_it_is_also_in_the_middle_of_a_chain(db: Session, nora: Agent) -> None:
    """One person's number at a time: where none overwrote it twice, it is first his who goes on for both."""
    world = World(db, nora)
    ole, kari, liv = (_bare(world) for _ in range(3))
    ole.customer_number, kari.customer_number = "1001", "1002"
    db.flush()
    merge(db, liv, ole, {"customer_number": "from"}, by=nora)
    merge(db, ole, kari, {"customer_number": "from"}, by=nora)
    unmerge(db, liv, by=nora)
    assert (ole.customer_number, kari.customer_number) == (None, "1001")
    unmerge(db, ole, by=nora)
    assert (ole.customer_number, kari.customer_number) == ("1001", "1002")


def test_a_number_that_somebody_else_has_by_now_does_not_come_back(db: Session, nora: Agent) -> None:
    """They part all the same; it is said that the field stayed."""
    world = World(db, nora)
    ole, kari, liv = (_bare(world) for _ in range(3))
    ole.customer_number, kari.customer_number = "1001", "1002"
    db.flush()
    merge(db, kari, ole, {"customer_number": "from"}, by=nora)
    liv.customer_number = "1001"
    db.flush()
    assert "customer_number" in unmerge(db, kari, by=nora).stayed
    assert liv.customer_number == "1001"
