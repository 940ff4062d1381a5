"""The root cause of every waiting hour: one small scenario for each cause, and chains that are followed downstream."""

from __future__ import annotations

import math

import pytest

from sim.model.gate_lines import Gate
from sim.model.names import CAUSES
from tests.model.helpers import Run, run
from tests.model.way import hourly

LIFT = "lift: {types: {p: {seats: 10}}, fleets: {f: {aircraft: p}}}"
INSIDE = "missions: {m: {order: {at: 1 h}, cohorts: {c: {people: 10, starts: holding}}}}"
GATE = "missions: {m: {order: {at: 1 h}, cohorts: {c: {people: 10, starts: gate}}}}"
HOME = "missions: {m: {order: {at: 1 h}, cohorts: {c: {people: 10}}}}"

ALONE = {
    "order": (
        """
        missions: {m: {cohorts: {c: {people: 10, order: {at: 5 h}}, d: {people: 3, order: {at: 1 h}}}}}
        """,
        10 * (5 - 1),
    ),
    "readiness": (
        # the rear party has done its work after 2 h and goes with the last of the others
        """
        missions:
          m: {order: {at: 1 h}, cohorts: {c: {people: 10, ready: 7 h, rear_party: {people: 2, destruction: 2 h}}}}
        """,
        2 * (7 - 2),
    ),
    "vehicle": (
        """
        road: {drive: 2 h}
        vehicles: {bus: {seats: 5, number: 1}}
        missions: {m: {order: {at: 1 h}, cohorts: {c: {people: 10, vehicles: bus}}}}
        """,
        5 * (2 + 2),
    ),
    "permission": (f"road: {{negotiation: 3 h, checkpoints: 2, delay: 15 min}}\n{HOME}", 10 * (3 + 0.5)),
    "crowd": (
        f"airport: {{gates: {{g: {{}}}}, crowd: {{start: 900, close_above: 800, open_below: 100, dispersal: 1 /h}}}}\n{GATE}",
        None,
    ),
    "search": (
        """
        airport: {gates: {g: {lanes: 1, per_group: 2 h}}}
        missions: {m: {order: {at: 1 h}, cohorts: {c: {people: 30, group: 10, starts: gate}}}}
        """,
        10 * (2 + 4),
    ),
    "consular": (
        """
        airport: {consular: {officers: 1, per_group: 2 h}}
        missions: {m: {order: {at: 1 h}, cohorts: {c: {people: 30, group: 10, starts: gate}}}}
        """,
        10 * (2 + 4),
    ),
    "holding": (
        # an aircraft waits 6 h for a full load, but only half of it finds room inside
        """
        airport: {gates: {g: {}}, holding: 10}
        lift: {types: {p: {seats: 20}}, fleets: {f: {aircraft: p, number: 2, wait_for: 100%, patience: 6 h, sorties: 1}}}
        missions: {m: {order: {at: start}, cohorts: {c: {people: 20, group: 10, starts: gate}}}}
        """,
        None,
    ),
    "seats": (f"{LIFT.replace('aircraft: p', 'aircraft: p, available: 9 h')}\n{INSIDE}", 10 * (9 - 1)),
    "stand": (
        # the only stand is held for 6 h by an aircraft that serves others only
        """
        airport: {airfield: {stands: {s: {number: 1}}}}
        lift:
          types: {p: {seats: 3, stand: s, load: 6 h}, q: {seats: 10, stand: s}}
          fleets:
            a: {aircraft: p, serves: n, loading: own-only, sorties: 1}
            b: {aircraft: q, serves: m, loading: own-only}
        missions:
          m: {order: {at: start}, cohorts: {c: {people: 10, starts: holding}}}
          n: {order: {at: start}, cohorts: {c: {people: 3, starts: holding}}}
        """,
        10 * 6,
    ),
    "runway": (
        # a landing takes 2 h; the take-off is not waited for
        f"airport: {{airfield: {{runway: {{day: 2 h}}}}}}\n{LIFT}\n{INSIDE}",
        10 * 2,
    ),
    "service": (
        # nobody runs the tower until the operator arrives
        f"""
        security: {{providers: {{guard: {{arrival: 8 h, operator: {{}}}}}}, phases: [{{begins: start, provider: guard}}]}}
        {LIFT}
        {INSIDE}
        """,
        10 * (8 - 1),
    ),
    "headcount": (
        # the force that mans the lane comes late
        """
        airport: {gates: {g: {lanes: 1}}}
        security:
          providers: {guard: {arrival: 8 h, force: {headcount: 10, per_lane: 10}}}
          phases: [{begins: start, provider: guard}]
        missions: {m: {order: {at: 1 h}, cohorts: {c: {people: 10, starts: gate}}}}
        """,
        10 * (8 - 1),
    ),
    "closure": (f"airport: {{closures: {{x: {{at: start, lasts: 6 h, closes: runway}}}}}}\n{LIFT}\n{INSIDE}", 10 * (6 - 1)),
    "hub": (f"hubs: {{h: {{opens: 7 h}}}}\n{LIFT.replace('aircraft: p', 'aircraft: p, hubs: h')}\n{INSIDE}", 10 * (7 - 1)),
}


