"""Trying a policy on the mails of the last days: what was known then, whom it would have made, nothing changed."""

import pytest
from sqlalchemy import func, select, update

from contacts.creating import create_company
from contacts.person import Person
from core.database import Database
from core.errors import Refused
from core.operations import Operation, OperationItem
from core.options import set_option
from desk import inbound
from desk.inbound import Delivery, InboundMail
from desk.mailboxes import add_mailbox
from desk.policy import save_policy
from desk.simulating import simulate
from desk.tickets.answering import reply
from desk.tickets.intake import file
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from desk.tickets.writing import keep_files
from jobs import operations as job
from mailgate.parse import parse
from tests.desk.test_policy import rule
from tests.letters_made import mail


@pytest.fixture
def desk(fresh_database: Database, jonas_there):
    """A desk that creates by default, and a way to let mail come and to try."""
    return Trial(fresh_database, jonas_there)


@pytest.fixture
def jonas_there(fresh_database: Database) -> int:
    from contacts.agent import Agent
    with fresh_database.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
        agent = Agent(email="jonas@desk.example", name="Jonas Berg", role="admin")
        db.add(agent)
        db.flush()
        return agent.id


class Trial:
    def __init__(self, database: Database, jonas: int) -> None:
        self.database, self.jonas, self.count = database, jonas, 0

    def agent(self, db):
        from contacts.agent import Agent
        return db.get_one(Agent, self.jonas)

    def comes(self, raw: bytes) -> int:
        """File a mail; the number of its ticket, 0 for none."""
        self.count += 1
        with self.database.write() as db:
            row = inbound.accept(db, Delivery(1, "smtp", str(self.count), raw))
            letter = parse(raw)
            file(db, row, letter, keep_files(letter))
            db.flush()
            return db.get_one(Message, row.message_id).ticket_id if row.message_id else 0

    def tried(self, **wanted) -> Operation:
        with self.database.write() as db:
            asked = simulate(db, wanted, by=self.agent(db)).id
        job.run()
        with self.database.read() as db:
            operation = db.get_one(Operation, asked)
            assert operation.state == "done", operation.reason
            self.items = list(db.scalars(select(OperationItem).where(OperationItem.operation_id == asked).order_by(OperationItem.id)))
            return operation

    def outcomes(self, **wanted) -> dict[str, tuple[int, int]]:
        return {name: (told["before"], told["after"]) for name, told in self.tried(**wanted).result["outcomes"].items()
                if told["before"] or told["after"]}


def test_the_choice_is_tried_and_a_newcomer_counts_once(desk):
    """Whom the trial would not have made is a stranger to it still when they write again."""
    for subject in ("One", "Two", "Three"):
        desk.comes(mail("Ole Vang <ole@kunde.example>", subject=subject))
    desk.comes(mail("Kari Moe <kari@kunde.example>"))
    assert desk.outcomes(unknown_sender="ask") == {"created": (2, 0), "asked": (0, 4)}
    assert desk.outcomes(unknown_sender="never") == {"created": (2, 0), "none": (0, 4)}
    assert desk.outcomes() == {"created": (2, 2)} and not desk.items


def test_whom_the_trial_would_have_made_is_known_to_it(desk):
    with desk.database.write() as db:
        set_option(db, "intake.unknown_sender", "ask")
    for subject in ("One", "Two", "Three"):
        desk.comes(mail("Ole Vang <ole@kunde.example>", subject=subject))
    assert desk.outcomes(unknown_sender="create") == {"asked": (3, 0), "created": (0, 1)}


def test_rules_are_tried_with_what_was_known_then(desk):
    """A company that got its domain afterwards was no known company then."""
    desk.comes(mail("Ole Vang <ole@kunde.example>"))
    with desk.database.write() as db:
        create_company(db, "Kunde AS", domains=["kunde.example"])
    desk.comes(mail("Kari Moe <kari@kunde.example>"))
    desk.comes(mail("noreply@shop.example", subject="Receipt", Auto_Submitted="auto-generated"))
    assert desk.outcomes(rules=[rule("ask", known_company=True)]) == {"created": (2, 1), "asked": (0, 1), "none": (1, 1)}
    assert [(i.kind, i.data["before"], i.data["after"]) for i in desk.items] == [("asked", "created", "asked")]
    assert desk.outcomes(rules=[rule("spam", senders=["@kunde.example"])])["spam"] == (0, 2)
    assert desk.outcomes(rules=[rule("set_aside", automatic=True)])["set_aside"] == (0, 1)


def test_who_was_answered_since_is_named_with_their_mails(desk):
    number = desk.comes(mail("Ole Vang <ole@kunde.example>"))
    desk.comes(mail("Ole Vang <ole@kunde.example>", subject="More"))
    desk.comes(mail("Kari Moe <kari@kunde.example>"))
    with desk.database.write() as db:
        reply(db, db.get_one(Ticket, number), by=desk.agent(db), text="Hei")
    assert desk.tried(unknown_sender="ask").result["answered"] == 1
    with desk.database.read() as db:
        named = [(i.subject_uid, i.data["mails"]) for i in desk.items if i.kind == "person"]
        assert named == [(db.scalar(select(Person.uid).where(Person.first_name == "Ole")), 2)]


def test_a_trial_changes_nothing(desk):
    desk.comes(mail("Ole Vang <ole@kunde.example>"))
    with desk.database.read() as db:
        before = [db.scalar(select(func.count()).select_from(kind)) for kind in (Person, Ticket, InboundMail)]
    desk.tried(unknown_sender="never", rules=[rule("spam", senders=["@kunde.example"])])
    with desk.database.read() as db:
        assert [db.scalar(select(func.count()).select_from(kind)) for kind in (Person, Ticket, InboundMail)] == before


def test_older_mail_is_left_out(desk):
    from datetime import timedelta

    from core.clock import now
    for n in range(5):
        desk.comes(mail(f"n{n}@kunde.example"))
    with desk.database.write() as db:
        db.execute(update(InboundMail).where(InboundMail.id <= 3).values(received_at=now() - timedelta(days=40)))
    operation = desk.tried(unknown_sender="ask", days=30)
    assert (operation.result["mails"], operation.total, operation.result["outcomes"]["asked"]["after"]) == (2, 2, 2)
    assert desk.tried(unknown_sender="ask", days=60).result["mails"] == 5


def test_versions_are_compared_with_what_is_in_force(desk):
    with desk.database.write() as db:
        save_policy(db, [rule("never", senders=["@kunde.example"])], {}, by=desk.agent(db))
    desk.comes(mail("Ole Vang <ole@kunde.example>"))
    assert desk.outcomes(rules=[]) == {"none": (1, 0), "created": (0, 1)}


@pytest.mark.parametrize("wanted", [{"days": 401}, {"unknown_sender": "perhaps"}, {"rules": [rule("ask")]}])
def test_what_could_not_be_saved_cannot_be_tried(desk, wanted):
    with desk.database.write() as db, pytest.raises(Refused):
        simulate(db, wanted, by=desk.agent(db))
