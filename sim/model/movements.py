"""What moved when in one replication: every person in one place at every time, and what opened, closed and flew meanwhile.

Times are hours from the start; what never came is infinite, and no finite one lies after the end.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sim.model.crowd import Course
from sim.model.names import STAGES


class InLine(NamedTuple):
    """A stay in a line, which the group left for another."""

    gate: str
    begins: float
    ends: float


class Drive(NamedTuple):
    """A way by road: with which convoy (by its place in :attr:`Movements.convoys`), from when to when, and whether in vain."""

    convoy: int
    begins: float
    ends: float
    turned_back: bool


@dataclass(frozen=True, slots=True)
class GroupMove:
    """A group that travels together, one vehicle load of a cohort, from readiness to wherever it got."""

    mission: str
    cohort: str
    number: int
    """Its number in the cohort."""
    people: int
    ordered: float
    """When its cohort was ordered out."""
    ready: float
    departs: float
    """When it left for the first time; whoever is turned back is at home again later."""
    arrives: float
    """At the airport; by helicopter out, at the hub."""
    search: float
    searched: float
    checked: float
    """When the eligibility check began."""
    inside: float
    """In the holding area; out where there is no lift, or a helicopter brought it out."""
    gave_up: float
    gate: str
    """Where it was searched or stands in line; empty: none yet, or one that needs no search."""
    lines: tuple[InLine, ...]
    """Lines that it left for another before."""
    mode: str
    """How it went, or would have: ``road``, ``alone``, or the name of a shuttle."""
    by_air: bool
    """Whether by helicopter."""
    direct: bool
    """Whether a helicopter brought it out, without an airport."""
    hub: str
    """Where to; empty if the scenario names no hub for that."""
    vehicles: str
    """The pool of its vehicle; empty if it needs none."""
    drives: tuple[Drive, ...]
    """Its ways by road; none are kept where nothing but the drive takes time."""

    @property
    def name(self) -> str:
        """As the event log calls it."""
        return f"{self.mission}/{self.cohort}/{self.number}"


class Convoy(NamedTuple):
    """Vehicles that left together, or a group that went by itself."""

    mission: str
    begins: float
    ends: float
    """When it was at the airport, or at home again."""
    groups: tuple[int, ...]
    """Places in :attr:`Movements.groups`; a vehicle each."""
    people: int
    turned_back: bool


class Portion(NamedTuple):
    """People of one group on one flight."""

    group: int
    """Place in :attr:`Movements.groups`."""
    mission: str
    cohort: str
    people: int


@dataclass(frozen=True, slots=True)
class FlightMove:
    """An aircraft on a stand, and where it went; or one that brought troops or cargo."""

    fleet: str
    aircraft: str
    """Its name; a flight of a timetable has one of its own."""
    operator: str
    sortie: int
    """From 1."""
    requested: float
    """Over the airport."""
    stand_given: float
    """From then on the stand is held for it, until it is off."""
    approach: float
    lands: float
    """On its stand."""
    boards: float
    loaded: float
    cleared: float
    """A hub has room for its people."""
    rolls: float
    off: float
    hub: str
    arrives: float
    """At the hub; it may lie after the end."""
    seats: int
    people: int
    troops: int
    """Troops who leave with it; or whom it brings, if that is what it came for."""
    brings: bool
    """Whether it brought a force, with troops or cargo, and left empty."""
    portions: tuple[Portion, ...]


class Diversion(NamedTuple):
    """An aircraft that could not hold any longer and went home, or to another airport."""

    time: float
    fleet: str
    aircraft: str
    sortie: int


@dataclass(frozen=True, slots=True)
class CohortMove:
    """A cohort: who of it is in no group."""

    mission: str
    cohort: str
    staff: int
    staying: int
    """Those who are not to be moved."""
    out_before: int
    """Those who were out before the start."""
    ordered: float
    ungrouped: int
    """Those to be moved who never became ready: at the mission, and from the order on getting ready."""


class GateState(NamedTuple):
    """A gate from some moment on."""

    time: float
    gate: str
    closed: str
    """``closure`` or ``crowd``; empty: open."""
    stops: tuple[tuple[str, str], ...]
    """(entrant, why) of those whom it stops while others may come in."""


class Manned(NamedTuple):
    """Lanes that can be manned from some moment on, at all gates together; infinite: all that there are."""

    time: float
    lanes: float


class Disrupted(NamedTuple):
    """A closure, an incident or a breach of the runway by the crowd; ``ends`` is infinite if it lasted to the end."""

    name: str
    cause: str
    """``closure`` or ``crowd``."""
    closes: tuple[str, ...]
    """What it closed; nothing if it closed none."""
    stops: tuple[str, ...]
    """Whom it stopped at gates and on the road; nobody in particular: everybody."""
    begins: float
    ends: float


class Level(NamedTuple):
    """The threat from some moment on."""

    time: float
    level: str


class SecuredBy(NamedTuple):
    """Who secures and runs the airport from some moment on."""

    time: float
    force: str
    """The provider whose force is in charge; empty: no foreign force is there."""
    manned: bool
    """Whether its perimeter is fully manned."""
    headcount: float
    host: bool
    """Whether the host's outer layer stands."""
    services: tuple[str, ...]
    night: bool
    leaving: bool


