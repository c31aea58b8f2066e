"""The loop budget: counted per correspondent and per ticket, whatever the headers say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.loops import AGENTS_SHARE, WINDOW, Spent, judge

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def sent(count, *, ago=timedelta(minutes=1)):
    return [AT - ago] * count


@pytest.mark.parametrize(("to_correspondent", "on_ticket", "scope"), [
    (0, 0, None), (4, 4, None), (5, 4, "correspondent"), (5, 5, "ticket"), (50, 0, "correspondent")])
def test_breaker_opens_at_the_limit(to_correspondent, on_ticket, scope):
    opened = judge(Spent(sent(to_correspondent), sent(on_ticket), limit=5), AT)
    assert (opened.scope if opened else None) == scope


def test_what_is_older_than_the_window_is_earned_back():
    assert judge(Spent(sent(5, ago=WINDOW), [], limit=5), AT) is None
    assert judge(Spent(sent(5, ago=WINDOW - timedelta(seconds=1)), [], limit=5), AT) is not None


def test_agents_are_told_of_many_tickets_but_not_of_one_for_ever():
    assert judge(Spent(sent(5 * AGENTS_SHARE - 1), [], limit=5, agent=True), AT) is None
    assert judge(Spent(sent(5 * AGENTS_SHARE), [], limit=5, agent=True), AT).scope == "correspondent"
    assert judge(Spent(sent(5), sent(5), limit=5, agent=True), AT).scope == "ticket"


@given(st.lists(st.integers(0, 60 * 24), min_size=1, max_size=300), st.integers(1, 20))
def test_two_robots_never_get_more_than_the_budget_within_the_window(minutes, limit):
    """Whatever the rhythm: of all that ask, no three hours see more than the limit go out."""
    gone = []
    for minute in sorted(minutes):
        at = AT + timedelta(minutes=minute)
        if judge(Spent(gone, [], limit), at) is None:
            gone.append(at)
    assert all(sum(moment <= other < moment + WINDOW for other in gone) <= limit for moment in gone)
