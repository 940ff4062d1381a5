"""What drawing inputs costs, apart from what it costs that drawn worlds are busier than the one that is written down.

    python benchmarks/drawing.py [--sets 40] [SCENARIO...]

Set by set, in turn and in one process, the two replications of a set are simulated

- *drawn*: as ``run`` does, so that the set is made from its scenario;
- *by hand*: from a scenario with the same numbers written into it, compiled beforehand, as one that draws nothing is;
- *as written*: with the numbers that the scenario has.

All three do the same draws of chance, and the first two give the same tables (which is checked).  Drawn over by hand is what
drawing costs, by hand over as written is how much busier the drawn worlds are.  Processor time; ratios are of sums over all sets,
and in brackets the quartiles of the ratios of single sets.  ``--json`` prints numbers for scripts.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from sim.model.compiled.scenario import CompiledScenario, compile_scenario
from sim.model.inputs import DrawnScenario
from sim.model.replication import Plan, simulate
from sim.scenario import load
from sim.scenario.inputs import UncertainScenario, inputs_of

SHIPPED = ("evacsim:none-collapse", "evacsim:turkish-collapse", "evacsim:turkish-holding")
SEED = 1
WARM = 1_000_000
"""A replication that no set has."""


def seconds(plan: Plan, replications: range) -> tuple[float, list[dict[str, object]]]:
    """Processor time of some replications, and a row of each."""
    begun = time.process_time()
    rows = [dict(simulate(plan, SEED, k).replication) for k in replications]
    return time.process_time() - begun, rows


def prepared(plan: CompiledScenario) -> CompiledScenario:
    """The same once its streams are laid out, which is done once for all replications."""
    plan.streams.draw(SEED, WARM)
    return plan


def timed(name: str, sets: int) -> dict[str, list[float]]:
    """Seconds of each set in the three ways; raises SystemExit where the scenario draws nothing, or two ways differ."""
    scenario = load(name).scenario
    inputs = inputs_of(scenario)
    if inputs is None:
        raise SystemExit(f"{name}: nothing is drawn of this scenario")
    drawn, written = DrawnScenario(UncertainScenario(scenario, inputs)), prepared(compile_scenario(scenario))
    seconds(drawn, range(WARM, WARM + 1))
    found: dict[str, list[float]] = {"drawn": [], "by hand": [], "as written": []}
    for number in range(sets):
        both = range(number * inputs.per_set, (number + 1) * inputs.per_set)
        plans: dict[str, Plan] = {
            "drawn": drawn,
            "by hand": prepared(drawn.whole(SEED, both.start)),
            "as written": written,
        }
        rows = {}
        for way in sorted(plans, reverse=number % 2 == 0):  # neither is always the first
            took, rows[way] = seconds(plans[way], both)
            found[way].append(took)
        if any(a[k] != b[k] for a, b in zip(rows["drawn"], rows["by hand"], strict=True) for k in a if k != "input_set"):
            raise SystemExit(f"{name}: set {number} drawn is not the set written by hand")
    return found


def ratio(one: list[float], other: list[float]) -> tuple[float, float, float]:
    """Of sums, and the quartiles of the ratios one by one."""
    low, high = np.quantile(np.array(one) / np.array(other), [0.25, 0.75])
    return sum(one) / sum(other), float(low), float(high)


def told(name: str, found: dict[str, list[float]]) -> str:
    """A line for people."""
    shown: Callable[[tuple[float, float, float]], str] = lambda r: f"{r[0]:.3f} ({r[1]:.2f} to {r[2]:.2f})"  # noqa: E731
    each = ", ".join(f"{way} {1000 * sum(times) / len(times):.0f} ms" for way, times in found.items())
    drawing, busier = ratio(found["drawn"], found["by hand"]), ratio(found["by hand"], found["as written"])
    return f"{name}: a set {each}; drawn / by hand {shown(drawing)}, by hand / as written {shown(busier)}"


def main() -> None:
    """Measure each scenario and say so."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scenarios", nargs="*", default=SHIPPED)
    parser.add_argument("--sets", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    every = {}
    for name in given.scenarios:
        found = timed(name, given.sets)
        every[name] = {
            "ms": {way: 1000 * sum(times) / len(times) for way, times in found.items()},
            "drawing": ratio(found["drawn"], found["by hand"]),
            "busier": ratio(found["by hand"], found["as written"]),
        }
        if not given.json:
            print(told(name, found), flush=True)
    if given.json:
        print(json.dumps(every, indent=2))


if __name__ == "__main__":
    main()
