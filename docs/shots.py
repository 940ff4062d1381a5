"""Takes the pictures of the page that the documentation shows, with Playwright and a Chromium.

    python docs/shots.py results/compare/ID/report.html

writes ``docs/img/page.png`` (its top) and ``docs/img/replay.png`` (the replay, some days after the start) from the page of
README's first command.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from sim.studies.report.studies import _smaller

IMAGES = Path(__file__).parent / "img"
PAGE: ViewportSize = {"width": 1100, "height": 860}
REPLAY: ViewportSize = {"width": 1280, "height": 900}
HOURS = 132.0
"""After the start, when people are at every stage."""


def main(page: Path) -> None:
    """Takes both."""
    chromium = os.environ.get("EVACSIM_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport=PAGE, color_scheme="light", reduced_motion="reduce")
        shown = context.new_page()
        shown.goto(f"{page.resolve().as_uri()}#_answer")  # not at the mission that the command asked for
        shown.wait_for_selector("html[data-ready]")
        shown.wait_for_timeout(500)
        shown.evaluate("() => window.scrollTo(0, 0)")
        shown.wait_for_timeout(200)
        (IMAGES / "page.png").write_bytes(_smaller(shown.screenshot()))
        shown.set_viewport_size(REPLAY)
        shown.wait_for_timeout(500)
        shown.evaluate("(hours) => evacsim.replay.go(hours)", HOURS)
        shown.wait_for_timeout(500)
        (IMAGES / "replay.png").write_bytes(_smaller(shown.locator("#_replay").screenshot()))
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
