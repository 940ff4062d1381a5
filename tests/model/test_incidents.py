"""Incidents, scheduled and random, and dated closures: when they come, what they close, and what changes their times."""

from __future__ import annotations

from typing import Any

import pytest

from sim.model.compiled.scenario import CompiledScenario
from sim.model.draws import UNIT_EXPONENTIAL, Stream
from tests.model.airlift import START, Data, hours, jets, mission, provider, staff
from tests.model.helpers import Run, plan, run

NEVER = {"order": {"at": "9000 h"}, "cohorts": {"s": 1}}


def quiet(incident: Data, horizon: str = "200 h", airport: Data | None = None, **sections: Any) -> Data:
    """One type of incident, and a mission that keeps the run going."""
    return {
        "clock": {"start": START, "horizon": horizon},
        "airport": {"incidents": {"raid": incident}, **(airport or {})},
        "missions": {"m": NEVER},
        "threat": {},
        **sections,
    }


def lasting(r: Run, name: str = "raid") -> list[tuple[float, float]]:
    """(hours at which it began, hours for which it lasts) of each incident of a type."""
    return [(t, about["hours"]) for t, what, about in r.world.run.notes if what == "incident begins" and about["name"] == name]


def begun(r: Run, name: str = "raid") -> list[float]:
    """Hours at which incidents of a type began."""
    return [t for t, _ in lasting(r, name)]


def budgets(data: Data, n: int, seed: int = 1, replication: int = 0) -> list[float]:
    """The first n unit-exponential budgets of the type ``raid``."""
    drawn = stream(plan(data), "incident-budget", seed, replication)
    assert drawn.spec[2] == UNIT_EXPONENTIAL
    return [drawn.at(k) for k in range(n)]


def stream(made: CompiledScenario, purpose: str, seed: int = 1, replication: int = 0) -> Stream:
    """The draws of the type ``raid`` for a purpose."""
    which = next(i for i, s in enumerate(made.streams.specs) if s[:2] == (purpose, "raid"))
    return made.streams.draw(seed, replication)[which]


def sums(xs: list[float]) -> list[float]:
    """Running totals."""
    return [sum(xs[: k + 1]) for k in range(len(xs))]


# -- when they come --------------------------------------------------------------------------------------------------


def test_scheduled_incidents() -> None:
    at = ["2021-08-16 16:00", "3 h", {"contested": "1 h"}]
    threat = {"timeline": [{"at": "6 h", "level": "contested"}]}
    assert begun(run(quiet({"at": at}, "20 h", threat=threat))) == [3, 7, 10]


def test_random_incidents_spend_a_budget_through_the_rate() -> None:
    """At a constant rate the k-th comes when the first k budgets are spent."""
    data = quiet({"rate": {"stable": "0.1 /h"}})
    expected = [10 * t for t in sums(budgets(data, 60))]
    assert begun(run(data)) == pytest.approx([t for t in expected if t < 200])
    assert len(begun(run(data))) > 5


def test_a_changed_rate_moves_the_times_of_incidents_and_nothing_else() -> None:
    """At four times the rate the same incidents come in a quarter of the time, as long and in the same order."""
    slow, fast = ({"rate": {"stable": f"{r} /h"}, "lasts": {"exponential": {"mean": "2 h"}}} for r in (0.05, 0.2))
    a, b = run(quiet(slow, "400 h")), run(quiet(fast, "100 h"))
    assert begun(a) == pytest.approx([4 * t for t in begun(b)])
    assert len(begun(a)) > 5
    lasts = [[hours for _, hours in lasting(r)] for r in (a, b)]
    assert lasts[0] == lasts[1]
    others: Data = {"threat": {"stay": {"stable": {"exponential": {"mean": "20 h"}}}}}
    levels = [run(quiet(i, "100 h", **others)).world.threat.log for i in (slow, fast)]
    assert levels[0] == levels[1]


@pytest.mark.parametrize(
    ("rate", "effects", "factor"),
    [
        ({"stable": "0.1 /h", "contested": "0.4 /h"}, {}, 4),
        # a level without its own rate has that of the next milder one, times its effect
        ({"stable": "0.1 /h"}, {"contested": {"incidents": 3}}, 3),
        ({"stable": "0.1 /h", "threatened": "0.2 /h"}, {"contested": {"incidents": 3}}, 6),
        ({"stable": "0.1 /h", "contested": "0.4 /h"}, {"contested": {"incidents": 3}}, 4),
        ({"stable": "0.1 /h", "contested": 0}, {}, 0),
    ],
    ids=["own", "effect", "next-milder", "own-without-effect", "none"],
)
def test_the_rate_depends_on_the_level(rate: Data, effects: Data, factor: float) -> None:
    """Stable until 30 h, then contested: 3 of the budget are spent in the first 30 h, the rest *factor* times as fast."""
    data = quiet({"rate": rate}, threat={"timeline": [{"at": "30 h", "level": "contested"}], "effects": effects})
    spent = [t for t in sums(budgets(data, 200)) if t < 3 + factor * 17]
    expected = [10 * t if t < 3 else 30 + 10 * (t - 3) / factor for t in spent]
    assert begun(run(data)) == pytest.approx(expected)


