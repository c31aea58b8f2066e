"""Figures by the API: those that the agent may see, now and as a report that is made."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import now
from core.database import Database
from desk.reports.folding import add
from jobs import operations

DAY = (now() - timedelta(days=2)).date().isoformat()


@pytest.fixture(autouse=True)
def figures(fresh_database: Database, support, salaries, nora, jonas) -> None:
    with fresh_database.write() as db:
        for mailbox, who, n in ((support, nora, 6), (salaries, jonas, 3)):
            for dimension, value in (("total", ""), ("agent", who.uid)):
                add(db, {(dimension, "in", DAY, mailbox.id, value, 0): n, (dimension, "first", DAY, mailbox.id, value, 49): n})


def test_an_agent_gets_what_they_see(agent, admin) -> None:
    mine, all_ = agent.get("/reports"), admin.get("/reports?compare=none")
    assert (mine["totals"]["now"]["in"], mine["totals"]["now"]["first_median"]) == (6, 67)
    assert [line["name"] for line in mine["breakdowns"]["agent"]] == ["Nora Vik"]
    assert [one["name"] for one in mine["mailboxes"]] == ["Support"]
    assert all_["totals"] == {"now": all_["totals"]["now"], "before": None} and all_["totals"]["now"]["in"] == 9
    assert {line["name"] for line in all_["breakdowns"]["agent"]} == {"Nora Vik", "Jonas Berg"}


def test_a_period_and_a_mailbox(agent, admin) -> None:
    assert agent.get(f"/reports?from={DAY}&to={DAY}")["compared"]["last"] < DAY
    assert admin.get("/reports?mailbox=salaries@desk.example")["totals"]["now"]["in"] == 3
    agent.get("/reports?mailbox=salaries@desk.example", status=422)
    agent.get("/reports?from=yesterday", status=422)
    agent.get("/reports?unknown=1", status=422)


def test_a_report_is_made(agent, calling, lars, nobody) -> None:
    made = agent.post("/reports", {"from": DAY, "to": DAY}, status=202)
    operations.run()
    assert agent.get(f"/operations/{made['id']}")["state"] == "done"
    assert agent.get(f"/operations/{made['id']}/result")["totals"]["now"]["in"] == 6
    calling(lars).get(f"/operations/{made['id']}/result", status=404)
    calling(lars).get(f"/reports/{made['id']}.pdf", status=404)
    nobody.get("/reports", status=401)
