"""Lists: views, order, paging by key, counts, and that nobody sees another's mailbox."""

import json
from base64 import b64encode
from datetime import timedelta

import pytest

from contacts.agent import Agent
from core.clock import now
from core.errors import Refused
from desk.mailboxes import MailboxAccess
from desk.tickets import searching
from desk.tickets.assigning import assign
from desk.tickets.listing import Wanted, counts, how_many, list_tickets
from desk.tickets.opening import new_ticket
from desk.tickets.searching import search_tickets
from desk.tickets.states import change_state
from desk.tickets.tagging import set_tags
from tests.letters_made import mail


@pytest.fixture
def tickets(db, support, sales, nora):
    made = []
    for n in range(12):
        mailbox = support if n % 3 else sales
        made.append(new_ticket(db, subject=f"T{n}", mailbox_id=mailbox.id, at=now() - timedelta(hours=n),
                               person=None, address=None))
    return made


def subjects(page):
    return [t.subject for t in page.tickets]


@pytest.mark.parametrize("sort", ["moved", "longest", "due", "created"])
def test_paging_shows_every_ticket_once_in_one_order(db, nora, tickets, sort):
    for n in (2, 5, 7):
        tickets[n].due_at = now() + timedelta(hours=n)
    db.flush()
    whole = subjects(list_tickets(db, nora, Wanted("all", sort=sort), limit=50))
    paged, cursor = [], ""
    while cursor is not None:
        page = list_tickets(db, nora, Wanted("all", sort=sort), cursor=cursor, limit=5)
        paged += subjects(page)
        cursor = page.next
    assert paged == whole
    assert sorted(paged) == sorted(t.subject for t in tickets)
    if sort == "due":
        assert paged[:3] == ["T2", "T5", "T7"]


def test_views_show_what_their_name_says(db, nora, tickets):
    assign(db, tickets[0], by=None, assignee=nora)
    change_state(db, tickets[1], "waiting", by=nora)
    change_state(db, tickets[2], "spam", by=nora)
    change_state(db, tickets[3], "closed", by=nora)
    tickets[4].held = True
    db.flush()
    view = {name: set(subjects(list_tickets(db, nora, Wanted(name)))) for name in (
        "mine", "waiting", "spam", "closed", "held", "unassigned", "all")}
    assert view["mine"] == {"T0"}
    assert view["waiting"] == {"T1"}
    assert view["spam"] == {"T2"}
    assert view["closed"] == {"T3"}
    assert view["held"] == {"T4"}
    assert view["unassigned"] == {f"T{n}" for n in range(4, 12)}
    assert view["all"] == {f"T{n}" for n in range(12)} - {"T2"}
    got = counts(db, nora)
    assert (got["mine"], got["waiting"], got["spam"], got["held"], got["unassigned"], got["all"]) == (1, 1, 1, 1, 8, 10)


def test_nobody_sees_a_mailbox_that_is_not_open_to_them(db, nora, jonas, sales, tickets):
    sales.open_to_all = False
    db.flush()
    assert "T0" not in subjects(list_tickets(db, nora, Wanted("all")))
    assert "T0" in subjects(list_tickets(db, jonas, Wanted("all")))
    assert f"mailbox-{sales.id}" not in counts(db, nora)
    db.add(MailboxAccess(mailbox_id=sales.id, agent_id=nora.id))
    db.flush()
    db.info.pop("visible")
    assert "T0" in subjects(list_tickets(db, nora, Wanted("all")))


def test_mail_to_two_mailboxes_shows_to_those_who_see_the_second(db, arrive, sales, support, nora):
    support.open_to_all = False
    db.flush()
    raw = mail(to="support@desk.example, sales@desk.example", subject="Both")
    arrive(raw)
    assert subjects(list_tickets(db, nora, Wanted("all"))) == []
    arrive(raw, sales)
    assert subjects(list_tickets(db, nora, Wanted("all"))) == ["Both"]
    assert subjects(list_tickets(db, nora, Wanted("all", mailbox_id=sales.id))) == ["Both"]


def test_filters(db, nora, tickets):
    set_tags(db, tickets[4], ["Late", "late ", "vip"], by=nora)
    assert subjects(list_tickets(db, nora, Wanted("all", tag="late"))) == ["T4"]
    change_state(db, tickets[5], "snoozed", by=nora)
    assert subjects(list_tickets(db, nora, Wanted("all", states=("snoozed",)))) == ["T5"]


def test_narrowed_by_who_has_it_and_whether_it_was_read(db, nora, jonas, support, tickets):
    for n, agent in ((1, nora), (3, jonas), (4, jonas)):
        assign(db, tickets[n], by=None, assignee=agent)
    change_state(db, tickets[4], "closed", by=nora)
    for n in range(12):
        tickets[n].unread = n in (1, 2)
    db.flush()
    assert subjects(list_tickets(db, nora, Wanted("all", assignee_id=jonas.id))) == ["T3", "T4"]
    assert subjects(list_tickets(db, nora, Wanted("all", states=("closed",), assignee_id=jonas.id))) == ["T4"]
    assert subjects(list_tickets(db, nora, Wanted("all", mailbox_id=support.id, assignee_id=jonas.id))) == ["T4"]
    assert subjects(list_tickets(db, nora, Wanted("all", unread=True))) == ["T1", "T2"]
    assert subjects(list_tickets(db, nora, Wanted("mine", mailbox_id=support.id))) == ["T1"]
    assert subjects(list_tickets(db, nora, Wanted("all", sort="longest")))[0] == "T11"
    assert how_many(db, nora, Wanted("all", unread=True)) == 2


