"""The tables of a replication, every number of a small case worked out by hand."""

from __future__ import annotations

import math

import pytest

from sim.model.names import CAUSES, STAGES, STATES
from tests.model.airlift import START, Data, mission, staff
from tests.model.helpers import Run, run

INF = math.inf

# Mission a: 12 people, 2 stay; ordered at 0.5, ready at 1.5, two groups of 5 at the gate at 2.0; one lane, 45 min
# a group: inside at 2.75 and 3.5.  Mission b: 3 people, ordered at 2.0 and inside at once.  One aircraft of 4
# seats: on stand at 3.0, 4.25, 5.5, 6.75, off a quarter of an hour later: 3 b + 1 a, 4 a, 4 a, 1 a.
CASE: Data = {
    "clock": {"start": START},
    "road": {"drive": "30 min"},
    "airport": {
        "gates": {"g": {"lanes": 1, "per_group": "45 min"}},
        "airfield": {"stands": {"ramp": {"number": 2}}},
    },
    "lift": {
        "types": {"jet": {"seats": 4, "load": "15 min", "stand": "ramp"}},
        "fleets": {"air": {"aircraft": "jet", "available": "3 h", "outbound": "30 min", "inbound": "30 min"}},
    },
    "missions": {
        "a": {**mission("30 min", s=staff(12, group=5, starts="mission", ready="1 h")), "residual": 2},
        "b": mission("2 h", s=staff(3)),
    },
}


@pytest.fixture(scope="module")
def case() -> Run:
    return run(CASE)


def test_times_are_those_of_the_person_who_completes_the_share(case: Run) -> None:
    """50 and 90 % of 10 people are the 5th and 9th; of 13 the 7th (6.5) and 12th (11.7), rounded up."""
    times = {
        n: [row[f"t{x}_h"] for x in (50, 90, 100)]
        for n, row in (("a", case.mission("a")), ("b", case.mission("b")), ("all", case.total))
    }
    assert times == {"a": [4.5, 5.75, 7], "b": [3.25, 3.25, 3.25], "all": [4.5, 5.75, 7]}
    assert [row["ordered_h"] for row in (case.mission("a"), case.mission("b"), case.total)] == [0.5, 2, 0.5]


@pytest.mark.parametrize(
    ("people", "t50", "t90"), [(1, 1, 1), (2, 1, 2), (3, 2, 3), (9, 5, 9), (10, 5, 9), (11, 6, 10), (20, 10, 18), (21, 11, 19)]
)
def test_shares_are_rounded_up_to_whole_people(people: int, t50: int, t90: int) -> None:
    """One person an hour."""
    r = run({"clock": {"start": START}, "missions": {"m": mission(s=staff(people, group=1, gap="1 h"))}})
    assert [r.total[f"t{x}_h"] for x in (50, 90, 100)] == [t50, t90, people]


def test_a_share_that_is_reached_has_a_time_though_the_rest_never_does() -> None:
    r = run({"clock": {"start": START, "horizon": "6.5 h"}, "missions": {"m": mission(s=staff(10, group=1, gap="1 h"))}})
    assert [r.total[f"t{x}_h"] for x in (50, 90, 100)] == [5, INF, INF]
    assert (r.total["evacuated"], r.total["unfinished"], r.total["end"]) == (6, 4, "horizon")


def test_nobody_to_move_takes_no_time() -> None:
    r = run(
        {
            "clock": {"start": START},
            "missions": {"m": {**mission(s=staff(10)), "residual": "all"}, "n": mission(s=staff(1, ready="2 h"))},
        }
    )
    row = r.mission("m")
    assert ([row[f"t{x}_h"] for x in (50, 90, 100)], row["staying"]) == ([0, 0, 0], 10)


