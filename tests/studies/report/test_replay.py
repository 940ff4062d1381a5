"""What the page replays: runs chosen by rule, the stored ones again, as columns that hold the same people hour by hour."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sim
from sim.experiment import Result
from sim.experiment.workers import WorkerLost
from sim.model import compile_scenario
from sim.model.movements import CohortMove, CrowdCourse, Movements, StageCounts
from sim.model.replication import movements
from sim.present.page.html import embedded
from sim.scenario import Loaded, load, loads
from sim.studies.report.replay import KINDS, apart_and_course, quick, replays, rule
from sim.studies.report.replay_data import NEVER, TICKS, compact
from sim.studies.report.resimulated import Differs, outcome, resimulated
from sim.studies.runs import Study
from tests.model.helpers import plan

Json = dict[str, Any]
SHIPPED = ("turkish-collapse", "khartoum-2023", "saigon-1975", "minimal", "reference")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    out = tmp_path_factory.mktemp("kept")
    return sim.run("evacsim:turkish-collapse", n=12, jobs=1, out=out, plots=False)


def run_of(text: str, tmp_path: Path, n: int = 4, **how: Any) -> Study:
    file = tmp_path / "one.yaml"
    file.write_text(text)
    return sim.run(file, n=n, jobs=1, out=tmp_path / "kept", plots=False, **how)


# -- the columns, read as the page reads them ------------------------------------------------------------------------


def changes(run: Json) -> list[tuple[int, int, str, int]]:
    """(tick, mission, stage, people more or fewer)."""
    found: list[tuple[int, int, str, int]] = []

    def move(tick: int, mission: int, leaves: str, enters: str, people: int) -> None:
        if tick != NEVER:
            found.extend(((tick, mission, leaves, -people), (tick, mission, enters, people)))

    raw = run["groups"]
    ready = list(accumulate(raw["ready"]))
    grouped: dict[int, int] = defaultdict(int)
    gave_up = dict(raw["gave_up"])
    for k, people in enumerate(raw["people"]):
        cohort, _, _, direct, _ = raw["kinds"][raw["kind"][k]]
        mission, at = run["cohorts"][cohort][0], [ready[k]]
        grouped[cohort] += people
        for name in ("departs", "arrives", "search", "inside"):
            step = raw[name][k]
            at.append(NEVER if step == NEVER else max(at[-1], 0) + step)
        within = "holding" if run["lift"] and not direct else "out"
        ways = ("readying", "transport", "road", "gate", "screening", within)
        for tick, leaves, enters in zip(at, ways, ways[1:], strict=False):
            move(tick, mission, leaves, enters, people)
        move(gave_up.get(k, NEVER), mission, "road", "gave_up", people)
    for k, (mission, ordered, ungrouped, staying, before) in enumerate(run["cohorts"]):
        found.extend(((0, mission, stage, n) for stage, n in (("staying", staying), ("out", before))))
        found.append((0, mission, "mission", ungrouped + grouped[k]))
        move(ordered, mission, "mission", "readying", ungrouped + grouped[k])
    for row in run["flights"]:
        times = [row[2]]
        for step in row[3:8]:
            times.append(NEVER if step == NEVER else max([*times, 0]) + step)
        for mission, people in zip(row[13::2], row[14::2], strict=True):
            move(times[3], mission, "holding", "aboard", people)
            move(times[5], mission, "aboard", "out", people)
    return found


def counts(run: Json, missions: list[str], hour: float) -> dict[str, dict[str, int]]:
    """Mission -> stage -> people, of stages with anybody."""
    (found,) = courses(run, missions, [hour])
    return found


def courses(run: Json, missions: list[str], hours: list[float]) -> Iterator[dict[str, dict[str, int]]]:
    """The same for hours in order, each change counted once."""
    made: dict[str, dict[str, int]] = {name: defaultdict(int) for name in missions}
    ahead, k = sorted(changes(run)), 0
    for hour in hours:
        while k < len(ahead) and ahead[k][0] <= hour * run["ticks"]:
            _, mission, stage, people = ahead[k]
            made[missions[mission]][stage] += people
            k += 1
        yield {name: {stage: n for stage, n in stages.items() if n} for name, stages in made.items()}


def expected(m: Movements, *hours: float) -> list[dict[str, dict[str, int]]]:
    found = StageCounts(m)
    return [{name: {s: n for s, n in stages.items() if n} for name, stages in found.at(hour).items()} for hour in hours]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_columns_hold_the_same_people_hour_by_hour(name: str) -> None:
    """At ticks however coarse; of a run of four hundred hours every seventh."""
    m = movements(compile_scenario(load(f"evacsim:{name}").scenario), 1, 0)
    hours = [*range(0, math.floor(m.end), 7), math.ceil(m.end)]
    there = expected(m, *hours)
    for per_hour in TICKS:
        run = compact(m, per_hour)
        for hour, found, wanted in zip(hours, courses(run, list(m.missions), hours), there, strict=True):
            assert found == wanted, (per_hour, hour)
        assert sum(run["groups"]["people"]) == sum(g.people for g in m.groups)


def test_times_are_rounded_up_to_a_tick() -> None:
    m = movements(compile_scenario(load("evacsim:minimal").scenario), 1, 0)
    for per_hour in (100, 4):
        run = compact(m, per_hour)
        assert run["end"] == math.ceil(m.end * per_hour)
        ready = [t / per_hour for t in accumulate(run["groups"]["ready"])]
        assert all(any(0 <= t - g.ready < 1 / per_hour for g in m.groups) for t in ready)


@pytest.mark.costly
def test_coarser_ticks_are_smaller_and_lose_nobody() -> None:
    m = movements(compile_scenario(load("evacsim:kabul-2021").scenario), 1, 0)
    sizes = [len(json.dumps(compact(m, per_hour))) for per_hour in (100, 4, 1)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3


def test_gates_and_hubs_are_those_of_the_scenario_in_its_order() -> None:
    """Three groups arrive at once and are searched at one gate each; two gates close later on; all fly to the second hub."""
    m = movements(
        plan("""
            road: {drive: 1 h}
            airport:
              gates: {south: {lanes: 1, per_group: 1 h}, middle: {lanes: 1, per_group: 1 h}, north: {lanes: 1, per_group: 1 h}}
              closures: {a: {at: 5 h, lasts: 1 h, closes: south}, b: {at: 6 h, lasts: 1 h, closes: north}}
              airfield: {stands: {small: {size: 1, number: 1}}}
            hubs: {doha: {beds: 500}, ankara: {beds: 500}}
            lift:
              types: {jet: {seats: 30, load: 30 min, stand: small}}
              fleets: {air: {aircraft: jet, number: 1, available: 3 h, hubs: ankara, outbound: 2 h}}
            missions: {a: {order: {at: 0 h}, cohorts: {core: {people: 30, group: 10}}}}
        """),
        1,
        0,
    )
    run = compact(m, 1)
    gates, hubs = [g.name for g in m.gates], [h.name for h in m.hubs]
    assert len({g.gate for g in m.groups}) == 3
    kinds = [run["groups"]["kinds"][k] for k in run["groups"]["kind"]]
    assert sorted(gates[gate] for _, _, gate, _, _ in kinds) == sorted(g.gate for g in m.groups)
    assert [(time, gates[gate], why) for time, gate, why, _ in run["gates"]] == [
        (math.ceil(s.time), s.gate, s.closed) for s in m.gate_states
    ]
    assert {hubs[row[8]] for row in run["flights"]} == {"ankara"}


# -- which runs, and that they are those that are stored -------------------------------------------------------------


@pytest.mark.costly
def test_three_runs_of_a_stored_result(study: Study) -> None:
    made = replays([study.result], [study.loaded])
    assert made is not None
    (scenario,) = made["scenarios"]
    rows = study.result.replications
    left = {k: a + b for k, a, b in rows.select("replication", "stranded", "unfinished").iter_rows()}
    assert [kind for run in scenario["runs"] for kind, _, _ in run["stands_for"]] == list(KINDS)
    ranked = sorted(left.values())
    for run, rank in zip(scenario["runs"], (6, 2, 11), strict=True):  # of 12: ceil(6), ceil(1.2), ceil(10.8)
        assert run["left_behind"] == left[run["replication"]] == ranked[rank - 1]
        total = sum(counts(run, scenario["missions"], run["end"])[m].get("out", 0) for m in scenario["missions"])
        assert total == rows.filter(pl.col("replication") == run["replication"])["evacuated"].item()
    assert made["notes"] == []


def test_the_page_beside_a_result_has_less(study: Study) -> None:
    made = quick([study.result] * 3, [study.loaded] * 3)
    assert made is not None
    assert [len(one["runs"]) for one in made["scenarios"]] == [1, 1]
    assert made["notes"] == ["A page made by evacsim report shows the runs at P10 and P90 too, and those of the other scenarios."]
    assert "nearest to the median of all of them" in made["rule"]
    assert "nearest to the median, to P10 and to P90 of all of them" in rule(KINDS)


@pytest.mark.costly
def test_a_result_read_from_its_folder_gives_the_same(study: Study) -> None:
    """Its inputs are those in ``inputs.parquet``: nothing is known of how they were drawn."""
    opened = Result.open(study.result.folder)
    assert replays([opened]) == replays([study.result], [study.loaded])


@pytest.mark.costly
def test_it_is_small(study: Study) -> None:
    made = replays([study.result], [study.loaded])
    assert made is not None
    assert len(embedded(made)) < 200_000
    coarse = replays([study.result], [study.loaded], most_bytes=75_000)
    assert coarse is not None
    assert len(embedded(coarse["scenarios"][0]["runs"])) <= 75_000
    if len(coarse["scenarios"][0]["runs"]) == 1:
        assert coarse["notes"] == ["Only one run of each scenario is shown, for the others would make this page too large."]


def test_what_does_not_fit_is_left_out_and_said(study: Study) -> None:
    made = replays([study.result], [study.loaded], most_bytes=500)
    assert made is not None
    assert made["scenarios"] == []
    assert made["notes"][-1] == "turkish-collapse: no replay, which would make this page too large."


def test_a_run_that_is_not_the_stored_one_is_left_out(study: Study) -> None:
    """The scenario of another result beside these rows: no replication is what is stored."""
    other = load("evacsim:none-collapse")
    made = replays([study.result], [other])
    assert made is not None
    assert made["scenarios"] == []
    assert len(made["notes"]) == 3
    assert all(note.endswith("is left out: simulated again it is not what was stored.") for note in made["notes"])
    with pytest.raises(Differs, match=r"not what is stored: .*evacuated"):
        resimulated(study.result, other, 0)


@pytest.mark.costly
def test_workers_look_at_the_run_while_pictures_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is the same as without workers, and this process simulates nothing for it; a look at another run is not shown."""
    alone = sim.run("evacsim:minimal", n=4, jobs=1, out=tmp_path / "alone")
    with monkeypatch.context() as patched:
        patched.setattr("sim.studies.report.resimulated.plan_of", lambda *_: pytest.fail("simulated here"))
        shared = sim.run("evacsim:minimal", n=4, jobs=2, out=tmp_path / "shared")
    pages = [study.page.read_bytes() for study in (alone, shared) if study.page is not None]
    assert len(pages) == 2
    assert pages[0] == pages[1]
    wrong: Future[Movements | None] = Future()
    wrong.set_result(movements(compile_scenario(shared.loaded.simulated), 1, 3))
    with pytest.raises(Differs):
        resimulated(shared.result, shared.loaded, 0, wrong)


