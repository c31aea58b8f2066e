"""The Privacy page in a real browser: made while one looks, wide and narrow, light and dark; axe finds nothing."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from contacts.agent import Agent
from contacts.companies import new_company
from contacts.editing import create_person, person_called
from contacts.enrolling import add_agent
from contacts.notes import write_note
from contacts.person import Person
from contacts.restricting import end, restrict
from core.clock import now
from core.database import Database
from desk.legal_holds import lift_hold, set_hold
from desk.mailboxes import add_mailbox
from desk.outbound import OutboundMail
from desk.retention.rule import RetentionRule
from desk.rights import casework
from desk.rights.opening import open_case
from desk.web import create_app
from jobs import operations
from tests.browser.leaving import close
from tests.browser.test_kit import CHROMIUM
from tests.browser.test_reports import PASSWORD, SIZES, browser, signed_in

playwright = pytest.importorskip("playwright.sync_api")
__all__ = ["browser"]

pytestmark = [
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("SKRANKE_TEST_ALL"), reason="no Chromium here"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def desk(fresh_database: Database) -> Iterator[tuple[str, str]]:
    """A desk with somebody who is recorded twice; its address, and the person."""
    with fresh_database.write() as db:
        jonas = add_agent(db, "jonas@desk.example", PASSWORD, name="Lise-Lotte Fagerheim-Bråthen", role="admin")
        nora = add_agent(db, "nora@desk.example", PASSWORD, name="Nora Vik")
        add_mailbox(db, "support@desk.example", "Kundeservice for private og bedrifter")
        company = new_company(db, {"name": "Nordlandske Verkstedsammenslutning AS"}, by=jonas)
        person, _other = (_zyxwold(db, jonas, company, address) for address in ("mads.zyxwold@newplace.example", "mads.zyxwold@home.example"))
        write_note(db, "Is to be called in the morning.", person=person, by=jonas)
        write_note(db, "Snores.", person=person, private=True, by=nora)
        uid = person.uid
    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}", uid
    server.shutdown()
    thread.join()
    server.server_close()


def _zyxwold(db: Any, by: Agent, company: Any, address: str) -> Person:
    return create_person(db, {"first_name": "Mads", "last_name": "Zyxwold-Kristoffersen"}, by=by, employments=[{"company": company}],
                         addresses=[{"kind": "email", "value": address}])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_from_the_menu_to_the_link(browser: Any, desk: tuple[str, str], fresh_database: Database, size: str, scheme: str) -> None:
    """S54, S56, S57, S59: from the menu of the card to the page the person gets; nothing is wider than the window, and all can read it."""
    address, uid = desk
    page = signed_in(browser, address, viewport=SIZES[size], color_scheme=scheme)
    page.goto(f"{address}/persons/{uid}")
    page.click("summary:has-text('Actions')")
    page.click("text=Privacy report …")
    page.wait_for_url(re.compile("/privacy$"))
    look(page, f"hub-{size}-{scheme}")
    page.check("input[name=include]")
    page.click("button:has-text('Make a report')")
    page.wait_for_selector("#privacy-report")
    look(page, f"waits-{size}-{scheme}")
    operations.run()
    page.wait_for_selector("text=Release it")          # the page asks by itself
    look(page, f"made-{size}-{scheme}")
    page.click("button:has-text('Release it')")
    page.wait_for_selector("text=To an address on the card")
    page.select_option("[name=way]", "link")
    look(page, f"released-{size}-{scheme}")
    page.click("form[action$='/sending'] button")
    page.wait_for_selector("text=It is on its way to")
    with fresh_database.read() as db:
        text = db.scalars(select(OutboundMail.text)).one()
    page.goto(address + re.search(r"/your-report/[\w-]+", text)[0])
    look(page, f"handed-{size}-{scheme}")
    close(page.context)


#: A reason as long as one may be, of one word.
WORD = "x" * 2000


@pytest.fixture
def reasoned(desk: tuple[str, str], fresh_database: Database) -> list[str]:
    """Pages that show why a person is restricted, held and refused what they asked for."""
    with fresh_database.write() as db:
        jonas = db.scalars(select(Agent).where(Agent.email == "jonas@desk.example")).one()
        person = person_called(db, desk[1])
        db.add(RetentionRule(of="persons.contract", period=24, unit="months", since="contact", act="erase"))
        holds = [set_hold(db, "person", person, {"reason": WORD[:1000], "basis": "legal_claims", "owner": jonas,
                                                 "review_on": now().date() + timedelta(days=90)}, by=jonas) for _ in "12"]
        lift_hold(db, holds[0], WORD[:1000], by=jonas)
        case = open_case(db, "access", person=person, by=jonas)
        case.unproven_why = case.extended_why = WORD
        casework.decide(db, case, "refused", by=jonas, reasons=WORD, tell=False)
        restrict(db, person, ground="accuracy", reason=WORD, by=jonas)
        end(db, person, by=jonas, told="word", told_how=WORD)
        restrict(db, person, ground="accuracy", reason=WORD, by=jonas)
        return [f"/persons/{person.uid}{page}" for page in ("", "/privacy", "/restriction", "/history", "/recipients")] + [
            f"/settings/holds/{one.uid}" for one in holds] + [f"/rights/{case.uid}", "/settings/holds", "/settings/retention", "/rights"]


@pytest.mark.parametrize("size", SIZES)
def test_long_reasons_stay_in_their_panels(browser: Any, desk: tuple[str, str], reasoned: list[str], size: str) -> None:
    page = signed_in(browser, desk[0], viewport=SIZES[size])
    for path in reasoned:
        assert page.goto(desk[0] + path).status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        outside = page.evaluate("""() => [...document.querySelectorAll('.panel, .notice')].filter((panel) => {
            const words = document.createRange();
            words.selectNodeContents(panel);
            return [...words.getClientRects()].some((one) => one.width > 1 && one.right > panel.getBoundingClientRect().right + 1);
        }).map((panel) => panel.innerText.slice(0, 60))""")
        assert outside == [], path
    close(page.context)


@pytest.mark.parametrize("path", ["/persons/{uid}/privacy", "/settings/retention"])
def test_what_a_right_means_and_what_a_rule_says_have_room_on_a_telephone(browser: Any, desk: tuple[str, str], path: str) -> None:
    page = signed_in(browser, desk[0], viewport=SIZES["narrow"])
    page.goto(desk[0] + path.format(uid=desk[1]))
    widths = page.locator(".lines").first.locator(".soft").evaluate_all("all => all.map((one) => one.clientWidth).filter(Boolean)")
    assert len(widths) >= 8 and min(widths) >= 180, "beside the next column, not pressed by it"
    close(page.context)


def look(page: Any, name: str) -> None:
    """As wide as the window and no wider; axe finds nothing."""
    from axe_playwright_python.sync_playwright import Axe
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    assert page.complaints == [], name       # axe itself would write styles that the page's policy refuses
    found = Axe().run(page, options={"preload": False})
    assert found.violations_count == 0, (name, found.generate_report())
    page.wait_for_load_state("networkidle")
    page.complaints.clear()
