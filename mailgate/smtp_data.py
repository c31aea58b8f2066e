"""Reading the bytes between DATA and its final dot (RFC 5321 section 4.1.1.4), and nothing but these.

Only CRLF dot CRLF ends a mail. What other servers might take for an end is refused as a whole when the real
end has come, so that no second mail can be smuggled in and both sides stay in step.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

END = b"\r\n.\r\n"
_FALSE_END = re.compile(rb"(?:(?<!\r)\n|\r(?!\n))\.(?:\r|\n|\Z)|\r\n\.(?:\n|\r(?!\n))")


@dataclass(slots=True)
class Reading:
    """What came: the bytes with their stuffed dots, or nothing but their number once there were too many."""

    data: bytearray
    size: int = 0
    dropped: bool = False

    def add(self, piece: bytes, most: int, room: Callable[[int], bool]) -> None:
        """Keep the piece while the mail fits; afterwards keep just enough to see the end."""
        self.size += len(piece)
        if not self.dropped and (self.size > most or not room(len(piece))):
            self.dropped = True
        self.data += piece
        if self.dropped:
            del self.data[:-len(END)]


async def read_data(
    reader: asyncio.StreamReader, most: int, room: Callable[[int], bool], alive: Callable[[], None],
) -> Reading:
    """Read up to the final dot. ``room(n)`` is asked for every n bytes kept, ``alive()`` told of every piece.

    Lines may be of any length. Raises asyncio.IncompleteReadError when the client goes away.
    """
    reading = Reading(bytearray(b"\r\n"))
    while True:
        try:
            piece = await reader.readuntil(b".\r\n")
            ended = (bytes(reading.data[-4:]) + piece)[-5:] == END
        except asyncio.LimitOverrunError as full:
            piece, ended = await reader.readexactly(full.consumed), False
        alive()
        reading.add(piece, most, room)
        if ended:
            return reading


def unstuffed(data: bytearray) -> bytes:
    """The mail itself: without the final dot and without the dots put before dots (section 4.5.2)."""
    return bytes(data[:-3]).replace(b"\r\n.", b"\r\n")[2:]


def has_false_end(data: bytearray) -> bool:
    """Whether a line of one dot stands between line ends of which at least one is no CRLF."""
    proper = data.count(b"\r\n")
    if data.count(b"\n") == proper and data.count(b"\r") == proper:
        return False
    return _FALSE_END.search(data, 0, len(data) - len(END)) is not None
