"""A stored result from a stranger or a bad disk: what isn't as it was written is made again from the blocks, or refused."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sim.experiment import OutputError, Result, RunSpec, WorkerPool, execute, files
from sim.experiment.blocks import TABLES, Block, encode
from sim.experiment.store import SEALED, Store
from tests.experiment.fake_model import ENGINE, source

N = 30


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with WorkerPool() as workers:
        out = tmp_path_factory.mktemp("results")
        return execute(source(fail=[4]), RunSpec(n=N, out=out), workers, lambda _: {"n": N}, engine=ENGINE).folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """A copy that may be damaged."""
    shutil.copytree(written, tmp_path / "fake" / "id")
    return tmp_path / "fake" / "id"


def numbers(folder: Path) -> tuple[Any, ...]:
    """All that is read of a result."""
    result = Result.open(folder)
    tables = [result.table(name).to_dict(as_series=False) for name in TABLES]
    return result.name, result.title, result.seed, result.n, result.failed, result.scenario_text, result.summary, tables


def one_line(error: OutputError) -> int:
    """That it is said in a line; 1 to count it."""
    assert "\n" not in str(error)
    return 1


def sign(folder: Path, **changed: Any) -> None:
    """What a stranger can do: other files, and a manifest that says that they are as they were written."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for key in ("checksum", "checksums"):
        manifest.pop(key, None)
    Store(folder).write_json("manifest.json", manifest | changed)


@pytest.mark.parametrize("blocks", [True, False], ids=["with blocks", "without"])
@pytest.mark.parametrize("name", ["manifest.json", *SEALED])
def test_no_flipped_bit_changes_what_is_read(written: Path, folder: Path, name: str, blocks: bool) -> None:
    """Nine bits all over each file: what is read is what was written, or it is refused in a line."""
    expected = repr(numbers(written))
    if not blocks:
        shutil.rmtree(folder / "blocks")
    data = (folder / name).read_bytes()
    refused = 0
    for k in range(9):
        at = k * (len(data) - 1) // 8
        (folder / name).write_bytes(data[:at] + bytes([data[at] ^ 1 << k % 8]) + data[at + 1 :])
        try:
            assert repr(numbers(folder)) == expected, f"{name} at {at}"
        except OutputError as error:
            refused += one_line(error)
    from_blocks = blocks and (name.endswith("parquet") or name == "failures.csv")
    assert refused == (0 if from_blocks else 9)


@pytest.mark.parametrize("name", ["manifest.json", *SEALED])
def test_a_file_cut_short_absent_or_something_else(written: Path, folder: Path, name: str) -> None:
    expected = repr(numbers(written))
    data = (folder / name).read_bytes()
    made: list[Callable[[Path], object]] = [
        lambda path: path.write_bytes(data[:-3]), lambda path: path.write_bytes(b""), Path.mkdir, lambda path: None,
        lambda path: path.write_bytes(b"[" * 100_000), lambda path: path.symlink_to(written / name), os.mkfifo,
    ]  # fmt: skip
    for make in made:
        (folder / name).unlink(missing_ok=True)
        make(folder / name)
        try:
            assert repr(numbers(folder)) == expected
        except OutputError as error:
            one_line(error)
        if (folder / name).is_dir():
            (folder / name).rmdir()


@pytest.mark.parametrize(
    "changed",
    [
        {"replications": 10**12}, {"replications": 10**6}, {"replications": N + 1}, {"replications": 0},
        {"replications": -1}, {"replications": 1e400}, {"replications": "30"}, {"replications": True}, {"title": None},
        {"scenario": []}, {"seed": "one"}, {"seed": None}, {"failed": 2}, {"failed": 0}, {"failed": "x"}, {"failed": None},
        {"title": "x" * files.MOST_TEXT},
    ],
    ids=lambda changed: f"{next(iter(changed.items()))}"[:40],
)  # fmt: skip
@pytest.mark.parametrize("blocks", [True, False], ids=["with blocks", "without"])
def test_a_manifest_that_does_not_agree_with_the_rest_is_refused(folder: Path, changed: dict[str, Any], blocks: bool) -> None:
    if not blocks:
        shutil.rmtree(folder / "blocks")
    if changed.get("replications") == 1e400:
        text = (folder / "manifest.json").read_text("utf-8").replace(f'"replications": {N}', '"replications": Infinity')
        (folder / "manifest.json").write_text(text, "utf-8")
    else:
        sign(folder, **changed)
    with pytest.raises(OutputError):
        numbers(folder)


