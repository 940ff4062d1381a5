"""What commands that simulate have in common: checking first, progress, naming files, the exit status."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.console import plain, say, show, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.studies.options import Options
    from sim.studies.preparing import Prepared


def watched(options: Options, watched: Any) -> Options:
    from dataclasses import replace

    return replace(options, progress=watched)


def say_first(one: Prepared) -> None:
    """What is to be said of a scenario before it is simulated."""
    for reason in one.impossible:
        say(f"{one.given}: cannot get everybody out: {reason}")
    for text in one.warnings:
        say(f"{one.given}: warning: {text}")


def show_files(folder: Path, plots: Sequence[Path]) -> None:
    pictures = sorted(path.name for path in plots if path.suffix == ".png")
    show(plain(f"kept in {folder}" + (f": {', '.join(pictures)}" if pictures else "")), width=width())
