"""Importing by the API: a file comes, every row has its verdict, other columns are chosen, and an import by page is the same import."""

from __future__ import annotations

import io
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from contacts.importing_choices import EXISTING
from contacts.importing_files import written
from contacts.importing_presets import PRESETS
from contacts.purpose import BASES
from core import bulk
from core.database import Database, database
from core.operations import Operation, OperationItem
from core.options import set_option
from desk.web.api.schemas import imports as schemas
from jobs import operations as job
from tests.contacts.test_importing import FILES, HEADER, register

CSV = ("Fornavn;Etternavn;E-post;Firma;Kundenummer\r\nKåre;Bø;kare@kunde.example;Kunde AS;7\r\n"
       "Ole;Hansen;ole@kunde.example;Kunde AS;\r\nPer;Dahl;per@;Kunde AS;\r\nOle;Hansen;OLE@kunde.example;Kunde AS;\r\n").encode()


def sent(caller: Any, raw: bytes, name: str = "list.csv", query: str = "", **more: Any) -> Any:
    """Upload a file."""
    return caller.post(f"/imports{query}", data={"file": (io.BytesIO(raw), name)}, content_type="multipart/form-data", **more)


def acted(caller: Any, made: Any, act: str) -> Any:
    """Approve or take back, and let a worker do it."""
    caller.post(f"/operations/{made['id']}/{act}")
    job.run()
    return caller.get(f"/operations/{made['id']}")


def rows(caller: Any, made: Any, query: str = "") -> list[Any]:
    """Its items, all pages of them."""
    found, cursor = [], ""
    while cursor is not None:
        answer = caller.get(f"/operations/{made['id']}/items?limit=2&cursor={cursor}{query}")
        found, cursor = [*found, *answer["items"]], answer["next"]
    return found


def test_words_are_those_of_the_desk():
    assert get_args(schemas.Preset) == tuple(PRESETS)
    assert (get_args(schemas.Existing), get_args(schemas.Basis)) == (EXISTING, tuple(BASES))


def test_from_the_file_to_the_register_and_back(agent, admin):
    """Columns are guessed, every row has its verdict with its line in the file, nothing is written before the word; and all of it goes back."""
    made = sent(agent, CSV, query="?basis=contract", status=202)
    assert (made["state"], made["kind"], made["of"], made["charset"], made["separator"], made["preset"], made["basis"]) == (
        "approved", "persons.import", "persons", "UTF-8", ";", None, "contract")
    assert made["columns"][1] == {"n": 1, "called": "Etternavn", "field": "last_name", "examples": ["Bø", "Hansen", "Dahl"]}
    job.run()
    shown = agent.get(f"/imports/{made['id']}")
    assert (shown["state"], shown["progress"], shown["counts"]) == ("planned", {"done": 0, "total": 2}, {"planned": 2, "failed": 1, "skipped": 1})
    told = rows(agent, made)
    assert [(one["kind"], one["state"], one["reason"], one["data"]["row"], one["data"]["name"]) for one in told] == [
        ("create", "planned", None, 2, "Kåre Bø"), ("create", "planned", None, 3, "Ole Hansen"),
        ("", "failed", "E-mail address: per@ is not a mail address.", 4, "Per Dahl"), ("skip", "skipped", "The same as row 3.", 5, "Ole Hansen")]
    assert told[0]["data"]["after"] == {"first_name": "Kåre", "last_name": "Bø", "emails": ["kare@kunde.example"], "company": "Kunde AS", "customer_number": "7"}
    assert [one["data"]["row"] for one in rows(agent, made, "&state=failed")] == [4]
    assert agent.get("/persons")["items"] == []
    assert acted(agent, made, "approve")["state"] == "done"
    assert [(one["first_name"], one["employments"][0]["company"], one["created"]["how"], one["legal_bases"][0]["basis"])
            for one in agent.get("/persons?sort=name")["items"]] == [("Kåre", "Kunde AS", "import", "contract"), ("Ole", "Kunde AS", "import", "contract")]
    done = agent.get(f"/operations/{made['id']}/result")
    assert done["items"] == {"done": 2, "failed": 1, "skipped": 1}
    person = rows(agent, made)[0]["subject"]
    agent.patch(f"/persons/{person}", {"title": "Dr"})
    undone = acted(agent, made, "undo")
    assert undone["state"] == "undone"
    assert [(one["state"], one["reason"]) for one in rows(agent, made, "&state=conflict")] == [
        ("conflict", "Somebody has changed this since, or there is more about this person by now.")]
    assert [one["id"] for one in agent.get("/persons")["items"]] == [person]
    assert [one["id"] for one in agent.get("/operations?kind=persons.import")["items"]] == [made["id"]]
    agent.post(f"/operations/{made['id']}/undo", status=422)


