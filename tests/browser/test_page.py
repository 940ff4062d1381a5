"""The page that ``compare`` writes, in a real browser: what it shows, that it keeps to itself, and that anybody can use it."""

from __future__ import annotations

import base64
import json
import re
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.analysis import brief
from sim.present import cells
from tests.browser.conftest import HOSTILE, Made, Open, Opened

SIZES = ((360, 740), (1280, 800), (1920, 1080))


def plain(text: str) -> str:
    return " ".join(text.split())


def data_of(made: Made) -> dict[str, Any]:
    """The page's data, read from the file."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', made.path.read_text("utf-8"), re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found.group(1))
    return data


# -- it opens, and keeps to itself -----------------------------------------------------------------------------------


def test_it_opens_offline_without_a_complaint(compared: Made, opened: Open) -> None:
    one = opened(compared.path)
    assert one.complaints == []
    assert [url for url in one.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in one.requests if url.startswith("file:")]) == 1


def test_it_is_small(compared: Made) -> None:
    assert compared.path.stat().st_size < 1_500_000


@pytest.mark.first(1)
@pytest.mark.parametrize("level", [0, 1, 9], ids=["stored", "fast", "small"])
def test_packed_data_are_the_same(level: int, compared: Made, opened: Open, tmp_path: Path) -> None:
    """A page whose data are packed, with any kind of block: the browser unpacks what it would have read."""
    data = data_of(compared)
    text = json.dumps(data, ensure_ascii=False).encode()
    made = zlib.compressobj(level, wbits=-15)
    packed = {"packed": base64.b64encode(made.compress(text) + made.flush()).decode(), "bytes": len(text)}
    whole = compared.path.read_text("utf-8")
    start, end = whole.index('id="data">') + len('id="data">'), whole.index("</script>", whole.index('id="data">'))
    path = tmp_path / "page.html"
    path.write_text(f"{whole[:start]}{json.dumps(packed)}{whole[end:]}", "utf-8")
    one = opened(path, "#north")
    assert one.complaints == []
    assert one.js("evacsim.data") == data
    assert f"Northland {plain(HOSTILE)}" in one.texts("#north")[0]


def test_a_hostile_title_stays_text(compared: Made, looked_at: Open) -> None:
    one = looked_at(compared.path, "#north")
    assert one.page.locator("img").count() == 0
    assert plain(HOSTILE) in one.texts("h1")[0]
    assert plain(HOSTILE) in one.texts("#_answer")[0]
    assert f"Northland {plain(HOSTILE)}" in one.texts("#north")[0]
    assert one.complaints == []


def test_what_is_injected_does_not_run(compared: Made, opened: Open) -> None:
    """Markup that got in after all is held by the policy: no handler, no script, no style and no picture from elsewhere."""
    one = opened(compared.path)
    one.js(
        """() => { const box = document.createElement("div");
        box.innerHTML = '<img src=x onerror="window.hit = 1"><img src="http://127.0.0.1:9/x.png"><p style="color: red" id="red">';
        const script = document.createElement("script");
        script.textContent = "window.hit = 2";
        document.body.append(box, script); }"""
    )
    one.page.wait_for_timeout(100)
    assert one.js("window.hit") is None
    assert one.js("getComputedStyle(document.getElementById('red')).color") != "rgb(255, 0, 0)"
    assert any("Content Security Policy" in text for text in one.complaints)
    assert not [url for url in one.requests if url.startswith("http")]


def test_without_scripts_the_answer_is_there(compared: Made, opened: Open) -> None:
    one = opened(compared.path, script=False)
    assert all(plain(study.headline) in one.texts("noscript")[0] for study in compared.comparison.studies)


# -- what it shows is the answer -------------------------------------------------------------------------------------


def test_its_sections_are_those_that_have_data(compared: Made, looked_at: Open) -> None:
    data = data_of(compared)
    one = looked_at(compared.path)
    assert one.texts("main > section > h2") == [section["title"] for section in data["sections"]]
    assert one.texts("nav a") == [section["title"] for section in data["sections"]]
    assert {section["id"] for section in data["sections"]} >= {"answer", "comparison", "out", "missions", "inputs", "making"}
    assert one.page.locator("main > section").filter(has_text="cannot be shown").count() == 0
    empty = one.js("() => [...document.querySelectorAll('main > section')].filter((s) => s.children.length < 2).map((s) => s.id)")
    assert empty == []


def test_nothing_is_said_by_mistake(compared: Made, looked_at: Open) -> None:
    """No value that isn't there has become a word."""
    one = looked_at(compared.path, "#south")
    text = one.texts("body > header")[0] + one.texts("main")[0] + one.texts("footer")[0]
    assert not re.search(r"\b(null|undefined|NaN|Infinity)\b|\[object", text)


