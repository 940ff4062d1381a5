"""The helicopter shuttle: another mode of the road stage, from the compound to the inside of the airport."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.kernel import ARRIVAL, VEHICLE, Call, Line, key
from sim.model.mission import Chalk
from sim.model.names import CAUSE
from sim.model.plan import Builder, Fixed, Plan, next_change

if TYPE_CHECKING:
    from sim.model.world import World

_VEHICLE, _CLOSURE = CAUSE["vehicle"], CAUSE["closure"]

_SPOT_KEY, _LOADED_KEY, _ARRIVAL_KEY = key(VEHICLE, 21), key(VEHICLE, 22), key(ARRIVAL)


def prepare(b: Builder) -> dict[str, tuple[Fixed, Fixed]]:
    """Helicopters and landing spots of each shuttle."""
    return {
        n: (b.count(f"shuttles.{n}.number", s.number), b.count(f"shuttles.{n}.spots", s.spots))
        for n, s in b.scenario.shuttles.items()
    }


class Helicopters:
    """One shuttle: helicopters that fly out empty, load on a spot, and bring a group in."""

    def __init__(self, number: float, spots: float, night: bool, inside: bool) -> None:
        self.free = number
        self.spots = spots
        self.night = night
        self.inside = inside
        self.line = Line()
        self.hovering: list[Chalk] = []


Flown = tuple[Helicopters, Chalk]
"""A helicopter of a shuttle and the group that it fetches."""


class Shuttles:
    """All shuttles of a scenario."""

    def __init__(self, w: World, plan: Plan) -> None:
        self.w = w
        numbers = plan.parts["shuttle"]
        self.by_name = {
            n: Helicopters(w.get(numbers[n][0]), w.get(numbers[n][1]), s.night, s.enters == "holding")
            for n, s in sorted(plan.scenario.shuttles.items())
        }
        self.waiting = 0
        """Groups in lines."""

    def start(self) -> None:
        """Follow day and night where it matters."""
        if any(not h.night for h in self.by_name.values()):
            self._sun(None)

    def _sun(self, _: Call | None) -> None:
        w = self.w
        wait = next_change(w.daylight, w.hour_of_day())
        if wait < float("inf"):
            w.clock.after(wait, key(VEHICLE, 20), self._sun)
        if _ is not None:
            self.on_change()

    def can_fly(self, h: Helicopters) -> bool:
        """Whether it may take off now."""
        w = self.w
        return not w.closures.is_shut("shuttles") and (h.night or w.within(w.daylight))

    def request(self, chalk: Chalk) -> None:
        """A group is ready for the helicopter."""
        h = self.by_name[chalk.cohort.plan.spec.shuttle]  # type: ignore[index]
        h.line.push(chalk, chalk.cohort.priority)
        self.waiting += 1
        self._update(h)

    def on_change(self) -> None:
        """Weather, daylight or room may have changed."""
        for h in self.by_name.values():
            if h.line.length:
                self._update(h)

    def _update(self, h: Helicopters) -> None:
        """Fly whom it can, and write down what the others wait for."""
        self._dispatch(h)
        if h.line.length:
            cause = self._cause(h)
            for chalk in h.line:
                self.w.waits(chalk, cause)

    def _cause(self, h: Helicopters) -> int:
        if not self.can_fly(h):
            return _CLOSURE
        chalk: Chalk = h.line.peek()
        if h.inside and h.free >= 1 and not self.w.gates.has_room(chalk.n):
            return self.w.gates.full_cause(chalk)
        return _VEHICLE

    def _dispatch(self, h: Helicopters) -> None:
        while h.free >= 1 and h.line.length and self.can_fly(h):
            chalk: Chalk = h.line.peek()
            if h.inside and not self.w.gates.has_room(chalk.n):
                return
            h.line.pop()
            self.waiting -= 1
            self.w.waits(chalk, _VEHICLE)
            h.free -= 1
            if h.inside:
                self.w.gates.reserve(chalk.n)
            time = self.w.streams[chalk.cohort.plan.flight].at(chalk.i)
            self.w.clock.wake(time, _SPOT_KEY + chalk.key, self._over_spot, (h, chalk))

    def _over_spot(self, flown: Flown) -> None:
        h, chalk = flown
        h.hovering.append(chalk)
        self._land(h)

    def _land(self, h: Helicopters) -> None:
        while h.spots >= 1 and h.hovering:
            chalk = h.hovering.pop(0)
            h.spots -= 1
            turn = self.w.streams[chalk.cohort.plan.flight_turn].at(chalk.i)
            self.w.clock.wake(turn, _LOADED_KEY + chalk.key, self._loaded, (h, chalk))

    def _loaded(self, flown: Flown) -> None:
        h, chalk = flown
        w = self.w
        w.waits(chalk, -1)
        chalk.depart = w.clock.now
        chalk.cohort.departs(chalk.n)
        h.spots += 1
        self._land(h)
        time = w.streams[chalk.cohort.plan.flight].at(chalk.i)
        w.clock.wake(time, _ARRIVAL_KEY + chalk.key, self._arrive, (h, chalk))

    def _arrive(self, flown: Flown) -> None:
        h, chalk = flown
        w = self.w
        chalk.arrive = w.clock.now
        h.free += 1
        if h.inside:
            w.gates.passed(chalk)
        else:
            w.gates.arrive(chalk)
        self._update(h)
