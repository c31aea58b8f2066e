"""The page of reports and its file: what it tells, whom it lets see what, and in how many questions."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from contacts.agent import Agent
from contacts.companies import new_company
from contacts.enrolling import add_agent
from core.clock import now
from core.database import Database, database
from core.options import option
from desk.mailboxes import Mailbox, add_mailbox
from desk.reports.folding import add
from jobs import operations
from tests.desk.web.test_colleagues import hidden
from tests.desk.web.tickets.conftest import page, words

MOST_STATEMENTS = 32
DAY = (now() - timedelta(days=3)).date().isoformat()
MONTH_BEFORE = (now() - timedelta(days=33)).date().isoformat()


@pytest.fixture
def support(fresh_database: Database, nora: Agent, jonas: Agent) -> Mailbox:
    """A mailbox in which 9 tickets came, 7 of them Nora's, and a hidden one with 4."""
    with fresh_database.write() as db:
        support, board = add_mailbox(db, "support@desk.example", "Support"), add_mailbox(db, "board@desk.example", "Board", open_to_all=False)
        company = new_company(db, {"name": "=Fjord AS"}, by=jonas)
        for mailbox, agent, n in ((support, nora, 7), (support, jonas, 2), (board, jonas, 4)):
            for dimension, value in (("total", ""), ("agent", agent.uid), ("company", company.uid)):
                add(db, {(dimension, "in", DAY, mailbox.id, value, 0): n, (dimension, "first", DAY, mailbox.id, value, 49): n})
        add(db, {("total", "in", MONTH_BEFORE, support.id, "", 0): 5, ("total", "asked", DAY, support.id, "", 0): 6,
                 ("rule", "asked", DAY, support.id, "else", 0): 6})
    return support


def test_totals_charts_and_who_has_what(admin_client: FlaskClient, support: Mailbox) -> None:
    """Every chart has its table in the page, so that nothing needs a script."""
    text = page(admin_client, "/reports")
    said = words(text)
    for told in ("Tickets in 13 before: 5 (+160 %)", "First answer, median 1 h 7 min", "By agent", "Nora Vik 7", "Jonas Berg 6", "By mailbox", "Board 4",
                 "Rules for unknown senders", "Everything else 6", "=Fjord AS 13"):
        assert told in said, told
    assert text.count("data-chart-drawing") == text.count('class="chart__table"') >= 3
    assert 'data-value="13"' in text and "uplot.iife.min.js" in text


def test_an_agent_sees_their_mailboxes_and_themselves(agent_client: FlaskClient, support: Mailbox) -> None:
    said = words(page(agent_client, "/reports"))
    assert "Tickets in 9" in said and "Your own figures" in said and "Nora Vik 7" in said
    for theirs in ("Jonas Berg", "Board", "Rules for unknown senders"):
        assert theirs not in said, theirs


def test_a_mailbox_of_others_is_not_there(agent_client: FlaskClient, admin_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    with fresh_database.read() as db:
        board = db.query(Mailbox).filter_by(name="Board").one().uid
    assert agent_client.get(f"/reports?mailbox={board}").status_code == 404
    assert agent_client.get(f"/reports/figures.csv?mailbox={board}").status_code == 404
    assert "Tickets in 4" in words(page(admin_client, f"/reports?mailbox={board}"))


def test_nobody_who_is_not_signed_in(visitor: FlaskClient, support: Mailbox) -> None:
    for path in ("/reports", "/reports/figures.csv"):
        assert visitor.get(path).status_code in (302, 303), path


def test_any_period_and_what_it_is_compared_with(admin_client: FlaskClient, support: Mailbox) -> None:
    text = words(page(admin_client, f"/reports?from={MONTH_BEFORE}&to={MONTH_BEFORE}&compare=none"))
    assert "Tickets in 5" in text and "before:" not in text
    assert "Nothing happened in these days" in words(page(admin_client, "/reports?from=2020-01-01&to=2020-01-31"))
    assert admin_client.get("/reports?from=2026-02-30").status_code == 422
    assert admin_client.get("/reports?from=1900-01-01&to=2199-12-31").status_code == 200


def test_the_file_has_every_figure_and_no_formula(admin_client: FlaskClient, agent_client: FlaskClient, support: Mailbox) -> None:
    answer = admin_client.get("/reports/figures.csv")
    assert answer.mimetype == "text/csv" and "attachment; filename=" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))
    if len(rows[0]) == 1:
        rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    at = {name: n for n, name in enumerate(rows[0])}
    assert rows[1][at["Tickets in"]] == "13" and rows[2][at["Tickets in"]] == "5"
    assert {row[1]: row[at["Tickets in"]] for row in rows if row[0] == "By agent"} == {"Nora Vik": "7", "Jonas Berg": "6"}
    assert rows[1][at["First answer, median (minutes)"]] == "67"
    [company] = [row[1] for row in rows if row[0] == "By company"]
    assert not company.startswith("=") and company.endswith("Fjord AS")
    assert "Jonas Berg" not in agent_client.get("/reports/figures.csv").get_data(as_text=True)


