"""The command ``sweep``: scenarios over values of their parameters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.app import app
from sim.commands.common import show_files, watched
from sim.commands.options import AsJson, EachNumber, EachSeed, Jobs, Large, NoPlots, OnCluster, Out, Quietly, Sets, Svg
from sim.console import give_json, plain, say, show, show_progress, width

if TYPE_CHECKING:
    from sim.studies.sweep import Sweep

MOST_ROWS = 5_000
"""Rows of the table in the JSON; more are in the files alone."""


@app.command(short_help="Simulates scenarios over values of their parameters.")
def sweep(
    scenarios: Annotated[list[str], typer.Argument(metavar="SCENARIO|PLAN", help="Scenario files, or a plan alone.")],
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", metavar="PATH=VALUES", help="Values of an entry: a,b,c or lo:hi:step; repeated, a grid."),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option("--measure", metavar="ADDRESS", help="Such as total.out_p90 or MISSION.left_behind; may be repeated."),
    ] = None,
    by: Annotated[
        str, typer.Option("--by", metavar="total|mission", help="Measures of everybody, or of every mission too.")
    ] = "total",
    n: EachNumber = None,
    seed: EachSeed = None,
    jobs: Jobs = None,
    sets: Sets = None,
    out: Out = Path("results"),
    json: AsJson = False,
    quiet: Quietly = False,
    allow_large: Large = False,
    no_plots: NoPlots = False,
    svg: Svg = False,
    cluster: OnCluster = None,
) -> int:
    """Simulates scenarios at every point of a grid or of a plan, under the same random numbers, as one tidy table."""
    from sim.studies.asking import asked_for
    from sim.studies.options import Options
    from sim.studies.sweep import sweep_all

    asked = asked_for(scenarios, tuple(vary or ()), tuple(measure or ()), by)
    many = n or asked.n or 200
    drawn = seed if seed is not None else asked.seed if asked.seed is not None else 1
    options = Options(many, drawn, jobs, tuple(sets or ()), out, False, not no_plots, allow_large, svg=svg, cluster=cluster)
    with show_progress(quiet) as told:
        done = sweep_all(asked, watched(options, told))
    if json:
        give_json(_as_json(done))
    elif not quiet:
        _show(done)
    for number, error in list(done.failed.items())[:5]:
        say(f"point {number}: {error}")
    if done.failed:
        more = done.summary["failed"] - 5
        say(
            (f"and {more:,} more points failed; " if more > 0 else "")
            + "the rows of points that failed say why; nothing above is final"
        )
    return 3 if done.failed else 0


def _as_json(done: Sweep) -> dict[str, object]:
    """The summary, and the table's rows where there are few; ``null`` is infinite where ``never`` says why, else nothing."""
    from math import isfinite

    found: dict[str, object] = {**done.summary, "folder": str(done.folder)}
    if done.summary["rows"] <= MOST_ROWS:
        found["table"] = [
            {key: None if isinstance(x, float) and not isfinite(x) else x for key, x in row.items()}
            for row in done.table.iter_rows(named=True)
        ]
    return found


def _show(done: Sweep) -> None:
    from sim.present.sweep_table import sweep_table

    columns = width()
    show(plain(done.headline), "", width=columns)
    if done.view is not None:
        show(sweep_table(done.view, done.summary, columns), width=columns)
    show_files(done.folder, done.plots)