def test_there_is_a_scenario_for_every_cause() -> None:
    assert tuple(ALONE) == CAUSES


@pytest.mark.parametrize("cause", [c for c in CAUSES if ALONE[c][1] is not None])
def test_the_whole_wait_is_charged_to_one_cause(cause: str) -> None:
    text, hours = ALONE[cause]
    r = run(text)
    assert r.waits() == {cause: pytest.approx(hours)}
    assert r.total["end"] == "out"
    assert set(r.timeline["bottleneck"]) == {"none", cause}


def test_no_activity_is_a_bottleneck() -> None:
    """Getting ready takes 7 h of ten people; nobody waits for anything."""
    r = run("missions: {m: {order: {at: 1 h}, cohorts: {c: {people: 10, ready: 7 h}}}}")
    assert (r.waits(), set(r.timeline["bottleneck"])) == ({}, {"none"})
    assert r.total["doing_ready"] == 10 * 7


def test_crowd_alone() -> None:
    """900 people above 800 leave at a rate of 1/h; the gates open when 100 are left, after ln 9 hours."""
    r = run(ALONE["crowd"][0])
    assert r.waits() == {"crowd": pytest.approx(10 * (math.log(9) - 1))}


def test_holding_alone() -> None:
    """Those who find no room wait for the holding area; those inside wait for the aircraft to be filled, which is seats."""
    r = run(ALONE["holding"][0])
    assert r.departures() == [(6, 10), (6, 10)]
    assert r.waits() == {"holding": 10 * 6, "seats": 10 * 6}
    assert hourly(r, "holding") == [0, *[10] * 6]


# -- chains ----------------------------------------------------------------------------------------------------------


def chain(airport: str, fleet: str = "", rest: str = "", people: int = 40, type_: str = "") -> Run:
    """Groups of 10 at a gate, room for 10 inside, one aircraft of 10 seats that is back at once."""
    return run(f"""
        clock: {{horizon: 3 d}}
        airport: {{gates: {{g: {{}}}}, holding: 10{airport}}}
        lift: {{types: {{p: {{seats: 10{type_}}}}}, fleets: {{f: {{aircraft: p{fleet}}}}}}}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: {{people: {people}, group: 10, starts: gate}}}}}}}}
        {rest}
    """)


def test_gate_stopped_by_holding_full_by_no_seats_by_hub_full() -> None:
    """Ten beds and one person an hour onward: a load can leave every 10 h, and everybody waits for the hub.

    Aboard, inside and at the gate: the groups wait 0, 10, 20 and 30 h, each hour of it for the beds.
    """
    r = chain("", ", hubs: h", "hubs: {h: {beds: 10, onward: 1 people/h}}")
    assert [n for _, n in r.departures()] == [10] * 4
    assert [t for t, _ in r.departures()] == pytest.approx([0, 10, 20, 30])
    assert r.waits() == {"hub": pytest.approx(10 * (10 + 20 + 30))}


def test_gate_stopped_by_holding_full_by_a_closed_runway() -> None:
    r = chain(", closures: {x: {at: start, lasts: 5 h, closes: runway}}")
    assert r.out_h == 5
    assert r.waits() == {"closure": 40 * 5}


def test_gate_stopped_by_holding_full_by_a_missing_service() -> None:
    providers = "{guard: {arrival: 5 h, force: {}, operator: {}}}"
    r = chain("", "", f"security: {{providers: {providers}, phases: [{{begins: start, provider: guard}}], host: {{}}}}")
    assert r.out_h == 5
    assert r.waits() == {"service": 40 * 5}


def test_gate_stopped_by_holding_full_by_no_seats() -> None:
    """A sortie every 4 h; a group enters when the one before has boarded."""
    r = chain("", ", outbound: 1 h, turn: 2 h, inbound: 1 h")
    assert r.departures() == [(4 * k, 10) for k in range(4)]
    assert r.waits() == {"seats": 10 * (4 + 8 + 12)}


