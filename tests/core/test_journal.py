"""A file of numbered lines: whole, in order, by several processes, whatever a crash left at its end."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core import journal
from core.errors import Refused
from core.journal import Journal

WRITER = """
import sys
from pathlib import Path
from core.journal import Journal
for number in range(40):
    Journal(Path(sys.argv[1])).append([{"by": sys.argv[2], "of": number}])
"""


@pytest.fixture
def lines(tmp_path):
    return Journal(tmp_path / "made" / "lines.jsonl")


def numbers(lines):
    return [line["n"] for line in lines.read()]


def test_lines_are_numbered_and_read_in_order(lines):
    assert list(lines.read()) == []
    assert [line["n"] for line in lines.append([{"uid": "a"}, {"uid": "b"}])] == [1, 2]
    lines.append([{"uid": "c"}])
    assert [(line["n"], line["uid"]) for line in lines.read(after=1)] == [(2, "b"), (3, "c")]
    assert lines.path.stat().st_mode & 0o077 == 0


def test_each_line_is_on_the_disk_before_it_counts(lines, monkeypatch):
    synced = []
    monkeypatch.setattr(journal.os, "fsync", lambda descriptor: synced.append(lines.path.read_bytes()))
    lines.append([{"uid": "a"}])
    assert synced[-1].endswith(b'"uid": "a"}\n')


def test_several_processes_write(lines):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(lines.path), name]) for name in "abc"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert numbers(lines) == list(range(1, 121))
    assert [line["of"] for line in lines.read() if line["by"] == "b"] == list(range(40))


@pytest.mark.parametrize("torn", [b'{"n": 3, "ui', b"\0" * 100, b"{", b'\0\0\0\n', b'{"n": "3"}'])
def test_a_last_line_that_was_cut_short_is_mended(lines, torn):
    lines.append([{"uid": "a"}, {"uid": "b"}])
    with lines.path.open("ab") as file:
        file.write(torn)
    assert numbers(lines) == [1, 2]
    lines.append([{"uid": "c"}])
    assert [(line["n"], line["uid"]) for line in lines.read()] == [(1, "a"), (2, "b"), (3, "c")]


def test_a_last_line_that_wants_its_end_only_is_kept(lines):
    lines.append([{"uid": "a"}])
    with lines.path.open("ab") as file:
        file.write(b'{"n": 2, "uid": "b"}')
    lines.append([{"uid": "c"}])
    assert [(line["n"], line["uid"]) for line in lines.read()] == [(1, "a"), (2, "b"), (3, "c")]


def test_a_first_line_that_was_cut_short_is_nothing(lines):
    lines.path.parent.mkdir()
    lines.path.write_bytes(b'{"n": 1, "u')
    assert lines.append([{"uid": "a"}])[0]["n"] == 1
    assert numbers(lines) == [1]


def test_a_full_disk_leaves_no_half(lines, monkeypatch):
    lines.append([{"uid": "a"}])
    before = lines.path.read_bytes()

    def full(_descriptor):
        raise OSError(28, "No space left on device")
    with monkeypatch.context() as patching:
        patching.setattr(journal.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            lines.append([{"uid": "b"}])
    assert lines.path.read_bytes() == before


@pytest.mark.parametrize("damage", [
    lambda text: text.replace(b'"n": 2', b'"n" 2'), lambda text: text.replace(b'"n": 2', b'"n": 7'),
    lambda text: b"".join(text.splitlines(keepends=True)[1:]),
])
def test_damage_in_the_middle_is_said(lines, damage):
    lines.append([{"uid": "a"}, {"uid": "b"}, {"uid": "c"}])
    lines.path.write_bytes(damage(lines.path.read_bytes()))
    with pytest.raises(Refused, match=r"[Ll]ine \d of .*lines.jsonl"):
        list(lines.read())


def test_an_end_without_a_whole_line_is_not_written_over(lines):
    lines.append([{"uid": "a"}])
    with lines.path.open("ab") as file:
        file.write(b"x" * 2 * journal.TAIL)
    with pytest.raises(Refused, match="cannot be read"):
        lines.append([{"uid": "b"}])