def test_columns_are_chosen_and_chosen_anew(agent, fresh_database):
    """Until it is approved the mapping changes, and the rows are looked through once more."""
    raw = b"Company.Name,Contact,X\r\nKunde AS,Ole Hansen,ole@kunde.example\r\n"
    made = sent(agent, raw, query="?preset=ChannelCRM&wait=true")
    assert (made["state"], made["preset"], [one["field"] for one in made["columns"]]) == ("paused", "ChannelCRM", ["company", "name", None])
    path, wanted = f"/imports/{made['id']}", [{**one, "field": field} for one, field in zip(made["columns"], ("company", "name", "email"), strict=True)]
    again = agent.patch(path, {}, headers={"If-Match": f'"{made["version"]}"'}, status=202)
    agent.patch(path, {}, headers={"If-Match": f'"{made["version"]}"'}, status=412)
    for state in ("approved", "running"):       # a worker is to look through it, and does
        with fresh_database.write() as db:
            db.execute(update(Operation).values(state=state))
        assert "being looked through" in agent.patch(path, {"columns": wanted}, status=409)["title"]
    with fresh_database.write() as db:
        db.execute(update(Operation).values(state="approved"))
    job.run()
    assert again["existing"] == "update" and "emails" not in rows(agent, made)[0]["data"]["after"]
    agent.patch(path, {"columns": wanted, "existing": "skip"}, status=202)
    job.run()
    told = rows(agent, made)
    assert [one["data"]["after"]["emails"] for one in told] == [["ole@kunde.example"]]
    assert [one["field"] for one in agent.patch(path, {"preset": "ChannelCRM"}, status=202)["columns"]] == ["company", "name", None]
    job.run()
    for columns, field in (([{"n": 3, "field": "name"}], "columns.0.n"), ([{"n": 0, "field": "name"}, {"n": 0, "field": "email"}], "columns.1.n"),
                           ([{"n": 0, "field": "shoe"}], "columns.0.field"), ([{"n": 0, "field": "phone"}], "columns")):
        assert field in agent.patch(path, {"columns": columns}, status=422)["errors"]
    assert acted(agent, made, "approve")["state"] == "done"
    assert [one["examples"] for one in agent.get(path)["columns"]] == [[], [], []]
    agent.patch(path, {"columns": wanted}, status=422)
    with fresh_database.read() as db:
        assert db.scalars(select(Operation.file)).one() is None


def test_rows_of_other_columns_go_some_at_a_time(agent, monkeypatch):
    monkeypatch.setattr("contacts.importing.CLEARED", 2)
    made = sent(agent, written([["Name", "Company"], *([f"Ole {n}", "Kunde AS"] for n in range(5))]).encode())
    job.run()
    agent.patch(f"/imports/{made['id']}", {"columns": [{"n": 0, "field": "last_name"}, {"n": 1, "field": "company"}]})
    job.run()
    assert [one["data"]["after"].get("first_name") for one in rows(agent, made)] == [None] * 5


def test_a_worker_that_knows_the_former_columns_reads_anew(agent, monkeypatch):
    """Paused in the middle of reading, other columns are chosen; whoever read by the former ones does not go on with them."""
    monkeypatch.setattr("contacts.importing.LOT", 2)
    monkeypatch.setattr(bulk, "SLICE", 0.0)
    readers = bulk.BULKS["persons.import"]._readers  # type: ignore[attr-defined]
    made = sent(agent, written([["Name", "Company"], *([f"Ole {n}", "Kunde AS"] for n in range(4))]).encode())
    job.run()
    former = dict(readers)
    agent.post(f"/operations/{made['id']}/pause")
    agent.patch(f"/imports/{made['id']}", {"columns": [{"n": 0, "field": "last_name"}, {"n": 1, "field": "company"}]})
    for _round in range(2):     # the rows of the former columns go, then the first two are read
        job.run()
    readers.update(former)
    for _round in range(3):
        job.run()
    assert agent.get(f"/imports/{made['id']}")["state"] == "planned"
    assert [one["data"]["after"].get("first_name") for one in rows(agent, made)] == [None] * 4


