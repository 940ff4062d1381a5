"""What is there when, at the medians: lanes, officers, runway, the loss of the airport.

The model's own clockwork of threat, provider, host, closures and orders is run once with nobody who needs anything, no crowd and
no random incident; what it says at each event is the calendar.  Nothing that a run of evacuees could change is in it: a
withdrawal or collapse that waits for missions to have gone is taken never to come from that.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.analysis.bounds.arguments import F64, INF, Mask
from sim.analysis.bounds.triggers import median_draws
from sim.model.compiled.scenario import CompiledScenario, compile_scenario
from sim.model.world import World
from sim.scenario.quantity import constant
from sim.scenario.schema import Cohort, Scenario, Security

MOST_EVENTS = 200_000


@dataclass
class Calendar:
    """Pieces of time, from ``times[i]`` to the next; the last one has no end."""

    times: F64
    lanes: dict[str, F64]
    """Lanes of each gate while it is open, manned or not."""
    manned: F64
    """Lanes that can be manned, all gates together."""
    teams: F64
    """Teams of consular officers."""
    runway: Mask
    """Whether aircraft can take off."""
    services: list[frozenset[str]]
    lost: float
    """When the airport is lost, hours."""
    levels: list[str] = field(default_factory=list)

    def within(self, values: F64, first: float, last: float) -> float:
        """Integral of *values* from *first* to *last*, value times hours."""
        width = np.diff(np.clip(np.append(self.times, INF), first, last))
        some = width > 0
        return float((values[some] * width[some]).sum())

    def most(self, values: F64, first: float, last: float) -> float:
        """The largest of *values* from *first* to *last*."""
        i = max(0, int(np.searchsorted(self.times, first, side="right")) - 1)
        j = max(i + 1, int(np.searchsorted(self.times, last, side="left")))
        return float(values[i:j].max())


class _Medians:
    """Stands for the streams of a plan: whatever the replication, the medians."""

    def __init__(self, plan: CompiledScenario) -> None:
        self.draws = dict(enumerate(median_draws(plan)))  # the compiled model takes no list for what it knows as a dict

    def draw(self, seed: int, replication: int) -> Any:
        """The same for all."""
        return self.draws


def quiet(scenario: Scenario) -> Scenario:
    """The scenario without crowd, random incidents, roads and aircraft, and everybody inside as soon as ordered."""
    missions = {
        name: mission.model_copy(update={"cohorts": {key: _inside(cohort) for key, cohort in mission.cohorts.items()}})
        for name, mission in scenario.missions.items()
    }
    incidents = {n: i.model_copy(update={"rate": {}}) for n, i in scenario.airport.incidents.items()}
    airport = scenario.airport.model_copy(update={"crowd": None, "incidents": incidents, "holding": constant(INF)})
    changes = {
        "missions": missions,
        "airport": airport,
        "lift": None,
        "shuttles": {},
        "places": {},
        "security": _unmoved(scenario.security),
    }
    return scenario.model_copy(update=changes)


def _inside(cohort: Cohort) -> Cohort:
    """A cohort of which everybody is inside as soon as ordered."""
    kept = {"people": cohort.people, "residual": cohort.residual, "order": cohort.order}
    return Cohort(**kept, starts="holding", group=constant(10**9), consular=constant(0))


def _unmoved(security: Security) -> Security:
    """Security without what evacuees set going."""

    def steady(spec: Any) -> Any:
        if spec is None:
            return None
        # one that needs lift waits for aircraft, which nobody knows here: at best it guards to the end
        waits = {"takes": constant(10**9)} if getattr(spec, "lift", False) else {}
        when = tuple(c for c in spec.when if c.kind not in ("gone", "share"))
        return spec.model_copy(update={"when": when, **waits})

    providers = {}
    for name, p in security.providers.items():
        force = p.force and p.force.model_copy(update={"withdrawal": steady(p.force.withdrawal), "flown_in": None})
        operator = p.operator and p.operator.model_copy(update={"withdrawal": steady(p.operator.withdrawal)})
        providers[name] = p.model_copy(update={"force": force, "operator": operator})
    host = security.host and security.host.model_copy(update={"collapse": steady(security.host.collapse)})
    return security.model_copy(update={"providers": providers, "host": host})


def calendar(scenario: Scenario) -> Calendar:
    """The calendar of a scenario at the medians of all its quantities."""
    plan = compile_scenario(quiet(scenario))
    world = World(replace(plan, streams=_Medians(plan)), 0, 0)  # type: ignore[arg-type]
    world.run.ends_when_out = False
    world.start()
    rows = [_state(world)]
    for _ in range(MOST_EVENTS):
        if world.clock.stopped:
            break
        world.clock.step()
        row = _state(world)
        if row[1:] != rows[-1][1:]:
            if row[0] == rows[-1][0]:
                rows[-1] = row
            else:
                rows.append(row)
    gates = [g.name for g in world.gates.gates]
    lost = world.security.lost_at
    return Calendar(
        times=np.array([r[0] for r in rows]),
        lanes={name: np.array([r[1][i] for r in rows]) for i, name in enumerate(gates)},
        manned=np.array([r[2] for r in rows]),
        teams=np.array([r[3] for r in rows]),
        runway=np.array([r[4] for r in rows], np.bool_),
        services=[r[5] for r in rows],
        lost=lost,
        levels=[r[6] for r in rows],
    )


def _state(w: World) -> tuple[float, tuple[float, ...], float, float, bool, frozenset[str], str]:
    lanes = tuple(g.nominal if g.closed is None else 0.0 for g in w.gates.gates)
    takes_off = w.airfield.stopped_by is None
    level = w.threat.plan.levels[w.threat.level]
    return w.clock.now, lanes, w.security.lanes, w.gates.officers.teams, takes_off, w.security.services, level
