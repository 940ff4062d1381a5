"""Who is let through on the road: permission, whether an agreement is honoured, and who is turned back.

Whoever had to negotiate has one agreement for a mission and an order, and not a new chance at each try: it has one draw, and
a convoy is turned back while that draw lies below the chance of the moment.  The first convoy that comes home has broken it,
and the next one that wants to leave negotiates again.  Where nothing is negotiated, and for people who come alone, each try
has a chance of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sim.model.compiled.road import EscortNumbers, RoadNumbers
from sim.model.mission import Chalk, Cohort, Rider
from sim.model.modes import Ticket, Way
from sim.model.ranks import PERMISSION_GRANTED

if TYPE_CHECKING:
    from sim.model.draws import Stream
    from sim.model.windows import Windows
    from sim.model.world import World

MOST_TRIES = 64
INF = float("inf")


class Convoy:
    """Groups that drive together."""

    __slots__ = ("agreement", "chalks", "escorted", "headway_due", "permit")

    def __init__(self, chalks: Sequence[Rider]) -> None:
        self.chalks: list[Rider] = list(chalks)
        """Its groups; those with several modes may be taken out of it by another one until it leaves."""
        for c in chalks:
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
        return self.chalks[0]

    def leaves(self) -> list[Chalk]:
        """It leaves: its groups go by it, and by nothing else."""
        chalks = [c.commit() for c in self.chalks]
        self.chalks = list(chalks)
        return chalks


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


class Passage:
    """Permission and being turned back, of all who go by road."""

    def __init__(self, w: World, numbers: RoadNumbers, go: Callable[[Convoy], None], windows: Windows) -> None:
        self.w = w
        self.windows = windows
        self.go = go
        """Lets a convoy try to leave again."""
        self.turn_back, self.alone = numbers.turn_back, numbers.alone.turn_back
        self.tries = whole_tries(numbers.tries)
        self.alone_tries = whole_tries(numbers.alone.tries if numbers.alone.tries is not None else numbers.tries)
        self.permits: dict[tuple[int, str, str], Permit] = {}

    @property
    def certain(self) -> bool:
        """Whether nobody without an escort can be turned back before the outer layer collapses."""
        may = any(e.lets_through < 1 or e.turn_back or e.turn_back_alone for e in self.w.threat.effects)
        return self.turn_back == 0 and not self.alone and not may

    # -- permission --------------------------------------------------------------------------------------------------

    def permitted(self, convoy: Convoy) -> bool:
        """Whether it may leave; else it is told when it may try again."""
        cohort, regime = convoy.first.way, self.w.security.regime
        permit = cohort.permits.get(regime)
        if permit is None:
            permit = cohort.permits[regime] = self._permit(cohort, regime)
        if not permit.granted:
            if permit.waiting:
                permit.waiting.append(convoy)
                return False
            takes = self.w.streams[cohort.mode.negotiation[regime]].at(permit.broken)
            if takes > 0:
                self.w.clock.wake(takes, PERMISSION_GRANTED + convoy.first.key, self._granted, permit)
                permit.waiting.append(convoy)
                return False
            permit.granted = True
        convoy.permit, convoy.agreement = permit, permit.broken
        return True

    def _permit(self, cohort: Cohort | Way, regime: str) -> Permit:
        mission, order, _, escort = cohort.kind
        whose = (mission, order, regime + (escort or ""))
        permit = self.permits.get(whose)
        if permit is None:
            permit = self.permits[whose] = Permit(self.w.streams[cohort.mode.agreement[regime]])
        return permit

    def _granted(self, permit: Permit) -> None:
        permit.granted = permit.agreed = True
        waiting, permit.waiting = permit.waiting, []
        for convoy in waiting:
            self.go(convoy)

    def on_regime(self) -> None:
        """The outer layer has collapsed: those who wait for the old permission ask again."""
        for (_, _, regime), permit in list(self.permits.items()):
            if regime.startswith("host") and not permit.granted:
                waiting, permit.waiting = permit.waiting, []
                for convoy in waiting:
                    self.go(convoy)

    def refused(self, convoy: Convoy) -> None:
        """A convoy has come home: the agreement under which it left holds no more."""
        permit = convoy.permit
        if permit is not None and permit.agreed and permit.broken == convoy.agreement:
            permit.broken += 1
            permit.granted = permit.agreed = False

    # -- turned back -------------------------------------------------------------------------------------------------

    def most_tries(self, chalk: Chalk) -> float:
        """Tries after which it gives up."""
        return self.alone_tries if chalk.way.alone else self.tries

    def turned_back(self, convoy: Convoy, escort: EscortNumbers | None) -> bool:
        """Whether a convoy that leaves now will be turned back."""
        chalk = convoy.first
        assert isinstance(chalk, Chalk)
        chance = self._chance(chalk.way, escort)
        if chance <= 0:
            return False
        plan, streams = chalk.way.mode, self.w.streams
        permit = convoy.permit
        if permit is not None and permit.agreed:
            return permit.honoured.at(convoy.agreement) < chance
        if chalk.tries == 0:
            return streams[plan.turned].at(chalk.i) < chance
        return streams[plan.turned_again].once(chalk.i * MOST_TRIES + chalk.tries % MOST_TRIES) < chance

    def _chance(self, cohort: Cohort | Way, escort: EscortNumbers | None) -> float:
        if escort is not None:
            return escort.turn_back
        effect = self.w.threat.now
        truce = self.windows.least("turn_back_alone" if cohort.alone else "turn_back")
        if truce is not None:
            return truce
        if cohort.alone:
            level = effect.turn_back_alone
            alone = self.alone if level is None else level
            return 1 - (1 - (self._usual() if alone is None else alone)) * effect.lets_through
        return self._usual()

    def _usual(self) -> float:
        """The chance of those who have none of their own."""
        level, after = self.w.threat.now.turn_back, self.w.security.host.after.turn_back
        if self.w.security.regime == "after" and after is not None:
            return after
        return self.turn_back if level is None else level


def whole_tries(number: float) -> float:
    """A limit of tries as it is used: at least one."""
    return max(1.0, number)
