"""Whatever the bytes: a letter, never an exception, and never the last resort."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailgate import letter_wire
from mailgate.parse import parse
from tests.mailgate.reading import NOW, every_letter, raw

NAMES = ("From", "To", "Cc", "Subject", "Date", "Message-ID", "References", "In-Reply-To", "Content-Type",
         "Content-Disposition", "Content-Transfer-Encoding", "Return-Path", "Delivered-To", "Reply-To", "Auto-Submitted")
PIECES = ("=?utf-8?q?", "=?iso-2022-jp?b?", "?=", "<", ">", "@", ",", ";", ":", '"', "(", ")", "\\", "a@b.example", "=", "*0*=", "''",
          "multipart/mixed", "boundary=b", "text/html", "charset=utf-7", "charset=\x00", "base64", "name=", "\n ", "2024", "+9999", "å", "\x1b$B")
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def check(source: bytes) -> None:
    read = parse(source, now=NOW)
    assert "It could not be read: its source is shown." not in read.oddities
    assert all(party.address.count("@") >= 1 and party.address.strip("@") == party.address for party in read.senders)
    assert all(one.name and len(one.name) <= 150 for one in read.attachments)
    told, contents = letter_wire.pack(read)
    assert letter_wire.unpack(told, contents) == read


@QUICK
@given(st.binary(max_size=2000))
def test_random_bytes(source: bytes) -> None:
    check(source)


@QUICK
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.lists(st.sampled_from(PIECES), max_size=8)), max_size=10), st.binary(max_size=300))
def test_random_headers(fields: list[tuple[str, list[str]]], body: bytes) -> None:
    head = "".join(f"{name}: {''.join(pieces)}\n" for name, pieces in fields)
    check(head.encode() + b"\n--b\n" + body)


@pytest.mark.parametrize("name", every_letter())
def test_truncated_and_damaged_letters(name: str) -> None:
    whole = raw(name)
    dice = random.Random(name)
    for _ in range(12):
        check(whole[: dice.randrange(len(whole))])
        damaged = bytearray(whole)
        for _hit in range(6):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        check(bytes(damaged))
