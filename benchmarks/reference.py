"""The reference system in natural SimPy and here: time a replication, side by side on one core, and whether they agree.

    python benchmarks/reference.py -n 300 [--reference FOLDER]

FOLDER holds ``natural.py``, ``system.py`` and ``draws.py``: a process for each mission, convoy and aircraft.  The two models take
turns, replication by replication, because one machine's speed varies from second to second; the ratio of each pair is
taken and the median of them reported.  Ours includes the records of the replication, the other one none.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import math
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.model import compile_plan, simulate  # noqa: E402
from sim.scenario import load  # noqa: E402

MEASURES = ("hours until all are out", "mean departure (h)", "flights with people")
LIMIT = 3.0
"""Standard errors of the difference of means within which the two agree."""
TARGET = 0.4
"""Most that a replication may take of the natural model's time."""


def natural_model(folder: Path) -> Callable[[int], list[float]]:
    """The natural model as a function of the seed; SystemExit where it isn't there."""
    missing = [name for name in ("natural.py", "system.py", "draws.py") if not (folder / name).is_file()]
    if missing:
        raise SystemExit(f"{folder}: no {', '.join(missing)} there; say where the natural model is with --reference FOLDER")
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    run, system = importlib.import_module("natural").run, importlib.import_module("system").scenario()
    return lambda seed: [float(x) for x in run(system, seed=seed)[:3]]


def our_model() -> Callable[[int], list[float]]:
    """This project's model of the same system as a function of the replication."""
    scenario = load(ROOT / "scenarios" / "reference.yaml").scenario
    plan, horizon = compile_plan(scenario), scenario.clock.horizon.value

    def run(k: int) -> list[float]:
        row = simulate(plan, 1, k).replication
        return [min(float(row["t100_h"]), horizon), float(row["mean_departure_h"]), float(row["flights"])]

    return run


def timed(run: Callable[[int], list[float]], k: int) -> tuple[float, list[float]]:
    """Seconds and result of one replication, each beginning with a clean heap."""
    gc.collect()
    start = time.perf_counter()
    result = run(k)
    return time.perf_counter() - start, result


def compare(natural: Callable[[int], list[float]], ours: Callable[[int], list[float]], n: int) -> dict[str, Any]:
    """Times and results of n replications of each, in turn; who goes first alternates."""
    timed(natural, 0), timed(ours, 0)
    gc.collect()
    gc.freeze()  # or Python's collector walks our packages again and again while the natural model runs
    times: list[tuple[float, float]] = []
    results: tuple[list[list[float]], list[list[float]]] = ([], [])
    for k in range(1, n + 1):
        if k % 2:
            (a, x), (b, y) = timed(natural, k), timed(ours, k)
        else:
            (b, y), (a, x) = timed(ours, k), timed(natural, k)
        times.append((a, b))
        results[0].append(x)
        results[1].append(y)
    ratios = sorted(b / a for a, b in times)
    return {
        "replications": n,
        "natural_ms": 1000 * statistics.median(a for a, _ in times),
        "ours_ms": 1000 * statistics.median(b for _, b in times),
        "ratio": statistics.median(ratios),
        "ratio_range_95": [ratios[int(0.025 * (n - 1))], ratios[math.ceil(0.975 * (n - 1))]],
        "agreement": [agreement(name, *columns) for name, *columns in zip(MEASURES, *map(_columns, results), strict=True)],
    }


def _columns(rows: list[list[float]]) -> list[list[float]]:
    return [list(column) for column in zip(*rows, strict=True)]


def agreement(name: str, natural: list[float], ours: list[float]) -> dict[str, Any]:
    """Means, their standard errors, and the difference in standard errors of the difference."""
    (m0, e0), (m1, e1) = ((statistics.fmean(x), statistics.stdev(x) / math.sqrt(len(x))) for x in (natural, ours))
    return {"measure": name, "natural": [m0, e0], "ours": [m1, e1], "z": (m1 - m0) / math.hypot(e0, e1)}


def show(result: dict[str, Any]) -> None:
    """Plain lines for people."""
    low, high = result["ratio_range_95"]
    print(f"{result['replications']} replications of each, in turn, on one core")
    print(f"natural SimPy  {result['natural_ms']:7.1f} ms a replication (median)")
    print(f"evacsim        {result['ours_ms']:7.1f} ms a replication, records included (median)")
    print(
        f"ratio          {result['ratio']:7.3f} median of pairs, 95 % of them {low:.3f} to {high:.3f}; wanted: at most {TARGET}"
    )
    for a in result["agreement"]:
        (m0, e0), (m1, e1) = a["natural"], a["ours"]
        print(f"{a['measure']:<26}{m0:9.3f} ± {e0:.3f} natural {m1:9.3f} ± {e1:.3f} ours   z = {a['z']:+.2f}")


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0 if the two agree and the ratio is as wanted, else 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-n", type=int, default=300, help="replications of each model (default: 300)")
    parser.add_argument(
        "--reference",
        type=Path,
        default=ROOT.parent / "shared" / "reference",
        help="folder of the natural model (default: ../shared/reference)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead")
    options = parser.parse_args(argv)
    if options.n < 2:
        parser.error("argument -n: expected at least 2")
    result = compare(natural_model(options.reference), our_model(), options.n)
    if options.json:
        print(json.dumps(result))
    else:
        show(result)
    agrees = all(abs(a["z"]) < LIMIT for a in result["agreement"])
    return 0 if agrees and result["ratio"] <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
