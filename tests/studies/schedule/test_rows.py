"""The rows of a schedule: hand calculations of small scenarios, and everybody in one row in any."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import sim
from sim.model import compile_scenario, simulate
from sim.model.movements import Movements
from sim.model.names import STAGES
from sim.model.records import Records
from sim.model.replication import movements
from sim.scenario.inputs import UncertainScenario, inputs_of
from sim.studies.schedule.rows import Departure, Moves, Slot, Sortie, moves_of
from tests.model.helpers import plan, shipped
from tests.model.test_movements import AIRLIFT
from tests.strategies import lively

INF = math.inf
SHIPPED = sorted(p.stem for p in (Path(sim.__file__).parents[1] / "scenarios").glob("*.yaml"))


def moves(text: str, replication: int = 0) -> Moves:
    return moves_of(movements(plan(text), 1, replication))


def adds_up(m: Movements, records: Records) -> None:
    """Everybody is in one row, and so is whoever got out."""
    made = moves_of(m)
    last = sum(d.last_trip for d in made.departures)
    at_home = sum(row.staying + row.out_before + row.never_left for row in made.missions)
    assert last + at_home == m.staff == records.replication["staff"]
    for row in made.missions:
        mine = sum(d.last_trip for d in made.departures if d.mission == row.mission)
        assert mine + row.staying + row.out_before + row.never_left == row.staff
        assert row.out + row.out_before == row.ended("out")
        loads = sum(dict(s.loads).get(row.mission, 0) for s in made.sorties if s.off_h <= m.end)
        by_itself = sum(d.inside for d in made.departures if d.mission == row.mission and (d.hub or not m.lift))
        if m.lift:
            direct = sum(g.people for g in m.groups if g.mission == row.mission and g.direct and g.inside < INF)
            assert loads + direct == row.out
        else:
            assert by_itself == row.out
    assert sum(row.out + row.out_before for row in made.missions) == records.replication["evacuated"]
    assert made.left_behind == records.replication["stranded"] + records.replication["unfinished"]
    assert sum(slot.people for slot in made.slots) == sum(g.people for g in m.groups if g.gate and g.search < INF)


@pytest.mark.first(4)
@pytest.mark.parametrize("name", SHIPPED)
def test_everybody_of_a_shipped_scenario_is_in_one_row(name: str) -> None:
    scenario = shipped(name).scenario
    inputs = inputs_of(scenario)
    made = compile_scenario(scenario if inputs is None else UncertainScenario(scenario, inputs))
    adds_up(movements(made, 1, 0), simulate(made, 1, 0))


@pytest.mark.costly
@given(lively())
@settings(deadline=None, derandomize=True, max_examples=40)
def test_everybody_of_any_scenario_is_in_one_row(data: dict[str, Any]) -> None:
    made = plan(data)
    adds_up(movements(made, 5, 3), simulate(made, 5, 3))


def test_departures_slots_and_sorties_of_an_airlift() -> None:
    """Sixty of 65 leave in two loads at 2 h, drive for an hour, are searched in turn for half an hour, and fly together."""
    made = moves(AIRLIFT)
    assert made.departures == (Departure("a", ("core",), "road", "", 2, 60, 2, 3, ("north",), 3.5, 4, 60, "", False, 60),)
    assert made.slots == (Slot("north", "a", 3, 4, 2, 60, 3),)
    assert made.sorties == (Sortie("air", "air/0", "air", 1, 2.5, 2.5, 4, 4.5, 4.5, "doha", 7.5, 60, 60, 0, False, (("a", 60),)),)
    a, b = made.missions
    assert (a.mission, a.staff, a.staying, a.to_move, a.out, a.never_left) == ("a", 65, 5, 60, 60, 0)
    assert (a.ordered_h, a.first_leaves_h, a.last_leaves_h, a.all_inside_h, a.all_out_h) == (2, 2, 2, 4, 4.5)
    assert (a.last_group, a.last_people) == ("core/1", 30)
    assert (b.to_move, b.never_left, b.first_leaves_h, b.all_out_h) == (0, 7, INF, INF)  # the capital stands, nobody asks it
    assert made.left_behind == 0


CONVOY = """
    threat: {start: advancing, levels: [stable, advancing], timeline: [{at: 5 h, level: stable}],
             effects: {stable: {turn_back: 0}, advancing: {turn_back: 1}}}
    road: {drive: 1 h, convoy: {vehicles: 2, patience: 1 h}, retry: 3 h, tries: TRIES}
    vehicles: {bus: {seats: 10, number: 2}}
    missions: {a: {order: {at: 0 h}, cohorts: {core: {people: 20, group: 10, vehicles: bus}}}}
