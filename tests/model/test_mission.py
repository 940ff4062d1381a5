"""Missions and cohorts: head counts, orders, readiness, the rear party, who stays, and when a mission has gone."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from sim.model import simulate
from tests.model.helpers import INF, plan, run, run_many
from tests.model.way import moments, sizes, stage

# -- readiness -------------------------------------------------------------------------------------------------------


def test_each_group_takes_its_own_time_to_get_ready() -> None:
    r = run("missions: {m: {order: {at: 3 h}, cohorts: {c: {people: 90, group: 40, ready: 2 h}}}}")
    assert sizes(r) == [40, 40, 10]
    assert moments(r, "ready") == [3 + 2] * 3
    assert (r.waits(), r.total["doing_ready"]) == ({}, 90 * 2)
    assert stage(r, "mission") == [90, 90, 90, 0, 0, 0]
    assert stage(r, "readying") == [0, 0, 0, 90, 90, 0]


def test_groups_draw_their_readiness_one_by_one() -> None:
    """The group with the longest draw is last; the mean of 400 draws of U(0, 10) is 5 within 5 standard errors (0.72)."""
    r = run("missions: {m: {order: {at: 0 h}, cohorts: {c: {people: 400, group: 1, ready: {uniform: [0 h, 10 h]}}}}}")
    ready = moments(r, "ready")
    assert len(set(ready)) == 400
    assert r.out_h == pytest.approx(max(ready))
    assert (r.waits(), r.total["doing_ready"]) == ({}, pytest.approx(sum(ready)))
    assert sum(ready) / 400 == pytest.approx(5, abs=5 * 10 / math.sqrt(12 * 400))


def test_groups_one_after_another() -> None:
    """The first group is ready one gap after ``ready``, each other one gap later."""
    r = run("missions: {m: {order: {at: 3 h}, cohorts: {c: {people: 90, group: 40, ready: 1 h, gap: 30 min}}}}")
    expected = [3 + 1 + 0.5 * k for k in (1, 2, 3)]
    assert [c.ready for c in r.groups("m/c")] == expected
    assert sizes(r) == [40, 40, 10]
    assert (r.waits(), r.total["doing_ready"]) == ({}, 40 * 1.5 + 40 * 2.0 + 10 * 2.5)
    assert (r.total["t50_h"], r.total["t90_h"], r.out_h) == (expected[1], expected[2], expected[2])


def test_random_gaps_add_up() -> None:
    """With gaps of U(0, 2) group k is ready after k gaps: order kept, steps below 2 h, mean 1 within 5 standard errors."""
    r = run("missions: {m: {order: {at: 1 h}, cohorts: {c: {people: 300, group: 1, gap: {uniform: [0 h, 2 h]}}}}}")
    ready = [1.0] + [c.ready for c in r.groups("m/c")]
    gaps = [b - a for a, b in pairwise(ready)]
    assert all(0 < g < 2 for g in gaps)
    assert len(set(gaps)) == 300
    assert sum(gaps) / 300 == pytest.approx(1, abs=5 * 2 / math.sqrt(12 * 300))


def test_group_size_is_the_seats_of_the_vehicle_by_default() -> None:
    r = run("""
        vehicles: {van: {seats: 12}}
        missions: {m: {order: {at: start}, cohorts: {a: {people: 30, vehicles: van}, b: {people: 50}, c: {people: 9, group: 4}}}}
    """)
    assert sizes(r, "m/a") == [12, 12, 6]
    assert sizes(r, "m/b") == [40, 10]
    assert sizes(r, "m/c") == [4, 4, 1]


# -- the rear party --------------------------------------------------------------------------------------------------


REAR = """
    road: {{drive: 1 h}}
    missions:
      m:
        order: {{at: 2 h}}
        cohorts: {{c: {{people: 100, group: 45, ready: {ready}, rear_party: {{people: 10, destruction: {destruction}}}}}, {more}}}
