"""A virtual environment for each peer, with the latest version that the package index has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from bench.peers import Peer


def python_of(peer: Peer, cache: Path) -> Path:
    """The peer's own interpreter; made, installed or brought up to date first.

    Where the package index cannot be reached, what is installed already is used.
    Raises RuntimeError where nothing is.
    """
    folder = cache / "environments" / peer.slug
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    done = _install(python, peer.packages)
    if done.returncode and not versions(python, peer.packages):
        raise RuntimeError(f"{peer.name} cannot be installed: {done.stderr.strip()[-300:]}")
    return python


def versions(python: Path, packages: Iterable[str]) -> dict[str, str]:
    """The installed version of each package; empty where the first of them is not installed."""
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format", "json"], capture_output=True, text=True, check=True
    )
    installed = {entry["name"].lower(): entry["version"] for entry in json.loads(listed.stdout)}
    found = {name: installed[name.lower()] for name in packages if name.lower() in installed}
    return found if next(iter(packages)) in found else {}


def _install(python: Path, packages: Iterable[str]) -> subprocess.CompletedProcess[str]:
    command = [str(python), "-m", "pip", "install", "--quiet", "--upgrade", *packages]
    return subprocess.run(command, capture_output=True, text=True, check=False)
