"""The figures of a period: what they tell, whom they tell apart, and that few tickets are told together."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import event, text

from contacts.company import Company
from core.clock import now
from core.options import set_option
from desk.reports.asking import Asked, report
from desk.reports.folding import add
from desk.reports.periods import Period, offered
from desk.reports.small_cells import cells

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def company(db):
    def company(name):
        row = Company(name=name, sort_name=name.lower(), order_key=name.lower())
        db.add(row)
        db.flush()
        return row.uid
    return company


def count(db, mailbox, measure, day, n=1, *, bucket=0, **values):
    """So many in the total, and of these values."""
    cells = {("total", measure, day, mailbox.id, "", bucket): n}
    cells |= {(dimension, measure, day, mailbox.id, value, bucket): n for dimension, value in values.items()}
    add(db, cells)


def asked(*mailboxes, period=NOVEMBER, compare="before", **more):
    return Asked(period, compare, tuple(one.id for one in mailboxes), **more)


def test_totals_of_a_period_and_of_the_one_before(db, support):
    count(db, support, "in", "2026-11-03", 4)
    count(db, support, "in", "2026-10-03", 3)
    count(db, support, "in", "2026-09-30", 9)
    found = report(db, asked(support))
    assert (found["totals"]["now"]["in"], found["totals"]["before"]["in"]) == (4, 3)
    assert found["compared"] == {"first": "2026-10-01", "last": "2026-10-31"}
    assert report(db, asked(support, compare="none"))["totals"]["before"] is None


def test_what_is_open_is_what_came_and_has_not_gone(db, support):
    count(db, support, "up", "2026-01-07", 6)
    count(db, support, "down", "2026-11-02", 2)
    count(db, support, "down", "2026-12-01", 4)
    found = report(db, asked(support))
    assert [found["steps"][n]["open"] for n in (0, 1, -1)] == [6, 4, 4]
    assert found["totals"]["before"]["open"] == 6


def test_medians_and_promises(db, support):
    count(db, support, "first", "2026-11-03", 9, bucket=40)
    count(db, support, "first", "2026-11-03", 1, bucket=90)
    count(db, support, "kept", "2026-11-03", 8)
    count(db, support, "missed", "2026-11-04", 2)
    now = report(db, asked(support))["totals"]["now"]
    assert 29 <= now["first_median"] <= 32
    assert now["first_90"] == 32
    assert (now["kept"], now["missed"], now["solved_median"]) == (8, 2, None)


def test_other_mailboxes_are_not_in_it(db, support, sales):
    count(db, support, "in", "2026-11-03", 4)
    count(db, sales, "in", "2026-11-03", 5)
    assert report(db, asked(support))["totals"]["now"]["in"] == 4
    both = report(db, asked(support, sales))
    assert [(line["name"], line["in"]) for line in both["breakdowns"]["mailbox"]] == [("Sales", 5), ("Support", 4)]


def test_a_company_with_few_tickets_is_among_the_others(db, support, company):
    large, small, tiny = company("Fjord AS"), company("Snekker Kari Holm"), company("Bakeri")
    for uid, n in ((large, 9), (small, 3), (tiny, 4)):
        count(db, support, "in", "2026-11-03", n, company=uid)
    lines = report(db, asked(support))["breakdowns"]["company"]
    assert [(line["kind"], line["name"], line["of"], line["in"]) for line in lines] == [("value", "Fjord AS", 0, 9), ("others", "", 2, 7)]
    assert small not in repr(lines)


def test_few_others_cannot_be_reckoned_from_the_total(db, support, company):
    """One small company alone among the others would be what is left of the total: the smallest that is shown joins it."""
    large, middle, small = company("Fjord AS"), company("Elv AS"), company("Kari Holm")
    for uid, n in ((large, 9), (middle, 6), (small, 1)):
        count(db, support, "in", "2026-11-03", n, company=uid)
    lines = report(db, asked(support))["breakdowns"]["company"]
    assert [(line["name"], line["of"], line["in"]) for line in lines] == [("Fjord AS", 0, 9), ("", 2, 7)]


def test_of_too_few_nothing_is_told(db, support, company):
    count(db, support, "in", "2026-11-03", 2, company=company("Kari Holm"))
    [line] = report(db, asked(support))["breakdowns"]["company"]
    assert (line["kind"], line["hidden"], line["in"], line["open"]) == ("others", True, None, None)


def test_the_limit_is_the_admins(db, support, company):
    set_option(db, "reports.small_cell", 2)
    count(db, support, "in", "2026-11-03", 2, company=company("Kari Holm"))
    [line] = report(db, asked(support))["breakdowns"]["company"]
    assert (line["name"], line["in"]) == ("Kari Holm", 2)


def test_a_median_of_one_ticket_of_a_company_is_not_told(db, support, company):
    uid = company("Fjord AS")
    count(db, support, "in", "2026-11-03", 9, company=uid)
    count(db, support, "solved", "2026-11-03", 1, bucket=40, company=uid)
    found = report(db, asked(support))
    assert found["breakdowns"]["company"][0]["solved_median"] is None
    assert found["totals"]["now"]["solved_median"] is not None


def test_a_deleted_company_is_not_named(db, support, company):
    uid = company("Fjord AS")
    count(db, support, "in", "2026-11-03", 9, company=uid)
    db.query(Company).filter_by(uid=uid).one().binned_at = now()
    db.flush()
    assert [line["kind"] for line in report(db, asked(support))["breakdowns"]["company"]] == ["others"]


def test_agents_see_themselves_alone(db, support, nora, jonas):
    for agent, n in ((nora, 7), (jonas, 3)):
        count(db, support, "in", "2026-11-03", n, agent=agent.uid)
    assert [line["name"] for line in report(db, asked(support))["breakdowns"]["agent"]] == ["Nora Vik", "Jonas Berg"]
    assert [line["name"] for line in report(db, asked(support, agent=jonas.uid))["breakdowns"]["agent"]] == ["Jonas Berg"]
    assert "agent" not in report(db, asked(support, agent=""))["breakdowns"]


def test_what_the_policy_did_by_rule(db, support):
    add(db, {("total", "asked", "2026-11-03", support.id, "", 0): 3, ("rule", "asked", "2026-11-03", support.id, "else", 0): 3})
    assert report(db, asked(support))["totals"]["now"]["asked"] == 3
    assert report(db, asked(support))["rules"] == []
    [line] = report(db, asked(support, rules=True))["rules"]
    assert (line["id"], line["asked"], line["created"]) == ("else", 3, 0)


def test_the_questions_do_not_grow_with_the_figures(db, support, company, nora):
    def statements():
        counted = []
        listen = lambda _c, _cursor, statement, *_rest: counted.append(statement)  # noqa: E731
        event.listen(db.get_bind(), "before_cursor_execute", listen)
        try:
            report(db, asked(support, rules=True))
        finally:
            event.remove(db.get_bind(), "before_cursor_execute", listen)
        return [one[:150] for one in counted]
    count(db, support, "in", "2026-11-03", 7, company=company("First"), agent=nora.uid, team="t", level="l", language="nb")
    set_option(db, "reports.small_cell", 5)
    report(db, asked(support, rules=True))
    few = statements()
    for n in range(40):
        count(db, support, "in", f"2026-11-{n % 28 + 1:02}", 7, company=company(f"No. {n}"), agent=f"a{n}", team=f"t{n}", level=f"l{n}", language="sv")
    assert len(statements()) == len(few) <= 16


def test_a_period_in_steps():
    assert len(NOVEMBER.steps()) == 30
    assert [step.days for step in Period(date(2026, 1, 1), date(2026, 3, 1)).steps()] == [7] * 8 + [4]
    year = Period(date(2026, 1, 15), date(2026, 12, 31)).steps()
    assert (len(year), year[0].first, year[0].last, year[-1].last) == (12, date(2026, 1, 15), date(2026, 1, 31), date(2026, 12, 31))


@pytest.mark.parametrize(("first", "last", "how", "expected"), [
    ("2026-11-01", "2026-11-30", "before", ("2026-10-01", "2026-10-31")), ("2026-11-02", "2026-11-08", "before", ("2026-10-26", "2026-11-01")),
    ("2026-01-01", "2026-12-31", "before", ("2025-01-01", "2025-12-31")), ("2028-02-29", "2028-02-29", "year", ("2027-02-28", "2027-02-28")),
    ("2027-02-01", "2027-02-28", "year", ("2026-02-01", "2026-02-28")), ("2029-02-01", "2029-02-28", "year", ("2028-02-01", "2028-02-29"))])
def test_what_a_period_is_compared_with(first, last, how, expected):
    found = Period(date.fromisoformat(first), date.fromisoformat(last)).compared(how)
    assert (found.first.isoformat(), found.last.isoformat()) == expected


def test_the_month_before_is_offered_whole():
    assert offered(date(2026, 1, 31))["last_month"] == Period(date(2025, 12, 1), date(2025, 12, 31))


def test_others_are_never_fewer_than_the_limit_where_they_are_told():
    found = {name: Counter({("in", 0): n}) for name, n in {"a": 12, "b": 7, "c": 5, "d": 2}.items()}
    lines = cells(found, set(found), least=5, most=20)
    assert [(line.value, line.others) for line in lines] == [("a", 0), ("b", 0), ("", 2)]


def test_no_question_reads_all_figures(db, support):
    """Each goes by the key: dimension, measure, days."""
    sqlite = db.get_bind().dialect.name == "sqlite"
    if not sqlite:
        db.execute(text("SET LOCAL enable_seqscan = off"))      # it reads small tables as a whole, where it may
    asked_for = []
    listen = lambda _c, _cursor, statement, parameters, *_rest: asked_for.append((statement, parameters))  # noqa: E731
    event.listen(db.get_bind(), "before_cursor_execute", listen)
    try:
        report(db, asked(support, rules=True))
    finally:
        event.remove(db.get_bind(), "before_cursor_execute", listen)
    of_figures = [one for one in asked_for if "FROM figures" in one[0]]
    assert len(of_figures) >= 6
    for statement, parameters in of_figures:
        rows = db.connection().exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{statement}", parameters)
        plan = " ".join(row[3] if sqlite else row[0] for row in rows)
        assert ("SEARCH figures USING" if sqlite else "Index Cond: ") in plan and "Seq Scan on figures" not in plan, plan
        assert ("(dimension=? AND measure=?" if sqlite else "dimension") in plan, plan