@pytest.mark.parametrize("gone", [WorkerLost(), CancelledError(), None])
def test_what_no_worker_could_see_is_simulated_here(gone: Exception | None, study: Study) -> None:
    look: Future[Movements | None] = Future()
    look.set_result(None) if gone is None else look.set_exception(gone)
    assert resimulated(study.result, study.loaded, 0, look) == resimulated(study.result, study.loaded, 0)


def test_only_a_difference_of_rounding_is_overlooked(study: Study) -> None:
    """Another processor may round a time otherwise; a time that is a second off is another run."""

    def look(later: float) -> Future[Movements | None]:
        seen: Future[Movements | None] = Future()
        seen.set_result(replace(moved, lost=moved.lost + later))
        return seen

    moved = resimulated(study.result, study.loaded, 0)
    assert math.isfinite(moved.lost)
    assert resimulated(study.result, study.loaded, 0, look(1e-12)).lost == moved.lost + 1e-12
    with pytest.raises(Differs, match=r"^not what is stored: lost_h$"):
        resimulated(study.result, study.loaded, 0, look(1 / 3600))


def test_inputs_that_cannot_be_read_are_no_reason_to_fail(tmp_path: Path) -> None:
    kept = sim.run("evacsim:khartoum-2023", n=3, jobs=1, out=tmp_path, plots=False)
    (kept.result.folder / "inputs.parquet").write_bytes(b"no table")
    made = replays([Result.open(kept.result.folder)], kinds=("median",))
    assert made is not None
    assert made["scenarios"] == []
    assert made["notes"][0].endswith("is left out: its inputs cannot be read.")


