"""Letters from elsewhere: when they say that they were written."""

from datetime import UTC, datetime

import pytest

from core.clock import now
from skranke import importing
from skranke.importing import batches, written_at


def test_the_date_of_a_letter():
    assert written_at(b"Date: Mon, 2 Nov 2020 10:00:00 +0100\r\n\r\n") == datetime(2020, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("date", [
    "Fri, 31 Dec 9999 23:59:59 -0500", "Thu, 1 Jan 1970 00:00:00 +0000", "yesterday", "",
])
def test_a_date_that_cannot_be_ends_no_import(date):
    before = now()
    assert before <= written_at(f"Date: {date}\r\n\r\n".encode()) <= now()


def test_a_batch_is_no_more_than_memory_has_room_for(monkeypatch):
    monkeypatch.setattr(importing, "BYTES", 100)
    letters = [b"x" * size for size in (40, 40, 40, 300, 10)]
    assert [[len(raw) for raw in batch] for batch in batches([letters])] == [[40, 40, 40], [300], [10]]
