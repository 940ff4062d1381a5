"""The command line: arguments in, exit status out.  What a command does is in :mod:`sim.api`, what it shows in present.

Heavy packages are imported inside commands only, so that help answers at once.

Exit status: 0 done; 1 a bug; 2 the command or a file is wrong; 3 stopped with work kept; 130 Ctrl-C, work kept.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from sim import __version__
from sim.console import NobodyReads, event_lines, give, give_json, plain, say, show, watcher, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.api import Comparison, Options, Prepared, Study

app = typer.Typer(
    name="evacsim",
    help="How long it takes to get mission staff out of a capital under threat, who is left behind, and what held them up.",
    epilog="A scenario is a YAML file or a shipped one such as evacsim:turkish-collapse; `evacsim new` writes one to start from.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Scenarios = Annotated[list[str], typer.Argument(metavar="SCENARIO", help="Scenario files, or shipped names.")]
Scenario = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario file, or a shipped name.")]
Number = Annotated[
    int, typer.Option("-n", "--replications", metavar="N", min=1, max=1_000_000, help="Replications of each scenario.")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, max=2**63 - 1, help="Seed of all draws, for every scenario.")]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", metavar="N", min=1, max=1024, help="Processes; results do not depend on it.", show_default="one per core"
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Overrides one entry of every scenario; may be repeated."),
]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where results are kept.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, everything else on standard error.")]
Quietly = Annotated[bool, typer.Option("--quiet", help="No progress, no table; faults are still said.")]
Csv = Annotated[bool, typer.Option("--csv", help="Writes the tables as CSV too.")]
By = Annotated[str, typer.Option("--by", metavar="mission|cohort", help="Rows of the table.")]
Large = Annotated[bool, typer.Option("--allow-large", help="Runs what is beyond the stated budget of loads and memory.")]
NoPlots = Annotated[bool, typer.Option("--no-plots", help="Draws nothing.")]


def _version(asked: bool) -> None:
    if asked:
        give(f"evacsim {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Prints the version.")] = False,
) -> None:
    pass


@app.command(short_help="Simulates scenarios and answers.")
def run(
    scenarios: Scenarios,
    n: Number = 200,
    seed: Seed = 1,
    jobs: Jobs = None,
    sets: Sets = None,
    out: Out = Path("results"),
    by: By = "mission",
    csv: Csv = False,
    json: AsJson = False,
    quiet: Quietly = False,
    allow_large: Large = False,
    no_plots: NoPlots = False,
) -> int:
    """Simulates scenarios and says how long until everybody is out, who is left behind and what held them up."""
    from sim import api

    _check_by(by)
    options = api.Options(n, seed, jobs, tuple(sets or ()), out, csv, not no_plots, allow_large)
    prepared = _prepared(scenarios, options, quiet)
    with watcher(quiet) as watched:
        studies = api.run_all(prepared, _watched(options, watched))
    if json:
        give_json({"results": [_trimmed(study.summary, by) for study in studies]})
    elif not quiet:
        _show_runs(studies, by)
    return _status(studies)


@app.command(short_help="Says what differs between scenarios.")
def compare(
    base: Annotated[str, typer.Argument(metavar="BASE", help="The scenario that the others are compared with.")],
    others: Annotated[list[str], typer.Argument(metavar="OTHER", help="The others.")],
    n: Number = 200,
    seed: Seed = 1,
    jobs: Jobs = None,
    sets: Sets = None,
    out: Out = Path("results"),
    by: By = "mission",
    csv: Csv = False,
    json: AsJson = False,
    quiet: Quietly = False,
    allow_large: Large = False,
    no_plots: NoPlots = False,
) -> int:
    """Simulates the same replications of several scenarios and says what differs, with intervals."""
    from sim import api

    _check_by(by)
    options = api.Options(n, seed, jobs, tuple(sets or ()), out, csv, not no_plots, allow_large)
    prepared = _prepared([base, *others], options, quiet)
    with watcher(quiet) as watched:
        comparison = api.compare_all(prepared, _watched(options, watched))
    if json:
        summary = comparison.summary
        give_json(summary | {"results": [_trimmed(each, by) for each in summary["results"]]})
    elif not quiet:
        _show_comparison(comparison)
    return _status(comparison.studies)


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
) -> int:
    """Draws the plots of stored results again, and overlays them if there are several."""
    from sim import api

    give("\n".join(map(str, api.redraw(results, out))))
    return 0


@app.command(short_help="Validates scenario files.")
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Scenario files.")],
    sets: Sets = None,
    allow_large: Large = False,
    json: AsJson = False,
) -> int:
    """Validates scenario files: all faults at once, or what a replication will take."""
    from sim import authoring

    reports = authoring.check(files, tuple(sets or ()))
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
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario file, or a shipped name.")],
    sets: Sets = None,
    everything: Annotated[bool, typer.Option("--all", help="Lists what the file leaves at its default too.")] = False,
    json: AsJson = False,
) -> int:
    """Lists every parameter with value, unit, range, kind, source and evidence grade."""
    from sim import authoring

    rows = authoring.parameters(file, tuple(sets or ()), everything)
    if json:
        give_json({"parameters": rows})
    else:
        give(plain("\n".join(authoring.parameter_lines(rows))))
    return 0


@app.command(short_help="Prints the JSON Schema of scenario files.")
def schema() -> int:
    """Prints the JSON Schema of scenario files, for editors."""
    from sim.scenario import json_schema

    give_json(json_schema())
    return 0


@app.command(short_help="Writes a scenario to start from.")
def new(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The file to write; standard output without.")] = None,
    from_csv: Annotated[
        Path | None, typer.Option("--from-csv", metavar="STAFF.csv", help="A roster: mission, cohort, people.")
    ] = None,
) -> int:
    """Writes a commented scenario to start from, with your own staff if you have a roster."""
    from sim import authoring

    text = authoring.new_scenario(from_csv)
    if file is None:
        give(text.rstrip("\n"))
    else:
        authoring.write_new(file, text)
        say(f"wrote {file}; `evacsim run {file}` simulates it")
    return 0


def _check_by(by: str) -> None:
    if by not in ("mission", "cohort"):
        raise typer.BadParameter(f"expected mission or cohort, got {by!r}", param_hint="--by")


def _watched(options: Options, watched: Any) -> Options:
    from dataclasses import replace

    return replace(options, watcher=watched)


def _prepared(scenarios: list[str], options: Options, quiet: bool) -> list[Prepared]:
    """Checked scenarios; why one cannot work is said before it is simulated."""
    from sim import api

    prepared = api.prepare(scenarios, options)
    if not quiet:
        for one in prepared:
            for reason in one.impossible:
                say(f"{one.given}: cannot get everybody out: {reason}")
    return prepared


def _trimmed(summary: dict[str, Any], by: str) -> dict[str, Any]:
    return summary if by == "cohort" else {key: value for key, value in summary.items() if key != "cohorts"}


def _show_runs(studies: Sequence[Study], by: str) -> None:
    from sim.present import terminal

    columns = width()
    for study in studies:
        show(study.headline, "", width=columns)
        if study.answered:
            show(terminal.run_table(_trimmed(study.summary, by), columns), width=columns)
        _show_files(study.result.folder, study.plots)


def _show_comparison(comparison: Comparison) -> None:
    from sim.present import terminal

    columns = width()
    for study in comparison.studies:
        show(study.headline, "", width=columns)
    for difference in comparison.differences:
        show(terminal.compare_table(difference, columns), "", width=columns)
    if comparison.matrix is not None:
        show(terminal.matrix_table(comparison.matrix, columns), "", width=columns)
    for study in comparison.studies:
        _show_files(study.result.folder, study.plots)
    _show_files(comparison.folder, comparison.plots)


def _show_files(folder: Path, plots: Sequence[Path]) -> None:
    pictures = sorted(path.name for path in plots if path.suffix == ".png")
    show(plain(f"kept in {folder}" + (f": {', '.join(pictures)}" if pictures else "")), width=width())


def _status(studies: Sequence[Study]) -> int:
    """3 with a line for each kind of failure if a replication failed, else 0."""
    from sim import api

    lines = api.failures(studies)
    for line in lines:
        say(line)
    if lines:
        say("nothing above is final: the same command tries the failed replications again; EVACSIM_DEBUG=1 shows tracebacks")
    return 3 if lines else 0


def main(argv: list[str] | None = None) -> NoReturn:
    """Runs a command and exits with its status; every error is a line or more on standard error, never a traceback."""
    try:
        status = app(args=argv, prog_name="evacsim", standalone_mode=False) or 0
        sys.stdout.flush()
    except BaseException as error:
        status = _explain(error)
    if status == 130:
        say("stopped; finished replications are kept, the same command goes on from there")
    _leave(int(status))


def _explain(error: BaseException) -> int:
    """Says what went wrong and gives the exit status for it."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 1
    if isinstance(error, KeyboardInterrupt):
        return 130
    if isinstance(error, typer.TyperException):
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        say(message if type(error).__name__ == "NoArgsIsHelpError" else f"evacsim: {message}")
        return 2
    if isinstance(error, NobodyReads):
        return 0
    from sim.api import StoreError, explained

    if (lines := explained(error)) is not None:
        for line in lines:
            say(line)
        return 3 if isinstance(error, StoreError | MemoryError) else 2
    if isinstance(error, OSError) and error.filename is None:
        say(f"evacsim: cannot write the answer: {error.strerror}")
        return 3
    if os.environ.get("EVACSIM_DEBUG"):
        raise error
    text = " ".join(str(error).split())[:300]
    say(f"evacsim: a bug: {type(error).__name__}: {text} (EVACSIM_DEBUG=1 shows the traceback)")
    return 1


def _leave(status: int) -> NoReturn:
    """Exits without a second complaint about a standard output that is closed or full."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(status)
