"""The ticket page in a real browser, over a real desk: written, kept, sent, moved by keys, readable by everybody."""

from __future__ import annotations

import email
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from contacts.agent import Agent
from contacts.enrolling import add_agent
from core.database import Database, database
from core.options import set_option
from desk import inbound
from desk.inbound import Delivery, InboundMail
from desk.mailboxes import Mailbox, add_mailbox
from desk.outbound import OutboundMail
from desk.tickets.assigning import assign
from desk.tickets.canned import save_canned
from desk.tickets.intake import file
from desk.tickets.message import Draft, Message, Notification
from desk.tickets.ticket import Ticket
from desk.tickets.writing import keep_files
from desk.web import create_app
from mailgate.compose import compose
from mailgate.outgoing import gather
from mailgate.parse import parse
from tests.browser.leaving import close
from tests.browser.test_kit import ARGUMENTS, CHROMIUM, NARROW, WIDE, axe, until
from tests.letters_made import mail

playwright = pytest.importorskip("playwright.sync_api")
PASSWORD = "a sentence is easier"
HTML = ('<p>Hello, the <b>counter</b> prints nothing.</p><img src="http://track.example/pixel.gif">'
        "<table><tr><td>Room</td><td>2</td></tr></table>")

pytestmark = [
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("SKRANKE_TEST_ALL"), reason="no Chromium here"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def arrive(db: Database, mailbox: Mailbox, raw: bytes) -> int:
    """Let a mail arrive; the number of its ticket."""
    letter = parse(raw)
    files = keep_files(letter)
    with db.write() as session:
        row = inbound.accept(session, Delivery(mailbox.id, "smtp", str(time.monotonic_ns()), raw))
        assert row is not None
        file(session, session.scalars(select(InboundMail).where(InboundMail.id == row.id)).one(), letter, files)
        return session.get_one(Message, row.message_id).ticket_id


@pytest.fixture
def desk(fresh_database: Database) -> list[int]:
    """Three tickets of Nora's and one that is held; their numbers, the latest first."""
    with fresh_database.write() as db:
        nora = add_agent(db, "nora@desk.example", PASSWORD, name="Nora Vik")
        support = add_mailbox(db, "support@desk.example", "Support", signature="The desk")
        save_canned(db, None, prefix="thanks", name="Thanks", text="Thank you, {name}.")
    mails = (mail(subject="Printer is empty"), mail(sender="Eva Lind <eva@other.example>", subject="The counter", html=HTML),
             mail(sender="Per Lunde <per@kunde.example>", subject="A very long subject about nothing in particular at all"))
    numbers = [arrive(fresh_database, support, one) for one in mails]
    with fresh_database.write() as db:
        for number in numbers:
            assign(db, db.get_one(Ticket, number), by=None, assignee=db.get_one(Agent, nora.id))
        db.add(Notification(agent_id=nora.id, ticket_id=numbers[0], event="assigned"))
        set_option(db, "intake.unknown_sender", "ask")
    held = arrive(fresh_database, support, mail(sender="Ole Vang <ole@new.example>", subject="Who am I?"))
    return [*reversed(numbers), held]


class Quiet(WSGIRequestHandler):
    """A server that does not tell of every file it serves."""

    def log(self, *_told: object) -> None:  # type: ignore[override]
        pass


@pytest.fixture
def address(desk: list[int]) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_page(chromium: Any, address: str) -> Iterator[Callable[..., Any]]:
    """A page of the desk, signed in; what the browser complains of is kept in ``complaints``."""
    contexts: list[Any] = []

    def open_(path: str, viewport: dict[str, int] | None = None, **options: Any) -> Any:
        context = chromium.new_context(viewport=viewport or WIDE, base_url=address, **options)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: said.type in ("error", "warning") and page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto("/sign-in")
        page.fill("input[name=email]", "nora@desk.example")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/tickets**")
        go(page, path)
        return page

    yield open_
    for context in contexts:
        close(context)


def go(page: Any, path: str = "") -> None:
    """Open an address, or the same again, and wait until one can write."""
    if path:
        page.goto(path)
    else:
        page.reload()
    ready(page)


def ready(page: Any) -> None:
    page.wait_for_load_state("load")
    if page.locator("[data-composer]").count() and page.evaluate("'js' in document.documentElement.dataset"):
        page.wait_for_selector("trix-editor[connected]", state="attached")


def one(kind: Any, *where: Any) -> Any:
    with database().read() as db:
        return db.scalars(select(kind).where(*where).order_by(kind.id.desc())).first()


def sent(page: Any) -> Message:
    """The mail that was sent, once the page shows it."""
    message: Message = kept(lambda: one(Message, Message.direction == "out"))
    page.wait_for_selector(f"#m-{message.uid}")
    ready(page)
    return message


def kept(condition: Callable[[], Any]) -> Any:
    """What holds in the database soon; an assertion error when it does not within a minute."""
    deadline = time.monotonic() + 60
    while not (found := condition()):
        assert time.monotonic() < deadline, condition
        time.sleep(0.05)
    return found


def test_a_reply_by_keys_alone(open_page: Any, desk: list[int]) -> None:
    page = open_page("/tickets?view=mine")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("trix-editor[connected]")
    page.keyboard.press("r")
    page.keyboard.type("We fill it today")
    page.keyboard.press("Control+Enter")
    message = sent(page)
    assert (message.ticket_id, message.text) == (desk[0], "We fill it today")
    assert message.html == "<div>We fill it today</div>"
    assert one(Ticket, Ticket.id == desk[0]).state == "waiting"
    assert page.complaints == []


def test_a_draft_survives_a_reload(open_page: Any, desk: list[int]) -> None:
    page = open_page(f"/tickets/{desk[2]}?view=mine")
    page.locator("trix-editor").click()
    page.keyboard.type("Half a sentence")
    kept(lambda: (draft := one(Draft)) is not None and "Half a sentence" in draft.html)
    go(page)
    assert "Half a sentence" in page.locator("trix-editor").inner_text()
    go(page, "/tickets?view=mine")
    assert "Draft" in page.locator(f'[data-row="{desk[2]}"]').inner_text()
    go(page, f"/tickets/{desk[2]}?view=mine")
    page.locator("trix-editor").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" and the rest.")
    page.keyboard.press("Control+Enter")
    sent(page)
    assert one(Message, Message.direction == "out").text == "Half a sentence and the rest."
    kept(lambda: one(Draft) is None)