@pytest.mark.parametrize("room", [20, 35, 39])
def test_a_gate_is_stopped_by_room_that_is_left_and_too_little(room: int) -> None:
    """Twenty inside wait for the seats of 4 h; the next twenty don't fit beside them and wait for the same."""
    r = run(f"""
        airport: {{gates: {{g: {{}}}}, holding: {room}}}
        lift: {{types: {{p: {{seats: 20}}}}, fleets: {{f: {{aircraft: p, number: 2, available: 4 h}}}}}}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: {{people: 40, group: 20, starts: gate}}}}}}}}
    """)
    assert r.departures() == [(4, 20), (4, 20)]
    assert r.waits() == {"seats": 40 * 4}


def test_gate_stopped_by_holding_full_by_the_eligibility_check() -> None:
    """One team takes 2 h for a group, and there is room for one group: the others wait outside for the officers."""
    r = chain(", consular: {officers: 1, per_group: 2 h}")
    assert r.departures() == [(2 * k, 10) for k in (1, 2, 3, 4)]
    assert r.waits() == {"consular": 10 * (2 + 4 + 6)}


def test_gate_stopped_by_holding_full_by_a_runway_that_is_busy() -> None:
    """A landing and a take-off of 1 h each, twice; those outside wait for the landings, and in between for seats."""
    r = chain(", airfield: {runway: {day: 1 h}}", people=20)
    assert r.departures() == [(2, 10), (4, 10)]
    assert r.waits() == {"runway": 10 * 1 + 10 * 1 + 10 * 1, "seats": 10 * 1}


def test_gate_stopped_by_the_crowd_on_the_runway() -> None:
    """A breach at the moment when the budget is spent: those inside and at the gate wait for the crowd until it is cleared."""
    r = chain(
        ", crowd: {start: 5000, breach: {rate: 9 /h, clear: 6 h}}",
        ", available: 3 h",
        "security: {providers: {none: {operator: {}}}, phases: [{begins: start, provider: none}], host: {}}",
    )
    breach = [t for t, event, _ in r.world.run.notes if event == "crowd breaks through"]
    assert breach[0] < 3
    waits = r.waits()
    assert set(waits) == {"seats", "crowd"}
    assert waits["seats"] + waits["crowd"] == pytest.approx(40 * r.out_h)
    assert r.out_h == pytest.approx(breach[0] + 6)
    assert waits["crowd"] == pytest.approx(40 * 6)


def test_lanes_that_nobody_mans_are_charged_to_headcount() -> None:
    """The force that searches arrives at 4 h."""
    r = run("""
        security: {providers: {guard: {arrival: 4 h, force: {}}}, phases: [{begins: start, provider: guard}]}
        airport: {gates: {g: {lanes: 2}}}
        missions: {m: {order: {at: start}, cohorts: {c: {people: 10, starts: gate}}}}
    """)
    assert r.waits() == {"headcount": 10 * 4}


def test_a_wait_is_cut_where_its_cause_changes() -> None:
    """Inside from 0 h: no aircraft until 3 h, then a closed runway until 5 h, then one landing of 1 h; the hub opens at 9 h."""
    r = run("""
        airport: {airfield: {runway: {day: 1 h}}, closures: {x: {at: 3 h, lasts: 2 h, closes: runway}}}
        hubs: {h: {opens: 9 h}}
        lift: {types: {p: {seats: 10}}, fleets: {f: {aircraft: p, hubs: h, available: 4 h}}}
        missions: {m: {order: {at: start}, cohorts: {c: {people: 10, starts: holding}}}}
    """)
    assert r.waits() == {"seats": 10 * 3, "closure": 10 * 2, "runway": 10 * 1, "hub": 10 * (9 - 6)}
    assert hourly(r, "seats") == [0, 10, 10, 10, *[0] * 7]
    assert hourly(r, "closure") == [0, 0, 0, 0, 10, 10, *[0] * 5]
    assert hourly(r, "hub") == [0] * 7 + [10] * 3 + [0]
    assert r.timeline["bottleneck"] == ["none"] + ["seats"] * 3 + ["closure"] * 2 + ["runway"] + ["hub"] * 3 + ["none"]


def changes(gate: Gate) -> list[tuple[float, str]]:
    """(hours, cause) each time the cause at a gate changed."""
    return [(float(t), CAUSES[c]) for t, c in zip(gate.log.times, gate.log.causes, strict=True)]


