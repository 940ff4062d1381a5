"""How strong are the tests?  A seeded random sample of mutants of the model and the analysis, each against its module's tests.

    python3 -m venv mutants && mutants/bin/pip install -q cosmic-ray==8.7.0
    python benchmarks/mutation.py --cosmic-ray mutants/bin/cosmic-ray [--sample 300] [--seed 1] [--jobs 2]

Works on copies of the last commit, never on the checkout.  cosmic-ray lists and makes the mutants; each is run first
against the test file of its module, then, if it survives that, against the tests of its room.  A mutant that is killed, or
that hangs for :data:`HANG` times as long as the unchanged tests, is caught.  Reported: the share caught with its
Clopper-Pearson interval, and every survivor with its place.  ``|`` is left alone: here it stands in annotations.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("model", "analysis")
SKIPPED = ("BitOr",)
"""Operators left out: ``|`` stands in annotations only."""

HANG = 5.0
PYTEST = (sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider")
SHARED = {
    "model": ["tests/model", "tests/verification", "tests/properties"],
    "analysis": ["tests/analysis"],
}
OWN = {
    "aircraft": "lift", "boarding": "lift", "fleet": "lift", "holding": "gate", "world": "ends", "plan": "ends",
    "eventlog": "trace", "names": "records", "outcomes": "summary", "headline": "summary", "words": "summary",
    "matrix": "compare",
}  # fmt: skip
"""Module → the test file that is about it, where the name is not the same."""


@dataclass(frozen=True)
class Mutant:
    """One change: cosmic-ray's name for it, and where it is."""

    module: str
    operator: str
    occurrence: int
    line: int


def mutants(tool: str, checkout: Path) -> list[Mutant]:
    """All that cosmic-ray can make of the modules of :data:`ROOMS`."""
    found: list[Mutant] = []
    for room in ROOMS:
        config, session = checkout / f"{room}.toml", checkout / f"{room}.sqlite"
        config.write_text(
            f'[cosmic-ray]\nmodule-path = "sim/{room}"\ntimeout = 60.0\nexcluded-modules = []\ntest-command = "true"\n'
            '[cosmic-ray.distributor]\nname = "local"\n'
        )
        subprocess.run([tool, "init", str(config), str(session)], cwd=checkout, check=True, capture_output=True)
        with sqlite3.connect(session) as base:
            rows = base.execute("select module_path, operator_name, occurrence, start_pos_row from mutation_specs")
            found += [Mutant(*row) for row in rows if not any(word in row[1] for word in SKIPPED)]
    return sorted(found, key=lambda m: (m.module, m.operator, m.occurrence))


def tests_of(mutant: Mutant, checkout: Path) -> list[list[str]]:
    """What to run against it: the module's own tests, then those of the room."""
    path = Path(mutant.module)
    room = path.parts[1]
    stem = OWN.get(path.stem, path.parts[2] if len(path.parts) > 3 else path.stem)
    own = sorted(str(p.relative_to(checkout)) for p in (checkout / "tests" / room).glob(f"**/test_{stem}*.py"))
    return [own, SHARED[room]] if own else [SHARED[room]]


def run(tests: list[str], checkout: Path, limit: float) -> str:
    """``killed``, ``hung`` or ``survived``."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(checkout)}
    try:
        done = subprocess.run([*PYTEST, *tests], cwd=checkout, env=environment, capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return "hung"
    return "survived" if done.returncode == 0 else "killed"


def judge(mutant: Mutant, tool: str, checkout: Path, limits: dict[str, float]) -> dict[str, object]:
    """Makes the mutant in a copy, tries the tests, puts the file back."""
    path = checkout / mutant.module
    before = path.read_bytes()
    subprocess.run(
        [tool, "apply", mutant.module, mutant.operator, str(mutant.occurrence)], cwd=checkout, check=True, capture_output=True
    )
    try:
        if path.read_bytes() == before:
            return {**asdict(mutant), "verdict": "none"}
        changed = path.read_text().splitlines()[mutant.line - 1].strip()
        verdict = "survived"
        for tests in tests_of(mutant, checkout):
            verdict = run(tests, checkout, limits[" ".join(tests)])
            if verdict != "survived":
                break
        return {**asdict(mutant), "verdict": verdict, "changed": changed}
    finally:
        path.write_bytes(before)


def copy(folder: Path) -> Path:
    """The last commit's files."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    return folder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cosmic-ray", required=True, metavar="FILE")
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="Modules whose path has this in it.")
    parser.add_argument("--json", type=Path, help="Where every verdict is written.")
    given = parser.parse_args()
    tool = str(Path(given.cosmic_ray).resolve())
    with tempfile.TemporaryDirectory() as temporary:
        copies: SimpleQueue[Path] = SimpleQueue()
        for k in range(given.jobs):
            (folder := Path(temporary) / str(k)).mkdir()
            copies.put(copy(folder))
        first = copies.get()
        everything = [m for m in mutants(tool, first) if given.only in m.module]
        sample = random.Random(given.seed).sample(everything, min(given.sample, len(everything)))
        limits: dict[str, float] = {}
        for tests in {" ".join(t): t for m in sample for t in tests_of(m, first)}.values():
            start = time.monotonic()
            if run(tests, first, 1800.0) != "survived":
                raise SystemExit(f"the unchanged code fails {' '.join(tests)}")
            limits[" ".join(tests)] = 20.0 + HANG * (time.monotonic() - start)
        copies.put(first)

        def one(mutant: Mutant) -> dict[str, object]:
            checkout = copies.get()
            try:
                verdict = judge(mutant, tool, checkout, limits)
            finally:
                copies.put(checkout)
            if verdict["verdict"] == "survived":
                place = f"{mutant.module}:{mutant.line}"
                print(f"survived: {place}: {mutant.operator.removeprefix('core/')}: {verdict['changed']}", flush=True)
            return verdict

        with ThreadPoolExecutor(given.jobs) as pool:
            verdicts = [v for v in pool.map(one, sample) if v["verdict"] != "none"]
    report(verdicts, len(everything), given.json)
    return 0


def report(verdicts: list[dict[str, object]], possible: int, path: Path | None) -> None:
    """The score with its interval, in all and by room."""
    sys.path.insert(0, str(ROOT))
    from sim.analysis.statistics import proportion

    print(f"\n{len(verdicts)} of {possible:,} possible mutants")
    for room in ("", *(f"sim/{room}/" for room in ROOMS)):
        own = [v for v in verdicts if str(v["module"]).startswith(room)]
        caught = sum(v["verdict"] != "survived" for v in own)
        if own:
            score = proportion(caught, len(own))
            print(f"{room or 'all':>14}: {caught} of {len(own)} caught, {score.value:.1%} ({score.low:.1%} to {score.high:.1%})")
    if path:
        path.write_text(json.dumps(verdicts, indent=1))


if __name__ == "__main__":
    sys.exit(main())