"""


def test_a_convoy_that_is_turned_back_is_a_trip_of_its_own() -> None:
    """Turned back at 0 h and 4 h, through at 8 h: three trips of the same 20, who are counted in the last."""
    made = moves(CONVOY.replace("TRIES", "9"))
    assert [(d.leaves_h, d.arrives_h, d.turned_back, d.people, d.last_trip, d.inside) for d in made.departures] == [
        (0, 1, True, 20, 0, 0),
        (4, 5, True, 20, 0, 0),
        (8, 9, False, 20, 20, 20),
    ]
    assert {(d.way, d.vehicles, d.loads) for d in made.departures} == {("convoy", "bus", 2)}
    assert (made.missions[0].first_leaves_h, made.missions[0].last_leaves_h) == (0, 8)


def test_who_gives_up_is_in_the_last_trip() -> None:
    """One try at 0 h, in vain: none of the 20 is at the mission, in words, and none is inside."""
    made = moves(CONVOY.replace("TRIES", "1"))
    assert [(d.turned_back, d.last_trip) for d in made.departures] == [(True, 20)]
    (row,) = made.missions
    assert (row.ended("gave_up"), row.never_left, row.out) == (20, 0, 0)
    assert (row.last_leaves_h, row.all_inside_h) == (0, INF)
    assert made.left_behind == 20


def test_a_longer_pause_begins_another_slot() -> None:
    """Two cohorts of one mission are searched from 1 h to 2 h and, ready 5 h later, from 6 h to 7 h."""
    made = moves("""
        road: {drive: 1 h}
        airport: {gates: {north: {lanes: 1, per_group: 1 h}}}
        missions: {a: {order: {at: 0 h}, cohorts: {core: 10, late: {people: 20, ready: 5 h}}}}
    """)
    assert [(s.begins_h, s.ends_h, s.people) for s in made.slots] == [(1, 2, 10), (6, 7, 20)]


def test_who_is_brought_out_by_helicopter_needs_no_sortie() -> None:
    made = moves_of(movements(compile_scenario(shipped("saigon-1975").scenario), 1, 0))
    assert made.sorties == ()
    assert all(d.inside == d.people for d in made.departures)
    assert sum(row.out for row in made.missions) == sum(d.people for d in made.departures)


def test_missions_are_in_order_of_people_to_move() -> None:
    made = moves_of(movements(compile_scenario(shipped("turkish-holding").scenario), 1, 0))
    assert [row.to_move for row in made.missions] == sorted((row.to_move for row in made.missions), reverse=True)
    assert all(len(row.at_the_end) == len(STAGES) for row in made.missions)


def test_the_last_inside_is_of_those_who_get_there() -> None:
    """The first of two groups is searched from 1 h to 2 h, the second would be until 3 h: the clock stops at half past two."""
    made = moves("""
        clock: {horizon: 2.5 h}
        road: {drive: 1 h}
        airport: {gates: {north: {lanes: 1, per_group: 1 h}}}
        missions: {a: {order: {at: 0 h}, cohorts: {core: {people: 20, group: 10}}}}
    """)
    (row,) = made.missions
    assert (row.last_inside_h, row.all_inside_h) == (2, INF)
    assert (row.last_out_h, row.all_out_h, row.out, row.last_people) == (2, INF, 10, 10)
    nobody = moves("missions: {a: {cohorts: {core: 7}}}").missions[0]
    assert (nobody.last_inside_h, nobody.last_out_h) == (INF, INF)
