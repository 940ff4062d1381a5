"""Several modes: each group goes by the one that serves it first, and nothing is sent for people who have gone."""

from __future__ import annotations

import pytest

from sim.analysis.bounds.strict import strict_bound_h
from sim.scenario import ScenarioError, impossible
from tests.model.helpers import plan, run, scenario
from tests.model.way import moments

BUS, AIR, FOOT = "{vehicles: bus}", "{shuttle: h}", "{alone: true}"


def modes(which: str, road: str = "", number: int = 1, fly: int = 1, people: int = 40, more: str = "") -> str:
    """Groups of 10; a bus that is back every 4 h, a helicopter every 2 h, or an hour's walk."""
    return f"""
        clock: {{start: 2021-08-01 00:00, horizon: 4 d}}
        road: {{drive: 2 h{road}}}
        vehicles: {{bus: {{seats: 10, number: {number}}}}}
        shuttles: {{h: {{seats: 10, number: {fly}, flight: 1 h}}}}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: {{people: {people}, modes: [{which}], group: 10{more}}}}}}}}}
    """


def test_whichever_serves_first() -> None:
    """The bus and the helicopter take a group each at once, the helicopter that is back at 2 h the third and,
    as the first to be back at 4 h, the fourth."""
    r = run(modes(f"{BUS}, {AIR}"))
    assert moments(r, "depart") == [0, 1, 3, 5]
    assert sum(c.way.by_air for c in r.world.run.groups) == 3
    assert r.total["evacuated"] == 40


def test_the_order_in_which_they_are_listed_settles_ties() -> None:
    assert moments(run(modes(f"{AIR}, {BUS}", people=10)), "depart") == [1]
    assert moments(run(modes(f"{BUS}, {AIR}", people=10)), "depart") == [0]


def test_one_mode_is_the_same_as_saying_it_of_the_cohort() -> None:
    for mode, said in ((BUS, "vehicles: bus"), (AIR, "shuttle: h"), ("{}", ""), (FOOT, "alone: true")):
        alone = modes(mode).replace(f"modes: [{mode}], ", f"{said}, " if said else "")
        assert moments(run(modes(mode)), "arrive") == moments(run(alone), "arrive"), mode


def test_nothing_is_sent_for_people_who_have_gone() -> None:
    """After the last group has gone the helicopter makes no flight: one that is free at 2 h stays for the second mission."""
    source = modes(f"{BUS}, {AIR}", number=4)
    other = source.rstrip().removesuffix("}") + ", n: {order: {at: 2 h}, cohorts: {c: {people: 10, shuttle: h}}}}"
    r = run(other)
    assert moments(r, "depart", "m/c") == [0, 0, 0, 0]
    assert moments(r, "depart", "n/c") == [3]
    assert r.world.shuttles.by_name["h"].pool.free == 1


def test_a_bus_that_is_held_is_free_again_when_the_helicopter_takes_its_people() -> None:
    """No permission for 100 h: the helicopter takes one group after another, and nobody is left for the bus."""
    r = run(modes(f"{BUS}, {AIR}", ", negotiation: 100 h"))
    assert moments(r, "depart") == [1, 3, 5, 7]
    pool = r.world.road.pools["bus"]
    assert (pool.free, pool.line.length) == (1, 0)


def test_out_of_a_convoy_that_forms() -> None:
    r = run(modes(f"{BUS}, {AIR}", ", convoy: {vehicles: 2, patience: 5 h}", number=2))
    assert moments(r, "depart") == [0, 0, 1, 3]
    assert sum(c.way.by_air for c in r.world.run.groups) == 2
    whole = run(modes(f"{BUS}, {AIR}", ", convoy: {vehicles: 4, patience: 5 h}", number=4, fly=0))
    assert moments(whole, "depart") == [0, 0, 0, 0]
    late = run(modes(f"{BUS}, {AIR}", ", convoy: {vehicles: 5, patience: 5 h}", number=4, fly=4))
    assert moments(late, "depart") == [1, 1, 1, 1]
    assert late.world.road.pools["bus"].free == 4


def test_on_foot_after_a_while() -> None:
    """Who has got no seat by 2.5 h walks; a walk takes an hour."""
    r = run(modes(f"{AIR}, {{alone: true, drive: 1 h, after: 2.5 h}}"))
    assert moments(r, "depart") == [1, 2.5, 2.5, 3]
    assert sorted(moments(r, "arrive")) == [2, 3.5, 3.5, 4]
    assert r.waits() == {"vehicle": pytest.approx(10 * (1 + 2.5 + 2.5 + 3))}


