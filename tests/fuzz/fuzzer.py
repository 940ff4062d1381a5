"""``python -m tests.fuzz --seconds 3600``: damages inputs of every kind until the time is over, and prints how they ended.

Every input is drawn from the seed and its number alone: ``--first NUMBER --count 1`` makes one again, and says its traceback.
What ends wrongly is kept in ``--keep``, and the exit status is 1 then.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from types import FrameType

from tests.fuzz.kinds import KINDS, Nonsense, order

OUTCOMES = ("accepted", "refused", "status 3", "traceback", "hang", "nonsense")
WRONG = OUTCOMES[3:]
LONGEST = 20.0
"""Seconds of processor time after which an input hangs."""

Counts = Counter[tuple[str, str]]
Failures = list[str]


class Hang(BaseException):
    """An input that takes too long."""


def _over(number: int, frame: FrameType | None) -> None:
    raise Hang


def fuzz(
    seed: int, first: int, step: int, until: float, count: int, only: str | None, keep: str | None
) -> tuple[Counts, Failures]:
    """Tries the inputs *first*, *first* + *step*, … until the time or so many; how they ended, and what ended wrongly."""
    counts: Counts = Counter()
    failures: Failures = []
    signal.signal(signal.SIGVTALRM, _over)
    warnings.simplefilter("ignore")
    os.environ.pop("EVACSIM_DEBUG", None)
    with tempfile.TemporaryDirectory() as place:
        kinds = {}
        number = first
        while time.time() < until and sum(counts.values()) < count:
            random = Random(f"{seed} {number}")
            name = next(order(random, only))
            if name not in kinds:
                kinds[name] = KINDS[name](Path(place))
            outcome, why = _try(kinds[name], random)
            counts[name, outcome] += 1
            if outcome in WRONG:
                failures.append(f"{name} {number}: {outcome}: {why}")
                if keep:
                    Path(keep).mkdir(parents=True, exist_ok=True)
                    stem = f"{name.replace(' ', '-')}-{seed}-{number}"
                    (Path(keep) / stem).write_bytes(kinds[name].last)
                    (Path(keep) / f"{stem}.txt").write_text(why, "utf-8", "backslashreplace")
            number += step
    return counts, failures


def _try(kind: object, random: Random) -> tuple[str, str]:
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        return kind.try_one(random), ""  # type: ignore[attr-defined]
    except Hang:
        return "hang", f"more than {LONGEST:g} s"
    except Nonsense as error:
        return "nonsense", str(error)
    except Exception:
        return "traceback", traceback.format_exc()
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return "traceback", traceback.format_exc()  # a panic of a library
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def table(counts: Counts) -> str:
    """The counts by kind and by outcome, as a table of the pages."""
    lines = [f"| kind | inputs | {' | '.join(OUTCOMES)} |", f"|---|{'---:|' * (len(OUTCOMES) + 1)}"]
    for name in [*KINDS, "all"]:
        each = [sum(n for (kind, outcome), n in counts.items() if name in (kind, "all") and outcome == one) for one in OUTCOMES]
        lines.append(f"| {name} | {sum(each):,} | {' | '.join(f'{n:,}' for n in each)} |")
    return "\n".join(lines)


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--count", type=int, default=10**9, help="inputs at the most")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--first", type=int, default=0, help="number of the first input")
    options.add_argument("--only", choices=KINDS)
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options.add_argument("--keep", help="folder for what ends wrongly")
    asked = options.parse_args()
    until, jobs = time.time() + asked.seconds, min(asked.jobs, asked.count)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        each = -(-asked.count // jobs)
        runs = [
            pool.submit(fuzz, asked.seed, asked.first + k, jobs, until, each, asked.only, asked.keep) for k in range(jobs)
        ]  # fmt: skip
        ended = [run.result() for run in runs]
    counts = sum((one for one, _ in ended), Counter[tuple[str, str]]())
    failures = [line for _, lines in ended for line in lines]
    print(table(counts))
    for line in failures[:50]:
        print(line, file=sys.stderr)
    return 1 if failures else 0
