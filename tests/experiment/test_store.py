"""The result folder: blocks that are whole or absent, tables that depend on nothing but what was asked for."""

from __future__ import annotations

import errno
import json
import pickle
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sim.experiment import OutputError, Result, RunSpec, StoreError, WorkerPool, execute
from sim.experiment import files as files_module
from sim.experiment import store as store_module
from sim.experiment.blocks import SIZE, TABLES, Block, CorruptBlock, Failure, decode, encode, merge
from sim.experiment.identity import folder_name, run_id
from sim.experiment.store import Store, pieces
from sim.experiment.tables import escape_formula
from sim.experiment.work import Job, run_job
from tests.experiment.fake_model import ENGINE, source

PARTS = [f"{table}.parquet" for table in TABLES] + ["scenario.yaml", "summary.json"]


class Count:
    """Progress that counts what was simulated."""

    def __init__(self) -> None:
        self.stored = self.tried = self.waited = 0

    def begin(self, name: str, done: int, total: int) -> None:
        self.stored = done

    def advance(self, count: int, seconds: float, workers: int) -> None:
        assert seconds > 0 < workers
        self.tried += count

    def doing(self, name: str, what: str) -> None: ...
    def written(self, name: str) -> None: ...

    def waiting(self, name: str) -> None:
        self.waited += 1

    def notice(self, text: str) -> None: ...


def go(out: Path, n: int, jobs: int = 1, seed: int = 1, csv: bool = False, **behaviour: Any) -> tuple[Result, Count]:
    count = Count()
    with WorkerPool(jobs) as workers:
        plan = RunSpec(n=n, seed=seed, out=out, csv=csv)
        return execute(source(**behaviour), plan, workers, lambda r: {"n": r.n}, progress=count, engine=ENGINE), count


def contents(result: Result) -> dict[str, bytes]:
    return {name: (result.folder / name).read_bytes() for name in PARTS}


def test_same_bytes_for_any_number_of_processes(tmp_path: Path) -> None:
    serial, _ = go(tmp_path / "one", 47)
    pooled, _ = go(tmp_path / "two", 47, jobs=2)
    assert contents(serial) == contents(pooled)
    assert serial.table("missions").equals(pooled.table("missions"))
    assert serial.table("missions").columns[0] == "replication"
    assert serial.table("replications")["replication"].to_list() == list(range(47))


def test_a_rerun_reuses_and_a_longer_one_continues(tmp_path: Path) -> None:
    _, first = go(tmp_path, 30)
    _, second = go(tmp_path, 30)
    longer, third = go(tmp_path, 50)
    assert (first.tried, second.tried, second.stored, third.stored, third.tried) == (30, 0, 30, 30, 20)
    fresh, _ = go(tmp_path / "elsewhere", 50)
    assert contents(longer) == contents(fresh)


def test_fewer_than_stored_reports_fewer(tmp_path: Path) -> None:
    long, _ = go(tmp_path, 50)
    short, count = go(tmp_path, 7)
    assert count.tried == 0
    assert short.table("replications")["replication"].to_list() == list(range(7))
    assert contents(short) == contents(go(tmp_path / "elsewhere", 7)[0])
    # the longer result does not change under the hands of who holds it, though its files now hold fewer
    assert long.table("missions")["replication"].n_unique() == 50
    assert (short.folder / "summary.json").read_text() == '{\n "n": 7\n}\n'


def test_other_seed_or_scenario_is_another_folder(tmp_path: Path) -> None:
    folders = {go(tmp_path, 2, seed=seed)[0].folder for seed in (0, 1)}
    assert len(folders) == 2
    assert run_id("a", 1) == run_id("a", 1) != run_id("a", 11)
    assert run_id("a", 1) != run_id("b", 1)
    assert len(run_id("a", 1)) == 12


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b[:100] + b"x" + b[101:], lambda b: b"", lambda b: b"nonsense\n"])
def test_a_damaged_block_is_computed_again(tmp_path: Path, damage: Any) -> None:
    good, _ = go(tmp_path, 30)
    before = contents(good)
    block = good.folder / "blocks" / "0000020.block"
    block.write_bytes(damage(block.read_bytes()))
    again, count = go(tmp_path, 30)
    assert (count.stored, count.tried) == (20, 10)
    assert contents(again) == before


