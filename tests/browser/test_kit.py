"""How every page looks and behaves in a real browser, with invented data and the product's CSP."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.browser import kit_app, pages
from tests.browser.leaving import close

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = os.environ.get("SKRANKE_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 780}
EVERY = [*pages.PAGES, ""]
SAYS_IT_WAITS = "document.querySelector('[data-composer-says]').innerText.includes('This is sent as soon as')"

pytestmark = [
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("SKRANKE_TEST_ALL"), reason="no Chromium here"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, kit_app.create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def new_page(chromium: Any, viewport: dict[str, int], **options: Any) -> Any:
    """An empty page in a context of its own; what the browser complains of is kept in ``complaints``."""
    page = chromium.new_context(viewport=viewport, **options).new_page()
    page.complaints = []
    page.on("console", lambda said: said.type in ("error", "warning") and page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


def show(page: Any, address: str, name: str, *, scripts: bool = True) -> None:
    page.goto(f"{address}/kit/{name}".rstrip("/"))
    page.wait_for_load_state("load")
    if scripts and page.locator("[data-composer]").count():
        page.wait_for_selector("trix-editor[connected]")


@pytest.fixture
def open_page(chromium: Any, address: str) -> Iterator[Any]:
    contexts = []

    def open_(name: str, viewport: dict[str, int] | None = None, **options: Any) -> Any:
        page = new_page(chromium, viewport or WIDE, **options)
        contexts.append(page.context)
        show(page, address, name, scripts=options.get("java_script_enabled", True))
        return page

    yield open_
    for context in contexts:
        close(context)


def until(page: Any, question: str) -> None:
    """Wait for a truth in the page. (Playwright's own waiting needs eval, which our CSP refuses.)"""
    deadline = time.monotonic() + 10
    while not page.evaluate(question):
        assert time.monotonic() < deadline, question
        page.wait_for_timeout(50)


def axe(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


@pytest.fixture(scope="module", params=[(WIDE, "light"), (NARROW, "dark")], ids=["wide-light", "narrow-dark"])
def looking(request: pytest.FixtureRequest, chromium: Any) -> Iterator[Any]:
    """One page for all that is only looked at: it loads styles and scripts once."""
    viewport, scheme = request.param
    page = new_page(chromium, viewport, color_scheme=scheme)
    yield page
    close(page.context)


@pytest.mark.parametrize("name", EVERY)
def test_axe_finds_nothing(looking: Any, address: str, name: str) -> None:
    page = looking
    page.complaints.clear()
    show(page, address, name)
    assert axe(page) == []
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("fragment", ["list", "card"])
def test_one_column_at_a_time_when_narrow(open_page: Any, fragment: str) -> None:
    page = open_page("ticket", NARROW)
    page.evaluate(f"location.hash = '{fragment}'")
    assert page.locator(f"#{fragment}").is_visible()
    assert not page.locator("#conversation").is_visible()
    assert axe(page) == []


def test_the_rail_is_reached_by_the_menu_button(open_page: Any) -> None:
    page = open_page("list", NARROW)
    assert not page.locator("#menu").is_visible()
    page.get_by_role("button", name="Menu").first.click()
    assert page.locator("#menu").is_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    assert not page.locator("#menu").is_visible()


def test_touch_targets_are_forty_high(open_page: Any) -> None:
    page = open_page("ticket", NARROW)
    small = page.evaluate(
        """[...document.querySelectorAll('.column__head .btn, .composer__foot .btn, .ticket-bar .picker')]
        .filter(one => one.checkVisibility()).map(one => [one.className, one.getBoundingClientRect().height])
        .filter(([, height]) => height < 40)"""
    )
    assert small == []


# ── keys ──────────────────────────────────────────────────────────────


def test_j_and_k_move_and_x_selects(open_page: Any) -> None:
    page = open_page("list")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert "Ingrid" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("x")
    assert page.locator("[data-many-count]").inner_text() == "1 selected"
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert page.locator("[data-many-count]").inner_text() == "2 selected"
    assert axe(page) == []
    page.get_by_role("button", name="Select none").click()
    assert not page.locator("[data-many]").is_visible()


def test_keys_can_be_switched_off(open_page: Any) -> None:
    page = open_page("list?nokeys=1")
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert page.evaluate("document.activeElement === document.body")
    assert not page.locator("#keys").is_visible()


def test_question_mark_lists_the_keys(open_page: Any) -> None:
    page = open_page("ticket")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert "Reply" in page.locator("[data-key-list]").inner_text()
    assert axe(page) == []
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_keys_do_nothing_while_writing(open_page: Any) -> None:
    page = open_page("ticket")
    page.locator("trix-editor").click()
    page.keyboard.type("jkx?")
    assert "jkx?" in page.locator("trix-editor").inner_text()
    assert not page.locator("#keys").is_visible()


def test_ctrl_k_searches(open_page: Any) -> None:
    page = open_page("ticket")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("kj")
    until(page, """document.querySelector('[data-hits-of="kj"]') && document.activeElement.getAttribute('aria-activedescendant') === 'hit-1-1'""")
    assert axe(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kit/persons")


def test_the_search_box_of_the_rail_opens_the_one_over_all_pages(open_page: Any) -> None:
    page = open_page("companies", {"width": 1440, "height": 900}, color_scheme="dark")
    page.locator(".rail__find input").focus()
    page.keyboard.type("l")
    until(page, "document.querySelector('#palette').open && document.activeElement.value === 'l'")


def test_a_menu_closes_on_escape_and_gives_focus_back(open_page: Any) -> None:
    page = open_page("ticket")
    page.get_by_label("More", exact=True).first.click()
    assert page.get_by_role("link", name="Forward").first.is_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Forward").first.is_visible()


def test_deleting_asks_and_names_the_thing(open_page: Any) -> None:
    page = open_page("ticket")
    page.get_by_label("More", exact=True).first.click()
    page.get_by_role("button", name="Delete …").click()
    dialog = page.locator("#delete-ticket")
    assert dialog.evaluate("one => one.matches(':modal')")
    assert "Kan ikke logge inn etter oppgradering" in dialog.inner_text()
    assert axe(page) == []
    dialog.get_by_role("button", name="Cancel").click()
    assert not dialog.is_visible()


# ── composer ──────────────────────────────────────────────────────────


def write(page: Any, text: str) -> None:
    page.locator("trix-editor").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def test_the_draft_is_saved_a_moment_later(open_page: Any, address: str) -> None:
    page = open_page("ticket")
    with page.expect_response("**/draft") as answer:
        write(page, " og takk")
    sent = json.loads(answer.value.request.post_data)
    assert "og takk" in sent["html"]
    assert sent["kind"] == "reply"
    assert "ingrid@kunde.example" in sent["to"]
    assert answer.value.request.headers["x-csrftoken"] == "kit"
    until(page, "document.querySelector('[data-saved]').textContent === 'Saved 11:12'")
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_draft_is_kept_here_without_a_connection(open_page: Any) -> None:
    page = open_page("ticket")
    page.context.set_offline(True)
    write(page, " uten nett")
    page.wait_for_selector("[data-composer-says] .notice--heed")
    assert "uten nett" in page.evaluate("Object.values(localStorage)[0]")
    page.get_by_role("button", name="Send", exact=False).first.click()
    until(page, SAYS_IT_WAITS)
    write(page, " og mer")               # what goes on being written is not sent half-way
    assert page.url.endswith("/kit/ticket")
    page.context.set_offline(False)
    until(page, "Object.keys(localStorage).length === 0")
    assert page.url.endswith("/kit/ticket")


def test_what_was_sent_without_a_connection_leaves_when_there_is_one(open_page: Any) -> None:
    page = open_page("ticket")
    write(page, " uten nett")
    until(page, "document.querySelector('[data-saved]').textContent === 'Saved 11:12'")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-composer-says] .notice--heed")
    assert page.url.endswith("/kit/ticket")
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/replies")) as asked:
        page.context.set_offline(False)
    assert "uten nett" in asked.value.post_data
    page.wait_for_url("**/replies")


PRESSED_TWICE = """(button) => {
  button.click();
  for (const later of [40, 120, 250, 400]) setTimeout(() => button.click(), later);
}"""


@pytest.mark.parametrize(("name", "button"), [("ticket", "[data-send]"), ("company-form", "[data-save-button]")])
def test_a_form_leaves_once_however_often_it_is_pressed(open_page: Any, name: str, button: str) -> None:
    page = open_page(name)
    if name == "ticket":
        write(page, " en gang")
        until(page, "document.querySelector('[data-saved]').textContent === 'Saved 11:12'")
    sent: list[str] = []
    page.route("**/*", lambda route: sent.append(route.request.url) if route.request.method == "POST" else route.continue_())  # never answered
    page.locator(button).first.evaluate(PRESSED_TWICE)
    page.wait_for_timeout(900)
    assert len(sent) == 1


def test_the_last_keystroke_before_sending_without_a_connection_goes_along(open_page: Any) -> None:
    page = open_page("ticket")
    page.set_viewport_size({"width": 360, "height": 740})
    write(page, " uten")
    page.context.set_offline(True)
    for turn in range(8):
        page.keyboard.type(f"{turn}")
        page.keyboard.press("Control+Enter")
        until(page, SAYS_IT_WAITS)
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/replies")) as asked:
        page.context.set_offline(False)
    assert "uten01234567" in asked.value.post_data


def test_the_last_keystroke_goes_along_however_late_the_next_frame_is(open_page: Any) -> None:
    page = open_page("ticket")
    write(page, " uten")
    page.context.set_offline(True)
    page.evaluate("""() => {
      const frame = requestAnimationFrame.bind(window);
      window.requestAnimationFrame = (act) => setTimeout(() => frame(act), 600);
    }""")
    page.keyboard.type("0")
    page.keyboard.press("Control+Enter")
    page.keyboard.type("1")
    page.keyboard.press("Control+Enter")        # while the first press is still being made ready
    until(page, SAYS_IT_WAITS)
    page.wait_for_timeout(800)                  # the last frame that anything asked for
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/replies")) as asked:
        page.context.set_offline(False)
    assert "uten01" in asked.value.post_data


def test_what_was_kept_comes_back(open_page: Any) -> None:
    page = open_page("ticket")
    page.evaluate("localStorage.setItem('draft:a1:/draft', JSON.stringify({html: '<div>Fra sist</div>', version: 3}))")
    page.reload()
    page.wait_for_selector("trix-editor:has-text('Fra sist')")
    assert "is back" in page.locator("[data-composer-says]").inner_text()


def test_a_colleagues_change_does_not_overwrite(open_page: Any) -> None:
    page = open_page("ticket")
    write(page, " CONFLICT")
    page.wait_for_selector("text=Kari Moe changed this draft")
    assert "CONFLICT" in page.locator("trix-editor").inner_text()
    page.get_by_role("button", name="Take theirs").click()
    assert "Hei fra Kari" in page.locator("trix-editor").inner_text()


def test_the_note_tab_takes_the_notes_ground(open_page: Any) -> None:
    page = open_page("ticket")
    page.keyboard.press("i")
    assert page.locator("[data-send-note]").is_visible()
    assert not page.locator("[data-send]").is_visible()
    assert page.evaluate("document.activeElement.localName") == "trix-editor"
    with page.expect_response("**/tickets/4821/notes") as answer:
        page.keyboard.press("Control+Enter")
    assert "kind" in answer.value.request.post_data
    page.wait_for_url("**/notes")


def test_recipients_are_chips_over_a_text(open_page: Any) -> None:
    page = open_page("ticket")
    to = page.get_by_role("group", name="To").get_by_role("combobox")
    to.fill("Per Lunde <per.lunde@kunde.example>")
    to.press("Enter")
    to.fill("halv")
    to.press("Enter")
    value = page.locator('input[name="to"]').input_value()
    assert value == 'ingrid@kunde.example, "Per Lunde" <per.lunde@kunde.example>, halv'
    assert page.locator(".chip--heed:has-text('halv')").count() == 1
    page.get_by_role("button", name="Remove halv").click()
    assert page.locator('input[name="to"]').input_value().endswith("<per.lunde@kunde.example>")


def test_files_are_attached_by_picking_and_refused_with_a_reason(open_page: Any) -> None:
    page = open_page("ticket")
    picker = page.locator('.composer__foot input[type="file"]')
    picker.set_input_files({"name": "liste.csv", "mimeType": "text/csv", "buffer": b"a,b"})
    page.wait_for_selector('input[name="attachments"][value="f3"]', state="attached")
    picker.set_input_files({"name": "refused.exe", "mimeType": "application/exe", "buffer": b"x"})
    page.wait_for_selector("text=Programs are not accepted.")
    with page.expect_response("**/draft"):
        write(page, " og takk")
    until(page, "document.querySelector('[data-saved]').textContent === 'Saved 11:12'")
    assert page.get_by_text("Programs are not accepted.").is_visible()       # what is said of the draft does not wipe it away
    page.get_by_role("alert").get_by_role("button", name="Close").click()
    assert not page.get_by_text("Programs are not accepted.").is_visible()


def test_pictures_stand_in_the_text(open_page: Any) -> None:
    page = open_page("ticket")
    page.locator("trix-editor").click()
    page.evaluate(
        """() => { const file = new File([Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='), c => c.charCodeAt(0))], 'a.png', {type: 'image/png'});
        document.querySelector('trix-editor').editor.insertFile(file) }"""
    )
    page.wait_for_selector('trix-editor img[src="/static/mark.svg"]')
    assert "uid" in page.locator("#composer-html").input_value()


def test_slash_offers_canned_replies(open_page: Any) -> None:
    page = open_page("ticket")
    write(page, " /pas")
    page.wait_for_selector("[role=option]:has-text('Nytt passord')")
    assert axe(page) == []
    page.keyboard.press("Enter")
    page.wait_for_selector("trix-editor:has-text('Slik bytter du passord.')")
    assert "/pas" not in page.locator("trix-editor").inner_text()


def test_everything_is_there_without_scripts(open_page: Any) -> None:
    page = open_page("ticket", java_script_enabled=False)
    assert page.locator('textarea[name="text"]').is_visible()
    assert page.locator('input[name="to"]').input_value() == "ingrid@kunde.example"
    assert page.locator('input[name="files"]').is_visible()
    assert page.locator("#many").is_visible()
    page.locator('[name="kind"][value="note"]').check(force=True)
    assert page.locator("[data-send-note]").is_visible()


# ── the rest ──────────────────────────────────────────────────────────


def test_mail_html_is_as_high_as_it_is_and_runs_nothing(open_page: Any) -> None:
    page = open_page("html")
    until(page, "document.querySelector('[data-frame]').offsetHeight > 300")
    assert page.locator("[data-frame]").first.get_attribute("sandbox") == (
        "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    )


def test_new_mail_is_a_bar_and_readers_are_named(open_page: Any) -> None:
    page = open_page("html")
    page.evaluate("document.querySelector('#conversation [data-live]').dataset.liveVersion = '-1'")
    page.wait_for_selector("text=Kari skriver", timeout=9000)
    assert page.locator("#conversation .new-mail").is_visible()


def test_the_theme_shows_while_it_is_chosen(open_page: Any) -> None:
    page = open_page("profile")
    page.get_by_label("Dark").check()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 19, 20)"


def test_fields_of_another_choice_are_hidden(open_page: Any) -> None:
    page = open_page("mailbox")
    assert page.get_by_label("IMAP server").is_visible()
    page.get_by_label("Through our door").check()
    assert not page.get_by_label("IMAP server").is_visible()


def test_a_ticket_opens_beside_its_list(open_page: Any) -> None:
    page = open_page("list")
    page.evaluate("document.querySelector('#list').dataset.stays = '1'")
    page.locator("[data-open]").nth(2).click()
    page.wait_for_selector("#conversation trix-editor[connected]")
    assert page.url.endswith("/kit/ticket?n=4822")
    assert page.evaluate("document.querySelector('#list').dataset.stays") == "1"
    assert page.locator("[data-open][aria-current]").count() == 1
    assert page.title().startswith("Kan ikke logge inn")
    assert page.locator("#card").is_visible()
    page.locator("[data-open]").nth(1).click()
    until(page, "location.search === '?n=4821' && document.querySelectorAll('trix-editor[connected]').length === 1")
    assert page.complaints == []
    page.go_back()
    until(page, "location.search === '?n=4822' && document.querySelectorAll('#conversation').length === 1")
    assert page.locator("#list").is_visible()


def test_find_follows_as_you_type(open_page: Any) -> None:
    page = open_page("persons")
    with page.expect_request(lambda request: "q=hanse" in request.url and request.headers.get("hx-request") == "true"):
        page.get_by_role("searchbox", name="Name, company or address").press_sequentially("hanse")


def test_a_ticket_that_is_gone_says_so_on_a_page(open_page: Any) -> None:
    page = open_page("list")
    page.evaluate("document.querySelector('[data-open]').setAttribute('href', '/kit/nothing')")
    with page.expect_navigation(url="**/kit/nothing"):
        page.locator("[data-open]").first.click()