def test_where_no_row_is_new_the_file_goes_too(agent, fresh_database):
    for _twice in range(2):
        made = sent(agent, CSV)
        job.run()
        acted(agent, made, "approve")
    assert agent.get(f"/operations/{made['id']}")["progress"] == {"done": 0, "total": 0}
    with fresh_database.read() as db:
        assert list(db.scalars(select(Operation.file))) == [None, None]


def test_it_waits_where_nothing_tells_who_a_row_is(agent):
    made = sent(agent, b"A,B\r\n1,2\r\n")
    assert (made["state"], made["progress"]["total"]) == ("paused", 0)
    assert "columns" in agent.patch(f"/imports/{made['id']}", {}, status=422)["errors"]
    agent.post(f"/operations/{made['id']}/resume", status=422)


def test_what_the_duplicate_rule_says_of_a_row(agent, admin, fresh_database):
    """Skipped or queued, with whom it is the same as; where the rule only warns, `nevertheless` creates."""
    with fresh_database.write() as db:
        set_option(db, "contacts.duplicate_rule", [["first_name", "last_name"]])
        set_option(db, "contacts.duplicates_import", "warn")
    company = admin.post("/companies", {"name": "Nordlys AS"})["id"]
    ole = admin.post("/persons", {"first_name": "Ole", "last_name": "Hansen", "employments": [{"company_id": company}]})["id"]
    made = sent(agent, b"First name,Last name,E-mail,Company\r\nOle,Hansen,ole@b.example,B AS\r\n")
    job.run()
    [told] = rows(agent, made)
    assert (told["kind"], told["state"], told["data"]["alike"]) == ("skip", "skipped", [ole]) and "Ole Hansen" in told["reason"]
    agent.patch(f"/imports/{made['id']}", {"nevertheless": True})
    job.run()
    [told] = rows(agent, made)
    assert (told["kind"], told["state"], told["data"]["alike"]) == ("queue", "planned", [ole]) and "Ole Hansen" in told["data"]["note"]
    acted(agent, made, "approve")
    assert len(agent.get("/duplicates")["items"]) == 1


def test_names_not_numbers_of_rows(agent, admin):
    """Short lists and agents are named as everywhere; what the desk keeps for itself is not told."""
    company = admin.post("/companies", {"name": "Nordlys AS", "category": "Partner"})["id"]
    made = sent(agent, b"Id,Name,Category,Our contact\r\n%s,Nordlys AS,Partner,nora@desk.example\r\n" % company.encode(), query="?of=companies")
    job.run()
    [told] = rows(agent, made)
    assert told["data"] == {"row": 2, "name": "Nordlys AS", "before": {"our_contact": "jonas@desk.example"}, "after": {"our_contact": "nora@desk.example"}}
    assert acted(agent, made, "approve")["state"] == "done"
    assert agent.get(f"/companies/{company}")["our_contact"] == "nora@desk.example"
    assert set(rows(agent, made)[0]["data"]) == {"row", "name", "before", "after"}


