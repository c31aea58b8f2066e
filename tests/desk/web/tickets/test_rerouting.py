"""Mail to an address comes back: the person's next good one is proposed, and taken when an agent says so."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contacts.address import Address, Holding
from contacts.addressing import add_address, holdings_of
from contacts.person import Person
from core.database import Database
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, page, words
from tests.letters_made import mail

OLD, NEW, THIRD = "ole@kunde.example", "ole@private.example", "ole@old.example"
SAID = f"Mail to {OLD} comes back. Ole Vang has another address, {NEW}."


@pytest.fixture
def bounced(ticket: Ticket, fresh_database: Database) -> Ticket:
    """Ole wrote; mail to where he wrote from comes back, and to an older address of his too."""
    with fresh_database.write() as db:
        ole = db.scalars(select(Person)).one()
        for value in (THIRD, NEW):
            add_address(db, ole, "email", value, by=None)
        db.execute(update(Address).where(Address.value.in_((OLD, THIRD))).values(health="bouncing"))
    return ticket


def primary(database: Database) -> str:
    with database.read() as db:
        return next(h.address.value for h in holdings_of(db, db.scalars(select(Person).order_by(Person.id)).first()) if h.primary)


def to(text: str) -> str:
    return text.partition('name="to" value="')[2].partition('"')[0]


def test_the_next_good_address_is_proposed_and_nothing_happens_by_itself(
    agent_client: FlaskClient, bounced: Ticket, fresh_database: Database,
) -> None:
    text = page(agent_client, f"/tickets/{bounced.number}?view=all")
    assert SAID in words(text) and OLD in to(text) and primary(fresh_database) == OLD


def test_one_click_changes_the_recipient_and_keeps_what_was_typed(
    agent_client: FlaskClient, bounced: Ticket, fresh_database: Database,
) -> None:
    url = f"/tickets/{bounced.number}"
    changed = agent_client.post(f"{url}/replies", data={
        "to": f'"Ole Vang" <{OLD}>', "cc": f"kari@kunde.example, {NEW}", "text": "Is it plugged in?", "instead": OLD})
    assert changed.status_code == 200
    assert to(changed.text) == f"&#34;Ole Vang&#34; &lt;{NEW}&gt;" and "Is it plugged in?" in changed.text
    assert SAID not in words(changed.text) and primary(fresh_database) == NEW
    with fresh_database.read() as db:
        assert not db.scalars(select(OutboundMail).where(OutboundMail.kind == "reply")).all()
    agent_client.post(f"{url}/replies", data={"to": NEW, "text": "Is it plugged in?", "sure": "1"})
    assert NEW in to(page(agent_client, f"{url}?view=all"))


def test_a_later_bounce_is_proposed_again(agent_client: FlaskClient, bounced: Ticket, fresh_database: Database) -> None:
    agent_client.post(f"/tickets/{bounced.number}/replies", data={"to": NEW, "text": "Is it plugged in?", "sure": "1"})
    with fresh_database.write() as db:
        db.execute(update(Address).where(Address.value == NEW).values(health="bouncing"))
        db.execute(update(Address).where(Address.value == THIRD).values(health="ok"))
    text = page(agent_client, f"/tickets/{bounced.number}?view=all")
    assert OLD in to(text) and f"another address, {THIRD}" in words(text)


@pytest.mark.parametrize("change", [
    lambda db: db.execute(update(Address).where(Address.value == NEW).values(health="soft")),
    lambda db: db.execute(update(Address).where(Address.value == NEW).values(suppression="blocked")),
    lambda db: db.execute(update(Holding).where(Holding.address_id == select(Address.id).where(
        Address.value == NEW).scalar_subquery()).values(until=Holding.since)),
    lambda db: db.execute(update(Address).where(Address.value == OLD).values(health="ok")),
])
def test_nothing_is_proposed_where_nothing_is_better(agent_client: FlaskClient, bounced: Ticket, fresh_database: Database, change) -> None:  # type: ignore[no-untyped-def]
    with fresh_database.write() as db:
        change(db)
    text = page(agent_client, f"/tickets/{bounced.number}?view=all")
    assert "comes back. Ole" not in words(text)
    kept = agent_client.post(f"/tickets/{bounced.number}/replies", data={"to": OLD, "text": "Hm", "instead": OLD})
    assert OLD in to(kept.text) and primary(fresh_database) == OLD


def test_an_address_of_two_persons_has_no_next_one(agent_client: FlaskClient, bounced: Ticket, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        kari = Person(first_name="Kari", last_name="Dal", sort_name="dal kari")
        db.add(kari)
        db.flush()
        add_address(db, kari, "email", OLD, by=None, share=True)
        add_address(db, kari, "email", "kari@private.example", by=None)
    assert "comes back. " not in words(page(agent_client, f"/tickets/{bounced.number}?view=all")).replace("it came back.", "")


def test_nobody_else_changes_the_recipient(
    visitor: FlaskClient, agent_client: FlaskClient, board: Mailbox, arrive: Arrive, bounced: Ticket, fresh_database: Database,
) -> None:
    assert "/sign-in" in visitor.post(f"/tickets/{bounced.number}/replies", data={"to": OLD, "instead": OLD}).location
    unseen = arrive(mail("eva@other.example", to=board.address), board)
    assert agent_client.post(f"/tickets/{unseen.number}/replies", data={"to": OLD, "instead": OLD}).status_code in (403, 404)
    assert primary(fresh_database) == OLD
