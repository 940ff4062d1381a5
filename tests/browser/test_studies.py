"""The charts of studies that the page draws itself, in a real browser: the numbers given, in its own colours, for anybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Open, Opened
from tests.browser.test_page import ACCESSIBLE, CONTRAST
from tests.studies.report.made_up import figures, page_of_all


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of all studies, from made-up summaries."""
    path = tmp_path_factory.mktemp("studies") / "page.html"
    path.write_text(page_of_all(), "utf-8")
    return path


@pytest.fixture(scope="module")
def panels() -> list[dict[str, Any]]:
    """All panels in the order of the page: what holds people up, what matters, decisions."""
    order = {"bottleneck": 0, "sensitivity": 1}
    every = sorted(figures().items(), key=lambda item: order.get(item[0].partition(" ")[0], 2))
    return [panel for _, made in every for one in made.values() for panel in one["panels"]]


SERIES = """() => [...document.querySelectorAll(".chart")].map((holder) =>
    echarts.getInstanceByDom(holder).getOption().series.map((s) => ({ type: s.type, name: s.name, data: s.data })))"""


def test_all_studies_are_drawn_from_their_numbers(studies: Path, panels: list[dict[str, Any]], opened: Open) -> None:
    one = opened(studies)
    assert one.complaints == []
    assert one.page.locator("main img, main .warn").count() == 0
    drawn = one.js(SERIES)
    assert len(drawn) == len(panels)
    for series, panel in zip(drawn, panels, strict=True):
        if panel["kind"] == "lines":
            shown = [s["data"] for s in series if (s["name"] or "").endswith(" points")]
            assert [[at["value"][0] for at in line] for line in shown] == [[p[0] for p in s["points"]] for s in panel["series"]]
            for line, given in zip(shown, panel["series"], strict=True):
                pairs = [(at["value"][1], p[1]) for at, p in zip(line, given["points"], strict=True) if p[1] != "never"]
                assert all(mine == theirs for mine, theirs in pairs)
        elif panel["kind"] == "bars" and panel["ends"] is None:
            values = [bar["value"] or 0 for row in panel["rows"] for bar in row["bars"] if bar is not None]
            assert [at[0] for at in series[-1]["data"]] == pytest.approx(values)
        elif panel["kind"] == "heat":
            assert series[-1]["data"] == [cell[:2] for cell in panel["cells"]]
    assert one.js(ACCESSIBLE) == []


@pytest.mark.first(1)
@pytest.mark.parametrize(("width", "dark"), [(360, True), (1920, False)])
def test_charts_have_the_colours_of_the_page_on_every_screen(studies: Path, width: int, dark: bool, opened: Open) -> None:
    one = opened(studies, width=width, dark=dark)
    assert one.complaints == []
    assert one.js("getComputedStyle(document.body).backgroundColor") == ("rgb(13, 16, 20)" if dark else "rgb(255, 255, 255)")
    assert one.js("[...document.querySelectorAll('.chart svg')].filter((s) => s.clientHeight < 60).length") == 0
    one.until("document.documentElement.scrollWidth <= innerWidth")
    assert one.js(CONTRAST) == []
    said = one.js("[...document.querySelectorAll('.chart')].map((c) => c.getAttribute('aria-label'))")
    assert all(len(words) > 30 for words in said)
    assert outside(one) == []


def outside(one: Opened) -> list[str]:
    """Texts that reach beyond the edges of their chart."""
    texts: list[str] = one.js(
        """() => [...document.querySelectorAll(".chart svg text")].filter((t) => {
        const [a, b] = [t, t.closest(".chart")].map((n) => n.getBoundingClientRect());
        return a.left < b.left - 2 || a.right > b.right + 12; }).map((t) => t.textContent)"""
    )
    return texts


@pytest.mark.costly
def test_a_chart_tells_its_numbers_to_a_pointer(studies: Path, opened: Open) -> None:
    one = opened(studies)
    box = one.page.locator("#_bottleneck .chart").first
    box.scroll_into_view_if_needed()
    size = box.bounding_box()
    box.hover(position={"x": size["width"] * 0.6, "y": 20})
    one.until("document.querySelector('.tip') !== null")
    assert " to " in " ".join(one.texts(".tip"))
