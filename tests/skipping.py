"""What was skipped is said in one line; where everything is to run (``SKRANKE_TEST_ALL=1``) a skip is a failure."""

from __future__ import annotations

import os
from collections import Counter

import pytest

ALL = os.environ.get("SKRANKE_TEST_ALL") == "1"
#: The one thing that may be missing everywhere: mails of other projects that do not travel with this one.
CORPUS = "shared/mails"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if ALL and report.skipped and not hasattr(report, "wasxfail") and CORPUS not in _why(report):
        report.outcome, report.longrepr = "failed", f"skipped where nothing may be: {_why(report)}"
    return report


def pytest_terminal_summary(terminalreporter):
    skipped = Counter(_why(report) for report in terminalreporter.stats.get("skipped", ()))
    if skipped:
        said = "; ".join(f"{why} ({times})" for why, times in skipped.most_common())
        terminalreporter.write_line(f"Skipped: {said}. SKRANKE_TEST_ALL=1 and .ci/run leave nothing out.")


def _why(report) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return reason.removeprefix("Skipped: ")
