"""What the outer layer lets through of those who walk in: groups that start in front of the gates.

At a threat level at which it lets through only a share of them, each group that comes is let through or held off as a whole.
Who is held off waits as people do who come alone and were turned back (``road.alone``), tries again at whatever level holds
then, and gives up after as many tries.
"""

from __future__ import annotations

from sim.model.gates import Gates
from sim.model.mission import Chalk
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

    def starts(self, chalk: Chalk) -> None:
        """A group that is at the airport once it is ready: inside, or in front of the gates."""
        walks_in = chalk.cohort.plan.spec.starts == "gate"
        if walks_in and self.threat.now.lets_through < 1:
            self.passes(chalk)
            return
        chalk.depart = chalk.arrive = chalk.ready
        chalk.cohort.departs(chalk.n)
        if walks_in:
            self.gates.arrive(chalk)
        else:
            self.gates.enter_inside(chalk)

    def passes(self, chalk: Chalk) -> None:
        """A group that walks in comes to it, for the first time or again."""
        plan, share = chalk.cohort.plan, self.threat.now.lets_through
        now = self.clock.now
        if chalk.depart > now:
            chalk.depart = now
        if share < 1 and self._draw(chalk, plan.let_through, chalk.tries) >= share:
            self._holds_off(chalk)
            return
        chalk.wait_for(-1)
        chalk.arrive = now
        chalk.cohort.departs(chalk.n)
        self.gates.arrive(chalk)

    def _draw(self, chalk: Chalk, streams: tuple[int, int], before: int) -> float:
        """A draw of a group of which there have been so many *before*; most groups need but the first."""
        first, again = streams
        if not before:
            return self.run.streams[first].at(chalk.i)
        return self.run.streams[again].once(chalk.i * MOST_TRIES + before % MOST_TRIES)

    def _holds_off(self, chalk: Chalk) -> None:
        chalk.tries += 1
        if chalk.tries >= self.passage.alone_tries:
            self.passage.gives_up(chalk)
            return
        chalk.wait_for(_PERMISSION)
        retry = self._draw(chalk, chalk.cohort.plan.walk_retry, chalk.tries - 1)
        if retry < float("inf"):
            self.clock.wake(retry, WALK_IN_TRIES + chalk.key, self.passes, chalk)
