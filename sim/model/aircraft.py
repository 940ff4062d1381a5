"""Fleets, aircraft and their departures in one replication."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any, Protocol

from sim.model.compiled.dispatch import FleetTimes
from sim.model.compiled.lift import CompiledFleet
from sim.model.compiled.numbers import INF
from sim.model.draws import Named
from sim.model.hub import Hub
from sim.model.kernel import Call
from sim.model.mission import Group, Mission
from sim.model.run import Run

NOTHING, FOR_LOAD, FOR_SERVICE, FOR_STAND, FOR_RUNWAY, FOR_HUB, FOR_PERMISSION = range(7)
"""What an aircraft waits for, as far as people inside are concerned; the first two hold nobody up."""


class Brings(Protocol):
    """A force that comes by air: what becomes of its aircraft, which are no flights of the lift."""

    def landed(self, aircraft: Aircraft) -> None:
        """It is on its stand."""

    def off(self, aircraft: Aircraft) -> None:
        """It has taken off again."""

    def diverted(self, aircraft: Aircraft) -> None:
        """It could not hold any longer."""


class TroopGroup:
    """A group of a withdrawing force: it takes seats and belongs to no mission."""

    __slots__ = ("flown", "left", "name", "people", "priority")

    def __init__(self, name: str, people: int, priority: int, flown: Callable[[int], None] | None = None) -> None:
        self.name = name
        self.flown = flown
        """Is told how many of them have taken off."""
        self.people = people
        self.left = people
        """Those of it who have no seat yet."""
        self.priority = priority


Portion = tuple[Any, int]
"""(group or troops, people of it who board)"""


class Fleet:
    """A fleet in one replication."""

    def __init__(self, run: Run, plan: CompiledFleet, times: FleetTimes) -> None:
        self.plan = plan
        self.least_ground = times.least
        self.name = plan.name
        self.index = plan.index
        self.numbers = numbers = plan.numbers.in_(run.streams)
        self.seats = math.floor(numbers.seats * numbers.share + 1e-9)
        self.surge = int(numbers.surge) if numbers.surge is not None else self.seats
        self.own_only = plan.loading == "own-only"
        self.first_come = plan.loading == "first-come"
        self.serves = plan.serves
        self.ordered = INF
        """When the first order of a mission that it serves came, if it comes so long after that."""
        self.own: list[Mission] = run.link()
        """The missions that it serves."""
        self.stays = min(numbers.patience, max(0.0, numbers.window - times.ground))
        """How long an aircraft of it waits on its stand for people to come in."""
        self.takes: Collection[int] = self.serves
        """Missions whose people it may take, and troops."""
        self.stand_size = 0
        self.until = INF
        self.hubs: list[Hub] = []
        self.surges = numbers.surge is not None
        self.waits = plan.waits
        self.scheduled = bool(plan.schedule)
        self.first_day: list[float] = []
        """Hours from the start to each flight of the first day's timetable."""
        self.brings: list[Brings] = run.link()
        """The force whom it brings, if that is what it is for."""
        self.idle: list[Aircraft] = run.link()
        self.classes: list[LiftClass] = []
        """Classes of the missions whose people alone it takes."""
        self._streams: dict[int, tuple[Named, Named, Named]] = {}

    def streams_of(self, run: Run, number: int) -> tuple[Named, Named, Named]:
        """Draws of the legs, the landings and the take-offs of one aircraft; all flights of a timetable share one."""
        known = self._streams.get(number)
        if known is None:
            own = self.plan.aircraft[number]
            known = self._streams[number] = (
                Named(run.streams, own.legs),
                Named(run.streams, own.landing),
                Named(run.streams, own.take_off),
            )
        return known


