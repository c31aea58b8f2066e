"""Blobs: whoever keeps the same bytes at the same moment, they are whole; what cannot be kept leaves nothing."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from core import files
from core.settings import settings


def kept() -> list[str]:
    return [path.name for path in settings().files.rglob("*") if path.is_file()]


def test_the_same_bytes_from_two_threads_at_once(monkeypatch):
    both = Barrier(2, timeout=10)
    sync = os.fsync

    def written(number):
        both.wait()
        sync(number)

    with monkeypatch.context() as meeting, ThreadPoolExecutor(2) as threads:
        meeting.setattr(os, "fsync", written)
        first, second = threads.map(files.put, [b"one and the same"] * 2)
    assert first == second and kept() == [first]
    assert files.get(first) == b"one and the same"


def test_a_full_disk_keeps_no_halves(monkeypatch):
    def full(number):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.put(b"too much")
    assert kept() == []
