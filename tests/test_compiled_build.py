"""The wheel of the compiled build has the model compiled, and gives the same ids and the same bytes as the plain sources.

Building takes two minutes of processor time: it is done where ``EVACSIM_TEST_COMPILED=1`` asks for it, and a compiler that is
missing there is a failure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.skipif(
    os.environ.get("EVACSIM_TEST_COMPILED") != "1", reason="compiling takes minutes: EVACSIM_TEST_COMPILED=1 asks for it"
)

PROBE = """
import gc, json, sys, tracemalloc
from pathlib import Path
import sim.model.kernel
from sim.analysis.bounds.planning import planning_bound
from sim.experiment.identity import source_digest
from sim.model import compile_scenario, simulate
from sim.scenario import load
from tests.digests import digests
tables = {name: {table: digests.digest(frame) for table, frame in digests.tables(name).items()} for name in sys.argv[1:]}
planning_bound(load(digests.ROOT / "scenarios" / "minimal.yaml").scenario)  # of every run, with draws of its own
plan = compile_scenario(load(digests.ROOT / "scenarios" / "minimal.yaml").scenario)
gc.disable()
tracemalloc.start()
held = []
for replication in range(30):
    simulate(plan, 1, replication)
    held.append(tracemalloc.get_traced_memory()[0])
print(json.dumps({"file": sim.model.kernel.__file__, "source": source_digest(), "tables": tables, "held": held}))
"""
SCENARIOS = ("minimal", "reference", "turkish-collapse", "none-holding", "saigon-1975")
"""With and without a lift, convoys, shuttles; with a provider, nobody, and an airport that is lost."""


def probe(folder: Path, path: str) -> dict[str, Any]:
    """What a build gives, asked in a process of its own that imports ``sim`` from *path*."""
    command = [sys.executable, "-c", PROBE, *SCENARIOS]
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_the_compiled_wheel_gives_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(ROOT)]
    subprocess.run(command, env={**os.environ, "EVACSIM_COMPILED": "1"}, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert "-cp3" in wheel.name  # made for this Python and platform
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")

    compiled = probe(tmp_path, os.pathsep.join((str(tmp_path / "site"), str(ROOT))))
    plain = probe(tmp_path, str(ROOT))
    assert compiled["file"].startswith(str(tmp_path))
    assert not compiled["file"].endswith(".py")
    assert plain["file"].endswith(".py")
    assert compiled["source"] == plain["source"]
    assert compiled["tables"] == plain["tables"]
    early, late = (min(compiled["held"][span]) for span in (slice(5, 10), slice(-5, None)))
    assert late - early < 50_000  # bytes in twenty replications: a world that stays would be several times that
