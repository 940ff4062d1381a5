"""The replay in a real browser: nobody is lost or made on the way, and whoever can't see or use a mouse can follow it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.model.movements import Movements, StageCounts
from sim.studies.report.answer import answer
from sim.studies.report.query import ReportQuery
from sim.studies.report.resimulated import resimulated
from sim.studies.runs import Study
from tests.browser.conftest import HOSTILE, Made, Open, Opened

LOST = f"""\
title: '{HOSTILE}'
clock: {{start: 2021-09-12 06:00, horizon: 4 d}}
threat: {{levels: [calm, down], start: calm, fallen: down, timeline: [{{at: 20 h, level: down}}]}}
security:
  providers: {{allies: {{force: {{headcount: 700, perimeter: 500, hold: 16 h}}}}}}
  phases: [{{begins: start, provider: allies}}]
road: {{drive: 1 h, speed: 9 km/h, checkpoints: 2, delay: 6 min, turn_back: 30%, retry: 2 h}}
airport:
  at: [34.56, 69.21]
  gates: {{north: {{lanes: 1, per_group: 1 h}}, south: {{lanes: 1, per_group: 2 h, hours: 08:00-18:00}}}}
  closures: {{shelling: {{at: 10 h, lasts: 3 h, closes: [runway, north]}}}}
  airfield: {{stands: {{any: {{number: 2}}}}}}
hubs: {{doha: {{at: [25.3, 51.6]}}, far-away: {{at: [49.4, 7.6]}}}}
lift:
  types: {{jet: {{seats: 40, load: 1 h}}}}
  fleets:
    air: {{aircraft: jet, number: 2, hubs: doha, outbound: 3 h, inbound: 3 h, wait_for: 50%, patience: 4 h}}
    late: {{aircraft: jet, number: 1, available: 12 h, hubs: far-away, outbound: 7 h, inbound: 7 h, wait_for: 50%, patience: 4 h}}
missions:
  legation:
    title: '{HOSTILE}'
    at: [34.53, 69.19]
    residual: 7
    order: {{at: 3 h}}
    cohorts: {{core: {{people: 400, group: 20}}}}
  office: {{distance: 9 km, order: {{at: 8 h}}, cohorts: {{core: {{people: 90, group: 10, ready: {{uniform: [1 h, 9 h]}}}}}}}}
  asleep: {{cohorts: {{core: 30}}}}
