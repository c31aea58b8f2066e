"""What an agent may not see leads nowhere: no candidate, number or points from a ticket in another's mailbox."""

from __future__ import annotations

from flask.testing import FlaskClient

from contacts.addressing import add_address
from contacts.editing import create_person
from core.database import Database
from core.options import set_option
from desk.mailboxes import Mailbox
from tests.desk.web.tickets.conftest import Arrive, page, words
from tests.letters_made import mail


def test_a_ticket_of_a_closed_mailbox_gives_nobody_away(
    agent_client: FlaskClient, admin_client: FlaskClient, arrive: Arrive, board: Mailbox, fresh_database: Database,
) -> None:
    with fresh_database.write() as db:
        for first, last, address in (("Ole", "Vang", "ole@kunde.example"), ("Mads", "Holm", "mads@old.example")):
            add_address(db, create_person(db, {"first_name": first, "last_name": last}, by=None, exempt=True), "email", address, by=None)
        set_option(db, "intake.unknown_sender", "ask")
    secret = arrive(mail(sender="Ole Vang <ole@kunde.example>", subject="Wages"), board)
    shared = arrive(mail(sender="Mads Holm <mads@old.example>", subject="More wages"), board)
    held = arrive(mail(sender="x77@gmail.com", text=f"I mean ticket {secret.number}, please."))
    named = arrive(mail(sender="Mads Holm <x78@gmail.com>", text=f"I mean ticket {shared.number}, please."))
    for_admin, for_agent = (words(page(client, f"/tickets/{held.number}?view=held")) for client in (admin_client, agent_client))
    assert f"Names ticket {secret.number}, which was theirs" in for_admin and "Ole Vang" in for_admin
    assert f"Names ticket {secret.number}" not in for_agent and "Ole Vang" not in for_agent
    both = [words(page(client, f"/tickets/{named.number}?view=held")) for client in (admin_client, agent_client)]
    assert [f"Names ticket {shared.number}" in text for text in both] == [True, False]
    assert all("Same name, rare in the register" in text for text in both)
