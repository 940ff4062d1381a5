"""Stored results drawn again: of a stranger, and in a folder that cannot be written to."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sim
from sim.experiment import OutputError
from sim.experiment.store import Store
from sim.present.pictures import NoPictures
from sim.studies.runs import plot


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sim.run("evacsim:minimal", n=2, jobs=1, plots=False, out=tmp_path_factory.mktemp("results")).result.folder


def test_tables_of_other_columns_are_refused_in_a_line(written: Path, tmp_path: Path) -> None:
    """Signed, so that only what draws them can tell."""
    folder = tmp_path / "minimal" / "id"
    shutil.copytree(written, folder)
    shutil.rmtree(folder / "blocks")
    pl.DataFrame({"replication": [0, 1]}).write_parquet(folder / "missions.parquet")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    Store(folder).write_json("manifest.json", {k: v for k, v in manifest.items() if k not in ("checksum", "checksums")})
    with pytest.raises(OutputError, match=r"id: not what a run writes: ColumnNotFoundError: .*mission") as refused:
        plot(folder)
    assert "\n" not in str(refused.value)
    assert not list(folder.glob("*.png"))


def test_where_nothing_can_be_written_it_is_drawn_elsewhere(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(written.rglob("*"))
    original, access = os.open, os.access

    def refuse(path: Any, flags: int, *mode: Any, **more: Any) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR) and str(path).startswith(str(written)):
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return original(path, flags, *mode, **more)

    def drawn(figure: object, paths: list[Path]) -> list[Path]:
        for path in paths:
            path.touch()
        return paths

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).startswith(str(written)) and access(path, mode))
    monkeypatch.setattr("sim.present.style.save", drawn)
    files = plot(written, out=tmp_path)
    assert {path.parent for path in files} == {tmp_path / "minimal" / written.name}
    assert all(path.exists() for path in files)
    with pytest.warns(NoPictures, match="cannot be written to"):
        study = sim.run("evacsim:minimal", n=2, jobs=1, out=written.parents[1])
    assert study.result.n == 2
    assert sorted(written.rglob("*")) == before
