"""What shuts a gate at a moment: the closures and incidents that are in progress then, told from a finished run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sim.model.run import Disruption
from sim.scenario.schema import ENTRANTS, Entrant


class Shutters:
    """Closures and incidents that close gates."""

    def __init__(self, disruptions: Iterable[Disruption]) -> None:
        self._all = [d for d in disruptions if d.closes and d.cause == "closure"]

    def why(self, t: float, gate: str, cause: str, whom: Entrant | None = None) -> str:
        """What a gate is closed by at *t*, for everybody or for such as *whom*: names, ``crowd`` or ``hours``."""
        if cause != "closure":
            return cause
        going: Counter[str] = Counter()
        for d in self._all:
            if d.time <= t and (gate in d.closes or "gates" in d.closes) and _stops(d, whom):
                going[d.name] += 1 if d.begins else -1
        return " ".join(sorted(name for name, number in going.items() if number > 0)) or "hours"


def _stops(d: Disruption, whom: Entrant | None) -> bool:
    """Whether it stops such as *whom*, or everybody."""
    everybody = d.stops is None or {*d.stops} == {*ENTRANTS}
    return everybody if whom is None else d.stops is None or whom in d.stops