def test_bad_cursor_is_refused(db, nora, tickets):
    for cursor in ("x", "bm90", "W10"):
        with pytest.raises(Refused):
            list_tickets(db, nora, Wanted("all"), cursor=cursor)


def test_cursor_belongs_to_its_order(db, nora, tickets):
    tickets[2].due_at = now()
    db.flush()
    cursors = {sort: list_tickets(db, nora, Wanted("all", sort=sort), limit=3).next for sort in ("moved", "longest", "due", "created")}
    for made, cursor in cursors.items():
        for sort in cursors:
            if sort != made:
                with pytest.raises(Refused):
                    list_tickets(db, nora, Wanted("all", sort=sort), cursor=cursor)


@pytest.mark.parametrize("key", [
    ["moved", "2026-01-01T00:00:00", 4], ["moved", "2026-01-01T00:00:00+00:00", 2**40], ["moved", "0001-01-01T00:00:00+14:00", 4],
    ["moved", 4, 4], ["moved", "2026-01-01T00:00:00+00:00", "4"], ["moved", "2026-01-01T00:00:00+00:00", True], 7, [[]] * 3])
def test_made_up_cursor_is_refused(db, nora, tickets, key):
    with pytest.raises(Refused):
        list_tickets(db, nora, Wanted("all"), cursor=b64encode(json.dumps(key).encode()).decode())


def test_agent_without_mailboxes_sees_nothing(db, support, sales, tickets):
    support.open_to_all = sales.open_to_all = False
    outsider = Agent(email="out@desk.example", name="Out Sider")
    db.add(outsider)
    db.flush()
    assert list_tickets(db, outsider, Wanted("all")).tickets == []
    assert counts(db, outsider)["all"] == 0


def test_search_finds_by_number_name_address_and_words(db, arrive, nora):
    got = arrive(mail("Åse Bjørnstad <ase@kunde.example>", subject="Faktura", text="Nummeret på kvitteringen mangler.\n"))
    arrive(mail("Per Lunde <per@kunde.example>", subject="Noe annet", text="Helt andre ord.\n"))
    for query in (str(got.ticket.id), f"#{got.ticket.id}", "ase@kunde.example", "bjoernstad", "Bjørn", "kvittering", "faktura"):
        assert [t.id for t in search_tickets(db, nora, query).tickets] == [got.ticket.id], query
    assert search_tickets(db, nora, "finnesikke").tickets == []


def test_search_is_not_used_up_by_what_others_see(db, arrive, nora, jonas, support, sales, monkeypatch):
    """However much comes to mailboxes that an agent does not see, and however much fits that is closed."""
    monkeypatch.setattr(searching, "MOST", 3)
    monkeypatch.setattr(searching, "LOTS", (3, 3, 3, 3))
    got = arrive(mail(subject="Invoice of long ago"), sales)
    for n in range(8):
        arrive(mail(subject=f"Invoice {n}"))
    support.open_to_all = False
    db.flush()
    assert [t.id for t in search_tickets(db, nora, "invoice").tickets] == [got.ticket.id]
    assert len(search_tickets(db, jonas, "invoice").tickets) == 3
    for ticket in list_tickets(db, jonas, Wanted("all")).tickets[1:-1]:
        change_state(db, ticket, "closed", by=jonas)
    wanted = searching.searched(db, jonas, "invoice", Wanted("all", sales.id, states=("new", "open")))
    assert [t.id for t in list_tickets(db, jonas, wanted).tickets] == [got.ticket.id]


def test_search_shows_nothing_of_a_closed_mailbox(db, arrive, nora, support):
    support.open_to_all = False
    db.flush()
    got = arrive(mail(subject="Secret"))
    assert search_tickets(db, nora, "secret").tickets == []
    assert search_tickets(db, nora, str(got.ticket.id)).tickets == []


def test_what_sleeps_is_not_overdue(db, nora, support, tickets):
    """A ticket that is snoozed keeps its due time and shows none: it does not stand before what is overdue."""
    from desk.tickets.states import change_state
    for ticket in tickets[1:4]:
        ticket.assignee_id, ticket.due_at = nora.id, now() + timedelta(hours=ticket.id)
    tickets[1].due_at = now() - timedelta(days=2)
    db.flush()
    change_state(db, tickets[1], "snoozed", by=nora)
    db.flush()
    first = list_tickets(db, nora, Wanted("mine", sort="due"), limit=2)
    assert [ticket.id for ticket in first.tickets] == [tickets[2].id, tickets[3].id]
    rest = list_tickets(db, nora, Wanted("mine", sort="due"), limit=2, cursor=first.next or "")
    assert [ticket.id for ticket in rest.tickets] == [tickets[1].id]
