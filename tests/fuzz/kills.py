"""``python -m tests.fuzz.kills --count 100``: kills a run again and again, at any moment and inside its writes, then lets it end.

A process is forked from one that has everything imported, so that a kill takes no start of an interpreter.  *In a write* it kills
itself with half of the bytes of a file written, just before the file gets its name, or just after: that is sure to hit.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from sim.cli import main
from sim.experiment import files

MOMENTS = ("any moment", "half written", "before its name", "after its name")
SCENARIO = (Path(__file__).parent / "seeds" / "minimal.yaml").read_text("utf-8")
COMMAND = ["run", "killed.yaml", "-n", "60", "--jobs", "1", "--no-plots", "--quiet", "--out", "out"]


def bytes_of(folder: Path) -> dict[str, str]:
    """Digests of what a run promises to be equal: tables, summary and scenario."""
    (result,) = folder.glob("out/killed/*")
    kept = [*result.glob("*.parquet"), result / "summary.json", result / "scenario.yaml"]
    assert not list(result.rglob("*.tmp-*")), "a temporary file is left"
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in kept}


def child(folder: Path, moment: str, write: int) -> int:
    """A process that runs the command, and kills itself at its write of that number if *moment* says so; its number."""
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        os.chdir(folder)
        with open(os.devnull, "w", encoding="utf-8") as nothing, contextlib.redirect_stderr(nothing):
            _arm(moment, write)
            main(COMMAND)
    except SystemExit as left:
        status = int(left.code or 0)
    finally:
        os._exit(status)


def _arm(moment: str, write: int) -> None:
    """Has the process kill itself at a write: each file is one, from its first byte to its name."""
    if moment == "any moment":
        return
    count, replace = [0], os.replace

    def replaced(old: Any, new: Any) -> None:
        count[0] += 1
        if count[0] == write:
            if moment == "half written":
                os.truncate(old, os.path.getsize(old) // 2)
            if moment == "after its name":
                replace(old, new)
            os.kill(os.getpid(), signal.SIGKILL)
        replace(old, new)

    files.os.replace = replaced  # type: ignore[attr-defined]


def history(folder: Path, kills: int, random: Random, counts: Counter[str]) -> dict[str, str]:
    """The bytes of a run that was killed so often, one kill after another, and then left alone."""
    (folder / "killed.yaml").write_text(SCENARIO, "utf-8")
    for _ in range(kills):
        moment = random.choice(MOMENTS)
        process = child(folder, moment, random.randrange(1, 6))
        if moment == "any moment":
            time.sleep(random.uniform(0.0, 1.5))
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        hit = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        counts[moment if hit else f"{moment}: had ended before"] += 1
        if not hit:
            shutil.rmtree(folder / "out", ignore_errors=True)  # so that there is something to kill again
    _, status = os.waitpid(child(folder, "any moment", 0), 0)
    assert os.waitstatus_to_exitcode(status) == 0, "the command did not go on"
    return bytes_of(folder)


def killed(count: int, seed: int, each: int = 10) -> Counter[str]:
    """Kills in histories of *each*, until there are *count*; by moment.  Raises AssertionError where bytes differ."""
    random, counts = Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as place:
        whole = Path(place) / "whole"
        whole.mkdir()
        right = history(whole, 0, random, counts)
        number = 0
        while sum(n for moment, n in counts.items() if moment in MOMENTS) < count:
            folder = Path(place) / str(number)
            folder.mkdir()
            assert history(folder, each, random, counts) == right, f"history {number}: other bytes"
            number += 1
    return counts


def run() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.fuzz.kills", description=__doc__)
    options.add_argument("--count", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    for moment, number in sorted(killed(asked.count, asked.seed).items()):
        print(f"{number:5,} {moment}")
    print("all ended in the bytes of an undisturbed run")
    return 0


if __name__ == "__main__":
    sys.exit(run())
