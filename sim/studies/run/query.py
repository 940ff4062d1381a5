"""What ``run`` is asked."""

from __future__ import annotations

from dataclasses import dataclass

from sim.studies.query import Given, Precise, scenario_files


@dataclass(frozen=True, kw_only=True)
class RunQuery(Precise):
    """Simulates scenarios and says how long until everybody is out, who is left behind and what held them up."""

    verb = "run"
    short = "Simulates scenarios and answers."
    rank = 10
    positional = ("n", "seed")

    scenarios: tuple[Given, ...] = scenario_files()

    def most_replications(self) -> int | None:
        return None if self.until else self.n * len(self.scenarios)
