"""Changes of a scenario whose effect is known without knowing the answer.

All durations are multiples of 1/64 h and all factors powers of two, which floating point handles without error, so that these
tests compare with ``==``.  "More is never later" is not among them: it is not true (see ``tests/verification``).
"""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model import CAUSES, STAGES
from tests.model.helpers import Run, plan, run
from tests.strategies import lively, often

Data = dict[str, Any]


@st.composite
def systems(draw: st.DrawFn) -> Data:
    """Numbers of a small system that uses every stage: durations in 1/64 h."""
    ticks = st.integers(1, 128)
    names = ("ready", "gap", "drive", "delay", "group", "person", "check", "load", "out", "turn", "stay", "runway", "patience")
    return {name: draw(ticks) / 64 for name in names} | {
        "people": draw(st.integers(1, 90)),
        "lanes": draw(st.integers(1, 3)),
        "officers": draw(st.integers(1, 3)),
        "vehicles": draw(st.integers(1, 3)),
        "stands": draw(st.integers(1, 2)),
        "aircraft": draw(st.integers(1, 3)),
        "holding": draw(st.integers(20, 100)),
        "beds": draw(st.integers(60, 200)),
        "wait_for": draw(st.sampled_from([0, 0.5, 1])),
        "spread": draw(st.booleans()),
        "turn_back": draw(st.sampled_from([0, 0.25])),
    }


def built(p: Data, k: float = 1.0, unit: str = "h", order: float = 0.0, drive: float = 0.0) -> Data:
    """The scenario of these numbers: every duration times *k* and in *unit*; order and drive are hours that come on top."""
    per = {"h": 1.0, "min": 60.0, "s": 3600.0, "d": 1 / 24}[unit]

    def time(hours: float) -> str:
        return f"{hours * k * per!r} {unit}"

    def some(hours: float) -> Any:
        return {"exponential": {"mean": time(hours)}} if p["spread"] else time(hours)

    levels = {"stable": {"road": 1, "search": 1}, "threatened": {"road": 2, "search": 2, "flying": 2}}
    if p["spread"]:
        threat: Data = {"stay": {"stable": some(4 * p["stay"]), "threatened": some(p["stay"])}, "up": {"threatened": 0}}
    else:
        moves = (4, "threatened"), (6, "stable"), (20, "threatened")
        threat = {"timeline": [{"at": time(n * p["stay"] + order), "level": level} for n, level in moves]}
    return {
        "clock": {"horizon": time(128 + order), "daylight": "always"},
        "threat": threat | {"effects": levels},
        "road": {
            "drive": time(p["drive"] + drive),
            "checkpoints": 2,
            "delay": some(p["delay"]),
            "turn_back": p["turn_back"],
            "retry": time(p["gap"]),
            "convoy": {"vehicles": 2, "patience": time(p["patience"]), "headway": time(p["delay"])},
        },
        "vehicles": {"buses": {"seats": 10, "number": p["vehicles"]}},
        "airport": {
            "gates": {
                "main": {"lanes": p["lanes"], "per_group": some(p["group"]), "per_person": f"{p['person'] * k / 16!r} h/person"}
            },
            "consular": {"officers": p["officers"], "per_group": some(p["check"])},
            "holding": p["holding"],
            "airfield": {"runway": {"day": time(p["runway"] / 8)}, "stands": {"apron": {"number": p["stands"]}}},
        },
        "lift": {
            "types": {"transport": {"seats": 35, "stand": "apron", "load": some(p["load"])}},
            "fleets": {
                "relief": {
                    "aircraft": "transport",
                    "number": p["aircraft"],
                    "hubs": ["haven"],
                    "available": {"ordered": time(p["out"])},
                    "outbound": some(p["out"]),
                    "turn": time(p["turn"]),
                    "inbound": time(p["out"]),
                    "wait_for": p["wait_for"],
                    "patience": time(p["patience"]),
                }
            },
        },
        "hubs": {"haven": {"beds": p["beds"], "onward": f"{16 / k!r} people/h"}},
        "missions": {
            "alpha": {
                "order": {"at": time(order)},
                "cohorts": {
                    "core": {"people": p["people"], "vehicles": "buses", "ready": some(p["ready"])},
                    "local": {
                        "people": p["people"],
                        "vehicles": "buses",
                        "ready": some(p["ready"]),
                        "gap": some(p["gap"]),
                        "priority": 1,
                    },
                },
            },
            "bravo": {
                "order": {"when": "gone alpha", "delay": time(p["gap"])},
                "cohorts": {"staff": {"people": 25, "vehicles": "buses"}},
            },
        },
    }


