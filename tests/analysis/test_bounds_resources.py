"""What people share, as the bounds see it: who needs it, from when on, for how long, and what comes after."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.analysis.bounds.groups import GroupBuilder
from sim.analysis.bounds.resources import Resource, most_lanes, resources
from tests.model.helpers import INF, plan

DATA: dict[str, Any] = {
    "road": {
        "drive": "2 h", "checkpoints": 1, "delay": "30 min", "convoy": {"vehicles": 2, "headway": "1 h"},
        "escorts": {"police": {"teams": 3}},
    },
    "vehicles": {
        "home": {"seats": 10, "number": 4}, "away": {"seats": 10, "number": 2, "based": "airport"}, "idle": {"seats": 9},
    },
    "shuttles": {"chopper": {"seats": 10, "flight": "15 min", "turn": "10 min", "number": 2, "spots": 1}},
    "airport": {
        "gates": {"main": {"lanes": 2, "per_group": "12 min"}, "side": {"lanes": 3, "per_group": "12 min"}},
        "consular": {"officers": 7, "team": 2, "per_group": "6 min"},
    },
    "missions": {
        "alpha": {
            "order": {"at": "1 h"},
            "gates": ["main"],
            "cohorts": {
                "bus": {"people": 20, "vehicles": "home", "escort": "police"},
                "fly": {"people": 10, "shuttle": "chopper", "group": 10},
                "far": {"people": 10, "vehicles": "away"},
                "walk": {"people": 5, "starts": "gate"},
            },
        },
    },
}  # fmt: skip
"""Groups: two of ten by bus, one by helicopter, one by a bus of the airport, one at the gate."""


@pytest.fixture(scope="module")
def maker() -> GroupBuilder:
    made = plan(DATA)
    return GroupBuilder(made, made.streams.draw(1, 0))


@pytest.fixture(scope="module")
def found(maker: GroupBuilder) -> dict[str, Resource]:
    return {r.name: r for r in resources(maker, maker.make())}


def test_every_limited_resource_that_somebody_needs(found: dict[str, Resource]) -> None:
    """Groups 0 and 1 by bus, 2 by the airport's bus, 3 by helicopter (into the holding area), 4 at the gate."""
    told = [(r.name, r.cause, r.servers, np.flatnonzero(r.uses).tolist()) for r in found.values()]
    assert told == [
        ("vehicles.away", "vehicle", 2, [2]),
        ("vehicles.home", "vehicle", 4, [0, 1]),
        ("road.escorts.police", "vehicle", 3, [0, 1]),
        ("road.convoy.headway", "vehicle", 1, [0, 1, 2]),
        ("shuttles.chopper.number", "vehicle", 2, [3]),
        ("shuttles.chopper.spots", "vehicle", 1, [3]),
        ("airport.gates", "search", 2 + 3, [0, 1, 2, 4]),
        ("airport.gates.main", "search", 2, [0, 1, 2, 4]),
        ("airport.consular", "consular", 7 // 2, [0, 1, 2, 3, 4]),
    ]


def test_a_cohorts_own_gates_count_instead_of_its_missions() -> None:
    data = {**DATA, "missions": {"alpha": {**DATA["missions"]["alpha"]}}}
    data["missions"]["alpha"]["cohorts"] = {
        "core": {"people": 5, "starts": "gate", "gates": "side"},
        "either": {"people": 5, "starts": "gate", "gates": ["main", "side"]},
        "walk": {"people": 5, "starts": "gate"},
    }
    made = plan(data)
    m = GroupBuilder(made, made.streams.draw(1, 0))
    uses = {r.name: np.flatnonzero(r.uses).tolist() for r in resources(m, m.make()) if r.cause == "search"}
    assert uses == {"airport.gates": [0, 1, 2], "airport.gates.side": [0], "airport.gates.main": [2]}


SEARCH, CHECK = 0.2, 0.1
"""Hours at the gate and at the check after it."""


@pytest.mark.parametrize(
    ("name", "at", "work", "rest"),
    [
        ("vehicles.home", 1.0, 2.5 + 2, SEARCH + CHECK - 2),  # there with the checkpoint and back, of which the last after all
        ("vehicles.away", 1.0, 2 + 2.5, SEARCH + CHECK),
        ("road.escorts.police", 1.0, (2.5 + 2) / 2, SEARCH + CHECK - 2),
        ("road.convoy.headway", 1.0, 1 / 2, 2.5 + SEARCH + CHECK - 1),
        ("shuttles.chopper.number", 1.0, 0.25 + 1 / 6 + 0.25, CHECK),  # into the holding area
        ("shuttles.chopper.spots", 1.25, 1 / 6, 0.25 + CHECK),
        ("airport.gates", 1.0, SEARCH, CHECK),
        ("airport.consular", 1 + SEARCH, CHECK, 0.0),  # who walks to the gate
    ],
)
def test_hours_of_the_first_who_can_ask(found: dict[str, Resource], name: str, at: float, work: float, rest: float) -> None:
    r = found[name]
    first = np.flatnonzero(r.uses)[r.at[r.uses].argmin()]
    assert (r.at[first], r.work[first], r.rest[first]) == pytest.approx((at, work, rest))


def lanes(security: dict[str, Any]) -> float:
    made = plan({"security": security, "missions": {"a": {"cohorts": {"s": 1}}}})
    return most_lanes(GroupBuilder(made, made.streams.draw(1, 0)))


def test_lanes_that_can_be_manned_at_best() -> None:
    """Troops less those on the perimeter, by those for a lane, rounded down; the host's own; all that may be there together."""
    guard = {"force": {"headcount": 500, "perimeter": 120, "per_lane": 50}}
    begins = [{"begins": "start", "provider": "guard"}]
    assert lanes({}) == INF
    assert lanes({"providers": {"guard": guard}, "phases": begins}) == (500 - 120) // 50
    grown = {"force": {**guard["force"], "build_up": [{"after": "1 d", "headcount": 900}, {"after": "2 d", "headcount": 700}]}}
    assert lanes({"providers": {"guard": grown}, "phases": begins}) == (900 - 120) // 50
    again = [*begins, {"begins": "5 d", "provider": "guard"}]
    assert lanes({"providers": {"guard": guard}, "phases": again}) == (2 * 500 - 120) // 50
    other = {"force": {"headcount": 100, "perimeter": 0, "per_lane": 10}}
    both = [*begins, {"begins": "5 d", "provider": "other"}]
    assert lanes({"providers": {"guard": guard, "other": other}, "phases": both}) == (500 + 100) // 10
    assert lanes({"providers": {"guard": {"force": {"headcount": 100, "perimeter": 120, "per_lane": 50}}}, "phases": begins}) == 0
    free = {"force": {"headcount": 500, "perimeter": 120, "per_lane": 0}}
    assert lanes({"providers": {"guard": free}, "phases": begins}) == INF
    host = {"lanes": 9, "headcount": 220}
    assert lanes({"providers": {"guard": guard}, "phases": begins, "host": host}) == (500 + 220 - 120) // 50
    assert lanes({"providers": {"none": {}}, "phases": [{"begins": "start", "provider": "none"}], "host": host}) == 9


@pytest.mark.parametrize(
    ("provider", "begins", "most"),
    [
        ({"officers": 9, "force": {"headcount": 10}}, True, 9),
        ({"officers": 3, "force": {"headcount": 10}}, True, 7),  # before it comes the missions' own
        ({"officers": 9, "force": {"headcount": 10}}, False, 7),
        ({"officers": 9, "operator": {}}, True, 7),
        ({"force": {"headcount": 10}}, True, 7),
    ],
)
def test_the_most_officers_that_there_ever_are(provider: dict[str, Any], begins: bool, most: int) -> None:
    phases = [{"begins": "start", "provider": "none"}, *([{"begins": "5 h", "provider": "guard"}] if begins else [])]
    made = plan({**DATA, "security": {"providers": {"guard": provider}, "phases": phases}})
    assert GroupBuilder(made, made.streams.draw(1, 0)).officers == most
