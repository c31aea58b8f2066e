"""Where the time goes: profiles of work, and of pages served inside the process."""

from __future__ import annotations

import cProfile
import io
import pstats
from collections.abc import Callable
from typing import Any

from bench.pages import form_with

LINES = 30
VISITS = 20


def profile(work: Callable[[], object]) -> list[str]:
    """The lines of a profile by cumulative time, the costliest first."""
    made = cProfile.Profile()
    made.runcall(work)
    told = io.StringIO()
    pstats.Stats(made, stream=told).strip_dirs().sort_stats("cumtime").print_stats(LINES)
    return [line for line in told.getvalue().splitlines() if line.strip()]


def profile_pages(told: dict[str, Any]) -> dict[str, list[str]]:
    """Each kind of page, asked for in this process by a signed-in client; ``told`` is the adapter's session."""
    from desk.web import create_app

    client = create_app().test_client()
    page, form = told["sign_in"]["page"], told["sign_in"]["form"]
    _, hidden = form_with(next(iter(form)), client.get(page).text)
    client.post(page, data=hidden | form)
    return {kind: profile(lambda paths=paths: _visit(client, paths)) for kind, paths in told["pages"].items()}


def _visit(client: Any, paths: list[str]) -> None:
    for turn in range(VISITS):
        client.get(paths[turn % len(paths)])
