"""The road: drives, vehicles that come back, convoys, permission, checkpoints, turn-back, curfew, closure, escorts."""

from __future__ import annotations

import pytest

from tests.model.helpers import run
from tests.model.way import hourly, moments, sizes, stage


def mission(cohort: str, order: str = "{at: start}") -> str:
    """One mission with one cohort."""
    return f"missions: {{m: {{order: {order}, cohorts: {{c: {{{cohort}}}}}}}}}"


# -- driving ---------------------------------------------------------------------------------------------------------


def test_drive_is_the_missions_own_or_distance_by_speed_or_the_roads() -> None:
    r = run("""
        road: {drive: 3 h, speed: 20 km/h}
        missions:
          a: {order: {at: 1 h}, drive: 30 min, distance: 100 km, cohorts: {x: 1}}
          b: {order: {at: 1 h}, distance: 5 km, cohorts: {x: 1}}
          c: {order: {at: 1 h}, cohorts: {x: 1}}
    """)
    assert [r.mission(m)["t100_h"] for m in "abc"] == [1 + 0.5, 1 + 5 / 20, 1 + 3]
    assert r.waits() == {}
    assert stage(r, "road") == [0, 3, 1, 1, 0]


def test_the_threat_acts_on_drives_that_start_under_it() -> None:
    """Level from 1.5 h: one group left at 1 h in quiet conditions, the other leaves at 2 h at a third of the speed."""
    r = run(f"""
        threat: {{timeline: [{{at: 90 min, level: contested}}], effects: {{contested: {{road: 3}}}}}}
        road: {{drive: 4 h}}
        {mission("people: 20, group: 10, gap: 1 h")}
    """)
    assert moments(r, "arrive") == [1 + 4, 2 + 3 * 4]


# -- vehicles --------------------------------------------------------------------------------------------------------


def test_one_bus_comes_back_for_the_next_load() -> None:
    """Based at the mission: load k leaves after k round trips of two drives."""
    r = run(f"""
        road: {{drive: 1 h}}
        vehicles: {{bus: {{seats: 20, number: 1}}}}
        {mission("people: 50, vehicles: bus")}
    """)
    assert sizes(r) == [20, 20, 10]
    assert moments(r, "depart") == [0, 2, 4]
    assert moments(r, "arrive") == [1, 3, 5]
    assert r.waits() == {"vehicle": 20 * 2 + 10 * 4}
    assert stage(r, "transport") == [30, 30, 10, 10, 0, 0]


def test_a_bus_based_at_the_airport_comes_out_empty_first() -> None:
    r = run(f"""
        road: {{drive: 1 h}}
        vehicles: {{bus: {{seats: 20, number: 1, based: airport}}}}
        {mission("people: 50, vehicles: bus")}
    """)
    assert moments(r, "depart") == [1, 3, 5]
    assert moments(r, "arrive") == [2, 4, 6]
    assert r.waits() == {"vehicle": 20 * 1 + 20 * 3 + 10 * 5}


def test_vehicles_are_shared_in_order_of_readiness_and_priority() -> None:
    """One bus; ``b`` asked first and has it; of those who wait then, the lower priority number goes first."""
    r = run("""
        road: {drive: 1 h}
        vehicles: {bus: {seats: 20, number: 1}}
        missions:
          a: {order: {at: 30 min}, cohorts: {x: {people: 5, vehicles: bus, priority: 2}}}
          b: {order: {at: 0 h}, cohorts: {x: {people: 5, vehicles: bus, priority: 3}}}
          c: {order: {at: 1 h}, cohorts: {x: {people: 5, vehicles: bus, priority: 1}}}
          d: {order: {at: 1 h}, cohorts: {x: 5}}
    """)
    assert [moments(r, "depart", f"{m}/x") for m in "abcd"] == [[4], [0], [2], [1]]


def test_two_pools_are_two_pools() -> None:
    r = run("""
        road: {drive: 1 h}
        vehicles: {bus: {seats: 20, number: 2}, van: {seats: 5, number: 1}}
        missions: {m: {order: {at: 0 h}, cohorts: {a: {people: 60, vehicles: bus}, b: {people: 10, vehicles: van}}}}
    """)
    assert moments(r, "depart", "m/a") == [0, 0, 2]
    assert moments(r, "depart", "m/b") == [0, 2]


