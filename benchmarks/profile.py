"""What a replication's time is spent on, by module and by function: a sampler that costs next to nothing.

    python benchmarks/profile.py [--scenario FILE] [-n 60]

A timer interrupts the process each millisecond of processor time; the sample goes to the innermost function of ``sim`` on
the stack.  Time inside numpy counts for the function that called it.  A tracing profiler would double the price of the
small functions, of which there are many.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

PERIOD = 0.001


def profile(scenario: Path, n: int) -> tuple[Counter[tuple[str, str]], float]:
    """Samples by (module, function), and processor seconds a replication."""
    from sim.experiment.work import _packed
    from sim.model import compile_plan, simulate
    from sim.scenario import load

    home = str(ROOT / "sim")
    seen: Counter[tuple[str, str]] = Counter()

    def sample(number: int, frame: FrameType | None) -> None:
        while frame is not None and not frame.f_code.co_filename.startswith(home):
            frame = frame.f_back
        if frame is not None:
            place = Path(frame.f_code.co_filename).relative_to(home).with_suffix("").as_posix()
            seen[place, frame.f_code.co_qualname] += 1

    plan = compile_plan(load(scenario).scenario)
    simulate(plan, 1, 0)
    signal.signal(signal.SIGPROF, sample)
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, PERIOD, PERIOD)
    done = []
    for k in range(n):
        done.append((k, simulate(plan, 1, k)))
        if len(done) == 20 or k == n - 1:
            _packed(done, [])  # as a worker hands them in
            done = []
    signal.setitimer(signal.ITIMER_PROF, 0)
    return seen, (time.process_time() - start) / n


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", type=Path, default=ROOT / "scenarios" / "turkish-collapse.yaml")
    parser.add_argument("-n", type=int, default=60)
    given = parser.parse_args()
    seen, seconds = profile(given.scenario, given.n)
    total = sum(seen.values())
    modules: Counter[str] = Counter()
    for (module, _), count in seen.items():
        modules[module] += count
    print(f"{given.scenario.name}: {seconds * 1000:.0f} ms of processor time a replication, {total:,} samples")
    print("\n| module | share |\n|---|---|")
    for module, count in modules.most_common(16):
        print(f"| {module} | {count / total:.1%} |")
    print("\n| function | share |\n|---|---|")
    for (module, name), count in seen.most_common(12):
        print(f"| {module}: {name} | {count / total:.1%} |")


if __name__ == "__main__":
    main()
