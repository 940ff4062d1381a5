"""What more processes, the store and long runs cost.

    python benchmarks/scale.py workers  [--scenario FILE] [-n 40] [--pairs 5]
    python benchmarks/scale.py overhead [--scenario FILE] [-n 10000] [--jobs 2]
    python benchmarks/scale.py memory   [--scenario FILE] [-n 250 1000 4000] [--jobs 2]
    python benchmarks/scale.py rows     [-n 100000 1000000] [--jobs 2]

``workers``: replications per second with two processes over those with one; runs take turns, because one machine's speed
varies from minute to minute, and the median ratio of the pairs is reported.  ``overhead``: processor seconds of a whole run (both
sides of the pool, tables written, summary made) that are not the model's, over those that are, taken in the same processes with
a stop-watch around the model (``timed_model.py``).  ``memory``:
the most that a process of the command held, for growing numbers of replications.  ``rows``: the same for sweeps of a made-up
scenario whose tables have so many rows.  Each prints JSON with ``--json``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiment import Result

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

SCENARIO = ROOT / "scenarios" / "turkish-collapse.yaml"
LEAST_SPEEDUP = 1.6
MOST_OVERHEAD = 0.05
MOST_GROWTH = 1.25
"""A run of sixteen times the replications may hold this much more memory than the shortest."""


def summed_up(result: Result) -> dict[str, Any]:
    """What a run's ``summary.json`` holds."""
    from sim.analysis import summarise
    from sim.analysis.as_json import as_json

    return as_json(summarise(result))


def once(scenario: Path, n: int, workers: Any, out: Path) -> float:
    """Wall seconds of one run of *n* replications into an empty folder, with tables and summary, without pictures."""
    from sim.experiment import RunSpec, execute
    from sim.scenario import load

    source = load(scenario)
    start = time.perf_counter()
    execute(source, RunSpec(n=n, out=out), workers, summed_up)
    return time.perf_counter() - start


def workers(scenario: Path, n: int, pairs: int) -> dict[str, Any]:
    """Replications a second with one process and with two."""
    from sim.experiment import WorkerPool

    rates: dict[int, list[float]] = {1: [], 2: []}
    with WorkerPool(1) as one, WorkerPool(2) as two, tempfile.TemporaryDirectory() as folder:
        pools = {1: one, 2: two}
        for jobs, workers in pools.items():  # the pool starts, the model is imported and compiled
            once(scenario, 2 * jobs, workers, Path(folder) / f"warm{jobs}")
        for k in range(pairs):
            for jobs in (1, 2) if k % 2 else (2, 1):
                rates[jobs].append(n / once(scenario, n, pools[jobs], Path(folder) / f"{jobs}-{k}"))
    ratios = [b / a for a, b in zip(rates[1], rates[2], strict=True)]
    return {
        "replications_per_second": {str(jobs): round(statistics.median(each), 2) for jobs, each in rates.items()},
        "ratios": [round(r, 3) for r in ratios],
        "ratio": round(statistics.median(ratios), 3),
        "ok": statistics.median(ratios) >= LEAST_SPEEDUP,
    }


def child_seconds() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def command(scenario: Path, n: int, jobs: int, out: str) -> list[str]:
    """A whole run as a person starts it."""
    return [
        sys.executable, "-m", "sim", "run", str(scenario), "-n", str(n), "--jobs", str(jobs), "--out", out,
        "--no-plots", "--quiet",
    ]  # fmt: skip


def overhead(scenario: Path, n: int, jobs: int) -> dict[str, Any]:
    """Share of processor time that isn't the model's, both taken in the same processes: a run in a process of its own."""
    from timed_model import spent  # type: ignore[import-not-found]  # beside this script

    with tempfile.TemporaryDirectory() as folder:
        timed = Path(folder) / "timed"
        timed.mkdir()
        words = [
            sys.executable,
            __file__,
            "inner",
            "--scenario",
            str(scenario),
            "-n",
            str(n),
            "--jobs",
            str(jobs),
            "--out",
            folder,
        ]
        before, wall = child_seconds(), time.perf_counter()
        subprocess.run(words, check=True, env={**os.environ, "EVACSIM_TIMED": str(timed)})
        whole, wall = child_seconds() - before, time.perf_counter() - wall
        model = spent(timed)
        stored = sum(path.stat().st_size for path in (Path(folder) / "results").rglob("*") if path.is_file())
    return {
        "replications": n,
        "wall_s": round(wall, 1),
        "processor_s": round(whole, 1),
        "of_the_model_s": round(model, 1),
        "overhead": round(whole / model - 1, 4),
        "bytes_per_replication": round(stored / n),
        "ok": whole / model - 1 <= MOST_OVERHEAD,
    }


