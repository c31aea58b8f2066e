"""A PostgreSQL of a test's own, that may be killed and started again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ports import free_port

FOUND = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")) or [Path(shutil.which("pg_ctl") or "")]
#: initdb and the server refuse to run as root.
AS_POSTGRES = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []


class Postgresql:
    """A server in a temporary folder. It may be killed: what a server has written outlives it without ``fsync``, which guards against the end of the machine."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.folder, self.port = FOUND[-1].parent, folder, free_port()
        self.url = f"postgresql://skranke@127.0.0.1:{self.port}/postgres"
        self._run("initdb", "--username", "skranke", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8",
                  "--no-sync", "--pgdata", f"{folder}/data")
        self.start()

    def start(self) -> None:
        self._run("pg_ctl", "start", "--wait", "--silent", "--pgdata", f"{self.folder}/data", "--log", f"{self.folder}/log",
                  "--options", f"-p {self.port} -h 127.0.0.1 -k {self.folder} -c max_connections=150 -c fsync=off")

    def crash(self) -> None:
        """End it without a goodbye and start it again: it recovers from its log."""
        self.stop()
        self.start()

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--mode", "immediate", "--silent", "--pgdata", f"{self.folder}/data")

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run([*AS_POSTGRES, str(self.bin / program), *words], cwd="/", stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=60)
        assert done.returncode == 0, f"{program}: {(self.folder / 'log').read_text()[-2000:]}"


@contextmanager
def postgresql() -> Iterator[Postgresql]:
    """A server for as long as it is needed."""
    if not FOUND[-1].name:
        pytest.skip("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(prefix="skranke-pg-", ignore_cleanup_errors=True) as name:
        if AS_POSTGRES:
            shutil.chown(name, "postgres")
        server = Postgresql(Path(name))
        try:
            yield server
        finally:
            server.stop()
