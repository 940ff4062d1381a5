"""The command ``deadline``: how late a mission can still decide."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.app import app
from sim.commands.common import prepared, show_files, watched
from sim.commands.options import AsJson, Csv, Jobs, Large, NoPlots, Number, OnCluster, Out, Quietly, Scenarios, Seed, Sets, Svg
from sim.console import give_json, plain, say, show, watcher, width


@app.command(short_help="How late a mission can still decide.")
def deadline(
    scenarios: Scenarios,
    confidence: Annotated[
        str, typer.Option("--confidence", metavar="SHARE", help="How likely all are to be out, such as 90% or 0.9.")
    ] = "90%",
    missions: Annotated[
        list[str] | None,
        typer.Option(
            "--mission",
            metavar="NAME",
            help="A mission, total for all together, or all for every one; may be repeated.",
            show_default="total and the five largest",
        ),
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="WHEN", help="First date tried: a time after the start or a date.")
    ] = None,
    last: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="WHEN", help="Last date tried.", show_default="when the airport is lost in half of the replications"
        ),
    ] = None,
    dates: Annotated[
        int, typer.Option("--dates", metavar="N", min=2, max=1000, help="Dates tried before going between them.")
    ] = 9,
    resolution: Annotated[str, typer.Option("--resolution", metavar="TIME", help="How finely the deadline is found.")] = "6 h",
    n: Number = 200,
    seed: Seed = 1,
    jobs: Jobs = None,
    cluster: OnCluster = None,
    sets: Sets = None,
    out: Out = Path("results"),
    csv: Csv = False,
    json: AsJson = False,
    quiet: Quietly = False,
    allow_large: Large = False,
    no_plots: NoPlots = False,
    svg: Svg = False,
) -> int:
    """Finds the latest date at which each mission can order its people out and have all of them out with a stated chance."""
    from sim import api
    from sim.studies.deadline import Asked, AskError, deadline_all, share_of, time_of

    options = api.Options(n, seed, jobs, tuple(sets or ()), out, csv, not no_plots, allow_large, svg=svg, cluster=cluster)
    ready = prepared(scenarios, options, quiet)
    try:
        asked = Asked(
            share_of(confidence, "--confidence"), tuple(missions or ()), first, last, dates, time_of(resolution, "--resolution")
        )
        with watcher(quiet) as told:
            found = deadline_all(ready, asked, watched(options, told), (lambda line: None) if quiet else say)
    except AskError as error:
        say(str(error))
        return 2
    if json:
        give_json(found.summary)
    elif not quiet:
        from sim.present.deadline_table import deadline_table

        columns = width()
        show(plain(found.headline), "", deadline_table(found.summary, columns), width=columns)
        show_files(found.folder, found.plots)
    if not found.summary["final"]:
        for warning in found.summary["warnings"]:
            say(warning)
        say("nothing above is final: the same command tries what failed again")
    return 0 if found.summary["final"] else 3
