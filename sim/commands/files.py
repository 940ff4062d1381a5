"""Commands about scenario files: check, describe, schema, new."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.app import app
from sim.commands.options import AsJson, Large, Sets
from sim.console import give, give_json, plain, say


@app.command(short_help="Validates scenario files.")
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Scenario files, or - for standard input.")],
    sets: Sets = None,
    allow_large: Large = False,
    json: AsJson = False,
) -> int:
    """Validates scenario files: all faults at once, or what a replication will take."""
    from sim import authoring

    reports = authoring.check(*files, overrides=tuple(sets or ()))
    if json:
        give_json({"files": [report.as_json() for report in reports]})
    for report in reports:
        for line in report.faults:
            say(line)
        if not json and not report.faults:
            give(plain("\n".join(report.lines())))
    return 2 if any(report.faults or (report.excess and not allow_large) for report in reports) else 0


@app.command(short_help="Lists every parameter of a scenario.")
def describe(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file, a shipped name, or - for standard input.")],
    sets: Sets = None,
    everything: Annotated[bool, typer.Option("--all", help="Lists what the file leaves at its default too.")] = False,
    json: AsJson = False,
) -> int:
    """Lists every parameter with value, unit, range, kind, source and evidence grade, who is ordered out by what, and places."""
    from sim import authoring

    rows = authoring.describe(file, tuple(sets or ()), everything)
    orders = authoring.describe_orders(file, tuple(sets or ()))
    places = authoring.describe_places(file, tuple(sets or ()))
    if json:
        give_json({"parameters": rows, "orders": orders, "places": places})
    else:
        lines = [*authoring.parameter_lines(rows), "", *authoring.order_lines(orders), *authoring.place_lines(places)]
        give(plain("\n".join(lines)))
    return 0


@app.command(short_help="Prints the JSON Schema of scenario files.")
def schema() -> int:
    """Prints the JSON Schema of scenario files, for editors."""
    from sim import authoring

    give_json(authoring.schema())
    return 0


@app.command(short_help="Writes a scenario to start from.")
def new(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The file to write; standard output without.")] = None,
    roster: Annotated[
        str | None,
        typer.Option(
            "--from",
            "--from-csv",
            metavar="ROSTER",
            help="A roster with the columns mission, cohort, people and, if you like, site, vehicles, distance: "
            "CSV, XLSX (book.xlsx:Sheet), or - for standard input.",
        ),
    ] = None,
    extends: Annotated[
        str | None, typer.Option("--extends", metavar="BASE", help="A base such as evacsim:base/kabul-collapse: writes over it.")
    ] = None,
) -> int:
    """Writes a commented scenario to start from, with your own staff if you have a roster."""
    from sim import authoring

    text = authoring.new(file, roster, extends, notify=say)
    if file is None:
        give(text.rstrip("\n"))
    else:
        say(f"wrote {file}; `evacsim run {file}` simulates it")
    return 0