def test_a_convoy_gives_its_vehicles_back_together() -> None:
    r = run(f"""
        road: {{drive: 1 h, convoy: {{vehicles: 2, patience: 1 h}}}}
        vehicles: {{bus: {{seats: 10, number: 2}}}}
        {mission("people: 40, vehicles: bus")}
    """)
    assert moments(r, "depart") == [0, 0, 2, 2]


# -- convoys ---------------------------------------------------------------------------------------------------------


def test_a_convoy_waits_for_its_vehicles_within_its_patience() -> None:
    """Groups at 1, 2, ... 5 h; convoys of three; the third convoy place is not filled within 1.5 h of the first."""
    patient = run(f"road: {{convoy: {{vehicles: 3, patience: 5 h}}}}\n{mission('people: 50, group: 10, gap: 1 h')}")
    assert moments(patient, "depart") == [3, 3, 3, 4 + 5, 4 + 5]
    hasty = run(f"road: {{convoy: {{vehicles: 3, patience: 90 min}}}}\n{mission('people: 50, group: 10, gap: 1 h')}")
    assert moments(hasty, "depart") == [1 + 1.5, 1 + 1.5, 3 + 1.5, 3 + 1.5, 5 + 1.5]
    waited = 10 * (1.5 + 0.5 + 1.5 + 0.5 + 1.5)
    assert hasty.waits() == {"vehicle": waited}


def test_cohorts_of_a_mission_drive_together_if_nothing_sets_them_apart() -> None:
    """a and b fill a convoy of two; c has its own order and d another escort, so each of them waits out its patience."""
    r = run("""
        road: {convoy: {vehicles: 2, patience: 5 h}, escorts: {police: {}}}
        missions:
          m: {order: {at: 0 h}, cohorts: {a: 10, b: 10, c: {people: 10, order: {at: 0 h}}, d: {people: 10, escort: police}}}
          n: {order: {at: 0 h}, cohorts: {a: 10}}
    """)
    assert [moments(r, "depart", f"m/{c}") for c in "abcd"] == [[0], [0], [5], [5]]
    assert moments(r, "depart", "n/a") == [5]


def test_headway_between_convoys_of_a_mission() -> None:
    r = run("""
        road: {drive: 1 h, convoy: {headway: 45 min}}
        missions: {m: {order: {at: 2 h}, cohorts: {a: {people: 30, group: 10}}}, n: {order: {at: 2 h}, cohorts: {a: 10}}}
    """)
    assert moments(r, "depart", "m/a") == [2, 2.75, 3.5]
    assert moments(r, "depart", "n/a") == [2]
    assert r.waits() == {"vehicle": 10 * 0.75 + 10 * 1.5}


def test_headway_holds_after_a_closure_too() -> None:
    """Four convoys are ready at once; the road closes from 0.5 to 10 h; those who were held leave one by one."""
    r = run(f"""
        road: {{drive: 1 h, convoy: {{headway: 1 h}}}}
        airport: {{closures: {{x: {{at: 30 min, lasts: 9.5 h, closes: road}}}}}}
        {mission("people: 40, group: 10")}
    """)
    assert moments(r, "depart") == [0, 10, 11, 12]
    assert r.waits()["closure"] == pytest.approx(10 * (9 + 8 + 7))


def test_headway_holds_for_those_who_waited_for_an_escort() -> None:
    """Both teams return at 6 h (3 h there and back), when two convoys of m wait for them."""
    r = run("""
        road: {drive: 3 h, escorts: {police: {teams: 2}}, convoy: {headway: 1 h}}
        missions:
          a: {order: {at: 0 h}, cohorts: {x: {people: 10, escort: police}}}
          b: {order: {at: 0 h}, cohorts: {x: {people: 10, escort: police}}}
          m: {order: {at: 1 h}, cohorts: {x: {people: 20, group: 10, escort: police}}}
    """)
    assert moments(r, "depart", "m/x") == [6, 7]
    assert r.out_h == 10


# -- permission ------------------------------------------------------------------------------------------------------


def test_negotiation_is_once_for_each_mission_and_each_order() -> None:
    """Cohorts under the mission's order share the permission; one with an order of its own asks again; n asks for itself."""
    r = run("""
        road: {drive: 1 h, negotiation: 3 h}
        missions:
          m:
            order: {at: 0 h}
            cohorts: {a: 10, b: {people: 10, ready: 2 h}, c: {people: 10, ready: 8 h}, d: {people: 10, order: {at: 10 h}}}
          n: {order: {at: 5 h}, cohorts: {a: 10}}
    """)
    assert [moments(r, "depart", f"m/{c}") for c in "abcd"] == [[3], [3], [8], [10 + 3]]
    assert moments(r, "depart", "n/a") == [5 + 3]
    assert r.waits()["permission"] == 10 * (3 + 1 + 0 + 3 + 3)


