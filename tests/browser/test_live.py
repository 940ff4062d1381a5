"""The live page in a real browser: a slider's answer is that of ``run --set``, and nothing is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.serve.live import serving
from sim.serve.query import ServeQuery
from tests.serve.lively import LANES, Browser, session, written

Visit = Callable[..., Any]
N = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("live")
    with session(written(folder), folder / "results", n=N) as served:
        yield served


@pytest.fixture
def visit(browser: Any, server: Browser) -> Iterator[Visit]:
    """Opens the page, whose complaints are a fault at the end."""
    contexts, complaints = [], []

    def open_page(width: int = 1280, height: int = 900, *, dark: bool = False, query: str = "") -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("request", lambda request: complaints.append(request.url) if not request.url.startswith(home) else None)
        page.goto(f"{home}{query}")
        return page

    home = server.server.url
    yield open_page
    for context in contexts:
        context.close()
    assert [one for one in complaints if "400 (Bad Request)" not in one and not one.startswith(("data:", "blob:"))] == []


def settled(page: Any) -> None:
    """Waits for all replications of what is set."""
    page.locator(f"#_live:not(.stale)[data-state='done'][data-shown='{N}']").wait_for(timeout=60_000)


def lanes(page: Any) -> Any:
    """The slider of the gate."""
    return page.get_by_role("slider", name="Search lanes")


def numbers(page: Any) -> tuple[str, str]:
    """The headline: left behind with its interval, and the chance that all are out."""
    left, odds = (" ".join(page.locator(f"#live-{name}").inner_text().split()) for name in ("left", "odds"))
    return left, odds


def expected(server: Browser, settings: list[str], tmp_path: Path) -> tuple[str, str]:
    """The same from ``run`` with these settings, elsewhere."""
    folder = tmp_path / "again"
    folder.mkdir()
    summary = sim.run(written(folder), n=N, jobs=1, plots=False, out=folder, overrides=settings).summary["total"]
    left, p = summary["left_behind"], summary["p_all_out"]
    people, share = (
        [_people(left[key]) for key in ("mean", "low", "high")],
        [_share(p[key]) for key in ("estimate", "low", "high")],
    )
    return f"{people[0]} {people[1]} to {people[2]}", f"{share[0]} {share[1]} to {share[2]}"


def _people(x: float) -> str:
    return f"{x:,.0f}" if x == 0 or x >= 10 or x == int(x) else f"{x:.1f}" if x >= 0.05 else "< 0.1"


def _share(p: float) -> str:
    return "< 1 %" if 0 < p <= 0.005 else "> 99 %" if 0.995 <= p < 1 else f"{100 * p:.0f} %"


def test_the_answer_of_a_slider_is_that_of_run(visit: Visit, server: Browser, tmp_path: Path) -> None:
    page = visit()
    settled(page)
    before = numbers(page)
    lanes(page).fill("0")
    settled(page)
    assert page.locator("#live-sets").text_content() == f"--set '{LANES}=1'"
    assert page.locator(".lever.moved output").inner_text() == "1"
    assert numbers(page) == expected(server, [f"{LANES}=1"], tmp_path) != before
    assert page.locator("#live-status").text_content().startswith(f"{N} replications. Everybody is out in ")
    assert page.locator("#live-command").text_content() == f"evacsim run lively.yaml --set {LANES}=1 -n {N} --seed 1"
    page.get_by_role("button", name="Reset: Search lanes").click()
    settled(page)
    assert numbers(page) == before


@pytest.mark.costly
def test_a_reload_keeps_what_is_set_and_pinned(visit: Visit) -> None:
    page = visit()
    settled(page)
    page.get_by_role("button", name="Pin this answer").click()
    lanes(page).press("End")
    page.get_by_text("Guards, from the start").click()
    settled(page)
    page.locator(".against dl").wait_for()
    shown = numbers(page), page.locator(".against").inner_text(), page.locator("#live-sets").text_content()
    page.reload()
    settled(page)
    page.locator(".against dl").wait_for()
    assert (numbers(page), page.locator(".against").inner_text(), page.locator("#live-sets").text_content()) == shown
    assert lanes(page).input_value() == "5"
    assert page.get_by_label("Guards, from the start").is_checked()


@pytest.mark.costly
def test_people_out_of_the_pinned_answer_and_of_this_one(visit: Visit, server: Browser, tmp_path: Path) -> None:
    """A chart of both with their bands, whose words are those of the numbers; it stays when the sections below are drawn."""
    page = visit()
    settled(page)
    assert page.locator(".versus").inner_text() == ""
    page.get_by_role("button", name="Pin this answer").click()
    lanes(page).fill("0")
    settled(page)
    page.get_by_text(f"The sections below are of {N} replications of this setting.").wait_for(timeout=60_000)
    page.locator(".versus .chart svg").wait_for()
    page.get_by_text(f"Over the same {N} replications of both, local time").wait_for()
    means = []
    for k, settings in enumerate(([], [f"{LANES}=1"])):
        out = tmp_path / str(k)
        out.mkdir()
        total = sim.run(written(out), n=N, jobs=1, plots=False, out=out, overrides=settings).summary["total"]
        means.append(total["evacuated"]["mean"] if "evacuated" in total else total["to_move"] - total["left_behind"]["mean"])
    key = [" ".join(text.split()) for text in page.locator(".versus .legend li").all_inner_texts()]
    assert key == [f"now {_people(round(means[1]))} out on average", f"pinned {_people(round(means[0]))} out on average"]
    words = page.locator("#live-versus").inner_text()
    assert words.startswith("pinned: ") == (means[0] > means[1])
    assert page.locator(".versus .chart").get_attribute("aria-label").startswith(words.removesuffix("."))
    page.get_by_role("button", name="Unpin").click()
    assert page.locator(".versus .chart").count() == 0


@pytest.mark.costly
def test_a_slider_orders_all_missions_on_a_date(visit: Visit, server: Browser, tmp_path: Path) -> None:
    page = visit()
    settled(page)
    slider = page.get_by_role("slider", name="All missions ordered out on one date")
    slider.fill("5")  # of dates every two hours
    settled(page)
    assert page.locator(".lever.moved output").inner_text() == "12 Sep 16:00"
    order = '{"at": "10 h", "when": null, "delay": null}'
    settings = [f"missions.north.order={order}", f"missions.south.order={order}"]
    assert page.locator("#live-sets").text_content() == "\n".join(f"--set '{one}'" for one in settings)
    assert numbers(page) == expected(server, settings, tmp_path)
    page.get_by_role("button", name="Reset: All missions ordered out on one date").click()
    later = page.get_by_role("slider", name="The capital falls later")
    later.fill("0")
    settled(page)
    assert page.locator("#live-sets").text_content() == "--set 'threat.timeline.0.at=46 h'"


@pytest.mark.costly
def test_two_pages_at_once(visit: Visit, server: Browser) -> None:
    """Each has its own setting; a page that is closed leaves the other alone."""
    one, two = visit(), visit(360, 740, dark=True)
    settled(one)
    settled(two)
    lanes(one).fill("0")
    settled(one)
    moved = numbers(one)
    assert numbers(two) != moved
    one.close()
    lanes(two).fill("0")
    settled(two)
    assert numbers(two) == moved
    assert two.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.costly
def test_what_is_wrong_is_a_line(visit: Visit) -> None:
    page = visit()
    settled(page)
    before = numbers(page)
    page.get_by_label("Any other entry").fill(f"{LANES}=-1")
    page.get_by_role("button", name="Set", exact=True).click()
    page.get_by_text(f"{LANES}: expected a whole number ≥ 0, got -1").wait_for()
    assert numbers(page) == before
    page.get_by_label("Any other entry").fill("road.drive=1 h")
    page.get_by_role("button", name="Set", exact=True).click()
    page.get_by_role("button", name="Remove road.drive=1 h").wait_for()
    settled(page)
    assert page.locator("#live-sets").text_content() == "--set 'road.drive=1 h'"


@pytest.mark.costly
def test_the_saved_file_answers_the_same(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    lanes(page).fill("0")
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as scenario").click()
    file = written(tmp_path).parent / download.value.suggested_filename
    download.value.save_as(file)
    assert sim.load(file).digest_text == sim.load(tmp_path / "lively.yaml", [f"{LANES}=1"]).digest_text


@pytest.mark.costly
def test_the_sections_below_follow(visit: Visit) -> None:
    """Drawn again for the new setting, in place; a title that would be markup stays text."""
    page = visit(query="#north")
    page.get_by_text(f"The sections below are of {N} replications of this setting.").wait_for(timeout=60_000)
    left = page.locator("#_missions tr.together td").all_text_contents()
    assert page.locator("#_answer").get_by_text("A small airport <b>&").count() > 0
    assert page.locator("#north").is_visible()
    lanes(page).fill("0")
    settled(page)
    page.get_by_text(f"The sections below are of {N} replications of this setting.").wait_for(timeout=60_000)
    assert page.locator("#_missions tr.together td").all_text_contents() != left
    assert page.locator("#_answer h2").count() == 1
    assert page.locator("#_replay").get_by_text("One run is not the answer.").is_visible()
    assert json.loads(page.locator("#data").text_content())["scenarios"] == []  # what the server sent is not in the file


@pytest.mark.costly
def test_it_says_when_the_server_has_gone(browser: Any, tmp_path: Path) -> None:
    with session(written(tmp_path), tmp_path / "results", n=20) as served:
        page = browser.new_context().new_page()
        page.goto(served.server.url)
        page.locator("#_live:not(.stale)[data-state='done']").wait_for(timeout=60_000)
    lanes(page).fill("0")
    page.get_by_text("The server does not answer").wait_for()
    page.context.close()


@pytest.mark.costly
def test_the_buttons_of_a_family_choose_another_scenario(browser: Any, tmp_path: Path) -> None:
    """Files named PROVIDER-THREAT; what is pressed is shown as pressed, and its own title beside it."""
    names = ("troops-quick", "troops-slow", "guards-quick", "guards-slow")
    files = [tmp_path / f"{name}.yaml" for name in names]
    for file in files:
        file.write_text(f"extends: lively.yaml\ntitle: The title of {file.stem}\n", "utf-8")
    written(tmp_path)
    query = ServeQuery.of(*map(str, files), n=2, jobs=1, out=tmp_path / "results")
    with serving(query) as (server, _):
        page = browser.new_context().new_page()
        page.goto(server.url)
        page.locator("#_live:not(.stale)[data-state='done']").wait_for(timeout=60_000)
        page.get_by_text("Guards", exact=True).click()
        page.get_by_text("The title of guards-quick", exact=True).wait_for()
        page.locator("#_live:not(.stale)[data-state='done']").wait_for(timeout=60_000)
        assert page.get_by_label("Guards", exact=True).is_checked()
        assert page.get_by_label("Quick", exact=True).is_checked()
        assert page.locator("#live-command").text_content() == "evacsim run guards-quick.yaml -n 2 --seed 1"
        page.context.close()
