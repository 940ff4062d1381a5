"""Equal ids mean equal bytes, on whatever processor: one that rounds differently gives a result another id."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sim

PROGRAM = """
import sim
from sim.experiment.identity import arithmetic
study = sim.run("evacsim:minimal", n=20, jobs=1, plots=False, out="results")
print(arithmetic(), study.result.folder)
"""


def made(folder: Path, disabled: str) -> tuple[str, str, str]:
    """Arithmetic, id and a digest of all tables of a run on a processor without these features."""
    folder.mkdir()
    env = {**os.environ, "PYTHONPATH": str(Path(sim.__file__).parents[1]), "NPY_DISABLE_CPU_FEATURES": disabled}
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=folder, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    arithmetic, result = done.stdout.split()
    files = [*sorted((folder / result).glob("*.parquet")), folder / result / "summary.json"]
    return arithmetic, Path(result).name, hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@pytest.mark.costly
def test_a_processor_that_rounds_differently_gives_another_id(tmp_path: Path) -> None:
    kinds = [made(tmp_path / "all", ""), made(tmp_path / "less", "X86_V4 AVX512_ICL AVX512_SPR AVX512F AVX512CD AVX512_SKX")]
    if len({arithmetic for arithmetic, _, _ in kinds}) == 1:
        assert kinds[0] == kinds[1]  # this processor has nothing that rounds differently
        pytest.skip("this processor rounds alike with and without")
    assert kinds[0][1] != kinds[1][1]
    assert kinds[0][2] != kinds[1][2]


def test_the_id_follows_the_arithmetic(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.experiment import identity

    here = identity.run_id("text", 1)
    monkeypatch.setattr(identity, "arithmetic", lambda: "of another kind")
    assert identity.run_id("text", 1) != here
