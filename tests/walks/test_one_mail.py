"""The main job, end to end in real processes: a mail comes in, an agent answers, the customer gets the answer
with correct threading, answers again, and lands on the same ticket."""

from __future__ import annotations

import email
import email.policy
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from core.database import Database
from tests.desks import Desk, until
from tests.letters_made import mail
from tests.ports import free_port


class Customers:
    """The world's mail server: keeps what the desk sends."""

    def __init__(self) -> None:
        self.got: list[tuple[str, list[str], email.message.EmailMessage]] = []

    async def handle_DATA(self, _server, _session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.got.append((envelope.mail_from, envelope.rcpt_tos, message))
        return "250 OK"

    def mails(self, to: str, subject: str) -> list[email.message.EmailMessage]:
        return [m for _, recipients, m in self.got if to in recipients and subject in m["Subject"]]


@pytest.fixture
def customers() -> Iterator[Customers]:
    handler = Customers()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


def test_a_mail_becomes_a_ticket_and_the_answer_finds_its_way(
    tmp_path: Path, customers: Customers, fresh_database: Database,
) -> None:
    url = fresh_database.engine.url.render_as_string(hide_password=False)
    desk = Desk(tmp_path, SKRANKE_DATABASE_URL=url, SKRANKE_RELAY_URL=f"smtp://127.0.0.1:{customers.port}").start()
    try:
        _set_up(desk)
        token = desk.run("token", "add", "nora@desk.example").stdout.strip()
        api = Api(desk, token)

        desk.send(mail("Ole Vang <ole@kunde.example>", subject="Skriveren virker ikke",
                       text="Hei, skriveren i resepsjonen virker ikke lenger. Kan dere hjelpe oss?\n",
                       message_id="first@kunde.example"), ["support@desk.example"])
        ticket = until(lambda: next(iter(api.get("/tickets")["items"]), None), what="the mail becomes a ticket")
        ticket = api.get(f"/tickets/{ticket['number']}")
        assert (ticket["requester"]["name"], ticket["requester"]["address"]) == ("Ole Vang", "ole@kunde.example")
        assert ticket["verdict"]["person"] == "created"

        until(lambda: customers.mails("ole@kunde.example", "Skriveren"), what="the acknowledgement")
        api.post(f"/tickets/{ticket['number']}/replies", {"text": "Prøv å slå den av og på."})
        answer = until(lambda: [m for m in customers.mails("ole@kunde.example", f"[#{ticket['number']}]")
                                if "slå den av" in m.get_body(("plain",)).get_content()], what="the answer")[0]
        assert answer["In-Reply-To"] == "<first@kunde.example>"
        assert "<first@kunde.example>" in answer["References"]

        desk.send(mail("Ole Vang <ole@kunde.example>", to=answer["Reply-To"], subject="Takk", text="Det hjalp!\n",
                       In_Reply_To=answer["Message-ID"]), [answer["Reply-To"].addresses[0].addr_spec])
        again = until(lambda: (t := api.get(f"/tickets/{ticket['number']}"))["state"] == "open" and t,
                      what="the customer's answer reopens the ticket")
        assert [m["direction"] for m in again["messages"]] == ["in", "out", "in"]
        assert len(api.get("/tickets")["items"]) == 1
        assert desk.end() < 10
    finally:
        desk.kill()


class Api:
    """The desk as a script sees it."""

    def __init__(self, desk: Desk, token: str) -> None:
        self.base, self.token = f"http://127.0.0.1:{desk.web}/api/v1", token

    def get(self, path: str):
        return self._ask(urllib.request.Request(self.base + path))

    def post(self, path: str, given: dict):
        return self._ask(urllib.request.Request(
            self.base + path, json.dumps(given).encode(), {"Content-Type": "application/json"}))

    def _ask(self, request: urllib.request.Request):
        request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


def _set_up(desk: Desk) -> None:
    desk.ready()
    assert desk.run("mailbox", "add", "support@desk.example", "--name", "Support", "--language", "nb").returncode == 0
    assert desk.run("agent", "add", "nora@desk.example", "--role", "agent", "--password-stdin",
                    given="correct horse battery").returncode == 0
