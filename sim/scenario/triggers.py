"""What can come before the end of the simulation, told from the file alone: moments, conditions, orders.

Every doubt is settled in favour of the scenario: what is said never to come comes in no replication, while what may come need
not.  A mission counts as one that may go as soon as one of its cohorts may be ordered out.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from sim.scenario.rules import fixed, hours, reacts, zero
from sim.scenario.schema import Cohort, Mission, Order, Scenario, Threat
from sim.scenario.types import Condition, Moment


class Triggers:
    """The orders of a scenario that may be given, and why the others never are."""

    def __init__(self, scenario: Scenario) -> None:
        self.s = scenario
        horizon = fixed(scenario.clock.horizon)
        self.horizon = math.inf if horizon is None else horizon
        self.levels = reachable(scenario)
        self.ordered: set[str] = set()
        """Missions of which somebody may be ordered out."""
        self.going: set[str] = set()
        """Missions that may come to be gone."""
        self._settle()

    def _settle(self) -> None:
        """An order may make others possible: each mission is looked at once, and again when what it waits for may have come."""
        todo = deque(self.s.missions)
        waiting = _Waiting(self.s, self.horizon)
        while todo:
            name = todo.popleft()
            mission = self.s.missions[name]
            if name not in self.ordered and (any(map(self.given, orders_of(mission))) or self.reacts(mission)):
                todo.extend(waiting.for_an_order if not self.ordered else ())
                self.ordered.add(name)
            goes = name in self.ordered or (mission.closed is not None and self.comes(mission.closed))
            if goes and name not in self.going:
                self.going.add(name)
                todo.extend(waiting.when_gone(name, len(self.going)))

    def comes(self, moment: Moment) -> bool:
        """Whether the moment may come before the end."""
        at = hours(self.s, moment)
        if at is not None:
            return at < self.horizon
        if moment.after == "ordered" and not self.ordered:
            return False
        if self.levels is not None and moment.after not in ("start", "ordered") and moment.after not in self.levels:
            return False
        return (fixed(moment.delay) or 0.0) < self.horizon

    def holds(self, condition: Condition) -> bool:
        """Whether the condition may come to hold."""
        match condition.kind:
            case "threat":
                return self.levels is None or condition.name in self.levels
            case "gone":
                return condition.name in self.going
            case "share":
                return len(self.going) >= condition.share * len(self.s.missions) - 1e-9
            case _:
                return bool(self.s.security.phases)

    def triggered(self, order: Order) -> bool:
        """Whether what an order waits for may come."""
        return (order.at is not None and self.comes(order.at)) or any(map(self.holds, order.when))

    def given(self, order: Order) -> bool:
        """Whether the order may be given before the end: what it waits for, and the time to decide after it."""
        if not self.triggered(order):
            return False
        delay = fixed(order.delay) or 0.0
        if delay < self.horizon and any(map(self.holds, order.when)):
            return True
        return order.at is not None and self.comes(order.at) and self._least(order.at) + delay < self.horizon

    def _least(self, moment: Moment) -> float:
        """Hours after the start before which the moment can't come; negative for one in the past."""
        at = hours(self.s, moment)
        return (fixed(moment.delay) or 0.0) if at is None else at

    def reacts(self, mission: Mission) -> bool:
        """Whether the mission may be ordered out because nobody secures the airport."""
        return reacts(self.s, mission) and not stays(mission)

    def why_not(self, conditions: Iterable[Condition]) -> str:
        """Why none of them ever holds: ``the threat never reaches fallen, nor does south ever go``."""
        names: dict[str, dict[str, None]] = {}
        for condition in conditions:
            names.setdefault(condition.kind, {})[condition.name] = None
        share = f"at most {len(self.going)} of {len(self.s.missions)} missions ever go"
        sentences = {
            ("threat",): f"the threat never reaches {' or '.join(names.get('threat', ()))}",
            ("gone",): f"{' or '.join(names.get('gone', ()))} never goes",
            ("share",): share,
            ("absent", "leaving"): "no phase of security says who is there or leaves",
        }
        return ", and ".join(sentence for kinds, sentence in sentences.items() if names.keys() & set(kinds))


class _Waiting:
    """Which missions have to be looked at again when another may go."""

    def __init__(self, s: Scenario, horizon: float) -> None:
        self._gone: dict[str, list[str]] = {}
        self._shares: list[tuple[float, str]] = []
        self.for_an_order: list[str] = []
        """Those of whom a moment comes after the first order."""
        for name, mission in s.missions.items():
            moments = [mission.closed]
            for order in {id(order): order for order in orders_of(mission)}.values():
                moments.append(order.at)
                for condition in order.when if (fixed(order.delay) or 0.0) < horizon else ():
                    if condition.kind == "gone":
                        self._gone.setdefault(condition.name, []).append(name)
                    elif condition.kind == "share":
                        self._shares.append((condition.share * len(s.missions) - 1e-9, name))
            if any(moment is not None and moment.after == "ordered" for moment in moments):
                self.for_an_order.append(name)
        heapq.heapify(self._shares)

    def when_gone(self, name: str, count: int) -> Iterator[str]:
        """Those that wait for *name*, the last of *count* missions that may go, or for so many of them."""
        yield from self._gone.get(name, ())
        while self._shares and self._shares[0][0] <= count:
            yield heapq.heappop(self._shares)[1]


def stays(mission: Mission) -> bool:
    """Whether nobody of the mission is ever moved: it is closed, stays as a whole, or has nobody."""
    if mission.closed is not None or mission.residual == "all":
        return True
    return not any(map(leaves, mission.cohorts.values()))


def leaves(cohort: Cohort) -> bool:
    """Whether anybody of the cohort may be moved, if its mission moves anybody."""
    return cohort.residual != "all" and not zero(cohort.people)


def orders_of(mission: Mission) -> Iterator[Order]:
    """The orders by which somebody of a mission may be asked to move; none of one that closes or stays as a whole."""
    if mission.closed is not None or mission.residual == "all":
        return
    for cohort in filter(leaves, mission.cohorts.values()):
        if (order := cohort.order or mission.order) is not None:
            yield order


def closes_later(s: Scenario, mission: Mission) -> bool:
    """Whether a mission with people closes only after the start, if at all: they are there then, and nobody asks them to go."""
    moment = mission.closed
    if moment is None or mission.residual == "all" or not any(map(leaves, mission.cohorts.values())):
        return False
    at = hours(s, moment)
    if at is not None:
        return at > 0
    return s.threat is None or moment.after not in milder(s.threat.levels, s.threat.start) or not zero(moment.delay)


def milder(levels: Sequence[str], level: str) -> Sequence[str]:
    """The levels that are reached with *level*."""
    return levels[: levels.index(level) + 1]


def reachable(s: Scenario) -> set[str] | None:
    """Levels of the threat that count as reached in some replication, milder ones included; None without a threat."""
    threat = s.threat
    if threat is None:
        return None
    start = worst = threat.levels.index(threat.start)
    horizon = fixed(s.clock.horizon)
    for dated in threat.timeline:
        at = hours(s, dated.at)
        if at is None or horizon is None or at < horizon:
            worst = max(worst, threat.levels.index(dated.level))
    if not threat.timeline:
        worst = next((k for k in range(start, len(threat.levels)) if _lasts(threat, k)), len(threat.levels) - 1)
    return set(threat.levels[: worst + 1])


def _lasts(threat: Threat, level: int) -> bool:
    """Whether no worse level ever follows on this one: it lasts for ever, or the next move is always to a milder one."""
    name = threat.levels[level]
    return name not in threat.stay or (level > 0 and fixed(threat.up.get(name)) == 0)
