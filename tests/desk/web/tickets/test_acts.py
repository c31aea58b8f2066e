"""States, assignment, tags, many at once, what is new, and who it is."""

from __future__ import annotations

import re
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent, RecentlySeen, Team, TeamMember
from contacts.person import Person
from contacts.staffing import save_team
from core.clock import now
from core.database import Database
from core.options import set_option
from desk.mailboxes import Mailbox
from desk.tickets.tagging import tags_of
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, messages_of, now_of, page, post, said, words
from tests.letters_made import mail


def test_states_and_their_undo(agent_client: FlaskClient, ticket: Ticket) -> None:
    url = f"/tickets/{ticket.number}/state"
    post(agent_client, url, state="closed")
    assert now_of(ticket).state == "closed"
    text = page(agent_client, f"/tickets/{ticket.number}")
    assert f'action="{url}?state=new&amp;undo=1"' in text
    post(agent_client, f"{url}?state=new&undo=1")
    assert now_of(ticket).state == "new"
    assert post(agent_client, url, 422, state="asleep").status_code == 422


def test_snoozing_until_a_time_or_the_next_mail(agent_client: FlaskClient, ticket: Ticket, arrive: Arrive) -> None:
    url = f"/tickets/{ticket.number}/state"
    for until in ("0001-01-01T00:00", "9999-12-31T23:59", "soon"):
        assert post(agent_client, url, state="snoozed", until=until, status=422)
    post(agent_client, url, snooze="reply")
    assert (now_of(ticket).state, now_of(ticket).snoozed_until) == ("snoozed", None)
    assert "Snoozed until the next mail." in words(page(agent_client, f"/tickets/{ticket.number}"))
    post(agent_client, url, snooze=(now() + timedelta(days=1)).isoformat())
    post(agent_client, url, state="snoozed", until="2099-03-01T08:00")
    until = now_of(ticket).snoozed_until
    assert until is not None
    assert until.isoformat() == "2099-03-01T07:00:00+00:00", "typed in the agent's zone, Oslo"
    assert "Snoozed until 1 Mar 2099 08:00" in words(page(agent_client, "/tickets?view=waiting"))
    assert "still to come" in words(said(agent_client.post(url, data={"state": "snoozed", "until": "2001-01-01T08:00"}), 422))
    assert agent_client.post(url, data={"state": "snoozed", "until": "tomorrow"}).status_code == 422
    first = messages_of(ticket)[0]
    arrive(mail(subject="Re: Hello", In_Reply_To=f"<{first.rfc_message_id}>"))
    assert now_of(ticket).state == "open"


def test_why_it_was_refused_is_said_in_the_agents_language(agent_client: FlaskClient, ticket: Ticket, nora: Agent,
                                                               fresh_database: Database) -> None:
    with fresh_database.write() as db:
        db.get_one(Agent, nora.id).language = "nb"
    answer = agent_client.post(f"/tickets/{ticket.number}/state", data={"state": "snoozed", "until": "2001-01-01T08:00"})
    assert "Dette tidspunktet er passert." in words(said(answer, 422))


def test_nothing_is_closed_over_a_message_nobody_read(agent_client: FlaskClient, ticket: Ticket, arrive: Arrive) -> None:
    page(agent_client, f"/tickets/{ticket.number}")
    seen = now_of(ticket).version
    first = messages_of(ticket)[0]
    arrive(mail(subject="Re: Hello", text="Wait!", In_Reply_To=f"<{first.rfc_message_id}>"))
    answer = agent_client.post(f"/tickets/{ticket.number}/state", data={"state": "closed", "version": seen})
    assert answer.status_code == 409
    assert "A message came while you had this ticket before you." in words(answer.text)
    page(agent_client, f"/tickets/{ticket.number}")
    post(agent_client, f"/tickets/{ticket.number}/state", state="closed", version=str(now_of(ticket).version))


def test_unread_again(agent_client: FlaskClient, ticket: Ticket) -> None:
    page(agent_client, f"/tickets/{ticket.number}?view=all")
    answer = agent_client.post(f"/tickets/{ticket.number}/state", data={"unread": "1"},
                               headers={"Referer": f"http://localhost/tickets/{ticket.number}?view=all"})
    assert answer.headers["Location"] == "/tickets?view=all"
    assert now_of(ticket).unread


