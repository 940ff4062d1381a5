"""Calibrate the back-cast: five unknown numbers of scenarios/kabul-2021.yaml, on the windows marked ``calibration`` alone.

    python benchmarks/calibrate.py [--points 128] [--rounds 5] [--refine 48] [--replications 3] [--confirm 24] [--seed 2021]
                                   [--jobs 2] [--out FILE.json] [--plan FILE.yaml]

The numbers as they stand and a seeded Latin hypercube over the logarithms of the five, a few replications at each point; then,
round by round, another one in the box around the best points so far.  The sixteen best of all are simulated again with other
draws and more replications, the four best of these once more with four times as many.  Of those of the four that can't well be
told apart (loss within a quarter of the least) the one that fits people best is taken: people are what answers are about, and
flights follow from them.  Nothing is simulated beyond the end of the last calibration window.

``--plan`` writes those of the sixteen whose loss, so found again, is at most twice the least: sets of numbers that fit nearly as
well as the one that is taken, as a plan for ``evacsim validate``.

What the windows don't pin down is not searched but held at what a source or a judgement says: the check's time, the pull of news,
C-17 in the shuttle, beds at Al Udeid.  So is the backlog for surge seats, which an earlier search of ten numbers on the same
windows left at 6,990: other scenarios rest on it.  docs/validation.md says more.

``evacsim calibrate`` weighs sets of all inputs by the same windows (docs/learnt-2021.md) and is what to learn from observations
with.  It names no single point; this search is kept because the five numbers as written, ``plans/kabul-2021-fits`` and the tables
of docs/validation.md are its own and can be made again by nothing else.

The loss of a point is the mean, over the people and the flights of every window, of squared ln(simulated / observed): simulated
is the median of the replications plus one, observed the nearest value of the published range plus one.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.model import compile_scenario, simulate  # noqa: E402
from sim.scenario import load  # noqa: E402
from sim.scenario.quantity import Quantity  # noqa: E402
from sim.scenario.schema import Scenario  # noqa: E402

F64 = NDArray[np.float64]
FORCE = "security.providers.airlift-2021.force"
ALLIES = (
    "united-kingdom", "italy", "denmark", "turkey", "spain", "belgium", "poland", "canada", "qatar", "united-arab-emirates",
    "germany", "hungary", "france", "norway", "australia", "netherlands", "sweden", "romania", "new-zealand", "allied",
)  # fmt: skip
"""Who calls people forward, charters last."""
CALLED = (*(f"missions.others-{n}.cohorts.called.gap" for n in ALLIES), "missions.others-canada.cohorts.outside.gap")


UNITS = {"": 1.0, "s/person": 1 / 3600, "min/person": 1 / 60, "min": 1 / 60, "people/h": 1.0}
"""Base units (hours, people) in one of each unit."""


@dataclass(frozen=True)
class Parameter:
    """An unknown number: where it stands in the scenario, its unit there, and the range that was searched."""

    name: str
    paths: tuple[str, ...]
    unit: str
    low: float
    high: float
    whole: bool = False

    def text(self, x: float) -> str:
        """The number as a scenario writes it, three digits."""
        x = float(f"{x:.3g}")
        return f"{round(x) if self.whole else x:g} {self.unit}".strip()


PARAMETERS = (
    Parameter("troops for the perimeter", (f"{FORCE}.perimeter",), "", 800, 1900, True),  # lanes were manned from 15 Aug on
    Parameter("search, s a person", ("airport.search.per_person",), "s/person", 20, 90),
    Parameter("crowd that halves a gate's speed", ("airport.crowd.slows",), "", 2500, 10_000, True),
    Parameter("time between groups whom an ally calls", CALLED, "min", 40, 200),
    Parameter("onward from Al Udeid, people/h", ("hubs.al-udeid.onward",), "people/h", 20, 300),
)  # fmt: skip

AROUND, CONFIRMED, FINALISTS, FINALLY, ALIKE, FITS = 6, 16, 4, 4, 1.25, 2.0
"""Best points around which the next design lies; how many are simulated again; how many of these once more, with how many times
the replications; the most loss, times the least, that can't be told from the least, and that fits nearly as well."""
PLAN = """\
# Sets of five numbers that fit the airlift of 17 to 24 August 2021 nearly as well as those of kabul-2021.yaml: written by
# `python benchmarks/calibrate.py --plan scenarios/plans/kabul-2021-fits.yaml`; see docs/validation.md.
#    evacsim validate evacsim:plans/kabul-2021-fits evacsim:observations/kabul-2021.csv
title: The airlift of August 2021, over sets of numbers that fit it
scenario: evacsim:kabul-2021
n: 20
design:
  points:
"""


