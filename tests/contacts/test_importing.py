"""Importing persons and companies: any file is read, every row has its verdict, twice equals once, and all of it goes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from contacts.address import Address, Holding
from contacts.agent import Agent
from contacts.company import Company, CompanyDomain
from contacts.creating import create_company
from contacts.custom_fields import save_field
from contacts.custom_values import custom_of
from contacts.duplicate_pair import DuplicatePair
from contacts.editing import create_person, edit_person
from contacts.enrolling import add_agent
from contacts.importing_choices import begin_import, choose_columns
from contacts.importing_columns import guess
from contacts.importing_files import opened, written
from contacts.infotag import Infotag
from contacts.infotags import infotags_on, put_on, save_infotag, take_off
from contacts.merging import merge
from contacts.person import Employment, LegalBasis, Person
from core import bulk
from core.database import Database
from core.errors import Refused
from core.operations import Operation, OperationItem
from core.options import set_option
from desk.operating import act_on, acts
from jobs import operations as job

HEADER = ("Fornavn", "Etternavn", "E-post", "Mobil", "Firma", "Stilling", "Kundenummer", "Privatkunde")


@pytest.fixture
def nora(fresh_database: Database) -> Agent:
    with fresh_database.write() as db:
        return add_agent(db, "nora@desk.example", "a sentence is easier", name="Nora Vik")


def planned(database: Database, nora: Agent, rows: Sequence[Sequence[str]], what: str = "persons", **choices: Any) -> int:
    """A file, its columns as they are guessed, looked through by a worker."""
    with database.write() as db:
        operation = begin_import(db, what, written(rows).encode(), "file.csv", by=nora)
        choose_columns(db, operation, choices.pop("columns", operation.given["columns"]), **choices)
    job.run()
    return operation.id


def acted(database: Database, operation_id: int, act: str, by: Agent) -> str:
    with database.write() as db:
        act_on(db, db.get_one(Operation, operation_id), act, by=by)
    job.run()
    with database.read() as db:
        return db.get_one(Operation, operation_id).state


def imported(database: Database, nora: Agent, rows: Sequence[Sequence[str]], what: str = "persons", **choices: Any) -> int:
    operation_id = planned(database, nora, rows, what, **choices)
    acted(database, operation_id, "approve", nora)
    return operation_id


def verdicts(database: Database, operation_id: int) -> list[tuple[str, str, str]]:
    """Verdict, state and why of each row."""
    with database.read() as db:
        return [(item.kind, item.state, item.reason or item.data.get("note", "")) for item in db.scalars(select(OperationItem).where(
            OperationItem.operation_id == operation_id).order_by(OperationItem.id))]


def register(database: Database) -> dict[str, Any]:
    """All that the register holds, without what counts or names its rows."""
    with database.read() as db:
        persons = {one.id: one.uid for one in db.scalars(select(Person))}
        companies = {one.id: one.uid for one in db.scalars(select(Company))}
        return {
            "persons": {one.uid: (one.name, one.sort_name, one.title, one.status, one.preferred_language, one.customer_number, one.private_customer,
                                  one.our_contact_id, one.category_id, one.to_be_completed, one.language_guessed) for one in db.scalars(select(Person))},
            "companies": {one.uid: (one.name, one.organisation_number, one.website, one.address, one.phone) for one in db.scalars(select(Company))},
            "domains": set(db.scalars(select(CompanyDomain.domain))),
            "addresses": {(kind, value) for kind, value in db.execute(select(Address.kind, Address.normalised))},
            "holdings": sorted((persons[h.person_id], h.address.kind, h.address.normalised, h.primary) for h in db.scalars(select(Holding))),
            "jobs": sorted((persons[j.person_id], companies[j.company_id], j.position or "", j.primary) for j in db.scalars(select(Employment))),
            "own": {one.uid: (custom_of(db, one), [tagged.tag.name for tagged in infotags_on(db, one)])
                    for one in (*db.scalars(select(Person)), *db.scalars(select(Company)))},
            "bases": db.scalar(select(func.count()).select_from(LegalBasis))}


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_any_file_is_read(charset: str, separator: str) -> None:
    table = opened(f'Navn{separator}E-post\r\n"Åse{separator} Bø"{separator}ase@kunde.example\r\n\r\nKåre{separator}\r\n'.encode(charset))
    assert (table.header, list(table.rows())) == (["Navn", "E-post"], [[f"Åse{separator} Bø", "ase@kunde.example"], ["Kåre", ""]])


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"PK\x03\x04\0\0\0\0\x08\0binary\0"])
def test_what_is_no_file_with_columns_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        opened(raw)


@pytest.mark.parametrize(("header", "fields"), [
    (["First name", "Surname", "E-mail", "Company", "Job title"], ["first_name", "last_name", "email", "company", "position"]),
    (["Fornavn", "Etternavn", "E-post", "Firma", "Stilling"], ["first_name", "last_name", "email", "company", "position"]),
    (["Fornavn", "Efternavn", "E-mailadresse", "Virksomhed", "Stilling"], ["first_name", "last_name", "email", "company", "position"]),
    (["Förnamn", "Efternamn", "E-postadress", "Företag", "Befattning"], ["first_name", "last_name", "email", "company", "position"])])
def test_columns_are_guessed(header: list[str], fields: list[str]) -> None:
    assert list(guess(header, "persons").values()) == fields


def test_each_row_has_its_verdict(fresh_database: Database, nora: Agent) -> None:
    """Created, changed, skipped, or an error that names the field; nothing is written before the word."""
    with fresh_database.write() as db:
        company = create_company(db, "Kunde AS")
        ole = create_person(db, {"first_name": "Ole", "last_name": "Hansen"}, by=None, employments=[{"company": company}],
                            addresses=[{"kind": "email", "value": "ole@kunde.example"}])
    before = register(fresh_database)
    operation_id = planned(fresh_database, nora, [
        HEADER, ("Kari", "Moe", "kari@kunde.example", "+47 22 86 44 00", "Kunde AS", "Chief", "", ""), ("Ole", "Hansen", "OLE@kunde.example", "", "Kunde AS", "Clerk", "", ""),
        ("Ole", "Hansen", "ole@kunde.example", "", "", "", "", ""), ("Per", "Dahl", "per@", "", "Kunde AS", "", "", ""), ("Lise", "Bø", "", "", "", "", "", ""),
        ("", "", "x@kunde.example", "", "Kunde AS", "", "", ""), ("Anna", "Lie", "ole@kunde.example", "", "Ny AS", "", "", ""), ("Siv", "Ås", "", "", "", "", "77", "ja")])
    assert [(kind, state) for kind, state, _why in verdicts(fresh_database, operation_id)] == [
        ("create", "planned"), ("update", "planned"), ("skip", "skipped"), ("", "failed"), ("", "failed"), ("", "failed"), ("skip", "skipped"), ("create", "planned")]
    whys = [why for _kind, _state, why in verdicts(fresh_database, operation_id)]
    for n, said in ((2, "The same as row 3."), (3, "E-mail address: per@ is not a mail address."), (4, "Company: A person must belong"),
                    (5, "Last name: The row has no name."), (6, "Same e-mail address: Ole Hansen.")):
        assert said in whys[n], whys[n]
    assert register(fresh_database) == before
    assert acted(fresh_database, operation_id, "approve", nora) == "done"
    with fresh_database.read() as db:
        kari = db.scalars(select(Person).where(Person.first_name == "Kari")).one()
        assert (kari.created_how, kari.created_why, kari.employment.position, kari.our_contact_id, kari.legal_bases[0].source) == (  # type: ignore[union-attr]
            "import", "file.csv", "Chief", nora.id, "import")
        assert db.get_one(Person, ole.id).employment.position == "Clerk"  # type: ignore[union-attr]
    assert acted(fresh_database, operation_id, "undo", nora) == "undone"
    assert register(fresh_database) == before


@pytest.mark.parametrize(("door", "nevertheless", "kind"), [("block", True, "skip"), ("warn", False, "skip"), ("warn", True, "queue"), ("queue", False, "queue")])
def test_the_desks_own_rule_at_the_door_of_imports(fresh_database: Database, nora: Agent, door: str, nevertheless: bool, kind: str) -> None:
    """Against the register and within the file: kept out, or saved and looked at later."""
    with fresh_database.write() as db:
        set_option(db, "contacts.duplicate_rule", [["first_name", "last_name"]])
        set_option(db, "contacts.duplicates_import", door)
        create_person(db, {"first_name": "Ole", "last_name": "Hansen", "private_customer": True}, by=None)
    rows = [HEADER, ("Ole", "Hansen", "ole@b.example", "", "B AS", "", "", ""), ("Kari", "Moe", "", "", "B AS", "", "", ""), ("Kari", "Moe", "", "", "C AS", "", "", "")]
    operation_id = imported(fresh_database, nora, rows, nevertheless=nevertheless)
    assert [one[0] for one in verdicts(fresh_database, operation_id)] == [kind, "create", kind]
    with fresh_database.read() as db:
        assert db.scalar(select(func.count()).select_from(DuplicatePair)) == (2 if kind == "queue" else 0)


def test_a_merged_persons_id_leads_to_who_goes_on(fresh_database: Database, nora: Agent) -> None:
    with fresh_database.write() as db:
        one, other = (create_person(db, {"first_name": "Ole", "last_name": "Hansen"}, by=None, exempt=True) for _n in range(2))
        merge(db, one, other, by=db.get_one(Agent, nora.id))
    imported(fresh_database, nora, [("Id", "Tittel"), (one.uid, "Chief"), ("f" * 24, "Chief")])
    with fresh_database.read() as db:
        assert db.get_one(Person, other.id).title == "Chief"


def test_what_somebody_has_changed_since_is_not_undone(fresh_database: Database, nora: Agent) -> None:
    rows = [HEADER, ("Kari", "Moe", "kari@kunde.example", "", "Kunde AS", "", "", ""), ("Per", "Dahl", "", "", "Kunde AS", "", "", "")]
    operation_id = imported(fresh_database, nora, rows)
    with fresh_database.write() as db:
        edit_person(db, db.scalars(select(Person).where(Person.first_name == "Kari")).one(), {"title": "Chief"}, by=None)
    acted(fresh_database, operation_id, "undo", nora)
    assert [state for _kind, state, _why in verdicts(fresh_database, operation_id)] == ["conflict", "undone"]
    with fresh_database.read() as db:
        assert (db.scalars(select(Person.first_name)).all(), db.scalars(select(Company.name)).all()) == (["Kari"], ["Kunde AS"])


def test_companies(fresh_database: Database, nora: Agent) -> None:
    """Known by organisation number or name; a domain of another stays there; all of it goes back."""
    with fresh_database.write() as db:
        create_company(db, "Kunde AS", organisation_number="912345678", domains=["kunde.example"])
    before = register(fresh_database)
    rows = [("Firma", "Orgnr", "Nettsted", "Gate", "By", "Domene"), ("Kunde Norge AS", "912 345 678", "kunde.example", "Storgata 1", "0155 Oslo", "kunde.example"),
            ("Ny AS", "", "", "", "", "ny.example, kunde.example"), ("ny as", "", "", "", "", "")]
    operation_id = imported(fresh_database, nora, rows, "companies")
    assert [one[:2] for one in verdicts(fresh_database, operation_id)] == [("update", "done"), ("create", "done"), ("skip", "skipped")]
    after = register(fresh_database)
    assert sorted(one[0] for one in after["companies"].values()) == ["Kunde Norge AS", "Ny AS"] and after["domains"] == {"kunde.example", "ny.example"}
    assert ("Kunde Norge AS", "912345678", "https://kunde.example", "Storgata 1\n0155 Oslo", None) in after["companies"].values()
    imported(fresh_database, nora, rows, "companies")
    assert register(fresh_database) == after
    acted(fresh_database, operation_id, "undo", nora)
    assert register(fresh_database) == before


@pytest.mark.parametrize("what", ["persons", "companies"])
def test_fields_of_ones_own_and_infotags_are_columns(fresh_database: Database, nora: Agent, what: str) -> None:
    """Created and changed; a cell that fits no field is named; twice equals once; all of it goes back, but what was changed since."""
    with fresh_database.write() as db:
        set_option(db, "contacts.company_required", False)
        for kind in ("number", "choices", "flag"):
            save_field(db, None, {"of": what.replace("ies", "y").removesuffix("s"), "name": f"My {kind}", "kind": kind, "choices": ["Red", "Blue"] if kind == "choices" else []}, by=nora)
        golf = save_infotag(db, None, {"name": "Golf"}, by=nora)
        save_infotag(db, None, {"name": "Wine, red"}, by=nora)
    before = register(fresh_database)
    head = ("Name", "My number", "My choices", "custom.my_flag", "Infotags")
    made = imported(fresh_database, nora, [head, ("Kari Moe", "7,5", "blue; red", "ja", "golf"), ("Per Dahl", "", "", "", ""), ("Eva Vik", "many", "", "", "sailing")], what)
    told = verdicts(fresh_database, made)
    assert [one[:2] for one in told] == [("create", "done"), ("create", "done"), ("", "failed")]
    assert "My number: Write a number" in told[2][2] and "“sailing”" in told[2][2]
    held = register(fresh_database)
    assert sorted(held["own"].values(), key=str) == [({"my_number": 7.5, "my_choices": ["Red", "Blue"], "my_flag": True}, ["Golf"]), ({}, [])]
    rows = [("Id", "Name", *head[1:]), *((uid, name, "8", "red", "nei", "Wine, red; golf") for uid, (name, *_rest) in held[what].items())]
    changed = imported(fresh_database, nora, rows, what)
    assert [one[:2] for one in verdicts(fresh_database, changed)] == [("update", "done")] * 2, verdicts(fresh_database, changed)
    after = register(fresh_database)
    assert list(after["own"].values()) == [({"my_number": 8, "my_choices": ["Red"], "my_flag": False}, ["Golf", "Wine, red"])] * 2
    assert [one[1] for one in verdicts(fresh_database, imported(fresh_database, nora, rows, what))] == ["skipped"] * 2
    with fresh_database.write() as db:
        per = db.scalars(select(Person if what == "persons" else Company).where((Person if what == "persons" else Company).sort_name.like("%per%"))).one()
        take_off(db, per, db.get_one(Infotag, golf.id), by=nora)
    acted(fresh_database, changed, "undo", nora)
    assert sorted(one[1] for one in verdicts(fresh_database, changed)) == ["conflict", "undone"]
    with fresh_database.write() as db:
        put_on(db, db.get_one(type(per), per.id), db.get_one(Infotag, golf.id), by=nora)
        db.execute(update(OperationItem).where(OperationItem.state == "conflict").values(state="done"))
        db.execute(update(Operation).where(Operation.id == changed).values(state="done"))
    acted(fresh_database, changed, "undo", nora)
    assert register(fresh_database) == held
    acted(fresh_database, made, "undo", nora)
    assert register(fresh_database) == before


ROW = st.tuples(st.sampled_from(["Ole", "Kari", ""]), st.sampled_from(["Hansen", "Bø"]), st.sampled_from(["", "a@x.example", "b@x.example", "no"]),
                st.sampled_from(["", "22 86 44 00"]), st.sampled_from(["", "Kunde AS", "Ny AS"]), st.sampled_from(["", "Chief"]),
                st.sampled_from(["", "1", "2"]), st.sampled_from(["", "ja"]))
FILES = st.lists(ROW, min_size=1, max_size=8)


@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=FILES, rows=FILES, door=st.sampled_from(["block", "queue"]), existing=st.sampled_from(["update", "fill", "skip"]), ruled=st.booleans())
def test_twice_equals_once_and_undone_it_is_as_before(
    fresh_database: Database, nora: Agent, first: Any, rows: Any, door: str, existing: str, ruled: bool,
) -> None:
    """Import twice equals once; undo(op(x)) == x, whatever stands in the register and in the file."""
    with fresh_database.write() as db:
        set_option(db, "contacts.duplicate_rule", [["first_name", "last_name"]] if ruled else [])
        set_option(db, "contacts.duplicates_import", door)
    imported(fresh_database, nora, [HEADER, *first], existing=existing)
    before = register(fresh_database)
    operation_id = planned(fresh_database, nora, [HEADER, *rows], existing=existing)
    acted(fresh_database, operation_id, "approve", nora)
    assert {state for _kind, state, why in verdicts(fresh_database, operation_id) if "changed since" in why} <= {"skipped"}
    after = register(fresh_database)
    again = imported(fresh_database, nora, [HEADER, *rows], existing=existing)
    assert register(fresh_database) == after, verdicts(fresh_database, again)
    if "done" in {state for _kind, state, _why in verdicts(fresh_database, again)}:
        acted(fresh_database, again, "undo", nora)
    if "done" in {state for _kind, state, _why in verdicts(fresh_database, operation_id)}:
        acted(fresh_database, operation_id, "undo", nora)
        assert register(fresh_database) == before, verdicts(fresh_database, operation_id)


def test_a_worker_dies_in_the_middle_of_a_file(fresh_database: Database, nora: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads on knows the rows before: none is read twice, and the same row twice is the same."""
    monkeypatch.setattr("contacts.importing.LOT", 2)
    monkeypatch.setattr(bulk, "SLICE", 0.0)
    rows = [HEADER, *(("Ole", f"Hansen {n % 4}", "", "", "Kunde AS", "", "", "") for n in range(7))]
    operation_id = planned(fresh_database, nora, rows)
    bulk.BULKS["persons.import"]._readers.clear()  # type: ignore[attr-defined]
    for _round in range(6):
        job.run()
    assert [kind for kind, _state, _why in verdicts(fresh_database, operation_id)] == ["create"] * 4 + ["skip"] * 3


