"""The employments of a person as bars of a drawing."""

from __future__ import annotations

from datetime import date

from contacts.person import Employment
from core.clock import now
from core.i18n import local
from desk.web.presenting.career import axis, bar, drawn


def test_seven_years_with_this_one_last_but_one() -> None:
    assert len(axis()) == 7
    assert axis()[-2] == local(now()).year


def test_what_began_before_the_years_goes_to_their_edge() -> None:
    old = bar(Employment(started_on=date(1999, 1, 1), primary=True))
    assert (old["kind"], old["x"], old["width"]) == ("now", 0, 700)


def test_a_past_employment_ends_where_it_ended() -> None:
    second = axis()[1]
    past = bar(Employment(started_on=date(second, 1, 1), ended_on=date(second + 1, 1, 1), primary=False))
    assert (past["kind"], past["x"], past["width"]) == ("past", 100, 100)
    assert 500 <= past["today"] < 600


def test_without_dates_nothing_is_drawn() -> None:
    assert not drawn([Employment(primary=True)])
    assert bar(Employment(started_on=date(axis()[0], 1, 1), primary=False))["kind"] == "side"
