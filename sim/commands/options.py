"""Arguments and options that several commands have, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Scenario = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario file, a shipped name, or - for standard input.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, max=2**63 - 1, help="Seed of all draws, for every scenario.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Overrides one entry of every scenario; may be repeated."),
]
Inputs = Annotated[
    str | None,
    typer.Option(
        "--inputs",
        metavar="ranges|values|SETS",
        help="Draws what the scenario gives ranges for, holds it as written, or takes it from a calibration's file.  "
        "[default: the file that it names, else ranges]",
    ),
]
PerSet = Annotated[int, typer.Option("--per-set", metavar="M", min=1, max=1000, help="Replications that share a set of inputs.")]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where results are kept.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, everything else on standard error.")]
Large = Annotated[bool, typer.Option("--allow-large", help="Runs what is beyond the stated budget of loads and memory.")]
Svg = Annotated[bool, typer.Option("--svg", help="Draws the pictures as SVG too.")]
