"""Helicopters that several pick-up places share: pools, spots, decks, guards; and a lift that ends on a ship."""

from __future__ import annotations

import pytest

from sim.analysis.bounds.planning import planning_bound
from sim.analysis.bounds.strict import strict_bound_h
from sim.model import trace
from sim.scenario import ScenarioError, impossible
from tests.model.helpers import plan, run, scenario
from tests.model.way import moments, sizes, stage


def places(pool: int = 2, spots: str = "a: {spots: 1}, b: {spots: 1}", more: str = "", cohort: str = "", rest: str = "") -> str:
    """40 people at each of two places, half an hour's and an hour's flight from the ship; 10 seats, 15 minutes to load."""
    return f"""
        clock: {{start: 2021-08-01 00:00, horizon: 2 d}}
        helicopters: {{ch: {{number: {pool}}}}}
        places: {{{spots}}}
        shuttles:
          near: {{helicopters: ch, place: a, seats: 10, flight: 30 min, turn: 15 min, enters: out{more}}}
          far: {{helicopters: ch, place: b, seats: 10, flight: 1 h, turn: 15 min, enters: out{more}}}
        missions:
          m: {{order: {{at: start}}, cohorts: {{c: {{people: 40, shuttle: near, group: 10{cohort}}}}}}}
          n: {{order: {{at: start}}, cohorts: {{c: {{people: 40, shuttle: far, group: 10}}}}}}
        {rest}
    """


def test_one_pool_serves_both_and_people_are_out_on_deck() -> None:
    """One helicopter: a round trip of 1.25 h or of 2.25 h, the first in line of all by name where all wait as long."""
    r = run(places(1))
    out = sorted(moments(r, "inside"))
    assert len(out) == 8
    assert r.out_h == 4 * 1.25 + 4 * 2.25
    assert stage(r, "out")[-1] == 80
    assert r.total["end"] == "out"


def test_own_flight_times_and_spots() -> None:
    r = run(places(2))
    assert moments(r, "depart", "m/c")[0] == 0.75
    assert moments(r, "depart", "n/c")[0] == 1.25


def test_no_helicopter_is_sent_to_hover() -> None:
    """Eight helicopters, a spot at each place: they come a quarter of an hour apart, and none hovers on the way."""
    r = run(places(8))
    assert moments(r, "depart", "m/c") == [0.75, 1, 1.25, 1.5]
    assert moments(r, "depart", "n/c") == [1.25, 1.5, 1.75, 2]


def test_a_helicopter_that_would_have_to_hover_goes_elsewhere() -> None:
    """Two helicopters and one spot at each place: the second does not wait for the spot that the first is bound for."""
    r = run(places(2))
    assert moments(r, "depart", "m/c")[0] == 0.75
    assert moments(r, "depart", "n/c")[0] == 1.25
    ends = run(places(2, "a: {spots: 1}, b: {spots: 0}"))
    assert moments(ends, "depart", "m/c") == [0.75, 1, 2, 2.25]
    assert ends.total["unfinished"] == 40


def test_many_spots() -> None:
    assert moments(run(places(8, "a: {}, b: {spots: 4}")), "depart", "n/c") == [1.25] * 4


def test_two_types_share_the_spots_of_one_place() -> None:
    source = """
        helicopters: {heavy: {number: 1}, light: {number: 1}}
        places: {roof: {spots: 1}}
        shuttles:
          h: {helicopters: heavy, place: roof, seats: 20, flight: 1 h, turn: 30 min, enters: out}
          l: {helicopters: light, place: roof, seats: 10, flight: 1 h, turn: 15 min, enters: out}
        missions:
          m: {order: {at: start}, cohorts: {a: {people: 20, shuttle: h}, b: {people: 10, shuttle: l}}}
    """
    r = run(source)
    assert moments(r, "depart", "m/a") == [1.5]
    assert moments(r, "depart", "m/b") == [1.75]


def test_time_on_deck_and_an_own_flight_to_the_place() -> None:
    r = run(places(1, more=", deck: 45 min, empty: 15 min").replace("people: 40, shuttle: far", "people: 0, shuttle: far"))
    cycle = 0.25 + 0.25 + 0.5
    assert moments(r, "inside", "m/c") == [cycle + k * (cycle + 0.75) for k in range(4)]