def test_the_top_says_the_numbers_of_the_summary(compared: Made, looked_at: Open) -> None:
    """A tile for each scenario, in words of the same functions as the terminal's."""
    one = looked_at(compared.path)
    tiles = one.texts(".tile.whom")
    assert len(tiles) == len(compared.summaries)
    for tile, study in zip(tiles, compared.comparison.studies, strict=True):
        total = study.found.total
        for told in (brief.odds(total), brief.left_behind(total)):
            assert plain(told.main) in tile
            assert plain(told.beside) in tile
    (difference,) = compared.comparison.found.differences
    labels = {scenario["name"]: scenario["label"] for scenario in data_of(compared)["scenarios"]}
    names = labels[difference.base], labels[difference.other]
    assert plain(brief.better(difference.total, names).main) in one.texts(".tile.do")[0]


def test_the_whole_sentences_are_there(compared: Made, looked_at: Open) -> None:
    text = looked_at(compared.path).texts("#_answer details")[-1]
    assert all(plain(study.headline) in text for study in compared.comparison.studies)


def test_the_table_has_the_numbers_of_the_summary(compared: Made, looked_at: Open) -> None:
    one = looked_at(compared.path)
    tables = one.page.locator("#_missions table")
    for k, study in enumerate(compared.comparison.studies):
        rows = tables.nth(k).locator("tbody tr")
        assert rows.count() == len(study.found.missions) + 1
        for name, entry in study.found.missions.items():
            row = rows.filter(has=one.page.locator(f'a[href="#{name}"]'))
            values = [plain(text) for text in row.locator(".value").all_text_contents()]
            assert cells.all_out(entry) in values
            assert cells.left(entry) in values


OPTION = """(k) => { const holder = document.querySelectorAll(".chart")[k];
    const option = echarts.getInstanceByDom(holder).getOption();
    return option.series.map((s) => ({ type: s.type, name: s.name, data: s.data })); }"""


def charts(one: Opened, section: str) -> list[list[dict[str, Any]]]:
    """Series of the pictures of a section, as they are drawn."""
    numbers = one.js(
        "(id) => [...document.querySelectorAll('.chart')].map((c, k) => c.closest('section').id === id ? k : -1)", f"_{section}"
    )
    return [one.js(OPTION, k) for k in numbers if k >= 0]


def test_the_bars_are_the_people_left_behind(compared: Made, looked_at: Open) -> None:
    one = looked_at(compared.path)
    drawn = charts(one, "left")
    keys = ("held_when_closed", "cost_most")
    assert len(drawn) == len(keys)
    some = [s for s in compared.summaries if s["total"]["left_behind"]["mean"]]
    assert some
    for series, key in zip(drawn, keys, strict=True):
        for bar, summary in zip(series, some, strict=True):
            assert sum(bar["data"]) == pytest.approx(sum(summary["total"]["left_behind"][key].values()), abs=0.1)


def test_the_lines_end_at_the_people_out(compared: Made, looked_at: Open) -> None:
    drawn = charts(looked_at(compared.path), "out")
    means = drawn[0]
    for line, summary in zip(means, compared.summaries, strict=True):
        total = summary["total"]
        assert line["data"][-1][1] == pytest.approx(total["to_move"] - total["left_behind"]["mean"], abs=0.2)
    assert len(drawn) == 1 + len(compared.summaries)  # and each with its bands


def test_the_marks_are_the_differences(compared: Made, looked_at: Open) -> None:
    (difference,) = compared.comparison.differences
    (series,) = charts(looked_at(compared.path), "comparison")[0]
    expected = sorted(e["left_behind"]["difference"] for e in difference["missions"].values())
    assert sorted(point[1] for point in series["data"]) == pytest.approx(expected)