def test_a_manifest_of_fewer_has_the_tables_of_fewer(folder: Path) -> None:
    sign(folder, replications=N - 1)
    assert Result.open(folder).table("replications")["replication"].to_list() == [k for k in range(N - 1) if k != 4]


def test_a_missing_block_is_not_passed_over(folder: Path) -> None:
    """One of two blocks and the tables' file are gone: 20 of 30 replications were shown without a word."""
    (folder / "missions.parquet").unlink()
    (folder / "blocks" / "0000020.block").unlink()
    result = Result.open(folder)
    with pytest.raises(OutputError, match=r"neither [a-z]+\.parquet nor the blocks hold all 30 replications"):
        result.table("missions")


OTHER_TABLES = [
    pl.DataFrame(), pl.DataFrame({"replication": ["a"] * N}), pl.DataFrame({"hours": [1.0]}),
    pl.DataFrame({"replication": [0.5]}),
    pl.DataFrame({"replication": [None] * N}), pl.DataFrame({"replication": [-1, *range(N - 2)]}),
    pl.DataFrame({"replication": [[1]] * N}),
]  # fmt: skip


@pytest.mark.parametrize("table", OTHER_TABLES, ids=[str(t.schema) for t in OTHER_TABLES])
@pytest.mark.parametrize("blocks", [True, False], ids=["with blocks", "without"])
def test_signed_tables_of_other_columns(written: Path, folder: Path, table: pl.DataFrame, blocks: bool) -> None:
    if not blocks:
        shutil.rmtree(folder / "blocks")
    table.write_parquet(folder / "missions.parquet")
    sign(folder)
    if blocks:
        assert repr(numbers(folder)) == repr(numbers(written))
    else:
        with pytest.raises(OutputError):
            numbers(folder)


