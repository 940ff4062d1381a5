"""What the gates write down as things change is what looking afresh would give: causes, whom gates stop, who is called.

Drawn scenarios, made richer: aircraft that rest and are sent, windows of a fleet's own, forces that are flown in and hand
over, gates that tell apart who comes.
"""

from __future__ import annotations

import random
from typing import Any

from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from sim.model.gates import Gates
from sim.model.records import make_records
from sim.model.world import World
from sim.scenario import ScenarioError
from sim.scenario.rules import entrant
from sim.scenario.schema import ENTRANTS
from tests.model.helpers import check_census, check_records, plan
from tests.strategies import lively, often

Data = dict[str, Any]


def enriched(data: Data, number: int) -> Data:
    """*data* with more in it; the rules of the format may refuse it."""
    rnd = random.Random(number)
    lift, airport, security = data.get("lift") or {}, data.get("airport", {}), data.get("security", {})
    windows = sorted((airport.get("airfield") or {}).get("windows") or {})
    for fleet in lift.get("fleets", {}).values():
        _enrich_fleet(rnd, fleet, windows)
    for provider in security.get("providers", {}).values():
        if lift and "force" in provider and rnd.random() < 0.8:
            provider["force"]["flown_in"] = _flown_in(rnd, sorted(lift["types"]))
            if rnd.random() < 0.5:
                provider["arrival"] = f"{rnd.randint(1, 20)} h"
    for phase in security.get("phases", [])[1:]:
        if security["providers"].get(phase["provider"], {}).keys() & {"force", "operator"} and rnd.random() < 0.6:
            phase["handover"] = True
    for gate in airport.get("gates", {}).values():
        _enrich_gate(rnd, gate, sorted(data["missions"]))
    return data


def _enrich_fleet(rnd: random.Random, fleet: Data, windows: list[str]) -> None:
    if rnd.random() < 0.6:
        fleet["dispatch"] = "waiting"
    if windows and rnd.random() < 0.5:
        fleet["windows"] = [rnd.choice(windows)]
    if rnd.random() < 0.5:
        fleet.setdefault("inbound", f"{rnd.randint(0, 6)} h")


def _flown_in(rnd: random.Random, types: list[str]) -> Data:
    return {
        "aircraft": rnd.choice(types),
        "troops": rnd.randint(10, 200),
        "cargo": rnd.choice([0, 0.5, 2]),
        "over": f"{rnd.randint(0, 20)} h",
        "endurance": f"{rnd.randint(1, 3)} h",
        "returns": f"{rnd.randint(1, 5)} h",
    }


def _enrich_gate(rnd: random.Random, gate: Data, missions: list[str]) -> None:
    if rnd.random() < 0.3:
        gate["call_forward"] = True
    if rnd.random() < 0.3:
        gate["admits"] = rnd.sample(ENTRANTS, 2)
    if rnd.random() < 0.2:
        gate["missions"] = [rnd.choice(missions)]


def check_causes(gates: Gates) -> None:
    """The cause for which the first of each line waits; how far the crowd slows a gate is followed only in steps."""
    for g in (*gates.gates, gates.door):
        if g.queue and not g.slowed:
            assert g.log.causes[-1] == gates.cause(g), (gates.clock.now, g.name)


def check_keeper(gates: Gates, called: frozenset[int]) -> None:
    """Whose aircraft call them forward, which gates are open to whom, and whom each gate stops."""
    k, now = gates.keeper, gates.clock.now
    assert not k.calls or k._called == called, now
    for line in (*gates.gates, *k.yards.values()):
        for group in line.queue:
            found, reason = k._open_to(group.cohort, entrant(group.way.mode.spec))
            in_yard = line in k.yards.values()
            assert (line is k.yards[reason] and not found) if in_yard else line in found, (now, line.name, reason)
    for g in gates.gates:
        for e in ENTRANTS:
            stopped = e in k.stopped[g.index]
            assert stopped if k._reason(g, e) else not stopped or e in k._opens[g.index], (now, g.name, e)


@seed(7)
@given(lively(), st.integers(0, 10_000))
@settings(deadline=None, database=None, max_examples=20, phases=[Phase.generate])
def test_what_is_written_down_is_what_holds(data: Data, number: int) -> None:
    try:
        made = plan(enriched(data, number))
    except ScenarioError:
        return
    world = World(made, number, 0)
    world.start()
    clock, gates = world.clock, world.gates
    while not clock.stopped:
        clock.step()
        if clock.stopped or (clock._queue and clock._queue[0][0] <= clock.now):
            continue  # more happens at this moment
        check_causes(gates)
        if gates.selective:
            check_keeper(gates, frozenset(world.lift.called_now()))
    check_census(world)
    check_records(world, make_records(world))


test_what_is_written_down_is_what_holds_often = often(
    test_what_is_written_down_is_what_holds, 120, lively(), st.integers(0, 10_000), database=None, phases=[Phase.generate]
)
