"""Gates and eligibility check: lanes, officers, choice, hours, closing and reopening, priority, the holding area."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.gate_lines import Gate, lightest
from sim.scenario.schema import Gate as GateSpec
from tests.model.helpers import Run, run
from tests.model.way import moments, stage


def gate(people: str, gates: str, airport: str = "", rest: str = "") -> str:
    """Groups of 10 who are at the gates as soon as they are ordered."""
    return f"""
        clock: {{start: 2021-08-01 06:00, horizon: 4 d}}
        airport: {{gates: {{{gates}}}{airport}}}
        missions: {{m: {{order: {{at: 0 h}}, cohorts: {{c: {{{people}, group: 10, starts: gate}}}}}}}}
        {rest}
    """


# -- search ----------------------------------------------------------------------------------------------------------


def test_search_takes_time_for_the_group_and_each_person() -> None:
    r = run(gate("people: 25", "main: {lanes: 1, per_group: 30 min, per_person: 6 min/person}"))
    assert moments(r, "searched") == [1.5, 3.0, 4.0]
    assert r.waits() == {"search": 10 * 1.5 + 5 * 3.0}
    assert r.total["lane_utilisation"] == pytest.approx(1)


@pytest.mark.parametrize("lanes", [1, 2, 3, 7])
def test_lanes_work_side_by_side(lanes: int) -> None:
    """ceil(N / c) * s."""
    r = run(gate("people: 70", f"main: {{lanes: {lanes}, per_group: 1 h}}"))
    assert r.out_h == -(-7 // lanes)


@pytest.mark.parametrize(
    ("own", "out"),
    [("", 2.0), (", per_group: 1 h", 1.5), (", per_person: 6 min/person", 2.5), (", per_group: 0 h, per_person: 0 s/person", 0)],
)
def test_what_holds_for_all_gates_holds_where_a_gate_says_nothing_else(own: str, out: float) -> None:
    """10 people in one group: 1.5 h for the group and 3 min for each."""
    usual = ", search: {per_group: 1.5 h, per_person: 3 min/person}"
    assert run(gate("people: 10", f"main: {{lanes: 1{own}}}", usual)).out_h == pytest.approx(out)


def test_search_factors_of_the_cohort_and_of_the_threat_when_it_starts() -> None:
    """A level from 2.5 h triples the search; the service in progress keeps its time."""
    r = run(
        gate(
            "people: 20, search: 2",
            "main: {lanes: 1, per_group: 1 h}",
            rest="threat: {timeline: [{at: 1 h, level: contested}], effects: {contested: {search: 3}}}",
        )
    )
    assert moments(r, "searched") == [2, 2 + 3 * 2]


def test_priority_goes_first_at_the_gate() -> None:
    r = run("""
        airport: {gates: {main: {lanes: 1, per_group: 1 h}}}
        missions:
          m:
            order: {at: 0 h}
            cohorts: {late: {people: 20, group: 10, starts: gate, priority: 5}, first: {people: 10, starts: gate, ready: 30 min}}
    """)
    assert moments(r, "search", "m/late") == [0, 2]
    assert moments(r, "search", "m/first") == [1]


def test_starting_inside_skips_the_gate() -> None:
    r = run(gate("people: 10", "main: {lanes: 1, per_group: 5 h}").replace("starts: gate", "starts: holding"))
    assert r.out_h == 0


def test_zero_lanes() -> None:
    r = run(gate("people: 10", "main: {lanes: 0}"))
    assert (r.total["end"], r.total["unfinished"]) == ("horizon", 10)
    assert r.waits() == {"search": 10 * 96}


# -- eligibility -----------------------------------------------------------------------------------------------------


def test_officers_work_in_teams() -> None:
    """Five officers are two teams of two; a group takes 1 h and 10 people * 12 min / 2 officers."""
    r = run(gate("people: 40", "", ", consular: {officers: 5, team: 2, per_group: 1 h, per_person: 12 min/person}"))
    assert moments(r, "inside") == [2, 2, 4, 4]
    assert r.waits() == {"consular": 20 * 2}


def test_search_and_eligibility_are_two_resources_in_a_row() -> None:
    """One lane of 1 h and one team of 3 h: the team is the bottleneck, and the lane goes on meanwhile."""
    r = run(gate("people: 30", "main: {lanes: 1, per_group: 1 h}", ", consular: {officers: 1, per_group: 3 h}"))
    assert moments(r, "searched") == [1, 2, 3]
    assert moments(r, "inside") == [4, 7, 10]
    assert r.waits() == {"search": 10 * 1 + 10 * 2, "consular": 10 * 2 + 10 * 4}


def test_eligibility_factors() -> None:
    """The cohort's factor 2 and the level's factor 3; a cohort with factor 0 walks past the line."""
    r = run("""
        threat: {start: contested, effects: {contested: {consular: 3}}}
        airport: {consular: {officers: 1, per_group: 1 h}}
        missions:
          m:
            order: {at: 0 h}
            cohorts: {a: {people: 20, group: 10, starts: gate, consular: 2}, own: {people: 10, starts: gate, consular: 0}}
    """)
    assert moments(r, "inside", "m/a") == [6, 12]
    assert moments(r, "inside", "m/own") == [0]


def test_priority_goes_first_at_the_eligibility_check() -> None:
    r = run("""
        airport: {consular: {officers: 1, per_group: 1 h}}
        missions:
          m:
            order: {at: 0 h}
            cohorts: {late: {people: 20, group: 10, starts: gate, priority: 5}, first: {people: 10, starts: gate, ready: 30 min}}
    """)
    assert moments(r, "consular", "m/late") == [0, 2]
    assert moments(r, "consular", "m/first") == [1]


@pytest.mark.parametrize(("officers", "team"), [(0, 1), (2, 3)])
def test_too_few_officers_for_a_team(officers: int, team: int) -> None:
    r = run(gate("people: 10", "", f", consular: {{officers: {officers}, team: {team}}}"))
    assert r.total["unfinished"] == 10
    assert r.waits() == {"consular": 10 * 96}


def officers(number: int, *later: tuple[str, int], people: int = 40, rest: str = "") -> str:
    """Officers each alone with a group for 2 h; later numbers from the moments named."""
    steps = ", ".join(f"{{at: {at}, officers: {n}}}" for at, n in later)
    return gate(f"people: {people}", "", f", consular: {{officers: {number}, per_group: 2 h, build_up: [{steps}]}}", rest)


def test_more_officers_come() -> None:
    """One officer: groups start at 0; from 3 h on there are three: one is busy to 4 h, so two groups start at 3 h, one at 4 h."""
    r = run(officers(1, ("2021-08-01 09:00", 3), people=50))
    assert moments(r, "consular") == [0, 2, 3, 3, 4]
    assert r.waits() == {"consular": 10 * (2 + 3 + 3 + 4)}


def test_fewer_officers_finish_what_they_have_begun() -> None:
    """Two begin at 0 h; from 1 h on there is one: both end at 2 h, then one group after the other."""
    r = run(officers(2, ("2021-08-01 07:00", 1)))
    assert moments(r, "inside") == [2, 2, 4, 6]


def test_nobody_until_the_capital_falls() -> None:
    threat = "threat: {start: contested, levels: [contested, fallen], timeline: [{at: 2021-08-01 11:00, level: fallen}]}"
    r = run(officers(0, ("{fallen: 1 h}", 4), people=20, rest=threat))
    assert moments(r, "inside") == [5 + 1 + 2] * 2


def test_officers_who_wait_for_what_never_happens() -> None:
    r = run(officers(0, ("{fallen: 0 h}", 4), people=10, rest="threat: {start: contested, levels: [contested, fallen]}"))
    assert r.total["unfinished"] == 10
    assert r.waits() == {"consular": 10 * 96}


def test_the_last_of_two_numbers_at_one_moment_counts() -> None:
    r = run(officers(1, ("2021-08-01 08:00", 9), ("2021-08-01 08:00", 2), people=30))
    assert moments(r, "inside") == [2, 4, 4]


# -- which gate ------------------------------------------------------------------------------------------------------


def test_a_group_takes_the_gate_with_the_shortest_line_for_each_lane() -> None:
    """Twelve groups at one moment, a gate of one lane and one of two: four and eight of them."""
    r = run(gate("people: 120", "a: {lanes: 1, per_group: 1 h}, b: {lanes: 2, per_group: 1 h}"))
    gates = [c.gate for c in r.world.run.groups]
    assert (gates.count(0), gates.count(1)) == (4, 8)
    assert r.out_h == 4


def test_a_mission_uses_the_gates_that_it_may() -> None:
    r = run("""
        airport: {gates: {a: {lanes: 1, per_group: 1 h}, b: {lanes: 1, per_group: 1 h}}}
        missions:
          m: {gates: b, order: {at: 0 h}, cohorts: {c: {people: 20, group: 10, starts: gate}}}
          n: {order: {at: 0 h}, cohorts: {c: {people: 10, starts: gate}}}
    """)
    assert moments(r, "searched", "m/c") == [1, 2]
    assert moments(r, "searched", "n/c") == [1]


def test_a_cohort_uses_gates_of_its_own() -> None:
    """The mission's own (core) come in by the side gate b, everybody else by a; what shuts a stops only these."""
    r = run("""
        airport:
          gates: {a: {lanes: 1, per_group: 1 h}, b: {lanes: 1, per_group: 1 h}}
          closures: {x: {at: start, lasts: 5 h, closes: a}}
        missions:
          m:
            gates: a
            order: {at: 0 h}
            cohorts:
              core: {people: 20, group: 10, starts: gate, gates: b}
              local: {people: 10, starts: gate}
    """)
    assert moments(r, "searched", "m/core") == [1, 2]
    assert moments(r, "searched", "m/local") == [6]


