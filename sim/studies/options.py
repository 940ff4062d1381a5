"""How to run: what the common options of every command say."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sim.experiment import Crew, Watcher


@dataclass(frozen=True)
class Options:
    """How to run: what the common options of the command line say."""

    n: int = 200
    seed: int = 1
    jobs: int | None = None
    """Processes; as many as there are cores if None.  Results do not depend on it."""
    overrides: tuple[str, ...] = ()
    """``PATH=VALUE``, applied to every scenario after its files."""
    out: Path = Path("results")
    csv: bool = False
    plots: bool = True
    allow_large: bool = False
    watcher: Watcher | None = None


@contextmanager
def crew_of(options: Options) -> Iterator[Crew]:
    with Crew(options.jobs or len(os.sched_getaffinity(0))) as crew:
        yield crew


def command(verb: str, scenarios: Sequence[str], options: Options) -> str:
    """The command that gives this result, without user, host, absolute path or number of processes."""
    import shlex

    words = ["evacsim", verb, *(_portable(given) for given in scenarios), "-n", str(options.n), "--seed", str(options.seed)]
    for override in options.overrides:
        words += ["--set", override]
    return shlex.join([*words, "--csv"] if options.csv else words)


def _portable(given: str) -> str:
    """A path as it was given if it stays under the current folder, else the file's name alone."""
    path = Path(given)
    return path.name if path.is_absolute() or ".." in path.parts or given.startswith("~") else given
