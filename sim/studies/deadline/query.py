"""What ``deadline`` is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from sim.studies.query import Given, Simulating, confidence, hours, option, scenario_files, written_hours


@dataclass(frozen=True, kw_only=True)
class DeadlineQuery(Simulating):
    """Finds the latest date at which each mission can order its people out and have all of them out with a stated chance."""

    verb = "deadline"
    short = "How late a mission can still decide."
    gives = "Deadlines"
    rank = 40

    scenarios: tuple[Given, ...] = scenario_files()
    confidence: float = confidence()
    missions: tuple[str, ...] = option(
        (),
        "--mission",
        metavar="NAME",
        help="A mission, total for all together, or all for every one; may be repeated.",
        default_text="total and the five largest",
    )
    first: str | None = option(
        None, "--from", metavar="WHEN", help="First date tried: a time after the start or a date.", default_text="the start"
    )
    last: str | None = option(
        None,
        "--to",
        metavar="WHEN",
        help="Last date tried.",
        default_text="when the airport is lost in half of the replications",
    )
    dates: int = option(9, "--dates", metavar="N", least=2, most=1000, help="Size of the first grid of dates.")
    resolution_h: float = option(
        6.0,
        "--resolution",
        metavar="TIME",
        read=hours,
        write=written_hours,
        help="How finely the deadline is found.",
        default_text="6 h",
    )

    @classmethod
    def of(cls, *scenarios: Any, **given: Any) -> Self:
        """As of every query; one mission may be given as ``mission`` too, as the other questions have it."""
        if "mission" in given and "missions" not in given:
            given["missions"] = given.pop("mission")
        return super().of(*scenarios, **given)
