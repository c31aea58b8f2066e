"""The register as files by the API: whom the list gives, as the page saves it, in a stream."""

from __future__ import annotations

import io

import pytest

from contacts.editing import create_person
from contacts.notes import write_note
from core.database import database
from desk.web import exports
from jobs import operations as job

PATHS = ("/exports/persons.csv", "/exports/persons.vcf", "/exports/companies.csv")


@pytest.fixture
def people(admin):
    """Eva (of Nordlys AS), Ole (of Kunde AS) and Per, who is in the bin."""
    firms = [admin.post("/companies", {"name": name})["id"] for name in ("Nordlys AS", "Kunde AS")]
    made = [admin.post("/persons", {"first_name": first, "last_name": last, "employments": [{"company_id": firm}]})["id"]
            for first, last, firm in (("Eva", "=HYPERLINK(1)", firms[0]), ("Ole", "Hansen", firms[1]), ("Per", "Gone", firms[0]))]
    admin.delete(f"/persons/{made[2]}")
    return made[:2] + firms


def saved(caller, path):
    """The file, whole, and its rows' first cells."""
    answer = caller.call("GET", path)
    assert answer.status_code == 200, answer.text
    text = answer.get_data(as_text=True)
    return text, [line.split(";")[0] for line in text.splitlines()[1:]]


def test_the_same_file_as_the_page_saves(agent, agent_client, people, nora):
    """Formulas are defused, nobody is in it who is in the bin, and no note of anybody's."""
    with database().write() as db:
        kari = create_person(db, {"first_name": "Kari", "last_name": "Moe"}, by=None, exempt=True)
        write_note(db, "Secret word", person=kari, private=True, by=nora)
    for path in PATHS:
        answer = agent.call("GET", path)
        assert answer.data == agent_client.get(path).data
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{path.rpartition("/")[2]}"'
        assert answer.mimetype == ("text/vcard" if path.endswith("vcf") else "text/csv")
        assert "Gone" not in answer.text and "Secret" not in answer.text
    text, ids = saved(agent, PATHS[0])
    assert "'=HYPERLINK(1)" in text and set(ids) == {*people[:2], kari.uid}


def test_filters_of_the_list(agent, admin, people):
    """By word, company, selection; and one that the caller does not see is not there."""
    eva, ole, nordlys, _kunde = people
    mine = agent.post("/selections", {"name": "Some", "of": "persons"})["id"]
    agent.post(f"/selections/{mine}/members", {"ids": [ole]})
    firms = agent.post("/selections", {"name": "Firms", "of": "companies", "kind": "dynamic", "criteria": [{"field": "people", "op": "yes"}]})["id"]
    for query in ("q=hansen", f"company={nordlys}", f"selection={mine}", f"selection={mine}&q=eva", f"company={'0' * 24}", f"company={nordlys}&q=eva"):
        listed = [one["id"] for one in agent.get(f"/persons?sort=name&{query}")["items"]]
        assert saved(agent, f"{PATHS[0]}?{query}")[1] == listed
        assert saved(agent, f"{PATHS[1]}?{query}")[0].count("BEGIN:VCARD") == len(listed)
    assert saved(agent, f"{PATHS[0]}?company={nordlys}")[1] == [eva]
    assert saved(agent, f"{PATHS[2]}?selection={firms}&q=nord")[1] == [nordlys]
    assert "VERSION:3.0" in saved(agent, f"{PATHS[1]}?version=3.0")[0] and "VERSION:4.0" in saved(agent, PATHS[1])[0]
    admin.get(f"{PATHS[0]}?selection={mine}", status=404)
    agent.get(f"{PATHS[2]}?selection={mine}", status=404)


def test_what_is_refused(agent, nobody):
    for path in PATHS:
        nobody.get(path, status=401)
        assert "limit" in agent.get(f"{path}?limit=10", status=422)["errors"]
    assert "company" in agent.get(f"{PATHS[2]}?company={'0' * 24}", status=422)["errors"]
    agent.get(f"{PATHS[1]}?version=2.1", status=422)


def test_a_selection_that_cannot_be_asked_is_refused_before_the_file_begins(agent, admin):
    """Whoever is told 200 gets the whole file."""
    part = admin.post("/selections", {"name": "Part", "of": "persons", "sharing": "all"})["id"]
    both = agent.post("/selections", {"name": "Both", "of": "persons", "kind": "combined", "how": "union", "first_id": part, "second_id": part})["id"]
    admin.patch(f"/selections/{part}", {"sharing": "private"})
    agent.get(f"{PATHS[0]}?selection={both}", status=422)


def test_a_long_file_comes_a_lot_at_a_time(agent, people, monkeypatch):
    monkeypatch.setattr(exports, "LOT", 1)
    answer = agent.call("GET", PATHS[0], buffered=False)
    assert len([part for part in answer.iter_encoded() if part]) == 3


def test_what_was_saved_and_imported_again_changes_nothing(agent, people):
    for of, path in (("persons", PATHS[0]), ("companies", PATHS[2])):
        made = agent.post(f"/imports?of={of}", data={"file": (io.BytesIO(agent.call("GET", path).data), "file.csv")}, content_type="multipart/form-data")
        job.run()
        items = agent.get(f"/operations/{made['id']}/items")["items"]
        assert [(one["state"], one["reason"]) for one in items] == [("skipped", "Nothing in this row is new.")] * 2
