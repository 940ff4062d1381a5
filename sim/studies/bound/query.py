"""What ``bound`` is asked."""

from __future__ import annotations

from dataclasses import dataclass

from sim.studies.query import Checking, Given, scenario_files


@dataclass(frozen=True, kw_only=True)
class BoundQuery(Checking):
    """Lower bounds at the medians of all inputs, without simulation; what binds when; and why a plan can't work."""

    verb = "bound"
    gives = "Bounds"
    short = "Says how quick an evacuation can be at best, and what sets that."
    rank = 70

    scenarios: tuple[Given, ...] = scenario_files()
