"""The page about calibration prints what its command prints."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

import sim
from sim.studies.calibrate.table import shown

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "calibrate.md").read_text("utf-8")


def block(kind: str) -> str:
    """The first block of that kind."""
    found = re.search(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.costly
def test_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    monkeypatch.chdir(tmp_path)
    Path("town.yaml").write_text(block("yaml"))
    Path("seen.csv").write_text(block("csv"))
    assert block("sh").startswith("evacsim calibrate town.yaml seen.csv -o learnt.parquet --leave-out -n 200\n")
    answer = sim.calibrate("town.yaml", "seen.csv", sets="learnt.parquet", leave_out=True, n=200, jobs=1, plots=False)
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(*shown(answer, 80), sep="\n")
    printed = [line.rstrip() for line in console.export_text().splitlines()]
    missing = [line for line in block("text").splitlines() if line.rstrip() not in printed]
    assert not missing
