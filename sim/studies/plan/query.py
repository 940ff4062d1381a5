"""What ``plan`` is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.studies.query import Given, Simulating, option, required, share


def vary(given: Mapping[str, Iterable[Any]] | Iterable[str] | str) -> tuple[str, ...]:
    """``PATH=VALUES`` of each lever, from texts or from a mapping of paths to values."""
    if isinstance(given, Mapping):
        return tuple(f"{path}={','.join(map(str, values))}" for path, values in given.items())
    return (given,) if isinstance(given, str) else tuple(given)


@dataclass(frozen=True, kw_only=True)
class PlanQuery(Simulating):
    """Tries every value of one or two levers and says the least that gets everybody out in time with a stated chance."""

    verb = "plan"
    gives = "Planned"
    short = "The least of a resource that gets all out in time."
    rank = 50
    positional = ("finish_by", "vary", "confidence")

    scenario: Given = required(metavar="SCENARIO", help="A scenario file, or a shipped name.")
    finish_by: str = required("--finish-by", metavar="T", help="A time after the first order, such as 10 d, or a local date.")
    vary: tuple[str, ...] = required(
        "--vary",
        metavar="PATH=VALUES",
        read=vary,
        help="A lever: a,b,c or lo:hi:step; once or twice.  warning=0 d:5 d:1 d: the fall so much later.",
    )
    confidence: float = option(
        0.9,
        "--confidence",
        metavar="SHARE",
        read=share,
        write=lambda value: f"{value:g}",
        help="How likely all are to be out, such as 90% or 0.9.",
        default_text="90%",
    )
    mission: str = option("total", "--mission", metavar="NAME", help="A mission, or total for all together.")