"""


@dataclass(frozen=True)
class Replayed:
    """A page with replays of some studies."""

    path: Path
    studies: list[Study]

    def movements(self, one: Opened) -> Movements:
        """What moved in the run that the page shows now."""
        scenario, replication = one.js("[evacsim.replay.run().scenario.scenario, evacsim.replay.run().raw.replication]")
        study = self.studies[scenario]
        return resimulated(study.result, study.loaded, replication)


@pytest.fixture(scope="session")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    """Kabul with three runs, helicopters to ships, and a small one that is lost, with titles that hide nothing."""
    folder = tmp_path_factory.mktemp("replay")
    (folder / "lost.yaml").write_text(LOST)
    given = (("evacsim:turkish-collapse", 12), ("evacsim:saigon-1975", 2), (folder / "lost.yaml", 6), ("evacsim:minimal", 2))
    studies = [sim.run(scenario, n=n, jobs=1, out=folder, plots=False) for scenario, n in given]
    page = folder / "page.html"
    answer(ReportQuery.of(*(str(study.result.folder) for study in studies), output=page))
    return Replayed(page, studies)


def runs(one: Opened) -> list[tuple[int, int]]:
    """(scenario, run) of all that the page has."""
    lengths = one.js("evacsim.data.replay.scenarios.map((s) => s.runs.length)")
    return [(s, r) for s, many in enumerate(lengths) for r in range(many)]


def show(one: Opened, scenario: int, run: int = 0, hours: float | None = None) -> None:
    one.js("([s, r]) => evacsim.replay.open(s, r)", [scenario, run])
    if hours is not None:
        one.js("(h) => evacsim.replay.go(h)", hours)


# -- nobody is lost or made ------------------------------------------------------------------------------------------


@pytest.mark.costly
def test_people_are_conserved_at_every_frame(replayed: Replayed, looked_at: Open) -> None:
    """At 200 times of each run: nobody is fewer than nobody, and all stages together are the staff, mission by mission too."""
    one = looked_at(replayed.path)
    assert len(runs(one)) >= 6
    for scenario, run in runs(one):
        show(one, scenario, run)
        worst = one.js(
            """() => { const { replay } = evacsim, run = replay.run(), first = replay.counts(0); let worst = 0;
            for (let k = 0; k <= 200; k++) {
              const now = replay.counts((run.end * k) / 200);
              let sum = 0;
              for (const [mission, stages] of Object.entries(now)) {
                const people = Object.values(stages), own = people.reduce((a, b) => a + b, 0);
                if (Math.min(...people) < 0 || own !== Object.values(first[mission]).reduce((a, b) => a + b, 0)) worst++;
                sum += own;
              }
              if (sum !== run.staff) worst++;
            }
            return worst; }"""
        )
        assert worst == 0
        assert one.js("evacsim.replay.run().staff") == replayed.movements(one).staff


@pytest.mark.costly
def test_the_counts_are_those_of_the_model_at_every_hour(replayed: Replayed, looked_at: Open) -> None:
    """All together at every hour mark; mission by mission at every eleventh."""
    one = looked_at(replayed.path)
    for scenario, run in runs(one):
        show(one, scenario, run)
        m = replayed.movements(one)
        expected = StageCounts(m)
        hours = [*range(math.floor(m.end) + 1), math.ceil(m.end)]
        for hour, found in zip(hours, one.js("(hours) => hours.map((h) => evacsim.replay.run().total(h))", hours), strict=True):
            assert found == expected.total(hour), (scenario, run, hour)
        some = hours[::11]
        for hour, each in zip(some, one.js("(hours) => hours.map((h) => evacsim.replay.counts(h))", some), strict=True):
            assert each == expected.at(hour), (scenario, run, hour)


def test_what_is_drawn_is_what_is_counted(replayed: Replayed, looked_at: Open) -> None:
    """Lines before the gates, people on the road and inside, stands and the list beside them, hour by hour."""
    one = looked_at(replayed.path)
    for scenario in (0, 2):
        show(one, scenario)
        m = replayed.movements(one)
        counts, gates = StageCounts(m), [site.name for site in m.gates]
        for hour in range(0, math.floor(m.end), 9 if scenario == 0 else 1):
            one.js("(h) => evacsim.replay.go(h)", hour)
            total = counts.total(hour)
            assert numbers(one.texts(".replay .who dd")) == [total[stage] for stage in SHOWN]
            lines = one.js("evacsim.replay.run().state(evacsim.replay.time()).lines")
            assert len(lines) == len(gates) + 1
            assert sum(lines) == total["gate"]
            moving, back = one.js("evacsim.replay.drawn()")
            assert moving + back == total["road"]
            held = sum(f.stand_given <= hour < f.off for f in m.flights if f.stand_given <= m.end)
            assert one.page.locator(".replay .stand.taken").count() == held
            text = one.texts(".replay .city .out")[0]
            assert text.startswith(f"{total['out']:,} out")


SHOWN = ("out", "aboard", "holding", "screening", "gate", "road", "transport", "readying", "mission", "gave_up", "staying")


def numbers(texts: list[str]) -> list[int]:
    return [int(text.replace(",", "")) for text in texts]


def test_groups_move_along_the_road(replayed: Replayed, looked_at: Open) -> None:
    """The legation's first groups leave at 3 h: a dot each, which is nearer to the gates a quarter of an hour later."""
    one = looked_at(replayed.path)
    show(one, 2, 0, 3.2)
    dots = "() => [...document.querySelectorAll('.replay .dot')].filter((d) => d.getAttribute('visibility') !== 'hidden')"
    before = one.js(f"({dots})().map((d) => +d.getAttribute('cx'))")
    assert len(before) == 20
    one.js("evacsim.replay.go(3.45)")
    after = one.js(f"({dots})().map((d) => +d.getAttribute('cx'))")
    assert sum(after) > sum(before)
    one.js("evacsim.replay.go(2.9)")
    assert one.js(f"({dots})().length") == 0


