"""What ``plan`` is asked."""

from __future__ import annotations

from dataclasses import dataclass

from sim.studies.query import Given, Simulating, confidence, option, required
from sim.studies.vary import Vary, varied


@dataclass(frozen=True, kw_only=True)
class PlanQuery(Simulating):
    """Tries every value of one or two levers and says the least that gets everybody out in time with a stated chance."""

    verb = "plan"
    gives = "Planned"
    short = "The least of a resource that gets all out in time."
    rank = 50
    positional = ("finish_by", "vary", "confidence")

    scenario: Given = required(metavar="SCENARIO", help="A scenario file, a shipped name, or - for standard input.")
    finish_by: str = required("--finish-by", metavar="T", help="A time after the first order, such as 10 d, or a local date.")
    vary: tuple[Vary, ...] = varied(
        required, "A lever: a,b,c or lo:hi:step; once or twice.  warning=0 d:5 d:1 d: the fall so much later."
    )
    confidence: float = confidence()
    mission: str = option("total", "--mission", metavar="NAME", help="A mission, or total for all together.")