# -- edges -----------------------------------------------------------------------------------------------------------

GATES = "airport: {gates: {north: {lanes: 1, per_group: 0.5 h}}}\nroad: {drive: 1 h}\n"
FALLS = """\
clock: {horizon: 2 d}
threat: {levels: [calm, down], start: calm, fallen: down, timeline: [{at: 5 h, level: down}]}
"""
EDGES = {
    "nobody to move": GATES + "missions: {a: {residual: all, cohorts: {core: 9}}}",
    "nobody at all": GATES + "missions: {a: {order: {at: 1 h}, cohorts: {core: 0}}}",
    "one mission, no lift": GATES + "missions: {a: {order: {at: 1 h}, cohorts: {core: {people: 90, group: 40}}}}",
    "never ordered, the capital falls": FALLS + GATES + "missions: {a: {cohorts: {core: 9}}}",
    "a horizon that is reached": "clock: {horizon: 3 h}\n" + GATES + "missions: {a: {order: {at: 2.5 h}, cohorts: {core: 9}}}",
    "closed long before": GATES + "missions: {a: {closed: 2021-05-28}, b: {order: {at: 1 h}, cohorts: {core: 5}}}",
}


@pytest.mark.parametrize("text", EDGES.values(), ids=EDGES.keys())
def test_edges(text: str, tmp_path: Path) -> None:
    study = run_of(text, tmp_path)
    made = replays([study.result], [study.loaded])
    assert made is not None
    assert made["notes"] == []
    assert made["world"] is None
    (scenario,) = made["scenarios"]
    (run,) = scenario["runs"]  # all replications are alike
    assert run["replication"] == 0
    assert [(kind, alike) for kind, alike, _ in run["stands_for"]] == [(kind, 4) for kind in KINDS]
    staff = int(study.replications["staff"][0])
    for hour in range(math.ceil(study.replications["end_h"][0]) + 1):
        assert sum(n for stages in counts(run, scenario["missions"], hour).values() for n in stages.values()) == staff
    json.dumps(made, allow_nan=False)


