"""How one asks: tokens, repeats, errors, and lists that ask the database a bounded number of questions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import event, update

from contacts.agent import Agent, ApiToken
from core.clock import now
from core.database import database
from desk import idempotency
from desk.idempotency import IdempotentAnswer
from desk.web.api import bearer
from tests.desk.web.api.conftest import Caller
from tests.letters_made import mail

GIVEN = {"mailbox": "support@desk.example", "to": ["ole@kunde.example"], "subject": "Hello", "text": "Hello."}


def test_nobody_without_a_token(nobody, agent_client):
    for headers in ({}, {"Authorization": "Bearer sk_wrong"}, {"Authorization": "Basic bm9yYTpub3Jh"}, {"Authorization": "Bearer "}):
        answer = nobody.call("GET", "/tickets", headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.content_type == "application/problem+json"
        assert answer.json["detail"].endswith(".")
    assert agent_client.get("/api/v1/tickets").status_code == 401      # a browser's cookie is no token


def test_token_of_an_agent_who_left(agent, nora, fresh_database):
    agent.get("/tickets")
    with fresh_database.write() as db:
        db.execute(update(Agent).where(Agent.id == nora.id).values(active=False))
    agent.get("/tickets", status=401)


def test_token_notes_when_it_was_used(agent, nora, fresh_database):
    agent.get("/tickets")
    with fresh_database.read() as db:
        [token] = db.query(ApiToken).filter_by(agent_id=nora.id)
        assert token.used_at is not None and token.used_at <= now()


def test_a_browser_with_a_token_does_not_wait_for_itself(agent, agent_client, nora, fresh_database):
    """The use of the token is noted before the request's transaction is open, and the cookie beside it says nothing here."""
    for again in range(2):
        answer = agent_client.post("/api/v1/selections", json={"name": f"S{again}", "of": "persons"}, headers=agent.headers)
        assert answer.status_code == 201 and answer.json["owner"] == "nora@desk.example"
    with fresh_database.read() as db:
        assert db.query(ApiToken).filter_by(agent_id=nora.id).one().used_at is not None


def test_refused_request_writes_nothing(agent, admin):
    agent.post("/tickets", {**GIVEN, "to": ["ole@kunde.example", "nonsense"]}, status=422)
    assert not agent.get("/tickets")["items"] and not admin.get("/outbound")["items"]


def test_a_parameter_said_twice_is_refused_and_not_passed_over(agent):
    assert set(agent.get("/tickets?state=new&state=closed&limit=5", status=422)["errors"]) == {"state"}


