"""Every hour of every person: before anything began, deciding, doing and waiting; and what held those who are left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import sim
from sim.model.names import STATES, hours_column
from tests.model.helpers import Row, Run, plan, run, shipped

SCENARIOS = Path(sim.__file__).parent.parent / "scenarios"
SHIPPED = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


def spent(r: Run, row: Row | None = None) -> dict[str, float]:
    """Person-hours by what they went into, without what took none."""
    row = r.total if row is None else row
    return {s: round(float(row[hours_column(s)]), 9) for s in STATES if abs(row[hours_column(s)]) > 1e-9}


def left(r: Run, what: str, row: Row | None = None) -> dict[str, int]:
    """People left behind by what *held* them at the end, or *cost* them most."""
    row = r.total if row is None else row
    return {s: int(row[f"left_{what}_{s}"]) for s in STATES if row[f"left_{what}_{s}"]}


def test_every_hour_of_a_journey_has_its_place() -> None:
    """From a trigger to the end of the take-off roll.

    Two groups of 5 decide for 2 h from 1 h on, get ready (1 h), drive (30 min), are searched one after the other (45 min),
    checked at once (15 min), board when the aircraft that comes at 6.4 h has landed (6 min, then 30 min), and roll for 6 min
    once the hub opens at 7.5 h.
    """
    r = run("""
        road: {drive: 30 min}
        airport: {gates: {g: {lanes: 1, per_group: 45 min}}, consular: {per_group: 15 min}, airfield: {runway: {day: 6 min}}}
        hubs: {h: {opens: 450 min}}
        lift: {types: {p: {seats: 10, load: 30 min}}, fleets: {f: {aircraft: p, available: 384 min, hubs: h}}}
        missions: {m: {order: {at: 1 h, delay: 2 h}, cohorts: {c: {people: 10, group: 5, ready: 1 h}}}}
    """)
    assert spent(r) == {
        "search": 5 * 0.75,
        "seats": pytest.approx(5 * (6.4 - 5.5) + 5 * (6.4 - 6.25)),
        "runway": pytest.approx(10 * 0.1),
        "hub": pytest.approx(10 * 0.5),
        "before": 10 * 1,
        "deciding": 10 * 2,
        "doing_ready": 10 * 1,
        "doing_road": 10 * 0.5,
        "doing_search": 10 * 0.75,
        "doing_consular": 10 * 0.25,
        "doing_board": pytest.approx(10 * 0.5),
        "doing_fly": pytest.approx(10 * 0.1),
    }


def test_a_rear_party_that_is_ready_waits_for_the_others() -> None:
    """Two of ten destroy what is left for 2 h and go with the last of the others, at 5 h."""
    r = run("""
        missions:
          m: {order: {at: start}, cohorts: {c: {people: 10, group: 8, ready: 5 h, rear_party: {people: 2, destruction: 2 h}}}}
    """)
    assert spent(r) == {"doing_ready": 8 * 5 + 2 * 2, "readiness": 2 * 3}


def test_a_rear_party_left_behind_waits_for_the_others() -> None:
    r = run("""
        clock: {horizon: 4 h}
        missions:
          m: {order: {at: start}, cohorts: {c: {people: 10, ready: 5 h, rear_party: {people: 2, destruction: 1 h}}}}
    """)
    assert left(r, "held") == {"doing_ready": 8, "readiness": 2}
    assert left(r, "cost") == {"doing_ready": 8, "readiness": 2}


def test_checkpoints_and_drives_in_vain_are_no_driving() -> None:
    r = run("""
        road: {drive: 2 h, checkpoints: 2, delay: 15 min}
        missions: {m: {order: {at: start}, cohorts: {c: {people: 10}}}}
    """)
    assert spent(r) == {"permission": 10 * 0.5, "doing_road": 10 * 2}


def test_what_the_crowd_adds_to_a_search_is_no_searching() -> None:
    """The gate works at half its speed: of 4 h one half is the crowd's."""
    r = run("""
        airport: {gates: {g: {lanes: 1, per_group: 2 h}}, crowd: {start: 1000, slows: 1000}}
        missions: {m: {order: {at: start}, cohorts: {c: {people: 10, starts: gate}}}}
    """)
    found = spent(r)
    assert found["doing_search"] == 10 * 2
    assert set(found) == {"doing_search", "crowd"}
    assert sum(found.values()) == pytest.approx(10 * r.out_h)


