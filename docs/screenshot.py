"""Takes ``docs/screenshot.png`` from the running demo: ``.venv/bin/python -m docs.screenshot http://127.0.0.1:8080``."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from skranke.demo.people import AGENTS, PASSWORD

TICKET = "Kan ikke logge inn etter oppgradering"
PAGE = Path(__file__).with_name("screenshot.png")


def take(url: str) -> None:
    """Sign in as Nora and show her first ticket."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{url}/sign-in")
        page.fill("input[name=email]", AGENTS["nora"].email)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.click(f"text={TICKET}")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=PAGE)
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1])
