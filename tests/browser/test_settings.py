"""Settings, register, profile and sign-in in a real browser: every page wide and narrow, light and dark, with axe."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from contacts.agent import Agent, Team
from contacts.companies import new_company
from contacts.editing import create_person
from contacts.enrolling import add_agent
from contacts.levels import save_level
from core.clock import now
from core.database import Database
from core.settings import settings
from desk import claiming, inbound
from desk.inbound import Delivery, accept
from desk.mailboxes import Alert, Mailbox, add_mailbox
from desk.outbound import enqueue
from desk.routing_rules import save_rule
from desk.tickets.intake import file
from desk.tickets.writing import keep_files
from desk.web import create_app
from jobs import operations
from mailgate.parse import parse
from tests.browser.leaving import close
from tests.browser.test_kit import ARGUMENTS, CHROMIUM
from tests.letters_made import mail

playwright = pytest.importorskip("playwright.sync_api")
PASSWORD = "a sentence is easier"
SIZES = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 360, "height": 780}}
PAGES = ("/profile", "/tokens", "/settings/mailboxes", "/settings/mailboxes/new", "/settings/unknown-senders",
         "/settings/unknown-senders/rules/new", "/settings/unknown-senders/rules/gifts", "/settings/unknown-senders/versions", "/settings/unknown-senders/blocked",
         "/settings/mail-in", "/settings/mail-in?q=nothing", "/settings/mail-out", "/settings/agents", "/settings/agents/new",
         "/settings/teams/new", "/settings/wording", "/settings/wording/acknowledgement/nb", "/settings/desk",
         "/settings/alerts", "/settings/explain", "/settings/routing", "/settings/routing/new", "/settings/service-levels",
         "/settings/service-levels/new", "/settings/sale-stages", "/settings/sale-stages/new", "/settings/business-hours", "/settings/retention", "/settings/retention/persons.consent",
         "/settings/holds", "/settings/holds/new", "/outbox", "/persons", "/persons?q=xyzzy", "/persons?only=deleted",
         "/persons/new", "/companies", "/companies?only=deleted", "/companies/new")
#: Pages behind the first row of a list.
BEHIND = ("/settings/routing", "/settings/service-levels", "/settings/sale-stages", "/settings/mailboxes", "/settings/mail-in", "/settings/mail-out", "/settings/agents", "/outbox", "/persons", "/companies")

pytestmark = [
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("SKRANKE_TEST_ALL"), reason="no Chromium here"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def desk(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A desk with something on every page; its address."""
    monkeypatch.setenv("SKRANKE_DEMO", "1")
    settings.forget()
    with fresh_database.write() as db:
        furnish(db)
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def furnish(db: Any) -> None:
    """Invented people, long Nordic names, and mail in every state."""
    jonas = add_agent(db, "jonas@desk.example", PASSWORD, name="Jonas Berg", role="admin")
    add_agent(db, "nora@desk.example", PASSWORD, name="Lise-Lotte Fagerheim-Bråthen")
    db.add(Team(name="Verksted og reservedeler", members=[jonas]))
    support = add_mailbox(db, "support@desk.example", "Kundeservice for private og bedrifter", imap_url="imaps://support@imap.desk.example:993")
    level = {"name": "Avtalekunder med døgnvakt", "priority": 1, "first_answer_minutes": 60, "next_answer_minutes": 240, "business_hours": True}
    save_level(db, None, level, by=jonas)
    save_level(db, None, level | {"name": "Andre", "next_answer_minutes": None}, by=jonas)
    words = {"mailboxes": [support.uid], "words": ["reservedelsbestilling*"], "languages": ["nb"]}
    for tags in (["reservedeler"], ["annet"]):
        save_rule(db, None, name="Reservedeler og tilbehør", active=True, conditions=words, acts={"assignee": jonas.uid, "tags": tags}, by=jonas)
    company = new_company(db, {"name": "Björkö Fastigheter och Förvaltning AB", "phone": "+46 555 01400"}, by=jonas,
                          domains=["fastighet.example"])
    for first, last in (("Torbjørn", "Aasen-Lyngstad"), ("Kari", "Hansetvedt"), ("Ole", "Johansen")):
        create_person(db, {"first_name": first, "last_name": last}, by=jonas, employments=[{"company": company, "position": "Innkjøpssjef"}],
                      addresses=[{"kind": "email", "value": f"{last.split('-')[0].lower()}@fastighet.example"}])
    gone = create_person(db, {"first_name": "Per", "last_name": "Lunde", "private_customer": True}, by=jonas)
    gone.binned_at = now()
    for n, state in enumerate(("done", "failed", "set_aside", "pending")):
        receive(db, support, n, state)
    sent = enqueue(db, kind="system", mailbox=support, recipients=["johansen@fastighet.example"], subject="Hei", text="Hei")
    sent.state, sent.sent_at = "sent", now()
    sent.composed = b"From: a@b.example\r\nSubject: Hei\r\nContent-Type: text/html\r\n\r\n<p>Hei <b>Ole</b></p>\r\n"
    enqueue(db, kind="system", mailbox=None, recipients=["nora@desk.example"], subject="Link").state = "failed"
    db.add(Alert(about="support@desk.example", kind="reading", detail="The password is not right.", raised_at=now()))
    db.add(Alert(about="The relay", kind="relay", detail="It did not answer.", raised_at=now() - timedelta(days=1), ended_at=now()))


