"""Stages of sales on pages: under the settings, in the form and the list of sales, on a panel of a card, in the history."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.matter_kinds import SALES
from contacts.matters import add_matter
from contacts.person import Person
from contacts.sale import Sale, SaleStage
from contacts.stages import stages
from core.database import Database
from tests.desk.web.tickets.conftest import page, post, words

AT, P = "/settings/sale-stages", "/layouts/person"


def offered(database: Database) -> list[str]:
    with database.read() as db:
        return [stage.name for stage in stages(db)]


@pytest.fixture
def offer(fresh_database: Database) -> SaleStage:
    with fresh_database.read() as db:
        return db.scalars(select(SaleStage).where(SaleStage.name == "Offer sent")).one()


@pytest.fixture
def eva(fresh_database: Database, nora: Agent) -> Person:
    with fresh_database.write() as db:
        return create_person(db, {"first_name": "Eva", "last_name": "Lie"}, by=db.get_one(Agent, nora.id),
                             employments=[{"company": create_company(db, "Nordlys AS", by=nora.uid)}])


def sell(database: Database, nora: Agent, eva: Person, title: str, stage: SaleStage | None = None) -> str:
    with database.write() as db:
        sale: Sale = add_matter(db, SALES, {"title": title, "person_id": eva.id} | ({"stage_id": stage.id} if stage else {}), by=db.get_one(Agent, nora.id))
        return sale.uid


def test_an_admin_keeps_the_list(admin_client: FlaskClient, fresh_database: Database, offer: SaleStage) -> None:
    post(admin_client, AT, name="Trial", probability="60")
    assert offered(fresh_database)[-1] == "Trial"
    with fresh_database.read() as db:
        trial = db.scalars(select(SaleStage).where(SaleStage.name == "Trial")).one().uid
    post(admin_client, f"{AT}/{trial}", name="Trial period", probability="65", version="1")
    late = admin_client.post(f"{AT}/{trial}", data={"name": "Test", "probability": "65", "version": "1"})
    assert late.status_code == 409 and "It is now: Trial period" in late.text and 'value="Test"' in late.text
    wrong = admin_client.post(f"{AT}/{trial}", data={"name": "Offer sent", "probability": "likely"})
    assert wrong.status_code == 422 and wrong.text.count("field__error") == 2
    post(admin_client, f"{AT}/{trial}/retirement", version="2")
    assert admin_client.get(f"{AT}/{trial}").status_code == 404          # no sale had it


def test_moved_by_buttons_and_to_where_it_is_dropped(admin_client: FlaskClient, fresh_database: Database, offer: SaleStage) -> None:
    assert page(admin_client, AT).count('data-place draggable="true"') == 5
    before = offered(fresh_database)
    post(admin_client, f"{AT}/{offer.uid}/place", to="up")
    assert offered(fresh_database) == [before[0], before[2], before[1], *before[3:]]
    post(admin_client, f"{AT}/{offer.uid}/place", to="down")
    assert offered(fresh_database) == before
    post(admin_client, f"{AT}/{offer.uid}/place", to="4")
    assert offered(fresh_database) == [*before[:2], *before[3:], before[2]]
    post(admin_client, f"{AT}/{offer.uid}/place", to="nowhere")
    assert offered(fresh_database)[-1] == "Offer sent"


def test_one_in_use_is_retired_and_stays_where_it_is(
    admin_client: FlaskClient, agent_client: FlaskClient, nora: Agent, eva: Person, fresh_database: Database, offer: SaleStage,
) -> None:
    sale = sell(fresh_database, nora, eva, "Scanners", offer)
    assert "Retire" in page(admin_client, f"{AT}/{offer.uid}")
    assert admin_client.post(f"{AT}/{offer.uid}/retirement", data={"version": "9"}).status_code == 409
    post(admin_client, f"{AT}/{offer.uid}/retirement", version="1")
    assert "Offer sent" not in offered(fresh_database) and "Offer sent" in page(admin_client, AT)
    assert f'value="{offer.uid}" selected' in page(agent_client, f"/sales/{sale}/edit") and "Offer sent, 50 %" in page(agent_client, f"/sales/{sale}")
    assert offer.uid not in page(agent_client, "/sales/new")
    taken = agent_client.post("/sales", data={"title": "Another", "stage": offer.uid, "currency": "NOK"})
    assert taken.status_code == 422 and "Choose one of those offered." in taken.text
    post(admin_client, f"{AT}/{offer.uid}/restoration")
    assert offer.uid in page(agent_client, "/sales/new")


def test_the_last_one_is_not_taken_away(admin_client: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.read() as db:
        *others, last = [stage.uid for stage in stages(db)]
    for uid in others:
        post(admin_client, f"{AT}/{uid}/retirement", version="1")
    answer = admin_client.post(f"{AT}/{last}/retirement", data={"version": "1"})
    assert answer.status_code == 422 and "A sale must have a stage." in answer.text


def test_the_list_and_a_panel_show_sales_at_some_stages(
    agent_client: FlaskClient, nora: Agent, eva: Person, fresh_database: Database, offer: SaleStage,
) -> None:
    sell(fresh_database, nora, eva, "Scanners", offer)
    sell(fresh_database, nora, eva, "Labels")
    shown = page(agent_client, f"/sales?stage={offer.uid}&state=open")
    assert "Scanners" in shown and "Labels" not in shown and re.search(rf'value="{offer.uid}"[^>]* checked', shown)
    assert "Labels" in page(agent_client, "/sales?stage=nothing") and 'name="stage"' not in page(agent_client, "/projects")
    editor = page(agent_client, f"{P}?tab=details&panel=details-sales")
    assert 'name="stages"' in editor and "Offer sent" in editor
    for stages_of_panel, seen in (([], True), ([offer.uid], False)):
        post(agent_client, f"{P}/panels/details-sales?tab=details", name="Offers", states="open", stages=stages_of_panel, rows="10")
        post(agent_client, f"{P}/versions", **{"for": "own"})
        shown = page(agent_client, f"/persons/{eva.uid}/details")
        assert '>Scanners</a>' in shown and ('>Labels</a>' in shown) == seen


def test_the_history_says_what_it_was_called(agent_client: FlaskClient, nora: Agent, eva: Person, fresh_database: Database, offer: SaleStage) -> None:
    sale = sell(fresh_database, nora, eva, "Scanners")
    post(agent_client, f"/sales/{sale}", title="Scanners", stage=offer.uid, currency="NOK", probability="10", person="Eva Lie", state="open")
    told = words(page(agent_client, f"/persons/{eva.uid}/history"))
    assert "First contact" in told and "Offer sent" in told and "probability" in told


def test_the_file_says_the_stage_and_is_narrowed_as_the_list(
    agent_client: FlaskClient, visitor: FlaskClient, nora: Agent, eva: Person, fresh_database: Database, offer: SaleStage,
) -> None:
    sell(fresh_database, nora, eva, "=Scanners", offer)
    sell(fresh_database, nora, eva, "Labels")
    url = f"/exports/sales.csv?stage={offer.uid}"
    assert url.replace("&", "&amp;") in page(agent_client, f"/sales?stage={offer.uid}")
    told = agent_client.get(url).get_data(as_text=True).splitlines()
    assert len(told) == 2 and told[1].split(";")[1:5] == ["'=Scanners", "open", "Offer sent", "50"] and told[1].split(";")[8] == "Eva Lie"
    assert len(agent_client.get("/exports/sales.csv?whose=mine").get_data(as_text=True).splitlines()) == 3
    assert len(agent_client.get("/exports/sales.csv?state=lost").get_data(as_text=True).splitlines()) == 1
    assert visitor.get(url).status_code == 303


@pytest.mark.parametrize(("language", "called"), [("nb", "Tilbud sendt"), ("da", "Tilbud sendt")])
def test_the_file_is_in_the_language_of_who_asked_however_long_it_takes(
    language: str, called: str, agent_client: FlaskClient, nora: Agent, eva: Person, fresh_database: Database, offer: SaleStage,
) -> None:
    sell(fresh_database, nora, eva, "Scanners", offer)
    with fresh_database.write() as db:
        db.get_one(Agent, nora.id).language = language
    answer = agent_client.get("/exports/sales.csv", buffered=False)     # its body is read when the request is over
    assert answer.get_data(as_text=True).splitlines()[1].split(";")[3] == called
