"""What only a browser can measure: nothing is squeezed, overlaps, or opens out of sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update

from core.clock import now
from core.database import Database
from desk.mailboxes import Alert, Mailbox
from desk.tickets.message import Message
from tests.browser.test_settings import (  # noqa: F401 - fixtures
    SIZES,
    chromium,
    desk,
    pytestmark,
    visit,
)
from tests.browser.test_ticket_page import arrive
from tests.letters_made import mail

HEADING = "<h1>Seven chairs that will change your week and everything you know of weeks besides</h1><p>Read on</p>" * 3
LONG = "Hei, " + "dette er en setning som ingen kan få nok av. " * 8


def boxes(page: Any, selector: str) -> list[dict[str, float]]:
    return [one.bounding_box() for one in page.locator(selector).all() if one.is_visible()]


def test_an_alert_leaves_room_for_the_name_of_its_mailbox(visit: Callable[..., Any], fresh_database: Database) -> None:  # noqa: F811
    with fresh_database.write() as db:
        about = db.scalars(select(Mailbox.address)).first()
        db.add(Alert(about=about, kind="reading", detail="The server refused the password since early this morning.", raised_at=now()))
    page = visit(viewport=SIZES["narrow"])
    page.goto("/settings/mailboxes")
    name, state = boxes(page, "tbody tr:first-child td:nth-child(1)")[0], boxes(page, "tbody tr:first-child .sign")[0]
    assert name["width"] >= 110
    assert state["x"] + state["width"] <= 348


def test_letters_say_who_wrote_and_headings_have_room(visit: Callable[..., Any], fresh_database: Database) -> None:  # noqa: F811
    with fresh_database.read() as db:
        mailbox = db.scalars(select(Mailbox)).one()
    who = "Torbjørn Aasen-Lyngstad <johansen@fastighet.example>"
    number = min(arrive(fresh_database, mailbox, mail(who, subject="Stol", text=f"{LONG} {html}", html=html)) for html in (None, "", HEADING))
    with fresh_database.write() as db:
        db.execute(update(Message).where(Message.ticket_id > number).values(ticket_id=number))
    page = visit()
    page.goto(f"/tickets/{number}")
    cut = page.locator("details.letter:not([open]) .letter__who").evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).length")
    assert page.locator("details.letter:not([open])").count() == 2
    assert cut == 0
    frame = page.frame_locator(".letter__frame").locator("h1").first
    assert frame.evaluate("(h) => parseFloat(getComputedStyle(h).lineHeight) / parseFloat(getComputedStyle(h).fontSize)") >= 1.3


def test_why_opens_where_it_can_be_read(visit: Callable[..., Any], fresh_database: Database) -> None:  # noqa: F811
    with fresh_database.read() as db:
        mailbox = db.scalars(select(Mailbox)).one()
    number = arrive(fresh_database, mailbox, mail("Torbjørn Aasen-Lyngstad <johansen@fastighet.example>", subject="Stol", text="Hei!\n\n" * 40 + "Takk."))
    page = visit()
    page.goto(f"/tickets/{number}")
    page.locator(".letter__decided .why > summary").click()
    acts = page.locator(".why__acts")
    page.wait_for_function("() => { const acts = document.querySelector('.why__acts').getBoundingClientRect();"
                           " return acts.height > 0 && acts.bottom <= document.querySelector('[data-thread]').getBoundingClientRect().bottom + 1 }", timeout=5000)
    assert acts.is_visible()