"""


def test_rear_party_leaves_when_the_destruction_is_done() -> None:
    r = run(REAR.format(ready="1 h", destruction="6 h", more=""))
    assert sizes(r) == [45, 45, 10]
    assert moments(r, "depart") == [2 + 1, 2 + 1, 2 + 6]
    assert (r.waits(), r.total["doing_ready"]) == ({}, 90 * 1 + 10 * 6)
    assert r.out_h == 2 + 6 + 1


def test_rear_party_leaves_after_all_other_core_staff() -> None:
    """Its own cohort is gone after 10 h, the slower one after 15 h; the destruction takes 6 h only."""
    late = REAR.format(ready="10 h", destruction="6 h", more="")
    assert moments(run(late), "depart") == [12, 12, 12]
    with_slow = run(REAR.format(ready="1 h", destruction="6 h", more="slow: {people: 5, ready: 15 h}"))
    assert moments(with_slow, "depart", "m/c") == [3, 3, 2 + 15]
    assert moments(with_slow, "depart", "m/slow") == [2 + 15]


def test_rear_party_does_not_wait_for_those_who_are_not_ordered() -> None:
    more = "later: {people: 5, order: {at: 50 h}}"
    assert moments(run(REAR.format(ready="1 h", destruction="6 h", more=more)), "depart", "m/c") == [3, 3, 8]


def test_two_rear_parties_do_not_wait_for_each_other() -> None:
    more = "d: {people: 10, rear_party: {people: 10, destruction: 9 h}}"
    r = run(REAR.format(ready="1 h", destruction="6 h", more=more))
    assert moments(r, "depart", "m/c") == [3, 3, 8]
    assert moments(r, "depart", "m/d") == [2 + 9]


@pytest.mark.parametrize("gap", ["", ", gap: 1 h"])
def test_a_cohort_that_is_all_rear_party(gap: str) -> None:
    cohort = f"{{people: 10{gap}, rear_party: {{people: 10, destruction: 5 h}}}}"
    r = run(f"missions: {{m: {{order: {{at: 1 h}}, cohorts: {{c: {cohort}}}}}}}")
    assert (sizes(r), moments(r, "depart")) == ([10], [1 + 5])


def test_rear_party_of_the_core_staff_waits_for_neither_families_nor_local_staff() -> None:
    more = "core: {people: 20, rear_party: {people: 5, destruction: 4 h}}, families: {people: 30, ready: 90 h}"
    r = run(REAR.format(ready="9 h", destruction="6 h", more=more))
    assert moments(r, "depart", "m/core") == [2, 2 + 4]
    assert moments(r, "depart", "m/c") == [2 + 9] * 3  # it is no core staff, and waits for its own alone


# -- when a mission has closed ---------------------------------------------------------------------------------------


CLOSED = """
    clock: {{start: 2021-08-01 06:00, horizon: 300 h}}
    road: {{drive: 1 h}}
    missions:
      m: {{order: {{at: 2 h}}, residual: {residual}, cohorts: {{{cohorts}}}}}
      after: {{order: {{when: gone m}}, cohorts: {{c: 10}}}}
