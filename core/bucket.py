"""A bucket of an S3-compatible store as the store of files. Names are those of the folder: either is copied as it is.

Every request has its limits, and who has met trouble is followed by nobody for some seconds: a store that does not
answer would else hold up each mail and each page in turn, for longer than the lease of a mail lasts.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from core.errors import Away, Refused
from core.i18n import gettext as _

#: More than any file we keep: a mail or an upload is smaller. What lies in memory is bounded.
LARGEST = 100_000_000
#: Seconds for a request and for its connection, and how often more it is tried: less in all than a mail is claimed for.
PATIENT, QUICK = (30.0, 5.0, 2), (1.0, 1.0, 0)
REST = 10.0
PAGE = 1000                  # names in one answer
NAME = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})")
SAID = re.compile(r"<Code>(.*?)</Code>.*?<Message>(.*?)</Message>", re.DOTALL)


class Bucket:
    """``s3://bucket/prefix?endpoint=https://...&region=...``; who we are comes from the environment, as AWS has it."""

    def __init__(self, url: str) -> None:
        self.rests_until, self.why = 0.0, ""
        self.store, self.quick = _store(url, *PATIENT), _store(url, *QUICK)

    def put(self, digest: str, content: bytes) -> None:
        """Written whole or not at all, also over the same bytes: then it counts as kept just now."""
        with self._asked():
            obstore.put(self.store, _name(digest), content, use_multipart=False)

    def get(self, digest: str) -> bytes:
        """The bytes of the object."""
        with self._asked():
            found = obstore.get(self.store, _name(digest))
            content = found.bytes().to_bytes() if found.meta["size"] <= LARGEST else None
        if content is None:
            raise FileNotFoundError(f"{digest} is larger than anything we keep")
        return content

    def remove(self, digests: Iterable[str], unless_since: datetime | None) -> None:
        """All in one request, after each was looked at; there are no more of them than in a page."""
        with self._asked():
            names = [name for name in map(_name, digests) if unless_since is None or self._older(name, unless_since)]
            if names:
                obstore.delete(self.store, names)

    def _older(self, name: str, than: datetime) -> bool:
        try:
            return obstore.head(self.store, name)["last_modified"] < than
        except FileNotFoundError:
            return False

    def older(self, than: datetime) -> Iterator[list[str]]:
        """A page at a time; what has no name of ours is left alone."""
        with self._asked():
            for page in obstore.list(self.store, chunk_size=PAGE):
                ours = [NAME.fullmatch(one["path"]) for one in page if one["last_modified"] < than]
                yield [name[2] for name in ours if name]

    def check(self) -> None:
        """Asks for names that nothing has."""
        with _told():
            next(iter(obstore.list(self.quick, "check")), None)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        if time.monotonic() < self.rests_until:
            raise Away(self.why)
        try:
            with _told():
                yield
        except Away as away:
            self.rests_until, self.why = time.monotonic() + REST, str(away)
            raise


def _store(url: str, timeout: float, connect: float, again: int) -> S3Store:
    try:
        parts = urlsplit(url)
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        if parts.scheme != "s3" or not parts.netloc:
            raise ValueError(parts.scheme)
        return S3Store(
            parts.netloc, prefix=parts.path.strip("/") or None, config=options, client_options={  # type: ignore[arg-type]
                "timeout": timedelta(seconds=timeout), "connect_timeout": timedelta(seconds=connect),
                "allow_http": options.get("endpoint", "").startswith("http://")},
            retry_config={"max_retries": again, "retry_timeout": timedelta(seconds=10)})
    except (BaseError, ValueError) as error:
        raise Refused(_("SKRANKE_FILES_URL has to look like s3://bucket/prefix?endpoint=https://store.example&region="
                        "eu-north-1 (%(error)s).", error=error)) from error


@contextmanager
def _told() -> Iterator[None]:
    """Trouble in our own words. That an object is not there counts only where the store itself says so."""
    try:
        yield
    except (BaseError, OSError) as error:
        said = SAID.search(str(error))
        if said and said[1] == "NoSuchKey":
            raise FileNotFoundError(said[2]) from error
        why = f"{said[2]} ({said[1]})" if said else str(error).partition("\n")[0]
        raise Away(why[:300]) from error


def _name(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
