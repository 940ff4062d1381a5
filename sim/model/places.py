"""What shuttles share: pools of helicopters, pick-up places with their spots and guards; and one load of a helicopter."""

from __future__ import annotations

from sim.model.compiled.numbers import INF
from sim.model.compiled.road import CompiledShuttle
from sim.model.hub import Hub
from sim.model.kernel import Call, Line
from sim.model.mission import Cohort, Group
from sim.model.modes import Rider

GUARDS_KEY = 1 << 50
"""Above the keys of all groups."""


class HelicopterPool:
    """Helicopters that are free, and the shuttles that share them."""

    def __init__(self, name: str, routes: list[Route], number: float = 0.0) -> None:
        self.name = name
        self.free = number
        self.routes = routes


class Guards:
    """Troops at a place: who is still to be flown in, on the way, there, and on the way out."""

    def __init__(self, people: float) -> None:
        self.to_come = int(min(people, 1e9))
        self.coming = self.there = self.flying_out = 0
        self.leaving = False
        """Whether they have been called back."""

    def take(self, load: Load) -> None:
        """A helicopter sets out with some of them, or for some of them."""
        self.to_come -= load.guards_in
        self.coming += load.guards_in
        self.there -= load.guards_out
        self.flying_out += load.guards_out


class Place:
    """Landing spots now, and when each that is spoken for will be free."""

    def __init__(self, spots: float) -> None:
        self.spots = spots
        self.hovering: list[Load] = []
        self.due: list[float] = [0.0] * int(spots) if spots < 10_000 else []
        self.limited = spots < 10_000
        self.guards: Guards | None = None
        self.gone = False
        """Whether its guards have left it for good."""
        self.users: list[Cohort] | None = None

    def free_at(self) -> float:
        """When a spot will be free that nobody has spoken for."""
        return min(self.due, default=INF) if self.limited else 0.0

    def book(self, there: float, turn: float) -> None:
        """A helicopter will be there and stay for its turn."""
        if self.limited:
            k = self.due.index(min(self.due))
            self.due[k] = max(self.due[k], there) + turn


class Route:
    """One shuttle."""

    def __init__(
        self,
        name: str,
        rank: int,
        plan: CompiledShuttle,
        seats: float,
        line: Line,
        pool: HelicopterPool,
        place: Place,
        hub: Hub | None,
    ) -> None:
        self.operator = plan.spec.operator or name
        self.rank = rank
        self.plan = plan
        self.seats = int(min(seats, 1e9))
        self.line = line
        self.pool = pool
        pool.routes.append(self)
        self.place = place
        self.hub = hub
        self.night = plan.spec.night
        self.inside = plan.spec.enters == "holding"
        self.out = plan.spec.enters == "out"
        self.fills = plan.spec.fills
        self.slotted = plan.spec.place is not None or plan.spec.helicopters is not None
        """Whether a helicopter is sent only if a spot will be free for it: it might be of more use elsewhere."""
        self.over = False
        self.guard_flights = 0
        self.retry: Call | None = None
        self.retry_at = INF


class Load:
    """One round trip: whom it is for; the draws are those of its first group, or of the guards' *occasion*."""

    __slots__ = ("first", "groups", "guards_in", "guards_out", "h", "key", "occasion", "people")

    def __init__(self, h: Route, first: Rider | None, guards_in: int = 0, guards_out: int = 0) -> None:
        self.h = h
        self.first = first
        self.groups: list[Group] = []
        self.people = 0
        self.guards_in = guards_in
        self.guards_out = guards_out
        self.occasion = h.guard_flights
        self.key: int = first.key if first is not None else GUARDS_KEY + (h.rank << 20) + self.occasion