def test_an_address_book_and_what_columns_may_be(agent):
    made = sent(agent, b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Hansen;Ole;;;\r\nORG:Kunde AS\r\nEND:VCARD\r\n", "book.vcf", "?of=companies")
    assert (made["of"], made["file"]) == ("persons", "book.vcf")
    fields = {one["name"]: one for one in agent.get("/imports/fields")["items"]}
    assert fields["email"] == {"name": "email", "label": "E-mail address", "several": True} and "domains" not in fields
    assert "domains" in {one["name"] for one in agent.get("/imports/fields?of=companies")["items"]}


def test_repeated_under_a_key_it_is_one_import(agent):
    key = {"Idempotency-Key": "import-1"}
    first, again = (sent(agent, CSV, headers=key) for _ in range(2))
    assert first == again and len(agent.get("/operations")["items"]) == 1
    sent(agent, CSV + b"x", headers=key, status=422)


def test_what_is_refused(agent, app):
    assert "file" in agent.post("/imports", data={}, content_type="multipart/form-data", status=422)["errors"]
    assert "empty" in sent(agent, b"", status=422)["detail"]
    sent(agent, b"PK\0\0binary", status=422)
    for query in ("?of=orders", "?preset=Else", "?existing=x", "?colour=red"):
        sent(agent, CSV, query=query, status=422)
    app.config["MAX_CONTENT_LENGTH"] = 1000
    sent(agent, CSV * 20, status=413)


def test_too_many_rows_end_it_with_a_reason(agent, monkeypatch):
    monkeypatch.setattr("contacts.importing.MOST_ROWS", 2)
    made = sent(agent, CSV)
    job.run()
    shown = agent.get(f"/imports/{made['id']}")
    assert shown["state"] == "failed" and "At most 2 rows" in shown["reason"]


def test_paused_resumed_cancelled(agent, monkeypatch):
    """Between any two chunks: what is done stays done and can be taken back."""
    monkeypatch.setattr(bulk, "SLICE", 0.0)
    monkeypatch.setattr(bulk, "CHUNK", 1)
    made = sent(agent, CSV)
    for _round in range(3):
        job.run()
    path = f"/operations/{made['id']}"
    assert agent.post(f"{path}/approve")["state"] == "approved"
    job.run()
    assert (agent.post(f"{path}/pause")["state"], agent.get(path)["progress"]) == ("paused", {"done": 1, "total": 2})
    job.run()
    assert agent.get(path)["progress"]["done"] == 1
    agent.patch(f"/imports/{made['id']}", {}, status=422)
    assert agent.post(f"{path}/resume")["state"] == "approved"
    assert agent.post(f"{path}/cancel")["state"] == "cancelled"
    assert [one["first_name"] for one in agent.get("/persons")["items"]] == ["Kåre"]
    agent.post(f"{path}/undo")
    for _round in range(3):
        job.run()
    assert agent.get(path)["state"] == "undone" and agent.get("/persons")["items"] == []


def test_who_may_not(agent, admin, nobody, calling, lars):
    """Nobody without a token; others do not know of it; admins do. Operations of other kinds are no imports."""
    made, other = sent(agent, CSV), calling(lars)
    for method, path in (("GET", f"/imports/{made['id']}"), ("PATCH", f"/imports/{made['id']}"), ("GET", f"/operations/{made['id']}/items"),
                         ("POST", f"/operations/{made['id']}/cancel")):
        given = {"json": {}} if method == "PATCH" else {}
        assert [caller.call(method, path, **given).status_code for caller in (nobody, other)] == [401, 404]
    for path in ("/imports/fields", "/operations"):
        nobody.get(path, status=401)
    sent(nobody, CSV, status=401)
    assert admin.get(f"/imports/{made['id']}")["file"] == "list.csv"
    assert [len(caller.get("/operations?whose=all")["items"]) for caller in (admin, other, agent)] == [1, 0, 1]
    assert admin.get("/operations")["items"] == []
    test = admin.post("/mailboxes/support@desk.example/test")
    admin.get(f"/imports/{test['id']}", status=404)
    assert admin.get("/operations?kind=mailbox.test")["items"] == []       # it belongs to a page of its own


def questions(ask: Any) -> int:
    """How many questions to the database it takes."""
    asked: list[str] = []
    def heard(*given: Any) -> None:
        asked.append(given[2])
    event.listen(database().engine, "before_cursor_execute", heard)
    try:
        ask()
    finally:
        event.remove(database().engine, "before_cursor_execute", heard)
    return len(asked)


def test_the_basis_of_new_persons_is_chosen(agent, admin):
    """S27: with the file or until the approval; what cannot be is refused by its field, and leaves no import behind."""
    for query, field in (("?purpose=shoes&source=Fair", "purpose"), ("?purpose=marketing", "source"), ("?purpose=marketing&basis=consent&source=Fair", "wording"),
                         ("?wait=true&purpose=marketing", "source")):
        assert field in sent(agent, CSV, query=query, status=422)["errors"]
    assert agent.get("/operations?kind=persons.import")["items"] == []
    made = sent(agent, CSV, query="?purpose=marketing&basis=legitimate_interest&source=Trade+fair+list+2026")
    assert [made[name] for name in ("purpose", "basis", "source", "wording")] == ["marketing", "legitimate_interest", "Trade fair list 2026", None]
    job.run()
    path = f"/imports/{made['id']}"
    assert "source" in agent.patch(path, {"source": ""}, status=422)["errors"]
    changed = agent.patch(path, {"basis": "contract"}, status=202)
    assert [changed[name] for name in ("purpose", "basis", "source")] == ["marketing", "contract", "Trade fair list 2026"]
    job.run()
    acted(agent, made, "approve")
    assert [(one["purpose"], one["basis"], one["source"], one["proof"]) for person in agent.get("/persons")["items"] for one in person["legal_bases"]] == [
        ("marketing", "contract", "Trade fair list 2026", "import")] * 2


def test_longer_pages_of_items_ask_no_more(agent, admin):
    """However many rows, records they name are asked for together."""
    admin.post("/companies", {"name": "Nordlys AS", "category": "Partner", "business": "Trade"})
    made = sent(agent, written([["Name", "Category", "Business"], *([f"Firm {n}", "Partner", "Trade"] for n in range(40))]).encode(), query="?of=companies")
    job.run()
    few, many = (questions(lambda most=most: agent.get(f"/operations/{made['id']}/items?limit={most}")) for most in (2, 40))
    assert few == many


@pytest.fixture
def by_page(agent_client):
    """Import by the pages, as a person does."""
    def importing(raw: bytes, existing: str) -> str:
        place = str(agent_client.post("/imports", data={"what": "persons", "file": (io.BytesIO(raw), "file.csv")}, content_type="multipart/form-data").headers["Location"])
        columns = {f"column_{n}": field for n, field in enumerate(("first_name", "last_name", "email", "phone", "company", "position", "customer_number", "private_customer"))}
        operation = str(agent_client.post(place, data=columns | {"existing": existing, "basis": "contract"}).headers["Location"])
        job.run()
        agent_client.post(f"{operation}/approve")
        job.run()
        return operation.rpartition("/")[2]
    return importing


@pytest.fixture
def app_without_forms_guard(app):
    app.config.update(WTF_CSRF_ENABLED=False)


def told_of(fresh: Database, uid: str) -> list[Any]:
    """What became of each row, whoever it is."""
    with fresh.read() as db:
        return [(one.kind, one.state, one.reason, one.data["row"], one.data["before"], one.data["after"]) for one in db.scalars(select(OperationItem).join(
            Operation, Operation.id == OperationItem.operation_id).where(Operation.uid == uid).order_by(OperationItem.id))]


def nameless(held: dict[str, Any]) -> dict[str, Any]:
    """The register without the random names of its rows."""
    whose = {uid: repr(one) for kind in ("persons", "companies") for uid, one in held[kind].items()}
    def named(one: Any) -> Any:
        return tuple(whose.get(part, part) for part in one)
    return {"persons": sorted(map(repr, held["persons"].values())), "companies": sorted(map(repr, held["companies"].values())), "domains": held["domains"],
            "addresses": held["addresses"], "holdings": sorted(map(named, held["holdings"])), "jobs": sorted(map(named, held["jobs"])), "bases": held["bases"]}


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=FILES, file=FILES, door=st.sampled_from(["block", "queue"]), existing=st.sampled_from(["update", "fill", "skip"]))
def test_by_the_api_and_by_page_it_is_the_same_import(app_without_forms_guard, agent, by_page, fresh_database, first, file, door, existing):
    """The same verdicts and the same records, whatever stands in the register and in the file; and twice equals once, whichever way."""
    with fresh_database.write() as db:
        set_option(db, "contacts.duplicates_import", door)
    by_page(written([HEADER, *first]).encode(), "update")
    raw = written([HEADER, *file]).encode()
    paged = by_page(raw, existing)
    after = register(fresh_database)
    if "done" in {one[1] for one in told_of(fresh_database, paged)}:
        shown = told_of(fresh_database, paged)
        assert acted(agent, {"id": paged}, "undo")["state"] == "undone"
        made = sent(agent, raw, "file.csv", f"?existing={existing}&basis=contract")
        job.run()
        acted(agent, made, "approve")
        assert told_of(fresh_database, made["id"]) == shown
        assert nameless(register(fresh_database)) == nameless(after)
        after = register(fresh_database)
    for again in (lambda: by_page(raw, existing), lambda: sent(agent, raw, "file.csv", f"?existing={existing}&basis=contract")):
        made = again()
        job.run()
        if isinstance(made, dict) and agent.get(f"/operations/{made['id']}")["state"] == "planned":
            acted(agent, made, "approve")
        assert register(fresh_database) == after