def test_a_failed_replication_is_a_row_and_is_tried_again(tmp_path: Path) -> None:
    result, _ = go(tmp_path, 30, fail=[4, 25])
    assert [(f.replication, f.stage) for f in result.failed] == [(4, "simulate"), (25, "simulate")]
    assert result.failed[0].message.startswith("RuntimeError: replication 4 fails")
    assert 4 not in result.table("replications")["replication"].to_list()
    assert Result.open(result.folder).failed == result.failed
    better, count = go(tmp_path, 30)  # the same digest, so the same folder
    assert count.tried == 2
    assert better.failed == []
    assert not (better.folder / "failures.csv").exists()
    assert contents(better) == contents(go(tmp_path / "fresh", 30)[0])


def test_all_replications_may_fail(tmp_path: Path) -> None:
    result, _ = go(tmp_path, 3, broken=True)
    assert [(f.replication, f.stage, f.message.partition(" (")[0]) for f in result.failed] == [
        (k, "compile", "ValueError: this scenario cannot be compiled") for k in range(3)
    ]
    assert result.table("missions").height == 0


def test_csv_quotes_what_would_be_a_formula(tmp_path: Path) -> None:
    result, _ = go(tmp_path, 4, csv=True)
    rows = (result.folder / "missions.csv").read_text().splitlines()
    assert rows[0] == "replication,mission,staff,t100_h,wait_order,infinite"
    assert rows[1].startswith("0,'=cmd,10,1.5,")
    assert rows[2].startswith("0,b-side,20,,")
    assert rows[2].endswith(",t100_h")
    assert [escape_formula(t) for t in ("=1", "+1", "-1", "@a", "\t=1", "a=1", "")] == [
        "'=1",
        "'+1",
        "'-1",
        "'@a",
        "'\t=1",
        "a=1",
        "",
    ]


def test_an_opened_result_is_the_one_that_was_written(tmp_path: Path) -> None:
    result, _ = go(tmp_path, 5)
    opened = Result.open(result.folder)
    assert (opened.name, opened.seed, opened.n, opened.summary) == ("fake", 1, 5, {"n": 5})
    assert opened.table("cohorts").equals(result.table("cohorts"))
    manifest = json.loads((result.folder / "manifest.json").read_text())
    assert manifest["id"] == result.folder.name
    assert str(tmp_path) not in (result.folder / "manifest.json").read_text()
    with pytest.raises(OutputError, match=r"not the folder of a finished run: no manifest\.json"):
        Result.open(tmp_path)


def test_a_full_disk_keeps_the_finished_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = files_module._sync
    written: list[Path] = []

    def sync(path: Path) -> None:
        written.append(path)
        if len(written) > 4:  # two calls a file: the third block finds the disk full
            raise OSError(errno.ENOSPC, "No space left on device")
        original(path)

    monkeypatch.setattr(files_module, "_sync", sync)
    with pytest.raises(StoreError, match="the disk is full; finished blocks are kept"):
        go(tmp_path, 80)
    monkeypatch.setattr(files_module, "_sync", original)
    (folder,) = (tmp_path / "fake").iterdir()
    assert sorted(p.name for p in folder.rglob("*") if p.is_file()) == [".lock", "0000000.block", "0000020.block"]
    result, count = go(tmp_path, 80)
    assert (count.stored, count.tried) == (40, 40)
    assert contents(result) == contents(go(tmp_path / "fresh", 80)[0])


def test_what_a_killed_command_left_is_swept_up(tmp_path: Path) -> None:
    result, _ = go(tmp_path, 5)
    leftovers = [result.folder / ".missions.parquet.tmp-12", result.folder / "blocks" / ".0000000.block.tmp-12"]
    for leftover in leftovers:
        leftover.write_bytes(b"half")
    go(tmp_path, 5)
    assert not any(leftover.exists() for leftover in leftovers)


def test_a_folder_that_cannot_be_made_is_said_before_any_simulation(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot keep results"):
        go(tmp_path / "file", 5)


def test_block_file_round_trip_and_refusal() -> None:
    block = Block((1, 2), (Failure(3, "simulate", "é"),), {"missions": b"one", "cohorts": b"\n\n"})
    data = encode(block)
    assert decode(data) == block
    for i in range(0, len(data), 7):
        with pytest.raises(CorruptBlock):
            decode(data[:i] + bytes([data[i] ^ 1]) + data[i + 1 :])


def test_merging_keeps_each_replication_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "x")
    with store.open():
        for piece in ([0, 1, 2], [5, 4], [2, 3]):
            store.add(_block(piece, [9] if 4 in piece else []))
        assert store.stored(SIZE) == {0, 1, 2, 3, 4, 5}
        assert [f.replication for f in store.failures(SIZE)] == [9]
        assert store.scan("missions", SIZE).collect()["replication"].to_list() == [0, 1, 2, 3, 4, 5]
        store.add(_block([9], []))
        assert store.failures(SIZE) == []
        store.add(_block([7, 10], []), _block([25], [26]), _block([7, 8], []))
        assert store.stored(2 * SIZE) == {*range(11), 25} - {6}
        assert [f.replication for f in store.failures(2 * SIZE)] == [26]
    assert merge(_block([1], [])).replications == (1,)


