"""Ways in when the public gates are shut: who is stopped by which gate and closure, and who is called forward."""

from __future__ import annotations

import pytest

from sim.analysis.bounds.planning import planning_bound
from sim.analysis.bounds.strict import strict_bound_h
from sim.scenario import impossible
from tests.model.helpers import plan, run, scenario
from tests.model.way import hourly, moments


def ways(airport: str, rest: str = "", lift: str = "") -> str:
    """10 people of each kind who are at a gate at 0 h; a group of 10 is searched in an hour."""
    return f"""
        clock: {{start: 2021-08-01 00:00, horizon: 3 d}}
        road: {{escorts: {{troops: {{}}}}}}
        shuttles: {{h: {{seats: 10, number: 1, flight: 0 h, enters: gate}}}}
        airport: {{{airport}}}
        {lift}
        missions:
          m:
            order: {{at: start}}
            cohorts:
              alone: {{people: 10, alone: true}}
              front: {{people: 10, starts: gate, group: 10}}
              convoy: {{people: 10}}
              guarded: {{people: 10, escort: troops}}
              flown: {{people: 10, shuttle: h}}
        {rest}
    """


GATE = "lanes: 9, per_group: 1 h"
NAMES = ("alone", "front", "convoy", "guarded", "flown")


def inside(source: str) -> dict[str, float]:
    """When each kind is inside."""
    r = run(source)
    return {n: moments(r, "inside", f"m/{n}")[0] for n in NAMES}


@pytest.mark.parametrize(
    ("stops", "late"),
    [
        ("public", ("alone", "front")),
        ("agreed", ("convoy",)),
        ("escorted", ("guarded",)),
        ("helicopter", ("flown",)),
        ("[public, agreed]", ("alone", "front", "convoy")),
        ("[public, agreed, escorted, helicopter]", NAMES),
    ],
)
@pytest.mark.parametrize("kind", ["closures", "incidents"])
@pytest.mark.parametrize("what", ["gates", "main"])
def test_a_closure_stops_those_whom_it_names(kind: str, what: str, stops: str, late: tuple[str, ...]) -> None:
    found = inside(ways(f"gates: {{main: {{{GATE}}}}}, {kind}: {{c: {{at: start, lasts: 5 h, closes: {what}, stops: {stops}}}}}"))
    assert found == {n: 6 if n in late else 1 for n in NAMES}


def test_by_default_it_stops_everybody() -> None:
    assert set(
        inside(ways(f"gates: {{main: {{{GATE}}}}}, closures: {{c: {{lasts: 5 h, at: start, closes: main}}}}")).values()
    ) == {6}


def test_who_is_stopped_waits_for_the_closure() -> None:
    r = run(ways(f"gates: {{main: {{{GATE}}}}}, closures: {{c: {{at: start, lasts: 5 h, closes: main, stops: public}}}}"))
    assert r.waits() == {"closure": pytest.approx(2 * 10 * 5)}


def test_a_closure_that_begins_later_takes_them_out_of_the_line() -> None:
    """One lane, an hour a group: convoys go on from 0.5 h to 10 h while the public waits, and then take their turn."""
    r = run(
        ways("gates: {main: {lanes: 1, per_group: 1 h}}, closures: {c: {at: 0.5 h, lasts: 9.5 h, closes: main, stops: public}}")
    )
    times = {n: moments(r, "inside", f"m/{n}")[0] for n in NAMES}
    assert sorted(times[n] for n in ("convoy", "guarded", "flown")) == [2, 3, 4]
    assert sorted(times[n] for n in ("alone", "front")) == [1, 11]
    assert sum(hourly(r, "closure")) == pytest.approx(10 * 9.5)
    assert r.world.gates.moves


def test_reopening_takes_time_for_those_who_were_stopped() -> None:
    closure = "closures: {c: {at: start, lasts: 5 h, closes: main, stops: public}}"
    found = inside(ways(f"gates: {{main: {{{GATE}, reopening: 2 h}}}}, {closure}"))
    assert found == {n: 8 if n in ("alone", "front") else 1 for n in NAMES}


