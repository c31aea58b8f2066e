"""The parts alone, several of each, and the whole day of a mail without Redis: in, filed, answered, out."""

from __future__ import annotations

import os
import signal
from email import message_from_bytes

import pytest

from contacts.enrolling import add_agent, new_token
from desk.mailboxes import add_mailbox
from tests.desks import Api, Desk, until
from tests.mailgate.relays import a_relay
from tests.valkeys import Valkey

LETTER = b"From: Ida Berg <ida@kunde.example>\r\nTo: support@desk.example\r\nSubject: Hei %d\r\n" \
         b"Message-ID: <%d@kunde.example>\r\n\r\nKan dere hjelpe meg?\r\n"


@pytest.fixture
def house(fresh_database, tmp_path):
    """Start parts that share a database; what is left of them is killed."""
    made = []

    def start(*parts, **settings):
        url = fresh_database.engine.url.render_as_string(hide_password=False)
        first = Desk(tmp_path, SKRANKE_DATABASE_URL=url, **settings)
        with fresh_database.write() as db:
            token = new_token(db, add_agent(db, "nora@desk.example"))
            add_mailbox(db, "support@desk.example", "Support")
        for part in parts:
            made.append(Desk(tmp_path, SKRANKE_DATABASE_URL=url, **settings))
            made[-1].environment.update(first.environment)
            made[-1].start(part)
        if parts:
            first.ready(60)
        made.append(first)
        return first, Api(first, token), made[:-1]

    yield start
    for one in made:
        one.kill()


def goes_round(desk, api, taken):
    """A mail comes in, is filed, acknowledged, answered by an agent, and the answer leaves with its thread."""
    desk.send(LETTER % (1, 1), ["support@desk.example"])
    ticket = until(lambda: next(iter(api("/tickets")["items"]), None), 30, what="the mail is a ticket", said=desk.said)
    until(lambda: taken, 30, what="the acknowledgement left", said=desk.said)
    api(f"/tickets/{ticket['number']}/replies", {"text": "Ja, det kan vi."})
    until(lambda: len(taken) == 2, 30, what="the answer left", said=desk.said)
    answer = message_from_bytes(taken[-1].raw)
    assert taken[-1].recipients == ["ida@kunde.example"]
    assert "<1@kunde.example>" in answer["In-Reply-To"]


def test_a_mail_goes_round_without_redis(house):
    with a_relay() as out:
        desk, api, _ = house("web", "gate", "worker", SKRANKE_RELAY_URL=out.url)
        goes_round(desk, api, out.taken)


def test_a_mail_goes_round_with_several_of_each_and_a_redis_of_ones_own(house, tmp_path):
    bells = Valkey(tmp_path).start()
    try:
        with a_relay() as out:
            desk, api, parts = house("web", "gate", "worker", "worker", "timetable", "timetable",
                                     SKRANKE_RELAY_URL=out.url, SKRANKE_REDIS_URL=bells.url)
            goes_round(desk, api, out.taken)
            assert all(part.end() < 10 for part in parts)
    finally:
        bells.stop()


def test_one_worker_of_two_may_die(house):
    with a_relay() as out:
        desk, api, (_, _, doomed, _) = house("web", "gate", "worker", "worker", SKRANKE_RELAY_URL=out.url)
        for pid in [doomed.process.pid, *doomed.tree()]:
            os.kill(pid, signal.SIGKILL)
        goes_round(desk, api, out.taken)


def test_up_with_a_redis_of_ones_own_starts_none(fresh_database, tmp_path):
    bells = Valkey(tmp_path).start()
    desk = Desk(tmp_path, SKRANKE_REDIS_URL=bells.url, SKRANKE_DATABASE_URL=fresh_database.engine.url.render_as_string(hide_password=False))
    try:
        desk.start().ready()
        assert "valkey-server" not in desk.tree().values()
        desk.end()
    finally:
        desk.kill()
        bells.stop()