TIMES = ("ordered_h", "t50_h", "t90_h", "t100_h")
COUNTS = ("staff", "evacuated", "staying", "stranded", "unfinished")


def same_rows(a: Run, b: Run, times: Any) -> None:
    """All rows agree, with the times of the first changed by *times*."""
    for table in ("cohorts", "missions"):
        one, other = getattr(a.records, table), getattr(b.records, table)
        for name in COUNTS:
            assert list(one[name]) == list(other[name])
        moved = [n > stay for n, stay in zip(one["staff"], one["staying"], strict=True)]
        for name in TIMES:
            assert [times(t) if m else t for t, m in zip(one[name], moved, strict=True)] == list(other[name]), name
    assert [(times(t), n) for t, n in a.departures()] == b.departures()


@given(systems(), st.sampled_from([0.25, 0.5, 2.0, 8.0]))
@settings(deadline=None, derandomize=True, max_examples=13)
def test_scaling_of_time(p: Data, k: float) -> None:
    """All durations times k and all rates divided by k: all times are times k, everything else is as it was."""
    a, b = run(built(p)), run(built(p, k))
    if p["spread"]:
        close(a, b, k)
    else:
        same_rows(a, b, lambda t: t * k)
        for cause in CAUSES:
            assert b.total[f"wait_{cause}"] == pytest.approx(a.total[f"wait_{cause}"] * k, rel=1e-12, abs=1e-9)


test_scaling_of_time_often = often(test_scaling_of_time, 40, systems(), st.sampled_from([0.25, 0.5, 2.0, 8.0]))


def close(a: Run, b: Run, k: float) -> None:
    """Times of the second are k times those of the first but for rounding (a product of random draws is rounded)."""
    assert [n for _, n in a.departures()] == [n for _, n in b.departures()]
    for name in TIMES:
        assert np.asarray(b.records.cohorts[name]) == pytest.approx(np.asarray(a.records.cohorts[name]) * k, rel=1e-9)


@given(systems(), st.sampled_from(["min", "s"]))
@settings(deadline=None, derandomize=True, max_examples=10)
def test_units_change_nothing(p: Data, unit: str) -> None:
    """The same durations in minutes or seconds are the same scenario."""
    a, b = run(built(p)), run(built(p, unit=unit))
    same_rows(a, b, lambda t: t)
    assert a.waits() == b.waits()


test_units_change_nothing_often = often(test_units_change_nothing, 30, systems(), st.sampled_from(["min", "s"]))


@given(systems(), st.integers(1, 640))
@settings(deadline=None, derandomize=True, max_examples=10)
def test_a_later_order_shifts_everything(p: Data, ticks: int) -> None:
    """Ordered later by d, with the threat later by d as well: everything happens later by d (no clock time is in it)."""
    p = p | {"spread": False}
    d = ticks / 64
    a, b = run(built(p)), run(built(p, order=d))
    same_rows(a, b, lambda t: t + d)
    assert a.waits() == b.waits()


test_a_later_order_shifts_everything_often = often(test_a_later_order_shifts_everything, 30, systems(), st.integers(1, 640))


