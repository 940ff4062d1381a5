"""Several modes: a group stands in the queues of all of them and goes by the one that serves it first.

In each queue stands a ticket for it.  The mode that serves a ticket commits the group: its other tickets leave their queues, so
that nothing is sent for people who have gone.  A group that comes home again, turned back, stands in all queues anew.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from sim.model.compiled.people import CompiledWay
from sim.model.names import CAUSE
from sim.model.ranks import MODE_ASKED

if TYPE_CHECKING:
    from sim.model.mission import Chalk, Cohort, Mission
    from sim.model.passage import Convoy, Permit
    from sim.model.world import World

_VEHICLE = CAUSE["vehicle"]

Kind = tuple[int, str, str | None, str | None]
"""Who may drive together: mission, order, pool of vehicles, escort."""


class Way:
    """One mode of a cohort: what its groups draw who go by it, and with whom they may go.

    A cohort with one mode is its own way.
    """

    def __init__(self, cohort: Cohort, mode: CompiledWay, rank: int) -> None:
        self.cohort = cohort
        self.mission: Mission = cohort.mission
        self.mode = mode
        self.rank = rank
        self.alone = mode.spec.alone
        self.by_air = mode.spec.shuttle is not None
        self.kind: Kind = (*cohort.kind[:2], mode.spec.vehicles, mode.spec.escort)
        self.permits: dict[str, Permit] = {}
        self.drive: array[float] = array("d")


class Ticket:
    """The place of a group in the queue of one mode."""

    __slots__ = ("chalk", "choice", "convoy", "has_vehicle", "open", "waits", "way")

    def __init__(self, choice: Choice, chalk: Chalk, way: Way) -> None:
        self.choice = choice
        self.chalk = chalk
        self.way = way
        self.open = True
        self.waits = -1
        self.convoy: Convoy | None = None
        """The convoy in which it is held."""
        self.has_vehicle = False

    @property
    def cohort(self) -> Cohort:
        """Of the group, as the next."""
        return self.chalk.cohort

    @property
    def n(self) -> int:
        """People."""
        return self.chalk.n

    @property
    def key(self) -> int:
        """Priority among events."""
        return self.chalk.key

    @property
    def i(self) -> int:
        """The occasion of its draws."""
        return self.chalk.i

    @property
    def ready(self) -> float:
        """When it was ready."""
        return self.chalk.ready

    def commit(self) -> Chalk:
        """The group goes by this mode."""
        return self.choice.commits(self)


class Choice:
    """The open tickets of a group."""

    def __init__(self, w: World, chalk: Chalk, ways: list[Way]) -> None:
        self.w = w
        self.chalk = chalk
        self.ways = ways
        """Modes by which it may still go."""
        self.tickets: list[Ticket] = []

    def begin(self) -> None:
        """It is ready: ask each mode, at once or when the group would take it at the earliest."""
        w = self.w
        w.waits(self.chalk, _VEHICLE)
        self.tickets = [Ticket(self, self.chalk, way) for way in self.ways]
        for ticket in list(self.tickets):
            self._ask_in_time(ticket)

    def _ask_in_time(self, ticket: Ticket) -> None:
        """Ask a mode now, or when the group would take it at the earliest."""
        after = self.w.streams[ticket.way.mode.after].at(self.chalk.i)
        wait = self.chalk.ready + after - self.w.clock.now
        if wait <= 0:
            self._ask(ticket)
        elif wait < float("inf"):
            self.w.clock.wake(wait, MODE_ASKED + self.chalk.key, self._ask, ticket)

    def _ask(self, ticket: Ticket) -> None:
        if not ticket.open:
            return
        if ticket.way.by_air:
            self.w.shuttles.request(ticket)
        else:
            self.w.road.request(ticket)

    def cause(self) -> int:
        """What the group waits for: what it waits for in the first of its queues."""
        return next((t.waits for t in self.tickets if t.waits >= 0), _VEHICLE)

    def commits(self, ticket: Ticket) -> Chalk:
        """One of them is served: the others leave their queues."""
        others, self.tickets = [t for t in self.tickets if t is not ticket], []
        ticket.open = False
        self.chalk.way = ticket.way
        for t in others:
            t.open = False
            if t.way.by_air:
                self.w.shuttles.withdraw(t)
            else:
                self.w.road.withdraw(t)
        return self.chalk

    def reopen(self, convoy: Convoy) -> Ticket:
        """It is home again and will try again in its convoy, unless another mode serves it before: its ticket in the convoy."""
        mine = self.chalk.way
        self.tickets = [Ticket(self, self.chalk, way) for way in self.ways]
        own = next(t for t in self.tickets if t.way is mine)
        own.convoy, own.has_vehicle, own.waits = convoy, True, self.chalk.waits
        return own

    def ask_others(self, own: Ticket) -> None:
        """Ask the other modes for a group that is home again."""
        for ticket in list(self.tickets):
            if ticket is not own:
                self._ask_in_time(ticket)

    def loses(self, way: object) -> bool:
        """It has given up one mode: whether it asks others now."""
        self.ways = [w for w in self.ways if w is not way]
        if not self.ways:
            return False
        self.w.waits(self.chalk, _VEHICLE)
        self.tickets = [Ticket(self, self.chalk, w) for w in self.ways]
        self.chalk.tries = 0
        for ticket in list(self.tickets):
            self._ask_in_time(ticket)
        return True