def test_hubs_have_whoever_has_arrived(replayed: Replayed, looked_at: Open) -> None:
    one = looked_at(replayed.path)
    show(one, 2)
    m = replayed.movements(one)
    for hour in (5.0, 12.0, 20.0, m.end):
        one.js("(h) => evacsim.replay.go(h)", hour)
        rows = {texts[0].lower().replace(" ", "-"): numbers(texts[1:]) for texts in table(one)}
        for hub, (arrived, coming) in rows.items():
            there = sum(f.people for f in m.flights if f.hub == hub and f.arrives <= math.floor(hour * 100) / 100)
            flown = sum(f.people for f in m.flights if f.hub == hub and f.off <= math.floor(hour * 100) / 100)
            assert (arrived, coming) == (there, flown - there)
        under_way = sum(f.off <= hour < f.arrives for f in m.flights)
        planes = one.js(
            "() => [...document.querySelectorAll('.hubs .plane')].filter((p) => p.getAttribute('visibility') !== 'hidden').length"
        )
        assert planes == under_way


def table(one: Opened) -> list[list[str]]:
    return [[" ".join(text.split()) for text in row.locator("th, td").all_text_contents()] for row in
            one.page.locator(".hubtable tbody tr").all()]  # fmt: skip


# -- what is said ----------------------------------------------------------------------------------------------------


@pytest.mark.costly
def test_the_runs_are_named_by_their_rule(replayed: Replayed, opened: Open) -> None:
    one = opened(replayed.path)
    text = one.texts("#_replay > p")[0]
    assert "One run is not the answer" in text
    assert "nearest to the median, to P10 and to P90" in text
    buttons = one.texts(".replay .choices >> nth=1 >> button")
    left = one.js("evacsim.data.replay.scenarios[0].runs.map((r) => r.left_behind)")
    assert len(buttons) == 3
    for button, kind, n in zip(buttons, ("Median", "P10", "P90"), left, strict=True):
        assert button.startswith(f"{kind}: {n:,} left behind (run ")


@pytest.mark.costly
def test_what_holds_is_said_in_words(replayed: Replayed, opened: Open) -> None:
    one = opened(replayed.path)
    show(one, 2, 0, 1)
    assert one.texts(".chips li") == ["Threat: calm", "Airport: Allies force, 700 troops, perimeter manned, no operator"]
    one.js("evacsim.replay.go(11)")
    assert "Shelling: runway, north closed" in one.texts(".chips li")
    assert one.texts(".city .gatestate")[0].startswith("closed")
    one.js("evacsim.replay.go(21)")
    assert "Threat: down" in one.texts(".chips li")
    one.js("evacsim.replay.go(1e9)")
    assert one.texts(".chips li")[-1] == "The airport is lost: nobody else gets out"
    assert one.texts(".clock")[0] == "13 Sep 18:00 · hour 36 of 36"  # 20 h and 16 h that it is held
    marks = one.texts(".jump")
    assert [text for text in marks if "falls" in text or "lost" in text] == [
        "Capital falls13 Sep 02:00",
        "Airport lost13 Sep 18:00",
    ]
    one.page.locator(".jump", has_text="Capital falls").click()
    assert one.js("evacsim.replay.time()") == 20


@pytest.mark.parametrize("scenario", range(4))
def test_a_map_only_where_things_are_known_to_be(replayed: Replayed, looked_at: Open, scenario: int) -> None:
    one = looked_at(replayed.path)
    show(one, scenario)
    assert one.page.locator(".hubmap").is_visible() == (scenario in (0, 2))
    assert one.page.locator(".city").is_visible()


def test_a_hostile_title_stays_text(replayed: Replayed, looked_at: Open) -> None:
    one = looked_at(replayed.path)
    show(one, 2)
    plain = " ".join(HOSTILE.split())
    assert plain in one.texts("#_replay-mission option")
    assert any(text.startswith(plain) for text in one.texts(".bubble title"))
    assert one.page.locator("img").count() == 0
    assert one.complaints == []