def test_a_rate_of_zero_until_a_level_with_a_rate() -> None:
    data = quiet({"rate": {"contested": "0.1 /h"}}, threat={"timeline": [{"at": "30 h", "level": "contested"}]})
    expected = [30 + 10 * t for t in sums(budgets(data, 60))]
    assert begun(run(data)) == pytest.approx([t for t in expected if t < 200])


@pytest.mark.parametrize(
    ("security", "factor"),
    [
        (provider([("start", "p")], p={"force": {"headcount": 60, "perimeter": 60, "incidents": 0.5}}), 0.5),
        (provider([("start", "p")], p={"force": {"headcount": 59, "perimeter": 60, "incidents": 0.5}}), 1),
        ({"host": {"incidents": 0.25}}, 0.25),
        (provider([("start", "p")], {"incidents": 0.25}, p={"force": {"headcount": 60, "incidents": 0.5}}), 0.125),
        # the outer layer collapses and the force leaves at once: the full rate from the start
        (
            provider(
                [("start", "p")],
                {"incidents": 0.25, "collapse": {"at": "start"}},
                p={"force": {"headcount": 60, "incidents": 0.5, "withdrawal": {"begins": "start"}}},
            ),
            1,
        ),
    ],
    ids=["manned", "undermanned", "host", "both", "gone"],
)
def test_provider_and_host_dampen_incidents(security: Data, factor: float) -> None:
    data = quiet({"rate": {"stable": "0.1 /h"}}, security=security)
    expected = [10 * t / factor for t in sums(budgets(data, 60))]
    assert begun(run(data)) == pytest.approx([t for t in expected if t < 200])


def test_damping_ends_with_the_force() -> None:
    p = {"force": {"headcount": 60, "incidents": 0.5, "withdrawal": {"begins": "40 h"}}}
    data = quiet({"rate": {"stable": "0.1 /h"}}, security=provider([("start", "p")], p=p))
    expected = [20 * t if t < 2 else 40 + 10 * (t - 2) for t in sums(budgets(data, 60))]
    assert begun(run(data)) == pytest.approx([t for t in expected if t < 200])


# -- what they close -------------------------------------------------------------------------------------------------

GATES = {"abbey": {"per_group": "1 h"}, "east": {"per_group": "1 h"}}


def shutting(closes: str | list[str]) -> Data:
    """Closed from 30 min to 5 h; one by gate (abbey), one by gate (east), one by air, one by road, one by helicopter."""
    return {
        "clock": {"start": START, "horizon": "3 d", "daylight": "00:00-24:00"},
        "airport": {
            "gates": GATES,
            "airfield": {"runway": {"day": "10 min"}},
            "incidents": {"raid": {"at": "30 min", "lasts": "4.5 h", "closes": closes}},
        },
        "road": {"drive": "1 h"},
        "shuttles": {"helo": {"seats": 10, "number": 1, "flight": "15 min"}},
        "lift": {
            "types": {"jet": {"seats": 10}},
            "fleets": {"air": {"aircraft": "jet", "available": "45 min", "serves": "air", "loading": "own-only"}},
        },
        "missions": {},
    }


@pytest.mark.parametrize(
    ("closes", "delayed"),
    [
        ("runway", {"air"}),
        ("gates", {"abbey", "east"}),
        ("east", {"east"}),
        ("road", {"road"}),
        ("shuttles", {"helo"}),
        (["runway", "abbey"], {"air", "abbey"}),
    ],
    ids=["runway", "gates", "one-gate", "road", "shuttles", "several"],
)
def test_what_an_incident_closes(closes: str | list[str], delayed: set[str]) -> None:
    """Each mission depends on one thing that can be closed; those whose thing is closed wait until 5 h."""
    missions = {
        "abbey": {**mission(s=staff(1, starts="gate", ready="1 h")), "gates": "abbey"},
        "east": {**mission(s=staff(1, starts="gate", ready="1 h")), "gates": "east"},
        "road": {**mission(s=staff(1, starts="mission", ready="1 h")), "gates": ["abbey"]},
        "helo": mission(s=staff(1, group=1, starts="mission", ready="1 h", shuttle="helo")),
        "air": mission(s=staff(1)),
    }
    moments = {}
    for name in missions:
        r = run({**shutting(closes), "missions": {name: missions[name], **({} if name == "air" else {"air": NEVER})}})
        group = next(c for c in r.world.run.groups if c.cohort.mission.plan.name == name)
        moments[name] = {"road": group.depart, "helo": group.depart, "air": hours(r.world)[0] if name == "air" else 0}.get(
            name, group.search
        )
    when_open = {"abbey": 1, "east": 1, "road": 1, "helo": 1.25, "air": 0.75 + 2 * 10 / 60}
    when_shut = {"abbey": 5, "east": 5, "road": 5, "helo": 5.25, "air": 5 + 2 * 10 / 60}
    assert moments == {n: pytest.approx(when_shut[n] if n in delayed else when_open[n]) for n in missions}


