"""The jobs of the desk's figures."""

from __future__ import annotations

from desk.reports import keeping_up


def keep_up() -> None:
    """Fold what came or changed since the last time into the desk's figures, so that they stay when tickets go."""
    for _done in keeping_up.keep_up():
        pass