def test_assigned_to_an_agent_or_a_team(
    agent_client: FlaskClient, ticket: Ticket, nora: Agent, jonas: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        team = Team(name="Workshop")
        db.add(team)
        db.flush()
        db.add(TeamMember(team_id=team.id, agent_id=jonas.id))
    url = f"/tickets/{ticket.number}/assignment"
    post(agent_client, url, agent=nora.uid)
    assert now_of(ticket).assignee_id == nora.id
    post(agent_client, url, team=team.uid)
    assert (now_of(ticket).assignee_id, now_of(ticket).team_id) == (None, team.id)
    post(agent_client, url, agent=jonas.uid)
    assert (now_of(ticket).assignee_id, now_of(ticket).team_id) == (jonas.id, team.id)
    post(agent_client, url, agent="", team="")
    assert (now_of(ticket).assignee_id, now_of(ticket).team_id) == (None, None)
    assert agent_client.post(url, data={"agent": "nobody"}).status_code == 422


def test_who_does_not_see_the_mailbox_cannot_get_the_ticket(
    admin_client: FlaskClient, arrive: Arrive, board: Mailbox, nora: Agent,
) -> None:
    hidden = arrive(None, board)
    answer = admin_client.post(f"/tickets/{hidden.number}/assignment", data={"agent": nora.uid})
    assert answer.status_code == 422
    assert "Nora Vik does not see Board." in words(answer.text)


def test_a_team_in_which_nobody_sees_the_mailbox_cannot_get_the_ticket(
    admin_client: FlaskClient, arrive: Arrive, board: Mailbox, nora: Agent, jonas: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        team = save_team(db, Team(), "Workshop", [db.get_one(Agent, nora.id)])
    url = f"/tickets/{arrive(None, board).number}/assignment"
    answer = admin_client.post(url, data={"team": team.uid})
    assert (answer.status_code, "Nobody in Workshop sees Board." in words(answer.text)) == (422, True)
    with fresh_database.write() as db:
        save_team(db, db.get_one(Team, team.id), "Workshop", [db.get_one(Agent, jonas.id)])
    post(admin_client, url, team=team.uid)


def test_tags(agent_client: FlaskClient, ticket: Ticket, fresh_database: Database) -> None:
    url = f"/tickets/{ticket.number}/tags"
    post(agent_client, url, add="Urgent, billing")
    post(agent_client, f"{url}?remove=urgent")
    with fresh_database.read() as db:
        assert tags_of(db, ticket) == ["billing"]
    text = page(agent_client, f"/tickets/{ticket.number}?view=all")
    assert '<option value="billing">' in text
    assert ticket.subject in page(agent_client, "/tickets?view=all&tag=billing")
    assert ticket.subject not in page(agent_client, "/tickets?view=all&tag=urgent")
    assert agent_client.post(url, data={"add": " "}).status_code == 422


def test_many_at_once(agent_client: FlaskClient, arrive: Arrive, nora: Agent, fresh_database: Database) -> None:
    tickets = [arrive() for _ in range(3)]
    numbers = [str(t.number) for t in tickets]
    answer = post(agent_client, "/tickets/many?view=all", numbers=numbers, assign=nora.uid)
    assert answer.headers["Location"] == "/tickets?view=all"
    assert "3 tickets changed." in words(page(agent_client, "/tickets?view=all"))
    post(agent_client, "/tickets/many?view=all", numbers=numbers, act="tag", tag="autumn")
    post(agent_client, "/tickets/many?view=all", numbers=[*numbers[:2], "999"], act="close")
    text = words(page(agent_client, "/tickets?view=all"))
    assert "Left out: There is no such ticket" in text and "2 tickets changed." in text
    post(agent_client, "/tickets/many?view=all", numbers=numbers[2], act="spam")
    assert [now_of(t).state for t in tickets] == ["closed", "closed", "spam"]
    assert {now_of(t).assignee_id for t in tickets} == {nora.id}
    with fresh_database.read() as db:
        assert {tuple(tags_of(db, t)) for t in tickets} == {("autumn",)}
    for wrong in ({}, {"numbers": numbers}, {"numbers": numbers, "act": "tag"}, {"numbers": [str(n) for n in range(201)], "act": "close"}):
        assert agent_client.post("/tickets/many", data=wrong).status_code == 422


def undo_url(client: FlaskClient) -> str:
    found = re.search(r'action="(/tickets/many/[^"]+)"', page(client, "/tickets?view=all"))
    assert found
    return found[1].replace("&amp;", "&")


def test_many_are_taken_back_but_those_changed_since(
    agent_client: FlaskClient, admin_client: FlaskClient, arrive: Arrive, nora: Agent, fresh_database: Database,
) -> None:
    tickets = [arrive() for _ in range(3)]
    numbers = [str(t.number) for t in tickets]
    post(agent_client, "/tickets/many?view=all", numbers=numbers[0], act="tag", tag="summer")
    for form in ({"assign": nora.uid}, {"act": "close"}, {"act": "spam"}, {"act": "tag", "tag": "autumn"}):
        before = [now_of(t) for t in tickets]
        post(agent_client, "/tickets/many?view=all", numbers=numbers, **form)
        assert post(agent_client, undo_url(agent_client)).headers["Location"] == "/tickets?view=all"
        assert "3 tickets are as before." in words(page(agent_client, "/tickets?view=all"))
        for was, ticket in zip(before, tickets, strict=True):
            now = now_of(ticket)
            assert (now.state, now.assignee_id, now.due_at, now.held, now.closed_at) == (was.state, was.assignee_id, was.due_at, was.held, was.closed_at)
        with fresh_database.read() as db:
            assert [tags_of(db, t) for t in tickets] == [["summer"], [], []]
    post(agent_client, "/tickets/many?view=all", numbers=numbers, act="close")
    url = undo_url(agent_client)
    assert admin_client.post(url).status_code == 404
    post(agent_client, f"/tickets/{numbers[1]}/state", state="open")
    post(agent_client, url)
    text = words(page(agent_client, "/tickets?view=all"))
    assert "2 tickets are as before." in text and "1 is left as it is: it was changed since." in text
    assert [now_of(t).state for t in tickets] == ["new", "open", "new"]
    assert agent_client.post(url).status_code == 422


def test_a_list_hears_of_new_mail(agent_client: FlaskClient, arrive: Arrive) -> None:
    first = arrive()
    since = now_of(first).moved_at.isoformat().replace("+", "%2B")
    url = f"/live?view=all&since={since}"
    assert agent_client.get(url).json == {"new": 0, "text": "", "url": "/tickets?view=all"}
    arrive()
    arrive()
    told = agent_client.get(url).json
    assert told is not None
    assert (told["new"], told["text"]) == (2, "2 tickets with new mail")


def test_a_ticket_hears_of_news_and_readers(
    agent_client: FlaskClient, admin_client: FlaskClient, ticket: Ticket, arrive: Arrive, fresh_database: Database,
) -> None:
    page(admin_client, f"/tickets/{ticket.number}")
    first = messages_of(ticket)[0]
    url = f"/live/tickets/{ticket.number}?last={first.id}"
    told = agent_client.get(url).json
    assert told is not None
    assert [one["text"] for one in told["readers"]] == ["Jonas is reading"]
    assert told["version"] == now_of(ticket).version
    admin_client.put(f"/tickets/{ticket.number}/draft", json={"html": "<div>So</div>", "version": 0})
    assert [one["text"] for one in agent_client.get(url).json["readers"]] == ["Jonas is writing"]  # type: ignore[index]
    arrive(mail(subject="Re: Hello", In_Reply_To=f"<{first.rfc_message_id}>"))
    assert agent_client.get(url).json["text"] == "A message came"  # type: ignore[index]
    assert agent_client.get(url).json["version"] > told["version"]  # type: ignore[index]
    post(agent_client, f"/tickets/{ticket.number}/replies", to="ole@kunde.example", text="Yes.")
    deliveries = agent_client.get(url).json["deliveries"]  # type: ignore[index]
    assert "being sent" in deliveries[messages_of(ticket)[-1].uid]
    with fresh_database.write() as db:
        for row in db.scalars(select(RecentlySeen)):
            row.at = now() - timedelta(minutes=2)
    assert agent_client.get(url).json["readers"] == []  # type: ignore[index]


def held(arrive: Arrive, database: Database, **more: str) -> Ticket:
    with database.write() as db:
        set_option(db, "intake.unknown_sender", "ask")
    return arrive(mail(sender="Mads Holm <mads@new.example>", **more))


def test_it_is_this_person(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    known = arrive(mail(sender="Mads Holm <mads@old.example>"))
    one, two = held(arrive, fresh_database), held(arrive, fresh_database, subject="Again")
    with fresh_database.read() as db:
        person = db.get_one(Person, known.requester_id)
    answer = agent_client.post(f"/tickets/{one.number}/requester?act=person&person={person.uid}", follow_redirects=True)
    assert "It is Mads Holm. 1 other ticket followed." in words(answer.text)
    for ticket in (one, two):
        assert (now_of(ticket).held, now_of(ticket).requester_id) == (False, person.id)
        assert messages_of(ticket)[0].person_id == person.id
    assert "mads@new.example" in answer.text
    assert "Nora Vik says that it is Mads Holm" in words(answer.text)
    third = held(arrive, fresh_database, subject="Third")
    assert (third.held, third.requester_id) == (False, person.id)
    assert "Mads Holm" in agent_client.get("/persons?q=mads@new").text.partition("<table")[2]
    undo = re.search(rf"/tickets/{one.number}/requester/[0-9a-f]+/undo", answer.text)
    assert undo and agent_client.post(undo[0]).status_code == 303
    assert "Mads Holm" not in agent_client.get("/persons?q=mads@new").text.partition("<table")[2]


def test_who_is_known_is_not_offered_as_somebody_new(agent_client: FlaskClient, ticket: Ticket) -> None:
    form = page(agent_client, f"/tickets/{ticket.number}/requester")
    assert "It is Ole Vang now." in form
    assert 'value="Ole"' not in form


def test_somebody_new(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    ticket = held(arrive, fresh_database)
    form = page(agent_client, f"/tickets/{ticket.number}/requester")
    assert 'value="Mads"' in form
    post(agent_client, f"/tickets/{ticket.number}/requester?act=create", first_name="Mads", last_name="Holm")
    with fresh_database.read() as db:
        person = db.get_one(Person, now_of(ticket).requester_id)
        assert (person.name, person.created_how, person.to_be_completed) == ("Mads Holm", "ticket", True)
    assert "To be completed" in words(page(agent_client, f"/tickets/{ticket.number}"))


def test_no_record_and_spam(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    ticket = held(arrive, fresh_database)
    post(agent_client, f"/tickets/{ticket.number}/requester?act=none")
    assert (now_of(ticket).held, now_of(ticket).requester_id) == (False, None)
    rubbish = held(arrive, fresh_database, subject="Win!")
    post(agent_client, f"/tickets/{rubbish.number}/requester?act=spam")
    assert (now_of(rubbish).held, now_of(rubbish).state) == (False, "spam")
    assert agent_client.post(f"/tickets/{ticket.number}/requester?act=marry").status_code == 422


def test_a_decision_is_taken_back(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    ticket = held(arrive, fresh_database)
    page_ = agent_client.post(f"/tickets/{ticket.number}/requester?act=block", follow_redirects=True).text
    assert (now_of(ticket).held, now_of(ticket).state) == (False, "spam")
    undo = re.search(r'action="(/tickets/\d+/requester/[0-9a-f]{24}/undo)"', page_)
    assert undo is not None
    post(agent_client, undo[1])
    assert (now_of(ticket).held, now_of(ticket).state) == (True, "new")
    assert agent_client.post(undo[1]).status_code == 422
    other = arrive()
    assert agent_client.post(undo[1].replace(f"/{ticket.number}/", f"/{other.number}/")).status_code == 404


def test_a_held_ticket_is_answered_at_once(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    ticket = held(arrive, fresh_database)
    post(agent_client, f"/tickets/{ticket.number}/replies", to="mads@new.example", text="We look into it.")
    assert now_of(ticket).held


def test_a_forged_ticket_does_not_follow(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    one, forged = held(arrive, fresh_database), held(arrive, fresh_database, subject="Forged")
    with fresh_database.write() as db:
        db.get_one(Ticket, forged.id).trust = {"result": "fail", "why": "DMARC"}
    post(agent_client, f"/tickets/{one.number}/requester?act=create")
    assert (now_of(one).held, now_of(forged).held) == (False, True)


def test_what_was_done_is_said_with_the_subject(agent_client: FlaskClient, ticket: Ticket) -> None:
    agent_client.post(f"/tickets/{ticket.number}/state", data={"state": "closed"})
    assert "“Hello”: Closed." in words(page(agent_client, f"/tickets/{ticket.number}"))
    agent_client.post(f"/tickets/{ticket.number}/state", data={"snooze": "2099-01-01T08:00:00+00:00"})
    assert "“Hello” sleeps until 1 Jan 2099" in words(page(agent_client, f"/tickets/{ticket.number}"))


def test_all_of_a_domain_by_one_click_and_back(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    one, two = held(arrive, fresh_database), arrive(mail(sender="Kari Moe <kari@new.example>"))
    other = arrive(mail(sender="Per Li <per@elsewhere.example>"))
    assert "Settle all" in page(agent_client, "/tickets?view=held")
    answer = agent_client.post("/held/new.example?act=create&always=1", follow_redirects=True)
    assert "2 tickets are settled." in words(answer.text)
    assert [now_of(t).requester_name for t in (one, two)] == ["Mads Holm", "Kari Moe"] and now_of(other).held
    later = arrive(mail(sender="Eva Lie <eva@new.example>"))
    assert not later.held and later.requester_id
    undo = re.search(r"/tickets/\d+/requester/[0-9a-f]+/undo", answer.text)
    assert undo and agent_client.post(undo[0]).status_code == 303
    assert [(now_of(t).held, now_of(t).requester_id) for t in (one, two, later)] == [(True, None)] * 3
    assert agent_client.post("/held/nobody.example?act=spam").status_code == 422


def test_a_domain_is_settled_only_where_the_agent_sees_it(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    ticket = held(arrive, fresh_database)
    with fresh_database.write() as db:
        db.get_one(Mailbox, ticket.mailbox_id).open_to_all = False
    assert agent_client.post("/held/new.example?act=spam").status_code == 422 and now_of(ticket).held


def test_a_domain_is_blocked_and_a_rule_written_from_the_card(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    ticket = held(arrive, fresh_database)
    card = page(agent_client, f"/tickets/{ticket.number}")
    assert "Always for @new.example" in card and "Take nothing more from @new.example" in card
    post(agent_client, f"/tickets/{ticket.number}/requester?act=none&always=1")
    assert not arrive(mail(sender="Kari Moe <kari@new.example>")).held
    post(agent_client, f"/tickets/{ticket.number}/requester?act=block&what=domain")
    assert agent_client.post(f"/tickets/{ticket.number}/requester?act=person&always=1&person=x").status_code in (404, 422)


def test_somebody_new_with_their_company(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    ticket = held(arrive, fresh_database)
    assert 'value="New"' in page(agent_client, f"/tickets/{ticket.number}/requester"), "a guess from the domain"
    post(agent_client, f"/tickets/{ticket.number}/requester?act=create", first_name="Mads", last_name="Holm", company_name="New AS")
    second = arrive(mail(sender="Kari Moe <kari@new.example>"))
    assert "Create at New AS" in page(agent_client, f"/tickets/{second.number}")
    with fresh_database.read() as db:
        assert [e.company.name for e in db.get_one(Person, now_of(ticket).requester_id).employments] == ["New AS"]


def test_one_message_is_another_persons(agent_client: FlaskClient, arrive: Arrive, ticket: Ticket, fresh_database: Database) -> None:
    """Why this person? Reassigned for this message, and taken back."""
    eva = arrive(mail(sender="Eva Lie <eva@kunde.example>"))
    with fresh_database.read() as db:
        person = db.get_one(Person, eva.requester_id)
    message = messages_of(ticket)[0]
    assert f"requester?message={message.uid}" in page(agent_client, f"/tickets/{ticket.number}")
    form = page(agent_client, f"/tickets/{ticket.number}/requester?message={message.uid}&q=Eva")
    assert "This message alone" in form
    answer = agent_client.post(f"/tickets/{ticket.number}/requester?act=person", data={
        "scope": "message", "message": message.uid, "person": person.uid}, follow_redirects=True)
    assert "The message is of Eva Lie." in words(answer.text)
    assert (messages_of(ticket)[0].person_id, now_of(ticket).requester_id) == (person.id, ticket.requester_id)
    undo = re.search(r"/tickets/\d+/requester/[0-9a-f]+/undo", answer.text)
    assert undo and agent_client.post(undo[0]).status_code == 303
    assert messages_of(ticket)[0].person_id == ticket.requester_id


def test_the_address_is_anothers_from_now_on(agent_client: FlaskClient, arrive: Arrive, ticket: Ticket, fresh_database: Database) -> None:
    eva = arrive(mail(sender="Eva Lie <eva@kunde.example>"))
    with fresh_database.read() as db:
        person = db.get_one(Person, eva.requester_id)
    post(agent_client, f"/tickets/{ticket.number}/requester?act=person", scope="address", person=person.uid)
    assert arrive(mail(subject="Later")).requester_id == person.id
