"""The one file that a backup is: a tar of settings, database, files and, last, a manifest that says what must be in it.

It is written under another name, and gets its own when it is whole and on the disk. What is read out of one is believed when
everything has been read and is what the manifest says.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, cast

from core.errors import Refused
from core.journal import sync_folder

FORMAT = 1
PREFIX = ".skranke-backup-"
BLOB = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})")
MANIFEST, SETTINGS = "manifest.json", "skranke.toml"
OTHERS = (SETTINGS, "database.sqlite", "database.dump")
#: How hard gzip tries: much of what is in an archive is packed already.
LEVEL = 4
CHUNK = 1 << 20


class Archive:
    """An archive that is being written. ``folder`` is for what goes into it, and is gone afterwards."""

    def __init__(self, tar: tarfile.TarFile, folder: Path) -> None:
        self.tar, self.folder = tar, folder
        self.members: dict[str, list[Any]] = {}
        self.files: list[str] = []

    def add(self, name: str, path: Path) -> None:
        """A file, under this name."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            self.tar.addfile(_member(name, path.stat().st_size), file)
        self.members[name] = [path.stat().st_size, digest]

    def add_blob(self, digest: str, content: bytes) -> None:
        """A content of :mod:`core.files`."""
        self.tar.addfile(_member(f"files/{digest[:2]}/{digest}", len(content)), io.BytesIO(content))
        self.files.append(digest)

    def close(self, said: dict[str, Any]) -> None:
        """The manifest, last."""
        content = json.dumps({"format": FORMAT, **said, "members": self.members, "files": self.files}, indent=1).encode()
        self.tar.addfile(_member(MANIFEST, len(content)), io.BytesIO(content))


@contextmanager
def writing(target: Path) -> Iterator[Archive]:
    """An archive of that name (``.tar``, ``.tar.gz``, ``.tgz``) when all went well, and nothing otherwise. Raises Refused, OSError."""
    if not target.name.endswith((".tar", ".tar.gz", ".tgz")):
        raise Refused(f"{target} is no folder, and no name that ends with .tar.gz or .tar.")
    if not target.parent.is_dir():
        raise Refused(f"There is no folder {target.parent}.")
    _sweep(target.parent)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=PREFIX) as name, _locked(Path(name)):
        part = Path(name) / "archive"
        with ExitStack() as open_:
            part.touch(0o600)
            raw = open_.enter_context(part.open("wb"))
            packed = raw if target.suffix == ".tar" else open_.enter_context(
                gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=LEVEL))
            yield Archive(open_.enter_context(tarfile.open(fileobj=cast(IO[bytes], packed), mode="w|")), Path(name))
        with part.open("rb+") as whole:
            os.fsync(whole.fileno())
        part.replace(target)
    sync_folder(target.parent)


def unpack(archive: Path, into: Path) -> dict[str, Any]:
    """Everything in an archive, in a folder; its manifest. Raises Refused where it is not whole, or not what was written."""
    digests: dict[str, list[Any]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with _packed(archive) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None or manifest is not None or not (member.name in (*OTHERS, MANIFEST) or BLOB.fullmatch(member.name)):
                    raise Refused(f"{archive} is no backup of Skranke: it holds {member.name}.")
                if member.name == MANIFEST:
                    manifest = json.load(content)
                else:
                    digests[member.name] = [member.size, _copy(content, into / member.name)]
            while packed.read(CHUNK):
                pass                        # to its end, where gzip's own check stands
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, ValueError) as error:
        raise Refused(f"{archive} cannot be read, it is damaged or cut short: {error}") from error
    if manifest is None:
        raise Refused(f"{archive} is not whole: its end is missing.")
    if manifest.get("format") != FORMAT:
        raise Refused(f"{archive} was made by another version of Skranke ({manifest.get('version')}), which this one cannot read.")
    wanted = {**manifest["members"], **{f"files/{digest[:2]}/{digest}": [None, digest] for digest in manifest["files"]}}
    wrong = sorted(name for name in {*wanted, *digests}
                   if name not in wanted or name not in digests or wanted[name][1] != digests[name][1])
    if wrong:
        raise Refused(f"{archive} is damaged: {len(wrong)} of its parts are missing or not what was written, such as {wrong[0]}.")
    return manifest


@contextmanager
def _packed(archive: Path) -> Iterator[IO[bytes]]:
    """What is in the file, whether it is packed or not."""
    with archive.open("rb") as raw:
        if raw.peek(2)[:2] != b"\x1f\x8b":
            yield raw
            return
        with gzip.GzipFile(fileobj=raw, mode="rb") as packed:
            yield cast(IO[bytes], packed)


def _copy(content: IO[bytes], to: Path) -> str:
    """Write it down; its SHA-256."""
    to.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    to.touch(0o600, exist_ok=False)
    with to.open("wb") as file:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(time.time())
    return member


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Take away what backups left that were killed: half an archive is as full of personal data as a whole one."""
    for left in folder.glob(f"{PREFIX}*"):
        try:
            with _locked(left):
                shutil.rmtree(left)
        except (BlockingIOError, FileNotFoundError, PermissionError):
            continue            # one that is being written, was taken away by another, or is somebody else's
