"""The command ``plan``: the least of a resource that meets a deadline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.app import app
from sim.commands.common import prepared, show_files, watched
from sim.commands.options import AsJson, Csv, Jobs, Large, NoPlots, Number, OnCluster, Out, Quietly, Scenario, Seed, Sets, Svg
from sim.console import give_json, plain, say, show, watcher, width


@app.command(short_help="The least of a resource that gets all out in time.")
def plan(
    scenario: Scenario,
    finish_by: Annotated[
        str, typer.Option("--finish-by", metavar="T", help="A time after the first order, such as 10 d, or a local date.")
    ],
    vary: Annotated[
        list[str],
        typer.Option(
            "--vary",
            metavar="PATH=VALUES",
            help="A lever: a,b,c or lo:hi:step; once or twice.  warning=0 d:5 d:1 d: the fall so much later.",
        ),
    ],
    confidence: Annotated[
        str, typer.Option("--confidence", metavar="SHARE", help="How likely all are to be out, such as 90% or 0.9.")
    ] = "90%",
    mission: Annotated[str, typer.Option("--mission", metavar="NAME", help="A mission, or total for all together.")] = "total",
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
    """Tries every value of one or two levers and says the least that gets everybody out in time with a stated chance."""
    from sim import api
    from sim.studies.plan import Asked, AskError, LeverError, VaryError, plan_one
    from sim.studies.query import share

    options = api.Options(n, seed, jobs, tuple(sets or ()), out, csv, not no_plots, allow_large, svg=svg, cluster=cluster)
    (ready,) = prepared([scenario], options, quiet)
    try:
        asked = Asked(finish_by, tuple(vary), share(confidence), mission)
        with watcher(quiet) as told:
            found = plan_one(ready, asked, watched(options, told), (lambda line: None) if quiet else say)
    except (AskError, LeverError, VaryError) as error:
        for line in str(error).splitlines():
            say(line)
        return 2
    if json:
        give_json(found.summary)
    elif not quiet:
        from sim.present.plan_table import plan_table

        columns = width()
        show(plain(found.headline), "", plan_table(found.summary, columns), width=columns)
        show_files(found.folder, found.plots)
    if not found.summary["final"]:
        for warning in found.summary["warnings"]:
            say(warning)
        say("nothing above is final: the same command tries what failed again")
    return 0 if found.summary["final"] else 3