def test_every_picture_is_drawn_and_said_in_words(compared: Made, opened: Open) -> None:
    one = opened(compared.path, "#north")
    found = one.js(
        """() => [...document.querySelectorAll(".chart")].map((c) => [c.getAttribute("role"), c.getAttribute("aria-label"),
        c.querySelectorAll("svg path").length])"""
    )
    assert len(found) >= 6
    for role, label, paths in found:
        assert role == "img"
        assert len(label) > 30
        assert re.search(r"\d", label)
        assert paths > 2


# -- one mission, sorting, inputs, copying ---------------------------------------------------------------------------


@pytest.mark.first(1)
@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_a_decision_is_drawn_from_its_numbers(width: int, dark: bool, compared: Made, opened: Open, tmp_path: Path) -> None:
    """In the place of the picture, in the page's own colours, and said in words."""
    decided = sim.decide(*(study.loaded for study in compared.comparison.studies), n=24, jobs=1, out=tmp_path)
    assert [path.stem for path in decided.plots] == ["decision"]
    one = opened(sim.report(decided.folder, output=tmp_path / "page.html").path, width=width, dark=dark)
    assert one.page.locator("#_decisions img").count() == 0
    words = one.page.locator("#_decisions .chart").get_attribute("aria-label")
    assert plain(words).startswith(plain(decided.headline))
    drawn = " ".join(one.texts("#_decisions .chart svg text"))
    for option in decided.summary["options"]:
        best = option["best_in"]
        assert f"in {best['alone'] + best['shared']} of {decided.summary['sets']}" in drawn
    one.until("document.documentElement.scrollWidth <= innerWidth")
    assert one.complaints == []


def test_a_link_leads_to_a_mission(compared: Made, opened: Open) -> None:
    one = opened(compared.path, "#south")
    assert one.texts(".mission > h2") == ["south"]
    narrowed = sim.run(
        compared.comparison.studies[0].loaded, n=24, jobs=1, out=compared.path.parents[2], plots=False, mission="south"
    )
    assert plain(narrowed.headline) in one.texts(".mission > p")
    assert one.texts(".mission > p:not(.note)")[0].startswith("south with Many lanes instead of")
    assert "Out, P90: all out in nine cases of ten" in one.texts(".mission > p.note")[0]
    assert one.page.locator("#_find").input_value() == "south"
    assert one.js("document.activeElement.id") == "south"
    one.until("Math.abs(document.querySelector('.mission').getBoundingClientRect().top) < innerHeight / 2")
    one.page.locator(".mission a", has_text="All missions").click()
    one.until("document.querySelector('.mission').hidden")


@pytest.mark.costly
def test_a_page_opens_at_the_mission_that_was_asked_for(compared: Made, opened: Open, tmp_path: Path) -> None:
    """As by a link to it, and every link leads away from it."""
    text = compared.path.read_text("utf-8")
    at = text.index('id="data">{') + len('id="data">{')
    path = tmp_path / "page.html"
    path.write_text(f'{text[:at]}"mission":"south",{text[at:]}', "utf-8")
    one = opened(path)
    assert one.texts(".mission > h2") == ["south"]
    assert one.texts(".mission .tile h3") == ["What to do for south", "How sure"]
    assert one.texts(".mission .tile.do strong") == [main for main, _ in data_of(compared)["missions"]["pages"]["south"]["do"]]
    assert one.js("document.activeElement.id") == "south"
    one.until("Math.abs(document.querySelector('.mission').getBoundingClientRect().top) < innerHeight / 2")
    one.page.locator(".mission a", has_text="All missions").click()
    one.until("document.querySelector('.mission').hidden")
    one.page.locator("#_find").select_option("north")
    one.until("document.querySelector('.mission > h2').id === 'north'")
    assert opened(path, "#north").texts(".mission > h2") != ["south"]
    assert one.complaints == []


@pytest.mark.costly
def test_links_to_sections_lead_there_with_a_mission_on_top(compared: Made, opened: Open) -> None:
    """The mission stays, and the heading of what was asked for is in sight; all missions take its place."""
    one = opened(compared.path, "#south")
    for name in ("answer", "inputs", "comparison", "missions"):
        one.page.locator(f"nav a[href='#_{name}']").click()
        one.until(f"Math.abs(document.getElementById('_{name}-title').getBoundingClientRect().top) < innerHeight / 2 || "
                  "Math.abs(scrollY + innerHeight - document.documentElement.scrollHeight) < 2")  # fmt: skip
        assert one.page.locator(".mission").is_visible() == (name != "missions"), name
    assert one.page.locator("#_find").input_value() == ""


