"""A request's transaction: not open while its body arrives."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from contacts.agent import Agent
from core.clock import now
from core.database import Database


class Arriving(io.BytesIO):
    """A body during which somebody else writes."""

    def __init__(self, content: bytes, database: Database) -> None:
        super().__init__(content)
        self.database, self.written = database, 0

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes, once the other has written."""
        with self.database.write() as db:
            db.execute(update(Agent).values(seen_at=now()))
        self.written += 1
        return super().read(size)

    def readinto(self, buffer: Any) -> int:
        """The same, into a buffer."""
        some = self.read(len(buffer))
        buffer[:len(some)] = some
        return len(some)


@pytest.mark.parametrize(("path", "kind", "body"), [
    (f"/drafts/{'0' * 24}", "application/json", b'{"subject": "Slowly"}'),
    ("/selections/members", "application/x-www-form-urlencoded", b"of=persons&uids=0"),
    ("/selections/members", "multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="of"\r\n\r\npersons\r\n--b--\r\n')])
def test_nobody_waits_for_a_body_that_comes_slowly(
    path: str, kind: str, body: bytes, agent_client: FlaskClient, fresh_database: Database, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.database.LOCK_SECONDS", 0.05)
    arriving = Arriving(body, fresh_database)
    answer = agent_client.open(path, method="PUT" if kind.endswith("json") else "POST", input_stream=arriving, content_type=kind, content_length=len(body))
    assert arriving.written and answer.status_code < 500, answer.text


@pytest.mark.parametrize("path", ["/files", "/sales"])
def test_a_body_that_is_too_large_is_called_so_in_ones_own_language(
    path: str, agent_client: FlaskClient, visitor: FlaskClient, nora: Agent, fresh_database: Database,
) -> None:
    def sent(client: FlaskClient, accept: str) -> tuple[int, str]:
        answer = client.post(path, content_type="application/x-www-form-urlencoded", environ_overrides={"CONTENT_LENGTH": "60000000"},
                             headers={"Accept": accept})
        assert answer.is_json == (accept == "application/json")
        return answer.status_code, answer.text

    for client in (visitor, agent_client):
        for accept in ("text/html", "application/json"):
            status, text = sent(client, accept)
            assert status == 413 and "This is too large." in text and "went wrong" not in text
    with fresh_database.write() as db:
        db.get_one(Agent, nora.id).language = "nb"
    assert "Dette er for stort." in sent(agent_client, "text/html")[1]
