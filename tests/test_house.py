"""The house: packages import only to their left, every module says what it is for, everything travels in the wheel."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = PROJECT["tool"]["importlinter"]["root_packages"]
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")
                 if "vendor" not in path.parts and "versions" not in path.parts and path.read_text().strip())


def test_packages_import_only_what_stands_to_their_left():
    lint = subprocess.run([Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True,
                          text=True)
    assert lint.returncode == 0, lint.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_files_are_short():
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES)
    assert lengths[len(lengths) // 2] <= 90
    assert lengths[int(len(lengths) * 0.95)] <= 220


def test_every_package_travels_in_the_wheel():
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(wheel) >= {*PACKAGES, "templates"}


def test_the_lock_file_is_current():
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    ours = next(package for package in lock["package"] if package["name"] == "skranke")
    locked = {requirement["name"] for requirement in ours["metadata"]["requires-dist"]}
    extras = PROJECT["project"]["optional-dependencies"].values()
    wanted = {_name(requirement) for requirement in sum(extras, PROJECT["project"]["dependencies"])}
    assert locked == wanted, "run: uv lock"


def _name(requirement: str) -> str:
    for sign in "[<>=!~; ":
        requirement = requirement.partition(sign)[0]
    return requirement.lower().replace("_", "-").replace(".", "-")
