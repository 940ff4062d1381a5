"""Several modes: a group stands in the queues of all of them and goes by the one that serves it first.

In each queue stands a ticket for it.  The mode that serves a ticket commits the group: its other tickets leave their queues, so
that nothing is sent for people who have gone.  A group that comes home again, turned back, stands in all queues anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sim.model.compiled.numbers import INF
from sim.model.draws import Stream
from sim.model.mission import Cohort, Group, Way
from sim.model.names import CAUSE
from sim.model.ranks import MODE_ASKED

_VEHICLE = CAUSE["vehicle"]


class Transport(Protocol):
    """The road, or the shuttles, as a group with several modes asks for them."""

    def request(self, group: Group | Ticket, /) -> None:
        """It wants to go by this."""

    def withdraw(self, ticket: Ticket, /) -> None:
        """It has gone by another mode."""


class Ticket:
    """The place of a group in the queue of one mode."""

    __slots__ = ("convoy", "group", "has_vehicle", "open", "waits", "way")

    def __init__(self, group: Undecided, way: Way) -> None:
        self.group = group
        self.way = way
        self.open = True
        self.waits = -1
        self.convoy: Convoy | None = None
        """The convoy in which it is held."""
        self.has_vehicle = False

    @property
    def cohort(self) -> Cohort:
        """Of the group, as the next."""
        return self.group.cohort

    @property
    def people(self) -> int:
        """People."""
        return self.group.people

    @property
    def key(self) -> int:
        """Priority among events."""
        return self.group.key

    @property
    def number(self) -> int:
        """The occasion of its draws."""
        return self.group.number

    @property
    def ready(self) -> float:
        """When it was ready."""
        return self.group.ready

    def commit(self) -> Group:
        """The group goes by this mode."""
        return self.group.commits(self)

    def wait_for(self, cause: int) -> None:
        """It waits in this queue for *cause* from now on; the group waits for what holds it up in its first queue."""
        if self.waits != cause:
            self.waits = cause
            if self.open:
                self.group.wait_for(self.group.cause())


Rider = Group | Ticket
"""What stands in the queue of a mode."""


class Undecided(Group):
    """A group with several modes, and its open tickets."""

    __slots__ = ("tickets", "transport", "ways")

    def begin(self, road: Transport, shuttles: Transport) -> None:
        """It is ready: ask each mode, at once or when the group would take it at the earliest."""
        self.transport = (road, shuttles)
        self.ways = list(self.cohort.ways)
        """Modes by which it may still go."""
        self._ask_all()

    def _ask_all(self) -> None:
        self.wait_for(_VEHICLE)
        self.tickets = [Ticket(self, way) for way in self.ways]
        for ticket in list(self.tickets):
            self._ask_in_time(ticket)

    def _ask_in_time(self, ticket: Ticket) -> None:
        """Ask a mode now, or when the group would take it at the earliest."""
        run = self.cohort.run
        wait = self.ready + run.streams[ticket.way.mode.after].at(self.number) - run.clock.now
        if wait <= 0:
            self._ask(ticket)
        elif wait < INF:
            run.clock.wake(wait, MODE_ASKED + self.key, self._ask, ticket)

    def _ask(self, ticket: Ticket) -> None:
        if ticket.open:
            self.transport[ticket.way.by_air].request(ticket)

    def cause(self) -> int:
        """What the group waits for: what it waits for in the first of its queues."""
        return next((t.waits for t in self.tickets if t.waits >= 0), _VEHICLE)

    def commits(self, ticket: Ticket) -> Group:
        """One of its tickets is served: the others leave their queues."""
        others, self.tickets = [t for t in self.tickets if t is not ticket], []
        ticket.open = False
        self.way = ticket.way
        for other in others:
            other.open = False
            self.transport[other.way.by_air].withdraw(other)
        return self

    def reopen(self, convoy: Convoy) -> Ticket:
        """It is home again and will try again in its convoy, unless another mode serves it before: its ticket in the convoy."""
        self.tickets = [Ticket(self, way) for way in self.ways]
        own = next(t for t in self.tickets if t.way is self.way)
        own.convoy, own.has_vehicle, own.waits = convoy, True, self.waits
        return own

    def ask_others(self, own: Ticket) -> None:
        """Ask the other modes for a group that is home again."""
        for ticket in list(self.tickets):
            if ticket is not own:
                self._ask_in_time(ticket)

    def loses(self, way: Way) -> bool:
        """It has given up one mode: whether it asks others now."""
        self.ways = [w for w in self.ways if w is not way]
        if not self.ways:
            return False
        self.tries = 0
        self._ask_all()
        return True


class Convoy:
    """Groups that drive together."""

    __slots__ = ("agreement", "escorted", "groups", "headway_due", "permit")

    def __init__(self, groups: Sequence[Rider]) -> None:
        self.groups: list[Rider] = list(groups)
        """Its groups; those with several modes may be taken out of it by another one until it leaves."""
        for c in groups:
            if isinstance(c, Ticket):
                c.convoy = self
        self.escorted = False
        self.headway_due: float | None = None
        self.permit: Permit | None = None
        self.agreement = 0
        """The agreement under which it last left: how many of its permit had been broken before."""

    @property
    def first(self) -> Rider:
        """The group whose draws the convoy uses."""
        return self.groups[0]

    def leaves(self) -> list[Group]:
        """It leaves: its groups go by it, and by nothing else."""
        groups = [c.commit() for c in self.groups]
        self.groups = list(groups)
        return groups


class Permit:
    """Permission of one mission for one order, under one regime of the outer layer."""

    def __init__(self, honoured: Stream) -> None:
        self.honoured = honoured
        """The draw of each of its agreements."""
        self.granted = False
        self.agreed = False
        """Whether it had to be negotiated."""
        self.broken = 0
        """Agreements that were not honoured."""
        self.waiting: list[Convoy] = []