def test_people_out_before_the_start_are_out_from_the_start() -> None:
    m = movements(compile_scenario(load("evacsim:minimal").scenario), 1, 0)
    gone = replace(m, groups=(), convoys=(), flights=(), cohorts=(CohortMove("north", "core", 120, 20, 100, 0.0, 0),))
    run = compact(gone, 100)
    assert counts(run, list(m.missions), 0) == expected(gone, 0)[0] == {"north": {"out": 100, "staying": 20}, "south": {}}


def test_the_crowd_is_counted_at_each_full_hour() -> None:
    """From nobody at 100 an hour; from 1.5 h on 40 an hour fewer, until nobody is left; the columns hold what changes."""
    m = movements(compile_scenario(load("evacsim:minimal").scenario), 1, 0)
    courses = (CrowdCourse(0.0, 0.0, 100.0, 0.0), CrowdCourse(1.5, 150.0, -40.0, 0.0), CrowdCourse(4.0, 50.0, -40.0, 0.0))
    run = compact(replace(m, crowd=courses, end=6.5), 100)
    assert list(accumulate(run["crowd"])) == [0, 100, 130, 90, 50, 10, 0, 0]
    assert compact(replace(m, crowd=()), 100)["crowd"] == []


def test_a_failed_replication_is_passed_over(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = replays([study.result], [study.loaded], kinds=("median",))
    assert chosen is not None
    first = chosen["scenarios"][0]["runs"][0]["replication"]
    opened = with_failed(study, monkeypatch, first)
    again = replays([opened], [study.loaded], kinds=("median",))
    assert again is not None
    assert again["scenarios"][0]["runs"][0]["replication"] != first
    assert again["scenarios"][0]["replications"] == 11


def with_failed(study: Study, monkeypatch: pytest.MonkeyPatch, *numbers: int) -> Result:
    """The stored result as it would be had these replications failed."""
    opened = Result.open(study.result.folder)
    for name in ("replications", "timeline"):
        opened.table(name)
    monkeypatch.setattr(opened, "failed", [(k, "simulate", "ValueError: no") for k in numbers])
    return opened


def test_where_all_have_failed_there_is_nothing(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = with_failed(study, monkeypatch, *range(12))
    assert replays([opened]) is None
    both = replays([opened, study.result], [None, study.loaded], kinds=("median",))
    assert both is not None
    assert [one["scenario"] for one in both["scenarios"]] == [1]


@pytest.mark.first(2)
@pytest.mark.parametrize(
    "name",
    ["turkish-collapse", pytest.param("coalition-collapse", marks=pytest.mark.slow), "khartoum-2023", "saigon-1975", "reference"],
)
def test_outcomes_are_those_of_the_row(name: str, tmp_path: Path) -> None:
    """Everything that is checked of a run, for runs that end in different ways."""
    kept = sim.run(f"evacsim:{name}", n=2, jobs=1, out=tmp_path, plots=False)
    for row in kept.replications.iter_rows(named=True):
        found = outcome(resimulated(kept.result, kept.loaded, row["replication"]))
        assert found["left_behind"] == row["stranded"] + row["unfinished"]
        assert {k: v for k, v in found.items() if k in row} == {k: row[k] for k in found if k in row}
        assert len(found.keys() & row.keys()) == len(found) - 1


# -- where things are ------------------------------------------------------------------------------------------------


def test_bearings_and_distances() -> None:
    """A degree of the equator is 111.2 km eastwards; the pole lies due north, a quarter of the way round."""
    apart, course = apart_and_course(0, 0, 0, 1)
    assert (round(apart, 1), round(course, 6)) == (111.2, 90)
    apart, course = apart_and_course(0, 30, 90, 0)
    assert (round(apart), round(course) % 360) == (round(6371 * math.pi / 2), 0)


def placed(more: str = "") -> Loaded:
    text = (
        "airport: {at: [34.56, 69.21]}\nhubs: {doha: {at: [25.3, 51.6]}, nowhere: {}}\n"
        "lift: {types: {jet: {seats: 50}}, fleets: {air: {aircraft: jet, hubs: [doha]}}}\n"
        "missions:\n  a: {at: [34.53, 69.19], order: {at: 1 h}, cohorts: {core: 30}}\n  b: {distance: 7 km, cohorts: {core: 5}}\n"
    )
    return loads("road: {speed: 20 km/h}\n" + text + more)


def test_hubs_are_called_as_in_tables(tmp_path: Path) -> None:
    study = run_of(placed().canonical.replace("doha", "al-udeid"), tmp_path)
    made = replays([study.result], [study.loaded])
    assert made is not None
    (scenario,) = made["scenarios"]
    assert scenario["hubs"] == ["Al Udeid", "Nowhere"]


def test_places_are_told_where_they_are_known(tmp_path: Path) -> None:
    one = placed()
    study = run_of(one.canonical, tmp_path)
    made = replays([study.result], [study.loaded])
    assert made is not None
    (scenario,) = made["scenarios"]
    apart, course = apart_and_course(34.56, 69.21, 34.53, 69.19)
    assert (scenario["km"], scenario["bearing"]) == ([round(apart, 1), 7.0], [round(course), None])
    assert scenario["hub_at"] == [[25.3, 51.6], None]
    west, south, east, north = made["world"]["box"]
    assert west < 51.6 < 69.21 < east
    assert south < 25.3 < 34.56 < north
    assert "public domain" in made["world"]["source"]