def test_those_who_move_on_go_by_their_cohorts_gates() -> None:
    """a shuts after half an hour while b is at work: the core, who may use c, go there; the local staff, who may not, stay."""
    r = run("""
        airport:
          gates: {a: {lanes: 1, per_group: 1 h}, c: {lanes: 1, per_group: 1 h, hours: 08:00-20:00}}
          closures: {x: {at: 30 min, lasts: 9.5 h, closes: a}}
        clock: {start: 2021-08-01 06:00}
        missions:
          m:
            gates: a
            order: {at: 0 h}
            cohorts:
              core: {people: 20, group: 10, starts: gate, gates: [a, c]}
              local: {people: 10, starts: gate}
    """)
    assert moments(r, "searched", "m/core") == [1, 3]
    assert moments(r, "searched", "m/local") == [11]


def test_an_open_gate_before_a_shut_one() -> None:
    r = run(gate("people: 30", "a: {lanes: 5, per_group: 1 h, hours: 12:00-13:00}, b: {lanes: 1, per_group: 1 h}"))
    assert moments(r, "searched") == [1, 2, 3]


def test_those_at_a_shut_gate_go_to_one_that_opens() -> None:
    """Both shut at first, the line is shared; b opens two hours later and takes all of them."""
    r = run(
        gate("people: 40", "a: {lanes: 1, per_group: 1 h, hours: 00:00-06:00}, b: {lanes: 1, per_group: 1 h, hours: 08:00-23:00}")
    )
    assert moments(r, "searched") == [3, 4, 5, 6]
    assert {c.gate for c in r.world.run.groups} == {1}
    assert r.waits() == {"closure": 40 * 2, "search": 10 * (1 + 2 + 3)}


