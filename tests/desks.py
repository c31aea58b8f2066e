"""A whole desk in real processes, on a data folder and ports of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tests.ports import free_port

T = TypeVar("T")
SKRANKE = str(Path(sys.executable).with_name("skranke"))


#: A machine that is busy with much else takes longer; what a test waits for costs nothing when it comes early.
PATIENCE = 4


def until(holds: Callable[[], T], seconds: float = 30, *, what: str = "", said: Callable[[], str] = str) -> T:
    """What the condition gives as soon as it is true; an assertion error, with what is ``said``, when time is over."""
    limit = time.monotonic() + PATIENCE * seconds
    while not (found := holds()):
        assert time.monotonic() < limit, f"not within {seconds} s: {what or holds}\n{said()}"
        time.sleep(0.05)
    return found


class Desk:
    """``skranke up`` (or any other command) and what it started."""

    def __init__(self, folder: Path, *, program: str = SKRANKE, **settings: str) -> None:
        self.folder, self.program = folder, program
        self.web, self.smtp = free_port(), free_port()
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("SKRANKE_")} | {
            "SKRANKE_DATA": str(folder / "var"), "SKRANKE_WEB": f"127.0.0.1:{self.web}",
            "SKRANKE_SMTP": f"127.0.0.1:{self.smtp}", **settings}
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "log"

    def start(self, *command: str) -> Desk:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, *(command or ("up",))], env=self.environment, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, cwd=self.folder, start_new_session=True)
        return self

    def run(self, *command: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.program, *command], env=self.environment, input=given, capture_output=True,
                              text=True, cwd=self.folder, timeout=60)

    def ready(self, seconds: float = 40) -> Desk:
        until(lambda: self.answers("/healthz") and self.door_open(), seconds, what="the desk answers", said=self.said)
        return self

    def answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.web}{path}", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def door_open(self) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self.smtp, timeout=5):
                return True
        except (OSError, smtplib.SMTPException):
            return False

    def send(self, raw: bytes, to: Sequence[str], sender: str = "someone@post.example") -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=30) as door:
            door.sendmail(sender, list(to), raw)

    def tree(self) -> dict[int, str]:
        """Living descendants of the program: process id → name of its part (``valkey-server``, ``gate`` ...)."""
        assert self.process is not None
        return {pid: _name(pid) for pid in descendants(self.process.pid)}

    def end(self, number: signal.Signals = signal.SIGTERM, seconds: float = 10) -> float:
        """Tell it to end; how long that took. Fails when it takes longer than allowed or leaves anybody behind."""
        assert self.process is not None
        family, began = descendants(self.process.pid), time.monotonic()
        self.process.send_signal(number)
        self.process.wait(seconds)
        while (left := [pid for pid in family if alive(pid)]) and time.monotonic() - began < seconds:
            time.sleep(0.02)
        assert not left, f"left behind: {[_name(pid) for pid in left]}\n{self.said()}"
        return time.monotonic() - began

    def kill(self) -> None:
        """Whatever is left of it, at once."""
        if self.process is not None:
            for pid in [self.process.pid, *descendants(self.process.pid)]:
                _kill(pid)
            self.process.wait(10)

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-6000:] if self.log.exists() else ""


class Api:
    """What an agent's program asks of a desk."""

    def __init__(self, desk: Desk, token: str) -> None:
        self.desk, self.token = desk, token

    def __call__(self, path: str, given: dict[str, Any] | None = None, *, file: bytes = b"") -> Any:
        """GET, or POST what is given: an object, or a file."""
        kind, body = "application/json", json.dumps(given).encode() if given is not None else None
        if file:
            kind, body = "multipart/form-data; boundary=cut", (
                b'--cut\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\nContent-Type: text/csv\r\n\r\n' + file + b"\r\n--cut--\r\n")
        ask = urllib.request.Request(f"http://127.0.0.1:{self.desk.web}/api/v1{path}", data=body, headers={
            "Authorization": f"Bearer {self.token}", "Content-Type": kind})
        with urllib.request.urlopen(ask, timeout=20) as answer:
            return json.load(answer)


def descendants(pid: int) -> list[int]:
    """All processes below this one, nearest first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, look = [], [pid]
    while look:
        below = children.get(look.pop(0), [])
        found += below
        look += below
    return found


def alive(pid: int) -> bool:
    """Whether the process is there and not just waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip().removeprefix("sk-")
    except OSError:
        return ""
