"""What ``calibrate`` is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.studies.query import Given, Simulating, option, portable, required, share


@dataclass(frozen=True, kw_only=True)
class CalibrateQuery(Simulating):
    """Draws sets of inputs from a scenario's ranges, weighs each by how well it agrees with what was observed, and writes them.

    Only observations whose use is calibration are read.  The sets are drawn from the ranges, whatever inputs: says.
    """

    verb = "calibrate"
    short = "Learns inputs from what was observed."
    gives = "Calibration"
    rank = 82
    absent = ("inputs",)  # it always starts from the ranges

    scenario: Given = required(metavar="SCENARIO", help="A scenario file, a shipped name, or -; its inputs have ranges.")
    observations: str = required(
        metavar="OBSERVATIONS", help="What was observed, a number of a window on each line: CSV, XLSX (book.xlsx:Sheet), or -."
    )
    sets: Path = required(
        "-o",
        "--output",
        metavar="SETS",
        help="The file to write, .parquet or .csv: what --inputs reads.",
        write=lambda p: portable(str(p)),
    )
    overwrite: bool = option(False, "--overwrite", help="Writes over a file that is there.", asks=False)
    discrepancy: float = option(
        0.25,
        "--discrepancy",
        metavar="SHARE",
        help="How far the model may be off with the right inputs, one standard deviation, such as 25%.",
        read=share,
        write=lambda value: f"{value:g}",
        default_text="25%",
    )
    only_learnt: bool = option(
        False,
        "--only-learnt",
        help="The file holds only the inputs that the observations tell from their range; the rest is drawn from its range.",
    )
    leave_out: bool = option(False, "--leave-out", help="Also leaves each window out in turn, and says whether it is held.")
    inputs: str | None = option("ranges", "--inputs", help="Always its ranges.")

    def command(self, scenarios: Sequence[str]) -> str:
        """With the observations, as a file under the current folder or by its name alone."""
        return super().command([*scenarios, self.observations])

    def key(self) -> dict[str, Any]:
        """Without the file to write and how much is in it, of which the answer is independent."""
        return {name: value for name, value in super().key().items() if name not in ("sets", "only_learnt")}
