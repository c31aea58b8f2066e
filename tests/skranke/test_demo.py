"""The demo: about forty letters through the real door, a desk that looks lived in, and nothing that leaves."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from contacts.address import Address
from contacts.agent import Agent
from contacts.company import Company
from contacts.enrolling import right_password
from contacts.ordering import keys_of_company, keys_of_person
from contacts.person import Person
from contacts.searching import search_persons
from core.clock import now
from core.database import Database
from core.history import Outbox
from desk.inbound import InboundMail
from desk.outbound import OutboundMail
from desk.tickets.message import Message, Notification
from desk.tickets.searching import search_tickets
from desk.tickets.ticket import Ticket
from skranke.demo.people import AGENTS, MAILBOXES, PASSWORD, PERSONS
from skranke.demo.story import duration, steps, stories
from skranke.demo.telling import tour
from tests.desks import Desk, until

SECONDS = 60
OURS = re.compile(r"[\w.+-]+@([\w.-]*\w)")


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The demo, played to its end; it leaves the bucket of the real desk alone."""
    desk = Desk(tmp_path_factory.mktemp("demo"), SKRANKE_FILES_URL="s3://files?endpoint=http://127.0.0.1:1")
    try:
        desk.start("up", "--demo").ready()
        until(lambda: "They are in" in desk.said(), SECONDS, what="the letters are in", said=desk.said)
        database = Database(f"sqlite:///{desk.folder}/var/demo/skranke.db")
        until(lambda: _waiting(database) == 0, SECONDS, what="everything is settled", said=desk.said)
        yield desk, database
        database.engine.dispose()
    finally:
        desk.kill()


def _waiting(database):
    with database.read() as db:
        return (db.scalar(select(func.count()).select_from(InboundMail).where(InboundMail.state == "pending")) or 0) + (
            db.scalar(select(func.count()).select_from(Outbox)) or 0) + (
            db.scalar(select(func.count()).select_from(OutboundMail).where(OutboundMail.state != "sent")) or 0)


@pytest.fixture
def db(shown):
    with shown[1].read() as session:
        yield session


def tickets(db, **where):
    return db.scalars(select(Ticket).filter_by(**where)).all()


def test_it_says_where_to_go_and_who_to_be(shown):
    said = shown[0].said()
    assert f"http://127.0.0.1:{shown[0].web}" in said
    assert PASSWORD in said
    assert all(agent.email in said for agent in AGENTS.values())


def test_nothing_went_wrong(shown):
    said = shown[0].log.read_text()
    assert "Traceback" not in said
    assert not [line for line in said.splitlines() if " error " in line[:60] or " critical " in line[:60]]


def test_about_forty_letters_came_through_the_door(db):
    rows = db.scalars(select(InboundMail).where(InboundMail.transport == "smtp")).all()
    assert 38 <= len(rows) <= 45
    assert {row.state for row in rows} == {"done"}


def test_they_are_in_four_languages(db):
    assert {"en", "nb", "da", "sv"} <= set(db.scalars(select(Ticket.language)))


def test_the_desk_looks_lived_in(db):
    states = {row.state for row in tickets(db)}
    assert states == {"new", "open", "waiting", "snoozed", "closed", "spam"}
    assert len(tickets(db, held=True)) >= 4
    assert any(ticket.due_at and ticket.due_at < now() for ticket in tickets(db, state="new"))
    ages = [(now() - ticket.moved_at).total_seconds() for ticket in tickets(db)]
    assert min(ages) < 1800
    assert max(ages) > 86_400 * 30
    assert {"in", "out", "note"} <= set(db.scalars(select(Message.direction)))


def test_a_reply_from_an_alternate_address_is_known(db):
    black, = [t for t in tickets(db) if t.subject == "Skjermen blir svart under utskrift"]
    came = db.scalars(select(Message).where(Message.ticket_id == black.id, Message.direction == "in")).all()
    assert len({m.from_address for m in came}) == 2
    assert {m.person_id for m in came} == {black.requester_id}


def test_a_forgery_is_held_back(db):
    forged, = [t for t in tickets(db) if t.subject == "Nytt kontonummer for utbetalinger"]
    assert forged.trust["result"] == "fail"
    assert forged.held


