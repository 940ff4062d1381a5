"""What the people inside wait for: seats, or what keeps the aircraft from them.

The worst that holds up an aircraft which may take them: a full hub, before the permission to land where none of them has it, a
missing service, a stand, the runway, and the permission that one of them waits for.  Aircraft
of the pool may take everybody and are counted once; those that take the people of their own missions alone, for each
class of missions that the same of them serve.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sim.model.aircraft import FOR_HUB, FOR_LOAD, FOR_PERMISSION, FOR_RUNWAY, FOR_SERVICE, FOR_STAND, Aircraft, Fleet, LiftClass
from sim.model.airfield import Airfield
from sim.model.names import CAUSE
from sim.model.run import Run

LIFT_CAUSES = tuple(CAUSE[c] for c in ("seats", "permission", "runway", "stand", "service", "hub"))
PERMISSION = CAUSE["permission"]
_HOLDING = CAUSE["holding"]
HUB = 5
"""Index of the hub among :data:`LIFT_CAUSES`."""


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
        """The worst that holds up one of them, as an index of :data:`LIFT_CAUSES`."""
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
        self._kinds = Counter((c.held, c.shut) for c in self.classes)
        """How many classes there are of each kind: what a change for everybody means for one it means for all of its kind."""
        self._stopped: int | None = None
        """What stops everybody, when it was last looked at."""
        self.steps: list[tuple[float, int, int]] = [(0.0, 0, -1)]
        """What holds for everybody: (hours, the worst that holds up one of the pool, the cause that stops all movements or -1).
        Once for all, and not for each class: that would be most of what is written down."""

    def waits(self, aircraft: Aircraft, state: int) -> None:
        """The aircraft waits for something else from now on."""
        old = aircraft.state
        if old == state:
            return
        aircraft.state = state
        version = self.version
        if not aircraft.fleet.own_only:
            if self._count(self.pool, old, state) and (held := _worst(self.pool)) != self.pool_held:
                self._everybody(held)
            self._tell(version)
            return
        changed = False
        for c in aircraft.fleet.classes:
            if self._count(c.counts, old, state) and (held := _worst(c.counts)) != c.held:
                changed |= self._becomes(c, held, c.shut)
        if changed:
            self._now_another()
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

    def _cause(self, held: int, shut: bool, pool: int, stopped: int | None) -> int:
        """What a class waits for."""
        if stopped is not None:
            return stopped
        worst = held if held > pool else pool
        return PERMISSION if shut and worst < HUB else LIFT_CAUSES[worst]

    def _everybody(self, pool: int) -> None:
        """Something has changed for all classes: write it down, and tell the gates if any of them waits for something else."""
        before, stopped, was = self.pool_held, self.airfield.stopped_by, self._stopped
        self.pool_held, self._stopped = pool, stopped
        self.steps.append((self.clock.now, pool, -1 if stopped is None else stopped))
        if stopped == was is not None:
            return  # whatever the aircraft wait for, it is that which stops everything
        if any(self._cause(*kind, before, was) != self._cause(*kind, pool, stopped) for kind in self._kinds):
            self._now_another()

    def _becomes(self, c: LiftClass, held: int, shut: bool) -> bool:
        """Something has changed for one class: whether it waits for something else."""
        pool, stopped, before, was_shut = self.pool_held, self._stopped, c.held, c.shut
        c.held, c.shut = held, shut
        c.steps.append((self.clock.now, held, shut))
        self._kinds[before, was_shut] -= 1
        if not self._kinds[before, was_shut]:
            del self._kinds[before, was_shut]
        self._kinds[held, shut] += 1
        return self._cause(before, was_shut, pool, stopped) != self._cause(held, shut, pool, stopped)

    def _now_another(self) -> None:
        self.version += 1
        for tell in self.changed:
            tell()

    def airfield_changed(self) -> None:
        """The airfield has opened, closed or lost a service."""
        if self.airfield.stopped_by != self._stopped:
            self._everybody(self.pool_held)

    def windows_change(self) -> None:
        """Other windows are open: some may land who might not, or the other way round."""
        permitted = [f for f in self.fleets if self.airfield.permits(f)]
        pool = any(not f.own_only for f in permitted)
        own = {id(c) for f in permitted if f.own_only for c in f.classes}
        changed = False
        for c in self.classes:
            shut = not pool and id(c) not in own
            if shut != c.shut:
                changed |= self._becomes(c, c.held, shut)
        if changed:
            self._now_another()

    def of(self, mission: int) -> int:
        """Root cause for which a mission's people can't come in because the holding area is full."""
        c = self.class_of[mission]
        if c.counts[FOR_LOAD] or self.pool[FOR_LOAD]:
            return _HOLDING
        return self._cause(c.held, c.shut, self.pool_held, self._stopped)


def _worst(counts: list[int]) -> int:
    """The worst that holds up one of some aircraft, as an index of :data:`LIFT_CAUSES`."""
    if counts[FOR_HUB]:
        return HUB
    if counts[FOR_SERVICE]:
        return 4
    return 3 if counts[FOR_STAND] else 2 if counts[FOR_RUNWAY] else 1 if counts[FOR_PERMISSION] else 0