@pytest.mark.costly
def test_one_mission(replayed: Replayed, opened: Open) -> None:
    """By its own list, and by a link to it."""
    one = opened(replayed.path)
    show(one, 2, 0, 12)
    one.page.locator("#_replay-mission").select_option("office")
    counts = StageCounts(replayed.movements(one)).at(12)["office"]
    assert numbers(one.texts(".replay .who dd")) == [counts[stage] for stage in SHOWN]
    assert one.page.locator(".bubble.highlighted").get_attribute("data-mission") == "office"
    one.js("location.hash = '#legation'")
    one.until("document.querySelector('.bubble.highlighted').dataset.mission === 'legation'")
    assert one.texts(".stages h3")[0].endswith(": 400 people")


@pytest.mark.costly
def test_the_band_is_that_of_all_runs(replayed: Replayed, opened: Open) -> None:
    one = opened(replayed.path)
    label = one.page.locator(".curve svg").get_attribute("aria-label")
    out = sorted(replayed.studies[0].replications["evacuated"].to_list())
    assert label.endswith(f"nine of ten runs end between {out[0]:,} and {out[-1]:,}.")  # P5 and P95 of twelve


# -- going through time ----------------------------------------------------------------------------------------------


@pytest.mark.costly
def test_it_does_not_play_by_itself(replayed: Replayed, opened: Open) -> None:
    one = opened(replayed.path)
    one.page.wait_for_timeout(700)
    assert one.js("[evacsim.replay.time(), evacsim.replay.playing()]") == [0, False]


@pytest.mark.costly
def test_it_plays_pauses_and_ends(replayed: Replayed, opened: Open) -> None:
    one = opened(replayed.path)
    show(one, 2)
    one.page.locator("#_replay-speed").select_option("24")
    one.page.locator(".replay .play").click()
    assert one.texts(".replay .play") == ["⏸ Pause"]
    one.until("evacsim.replay.time() > 3")
    said = one.texts(".replay [role=status]")
    one.page.locator(".replay .play").click()
    paused = one.js("evacsim.replay.time()")
    assert one.texts(".replay [role=status]") != said  # it says where it is now, and did not while it played
    one.page.wait_for_timeout(700)
    assert one.js("evacsim.replay.time()") == paused
    one.page.locator(".replay .play").click()
    one.until("!evacsim.replay.playing()")
    assert one.js("evacsim.replay.time() === evacsim.replay.run().end")
    one.page.locator(".replay .play").click()  # and again from the start
    assert one.js("evacsim.replay.time()") < 36
    assert one.complaints == []


@pytest.mark.costly
def test_it_moves_smoothly_for_whoever_likes_that(replayed: Replayed, browser: Any) -> None:
    context = browser.new_context(offline=True, reduced_motion="no-preference")
    page = context.new_page()
    page.goto(replayed.path.resolve().as_uri())
    page.wait_for_selector("html[data-ready]")
    times = page.evaluate(
        """async () => { const times = []; evacsim.replay.toggle();
        while (times.length < 20) { await new Promise(requestAnimationFrame); times.push(evacsim.replay.time()); }
        evacsim.replay.toggle(); return times; }"""
    )
    context.close()
    assert times == sorted(times)
    assert len({time % 1 for time in times}) > 5  # between the hours too


@pytest.mark.costly
def test_the_keyboard_goes_through_time(replayed: Replayed, opened: Open) -> None:
    one = opened(replayed.path)
    one.page.locator(".replay").focus()
    keyboard = one.page.keyboard
    for key, hour in (("ArrowRight", 1), ("ArrowRight", 2), ("Shift+ArrowRight", 8), ("ArrowLeft", 7), ("Home", 0)):
        keyboard.press(key)
        assert one.js("evacsim.replay.time()") == hour, key
    keyboard.press("End")
    assert one.js("evacsim.replay.time() === evacsim.replay.run().end")
    keyboard.press("Home")
    keyboard.press("Space")
    assert one.js("evacsim.replay.playing()")
    keyboard.press("Space")
    assert not one.js("evacsim.replay.playing()")


