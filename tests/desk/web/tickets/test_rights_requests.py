"""A mail that reads like a request for rights is offered as a case on its ticket, to agents too; the case itself is the admins'."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from core.database import Database
from desk.rights.case import RightsCase
from desk.tickets.message import Message
from tests.desk.web.tickets.conftest import Arrive
from tests.letters_made import mail


def test_an_agent_makes_a_case_of_it(agent_client: FlaskClient, admin_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    ticket = arrive(mail(text="Hei!\n\nKan dere slette mine data?\n"))
    shown = agent_client.get(f"/tickets/{ticket.number}").text
    assert "This looks like a request (Erasure):" in shown and "Kan dere slette mine data?" in shown
    url = re.search(r"/tickets/\d+/rights-requests/[0-9a-f]{24}", shown)[0]  # type: ignore[index]
    assert agent_client.post(f"{url}/case").location.endswith(f"/tickets/{ticket.number}")
    assert "This looks like a request" not in agent_client.get(f"/tickets/{ticket.number}").text
    with fresh_database.read() as db:
        uid = db.scalars(select(RightsCase.uid)).one()
    assert agent_client.get(f"/rights/{uid}").status_code == 403
    page = admin_client.get(f"/rights/{uid}").text
    assert "Kan dere slette mine data?" in page and "Not proven." in page and f"#{ticket.number}" in page


def test_or_says_that_it_is_none(agent_client: FlaskClient, visitor: FlaskClient, arrive: Arrive) -> None:
    ticket = arrive(mail(text="Please delete my data.\n"))
    url = re.search(r"/tickets/\d+/rights-requests/[0-9a-f]{24}", agent_client.get(f"/tickets/{ticket.number}").text)[0]  # type: ignore[index]
    assert visitor.post(f"{url}/dismissal").location.startswith("/sign-in")
    assert agent_client.post(f"{url}/dismissal").status_code == 303
    assert "This looks like a request" not in agent_client.get(f"/tickets/{ticket.number}").text


def test_what_is_a_case_already_is_not_dismissed(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    ticket = arrive(mail(text="Please delete my data.\n"))
    url = re.search(r"/tickets/\d+/rights-requests/[0-9a-f]{24}", agent_client.get(f"/tickets/{ticket.number}").text)[0]  # type: ignore[index]
    assert agent_client.post(f"{url}/case").status_code == 303
    answer = agent_client.post(f"{url}/dismissal", follow_redirects=True).text
    assert "A colleague has made a case of this already." in answer and "It is not taken for a request" not in answer
    with fresh_database.read() as db:
        assert [one["rights"]["state"] for one in db.scalars(select(Message.verdict)) if one.get("rights")] == ["opened"]


def test_ordinary_mail_offers_nothing(agent_client: FlaskClient, arrive: Arrive) -> None:
    assert "This looks like a request" not in agent_client.get(f"/tickets/{arrive(mail(text='Please delete my last order.')).number}").text