def test_two_incidents_at_once_both_keep_it_closed() -> None:
    incidents = {
        "one": {"at": "start", "lasts": "5 h", "closes": "runway"},
        "two": {"at": "2 h", "lasts": "1 h", "closes": "runway"},
    }
    assert hours(run(jets(airport={"incidents": incidents})).world) == [5]
    incidents["two"]["lasts"] = "9 h"
    assert hours(run(jets(airport={"incidents": incidents})).world) == [11]


def test_how_long_each_one_lasts_is_drawn_by_its_number() -> None:
    """The k-th dated one and the k-th random one have draws of their own: neither kind moves those of the other."""
    data = quiet({"at": ["2 h", "1 h"], "rate": {"stable": "1 /h"}, "lasts": {"uniform": ["1 h", "9 h"]}}, "6 h")
    made = plan(data)
    for k in range(3):
        dated, chance = (stream(made, p, 1, k) for p in ("incident-dated", "incident"))
        r = run(made, replication=k)
        lasts = dict(lasting(r))
        assert (lasts[1], lasts[2]) == (dated.at(1), dated.at(0))
        rest = [hours for t, hours in lasts.items() if t not in (1, 2)]
        assert rest == [chance.at(i) for i in range(len(rest))]


# -- the crowd -------------------------------------------------------------------------------------------------------


def test_an_incident_changes_the_inflow_and_disperses_the_crowd() -> None:
    """100 an hour; at 2 h three quarters leave at once and for 3 h only half as many come; the first hours as ever."""
    incident = {"at": "2 h", "lasts": "3 h", "crowd": 0.5, "disperses": "75%"}
    r = run(quiet(incident, "6 h", {"crowd": {"inflow": "100 people/h"}}))
    after = 200 * 0.25
    assert list(r.timeline["crowd"]) == pytest.approx([0, 100, after, after + 50, after + 100, after + 150, after + 250])


def test_factors_on_the_inflow_multiply() -> None:
    incidents = {"one": {"at": "1 h", "lasts": "3 h", "crowd": 3}, "two": {"at": "2 h", "lasts": "1 h", "crowd": 0.5}}
    data = quiet({"at": "900 h"}, "5 h", {"crowd": {"inflow": "100 people/h"}, "incidents": incidents})
    assert list(run(data).timeline["crowd"]) == pytest.approx([0, 100, 400, 550, 850, 950])


# -- dated closures --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "lasts", "opens"),
    [
        ("start", "5 h", 5),
        ("2021-08-16 06:00", "5 h", 5),
        # begun four hours before the clock: one hour is left; long over: none
        ("2021-08-16 02:00", "5 h", 1),
        ("2021-08-14", "5 h", 0),
        ({"ordered": "0 h"}, "5 h", 0),
    ],
)
def test_dated_closures(at: Any, lasts: str, opens: float) -> None:
    """People would leave at 0 h, at the moment of the order: a movement of that moment is over when the closure begins."""
    closures = {"works": {"at": at, "lasts": lasts, "closes": "runway"}}
    r = run(jets(airport={"closures": closures}))
    assert hours(r.world) == [opens]
    assert r.total["wait_closure"] == pytest.approx(10 * opens)


def test_the_end_of_a_closure_does_not_shift_when_it_begins_late() -> None:
    """A service in progress is finished first: the gate starts nobody from 30 min to 2 h, whatever it was doing."""
    data = {
        "clock": {"start": START},
        "airport": {
            "gates": {"g": {"lanes": 1, "per_group": "1 h"}},
            "closures": {"c": {"at": "30 min", "lasts": "90 min", "closes": "gates"}},
        },
        "missions": {"m": mission(s=staff(2, group=1, starts="gate"))},
    }
    assert [c.searched for c in run(data).groups("m/s")] == [1, 2 + 1]
