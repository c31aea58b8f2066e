"""Calls an adapter in the process and environment that it needs."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def call(python: Path | str, module: str, command: str, home: Path, *arguments: str, env: Mapping[str, str]) -> Any:
    """One command of an adapter; its answer is the last line. Raises RuntimeError where it fails."""
    done = subprocess.run(
        [python, "-m", module, command, str(home.resolve()), *arguments],
        capture_output=True, text=True, check=False, cwd=ROOT, env=dict(env),
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{module}, {command}: {done.stderr.strip()[-1500:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def environment(**more: str) -> dict[str, str]:
    """The bench can be imported (of itself it needs only the standard library); no setting of a desk of ours."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SKRANKE_")}
    return {**ours, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **more}
