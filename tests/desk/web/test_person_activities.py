"""Activities around a person: begun from the card, the company or a ticket, narrowed, ticked off, kept from being overwritten."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from contacts.activities import add_activity
from contacts.activity import Activity
from contacts.agenda import agenda, count, of_company, of_person, overdue
from contacts.agent import Agent
from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.person import Person
from core.clock import now
from core.database import Database, database
from core.errors import Refused
from desk.mailboxes import Mailbox
from tests.desk.web.tickets.conftest import (
    Arrive,
    arrive,
    board,
    page,
    post,
    said,
    statements,
    support,
    words,
)
from tests.letters_made import mail

__all__ = ["arrive", "board", "statements", "support"]


@pytest.fixture
def ingrid(fresh_database: Database, nora: Agent) -> Person:
    with fresh_database.write() as db:
        company = create_company(db, "Kunde AS", by=nora.uid)
        return create_person(db, {"first_name": "Ingrid", "last_name": "Solheim"}, by=db.get_one(Agent, nora.id),
                             employments=[{"company": company}], addresses=[{"kind": "email", "value": "ingrid@kunde.example"}])


def begun(database: Database, person: Person, by: Agent, title: str, *, days: float | None = 1, state: str = "open", **fields: object) -> Activity:
    with database.write() as db:
        kept, company = db.get_one(Person, person.id), db.scalars(select(Company)).first()
        at = now() + timedelta(days=days) if days is not None else None
        return add_activity(db, {"title": title, "at": at, "company_id": company.id if company else None, **fields}, persons=[kept],
                            by=db.get_one(Agent, by.id), state=state)


def tab(client: FlaskClient, person: Person, asked: str = "") -> str:
    whole = page(client, f"/persons/{person.uid}/activities{asked}")
    return words(whole[whole.index('id="activities"'):whole.index("<aside")])


def only(database: Database) -> Activity:
    with database.read() as db:
        found = db.scalars(select(Activity)).one()
        assert (found.participants, found.company) is not None
        return found


def test_all_kinds_in_one_tab(agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    """T21, T24a: what is registered on the person, and nothing of others."""
    begun(fresh_database, ingrid, nora, "Visit at the workshop", kind="appointment")
    begun(fresh_database, ingrid, nora, "Ask about training", kind="task")
    with fresh_database.write() as db:
        other = create_person(db, {"first_name": "Per", "last_name": "Lunde"}, by=None, exempt=True)
    begun(fresh_database, other, nora, "Something else")
    text = tab(agent_client, ingrid)
    assert "Visit at the workshop" in text and "Ask about training" in text and "Something else" not in text


def test_narrowed_by_several_states_and_kinds_at_once(agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    """T22, T24b, W54 as far as a list goes: which states are shown."""
    for state in ("open", "in_progress", "done", "cancelled"):
        begun(fresh_database, ingrid, nora, f"It is {state}", state=state)
    begun(fresh_database, ingrid, nora, "A call", kind="call")
    assert all(f"It is {state}" in tab(agent_client, ingrid) for state in ("open", "in_progress", "done", "cancelled"))
    some = tab(agent_client, ingrid, "?state=in_progress&state=cancelled")
    assert "It is in_progress" in some and "It is cancelled" in some
    assert "It is open" not in some and "It is done" not in some
    assert "A call" in tab(agent_client, ingrid, "?kind=call&kind=appointment") and "It is open" not in tab(agent_client, ingrid, "?kind=call")
    assert "No activity fits." in tab(agent_client, ingrid, "?kind=appointment")


def test_overdue_first_then_by_time_then_what_is_over(ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    """By pages of two: nothing is left out or shown twice."""
    for title, days, state in (("later", 9, "open"), ("undated", None, "open"), ("overdue", -3, "open"), ("done", -5, "done"), ("soon", 1, "in_progress")):
        begun(fresh_database, ingrid, nora, title, days=days, state=state)
    with fresh_database.read() as db:
        found, cursor = [], ""
        while True:
            one = agenda(db, of_person(ingrid), cursor=cursor, limit=2)
            found += [activity.title for activity in one.rows]
            if not one.next:
                break
            cursor = one.next
        assert found == ["overdue", "soon", "later", "undated", "done"]
        assert count(db, overdue(now()), of_person(ingrid)) == 1
        with pytest.raises(Refused, match="Start from the top"):
            agenda(db, cursor="bm9uZQ")


def test_begun_from_the_card_with_person_and_company(agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    """W61: person and company are filled in; the owner is who makes it."""
    form = page(agent_client, f"/activities/new?person={ingrid.uid}&back=/persons/{ingrid.uid}/activities")
    assert re.search(rf'name="person" value="{ingrid.uid}" checked', form) and 'value="Kunde AS"' in form
    answer = post(agent_client, "/activities", kind="call", title="Welcome call", day="2030-12-02", begin="10:00", end="10:30", person=ingrid.uid,
                  company="Kunde AS", owner=nora.uid, back=f"/persons/{ingrid.uid}/activities")
    assert answer.location == f"/persons/{ingrid.uid}/activities"
    made = only(fresh_database)
    assert (made.kind, made.title, made.at.isoformat(), made.ends_at.isoformat()) == (  # type: ignore[union-attr]
        "call", "Welcome call", "2030-12-02T09:00:00+00:00", "2030-12-02T09:30:00+00:00")
    assert made.owner_id == nora.id
    assert "Welcome call" in tab(agent_client, ingrid)
    with fresh_database.read() as db:
        assert count(db, of_person(ingrid)) == count(db, of_company(db.scalars(select(Company)).one())) == 1


def test_begun_from_a_ticket_the_agent_sees(
    agent_client: FlaskClient, ingrid: Person, arrive: Arrive, support: Mailbox, board: Mailbox, fresh_database: Database,
) -> None:
    """W61, W16: the requester and their company; of a ticket in another's mailbox nothing is told."""
    ticket = arrive(mail("Ingrid <ingrid@kunde.example>", subject="Secret subject"))
    form = page(agent_client, f"/activities/new?ticket={ticket.number}")
    assert f'value="{ingrid.uid}" checked' in form and 'value="Kunde AS"' in form and "Secret subject" not in form
    hidden = arrive(mail("Ingrid <ingrid@kunde.example>", subject="For the board"), board)
    assert agent_client.get(f"/activities/new?ticket={hidden.number}").status_code == 404


