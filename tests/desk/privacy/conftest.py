"""A desk on which somebody has written, with another in copy, and about whom colleagues have noted things."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from contacts.agent import Agent
from contacts.companies import new_company
from contacts.editing import create_person, edit_person, person_called
from contacts.employing import work_at
from contacts.notes import write_note
from contacts.person import Person
from core.operations import Operation
from desk import inbound
from desk.inbound import Delivery
from desk.mailboxes import add_mailbox
from desk.operating import act_on
from desk.outbound import OutboundMail
from desk.privacy import asking
from desk.privacy.document import document
from desk.privacy.kept import PrivacyReport
from desk.tickets.answering import note, reply
from desk.tickets.intake import file
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from desk.tickets.writing import keep_files
from jobs import operations
from mailgate.parse import parse
from tests.letters_made import mail

MADS = "Mads Zyxwold <mads.zyxwold@newplace.example>"


class Desk:
    """What a test asks of it; ``run`` lets a worker make the reports that were asked for."""

    def __init__(self, database):
        self.database, self.count = database, 0
        with database.write() as db:
            self.support = add_mailbox(db, "support@desk.example", "Support")
            self.nora = Agent(email="nora@desk.example", name="Nora Vik", privacy_reports=True)
            self.jonas = Agent(email="jonas@desk.example", name="Jonas Berg", role="admin")
            self.kari = Agent(email="kari@desk.example", name="Kari Dal")
            db.add_all([self.nora, self.jonas, self.kari])

    def arrive(self, sender=MADS, raw=None, **given):
        raw = raw or mail(sender, **given)
        self.count += 1
        letter = parse(raw)
        kept = keep_files(letter)
        with self.database.write() as db:
            row = inbound.accept(db, Delivery(self.support.id, "smtp", str(self.count), raw, envelope_sender=sender))
            file(db, row, letter, kept)
            return db.get_one(Message, row.message_id).ticket_id

    def person(self, last="Zyxwold"):
        with self.database.read() as db:
            return db.scalars(select(Person.uid).where(Person.last_name == last).order_by(Person.id)).first()

    def agent(self, db, who):
        return db.get_one(Agent, who.id)

    def ask(self, *, by=None, **given):
        with self.database.write() as db:
            agent = self.agent(db, by or self.jonas)
            db.info["admin"] = agent.admin
            return asking.ask(db, person_called(db, self.person()), by=agent, **given).id

    def run(self, number):
        while True:
            operations.run()
            with self.database.read() as db:
                found = db.get_one(Operation, number)
                if found.state not in ("approved", "running"):
                    return found.state, found.reason

    def make(self, **given):
        """A report, made: its row."""
        number = self.ask(**given)
        assert self.run(number) == ("done", None)
        with self.database.read() as db:
            return db.scalars(select(PrivacyReport).where(PrivacyReport.operation_uid == db.get_one(Operation, number).uid)).one()

    def told(self, report, *, complete=True):
        with self.database.read() as db:
            return document(db, db.get_one(PrivacyReport, report.id), complete=complete)

    def words(self, report, *, complete=True):
        return json.dumps(self.told(report, complete=complete), ensure_ascii=False)

    def erase(self):
        from desk.erasing import asking as erasing
        with self.database.write() as db:
            number = erasing.ask(db, person_called(db, self.person()), reason="request", identity="agent", review="erase", by=self.agent(db, self.jonas)).id
        self.run(number)
        with self.database.write() as db:
            act_on(db, db.get_one(Operation, number), "approve", by=self.agent(db, self.jonas))
        assert self.run(number)[0] == "done"
        with self.database.read() as db:
            return db.get_one(Operation, number).result


@pytest.fixture
def desk(fresh_database):
    """Mads has written with Eva Lie in copy; we answered both, noted something, and know his company and a telephone."""
    made = Desk(fresh_database)
    made.ticket = made.arrive(subject="A quixotic printer", cc="Eva Lie <eva.lie@other.example>",
                              text="My printer is quixotic, says Eva Lie. Ask eva.lie@other.example or +47 911 22 333.\n\nMads Zyxwold\n")
    with fresh_database.write() as db:
        jonas, kari = made.agent(db, made.jonas), made.agent(db, made.kari)
        person = db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one()
        company = new_company(db, {"name": "Kunde AS"}, by=jonas)
        work_at(db, person, company, position="Head of printers", by=jonas)
        edit_person(db, person, {"title": "Wobbly officer"}, by=jonas)
        create_person(db, {"first_name": "Tove", "last_name": "Sletten"}, by=jonas, employments=[{"company": company}])
        write_note(db, "Mads is wobbly, says Tove Sletten.", person=person, by=jonas)
        write_note(db, "Mads snores.", person=person, private=True, by=kari)
        ticket = db.get_one(Ticket, made.ticket)
        reply(db, ticket, html="<p>Dear Mads, it is fixed.</p>", to=["mads.zyxwold@newplace.example"], cc=["eva.lie@other.example"], by=jonas)
        note(db, ticket, html="<p>Eva Lie is cross.</p>", by=jonas)
        for row in db.scalars(select(OutboundMail)):
            row.state, row.sent_at = "sent", row.created_at
    return made
