"""What an agent may not see does not exist for them, on any route; and no route acts without the token."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.person import Person
from core.database import Database, new_uid
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from desk.tickets.answering import reply
from desk.tickets.drafting import Content, save_begun
from desk.tickets.message import Attachment, Message, Notification
from desk.tickets.tagging import set_tags
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, now_of, open_to, page, words
from tests.letters_made import mail

#: Nouns that lead to tickets; the routes of all others have tests of their own.
OURS = ("tickets", "replies", "notes", "forwards", "drafts", "files", "messages", "attachments", "deliveries", "assignments",
        "states", "tags", "requesters", "rejections", "recipients", "bulk", "live", "searches", "notifications", "canned", "mail_openings", "rights_requests")
#: Whose numbers are no ticket's.
OTHERS = {"layout_versions"}
#: Routes that name no ticket: what they show is asked about below.
OPEN = {"tickets.home", "tickets.index", "tickets.new", "tickets.create", "files.create", "recipients.index", "recipients.minded", "recipients.card",
        "requesters.update_domain", "bulk.create", "live.index", "searches.index", "searches.hits", "notifications.index", "notifications.update", "canned.index", "canned.offered"}
#: For admins alone.
ADMINS = {"mail_openings.create", "canned.new", "canned.create", "canned.edit", "canned.update", "canned.destroy"}


@dataclass
class Hidden:
    """A ticket in a mailbox that Nora does not see, and what hangs on it; and a draft of Jonas's."""

    ticket: Ticket
    values: dict[str, dict[str, object]]


@pytest.fixture
def hidden(arrive: Arrive, board: Mailbox, jonas: Agent, fresh_database: Database) -> Hidden:
    ticket = arrive(mail(subject="Secret plans", to="board@desk.example"), board)
    with fresh_database.write() as db:
        message = reply(db, db.get_one(Ticket, ticket.id), by=db.get_one(Agent, jonas.id), text="Quietly.")
        sent = db.scalars(select(OutboundMail).where(OutboundMail.message_id == message.id)).one()
        sent.state = "failed"
        file = Attachment(message_id=message.id, name="plan.pdf", type="application/pdf", size=1, digest="0" * 64)
        db.add(file)
        draft = save_begun(db, db.get_one(Agent, jonas.id), new_uid(), "mail", Content(subject="Secret plans"), version=0)
        assert draft is not None
        db.flush()
        number: dict[str, object] = {"number": ticket.number}
        return Hidden(message.ticket, {"messages": {"uid": message.uid}, "attachments": {"uid": file.uid},
                               "deliveries": {"uid": sent.uid}, "bulk": {"uid": "0" * 24}, "drafts": {**number, "uid": draft.uid}, "": number})


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Every route of ours: endpoint, method, rule."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.endpoint.partition(".")[0] in OURS:
                yield rule.endpoint, method, rule.rule


def address(hidden: Hidden, endpoint: str, app: Flask) -> str:
    values = hidden.values.get(endpoint.partition(".")[0], hidden.values[""])
    if endpoint == "requesters.update_domain":
        values = {"domain": "kunde.example"}
    if endpoint == "requesters.undo" or endpoint.startswith(("rejections.", "rights_requests.")):
        values = {**values, "uid": "0" * 24}
    with app.test_request_context():
        return str(app.url_for(endpoint, **values))


def test_every_noun_is_known(app: Flask) -> None:
    nouns = {rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules() if "<int:number>" in rule.rule}
    pages = {noun for noun in nouns if not noun.startswith("api")}
    assert pages - OTHERS <= set(OURS)


def test_without_access_there_is_no_such_ticket(app: Flask, agent_client: FlaskClient, hidden: Hidden) -> None:
    asked = 0
    for endpoint, method, _rule in routes(app):
        if endpoint in OPEN | ADMINS:
            continue
        answer = agent_client.open(address(hidden, endpoint, app), method=method, data={"state": "closed"})
        assert answer.status_code == 404, f"{method} {endpoint} said {answer.status_code}"
        assert "Secret plans" not in answer.text
        asked += 1
    assert asked >= 20
    assert now_of(hidden.ticket).version == hidden.ticket.version


def test_an_admin_sees_all_of_it(app: Flask, admin_client: FlaskClient, hidden: Hidden) -> None:
    for endpoint in ("tickets.show", "live.show", "requesters.edit", "forwards.new", "messages.html"):
        page(admin_client, address(hidden, endpoint, app))