def test_begun_from_a_company(agent_client: FlaskClient, ingrid: Person, fresh_database: Database) -> None:
    """The company's people are offered, none is ticked."""
    with fresh_database.read() as db:
        company = db.scalars(select(Company)).one()
    form = page(agent_client, f"/activities/new?company={company.uid}")
    assert 'value="Kunde AS"' in form and f'value="{ingrid.uid}">' in form
    post(agent_client, "/activities", kind="task", title="Price list", company="Kunde AS")
    assert "Price list" in page(agent_client, f"/companies/{company.uid}")


def test_the_card_has_a_panel_of_what_is_open(agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    """C4, S12, W60: on the details of the person, and on the company's card; what is overdue is said, and one more is begun there."""
    begun(fresh_database, ingrid, nora, "Ask about training", days=-3)
    begun(fresh_database, ingrid, nora, "Renewal", state="done")
    with fresh_database.read() as db:
        company = db.scalars(select(Company)).one()
    for url in (f"/persons/{ingrid.uid}", f"/persons/{ingrid.uid}/details", f"/companies/{company.uid}"):
        text = page(agent_client, url)
        panel = words(text[text.index("<h2>Activities</h2>"):])
        assert re.search(r'href="/activities/new\?(person|company)=[0-9a-f]{24}', text[text.index("<h2>Activities</h2>"):])
        assert "1 overdue" in panel[:60] and "Ask about training" in panel and "3 days over" in panel and "Renewal" in panel


def test_ticked_off_in_the_list_and_taken_back(agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    made = begun(fresh_database, ingrid, nora, "Ask about training")
    where = f"/persons/{ingrid.uid}/activities"
    answer = post(agent_client, f"/activities/{made.uid}/finish?back={where}")
    assert answer.location == where and only(fresh_database).state == "done" and only(fresh_database).done_at
    toast = page(agent_client, where)
    undo = toast[toast.index(f"/activities/{made.uid}/reopening"):].partition('"')[0].replace("&amp;", "&")
    post(agent_client, undo)
    assert only(fresh_database).state == "open" and only(fresh_database).done_at is None
    post(agent_client, f"/activities/{made.uid}/cancellation")
    assert only(fresh_database).state == "cancelled"


def test_deleted_and_brought_back(agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    made = begun(fresh_database, ingrid, nora, "Ask about training")
    post(agent_client, f"/activities/{made.uid}/end")
    assert "Ask about training" not in tab(agent_client, ingrid)
    page(agent_client, f"/activities/{made.uid}", 404)
    post(agent_client, f"/activities/{made.uid}/restoring")
    assert "Ask about training" in tab(agent_client, ingrid)


def test_a_colleagues_edit_is_not_overwritten(agent_client: FlaskClient, admin_client: FlaskClient, ingrid: Person, nora: Agent,
                                              fresh_database: Database) -> None:
    made = begun(fresh_database, ingrid, nora, "Ask about training", kind="task", days=None)
    form = {"kind": "task", "text": "", "company": "Kunde AS", "owner": nora.uid, "state": "open", "person": ingrid.uid}
    post(admin_client, f"/activities/{made.uid}", title="Ask about the price", version=made.version, **form)
    answer = post(agent_client, f"/activities/{made.uid}", 409, title="Ask about lunch", version=made.version, **form)
    text = said(answer, 409)
    assert "Ask about lunch" in text and "It is now: Ask about the price" in words(text)
    version = re.search(r'name="version" value="(\d+)"', text)
    assert version and only(fresh_database).title == "Ask about the price"
    post(agent_client, f"/activities/{made.uid}", title="Ask about lunch", version=version[1], **form)
    assert only(fresh_database).title == "Ask about lunch"


def test_mistakes_are_named_at_their_fields(agent_client: FlaskClient, ingrid: Person, fresh_database: Database) -> None:
    text = words(said(post(agent_client, "/activities", 422, kind="appointment", title="", begin="10:00", company="Nowhere AS", who="nobody@x.example"), 422))
    for sentence in ("Choose a day.", "Choose one of the list", "Nobody is found by this."):
        assert sentence in text
    text = words(said(post(agent_client, "/activities", 422, kind="appointment", title=""), 422))
    assert "Say in a few words what it is about." in text
    assert "An appointment needs a day." in words(said(post(agent_client, "/activities", 422, kind="appointment", title="Visit"), 422))
    assert "It ends after it begins" in words(said(post(
        agent_client, "/activities", 422, kind="call", title="Call", day="2030-01-02", begin="10:00", end="09:00"), 422))
    with fresh_database.read() as db:
        assert db.scalars(select(Activity)).all() == []


def test_those_of_the_calendar_and_the_list_are_on_the_card(agent_client: FlaskClient, ingrid: Person) -> None:
    """T23, T25: an appointment begun at a day of the calendar, a task begun from the list."""
    month = page(agent_client, "/activities/month?day=2030-12-02")
    link = re.search(r'href="(/activities/new\?day=2030-12-05[^"]*)"', month)
    assert link and 'value="2030-12-05"' in page(agent_client, link[1].replace("&amp;", "&"))
    post(agent_client, "/activities", kind="appointment", title="Visit", day="2030-12-05", begin="09:00", who="ingrid@kunde.example")
    post(agent_client, "/activities", kind="task", title="Price list", who="ingrid@kunde.example")
    assert "Visit" in tab(agent_client, ingrid, "?kind=appointment") and "Price list" in tab(agent_client, ingrid, "?kind=task")


def test_of_two_companies_of_one_name_it_stays_with_the_one_it_began_with(
    agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        second = create_company(db, "Kunde AS", by=nora.uid)
    form = page(agent_client, f"/activities/new?company={second.uid}")
    assert f'name="company_uid" value="{second.uid}"' in form
    post(agent_client, "/activities", kind="task", title="Price list", company="Kunde AS", company_uid=second.uid)
    assert only(fresh_database).company_id == second.id


def test_one_more_person_by_address_or_name(agent_client: FlaskClient, ingrid: Person, fresh_database: Database) -> None:
    post(agent_client, "/activities", kind="task", title="By address", who="Ingrid@kunde.example")
    post(agent_client, "/activities", kind="task", title="By name", who="ingrid solh")
    assert "By address" in tab(agent_client, ingrid) and "By name" in tab(agent_client, ingrid)


def test_a_whole_day_is_the_same_day_everywhere(agent_client: FlaskClient, ingrid: Person, fresh_database: Database) -> None:
    post(agent_client, "/activities", kind="task", title="Price list", day="2030-12-02")
    made = only(fresh_database)
    assert made.whole_day and made.at and made.at.isoformat() == "2030-12-02T12:00:00+00:00"
    form = page(agent_client, f"/activities/{made.uid}")
    assert 'value="2030-12-02"' in form


def test_the_history_of_person_and_company_tells_it(agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    """T30: tasks that were made and done."""
    made = begun(fresh_database, ingrid, nora, "Ask about training")
    post(agent_client, f"/activities/{made.uid}/finish")
    text = words(page(agent_client, f"/persons/{ingrid.uid}/history"))
    assert "Task added: Ask about training" in text and "Task done: Ask about training" in text
    with fresh_database.read() as db:
        company = db.scalars(select(Company)).one()
    assert "Task added: Ask about training" in words(page(agent_client, f"/companies/{company.uid}"))


def test_a_deleted_persons_name_is_on_no_activity(agent_client: FlaskClient, admin_client: FlaskClient, ingrid: Person, nora: Agent,
                                                  fresh_database: Database) -> None:
    """S64, S65: what is tied to a company stays, without the name."""
    made = begun(fresh_database, ingrid, nora, "Ask about training")
    post(admin_client, f"/persons/{ingrid.uid}/end")
    for url in ("/activities", f"/activities/{made.uid}"):
        assert "Solheim" not in page(agent_client, url) and "Ask about training" in page(agent_client, url)


def test_nobody_without_a_session(visitor: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    made = begun(fresh_database, ingrid, nora, "Ask about training")
    for url in (f"/persons/{ingrid.uid}/activities", "/activities", "/activities/new", f"/activities/{made.uid}", "/activities/month", "/activities/week"):
        assert "/sign-in" in visitor.get(url).location
    for verb in ("finish", "cancellation", "reopening", "end", "restoring"):
        assert "/sign-in" in visitor.post(f"/activities/{made.uid}/{verb}").location
    assert only(fresh_database).state == "open"


def test_as_many_statements_for_one_as_for_many(
    agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database, statements: list[str],
) -> None:
    counted: Callable[[], int] = lambda: (statements.clear(), tab(agent_client, ingrid), len(statements))[2]  # noqa: E731
    begun(fresh_database, ingrid, nora, "First")
    counted()
    one = counted()
    for number in range(30):
        begun(fresh_database, ingrid, nora, f"Number {number}", state="done" if number % 2 else "open")
    assert counted() <= one + 1 <= 38        # what is over has a question of its own


def test_a_ticket_leads_to_a_new_activity_and_back(agent_client: FlaskClient, arrive: Arrive) -> None:
    ticket = arrive(mail())
    shown = page(agent_client, f"/tickets/{ticket.number}")
    link = re.search(r'href="(/activities/new\?ticket=[^"]+)"', shown)
    assert link
    form = page(agent_client, link[1].replace("&amp;", "&"))
    assert re.search(rf'name="back" value="/tickets/{ticket.number}', form)


def test_lists_lead_from_the_person_and_the_owner(agent_client: FlaskClient, ingrid: Person, nora: Agent, fresh_database: Database) -> None:
    """By index, never through all activities."""
    begun(fresh_database, ingrid, nora, "First")
    engine, asked = database().engine, []

    def heard(_connection: object, _cursor: object, statement: str, given: object, *_: object) -> None:
        if "FROM activities" in statement:
            asked.append((statement, given))

    event.listen(engine, "before_cursor_execute", heard)
    try:
        for url in (f"/persons/{ingrid.uid}/activities", "/activities", "/activities?whose=all", "/activities?whose=overdue", "/activities?whose=done",
                    "/activities/month", f"/persons/{ingrid.uid}/notes"):
            page(agent_client, url)
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert asked
    if engine.dialect.name == "sqlite":              # PostgreSQL has statistics to go by
        with engine.connect() as connection:
            for statement, given in asked:
                plan = "\n".join(str(row) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given))
                assert "SCAN activities\'" not in plan and "SCAN contact_notes\'" not in plan, plan