def test_leaving_at_once_keeps_the_draft(open_page: Any, desk: list[int]) -> None:
    page = open_page(f"/tickets/{desk[1]}?view=mine")
    page.locator("trix-editor").click()
    page.keyboard.type("Quick")
    go(page, "/tickets?view=all")
    kept(lambda: (draft := one(Draft)) is not None and "Quick" in draft.html)


def test_notes_states_and_undo_by_keys(open_page: Any, desk: list[int]) -> None:
    page = open_page(f"/tickets/{desk[0]}?view=mine")
    page.keyboard.press("i")
    page.keyboard.type("Call him first.")
    page.keyboard.press("Control+Enter")
    kept(lambda: one(Message, Message.direction == "note"))
    page.wait_for_selector(".letter--note")
    ready(page)
    page.keyboard.press("e")
    page.wait_for_selector("[data-toast]")
    ready(page)
    assert one(Ticket, Ticket.id == desk[0]).state == "closed"
    page.keyboard.press("z")
    kept(lambda: one(Ticket, Ticket.id == desk[0]).state == "new")


def test_selecting_many_by_keys(open_page: Any, desk: list[int]) -> None:
    page = open_page("/tickets?view=mine")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("[data-many-count]").inner_text() == "2 selected"
    page.locator("#many").get_by_role("button", name="Close", exact=True).click()
    page.wait_for_selector("[data-toast]:has-text('2 tickets changed.')")
    assert [one(Ticket, Ticket.id == number).state for number in desk[:3]] == ["closed", "closed", "new"]