def test_an_absence_note_reopens_nothing_and_answers_nobody(db):
    new_user, = [t for t in tickets(db) if t.subject == "Ny bruker til vikar"]
    assert new_user.state == "waiting"
    assert db.scalar(select(func.count()).select_from(Message).where(
        Message.ticket_id == new_user.id, Message.automatic == "out_of_office")) == 1


def test_what_bounced_marks_the_address(db):
    vidar = db.scalars(select(Address).where(Address.normalised == "vidar@lindvik.example")).one()
    assert vidar.health == "bouncing"


def test_what_cannot_be_parsed_is_there_with_its_oddities(db):
    broken, = db.scalars(select(Message).where(Message.from_address == "siv@post.example"))
    assert broken.oddities
    assert "ordre 8812" in broken.text


def test_a_mail_to_two_mailboxes_is_one_ticket(db):
    both = [t for t in tickets(db) if t.subject == "Tilbud og serviceavtale samlet?"]
    assert len(both) == 1


def test_nothing_left_the_house(db):
    sent = db.scalars(select(OutboundMail)).all()
    assert len(sent) > 20
    assert [row for row in sent if "Came back" in row.reason]
    assert all("this is a demo" in row.reason or "Came back" in row.reason for row in sent)


def test_every_search_that_the_tour_offers_finds_somebody_or_something(db):
    nora = db.scalars(select(Agent).where(Agent.email == AGENTS["nora"].email)).one()
    words = re.findall(r"“(\w+)”", tour().partition("Search for")[2].partition("\n")[0])
    assert words[0] == "hanse"
    assert {p.last_name for p in search_persons(db, "hanse").rows} == {"Johansen", "Hansetvedt"}
    for word in words:
        assert search_persons(db, word).rows or search_tickets(db, nora, word).tickets, word


def test_everybody_has_a_place_in_the_alphabet(db):
    """Whatever made them: the demo, a mail, an agent."""
    for kind, keys in ((Person, lambda one: keys_of_person(one.first_name, one.last_name)), (Company, lambda one: keys_of_company(one.name))):
        rows = db.scalars(select(kind)).all()
        assert rows and [{"sort_name": one.sort_name, "order_key": one.order_key} for one in rows] == list(map(keys, rows))


@pytest.mark.parametrize(("kind", "at"), [(Notification, "at"), (OutboundMail, "created_at")])
def test_lists_by_number_run_through_time(db, kind, at):
    moments = [getattr(row, at) for row in db.scalars(select(kind).order_by(kind.id))]
    assert len(moments) > 10
    assert moments == sorted(moments)


def test_what_was_done_long_ago_is_read(db):
    assert [t.subject for t in tickets(db, state="closed") if t.unread] == []


def test_a_support_contact_is_away_and_the_deputy_has_the_tickets(db):
    ida = db.scalars(select(Agent).where(Agent.email == AGENTS["ida"].email)).one()
    assert ida.away_from < now().date() < ida.away_until and db.get(Agent, ida.deputy_id).name == "Kari Moe"
    theirs = db.scalars(select(Ticket).join(Ticket.requester).where(Person.support_contact_id == ida.id, Ticket.state != "closed")).all()
    assert theirs and {ticket.assignee.name for ticket in theirs} == {"Kari Moe"}
    assert all(any(one["with"].get("name") == "Ida Sand" for one in ticket.verdict["routing"]["because"]) for ticket in theirs)


def test_agents_can_sign_in(db):
    assert all(right_password(agent, PASSWORD) for agent in db.scalars(select(Agent)))


def test_everybody_lives_at_a_domain_that_is_nobodys():
    named = [*(a for p in PERSONS.values() for a in p.addresses), *(a.email for a in AGENTS.values())]
    named += OURS.findall("\n".join(f"{step.options} {step.text}" for story in stories() for step in story))
    assert len(MAILBOXES) == 3
    assert all(name.endswith(".example") for name in named), [n for n in named if not n.endswith(".example")]


def test_stories_are_read_as_they_are_written():
    first, second = steps("@ mail from=ida to=sales ago=1d3h spam\nSubject: Hei\n\nTo linjer\nher\n@ note by=nora\nEn\n")
    assert (first.kind, first.subject, first.text) == ("mail", "Hei", "To linjer\nher")
    assert first.options == {"from": "ida", "to": "sales", "ago": "1d3h", "spam": ""}
    assert first.ago == duration("27h")
    assert (second.kind, second.options, second.text) == ("note", {"by": "nora"}, "En")
