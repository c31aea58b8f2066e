"""What is made once a process is made once, however many threads ask for it first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from core.database import database
from core.once import Once
from core.tokens import secret


@pytest.mark.parametrize("thing", [database, secret], ids=["database", "secret"])
def test_threads_that_ask_at_the_same_moment_get_the_same_one(thing):
    start = Barrier(8)

    def ask(_number: int) -> object:
        start.wait()
        return thing()

    with ThreadPoolExecutor(8) as threads:
        assert len({id(made) for made in threads.map(ask, range(8))}) == 1


def test_it_is_made_when_first_asked_for_and_anew_when_forgotten():
    numbers = iter(range(9))
    number = Once(lambda: next(numbers))
    assert not number.made
    assert (number(), number(), number.made) == (0, 0, True)
    number.forget()
    assert not number.made
    assert number() == 1


def test_nothing_is_kept_of_what_could_not_be_made():
    answers = iter([ValueError("not yet"), "now"])

    def make() -> object:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kept = Once(make)
    with pytest.raises(ValueError, match="not yet"):
        kept()
    assert kept() == "now"
