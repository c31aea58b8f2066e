"""What intake guessed of a newcomer is marked as a guess on the card, until an agent confirms it by use (Deliver 9)."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from contacts.creating import create_company
from core.database import Database
from tests.desk.web.test_colleagues import hidden
from tests.desk.web.tickets.conftest import Arrive, page, words
from tests.letters_made import mail

TEXT = "Hei, jeg lurer på når dere kan komme og reparere heisen vår, for den har ikke virket på tre uker."


def test_guesses_are_marked_until_the_card_is_saved(agent_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        create_company(db, "Kunde AS", domains=["kunde.example"])
    ticket = arrive(mail(sender="Ole Vang <ole@kunde.example>", text=TEXT))
    url = f"/tickets/{ticket.number}"
    said = words(page(agent_client, url).partition('id="card"')[2])
    assert "Kunde AS · guessed from their address" in said and "Norwegian Bokmål · guessed from their mail" in said
    assert "To be completed: name" in said
    person = re.search(r'href="(/persons/[0-9a-f]{24})"', page(agent_client, url))
    assert person is not None
    assert words(page(agent_client, person[1])).count("guessed from") == 2
    data = {"first_name": "Ole", "last_name": "Vang", "company": "Kunde AS", "language": "nb", "status": "active"}
    answer = agent_client.post(f"{person[1]}", data=data | hidden(agent_client, f"{person[1]}/edit"))
    assert answer.status_code == 303, words(answer.text)
    assert "guessed" not in words(page(agent_client, url))