def test_the_slider_goes_through_time(replayed: Replayed, opened: Open) -> None:
    one = opened(replayed.path)
    slider = one.page.locator("#_replay-time")
    slider.focus()
    one.page.keyboard.press("ArrowRight")
    assert one.js("evacsim.replay.time()") == 0.25
    slider.evaluate("(s) => { s.value = 100; s.dispatchEvent(new Event('input')); }")
    assert one.js("evacsim.replay.time()") == 100
    assert one.texts(".clock")[0].startswith(slider.get_attribute("aria-valuetext"))


@pytest.mark.costly
def test_a_screen_reader_is_told_time_and_counts(replayed: Replayed, opened: Open) -> None:
    one = opened(replayed.path)
    show(one, 2, 0, 11)
    (said,) = one.texts(".replay [role=status]")
    total = StageCounts(replayed.movements(one)).total(11)
    assert said.startswith("12 Sep 17:00. Threat: calm. Airport: Allies force")
    assert f"{total['gate']} wait before the gates" in said


# -- it can be read --------------------------------------------------------------------------------------------------


@pytest.mark.first(1)
@pytest.mark.parametrize(("width", "dark"), [(360, False), (700, True), (1280, False), (1920, True)])
def test_nothing_is_cut_off(replayed: Replayed, opened: Open, width: int, dark: bool) -> None:
    """No text of the drawings leaves them, and no part is wider than the screen."""
    one = opened(replayed.path, width=width, height=900, dark=dark)
    for scenario, _ in runs(one):
        for share in (0.1, 0.4, 1.0):
            show(one, scenario)
            one.js("(x) => evacsim.replay.go(x * evacsim.replay.run().end)", share)
            assert one.js(OUTSIDE) == [], (scenario, share)
    assert one.js("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert one.complaints == []


OUTSIDE = """() => [...document.querySelectorAll(".replay svg text")].filter((text) => {
  if (!text.textContent.trim()) return false;
  const own = text.getBoundingClientRect(), whole = text.closest("svg").getBoundingClientRect();
  return own.left < whole.left - 2 || own.right > whole.right + 2 || own.top < whole.top - 2 || own.bottom > whole.bottom + 2;
}).map((text) => text.textContent)"""


@pytest.mark.costly
def test_a_comparison_replays_both_scenarios(compared: Made, opened: Open) -> None:
    one = opened(compared.path)
    assert one.js("evacsim.data.replay.scenarios.map((s) => s.scenario)") == [0, 1]
    labels = one.js("evacsim.data.scenarios.map((s) => s.label)")
    assert one.texts(".replay .choices >> nth=0 >> button") == [" ".join(label.split()) for label in labels]
    one.page.locator(".replay .choices >> nth=0 >> button").nth(1).click()
    assert one.js("evacsim.replay.run().scenario.scenario") == 1


@pytest.mark.costly
def test_missions_of_one_name_keep_the_title_of_their_scenario(tmp_path: Path, opened: Open) -> None:
    """What leads to both of them says both titles."""
    studies = []
    for name, title in (("first", "Northland"), ("second", "Office for the North")):
        (tmp_path / f"{name}.yaml").write_text(
            f"extends: evacsim:minimal\ntitle: {name}\nmissions: {{north: {{title: {title}}}}}\n"
        )
        studies.append(sim.run(tmp_path / f"{name}.yaml", n=2, jobs=1, out=tmp_path, plots=False))
    answer(ReportQuery.of(*(str(study.result.folder) for study in studies), output=tmp_path / "page.html"))
    one = opened(tmp_path / "page.html")
    for scenario, title, other in ((0, "Northland", "Office"), (1, "Office for the North", "Northland")):
        show(one, scenario)
        names = one.texts("#_replay select option")
        assert title in names
        assert not any(name.startswith(other) for name in names)
        one.js("() => evacsim.select('north')")
        assert f"{title}: " in " ".join(one.texts("#_replay"))
        one.js("() => evacsim.select(null)")
    assert "Northland / Office for the North" in one.texts("#_find option")
    assert one.complaints == []
