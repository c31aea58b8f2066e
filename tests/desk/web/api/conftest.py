"""The API without a server: a desk with mailboxes and people, callers with their tokens, mail that arrives."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contacts.agent import Agent
from contacts.enrolling import add_agent, new_token
from core.database import Database
from desk import inbound
from desk.inbound import Delivery, InboundMail
from desk.mailboxes import Mailbox, MailboxAccess, add_mailbox
from desk.tickets.intake import file
from desk.tickets.message import Message
from desk.tickets.writing import keep_files
from mailgate.parse import parse


class Caller:
    """Somebody with a token (or none). Paths go without ``/api/v1``; an answer that is not expected fails the test."""

    def __init__(self, client: FlaskClient, token: str = "") -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, json: Any = None, *, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
        if json is not None:
            more["json"] = json
        return self.client.open("/api/v1" + path, method=method, headers={**self.headers, **(headers or {})}, **more)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in ("get", "post", "put", "patch", "delete"):
            raise AttributeError(name)

        def asking(path: str, json: Any = None, *, status: int = 0, **more: Any) -> Any:
            answer = self.call(name.upper(), path, json, **more)
            expected = (status,) if status else (200, 201, 202, 204)
            assert answer.status_code in expected, f"{name} {path}: {answer.status_code} {answer.get_data(as_text=True)}"
            if status >= 300:
                assert answer.content_type == "application/problem+json"
            return answer.get_json(silent=True)
        return asking


@pytest.fixture
def app(app: Flask) -> Flask:
    app.config.update(WTF_CSRF_ENABLED=True)
    return app


@pytest.fixture
def support(fresh_database: Database) -> Mailbox:
    """Open to all agents."""
    with fresh_database.write() as db:
        return add_mailbox(db, "support@desk.example", "Support")


@pytest.fixture
def salaries(fresh_database: Database, jonas: Agent) -> Mailbox:
    """Seen by Jonas alone."""
    with fresh_database.write() as db:
        mailbox = add_mailbox(db, "salaries@desk.example", "Salaries", open_to_all=False)
        mailbox.access.append(MailboxAccess(agent_id=jonas.id))
        return mailbox


@pytest.fixture
def calling(app: Flask, fresh_database: Database) -> Callable[[Agent], Caller]:
    """A caller with a token of this agent."""
    def calling(agent: Agent) -> Caller:
        with fresh_database.write() as db:
            return Caller(app.test_client(), new_token(db, db.get_one(Agent, agent.id)))
    return calling


@pytest.fixture
def admin(calling: Callable[[Agent], Caller], jonas: Agent, support: Mailbox) -> Caller:
    """Jonas, an admin."""
    return calling(jonas)


@pytest.fixture
def agent(calling: Callable[[Agent], Caller], nora: Agent, support: Mailbox) -> Caller:
    """Nora, an agent."""
    return calling(nora)


@pytest.fixture
def nobody(app: Flask) -> Caller:
    """Without a token."""
    return Caller(app.test_client())


@pytest.fixture
def arrive(fresh_database: Database, support: Mailbox) -> Callable[..., int]:
    """Let a mail arrive, as the worker does; the number of its ticket (0: none)."""
    return lambda raw, mailbox=None, **envelope: arriving(fresh_database, raw, (mailbox or support).id, **envelope)


def arriving(database: Database, raw: bytes, mailbox_id: int = 1, **envelope: Any) -> int:
    """The same for a database."""
    letter = parse(raw)
    with database.write() as db:
        row = inbound.accept(db, Delivery(mailbox_id, "smtp", secrets.token_hex(8), raw, **envelope))
        assert row is not None
        file(db, row, letter, keep_files(letter))
        db.flush()
        found = db.get_one(InboundMail, row.id).message_id
        return db.get_one(Message, found).ticket_id if found else 0


@pytest.fixture
def lars(fresh_database: Database) -> Agent:
    """One more agent."""
    with fresh_database.write() as db:
        return add_agent(db, "lars@desk.example", name="Lars Moen")