def test_people_and_flights(case: Run) -> None:
    t = case.total
    assert [t[n] for n in ("staff", "to_move", "evacuated", "staying", "stranded", "unfinished")] == [15, 13, 13, 2, 0, 0]
    assert [t[n] for n in ("flights", "empty_flights", "diverted", "withdrawn", "breaches", "haven")] == [4, 0, 0, 0, 0, 12]
    assert (t["end"], t["end_h"], t["fall_h"], t["lost_h"]) == ("out", 7, INF, INF)
    assert t["load_factor"] == pytest.approx(13 / 16)
    assert t["mean_departure_h"] == pytest.approx((4 * 3.25 + 4 * 4.5 + 4 * 5.75 + 1 * 7) / 13)


def test_utilisations(case: Run) -> None:
    """One lane busy for 1.5 of 7 h; two stands, four times a quarter of an hour; a runway for which nothing takes time."""
    t = case.total
    assert t["lane_utilisation"] == pytest.approx(1.5 / 7)
    assert t["stand_utilisation"] == pytest.approx(4 * 0.25 / (2 * 7))
    assert t["runway_utilisation"] == 0
    bare = run({"clock": {"start": START}, "missions": {"m": mission(s=staff(1, ready="1 h"))}}).total
    assert [bare[f"{n}_utilisation"] for n in ("lane", "stand", "runway")] == [None, None, None]
    assert (bare["load_factor"], bare["haven"]) == (None, 1)


def test_what_is_in_use_at_the_end_counts_up_to_the_end() -> None:
    """At 1 h: a lane busy since 0 for 3 h, a stand held since 0, and the runway taken since 0.5 for 2 h."""
    data: Data = {
        "clock": {"start": START, "horizon": "1 h"},
        "airport": {
            "gates": {"g": {"lanes": 2, "per_group": "3 h"}},
            "airfield": {"runway": {"day": "2 h"}, "stands": {"ramp": {"number": 4}}},
        },
        "lift": {"types": {"jet": {"seats": 4, "stand": "ramp"}}, "fleets": {"air": {"aircraft": "jet", "available": "30 min"}}},
        "missions": {"m": mission(s=staff(1, starts="gate"))},
    }
    t = run(data).total
    assert [t[f"{n}_utilisation"] for n in ("lane", "stand", "runway")] == pytest.approx([1 / 2, 0.5 / 4, 0.5])


# people by stage at hours 0 ... 7
STATE: dict[str, list[int]] = {
    "mission": [13, 3, 0, 0, 0, 0, 0, 0],
    "readying": [0, 10, 0, 0, 0, 0, 0, 0],
    "gate": [0, 0, 5, 0, 0, 0, 0, 0],
    "screening": [0, 0, 5, 5, 0, 0, 0, 0],
    "holding": [0, 0, 3, 4, 9, 5, 1, 0],
    "aboard": [0, 0, 0, 4, 0, 0, 0, 0],
    "out": [0, 0, 0, 0, 4, 8, 12, 13],
    "staying": [2] * 8,
}
# person-hours waited in the hour that ends then
WAITED: dict[str, list[float]] = {
    "search": [0, 0, 0, 3.75, 0, 0, 0, 0],
    "seats": [0, 0, 0, 3 + 0.25 + 1, 4 + 2 + 0.5, 1 + 4 + 1, 2 + 1, 0.75],
}
# person-hours of everything else
DONE: dict[str, list[float]] = {
    "before": [0, 13 - 5, 3, 0, 0, 0, 0, 0],
    "doing_ready": [0, 5, 5, 0, 0, 0, 0, 0],
    "doing_road": [0, 0, 5, 0, 0, 0, 0, 0],
    "doing_search": [0, 0, 0, 5, 2.5, 0, 0, 0],
    "doing_board": [0, 0, 0, 0, 1, 1, 1, 0.25],
}


@pytest.mark.parametrize("state", STATES[len(CAUSES) :])
def test_hours_of_what_is_done_by_hour(case: Run, state: str) -> None:
    expected = DONE.get(state, [0] * 8)
    assert list(case.timeline[state]) == pytest.approx(expected)
    assert case.total[state] == pytest.approx(sum(expected))


