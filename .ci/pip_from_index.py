"""Run pip where Python has none: its wheel, fetched from the package index, is run from the zip file."""

import json
import os
import re
import runpy
import sys
import tempfile
import urllib.request
from pathlib import Path

LOCKED = re.search(r'registry = "([^"]+)"', Path(__file__).parents[1].joinpath("uv.lock").read_text())
INDEX = (os.environ.get("PIP_INDEX_URL") or (LOCKED[1] if LOCKED else "")).rstrip("/")


def wheel() -> str:
    """Where the newest wheel of pip lies."""
    ask = urllib.request.Request(f"{INDEX}/pip/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    with urllib.request.urlopen(ask, timeout=60) as answer:
        files = json.load(answer)["files"]
    wheels = {tuple(map(int, version.split("."))): file["url"] for file in files if not file.get("yanked")
              and (version := released(file["filename"]))}
    return wheels[max(wheels)]


def released(name: str) -> str:
    """``pip-25.3-py3-none-any.whl`` → ``25.3``; empty for whatever is no wheel of a release."""
    found = re.fullmatch(r"pip-(\d+(?:\.\d+)*)-py3-none-any\.whl", name)
    return found[1] if found else ""


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "pip.whl")
        with urllib.request.urlopen(wheel(), timeout=60) as answer, open(path, "wb") as file:
            file.write(answer.read())
        sys.path.insert(0, path)
        sys.argv[0] = "pip"
        runpy.run_module("pip", run_name="__main__")