def test_who_is_stopped_at_one_gate_goes_to_another() -> None:
    """A gate that admits convoys and helicopters only, and another that is shut for the public until 5 h."""
    military = f"military: {{{GATE}, admits: [agreed, escorted, helicopter]}}"
    found = inside(ways(f"gates: {{{military}, main: {{{GATE}}}}}, closures: {{c: {{at: start, lasts: 5 h, closes: main}}}}"))
    assert found == {n: 6 if n in ("alone", "front") else 1 for n in NAMES}


def test_hours_that_stop_some() -> None:
    found = inside(ways(f"gates: {{main: {{{GATE}, hours: 06:00-20:00, hours_stop: public}}}}"))
    assert found == {n: 7 if n in ("alone", "front") else 1 for n in NAMES}


def test_a_crowd_that_stops_some() -> None:
    crowd = "crowd: {start: 10000, dispersal: 0.1 /h, close_above: 8000, open_below: 5000, stops: [public, agreed]}"
    r = run(ways(f"gates: {{main: {{{GATE}}}}}, {crowd}"))
    assert moments(r, "inside", "m/guarded") == [1]
    assert moments(r, "search", "m/alone") == [pytest.approx(6.931, abs=1e-3)]
    assert r.waits() == {"crowd": pytest.approx(30 * 6.931, abs=0.1)}
    hidden = run(ways(f"gates: {{main: {{{GATE}, exposed: false}}}}, {crowd}"))
    assert moments(hidden, "inside", "m/alone") == [1]


def test_gates_for_missions() -> None:
    rest = "  n: {order: {at: start}, cohorts: {c: {people: 10}}}"
    r = run(ways(f"gates: {{main: {{{GATE}, missions: n}}, shut: {{{GATE}, hours: 10:00-20:00}}}}", rest))
    assert moments(r, "inside", "n/c") == [1]
    assert moments(r, "inside", "m/convoy") == [11]


def test_the_road_is_shut_for_some() -> None:
    found = inside(ways(f"gates: {{main: {{{GATE}}}}}, closures: {{c: {{at: start, lasts: 5 h, closes: road, stops: public}}}}"))
    assert found == {n: 6 if n == "alone" else 1 for n in NAMES}


def test_a_runway_closes_for_all() -> None:
    lift = "lift: {types: {t: {seats: 50}}, fleets: {f: {aircraft: t}}}"
    r = run(ways("airfield: {}, closures: {c: {at: start, lasts: 5 h, closes: runway, stops: public}}", lift=lift))
    assert r.out_h == 5


def called(dispatch: str, gate: str = f"main: {{{GATE}, call_forward: true}}") -> str:
    """20 people in front of the gates of m, and of n whose own aircraft leaves its hub at 8 h and is here at 10 h."""
    return f"""
        clock: {{start: 2021-08-01 00:00, horizon: 3 d}}
        airport: {{gates: {{{gate}}}}}
        lift:
          types: {{t: {{seats: 20}}}}
          fleets:
            ours: {{aircraft: t, serves: n, available: 8 h, outbound: 2 h, inbound: 2 h, patience: 6 h, dispatch: {dispatch}}}
            pool: {{aircraft: t, available: 1 h}}
        missions:
          m: {{order: {{at: start}}, cohorts: {{c: {{people: 20, starts: gate, group: 20}}}}}}
          n: {{order: {{at: start}}, cohorts: {{c: {{people: 20, starts: gate, group: 20}}}}}}
    """


def test_call_forward_by_mission_and_lift() -> None:
    """A gate that takes only people whose own aircraft is here or on its way: of n from 8 h on, of m never."""
    r = run(called("ordered"))
    assert moments(r, "search", "n/c") == [8]
    assert r.cohort("m/c")["unfinished"] == 20
    assert r.waits(r.cohort("m/c")) == {"seats": pytest.approx(20 * 72)}