def _block(replications: list[int], failed: list[int]) -> Block:
    from sim.experiment.blocks import pack

    table = pack((k, {"hours": [float(k)]}) for k in replications)
    failures = tuple(Failure(k, "simulate", "x") for k in failed)
    return Block(tuple(replications), failures, dict.fromkeys(TABLES, table))


def test_columns_of_one_type_whatever_the_first_replications_hold(tmp_path: Path) -> None:
    result, _ = go(tmp_path, 45)  # the fake's column ``use`` is empty in the first block
    assert result.table("replications").schema["use"] == pl.Float64
    few, _ = go(tmp_path, 5)
    assert few.table("replications").schema == result.table("replications").schema


@pytest.mark.parametrize(
    ("missing", "jobs", "sizes"),
    [(range(200), 2, [20] * 10), (range(50), 2, [7, 7, 6, 7, 7, 6, 7, 3]), (range(30, 45), 1, [4, 4, 2, 4, 1]), ([], 3, [])],
)
def test_pieces_stay_within_a_block_and_keep_workers_busy(missing: Any, jobs: int, sizes: list[int]) -> None:
    found = list(pieces(missing, jobs))
    assert [len(piece) for piece in found] == sizes
    assert [k for piece in found for k in piece] == list(missing)
    assert all(len({k // SIZE for k in piece}) == 1 for piece in found)


def test_folder_names_are_harmless() -> None:
    assert [folder_name(n) for n in ("a b/../c", "..", "", "x" * 99, "turkish-collapse")] == [
        "a-b-..-c", "scenario", "scenario", "x" * 80, "turkish-collapse"
    ]  # fmt: skip
    devices = ("con", "NUL", "Aux.yaml", "com1", "lpt9.old.txt")
    assert [folder_name(n) for n in devices] == [f"{name}_" for name in devices]
    assert [folder_name(n) for n in ("console", "com", "com10", "x.con")] == ["console", "com", "com10", "x.con"]


def test_parts_of_a_block_are_written_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the folder is held; a whole block at once, the rest when half a second has passed, somebody reads, or at the end."""
    writes: list[str] = []
    original = store_module.write

    def counted(path: Path, data: bytes) -> None:
        writes.append(path.name)
        original(path, data)

    now = 0.0
    monkeypatch.setattr(store_module, "write", counted)
    monkeypatch.setattr(store_module.time, "monotonic", lambda: now)
    store, other = Store(tmp_path / "one"), Store(tmp_path / "one")

    def add(*numbers: int) -> None:
        job = Job(pickle.dumps({}), 1, numbers, ENGINE)
        store.add(run_job(job).block)

    with store.open():
        add(0, 1)
        assert writes == []
        assert store.stored(20) == {0, 1}
        assert writes == ["0000000.block"]
        add(2)
        now = 0.6
        add(3)
        assert writes == ["0000000.block"] * 2
        assert other.stored(20) == {0, 1, 2, 3}
        add(*range(20, 40))
        assert writes[2:] == ["0000020.block"]
        add(4)
        assert other.stored(20) == {0, 1, 2, 3}
    assert writes[3:] == ["0000000.block"]
    assert other.stored(40) == {0, 1, 2, 3, 4, *range(20, 40)}
    add(5)  # by whoever doesn't hold it: at once
    assert other.stored(20) == {*range(6)}


def test_a_quick_replication_is_not_sent_alone() -> None:
    """A quarter of a second of work at least, once it is known how long one takes; a set of inputs is never cut."""
    known: list[float | None] = [None, 0.01, 0.01, 0.1, 10.0, 10.0, 10.0, 10.0]
    assert [len(piece) for piece in pieces(range(60), 4, pace=lambda: known.pop(0))] == [4, 16, 20, 4, 4, 4, 4, 4]
    assert [len(piece) for piece in pieces(range(20), 2, 2, pace=lambda: 0.06)] == [6, 6, 6, 2]
