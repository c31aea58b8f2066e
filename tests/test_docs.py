"""The documentation says what the code does: the reference is generated, everything in it has words, links lead somewhere."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from core.options import OPTIONS
from core.queue import BELLS
from core.settings import Settings
from docs import reference, requirements
from jobs.timetable import TIMETABLE

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_the_reference_is_what_the_code_says():
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), "run: .venv/bin/python -m docs.reference"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_is_explained(name):
    description = Settings.model_fields[name].description
    assert description
    assert description.endswith(".")


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_is_explained(name):
    assert OPTIONS[name].means.endswith(".")
    assert OPTIONS[name].fits(OPTIONS[name].default)


def test_the_requirements_are_proven_as_they_say():
    assert requirements.PAGE.read_text(encoding="utf-8") == requirements.page(), "run: .venv/bin/python -m docs.requirements"


@pytest.mark.parametrize(("said", "lines"), [
    ("S31-S34: so", ["S31", "S32", "S33", "S34"]), ("S83a-c, W1", ["S83a", "S83b", "S83c", "W1"]), ("(T6)", ["T6"]), ("S81a-S82", ["S81a", "S81b", "S81c", "S82"]),
    ("S3.1 and XS2 and S999", []),
])
def test_lines_are_read_out_of_a_docstring(said, lines):
    known = ["S31", "S32", "S33", "S34", "S81a", "S81b", "S81c", "S82", "S83a", "S83b", "S83c", "W1", "T6", "S3", "S2"]
    assert list(requirements._numbers(said, known)) == lines


def test_each_acceptance_test_of_privacy_names_tests_that_there_are():
    """Every number from 1 to 20 once; what waits for monitors says so."""
    rows = re.findall(r"^\| (\d+) \| .+? \| (.+) \|$", (ROOT / "docs/privacy.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [int(number) for number, _proof in rows] == list(range(1, 21))
    for number, proof in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", proof)
        assert bool(named) != (number in ("16", "17") and proof.startswith("later:")), number
        for path, test in named:
            assert re.search(rf"^def {test}\(", (ROOT / path).read_text(encoding="utf-8"), flags=re.MULTILINE), f"{number}: there is no {path}::{test}"


@pytest.mark.parametrize("kind", reference.known_facts())
def test_a_fact_is_explained(kind):
    fact = reference.known_facts()[kind]
    assert fact.__doc__
    assert not fact.__doc__.startswith(fact.__name__ + "("), "a dataclass without words of its own"


@pytest.mark.parametrize("path", [*(path for _, path in BELLS.values()),
                                  *(f"{e.job.__module__}.{e.job.__name__}" for e in TIMETABLE)])
def test_a_job_is_explained(path):
    module, _, name = path.rpartition(".")
    assert getattr(import_module(module), name).__doc__


def test_the_two_commands_are_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "./run" in readme
    assert "./test" in readme


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name} points to {target}"


def test_settings_named_in_the_documentation_exist():
    known = {f"SKRANKE_{name.upper()}" for name in Settings.model_fields}
    for page in PAGES:
        for name in set(re.findall(r"SKRANKE_[A-Z_]*[A-Z]", page.read_text(encoding="utf-8"))):
            assert name in known or name.startswith("SKRANKE_TEST"), f"{page.name} names {name}"
