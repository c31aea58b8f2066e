"""Files as Outlook makes them (.msg), made in tests: a compound file (MS-CFB) with the few properties (MS-OXMSG) that matter."""

from __future__ import annotations

import struct

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR, MINI, CUT = 512, 64, 4096
#: Property → its id: subject, sender's name and address, headers, body, class.
TEXTS = {"subject": 0x0037, "sender": 0x0C1A, "address": 0x0C1F, "headers": 0x007D, "body": 0x1000, "kind": 0x001A}


def outlook(**texts: str) -> bytes:
    """A .msg with these texts."""
    texts = {"kind": "IPM.Note", **texts}
    streams = {f"__substg1.0_{TEXTS[name]:04X}001F": text.encode("utf-16-le") for name, text in texts.items()}
    rows = b"".join(struct.pack("<HHIII", 0x1F, TEXTS[name], 6, len(text.encode("utf-16-le")) + 2, 0) for name, text in texts.items())
    streams["__properties_version1.0"] = b"\0" * 32 + rows
    return compound(streams)


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file with these streams in its root, each shorter than the cut-off, so that all lie in the mini stream."""
    assert all(len(content) < CUT for content in streams.values())
    mini, minifat, entries = b"", [], []
    for name, content in sorted(streams.items(), key=lambda item: (len(item[0]), item[0])):
        first, count = len(minifat), -(-len(content) // MINI)
        minifat += [*range(first + 1, first + count), END]
        mini += content.ljust(count * MINI, b"\0")
        entries.append((name, 2, first, len(content)))
    directory = [_entry("Root Entry", 5, 0, len(mini), child=1)]
    directory += [_entry(*one, right=n + 2 if n + 1 < len(entries) else FREE) for n, one in enumerate(entries)]
    parts = [_filled(b"".join(directory)), _filled(struct.pack(f"<{len(minifat)}I", *minifat), b"\xff"), _filled(mini)]
    fat: list[int] = [FAT]
    starts = []
    for part in parts:
        starts.append(len(fat))
        count = len(part) // SECTOR
        fat += [*range(len(fat) + 1, len(fat) + count), END]
    assert len(fat) <= SECTOR // 4
    directory[0] = _entry("Root Entry", 5, starts[2], len(mini), child=1)
    parts[0] = _filled(b"".join(directory))
    head = struct.pack("<8s16sHHHHH6sIIIIIIIII", bytes.fromhex("D0CF11E0A1B11AE1"), b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, 1, starts[0], 0, CUT,
                       starts[1], len(parts[1]) // SECTOR, END, 0)
    return head + struct.pack("<109I", 0, *[FREE] * 108) + _filled(struct.pack(f"<{len(fat)}I", *fat), b"\xff") + b"".join(parts)


def _entry(name: str, kind: int, start: int, size: int, *, child: int = FREE, right: int = FREE) -> bytes:
    called = name.encode("utf-16-le")
    return struct.pack("<64sHBBIII16sIQQIQ", called, len(called) + 2, kind, 1, FREE, right, child, b"", 0, 0, 0, start, size)


def _filled(content: bytes, with_: bytes = b"\0") -> bytes:
    return content + with_ * (-len(content) % SECTOR)
