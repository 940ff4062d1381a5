"""What moved when: closed forms of small scenarios; ``helpers.run`` holds it against the timeline of every run of these tests."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

import sim
from sim.model import compile_scenario, simulate
from sim.model.movements import Convoy, Disrupted, GateState, InLine, Level, Movements, StageCounts
from sim.model.replication import movements
from sim.scenario import Scenario
from sim.scenario.inputs import UncertainScenario, inputs_of
from sim.scenario.schema import ENTRANTS
from tests.model.helpers import check_movements, plan, shipped

INF = math.inf
SHIPPED = sorted(p.stem for p in (Path(sim.__file__).parents[1] / "scenarios").glob("*.yaml"))
AIRLIFT = """
    clock: {start: 2021-09-01 06:00, horizon: 48 h}
    road: {drive: 1 h}
    airport:
      gates: {north: {lanes: 1, per_group: 0.5 h}}
      airfield: {stands: {small: {size: 1, number: 1}}}
      holding: 100
    hubs: {doha: {beds: 500}}
    lift:
      types: {jet: {seats: 60, load: 0.5 h, stand: small}}
      fleets: {air: {aircraft: jet, number: 1, available: 2.5 h, hubs: doha, outbound: 3 h, wait_for: 100%}}
    missions:
      a: {residual: 5, order: {at: 2 h}, cohorts: {core: {people: 65, group: 30}}}
      b: {cohorts: {core: 7}}
