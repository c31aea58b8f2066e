"""Possible duplicates: the page of pairs, the form that refuses one, and the settings where the rule is put together."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from contacts.duplicate_pair import DuplicatePair
from contacts.duplicate_review import open_pairs_query
from contacts.duplicate_scan import latest
from contacts.editing import create_person
from contacts.identifying import evidence
from contacts.merge import NotTheSame
from contacts.person import Person
from core.database import Database, database
from core.operations import Operation
from core.options import option, set_option
from jobs import operations as job
from tests.desk.web.tickets.conftest import page, words

MOST_STATEMENTS = 22
FORM = {"first_name": "Ole", "last_name": "Hansen", "private_customer": "1", "address_uid": "", "address_kind": "email", "address_value": ""}


def named(database: Database, first: str, last: str, *addresses: str, **fields: object) -> Person:
    with database.write() as db:
        return create_person(db, {"first_name": first, "last_name": last, **fields}, by=None, exempt=True, share=True,
                             addresses=[{"kind": "email", "value": one} for one in addresses])


@pytest.fixture
def pairs(fresh_database: Database) -> list[str]:
    """Three pairs, the likeliest first."""
    found = []
    for number, points in enumerate((90, 70, 50)):
        one, other = (named(fresh_database, first, f"Hansen {number}", f"ole{number}@kunde.example") for first in ("Ole", "Olav"))
        with fresh_database.write() as db:
            row = DuplicatePair(person_id=one.id, other_id=other.id, points=points, evidence=[
                evidence("name", 31, "Same name, rare in the register"), evidence("phone", -4, "Another mobile number")])
            db.add(row)
            db.flush()
            found.append(row.uid)
    return found


def shown(text: str) -> list[str]:
    return re.findall(r'id="pair-([0-9a-f]{24})"', text)


def rule(database: Database, *groups: list[str], form: str = "block") -> None:
    with database.write() as db:
        set_option(db, "contacts.duplicate_rule", list(groups))
        set_option(db, "contacts.duplicates_form", form)


def test_side_by_side_with_evidence(agent_client: FlaskClient, pairs: list[str]) -> None:
    text = page(agent_client, "/persons/duplicates")
    assert shown(text) == pairs
    first = text[text.index(f"pair-{pairs[0]}"):text.index(f"pair-{pairs[1]}")]
    told = words(first)
    for said in ("Points 90", "Ole Hansen 0", "Olav Hansen 0", "ole0@kunde.example", "Same name, rare in the register", "+31", "−4"):
        assert said in told, said
    assert 'class="pair__value pair__value--same">ole0' in first
    merging = re.search(r'href="(/persons/[0-9a-f]{24}/merge/[0-9a-f]{24})"[^>]*data-key="m"', first)
    assert merging and "Merge Olav Hansen 0 into Ole Hansen 0" in words(page(agent_client, merging[1])), "the later record into the first"
    assert 'data-key="n"' in first and text.count('aria-current="true"') == 1
    assert "3" in words(re.search(r"<a[^>]*>Possible duplicates.*?</a>", page(agent_client, "/persons"))[0])


def test_not_the_same_and_taken_back(agent_client: FlaskClient, pairs: list[str], fresh_database: Database) -> None:
    """The next pair is in front afterwards; the undo brings it back and puts it in front."""
    answer = agent_client.post(f"/persons/duplicates/{pairs[0]}/apart", data={"next": pairs[1]})
    assert answer.status_code == 303 and answer.location.endswith(f"?at={pairs[1]}")
    text = page(agent_client, answer.location)
    assert shown(text) == pairs[1:] and "are two persons." in text
    undo = re.search(r'action="([^"]*/apart/undo[^"]*)"', text)
    assert undo and 'data-key="u"' in text
    with fresh_database.read() as db:
        assert len(db.scalars(select(NotTheSame)).all()) == 1
    back = agent_client.post(undo[1])
    text = page(agent_client, back.location)
    assert shown(text) == pairs
    assert re.search(r'data-open aria-current="true"[^>]*>([^<]+)', text)[1] == "Ole Hansen 0"
    with fresh_database.read() as db:
        assert db.scalars(select(NotTheSame)).all() == []


def test_of_one_person(agent_client: FlaskClient, pairs: list[str], fresh_database: Database) -> None:
    """S57: all duplicate entries of a person can be searched for."""
    with fresh_database.read() as db:
        person = db.scalars(select(DuplicatePair).where(DuplicatePair.uid == pairs[1])).one().other
        uid = person.uid
    card = page(agent_client, f"/persons/{uid}")
    assert f'href="/persons/duplicates?person={uid}">1 possible duplicate</a>' in card
    assert shown(page(agent_client, f"/persons/duplicates?person={uid}")) == [pairs[1]]


def test_paged_by_key_with_few_questions(agent_client: FlaskClient, fresh_database: Database) -> None:
    persons = [named(fresh_database, "Ole", f"Hansen {number}") for number in range(60)]
    with fresh_database.write() as db:
        db.add_all([DuplicatePair(person_id=persons[n].id, other_id=persons[n + 1].id, points=50 + n // 2, evidence=[]) for n in range(0, 60, 2)])
    asked: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = database().engine
    event.listen(engine, "before_cursor_execute", heard)
    try:
        first = page(agent_client, "/persons/duplicates")
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert len(shown(first)) == 20 and len([one for one in asked if one.startswith("SELECT")]) <= MOST_STATEMENTS
    older = re.search(r'href="(/persons/duplicates\?after=[^"]+)"', first)
    second = page(agent_client, older[1])
    assert len(shown(second)) == 10 and not set(shown(first)) & set(shown(second))


def test_the_list_goes_through_its_index(fresh_database: Database) -> None:
    """On both databases the page is read in its order, never sorted."""
    with fresh_database.read() as db:
        sqlite = db.get_bind().dialect.name == "sqlite"
        query = open_pairs_query(after=(70, 9)).compile(db.get_bind(), compile_kwargs={"literal_binds": True})
        connection = db.connection()
        if not sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_sort = off")
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ") + str(query)))
    assert "ix_duplicate_pairs_state" in plan and "TEMP B-TREE" not in plan and "Sort" not in plan, plan


def test_a_page_that_is_no_page(agent_client: FlaskClient, pairs: list[str]) -> None:
    assert shown(page(agent_client, "/persons/duplicates?after=nonsense&at=nothing")) == pairs


def test_who_is_deleted_by_now_is_not_shown(agent_client: FlaskClient, pairs: list[str], fresh_database: Database) -> None:
    with fresh_database.write() as db:
        pair = db.scalars(select(DuplicatePair).where(DuplicatePair.uid == pairs[0])).one()
        pair.person.binned_at = pair.found_at
    assert shown(page(agent_client, "/persons/duplicates")) == pairs[1:]
    assert agent_client.post(f"/persons/duplicates/{pairs[0]}/apart").status_code == 404


def test_a_scan_by_hand_is_for_admins(agent_client: FlaskClient, admin_client: FlaskClient, fresh_database: Database) -> None:
    assert agent_client.post("/persons/duplicates/scan").status_code == 403
    assert agent_client.post("/persons/duplicates/scan/pause").status_code == 403
    assert "Look through the register" not in page(agent_client, "/persons/duplicates")
    assert "Look through the register" in page(admin_client, "/persons/duplicates")
    assert admin_client.post("/persons/duplicates/scan").status_code == 303
    assert "being looked through" in page(admin_client, "/persons/duplicates")
    for act, state in (("pause", "paused"), ("resume", "approved"), ("cancel", "cancelled")):
        assert admin_client.post(f"/persons/duplicates/scan/{act}").status_code == 303
        with fresh_database.read() as db:
            assert latest(db).state == state
    assert admin_client.post("/persons/duplicates/scan/pause").status_code == 404
    with fresh_database.read() as db:
        assert len(db.scalars(select(Operation)).all()) == 1


def test_nobody_gets_in_without_signing_in(visitor: FlaskClient, pairs: list[str]) -> None:
    for method, path in (("GET", ""), ("POST", f"/{pairs[0]}/apart"), ("POST", f"/{pairs[0]}/apart/undo"), ("POST", "/scan")):
        assert visitor.open(f"/persons/duplicates{path}", method=method).status_code in (302, 303, 401)


def test_the_form_refuses_and_leads_to_the_other(agent_client: FlaskClient, fresh_database: Database) -> None:
    """W80-W82, W84: refused until it is corrected, with the field marked and the other a click away."""
    rule(fresh_database, ["name", "email"])
    ole = named(fresh_database, "Ole", "Hansen", "ole@kunde.example")
    form = FORM | {"address_value": "ole@kunde.example", "address_share": "0"}
    answer = agent_client.post("/persons", data=form)
    assert answer.status_code == 409
    assert f'href="/persons/{ole.uid}"' in answer.text and "Ole Hansen has the same name and e-mail address already." in words(answer.text)
    assert re.search(r'name="last_name"[^>]*aria-invalid="true"', answer.text) and 'aria-describedby="address-1-error"' in answer.text
    assert "Save nevertheless" not in answer.text
    assert agent_client.post("/persons", data=form | {"nevertheless": "1"}).status_code == 409
    assert agent_client.post("/persons", data=form | {"address_value": "ole@annen.example"}).status_code == 303


def test_a_door_that_warns_lets_in_whoever_saves_again(agent_client: FlaskClient, fresh_database: Database) -> None:
    """REQUIREMENTS 0.5: the pair is looked at later."""
    rule(fresh_database, ["name"], form="warn")
    named(fresh_database, "Ole", "Hansen")
    answer = agent_client.post("/persons", data=FORM)
    assert answer.status_code == 409 and 'name="nevertheless" value="1"' in answer.text
    assert re.search(r'name="last_name"[^>]*aria-invalid="true"', answer.text)
    assert agent_client.post("/persons", data=FORM | {"nevertheless": "1"}).status_code == 303
    assert "Same name, by your rule" in page(agent_client, "/persons/duplicates")


def test_editing_into_a_duplicate(agent_client: FlaskClient, fresh_database: Database) -> None:
    rule(fresh_database, ["name"])
    named(fresh_database, "Ole", "Hansen")
    kari = named(fresh_database, "Kari", "Vik", private_customer=True)
    answer = agent_client.post(f"/persons/{kari.uid}", data=FORM | {"version": kari.version})
    assert answer.status_code == 409 and "has the same name already" in words(answer.text)


def test_an_address_that_makes_a_duplicate(agent_client: FlaskClient, fresh_database: Database) -> None:
    rule(fresh_database, ["name", "email"], form="warn")
    named(fresh_database, "Ole", "Hansen", "ole@kunde.example")
    second = named(fresh_database, "Ole", "Hansen")
    added = {"kind": "email", "value": "ole@kunde.example", "share": "1"}
    answer = agent_client.post(f"/persons/{second.uid}/addresses", data=added)
    assert answer.status_code == 409 and "Save nevertheless" in answer.text
    assert agent_client.post(f"/persons/{second.uid}/addresses", data=added | {"nevertheless": "1"}).status_code == 303


def test_the_rule_is_put_together_by_admins(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database) -> None:
    """W83, W85, W86."""
    assert agent_client.get("/settings/duplicates").status_code == 403
    assert agent_client.post("/settings/duplicates").status_code == 403
    text = page(admin_client, "/settings/duplicates")
    mark = re.search(r'name="mark" value="(\w+)"', text)[1]
    form = {"mark": mark, "field_0": "name", "also_0": "email", "field_1": "customer_number", "form": "warn", "api": "queue"}
    assert admin_client.post("/settings/duplicates", data=form | {"do": "save"}).status_code == 303
    with fresh_database.read() as db:
        assert option(db, "contacts.duplicate_rule") == [["name", "email"], ["customer_number"]]
        assert [option(db, f"contacts.duplicates_{door}") for door in ("form", "quick", "import", "api")] == ["warn", "block", "warn", "queue"]
    assert admin_client.post("/settings/duplicates", data=form | {"field_1": ""}).status_code == 409


@pytest.mark.parametrize(("line", "count"), [
    (("name", ""), 3), (("email", ""), 4), (("name", "email"), 2), (("title", "name"), 2), (("customer_number", ""), 0), (("company", "name"), 0)])
def test_the_rule_is_tried_first(admin_client: FlaskClient, fresh_database: Database, line: tuple[str, str], count: int) -> None:
    """W86: an example, and how many of the register it would touch; nothing is saved."""
    named(fresh_database, "Ole", "Hansen", "ole@kunde.example", title="Daglig leder")
    named(fresh_database, "OLE", "Hansen", "ole@kunde.example", "familien@kunde.example", title="DAGLIG LEDER")
    named(fresh_database, "Ole", "Hansen", "ole@annen.example")
    named(fresh_database, "Kari", "Hansen", "ole@kunde.example", "familien@kunde.example")
    named(fresh_database, "Per", "Moe", "ole@annen.example", title="Vaktmester")
    answer = admin_client.post("/settings/duplicates", data={"field_0": line[0], "also_0": line[1], "do": "try"})
    expected = 5 if line == ("email", "") else count
    assert answer.status_code == 200
    assert re.search(rf">{expected} persons? of the register (is|are) the same|\b{expected} persons? of the register", words(answer.text)), words(answer.text)
    assert "Saved already" in words(answer.text) and "Somebody else" in words(answer.text)
    with fresh_database.read() as db:
        assert option(db, "contacts.duplicate_rule") == []


@pytest.mark.parametrize(("given", "said"), [
    ({"field_0": "title"}, "Many share a title. Choose a second field."), ({"also_0": "name"}, "Choose this field first."),
    ({"field_0": "name", "also_0": "name"}, "Choose another field than the first."), ({"field_0": "shoes"}, "Choose one of those offered.")])
def test_rules_that_cannot_be_saved(admin_client: FlaskClient, given: dict[str, str], said: str) -> None:
    for do in ("save", "try"):
        answer = admin_client.post("/settings/duplicates", data=given | {"do": do})
        assert answer.status_code == 422 and said in answer.text


def test_those_ticked_are_planned_to_be_merged(agent_client: FlaskClient, visitor: FlaskClient, pairs: list[str], fresh_database: Database) -> None:
    """Nothing is merged by it: the operation waits for a word."""
    text = page(agent_client, "/persons/duplicates")
    assert text.count('type="checkbox" name="pairs"') == 3 and 'action="/persons/duplicates/merges"' in text
    operation = agent_client.post("/persons/duplicates/merges", data={"pairs": pairs[:2]})
    job.run()
    told = words(page(agent_client, operation.location))
    assert "Merge of many pairs" in told and "becomes part of: Ole Hansen 0" in told and "Approve and run" in told
    with fresh_database.read() as db:
        assert db.scalars(select(Person.id).where(Person.merged_into_id.is_not(None))).all() == []
    assert agent_client.post("/persons/duplicates/merges").status_code == 422
    assert visitor.post("/persons/duplicates/merges", data={"pairs": pairs}).status_code == 303
