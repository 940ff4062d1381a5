"""Commands about single replications and stored results: trace, plot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.app import app
from sim.commands.options import AsJson, Inputs, Large, Out, PerSet, Scenario, Seed, Sets, Svg
from sim.console import event_lines, give, give_json, say


@app.command(short_help="Prints one replication as an event log.")
def trace(
    scenario: Scenario,
    replication: Annotated[
        int, typer.Option("--replication", metavar="K", min=0, max=999_999_999, help="Which replication.")
    ] = 0,
    seed: Seed = 1,
    sets: Sets = None,
    inputs: Inputs = None,
    per_set: PerSet = 2,
    mission: Annotated[
        str | None,
        typer.Option(
            "--mission", metavar="NAME", help="Only what happens to one mission, with its flights, the threat and who secures."
        ),
    ] = None,
    allow_large: Large = False,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Writes it as a table instead, .csv or .parquet: a row an event."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Writes over a file that is there.")] = False,
    json: AsJson = False,
) -> int:
    """Prints one replication as an event log: what happened when, to whom."""
    from sim import api
    from sim.scenario.causes import zone
    from sim.studies.inputs_option import Drawing, notices
    from sim.studies.table_file import writable

    if output is not None:
        writable(output, overwrite)
    loaded = Drawing.of(inputs, per_set).of_scenario(api.load(scenario, tuple(sets or ())))
    for line in notices([loaded]):
        say(line)
    events = api.trace(loaded, replication, seed, inputs=inputs, per_set=per_set, mission=mission, allow_large=allow_large)
    if output is not None:
        events.write(output, overwrite=overwrite)
        say(f"wrote {output}: {len(events):,} events")
    if json:
        give_json(events.as_json())
    elif output is None:
        clock = loaded.scenario.clock
        give("\n".join(event_lines(events, clock.start.when, zone(float(clock.utc_offset)).removeprefix("UTC") or "UTC")))
    return 0


@app.command(short_help="Draws stored results again.")
def plot(
    results: Annotated[list[str], typer.Argument(metavar="RESULT", help="Folders of finished runs.")],
    out: Out = Path("results"),
    svg: Svg = False,
) -> int:
    """Draws the plots of stored results again, and overlays them if there are several."""
    from sim import api

    give("\n".join(map(str, api.plot(*results, out=out, svg=svg))))
    return 0
