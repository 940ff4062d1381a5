"""The staff of a roster over a base: a short scenario that says only what is the roster's own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath

from sim.scenario.errors import Fault, Faults, Message, Place, ScenarioError, printable, shown
from sim.scenario.files import PREFIX
from sim.scenario.loading import load
from sim.scenario.nearest import nearest
from sim.scenario.roster import Post, Roster, Staff
from sim.scenario.rules import reacts
from sim.scenario.schema import Cohort, Mission, Scenario
from sim.scenario.starters import MODELINE, Started, about, people_of, word

EXAMPLE = Roster("--extends", (Post("our-embassy", "Our embassy", "", None, (Staff("core", 60), Staff("local", 300))),))
"""Who is written over a base where there is no roster."""


def overlays(roster: Roster, base: str, target: str | os.PathLike[str]) -> Iterator[Started]:
    """The roster's missions over *base*, a shipped name or a path, to be written to *target*: the likeliest orders first.

    Raises:
        ScenarioError: if the base is none, lies outside the folder of *target*, or hasn't what the roster names.
    """
    name = _inside(base, FilePath(target))
    scenario = load(base).scenario
    _pools_known(roster, scenario)
    speed = scenario.road.speed is None and any(post.distance_km is not None for post in roster.posts)
    for order in _orders(scenario):
        text = "".join(f"{line}\n" for line in _lines(roster, scenario, name, order, speed))
        yield Started(text, (*roster.notices, *_made_up(roster, scenario, order, speed)))


def _inside(base: str, target: FilePath) -> str:
    """What ``extends:`` says in a file at *target*."""
    if base.startswith(PREFIX):
        return base
    place = Place("--extends")
    if not base or "\0" in base:
        raise ScenarioError([Fault.at(place, (), "expected a base: a shipped evacsim: name, or the path of a scenario")])
    folder = os.path.realpath(target.parent)
    path = os.path.realpath(base)
    if os.path.splitdrive(path)[0] != os.path.splitdrive(folder)[0] or not FilePath(path).is_relative_to(folder):
        message = Message("expected a base inside the folder of the file to write", printable(base))
        raise ScenarioError([Fault.at(place, (), message)])
    return FilePath(path).relative_to(folder).as_posix()


def _pools_known(roster: Roster, scenario: Scenario) -> None:
    faults = Faults()
    for staff in (staff for post in roster.posts for staff in post.staff):
        if staff.vehicles and staff.vehicles not in scenario.vehicles and staff.cell is not None:
            pools = list(scenario.vehicles)
            there = f"; there is {', '.join(pools[:12])}" if pools else "; it has none"
            near = nearest(staff.vehicles, pools) or there
            message = Message("expected a pool of vehicles of the base", shown(staff.vehicles) + near)
            faults.add(staff.cell.place(roster.label), ("vehicles",), message)
    faults.stop()


def _orders(base: Scenario) -> list[str]:
    """Orders for missions that have none, the likeliest first."""
    orders = ["{at: 1 d}", "{at: start}"]
    threat = base.threat
    if threat is not None and len(threat.levels) > 1:
        level = (
            threat.levels[max(1, threat.levels.index(threat.fallen) - 1)] if threat.fallen in threat.levels else threat.levels[-1]
        )
        orders.insert(0, f"{{when: threat >= {level}, delay: 6 h}}")
    return orders


def _lines(roster: Roster, base: Scenario, name: str, order: str, speed: bool) -> Iterator[str]:
    yield MODELINE
    yield "# The staff of a roster over a base: what isn't here is as the base has it, and `evacsim describe` lists it."
    yield "# Every key is explained in docs/reference/scenario-format.md."
    yield f"extends: {json.dumps(name, ensure_ascii=False)}"
    yield "title: Staff of a roster"
    if speed:
        yield "road: {speed: 25 km/h}               # made up: the base has none"
    for section, idle in (("vehicles", _idle_pools(roster, base)), ("ratios", _idle_ratios(roster, base))):
        if idle:
            yield f"{section}:"
            yield from (f"  {word(key)}: null                       # used by nobody any more" for key in idle)
    yield "missions:"
    for post in roster.posts:
        yield from _mission(post, base, order)


def _idle_pools(roster: Roster, base: Scenario) -> list[str]:
    """Pools of the base that nobody uses any more."""
    moved = {(post.name, staff.cohort): staff.vehicles for post in roster.posts for staff in post.staff if staff.vehicles}
    before: set[str | None] = set()
    after: set[str | None] = set(moved.values())
    for mission, each in base.missions.items():
        for name, cohort in each.cohorts.items():
            pools = {cohort.vehicles, *(mode.vehicles for mode in cohort.modes)}
            before |= pools
            after |= set() if (mission, name) in moved else pools
    return [pool for pool in base.vehicles if pool in before and pool not in after]


def _idle_ratios(roster: Roster, base: Scenario) -> list[str]:
    """Ratios of the base by which no head count is a multiple any more."""
    counted = {(post.name, staff.cohort) for post in roster.posts for staff in post.staff}
    before, after = set(), set()
    for mission, each in base.missions.items():
        for name, cohort in each.cohorts.items():
            if cohort.people.of is not None:
                before.add(cohort.people.of[1])
                after |= set() if (mission, name) in counted else {cohort.people.of[1]}
    return [ratio for ratio in base.ratios if ratio in before - after]


def _mission(post: Post, base: Scenario, order: str) -> Iterator[str]:
    mission = base.missions.get(post.name)
    yield f"  {word(post.name)}:"
    lines = list(about(post))
    yield from (line for line in lines if mission is None or mission.title is None or not line.strip().startswith("title:"))
    if mission is not None and mission.drive is not None and post.distance_km is not None:
        yield "    drive: null                       # by its distance"
    if mission is not None and mission.closed is not None:
        yield "    closed: null                      # the base has it closed"
    yield "    cohorts:"
    for staff in post.staff:
        cohort = None if mission is None else mission.cohorts.get(staff.cohort)
        yield f"      {word(staff.cohort)}: {people_of(staff, list(_instead(staff, cohort)))}"
    if mission is None or _lacks_order(post, mission, base):
        yield f"    order: {order}"


def _instead(staff: Staff, cohort: Cohort | None) -> Iterator[str]:
    """What a cohort of the base has to leave for these vehicles."""
    if cohort is None or not staff.vehicles:
        return
    yield from (f"{key}: null" for key in ("shuttle", "modes") if getattr(cohort, key))
    if cohort.alone:
        yield "alone: false"
    if cohort.starts != "mission":
        yield "starts: mission"


def _lacks_order(post: Post, mission: Mission, base: Scenario) -> bool:
    """Whether some of the roster's people would never be asked to move."""
    if mission.order is not None or mission.residual == "all" or reacts(base, mission):
        return False
    ordered = {name for name, cohort in mission.cohorts.items() if cohort.order is not None}
    return any(staff.cohort not in ordered for staff in post.staff)


def _made_up(roster: Roster, base: Scenario, order: str, speed: bool) -> Iterator[str]:
    """What the roster doesn't say, and how its missions and the base's fit together."""
    missions = {post.name: base.missions.get(post.name) for post in roster.posts}
    fresh = [name for name, mission in missions.items() if mission is None or mission.closed is not None]
    if fresh:
        yield f"ordered out by `order: {order}`, which is made up: {_some(fresh)}"
    if speed:
        yield "road.speed is made up: the base has none"
    for post in roster.posts:
        mission = missions[post.name]
        kept = [] if mission is None else [name for name in mission.cohorts if name not in {s.cohort for s in post.staff}]
        if kept:
            yield f"{post.name} keeps {_some(kept)} of the base; `cohorts: {{{kept[0]}: null}}` takes a cohort away"
        if mission is not None and mission.residual == "all":
            yield f"{post.name} stays, as in the base (residual: all)"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
