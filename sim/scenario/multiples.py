"""Head counts that are multiples of others: ``people: {of: COHORT, times: RATIO}``.

A ratio is one number for all missions (``ratios.NAME``), so that what is guessed once is one input and not one for each mission.
What is drawn is drawn where it stands, once: the head count is the product of these draws, rounded half up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from sim.scenario.errors import Faults, Path, shown
from sim.scenario.merge import nearest
from sim.scenario.nodes import Node, find
from sim.scenario.quantity import Quantity, constant
from sim.scenario.schema import Cohort, Mission, Scenario


def head_count(raw: Cohort | Quantity) -> Quantity:
    """The people of a cohort, however it is written."""
    return raw.people if isinstance(raw, Cohort) else raw


def resolved(scenario: Scenario, root: Node, faults: Faults) -> Scenario:
    """The scenario with what to expect of every head count that is a multiple; notes what can't be one."""
    missions = {}
    for name, mission in scenario.missions.items():
        if any(head_count(raw).of is not None for raw in mission.cohorts.values()):
            missions[name] = _mission(scenario, ("missions", name), mission, root, faults)
    return scenario.model_copy(update={"missions": {**scenario.missions, **missions}}) if missions else scenario


def _mission(scenario: Scenario, path: Path, mission: Mission, root: Node, faults: Faults) -> Mission:
    cohorts: dict[str, Cohort | Quantity] = {}
    for key, raw in mission.cohorts.items():
        people = head_count(raw)
        cohorts[key] = raw
        if people.of is None or not _fits(scenario, (*path, "cohorts", key, "people"), mission, key, root, faults):
            continue
        expected = _expected(scenario, mission, people)
        cohorts[key] = raw.model_copy(update={"people": expected}) if isinstance(raw, Cohort) else expected
    return mission.model_copy(update={"cohorts": cohorts})


def _fits(scenario: Scenario, path: Path, mission: Mission, key: str, root: Node, faults: Faults) -> bool:
    """Whether the cohorts and ratios that a head count depends on are there, and it isn't one of them itself."""
    seen = [key]
    cohorts: Path = (*path[:-2],)
    people = head_count(mission.cohorts[key])
    while people.of is not None:
        of, times = people.of
        at, message = None, ""
        if of not in mission.cohorts:
            at, message = "of", f"no cohort named {shown(of)} in this mission{_known(of, mission.cohorts)}"
        elif times not in scenario.ratios:
            at, message = "times", f"no ratio named {shown(times)}{_known(times, scenario.ratios)}"
        elif of in seen:
            chain = " is a multiple of ".join([*seen[seen.index(of) :], of])
            at, message = "of", f"reference cycle: {chain}"
        if at is not None:
            if of in seen:  # once, where the first of the cycle stands
                here = key == next(name for name in mission.cohorts if name in seen[seen.index(of) :])
            else:  # of another it is said where that stands, and of what is faulty itself what is wrong with it
                here = len(seen) == 1 and find(root, (*cohorts, of) if at == "of" else ("ratios", times)) is None
            if here:
                node = find(root, (*path, at)) or find(root, path) or root
                faults.add(node.place, (*path, at), message)
            return False
        seen.append(of)
        people = head_count(mission.cohorts[of])
    return True


def _known(name: str, names: Iterable[str]) -> str:
    known = list(names)
    return nearest(name, known) or (
        f"; known: {', '.join(known[:8])}{', …' if len(known) > 8 else ''}" if known else "; there is none"
    )


def _expected(scenario: Scenario, mission: Mission, people: Quantity) -> Quantity:
    """What to expect of the product, with source and grade of the ratio; its shape is that of what is drawn, if any is."""
    if people.of is None:
        return people
    base = _expected(scenario, mission, head_count(mission.cohorts[people.of[0]]))
    ratio = scenario.ratios[people.of[1]]
    if base.is_constant and ratio.is_constant:
        product = constant(math.floor(base.value * ratio.value + 0.5))
    elif 0 in (base.mean, ratio.mean):
        product = constant(0)
    else:
        product = ratio.scaled(base.value) if base.is_constant else base.scaled(ratio.mean)
    return replace(
        product,
        low=None,
        high=None,
        kind="constant",
        source=ratio.source,
        evidence=ratio.evidence,
        text=people.text,
        of=people.of,
    )