class Aircraft:
    """One aircraft of a fleet; ``number`` picks its streams."""

    __slots__ = (
        "approach",
        "back",
        "booked",
        "calls",
        "due",
        "first",
        "fleet",
        "given",
        "has_stand",
        "hub",
        "inbound",
        "key",
        "landing",
        "leaves",
        "legs",
        "number",
        "on_stand",
        "people",
        "record",
        "requested",
        "serial",
        "soldiers",
        "sortie",
        "stand",
        "state",
        "take_off",
        "threshold",
    )  # fmt: skip

    def __init__(self, run: Run, fleet: Fleet, number: int, rank: int, sortie: int = 0) -> None:
        self.fleet = fleet
        self.legs, self.landing, self.take_off = fleet.streams_of(run, number)
        self.number = number
        self.serial = number
        """Its number in the event log: of scheduled flights, and of those that bring a force, that of the flight."""
        self.key = rank << 16
        self.sortie = sortie
        self.stand: str | None = None
        self.has_stand = False
        self.state = NOTHING
        self.people = 0
        self.soldiers: list[Portion] = []
        """Troops aboard, group by group."""
        self.due = INF
        """When it is at the airport with these seats, as far as is known."""
        self.first = INF
        """When it can be at the airport for the first time, if that is so long after an order."""
        self.inbound = 0.0
        """Hours from its hub to the airport, while it rests."""
        self.leaves = INF
        """When it leaves its hub for that."""
        self.booked: dict[int, int] = {}
        """People by mission for whom it brings a seat."""
        self.threshold = 1
        self.calls: Call | None = None
        """The timer of its endurance or patience."""
        self.hub: Hub | None = None
        self.back = 0.0
        """When it is at its hub again."""
        self.requested = self.given = self.approach = self.on_stand = 0.0
        """When it asked to land, had a stand, began its final approach and was on that stand, in this sortie."""
        self.record: Flight | None = None

    @property
    def name(self) -> str:
        """Fleet and number."""
        return f"{self.fleet.name}/{self.serial}"

    @property
    def flight(self) -> dict[str, Any]:
        """The fields of the event log that tell its present flight from others."""
        return {"fleet": self.fleet.name, "aircraft": self.serial, "sortie": self.sortie + 1}


class Flight:
    """What is kept of one departure: moments in hours, people by portion."""

    __slots__ = (
        "approach",
        "board",
        "fleet",
        "given",
        "hub",
        "inbound",
        "lands",
        "off",
        "operator",
        "outbound",
        "people",
        "portions",
        "ready",
        "requested",
        "rolls",
        "room",
        "seats",
        "serial",
        "sortie",
        "stand",
        "troops",
    )

    def __init__(
        self, aircraft: Aircraft, board: float, seats: int, portions: list[tuple[Group, int]], people: int, troops: int
    ) -> None:
        self.fleet = aircraft.fleet.name
        self.serial = aircraft.serial
        self.stand = aircraft.stand
        self.operator = aircraft.fleet.plan.operator
        self.sortie = aircraft.sortie
        self.requested, self.given, self.approach = aircraft.requested, aircraft.given, aircraft.approach
        self.lands = aircraft.on_stand
        self.board = board
        self.ready = self.room = self.rolls = self.off = INF
        self.outbound = 0.0
        self.seats = seats
        self.hub = ""
        self.portions = portions
        self.people = people
        self.troops = troops

    @property
    def name(self) -> str:
        """Fleet and number of the aircraft."""
        return f"{self.fleet}/{self.serial}"


class LiftClass:
    """Missions that the same fleets serve: they share the cause for which they wait inside."""

    __slots__ = ("counts", "held", "shut", "steps")

    def __init__(self) -> None:
        self.shut = False
        """Whether none of their fleets may land now, as far as windows go."""
        self.counts = [0] * 7
        """Aircraft that serve them alone, by what each waits for."""
        self.held = 0
        """The worst that holds up one of these."""
        self.steps: list[tuple[float, int, bool]] = [(0.0, 0, False)]
        """(hours, ``held``, ``shut``) from then on."""
