"""What commands that simulate have in common: checking first, progress, naming files, the exit status."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.console import plain, say, show, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.api import Options, Prepared, Study


def watched(options: Options, watched: Any) -> Options:
    from dataclasses import replace

    return replace(options, progress=watched)


def prepared(scenarios: list[str], options: Options, quiet: bool) -> list[Prepared]:
    """Checked scenarios; why one cannot work, and what its author can hardly have meant, is said before it is simulated."""
    from sim import api

    prepared = api.prepare(scenarios, options.overrides, options.allow_large)
    if not quiet:
        for one in prepared:
            say_first(one)
    return prepared


def say_first(one: Prepared) -> None:
    """What is to be said of a scenario before it is simulated."""
    for reason in one.impossible:
        say(f"{one.given}: cannot get everybody out: {reason}")
    for text in one.warnings:
        say(f"{one.given}: warning: {text}")


def show_files(folder: Path, plots: Sequence[Path]) -> None:
    pictures = sorted(path.name for path in plots if path.suffix == ".png")
    show(plain(f"kept in {folder}" + (f": {', '.join(pictures)}" if pictures else "")), width=width())


def status(studies: Sequence[Study]) -> int:
    """3 with a line for each kind of failure if a replication failed, else 0."""
    from sim import api

    lines = api.failures(studies)
    for line in lines:
        say(line)
    if lines:
        say("nothing above is final: the same command tries the failed replications again; EVACSIM_DEBUG=1 shows tracebacks")
    return 3 if lines else 0
