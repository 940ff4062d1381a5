"""More of something leaves nobody behind who would have left: every shipped scenario, with the size that would be detected.

    python benchmarks/more.py [-n 100] [--jobs 2] [--seed 1] [--only NAME ...]

Prints a row for each change: people left behind in the base and the mean difference with its standard error, over pairs in
which orders and the loss of the airport are the base's; ``WORSE`` where a one-sided t-test at 0.1 % says so, and exits with 1.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.scenario import load  # noqa: E402
from tests.properties.more import CHANGES, SOLDIERS, Verdict, bases, verdict  # noqa: E402

SHIPPED = sorted(p.stem for p in (ROOT / "scenarios").glob("*.yaml"))


def rows(name: str, n: int, seed: int) -> list[tuple[str, Verdict]]:
    """Every change of one scenario; forces of some soldiers only where nobody secures the airport."""
    scenario = load(ROOT / "scenarios" / f"{name}.yaml").scenario
    base = bases(scenario, n, seed)
    changes = list(CHANGES)
    if [p.provider for p in scenario.security.phases] == ["none"]:
        changes += [f"{soldiers} soldiers" for soldiers in SOLDIERS]
    return [(change, verdict(change, scenario, base, seed)) for change in changes]


def main() -> int:
    """Does all of it and prints a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=SHIPPED, default=SHIPPED)
    given = parser.parse_args()
    worse = 0
    print("| scenario | change | pairs | left behind | difference | standard error | found in 9 of 10 cases from | |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |")
    names = list(given.only)
    with ProcessPoolExecutor(given.jobs) as pool:
        for name, found in zip(names, pool.map(rows, names, [given.n] * len(names), [given.seed] * len(names)), strict=True):
            for change, v in found:
                worse += v.worse
                cells = f"{v.n} | {v.base:,.0f} | {v.difference:+,.1f} | {v.error:,.1f} | {v.detectable:,.0f}"
                print(f"| {name} | {change} | {cells} | {'WORSE' if v.worse else ''} |", flush=True)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