@dataclass(frozen=True)
class Target:
    """People or flights of a window: hours of the clock, whose flights, and the published range."""

    window: str
    measure: str
    operators: tuple[str, ...]
    start: int
    end: int
    value: float
    low: float
    high: float

    def simulated(self, timeline: dict[str, F64]) -> float:
        """What a replication has in the window: sums over the hours that end in it."""
        prefix = "flown_" if self.measure == "people" else "flights_"
        columns = [f"{prefix}{o}" for o in self.operators] or [c for c in timeline if c.startswith(prefix)]
        return float(sum(np.sum(timeline[c][self.start + 1 : self.end + 1]) for c in columns))

    def error(self, simulated: float) -> float:
        """ln(simulated / observed), the observed value being the nearest of its range."""
        return math.log((simulated + 1) / (min(max(simulated, self.low), self.high) + 1))


def targets(file: Path, scenario: Scenario) -> list[Target]:
    """The calibration rows of the observations; SystemExit where a window does not begin and end on whole hours of the clock."""
    start = scenario.clock.start.when.replace(tzinfo=None) - timedelta(hours=float(scenario.clock.utc_offset))
    found = []
    with file.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if row["use"] != "calibration" or row["measure"] not in ("people", "flights"):
                continue
            a, b = (
                (datetime.fromisoformat(row[c]).replace(tzinfo=None) - start) / timedelta(hours=1)
                for c in ("start_utc", "end_utc")
            )
            if a != int(a) or b != int(b) or a < 0:
                raise SystemExit(f"{file}: {row['window_id']}: not on whole hours of the scenario's clock")
            value = float(row["value"])
            scope = () if row["scope"] == "all" else tuple(row["scope"].split("+"))
            low, high = (float(row[c]) if row[c] else value for c in ("low", "high"))
            found.append(Target(row["window_id"], row["measure"], scope, int(a), int(b), value, low, high))
    return found


@dataclass(frozen=True)
class Point:
    """A point of the design, what it gave (median of the replications for each target) and its loss."""

    values: tuple[float, ...]
    simulated: tuple[float, ...]
    loss: float


def overrides(values: Sequence[float], horizon: int) -> list[str]:
    """The point as settings of the scenario."""
    pairs = zip(PARAMETERS, values, strict=True)
    return [f"clock.horizon={horizon} h", *(f"{path}={p.text(x)}" for p, x in pairs for path in p.paths)]


def evaluate(file: Path, wanted: Sequence[Target], values: Sequence[float], replications: int, seed: int) -> Point:
    """Simulate a point; every point meets the same draws."""
    plan = compile_scenario(load(file, overrides(values, max(t.end for t in wanted))).scenario)
    rows = [
        [t.simulated(timeline) for t in wanted] for timeline in (simulate(plan, seed, k).timeline for k in range(replications))
    ]
    medians = [float(x) for x in np.median(np.array(rows), axis=0)]
    loss = float(np.mean([t.error(m) ** 2 for t, m in zip(wanted, medians, strict=True)]))
    return Point(tuple(values), tuple(medians), loss)


def present(scenario: Scenario) -> tuple[float, ...]:
    """The numbers as the scenario has them, in the units of the parameters: they compete with what is found."""
    found = []
    for p in PARAMETERS:
        at: object = scenario
        for part in p.paths[0].split("."):
            at = at[part] if isinstance(at, dict) else getattr(at, part)
        assert isinstance(at, Quantity)
        found.append(at.mean / UNITS[p.unit])
    return tuple(found)


def design(points: int, seed: int, box: Sequence[tuple[float, float]]) -> list[tuple[float, ...]]:
    """A Latin hypercube over the logarithms of a box."""
    from scipy.stats import qmc

    unit = qmc.LatinHypercube(len(box), seed=seed).random(points)
    low, high = np.log(np.array(box)).T
    return [tuple(float(x) for x in row) for row in np.exp(low + unit * (high - low))]


def around(best: Iterable[Point], spread: float) -> list[tuple[float, float]]:
    """The box around points, wider by a share of the searched range on either side, within that range."""
    logs = np.log(np.array([p.values for p in best]))
    box = []
    for p, low, high in zip(PARAMETERS, logs.min(axis=0), logs.max(axis=0), strict=True):
        margin = spread * math.log(p.high / p.low)
        box.append((max(p.low, math.exp(low - margin)), min(p.high, math.exp(high + margin))))
    return box


