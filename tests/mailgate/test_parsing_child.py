"""The parsing child: a letter that hangs it, kills it or eats its memory fails alone."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.letter import Letter
from mailgate.parse import parse
from mailgate.parsing_child import NotStarted, ParseFailed, Parser, Source
from tests.mailgate.reading import NOW, every_letter, raw

FINE = b"From: kari@kunde.example\r\nSubject: fine\r\n\r\nHei"


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser() as own:
        yield own


@pytest.fixture
def stubborn() -> Iterator[Parser]:
    with Parser(seconds=1.5, module="tests.mailgate.stubborn_child") as own:
        yield own


def subjects(outcomes: Iterator[Letter | ParseFailed]) -> list[str]:
    return [outcome.subject if isinstance(outcome, Letter) else f"failed: {outcome}" for outcome in outcomes]


def test_the_same_letters_as_without_a_child(parser: Parser) -> None:
    sources = [Source(raw(name), now=NOW) for name in every_letter()]
    assert list(parser.parse_many(sources)) == [parse(source.raw, now=NOW) for source in sources]


def test_one_child_serves_many(parser: Parser) -> None:
    parser.parse(FINE)
    child = parser.child
    assert parser.parse(FINE, envelope_sender="x@y.example").envelope_sender == "x@y.example"
    assert parser.child is child


def test_large_mails_do_not_block_the_pipes(parser: Parser) -> None:
    large = FINE + b"\r\nline of text" * 200_000
    outcomes = list(parser.parse_many([large] * 6))
    assert [isinstance(one, Letter) and len(one.text) > 1_000_000 for one in outcomes] == [True] * 6


@pytest.mark.parametrize(("poison", "reason"), [
    (b"HANG", "took longer than 1.5 seconds"), (b"DIE", "ended the parser"), (b"EAT", "too much memory"),
])
def test_a_poisonous_letter_fails_alone(stubborn: Parser, poison: bytes, reason: str) -> None:
    first, failed, *rest = subjects(stubborn.parse_many([FINE, FINE + poison, FINE, FINE]))
    assert (first, rest) == ("fine", ["fine", "fine"])
    assert reason in failed


def test_what_hung_is_read_carefully(stubborn: Parser) -> None:
    assert subjects(stubborn.parse_many([Source(FINE + b"HANG", careful=True)])) == ["fine"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems look once a second")
def test_a_child_in_the_middle_of_a_letter_ends_with_its_process() -> None:
    told = ("import threading, time; from mailgate.parsing_child import Parser\n"
            "parser = Parser(module='tests.mailgate.stubborn_child')\n"
            "reading = threading.Thread(target=parser.parse, args=(b'Subject: x\\r\\n\\r\\n',)); reading.start(); reading.join()\n"
            "assert parser.parse(b'Subject: later\\r\\n\\r\\n').subject == 'later', 'it ended with the thread'\n"
            "print(parser.child.process.pid, flush=True); parser.parse(b'Subject: x\\r\\n\\r\\nHANG')\n")
    with subprocess.Popen([sys.executable, "-c", told], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.kill()
    limit = time.monotonic() + 10
    while Path(f"/proc/{child}/stat").exists() and time.monotonic() < limit:
        if Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return                       # gone, and nobody here to take its leave
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()


def test_one_letter_raises(stubborn: Parser) -> None:
    with pytest.raises(ParseFailed, match="ended the parser"):
        stubborn.parse(FINE + b"DIE")
    assert stubborn.parse(FINE).subject == "fine"


def test_a_child_that_does_not_start_is_no_letters_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    with Parser(module="tests.mailgate.there_is_no_such_child") as none, pytest.raises(NotStarted):
        list(none.parse_many([FINE, FINE]))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Parser() as none, pytest.raises(NotStarted, match="nowhere"):
        list(none.parse_many([FINE, FINE]))


def test_what_a_library_prints_does_not_mix_with_answers(stubborn: Parser) -> None:
    outcome, after = stubborn.parse_many([FINE + b"LIE", FINE])
    assert isinstance(outcome, Letter)
    assert isinstance(after, Letter)


def test_a_reader_that_goes_away_leaves_no_answers_behind(parser: Parser) -> None:
    outcomes = parser.parse_many([FINE.replace(b"fine", b"old")] * 5)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    assert parser.parse(FINE).subject == "fine"


def test_another_letter_in_the_middle_is_refused_and_not_waited_for_for_ever(parser: Parser) -> None:
    outcomes = parser.parse_many([FINE, FINE])
    next(outcomes)
    with pytest.raises(RuntimeError, match="still reading"):
        parser.parse(FINE)
    assert len(list(outcomes)) == 1


def test_sources_are_taken_as_they_are_needed(parser: Parser) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield FINE

    outcomes = parser.parse_many(endless())
    next(outcomes)
    assert taken <= 40
