"""Reports in a real browser: the charts are drawn, wide and narrow, light and dark, and without scripts the tables are there."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.serving import make_server

from contacts.companies import new_company
from contacts.enrolling import add_agent
from core.clock import now
from core.database import Database
from desk.mailboxes import add_mailbox
from desk.reports.folding import add
from desk.web import create_app
from tests.browser.leaving import close
from tests.browser.test_kit import ARGUMENTS, CHROMIUM

playwright = pytest.importorskip("playwright.sync_api")
PASSWORD = "a sentence is easier"
SIZES = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 360, "height": 780}}

pytestmark = [
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("SKRANKE_TEST_ALL"), reason="no Chromium here"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def desk(fresh_database: Database) -> Iterator[str]:
    """A desk with figures of two months; its address."""
    with fresh_database.write() as db:
        jonas = add_agent(db, "jonas@desk.example", PASSWORD, name="Lise-Lotte Fagerheim-Bråthen", role="admin")
        boxes = [add_mailbox(db, "support@desk.example", "Kundeservice for private og bedrifter"), add_mailbox(db, "sales@desk.example", "Salg")]
        company = new_company(db, {"name": "Nordlandske Verkstedsammenslutning AS"}, by=jonas)
        for ago in range(60):
            day = (now() - timedelta(days=ago)).date().isoformat()
            for measure, bucket in (("in", 0), ("out", 0), ("up", 0), ("first", 40 + ago % 20), ("solved", 60 + ago % 30), ("down", 0), ("kept", 0), ("missed", 0), ("asked", 0)):
                for dimension, value in (("total", ""), ("company", company.uid), ("agent", jonas.uid)):
                    add(db, {(dimension, measure, day, boxes[ago % 2].id, value, bucket): 3 + ago % 5})
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield made
        made.close()


def signed_in(browser: Any, desk: str, **options: Any) -> Any:
    page = browser.new_context(**options).new_page()
    page.complaints = []
    page.on("console", lambda said: said.type in ("error", "warning") and page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(f"{desk}/sign-in")
    page.fill("[name=email]", "jonas@desk.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_charts_and_tables_are_for_everybody(browser: Any, desk: str, size: str, scheme: str) -> None:
    """As wide as the window and no wider; axe finds nothing; each chart is drawn in as many lines as its table has columns."""
    from axe_playwright_python.sync_playwright import Axe
    page = signed_in(browser, desk, viewport=SIZES[size], color_scheme=scheme)
    page.goto(f"{desk}/reports")
    page.wait_for_selector(".uplot canvas")
    assert page.locator(".uplot canvas").count() == page.locator("[data-chart]").count() >= 6
    legend, heads = page.locator("[data-chart]").first.locator(".u-legend .u-series"), page.locator("[data-chart]").first.locator("th[data-look]")
    assert legend.count() == heads.count() == 3
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.complaints == []       # axe itself would write styles that the page's policy refuses
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    close(page.context)


def test_without_scripts_the_tables_say_it_all(browser: Any, desk: str) -> None:
    page = signed_in(browser, desk, java_script_enabled=False)
    page.goto(f"{desk}/reports")
    assert page.locator(".uplot").count() == 0
    assert not page.locator("[data-chart-drawing]").first.is_visible()
    assert page.locator(".chart__table tbody tr").first.is_visible()
    page.select_option("select[name=compare]", "none")
    page.click("main button:has-text('Show')")
    assert "compare=none" in page.url
    assert page.locator(".chart__table").first.locator("th[data-look]").count() == 2
    close(page.context)
