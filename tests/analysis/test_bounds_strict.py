"""The strict bound where nothing is random and one thing is short: then it is not only below the run, it is the run."""

from __future__ import annotations

from typing import Any

import pytest

from sim.analysis.bounds.strict import StrictBounds, strict_bound_h
from tests.model.helpers import INF, plan, run

Data = dict[str, Any]
START = "2021-08-16 06:00"


def strict(data: Data) -> StrictBounds:
    return strict_bound_h(plan(data), 1, 0)


def inside(people: int, lift: Data, **sections: Any) -> Data:
    """*people* inside at hour 0 in one group, and a lift."""
    cohort = {"people": people, "group": 10_000, "starts": "holding"}
    return {
        "clock": {"start": START, "horizon": "9 d"},
        "lift": lift,
        "missions": {"alpha": {"order": {"at": "start"}, "cohorts": {"staff": cohort}}},
        **sections,
    }


def jets(number: int = 1, kind: Data | None = None, **fleet: Any) -> Data:
    return {"types": {"jet": {"seats": 10, **(kind or {})}}, "fleets": {"air": {"aircraft": "jet", "number": number, **fleet}}}


def service(times: list[str], **kind: Any) -> Data:
    return {"types": {"jet": {"seats": 10, **kind}}, "commercial": {"daily": {"aircraft": "jet", "times": times}}}


APRON = {"airport": {"airfield": {"stands": {"apron": {"number": 1}}}}}
CYCLE = {"outbound": "2 h", "turn": "1 h", "inbound": "3 h"}
EXACT = {
    "one load": (inside(10, jets(kind={"load": "0.75 h"})), 0.75, ("missions", "readiness")),
    "one aircraft, four loads": (inside(35, jets(kind={"load": "0.5 h"}, **CYCLE)), 0.5 + 3 * 6.5, ("lift", "seats")),
    "two aircraft, four loads": (inside(35, jets(2, kind={"load": "0.5 h"}, **CYCLE)), 0.5 + 6.5, ("lift", "seats")),
    "the second comes later": (inside(20, jets(2, available="5 h", kind={"load": "0.5 h"})), 5.5, ("lift", "seats")),
    "a service once a day": (inside(25, service(["09:00"], load="1 h")), 3 + 48 + 1.0, ("lift", "seats")),
    "a service twice a day": (inside(25, service(["09:00", "05:00"], load="1 h")), 3 + 24 + 1.0, ("lift", "seats")),
    "one stand": (
        inside(30, jets(9, kind={"load": "1 h", "stand": "apron"}), **APRON), 3.0, ("airport.airfield.stands", "stand"),
    ),
    "beds and onward travel": (
        inside(60, jets(9, hubs="far"), hubs={"far": {"beds": 20, "onward": "5 people/h"}}), (60 - 20) / 5, ("hubs", "hub"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXACT)
def test_it_is_the_run_itself(name: str) -> None:
    data, hours, (where, cause) = EXACT[name]
    found = strict(data).total
    assert run(data).out_h == pytest.approx(hours)
    assert found.hours("t100_h") == pytest.approx(hours, rel=1e-6)
    assert found.hours("t100_h") <= hours
    assert found.limits["t100_h"].name == where
    assert found.limits["t100_h"].cause == cause


def test_each_share_has_its_own_bound() -> None:
    """Ten loads of ten, one each 6 h: half are out with the fifth, nine in ten with the ninth."""
    found = strict(inside(100, jets(**CYCLE))).total
    assert [found.hours(c) for c in ("t50_h", "t90_h", "t100_h")] == pytest.approx([24, 48, 54], rel=1e-6)
    assert found.people == 100
    assert found.ordered_h == 0.0


@pytest.mark.parametrize(("lanes", "hours"), [(1, 3.0), (2, 1.5), (5, 0.75), (12, 0.25)])
def test_lanes(lanes: int, hours: float) -> None:
    """Twelve people alone, a quarter of an hour each: whole rounds, as in the run."""
    data = {
        "airport": {"gates": {"main": {"lanes": lanes, "per_group": "0.25 h"}}},
        "missions": {"alpha": {"order": {"at": "start"}, "cohorts": {"staff": {"people": 12, "group": 1, "starts": "gate"}}}},
    }
    assert run(data).out_h == pytest.approx(hours)
    assert strict(data).total.hours("t100_h") == pytest.approx(hours, rel=1e-6)


def test_all_are_out_no_sooner_than_each_mission() -> None:
    data = inside(10, jets(9))
    data["missions"]["late"] = {"order": {"at": "30 h"}, "cohorts": {"staff": {"people": 1, "starts": "holding"}}}
    found = strict(data)
    assert found.missions["alpha"].hours("t100_h") == pytest.approx(0.0, abs=1e-6)
    assert found.missions["late"].hours("t100_h") == pytest.approx(30.0, rel=1e-6)
    assert found.missions["late"].ordered_h == 30.0
    assert found.total.hours("t100_h") == found.missions["late"].hours("t100_h")
    assert found.total.hours("t50_h") < 1e-6


def test_who_is_never_ordered_is_never_out() -> None:
    data = inside(10, jets())
    """No threat, so an order that waits for a level never comes; nobody is counted on, and the first order is infinite."""
    data = inside(10, jets())
    data["threat"] = {"levels": ["calm", "contested"], "start": "calm"}
    data["missions"]["alpha"]["order"] = {"at": {"contested": "1 h"}}
    found = strict(data).total
    assert found.ordered_h == INF
    assert found.people == 0


def test_a_runway_counts_what_cannot_have_landed_before() -> None:
    """Two aircraft, six loads, a quarter of an hour a movement: six take-offs and, two having been there, four landings."""
    data = inside(60, jets(2), airport={"airfield": {"runway": {"day": "0.25 h"}}})
    found = strict(data).total
    assert found.hours("t100_h") == pytest.approx(10 * 0.25, rel=1e-6)
    assert (found.limits["t100_h"].name, found.limits["t100_h"].cause) == ("airport.airfield.runway", "runway")
    assert run(data).out_h == pytest.approx(12 * 0.25)
