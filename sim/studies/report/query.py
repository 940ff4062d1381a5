"""What ``report`` is asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.studies.query import Query, option, required

QUICK_SCENARIOS = 2
"""Scenarios of which the page beside a result, which nobody asked for, replays a run: each takes up to a fifth of a second."""


@dataclass(frozen=True, kw_only=True)
class ReportQuery(Query):
    """Puts stored results on one page: the answer, the comparison, missions, pictures, inputs, and how it was made.

    The page is one HTML file that opens from disk, with nothing loaded over the network.
    """

    verb = "report"
    gives = "Report"
    short = "Puts stored results on one page."
    rank = 200

    results: tuple[str, ...] = required(
        metavar="RESULT", help="Folders of finished runs, of a comparison, and of studies of them (decide, deadline, plan, …)."
    )
    output: Path = option(Path("report.html"), "-o", "--output", metavar="FILE.html", help="The file to write.", asks=False)
    overwrite: bool = option(False, "--overwrite", help="Writes over a file that no report wrote.", asks=False)