@pytest.mark.parametrize("stage", STAGES)
def test_people_by_stage_and_hour(case: Run, stage: str) -> None:
    assert list(case.timeline[f"stage_{stage}"]) == STATE.get(stage, [0] * 8)


@pytest.mark.parametrize("cause", CAUSES)
def test_hours_waited_by_cause_and_hour(case: Run, cause: str) -> None:
    expected = WAITED.get(cause, [0] * 8)
    assert list(case.timeline[f"wait_{cause}"]) == pytest.approx(expected)
    assert case.total[f"wait_{cause}"] == pytest.approx(sum(expected))


def test_hours_waited_by_mission(case: Run) -> None:
    assert case.waits(case.mission("a")) == {"search": 3.75, "seats": pytest.approx(0.25 + 6 + 8 + 3.25)}
    assert case.waits(case.mission("b")) == {"seats": 3}
    assert case.waits(case.cohort("b/s")) == case.waits(case.mission("b"))


def test_bottleneck_level_and_crowd_by_hour(case: Run) -> None:
    assert list(case.timeline["bottleneck"]) == ["none", "none", "none", *["seats"] * 5]
    assert list(case.timeline["level"]) == ["stable"] * 8
    assert list(case.timeline["crowd"]) == [0] * 8


def test_the_road_is_a_stage_of_its_own() -> None:
    """On the road from 1.5 to 2.0; with an hour more it is there at 2 h."""
    r = run({**CASE, "road": {"drive": "90 min"}})
    assert list(r.timeline["stage_road"])[:4] == [0, 0, 10, 0]


def test_aircraft_that_leave_after_the_end_of_the_run_have_not_left() -> None:
    """Stopped at 3.1 h, between boarding and take-off: four aboard, nobody out."""
    r = run({**CASE, "clock": {"start": START, "horizon": "3.1 h"}})
    assert [r.timeline[f"stage_{s}"][-1] for s in ("aboard", "holding", "screening", "out")] == [4, 4, 5, 0]
    assert (r.total["evacuated"], r.total["unfinished"], r.total["flights"], r.total["mean_departure_h"]) == (0, 13, 0, None)


def test_people_who_come_of_their_own_accord_wait_neither_for_an_order_nor_to_be_ready() -> None:
    """The same people at the same gate at 2 and 3 h, fallen from the start: only the time in line and inside is waited."""
    people = staff(10, group=5, starts="gate", ready="1 h", gap="1 h")
    data: Data = {
        "clock": {"start": START, "horizon": "4.5 h"},
        "threat": {"start": "fallen", "fallen": "fallen"},
        "airport": {"gates": {"g": {"lanes": 1, "per_group": "90 min"}}},
        "missions": {"a": {**mission("30 min"), "cohorts": {"s": {**people, "people": 15}}}},
    }
    called = run(data)
    assert called.waits() == {"order": pytest.approx(15 * 0.5), "search": 5 * 0.5}
    assert (called.total["before"], called.total["doing_ready"]) == (0, pytest.approx(5 * (2 + 3 + 4)))
    data["missions"]["a"]["cohorts"]["s"]["walk_in"] = True
    walked = run(data)
    assert walked.waits() == {"search": 5 * 0.5}
    assert (walked.total["before"], walked.total["doing_ready"]) == (pytest.approx(15 * 0.5 + 5 * (2 + 3 + 4)), 0)
    assert walked.total["t50_h"] == called.total["t50_h"]
    for stage in STAGES:
        assert list(walked.timeline[f"stage_{stage}"]) == list(called.timeline[f"stage_{stage}"])


def test_walk_ins_who_are_not_ready_when_the_run_ends_are_before_anything() -> None:
    data: Data = {
        "clock": {"start": START, "horizon": "2 h"},
        "missions": {"a": mission(s=staff(10, ready="5 h", walk_in=True)), "b": mission(s=staff(1, ready="5 h"))},
    }
    r = run(data)
    assert (r.waits(), r.total["doing_ready"], r.total["before"]) == ({}, 2, 20)