def test_it_fills_its_seats_and_takes_those_who_get_ready_on_its_way() -> None:
    """Groups of 4 and 10 seats: two at a time.  The fourth gets ready while the helicopter for the third comes."""
    source = places(1, more=", fills: true", cohort=", gap: 0.4 h").replace("group: 10", "group: 4")
    source = source.replace("people: 40, shuttle: near", "people: 16, shuttle: near").replace(
        "people: 40, shuttle: far", "people: 0"
    )
    r = run(source)
    assert sizes(r) == [4, 4, 4, 4]
    assert moments(r, "depart") == [1.15, 1.15, 2.4, 2.4]  # ready at 0.4, 0.8, 1.2, 1.6; sent at 0.4 and 1.65
    two = run(source.replace(", fills: true", ""))
    assert moments(two, "depart") == [1.15, 2.4, 3.65, 4.9]


def test_available_one_after_another_and_until() -> None:
    late = places(2, rest="").replace("number: 2", "number: 2, available: 3 h")
    assert moments(run(late), "depart", "m/c")[0] == 3.75
    waves = places(4).replace("number: 4", "number: 4, available: {uniform: [1 h, 5 h]}")
    first = moments(run(waves), "depart")
    assert first[0] > 1.75
    after = places(2).replace("number: 2", "number: 2, available: {ordered: 2 h}")
    assert moments(run(after), "depart", "m/c")[0] == 2.75
    ends = run(places(1, more=", until: 1 h"))
    assert ends.total["evacuated"] == 10
    assert run(places(1, more=", until: 2021-07-31")).total["evacuated"] == 0
    assert ends.waits()["closure"] > 0


GUARDED = "a: {spots: 1, guards: {people: 15}}, b: {spots: 1}"


def test_guards_come_first_and_bring_people_out_on_their_way_back() -> None:
    """15 guards in two flights with 10 seats; each brings a group out, and only then is anybody fetched at the other place."""
    r = run(places(1, GUARDED))
    guards = r.world.shuttles.people_at()["a"]
    assert moments(r, "depart", "m/c")[:2] == [0.75, 2.0]
    assert moments(r, "depart", "n/c")[0] > 2.0
    assert guards.to_come == guards.coming == 0
    assert r.total["evacuated"] == 80


def test_guards_go_once_nobody_is_left_after_everybody_elsewhere() -> None:
    """With a second place whose people get ready late, the helicopter has time to lift the guards before."""
    r = run(places(1, GUARDED).replace("people: 40, shuttle: far", "people: 10, ready: 20 h, shuttle: far"))
    guards = r.world.shuttles.people_at()["a"]
    assert (guards.there, guards.flying_out) == (0, 0)
    assert moments(r, "depart", "n/c") == [21.25]


def test_guards_who_are_called_back_leave_before_everybody_and_the_place_is_given_up() -> None:
    r = run(places(1, "a: {spots: 1, guards: {people: 15, leaves: 3 h}}, b: {spots: 1}"))
    guards = r.world.shuttles.people_at()["a"]
    assert (guards.there, guards.coming, guards.to_come) == (0, 0, 0)
    assert r.cohort("m/c")["evacuated"] == 20  # on the way back of the two flights that brought guards
    assert r.cohort("m/c")["unfinished"] == 20
    assert r.cohort("n/c")["unfinished"] == 0


@pytest.mark.parametrize("leaves", ["start", "2021-07-31"])
def test_guards_who_never_come(leaves: str) -> None:
    r = run(places(1, f"a: {{guards: {{people: 15, leaves: {leaves}}}}}, b: {{}}"))
    assert (r.cohort("m/c")["evacuated"], r.cohort("n/c")["evacuated"]) == (0, 40)


def test_nobody_to_guard() -> None:
    assert run(places(1, "a: {guards: {people: 0}}, b: {}")).out_h == run(places(1, "a: {}, b: {}")).out_h


