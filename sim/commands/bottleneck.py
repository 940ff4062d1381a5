"""The command ``bottleneck``: who waited for what, and what one more of each capacity is worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.app import app
from sim.commands.common import prepared, show_files, watched
from sim.commands.options import AsJson, Csv, Jobs, Large, NoPlots, OnCluster, Out, Quietly, Scenarios, Seed, Sets, Svg
from sim.console import give_json, plain, say, show, show_progress, width

if TYPE_CHECKING:
    from sim.studies.bottleneck import Bottleneck


@app.command(short_help="Who waited for what, and what one more of each capacity is worth.")
def bottleneck(
    scenarios: Scenarios,
    step: Annotated[
        list[str] | None,
        typer.Option(
            "--step",
            metavar="PATH=+N",
            help="Another step, as in hubs.*.beds=+500 or warning=+2 d, or of any other number; * for one part of a path; "
            "may be repeated.",
            show_default="one; 100 beds, places or troops; 10 people/h onward; a day of warning",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="GLOB", help="Tries these alone: a path with * or a kind such as lane; may be repeated."),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            "--measure",
            metavar="ADDRESS",
            help="Such as total.left_behind or MISSION.hours_within_horizon; may be repeated.",
            show_default="total.left_behind, .p_all_out, .half_within_horizon and .hours_within_horizon",
        ),
    ] = None,
    n: Annotated[
        int, typer.Option("-n", "--replications", metavar="N", min=1, max=1_000_000, help="Replications of each point.")
    ] = 100,
    seed: Seed = 1,
    jobs: Jobs = None,
    sets: Sets = None,
    out: Out = Path("results"),
    csv: Csv = False,
    json: AsJson = False,
    quiet: Quietly = False,
    allow_large: Large = False,
    no_plots: NoPlots = False,
    svg: Svg = False,
    cluster: OnCluster = None,
) -> int:
    """Says who waited for what, and what one more lane, stand, officer, bus, aircraft or bed, or a day of warning, is worth.

    Each is tried alone under the same random numbers; what has no limit is left out.
    """
    from sim import api
    from sim.analysis.marginal import DEFAULT
    from sim.studies.bottleneck import Asked, bottleneck_all

    options = api.Options(n, seed, jobs, tuple(sets or ()), out, csv, not no_plots, allow_large, svg=svg, cluster=cluster)
    ready = prepared(scenarios, options, quiet)
    asked = Asked(tuple(step or ()), tuple(only or ()), tuple(measure or DEFAULT))
    with show_progress(quiet) as told:
        found = bottleneck_all(ready, asked, watched(options, told), (lambda line: None) if quiet else say)
    if json:
        give_json(found.summary)
    elif not quiet:
        _show(found)
    for failure in found.failed[:5]:
        say(f"{failure['scenario']}: {failure['capacity'] or 'as it is'}: {failure['error']}")
    if found.failed:
        say("nothing above is final: the same command tries again what failed")
    return 3 if found.failed else 0


def _show(found: Bottleneck) -> None:
    from sim.present.marginal_table import bottleneck_tables

    columns = width()
    for line in found.headlines:
        show(plain(line), "", width=columns)
    show(bottleneck_tables(found.summary, columns), width=columns)
    show_files(found.folder, found.plots)
