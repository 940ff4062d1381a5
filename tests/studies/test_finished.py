"""A finished result that is asked for again: shown as it was, nothing written, summed up or compared a second time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.experiment import identity, run
from sim.experiment.run import made_of

MINIMAL = "evacsim:minimal"
Ask = Callable[..., Any]


def one(out: Path, **options: Any) -> Any:
    return sim.run(MINIMAL, **{"n": 3, "seed": 1, "jobs": 1, "out": out, "plots": False, **options})


def several(out: Path, **options: Any) -> Any:
    other = out / "other.yaml"
    if not other.exists():
        other.write_text("extends: evacsim:minimal\nairport: {gates: {main: {lanes: 1}}}\n")
    asked = {"n": 2, "seed": 1, "jobs": 1, "out": out, "plots": False, "same_orders": True, **options}
    return sim.compare(MINIMAL, str(other), **asked)


def shown(answer: Any) -> str:
    return json.dumps([answer.summary, answer.headline], sort_keys=True)


def bytes_of(out: Path) -> dict[str, bytes]:
    """All but what says when and how long."""
    return {path.as_posix(): path.read_bytes() for path in sorted(out.rglob("*.*")) if path.name != "manifest.json"}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was summed up or compared, in turn."""
    import sim.analysis

    done: list[str] = []

    def count(name: str) -> None:
        original = getattr(sim.analysis, name)

        def called(result: Any, *more: Any, **options: Any) -> Any:
            of = [one.name for one in (result, *more) if isinstance(one, type(result))]
            done.append(" ".join((name, *of)))
            return original(result, *more, **options)

        monkeypatch.setattr(sim.analysis, name, called)

    count("summarise")
    count("differences")
    return done


def test_a_run_is_summed_up_once(tmp_path: Path, counted: list[str]) -> None:
    first, before = shown(one(tmp_path)), bytes_of(tmp_path)
    assert counted == ["summarise minimal"]
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    assert shown(one(tmp_path)) == first
    assert counted == ["summarise minimal"]
    assert bytes_of(tmp_path) == before
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")} == times


def test_a_comparison_is_made_once(tmp_path: Path, counted: list[str]) -> None:
    first, before = shown(several(tmp_path)), bytes_of(tmp_path)
    done = [*counted]
    assert sorted(set(done)) == sorted(done)
    assert shown(several(tmp_path)) == first
    assert counted == done
    assert bytes_of(tmp_path) == before


@pytest.mark.first(4)
@pytest.mark.parametrize("name", ["missions.parquet", "stages.parquet", "summary.json", "scenario.yaml", "manifest.json"])
@pytest.mark.parametrize("damage", ["flip", "gone"])
def test_what_is_not_as_it_was_written_is_made_again(tmp_path: Path, counted: list[str], name: str, damage: str) -> None:
    study = one(tmp_path)
    first, before = shown(study), bytes_of(tmp_path)
    path = Path(study.result.folder) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.unlink() if damage == "gone" else path.write_bytes(data)
    assert shown(one(tmp_path)) == first
    assert len(counted) == 2
    assert bytes_of(tmp_path) == before


def test_a_file_of_failures_that_no_command_wrote_goes(tmp_path: Path) -> None:
    folder = Path(one(tmp_path).result.folder)
    (folder / "failures.csv").write_text("replication,stage,message\n0,simulate,none of ours\n")
    one(tmp_path)
    assert not (folder / "failures.csv").exists()


def test_a_comparison_that_is_not_as_it_was_written_is_made_again(tmp_path: Path, counted: list[str]) -> None:
    whole = several(tmp_path)
    first, before, done = shown(whole), bytes_of(tmp_path), len(counted)
    path = Path(whole.folder) / "summary.json"
    path.write_text(path.read_text().replace("0", "1", 1))
    assert shown(several(tmp_path)) == first
    assert len(counted) == done + 3  # all differences, of its own orders too; each scenario's own summary is as it was
    assert bytes_of(tmp_path) == before


@pytest.mark.costly
def test_another_number_other_cohorts_or_csv_are_another_question(tmp_path: Path, counted: list[str]) -> None:
    one(tmp_path)
    few = one(tmp_path, n=2)
    assert few.summary["replications"] == 2
    assert few.missions["replication"].n_unique() == 2
    again = one(tmp_path, csv=True)
    assert again.summary["replications"] == 3
    assert (Path(again.result.folder) / "missions.csv").is_file()
    several(tmp_path)
    done = len(counted)
    assert several(tmp_path, by="cohort").differences != several(tmp_path).differences
    assert len(counted) > done


def test_another_version_sums_up_anew(tmp_path: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    one(tmp_path)
    monkeypatch.setattr(run, "source_digest", lambda packages=(): "other code" if packages else identity.source_digest())
    one(tmp_path)
    assert len(counted) == 2


def test_a_digest_of_what_made_it_has_all_its_parts() -> None:
    assert len({made_of("a", 1), made_of("a", 2), made_of("b", 1), made_of("a", 1, None)}) == 4
    assert made_of("a", 1) == made_of("a", 1)
