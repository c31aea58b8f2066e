"""Names: asked once, also for what does not exist, and never waited for twice."""

import time

import dns.resolver
import pytest

from mailgate import dns as ours
from mailgate.dns import Answer, Asking, Away, Remembering, System
from tests.names import Names, remembering

KNOWN = {("kunde.example", "TXT"): (b"one",)}


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_answers_and_their_absence_are_remembered_for_a_time():
    names, clock = Names(KNOWN), Clock()
    cached = Remembering(names, clock)
    for _ in range(3):
        assert (cached.ask("Kunde.example.", "TXT"), cached.ask("nobody.example", "TXT")) == ((b"one",), ())
    assert len(names.asked) == 2
    clock.now += 301
    cached.ask("kunde.example", "TXT")
    assert len(names.asked) == 3


def test_a_name_that_does_not_answer_is_left_alone_for_a_minute_and_no_other():
    names, clock = Names(KNOWN, {"a.dead.example", "b.dead.example"}), Clock()
    cached = Remembering(names, clock)
    for name in ("a.dead.example", "a.dead.example", "b.dead.example"):
        with pytest.raises(Away):
            cached.ask(name, "TXT")
    assert names.asked == [("a.dead.example", "TXT"), (".", "NS")]
    assert cached.ask("kunde.example", "TXT") == (b"one",)
    names.silent.clear()
    clock.now += 61
    assert cached.ask("a.dead.example", "TXT") == ()


def test_without_any_name_server_nothing_is_asked_for_a_minute():
    names, clock = Names(cut_off=True), Clock()
    cached = Remembering(names, clock)
    for n in range(50):
        with pytest.raises(Away):
            cached.ask(f"{n}.example", "TXT")
    assert len(names.asked) == 2
    clock.now += 61
    names.cut_off = False
    assert cached.ask("kunde.example", "TXT") == ()


def test_one_mail_has_so_many_seconds_and_no_more(monkeypatch):
    asking = Asking(remembering(KNOWN), 5.0)
    assert asking.texts("kunde.example") == [b"one"]
    monkeypatch.setattr(time, "monotonic", lambda: 10**9)
    with pytest.raises(Away):
        asking.texts("kunde.example")


def test_no_more_is_remembered_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(ours, "MOST", 3)
    cached = remembering()
    for n in range(9):
        cached.ask(f"{n}.example", "TXT")
    assert len(cached._known) == 3


ASK = System.ask                     # the real one: tests may not use it otherwise


@pytest.fixture
def real(monkeypatch):
    monkeypatch.setattr(System, "ask", ASK)


@pytest.mark.parametrize("trouble", [
    dns.resolver.NoResolverConfiguration(), dns.resolver.NoNameservers(), OSError("no network"), dns.resolver.LifetimeTimeout(timeout=1, errors=[])])
def test_the_machines_own_name_servers_may_be_away(monkeypatch, real, trouble):
    def resolve(*_arguments, **_named):
        raise trouble

    monkeypatch.setattr(dns.resolver, "Resolver", lambda: type("Broken", (), {"resolve": resolve})())
    with pytest.raises(Away):
        System().ask("kunde.example", "TXT", 1.0)


@pytest.mark.parametrize("trouble", [dns.resolver.NXDOMAIN(), dns.resolver.dns.name.LabelTooLong()])
def test_what_does_not_exist_is_an_answer(monkeypatch, real, trouble):
    def resolve(*_arguments, **_named):
        raise trouble

    monkeypatch.setattr(dns.resolver, "Resolver", lambda: type("Empty", (), {"resolve": resolve})())
    assert System().ask("nobody.example", "TXT", 1.0) == Answer((), ours.ABSENT)


def test_a_machine_that_nobody_answers_loses_no_time(monkeypatch, real):
    """The real resolver, told of a name server that is not there."""
    maker = dns.resolver.Resolver

    def nowhere():
        resolver = maker(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], 1
        return resolver

    monkeypatch.setattr(dns.resolver, "Resolver", nowhere)
    cached = Remembering(System())
    began = time.monotonic()
    for n in range(200):
        with pytest.raises(Away):
            cached.ask(f"{n}.example", "TXT", 0.5)
    assert time.monotonic() - began < 3
