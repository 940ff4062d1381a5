"""A few damaged inputs of every kind and a few kills; the fuzzer itself notices what ends wrongly."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest

from tests.fuzz import fuzzer, mutators
from tests.fuzz.fuzzer import fuzz, table
from tests.fuzz.kinds import KINDS, SEEDS, Kind, Nonsense, said, sound

ROOT = Path(__file__).resolve().parents[2]
FEW = {"scenarios": 60, "designs": 20, "rosters": 60, "workbooks": 20, "observations": 60, "options": 12, "stored folders": 12}


@pytest.mark.parametrize("kind", KINDS)
def test_no_damaged_input_ends_wrongly(kind: str) -> None:
    counts, failures = fuzz(0, 0, 1, math.inf, FEW[kind], kind, None)
    assert failures == []
    assert sum(counts.values()) == FEW[kind]
    assert {name for name, _ in counts} == {kind}


@pytest.mark.costly
def test_a_run_killed_in_its_writes_and_at_any_moment_ends_in_the_same_bytes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.kills", "--count", "4"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("all ended in the bytes of an undisturbed run\n")


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [(KeyError("x"), "traceback"), (Nonsense("x"), "nonsense"), (fuzzer.Hang(), "hang"), (RecursionError("x"), "traceback")],
)
def test_what_ends_wrongly_is_counted_and_kept(
    raised: BaseException, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrong(Kind):
        name = "scenarios"

        def read(self, random: Random) -> str:
            self.last = b"the input"
            raise raised

    monkeypatch.setitem(KINDS, "scenarios", Wrong)
    counts, failures = fuzz(5, 7, 1, math.inf, 2, "scenarios", str(tmp_path / "kept"))
    assert counts == {("scenarios", outcome): 2}
    assert [line.partition(": ")[0] for line in failures] == ["scenarios 7", "scenarios 8"]
    assert (tmp_path / "kept" / "scenarios-5-8").read_bytes() == b"the input"
    assert f"| scenarios | 2 | {' | '.join('2' if one == outcome else '0' for one in fuzzer.OUTCOMES)} |" in table(counts)


def test_damage_is_of_its_seed_alone() -> None:
    for damage in (mutators.tree, mutators.numbers, mutators.words, mutators.characters):
        made = [damage(SEEDS[0], Random(f"1 {k}")) for k in range(20)]
        assert made == [damage(SEEDS[0], Random(f"1 {k}")) for k in range(20)]
        assert len({*made, SEEDS[0]}) > 10


@pytest.mark.parametrize("text", ["", "a\n\nb", "x" * 5000, "a\x1b[31m", "a\0"])
def test_a_refusal_has_to_be_readable(text: str) -> None:
    with pytest.raises(Nonsense):
        said(text)
    said("file.yaml:1:1: missions: expected a mapping")


@pytest.mark.parametrize(
    "wrong",
    [{"evacuated": [9]}, {"t90_h": [1.0]}, {"t50_h": [math.nan]}, {"stranded": [-1], "staying": [2]}, {"lane_utilisation": 1.2}],
    ids=str,
)
def test_nonsense_in_records_is_noticed(wrong: dict[str, object]) -> None:
    row = {name: np.array([0]) for name in ("staying", "stranded", "unfinished")} | {
        "evacuated": np.array([10]),
        "staff": np.array([10]),
    }
    row |= {"t50_h": np.array([2.0]), "t90_h": np.array([3.0]), "t100_h": np.array([math.inf])}
    right = SimpleNamespace(missions=row, cohorts=row, replication={"lane_utilisation": 1.0})
    sound(right)
    alone = {name: value for name, value in wrong.items() if name == "lane_utilisation"}
    damaged = row | {name: np.array(value) for name, value in wrong.items() if name not in alone}
    with pytest.raises(Nonsense):
        sound(SimpleNamespace(missions=damaged, cohorts=row, replication=alone))
