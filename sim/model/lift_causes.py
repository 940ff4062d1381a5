"""What the people inside wait for: seats, or what keeps the aircraft from them.

The worst that holds up an aircraft which may take them: a full hub, before the permission to land where none of them has it, a
missing service, a stand, the runway, and the permission that one of them waits for.  Aircraft
of the pool may take everybody and are counted once; those that take the people of their own missions alone, for each
class of missions that the same of them serve.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.model.aircraft import FOR_HUB, FOR_LOAD, FOR_PERMISSION, FOR_RUNWAY, FOR_SERVICE, FOR_STAND, Aircraft, Fleet, LiftClass
from sim.model.airfield import Airfield
from sim.model.names import CAUSE
from sim.model.run import Run

_CAUSES = tuple(CAUSE[c] for c in ("seats", "permission", "runway", "stand", "service", "hub"))
_PERMISSION = CAUSE["permission"]
_HOLDING = CAUSE["holding"]
_HUB = 5
"""Index of the hub among `_CAUSES`."""


class LiftCauses:
    """The cause for each class of missions, written down whenever it changes."""

    def __init__(self, run: Run, airfield: Airfield, fleets: list[Fleet], missions: int) -> None:
        self.run = run
        self.clock = run.clock
        self.airfield = airfield
        airfield.changed.append(self.airfield_changed)
        self.changed: list[Callable[[], None]] = run.link()
        """Told when those whom a full holding area keeps out may wait for something else."""
        self.fleets = fleets
        self.pool = [0] * 7
        """Aircraft that may take everybody, by what each waits for."""
        self.pool_held = 0
        """The worst that holds up one of them, as an index of `_CAUSES`."""
        self.version = 0
        """How often anything has changed that those outside a full holding area could wait for."""
        by_fleets: dict[tuple[int, ...], LiftClass] = {}
        self.class_of: list[LiftClass] = []
        """For each mission, the class of those that the same fleets serve."""
        for m in range(missions):
            own = tuple(f.index for f in fleets if f.own_only and m in f.serves)
            self.class_of.append(by_fleets.setdefault(own, LiftClass()))
        for own, c in by_fleets.items():
            for i in own:
                fleets[i].classes.append(c)
        self.classes = list(by_fleets.values())

    def waits(self, aircraft: Aircraft, state: int) -> None:
        """The aircraft waits for something else from now on."""
        old = aircraft.state
        if old == state:
            return
        aircraft.state = state
        if not aircraft.fleet.own_only:
            version = self.version
            if self._count(self.pool, old, state):
                held = _worst(self.pool)
                if held != self.pool_held:
                    self.pool_held = held
                    self._write(self.classes)
            self._tell(version)
            return
        changed, version = [], self.version
        for c in aircraft.fleet.classes:
            if self._count(c.counts, old, state) and (held := _worst(c.counts)) != c.held:
                c.held = held
                changed.append(c)
        if changed:
            self._write(changed)
        self._tell(version)

    def _tell(self, version: int) -> None:
        """Tell the gates if the first aircraft has begun to wait for its load, or the last has ceased to."""
        if self.version != version:
            for tell in self.changed:
                tell()

    def _count(self, counts: list[int], old: int, state: int) -> bool:
        """Count one aircraft in another state: whether the first or last of any has come or gone."""
        counts[old] -= 1
        counts[state] += 1
        first, last = counts[state] == 1, not counts[old]
        if (first and state == FOR_LOAD) or (last and old == FOR_LOAD):
            self.version += 1
        return (first and state > FOR_LOAD) or (last and old > FOR_LOAD)

    def _write(self, classes: list[LiftClass]) -> None:
        """Write down what they wait for, and tell the gates if that has changed."""
        now, stopped, pool, changed = self.clock.now, self.airfield.stopped_by, self.pool_held, False
        for c in classes:
            held = c.held if c.held > pool else pool
            cause = stopped if stopped is not None else _PERMISSION if c.shut and held < _HUB else _CAUSES[held]
            if cause != c.log.causes[-1]:
                c.log.set(now, cause)
                changed = True
        if changed:
            self.version += 1
            for tell in self.changed:
                tell()

    def airfield_changed(self) -> None:
        """The airfield has opened, closed or lost a service."""
        self._write(self.classes)

    def windows_change(self) -> None:
        """Other windows are open: some may land who might not, or the other way round."""
        permitted = [f for f in self.fleets if self.airfield.permits(f)]
        pool = any(not f.own_only for f in permitted)
        own = {id(c) for f in permitted if f.own_only for c in f.classes}
        for c in self.classes:
            c.shut = not pool and id(c) not in own
        self._write(self.classes)

    def of(self, mission: int) -> int:
        """Root cause for which a mission's people can't come in because the holding area is full."""
        c = self.class_of[mission]
        return _HOLDING if c.counts[FOR_LOAD] or self.pool[FOR_LOAD] else c.log.causes[-1]


def _worst(counts: list[int]) -> int:
    """The worst that holds up one of some aircraft, as an index of `_CAUSES`."""
    if counts[FOR_HUB]:
        return _HUB
    if counts[FOR_SERVICE]:
        return 4
    return 3 if counts[FOR_STAND] else 2 if counts[FOR_RUNWAY] else 1 if counts[FOR_PERMISSION] else 0