def test_signed_failures_that_are_none(written: Path, folder: Path) -> None:
    """A field larger than any reader takes, and columns of other names."""
    for text in ("x" * 200_000, "a,b\n1,2\n", f"replication,stage,message\n99,simulate,{'m' * 140_000}\n", "\udce9"):
        (folder / "failures.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
        sign(folder)
        assert repr(numbers(folder)) == repr(numbers(written))


@pytest.mark.parametrize("text", ["!!python/object/apply:os.system ['true']", "[" * 100_000, "- " * 100_000, "", "a: [", "\0"])
def test_a_signed_scenario_that_is_none(folder: Path, text: str) -> None:
    """One nested deeply enough ended the process: the reader in C has no limit."""
    (folder / "scenario.yaml").write_text(text, "utf-8")
    sign(folder)
    with pytest.raises(OutputError, match=r"scenario\.yaml is no scenario"):
        Result.open(folder)


def blocks_of_a_stranger() -> dict[str, bytes]:
    """Blocks with a right checksum whose content is no run's."""

    def tables(data: bytes) -> dict[str, bytes]:
        return dict.fromkeys(TABLES, data)

    return {
        "no tables": encode(Block(tuple(range(20)), (), tables(b"nonsense"))),
        "other numbers": encode(Block(tuple(range(100, 120)), (), tables(b"x"))),
        "other names": encode(Block(tuple(range(20)), (), {"../../x": b"y"})),
        "texts": encode(Block(tuple("abc"), (), {})),  # type: ignore[arg-type]
        "deep": _signed(b"[" * 100_000 + b"\n"), "a list": _signed(b"[]\n"), "no line": _signed(b"{}"),
    }  # fmt: skip


def _signed(body: bytes) -> bytes:
    import hashlib

    return b"evacsim block 1\n" + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


@pytest.mark.parametrize("name", blocks_of_a_stranger())
def test_signed_blocks_that_are_none(folder: Path, name: str) -> None:
    (folder / "blocks" / "0000000.block").write_bytes(blocks_of_a_stranger()[name])
    (folder / "missions.parquet").unlink()
    with pytest.raises(OutputError):
        Result.open(folder).table("missions")


@pytest.mark.parametrize("name", blocks_of_a_stranger())
def test_signed_blocks_that_are_none_are_made_again(
    written: Path, folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.experiment import run as run_module

    (folder / "blocks" / "0000000.block").write_bytes(blocks_of_a_stranger()[name])
    monkeypatch.setattr(run_module, "run_id", lambda *_: folder.name)
    with WorkerPool() as workers:
        execute(source(fail=[4]), RunSpec(n=N, out=folder.parents[1]), workers, lambda _: {"n": N}, engine=ENGINE)
    assert repr(numbers(folder)) == repr(numbers(written))


def test_a_point_of_a_study_reads_no_damaged_table(folder: Path) -> None:
    """Studies read what a run has kept: from its tables if they are as they were written, else from its blocks."""
    good = Result.open(folder).table("missions")
    pl.DataFrame(good.with_columns(pl.col("staff") + 1)).write_parquet(folder / "missions.parquet")
    store = Store(folder)
    result = Result(store, name="fake", title="", seed=1, n=N, failed=store.failures(N), scenario_text="")
    assert result.table("missions").equals(good)


def test_a_crash_between_two_files_leaves_it_resumable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command for fewer replications is killed after any number of files: there is the old result, or none; then it goes on."""
    original, count = files.whole, 0
    before = repr(numbers(folder))

    class Killed(BaseException):
        pass

    def again() -> None:
        with WorkerPool() as workers:
            execute(source(), RunSpec(n=20, out=folder.parents[1]), workers, lambda _: {"n": 20}, engine=ENGINE)

    from sim.experiment import run as run_module

    monkeypatch.setattr(run_module, "run_id", lambda *_: folder.name)
    for last in range(7):
        count = 0

        def some(path: Path) -> Any:
            nonlocal count
            count += 1
            if count > last:  # noqa: B023
                raise Killed
            return original(path)

        for module in ("sim.experiment.files", "sim.experiment.tables"):
            monkeypatch.setattr(f"{module}.whole", some, raising=False)
        with pytest.raises(Killed):
            again()
        monkeypatch.setattr(files, "whole", original)
        try:
            assert repr(numbers(folder)) == before
        except OutputError:
            assert last > 1
    again()
    assert numbers(folder)[3] == 20


@pytest.mark.parametrize("how", ["a disk that is read-only", "a folder of somebody else"])
def test_a_finished_result_in_a_folder_that_cannot_be_written_to(
    written: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Opened, and made again, without a byte written."""
    import errno

    before = {path: path.stat().st_mtime_ns for path in sorted(written.rglob("*"))}
    original, access = os.open, os.access
    if how == "a folder of somebody else":  # whose lock may be had
        monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != written and access(path, mode))

    def refuse(path: Any, flags: int, *mode: Any, **more: Any) -> int:
        lock = how == "a folder of somebody else" and str(path).endswith(".lock")
        if flags & (os.O_WRONLY | os.O_RDWR) and str(path).startswith(str(written)) and not lock:
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return original(path, flags, *mode, **more)

    monkeypatch.setattr(os, "open", refuse)
    assert numbers(written)[3] == N
    from sim.experiment import run as run_module

    monkeypatch.setattr(run_module, "run_id", lambda *_: written.name)
    with WorkerPool() as workers:
        spec = RunSpec(n=20, out=written.parents[1])
        with pytest.raises(
            OutputError, match=r"cannot keep results in .*nothing can be written: 1 of 20 replications are missing"
        ):
            execute(source(), spec, workers, engine=ENGINE)  # one of the twenty had failed
    assert {path: path.stat().st_mtime_ns for path in sorted(written.rglob("*"))} == before


def test_a_stranger_cannot_have_more_decoded_than_fits_into_memory(folder: Path) -> None:
    """All checksums are right; the bytes stand for a thousand times as many rows as they have room for."""
    rows = pl.repeat(0, 30_000_000, dtype=pl.Int32, eager=True)
    for table in TABLES:
        pl.DataFrame({"replication": rows}).write_parquet(folder / f"{table}.parquet", compression="zstd")
    data = (folder / "missions.parquet").read_bytes()
    (folder / "blocks" / "0000000.block").write_bytes(encode(Block((0,), (), dict.fromkeys(TABLES, data))))
    sign(folder)
    with pytest.raises(OutputError, match=r"neither [a-z]+\.parquet nor the blocks hold all") as refused:
        numbers(folder)
    assert one_line(refused.value)
    assert 0 not in Store(folder).stored(N)  # so that it is computed again


@pytest.mark.parametrize("failed", ["x" * 100_000, -1, N + 1, None, True, 1.5, [], "4"], ids=repr)
def test_a_number_of_failed_replications_that_is_none_is_refused_in_a_short_line(folder: Path, failed: object) -> None:
    sign(folder, failed=failed)
    with pytest.raises(OutputError, match="not the folder of a finished run") as refused:
        numbers(folder)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("key", ["title", "scenario"])
def test_a_title_that_no_scenario_has_is_refused(folder: Path, key: str) -> None:
    sign(folder, **{key: "x" * 1_000_000})
    with pytest.raises(OutputError, match="not the folder of a finished run"):
        numbers(folder)