def test_the_next_of_a_line_may_wait_for_something_else() -> None:
    """a's own aircraft wait for more of a, so that a's second group waits for room until 11 h; b, next, has no seats coming."""
    own = "{aircraft: p, serves: a, loading: own-only, wait_for: 1, patience: 10 h, outbound: 50 h, available: %d h}"
    r = run(f"""
        clock: {{horizon: 20 h}}
        airport: {{gates: {{g: {{lanes: 1}}}}, holding: 20}}
        lift: {{types: {{p: {{seats: 60}}}}, fleets: {{f1: {own % 1}, f2: {own % 2}}}}}
        missions:
          a: {{order: {{at: start}}, cohorts: {{c: {{people: 40, group: 20, starts: gate}}}}}}
          b: {{order: {{at: 0.5 h}}, cohorts: {{c: {{people: 20, group: 20, starts: gate}}}}}}
    """)
    assert changes(r.world.gates.gates[0]) == [(0, "seats"), (1, "holding"), (11, "seats"), (12, "search")]


def test_an_aircraft_that_leaves_without_them_leaves_them_waiting_for_seats() -> None:
    """b's aircraft waits from 2 to 5 h for a load that a keeps out of the full area; nothing comes after it."""
    r = run("""
        clock: {horizon: 20 h}
        airport: {gates: {g: {lanes: 1}}, holding: 20}
        lift:
          types: {p: {seats: 100}}
          fleets:
            f: {aircraft: p, serves: b, loading: own-only, wait_for: 0.2, patience: 3 h, available: 2 h, outbound: 50 h}
        missions:
          a: {order: {at: start}, cohorts: {c: {people: 20, group: 20, starts: gate}}}
          b: {order: {at: 1 h}, cohorts: {c: {people: 20, group: 20, starts: gate}}}
    """)
    assert r.waits(r.mission("b")) == {"seats": 20 * (1 + 15), "holding": 20 * 3}


@pytest.mark.parametrize(
    ("late", "more"),
    [
        ("starts: holding", ""),
        ("shuttle: s", "shuttles: {s: {seats: 10, number: 1, flight: 0 h, enters: holding}}"),
    ],
    ids=["at the door", "by helicopter"],
)
def test_a_full_area_is_full_of_those_who_wait_once_half_are_searched(late: str, more: str) -> None:
    """Two groups are searched until 1.25 and 1.5 h and fill the area; who comes at 0.75 h waits for the aircraft of 4 h."""
    r = run(f"""
        clock: {{horizon: 4 h}}
        airport: {{gates: {{g: {{lanes: 2, per_group: 1 h}}}}, holding: 20}}
        lift: {{types: {{p: {{seats: 10}}}}, fleets: {{f: {{aircraft: p, available: 4 h, outbound: 50 h}}}}}}
        missions:
          m:
            order: {{at: start}}
            cohorts: {{c: {{people: 20, group: 10, gap: 0.25 h, starts: gate}}, d: {{people: 10, ready: 0.75 h, {late}}}}}
        {more}
    """)
    assert r.waits(r.cohort("m/d")) == pytest.approx({"search": 10 * 0.5, "seats": 10 * (4 - 1.25)})


def test_those_never_ordered_wait_for_the_order_from_the_fall_on() -> None:
    """And nobody waits for an order before the first order of the own mission or the fall."""
    r = run("""
        clock: {horizon: 20 h}
        threat: {timeline: [{at: 8 h, level: fallen}], fallen: fallen}
        missions: {m: {cohorts: {c: 10}}}
    """)
    assert r.waits() == {"order": 10 * (20 - 8)}
    calm = run("""
        clock: {horizon: 20 h}
        missions: {m: {order: {when: provider leaving}, cohorts: {c: 10}}, n: {order: {at: 2 h}, cohorts: {c: 5}}}
    """)
    assert calm.waits() == {}
    assert (calm.total["staying"], calm.total["evacuated"]) == (10, 5)


def test_hours_of_those_who_never_get_out_count_to_the_end() -> None:
    r = run("{clock: {horizon: 9.5 h}, missions: {m: {order: {at: 2 h}, cohorts: {c: {people: 4, ready: 30 d}}}}}")
    assert (r.waits(), r.total["doing_ready"]) == ({}, 4 * 7.5)
    assert list(r.timeline["doing_ready"]) == [0, 0, 0, *[4] * 7, 2]
