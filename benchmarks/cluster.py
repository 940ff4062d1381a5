"""What a Dask cluster costs: two workers on this machine against two processes of the pool, rate and processor time.

    python benchmarks/cluster.py [SCENARIO] [REPLICATIONS] [ROUNDS]

Processor time of all processes that take part says what the cluster adds even where the machine has other work; the rates
compare only on an idle one.  The last line is the time of a job that does nothing, as it limits how many workers can be fed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from distributed import LocalCluster

from sim.experiment import Cluster, RunSpec, WorkerPool, execute
from sim.experiment.work import Engine, Job
from sim.scenario import load


def processor() -> float:
    """Seconds of processor time of this process and all that it started."""
    own = psutil.Process()
    times = [process.cpu_times() for process in (own, *own.children(recursive=True))]
    return float(sum(t.user + t.system for t in times))


def measured(what: str, n: int, go: Callable[[], Any]) -> None:
    begun, used = time.perf_counter(), processor()
    go()
    seconds, used = time.perf_counter() - begun, processor() - used
    print(f"{what:8} {n / seconds:8.2f} replications/s  {used / n * 1e3:8.1f} ms of processor time each", flush=True)


def nothing(*_: Any) -> Any:
    raise RuntimeError("nothing")


def main(scenario: str, n: int, rounds: int) -> None:
    source = load(scenario)
    out = Path(tempfile.mkdtemp())
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local,  # type: ignore[no-untyped-call]
        WorkerPool(2) as pool,
        Cluster(local.scheduler_address) as cluster,
    ):
        pools = {"pool": pool, "cluster": cluster}
        for seed in range(rounds + 1):
            for name, workers in pools.items():
                plan = RunSpec(n=n if seed else 4, seed=seed, out=out / name)  # the first round starts everything
                measured(name if seed else f"({name})", plan.n, partial(execute, source, plan, workers))
        engine = Engine(nothing, nothing)
        begun = time.perf_counter()
        jobs = [Job(bytes(135_000), 0, (k,), engine) for k in range(200)]
        for future in [cluster.submit(job, lambda: False) for job in jobs]:
            cluster.outcome(future)
        print(f"an empty job: {(time.perf_counter() - begun) / len(jobs) * 1e3:.1f} ms")


if __name__ == "__main__":
    words = sys.argv[1:]
    main(words[0] if words else "evacsim:turkish-collapse", int((words[1:] or ["80"])[0]), int((words[2:] or ["3"])[0]))
