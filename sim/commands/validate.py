"""The command that compares simulated with observed windows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from sim.commands.app import app
from sim.commands.common import show_files, status
from sim.commands.options import AsJson, Jobs, Large, NoPlots, Number, OnCluster, Out, Quietly, Scenario, Seed, Sets
from sim.console import give_json, plain, say, show, watcher, width


@app.command(short_help="Compares simulated with observed windows.")
def validate(
    scenario: Scenario,
    observations: Annotated[
        str, typer.Argument(metavar="OBSERVATIONS.csv", help="What was observed, a number of a window on each line.")
    ],
    n: Number = 200,
    seed: Seed = 1,
    jobs: Jobs = None,
    sets: Sets = None,
    out: Out = Path("results"),
    json: AsJson = False,
    quiet: Quietly = False,
    allow_large: Large = False,
    no_plots: NoPlots = False,
    cluster: OnCluster = None,
) -> int:
    """Simulates a scenario and says whether its bands hold what was observed, and how far its medians are off."""
    from sim import api
    from sim.studies.validate import checked, validated

    options = api.Options(n, seed, jobs, tuple(sets or ()), out, plots=False, allow_large=allow_large, cluster=cluster)
    ready, seen = checked(scenario, observations, options)
    if not quiet:
        for reason in ready.impossible:
            say(f"{ready.given}: cannot get everybody out: {reason}")
    with watcher(quiet) as told:
        (study,) = api.run_all([ready], replace(options, watcher=told))
    answer = validated(study.result, seen, not no_plots)
    if json:
        give_json(answer.summary)
    elif not quiet:
        from sim.present.validate_table import validation_table

        columns = width()
        show(plain(answer.summary["headline"]), "", width=columns)
        show(validation_table(answer.found, columns), width=columns)
        show_files(study.result.folder, answer.files)
    return status([study])
