"""The command ``sensitivity``: which inputs matter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.app import app
from sim.commands.common import show_files, watched
from sim.commands.options import AsJson, Csv, Jobs, Large, NoPlots, OnCluster, Out, Quietly, Scenarios, Seed, Sets, Svg
from sim.console import give_json, plain, say, show, show_progress, width

if TYPE_CHECKING:
    from sim.studies.sensitivity import Sensitivity

METHODS = ("tornado", "morris", "sobol")


@app.command(short_help="Says which inputs matter.")
def sensitivity(
    scenarios: Scenarios,
    method: Annotated[
        str, typer.Option("--method", metavar="tornado|morris|sobol", help="One at a time, screening, or shares of the variance.")
    ] = "tornado",
    measure: Annotated[
        list[str] | None,
        typer.Option(
            "--measure", metavar="ADDRESS", help="Such as total.p_all_out or MISSION.left_behind; may be repeated.",
            show_default="total.left_behind and total.hours_within_horizon",
        ),
    ] = None,
    factors: Annotated[
        list[str] | None,
        typer.Option(
            "--factors", metavar="PATH|FILE", help="A parameter; * for one part of its path (all that match move together); "
            "PREFIX.** for all below; or a file of factors. May be repeated.",
            show_default="all that have a range, the most telling chosen",
        ),
    ] = None,
    levers: Annotated[bool, typer.Option("--levers", help="Studies what is ours to choose, not what is uncertain.")] = False,
    top: Annotated[
        int | None,
        typer.Option("--top", metavar="N", min=0, max=1000, help="Most factors; 0 for all.", show_default="20, of sobol 8"),
    ] = None,
    trajectories: Annotated[
        int | None,
        typer.Option(
            "--trajectories", metavar="R", min=2, max=1000, help="Of morris: a point for each factor and one more, R times.",
            show_default="10",
        ),
    ] = None,
    base_sample: Annotated[
        int | None,
        typer.Option(
            "--base-sample", metavar="N", min=2, max=65536, help="Of sobol, a power of 2: N points for each factor and 2 N more.",
            show_default="64",
        ),
    ] = None,
    n: Annotated[
        int, typer.Option("-n", "--replications", metavar="N", min=1, max=1_000_000, help="Replications of each point.")
    ] = 50,
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
) -> int:  # fmt: skip
    """Says which uncertain inputs matter most for a measure, by how much, and which cannot be told from none.

    Ranges are those of the scenario: low and high, or what its grades of evidence allow (`evacsim describe` lists them).

    Without --factors every factor is tried first and the most telling are chosen: up to ten replications at two points for each
    and at one more, about 2,600 in a full scenario of 130. --top 0 studies all, without a choice.
    """
    if method not in METHODS:
        raise typer.BadParameter(f"expected {', '.join(METHODS[:-1])} or {METHODS[-1]}, got {method!r}", param_hint="--method")
    for option, given, owner in (("--trajectories", trajectories, "morris"), ("--base-sample", base_sample, "sobol")):
        if given is not None and method != owner:
            raise typer.BadParameter(f"is of --method {owner} alone, got --method {method}", param_hint=option)
    from sim.studies.options import Options
    from sim.studies.sensitivity import MEASURES, Asked, sensitivity_all

    options = Options(n, seed, jobs, tuple(sets or ()), out, csv, not no_plots, allow_large, svg=svg, cluster=cluster)
    asked = Asked(
        tuple(scenarios), method, tuple(measure or MEASURES), tuple(factors or ()), levers, top,  # type: ignore[arg-type]
        trajectories or 10, base_sample or 64,
    )  # fmt: skip
    with show_progress(quiet) as told:
        done = sensitivity_all(asked, watched(options, told), (lambda line: None) if quiet else say)
    if json:
        give_json(done.summary)
    elif not quiet:
        _show(done)
    for failure in done.failed[:5]:
        say(f"{failure['scenario']}: {failure['error']}: {', '.join(failure['settings']) or 'the base'}")
    if done.failed:
        say("nothing above is final: the same command tries again what failed")
    return 3 if done.failed else 0


def _show(done: Sensitivity) -> None:
    from sim.present.sensitivity_table import sensitivity_tables

    columns = width()
    for line in done.headlines:
        show(plain(line), "", width=columns)
    show(sensitivity_tables(done.summary, columns), width=columns)
    show_files(done.folder, done.plots)