def test_deciding_before_waiting_for_the_order() -> None:
    """The capital falls at 8 h; one mission has been making up its mind since 4 h, the other never begins."""
    r = run("""
        clock: {horizon: 20 h}
        threat: {timeline: [{at: 8 h, level: fallen}], fallen: fallen}
        missions:
          m: {order: {at: 4 h, delay: 10 h}, cohorts: {c: 10}}
          n: {cohorts: {c: 3}}
    """)
    assert spent(r, r.mission("m")) == {"before": 10 * 4, "deciding": 10 * 10}
    assert spent(r, r.mission("n")) == {"before": 3 * 8, "order": 3 * 12}
    assert left(r, "held") == left(r, "cost") == {"order": 3}


def test_those_of_a_mission_who_have_not_been_called_wait_for_the_order_then_decide() -> None:
    r = run("""
        missions: {m: {cohorts: {c: {people: 10, order: {at: 5 h, delay: 2 h}}, d: {people: 3, order: {at: 1 h}}}}}
    """)
    assert spent(r, r.cohort("m/c")) == {"before": 10 * 1, "order": 10 * 4, "deciding": 10 * 2}


def test_a_decision_that_began_before_the_start_takes_what_is_left_of_it() -> None:
    r = run("""
        clock: {start: 2021-08-15 00:00}
        missions: {m: {order: {at: 2021-08-14 20:00, delay: 10 h}, cohorts: {c: 10}}}
    """)
    assert spent(r) == {"deciding": 10 * 6}


def test_a_mission_that_stays_has_no_hours() -> None:
    r = run("missions: {m: {order: {when: provider leaving}, cohorts: {c: 10}}, n: {order: {at: 2 h}, cohorts: {c: 5}}}")
    assert spent(r) == {"before": 5 * 2}
    assert spent(r, r.mission("m")) == {}


def test_those_who_come_of_their_own_accord_are_before_anything_until_they_come() -> None:
    r = run("""
        clock: {horizon: 2 h}
        missions:
          m: {order: {at: start}, cohorts: {c: {people: 6, group: 3, starts: holding, ready: 0 h, gap: 90 min, walk_in: true}}}
    """)
    assert spent(r) == {"before": pytest.approx(3 * 1.5 + 3 * 2)}
    assert left(r, "held") == left(r, "cost") == {"before": 3}


AT_THE_END: list[tuple[str, str, dict[str, int], dict[str, int]]] = [
    ("deciding, past the horizon", "missions: {m: {order: {at: 1 h, delay: 9 h}, cohorts: {c: 4}}}", {}, {}),
    (
        "getting ready",
        "missions: {m: {order: {at: 1 h}, cohorts: {c: {people: 4, ready: 9 h}}}}",
        {"doing_ready": 4},
        {"doing_ready": 4},
    ),
    (
        "on the road after a long decision",
        "{road: {drive: 9 h}, missions: {m: {order: {at: start, delay: 3 h}, cohorts: {c: {people: 4}}}}}",
        {"doing_road": 4},
        {"deciding": 4},
    ),
    (
        "at a checkpoint",
        "{road: {drive: 1 h, checkpoints: 1, delay: 9 h}, missions: {m: {order: {at: start}, cohorts: {c: {people: 4}}}}}",
        {"permission": 4},
        {"permission": 4},
    ),
    (
        "one searched, the other in line",
        """{airport: {gates: {g: {lanes: 1, per_group: 9 h}}},
            missions: {m: {order: {at: start}, cohorts: {c: {people: 5, group: 3, starts: gate}}}}}""",
        {"doing_search": 3, "search": 2},
        {"doing_search": 3, "search": 2},
    ),
    (
        "aboard, and the rest of the group without a seat",
        """{lift: {types: {p: {seats: 3, load: 9 h}}, fleets: {f: {aircraft: p, sorties: 1}}},
            missions: {m: {order: {at: start}, cohorts: {c: {people: 5, group: 5, starts: holding}}}}}""",
        {"doing_board": 3, "seats": 2},
        {"doing_board": 3, "seats": 2},
    ),
    (
        "ordered at the last moment",
        "missions: {m: {order: {at: 5 h}, cohorts: {c: {people: 4, ready: 1 h}}}}",
        {"before": 4},
        {"before": 4},
    ),
]


