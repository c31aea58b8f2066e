"""A Valkey of a test's own."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import redis

from skranke import valkey
from tests.desks import until


class Valkey:
    """A server on a unix socket that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.socket = valkey.socket_in(folder)
        self.url = f"unix://{self.socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Valkey:
        program = valkey.server()
        assert program is not None
        self.process = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", str(self.socket), "--save", "", "--dir", str(self.socket.parent)],
            stdout=subprocess.DEVNULL)
        until(self._answers, 10)
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None
        self.socket.unlink(missing_ok=True)

    def hang(self) -> None:
        """Answer nobody any more, until it is to go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def _answers(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self.socket)) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
