"""What ``validate`` is asked."""

from __future__ import annotations

from dataclasses import dataclass

from sim.studies.design.base import DesignQuery
from sim.studies.query import Given, required


@dataclass(frozen=True, kw_only=True)
class ValidateQuery(DesignQuery):
    """Simulates a scenario and says whether its bands hold what was observed, and how far its medians are off."""

    verb = "validate"
    short = "Compares simulated with observed windows."
    gives = "Validated"
    rank = 80

    scenario: Given = required(metavar="SCENARIO|DESIGN", help="A scenario, or a design whose points are put together.")
    observations: str = required(
        metavar="OBSERVATIONS", help="What was observed, a number of a window on each line: CSV, XLSX (book.xlsx:Sheet), or -."
    )