def receive(db: Any, mailbox: Mailbox, n: int, state: str) -> None:
    raw = (f"From: Ole Johansen <johansen@fastighet.example>\r\nSubject: Sak {n}\r\nMessage-ID: <{n}@x.example>\r\n"
           "\r\nHei\r\n").encode()
    row = accept(db, Delivery(mailbox.id, "smtp", str(n), raw, "johansen@fastighet.example", "support@desk.example"))
    assert row is not None
    if state == "done":
        letter = parse(raw)
        file(db, row, letter, keep_files(letter))
    elif state != "pending":
        claiming.finish(row, state, "The reading child died three times.")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any, desk: str) -> Iterator[Any]:
    """Open a browser window that remembers its complaints."""
    contexts = []

    def visit(email: str = "jonas@desk.example", **options: Any) -> Any:
        context = chromium.new_context(base_url=desk, viewport=options.pop("viewport", SIZES["wide"]), **options)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: said.type in ("error", "warning") and page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        if email:
            sign_in(page, email)
        return page

    yield visit
    for context in contexts:
        close(context)


def sign_in(page: Any, email: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in")
    page.fill("#f-email", email)
    page.fill("#f-password", password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def axe(page: Any) -> list[str]:
    """What axe finds, as one line each. (Its script is evaluated from outside: the page's policy lets none in.)"""
    from importlib.resources import files

    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations'], iframes: false, preload: false})")
    return [f"{one['id']}: {node['target']} {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]


def flaws(page: Any) -> list[str]:
    """Everything wrong with the page as it stands."""
    complaints = list(page.complaints)
    page.complaints.clear()
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*complaints, *axe(page), *([f"{wide} px too wide"] if wide > 0 else [])]


@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("narrow", "dark")])
@pytest.mark.timeout(300)
def test_every_page(visit: Any, size: str, scheme: str) -> None:
    page = visit(viewport=SIZES[size], color_scheme=scheme)
    found = {}
    for path in PAGES:
        page.goto(path)
        found[path] = flaws(page)
    for path in BEHIND:
        page.goto(path)
        page.goto(page.locator("a.lines__row-link").first.get_attribute("href"))
        found[page.url] = flaws(page)
        if page.locator("a[href$='/edit']").count():
            page.goto(page.locator("a[href$='/edit']").first.get_attribute("href"))
            found[page.url] = flaws(page)
    assert {path: said for path, said in found.items() if said} == {}


@pytest.mark.parametrize("size", SIZES)
def test_pages_in_front_of_the_desk(visit: Any, size: str) -> None:
    page = visit("", viewport=SIZES[size])
    for path in ("/sign-in", "/forgotten", "/reset/nothing"):
        page.goto(path)
        page.complaints.clear()      # the browser itself complains of a 422
        assert flaws(page) == [], path


def test_signing_in_by_keyboard(visit: Any) -> None:
    page = visit("")
    page.goto("/persons?q=hanse")
    page.keyboard.type("jonas@desk.example")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector(".notice--late")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/persons?q=hanse")
    assert page.locator("a.lines__row-link").all_inner_texts() == ["Kari Hansetvedt", "Ole Johansen"]


