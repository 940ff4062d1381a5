"""What all parts of one replication share: the clock, the draws, what has happened, and what is written down on the way.

A part takes this and, by name, the parts that it calls; those that it must tell without knowing them register with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sim.model.compiled.numbers import INF, Number, When
from sim.model.compiled.scenario import CompiledScenario
from sim.model.draws import Drawn
from sim.model.kernel import Callback, Clock
from sim.model.limit import LimitError
from sim.scenario.size import BYTES_PER_LOAD
from sim.scenario.types import DailyHours

MOST_MEMORY_MB = 8192
"""Twice the budget that a scenario is checked against: what takes more ends as a failed replication."""
BYTES_PER_ENTRY = 250
"""Of what is to come, and of whatever else than groups is written down on the way."""
JUST_BEFORE = 1e-6
"""Hours before an end of a daily span from which on the time of day itself is asked: it is rounded to 1e-9 h."""


class Disruption(NamedTuple):
    """A closure, an incident or a breach of the runway begins or ends."""

    time: float
    name: str
    begins: bool
    closes: tuple[str, ...]
    """``runway``, ``gates``, ``road``, ``visual``, ``shuttles``, or names of gates; nothing if it closes none."""
    cause: str
    stops: tuple[str, ...] | None
    """Whom it stops at gates and on the road; None: everybody."""


class Drive(NamedTuple):
    """A convoy that has left, or a group that goes by itself."""

    time: float
    hours: float
    """Until it is at the airport, or at home again; checkpoints included."""
    groups: tuple[int, ...]
    """Their places in the world's list of groups."""
    turned_back: bool
    by: str | None = None
    """Pool of vehicles, or ``alone``."""


