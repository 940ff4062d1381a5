"""Arguments and options that several commands have, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Scenarios = Annotated[list[str], typer.Argument(metavar="SCENARIO", help="Scenario files, or shipped names.")]
Scenario = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario file, or a shipped name.")]
Number = Annotated[
    int, typer.Option("-n", "--replications", metavar="N", min=1, max=1_000_000, help="Replications of each scenario.")
]
Until = Annotated[
    list[str] | None,
    typer.Option(
        "--until",
        metavar="MEASURE: WIDTH",
        help='Adds replications until the number is known so precisely, as in "total.p90: 3 h" or "total.left_behind: 5 %"; '
        "may be repeated; -n is then the least number.",
    ),
]
Most = Annotated[
    int | None,
    typer.Option(
        "--most", metavar="N", min=1, max=1_000_000, help="Most replications that --until may take.", show_default="12800"
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, max=2**63 - 1, help="Seed of all draws, for every scenario.")]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", metavar="N", min=1, max=1024, help="Processes; results do not depend on it.", show_default="one per core"
    ),
]
OnCluster = Annotated[
    str | None,
    typer.Option(
        "--cluster", metavar="ADDRESS", help="Works on a Dask scheduler's workers: tcp://HOST:PORT, tls://HOST:PORT or its file."
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Overrides one entry of every scenario; may be repeated."),
]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where results are kept.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, everything else on standard error.")]
Quietly = Annotated[bool, typer.Option("--quiet", help="No progress, no table; faults are still said.")]
Csv = Annotated[bool, typer.Option("--csv", help="Writes the tables as CSV too.")]
By = Annotated[str, typer.Option("--by", metavar="mission|cohort", help="Rows of the table.")]
SameOrders = Annotated[
    bool,
    typer.Option(
        "--same-orders",
        help="Compares once more, with everybody ordered out exactly when BASE orders them: what the airport does apart from who "
        "is asked to go.",
    ),
]
Large = Annotated[bool, typer.Option("--allow-large", help="Runs what is beyond the stated budget of loads and memory.")]
Svg = Annotated[bool, typer.Option("--svg", help="Draws the pictures as SVG too.")]
NoPlots = Annotated[bool, typer.Option("--no-plots", help="Draws nothing.")]