def test_a_wait_is_charged_to_the_gate_at_which_it_passed() -> None:
    """Two groups at each gate; a is closed by the crowd for good, b opens two hours later and takes the two from a as well."""
    text = gate(
        "people: 40",
        "a: {lanes: 4}, b: {lanes: 4, exposed: false, hours: 08:00-23:00}",
        ", crowd: {start: 100, close_above: 50}",
    )
    r = run(text)
    assert moments(r, "inside") == [2] * 4
    assert r.waits() == {"crowd": 20 * 2, "closure": 20 * 2}


def crews(number: int, gates: str, missions: str, more: str = "") -> Run:
    """A force with the headcount for so many lanes; each group of 10 takes an hour at one."""
    return run(f"""
        clock: {{start: 2021-08-01 06:00, horizon: 4 d}}
        airport: {{gates: {{{gates}}}{more}}}
        security:
          providers: {{guard: {{force: {{headcount: {40 + 20 * number}, perimeter: 40, per_lane: 20}}}}}}
          phases: [{{begins: start, provider: guard}}]
        missions: {{{missions}}}
    """)


def at_gate(name: str, people: int, gates: str = "", at: str = "0 h") -> str:
    cohort = f"{{people: {people}, group: 10, starts: gate}}"
    return f"{name}: {{order: {{at: {at}}}, gates: [{gates or name}], cohorts: {{c: {cohort}}}}}"