def test_who_is_turned_back_stands_in_all_queues_again() -> None:
    """Walkers are turned back after an hour and are home; the helicopters take them while they wait to try again."""
    r = run(modes(f"{{alone: true, drive: 1 h}}, {AIR}", ", alone: {turn_back: 1, retry: 10 h, tries: 3}"))
    assert moments(r, "arrive") == [3, 5, 7, 9]
    assert r.total["gave_up"] == 0
    assert r.waits()["permission"] > 0


def test_who_gives_up_one_mode_has_the_others() -> None:
    """Turned back on foot for good after one try; then only the helicopter is left."""
    foot = "{alone: true, drive: 1 h}"
    r = run(modes(f"{foot}, {AIR}", ", alone: {turn_back: 1, tries: 1}", people=10))
    assert (moments(r, "arrive"), r.total["gave_up"]) == ([3], 0)
    none = run(modes(f"{foot}, {{vehicles: bus}}", ", turn_back: 1, tries: 1", people=10))
    assert none.total["gave_up"] == 10


def test_a_bus_on_its_way_from_the_airport_is_theirs() -> None:
    """It is called at once and there at 2 h; the helicopter fetches the others meanwhile."""
    r = run(modes(f"{BUS}, {AIR}", people=20).replace("number: 1}", "number: 1, based: airport}"))
    assert moments(r, "depart") == [1, 2]


def test_two_places_for_one_cohort() -> None:
    source = """
        helicopters: {heavy: {number: 2}, light: {number: 2}}
        places: {yard: {spots: 1}, roof: {spots: 1}}
        shuttles:
          h: {helicopters: heavy, place: yard, seats: 50, flight: 35 min, turn: 5 min, deck: 20 min, fills: true, enters: out}
          l: {helicopters: light, place: roof, seats: 20, flight: 35 min, turn: 5 min, deck: 20 min, fills: true, enters: out}
        missions: {m: {order: {at: start}, cohorts: {c: {people: 500, group: 10, modes: [{shuttle: h}, {shuttle: l}]}}}}
    """
    r = run(source)
    assert r.total["evacuated"] == 500
    by = {name: sum(c.people for c in r.world.run.groups if c.way.mode.spec.shuttle == name) for name in "hl"}
    assert by["h"] > by["l"] > 0
    made = plan(source)
    assert strict_bound_h(made, 1, 0).total.hours("t100_h") <= r.out_h


def test_nobody() -> None:
    assert run(modes(f"{BUS}, {AIR}", people=0)).total["to_move"] == 0


def test_no_mode_works() -> None:
    r = run(modes(f"{BUS}, {AIR}", number=0, fly=0))
    assert (r.total["unfinished"], r.waits()) == (40, {"vehicle": pytest.approx(40 * 96)})
    assert impossible(scenario(modes(f"{BUS}, {AIR}", number=0, fly=0))) == [
        "vehicles.bus.number: the pool has no vehicles; nobody gets out",
        "shuttles.h.number: the shuttle has no helicopters; nobody gets out",
    ]
    assert impossible(scenario(modes(f"{BUS}, {AIR}", number=0))) == []


def test_no_run_beats_its_bound() -> None:
    for source in (
        modes(f"{BUS}, {AIR}"),
        modes(f"{BUS}, {AIR}, {{alone: true, after: 3 h}}", ", turn_back: 0.4, retry: 1 h, checkpoints: 1, delay: 1 h"),
        modes(f"{BUS}, {AIR}, {{}}", ", negotiation: 3 h, convoy: {vehicles: 2, patience: 1 h}", more=", gap: 1 h"),
    ):
        made = plan(source)
        for k in range(4):
            assert strict_bound_h(made, 1, k).total.hours("t100_h") <= run(made, replication=k).out_h


@pytest.mark.parametrize(
    ("which", "more", "fault"),
    [
        (BUS, ", alone: true", "expected alone in one of the modes (alone: null takes it away)"),
        (BUS, ", starts: gate", "expected mission beside modes: who is at the airport already takes none"),
        (f"{BUS}, {BUS}", "", "expected modes that differ, got bus twice"),
        ("{alone: true, vehicles: bus}", "", "expected nothing beside alone: true, got vehicles"),
        ("{shuttle: h, drive: 1 h}", "", "expected a shuttle without vehicles, escort and drive"),
        ("{vehicles: bus}", ", group: 20", "expected at most the 10 seats of vehicles.bus, got 20"),
    ],
)
def test_faults(which: str, more: str, fault: str) -> None:
    source = modes(which, more=more) if "group" not in more else modes(which).replace("group: 10", "group: 20")
    with pytest.raises(ScenarioError) as error:
        scenario(source)
    assert [str(f).split(": ", 2)[2] for f in error.value.faults] == [fault]
