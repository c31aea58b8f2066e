"""Whoever is erased, and whoever's days in the bin are over, is in nobody's lists any more: neither rows nor names (S63-S65, S68-S71).

Favourites, what was opened last, what is followed, notifications, digests, selections, feeds, and every other column of every table that may point at
a person or a company: :func:`pointing` finds these in the declarations, so that a table which nobody planted here makes the test fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.binning import bin_company, bin_person
from contacts.company import Company
from contacts.enrolling import new_token
from contacts.person import Person
from core import schema
from core.clock import now
from core.database import Database
from core.history import FactRow, FactSubject
from core.operations import Operation
from desk.digesting import send_due
from desk.erasing import asking
from desk.operating import act_on
from desk.outbound import OutboundMail
from desk.tickets import returning
from jobs import operations, purging, subscriptions
from tests import residue as looking
from tests.desk.web.listing_them import SOLE, Kept, change, keep_everywhere
from tests.desk.web.planting import FIRM, FIRST, WORDS, plant, walk
from tests.desk.web.tickets.conftest import Arrive, support  # noqa: F401
from tests.desk.web.tickets.conftest import arrive as arrive

pytestmark = pytest.mark.timeout(300)
#: Columns without a foreign key that hold the id or the uid of a person or a company.
OF_BOTH = {"subject_uid", "record_uid", "record_id"}
OF_PERSONS = {"person_uid", "origin_person_id", "other_origin_person_id", "origin_requester_id"}
#: Those that hold somebody else's: agents, mailboxes, operations, mails, certificates and their cases, names of things at a provider, rows of bells.
OF_OTHERS = {"by_uid", "owner_uid", "released_by_uid", "assignee_uid", "mailbox_uid", "mailbox_id", "selection_uid", "operation_uid", "case_uid", "mail_uid", "proof_uid",
             "rfc_message_id", "content_id", "ticket_id", "requester_address_id", "scan_id", "told_id", "first_uid", "last_uid", "settled_uid"}
#: Where somebody stands only while they lie in the bin, or while they are told of an erasing.
MEANWHILE = {"bin.record_id"}
#: What says of others that they were with a company: a row without a name stays for these.
SAYS_WITH_WHOM = {"employments.company_id", "activities.company_id", "sales.company_id", "projects.company_id", "orders.company_id"}
#: Of whom nothing is planted because nothing is written of a company there.
NOT_OF_COMPANIES = {"lookups.subject_uid", "tellings.subject_uid"}


def pointing(of: str) -> Iterator[Column[object]]:
    """Every column that may point at persons (``of``), or at companies."""
    for table in schema.metadata().sorted_tables:
        for column in table.columns:
            at = {key.column.table.name for key in column.foreign_keys}
            if of in at or (not at and column.name in OF_BOTH | (OF_PERSONS if of == "persons" else set())):
                yield column


def test_every_column_that_may_point_is_known():
    """One that is named otherwise is a person's, a company's, or says here whose it is."""
    found = {column.name for table in schema.metadata().sorted_tables for column in table.columns
             if column.name.endswith(("_uid", "_id")) and not column.foreign_keys}
    assert found - OF_BOTH - OF_PERSONS - OF_OTHERS == set()


class Lists:
    """What agents see, and what the rows say."""

    def __init__(self, app: Flask, client: FlaskClient, database: Database, nora: Agent, jonas: Agent, arrive: Arrive) -> None:
        self.app, self.client, self.database, self.jonas = app, client, database, jonas
        self.planted = plant(database, arrive, nora, jonas)
        with database.write() as db:
            self.kept: Kept = keep_everywhere(db, self.planted, db.get_one(Agent, nora.id), db.get_one(Agent, jonas.id))
            self.token = new_token(db, db.get_one(Agent, nora.id))
        self.days = 0
        self.changed()

    def changed(self) -> None:
        """Somebody changes the cards that Nora follows; the bell tells her."""
        with self.database.write() as db:
            change(db, self.kept, db.get_one(Agent, self.jonas.id))
        subscriptions.run()

    def named(self) -> set[str]:
        """Which of her lists name somebody, and whether the mail of the day does."""
        words = (*WORDS, FIRM, SOLE)
        found = set(walk(self.app, self.client, self.token, self.kept.lists, follow=False).at(*words))
        self.days += 1
        with self.database.write() as db:
            last = max(db.scalars(select(OutboundMail.id)), default=0)
            send_due(db, at=now() + timedelta(days=self.days))
            texts = db.scalars(select(OutboundMail.text).where(OutboundMail.id > last)).all()
        return found | ({"digest"} if any(word in text for text in texts for word in words) else set())

    def of(self, db: Session, kind: str, ids: set[int], uids: set[str]) -> set[str]:
        """Columns in which one of these persons or companies stands."""
        noun = {"persons": "person", "companies": "company"}[kind]
        found = set()
        for column in pointing(kind):
            same_kind = [column.table.c.of == noun] if column.name.startswith("record_") else []
            if db.execute(select(column).where(column.in_(uids if column.name.endswith("uid") else ids), *same_kind).limit(1)).first():
                found.add(str(column))
        return found

    def work(self, number: int) -> Operation:
        """A worker, slice by slice."""
        while True:
            operations.run()
            with self.database.read() as db:
                found = db.get_one(Operation, number)
            if found.state not in ("approved", "running"):
                return found

    def erase(self) -> None:
        with self.database.write() as db:
            person, by = db.scalars(select(Person).where(Person.uid == self.planted.person)).one(), db.get_one(Agent, self.jonas.id)
            number = asking.ask(db, person, reason="request", identity="agent", review="erase", by=by).id
        assert self.work(number).state == "planned"
        with self.database.write() as db:
            act_on(db, db.get_one(Operation, number), "approve", by=db.get_one(Agent, self.jonas.id))
        done = self.work(number)
        assert (done.state, done.result["left"]) == ("done", {})

    def bin(self) -> None:
        """The person, and the companies they work at."""
        with self.database.write() as db:
            by = db.get_one(Agent, self.jonas.id)
            bin_person(db, db.scalars(select(Person).where(Person.uid == self.planted.person)).one(), by=by)
            for one in db.scalars(select(Company).where(Company.id.in_(self.kept.companies))).all():
                bin_company(db, one, by=by, persons=False)

    def restore(self) -> None:
        with self.database.write() as db:
            returning.restore_person(db, db.scalars(select(Person).where(Person.uid == self.planted.person)).one(), by=db.get_one(Agent, self.jonas.id))

    def purge(self) -> None:
        """The days in the bin go by."""
        with time_machine.travel(now() + timedelta(days=16), tick=True):
            purging.persons()
            with self.database.read() as db:
                number = db.scalars(select(Operation.id).where(Operation.kind == asking.PURGE)).one()
            done = self.work(number)
            assert (done.state, done.result["left"]) == ("done", {})
            purging.companies()


@pytest.fixture
def lists(app: Flask, agent_client: FlaskClient, fresh_database: Database, nora: Agent, jonas: Agent, arrive: Arrive) -> Lists:
    return Lists(app, agent_client, fresh_database, nora, jonas, arrive)


def test_planted_in_every_column_that_may_point(lists: Lists) -> None:
    """A new table is planted in ``listing_them``, or stands above with its reason."""
    with lists.database.read() as db:
        for kind, ids, uids, none in (("persons", lists.kept.persons, lists.kept.person_uids, MEANWHILE),
                                      ("companies", lists.kept.companies, {lists.kept.firm_uid, lists.kept.sole_uid}, MEANWHILE | NOT_OF_COMPANIES)):
            assert {str(one) for one in pointing(kind)} - lists.of(db, kind, ids, uids) == none, kind


def left(lists: Lists) -> None:
    """Of the persons no row, no uid and no word."""
    with lists.database.read() as db:
        assert lists.of(db, "persons", lists.kept.persons, lists.kept.person_uids) == {"fact_subjects.subject_uid"}
        told = select(FactRow.kind).join(FactSubject, FactSubject.fact_id == FactRow.id).where(FactSubject.subject_uid.in_(lists.kept.person_uids))
        assert set(db.scalars(told)) == {"person.erased"}, "that somebody of that uid was erased is all that is known"
        assert {table for table, _row in looking.residue(db, *lists.kept.person_uids)} - {"options"} == {"facts", "fact_subjects"}, "options: the ledger's last entries"
        assert db.scalars(select(OutboundMail.recipient_key).where(OutboundMail.recipient_key.is_not(None))).all() == []
        assert looking.residue(db, *WORDS, SOLE) == []


def test_erased_is_in_nobodys_lists(lists: Lists) -> None:
    """S63-S65: a person, whoever was part of them, and the company that is them."""
    assert lists.named() >= {*lists.kept.lists, "digest"}
    lists.changed()
    lists.erase()
    left(lists)
    with lists.database.read() as db:
        assert lists.of(db, "companies", {lists.kept.sole}, {lists.kept.sole_uid}) - SAYS_WITH_WHOM == {"fact_subjects.subject_uid"}
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr("tests.desk.web.test_left_nowhere.FIRM", FIRST)      # the other company stays
        assert lists.named() == set()


def test_deleted_is_masked_comes_back_and_is_purged(lists: Lists) -> None:
    """S63-S65, S68-S71: companies and who works there, in the bin, restored, and at the end of their days."""
    before = lists.named()
    assert before >= {*lists.kept.lists, "digest"}
    lists.changed()
    lists.bin()
    assert lists.named() == set()
    lists.restore()
    lists.changed()
    assert lists.named() == before
    lists.changed()
    lists.bin()
    lists.purge()
    left(lists)
    assert lists.named() == set()
    with lists.database.read() as db:
        assert lists.of(db, "companies", lists.kept.companies, {lists.kept.firm_uid, lists.kept.sole_uid}) - SAYS_WITH_WHOM == {"fact_subjects.subject_uid"}
        assert {table for table, _row in looking.residue(db, FIRM)} == {"outbound_mails"}, "a mail that went to an agent says what it said: a company is no person"