def test_the_page_asks_no_more_where_there_is_much(admin_client: FlaskClient, support: Mailbox, fresh_database: Database, jonas: Agent) -> None:
    def statements() -> int:
        counted: list[str] = []
        listen: Callable[..., None] = lambda _c, _cursor, statement, *_rest: counted.append(statement)  # noqa: E731
        engine = database().engine
        event.listen(engine, "before_cursor_execute", listen)
        try:
            page(admin_client, "/reports")
        finally:
            event.remove(engine, "before_cursor_execute", listen)
        return len([one for one in counted if not one.startswith(("PRAGMA", "BEGIN"))])
    page(admin_client, "/reports")
    few = statements()
    with fresh_database.write() as db:
        for n in range(60):
            company = new_company(db, {"name": f"No. {n}"}, by=jonas)
            add(db, {("company", "in", DAY, support.id, company.uid, 0): 6, ("total", "in", DAY, support.id, "", 0): 6})
    assert statements() == few <= MOST_STATEMENTS


def test_a_report_is_made_kept_and_printed(agent_client: FlaskClient, signed_in: Callable[[Agent], FlaskClient], support: Mailbox, fresh_database: Database) -> None:
    """Whoever asked follows how far it is and gets its files; other agents do not."""
    answer = agent_client.post("/reports", data={"from": DAY, "to": DAY, "compare": "none"})
    assert answer.status_code == 303
    at = answer.headers["Location"]
    assert 'hx-trigger="every 2s"' in page(agent_client, at)
    assert agent_client.get(f"{at}/figures.pdf").status_code == 404
    operations.run()
    text = page(agent_client, at)
    assert "Tickets in 9" in words(text) and "every 2s" not in text and "Jonas Berg" not in words(text)
    printed, rows = agent_client.get(f"{at}/figures.pdf"), agent_client.get(f"{at}/figures.csv")
    assert printed.mimetype == "application/pdf" and printed.data.startswith(b"%PDF")
    assert f"figures-{DAY}-{DAY}.pdf" in printed.headers["Content-Disposition"]
    assert "Tickets in" in rows.get_data(as_text=True)
    assert "Reports you have made" in words(page(agent_client, "/reports"))
    with fresh_database.write() as db:
        other = signed_in(add_agent(db, "lars@desk.example", "a sentence is easier", name="Lars Dahl"))
    for path in (at, f"{at}/figures.pdf", f"{at}/figures.csv"):
        assert other.get(path).status_code == 404, path
    assert other.get("/reports/made/" + "0" * 24).status_code == 404


def test_a_report_of_an_empty_period_and_of_a_hidden_mailbox(agent_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    with fresh_database.read() as db:
        board = db.query(Mailbox).filter_by(name="Board").one().uid
    assert agent_client.post("/reports", data={"mailbox": board}).status_code == 404
    at = agent_client.post("/reports", data={"from": "2020-01-01", "to": "2020-01-02"}).headers["Location"]
    operations.run()
    assert "Nothing happened in these days" in words(page(agent_client, at))


def test_an_admin_says_who_gets_the_month_by_mail(admin_client: FlaskClient, fresh_database: Database) -> None:
    form = {"desk.name": "Demo", "desk.language": "en", "desk.timezone": "Europe/Oslo", "desk.reopen_days": "14", "contacts.bin_days": "15", "mail.loop_limit": "5",
            "mail.retry_days": "3", "intake.spam_score": "10", "reports.small_cell": "7", "contacts.required_fields": ["last_name"]}
    answer = admin_client.post("/settings/desk", data=form | hidden(admin_client, "/settings/desk") | {"reports.monthly_to": "boss@owner.example; nora@desk.example"})
    assert answer.status_code == 303
    with fresh_database.read() as db:
        assert option(db, "reports.monthly_to") == ["boss@owner.example", "nora@desk.example"]
        assert option(db, "reports.small_cell") == 7
    assert 'value="boss@owner.example, nora@desk.example"' in page(admin_client, "/settings/desk")
    assert admin_client.post("/settings/desk", data=form | hidden(admin_client, "/settings/desk") | {"reports.monthly_to": "no address"}).status_code == 422