def test_what_lists_shows_nothing_of_it(
    agent_client: FlaskClient, hidden: Hidden, nora: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        db.add(Notification(agent_id=nora.id, ticket_id=hidden.ticket.id, event="new"))
    for url in ("/tickets?view=all", "/tickets?view=unassigned", "/search?q=secret", f"/search?q={hidden.ticket.number}",
                "/notifications", "/live?view=all", "/search?q=ole@kunde.example"):
        text = page(agent_client, url)
        assert "Secret plans" not in text, url
    assert json.loads(page(agent_client, "/live?view=all"))["new"] == 0
    page(agent_client, f"/recipients/minded?ticket={hidden.ticket.number}&q=ole@kunde.example", 404)
    bell = page(agent_client, "/notifications")
    assert "Mark all as read" not in bell and "Notifications 1" not in words(bell)


def test_what_surrounds_it_shows_nothing_of_it(
    agent_client: FlaskClient, admin_client: FlaskClient, hidden: Hidden, nora: Agent, jonas: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        set_tags(db, db.get_one(Ticket, hidden.ticket.id), ["layoffs"], by=db.get_one(Agent, jonas.id))
        person = db.get_one(Person, hidden.ticket.requester_id)
        db.add(Notification(agent_id=nora.id, ticket_id=hidden.ticket.id, event="new"))
    card, tags = f"/persons/{person.uid}", "/tickets?view=all"
    told = ((card, "Wrote a new request"), ("/persons", '<time datetime="'), (tags, '<option value="layoffs">'))
    for url, said in told:
        assert said in page(admin_client, url), url
        assert said not in page(agent_client, url), url
    open_to(hidden.ticket.mailbox, nora)
    for url, said in told:
        assert said in page(agent_client, url), url
    assert "Mark all as read" in page(agent_client, "/notifications")


def test_many_at_once_leaves_it_out(agent_client: FlaskClient, hidden: Hidden) -> None:
    answer = agent_client.post("/tickets/many?view=all", data={"numbers": [hidden.ticket.number], "act": "close"},
                               follow_redirects=True)
    assert "Left out: There is no such ticket" in words(answer.text) and "0 tickets changed." in words(answer.text)
    assert now_of(hidden.ticket).state == "waiting"


def test_canned_replies_are_not_filled_from_it(agent_client: FlaskClient, hidden: Hidden) -> None:
    page(agent_client, f"/canned.json?ticket={hidden.ticket.number}", 404)


def test_admins_pages_are_for_admins(app: Flask, agent_client: FlaskClient) -> None:
    for endpoint, method, rule in routes(app):
        if endpoint in ADMINS:
            assert agent_client.open(rule.replace("<uid>", "x").replace("<int:number>", "1"), method=method).status_code == 403, endpoint


def test_strangers_are_sent_to_sign_in(app: Flask, visitor: FlaskClient, hidden: Hidden) -> None:
    for endpoint, method, _rule in routes(app):
        if endpoint == "attachments.picture":
            continue
        target = "/canned/x" if endpoint.startswith("canned.") else address(hidden, endpoint, app)
        answer = visitor.open(target, method=method)
        assert answer.status_code in (303, 401, 405), f"{method} {endpoint} said {answer.status_code}"
        assert "Secret" not in answer.text


def test_nothing_is_done_without_the_token(
    app: Flask, signed_in: Callable[[Agent], FlaskClient], jonas: Agent, hidden: Hidden,
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = signed_in(jonas)
    for endpoint, method, _rule in routes(app):
        if method == "GET":
            continue
        target = "/canned/x" if endpoint.startswith("canned.") and endpoint != "canned.create" else address(hidden, endpoint, app)
        answer = client.open(target, method=method)
        assert answer.status_code in (400, 405), f"{method} {endpoint} said {answer.status_code}"
    assert now_of(hidden.ticket).version == hidden.ticket.version


def test_what_is_also_in_ones_own_mailbox_is_seen(
    agent_client: FlaskClient, arrive: Arrive, board: Mailbox, support: Mailbox,
) -> None:
    raw = mail(subject="To both of you", message_id="both@kunde.example")
    arrive(raw, board)
    both = arrive(raw, support)
    text = words(page(agent_client, f"/tickets/{both.number}"))
    assert "Came to Board" in text
    assert "Came to Support" in text


def test_it_is_answered_from_the_mailbox_that_one_sees(
    agent_client: FlaskClient, arrive: Arrive, board: Mailbox, support: Mailbox, jonas: Agent, fresh_database: Database,
) -> None:
    raw = mail(subject="To both of you", message_id="both@kunde.example")
    arrive(raw, board)
    both = arrive(raw, support)
    assert agent_client.post(f"/tickets/{both.number}/replies", data={
        "text": "From us.", "to": "ole@kunde.example", "sure": "1"}).status_code == 303
    with fresh_database.write() as db:
        assert both.mailbox_id == board.id
        reply(db, db.get_one(Ticket, both.id), by=db.get_one(Agent, jonas.id), text="From the board.")
        sent = db.scalars(select(OutboundMail).where(OutboundMail.kind == "reply").order_by(OutboundMail.id)).all()
        assert [mail.mailbox_id for mail in sent] == [support.id, board.id]
        assert [db.get_one(Message, mail.message_id).from_address for mail in sent] == [support.address, board.address]


def test_a_deleted_ticket_is_seen_by_admins_alone(
    agent_client: FlaskClient, admin_client: FlaskClient, ticket: Ticket,
) -> None:
    assert agent_client.post(f"/tickets/{ticket.number}/deletion").status_code == 403
    assert admin_client.post(f"/tickets/{ticket.number}/deletion").status_code == 303
    shown = admin_client.get(f"/tickets/{ticket.number}").text
    assert "/restoration" in shown and f"/tickets/{ticket.number}/state" not in shown, "what would be refused is not offered"
    page(agent_client, f"/tickets/{ticket.number}", 404)
    assert "This ticket is deleted." in words(page(admin_client, f"/tickets/{ticket.number}"))
    listed = page(admin_client, "/tickets?view=bin")
    assert ticket.subject in listed
    assert "Deleted " in listed.split(ticket.subject)[1].split("</li>")[0]
    assert admin_client.post(f"/tickets/{ticket.number}/restoration").status_code == 303
    page(agent_client, f"/tickets/{ticket.number}")


def test_files_of_others_drafts_are_not_seen(
    agent_client: FlaskClient, jonas: Agent, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        file = Attachment(uploaded_by_id=jonas.id, name="mine.txt", type="text/plain", size=1, digest="0" * 64)
        db.add(file)
        db.flush()
        uid = file.uid
    page(agent_client, f"/attachments/{uid}", 404)


def test_numbers_that_no_database_counts_to_are_of_no_ticket(agent_client: FlaskClient) -> None:
    huge = "9" * 20
    for url in (f"/tickets/{huge}", f"/live/tickets/{huge}", f"/recipients/minded?ticket={huge}&q=a", f"/canned.json?ticket={huge}"):
        page(agent_client, url, 404)
    page(agent_client, f"/notifications?before={huge}")
    page(agent_client, f"/live/tickets/{huge}?last={huge}", 404)


@pytest.mark.parametrize("path", [
    "/persons/a%00b", "/search?q=a%00b", "/tickets?tag=%00", "/settings/mail-in?before=99999999999", "/settings/mail-out?after=9999999999999999999999",
    "/notifications?before=99999999999", "/attachments/" + "a" * 24 + "/picture?until=%C2%B2", "/search?q=4755501277", "/search?q=%C2%B2%C2%B2",
    "/api/v1/tickets?q=4755501277", "/api/v1/tickets?tag=%00"])
def test_what_no_database_can_hold_breaks_no_page(admin_client: FlaskClient, ticket: Ticket, path: str) -> None:
    assert admin_client.get(path).status_code < 500


def test_the_character_that_no_text_has_is_refused_with_a_word(agent_client: FlaskClient, ticket: Ticket) -> None:
    answer = agent_client.post(f"/tickets/{ticket.number}/notes", data={"text": "a\0b"})
    assert answer.status_code == 422 and "NUL" in answer.text


def test_the_address_of_a_form_leads_to_its_page(agent_client: FlaskClient, ticket: Ticket) -> None:
    for form in ("replies", "notes", "forwards"):
        answer = agent_client.get(f"/tickets/{ticket.number}/{form}")
        assert (answer.status_code, answer.location) == (303, f"/tickets/{ticket.number}")
    assert agent_client.get("/profile/password").location == "/profile"
    assert agent_client.get("/api/v1/tickets/1/replies").status_code in (401, 405)
