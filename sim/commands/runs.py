"""Commands that simulate scenarios as they are: run, compare, trace, plot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.commands.app import app
from sim.commands.common import prepared, show_files, status, watched
from sim.commands.options import (
    AsJson,
    By,
    Csv,
    Jobs,
    Large,
    Most,
    NoPlots,
    Number,
    OnCluster,
    Out,
    Quietly,
    SameOrders,
    Scenario,
    Scenarios,
    Seed,
    Sets,
    Svg,
    Until,
)
from sim.console import event_lines, give, give_json, show, show_progress, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.api import Comparison, Study


@app.command(short_help="Simulates scenarios and answers.")
def run(
    scenarios: Scenarios,
    n: Number = 200,
    until: Until = None,
    most: Most = None,
    seed: Seed = 1,
    jobs: Jobs = None,
    cluster: OnCluster = None,
    sets: Sets = None,
    out: Out = Path("results"),
    by: By = "mission",
    csv: Csv = False,
    json: AsJson = False,
    quiet: Quietly = False,
    allow_large: Large = False,
    no_plots: NoPlots = False,
    svg: Svg = False,
) -> int:
    """Simulates scenarios and says how long until everybody is out, who is left behind and what held them up."""
    from sim import api

    _check_by(by)
    options = api.Options(
        n,
        seed,
        jobs,
        tuple(sets or ()),
        out,
        csv,
        not no_plots,
        allow_large,
        until=tuple(until or ()),
        most=most,
        svg=svg,
        cluster=cluster,
    )
    ready = prepared(scenarios, options, quiet)
    with show_progress(quiet) as told:
        studies = api.run_all(ready, watched(options, told))
    if json:
        give_json({"results": [_trimmed(study.summary, by) for study in studies]})
    elif not quiet:
        _show_runs(studies, by)
    return status(studies)


@app.command(short_help="Says what differs between scenarios.")
def compare(
    base: Annotated[str, typer.Argument(metavar="BASE", help="The scenario that the others are compared with.")],
    others: Annotated[list[str], typer.Argument(metavar="OTHER", help="The others.")],
    n: Number = 200,
    until: Until = None,
    most: Most = None,
    seed: Seed = 1,
    jobs: Jobs = None,
    cluster: OnCluster = None,
    sets: Sets = None,
    out: Out = Path("results"),
    by: By = "mission",
    same_orders: SameOrders = False,
    csv: Csv = False,
    json: AsJson = False,
    quiet: Quietly = False,
    allow_large: Large = False,
    no_plots: NoPlots = False,
    svg: Svg = False,
) -> int:
    """Simulates the same replications of several scenarios and says what differs, with intervals."""
    from sim import api

    _check_by(by)
    options = api.Options(
        n,
        seed,
        jobs,
        tuple(sets or ()),
        out,
        csv,
        not no_plots,
        allow_large,
        until=tuple(until or ()),
        most=most,
        svg=svg,
        cluster=cluster,
    )
    options = replace(options, same_orders=same_orders)
    ready = prepared([base, *others], options, quiet)
    with show_progress(quiet) as told:
        comparison = api.compare_all(ready, watched(options, told))
    if json:
        summary = comparison.summary
        give_json(summary | {"results": [_trimmed(each, by) for each in summary["results"]]})
    elif not quiet:
        _show_comparison(comparison)
    return status([*comparison.studies, *comparison.ordered_as_base])


@app.command(short_help="Prints one replication as an event log.")
def trace(
    scenario: Scenario,
    replication: Annotated[int, typer.Option("--replication", metavar="K", min=0, help="Which replication.")] = 0,
    seed: Seed = 1,
    sets: Sets = None,
    json: AsJson = False,
) -> int:
    """Prints one replication as an event log: what happened when, to whom."""
    from sim import api

    loaded = api.load(scenario, tuple(sets or ()))
    events = api.trace(loaded, replication, seed)
    if json:
        give_json([{"time_h": e.time_h, "what": e.what, "subject": e.subject, "detail": e.detail} for e in events])
    else:
        give("\n".join(event_lines(events, loaded.scenario.clock.start.when)))
    return 0


@app.command(short_help="Draws stored results again.")
def plot(
    results: Annotated[list[str], typer.Argument(metavar="RESULT", help="Folders of finished runs.")],
    out: Out = Path("results"),
    svg: Svg = False,
) -> int:
    """Draws the plots of stored results again, and overlays them if there are several."""
    from sim import api

    give("\n".join(map(str, api.redraw(results, out, svg=svg))))
    return 0


def _check_by(by: str) -> None:
    if by not in ("mission", "cohort"):
        raise typer.BadParameter(f"expected mission or cohort, got {by!r}", param_hint="--by")


def _trimmed(summary: dict[str, Any], by: str) -> dict[str, Any]:
    return summary if by == "cohort" else {key: value for key, value in summary.items() if key != "cohorts"}


def _show_runs(studies: Sequence[Study], by: str) -> None:
    from sim.present import terminal

    columns = width()
    for study in studies:
        show(study.headline, "", width=columns)
        if study.answered:
            show(terminal.run_table(_trimmed(study.summary, by), columns), width=columns)
        show_files(study.result.folder, study.plots)


def _show_comparison(comparison: Comparison) -> None:
    from sim.present import same_orders, terminal

    columns = width()
    for study in comparison.studies:
        show(study.headline, "", width=columns)
    if any(difference["total"]["clocks"]["ordered_apart"] for difference in comparison.differences):
        show("Each of these counts from its own first order; what is compared below is the calendar.", "", width=columns)
    for difference in comparison.differences:
        show(terminal.compare_table(difference, columns), "", width=columns)
    show(*same_orders.shown(comparison.differences, comparison.same_orders, columns), width=columns)
    if comparison.until:
        show(*terminal.until_lines(comparison.until), "", width=columns)
    if comparison.matrix is not None:
        show(terminal.matrix_table(comparison.matrix, columns), "", width=columns)
    for study in (*comparison.studies, *comparison.ordered_as_base):
        show_files(study.result.folder, study.plots)
    show_files(comparison.folder, comparison.plots)