class Run:
    """The state of one replication that belongs to no part of the world."""

    def __init__(self, plan: CompiledScenario, seed: int, replication: int, orders_given: bool = False) -> None:
        """*orders_given*: cohorts are ordered out as told from outside, whatever the scenario's own triggers say."""
        self.clock = Clock()
        self.clock.watch = self.look_at_memory
        self.streams: Drawn = plan.streams.draw(seed, replication)
        clock = plan.scenario.clock
        self.horizon = self.get(plan.horizon)
        self.daylight = clock.daylight
        self.start_hour = clock.start.when.hour + clock.start.when.minute / 60
        self._spans: dict[int, tuple[float, bool]] = {}
        """Daily span -> until when the answer of :meth:`within` holds, and the answer."""
        self.orders_given = orders_given
        self.given: list[tuple[int, int]] = []
        """Orders as they are given: the priority of the event that leads to it, and the cohort."""
        self.groups: list[Any] = []
        """All groups, in the order in which they were ready."""
        self.claimed = 0
        """Groups and aircraft, made or about to be."""
        self._kept: list[list[Any]] = []
        self.segments: list[tuple[int, int, int, float, float, int]] = self.kept([])
        """(group, people, cause, from, to, within): waits whose cause is known when they end; ``within`` is the activity that
        they interrupt, or -1."""
        self.notes: list[tuple[float, str, dict[str, Any]]] = self.kept([])
        """What happened beside the ways of people and aircraft: (hours, event, its other fields); see :mod:`sim.model.event`."""
        self.disruptions: list[Disruption] = self.kept([])
        """Closures, incidents and breaches of the runway, as they begin and end."""
        self.drives: list[Drive] = self.kept([])
        """Every drive of a convoy, or of a group that goes by itself; not kept where nothing but the drive takes time."""
        self.detours: list[tuple[int, float, str, str | None]] = self.kept([])
        """(group, hours, event, by which mode): of groups that walk in and are held off, and of those who go by air having been
        turned back on the road; in order of time."""
        self.triggers: dict[str, float] = {}
        self._waiting: dict[str, list[Callable[[float], None]]] = {}
        self._links: list[list[Any] | dict[Any, Any]] = []
        self.orders: dict[int, Any] = self.link_table()
        """Number of the note of an order -> the cohort that has it."""
        self.started = False
        self.ends_when_out = True
        """Whether it ends before the horizon once everybody is out."""
        self.movers = 0
        """People who must be out before that; those who give up are struck off."""
        self.n_out = 0
        self.n_gave_up = 0

    # -- numbers and time --------------------------------------------------------------------------------------------

    def get(self, number: Number) -> float:
        """A number that is fixed in this replication."""
        return number.in_(self.streams)

    def hour_of_day(self) -> float:
        """Local time of day, in hours."""
        minute = (self.start_hour + self.clock.now) % 24 * 60
        whole = round(minute)
        if abs(minute - whole) < 6e-8:  # at an end of a daily span exactly that, and not what rounding makes of it
            return whole % 1440 // 60 + whole % 60 / 60
        return minute / 60

    def within(self, hours: DailyHours) -> bool:
        """Whether it is now one of these *hours* of the day: asked at every event, worked out at their ends."""
        known = self._spans.get(id(hours))
        if known is not None and self.clock.now < known[0]:
            return known[1]
        hour = self.hour_of_day()
        inside = hours.contains(hour)
        ahead = min((hours.first - hour) % 24, (hours.last - hour) % 24)
        self._spans[id(hours)] = (self.clock.now + ahead - JUST_BEFORE, inside)
        return inside

    # -- what has happened -------------------------------------------------------------------------------------------

    def time_of(self, when: When) -> float:
        """The time of a moment, if what it waits for has happened; else infinite."""
        base = 0.0 if when.after == "start" else self.triggers.get(when.after, INF)
        return base + self.get(when.delay)

    def when(self, when: When, priority: int, callback: Callback, arg: Any = None) -> None:
        """Call ``callback(arg)`` at the moment (at once if it has passed)."""

        def schedule(at: float) -> None:
            self.clock.at(at + self.get(when.delay), priority, callback, arg)

        if when.after != "start":
            self.on_trigger(when.after, schedule)
        elif self.get(when.delay) <= 0 and not self.clock.now:
            callback(arg)
        else:
            schedule(0.0)

    def on_trigger(self, name: str, callback: Callable[[float], None]) -> None:
        """Call back with the time when *name* (a threat level, or ``ordered``) first happens."""
        if name in self.triggers:
            callback(self.triggers[name])
        else:
            self._waiting.setdefault(name, []).append(callback)

    def happened(self, name: str, at: float) -> None:
        """Something that others may wait for has happened for the first time."""
        if name not in self.triggers:
            self.triggers[name] = at
            for callback in self._waiting.pop(name, ()):
                callback(at)

    def note(self, event: str, **about: Any) -> None:
        """Something for the event log, with its fields."""
        self.notes.append((self.clock.now, event, about))

    def note_order(self, ordered: Any, /, **about: Any) -> None:
        """A cohort has been ordered out."""
        self.orders[len(self.notes)] = ordered
        self.note("ordered out", **about)

    def detour(self, serial: int, event: str, by: str | None) -> None:
        """A group that walks in is turned back, or one sets out again."""
        self.detours.append((serial, self.clock.now, event, by))

    # -- the end -----------------------------------------------------------------------------------------------------

    def out(self, people: int) -> None:
        """People are out."""
        self.n_out += people
        if self.n_out >= self.movers:
            self.end_if_out()

    def give_up(self, people: int) -> None:
        """People come no more: nobody waits for them."""
        self.n_gave_up += people
        self.movers -= people

    def end_if_out(self) -> None:
        """The replication is over if nobody is left: ``out``, or ``gave_up`` where all who did not are out."""
        if self.ends_when_out and self.n_out >= self.movers:
            self.clock.stop("gave_up" if self.n_gave_up else "out")

    # -- memory ------------------------------------------------------------------------------------------------------

    def claim(self, more: int) -> None:
        """*more* groups or aircraft are about to be there; raises LimitError where that is beyond the limit of a replication.

        A scenario is checked against what its numbers hardly ever exceed, as they are written.  This stops a draw that exceeds it
        all the same, before anything is made, and at the same place on every machine.
        """
        self.claimed += more
        self.look_at_memory()

    def kept(self, entries: list[Any]) -> list[Any]:
        """The same list, whose entries count from now on."""
        self._kept.append(entries)
        return entries

    def look_at_memory(self) -> None:
        """Raises LimitError where what there is and what is written down is beyond the limit of a replication."""
        entries = sum(map(len, self._kept)) + self.clock.waiting
        size = (BYTES_PER_LOAD * self.claimed + BYTES_PER_ENTRY * entries) / 1e6
        if size > MOST_MEMORY_MB:
            raise LimitError(
                f"stopped at {self.clock.now:,.1f} h with {self.claimed:,} groups and {entries:,} entries, about {size:,.0f} MB; "
                f"the limit of a replication is {MOST_MEMORY_MB:,} MB"
            )

    def link(self) -> list[Any]:
        """A list for what a part tells or asks without knowing it: whoever is told registers there.

        It is emptied by :meth:`close`, since parts that know each other both ways would be freed by the cycle collector alone.
        """
        made: list[Any] = []
        self._links.append(made)
        return made

    def link_table(self) -> dict[Any, Any]:
        """A table that is emptied likewise."""
        made: dict[Any, Any] = {}
        self._links.append(made)
        return made

    def close(self) -> None:
        """Let go of everything that could keep a finished world alive: what was to come, who tells whom, and all groups."""
        self.clock.close()
        for made in (*self._links, self._waiting, self.groups, self._kept):
            made.clear()
