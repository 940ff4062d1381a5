"""A real browser, offline, and pages for it to open.

Without a Chromium, or Playwright to drive it, these tests are skipped and say why; under EVACSIM_BROWSER=required that fails.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import sim

CHROMIUM = os.environ.get("EVACSIM_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--no-first-run"]  # fmt: skip
HOSTILE = '</script><img src=x onerror="alert(1)"> & "friends"'
"""A title that would be an element and a dialogue if a page took it for markup."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium without a window."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _lacking("Playwright is not installed")
    if not CHROMIUM:
        _lacking("there is no Chromium on the path")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


def _lacking(what: str) -> None:
    if os.environ.get("EVACSIM_BROWSER") == "required":
        pytest.fail(f"{what}, and EVACSIM_BROWSER=required")
    pytest.skip(f"{what}: no browser to open the page with")


@dataclass
class Opened:
    """A page in the browser, and what it complained of or asked for."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def texts(self, selector: str) -> list[str]:
        """The text of all elements, spaces of any kind as one space."""
        return [" ".join(text.split()) for text in self.page.locator(selector).all_text_contents()]

    def until(self, condition: str) -> None:
        """Waits for a condition of the page's own; the browser's own waiting evaluates text, which the page's policy forbids."""
        for _ in range(400):
            if self.js(condition):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(condition)

    def js(self, expression: str, argument: object = None) -> Any:
        """What an expression of the page's own comes to."""
        return self.page.evaluate(expression, argument)


Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def looked_at(browser: Any) -> Iterator[Open]:
    """Opens a page once for all tests that change nothing of it which another of them reads."""
    with _opening(browser) as open_page:
        yield cache(open_page)


@pytest.fixture
def opened(browser: Any) -> Iterator[Open]:
    """Opens a page: ``opened(path, anchor="#north", width=1280, height=800, dark=False, script=True)``."""
    with _opening(browser) as open_page:
        yield open_page


@contextmanager
def _opening(browser: Any) -> Iterator[Open]:
    contexts = []

    def open_page(path: Path, anchor: str = "", *, width: int = 1280, height: int = 800, dark: bool = False,
                  script: bool = True, wait: bool = True) -> Opened:  # fmt: skip
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            offline=True,
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        contexts.append(context)
        made = Opened(context.new_page())
        made.page.on("console", lambda message: made.complaints.append(f"{message.type}: {message.text}"))
        made.page.on("pageerror", lambda error: made.complaints.append(f"error: {error}"))
        made.page.on("dialog", lambda dialog: (made.complaints.append("a dialogue"), dialog.dismiss()))
        made.page.on("requestfinished", lambda request: made.requests.append(request.url))
        made.page.on("requestfailed", lambda request: _failed(made, request))
        made.page.goto(f"{path.resolve().as_uri()}{anchor}")
        if script and wait:
            made.page.wait_for_selector("html[data-ready]")
        return made

    yield open_page
    for context in contexts:
        context.close()


def _failed(made: Opened, request: Any) -> None:
    """A request that the policy held never left; any other was tried."""
    if request.failure != "csp":
        made.requests.append(request.url)


@dataclass(frozen=True)
class Made:
    """A comparison of two scenarios, and its page."""

    comparison: Any
    path: Path

    @property
    def summaries(self) -> list[dict[str, Any]]:
        """As ``--json`` prints them."""
        return [study.summary for study in self.comparison.studies]


@pytest.fixture(scope="session")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The page that ``compare`` writes: two scenarios that differ in lanes, the airport lost in some replications."""
    folder = tmp_path_factory.mktemp("page")
    files = []
    for name, title, lanes in (("few-lanes", HOSTILE, 1), ("many-lanes", "Many lanes", 3)):
        path = folder / f"{name}.yaml"
        path.write_text(scenario(title, lanes), "utf-8")
        files.append(path)
    comparison = sim.compare(*files, n=24, jobs=1, out=folder / "results", plots=True)
    assert comparison.page is not None
    return Made(comparison, comparison.page)


def scenario(title: str, lanes: int) -> str:
    """The minimal example with *lanes*, a capital that may fall before all are out, and titles that hide nothing."""
    quoted = title.replace("'", "''")
    return f"""\
extends: evacsim:minimal
title: '{quoted}'
clock: {{start: 2021-09-12 06:00, horizon: 4 d}}
threat:
  timeline: [{{at: 36 h, level: contested}}, {{at: {{uniform: [40 h, 120 h]}}, level: fallen}}]
airport:
  gates: {{main: {{lanes: {lanes}, per_person: {{value: 300 s/person, evidence: assumed, source: '{quoted}'}}}}}}
missions:
  north: {{title: 'Northland {quoted}'}}
"""
