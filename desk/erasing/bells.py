"""What stands in Redis: jobs with their arguments and tracebacks, failed ones too, and their results (PRIVACY 3).

Our own bells carry nothing; what is ours there and names the person goes. Keys of others on the same server are left to them: the scan for what is
left tells of them.
"""

from __future__ import annotations

import pickletools
from collections.abc import Iterator
from contextlib import suppress

from core.queue import connection, held
from desk.erasing.reading import Reader

OURS = "rq:*"


def erase_keys(reader: Reader) -> None:
    """Let go of every key of ours that names the person. While Redis is away nothing is there to be read."""
    client = connection()
    if client is None:
        return
    for key in list(client.scan_iter(match=OURS, count=500)):
        if any(not hit.review for text in _texts(held(client, key)) for hit in reader.read(text, near=True)):
            client.delete(key)


def _texts(values: Iterator[bytes]) -> Iterator[str]:
    """As text, and the texts in what is pickled: nothing is unpickled, for that would run what stands there."""
    for value in values:
        yield value.decode("utf-8", "replace")
        with suppress(Exception):       # most are no pickle
            yield from (told for _code, told, _at in pickletools.genops(value) if isinstance(told, str))