COLLAPSE = """
    security:
      providers: {{none: {{}}}}
      phases: [{{begins: start, provider: none}}]
      host: {{collapse: {{at: 4 h}}, after: {{{after}}}}}
    road: {{drive: 1 h, {road}}}
    missions: {{m: {{order: {{at: 0 h}}, cohorts: {{{cohorts}}}}}}}
"""


def test_permission_is_negotiated_again_after_the_collapse() -> None:
    r = run(
        COLLAPSE.format(
            after="negotiation: 3 h",
            road="negotiation: 2 h",
            cohorts="a: 10, b: {people: 10, ready: 7 h}, c: {people: 10, ready: 9 h}",
        )
    )
    assert [moments(r, "depart", f"m/{c}") for c in "abc"] == [[2], [7 + 3], [7 + 3]]


def test_those_who_wait_for_the_old_permission_ask_the_new_masters() -> None:
    """Before the collapse it would have come at 10 h."""
    r = run(COLLAPSE.format(after="negotiation: 3 h", road="negotiation: 10 h", cohorts="a: 10"))
    assert moments(r, "depart") == [4 + 3]
    assert r.waits() == {"permission": 10 * (4 + 3)}


def test_passage_after_the_collapse() -> None:
    """Driving x 2, five checkpoints of 30 min instead of one of 6 min."""
    r = run(
        COLLAPSE.format(
            after="road: 2, checkpoints: 5, delay: 30 min",
            road="checkpoints: 1, delay: 6 min",
            cohorts="a: 10, b: {people: 10, ready: 6 h}",
        )
    )
    assert moments(r, "arrive") == [1 + 0.1, pytest.approx(6 + 2 + 5 * 0.5)]


def test_checkpoints_delay_and_the_threat_multiplies_them() -> None:
    r = run(f"""
        threat: {{start: contested, effects: {{contested: {{checkpoint: 4, road: 2}}}}}}
        road: {{drive: 1 h, checkpoints: 3, delay: 10 min}}
        {mission("people: 12")}
    """)
    assert r.out_h == pytest.approx(2 * 1 + 4 * 3 / 6)
    assert r.waits() == {"permission": pytest.approx(12 * 2)}
    assert hourly(r, "permission") == [0, 0, 0, 12, 12]


def test_who_arrives_at_the_same_moment_lines_up_in_the_order_of_the_cohorts() -> None:
    """An hour's drive and half an hour at a checkpoint for both; one lane takes an hour for each group."""
    r = run("""
        road: {drive: 1 h, checkpoints: 1, delay: 30 min}
        airport: {gates: {main: {lanes: 1, per_group: 1 h}}}
        missions: {m: {order: {at: start}, cohorts: {a: {people: 20, group: 10}, b: 10}}}
    """)
    assert moments(r, "searched", "m/a") == [2.5, 3.5]
    assert moments(r, "searched", "m/b") == [4.5]


def test_hours_at_checkpoints_count_up_to_the_horizon() -> None:
    """An hour's drive, then 9 h at a checkpoint, of which 4 before the end."""
    r = run(f"clock: {{horizon: 5 h}}\nroad: {{drive: 1 h, checkpoints: 1, delay: 9 h}}\n{mission('people: 10')}")
    assert r.waits() == {"permission": 10 * 4}


# -- turned back -----------------------------------------------------------------------------------------------------


def test_turned_back_while_the_level_lasts() -> None:
    """A try costs drive + delay + retry = 2 + 0.5 + 1 h; the third starts at 7 h, when nobody is turned back any more."""
    r = run(f"""
        threat:
          timeline: [{{at: start, level: contested}}, {{at: 6 h, level: stable}}]
          effects: {{contested: {{turn_back: 1}}}}
        road: {{drive: 2 h, checkpoints: 1, delay: 30 min, retry: 1 h}}
        {mission("people: 10")}
    """)
    assert [c.tries for c in r.world.run.groups] == [2]
    assert moments(r, "depart") == [0]
    assert r.out_h == 2 * 3.5 + 2.5
    assert r.waits() == {"permission": 10 * (2 * 3.5 + 0.5)}


