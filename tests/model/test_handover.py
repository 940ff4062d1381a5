"""A handover from one provider to the next: no moment with nobody, whatever the dates say."""

from __future__ import annotations

from typing import Any

import pytest

from sim.scenario import ScenarioError, cautions
from tests.model.helpers import run, scenario
from tests.model.way import moments

A = {"force": {"headcount": 100, "perimeter": 60, "per_lane": 40}, "operator": {}}
B = {"force": {"headcount": 140, "perimeter": 60, "per_lane": 40}, "operator": {}, "arrival": "10 h"}


def data(a: dict[str, Any] = A, b: dict[str, Any] = B, handover: bool = True, then: Any = ()) -> dict[str, Any]:
    """B is in charge from 10 h on and there at 20 h; people are searched at a gate, one an hour in each lane."""
    return {
        "clock": {"horizon": "60 h"},
        "threat": {},
        "security": {
            "providers": {"a": a, "b": b},
            "phases": [{"begins": "start", "provider": "a"}, {"begins": "10 h", "provider": "b", "handover": handover}, *then],
        },
        "airport": {"gates": {"main": {"lanes": 2, "per_group": "1 h"}}},
        "lift": {"types": {"t": {"seats": 1, "needs": "tower"}}, "fleets": {"f": {"aircraft": "t", "number": 200}}},
        "missions": {"m": {"order": {"at": "start"}, "cohorts": {"c": {"people": 50, "group": 1}}}},
    }


def searched(source: dict[str, Any]) -> list[float]:
    return moments(run(source), "search")


def gone(source: dict[str, Any], who: str = "a", what: str = "force gone") -> list[float]:
    """When the force (or operator) of a provider was gone, or what else happened to it."""
    return [t for t, event, name, _ in run(source).world.security.log if (name, event) == (who, what)]


def test_without_a_handover_nobody_is_there_until_the_next_comes() -> None:
    at = searched(data(handover=False))
    assert at[10] == 10  # begun as A leaves
    assert at[11] == 20
    assert gone(data(handover=False)) == [10]


def test_a_stays_until_b_has_taken_over() -> None:
    """One lane by A up to 20 h, two by B from then on; at 20 h nobody stops."""
    at = searched(data())
    assert at == [*range(20), *(20 + k // 2 for k in range(30))]
    assert gone(data()) == gone(data(), what="operator gone") == [20]


def test_operator_and_aircraft_too() -> None:
    """Aircraft that need a tower go on throughout."""
    r = run(data())
    assert [t for t, n in r.departures() if n and t < 20] == list(range(1, 20))


@pytest.mark.parametrize("begins", ["0 h", "5 h", "15 h"])
def test_a_withdrawal_that_falls_due_before_waits(begins: str) -> None:
    """Of the force and of the operator, by date; A begins to go when B has taken over, and takes its time."""
    leaves = {"withdrawal": {"begins": begins, "takes": "4 h"}}
    a = {"force": {**A["force"], **leaves}, "operator": leaves}
    assert gone(data(a)) == [24]
    assert gone(data(a), what="operator gone") == [24]
    assert gone(data(a, handover=False))[0] < 20


def test_a_withdrawal_on_a_condition_waits_too() -> None:
    a = {"force": {**A["force"], "withdrawal": {"when": "threat >= stable"}}, "operator": {}}
    assert gone(data(a)) == [20]


def test_b_never_comes() -> None:
    """A stays to the end."""
    late = data(b={**B, "arrival": "1000 h"})
    assert gone(late) == []
    assert searched(late)[:50] == list(range(50))


def test_b_is_too_small() -> None:
    """59 soldiers for a perimeter of 60, and then 99, which man no lane: A stays; with 100 from 20 h on it may go."""
    small = {"force": {"headcount": 59, "perimeter": 60, "per_lane": 40, "build_up": []}, "operator": {}}
    assert gone(data(b=small)) == []
    small["force"]["build_up"] = [{"after": "8 h", "headcount": 99}, {"after": "10 h", "headcount": 100}]
    assert gone(data(b=small)) == [20]


def test_the_hosts_troops_count_for_b() -> None:
    small = {"force": {"headcount": 59, "perimeter": 60, "per_lane": 40}, "operator": {}}
    with_host = data(b=small)
    with_host["security"]["host"] = {"headcount": 41}
    assert gone(with_host) == [10]


def test_b_gives_fewer_services() -> None:
    """The force goes, the operator stays; so does one that works at night where B's doesn't."""
    b = {**B, "operator": {"services": ["tower", "fire"]}}
    assert gone(data(b=b)) == [20]
    assert gone(data(b=b), what="operator gone") == []
    assert gone(data(b={**B, "operator": {"night": False}}), what="operator gone") == []
    day = {**A, "operator": {"night": False}}
    assert gone(data(day, {**B, "operator": {"night": False}}), what="operator gone") == [20]


def test_b_has_no_operator() -> None:
    b = {k: v for k, v in B.items() if k != "operator"}
    assert gone(data(b=b), what="operator gone") == []
    assert cautions(scenario(data(b=b))) == ["security.phases.1.handover: b has no operator: that of a stays for good"]


def test_a_has_not_come_yet() -> None:
    """A arrives at 15 h, when B is in charge and on its way: it comes, and goes when B has taken over; or never comes at all."""
    assert gone(data({**A, "arrival": "15 h"}), what="arrives") == [15]
    assert gone(data({**A, "arrival": "15 h"})) == [20]
    assert gone(data({**A, "arrival": "25 h"}), what="arrives") == []


def test_a_third_phase() -> None:
    """Without a handover everybody before it leaves, whether or not B has taken over; with one, A may be relieved by it."""
    c = {"force": {"headcount": 140, "perimeter": 60, "per_lane": 40}, "operator": {}}

    def third(handover: bool) -> dict[str, Any]:
        made = data(b={**B, "arrival": "1000 h"}, then=[{"begins": "30 h", "provider": "c", "handover": handover}])
        made["security"]["providers"]["c"] = {**c, "arrival": "5 h"}
        return made

    assert gone(third(False)) == [30]
    assert gone(third(True)) == [35]


@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize("third", [False, True])
def test_a_phase_that_is_passed_over(second: bool, third: bool) -> None:
    """C comes before B, an hour after the first order: whether A waits for it is told by its own handover, not by B's."""
    made = data(handover=second, then=[{"begins": {"ordered": "1 h"}, "provider": "c", "handover": third}])
    made["security"]["phases"][1]["begins"] = "50 h"
    made["security"]["providers"]["c"] = {**B, "arrival": "5 h"}
    assert gone(made) == [1 + 5 if third else 1]


def test_back_to_back_is_no_longer_than_needed() -> None:
    """B is there at once: A is relieved at the very moment."""
    assert gone(data(b={**B, "arrival": "0 h"})) == [10]


def test_it_is_said_where_it_means_nothing() -> None:
    first = data()
    first["security"]["phases"][0]["handover"] = True
    assert cautions(scenario(first)) == ["security.phases.0.handover: is the first phase: there is nobody to take over from"]
    small = data(b={**B, "force": {"headcount": 99, "perimeter": 60, "per_lane": 40}})
    said = "security.phases.1.handover: b never has the headcount to take over: the force of a stays for good"
    assert cautions(scenario(small)) == [said]
    with pytest.raises(ScenarioError) as error:
        scenario(data(then=[{"begins": "50 h", "provider": "none", "handover": True}]))
    assert "expected a provider with a force or an operator, to whom others can hand over, got none" in str(error.value.faults[0])