"""


@pytest.mark.parametrize(
    ("cohorts", "residual", "closed"),
    [
        ("core: {people: 10, ready: 3 h}, families: {people: 30, ready: 90 h}", 0, 2 + 3),
        ("core: {people: 10, ready: 3 h}, families: {people: 30, order: {at: 500 h}}", 0, 2 + 3),
        (
            "core: {people: 9, ready: 3 h, rear_party: {people: 2, destruction: 7 h}}, b: {people: 9, ready: 90 h}",
            0,
            2 + 7,
        ),
        (
            "a: {people: 10, ready: 3 h, core: true}, b: {people: 10, ready: 5 h, core: true}, core: {people: 9, ready: 50 h}",
            0,
            2 + 5,
        ),
        ("a: {people: 10, ready: 3 h}, b: {people: 10, ready: 5 h}", 0, 2 + 5),
        ("core: {people: 10, ready: 3 h, residual: 4}, b: {people: 10, ready: 5 h}", 0, 2 + 3),
        ("core: {people: 10, residual: 10}, b: {people: 10, ready: 5 h}", 0, 2 + 5),
        ("core: 0, b: {people: 10, ready: 5 h}", 0, 2 + 5),
        ("core: {people: 10, order: {at: 500 h}}, b: {people: 10, ready: 5 h}", 0, math.inf),
        ("core: 10, b: 10", "all", math.inf),
        ("core: {people: 10, ready: 5 h, starts: gate}, b: {people: 9, ready: 20 h}", 0, 2 + 5),
    ],
    ids=[
        "core",
        "unordered",
        "rear",
        "marked",
        "all",
        "residual",
        "all-stay",
        "nobody",
        "core-stays",
        "staying",
        "at-the-airport",
    ],
)
def test_a_mission_has_closed_when_its_core_staff_have_left(cohorts: str, residual: object, closed: float) -> None:
    r = run(CLOSED.format(cohorts=cohorts, residual=residual))
    assert r.mission("after")["ordered_h"] == closed


def test_a_mission_whose_core_staff_are_turned_back_and_give_up_has_not_closed() -> None:
    """All are turned back after 1 h, three times; its rear party is not waited for by anybody for ever."""
    text = CLOSED.format(cohorts="core: {people: 10, rear_party: {people: 2, destruction: 1 h}}", residual=0)
    r = run(text.replace("road: {drive: 1 h}", "road: {drive: 1 h, turn_back: 1, tries: 3, retry: 1 h}"))
    assert r.mission("after")["ordered_h"] == math.inf
    assert r.mission("m")["gave_up"] == 10


# -- who stays -------------------------------------------------------------------------------------------------------


def test_residual_of_a_cohort_stays() -> None:
    r = run("missions: {m: {order: {at: 1 h}, cohorts: {c: {people: 100, residual: 30}}}}")
    assert (r.total["evacuated"], r.total["staying"], r.total["to_move"]) == (70, 30, 70)
    assert r.out_h == 1
    assert stage(r, "staying") == [30, 30]


@pytest.mark.parametrize("people", ["100", "{uniform: [50, 150]}"])
def test_all_of_a_cohort_may_stay(people: str) -> None:
    r = run(f"missions: {{m: {{order: {{at: 1 h}}, cohorts: {{c: {{people: {people}, residual: all}}, d: 20}}}}}}")
    staff = r.total["staff"]
    assert (r.total["staying"], r.total["evacuated"], r.total["never_ordered"]) == (staff - 20, 20, 0)
    assert staff > 60


def heads(cohorts: str, ratios: str, n: int = 1) -> list[list[int]]:
    """Head counts of the cohorts of a mission in each of *n* replications."""
    made = plan(f"missions: {{m: {{order: {{at: 0 h}}, cohorts: {{{cohorts}}}}}}}\nratios: {{{ratios}}}")
    return [[int(x) for x in simulate(made, 1, k).cohorts["staff"]] for k in range(n)]


@pytest.mark.parametrize(
    ("local", "ratio", "people"),
    [(10, 4.1, 41), (5, 0.5, 3), (3, 0.5, 2), (1, 0.4, 0), (0, 4.1, 0), (7, 0, 0), (1, 1, 1)],
)
def test_a_head_count_that_is_a_multiple_is_rounded_half_up(local: int, ratio: float, people: int) -> None:
    assert heads(f"local: {local}, families: {{of: local, times: size}}", f"size: {ratio}") == [[people, local]]
    assert heads(f"local: {local}, families: {{people: {{of: local, times: size}}, residual: all}}", f"size: {ratio}") == [
        [people, local]
    ]


def test_the_multiple_of_what_is_drawn_is_that_of_the_draw() -> None:
    """Whichever of the two is drawn, or both: once each, for everybody who asks; the draw of the one moves no other."""
    drawn, ratio = "{uniform: [100, 900]}", "{uniform: [2, 5]}"
    alone = [x for (x,) in heads(f"local: {drawn}", "", 8)]
    fixed = heads(f"local: {drawn}, families: {{of: local, times: size}}", "size: 4.1", 8)
    assert [local for _, local in fixed] == alone
    assert len(set(alone)) > 4
    assert [families for families, _ in fixed] == [int(4.1 * local + 0.5) for local in alone]
    ratios = {
        families / 10_000 for families, *_ in heads("local: 10000, families: {of: local, times: size}", f"size: {ratio}", 8)
    }
    assert len(ratios) > 4
    assert all(2 <= x <= 5 for x in ratios)
    both = heads(
        f"local: {drawn}, families: {{of: local, times: size}}, friends: {{of: local, times: size}}", f"size: {ratio}", 8
    )
    assert [local for *_, local in both] == alone
    assert all(families == friends and 2 * local - 1 <= families <= 5 * local + 1 for families, friends, local in both)


def test_a_multiple_of_a_multiple() -> None:
    """15 people, half of them 8 (rounded half up), and half of these 4."""
    assert heads("a: 15, b: {of: a, times: half}, c: {of: b, times: half}", "half: 0.5") == [[15, 8, 4]]


def test_residual_of_a_mission_comes_from_the_cohorts_of_the_highest_priority_number() -> None:
    r = run(
        "missions: {m: {order: {at: 1 h}, residual: 25, cohorts: {a: {people: 50, priority: 0}, b: {people: 20, priority: 7}}}}"
    )
    assert (r.cohort("m/a")["staying"], r.cohort("m/b")["staying"]) == (5, 20)
    assert r.total["evacuated"] == 45


def test_everybody_stays() -> None:
    r = run("missions: {m: {order: {at: 1 h}, residual: all, cohorts: {a: 50}}, n: {order: {at: 2 h}, cohorts: {a: 10}}}")
    m = r.mission("m")
    assert (m["staying"], m["evacuated"], m["ordered_h"]) == (50, 0, INF)
    assert (m["t50_h"], m["t100_h"]) == (0, 0)
    assert r.out_h == 2


def test_a_mission_with_a_residual_presence_has_gone_when_the_others_left() -> None:
    r = run("""
        missions:
          m: {order: {at: 4 h}, residual: 3, cohorts: {a: 10}}
          n: {order: {when: gone m}, cohorts: {a: 10}}
    """)
    assert r.mission("n")["ordered_h"] == 4


def test_a_closed_mission_has_nobody_to_move_and_counts_as_gone() -> None:
    """Even if it is listed with people and an order, and even if the capital falls."""
    r = run("""
        clock: {start: 2021-08-01 00:00, horizon: 9 h}
        threat: {timeline: [{at: 5 h, level: fallen}], fallen: fallen}
        missions:
          m: {closed: 2021-05-28, order: {at: 1 h}, cohorts: {a: 10}}
          n: {order: {when: gone m}, cohorts: {a: 10}}
          o: {closed: 2021-08-01 03:00}
          p: {order: {when: gone o}, cohorts: {a: 10}}
    """)
    assert (r.mission("m")["ordered_h"], r.mission("m")["staying"]) == (INF, 10)
    assert r.mission("n")["ordered_h"] == 0
    assert r.mission("p")["ordered_h"] == 3
    assert (r.total["end"], r.out_h) == ("out", 3)


# -- orders ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "hour"),
    [
        ("{at: start}", 0),
        ("{at: 7 h}", 7),
        ("{at: 2021-08-02 06:00}", 30),
        ("{at: 2021-07-02}", 0),
        ("{at: 7 h, delay: 90 min}", 8.5),
        ("{at: 2021-07-31, delay: 30 h}", 6),
        ("{at: 2021-07-31, delay: 3 h}", 0),
        ("{at: {contested: 2 h}}", 22),
        ("{at: {ordered: 2 h}}", 3),
        ("{when: threat >= threatened}", 10),
        ("{when: threat >= contested}", 20),
        ("{when: threat >= stable}", 0),
        ("{when: [threat >= fallen, threat >= threatened], delay: 3 h}", 13),
        ("{when: gone first}", 1),
        ("{when: gone slow}", 1 + 5),
        ("{when: gone >= 30%}", 1),
        ("{when: gone >= 60%}", 6),
        ("{when: threat >= contested, at: 12 h}", 12),
        ("{when: threat >= contested, at: 30 h}", 20),
    ],
)
def test_what_gives_an_order(order: str, hour: float) -> None:
    """Two of three missions go of themselves: ``first`` at 1 h, ``slow`` at 1 + 5 h."""
    r = run(f"""
        clock: {{start: 2021-08-01 00:00}}
        threat: {{timeline: [{{at: 10 h, level: threatened}}, {{at: 20 h, level: contested}}, {{at: 40 h, level: fallen}}]}}
        missions:
          first: {{order: {{at: 1 h}}, cohorts: {{a: 10}}}}
          slow: {{order: {{at: 1 h}}, cohorts: {{a: 10, b: {{people: 10, ready: 5 h}}}}}}
          third: {{order: {order}, cohorts: {{a: 10}}}}
    """)
    assert r.mission("third")["ordered_h"] == pytest.approx(hour)
    assert r.mission("third")["t100_h"] == pytest.approx(hour)


@pytest.mark.parametrize(
    ("condition", "phases", "hour"),
    [
        ("provider absent", "[{begins: start, provider: none}]", 0),
        ("provider absent", "[{begins: start, provider: guard}]", 10 + 4),
        ("provider leaving", "[{begins: start, provider: guard}]", 10),
        ("provider leaving", "[{begins: start, provider: guard}, {begins: 6 h, provider: none}]", 6),
        ("provider absent", "[{begins: start, provider: guard}, {begins: 6 h, provider: none}]", 6 + 4),
        ("provider absent", "[]", INF),
    ],
)
def test_orders_by_the_provider(condition: str, phases: str, hour: float) -> None:
    """``guard`` begins to withdraw at 10 h, or when its phase ends; that takes 4 h."""
    r = run(f"""
        clock: {{horizon: 20 h}}
        security:
          providers: {{guard: {{force: {{headcount: 100, withdrawal: {{begins: 10 h, takes: 4 h}}}}}}}}
          phases: {phases}
        missions: {{m: {{order: {{when: {condition}}}, cohorts: {{a: 10}}}}}}
    """)
    assert r.mission("m")["ordered_h"] == hour


def test_a_provider_that_has_not_arrived_is_absent() -> None:
    r = run("""
        security: {providers: {guard: {arrival: 5 h, force: {}}}, phases: [{begins: 2 h, provider: guard}]}
        missions: {m: {order: {when: provider absent, delay: 1 h}, cohorts: {a: 10}}}
    """)
    assert r.mission("m")["ordered_h"] == 1


def test_closures_cascade() -> None:
    """Each mission that goes makes a larger share: a at 2 h, b one hour after 25 %, c after 50 %, d after 75 %."""
    r = run("""
        missions:
          a: {order: {at: 2 h}, cohorts: {x: 1}}
          b: {order: {when: gone >= 25%, delay: 1 h}, cohorts: {x: 1}}
          c: {order: {when: gone >= 50%, delay: 1 h}, cohorts: {x: 1}}
          d: {order: {when: gone >= 75%, delay: 1 h}, cohorts: {x: 1}}
    """)
    assert [r.mission(m)["ordered_h"] for m in "abcd"] == [2, 3, 4, 5]


def test_a_cascade_without_delay_happens_at_one_moment() -> None:
    r = run("""
        clock: {horizon: 9 h}
        missions:
          a: {order: {at: 2 h}, cohorts: {x: 1}}
          b: {order: {when: gone a}, cohorts: {x: 1}}
          c: {order: {when: gone b}, cohorts: {x: 1}}
          d: {order: {when: gone >= 90%}, cohorts: {x: 1}}
    """)
    assert [r.mission(m)["ordered_h"] for m in "abcd"] == [2, 2, 2, INF]


def test_a_mission_has_not_gone_while_a_cohort_waits_for_its_own_order() -> None:
    r = run("""
        missions:
          a: {order: {at: 1 h}, cohorts: {x: 5, y: {people: 5, order: {at: 8 h}}}}
          b: {order: {when: gone a}, cohorts: {x: 1}}
    """)
    assert (r.cohort("a/x")["ordered_h"], r.cohort("a/y")["ordered_h"]) == (1, 8)
    assert r.mission("a")["ordered_h"] == 1
    assert r.mission("b")["ordered_h"] == 8


def test_a_random_decision_is_taken_once_for_the_mission() -> None:
    runs = run_many(
        """
        missions:
          m:
            order: {at: 1 h, delay: {uniform: [2 h, 9 h]}}
            cohorts: {a: 10, b: 10, early: {people: 1, order: {at: 0 h}}}
        """,
        5,
    )
    hours = [r.cohort("m/a")["ordered_h"] for r in runs]
    assert hours == [r.cohort("m/b")["ordered_h"] for r in runs]
    assert all(3 < h < 10 for h in hours)
    assert len(set(hours)) == 5
    assert [r.total["wait_order"] for r in runs] == [20 * 1] * 5  # until somebody begins to decide
    assert [r.total["deciding"] for r in runs] == pytest.approx([20 * (h - 1) for h in hours])


# -- head counts -----------------------------------------------------------------------------------------------------


def test_a_random_head_count_is_drawn_per_replication() -> None:
    """Uniform on 100 to 200: 60 draws lie in it and their mean is 150 within 5 standard errors (18.6)."""
    runs = run_many("missions: {m: {order: {at: start}, cohorts: {a: {uniform: [100, 200]}}}}", 60)
    staff = [int(r.total["staff"]) for r in runs]
    assert all(100 <= n <= 200 for n in staff)
    assert len(set(staff)) > 30
    assert sum(staff) / 60 == pytest.approx(150, abs=5 * 100 / math.sqrt(12 * 60))
    assert [r.total["evacuated"] for r in runs] == staff


def test_a_residual_larger_than_a_random_head_count_keeps_everybody() -> None:
    r = run(
        "missions: {m: {order: {at: start}, cohorts: {a: {people: {choice: {values: [5]}}, residual: {choice: {values: [9]}}}}}}"
    )
    assert (r.total["staff"], r.total["staying"], r.total["end_h"]) == (5, 5, 0)
