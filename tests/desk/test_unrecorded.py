"""How long tickets without a person are kept, and how the database finds those that have had their time (S83d)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, insert, text, update

from contacts.person import Person
from core.clock import now
from core.database import new_uid
from core.errors import Refused
from core.history import FactRow
from core.options import set_option
from desk.inbound import InboundMail
from desk.outbound import OutboundMail
from desk.tickets.deciding import change_requester
from desk.tickets.forgetting import blank
from desk.tickets.states import change_state
from desk.tickets.ticket import Ticket
from desk.tickets.unrecorded import candidates, forgotten_at, with_parts
from tests.desk.test_intake import person
from tests.letters_made import mail


def test_it_is_said_when_a_ticket_is_forgotten(arrive, db, support, nora):
    """S83d."""
    set_option(db, "intake.unknown_sender", "never")
    ticket = arrive(mail()).ticket
    assert forgotten_at(db, ticket) is None                       # while it is open, never
    change_state(db, ticket, "closed", by=nora)
    assert abs(forgotten_at(db, ticket) - now() - timedelta(days=90)) < timedelta(minutes=1)
    ticket.moved_at = now() - timedelta(days=50)
    assert abs(forgotten_at(db, ticket) - now() - timedelta(days=90)) < timedelta(minutes=1)      # closing it counts
    set_option(db, "intake.unrecorded_days", 7, support.uid)
    assert abs(forgotten_at(db, ticket) - now() - timedelta(days=7)) < timedelta(minutes=1)


def test_of_a_person_nothing_is_said(arrive, db, nora):
    ticket = arrive(mail()).ticket
    change_state(db, ticket, "closed", by=nora)
    assert ticket.requester is not None and forgotten_at(db, ticket) is None


def test_a_ticket_of_one_of_several_persons_is_not_forgotten(arrive, db, support, nora):
    """It is a customer's, only which one's nobody has said; what agents give up, may be forged, and is spam, is nobody's."""
    for name in ("Ole Vang", "Kari Vang"):
        person(db, name, "post@kunde.example")
    ticket = arrive(mail("post@kunde.example")).ticket
    change_state(db, ticket, "closed", by=nora)
    assert forgotten_at(db, ticket) is None
    ticket.moved_at = now() - timedelta(days=2000)
    db.execute(update(FactRow).values(at=now() - timedelta(days=2000)))
    arrive(mail("other@else.example"))                              # the newest of all is never forgotten
    assert with_parts(db, support, [ticket]) == []
    change_requester(db, ticket, nora, none=True)
    assert forgotten_at(db, ticket) is not None
    spam = arrive(mail("post@kunde.example", subject="Buy")).ticket
    change_state(db, spam, "spam", by=nora)
    assert forgotten_at(db, spam) is not None


@pytest.mark.parametrize("days", [0, 3651, "90", 1.5, True])
def test_days_that_make_no_sense_are_refused(db, days):
    with pytest.raises(Refused):
        set_option(db, "intake.unrecorded_days", days)


def test_what_the_ledgers_forget_is_what_their_columns_declare():
    """PRIVACY 8: a column that is declared personal later is emptied too."""
    for kind in (InboundMail, OutboundMail):
        assert set(blank(kind)) == {c.key for c in kind.__table__.columns if c.info["personal"] and c.info["erase"] != "keep"}
    assert blank(OutboundMail)["recipients"] == [] and blank(OutboundMail)["headers"] == {}
    assert blank(InboundMail)["sender"] is None and blank(InboundMail)["client"] == ""


@pytest.mark.parametrize("after", [None, (now() - timedelta(days=898), 7)])
def test_they_are_found_through_an_index_of_their_own(db, support, after):
    """A desk of years, nearly all of it persons': the job reads those of nobody alone."""
    person = Person(first_name="Ole", last_name="Vang", sort_name="vang ole")
    db.add(person)
    db.flush()
    began = now() - timedelta(days=900)
    db.execute(insert(Ticket), [{
        "uid": new_uid(), "subject": "S", "mailbox_id": support.id, "state": "closed", "shelf": "closed", "moved_at": began + timedelta(minutes=n),
        "requester_id": person.id if n % 3 else None} for n in range(1, 6000)])
    connection = db.connection()
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        db.execute(text("ANALYZE tickets"))
    asked = []
    event.listen(connection, "before_cursor_execute", lambda _c, _k, statement, given, *_: asked.append((statement, given)))
    found = candidates(db, support, "closed", after=after, most=100)
    assert found and all(one.requester_id is None for one in found)
    statement, given = next(one for one in asked if "FROM tickets" in one[0])
    plan = "\n".join(str(row) for row in connection.exec_driver_sql(("EXPLAIN " if postgresql else "EXPLAIN QUERY PLAN ") + statement, given))
    assert "ix_tickets_unrecorded" in plan and "TEMP B-TREE" not in plan and "Sort" not in plan, plan