LANES = "a: {lanes: 5, rank: 1, per_group: 1 h}, z: {lanes: 5, rank: 0, per_group: 1 h}"
AT_SEVEN = LANES.replace("per_group", "hours: 07:00-05:00, per_group")
"""They open an hour after the start, when everybody is in line."""


def test_a_free_crew_goes_where_most_people_queue() -> None:
    """Three crews and lines of 60 and 20: three groups of a, then (30 and 20) one of a, the tie to z by its rank, one of a."""
    r = crews(3, AT_SEVEN, f"{at_gate('a', 60)}, {at_gate('z', 20)}")
    assert moments(r, "search", "a/c") == [1, 1, 1, 2, 2, 3]
    assert moments(r, "search", "z/c") == [2, 3]
    assert r.out_h == 4


def test_no_crew_stands_at_an_empty_gate() -> None:
    """A gate that only others may use takes nothing from the one where people queue, whatever its rank."""
    r = crews(2, LANES, f"{at_gate('a', 40)}, {at_gate('z', 10, at='50 h')}")
    assert moments(r, "search", "a/c") == [0, 0, 1, 1]
    assert r.waits() == {"headcount": 20 * 1}


def test_equal_lines_go_by_rank() -> None:
    r = crews(1, AT_SEVEN, f"{at_gate('a', 10)}, {at_gate('z', 10)}")
    assert (moments(r, "search", "z/c"), moments(r, "search", "a/c")) == ([1], [2])


def test_a_crew_finishes_the_group_that_it_began() -> None:
    """At half past, 30 more queue at a: z's group is finished first, and then a's line is the longest."""
    r = crews(1, LANES, f"{at_gate('z', 20)}, {at_gate('a', 30, at='30 min')}")
    assert moments(r, "search", "z/c") == [0, 3]
    assert moments(r, "search", "a/c") == [1, 2, 4]


def test_a_crew_leaves_a_gate_that_shuts() -> None:
    """Gate a shuts from half past to 5 h: its crew finishes and goes to z, and comes back."""
    shut = ", closures: {x: {at: 30 min, lasts: 270 min, closes: a}}"
    r = crews(1, LANES, f"{at_gate('a', 40)}, {at_gate('z', 20)}", shut)
    assert moments(r, "search", "a/c") == [0, 5, 6, 7]
    assert moments(r, "search", "z/c") == [1, 2]


