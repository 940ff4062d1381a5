"""Missions that leave an airport which no foreign force secures: who goes, when they have decided, who is out before the start.

A share of the missions goes, tier by tier, in the order of their own draws within a tier.  Each makes up its mind from when the
absence is known: so long before the start where nobody is there at the start, else from when the last soldiers have gone.  A
force that comes before a mission has decided ends that; an absence after it begins anew, with the same draws.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.model.compiled.numbers import INF, Draws, When, round_half_up
from sim.model.compiled.people import CompiledReactions, Reacting
from sim.model.compiled.security import CompiledSecurity
from sim.model.kernel import Call
from sim.model.mission import Cohort, Mission
from sim.model.ranks import MISSION_REACTS, ranked
from sim.model.run import Run
from sim.model.security import Security


def going(plan: CompiledReactions, draws: Draws) -> list[Reacting]:
    """The missions that go in a replication, the first ones first; those that keep a place and don't act by it are left out."""
    ranked = sorted(plan.places, key=lambda p: (p.tier, draws[p.order].at(0), p.mission))
    number = round_half_up(round(plan.share.in_(draws) * plan.of, 9))  # 0.145 of 100 are 14.5
    return [p for p in ranked[:number] if p.acts]


def unsecured_at_start(plan: CompiledSecurity, time_of: Callable[[When], float], draws: Draws) -> bool:
    """Whether no foreign force is there at the start, told from the phases that have begun by then."""
    begun = [(i, name) for i, (when, name, _) in enumerate(plan.phases) if when.after != "ordered" and time_of(when) <= 0]
    for k, (number, name) in enumerate(begun):
        provider = plan.providers[name]
        if provider.spec.force is None or provider.arrival.in_(draws) > 0:
            continue
        leaves = provider.force_leaves
        flies = plan.has_lift and 0 < provider.force.in_(draws).headcount < INF
        stays = leaves is not None and (leaves.takes.in_(draws) > 0 or (leaves.lift and flies))
        following = [i for i, _ in begun[k + 1 :]]
        over = any(not plan.phases[i].handover for i in following)
        successor = following[0] if following else number + 1
        if successor >= len(plan.phases) or not plan.phases[successor].handover:  # else it stays until it is relieved
            over |= (
                leaves is not None
                and leaves.begins is not None
                and leaves.begins.after != "ordered"
                and time_of(leaves.begins) <= 0
            )
        if stays or not over:
            return False
    return True


def out_before(plan: CompiledReactions, draws: Draws) -> list[int]:
    """Missions that have decided and gone by the start, where the absence was known before it."""
    known = plan.known.in_(draws)
    return [p.mission for p in going(plan, draws) if draws[p.decides].at(0) + draws[p.goes].at(0) <= known]


class Reactions:
    """The missions that make up their mind, in one replication."""

    def __init__(self, run: Run, plan: CompiledReactions | None, security: Security) -> None:
        self.run = run
        self.clock = run.clock
        self.security = security
        self.missions: list[Mission] = []
        self.plan = plan
        self.going: list[Reacting] = []
        self.absent = False
        self.pending: list[Call] = []
        self.known = INF
        """Since when those who make up their mind know; infinite while nobody does."""

    @property
    def may_go(self) -> set[int]:
        """Missions that go if ever nobody secures the airport."""
        return {p.mission for p in self.going}

    def choose(self) -> None:
        """Who goes in this replication."""
        if self.plan is not None:
            self.going = going(self.plan, self.run.streams)

    def start(self, missions: list[Mission]) -> None:
        """Whoever is out before the start is; the others decide, unless a force is there."""
        self.missions = missions
        if self.plan is None or not self.going:
            return
        self.absent = unsecured_at_start(self.security.plan, self.run.time_of, self.run.streams)
        if self.absent:
            gone = set(out_before(self.plan, self.run.streams))
            for m in self.missions:
                if m.index in gone:
                    m.leave_before()
            self.going = [p for p in self.going if p.mission not in gone]
            self._begin(-self.run.get(self.plan.known))

    def look(self) -> None:
        """Who is at the airport may have changed."""
        if not self.going or not self.run.started or self.security.absent == self.absent:
            return
        self.absent = self.security.absent
        if self.absent:
            self._begin(self.clock.now)
        else:
            self._end()

    def _begin(self, known: float) -> None:
        self.known = known
        for place in self.going:
            decided = known + self.run.streams[place.decides].at(0)
            for c in self.missions[place.mission].cohorts:
                if c.ordered == INF and c.movers:
                    c.weighing = max(0.0, known)
                    call = self.clock.at(decided, ranked(MISSION_REACTS, c.index), self._decided, c)
                    self.pending += [call] if call is not None else []

    def _end(self) -> None:
        for call in self.pending:
            call.cancel()
        self.pending.clear()
        for place in self.going:
            for c in self.missions[place.mission].cohorts:
                c.weighing = INF

    def _decided(self, cohort: Cohort) -> None:
        cohort.react()
