"""The four ends of a person in every combination, infinite times, and the edges: nobody, one, zero, everything at once."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from sim.scenario import Scenario, ScenarioError
from tests.model.helpers import INF, Run, run
from tests.model.way import stage

FALL, HOLD = 5, 10


def end(cohort: str, *, falls: bool, lost: bool, order: str = "") -> Run:
    """One cohort; the capital falls at 5 h or never; the airport is lost 10 h later or never; the horizon is 40 h."""
    level = f"{FALL} h" if falls else "99 d"
    return run(f"""
        clock: {{horizon: 40 h}}
        threat: {{timeline: [{{at: {level}, level: fallen}}], fallen: fallen}}
        security:
          unsecured_hold: {f"{HOLD} h" if lost else "90 d"}
          phases: [{{begins: start, provider: none}}]
          host: {{}}
        missions: {{m: {{{order}cohorts: {{c: {{people: 10, {cohort}}}}}}}}}
    """)


NEVER = ""
CONDITION = "order: {when: provider leaving}, "
ORDERED = "order: {at: 2 h}, "
LATE = "order: {at: 12 h}, "


@pytest.mark.parametrize(
    ("order", "ready", "falls", "lost", "fate", "how"),
    [
        # nobody says go; the capital could fall until the horizon
        (NEVER, 0, False, False, "staying", "horizon"),
        (NEVER, 0, False, True, "staying", "horizon"),
        (NEVER, 0, True, False, "unfinished", "horizon"),
        (NEVER, 0, True, True, "stranded", "lost"),
        # an order that would come by a condition that never holds
        (CONDITION, 0, False, False, "staying", "horizon"),
        (CONDITION, 0, True, False, "unfinished", "horizon"),
        (CONDITION, 0, True, True, "stranded", "lost"),
        # ordered, but not out
        (ORDERED, 100, False, False, "unfinished", "horizon"),
        (ORDERED, 100, True, False, "unfinished", "horizon"),
        (ORDERED, 100, True, True, "stranded", "lost"),
        # ordered and out, before and after the fall
        (ORDERED, 0, False, False, "evacuated", "out"),
        (ORDERED, 0, True, True, "evacuated", "out"),
        (ORDERED, 12, True, True, "evacuated", "out"),
        (ORDERED, 14, True, True, "stranded", "lost"),
        (ORDERED, 14, True, False, "evacuated", "out"),
        (LATE, 0, True, True, "evacuated", "out"),
        # an order dated after the loss
        ("order: {at: 20 h}, ", 0, True, True, "stranded", "lost"),
    ],
)
def test_everybody_has_one_end(order: str, ready: int, falls: bool, lost: bool, fate: str, how: str) -> None:
    """Seven of ten are to be moved; the residual three always stay."""
    r = end(f"residual: 3, ready: {ready} h", falls=falls, lost=lost, order=order)
    ends = {f: int(r.total[f]) for f in ("evacuated", "stranded", "unfinished", "staying")}
    assert ends == {"evacuated": 0, "stranded": 0, "unfinished": 0, "staying": 3} | {fate: 7 + 3 * (fate == "staying")}
    assert r.total["end"] == how
    assert r.total["end_h"] == {"lost": FALL + HOLD, "horizon": 40}.get(how, r.total["t100_h"])
    assert r.total["fall_h"] == (FALL if falls and r.total["end_h"] >= FALL else INF)
    assert r.total["lost_h"] == (FALL + HOLD if how == "lost" else INF)
    assert (r.total["t100_h"] == INF) == (fate in ("stranded", "unfinished"))


def test_never_ordered_where_the_capital_cannot_fall_ends_at_once() -> None:
    r = run("missions: {m: {cohorts: {c: 10}}}")
    assert (r.total["end"], r.total["end_h"], r.total["staying"], r.total["to_move"]) == ("out", 0, 10, 0)
    assert (r.total["ordered_h"], r.total["t100_h"]) == (INF, 0)


def test_all_four_ends_in_one_replication() -> None:
    """Lost at 15 h; stranded and unfinished exclude each other, so the same people get the other end at an earlier horizon."""
    text = """
        clock: {horizon: HORIZON}
        threat: {timeline: [{at: 5 h, level: fallen}], fallen: fallen}
        security: {unsecured_hold: 10 h, phases: [{begins: start, provider: none}], host: {}}
        missions:
          fast: {order: {at: 1 h}, cohorts: {c: 10}}
          slow: {order: {at: 1 h}, cohorts: {c: {people: 20, ready: 80 h}}}
          deaf: {cohorts: {c: 30}}
          stays: {residual: all, cohorts: {c: 40}}
    """
    lost = run(text.replace("HORIZON", "40 h")).total
    assert [lost[f] for f in ("evacuated", "stranded", "unfinished", "staying")] == [10, 20 + 30, 0, 40]
    early = run(text.replace("HORIZON", "14 h")).total
    assert [early[f] for f in ("evacuated", "stranded", "unfinished", "staying")] == [10, 0, 20 + 30, 40]
    calm = run(text.replace("HORIZON", "4 h")).total
    assert [calm[f] for f in ("evacuated", "stranded", "unfinished", "staying")] == [10, 0, 20, 30 + 40]


def test_infinite_times_beside_finite_ones() -> None:
    """Twelve groups of 10 through one lane, one an hour; the horizon comes when nine have passed: 75 %."""
    r = run("""
        clock: {horizon: 9.5 h}
        airport: {gates: {main: {lanes: 1, per_group: 1 h}}}
        missions:
          m: {order: {at: 0 h}, cohorts: {c: {people: 120, group: 10, starts: gate}}}
          n: {order: {at: 0 h}, cohorts: {c: {people: 1, starts: holding}}}
    """)
    m = r.mission("m")
    assert (m["evacuated"], m["unfinished"]) == (90, 30)
    assert (m["t50_h"], m["t90_h"], m["t100_h"]) == (6, INF, INF)
    assert r.mission("n")["t100_h"] == 0
    assert (r.total["t50_h"], r.total["t100_h"]) == (6, INF)


# -- the last moment -------------------------------------------------------------------------------------------------


def lost_while(ready: str, ground: str) -> Run:
    """An aircraft that loads for *ground*; the airport is lost at 15 h."""
    return run(f"""
        clock: {{horizon: 40 h}}
        threat: {{timeline: [{{at: 5 h, level: fallen}}], fallen: fallen}}
        security:
          providers: {{none: {{operator: {{}}}}}}
          unsecured_hold: 10 h
          phases: [{{begins: start, provider: none}}]
        lift: {{types: {{p: {{seats: 10, load: {ground}}}}}, fleets: {{f: {{aircraft: p, number: 2}}}}}}
        missions: {{m: {{order: {{at: 1 h}}, cohorts: {{c: {{people: 20, group: 10, starts: holding, ready: {ready}}}}}}}}}
    """)


def test_those_aboard_when_the_airport_is_lost_are_stranded() -> None:
    r = lost_while("12 h", "3 h")
    assert (r.total["end"], r.total["stranded"], r.total["flights"]) == ("lost", 20, 0)
    assert stage(r, "aboard")[13:] == [20, 20, 20]


def test_a_take_off_at_the_moment_of_the_loss_counts() -> None:
    r = lost_while("12 h", "2 h")
    assert (r.total["end"], r.total["evacuated"], r.out_h) == ("out", 20, 15)


def test_out_at_the_horizon_is_out() -> None:
    r = run("{clock: {horizon: 8 h}, missions: {m: {order: {at: 3 h}, cohorts: {c: {people: 10, ready: 5 h}}}}}")
    assert (r.total["end"], r.total["evacuated"], r.total["t100_h"]) == ("out", 10, 8)


def test_the_fall_at_the_start_with_no_time_to_hold() -> None:
    """What happens at the same moment comes before the loss: those who are ready get out."""
    r = run("""
        threat: {start: fallen, fallen: fallen}
        security: {unsecured_hold: 0 h, phases: [{begins: start, provider: none}], host: {}}
        missions: {m: {order: {at: start}, cohorts: {a: 10, b: {people: 5, ready: 1 min}}}}
    """)
    assert (r.total["evacuated"], r.total["stranded"], r.total["end_h"]) == (10, 5, 0)


# -- edges -----------------------------------------------------------------------------------------------------------


def test_everything_at_once() -> None:
    r = run("missions: {m: {order: {at: start}, cohorts: {c: 1000}}}")
    assert (r.out_h, r.total["end_h"], r.total["end"], r.total["evacuated"]) == (0, 0, "out", 1000)
    assert r.waits() == {}
    assert list(r.timeline["hour"]) == [0]
    assert list(r.timeline["bottleneck"]) == ["none"]


@pytest.mark.parametrize("people", [0, 1])
def test_nobody_and_one_person_by_every_way(people: int) -> None:
    """Through road, gate, check, holding and aircraft: 1 + 1 + 1 h, then an aircraft that is there."""
    r = run(f"""
        road: {{drive: 1 h}}
        vehicles: {{bus: {{seats: 50, number: 1}}}}
        airport:
          gates: {{main: {{lanes: 1, per_person: 1 h/person}}}}
          consular: {{officers: 1, per_person: 1 h/person}}
          holding: 10
        lift: {{types: {{p: {{seats: 10}}}}, fleets: {{f: {{aircraft: p, wait_for: 100%}}}}}}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: {{people: {people}, vehicles: bus}}}}}}}}
    """)
    assert (r.total["staff"], r.total["evacuated"], r.total["end"]) == (people, people, "out")
    assert r.out_h == 3 * people
    assert r.total["flights"] == people
    assert r.waits() == {}


def test_nobody_to_move_means_no_time() -> None:
    """P(all out) = 1 and no time: to_move is 0, times are 0, nothing waits; others are not held up by it."""
    r = run("""
        missions:
          a: {order: {at: 1 h}, cohorts: {c: 0}}
          b: {order: {at: 1 h}, residual: 9, cohorts: {c: 9}}
          c: {}
          d: {order: {at: 6 h}, cohorts: {c: 4}}
    """)
    for name in "abc":
        row: dict[str, Any] = r.mission(name)
        assert (row["evacuated"], row["t50_h"], row["t100_h"], row["ordered_h"]) == (0, 0, 0, INF)
        assert r.waits(row) == {}
    assert (r.total["to_move"], r.out_h, r.total["end"]) == (4, 6, "out")
    only = run("{clock: {horizon: 9 h}, missions: {b: {order: {at: 1 h}, residual: 9, cohorts: {c: 9}}}}")
    assert (only.total["to_move"], only.total["end"], only.total["end_h"], only.total["t100_h"]) == (0, "out", 0, 0)


@pytest.mark.parametrize(
    ("what", "cause"),
    [
        ("airport: {gates: {main: {lanes: 0}}}", "search"),
        ("airport: {consular: {officers: 0}}", "consular"),
        ("vehicles: {bus: {seats: 9, number: 0}}", "vehicle"),
        ("road: {escorts: {police: {teams: 0}}}", "vehicle"),
        ("lift: {types: {p: {seats: 9}}, fleets: {f: {aircraft: p, number: 0}}}", "seats"),
        ("lift: {types: {p: {seats: 0}}, fleets: {f: {aircraft: p, outbound: 1 h}}}", "seats"),
        ("{hubs: {h: {beds: 0}}, lift: {types: {p: {seats: 9}}, fleets: {f: {aircraft: p, hubs: h, outbound: 1 h}}}}", "seats"),
        ("{airport: {holding: 0}, lift: {types: {p: {seats: 9}}, fleets: {f: {aircraft: p, number: 1}}}}", "holding"),
    ],
)
def test_nothing_of_something_strands_nobody_and_ends_at_the_horizon(what: str, cause: str) -> None:
    way = "vehicles: bus" if "bus" in what else "escort: police" if "police" in what else "ready: 0 h"
    text = what[1:-1].replace("}}}, lift", "}}}\nlift").replace("}, lift", "}\nlift") if what.startswith("{") else what
    r = run(f"clock: {{horizon: 12 h}}\n{text}\nmissions: {{m: {{order: {{at: 2 h}}, cohorts: {{c: {{people: 7, {way}}}}}}}}}")
    assert (r.total["end"], r.total["unfinished"], r.total["t50_h"]) == ("horizon", 7, INF)
    assert r.waits() == {cause: 7 * 10}
    assert r.timeline["bottleneck"] == ["none"] * 3 + [cause] * 10


def test_a_horizon_of_no_time() -> None:
    """A file may not say it; the model ends at once, after everything that happens at the start."""
    text = "{clock: {horizon: 0 h}, missions: {m: {order: {at: start}, cohorts: {a: 10, b: {people: 5, ready: 1 s}}}}}"
    with pytest.raises(ScenarioError, match="expected a fixed time > 0"):
        run(text)
    r = run(Scenario.model_validate(yaml.safe_load(text)))
    assert (r.total["end"], r.total["end_h"], r.total["evacuated"], r.total["unfinished"]) == ("horizon", 0, 10, 5)


# -- never ordered ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mission", "never"),
    [
        ("order: {at: 1 h}, cohorts: {c: 7}", 0),
        ("order: {at: 30 h}, cohorts: {c: 7}", 7),
        ("order: {at: 24 h}, cohorts: {c: 7}", 0),  # at the horizon itself: it is given
        ("order: {at: 1 h, delay: 30 h}, cohorts: {c: 7}", 7),
        ("order: {at: 2031-01-01}, cohorts: {c: 7}", 7),
        ("order: {at: {contested: 0 h}}, cohorts: {c: 7}", 7),
        ("order: {when: threat >= contested}, cohorts: {c: 7}", 7),
        ("order: {when: gone other}, cohorts: {c: 7}", 7),
        ("cohorts: {c: 7}", 7),
        ("cohorts: {c: 0}", 0),
        ("residual: 3, cohorts: {c: 7}", 4),
        ("residual: all, cohorts: {c: 7}", 0),
        ("cohorts: {c: {people: 7, residual: 7}}", 0),
        ("cohorts: {a: {people: 7, order: {at: 1 h}}, c: 2}", 2),
        ("order: {at: 30 h}, cohorts: {a: {people: 7, order: {at: 1 h}}, c: 2}", 2),
        ("closed: start, cohorts: {c: 7}", 0),
        ("closed: 2000-01-01, cohorts: {c: 7}", 0),
        ("closed: {stable: 0 h}, cohorts: {c: 7}", 0),
        ("closed: 5 h, cohorts: {c: 7}", 7),
        ("closed: 30 h, cohorts: {c: 7}", 7),
        ("closed: {stable: 5 h}, cohorts: {c: 7}", 7),
        ("closed: {contested: 0 h}, cohorts: {c: 7}", 7),
        ("closed: 5 h, residual: 3, cohorts: {c: {people: 7, residual: 1}}", 3),
        ("closed: 5 h, residual: all, cohorts: {c: 7}", 0),
    ],
)
def test_those_whom_nobody_orders_out_are_counted(mission: str, never: int) -> None:
    """Whoever stays on purpose, or has closed by the start, isn't among them; nobody is in two ends for it."""
    r = run(f"""
        clock: {{start: 2021-08-10 06:00, horizon: 24 h}}
        threat: {{levels: [stable, contested, fallen], start: stable, fallen: fallen}}
        missions: {{m: {{{mission}}}, other: {{residual: all, cohorts: {{c: 1}}}}}}
    """)
    rows = [r.records.cohorts["never_ordered"].sum(), r.mission("m")["never_ordered"], r.total["never_ordered"]]
    assert rows == [never] * 3
    assert r.total["stranded"] + r.total["unfinished"] == 0


def test_whoever_is_left_behind_without_an_order_was_never_ordered_either() -> None:
    for falls, lost in ((True, False), (True, True), (False, False)):
        assert end("residual: 3", falls=falls, lost=lost).total["never_ordered"] == 7
    assert end("residual: 3, ready: 39 h", falls=True, lost=True, order=ORDERED).total["never_ordered"] == 0
