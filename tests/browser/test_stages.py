"""Stages of sales in a real browser: dragged to another place, moved and changed by keyboard alone, chosen on a sale."""

from __future__ import annotations

from typing import Any

from contacts.agent import Agent
from contacts.stages import stages
from core.database import Database
from tests.browser.test_addresses import flaws, shot
from tests.browser.test_register_jobs import press, to, write
from tests.browser.test_ticket_page import (  # noqa: F401 - fixtures
    address,
    chromium,
    desk,
    go,
    open_page,
    pytestmark,
)


def offered(database: Database) -> list[str]:
    with database.read() as db:
        return [stage.name for stage in stages(db)]


def test_an_order_is_changed_by_dragging_and_by_keyboard(open_page: Any, fresh_database: Database) -> None:  # noqa: F811
    with fresh_database.write() as db:
        db.query(Agent).filter_by(email="nora@desk.example").one().role = "admin"
    page = open_page("/settings/sale-stages")
    before = offered(fresh_database)
    shot(page, "stages")
    assert flaws(page) == []
    row = page.locator("tr[data-place]")
    height = row.nth(0).bounding_box()["height"]
    row.nth(3).drag_to(row.nth(0), target_position={"x": 40, "y": 4})
    page.wait_for_selector("tr[data-place]:nth-child(1):has-text('Negotiation')")
    assert offered(fresh_database) == [before[3], *before[:3], before[4]]
    row.nth(0).drag_to(row.nth(3), target_position={"x": 40, "y": height - 4})
    page.wait_for_selector("tr[data-place]:nth-child(1):has-text('First contact')")
    assert offered(fresh_database) == before
    press(page, "tr[data-place]:nth-child(3) button[value=up]")
    page.wait_for_selector("tr[data-place]:nth-child(2):has-text('Offer sent')")
    go(page, "/settings/sale-stages/new")
    write(page, name="Trial", probability="60")
    page.wait_for_selector("tr[data-place] >> text=Trial")
    go(page, "/sales/new")
    to(page, "[name=title]")
    page.keyboard.type("Scanners")
    to(page, "[name=stage]")
    page.keyboard.type("Trial")
    page.keyboard.press("Control+s")
    page.wait_for_selector("text=Trial, 60 %")
    go(page, "/sales")
    shot(page, "sales-by-stage")
    assert flaws(page) == []
