"""Lists of tickets in the browser."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from contacts.agent import Agent
from contacts.creating import create_company
from contacts.editing import create_person
from core.clock import now
from core.database import Database
from core.options import set_option
from desk.mailboxes import Mailbox
from desk.tickets.assigning import assign
from desk.tickets.states import change_state
from desk.tickets.tagging import set_tags
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, page, words
from tests.letters_made import mail


def change(database: Database, ticket: Ticket, state: str, by: Agent) -> None:
    with database.write() as db:
        change_state(db, db.get_one(Ticket, ticket.id), state, by=by)


@pytest.mark.parametrize("view", ["mine", "unassigned", "waiting", "held", "all", "closed", "spam"])
def test_every_view_stands_empty(agent_client: FlaskClient, support: Mailbox, view: str) -> None:
    assert 'id="rows"' in page(agent_client, f"/tickets?view={view}")


def test_work_begins_with_what_is_mine(agent_client: FlaskClient, support: Mailbox) -> None:
    assert agent_client.get("/").headers["Location"] == "/tickets?view=mine"


def test_views_show_what_belongs_there(
    agent_client: FlaskClient, arrive: Arrive, nora: Agent, fresh_database: Database,
) -> None:
    mine, closed, spam = (arrive(mail(subject=s)) for s in ("Of Nora", "Is done", "Is rubbish"))
    with fresh_database.write() as db:
        assign(db, db.get_one(Ticket, mine.id), by=None, assignee=db.get_one(Agent, nora.id))
    change(fresh_database, closed, "closed", nora)
    change(fresh_database, spam, "spam", nora)
    shown = {view: words(page(agent_client, f"/tickets?view={view}")) for view in ("mine", "unassigned", "all", "closed", "spam")}
    found = {view: {s for s in ("Of Nora", "Is done", "Is rubbish") if s in text} for view, text in shown.items()}
    assert found == {"mine": {"Of Nora"}, "unassigned": set(), "all": {"Of Nora"}, "closed": {"Is done"},
                     "spam": {"Is rubbish"}}


def test_a_mailbox_has_its_own_list(agent_client: FlaskClient, support: Mailbox, arrive: Arrive) -> None:
    arrive(mail(subject="In support"))
    text = page(agent_client, f"/tickets?mailbox={support.uid}")
    assert "In support" in text
    assert f'href="/tickets?mailbox={support.uid}" aria-current="page"' in text


def test_the_list_of_a_mailbox_one_does_not_see_does_not_exist(agent_client: FlaskClient, board: Mailbox) -> None:
    page(agent_client, f"/tickets?mailbox={board.uid}", 404)


def test_deleted_tickets_are_listed_for_admins_alone(
    agent_client: FlaskClient, admin_client: FlaskClient, support: Mailbox,
) -> None:
    page(agent_client, "/tickets?view=bin", 403)
    page(admin_client, "/tickets?view=bin")


def test_a_long_list_goes_on_by_key(agent_client: FlaskClient, arrive: Arrive) -> None:
    subjects = {arrive(mail(subject=f"Number {n:03}")).subject for n in range(53)}
    first = page(agent_client, "/tickets?view=all")
    older = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = page(agent_client, older)
    seen = [subject for subject in subjects if subject in first] + [subject for subject in subjects if subject in second]
    assert len(seen) == len(subjects) == 53
    assert sum(subject in second for subject in subjects) == 3


def test_sorted_and_filtered(agent_client: FlaskClient, arrive: Arrive, nora: Agent, fresh_database: Database) -> None:
    done, fresh = arrive(mail(subject="Is done")), arrive(mail(subject="Is new"))
    change(fresh_database, done, "closed", nora)
    assert "Is done" in page(agent_client, "/tickets?view=all&state=closed")
    assert "Is new" not in page(agent_client, "/tickets?view=all&state=closed")
    for sort in ("moved", "due", "created"):
        assert fresh.subject in page(agent_client, f"/tickets?view=all&sort={sort}")


def test_a_waiting_ticket_whose_mail_came_back_says_so_in_its_row(
    agent_client: FlaskClient, ticket: Ticket, nora: Agent, fresh_database: Database,
) -> None:
    change(fresh_database, ticket, "waiting", nora)
    assert "The mail came back" not in page(agent_client, "/tickets?view=waiting")
    with fresh_database.write() as db:
        db.get_one(Ticket, ticket.id).requester_address.health = "bouncing"
    assert 'row-item__lead--late">The mail came back<' in page(agent_client, "/tickets?view=waiting")


def test_a_list_says_what_it_is_narrowed_by(
    agent_client: FlaskClient, arrive: Arrive, nora: Agent, support: Mailbox, fresh_database: Database,
) -> None:
    tagged, other, done = (arrive(mail(subject=s)) for s in ("Has a tag", "Has none", "Is done"))
    with fresh_database.write() as db:
        set_tags(db, db.get_one(Ticket, tagged.id), ["invoice"], by=None)
        assign(db, db.get_one(Ticket, other.id), by=None, assignee=db.get_one(Agent, nora.id))
    change(fresh_database, done, "closed", nora)
    for narrowed, subject, said in (("tag=invoice", "Has a tag", "invoice"), ("assignee=me", "Has none", "Mine"),
                                    (f"assignee={nora.uid}", "Has none", "Nora Vik"), ("assignee=nobody", "Has a tag", "Nobody&#39;s"),
                                    ("state=closed", "Is done", "Closed")):
        text = page(agent_client, f"/tickets?view=all&{narrowed}")
        assert [s for s in ("Has a tag", "Has none", "Is done") if s in text] == [subject], narrowed
        head = text.partition('class="column__head"')[2].partition('data-list')[0]
        assert '<span class="number faint">1</span>' in head and "menu--lit" in head
        assert f'<span class="clip">{said}</span>' in head.partition('class="narrowed"')[2]
        assert f"<title>All: {said} – Skranke</title>" in text
    page(agent_client, f"/tickets/{tagged.number}")
    assert "Has a tag" not in page(agent_client, f"/tickets?view=all&unread=1&box={support.uid}")
    assert 'href="/tickets?view=all&amp;tag=invoice"' in page(agent_client, f"/tickets/{tagged.number}")
    page(agent_client, "/tickets?view=all&assignee=nosuchagent", 404)


def test_a_page_of_fifty_asks_no_more_than_a_page_of_one(
    agent_client: FlaskClient, arrive: Arrive, statements: list[str],
) -> None:
    arrive()
    statements.clear()
    page(agent_client, "/tickets?view=all")
    alone = len(statements)
    for n in range(50):
        arrive(mail(sender=f"Person {n} <p{n}@kunde.example>"))
    statements.clear()
    page(agent_client, "/tickets?view=all")
    assert len(statements) <= alone + 2
    assert len(statements) <= 20


def test_a_row_says_who_an_unknown_sender_may_be(
    agent_client: FlaskClient, support: Mailbox, arrive: Arrive, nora: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        set_option(db, "intake.unknown_sender", "ask", support.uid)
        alike = create_person(db, {"first_name": "Mads", "last_name": "Kjær", "private_customer": True}, by=nora)
        db.flush()
    arrive(mail("Mads Kjær <mads@new.example>", subject="A new address"))
    arrive(mail("Nobody Atall <nobody@other.example>", subject="Not known"))
    text = page(agent_client, "/tickets?view=held")
    assert '<span class="row-item__lead">Perhaps</span>Mads Kjær<' in text
    assert '<span class="row-item__lead">Nobody alike</span>' in text
    with fresh_database.write() as db:
        db.get_one(type(alike), alike.id).binned_at = now()
    assert "Perhaps" not in page(agent_client, "/tickets?view=held")


def test_a_row_says_what_is_known_of_a_sender_nobody_is_like(
    agent_client: FlaskClient, support: Mailbox, arrive: Arrive, nora: Agent, fresh_database: Database, statements: list[str],
) -> None:
    """As the mock of the held queue has it: a known company, its shared mailbox, a name that is no person's."""
    with fresh_database.write() as db:
        set_option(db, "intake.unknown_sender", "ask", support.uid)
        create_company(db, "Kunde ApS", by=nora.uid, domains=["kunde.example"])
    arrive(mail("Søren Bøgh <soren@kunde.example>", subject="From a known company"))
    arrive(mail("reception@kunde.example", subject="From its front desk"))
    arrive(mail("Tech Support <help@nowhere.example>", subject="From no person"))
    statements.clear()
    text = page(agent_client, "/tickets?view=held")
    assert '<span class="row-item__lead">Company</span>Kunde ApS is known<' in text
    assert '<span class="row-item__lead">Perhaps</span>Kunde ApS, shared mailbox<' in text
    assert '<span class="row-item__lead">Not a person&#39;s name</span>' in text
    assert sum("company_domains" in one for one in statements) == 1
