"""A family of processes: started again when they die, ended in time, never outliving their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from tests.desks import alive, until

PROGRAM = """
    import os, signal, sys, time
    from pathlib import Path
    from core.processes import Child, Family

    folder = Path(sys.argv[1])

    def note(name):
        with (folder / name).open("a") as file:
            file.write(f"{os.getpid()}\\n")

    def steady():
        note("steady")
        while True:
            time.sleep(60)

    def polite():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        note("polite")
        time.sleep(60)

    def stubborn():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        note("stubborn")
        while True:
            time.sleep(60)

    def failing():
        note("failing")
        raise RuntimeError("it cannot")

    def brief():
        note("brief")

    def server():
        note("server")
        os.execv("/bin/sleep", ["sleep", "60"])

    known = {f.__name__: f for f in (steady, polite, stubborn, failing, brief, server)}
    family = Family([Child(n, known[n], once=n == "brief", outlives=n == "server") for n in sys.argv[2:]])
    (folder / "parent").write_text(str(os.getpid()))
    family.keep()
    family.end(2.0)
"""


class Program:
    def __init__(self, folder, *names):
        self.folder, self.names = folder, names
        with (folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", textwrap.dedent(PROGRAM), str(folder), *names], stdout=log, stderr=log)

    def pids(self, name):
        path = self.folder / name
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def all_started(self):
        until(lambda: all(self.pids(name) for name in self.names), 20)
        return self

    def everybody(self):
        return [pid for name in self.names for pid in self.pids(name)]


@pytest.fixture
def program(tmp_path):
    made = []

    def start(*names):
        made.append(Program(tmp_path, *names))
        return made[-1].all_started()

    yield start
    for one in made:
        for pid in [one.process.pid, *one.everybody()]:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        one.process.wait()


def test_a_child_that_dies_is_started_again(program):
    running = program("steady")
    os.kill(running.pids("steady")[0], signal.SIGKILL)
    until(lambda: len(running.pids("steady")) == 2)
    assert alive(running.pids("steady")[1])


def test_a_child_that_keeps_failing_is_started_ever_later(program):
    running = program("failing")
    until(lambda: len(running.pids("failing")) >= 3)
    log = (running.folder / "log").read_text()
    assert "it cannot" in log
    assert "again_in=0.5" in log
    assert "again_in=1.0" in log


def test_a_child_of_one_errand_is_not_started_again(program):
    running = program("brief", "steady")
    until(lambda: not alive(running.pids("brief")[0]))
    os.kill(running.pids("steady")[0], signal.SIGKILL)
    until(lambda: len(running.pids("steady")) == 2)
    assert len(running.pids("brief")) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_everybody_ends_when_the_parent_is_told_to(program, number):
    running = program("steady", "polite", "server")
    running.process.send_signal(number)
    assert running.process.wait(30) == 0
    assert not any(map(alive, running.everybody()))


def test_who_does_not_end_is_killed(program):
    running = program("stubborn", "polite")
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(30) == 0
    assert "child.killed" in (running.folder / "log").read_text()
    assert not any(map(alive, running.everybody()))


def test_nobody_outlives_a_parent_that_is_killed(program):
    running = program("steady", "polite", "server")
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait(30)
    until(lambda: not any(map(alive, running.everybody())))