@pytest.mark.parametrize(("text", "held", "cost"), [a[1:] for a in AT_THE_END], ids=[a[0] for a in AT_THE_END])
def test_what_held_them_at_the_end_and_what_cost_them_most(text: str, held: dict[str, int], cost: dict[str, int]) -> None:
    data: dict[str, Any] = yaml.safe_load(text)
    r = run({**data, "clock": {"start": "2021-08-15 00:00", "horizon": "5 h"}})
    assert left(r, "held") == held
    assert left(r, "cost") == cost


def test_the_lost_airport_closes_the_door() -> None:
    """The capital falls at 6 h and the airport is held for 4 h more; five are not ready by then, after 2 h of deciding."""
    r = run("""
        clock: {horizon: 30 h}
        missions: {m: {order: {at: 1 h, delay: 2 h}, cohorts: {c: {people: 5, ready: 1 d}, d: 3}}}
        threat: {timeline: [{at: 6 h, level: fallen}], fallen: fallen}
        security: {unsecured_hold: 4 h, phases: [{begins: start, provider: none}], host: {}}
    """)
    assert (r.total["end"], r.total["end_h"]) == ("lost", 10)
    assert left(r, "held", r.cohort("m/c")) == left(r, "cost", r.mission("m")) == {"doing_ready": 5}
    assert left(r, "held", r.cohort("m/d")) == {}


def test_nobody_has_no_hours() -> None:
    r = run("missions: {m: {order: {at: 1 h}, cohorts: {c: 0}}}")
    assert (spent(r), left(r, "held"), left(r, "cost")) == ({}, {}, {})


def test_a_run_that_ends_at_once_holds_people_before_anything() -> None:
    r = run("""
        missions: {m: {order: {at: 1 h}, cohorts: {c: 5}}}
        threat: {start: fallen, fallen: fallen}
        security: {unsecured_hold: 0 h, phases: [{begins: start, provider: none}], host: {}}
    """)
    assert (r.total["end_h"], left(r, "held"), left(r, "cost")) == (0, {"before": 5}, {"before": 5})


def test_a_run_that_ends_a_rounding_after_a_whole_hour_has_no_hour_more() -> None:
    """0.1 + 2.5 + 0.2 + 0.2 h are a little more than 3; the second of two groups waits at the gate and is out then."""
    r = run("""
        road: {drive: 2.5 h}
        airport: {gates: {g: {lanes: 1, per_group: 0.2 h}}, closures: {x: {at: 1 h, lasts: 0.5 h, closes: gates}}}
        missions: {m: {order: {at: 0.1 h}, cohorts: {c: {people: 20, group: 10}}}}
    """)
    assert 3 < r.total["end_h"] < 3 + 1e-9
    assert list(r.timeline["stage_out"]) == [0, 0, 0, 20]


def test_a_group_that_is_turned_back_waits_for_permission_on_the_road_too() -> None:
    """Drives in vain are charged to what they were in vain for, and so is the wait at home until the next try."""
    r = run("""
        clock: {horizon: 9 h}
        road: {drive: 1 h, turn_back: 100%, retry: 30 min}
        missions: {m: {order: {at: start}, cohorts: {c: {people: 5}}}}
    """)
    assert spent(r) == {"permission": 5 * 9}
    assert left(r, "held") == {"permission": 5}


@pytest.mark.first(4)
@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_scenario(name: str) -> None:
    """:func:`run` checks that each cohort's hours add up, and that all who are left behind are counted once by what held them."""
    made = plan(shipped(name).scenario)
    for k in range(1 if name == "kabul-2021" else 2):
        run(made, replication=k, check_every=0)
