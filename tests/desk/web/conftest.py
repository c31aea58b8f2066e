"""The desk's pages without a server: an application on a database of the test's own, and people signed in.

Forms are posted without the token against forgery; that every route asks for one is tested by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contacts.agent import Agent
from contacts.enrolling import add_agent
from core.database import Database
from core.tokens import key
from desk.web import create_app

PASSWORD = "a sentence is easier"


@lru_cache(maxsize=1)
def _made() -> tuple[Flask, dict[str, Any]]:
    made = create_app()
    return made, dict(made.config)


@pytest.fixture
def app(fresh_database: Database) -> Iterator[Flask]:
    """The application, made once a run: its routes and templates are the same for every test."""
    made, config = _made()
    made.config.update(SECRET_KEY=key("session"), WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    yield made
    made.config.clear()
    made.config.update(config)


@pytest.fixture
def nora(fresh_database: Database) -> Agent:
    """An agent."""
    with fresh_database.write() as db:
        return add_agent(db, "nora@desk.example", PASSWORD, name="Nora Vik")


@pytest.fixture
def jonas(fresh_database: Database) -> Agent:
    """An admin."""
    with fresh_database.write() as db:
        return add_agent(db, "jonas@desk.example", PASSWORD, name="Jonas Berg", role="admin")


@pytest.fixture
def signed_in(app: Flask) -> Callable[[Agent], FlaskClient]:
    """A browser in which somebody is signed in."""
    def signed_in(agent: Agent) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = f"{agent.uid}.{agent.session_version}", True
        return client
    return signed_in


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture
def agent_client(signed_in: Callable[[Agent], FlaskClient], nora: Agent) -> FlaskClient:
    """Nora's browser: an agent."""
    return signed_in(nora)


@pytest.fixture
def admin_client(signed_in: Callable[[Agent], FlaskClient], jonas: Agent) -> FlaskClient:
    """Jonas' browser: an admin."""
    return signed_in(jonas)
