"""``pip install .`` into an empty environment gives a working desk: everything it needs travels in the wheel."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.desks import Desk, until

ROOT = Path(__file__).parents[2]
LETTER = b"""From: =?utf-8?q?S=C3=B8ren_B=C3=B8gh?= <soren@kunde.example>\r
To: support@desk.example\r
Subject: Hej fra en tom maskine\r
Message-ID: <1@kunde.example>\r
\r
Hej,\r
virker det?\r
"""

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The program in an environment that holds nothing but our wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("wheel")
    uv, python = [sys.executable, "-m", "uv"], folder / "venv" / "bin" / "python"
    if subprocess.run([*uv, "--version"], capture_output=True).returncode:
        uv = [shutil.which("uv") or pytest.skip("no uv in this environment (./test brings it)")]
    _run(*uv, "build", "--wheel", "--quiet", "--out-dir", str(folder), str(ROOT))
    _run(*uv, "venv", "--quiet", "--python", sys.executable, str(folder / "venv"))
    _run(*uv, "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--directory", str(ROOT),
         "--output-file", str(folder / "requirements.txt"))
    wheel = next(folder.glob("*.whl"))
    _run(*uv, "pip", "install", "--quiet", "--python", str(python), "--requirement", str(folder / "requirements.txt"))
    _run(*uv, "pip", "install", "--quiet", "--python", str(python), "--no-deps", str(wheel))
    return wheel, python.with_name("skranke")


def _run(*words):
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd="/")
    assert done.returncode == 0, f"{words}: {done.stderr}"


def test_the_wheel_holds_what_is_not_python_too(installed):
    names = zipfile.ZipFile(installed[0]).namelist()
    for kind in ("templates/web/", "templates/mail/", "desk/static/css/", "desk/static/vendor/", "core/locale/nb.po",
                 "core/migrations/versions/", "skranke/demo/stories/"):
        assert any(name.startswith(kind) for name in names), kind
    assert not [name for name in names if name.startswith(("tests/", "bench/", "docs/", "var/"))]


def test_the_installed_desk_takes_a_mail_and_shows_it(installed, tmp_path):
    desk = Desk(tmp_path, program=str(installed[1]))
    assert desk.run("agent", "add", "nora@desk.example", "--role", "admin", "--password-stdin",
                    given="hemmelig nok\n").returncode == 0
    assert desk.run("mailbox", "add", "support@desk.example", "--name", "Support").returncode == 0
    token = desk.run("token", "add", "nora@desk.example").stdout.strip()
    try:
        desk.start().ready()
        desk.send(LETTER, ["support@desk.example"])
        ticket = until(lambda: next(iter(_tickets(desk, token)), None), 20, what="the mail is a ticket")
        assert ticket["subject"] == "Hej fra en tom maskine"
        assert ticket["requester"]["name"] == "Søren Bøgh"
        with urllib.request.urlopen(f"http://127.0.0.1:{desk.web}/sign-in") as page:
            assert b"<html" in page.read()
        assert desk.end() < 10
    finally:
        desk.kill()


def _tickets(desk, token):
    ask = urllib.request.Request(f"http://127.0.0.1:{desk.web}/api/v1/tickets", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(ask, timeout=10) as answer:
        return json.load(answer)["items"]
