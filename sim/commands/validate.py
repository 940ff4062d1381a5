"""The command that compares simulated with observed windows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.app import app
from sim.commands.common import say_first, show_files
from sim.commands.options import AsJson, EachNumber, EachSeed, Jobs, Large, NoPlots, OnCluster, Out, Quietly, Sets, Svg
from sim.console import give_json, plain, say, show, show_progress, width

if TYPE_CHECKING:
    from sim.studies.validate import Validated


@app.command(short_help="Compares simulated with observed windows.")
def validate(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO|PLAN", help="A scenario, or a plan whose points are put together.")
    ],
    observations: Annotated[
        str, typer.Argument(metavar="OBSERVATIONS.csv", help="What was observed, a number of a window on each line.")
    ],
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
    """Simulates a scenario and says whether its bands hold what was observed, and how far its medians are off."""
    from sim.studies.asking import asked_for
    from sim.studies.engine import answer as answer_to
    from sim.studies.options import Options
    from sim.studies.plan_file import is_plan
    from sim.studies.run.query import RunQuery
    from sim.studies.runs import unfinished
    from sim.studies.validate import checked, over_plan, validated

    plan = asked_for([scenario], ()) if is_plan(scenario) else None
    many = n or (plan.n if plan else None) or 200
    drawn = seed if seed is not None else (plan.seed if plan and plan.seed is not None else 1)
    options = Options(many, drawn, jobs, tuple(sets or ()), out, plots=False, allow_large=allow_large, svg=svg, cluster=cluster)
    if plan is not None:
        with show_progress(quiet) as told:
            answer = over_plan(scenario, observations, replace(options, progress=told), not no_plots)
        _show(answer, json, quiet)
        for line in answer.lost:
            say(line)
        if answer.lost or answer.found.failed:
            say("nothing above is final: the same command tries again what failed; EVACSIM_DEBUG=1 shows tracebacks")
            return 3
        return 0
    ready, seen = checked(scenario, observations, options)
    if not quiet:
        say_first(ready)
    with show_progress(quiet) as told:
        query = RunQuery.of(ready.loaded, n=many, seed=drawn, jobs=jobs, out=out, plots=False, allow_large=allow_large)
        (study,) = answer_to(query, told).studies
    _show(validated(study.result, seen, not no_plots, svg=svg), json, quiet)
    lines = unfinished([study])
    for line in lines:
        say(line)
    return 3 if lines else 0


def _show(answer: Validated, json: bool, quiet: bool) -> None:
    if json:
        give_json(answer.summary)
    elif not quiet:
        from sim.present.validate_table import validation_table

        columns = width()
        show(plain(answer.summary["headline"]), "", width=columns)
        show(validation_table(answer.found, columns), width=columns)
        show_files(answer.files[0].parent, answer.files)