def test_second_factor_is_set_up_with_a_picture(visit: Any) -> None:
    import pyotp

    page = visit()
    page.goto("/profile")
    page.get_by_role("button", name="Set up").click()
    page.wait_for_url("**/profile/second-factor*")
    picture = page.locator(".totp__code img")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 50") and flaws(page) == []
    secret = page.locator(".totp .code").inner_text().replace(" ", "")
    page.fill("#f-code", pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    page.wait_for_selector(".totp-codes")
    assert page.locator(".totp-codes li").count() == 10 and flaws(page) == []


def test_mailbox_form_shows_what_belongs_to_the_choice(visit: Any, fresh_database: Database) -> None:
    page = visit()
    page.goto("/settings/mailboxes/new")
    assert not page.locator("#f-imap_host").is_visible()
    page.get_by_text("Fetched by IMAP").click()
    assert page.locator("#f-imap_host").is_visible() and page.locator("#f-imap_password").is_visible()
    page.select_option("#f-auth", "google")
    assert not page.locator("#f-imap_password").is_visible()
    assert not page.locator("#f-oauth_tenant").is_visible() and not page.locator("#f-oauth_refresh").is_visible()
    page.get_by_text("Paste a refresh token instead").click()
    assert page.locator("#f-oauth_refresh").is_visible() and flaws(page) == []
    page.fill("#f-name", "Salg")
    page.fill("#f-address", "salg@desk.example")
    page.fill("#f-imap_host", "imap.desk.example")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".notice--late")
    page.wait_for_load_state()
    assert page.locator("#f-oauth_client-error").is_visible() and page.locator("#f-name").input_value() == "Salg"
    page.fill("#f-oauth_client", "the-client")
    page.keyboard.press("Control+s")
    page.wait_for_selector(".notice--sure")
    with fresh_database.read() as db:
        made = db.scalars(select(Mailbox).where(Mailbox.normalised == "salg@desk.example")).one()
    assert (made.oauth_provider, made.imap_url) == ("google", "imaps://imap.desk.example:993")


def test_connection_test_is_followed_until_it_answers(visit: Any, fresh_database: Database) -> None:
    from core.operations import Operation

    page = visit()
    page.goto("/settings/mailboxes")
    page.locator("a.lines__row-link").first.click()
    page.get_by_role("button", name="Save and test", exact=True).click()
    page.wait_for_selector("#test-result")
    with fresh_database.write() as db:
        operation = db.scalars(select(Operation)).one()
        operation.state = "done"
        operation.result = {"reading": {"ok": False, "sentence": "imap.desk.example does not answer.", "steps": []}}
    page.get_by_text("imap.desk.example does not answer.").wait_for(timeout=10_000)
    assert page.locator("#test-result[hx-get]").count() == 0 and flaws(page) == []


def test_signing_a_mailbox_in_at_its_provider_and_back(
    visit: Any, desk: str, fresh_database: Database, monkeypatch: pytest.MonkeyPatch,
) -> None:
    from jobs import operations as job
    from tests.tokens import provider

    monkeypatch.setenv("SKRANKE_PUBLIC_URL", desk)
    settings.forget()
    page = visit()
    with provider() as source:
        source.who, source.answer = "support@desk.example", {"access_token": "at-1", "expires_in": 3600, "refresh_token": "refresh-1"}
        with fresh_database.write() as db:
            mailbox = db.scalars(select(Mailbox)).one()
            mailbox.oauth_provider, mailbox.oauth_client, mailbox.oauth_tenant = "google", "desk", f"{source.url}/token"
        page.goto(f"/settings/mailboxes/{mailbox.uid}")
        assert page.get_by_text("Nobody has signed in yet.").is_visible()
        assert not page.get_by_role("button", name="Save and sign in at Microsoft").is_visible()
        page.fill("#f-oauth_secret", "hush")
        page.get_by_role("button", name="Save and sign in at Google").click()
        page.wait_for_url("**/settings/mailboxes/*?operation=*")
        job.run()
        page.get_by_text("Reading and sending go by this account from now on").wait_for(timeout=10_000)
        page.get_by_text("Signed in as support@desk.example.").wait_for(timeout=10_000)
    assert flaws(page) == []
    page.fill("#f-name", "Salg")
    page.keyboard.press("Control+s")      # signing in is no edit: the form is not out of date
    page.wait_for_selector(".notice--sure")


def test_search_follows_the_typing(visit: Any) -> None:
    page = visit("nora@desk.example")
    page.goto("/persons")
    page.locator(".find input").fill("aasen")
    page.wait_for_url("**/persons?q=aasen")
    page.locator("a.lines__row-link", has_text="Hansetvedt").wait_for(state="detached")
    assert page.locator("a.lines__row-link").all_inner_texts() == ["Torbjørn Aasen-Lyngstad"]
    assert page.complaints == []


def test_deleting_asks_first_and_can_be_undone(visit: Any) -> None:
    page = visit()
    page.goto("/persons?q=johansen")
    page.locator("a.lines__row-link").first.click()
    page.locator("summary:has-text('Actions')").click()
    page.get_by_role("button", name="Delete …").click()
    dialog = page.locator("dialog#delete")
    assert "Ole Johansen is masked everywhere" in dialog.inner_text()
    dialog.get_by_role("button", name="Delete").click()
    page.wait_for_selector(".toast-undo")
    page.get_by_role("button", name="Undo").click()
    page.wait_for_selector("h1:has-text('Ole Johansen')")
    assert page.complaints == []


