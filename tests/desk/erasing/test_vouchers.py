"""What bookkeeping keeps of a private customer who was erased: name and address of what was invoiced, by country, for admins alone, until its time is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from contacts.agent import Agent
from contacts.companies import new_company
from contacts.matter_kinds import KINDS
from contacts.matters import add_matter
from contacts.order import Order
from contacts.person import Person
from contacts.voucher import Voucher, voucher_of
from core.clock import now
from core.options import set_option
from jobs import purging
from tests import residue as looking
from tests.desk.erasing.test_running import LEFT, Desk, erase


@pytest.fixture
def desk(fresh_database):
    return Desk(fresh_database)


def ordered(desk, country, state="invoiced", *, company=False):
    """The person has ordered something in March 2026."""
    desk.arrive()
    with desk.database.write() as db:
        set_option(db, "privacy.bookkeeping", country)
        by = db.get_one(Agent, desk.nora.id)
        person = db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one()
        firm = new_company(db, {"name": "Kunde AS"}, by=by) if company else None
        person.private_customer = not company
        order = add_matter(db, KINDS["orders"], {"title": "Chairs", "person_id": person.id, "company_id": firm.id if firm else None}, by=by)
        db.flush()
        db.execute(update(Order).values(state=state, at=datetime(2026, 3, 4, 12, tzinfo=UTC)))
        return order.id


def kept(desk, number, who):
    with desk.database.read() as db:
        return voucher_of(db, db.get_one(Order, number), db.get_one(Agent, who.id))


@pytest.mark.parametrize(("country", "last"), [("NO", 2031), ("DK", 2031), ("SE", 2033)])
def test_an_invoiced_order_keeps_name_and_address_for_admins_alone(desk, country, last):
    """Until the year ends that the law of the country says; sealed, so that nobody finds it anywhere."""
    number = ordered(desk, country)
    with desk.database.write() as db:
        agent = Agent(email="tor@desk.example", name="Tor Li")
        db.add(agent)
    operation = erase(desk)
    until = datetime(last + 1, 1, 1, tzinfo=UTC)
    assert desk.operation(operation)[2]["vouchers"] == {"orders": 1, "until": until.isoformat()}
    assert kept(desk, number, desk.nora) == (until, {"name": "Mads Zyxwold", "number": "", "address": "mads.zyxwold@newplace.example"})
    assert kept(desk, number, agent) == (until, None)
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []
        assert db.get_one(Order, number).person_id is None
    with time_machine.travel(until - timedelta(days=1)):
        purging.vouchers()
    with desk.database.read() as db:
        assert db.get(Voucher, number) is not None
    with time_machine.travel(until + timedelta(hours=1)):
        assert kept(desk, number, desk.nora) is None, "nor is it shown before the job has come by"
        purging.vouchers()
    with desk.database.read() as db:
        assert db.get(Voucher, number) is None


@pytest.mark.parametrize(("country", "given"), [("", {}), ("NO", {"state": "delivered"}), ("NO", {"company": True})])
def test_nothing_is_kept_where_no_law_asks_for_it(desk, country, given):
    """No country, not invoiced, or a company's order."""
    number = ordered(desk, country, **given)
    assert "vouchers" not in desk.operation(erase(desk))[2]
    assert kept(desk, number, desk.nora) is None


def test_what_is_older_than_that_goes_at_once(desk):
    number = ordered(desk, "NO")
    with desk.database.write() as db:
        db.execute(update(Order).values(at=now() - timedelta(days=7 * 366)))
    erase(desk)
    assert kept(desk, number, desk.nora) is None