def inner(scenario: Path, n: int, jobs: int, out: Path) -> None:
    """The run of :func:`overhead`: what ``evacsim run --no-plots`` does, with the timed model."""
    from timed_model import ENGINE

    from sim.experiment import RunSpec, WorkerPool, execute
    from sim.scenario import load

    with WorkerPool(jobs) as workers:
        execute(load(scenario), RunSpec(n=n, out=out / "results"), workers, summed_up, engine=ENGINE)


def tree_peaks(arguments: list[str]) -> list[int]:
    """Peak resident KiB of every process of a command, the largest first, read while it runs."""
    process = subprocess.Popen(arguments, cwd=ROOT, start_new_session=True)
    peaks: dict[int, int] = {}
    while process.poll() is None:
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                group = int((entry / "stat").read_text().rpartition(")")[2].split()[2])
                if group == process.pid:
                    status = (entry / "status").read_text()
                    peaks[int(entry.name)] = next(
                        int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")
                    )
            except (OSError, StopIteration, IndexError):
                continue
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"the command ended with status {process.returncode}")
    return sorted(peaks.values(), reverse=True)


def memory(scenario: Path, numbers: list[int], jobs: int) -> dict[str, Any]:
    """Peaks for growing numbers of replications."""
    rows = []
    for n in numbers:
        with tempfile.TemporaryDirectory() as out:
            rows.append(
                {"replications": n, "peak_mib": [round(kib / 1024) for kib in tree_peaks(command(scenario, n, jobs, out))]}
            )
    growth = rows[-1]["peak_mib"][0] / rows[0]["peak_mib"][0]  # type: ignore[index]
    return {"runs": rows, "growth": round(growth, 3), "ok": growth <= MOST_GROWTH}


MISSIONS = 40
MEASURES = ("p50", "p90", "p_all_out", "left_behind", "stranded", "unfinished")


def many_missions() -> str:
    """Forty missions of ten people before one gate: nine rows in ten of its table are about missions."""
    missions = "".join(f"  m{k}: {{order: {{at: {k} h}}, cohorts: {{staff: 10}}}}\n" for k in range(MISSIONS))
    return f"airport: {{gates: {{main: {{lanes: 1, per_group: 30 min}}}}}}\nmissions:\n{missions}"


def rows(numbers: list[int], jobs: int) -> dict[str, Any]:
    """Peaks of sweeps whose tables have about so many rows; one replication a point."""
    import polars as pl

    found: list[dict[str, Any]] = []
    each = len(MEASURES) * (MISSIONS + 1)
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "many.yaml"
        scenario.write_text(many_missions())
        for number in numbers:
            points, out = math.ceil(number / each / 10), Path(folder) / str(number)
            asked = [
                "--vary",
                "airport.gates.main.lanes=1:10:1",
                "--vary",
                f"airport.gates.main.per_group=1 min:{points} min:1 min",
            ]
            asked += [word for name in MEASURES for word in ("--measure", f"total.{name}")]
            words = [sys.executable, "-m", "sim", "sweep", str(scenario), *asked, "--by", "mission", "-n", "1"]
            words += ["--jobs", str(jobs), "--out", str(out), "--no-plots", "--quiet"]
            wall = time.perf_counter()
            peaks = tree_peaks(words)
            wall = time.perf_counter() - wall
            (table,) = out.rglob("sweep.parquet")
            height = pl.scan_parquet(table).select(pl.len()).collect().item()
            found.append(
                {"rows": height, "points": 10 * points, "wall_s": round(wall), "peak_mib": [round(k / 1024) for k in peaks]}
            )
    growth = found[-1]["peak_mib"][0] / found[0]["peak_mib"][0]
    return {"runs": found, "growth": round(growth, 3), "ok": growth <= MOST_GROWTH}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["workers", "overhead", "memory", "rows", "inner"])
    parser.add_argument("--scenario", type=Path, default=SCENARIO)
    parser.add_argument("-n", type=int, nargs="+", default=None)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    scenario = given.scenario.resolve()
    os.chdir(ROOT)
    if given.what == "workers":
        found = workers(scenario, (given.n or [40])[0], given.pairs)
    elif given.what == "inner":
        inner(scenario, given.n[0], given.jobs, given.out)
        return 0
    elif given.what == "overhead":
        found = overhead(scenario, (given.n or [10_000])[0], given.jobs)
    elif given.what == "rows":
        found = rows(given.n or [100_000, 1_000_000], given.jobs)
    else:
        found = memory(scenario, given.n or [250, 1000, 4000], given.jobs)
    found = {"what": given.what, "scenario": scenario.name, **found}
    if given.json:
        print(json.dumps(found, indent=1))
    else:
        for name, value in found.items():
            print(f"{name:>26}: {value}")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
