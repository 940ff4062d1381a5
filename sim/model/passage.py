"""Who is let through on the road: permission, whether an agreement is honoured, and who is turned back.

Whoever had to negotiate has one agreement for a mission and an order, and not a new chance at each try: it has one draw, and
a convoy is turned back while that draw lies below the chance of the moment.  The first convoy that comes home has broken it,
and the next one that wants to leave negotiates again.  Where nothing is negotiated, and for people who come alone, each try
has a chance of its own.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.model.boarding import Boarding
from sim.model.compiled.road import EscortNumbers, RoadNumbers
from sim.model.mission import Group, Way
from sim.model.modes import Convoy, Permit
from sim.model.ranks import PERMISSION_GRANTED
from sim.model.run import Run
from sim.model.security import Security
from sim.model.threat import Threat
from sim.model.windows import Windows

MOST_TRIES = 64


class Passage:
    """Permission, being turned back and giving up, of all who go by road or walk in."""

    def __init__(
        self, run: Run, numbers: RoadNumbers, windows: Windows, threat: Threat, security: Security, boarding: Boarding
    ) -> None:
        self.run = run
        self.clock = run.clock
        self.windows = windows
        self.threat = threat
        self.security = security
        self.boarding = boarding
        self.released: list[Callable[[Convoy], None]] = run.link()
        """Told of each convoy that may try to leave again."""
        self.turn_back, self.alone = numbers.turn_back, numbers.alone.turn_back
        self.tries = whole_tries(numbers.tries)
        self.alone_tries = whole_tries(numbers.alone.tries if numbers.alone.tries is not None else numbers.tries)
        self.permits: dict[tuple[int, str, str], Permit] = {}

    @property
    def certain(self) -> bool:
        """Whether nobody without an escort can be turned back before the outer layer collapses."""
        may = any(e.lets_through < 1 or e.turn_back or e.turn_back_alone for e in self.threat.effects)
        return self.turn_back == 0 and not self.alone and not may

    # -- permission --------------------------------------------------------------------------------------------------

    def permitted(self, convoy: Convoy) -> bool:
        """Whether it may leave; else it is told when it may try again."""
        way, regime = convoy.first.way, self.security.regime
        permit = self._permit(way, regime)
        if not permit.granted:
            if permit.waiting:
                permit.waiting.append(convoy)
                return False
            takes = self.run.streams[way.mode.negotiation[regime]].at(permit.broken)
            if takes > 0:
                self.clock.wake(takes, PERMISSION_GRANTED + convoy.first.key, self._granted, permit)
                permit.waiting.append(convoy)
                return False
            permit.granted = True
        convoy.permit, convoy.agreement = permit, permit.broken
        return True

    def _permit(self, way: Way, regime: str) -> Permit:
        mission, order, _, escort = way.kind
        whose = (mission, order, regime + (escort or ""))
        permit = self.permits.get(whose)
        if permit is None:
            permit = self.permits[whose] = Permit(self.run.streams[way.mode.agreement[regime]])
        return permit

    def _granted(self, permit: Permit) -> None:
        permit.granted = permit.agreed = True
        self._release(permit)

    def _release(self, permit: Permit) -> None:
        waiting, permit.waiting = permit.waiting, []
        for convoy in waiting:
            for tell in self.released:
                tell(convoy)

    def on_regime(self) -> None:
        """The outer layer has collapsed: those who wait for the old permission ask again."""
        for (_, _, regime), permit in list(self.permits.items()):
            if regime.startswith("host") and not permit.granted:
                self._release(permit)

    def refused(self, convoy: Convoy) -> None:
        """A convoy has come home: the agreement under which it left holds no more."""
        permit = convoy.permit
        if permit is not None and permit.agreed and permit.broken == convoy.agreement:
            permit.broken += 1
            permit.granted = permit.agreed = False

    # -- turned back -------------------------------------------------------------------------------------------------

    def most_tries(self, group: Group) -> float:
        """Tries after which it gives up."""
        return self.alone_tries if group.way.alone else self.tries

    def turned_back(self, convoy: Convoy, escort: EscortNumbers | None) -> bool:
        """Whether a convoy that leaves now will be turned back."""
        group = convoy.first
        assert isinstance(group, Group)
        chance = self._chance(group.way, escort)
        if chance <= 0:
            return False
        plan, streams = group.way.mode, self.run.streams
        permit = convoy.permit
        if permit is not None and permit.agreed:
            return permit.honoured.at(convoy.agreement) < chance
        if group.tries == 0:
            return streams[plan.turned].at(group.number) < chance
        return streams[plan.turned_again].once(group.number * MOST_TRIES + group.tries % MOST_TRIES) < chance

    def _chance(self, way: Way, escort: EscortNumbers | None) -> float:
        if escort is not None:
            return escort.turn_back
        effect = self.threat.now
        truce = self.windows.least("turn_back_alone" if way.alone else "turn_back")
        if truce is not None:
            return truce
        if way.alone:
            level = effect.turn_back_alone
            alone = self.alone if level is None else level
            return 1 - (1 - (self._usual() if alone is None else alone)) * effect.lets_through
        return self._usual()

    def _usual(self) -> float:
        """The chance of those who have none of their own."""
        level, after = self.threat.now.turn_back, self.security.host.after.turn_back
        if self.security.regime == "after" and after is not None:
            return after
        return self.turn_back if level is None else level

    def gives_up(self, group: Group) -> None:
        """A group comes no more: nobody waits for it, and no seat is kept."""
        group.wait_for(-1)
        group.gave_up = self.clock.now
        self.run.give_up(group.people)
        group.cohort.gives_up(group.people)
        self.boarding.needs_no_seat(group.cohort, group.people)
        self.run.end_if_out()


def whole_tries(number: float) -> float:
    """A limit of tries as it is used: at least one."""
    return max(1.0, number)