def test_an_aircraft_on_its_way_back_calls_the_next() -> None:
    """It comes again at 13 h, having left its hub at 11 h: it calls nobody from its take-off until then."""
    more = called("ordered").replace(
        "n: {order: {at: start}, cohorts: {c: {people: 20", "n: {order: {at: start}, cohorts: {c: {people: 40, gap: 9.5 h"
    )
    r = run(more)
    assert moments(r, "search", "n/c") == [9.5, 19]
    assert [t for t, n in r.departures() if n] == [10.5, 20]


def test_a_fleet_that_waits_for_people_inside_calls_as_soon_as_it_can_be_called() -> None:
    r = run(called("waiting"))
    assert moments(r, "search", "n/c") == [8]


def test_a_resting_aircraft_that_is_sent_goes_on_calling() -> None:
    """It takes 20 of 40 inside at 6 h and is sent again for the others: 20 in front of the gate are searched without a break."""
    r = run("""
        clock: {horizon: 60 h}
        airport: {gates: {g: {lanes: 1, per_group: 3 h, call_forward: true}}}
        lift:
          types: {t: {seats: 20, load: 1 h}}
          fleets:
            f: {aircraft: t, serves: m, dispatch: waiting, patience: 0.1 h, outbound: 5 h, turn: 5 h, inbound: 5 h}
        missions:
          m:
            order: {at: start}
            cohorts:
              in: {people: 40, group: 20, starts: holding}
              out: {people: 20, group: 10, starts: gate, ready: 4 h}
    """)
    assert moments(r, "search", "m/out") == [4, 7]


def test_nobody_is_called_without_lift_or_after_the_last_sortie() -> None:
    r = run(called("ordered").replace("available: 8 h", "available: 8 h, until: 7 h"))
    assert r.cohort("n/c")["unfinished"] == 20


def test_no_gate_ever_admits_them() -> None:
    source = ways(f"gates: {{main: {{{GATE}, admits: [agreed, escorted, helicopter]}}}}")
    r = run(source)
    assert (r.total["unfinished"], r.total["evacuated"]) == (20, 30)
    assert impossible(scenario(source)) == [
        "airport.gates: no gate that m may use ever admits people who come by themselves; no way out for alone and front of m"
    ]


def test_a_full_holding_area_and_few_crews() -> None:
    """The rest of the gates' work goes on as it did: rooms, crews and causes."""
    closure = "closures: {c: {at: start, lasts: 5 h, closes: main, stops: public}}"
    airport = f"gates: {{main: {{lanes: 2, per_group: 1 h}}}}, holding: 10, {closure}"
    force = "{force: {headcount: 100, per_lane: 50}, operator: {}}"
    force = f"security: {{providers: {{p: {force}}}, phases: [{{begins: start, provider: p}}]}}"
    lift = "lift: {types: {t: {seats: 10}}, fleets: {f: {aircraft: t, outbound: 1 h, inbound: 1 h}}}"
    r = run(ways(airport, force, lift))
    assert r.total["evacuated"] == 50
    assert min(moments(r, "search", "m/alone") + moments(r, "search", "m/front")) >= 5


def test_no_run_beats_its_bound() -> None:
    gates = f"main: {{{GATE}, hours: 06:00-20:00, hours_stop: public}}, b: {{{GATE}, admits: [agreed], hours: 03:00-04:00}}"
    for source in (
        ways(f"gates: {{{gates}}}"),
        called("ordered"),
    ):
        made = plan(source)
        r = run(made)
        bounds = strict_bound_h(made, 1, 0)
        assert bounds.total.hours("t50_h") <= r.total["t50_h"]
        assert bounds.total.hours("t100_h") <= r.out_h
    assert planning_bound(scenario(ways(f"gates: {{main: {{{GATE}}}}}"))).hours <= 1.0001
