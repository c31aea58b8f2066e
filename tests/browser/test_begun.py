"""A ticket that is begun in a real browser: kept while it is written, there again after a reload or a crash, thrown away."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import func, select

from core.database import database
from desk.tickets.message import Draft
from desk.tickets.ticket import Ticket
from tests.browser.test_kit import NARROW, WIDE, axe
from tests.browser.test_ticket_page import (  # noqa: F401 - fixtures
    address,
    chromium,
    desk,
    go,
    kept,
    one,
    open_page,
    pytestmark,
    ready,
    sent,
)

LEFT = "may not have been saved"


def write(page: Any, to: str = "eva@other.example", subject: str = "Toner", text: str = "It is here.") -> None:
    page.locator("#composer-to").fill(to)
    page.locator("#composer-to").press("Enter")
    page.fill('input[name="subject"]', subject)
    page.locator("trix-editor").click()
    page.keyboard.type(text)


def written(page: Any) -> tuple[str, str, str]:
    return (page.input_value('input[name="to"]'), page.input_value('input[name="subject"]'), page.locator("trix-editor").inner_text().strip())


def says(page: Any) -> str:
    text: str = page.locator("[data-composer-says]").inner_text()
    return text


def drafts() -> int:
    with database().read() as db:
        return db.scalar(select(func.count()).select_from(Draft)) or 0


def local(page: Any) -> int:
    count: int = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length")
    return count


def test_a_mail_is_there_again_after_a_reload(open_page: Any) -> None:  # noqa: F811
    page = open_page("/tickets/new")
    write(page)
    go(page)                                    # at once: nothing has been saved yet
    assert written(page) == ('"Eva Lind" <eva@other.example>', "Toner", "It is here.") or written(page) == (
        "eva@other.example", "Toner", "It is here.")
    kept(lambda: (draft := one(Draft)) is not None and "It is here." in draft.html)
    page.wait_for_selector("[data-saved]:has-text('Saved ')")
    page.locator("trix-editor").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Come.")
    kept(lambda: "Come." in one(Draft).html)
    assert drafts() == 1
    go(page)
    assert written(page)[2] == "It is here. Come."
    page.locator("trix-editor").press("Control+Enter")
    assert sent(page).text == "It is here. Come."
    assert drafts() == 0 and local(page) == 0
    assert [one for one in page.complaints if "409" not in one] == []


def test_after_a_crash_it_is_offered(open_page: Any) -> None:  # noqa: F811
    page = open_page("/tickets/new")
    write(page)
    kept(lambda: (draft := one(Draft)) is not None and "It is here." in draft.html)
    other = open_page("/tickets?view=mine")     # another browser: nothing is kept in it
    other.get_by_role("link", name="Begun tickets").click()
    ready(other)
    assert written(other)[1:] == ("Toner", "It is here.")
    go(other, "/tickets/new")
    assert written(other) == ("", "", "")
    assert other.locator(".waiting li").inner_text().split("\n")[0] == "Eva Lind Toner"
    for scheme, size in (("light", WIDE), ("dark", NARROW)):
        other.emulate_media(color_scheme=scheme)
        other.set_viewport_size(size)
        assert axe(other) == []
        assert other.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_call_is_kept_and_nothing_is_asked_on_leaving(open_page: Any, desk: list[int]) -> None:  # noqa: F811
    page = open_page("/tickets/new?channel=phone")
    page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
    page.fill("input[name=who]", "Eva Lind")
    page.fill("textarea[name=text]", "First\n\n  second")
    go(page, "/tickets?view=mine")
    kept(lambda: (draft := one(Draft)) is not None and draft.text.replace("\r", "") == "First\n\n  second")
    go(page, f"/tickets/new?draft={one(Draft).uid}")
    assert page.input_value("textarea[name=text]") == "First\n\n  second"
    page.fill("input[name=subject]", "She called")
    page.keyboard.press("Control+s")
    page.wait_for_selector("text=The call is noted down.")
    assert one(Ticket).subject == "She called" and drafts() == 0 and local(page) == 0
    assert page.complaints == []


def test_what_was_begun_for_one_is_not_mixed_with_another(open_page: Any) -> None:  # noqa: F811
    page = open_page("/tickets/new?to=eva@other.example")
    page.locator("trix-editor").click()
    page.keyboard.type("Dear Eva")
    kept(lambda: one(Draft) is not None)
    go(page, "/tickets/new?to=per@kunde.example")
    assert page.locator(".waiting li").count() == 1 and "Eva Lind" in page.locator(".waiting li").inner_text()
    assert "per@kunde.example" in written(page)[0] and written(page)[2] == ""
    page.locator("trix-editor").click()
    page.keyboard.type("Dear Per")
    kept(lambda: drafts() == 2)
    go(page)
    assert "per@kunde.example" in written(page)[0] and written(page)[2] == "Dear Per"
    page.locator(".waiting a").click()
    ready(page)
    assert "eva@other.example" in written(page)[0] and written(page)[2] == "Dear Eva"


def test_it_is_thrown_away_after_a_question(open_page: Any) -> None:  # noqa: F811
    page = open_page("/tickets/new")
    assert not page.get_by_role("button", name="Discard …").is_visible()
    write(page)
    page.wait_for_selector("[data-saved]:has-text('Saved ')")
    page.get_by_role("button", name="Discard …").click()
    dialog = page.get_by_role("dialog", name="Discard this draft?")
    assert "What you have written here is lost." in dialog.inner_text() and axe(page) == []
    dialog.get_by_role("button", name="Cancel").click()
    assert drafts() == 1
    page.get_by_role("button", name="Discard …").click()
    dialog.get_by_role("button", name="Discard", exact=True).click()
    page.wait_for_selector("text=The draft is gone.")
    ready(page)
    assert written(page) == ("", "", "") and drafts() == 0 and local(page) == 0 and says(page) == ""


def test_without_a_connection_it_waits_in_the_browser(open_page: Any) -> None:  # noqa: F811
    page = open_page("/tickets/new")
    page.context.set_offline(True)
    write(page)
    page.wait_for_selector("[data-composer-says] .notice--heed")
    with suppress(PlaywrightError):             # closed, it would say goodbye, and that may outlast the outage
        page.goto("chrome://crash")
    page.close()
    other = page.context.new_page()
    other.context.set_offline(False)
    other.goto("/tickets/new")
    ready(other)
    assert LEFT in says(other) and drafts() == 0
    other.get_by_role("link", name="Go on with it").click()
    ready(other)
    assert "is back" in says(other) and written(other) == ("eva@other.example", "Toner", "It is here.")
    kept(lambda: (draft := one(Draft)) is not None and "It is here." in draft.html)


def test_two_windows_of_one_draft(open_page: Any) -> None:  # noqa: F811
    page = open_page("/tickets/new")
    write(page)
    page.wait_for_selector("[data-saved]:has-text('Saved ')")
    kept(lambda: "It is here." in one(Draft).html)
    other = page.context.new_page()
    other.goto(f"/tickets/new?draft={one(Draft).uid}")
    ready(other)
    for window, text in ((other, " Theirs."), (page, " Mine.")):
        window.locator("trix-editor").click()
        window.keyboard.press("Control+End")
        window.keyboard.type(text)
        if window is other:
            kept(lambda: "Theirs." in one(Draft).html)
    page.wait_for_selector("text=changed this draft meanwhile")
    page.get_by_role("button", name="Take theirs").click()
    page.wait_for_selector("trix-editor:has-text('Theirs.')")
    assert "Mine." not in page.locator("trix-editor").inner_text()


def test_without_scripts_a_ticket_begins_as_before(open_page: Any) -> None:  # noqa: F811
    page = open_page("/tickets/new", java_script_enabled=False)
    page.fill('input[name="to"]', "eva@other.example")
    page.fill('input[name="subject"]', "Toner")
    page.fill('textarea[name="text"]', "By hand.")
    page.get_by_role("button", name="Send", exact=False).first.click()
    page.wait_for_selector("text=By hand.")
    assert drafts() == 0