@given(systems(), st.integers(1, 640))
@settings(deadline=None, derandomize=True, max_examples=10)
def test_a_longer_way_shifts_everybody_behind_it(p: Data, ticks: int) -> None:
    """A drive longer by d, where vehicles are no limit and the threat does not change: all are out later by d."""
    d = ticks / 64
    data = [built(p | {"spread": False, "turn_back": 0}, drive=extra) for extra in (0.0, d)]
    for one, lag in zip(data, (0.0, d), strict=True):
        del one["threat"], one["missions"]["bravo"]
        one["vehicles"]["buses"].pop("number")
        one["lift"]["fleets"]["relief"]["available"] = f"{1 + lag} h"
        one["clock"]["horizon"] = f"{200 + lag} h"
    a, b = (run(one) for one in data)
    assert a.total["end"] == b.total["end"] == "out"
    assert b.departures() == [(t + d, n) for t, n in a.departures()]
    for cohort in ("alpha/core", "alpha/local"):
        assert [c.inside + d for c in a.groups(cohort)] == [c.inside for c in b.groups(cohort)]
    assert a.waits() == b.waits()


test_a_longer_way_shifts_everybody_behind_it_often = often(
    test_a_longer_way_shifts_everybody_behind_it, 30, systems(), st.integers(1, 640)
)


@pytest.mark.parametrize("days", [1, 3])
def test_whole_days_later_with_clock_times(days: int) -> None:
    """With opening hours, curfew and night, a start that is whole days later shifts everything by whole days."""
    data = {
        "clock": {"start": "2021-08-01 05:00", "horizon": "20 d", "daylight": "06:00-18:00"},
        "road": {"drive": "0.5 h", "curfew": "21:00-04:00"},
        "airport": {
            "gates": {"main": {"lanes": 1, "per_group": "2 h", "hours": "07:00-19:00", "reopening": "30 min"}},
            "airfield": {"runway": {"day": "0.25 h", "night": "0.5 h"}},
        },
        "lift": {
            "types": {"transport": {"seats": 60, "load": "1 h"}},
            "fleets": {"relief": {"aircraft": "transport", "available": {"ordered": "6 h"}, "outbound": "5 h", "turn": "2 h"}},
        },
        "missions": {"alpha": {"order": {"at": "3 h"}, "cohorts": {"staff": {"people": 600, "ready": "0.25 h"}}}},
    }
    later = copy.deepcopy(data)
    later["missions"]["alpha"]["order"]["at"] = f"{3 + 24 * days} h"  # type: ignore[index]
    a, b = run(data), run(later)
    assert a.total["flights"] >= 10
    same_rows(a, b, lambda t: t + 24 * days)
    assert a.waits() == b.waits()


# -- independence ----------------------------------------------------------------------------------------------------


def apart(p: Data, q: Data, both: bool) -> Data:
    """A mission by itself, and perhaps another with its own vehicles, gate and later order that shares no resource with it."""
    data: Data = {
        "clock": {"horizon": "400 h"},
        "threat": {
            "stay": {"stable": {"exponential": {"mean": "20 h"}}, "threatened": {"exponential": {"mean": "10 h"}}},
            "up": {"threatened": 0},
            "effects": {"threatened": {"road": 2, "search": 2}},
        },
        "road": {"drive": {"gamma": {"mean": "2 h", "cv": 0.5}}, "turn_back": 0.25, "retry": "1 h"},
        "vehicles": {},
        "airport": {"gates": {}},
        "missions": {},
    }
    for name, one in (("mike", p), ("alpha", q), ("zulu", q)) if both else (("mike", p),):
        data["vehicles"][f"buses-{name}"] = {"seats": 7, "number": one["vehicles"]}
        data["airport"]["gates"][f"gate-{name}"] = {
            "lanes": one["lanes"],
            "per_group": {"exponential": {"mean": f"{one['group']} h"}},
        }
        data["missions"][name] = {
            "order": {"at": "1 h" if name == "mike" else f"{1 + one['ready']} h"},
            "gates": f"gate-{name}",
            "cohorts": {
                "core": {"people": one["people"], "vehicles": f"buses-{name}", "ready": {"uniform": ["1 h", "9 h"]}},
                "local": {
                    "people": {"uniform": [10, 60]},
                    "vehicles": f"buses-{name}",
                    "ready": "2 h",
                    "gap": {"exponential": {"mean": "1 h"}},
                },
            },
        }
    return data


