"""What the outer layer lets through of those who walk in: groups that start in front of the gates.

At a threat level at which it lets through only a share of them, each group that comes is let through or held off as a whole.
Who is held off waits as people do who come alone and were turned back (``road.alone``), tries again at whatever level holds
then, and gives up after as many tries.
"""

from __future__ import annotations

from sim.model.gates import Gates
from sim.model.mission import Group
from sim.model.names import CAUSE
from sim.model.passage import MOST_TRIES, Passage
from sim.model.ranks import WALK_IN_TRIES
from sim.model.run import Run
from sim.model.threat import Threat

_PERMISSION = CAUSE["permission"]


class OuterLayer:
    """Between the city and the gates."""

    def __init__(self, run: Run, threat: Threat, gates: Gates, passage: Passage) -> None:
        self.run = run
        self.clock = run.clock
        self.threat = threat
        self.gates = gates
        self.passage = passage

    def starts(self, group: Group) -> None:
        """A group that is at the airport once it is ready: inside, or in front of the gates."""
        walks_in = group.cohort.plan.spec.starts == "gate"
        if walks_in and self.threat.now.lets_through < 1:
            self.passes(group)
            return
        group.depart = group.arrive = group.ready
        group.cohort.departs(group.people)
        if walks_in:
            self.gates.arrive(group)
        else:
            self.gates.enter_inside(group)

    def passes(self, group: Group) -> None:
        """A group that walks in comes to it, for the first time or again."""
        plan, share = group.cohort.plan, self.threat.now.lets_through
        now = self.clock.now
        if group.depart > now:
            group.depart = now
        else:
            self.run.detour(group.serial, "departs", None)
        if share < 1 and self._draw(group, plan.let_through, group.tries) >= share:
            self._holds_off(group)
            return
        group.wait_for(-1)
        group.arrive = now
        group.cohort.departs(group.people)
        self.gates.arrive(group)

    def _draw(self, group: Group, streams: tuple[int, int], before: int) -> float:
        """A draw of a group of which there have been so many *before*; most groups need but the first."""
        first, again = streams
        if not before:
            return self.run.streams[first].at(group.number)
        return self.run.streams[again].once(group.number * MOST_TRIES + before % MOST_TRIES)

    def _holds_off(self, group: Group) -> None:
        group.tries += 1
        self.run.detour(group.serial, "turned back", None)
        if group.tries >= self.passage.alone_tries:
            self.passage.gives_up(group)
            return
        group.wait_for(_PERMISSION)
        retry = self._draw(group, group.cohort.plan.walk_retry, group.tries - 1)
        if retry < float("inf"):
            self.clock.wake(retry, WALK_IN_TRIES + group.key, self.passes, group)