@pytest.mark.parametrize("lot", [1, 2, 3, 500])
def test_whoever_reads_on_gives_the_same_verdicts(fresh_database: Database, nora: Agent, monkeypatch: pytest.MonkeyPatch, lot: int) -> None:
    """A worker that dies between any two lots changes no verdict: a row that was wrong, or the same as an earlier one, makes no later row
    the same; two rows that are one person of the register are one."""
    monkeypatch.setattr("contacts.importing.LOT", lot)
    monkeypatch.setattr(bulk, "SLICE", 0.0)
    with fresh_database.write() as db:
        create_person(db, {"first_name": "Siv", "last_name": "Ås", "customer_number": "77", "private_customer": True}, by=None,
                      addresses=[{"kind": "email", "value": "siv@kunde.example"}])
    rows = [HEADER, ("Ole", "Hansen", "ole@kunde.example", "", "Kunde AS", "", "", ""), ("Ole", "Hansen", "ole@kunde.example", "", "Fjord AS", "", "", ""),
            ("Lise", "Bø", "", "+47 22 86 44 01", "", "", "", ""), ("Siv", "Ås", "", "", "", "Chief", "77", ""),
            ("Ole", "Hansen", "", "", "Fjord AS", "", "", ""), ("Lise", "Bø", "", "+47 22 86 44 01", "Kunde AS", "", "", ""),
            ("Siv", "Ås", "siv@kunde.example", "+47 22 86 44 02", "", "", "", "")]
    found = []
    for dies in (False, True):
        operation_id = planned(fresh_database, nora, rows)
        for _round in range(10):
            if dies:
                bulk.BULKS["persons.import"]._readers.clear()  # type: ignore[attr-defined]
            job.run()
        found.append(verdicts(fresh_database, operation_id))
    assert found[0] == found[1]
    assert [(kind, why.rstrip(".")) for kind, _state, why in found[0]][1:] == [
        ("skip", "The same as row 2"), ("", found[0][2][2].rstrip(".")), ("skip", "Nothing in this row is new"), ("create", ""), ("create", ""),
        ("skip", "The same as row 5")]