@given(systems(), systems(), st.integers(0, 99))
@settings(deadline=None, derandomize=True, max_examples=10)
def test_a_mission_that_shares_nothing_changes_nothing(p: Data, q: Data, replication: int) -> None:
    """Every number of the other's rows stays, to the last bit; names sort before and after it."""
    alone, among = (run(apart(p, q, both), seed=4, replication=replication) for both in (False, True))
    assert alone.total["end"] == among.total["end"] == "out"
    assert among.mission("mike") == alone.mission("mike")
    for cohort in ("mike/core", "mike/local"):
        assert among.cohort(cohort) == alone.cohort(cohort)
        assert [c.inside for c in among.groups(cohort)] == [c.inside for c in alone.groups(cohort)]


test_a_mission_that_shares_nothing_changes_nothing_often = often(
    test_a_mission_that_shares_nothing_changes_nothing, 30, systems(), systems(), st.integers(0, 99)
)


@given(lively(), st.integers(0, 99))
@settings(deadline=None, derandomize=True, max_examples=10)
def test_adding_a_mission_changes_no_draw(data: Data, replication: int) -> None:
    """Whatever the scenario, with one mission more every draw that there was is there again, at its address."""
    more = copy.deepcopy(data)
    more["missions"]["aaa"] = {
        "order": {"at": "start"},
        "cohorts": {"staff": {"people": {"uniform": [5, 50]}, "ready": {"exponential": {"mean": 3}}}},
    }
    before, after = ({(p, n): s for (p, n, *_), s in _streams(d, replication)} for d in (data, more))
    assert set(before) < set(after)
    for address, stream in before.items():
        assert [stream.at(k) for k in range(12)] == [after[address].at(k) for k in range(12)], address


test_adding_a_mission_changes_no_draw_often = often(test_adding_a_mission_changes_no_draw, 30, lively(), st.integers(0, 99))


def _streams(data: Data, replication: int) -> list[tuple[Any, Any]]:
    streams = plan(data).streams
    drawn = streams.draw(3, replication)
    return [(spec, drawn[i]) for i, spec in enumerate(streams.specs)]


# -- incidents -------------------------------------------------------------------------------------------------------


def shaken(rate: float) -> Data:
    """Incidents at random, some at fixed times, and people who are held up by them."""
    return {
        "clock": {"horizon": "30 d"},
        "threat": {"start": "threatened"},
        "airport": {
            "gates": {"main": {"lanes": 2, "per_group": {"exponential": {"mean": "30 min"}}}},
            "incidents": {
                "rockets": {"rate": {"threatened": f"{rate} /d"}, "lasts": {"uniform": ["1 h", "3 h"]}, "closes": "gates"},
                "warning": {
                    "at": ["100 h", "300 h"],
                    "rate": {"threatened": f"{rate} /d"},
                    "lasts": {"uniform": ["1 h", "9 h"]},
                    "closes": "road",
                },
            },
        },
        "road": {"drive": {"exponential": {"mean": "1 h"}}},
        "missions": {
            "alpha": {
                "order": {"at": "start"},
                "cohorts": {"staff": {"people": 2000, "group": 5, "gap": {"exponential": {"mean": "1.5 h"}}}},
            }
        },
    }


