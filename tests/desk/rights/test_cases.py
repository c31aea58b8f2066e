"""Cases: opened, extended, decided, with a clock that admins hear of."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from contacts.addressing import holdings_of, mail_reaches
from contacts.agent import Agent
from core.errors import Conflict, Forbidden, Refused
from core.history import FactRow
from desk.alerts import standing_alerts
from desk.erasing.asking import ask, may_approve
from desk.outbound import OutboundMail
from desk.rights import casework, clocks
from desk.rights.listing import cases
from desk.rights.opening import case_called, open_case, today
from desk.rights.writing import answered_at
from desk.tickets.message import Notification
from rules.statutory import due_on


def events(db, case):
    return [row.data["change"] for row in db.scalars(select(FactRow).where(FactRow.kind == "rights_case.changed").order_by(FactRow.id)) if row.data["case_uid"] == case.uid]


def mails(db):
    return db.scalars(select(OutboundMail).order_by(OutboundMail.id)).all()


def test_opened_with_a_clock_and_told(db, jonas, mads):
    case = open_case(db, "access", person=mads, by=None)
    assert case.due == due_on(case.received) and case.state == "new"
    assert [one.event for one in db.scalars(select(Notification))] == ["rights_new"]
    assert events(db, case) == ["opened"]


def test_what_is_no_kind_or_not_yet_is_refused(db, jonas, mads):
    with pytest.raises(Refused):
        open_case(db, "whim", person=mads, by=jonas)
    with pytest.raises(Refused):
        open_case(db, "access", person=mads, received=today(db) + timedelta(days=1), by=jonas)


def test_admins_alone(db, jonas, nora, mads):
    case = open_case(db, "access", person=mads, by=jonas)
    for act in (lambda: case_called(db, case.uid, nora), lambda: cases(db, nora), lambda: casework.edit(db, case, {}, by=nora),
                lambda: casework.extend(db, case, "why", by=nora), lambda: casework.decide(db, case, "done", "", by=nora),
                lambda: casework.reopen(db, case, by=nora), lambda: casework.go_on_unproven(db, case, "why", by=nora)):
        with pytest.raises(Forbidden):
            act()


def test_extended_once_and_within_the_first_month(db, jonas, mads):
    case = open_case(db, "access", person=mads, by=jonas)
    with pytest.raises(Refused):
        casework.extend(db, case, " ", by=jonas)
    casework.extend(db, case, "Many mails have to be read.", by=jonas)
    assert case.due == due_on(case.received, extended=True)
    assert "Many mails have to be read." in mails(db)[-1].text and mails(db)[-1].recipients == ["mads@zyx.example"] and mails(db)[-1].language == "da"
    with pytest.raises(Refused):
        casework.extend(db, case, "Again.", by=jonas)
    late = open_case(db, "access", person=mads, received=today(db) - timedelta(days=40), by=jonas)
    with pytest.raises(Refused):
        casework.extend(db, late, "Too late.", by=jonas)


def test_refusal_states_reasons_and_where_to_complain(db, jonas, mads):
    case = open_case(db, "erasure", person=mads, by=jonas)
    with pytest.raises(Refused) as refused:
        casework.decide(db, case, "refused", "", by=jonas)
    assert "reasons" in refused.value.errors
    casework.decide(db, case, "refused", "Invoices are kept for five years.", by=jonas)
    assert case.closed and "Invoices are kept for five years." in mails(db)[-1].text and "Datatilsynet" in mails(db)[-1].text
    with pytest.raises(Refused):
        casework.decide(db, case, "done", "", by=jonas)
    casework.reopen(db, case, by=jonas)
    assert events(db, case) == ["opened", "refused", "reopened"]


def test_done_without_identity_asks_for_a_reason(db, jonas, mads):
    case = open_case(db, "access", person=mads, by=jonas)
    with pytest.raises(Refused, match="Nobody has confirmed"):
        casework.decide(db, case, "done", "", by=jonas)
    casework.go_on_unproven(db, case, "They stood at the counter.", by=jonas)
    casework.decide(db, case, "done", "", by=jonas)
    assert case.state == "done"


def test_a_case_is_answered_where_mail_reaches_them(db, jonas, mads):
    """Neither where it comes back from nor where it is blocked: a case and the lifting of a restriction ask the same."""
    case = open_case(db, "access", person=mads, by=jonas)
    first, second = holdings_of(db, mads)
    assert answered_at(db, case) == mail_reaches(db, mads) == first.address.value
    first.address.health = "bouncing"
    assert answered_at(db, case) == mail_reaches(db, mads) == second.address.value
    second.address.suppression = "blocked"
    assert answered_at(db, case) == mail_reaches(db, mads) == ""


def test_an_erasing_that_is_gone_keeps_no_case_open(db, jonas, mads):
    case = open_case(db, "erasure", person=mads, by=jonas)
    casework.go_on_unproven(db, case, "Called.", by=jonas)
    erasing = ask(db, mads, reason="request", identity="agent", case=case, by=jonas)
    case.operation_uid = erasing.uid
    erasing.state, erasing.phase = "planned", "run"
    with pytest.raises(Refused, match="Until then it waits"):
        casework.decide(db, case, "done", "", by=jonas)
    db.delete(erasing)
    db.flush()
    casework.decide(db, case, "done", "", by=jonas)
    assert case.closed


def test_a_case_that_is_refused_is_not_followed(db, jonas, mads):
    case = open_case(db, "erasure", person=mads, by=jonas)
    casework.go_on_unproven(db, case, "Called.", by=jonas)
    erasing = ask(db, mads, reason="request", identity="agent", review="keep", case=case, by=jonas)
    erasing.state, erasing.phase = "planned", "run"
    may_approve(db, erasing, jonas)
    casework.decide(db, case, "refused", "We need it for a claim.", by=jonas)
    with pytest.raises(Refused, match="Take it up again first"):
        may_approve(db, erasing, jonas)


def test_lost_edit_is_refused(db, jonas, mads):
    case = open_case(db, "access", person=mads, by=jonas)
    before = case.version
    casework.edit(db, case, {"owner": jonas}, by=jonas, version=before)
    with pytest.raises(Conflict):
        casework.edit(db, case, {"kind": "erasure"}, by=jonas, version=before)


def test_only_an_admin_can_be_given_a_case(db, jonas, mads):
    case = open_case(db, "access", person=mads, by=jonas)
    ida = Agent(email="ida@desk.example", name="Ida Sand", role="agent")
    db.add(ida)
    db.flush()
    with pytest.raises(Refused) as refused:
        casework.edit(db, case, {"owner": ida}, by=jonas, version=case.version)
    assert set(refused.value.errors) == {"owner"} and case.owner is None


def test_another_person_has_to_be_identified_anew(db, jonas, mads):
    case = open_case(db, "access", person=None, by=jonas)
    casework.go_on_unproven(db, case, "Known.", by=jonas)
    casework.edit(db, case, {"person": mads}, by=jonas)
    assert case.state == "new" and not case.unproven_why and case.person is mads


def test_clock_tells_each_stage_once(db, jonas, mads):
    case = open_case(db, "access", person=mads, received=date(2026, 3, 1), by=jonas)
    told = {day: clocks.tell_of_stages(db, day=day) for day in (date(2026, 3, 10), date(2026, 3, 17), date(2026, 3, 18), date(2026, 3, 26), date(2026, 4, 1),
                                                                 date(2026, 4, 2), date(2026, 4, 3))}
    assert list(told.values()) == [0, 1, 0, 1, 0, 1, 0]
    assert [one.event for one in db.scalars(select(Notification).where(Notification.agent_id == jonas.id).order_by(Notification.id))] == [
        "rights_half", "rights_week", "rights_over"]
    assert [one.kind for one in standing_alerts(db)] == ["rights"]
    casework.decide(db, case, "refused", "No.", by=jonas)
    assert not standing_alerts(db)


def test_a_page_of_cases_is_one_question(db, jonas, mads):
    for days in range(12):
        open_case(db, "access", person=mads, received=today(db) - timedelta(days=days), by=jonas)
    db.flush()
    db.expire_all()
    asked = []
    event.listen(db.get_bind().engine, "before_cursor_execute", listener := lambda *args: asked.append(args[2]))
    try:
        assert [(one.person.name, one.owner, one.ticket) for one in cases(db, jonas).rows] == [("Mads Zyxwold", None, None)] * 12
    finally:
        event.remove(db.get_bind().engine, "before_cursor_execute", listener)
    assert len([one for one in asked if "FROM rights_cases" in one]) == 1
    assert len(asked) <= 5, "however many cases there are"


def test_list_open_first_by_due_day_and_paged(db, jonas, mads):
    made = [open_case(db, "access", person=mads, received=today(db) - timedelta(days=days), by=jonas) for days in (1, 20, 5)]
    casework.decide(db, made[1], "refused", "No.", by=jonas)
    assert [one.id for one in cases(db, jonas).rows] == [made[2].id, made[0].id, made[1].id]
    first = cases(db, jonas, most=2)
    assert [one.id for one in cases(db, jonas, most=2, cursor=first.next).rows] == [made[1].id]
    assert [one.id for one in cases(db, jonas, state="refused").rows] == [made[1].id]
    assert not cases(db, jonas, kind="erasure").rows
    with pytest.raises(Refused):
        cases(db, jonas, cursor="nonsense")


