"""How to run: what the common options of every command say."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sim.experiment import ClusterError, Progress, SilentProgress, WorkerPool


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
    progress: Progress | None = None
    until: tuple[str, ...] = ()
    """``MEASURE: WIDTH``: replications are added until all are met; ``n`` is then the least number."""
    most: int | None = None
    """The most replications that ``until`` may take."""
    svg: bool = False
    """Pictures as SVG too."""
    same_orders: bool = False
    """Of a comparison: every other scenario once more, with the orders of the base."""
    cluster: str | None = None
    """Address of a Dask scheduler whose workers are to be used instead of processes here."""


@contextmanager
def pool_of(options: Options, most: int | None = None) -> Iterator[WorkerPool]:
    """The workers that *options* ask for; *most* replications there are to do, if that is known.

    Where no number is asked for there are no more processes than replications: one is done here, for a process takes longer to
    start than a replication to simulate.

    Raises:
        ClusterError: if they are those of a cluster that cannot be used.
    """
    if options.cluster is None:
        cores = len(os.sched_getaffinity(0))
        pool = WorkerPool(options.jobs or (cores if most is None else min(cores, most)))
    elif options.jobs is not None:
        raise ClusterError("--jobs is a number of processes here; with --cluster the scheduler's workers do the work")
    else:
        from sim.experiment import Cluster

        pool = Cluster(options.cluster, (options.progress or SilentProgress()).notice)
    with pool:
        yield pool


def command(verb: str, scenarios: Sequence[str], options: Options, own: Sequence[str] = ()) -> str:
    """The command that gives this result, without user, host, absolute path, address or number of processes.

    *own*: the words that this verb alone has, which stand before the common options.
    """
    import shlex

    words = ["evacsim", verb, *(_portable(given) for given in scenarios), *own, "-n", str(options.n), "--seed", str(options.seed)]
    for target in options.until:
        words += ["--until", " ".join(target.split())]
    if options.most is not None:
        words += ["--most", str(options.most)]
    for override in options.overrides:
        words += ["--set", override]
    flags = (
        ("--same-orders", options.same_orders and verb == "compare"),
        ("--csv", options.csv),
        ("--svg", options.svg and options.plots),
    )
    words += [option for option, asked in flags if asked]
    return shlex.join(words)


def _portable(given: str) -> str:
    """A path as it was given if it stays under the current folder, else the file's name alone."""
    path = Path(given)
    return path.name if path.is_absolute() or ".." in path.parts or given.startswith("~") else given