def test_mail_html_stays_in_its_frame(open_page: Any, desk: list[int]) -> None:
    page = open_page(f"/tickets/{desk[1]}?view=mine")
    until(page, "document.querySelector('[data-frame]').offsetHeight > 40")
    frame = page.frame_locator("[data-frame]")
    assert frame.locator("b").inner_text() == "counter"
    assert page.locator(".shield-bar").is_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    go(page)
    assert not [url for url in asked if "track.example" in url]
    page.route("https://track.example/**", lambda route: route.fulfill(status=204))
    page.locator(".shield-bar a").click()
    page.wait_for_url("**images=**")
    kept(lambda: page.wait_for_timeout(50) or [url for url in asked if url.startswith("https://track.example/")])


def test_a_file_and_a_canned_reply(open_page: Any, desk: list[int]) -> None:
    page = open_page(f"/tickets/{desk[2]}?view=mine")
    page.locator('.composer__foot input[type="file"]').set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": b"a,b"})
    page.wait_for_selector('input[name="attachments"]', state="attached")
    page.locator("trix-editor").click()
    page.keyboard.type("/tha")
    page.wait_for_selector("[role=option]:has-text('Thanks')")
    page.keyboard.press("Enter")
    page.wait_for_selector("trix-editor:has-text('Thank you, Ole Vang.')")
    kept(lambda: (draft := one(Draft)) is not None and len(draft.files) == 1)
    go(page)
    assert "list.csv" in page.locator("[data-files]").inner_text()
    page.locator("trix-editor").click()
    page.keyboard.press("Control+Enter")
    sent(page)
    assert one(Ticket, Ticket.id == desk[2]).attachments_count == 1


def test_the_language_of_an_answer_is_kept_and_its_canned_replies_follow(open_page: Any, desk: list[int], fresh_database: Database) -> None:
    with fresh_database.write() as db:
        save_canned(db, None, prefix="thanks", name="Tack", text="Tack ska du ha.", language="sv")
    page = open_page(f"/tickets/{desk[2]}?view=mine")
    page.locator(".composer__top summary").click()
    page.locator('[name="language"][value="sv"]').check()
    kept(lambda: (draft := one(Draft)) is not None and draft.language == "sv")
    go(page)
    assert "Swedish" in page.locator(".composer__top summary").inner_text()
    page.locator("trix-editor").click()
    page.keyboard.type("/tha")
    page.wait_for_selector("[role=option]:has-text('Tack')")
    page.keyboard.press("Enter")
    page.wait_for_selector("trix-editor:has-text('Tack ska du ha.')")


def test_beside_a_new_mail_stands_whom_it_goes_to(open_page: Any, desk: list[int], fresh_database: Database) -> None:
    with fresh_database.write() as db:
        add_mailbox(db, "workshop@desk.example", "Workshop", signature="At the bench")
    page = open_page("/tickets/new")
    assert "The desk" in page.locator(".composer__signature").text_content()
    page.select_option('select[name="from"]', label="Workshop")
    assert page.locator("[data-from-address]").inner_text() == "workshop@desk.example"
    assert "At the bench" in page.locator(".composer__signature").text_content()
    page.locator("#composer-to").fill("ole@kunde.example")
    page.keyboard.press("Enter")
    page.wait_for_selector(".new-ticket__person .person-head__name:has-text('Ole Vang')")
    page.set_viewport_size(NARROW)
    assert page.evaluate("(e => e.scrollWidth <= e.clientWidth)(document.querySelector('select[name=from]'))")
    assert page.evaluate("(e => e.scrollHeight <= e.clientHeight)(document.querySelector('.composer__scroll'))")
    assert page.complaints == []