class CrowdCourse(NamedTuple):
    """The crowd outside from some moment on."""

    time: float
    people: float
    """At that moment."""
    flow: float
    """People who join it, less those who are held off, an hour."""
    dispersal: float
    """Share of it that goes away, an hour."""

    def at(self, time: float) -> float:
        """People at a time from that moment on."""
        return Course(self.people, self.flow, self.dispersal).at(time - self.time)


class Site(NamedTuple):
    """What there is in this replication: lanes of a gate, stands of a size, beds of a hub; infinite: no limit."""

    name: str
    number: float
    opens: float
    """Of a hub; a gate's states say when it is open."""


@dataclass(frozen=True, slots=True)
class Movements:
    """One replication."""

    missions: tuple[str, ...]
    """All of them; one that closed long before has no cohort."""
    groups: tuple[GroupMove, ...]
    """In the order in which they were ready."""
    cohorts: tuple[CohortMove, ...]
    convoys: tuple[Convoy, ...]
    flights: tuple[FlightMove, ...]
    """In order of boarding; those last that wait on a stand for their load at the end, or brought a force."""
    diversions: tuple[Diversion, ...]
    gates: tuple[Site, ...]
    stands: tuple[Site, ...]
    """Smallest size first; none: no limit."""
    hubs: tuple[Site, ...]
    holding: float
    """People whom the holding area takes."""
    gate_states: tuple[GateState, ...]
    """In order of time."""
    manned: tuple[Manned, ...]
    disruptions: tuple[Disrupted, ...]
    """In order of their beginning."""
    levels: tuple[Level, ...]
    secured: tuple[SecuredBy, ...]
    """Empty where the scenario gives no phases: then nothing limits who guards and serves."""
    crowd: tuple[CrowdCourse, ...]
    """Empty without a crowd."""
    lift: bool
    """Whether people leave by air; otherwise who is inside is out."""
    fall: float
    """When the capital fell first."""
    lost: float
    """When the airport was lost."""
    end: float
    end_reason: str
    """``out``, ``gave_up``, ``lost`` or ``horizon``."""

    @property
    def staff(self) -> int:
        """Everybody."""
        return sum(c.staff for c in self.cohorts)

    def changes(self) -> Iterator[tuple[float, str, str, str, int]]:
        """(hours, mission, stage, stage, people): so many leave one stage for another; the first is empty at the start.

        Not in order of time; what comes after the end is left out.
        """
        for c in self.cohorts:
            moved = c.staff - c.staying - c.out_before
            for stage, people in (("staying", c.staying), ("out", c.out_before), ("mission", moved)):
                yield 0.0, c.mission, "", stage, people
            yield from self._by(c.ordered, c.mission, "mission", "readying", moved)
        for g in self.groups:
            yield from self._by(g.ready, g.mission, "readying", "transport", g.people)
            yield from self._by(g.departs, g.mission, "transport", "road", g.people)
            yield from self._by(g.gave_up, g.mission, "road", "gave_up", g.people)
            yield from self._by(g.arrives, g.mission, "road", "gate", g.people)
            yield from self._by(g.search, g.mission, "gate", "screening", g.people)
            yield from self._by(g.inside, g.mission, "screening", "holding" if self.lift and not g.direct else "out", g.people)
        for f in self.flights:
            for p in f.portions:
                yield from self._by(f.boards, p.mission, "holding", "aboard", p.people)
                yield from self._by(f.off, p.mission, "aboard", "out", p.people)

    def _by(self, time: float, mission: str, leaves: str, enters: str, people: int) -> Iterator[tuple[float, str, str, str, int]]:
        if time <= self.end and people:
            yield time, mission, leaves, enters, people


class StageCounts:
    """People by mission and stage at any time."""

    def __init__(self, m: Movements) -> None:
        self.missions = m.missions
        self._steps: dict[tuple[str, str], tuple[list[float], list[int]]] = {}
        by_place: dict[tuple[str, str], list[tuple[float, int]]] = {}
        for time, mission, leaves, enters, people in m.changes():
            if leaves:
                by_place.setdefault((mission, leaves), []).append((time, -people))
            by_place.setdefault((mission, enters), []).append((time, people))
        for place, steps in by_place.items():
            steps.sort()
            times, level, levels = [], 0, []
            for time, people in steps:
                level += people
                times.append(time)
                levels.append(level)
            self._steps[place] = times, levels

    def at(self, time: float) -> dict[str, dict[str, int]]:
        """Mission -> stage -> people, at a time and after whatever happens then; each of :data:`STAGES` is there."""
        return {mission: {stage: self._people(mission, stage, time) for stage in STAGES} for mission in self.missions}

    def total(self, time: float) -> dict[str, int]:
        """Stage -> people of all missions."""
        return {stage: sum(self._people(mission, stage, time) for mission in self.missions) for stage in STAGES}

    def _people(self, mission: str, stage: str, time: float) -> int:
        times, levels = self._steps.get((mission, stage), ((), ()))
        k = bisect_right(times, time)
        return levels[k - 1] if k else 0