def report(found: Sequence[Point], again: Sequence[Point], wanted: Sequence[Target]) -> str:
    """The best points as they were found and again, what the best one gives, and how far the numbers may move."""
    best = again[0]
    first = {point.values: point.loss for point in found}
    lines = ["again   found   " + "  ".join(p.name for p in PARAMETERS)]
    for point in again:
        cells = (p.text(x).rjust(len(p.name)) for p, x in zip(PARAMETERS, point.values, strict=True))
        lines.append(f"{point.loss:.4f}  {first[point.values]:.4f}  " + "  ".join(cells))
    error = math.sqrt(best.loss)
    lines.append(f"\nroot mean square ln(simulated / observed) of the best: {error:.2f}, a factor of {math.exp(error):.2f}")
    lines.append("\nwindow      measure  scope            observed  simulated  ratio")
    for t, m in zip(wanted, best.simulated, strict=True):
        scope = "+".join(t.operators) or "all"
        lines.append(f"{t.window:11s} {t.measure:8s} {scope:15s} {t.value:9,.0f} {m:10,.0f} {m / t.value:6.2f}")
    near = [p for p in found if p.loss <= 1.5 * found[0].loss]
    lines.append(f"\n{len(near)} of {len(found)} points were found with a loss within 50 % of the smallest; they span")
    for k, p in enumerate(PARAMETERS):
        values = [point.values[k] for point in near]
        lines.append(
            f"  {p.name:32s} {p.text(min(values))} to {p.text(max(values))} (searched {p.text(p.low)} to {p.text(p.high)})"
        )
    return "\n".join(lines)


def chosen(points: Sequence[Point], wanted: Sequence[Target]) -> list[Point]:
    """Finalists by loss, but the one that is taken first."""

    def people(point: Point) -> float:
        return sum(t.error(m) ** 2 for t, m in zip(wanted, point.simulated, strict=True) if t.measure == "people")

    taken = min((p for p in points if p.loss <= ALIKE * points[0].loss), key=people)
    return [taken, *(p for p in points if p is not taken)]


def plan(points: Sequence[Point]) -> str:
    """The points as a plan, one a line."""
    rows = []
    for point in points:
        pairs = zip(PARAMETERS, point.values, strict=True)
        rows.append("{" + ", ".join(f"{path}: {p.text(x)}" for p, x in pairs for path in p.paths) + "}")
    return PLAN + "".join(f"    - {row}\n" for row in rows)


def main() -> None:
    """Search, print, and write what was found if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=128, help="points of the first design")
    parser.add_argument("--rounds", type=int, default=5, help="later designs, each around the best points so far")
    parser.add_argument("--refine", type=int, default=48, help="points of each of these")
    parser.add_argument("--replications", type=int, default=3, help="replications at each point")
    parser.add_argument("--confirm", type=int, default=24, help="replications of the sixteen best, with other draws")
    parser.add_argument("--seed", type=int, default=2021)
    parser.add_argument("--jobs", type=int, default=2, help="processes; the result does not depend on them")
    parser.add_argument("--out", type=Path, help="write every point as JSON")
    parser.add_argument("--plan", type=Path, help="write the sets of numbers that fit about as well as the best as a plan")
    args = parser.parse_args()
    file = ROOT / "scenarios" / "kabul-2021.yaml"
    wanted = targets(ROOT / "scenarios" / "observations" / "kabul-2021.csv", load(file).scenario)
    begun = time.perf_counter()

    with ProcessPoolExecutor(args.jobs) as pool:

        def run(values: Iterable[tuple[float, ...]], replications: int = args.replications, seed: int = args.seed) -> list[Point]:
            one = partial(evaluate, file, wanted, replications=replications, seed=seed)
            return sorted(pool.map(one, values), key=lambda p: p.loss)

        found = run([present(load(file).scenario), *design(args.points, args.seed, [(p.low, p.high) for p in PARAMETERS])])
        for k in range(args.rounds):
            found += run(design(args.refine, args.seed + 1 + k, around(found[:AROUND], 0.05)))
            found.sort(key=lambda p: p.loss)
        again = run((p.values for p in found[:CONFIRMED]), args.confirm, args.seed + 1000)
        last = run((p.values for p in again[:FINALISTS]), FINALLY * args.confirm, args.seed + 2000)
        again = [*chosen(last, wanted), *again[FINALISTS:]]
    print(report(found, again, wanted))
    print(f"\n{len(found)} points x {args.replications} replications, seed {args.seed}: {time.perf_counter() - begun:.0f} s")
    if args.out is not None:
        columns = {"parameters": [p.name for p in PARAMETERS], "targets": [f"{t.window} {t.measure}" for t in wanted]}
        kept = {name: [asdict(p) for p in points] for name, points in (("points", found), ("again", again))}
        args.out.write_text(json.dumps({**columns, **kept}, indent=1) + "\n", encoding="utf-8")
    if args.plan is not None:
        args.plan.write_text(plan([p for p in again if p.loss <= FITS * min(q.loss for q in again)]), encoding="utf-8")


if __name__ == "__main__":
    main()