@pytest.mark.parametrize("what", ["ground", "photo", "position"])
def test_what_a_colleague_added_since_is_not_taken_away(fresh_database: Database, nora: Agent, what: str) -> None:
    """Taking an import back deletes nobody of whom more is known by now."""
    operation_id = imported(fresh_database, nora, [HEADER, ("Tove", "Lund", "tove@fjord.example", "", "Fjord AS", "", "", "")])
    with fresh_database.write() as db:
        person = db.scalars(select(Person)).one()
        if what == "ground":
            db.add(LegalBasis(person_id=person.id, basis="consent", source="said so"))
        elif what == "photo":
            person.photo_digest = "0" * 64
        else:
            db.scalars(select(Employment)).one().position = "Chief"
    acted(fresh_database, operation_id, "undo", nora)
    assert [state for _kind, state, _why in verdicts(fresh_database, operation_id)] == ["conflict"]
    assert len(register(fresh_database)["persons"]) == 1


def test_an_address_twice_in_a_row_is_held_once(fresh_database: Database, nora: Agent) -> None:
    operation_id = imported(fresh_database, nora, [HEADER, ("Tove", "Lund", "tove@fjord.example; Tove@Fjord.example", "", "Fjord AS", "", "", "")])
    assert len(register(fresh_database)["holdings"]) == 1
    assert acted(fresh_database, operation_id, "undo", nora) == "undone"
    assert register(fresh_database)["persons"] == {}


def test_a_file_goes_on_by_choosing_its_columns(fresh_database: Database, nora: Agent) -> None:
    with fresh_database.write() as db:
        operation = begin_import(db, "persons", written([HEADER, ("Tove", "Lund", "", "", "Fjord AS", "", "", "")]).encode(), "file.csv", by=nora)
        assert acts(db, operation) == ["cancel"]
        with pytest.raises(Refused):
            act_on(db, operation, "resume", by=nora)