def test_everything_is_there_without_javascript(visit: Any, fresh_database: Database) -> None:
    page = visit(java_script_enabled=False)
    page.goto("/persons/new")
    page.fill("#f-first_name", "Siv")
    page.fill("#f-last_name", "Østby")
    page.check("input[name=private_customer]")
    page.get_by_role("button", name="Save").click()
    assert "Siv Østby" in page.locator("h1").inner_text()
    page.goto("/settings/unknown-senders")
    page.check("input[value=ask]")
    page.get_by_role("button", name="Save").click()
    assert "waits for an agent" in page.locator(".notice--sure").inner_text()
    with fresh_database.read() as db:
        assert db.scalars(select(Agent)).first() is not None


def test_the_admin_toggles_the_policy_and_the_next_mail_obeys(visit: Any, fresh_database: Database) -> None:
    """S81a-c: one place, what it means, and the next mail does so; a change is tried first, then saved."""
    page = visit()
    page.goto("/settings/unknown-senders")
    assert page.locator("[name=unknown_sender][value=create]").is_checked()
    page.get_by_text("Ask an agent").first.click()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Mail from unknown senders waits for an agent’s word.").wait_for()
    assert held(fresh_database, "first@stranger.example")
    page.get_by_role("link", name="Rule", exact=True).click()
    page.fill("[name=senders]", "stranger.example")
    page.locator("[name=act][value=never]").check()
    page.get_by_role("button", name="Put it into your change").click()
    page.get_by_text("Sender is at stranger.example").wait_for()
    assert held(fresh_database, "second@stranger.example"), "it is no more than a change"
    page.locator("#trial").get_by_role("button", name="Try it", exact=True).click()
    page.locator("#trial progress").wait_for()
    operations.run()
    page.get_by_text("judged again by what was known then").wait_for()
    assert page.locator(".trial").inner_text().split("\n")[:3] == ["Would be", "Change", "Persons created"]
    assert flaws(page) == []
    page.get_by_role("button", name="Save as version 1").click()
    page.get_by_text("Version 1 is in force. The next mail obeys it.").wait_for()
    assert not held(fresh_database, "third@stranger.example")


def held(database: Database, sender: str) -> bool:
    """Whether a mail of this stranger is held."""
    raw = mail(sender)
    with database.write() as db:
        row = inbound.accept(db, Delivery(db.scalars(select(Mailbox.id).order_by(Mailbox.id)).first() or 0, "smtp", sender, raw))
        assert row is not None
        return file(db, row, parse(raw), []).act == "open_held"


def test_rules_are_ordered_by_hand_and_deleting_one_is_taken_back(visit: Any) -> None:
    page = visit()
    page.goto("/settings/routing")
    page.click("a[href='/settings/routing/new']")
    page.wait_for_url("**/new")            # loaded, and with it what listens to keys
    page.fill("#f-name", "Fakturaer")
    page.fill("#f-words", "faktura*")
    page.fill("#f-tags", "faktura")
    page.keyboard.press("Control+s")
    page.wait_for_url("**/settings/routing")
    names = page.locator(".route-when strong")
    names.nth(2).filter(has_text="Fakturaer").wait_for()
    page.get_by_role("button", name="Move rule 3 up").click()
    names.nth(1).filter(has_text="Fakturaer").wait_for()
    page.get_by_role("button", name="Move rule 2 up").focus()
    page.keyboard.press("Enter")
    names.nth(0).filter(has_text="Fakturaer").wait_for()
    page.get_by_role("button", name="Switch off 1").click()
    page.locator("tbody tr").first.get_by_text("switched off").wait_for()
    page.get_by_role("link", name="Fakturaer").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    undo = page.locator("[data-toast]").get_by_role("button")
    undo.wait_for()
    assert "Fakturaer" not in names.all_inner_texts()
    undo.click()
    page.wait_for_selector("text=The rule is back.")
    names.nth(0).filter(has_text="Fakturaer").wait_for()
    assert flaws(page) == []


def test_the_order_of_service_levels(visit: Any) -> None:
    page = visit()
    page.goto("/settings/service-levels")
    names = page.locator("a.lines__row-link")
    page.get_by_role("button", name="Move Andre up").click()
    names.nth(0).filter(has_text="Andre").wait_for()
    assert names.all_inner_texts() == ["Andre", "Avtalekunder med døgnvakt"]
