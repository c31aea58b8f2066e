"""A parsing child that hangs, dies, eats memory or lies when the mail says so."""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime

from desk.letter import Letter
from mailgate.parse import parse
from mailgate.parsing_child import serve


def read(raw: bytes, *, envelope_sender: str | None, now: datetime | None, careful: bool = False) -> Letter:
    if careful:
        raw = raw.replace(b"HANG", b"HUNG")
    if b"HANG" in raw:
        time.sleep(600)
    if b"DIE" in raw:
        os._exit(3)
    if b"EAT" in raw:
        bytearray(8 << 30)
    if b"LIE" in raw:
        return Letter(message_id="x", message_id_given=False, sender=None, headers={"a": (print("noise") or "b",)})
    return parse(raw, envelope_sender=envelope_sender, now=now, careful=careful)


if __name__ == "__main__":
    serve(read, megabytes=int(sys.argv[1]))