"""


def moved(text: str, replication: int = 0) -> Movements:
    return movements(plan(text), 1, replication)


def test_groups_and_flights_of_an_airlift() -> None:
    """Sixty of 65 go in two groups: 2 h + 1 h of road, searched in turn for half an hour each, one load of all 60."""
    m = moved(AIRLIFT)
    assert [(g.name, g.people, g.ordered, g.departs, g.arrives, g.search, g.inside) for g in m.groups] == [
        ("a/core/0", 30, 2, 2, 3, 3, 3.5),
        ("a/core/1", 30, 2, 2, 3, 3.5, 4),
    ]
    assert {(g.gate, g.mode, g.by_air, g.hub, g.lines) for g in m.groups} == {("north", "road", False, "", ())}
    flight = m.flights[0]
    assert (flight.fleet, flight.sortie, flight.boards, flight.loaded, flight.off) == ("air", 1, 4, 4.5, 4.5)
    assert (flight.hub, flight.arrives, flight.seats) == ("doha", 4.5 + 3, 60)
    assert [(p.group, p.mission, p.cohort, p.people) for p in flight.portions] == [(0, "a", "core", 30), (1, "a", "core", 30)]
    assert [(c.mission, c.staff, c.staying, c.ungrouped, c.ordered) for c in m.cohorts] == [
        ("a", 65, 5, 0, 2),
        ("b", 7, 0, 7, INF),
    ]
    assert (m.stands[0].number, m.hubs[0].number, m.holding, m.lift) == (1, 500, 100, True)


def test_who_is_where_at_any_time() -> None:
    counts = StageCounts(moved(AIRLIFT))
    places = {time: {s: n for s, n in counts.at(time)["a"].items() if n} for time in (0, 2, 3, 3.25, 3.5, 4, 4.4, 4.5)}
    stay = {"staying": 5}
    assert places == {
        0: {"mission": 60} | stay,
        2: {"road": 60} | stay,
        3: {"gate": 30, "screening": 30} | stay,
        3.25: {"gate": 30, "screening": 30} | stay,
        3.5: {"screening": 30, "holding": 30} | stay,
        4: {"aboard": 60} | stay,
        4.4: {"aboard": 60} | stay,
        4.5: {"out": 60} | stay,
    }
    assert counts.at(-1)["a"]["mission"] == 0
    assert counts.total(100) == counts.total(4.5)
    assert counts.total(0)["mission"] == 60 + 7


def test_nothing_of_it_can_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        moved(AIRLIFT).lift = False  # type: ignore[misc]


def test_a_gate_that_closes_sends_its_line_to_another() -> None:
    """One lane each; north shuts at 1.5 h, while its first group is searched: its second waits at south from then on."""
    m = moved("""
        road: {drive: 1 h}
        airport:
          gates: {north: {lanes: 1, per_group: 2 h}, south: {lanes: 1, per_group: 2 h}}
          closures: {shelling: {at: 1.5 h, lasts: 1 h, closes: north}}
        missions: {a: {order: {at: 0 h}, cohorts: {core: {people: 30, group: 10}}}}
    """)
    assert m.disruptions == (Disrupted("shelling", "closure", ("north",), (), 1.5, 2.5),)
    assert m.gate_states == (
        GateState(0, "north", "", ()),
        GateState(0, "south", "", ()),
        GateState(1.5, "north", "closure", ()),
        GateState(2.5, "north", "", ()),
    )
    assert [g.lines for g in m.groups] == [(), (), (InLine("north", 1, 1.5),)]
    assert [(g.gate, g.search) for g in m.groups] == [("north", 1), ("south", 1), ("south", 3)]


def test_a_convoy_that_is_turned_back_tries_again_with_all_its_vehicles() -> None:
    """Two vehicles a convoy: all are turned back until the level eases at 5 h; drives of 1 h, tries 3 h after each return."""
    m = moved("""
        threat: {start: advancing, levels: [stable, advancing], timeline: [{at: 5 h, level: stable}],
                 effects: {stable: {turn_back: 0}, advancing: {turn_back: 1}}}
        road: {drive: 1 h, convoy: {vehicles: 2, patience: 1 h}, retry: 3 h, tries: 9}
        vehicles: {bus: {seats: 10, number: 2}}
        missions: {a: {order: {at: 0 h}, cohorts: {core: {people: 20, group: 10, vehicles: bus}}}}
    """)
    assert m.convoys == (
        Convoy("a", 0, 1, (0, 1), 20, True),
        Convoy("a", 4, 5, (0, 1), 20, True),
        Convoy("a", 8, 9, (0, 1), 20, False),
    )
    assert [(d.convoy, d.turned_back) for d in m.groups[1].drives] == [(0, True), (1, True), (2, False)]
    assert {(g.departs, g.arrives, g.vehicles) for g in m.groups} == {(0, 9, "bus")}
    assert m.levels == (Level(0, "advancing"), Level(5, "stable"))


def test_who_secures_and_what_can_be_manned() -> None:
    """A force of 700 with a perimeter of 500 and 100 a lane mans two lanes; it goes at 10 h, and the airport is lost with it."""
    m = moved("""
        clock: {start: 2021-09-01 06:00, horizon: 48 h}
        threat: {levels: [stable, fallen], fallen: fallen, timeline: [{at: 1 h, level: fallen}]}
        security:
          providers:
            allies: {force: {headcount: 700, perimeter: 500, per_lane: 100, hold: 100 h, withdrawal: {begins: 10 h}}}
          phases: [{begins: start, provider: allies}]
          unsecured_hold: 5 h
        airport: {gates: {north: {lanes: 4, per_group: 1 h}}}
        missions: {a: {cohorts: {core: {people: 10}}}}
    """)
    assert [(s.time, s.force, s.manned, s.headcount) for s in m.secured] == [(0, "allies", True, 700), (10, "", False, 0)]
    assert [(s.time, s.lanes) for s in m.manned] == [(0, 2), (10, 0)]
    assert (m.fall, m.lost, m.end, m.end_reason) == (1, 15, 15, "lost")


def load_drawn(name: str) -> UncertainScenario | Scenario:
    scenario = shipped(name).scenario
    inputs = inputs_of(scenario)
    return scenario if inputs is None else UncertainScenario(scenario, inputs)


@pytest.mark.first(5)
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios_count_what_they_store(name: str) -> None:
    """With drawn inputs: the timeline of the records of the same replication, hour by hour; as written, and two of these, in
    test_hours.py."""
    made = compile_scenario(load_drawn(name))
    check_movements(movements(made, 1, 3), simulate(made, 1, 3))


@pytest.mark.parametrize(
    ("stops", "whom"),
    [("", ()), (", stops: public", ("public",)), (", stops: [" + ", ".join(ENTRANTS) + "]", ())],
    ids=["unsaid", "some", "everybody"],
)
def test_a_closure_says_whom_it_stops_unless_that_is_everybody(stops: str, whom: tuple[str, ...]) -> None:
    m = moved(f"""
        airport: {{gates: {{north: {{}}}}, closures: {{shelling: {{at: 1.5 h, lasts: 1 h, closes: north{stops}}}}}}}
        missions: {{a: {{order: {{at: 0 h}}, cohorts: {{core: {{people: 5, ready: 3 h}}}}}}}}
    """)
    assert m.disruptions == (Disrupted("shelling", "closure", ("north",), whom, 1.5, 2.5),)
