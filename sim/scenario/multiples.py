"""Head counts that are multiples of others: ``people: {of: COHORT, times: RATIO}``.

A ratio is one number for all missions (``ratios.NAME``), so that what is guessed once is one input and not one for each mission.
What is drawn is drawn where it stands, once: the head count is the product of these draws, rounded half up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from sim.scenario.errors import Faults, Path, shown
from sim.scenario.nearest import nearest
from sim.scenario.nodes import Node, find
from sim.scenario.quantity import Quantity, constant
from sim.scenario.schema import Mission, Scenario

MOST_IN_A_ROW = 20
"""Head counts that are multiples of each other."""


def resolved(scenario: Scenario, root: Node, faults: Faults) -> Scenario:
    """The scenario with what to expect of every head count that is a multiple; notes what can't be one."""
    missions = {
        name: _mission(scenario, ("missions", name), mission, root, faults)
        for name, mission in scenario.missions.items()
        if any(cohort.people.of is not None for cohort in mission.cohorts.values())
    }
    return scenario.model_copy(update={"missions": {**scenario.missions, **missions}}) if missions else scenario


def expected(scenario: Scenario) -> Scenario:
    """The same of a scenario whose multiples are known to be sound, once what they are multiples of has been moved."""
    missions = {
        name: mission.model_copy(
            update={
                "cohorts": {
                    key: cohort
                    if cohort.people.of is None
                    else cohort.model_copy(update={"people": _expected(scenario, mission, cohort.people)})
                    for key, cohort in mission.cohorts.items()
                }
            }
        )
        for name, mission in scenario.missions.items()
        if any(cohort.people.of is not None for cohort in mission.cohorts.values())
    }
    return scenario.model_copy(update={"missions": {**scenario.missions, **missions}}) if missions else scenario


def _mission(scenario: Scenario, path: Path, mission: Mission, root: Node, faults: Faults) -> Mission:
    cohorts = dict(mission.cohorts)
    for key, cohort in mission.cohorts.items():
        people = cohort.people
        if people.of is not None and _fits(scenario, (*path, "cohorts", key, "people"), mission, key, root, faults):
            cohorts[key] = cohort.model_copy(update={"people": _expected(scenario, mission, people)})
    return mission.model_copy(update={"cohorts": cohorts})


def _fits(scenario: Scenario, path: Path, mission: Mission, key: str, root: Node, faults: Faults) -> bool:
    """Whether the cohorts and ratios that a head count depends on are there, and it isn't one of them itself."""
    seen = [key]
    people = mission.cohorts[key].people
    while people.of is not None:
        of, times = people.of
        at, message = None, ""
        if of not in mission.cohorts:
            at, message = "of", f"no cohort named {shown(of)} in this mission{_known(of, mission.cohorts)}"
        elif times not in scenario.ratios:
            at, message = "times", f"no ratio named {shown(times)}{_known(times, scenario.ratios)}"
        elif len(seen) > MOST_IN_A_ROW:
            faults.add((find(root, path) or root).place, path, f"expected at most {MOST_IN_A_ROW} multiples in a row")
            return False
        elif of in seen:
            chain = " is a multiple of ".join([*seen[seen.index(of) :], of])
            at, message = "of", f"reference cycle: {chain}"
        if at is not None:
            if of in seen:  # once, where the first of the cycle stands
                here = key == next(name for name in mission.cohorts if name in seen[seen.index(of) :])
            else:  # of another it is said where that stands, and of what is faulty itself what is wrong with it
                here = len(seen) == 1 and find(root, (*path[:-2], of) if at == "of" else ("ratios", times)) is None
            if here:
                node = find(root, (*path, at)) or find(root, path) or root
                faults.add(node.place, (*path, at), message)
            return False
        seen.append(of)
        people = mission.cohorts[of].people
    return True


def _known(name: str, names: Iterable[str]) -> str:
    known = list(names)
    return nearest(name, known) or (
        f"; known: {', '.join(known[:8])}{', …' if len(known) > 8 else ''}" if known else "; there is none"
    )


def product(base: Quantity, ratio: Quantity) -> Quantity:
    """What to expect of a head count that is *base* times *ratio*: its shape is that of what is drawn, if any is."""
    if base.is_constant and ratio.is_constant:
        return constant(math.floor(base.value * ratio.value + 0.5))
    if 0 in (base.mean, ratio.mean):
        return constant(0)
    return ratio.scaled(base.value) if base.is_constant else base.scaled(ratio.mean)


def _expected(scenario: Scenario, mission: Mission, people: Quantity) -> Quantity:
    """What to expect of the product, with source and grade of the ratio."""
    if people.of is None:
        return people
    ratio = scenario.ratios[people.of[1]]
    made = product(_expected(scenario, mission, mission.cohorts[people.of[0]].people), ratio)
    made = replace(made, low=None, high=None, kind="constant", text=people.text, of=people.of)
    return replace(made, source=ratio.source, evidence=ratio.evidence)