def test_a_lane_that_nobody_mans_is_charged_to_headcount_and_a_manned_one_to_search() -> None:
    """Two crews and four lanes: those in line wait for soldiers; with two lanes they wait for the search."""
    four = crews(2, LANES.replace("5", "4"), at_gate("a", 40))
    two = crews(2, LANES.replace("5", "2"), at_gate("a", 40))
    assert (four.waits(), two.waits()) == ({"headcount": 20}, {"search": 20})


def test_crews_stop_where_the_holding_area_is_full() -> None:
    """Room for 20 and crews for three groups: two are searched, the third crew finds no room until they are out."""
    r = crews(3, AT_SEVEN, f"{at_gate('a', 30)}, {at_gate('z', 10)}", ", holding: 20")
    assert moments(r, "search", "a/c") == [1, 1, 2]
    assert moments(r, "search", "z/c") == [2]
    assert r.waits() == {"closure": 40 * 1, "search": 20 * 1}  # the room is taken by those who are searched


# -- hours, closures, reopening --------------------------------------------------------------------------------------


def test_opening_hours_and_reopening_time() -> None:
    """The clock starts at 06:00; open 08:00 to 10:00, first service 15 min after opening; a search that has begun is finished."""
    r = run(gate("people: 40", "main: {lanes: 1, per_group: 1 h, hours: 08:00-10:00, reopening: 15 min}"))
    assert moments(r, "search") == [2.25, 3.25, 26.25, 27.25]
    assert r.out_h == 28.25
    search = 10 * 1 + 20 * (4 - 2.25) - 0 * 26 + 10 * 1
    closure = 40 * 2.25 + 20 * (26.25 - 4)
    assert r.waits() == {"search": pytest.approx(search), "closure": pytest.approx(closure)}


@pytest.mark.parametrize("what", ["gates", "main"])
def test_a_closure_lets_the_service_in_progress_end(what: str) -> None:
    r = run(
        gate(
            "people: 30",
            "main: {lanes: 1, per_group: 1 h, reopening: 30 min}",
            f", closures: {{x: {{at: 90 min, lasts: 4 h, closes: {what}}}}}",
        )
    )
    assert moments(r, "search") == [0, 1, 1.5 + 4 + 0.5]
    assert r.waits() == {"search": 10 * 1 + 10 * 1.5, "closure": 10 * 4.5}


@pytest.mark.parametrize(
    ("second", "airport"),
    [("reopening: 1 h", ", closures: {x: {at: start, lasts: 1 h, closes: b}}"), ("hours: 08:00-20:00", "")],
    ids=["reopening", "hours"],
)
def test_a_gate_that_opens_at_the_moment_when_a_search_ends_opens_after_it(second: str, airport: str) -> None:
    """The only crew is free at 2 h: more people are in line at b, which opens then, but a's next are who it can take."""
    r = run(f"""
        clock: {{start: 2021-08-01 06:00}}
        security: {{providers: {{p: {{force: {{headcount: 10, per_lane: 10}}}}}}, phases: [{{begins: start, provider: p}}]}}
        airport: {{gates: {{a: {{lanes: 1, per_group: 2 h}}, b: {{lanes: 1, per_group: 2 h, {second}}}}}{airport}}}
        missions:
          absent: {{order: {{at: start}}, cohorts: {{c: 0, d: 0}}}}
          m: {{gates: [a], order: {{at: start}}, cohorts: {{c: {{people: 20, group: 10, starts: gate}}}}}}
          n: {{gates: [b], order: {{at: start}}, cohorts: {{c: {{people: 20, group: 20, starts: gate}}}}}}
    """)
    assert moments(r, "searched", "m/c") == [2, 4]
    assert moments(r, "searched", "n/c") == [6]


def test_a_closure_during_the_reopening_starts_it_again() -> None:
    r = run(
        gate(
            "people: 10",
            "main: {reopening: 2 h}",
            ", closures: {x: {at: start, lasts: 3 h, closes: main}, y: {at: 4 h, lasts: 30 min, closes: gates}}",
        )
    )
    assert moments(r, "search") == [4.5 + 2]
    assert r.waits() == {"closure": 10 * 6.5}