def incidents(r: Run, name: str) -> list[tuple[float, float]]:
    """(hours, hours that it lasts) of the beginnings of an incident."""
    return [(t, about["hours"]) for t, what, about in r.world.run.notes if what == "incident begins" and about["name"] == name]


@pytest.mark.parametrize("replication", range(5))
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_changed_rate_moves_incidents_and_nothing_else(factor: float, replication: int) -> None:
    """Twice the rate: the k-th random incident comes after half the time and lasts as long; scheduled ones stay as they are."""
    a, b = run(shaken(0.5), 1, replication, 50), run(shaken(0.5 * factor), 1, replication, 50)
    one, other = incidents(a, "rockets"), incidents(b, "rockets")
    n = min(len(one), len(other))
    assert n >= 3
    assert [t / factor for t, _ in one[:n]] == pytest.approx([t for t, _ in other[:n]], rel=1e-12)
    assert [hours for _, hours in one[:n]] == [hours for _, hours in other[:n]]
    dated = [[e for e in incidents(r, "warning") if e[0] in (100, 300)] for r in (a, b)]
    assert len(dated[0]) == 2
    assert dated[0] == dated[1], "a scheduled incident got the duration of a random one"
    for x, y in zip(a.world.run.groups, b.world.run.groups, strict=True):
        assert x.ready == y.ready


def test_rate_by_level_spends_one_budget() -> None:
    """The integral of the rate up to each incident is a unit-exponential budget, whatever the levels do in between."""
    data = shaken(0.5)
    data["threat"] = {
        "start": "threatened",
        "timeline": [{"at": f"{20 * k} h", "level": "contested" if k % 2 else "threatened"} for k in range(1, 30)],
    }
    for incident in data["airport"]["incidents"].values():
        incident["rate"] = {"threatened": "0.5 /d", "contested": "2 /d"}
    quiet, changing = run(shaken(0.5), 1, 0, 50), run(data, 1, 0, 50)

    def spent(t: float) -> float:
        whole, rest = divmod(t, 40)
        return (whole * (20 * 0.5 + 20 * 2) + min(rest, 20) * 0.5 + max(rest - 20, 0) * 2) / 24

    one, other = incidents(quiet, "rockets"), incidents(changing, "rockets")
    n = min(len(one), len(other))
    assert n >= 3
    assert [t * 0.5 / 24 for t, _ in one[:n]] == pytest.approx([spent(t) for t, _ in other[:n]], rel=1e-9)


@given(systems(), st.integers(0, 20))
@settings(deadline=None, derandomize=True, max_examples=10)
def test_nobody_beats_the_bound_of_the_draws(p: Data, replication: int) -> None:
    """Case 6: no replication is faster than its own draws allow with every queue empty.

    A group is inside no earlier than ready + its drives and checkpoints + its search + its check, all at the mildest
    threat; N people need ceil(N / seats) aircraft, each with its ground time and two movements on the one runway.
    """
    r = run(built(p), 2, replication)
    for c in r.world.run.groups:
        plan_, streams = c.cohort.plan, r.world.run.streams
        group, person = c.cohort.search[0]
        search = group[c.number] + (person[c.number] * c.people if person is not None else 0)
        check = streams[plan_.consular[0]].at(c.number)
        least = c.ready + p["drive"] + search + check
        assert c.inside >= least - 1e-9
    flown = r.departures()
    for k, (t, _) in enumerate(flown):
        assert t >= 2 * (k + 1) * p["runway"] / 8 - 1e-9, "more movements than the runway can take"
    people = r.total["evacuated"]
    assert len([n for _, n in flown if n]) >= math.ceil(people / 35)


test_nobody_beats_the_bound_of_the_draws_often = often(
    test_nobody_beats_the_bound_of_the_draws, 30, systems(), st.integers(0, 20)
)


def test_names_are_what_the_records_say() -> None:
    """Fifteen causes and eleven stages, as the contract names them."""
    assert len(CAUSES) == 15
    assert len(STAGES) == 11
