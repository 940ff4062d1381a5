"""Processor time of a replication as a multiple of the reference system's in natural SimPy, and whether the two agree on it.

    python benchmarks/reference.py [-n 60] [SCENARIO...] [--reference FOLDER]

FOLDER holds ``natural.py``, ``system.py`` and ``draws.py``: a process for each mission, convoy and aircraft.  The models take
turns, replication by replication, because one machine's speed varies from second to second: only neighbours can be
compared, so that the ratio of each pair is taken and the median of them reported.  Ours includes the records of the
replication, the natural one none.  Other scenarios than ``reference`` are systems of their own: there the natural model is
only the yardstick.
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
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.model import compile_scenario, simulate  # noqa: E402
from sim.scenario import load  # noqa: E402

MEASURES = ("hours until all are out", "mean departure (h)", "flights with people")
LIMIT = 3.0
"""Standard errors of the difference of means within which the two agree."""
GOALS = {"reference": 0.30, "turkish-collapse": 0.40, "none-holding": 0.50, "kabul-2021": 2.0}
"""What a replication should take, as a multiple of the natural model's processor time."""
LIMITS = {"reference": 0.6, "turkish-collapse": 1.3, "none-holding": 1.3, "kabul-2021": 7.5}
"""What it must not take: beyond that something has been lost that noise doesn't explain."""


def natural_model(folder: Path) -> Callable[[int], list[float]]:
    """The natural model as a function of the seed; SystemExit where it isn't there."""
    missing = [name for name in ("natural.py", "system.py", "draws.py") if not (folder / name).is_file()]
    if missing:
        raise SystemExit(f"{folder}: no {', '.join(missing)} there; say where the natural model is with --reference FOLDER")
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    run, system = importlib.import_module("natural").run, importlib.import_module("system").scenario()
    return lambda seed: [float(x) for x in run(system, seed=seed)[:3]]


def our_model(name: str) -> Callable[[int], list[float]]:
    """This project's model of a shipped scenario as a function of the replication."""
    scenario = load(ROOT / "scenarios" / f"{name}.yaml").scenario
    plan, horizon = compile_scenario(scenario), scenario.clock.horizon.value

    def run(k: int) -> list[float]:
        row = simulate(plan, 1, k).replication
        return [min(float(row["t100_h"]), horizon), float(row["mean_departure_h"] or 0.0), float(row["flights"])]

    return run


def timed(run: Callable[[int], list[float]], k: int) -> tuple[float, list[float]]:
    """Processor seconds and result of one replication, each beginning with a clean heap."""
    gc.collect()
    start = time.process_time()
    result = run(k)
    return time.process_time() - start, result


def compare(natural: Callable[[int], list[float]], ours: Mapping[str, Callable[[int], list[float]]], n: int) -> dict[str, Any]:
    """Times of n replications of each, in turn, natural SimPy before each of ours; agreement if ``reference`` is one of them."""
    for run in (natural, *ours.values()):
        timed(run, 0)
    gc.collect()
    gc.freeze()  # or Python's collector walks our packages again and again while the natural model runs
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in ours}
    results: dict[str, tuple[list[list[float]], list[list[float]]]] = {name: ([], []) for name in ours}
    for k in range(1, n + 1):
        for name, run in ours.items():
            (a, x), (b, y) = timed(natural, k), timed(run, k)
            seconds[name].append((a, b))
            results[name][0].append(x)
            results[name][1].append(y)
    found: dict[str, Any] = {"replications": n, "scenarios": {name: _ratio(pairs) for name, pairs in seconds.items()}}
    if "reference" in ours:
        columns = zip(MEASURES, *map(_columns, results["reference"]), strict=True)
        found["agreement"] = [agreement(name, *pair) for name, *pair in columns]
    return found


def _ratio(pairs: list[tuple[float, float]]) -> dict[str, Any]:
    ratios = sorted(b / a for a, b in pairs)
    n = len(ratios)
    return {
        "natural_ms": 1000 * statistics.median(a for a, _ in pairs),
        "ours_ms": 1000 * statistics.median(b for _, b in pairs),
        "ratio": statistics.median(ratios),
        "ratio_range_90": [ratios[int(0.05 * (n - 1))], ratios[math.ceil(0.95 * (n - 1))]],
    }


def _columns(rows: list[list[float]]) -> list[list[float]]:
    return [list(column) for column in zip(*rows, strict=True)]


def agreement(name: str, natural: list[float], ours: list[float]) -> dict[str, Any]:
    """Means, their standard errors, and the difference in standard errors of the difference."""
    (m0, e0), (m1, e1) = ((statistics.fmean(x), statistics.stdev(x) / math.sqrt(len(x))) for x in (natural, ours))
    return {"measure": name, "natural": [m0, e0], "ours": [m1, e1], "z": (m1 - m0) / math.hypot(e0, e1)}


def show(result: dict[str, Any]) -> None:
    """Plain lines for people."""
    print(f"{result['replications']} replications of each, in turn; milliseconds of processor time, records included (medians)")
    print(f"{'scenario':<20}{'ms':>8}{'natural':>9}{'ratio':>8}  {'90 % of pairs':<15}{'goal':>6}")
    for name, r in result["scenarios"].items():
        low, high = r["ratio_range_90"]
        goal = f"{GOALS[name]:6.2f}" if name in GOALS else ""
        print(f"{name:<20}{r['ours_ms']:8.1f}{r['natural_ms']:9.1f}{r['ratio']:8.3f}  {f'{low:.3f} to {high:.3f}':<15}{goal}")
    for a in result.get("agreement", ()):
        (m0, e0), (m1, e1) = a["natural"], a["ours"]
        print(f"{a['measure']:<26}{m0:9.3f} ± {e0:.3f} natural {m1:9.3f} ± {e1:.3f} ours   z = {a['z']:+.2f}")


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0 if no scenario is beyond its limit and the two models of the reference system agree, else 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"shipped scenarios (default: {', '.join(GOALS)})")
    parser.add_argument("-n", type=int, default=60, help="replications of each (default: 60)")
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
    ours = {name: our_model(name) for name in options.scenarios or GOALS}
    result = compare(natural_model(options.reference), ours, options.n)
    if options.json:
        print(json.dumps(result))
    else:
        show(result)
    agrees = all(abs(a["z"]) < LIMIT for a in result.get("agreement", ()))
    return 0 if agrees and all(r["ratio"] <= LIMITS.get(name, math.inf) for name, r in result["scenarios"].items()) else 1


if __name__ == "__main__":
    sys.exit(main())