def test_tries_follow_the_chance() -> None:
    """With chance 0.5 the tries lost are geometric with mean 1, sd sqrt(2): 400 groups are within 5 standard errors (0.35)."""
    r = run(f"""
        road: {{drive: 1 h, retry: 1 h, turn_back: 50%}}
        {mission("people: 400, group: 1")}
    """)
    tries = [c.tries for c in r.world.run.groups]
    assert sum(tries) / 400 == pytest.approx(1, abs=5 * 2**0.5 / 20)
    assert all(c.arrive == pytest.approx(2 * c.tries + 1) for c in r.world.run.groups)
    first = r.world.run.streams[
        r.world.cohorts[0].ways[0].mode.turned
    ]  # whatever else happens, a group's first try has its own draw
    assert [c.tries > 0 for c in r.world.run.groups] == [first.at(c.number) < 0.5 for c in r.world.run.groups]


def test_a_chance_after_the_collapse_replaces_the_roads() -> None:
    r = run(COLLAPSE.format(after="turn_back: 0", road="turn_back: 1, retry: 2 h", cohorts="a: 10"))
    assert [c.tries for c in r.world.run.groups] == [2]
    assert r.out_h == 2 * (1 + 2) + 1


def test_a_bus_stays_with_a_convoy_that_is_turned_back() -> None:
    r = run(f"""
        clock: {{horizon: 24 h}}
        threat:
          timeline: [{{at: start, level: contested}}, {{at: 90 min, level: stable}}]
          effects: {{contested: {{turn_back: 1}}}}
        road: {{drive: 1 h, retry: 1 h}}
        vehicles: {{bus: {{seats: 10, number: 1}}}}
        {mission("people: 20, vehicles: bus")}
    """)
    assert moments(r, "arrive") == [3, 5]


# -- curfew and closure ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "leaves"), [("20:00", 3 + 6), ("18:00", 3), ("04:59", 3), ("22:00", 3 + 4)])
def test_nobody_leaves_during_the_curfew(start: str, leaves: float) -> None:
    """Ready 3 h after the start; the curfew is from 22:00 to 05:00."""
    r = run(f"""
        clock: {{start: 2021-08-01 {start}}}
        road: {{drive: 8 h, curfew: 22:00-05:00}}
        {mission("people: 10, ready: 3 h")}
    """)
    assert moments(r, "depart") == [leaves]
    assert r.out_h == leaves + 8
    assert r.waits().get("permission", 0) == 10 * (leaves - 3)


def test_a_closed_road_holds_those_who_have_not_left() -> None:
    r = run(f"""
        road: {{drive: 2 h}}
        airport: {{closures: {{x: {{at: 1.5 h, lasts: 5 h, closes: road}}}}}}
        {mission("people: 20, group: 10, gap: 1 h")}
    """)
    assert moments(r, "depart") == [1, 6.5]
    assert moments(r, "arrive") == [3, 8.5]
    assert (r.waits(), r.total["doing_road"]) == ({"closure": 10 * 4.5}, 20 * 2)
    assert stage(r, "transport") == [0, 0, 10, 10, 10, 10, 10, 0, 0, 0]


# -- escort ----------------------------------------------------------------------------------------------------------


def test_an_escort_changes_everything_on_the_way() -> None:
    """Drive 2 h x 0.5, two checkpoints of 1 h x 0.25, its own negotiation, and nobody is turned back."""
    r = run(f"""
        road:
          drive: 2 h
          checkpoints: 2
          delay: 1 h
          negotiation: 9 h
          turn_back: 1
          retry: 1 h
          escorts: {{police: {{road: 0.5, delay: 0.25, negotiation: 1 h}}}}
        {mission("people: 10, escort: police")}
    """)
    assert moments(r, "depart") == [1]
    assert r.out_h == 1 + 2 * 0.5 + 2 * 0.25
    assert r.waits() == {"permission": 10 * (1 + 0.5)}


