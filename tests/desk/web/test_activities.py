"""The page of activities: mine, everybody's, overdue, done; a month and a week with what is closed; the calendar for other programs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from contacts.activities import add_activity, edit_activity, finish
from contacts.activity import Activity
from contacts.agent import Agent
from contacts.editing import create_person
from core.clock import now
from core.database import Database
from core.options import set_option
from desk.reminding import remind
from desk.tickets.message import Notification
from tests.desk.web.tickets.conftest import page, post, statements, words

__all__ = ["statements"]
#: A Saturday of a year in which nothing else happens.
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def made(fresh_database: Database) -> Callable[..., Activity]:
    def made(title: str, owner: Agent, at: datetime | None = None, *, agents: tuple[Agent, ...] = (), state: str = "open", **fields: object) -> Activity:
        with fresh_database.write() as db:
            return add_activity(db, {"title": title, "at": at, **fields}, agents=[db.get_one(Agent, a.id) for a in agents],
                                by=db.get_one(Agent, owner.id), state=state)
    return made


def body(client: FlaskClient, url: str) -> str:
    whole = page(client, url)
    return words(whole[whole.index('<div class="sheet__body"'):])


def test_mine_everybodys_overdue_and_done(agent_client: FlaskClient, nora: Agent, jonas: Agent, made: Callable[..., Activity]) -> None:
    made("Mine", nora, NOW + timedelta(days=1))
    made("Mine and late", nora, NOW - timedelta(days=3))
    made("Of Jonas", jonas, NOW + timedelta(days=1))
    made("Of Jonas with me", jonas, agents=(nora,))
    made("Done", nora, state="done")
    for asked, there in (("", {"Mine", "Mine and late", "Of Jonas with me"}), ("?whose=all", {"Mine", "Mine and late", "Of Jonas with me", "Of Jonas"}),
                         ("?whose=overdue", {"Mine and late"}), ("?whose=done", {"Done"})):
        shown = page(agent_client, f"/activities{asked}")
        assert set(re.findall(r'lines__row-link" href="[^"]+">([^<]+)<', shown)) == there, asked
    assert 'Overdue<span class="tabs__count">1</span>' in page(agent_client, "/activities")


def test_by_pages(agent_client: FlaskClient, nora: Agent, made: Callable[..., Activity]) -> None:
    for number in range(60):
        made(f"Number {number:02}", nora, NOW + timedelta(hours=number))
    first = page(agent_client, "/activities")
    older = re.search(r'href="([^"]+cursor=[^"]+)"', first)
    assert older and "Number 49" in first and "Number 50" not in first
    second = page(agent_client, older[1].replace("&amp;", "&"))
    assert "Number 50" in second and "Number 49" not in second


def test_a_month_with_what_is_closed(agent_client: FlaskClient, nora: Agent, made: Callable[..., Activity], fresh_database: Database) -> None:
    with fresh_database.write() as db:
        set_option(db, "desk.hours", {"days": [[["08:00", "16:00"]]] * 5 + [[]] * 2, "holidays": "no", "half_days": {}, "closed": ["2026-12-28"]})
    made("Visit", nora, datetime(2026, 12, 2, 9, tzinfo=UTC), kind="appointment")
    made("Fair", nora, datetime(2026, 12, 8, 12, tzinfo=UTC), kind="appointment", whole_day=True, ends_at=datetime(2026, 12, 10, 12, tzinfo=UTC))
    shown = page(agent_client, "/activities/month?day=2026-12-15")
    days = dict(re.findall(r'<li class="month__day([^"]*)".*?datetime="([\d-]+)"', shown, re.DOTALL) and [
        (iso, classes) for classes, iso in re.findall(r'<li class="month__day([^"]*)".*?datetime="([\d-]+)"', shown, re.DOTALL)])
    assert (min(days), max(days)) == ("2026-11-30", "2027-01-03")
    assert {iso for iso, classes in days.items() if "closed" in classes and iso > "2026-12-20"} == {
        "2026-12-25", "2026-12-26", "2026-12-27", "2026-12-28", "2027-01-01", "2027-01-02", "2027-01-03"}
    assert "Christmas Day" in shown
    assert shown.count("Fair") == 3 and "10:00 Visit" in words(shown)


def test_a_week_hour_by_hour(agent_client: FlaskClient, nora: Agent, jonas: Agent, made: Callable[..., Activity]) -> None:
    made("Visit", nora, datetime(2026, 11, 24, 9, 30, tzinfo=UTC), kind="appointment")
    made("Early call", nora, datetime(2026, 11, 25, 5, 0, tzinfo=UTC), kind="call")
    made("Of Jonas", jonas, datetime(2026, 11, 25, 9, 0, tzinfo=UTC), kind="call")
    made("Called off", nora, datetime(2026, 11, 25, 9, 0, tzinfo=UTC), state="cancelled")
    shown = page(agent_client, "/activities/week?day=2026-11-26")
    text = words(shown)
    assert "Week 48, November 2026" in text and "10:30 Visit" in text and "06:00 Early call" in text
    assert "Of Jonas" not in text and "Called off" not in text and "Of Jonas" in page(agent_client, "/activities/week?day=2026-11-26&whose=all")
    slots = re.findall(r'class="weekly__slot([^"]*)"', shown)
    assert len(slots) == 7 * (1 + len(range(6, 16)))         # from the early call on, and what has no time
    assert sum("closed" in one for one in slots) == 5 * 2 + 2 * 11      # before eight, and on Saturday and Sunday
    assert "day=2026-11-30" in shown and "day=2026-11-16" in shown
    assert "Week 48" in page(agent_client, "/activities/week?day=nonsense")


def test_as_many_statements_for_one_as_for_many(
    agent_client: FlaskClient, nora: Agent, jonas: Agent, made: Callable[..., Activity], statements: list[str],
) -> None:
    def asked(url: str) -> int:
        statements.clear()
        page(agent_client, url)
        return len(statements)

    urls = ("/activities?whose=all", "/activities/month?whose=all", "/activities/week?whose=all")
    made("First", nora, NOW, agents=(jonas,))
    before = [asked(url) for url in urls for _twice in range(2)][1::2]
    for number in range(30):
        made(f"Number {number}", (nora, jonas)[number % 2], NOW + timedelta(hours=number), agents=(jonas,))
    assert [asked(url) for url in urls] == before and max(before) <= 20


def address(client: FlaskClient) -> str:
    found = re.search(r'value="[^"]*(/calendar/[^"]+\.ics)"', page(client, "/profile"))
    return found[1] if found else ""


def test_a_calendar_for_other_programs_by_a_secret_address(
    agent_client: FlaskClient, visitor: FlaskClient, nora: Agent, jonas: Agent, made: Callable[..., Activity], fresh_database: Database,
) -> None:
    """What the agent owns or takes part in, without a session; nothing of others (RFC 5545)."""
    with fresh_database.write() as db:
        eva = create_person(db, {"first_name": "Eva", "last_name": "Lie"}, by=None, exempt=True)
        add_activity(db, {"title": "Visit; with, signs", "kind": "appointment", "at": datetime(2026, 12, 2, 9, tzinfo=UTC), "text": "Bring\nthe map",
                          "ends_at": datetime(2026, 12, 2, 10, tzinfo=UTC)}, persons=[eva], by=db.get_one(Agent, nora.id))
    made("Price list", nora, datetime(2026, 12, 3, 12, tzinfo=UTC), whole_day=True)
    made("With me", jonas, datetime(2026, 12, 4, 9, tzinfo=UTC), kind="call", agents=(nora,))
    made("Of Jonas", jonas, datetime(2026, 12, 4, 9, tzinfo=UTC))
    made("Sent", nora, NOW - timedelta(days=1), state="done")
    assert address(agent_client) == ""
    post(agent_client, "/profile/calendar")
    answer = visitor.get(address(agent_client))
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert b"\r\n" in answer.data and b"ATTENDEE" not in answer.data
    found = {str(one["summary"]): one for one in Calendar.from_ical(answer.data).walk() if one.name in ("VEVENT", "VTODO")}
    assert set(found) == {"Visit; with, signs", "Price list", "With me", "Sent"}
    visit = found["Visit; with, signs"]
    assert (visit.name, visit["dtstart"].dt, visit["dtend"].dt) == (
        "VEVENT", datetime(2026, 12, 2, 9, tzinfo=UTC), datetime(2026, 12, 2, 10, tzinfo=UTC))
    assert str(visit["description"]) == "With Eva Lie\n\nBring\nthe map" and visit["uid"] and visit["dtstamp"]
    assert (found["Price list"].name, found["Price list"]["due"].dt.isoformat(), str(found["Price list"]["status"])) == (
        "VTODO", "2026-12-03", "NEEDS-ACTION")
    assert str(found["Sent"]["status"]) == "COMPLETED"


def test_a_calendars_address_is_renewed_and_taken_back(
    agent_client: FlaskClient, admin_client: FlaskClient, visitor: FlaskClient, nora: Agent, fresh_database: Database,
) -> None:
    post(agent_client, "/profile/calendar")
    first = address(agent_client)
    uid, signed = first.removeprefix("/calendar/").removesuffix(".ics").split("/")
    for wrong in (f"/calendar/{uid}/{'a' * 26}.ics", f"/calendar/{uid}/{signed[:12]}.ics", f"/calendar/{'0' * 24}/{signed}.ics", f"/calendar/{uid}/é.ics"):
        assert visitor.get(wrong).status_code == 404
    assert visitor.post("/profile/calendar").location.startswith("/sign-in")
    post(agent_client, "/profile/calendar")
    second = address(agent_client)
    assert second != first and visitor.get(first).status_code == 404 and visitor.get(second).status_code == 200
    with fresh_database.write() as db:
        db.get_one(Agent, nora.id).active = False
    assert visitor.get(second).status_code == 404
    with fresh_database.write() as db:
        db.get_one(Agent, nora.id).active = True
    post(agent_client, "/profile/calendar/end")
    assert visitor.get(second).status_code == 404 and address(agent_client) == ""


def test_the_bell_rings_once_when_it_is_due(
    agent_client: FlaskClient, admin_client: FlaskClient, nora: Agent, jonas: Agent, made: Callable[..., Activity], fresh_database: Database, clock: object,
) -> None:
    """For the owner and who takes part, and for nobody else; a form that is open meanwhile is not overtaken."""
    one = made("Ring Eva", nora, NOW + timedelta(hours=1))
    made("Long past", nora, NOW - timedelta(hours=1))
    finished = made("Done before", nora, NOW + timedelta(hours=1))
    with fresh_database.write() as db:
        finish(db, db.get_one(Activity, finished.id), by=None)
        assert remind(db) == 0
    clock.move_to(NOW + timedelta(hours=1, minutes=1))       # type: ignore[attr-defined]
    with fresh_database.write() as db:
        assert (remind(db), remind(db)) == (1, 0)
    with fresh_database.read() as db:
        assert [(n.agent_id, n.subject_uid, n.event) for n in db.scalars(select(Notification))] == [(nora.id, one.uid, "due")]
        assert db.get_one(Activity, one.id).version == one.version
    assert 'rail__count">1<' in page(agent_client, "/notifications") and "Due now: Ring Eva" in body(agent_client, "/notifications")
    assert "Ring Eva" not in body(admin_client, "/notifications")
    page(agent_client, f"/activities/{one.uid}")
    assert 'rail__count">1<' not in page(agent_client, "/notifications")
    with fresh_database.write() as db:
        edit_activity(db, db.get_one(Activity, one.id), {"at": now() + timedelta(hours=1)}, agents=[db.get_one(Agent, jonas.id)], by=None)
    clock.move_to(NOW + timedelta(hours=3))                  # type: ignore[attr-defined]
    with fresh_database.write() as db:
        assert remind(db) == 1
    assert "Ring Eva" in body(admin_client, "/notifications")
    post(agent_client, f"/activities/{one.uid}/end")
    assert "Ring Eva" not in body(admin_client, "/notifications")


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"])
def test_nobody_is_led_out_of_the_desk(target: str, agent_client: FlaskClient, nora: Agent, made: Callable[..., Activity]) -> None:
    one = made("Ring Eva", nora)
    assert post(agent_client, f"/activities/{one.uid}/finish", back=target).location == "/activities"