@pytest.mark.costly
def test_a_missions_numbers_are_below_each_other_on_a_phone(compared: Made, opened: Open) -> None:
    """Nothing of its table is beyond the edge, and each number has its heading beside it."""
    one = opened(compared.path, "#south", width=360, height=740)
    assert one.js("(() => { const t = document.querySelector('.mission .table'); return t.scrollWidth <= t.clientWidth; })()")
    assert one.js("getComputedStyle(document.querySelector('.mission td'), '::before').content") == '"P(all out)"'
    wide = opened(compared.path, "#south")
    assert wide.js("getComputedStyle(document.querySelector('.mission td'), '::before').content") == "none"


@pytest.mark.costly
def test_a_mission_is_found_by_the_list(compared: Made, opened: Open) -> None:
    one = opened(compared.path)
    assert one.page.locator(".mission").is_hidden()
    one.page.locator("#_find").select_option("south")
    one.page.wait_for_selector("#south")
    assert one.page.url.endswith("#south")
    assert one.page.locator(".mission .chart svg").count() == 1


@pytest.mark.costly
def test_an_unknown_link_is_harmless(compared: Made, opened: Open) -> None:
    one = opened(compared.path, "#%E0%A4%A")
    assert one.complaints == []
    assert one.page.locator(".mission").is_hidden()


@pytest.mark.costly
def test_a_table_is_sorted_by_its_headings(compared: Made, opened: Open) -> None:
    one = opened(compared.path)
    made = one.page.locator("#_missions table").first
    head = made.locator("thead th", has_text="People")
    for order, names in (("descending", ["north", "south"]), ("ascending", ["south", "north"])):
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == order
        links = [a.get_attribute("href") for a in made.locator("tbody a").all()]
        assert links == [f"#{name}" for name in names]
        assert one.page.locator("#_missions table").first.locator("tbody tr").last.inner_text().startswith("all together")
    assert made.locator('thead th[aria-sort="none"]').count() == made.locator("thead th").count() - 1


@pytest.mark.costly
def test_inputs_are_shown_with_their_sources(compared: Made, opened: Open) -> None:
    one = opened(compared.path)
    one.page.locator("#_input").fill("per_person")
    row = one.page.locator("#_inputs tbody tr").first
    row.wait_for()
    assert "airport.gates.main.per_person" in plain(row.inner_text())
    assert plain(HOSTILE) in plain(row.inner_text())


@pytest.mark.costly
def test_the_scenario_can_be_copied(compared: Made, opened: Open) -> None:
    one = opened(compared.path)
    one.page.locator("#_making summary").first.click()
    area = one.page.locator("#_making textarea").first
    one.until("document.querySelector('#_making textarea').value !== ''")
    assert area.input_value() == compared.comparison.studies[0].result.scenario_text


# -- readable by anybody ---------------------------------------------------------------------------------------------


