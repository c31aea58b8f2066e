"""A glance at the head of a mail that could not be read."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from desk.glancing import glance


@pytest.mark.parametrize(("raw", "sender", "subject"), [
    (b"From: Kari Holm <kari@kunde.example>\r\nSubject: Lampen\r\n\r\nSubject: not this", "kari@kunde.example", "Lampen"),
    (b"X: y\nsubject: =?utf-8?q?Bl=C3=A5?=\n =?utf-8?q?_lampe?=\nfrom: kari@kunde.example\n\nHei", "kari@kunde.example", "Blå lampe"),
    (b"Subject: Bl\xc3\xa5\r\n\tlampe", "", "Blå lampe"),
    (b"Subject: =?nonsense?b?%%%?=\r\n", "", "=?nonsense?b?%%%?="),
    (b"From: nobody at all\r\nSubject:\r\n\r\n", "", ""),
    (b"From: \x00\x00a@b.example\r\nSubject: a\x00b\x07c\r\n", "a@b.example", "abc"),
    (b"\x00\xff" * 100, "", ""), (b"", "", ""),
])
def test_who_wrote_about_what(raw: bytes, sender: str, subject: str) -> None:
    assert glance(raw) == (sender, subject)


@given(some.binary(max_size=300), some.binary(max_size=300))
def test_it_never_raises_and_fits_the_ledger(sender: bytes, subject: bytes) -> None:
    seen = glance(b"From: " + sender + b"\r\nSubject: " + subject + b"\r\n\r\n")
    assert len(seen.sender) <= 320 and len(seen.subject) <= 300
    assert "\0" not in "".join(seen).encode().decode()


def test_heads_without_end_take_no_time() -> None:
    started = time.process_time()
    for raw in (b"Subject: " + b"=?utf-8?q?" * 100_000, b"From: " + b"(" * 1_000_000, b"Subject: x" + b"\r\n " * 500_000):
        glance(raw)
    assert time.process_time() - started < 2
