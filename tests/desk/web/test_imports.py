"""The pages of an import, and the register as a file: who may, what is shown, what is in it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.editing import create_person
from contacts.enrolling import add_agent
from contacts.notes import write_note
from contacts.person import Person
from contacts.purpose import Purpose
from contacts.purposes import current_wordings, save_purpose
from core.database import Database
from jobs import operations as job
from tests.desk.web.tickets.conftest import page, words

CSV = "Fornavn;Etternavn;E-post;Firma\r\nKåre;Bø;kare@kunde.example;Kunde AS\r\n;;per@kunde.example;Kunde AS\r\n"


def uploaded(client: FlaskClient, raw: bytes, name: str = "list.csv", what: str = "persons") -> str:
    answer = client.post("/imports", data={"what": what, "file": (io.BytesIO(raw), name)}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_from_the_file_to_the_register(agent_client: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    """The columns are guessed and shown with examples, then every row with its verdict; with other columns once more; then it is done."""
    place = uploaded(agent_client, CSV.encode("cp1252"))
    text = page(agent_client, place)
    assert "Windows-1252" in text and "Kåre" in words(text) and '<option value="first_name" selected>' in text
    chosen = {"column_0": "first_name", "column_1": "last_name", "column_2": "email", "column_3": "company", "existing": "update", "basis": "contract"}
    assert agent_client.post(place, data={"existing": "update"}).status_code == 422
    operation = agent_client.post(place, data=chosen).headers["Location"]
    job.run()
    told = words(page(agent_client, operation))
    for said in ("Import of persons", "list.csv", "Kåre Bø", "Create", "company: Kunde AS", "Last name: The row has no name."):
        assert said in told, said
    assert f'href="{place}"' in page(agent_client, operation)
    agent_client.post(place, data=chosen | {"column_3": "", "existing": "fill", "nevertheless": "on"})
    job.run()
    text = page(agent_client, place)
    assert '<option value="fill" selected>' in text and '<option value="contract" selected>' in text and re.search(r'name="nevertheless"[^>]* checked', text)
    assert words(page(agent_client, operation)).count("A person must belong to a company here.") == 1
    agent_client.post(place, data=chosen)
    job.run()
    agent_client.post(f"{operation}/approve")
    job.run()
    assert (agent_client.get(place).status_code, agent_client.post(place, data=chosen).status_code) == (404, 404)
    assert f'href="{place}"' not in page(agent_client, operation)
    with fresh_database.read() as db:
        assert [(one.name, one.legal_bases[0].basis) for one in db.scalars(select(Person))] == [("Kåre Bø", "contract")]


def test_the_basis_of_new_persons_is_chosen_on_the_page(
    agent_client: FlaskClient, nora: Agent, fresh_database: Database, signed_in: Callable[[Agent], FlaskClient],
) -> None:
    """S27: purpose, ground, where that is from and the words; wrong ones stay typed beside what is wrong; the preset of another system changes none of
    them; the import shows them, and the evidence on the card leads whoever may see it to the import."""
    with fresh_database.write() as db:
        marketing = db.scalars(select(Purpose).where(Purpose.key == "marketing")).one()
        save_purpose(db, marketing, {"wordings": {"nb": "Ja, takk."}}, by=db.get_one(Agent, nora.id))
        wording, other = current_wordings(marketing)["nb"].uid, signed_in(add_agent(db, "lars@desk.example", "a sentence is easier", name="Lars Dahl"))
    place = uploaded(agent_client, CSV.encode())
    columns = {"column_0": "first_name", "column_1": "last_name", "column_2": "email", "column_3": "company", "existing": "update"}
    ground = {"purpose": "marketing", "basis": "consent", "source": "Trade fair list 2026", "wording": ""}
    bad = agent_client.post(place, data=columns | ground)
    assert bad.status_code == 422 and "Say which words they agreed to." in bad.text and 'value="Trade fair list 2026"' in bad.text
    assert "Trade fair" not in page(agent_client, place)
    agent_client.post(place, data=columns | ground | {"wording": wording, "guess": "1", "preset": "webCRM"})
    text = page(agent_client, place)
    assert 'value="Trade fair list 2026"' in text and f'<option value="{wording}" selected>' in text and '<option value="marketing" selected>' in text
    operation = agent_client.post(place, data=columns | ground | {"wording": wording}).headers["Location"]
    job.run()
    assert "Marketing, Consent, from “Trade fair list 2026”, " in words(page(agent_client, operation))
    agent_client.post(f"{operation}/approve")
    job.run()
    with fresh_database.read() as db:
        kare = db.scalars(select(Person)).one()
    bases = f"/persons/{kare.uid}/legal-bases"
    told = words(page(agent_client, bases))
    assert "Trade fair list 2026" in told and "an import" in told and f'href="{operation}"' in page(agent_client, bases)
    assert f'href="{operation}"' not in page(other, bases)


def test_companies_are_held_by_no_basis(agent_client: FlaskClient, nora: Agent) -> None:
    assert 'name="purpose"' not in page(agent_client, uploaded(agent_client, b"Name,Company.number\r\nKunde AS,1\r\n", what="companies"))


def test_another_systems_columns(agent_client: FlaskClient, nora: Agent) -> None:
    place = uploaded(agent_client, b"company.name,contact.fullname,Whatever\r\nKunde AS,Ole Hansen,x\r\n")
    agent_client.post(place, data={"guess": "1", "preset": "ChannelCRM"})
    assert page(agent_client, place).count('<option value="company" selected>') == 1


def test_an_address_book_is_persons(agent_client: FlaskClient, nora: Agent) -> None:
    place = uploaded(agent_client, b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Hansen;Ole;;;\r\nEND:VCARD\r\n", "book.vcf", "companies")
    assert "Hansen" in page(agent_client, place)


@pytest.mark.parametrize(("raw", "said"), [(b"", "The file is empty"), (b"PK\0\0binary", "not a text file")])
def test_what_cannot_be_read_is_said(agent_client: FlaskClient, nora: Agent, raw: bytes, said: str) -> None:
    answer = agent_client.post("/imports", data={"what": "persons", "file": (io.BytesIO(raw), "a.csv")}, content_type="multipart/form-data")
    assert answer.status_code == 422 and said in answer.text


def test_who_may_not_see_anothers_file(
    agent_client: FlaskClient, nora: Agent, visitor: FlaskClient, fresh_database: Database, signed_in: Callable[[Agent], FlaskClient],
) -> None:
    place = uploaded(agent_client, CSV.encode())
    with fresh_database.write() as db:
        other = signed_in(add_agent(db, "lars@desk.example", "a sentence is easier", name="Lars Dahl"))
    assert (other.get(place).status_code, other.post(place).status_code) == (404, 404)
    for path in ("/imports/new", place, "/exports/persons.csv", "/exports/persons.vcf", "/exports/companies.csv"):
        assert visitor.get(path).status_code == 303


def test_the_list_as_a_file(agent_client: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    """Whom the list shows, never who is in the bin, and no note of anybody's."""
    with fresh_database.write() as db:
        kari, ole, gone = (create_person(db, {"first_name": name, "last_name": "Hansen"}, by=None, exempt=True) for name in ("Kari", "Ole", "Gone"))
        write_note(db, "Secret word", person=kari, private=True, by=nora)
        bin_person(db, gone, by=nora)
    told = agent_client.get("/exports/persons.csv").get_data(as_text=True)
    assert [line.split(";")[0] for line in told.splitlines()[1:]] == [kari.uid, ole.uid] and "Secret" not in told
    assert "Ole" not in agent_client.get("/exports/persons.csv?q=kari").text
    assert agent_client.get("/exports/persons.vcf?version=3.0").text.count("VERSION:3.0") == 2
    assert "Gone" not in agent_client.get("/exports/persons.vcf").text
    assert agent_client.get("/exports/companies.csv").text.splitlines()[0].startswith("\ufeffId;Name")
