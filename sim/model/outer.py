"""What the outer layer lets through of those who walk in: groups that start in front of the gates.

At a threat level at which it lets through only a share of them, each group that comes is let through or held off as a whole.
Who is held off waits as people do who come alone and were turned back (``road.alone``), tries again at whatever level holds
then, and gives up after as many tries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.names import CAUSE
from sim.model.passage import MOST_TRIES
from sim.model.ranks import WALK_IN_TRIES

if TYPE_CHECKING:
    from sim.model.mission import Chalk
    from sim.model.world import World

_PERMISSION = CAUSE["permission"]


class OuterLayer:
    """Between the city and the gates."""

    def __init__(self, w: World) -> None:
        self.w = w

    def passes(self, chalk: Chalk) -> None:
        """A group that walks in comes to it, for the first time or again."""
        w, plan, share = self.w, chalk.cohort.plan, self.w.threat.now.lets_through
        now = w.clock.now
        if chalk.depart > now:
            chalk.depart = now
        if share < 1 and self._draw(chalk, plan.let_through, chalk.tries) >= share:
            self._holds_off(chalk)
            return
        w.waits(chalk, -1)
        chalk.arrive = now
        chalk.cohort.departs(chalk.n)
        w.gates.arrive(chalk)

    def _draw(self, chalk: Chalk, streams: tuple[int, int], before: int) -> float:
        """A draw of a group of which there have been so many *before*; most groups need but the first."""
        first, again = streams
        if not before:
            return self.w.streams[first].at(chalk.i)
        return self.w.streams[again].once(chalk.i * MOST_TRIES + before % MOST_TRIES)

    def _holds_off(self, chalk: Chalk) -> None:
        w = self.w
        chalk.tries += 1
        if chalk.tries >= w.road.passage.alone_tries:
            w.waits(chalk, -1)
            chalk.gave_up = w.clock.now
            w.gave_up(chalk)
            return
        w.waits(chalk, _PERMISSION)
        retry = self._draw(chalk, chalk.cohort.plan.walk_retry, chalk.tries - 1)
        if retry < float("inf"):
            w.clock.wake(retry, WALK_IN_TRIES + chalk.key, self.passes, chalk)
