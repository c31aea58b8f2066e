"""Where new tickets go: the book of rules, the support contact (S79c), deputies; and that the history says why."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import event, select

from contacts.absence import is_away, set_absence, who_serves
from contacts.agent import Agent, Team
from contacts.company import Category
from contacts.creating import create_company
from contacts.person import Employment
from core.batch import together
from core.clock import now
from core.errors import Conflict, Refused
from core.history import FactRow
from core.options import set_option
from desk.routing import RoutingMatch, RoutingRule, matches, rules_in_order
from desk.routing_rules import move, remove, replace, restore, save_rule, switch, version_of
from desk.tickets.answering import begin
from desk.tickets.deciding import change_requester
from desk.tickets.tagging import tags_of
from desk.tickets.undeciding import Before, remember, undo
from tests.desk.test_intake import person
from tests.letters_made import mail


@pytest.fixture
def team(db):
    made = Team(name="Invoices")
    db.add(made)
    db.flush()
    return made


@pytest.fixture
def lars(db):
    agent = Agent(email="lars@desk.example", name="Lars Moen")
    db.add(agent)
    db.flush()
    return agent


def rule(db, by, *, name="", active=True, priority=None, team=None, assignee=None, tags=(), **conditions):
    acts = {"priority": priority, "team": team and team.uid, "assignee": assignee and assignee.uid, "tags": tags}
    return save_rule(db, None, name=name, active=active, conditions=conditions, acts=acts, by=by)


def routed(db, ticket):
    return [fact for fact in db.scalars(select(FactRow).where(FactRow.kind == "ticket.routed").order_by(FactRow.id))
            if fact.data["ticket_uid"] == ticket.uid]


def away(db, agent, deputy=None, *, by=None, first=0, last=3):
    today = now().date()
    set_absence(db, agent, begin=today + timedelta(days=first), end=today + timedelta(days=last), deputy=deputy, by=by or agent)


def test_the_first_rule_that_holds_decides(arrive, db, jonas, nora, team):
    rule(db, jonas, languages=["sv"], priority=1)
    decisive = rule(db, jonas, name="Invoices", words=["faktura*"], team=team, assignee=nora, priority=2, tags=["Money", "money", "Due"])
    rule(db, jonas, priority=5)
    got = arrive(mail("ole@kunde.example", subject="Fakturaen"))
    ticket = got.ticket
    assert (ticket.team_id, ticket.assignee_id, ticket.priority, tags_of(db, ticket)) == (team.id, nora.id, 2, ["due", "money"])
    [fact] = routed(db, ticket)
    assert (fact.data["rule_uid"], fact.data["number"], fact.data["assignee_uid"], fact.data["how"]) == (decisive.uid, 2, nora.uid, "rule")
    kept = ticket.verdict["routing"]
    assert (kept["rule"], kept["name"]) == (decisive.uid, "Invoices")
    assert [one["say"] % one["with"] for one in kept["because"]] == ["It says: faktura*.", "The rule names Nora Vik."]
    assert matches(db) == {decisive.id: 1}
    assert arrive(mail("kari@kunde.example", subject="Hei")).ticket.priority == 5


def test_conditions_on_who_writes(arrive, db, jonas, support):
    company, vip = create_company(db, "Nord AS", domains=["nord.example"]), Category(name="VIP")
    db.add(vip)
    db.flush()
    ole = person(db, "Ole Vang", "ole@kunde.example", "ole@privat.example", category_id=vip.id)
    db.add(Employment(person_id=ole.id, company_id=company.id))
    db.flush()
    by_name = {"persons": [ole.uid], "companies": [company.uid], "categories": [vip.uid], "mailboxes": [support.uid], "trust": ["none"]}
    for n, (name, wanted) in enumerate(by_name.items()):
        made = rule(db, jonas, tags=[name], **{name: wanted})
        got = arrive(mail("ole@privat.example", subject=f"Number {n}"))
        assert tags_of(db, got.ticket) == [name]
        remove(db, made, by=jonas)
    rule(db, jonas, tags=["nord"], companies=[company.uid])
    set_option(db, "intake.unknown_sender", "never")
    assert tags_of(db, arrive(mail("stranger@nord.example")).ticket) == ["nord"], "a stranger is of the company at the domain"
    assert tags_of(db, arrive(mail("stranger@else.example")).ticket) == []


def test_switched_off_and_deleted_rules_are_not_asked(arrive, db, jonas):
    off, gone = rule(db, jonas, priority=1), rule(db, jonas, priority=2)
    switch(db, off, active=False, by=jonas)
    remove(db, gone, by=jonas)
    assert arrive(mail("ole@kunde.example")).ticket.priority == 3
    restore(db, gone, by=jonas)
    assert arrive(mail("ole@kunde.example", subject="More")).ticket.priority == 2


def test_spam_and_archives_are_not_routed(arrive, db, jonas, nora):
    rule(db, jonas, assignee=nora)
    assert arrive(mail("ole@kunde.example"), archive=True).ticket.assignee_id is None


def test_a_call_is_routed_but_stays_with_who_took_it(db, jonas, nora, lars, support, team):
    rule(db, jonas, team=team, assignee=lars, tags=["call"], words=["rings"])
    ticket = begin(db, support, by=nora, subject="The phone", text="It rings and rings", channel="phone", caller="Ole")
    assert (ticket.team_id, ticket.assignee_id, tags_of(db, ticket)) == (team.id, nora.id, ["call"])
    assert begin(db, support, by=nora, subject="A mail", text="It rings", to=["ole@kunde.example"]).team_id is None


def test_the_support_contact_gets_the_persons_tickets(arrive, db, nora):
    """S79c."""
    person(db, "Ole Vang", "ole@kunde.example", support_contact_id=nora.id)
    ticket = arrive(mail("ole@kunde.example")).ticket
    assert ticket.assignee_id == nora.id
    [fact] = routed(db, ticket)
    assert (fact.data["how"], fact.data["rule_uid"]) == ("support_contact", None)
    assert [one["say"] % one["with"] for one in ticket.verdict["routing"]["because"]] == ["Nora Vik is the sender’s support contact."]


def test_a_rule_that_names_an_agent_goes_before_the_card(arrive, db, jonas, nora, lars, team):
    person(db, "Ole Vang", "ole@kunde.example", support_contact_id=nora.id)
    first = rule(db, jonas, team=team)
    ticket = arrive(mail("ole@kunde.example")).ticket
    assert (ticket.team_id, ticket.assignee_id) == (team.id, nora.id)
    remove(db, first, by=jonas)
    rule(db, jonas, assignee=lars)
    assert arrive(mail("ole@kunde.example", subject="More")).ticket.assignee_id == lars.id


def test_the_deputy_while_away(arrive, db, nora, lars, jonas):
    person(db, "Ole Vang", "ole@kunde.example", support_contact_id=nora.id)
    away(db, nora, lars)
    ticket = arrive(mail("ole@kunde.example")).ticket
    assert ticket.assignee_id == lars.id
    said = [one["say"] % one["with"] for one in ticket.verdict["routing"]["because"]]
    assert said[1:] == ["Nora Vik is away, so the deputy is asked."]
    away(db, lars, jonas)
    assert arrive(mail("ole@kunde.example", subject="2")).ticket.assignee_id == jonas.id, "the deputy's deputy"
    away(db, jonas)
    assert arrive(mail("ole@kunde.example", subject="3")).ticket.assignee_id is None
    set_absence(db, nora, begin=None, end=None, deputy=lars, by=nora)
    assert arrive(mail("ole@kunde.example", subject="4")).ticket.assignee_id == nora.id, "back again"


def test_who_has_left_or_sees_nothing_is_passed_over(arrive, db, nora, lars, support):
    person(db, "Ole Vang", "ole@kunde.example", support_contact_id=nora.id)
    nora.deputy_id, support.open_to_all = lars.id, False
    db.flush()
    db.info.pop("visible", None)
    assert arrive(mail("ole@kunde.example")).ticket.assignee_id is None
    support.open_to_all, nora.active = True, False
    db.flush()
    db.info.pop("visible", None)
    ticket = arrive(mail("ole@kunde.example", subject="More")).ticket
    assert ticket.assignee_id == lars.id
    assert "has left or does not see" in ticket.verdict["routing"]["because"][1]["say"]


def test_absence_is_checked(db, nora, lars, jonas):
    with pytest.raises(Refused):
        set_absence(db, nora, begin=date(2026, 2, 2), end=date(2026, 2, 1), deputy=None, by=nora)
    with pytest.raises(Refused):
        set_absence(db, nora, begin=date(2026, 2, 2), end=None, deputy=None, by=nora)
    with pytest.raises(Refused):
        away(db, nora, nora)
    away(db, nora, lars)
    with pytest.raises(Refused, match="Some fields"):
        away(db, lars, nora)            # a circle
    away(db, lars, jonas)
    with pytest.raises(Refused):
        away(db, jonas, nora)           # one more step, the same circle
    with pytest.raises(Conflict):
        set_absence(db, nora, begin=None, end=None, deputy=None, by=nora, version=1)
    jonas.deputy_id = nora.id           # written past the check: the chain ends by itself
    db.flush()
    found, passed = who_serves(db, nora, lambda _agent: False)
    assert found is None and passed == [nora, lars, jonas]


def test_two_who_are_away_by_turns_stand_in_for_each_other(arrive, db, nora, lars):
    person(db, "Ole Vang", "ole@kunde.example", support_contact_id=nora.id)
    set_absence(db, nora, begin=date(2026, 2, 2), end=date(2026, 2, 6), deputy=lars, by=nora)
    set_absence(db, lars, begin=date(2026, 2, 7), end=date(2026, 2, 13), deputy=nora, by=lars)
    with pytest.raises(Refused):
        set_absence(db, lars, begin=date(2026, 2, 6), end=date(2026, 2, 13), deputy=nora, by=lars)
    with time_machine.travel("2026-02-03T12:00Z"):
        assert arrive(mail("ole@kunde.example")).ticket.assignee_id == lars.id


def test_days_are_the_agents_own(db, nora):
    nora.timezone, nora.away_from, nora.away_until = "Pacific/Auckland", date(2026, 3, 2), date(2026, 3, 2)
    from datetime import UTC, datetime
    assert is_away(nora, datetime(2026, 3, 1, 12, tzinfo=UTC)) and not is_away(nora, datetime(2026, 3, 2, 12, tzinfo=UTC))


def test_who_is_recognised_later_gets_their_contact_and_undo_takes_it_back(arrive, db, nora, lars):
    """S83b: a held ticket goes to the support contact of whom an agent recognises."""
    set_option(db, "intake.unknown_sender", "ask")
    ole = person(db, "Ole Vang", "ole@kunde.example", support_contact_id=lars.id)
    ticket = arrive(mail("ole@other.example")).ticket
    before = Before(db, ticket)
    kept = remember(db, before, change_requester(db, ticket, nora, person=ole), by=nora)
    assert ticket.assignee_id == lars.id
    [fact] = db.scalars(select(FactRow).where(FactRow.kind == "ticket.assigned")).all()
    assert (fact.data["assignee_uid"], fact.data["how"], fact.by_uid) == (lars.uid, "support_contact", None)
    undo(db, kept, by=nora)
    assert ticket.assignee_id is None and ticket.held


def test_an_agents_own_ticket_stays_theirs(arrive, db, nora, lars):
    set_option(db, "intake.unknown_sender", "ask")
    ole = person(db, "Ole Vang", "ole@kunde.example", support_contact_id=lars.id)
    ticket = arrive(mail("ole@other.example")).ticket
    ticket.assignee_id = nora.id
    change_requester(db, ticket, nora, person=ole)
    assert ticket.assignee_id == nora.id


def test_the_order_is_changed_and_told(db, jonas):
    one, two, three = (rule(db, jonas, name=name, priority=1) for name in ("one", "two", "three"))
    move(db, three, up=True, by=jonas)
    assert [row.name for row in rules_in_order(db)] == ["one", "three", "two"]
    move(db, one, up=True, by=jonas)
    move(db, two, up=False, by=jonas)
    assert [row.name for row in rules_in_order(db)] == ["one", "three", "two"], "the ends of the book"
    changes = [fact.data["change"] for fact in db.scalars(select(FactRow).where(FactRow.kind == "routing.changed").order_by(FactRow.id))]
    assert changes == ["added"] * 3 + ["moved"]


def test_the_whole_book_at_once(db, jonas):
    one, two = rule(db, jonas, name="one", priority=1), rule(db, jonas, name="two", priority=2)
    version = version_of(db)
    same = {"name": "two", "active": True, "conditions": {}, "acts": {"priority": 2}}
    replace(db, [{"uid": two.uid, **same}, {"name": "new", "active": False, "conditions": {"words": ["x"]}, "acts": {"tags": ["t"]}}], by=jonas)
    assert [(row.name, row.active) for row in rules_in_order(db)] == [("two", True), ("new", False)]
    assert one.deleted_at is not None and version_of(db) > version and two.uid in {row.uid for row in rules_in_order(db)}
    with pytest.raises(Refused):
        replace(db, [{"uid": one.uid, **same}], by=jonas)


@pytest.mark.parametrize(("conditions", "acts", "field"), [
    ({}, {}, "acts"), ({"words": ["..."]}, {"priority": 1}, "words"), ({"languages": ["de"]}, {"priority": 1}, "languages"),
    ({"trust": ["sure"]}, {"priority": 1}, "trust"), ({}, {"priority": 9}, "priority"), ({}, {"tags": ["x" * 61]}, "tags"),
    ({"persons": ["0" * 24] * 1 + [f"{n:024}" for n in range(300)]}, {"priority": 1}, "conditions"),
])
def test_rules_that_are_none(db, jonas, conditions, acts, field):
    with pytest.raises(Refused) as refused:
        save_rule(db, None, name="", active=True, conditions=conditions, acts=acts, by=jonas)
    assert field in refused.value.errors


def test_a_rule_whose_agent_and_team_are_gone_still_counts(arrive, db, jonas):
    save_rule(db, None, name="", active=True, conditions={}, acts={"team": "0" * 24, "assignee": "1" * 24, "priority": 2}, by=jonas)
    ticket = arrive(mail("ole@kunde.example")).ticket
    assert (ticket.priority, ticket.team_id, ticket.assignee_id) == (2, None, None)


def test_old_matches_are_not_counted(db, jonas):
    made = rule(db, jonas, priority=1)
    for days, count in ((0, 3), (29, 4), (31, 100)):
        db.add(RoutingMatch(rule_id=made.id, day=now().date() - timedelta(days=days), count=count))
    db.flush()
    assert matches(db) == {made.id: 7}


def test_a_batch_asks_for_the_book_once(arrive, db, jonas):
    """Without rules no mail asks anything; with rules a batch asks once and counts once."""
    asked = []
    connection = db.connection()
    listener = lambda _c, _cu, statement, *_: asked.append(statement)  # noqa: E731
    event.listen(connection, "before_cursor_execute", listener)
    with together(db):
        for n in range(3):
            arrive(mail(f"a{n}@kunde.example", subject=f"Number {n}"))
    assert sum("routing_rules" in one for one in asked) == 1
    event.remove(connection, "before_cursor_execute", listener)
    made = rule(db, jonas, priority=1)
    asked.clear()
    event.listen(connection, "before_cursor_execute", listener)
    with together(db):
        for n in range(3):
            arrive(mail(f"b{n}@kunde.example", subject=f"Number {n}"))
    event.remove(connection, "before_cursor_execute", listener)
    assert sum("routing_matches" in one for one in asked) == 1
    assert sum("FROM routing_rules" in one for one in asked) == 1
    assert matches(db) == {made.id: 3} and db.get(RoutingRule, made.id) is made