@pytest.mark.first(2)
@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_the_screen(compared: Made, opened: Open, width: int, height: int, dark: bool) -> None:
    """No part is wider than a phone or is lost on a projector; text stands out from what is behind it (WCAG AA)."""
    one = opened(compared.path, "#north", width=width, height=height, dark=dark)
    assert one.js("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert one.js("document.documentElement.dataset.theme") == ("dark" if dark else "light")
    assert one.js(CONTRAST) == []
    wide = one.js(
        """() => [...document.querySelectorAll(".chart")]
        .filter((c) => c.clientWidth && c.firstChild.clientWidth > c.clientWidth).length"""
    )
    assert wide == 0
    assert one.complaints == []


CONTRAST = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((x) => x / 255).map((x) => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
    .reduce((sum, x, k) => sum + x * [0.2126, 0.7152, 0.0722][k], 0);
  const behind = (node) => { for (; node; node = node.parentElement) { const c = parse(getComputedStyle(node).backgroundColor);
    if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
  const poor = [];
  for (const node of document.querySelectorAll("main *, header *, footer *")) {
    if (node.closest("svg, option") || ![...node.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) continue;
    if (!node.getClientRects().length) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push([node.tagName, node.textContent.slice(0, 30), ratio]);
  }
  return poor; }"""


@pytest.mark.costly
def test_colours_can_be_changed(compared: Made, opened: Open) -> None:
    one = opened(compared.path)
    before = one.js("getComputedStyle(document.body).backgroundColor")
    one.page.locator("#_theme").click()
    assert one.js("document.documentElement.dataset.theme") == "dark"
    assert one.js("getComputedStyle(document.body).backgroundColor") != before
    assert one.js("evacsim.palette.series[0]") == "#56b4e9"


@pytest.mark.costly
def test_it_can_be_printed(compared: Made, opened: Open, tmp_path: Path) -> None:
    """On paper it is light, whatever the screen is, and no picture is wider than the page."""
    one = opened(compared.path, dark=True)
    pdf = one.page.pdf(format="A4", print_background=True)
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page") > 3 or len(pdf) > 50_000
    one.js("dispatchEvent(new Event('beforeprint'))")
    one.page.emulate_media(media="print")
    assert one.js("document.documentElement.dataset.theme") == "light"
    assert one.js("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert one.page.locator("nav").is_hidden()
    sizes = one.js(
        """() => [...document.querySelectorAll(".chart svg")].map((svg) => {
        const [s, c] = [svg, svg.closest(".chart")].map((n) => n.getBoundingClientRect());
        return [s.width > 0 && s.width <= c.width + 1, s.height > 0 && s.height <= c.height + 1]; })"""
    )
    assert sizes
    assert all(wide and high for wide, high in sizes)
    assert one.page.locator("main details:not([open]):not(.screen)").count() == one.page.locator("#_inputs details").count()
    one.js("dispatchEvent(new Event('afterprint'))")
    assert one.js("document.documentElement.dataset.theme") == "dark"


def test_the_keyboard_reaches_everything(compared: Made, opened: Open) -> None:
    one = opened(compared.path)
    wanted = one.js(
        """() => [...document.querySelectorAll("a[href], button, select, input, textarea, summary, [tabindex='0']")]
        .filter((n) => n.checkVisibility()).map((n, k) => { n.dataset.stop = k; return k; })"""
    )
    reached, seen = [], []
    for _ in range(len(wanted) + 5):
        one.page.keyboard.press("Tab")
        stop, visible = one.js(
            """() => { const n = document.activeElement;
            return [n.dataset.stop ?? null, parseFloat(getComputedStyle(n).outlineWidth) > 0]; }"""
        )
        if stop is None or int(stop) in reached:
            break
        reached.append(int(stop))
        seen.append(visible)
    assert reached == wanted  # in the order of the page, the way past the contents first
    assert all(seen)


@pytest.mark.costly
def test_it_tells_a_screen_reader_what_is_what(compared: Made, opened: Open) -> None:
    one = opened(compared.path, "#north")
    assert one.js(ACCESSIBLE) == []
    assert one.page.locator("main").count() == one.page.locator("h1").count() == one.page.locator("header").count() == 1
    levels = one.js(
        "() => [...document.querySelectorAll('h1,h2,h3,h4')].filter((h) => h.checkVisibility()).map((h) => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


ACCESSIBLE = """() => {
  const wrong = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const label = (n) => n.getAttribute("aria-label") || (n.labels && n.labels.length && n.labels[0].textContent) || "";
  const say = (what, n) => wrong.push(`${what}: ${n.outerHTML.slice(0, 80)}`);
  const ids = all("[id]").map((n) => n.id);
  ids.filter((id, k) => ids.indexOf(id) !== k).forEach((id) => wrong.push(`id twice: ${id}`));
  const named = all("a, button, summary, [role=img], [role=region]");
  named.filter((n) => !(label(n) || n.textContent).trim()).forEach((n) => say("no name", n));
  all("input, select, textarea").filter((n) => !label(n).trim()).forEach((n) => say("no label", n));
  all("table").filter((n) => !n.caption || !n.caption.textContent).forEach((n) => say("no caption", n));
  all("th").filter((n) => !n.scope).forEach((n) => say("no scope", n));
  const by = (n) => document.getElementById(n.getAttribute("aria-labelledby"));
  all("[aria-labelledby]").filter((n) => !by(n)).forEach((n) => say("labelled by nothing", n));
  if (!document.documentElement.lang || !document.title) wrong.push("no language or title");
  return wrong; }"""
