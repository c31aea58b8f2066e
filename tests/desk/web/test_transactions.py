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
