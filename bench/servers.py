"""Starts a server as a process group of its own, waits until it listens, and ends it again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """A port on the loopback interface that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], *ports: int, env: dict[str, str] | None = None, log: Path, patience: float = 60
) -> Iterator[int]:
    """The server's process number while it runs and listens on the ports. Raises RuntimeError where it does not."""
    with log.open("ab") as out:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **(env or {})},
            start_new_session=True,
        )  # fmt: skip
    try:
        for port in ports:
            _await(server, port, log, patience)
        yield server.pid
    finally:
        _end(server)


def _await(server: subprocess.Popen[bytes], port: int, log: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{server.args} does not listen: {log.read_text(errors='replace')[-800:]}")


def _end(server: subprocess.Popen[bytes]) -> None:
    """SIGTERM to the server, and SIGKILL to its group where that is not enough."""
    server.terminate()
    try:
        server.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