def test_a_hub_that_is_full_holds_the_helicopters() -> None:
    """A ship with 20 beds, from which 5 people an hour go on."""
    r = run(places(4, more=", hub: ship", rest="hubs: {ship: {beds: 20, onward: 5 people/h}}"))
    assert r.total["evacuated"] == 80
    assert r.out_h >= (80 - 20) / 5
    assert r.waits()["hub"] > 0
    assert max(r.timeline["hub_ship"]) <= 20
    shut = run(places(4, more=", hub: ship", rest="hubs: {ship: {opens: 10 h}}"))
    assert moments(shut, "depart", "m/c")[0] == 10.75


def test_beside_aircraft() -> None:
    """People of n fly, those of m are brought out by helicopter: they need no seat, and no aircraft comes for them."""
    fleet = "{aircraft: t, available: 5 h, outbound: 2 h, inbound: 2 h, dispatch: DISPATCH}"
    rest = f"lift: {{types: {{t: {{seats: 40}}}}, fleets: {{f: {fleet}}}}}"
    source = places(1, rest=rest).replace("shuttle: far", "starts: holding").replace("far: {", "unused: {")
    for dispatch in ("ordered", "waiting"):
        r = run(source.replace("DISPATCH", dispatch))
        assert (r.cohort("m/c")["t100_h"], r.cohort("n/c")["t100_h"]) == (5, 5)
        assert r.total["flights"] == 1
        assert r.total["empty_flights"] == 0
        assert r.total["haven"] == 40  # those of the helicopters; the aircraft has not landed at 5 h
        assert r.total["load_factor"] == 1


def test_the_log_names_them() -> None:
    said = [e for e in trace(plan(places(1)), 1, 0) if e.event == "out by helicopter"]
    assert len(said) == 8


def test_no_run_beats_its_bound() -> None:
    draws = "{triangular: [20 min, 30 min, 1 h]}"
    for source in (
        places(1),
        places(3, GUARDED, ", fills: true, deck: {uniform: [10 min, 30 min]}").replace("group: 10", "group: 3"),
        places(3, more=", empty: 15 min").replace("flight: 30 min", f"flight: {draws}"),
        places(3, GUARDED, rest="lift: {types: {t: {seats: 40}}, fleets: {f: {aircraft: t}}}"),
    ):
        made = plan(source)
        for k in range(4):
            r = run(made, replication=k)
            assert strict_bound_h(made, 1, k).total.hours("t100_h") <= r.out_h
    assert 0 < planning_bound(scenario(places(1))).hours <= run(places(1)).out_h
    lifted = places(3, rest="lift: {types: {t: {seats: 40}}, fleets: {f: {aircraft: t}}}")
    assert 0 < planning_bound(scenario(lifted)).hours <= run(lifted).out_h


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("helicopters: ch, place: a", "place: a", "expected number, or helicopters for those of a pool, and not both"),
        (
            "helicopters: ch, place: a",
            "number: 2, helicopters: ch",
            "expected number, or helicopters for those of a pool, and not both",
        ),
        ("place: a", "place: a, spots: 2", "expected spots or a place, not both (spots: null takes them away)"),
        ("place: a", "place: nowhere", 'no pick-up place named "nowhere"; known: a, b'),
        ("enters: out", "enters: gate, hub: h", "expected enters: out beside a hub"),
    ],
)
def test_faults(old: str, new: str, fault: str) -> None:
    with pytest.raises(ScenarioError) as error:
        scenario(places().replace(old, new, 1) + "\n        hubs: {h: {}}\n")
    assert [str(f).split(": ", 2)[2] for f in error.value.faults] == [fault]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("number: 2", "number: 0", "helicopters.ch.number: the pool has no helicopters; nobody gets out"),
        ("a: {spots: 1}", "a: {spots: 0}", "places.a.spots: the place has no landing spot; no way out for m"),
    ],
)
def test_no_way_out(old: str, new: str, reason: str) -> None:
    assert impossible(scenario(places().replace(old, new))) == [reason]


def test_people_by_the_hour_and_operator() -> None:
    """Loads of ten: all from the near place have landed by 2 h, all from the far one, counted under another name, by 3 h."""
    r = run(places(8).replace("place: b", "place: b, operator: other"))
    assert r.timeline["flown_near"].tolist() == [0, 0, 40, 0]
    assert r.timeline["flights_other"].tolist() == [0, 0, 0, 4]
