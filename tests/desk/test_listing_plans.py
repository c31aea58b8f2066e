"""How the database finds what a list shows: through the index meant for it, never by reading a shelf from end to end."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.person import Person
from contacts.searching import count_persons, search_persons
from core.clock import now
from core.database import Database, new_uid
from desk.mailboxes import add_mailbox
from desk.tickets.listing import Wanted, how_many, list_tickets
from desk.tickets.message import Notification
from desk.tickets.ticket import Tag, Ticket

ROWS = 6000
Plan = Callable[[Callable[[], object]], str]


@pytest.fixture(scope="module")
def db(shared_database: Database) -> Iterator[Session]:
    """Filled once for all that is asked here, nearly all of it closed, read and complete, as after some years; then undone."""
    with shared_database.writer() as session:
        session.begin()
        fill(session)
        yield session
        session.rollback()


@pytest.fixture
def nora(db: Session) -> Agent:
    return db.scalars(select(Agent)).one()


def fill(db: Session) -> None:
    nora, support = Agent(email="nora@desk.example", name="Nora Vik"), add_mailbox(db, "support@desk.example", "Support")
    db.add(nora)
    db.flush()
    began = now() - timedelta(days=900)
    db.execute(insert(Ticket), [{
        "uid": new_uid(), "subject": "S", "mailbox_id": support.id, "state": "closed" if n % 100 else "open",
        "shelf": "closed" if n % 100 else "active", "held": n % 1000 == 0, "moved_at": began + timedelta(minutes=n),
        "due_at": None if n % 100 else began + timedelta(hours=n), "assignee_id": nora.id if n % 2 else None}
        for n in range(1, ROWS)])
    ids = db.scalars(select(Ticket.id)).all()
    db.execute(insert(Tag), [{"ticket_id": i, "name": "often" if n % 999 else "seldom"} for n, i in enumerate(ids)])
    db.execute(insert(Notification), [{"agent_id": nora.id, "ticket_id": i, "event": "new", "at": began, "read_at": began}
                                      for i in ids])
    db.execute(insert(Person), [{"first_name": "F", "last_name": f"L{n}", "sort_name": f"l{n} f", "order_key": f"l{n} f", "to_be_completed": not n % 1000}
                                for n in range(1, ROWS)])
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("ANALYZE"))


@pytest.fixture
def plan(db: Session) -> Iterator[Plan]:
    """The plans of all questions that are asked by something, in words of the database."""
    asked: list[tuple[str, object]] = []
    connection = db.connection()

    def heard(_connection: object, _cursor: object, statement: str, given: object, *_: object) -> None:
        asked.append((statement, given))

    def plan(ask: Callable[[], object]) -> str:
        asked.clear()
        ask()
        explain = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        return "\n".join(str(row) for statement, given in list(asked) if statement.startswith(("SELECT", "WITH"))
                         for row in connection.exec_driver_sql(explain + statement, given))

    event.listen(connection, "before_cursor_execute", heard)
    yield plan
    event.remove(connection, "before_cursor_execute", heard)


@pytest.mark.parametrize(("wanted", "index"), [
    (Wanted("held"), "ix_tickets_held"),
    (Wanted("all", held=True), "ix_tickets_held"),
    (Wanted("all"), "ix_tickets_shelf"),
    (Wanted("all", sort="due"), "ix_tickets_due"),
    (Wanted("closed", sort="due"), "ix_tickets_due"),
    (Wanted("closed", sort="created"), "ix_tickets_created|Scan Backward using pk_tickets"),
    (Wanted("closed", tag="seldom"), "ix_ticket_tags_name"),
    (Wanted("unassigned"), "ix_tickets_shelf_assignee"),
    (Wanted("unassigned", sort="due"), "ix_tickets_due"),
    (Wanted("mine", sort="due"), "ix_tickets_assignee_due"),
])
def test_lists(db, nora, plan, wanted, index):
    got = plan(lambda: list_tickets(db, nora, wanted, limit=20))
    assert any(one in got for one in index.split("|")), got
    assert "Seq Scan on tickets " not in got and "'SCAN tickets'" not in got, got


@pytest.mark.parametrize("sort", ["moved", "created", "due"])
def test_tickets_of_a_rare_tag_are_asked_one_by_one(db, nora, plan, sort):
    wanted = Wanted("closed", tag="seldom", sort=sort)
    got = plan(lambda: list_tickets(db, nora, wanted, limit=20))
    assert not any(index in got for index in ("ix_tickets_shelf", "ix_tickets_created", "ix_tickets_due")), got


def test_held_are_counted_by_their_index(db, nora, plan):
    assert "ix_tickets_held" in plan(lambda: how_many(db, nora, Wanted("held")))


def test_persons_to_be_completed(db, plan):
    for ask in (lambda: search_persons(db, to_be_completed=True, limit=20), lambda: count_persons(db, to_be_completed=True)):
        got = plan(ask)
        assert "ix_persons_to_be_completed" in got, got


@pytest.mark.parametrize("query", ["", "l", "l5"])
def test_persons_in_order(db, plan, query):
    for cursor in ("", search_persons(db, query, limit=20).next):
        got = plan(lambda cursor=cursor: search_persons(db, query, cursor=cursor, limit=20))
        assert "ix_persons_order_key" in got and "Seq Scan on persons" not in got and "'SCAN persons'" not in got, got


def test_notifications_not_read(db, nora, plan):
    unread = select(Notification.id).where(Notification.agent_id == nora.id, Notification.read_at.is_(None)).limit(100)
    got = plan(lambda: db.scalar(select(func.count()).select_from(unread.subquery())))
    assert "ix_notifications_unread" in got, got
