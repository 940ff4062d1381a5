"""What ``sweep`` is asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sim.studies.design.base import DesignQuery
from sim.studies.query import Given, addresses, option, required
from sim.studies.vary import Vary, varied


@dataclass(frozen=True, kw_only=True)
class SweepQuery(DesignQuery):
    """Simulates scenarios at every point of a grid or of a design, under the same random numbers, as one tidy table."""

    verb = "sweep"
    short = "Simulates scenarios over values of their parameters."
    gives = "Sweep"
    rank = 20

    scenarios: tuple[Given, ...] = required(metavar="SCENARIO|DESIGN", help="Scenario files, or a design alone; - reads it.")
    vary: tuple[Vary, ...] = varied(partial(option, ()), "Values of an entry: a,b,c or lo:hi:step; repeated, a grid.")
    measures: tuple[str, ...] = addresses((), "total.out_p90 or MISSION.left_behind")
    by: str = option("total", "--by", metavar="total|mission", help="Measures of everybody, or of every mission too.")