@pytest.mark.parametrize(
    ("road", "vehicles", "leaves"),
    [
        ("negotiation: 3 h", "", 3),
        ("convoy: {vehicles: 2, patience: 4 h}", "", 4),
        ("", "vehicles: {bus: {seats: 10, based: airport}}", 1),  # the empty buses are there at the same moment
    ],
    ids=["permission", "patience", "buses"],
)
def test_who_can_leave_at_the_same_moment_leaves_in_the_order_of_the_cohorts(road: str, vehicles: str, leaves: float) -> None:
    """One escort team for two missions, an hour there and an hour back: the second leaves two hours after the first."""
    pool = ", vehicles: bus" if vehicles else ""
    r = run(f"""
        clock: {{start: 2021-08-01 00:00}}
        road: {{drive: 1 h, escorts: {{police: {{teams: 1, negotiation: {3 if "negotiation" in road else 0} h}}}}, {road}}}
        {vehicles}
        missions:
          a: {{order: {{at: start}}, cohorts: {{c: {{people: 10, escort: police{pool}}}}}}}
          b: {{order: {{at: start}}, cohorts: {{c: {{people: 10, escort: police{pool}}}}}}}
    """)
    assert moments(r, "depart", "a/c") == [leaves]
    assert moments(r, "depart", "b/c") == [leaves + 2]


def test_who_may_leave_when_the_curfew_ends_leaves_in_the_order_of_the_cohorts() -> None:
    """From midnight to five o'clock; an hour's drive, and one lane takes an hour for each group."""
    r = run("""
        clock: {start: 2021-08-01 00:00}
        road: {drive: 1 h, curfew: 22:00-05:00}
        airport: {gates: {main: {lanes: 1, per_group: 1 h}}}
        missions:
          a: {order: {at: start}, cohorts: {c: 10}}
          b: {order: {at: start}, cohorts: {c: 10}}
    """)
    assert moments(r, "searched", "a/c") == [5 + 1 + 1]
    assert moments(r, "searched", "b/c") == [5 + 1 + 2]


def test_who_is_escorted_by_teams_back_at_the_same_moment_leaves_in_the_order_of_the_cohorts() -> None:
    """An hour between departures; the first convoys leave at 0 and 2 h, and their teams, 3 h and 2 h a way, are back at 6 h."""
    r = run("""
        road:
          drive: 2 h
          convoy: {headway: 1 h}
          escorts: {slow: {teams: 1, road: 1.5}, quick: {teams: 1}}
        missions:
          m:
            order: {at: start}
            cohorts: {a: {people: 20, group: 10, escort: slow}, b: {people: 20, group: 10, escort: quick}}
    """)
    assert moments(r, "depart", "m/a") == [0, 6]
    assert moments(r, "depart", "m/b") == [2, 7]


def test_an_escort_team_takes_one_convoy_at_a_time() -> None:
    """One team; it is back after twice the drive."""
    r = run("""
        road: {drive: 1 h, escorts: {police: {teams: 1}}}
        missions:
          a: {order: {at: 0 h}, cohorts: {x: {people: 20, group: 10, escort: police}}}
          b: {order: {at: 1 h}, cohorts: {x: {people: 10, escort: police}, y: 10}}
    """)
    assert moments(r, "depart", "a/x") == [0, 2]
    assert moments(r, "depart", "b/x") == [4]
    assert moments(r, "depart", "b/y") == [1]
    assert r.waits()["vehicle"] == 10 * 2 + 10 * 3


def test_a_team_that_is_free_takes_the_next_who_can_leave() -> None:
    """The team is back at 7 h, after the collapse: both who wait for it ask the new masters then, not one after the other."""
    r = run("""
        clock: {horizon: 40 h}
        security: {providers: {none: {}}, phases: [{begins: start, provider: none}], host: {collapse: {at: 5 h}}}
        road: {drive: 3 h, negotiation: 1 h, escorts: {police: {teams: 1, negotiation: 1 h}}}
        missions:
          a: {order: {at: 0 h}, cohorts: {x: {people: 20, group: 10, escort: police}}}
          b: {order: {at: 0 h}, cohorts: {x: {people: 10, escort: police}}}
    """)
    first = 1.0
    assert moments(r, "depart", "a/x") == [first, first + 6 + 1]
    assert moments(r, "depart", "b/x") == [first + 6 + 1 + 6]
    assert r.total["end"] == "out"


def test_no_vehicle_no_way() -> None:
    r = run(f"""
        clock: {{horizon: 10 h}}
        vehicles: {{bus: {{seats: 10, number: 0}}}}
        {mission("people: 20, vehicles: bus")}
    """)
    assert (r.total["end"], r.total["unfinished"]) == ("horizon", 20)
    assert r.waits() == {"vehicle": 20 * 10}
