"""What a replication's time is spent on, by module and by function: a sampler that costs next to nothing.

    python benchmarks/profile.py [SCENARIO...] [--seconds 15]

A timer interrupts the process each millisecond of processor time (or as often as the system allows); the sample goes to the
innermost function of ``sim`` on the stack.  Time inside numpy counts for the function that called it.  A tracing profiler would
double the price of the small functions, of which there are many.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

PERIOD = 0.001


def profile(scenario: Path, seconds: float) -> tuple[Counter[tuple[str, str]], float]:
    """Samples by (module, function) over so many processor seconds, and processor seconds a replication."""
    from sim.experiment.work import model_engine, packed
    from sim.model import compile_scenario, simulate
    from sim.scenario import load

    home = str(ROOT / "sim")
    seen: Counter[tuple[str, str]] = Counter()

    def sample(number: int, frame: FrameType | None) -> None:
        while frame is not None and not frame.f_code.co_filename.startswith(home):
            frame = frame.f_back
        if frame is not None:
            place = Path(frame.f_code.co_filename).relative_to(home).with_suffix("").as_posix()
            seen[place, frame.f_code.co_qualname] += 1

    plan = compile_scenario(load(scenario).scenario)
    for k in range(3):
        simulate(plan, 1, k)  # imports what it needs
    signal.signal(signal.SIGPROF, sample)
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, PERIOD, PERIOD)
    done: list[tuple[int, Any]] = []
    n, engine = 0, model_engine()
    while time.process_time() - start < seconds or done:
        done.append((n, simulate(plan, 1, n)))
        n += 1
        if len(done) == 20:
            packed(done, [], engine)  # as a worker hands them in
            done = []
    signal.setitimer(signal.ITIMER_PROF, 0)
    return seen, (time.process_time() - start) / n


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", default=["reference", "turkish-collapse", "none-holding", "kabul-2021"])
    parser.add_argument("--seconds", type=float, default=15.0, help="processor seconds for each (default: 15)")
    given = parser.parse_args()
    found = {name: profile(ROOT / "scenarios" / f"{name}.yaml", given.seconds) for name in given.scenarios}
    print("| module | " + " | ".join(f"{name}, {1000 * cost:.0f} ms" for name, (_, cost) in found.items()) + " |")
    print("|---|" + "---|" * len(found))
    _rows({name: _by(seen, lambda place: place[0]) for name, (seen, _) in found.items()}, 16)
    print("\n| function | " + " | ".join(found) + " |\n|---|" + "---|" * len(found))
    _rows({name: _by(seen, lambda place: f"{place[0]}: {place[1]}") for name, (seen, _) in found.items()}, 20)


def _by(seen: Counter[tuple[str, str]], key: Callable[[tuple[str, str]], str]) -> dict[str, float]:
    """Shares of the samples by what *key* makes of their places."""
    total, shares = sum(seen.values()), Counter[str]()
    for place, count in seen.items():
        shares[key(place)] += count
    return {name: count / total for name, count in shares.items()}


def _rows(shares: dict[str, dict[str, float]], most: int) -> None:
    """A line for each of what takes most in any of the scenarios."""
    largest = Counter[str]()
    for each in shares.values():
        for name, share in each.items():
            largest[name] = max(largest[name], share)  # type: ignore[assignment]
    for name, _ in largest.most_common(most):
        print(f"| {name} | " + " | ".join(f"{each.get(name, 0):.1%}" for each in shares.values()) + " |")


if __name__ == "__main__":
    main()