def test_a_forward_shows_what_goes_along(open_page: Any, desk: list[int]) -> None:
    page = open_page(f"/tickets/{desk[1]}/forwards/new?view=mine")
    frame = page.frame_locator(".original iframe")
    assert frame.locator("td").first.inner_text() == "Room"
    assert "Room" not in page.locator("trix-editor").inner_text()
    page.locator("trix-editor").click()
    page.keyboard.type("Only this.")
    page.locator('[name="original"]').uncheck()
    kept(lambda: (draft := one(Draft)) is not None and draft.original == "" and "Only this." in draft.html)
    go(page, f"/tickets/{desk[1]}/forwards/new?view=mine")
    assert not page.locator('[name="original"]').is_checked()
    page.locator('[name="original"]').check()
    page.locator("#composer-to").fill("smith@forge.example")
    page.keyboard.press("Control+Enter")
    message = sent(page)
    assert message.html.startswith("<div>Only this.</div>")
    assert "<td>Room</td>" in message.html
    page.locator(f"#m-{message.uid} .fold summary").click()
    assert page.frame_locator(f"#m-{message.uid} iframe").locator("td").first.inner_text() == "Room"
    assert page.complaints == []


def test_an_address_is_whole_on_a_narrow_page(open_page: Any, desk: list[int]) -> None:
    page = open_page(f"/tickets/{desk[2]}?view=mine", {"width": 320, "height": 700})
    whole = "(e => e.scrollWidth <= e.clientWidth && getComputedStyle(e).textOverflow)(document.querySelector('span.letter__open.clip'))"
    assert page.locator("span.letter__open.clip").first.inner_text() == "ole@kunde.example"
    page.evaluate("document.querySelector('span.letter__open.clip').textContent = 'somebody.with.a.very.long.name@a.very.long.domain.example'")
    assert page.evaluate(whole)