def test_closing_one_gate_leaves_the_other_open() -> None:
    r = run(
        gate(
            "people: 40",
            "a: {lanes: 1, per_group: 1 h}, b: {lanes: 1, per_group: 1 h}",
            ", closures: {x: {at: 30 min, lasts: 40 h, closes: a}}",
        )
    )
    assert moments(r, "searched") == [1, 1, 2, 3]


# -- the holding area ------------------------------------------------------------------------------------------------


FLIGHT = "lift: {types: {p: {seats: 20}}, fleets: {f: {aircraft: p, number: 2, available: 10 h}}}"


def test_a_full_holding_area_stops_the_gates() -> None:
    """Room for two groups: the other two are searched when the first aircraft has taken those inside."""
    r = run(gate("people: 40", "main: {lanes: 1, per_group: 1 h}", ", holding: 25", FLIGHT))
    assert moments(r, "searched") == [1, 2, 11, 12]
    assert stage(r, "holding")[:11] == [0, 10, *[20] * 8, 0]
    assert max(stage(r, "holding")) <= 25
    assert r.waits()["seats"] == pytest.approx(10 * 9 + 10 * 8 + 20 * (10 - 2))


def test_room_is_taken_when_the_search_begins() -> None:
    """Ten lanes, but room for one group: they do not all start."""
    r = run(
        gate(
            "people: 40",
            "main: {lanes: 10, per_group: 1 h}",
            ", holding: 10",
            FLIGHT.replace("seats: 20", "seats: 10").replace("number: 2", "number: 4"),
        )
    )
    assert moments(r, "search") == [0, 10, 11, 12]
    assert r.out_h == 13


def test_those_who_start_inside_wait_for_room_too() -> None:
    r = run(gate("people: 30", "", ", holding: 20", FLIGHT).replace("starts: gate", "starts: holding"))
    assert moments(r, "inside") == [0, 0, 10]
    assert max(stage(r, "holding")) == 20


def test_no_group_is_larger_than_the_holding_area() -> None:
    r = run(gate("people: 30", "main: {}", ", holding: 5", FLIGHT.replace("number: 2", "number: 9")))
    assert r.total["evacuated"] == 30
    assert max(stage(r, "holding")) <= 5


def test_the_room_of_those_who_are_out_without_lift_is_free_again() -> None:
    """The eligibility check is the last stage: one group inside at a time."""
    r = run(gate("people: 30", "main: {lanes: 1}", ", holding: 10, consular: {officers: 5, per_group: 1 h}"))
    assert moments(r, "inside") == [1, 2, 3]
    assert r.waits() == {"consular": 10 * 1 + 10 * 2}


def test_no_room_at_all() -> None:
    r = run(gate("people: 3", "main: {}", ", holding: 0", FLIGHT))
    assert r.total["unfinished"] == 3


# -- which gate ------------------------------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, math.inf]), st.integers(0, 4), st.integers(0, 3)),
        min_size=1,
        max_size=5,
    )
)
@settings(deadline=None, derandomize=True, max_examples=400)
def test_a_group_goes_to_the_manned_gate_with_the_shortest_line_for_each_lane(state: list[tuple[float, int, int]]) -> None:
    """(lanes, in line, in service) of each gate; manned before unmanned, then people for each lane, ties to the first."""
    for priorities in ((0,), (0, 1)):
        gates = []
        for i, (lanes, line, busy) in enumerate(state):
            gate = Gate(i, str(i), GateSpec(), lanes, 0, priorities, False)
            gate.busy = busy
            for _ in range(line):
                gate.queue.append(None) if len(priorities) == 1 else gate.queue.push(None, 1)
            gates.append(gate)
        order = [(n < 1, (line + busy) / n if n >= 1 else line, i) for i, (n, line, busy) in enumerate(state)]
        assert lightest(gates).index == min(order)[2]