def test_what_is_not_json_is_refused(agent):
    for data in (b"", b"{", b"\xff\xfe", b'"\\ud800"', b"[]", b"null", b"1e400"):
        answer = agent.call("POST", "/tickets", data=data, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")


def test_unknown_paths_and_methods_are_problems_too(agent):
    agent.get("/nothing", status=404)
    answer = agent.call("DELETE", "/tickets")
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


def test_repeat_gets_the_first_answer(agent, admin):
    key = {"Idempotency-Key": "order-17"}
    first = agent.call("POST", "/tickets", GIVEN, headers=key)
    again = agent.call("POST", "/tickets", GIVEN, headers=key)
    assert (again.status_code, again.json) == (first.status_code, first.json) and first.status_code == 201
    assert len(agent.get("/tickets")["items"]) == 1
    assert len(admin.get("/outbound")["items"]) == 1
    assert admin.post("/tickets", GIVEN, headers=key)["number"] != first.json["number"]        # a key is its agent's own
    assert agent.post("/tickets", GIVEN)["number"] != first.json["number"]


def test_other_request_under_the_same_key_is_refused(agent):
    key = {"Idempotency-Key": "order-17"}
    agent.post("/tickets", GIVEN, headers=key)
    agent.post("/tickets", {**GIVEN, "subject": "Other"}, headers=key, status=422)
    agent.post("/companies", GIVEN, headers=key, status=422)
    for bad in ("", "x" * 201, "with space"):
        agent.post("/companies", {"name": "Nordlys AS"}, headers={"Idempotency-Key": bad}, status=422)
    assert not agent.get("/companies")["items"]


def test_refused_request_may_be_repeated_under_its_key(admin):
    key = {"Idempotency-Key": "person-1"}
    given = {"first_name": "Eva", "last_name": "Lie"}
    admin.post("/persons", given, headers=key, status=422)
    admin.put("/settings/contacts.company_required", {"value": False})
    admin.post("/persons", given, headers=key, status=201)


def test_answers_are_forgotten_after_a_day(agent, fresh_database):
    key = {"Idempotency-Key": "order-17"}
    first = agent.post("/tickets", GIVEN, headers=key)
    with fresh_database.write() as db:
        db.execute(update(IdempotentAnswer).values(at=now() - idempotency.KEPT * 1.1))
    assert agent.post("/tickets", GIVEN, headers=key)["number"] != first["number"]
    with fresh_database.write() as db:
        db.execute(update(IdempotentAnswer).values(at=now() - idempotency.KEPT * 1.1))
        idempotency.forget_old(db)
        assert db.query(IdempotentAnswer).count() == 0


LISTS = ("/tickets", "/persons", "/companies", "/inbound", "/outbound", "/agents", "/teams", "/mailboxes", "/bin?kind=ticket",
         "/persons/{person}/messages", "/persons/{person}/history")


def test_longer_lists_ask_no_more(admin, arrive):
    """The number of questions to the database does not grow with the number of rows."""
    def fill(times: int) -> str:
        for n in range(times):
            number = arrive(mail("Ole Vang <ole@kunde.example>", subject=f"Lamp {now()}"))
            admin.post(f"/tickets/{number}/replies", {"text": "Hello."})
            name = f"{now().timestamp()} {n}"
            company = admin.post("/companies", {"name": name, "domains": [name.replace(" ", "-").replace(".", "-") + ".example"]})
            admin.post("/persons", {"first_name": name, "employments": [{"company_id": company["id"]}], "category": name,
                                    "addresses": [{"value": f"{name.replace(' ', '.')}@post.example"}]})
            email = f"a{name.replace(' ', '.')}@desk.example"
            admin.post("/agents", {"email": email})
            admin.post("/teams", {"name": name, "members": [email]})
            admin.put(f"/tickets/{number}/assignment", {"assignee": email, "team": name})
            admin.post("/mailboxes", {"address": f"m{name.replace(' ', '.')}@desk.example", "agents": [email], "teams": [name]})
            admin.delete(f"/tickets/{arrive(mail(subject=f'Gone {now()}'))}")
        return admin.get("/tickets")["items"][0]["requester"]["person_id"]

    person = fill(2)
    paths = [path.format(person=person) for path in LISTS]
    for path in paths:
        admin.get(path)
    few = {path: _questions(admin, path) for path in paths}
    fill(5)
    many = {path: _questions(admin, path) for path in paths}
    assert {path: many[path] for path in paths if many[path] > few[path]} == {}


def _questions(caller, path: str) -> int:
    count = []
    engine = database().engine

    def counted(*_: object) -> None:
        count.append(1)

    event.listen(engine, "before_cursor_execute", counted)
    try:
        assert caller.get(path)["items"]
    finally:
        event.remove(engine, "before_cursor_execute", counted)
    return len(count)


def test_repeats_at_the_same_moment_make_one(agent, app):
    """The second waits for the first and gets its answer."""
    def ask(_: int) -> object:
        return Caller(app.test_client(), agent.headers["Authorization"].removeprefix("Bearer ")).post(
            "/tickets", GIVEN, headers={"Idempotency-Key": "order-17"})["number"]

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(ask, range(8)))) == 1
    assert len(agent.get("/tickets")["items"]) == 1


def test_key_goes_along_to_the_survivor_of_a_merge(agent, arrive):
    merged, survivor = (arrive(mail("Ole Vang <ole@kunde.example>", subject=f"Lamp {n}")) for n in range(2))
    agent.post(f"/tickets/{merged}/merge", {"into": survivor})
    key = {"Idempotency-Key": "reply-1"}
    for _again in range(2):
        led = agent.call("POST", f"/tickets/{merged}/replies", {"text": "Hello."}, headers=key)
        assert led.status_code == 308
        to = led.headers["Location"].removeprefix("/api/v1")
        agent.post(to, {"text": "Hello."}, headers=key, status=201)
    assert [m["text"] for m in agent.get(f"/tickets/{survivor}")["messages"]].count("Hello.") == 1


def test_repeat_has_the_entity_tag_of_the_first(agent):
    key = {"Idempotency-Key": "order-17"}
    first, again = (agent.call("POST", "/tickets", GIVEN, headers=key) for _ in range(2))
    assert again.headers["ETag"] == first.headers["ETag"] == f'"{first.json["version"]}"'


def test_parameter_that_is_not_known_is_refused_everywhere(agent, arrive):
    number = arrive(mail())
    assert "fields" in agent.get(f"/tickets/{number}?fields=subject", status=422)["errors"]
    assert "force" in agent.put(f"/tickets/{number}/tags?force=1", ["vip"], status=422)["errors"]
    assert agent.get(f"/tickets/{number}")["tags"] == []


def test_token_works_while_its_use_cannot_be_noted(agent, nora, fresh_database, monkeypatch):
    """Reading needs no writing: neither a lock that another holds, nor a token that ended this moment, stops it."""
    if fresh_database.dialect == "sqlite":
        monkeypatch.setattr("core.database.LOCK_SECONDS", 0.05)
        with fresh_database.write():
            agent.get("/tickets")
    bearer._note_use(10**6)