PASTE = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
  canvas.getContext("2d").fillRect(5, 5, 20, 10);
  const picture = await new Promise((done) => canvas.toBlob(done, "image/png"));
  await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
}"""


def test_a_pasted_picture_reaches_the_customer(open_page: Any, desk: list[int]) -> None:
    page = open_page(f"/tickets/{desk[2]}?view=mine", permissions=["clipboard-read", "clipboard-write"])
    page.evaluate(PASTE)
    page.locator("trix-editor").click()
    page.keyboard.type("See:")
    page.keyboard.press("Control+V")
    page.wait_for_selector("trix-editor img")
    page.locator("trix-editor").evaluate("""(it) => it.editor.insertHTML('<p style="color: red">Red > <b>now</b></p>')""")
    assert page.complaints == []                       # styles are taken off before the browser could refuse them
    page.keyboard.press("Control+Enter")               # at once: what is still being uploaded is waited for
    message = sent(page)
    with database().read() as db:
        mail = email.message_from_bytes(compose(gather(db, db.scalars(select(OutboundMail)).one())))
    picture = next(part for part in mail.walk() if part.get_content_type() == "image/png")
    page_of = next(part for part in mail.walk() if part.get_content_type() == "text/html").get_payload(decode=True).decode()
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in page_of
    page.wait_for_selector(f"#m-{message.uid} img")
    assert page.complaints == []


def test_what_is_typed_after_a_click_on_cc_stands_there(open_page: Any, desk: list[int]) -> None:
    page = open_page(f"/tickets/{desk[2]}?view=mine")
    page.locator("label[for=composer-cc]").click()
    page.keyboard.type("eve@kunde.example,")
    page.wait_for_selector(".chip--heed:has-text('eve@kunde.example · new on this ticket')")
    assert one(Ticket, Ticket.id == desk[2]).state != "closed"


def test_a_colleague_and_new_mail_are_seen_without_loading(open_page: Any, desk: list[int], fresh_database: Database) -> None:
    page = open_page(f"/tickets/{desk[2]}?view=mine")
    with fresh_database.write() as db:
        support = db.scalars(select(Mailbox)).one()
        first = db.scalars(select(Message).where(Message.ticket_id == desk[2])).one()
    arrive(fresh_database, support, mail(subject="Re: Printer is empty", text="Hurry!", In_Reply_To=f"<{first.rfc_message_id}>"))
    page.wait_for_selector("#conversation .new-mail:has-text('A message came')", timeout=15000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: Any, desk: list[int], scheme: str) -> None:
    new, html, plain, held = desk
    page = open_page("/tickets?view=mine", color_scheme=scheme)
    uid = one(Message, Message.ticket_id == plain).uid
    for path in ("/tickets?view=all", f"/tickets/{plain}?view=mine", f"/tickets/{html}?view=mine", f"/tickets/{held}?view=held",
                 f"/tickets/{new}/forwards/new?view=mine", f"/tickets/{held}/requester", "/tickets/new", "/tickets/new?channel=phone",
                 f"/messages/{uid}/source", "/search?q=printer", "/notifications", "/canned"):
        go(page, path)
        assert axe(page) == [], path
    assert page.complaints == []


def test_narrow_pages_fit_and_say_the_same(open_page: Any, desk: list[int]) -> None:
    page = open_page("/tickets?view=mine", NARROW)
    for path in (f"/tickets/{desk[1]}?view=mine", f"/tickets/{desk[3]}?view=held#card", "/tickets/new", "/search?q=printer"):
        go(page, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path
        assert axe(page) == [], path


def test_everything_works_without_scripts(open_page: Any, desk: list[int]) -> None:
    page = open_page(f"/tickets/{desk[0]}?view=mine", java_script_enabled=False)
    page.fill('textarea[name="text"]', "Written by hand.")
    page.get_by_role("button", name="Send", exact=False).first.click()
    page.wait_for_selector("text=Written by hand.")
    assert one(Message, Message.direction == "out").text == "Written by hand."
    assert json.loads(page.locator("input[data-chips] >> nth=0").get_attribute("data-chips"))


def test_the_held_queue_is_settled_and_taken_back(open_page: Callable[..., Any], desk: list[int], fresh_database: Database) -> None:
    """S82, S83a-d, S84: answered at once, linked, created, kept without a record, called spam; each is undone."""
    with fresh_database.write() as db:
        mailbox = db.scalars(select(Mailbox)).one()
    arrive(fresh_database, mailbox, mail(sender="Eva Lind <eva@private.example>", subject="From home"))
    page = open_page("/tickets?view=held")

    def standing(number: int) -> tuple[bool, str, str]:
        with fresh_database.read() as db:
            ticket = db.get_one(Ticket, number)
            return ticket.held, ticket.requester.name if ticket.requester else "", ticket.state

    def undo(number: int) -> None:
        page.locator(".toast-undo").get_by_role("button").first.click()
        page.get_by_text("It is as before.").wait_for()
        assert standing(number)[:2] == (True, "")

    number = desk[-1]
    page.get_by_text("Who am I?").first.click()
    page.get_by_role("heading", name="Who is it?").wait_for()
    for press, expected in (("Create Ole Vang", (False, "Ole Vang", "new")), ("Keep no record", (False, "", "new")),
                            ("Spam", (False, "", "spam"))):
        page.locator("#card").get_by_role("button", name=press).click()
        page.locator(".toast-undo").wait_for()
        assert standing(number) == expected
        undo(number)
    go(page, f"/tickets/{number + 1}?view=held")
    page.locator("#card").get_by_role("button", name="It is this person: add the address").click()
    page.get_by_text("It is Eva Lind.").wait_for()
    assert standing(number + 1) == (False, "Eva Lind", "new")
    undo(number + 1)
    assert page.complaints == [] and axe(page) == []
