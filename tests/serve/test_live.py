"""Answers of a session: those of ``run``, from its store; and what happens to settings that nobody wants, or nobody can have."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.experiment import StoreError
from sim.experiment.blocks import Block
from sim.experiment.store import Store
from sim.serve import desk
from tests.serve.lively import FLEETS, LANES, Browser, session, written
from tests.test_cli import Command, evacsim

__all__ = ["evacsim"]

PLAIN = {"scenario": "lively"}


def test_an_answer_is_that_of_run(tmp_path: Path, evacsim: Command) -> None:
    """Whole JSON, to the last number: without settings, by sliders, and as typed; at the first look and at the last.

    Only the planning bound waits until the last.
    """
    file = written(tmp_path)
    moved = {
        "levers": {LANES: 0.0, FLEETS: 1.0},
        "provider": "guards",
        "set": ["missions.north.cohorts.core=40", "road.drive=1 h"],
    }
    with session(file, tmp_path / "results") as browser:
        answers = [browser.until(PLAIN, 30)]
        answers += [browser.until({**PLAIN, **moved}, n) for n in (20, 30)]
    shown = [said["replications"]["shown"] for said in answers]
    assert shown in ([30, 20, 30], [30, 30, 30])  # a quick machine has all before it is asked for the first look
    for said, n in zip(answers, shown, strict=True):
        sets = [word for text in said["settings"] for word in ("--set", text)]
        out = tmp_path / f"again-{len(sets)}"
        options = ("-n", str(n), "--json", "--quiet", "--no-plots", "--out", str(out))
        done = evacsim("run", str(file), *options, *sets)
        assert done.status == 0
        mine, theirs = said["answer"], done.json
        assert ("bound" in mine["results"][0]) == (n == 30)
        if n < 30:
            (result,) = theirs["results"]
            for entry in (result, *result["missions"].values()):
                entry.pop("bound_h", None)
            result.pop("bound")
        assert Path(mine["results"][0].pop("folder")).name == Path(theirs["results"][0].pop("folder")).name
        assert mine == theirs
    assert said["settings"] == [
        "security.phases=[{begins: start, provider: guards}]", f"{LANES}=1",
        "lift.fleets.one.number=4", "lift.fleets.two.number=2",
        "missions.north.cohorts.core=40", "road.drive=1 h",
    ]  # fmt: skip
    assert said["headline"] == sim.run(file, n=30, out=out, plots=False, overrides=said["settings"]).headline


def test_what_is_stored_is_not_simulated_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, out = written(tmp_path), tmp_path / "results"
    sim.run(file, n=30, out=out, plots=False)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    monkeypatch.setattr(Store, "add", lambda *_: pytest.fail("simulated"))
    with session(file, out) as browser:
        said = browser.ask(PLAIN)
        assert (said["state"], said["replications"]) == ("done", {"done": 30, "of": 30, "shown": 30})
        assert said["answer"]["results"][0]["folder"].startswith(str(out))
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_block_is_written_once_for_several_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At each look, and at the end: what is in hand then is kept too."""
    added: list[list[int]] = []
    add = Store.add

    def counted(store: Store, *pieces: Block) -> None:
        added.append(sorted(k for piece in pieces for k in piece.replications))
        add(store, *pieces)

    monkeypatch.setattr(Store, "add", counted)
    with session(written(tmp_path), tmp_path / "results", n=1000) as browser:
        browser.until(PLAIN, 20)
        folder = Path(browser.ask(PLAIN)["answer"]["results"][0]["folder"])
    assert added[0] == [*range(20)]
    assert sorted(k for numbers in added for k in numbers) == sorted(Store(folder).stored(1000))
    assert all(len(numbers) > 2 for numbers in added[:-1])


def test_run_goes_on_from_what_a_session_stored(tmp_path: Path) -> None:
    file, out = written(tmp_path), tmp_path / "results"
    with session(file, out) as browser:
        setting = {**PLAIN, "levers": {LANES: 0.8}}
        said = browser.until(setting, 30)
    (folder,) = out.glob("lively/*")
    blocks = {path: path.read_bytes() for path in folder.glob("blocks/*.block")}
    study = sim.run(file, n=30, out=out, plots=False, overrides=said["settings"])
    assert study.result.folder == folder
    assert {path: path.read_bytes() for path in folder.glob("blocks/*.block")} == blocks
    assert len(blocks) == 2


@pytest.mark.costly
def test_a_new_setting_does_not_wait_for_the_old_one(tmp_path: Path) -> None:
    """The old one's replications up to then are kept, and go on when it is wanted again."""
    with session(written(tmp_path), tmp_path / "results", n=2000, jobs=2) as browser:
        browser.until(PLAIN, 20)
        other = {**PLAIN, "levers": {LANES: 0.2}}
        browser.until(other, 20)
        time.sleep(0.5)  # what was in hand is handed in
        first = browser.server.actions["ask"]({"browser": "another", "setting": other, "have": 10**9})
        assert first[0] == 200
        old = browser.ask(PLAIN, have=10**9)["replications"]["done"]
        assert 20 <= old < 2000
        assert browser.until(PLAIN, 50)["replications"]["done"] >= max(old, 50)


@pytest.mark.costly
def test_no_more_is_begun_until_somebody_has_the_first_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which takes a processor; whoever never asks for it holds nothing up for long."""
    monkeypatch.setattr(desk, "HOLD", 60.0)
    with session(written(tmp_path), tmp_path / "results", n=60, jobs=2) as browser:
        ends = time.monotonic() + 60
        while browser.ask(PLAIN, have=10**9)["replications"]["shown"] < 20 and time.monotonic() < ends:
            time.sleep(0.02)
        time.sleep(0.3)
        assert browser.ask(PLAIN, have=10**9)["replications"] == {"done": 20, "of": 60, "shown": 20}
        assert browser.ask(PLAIN)["replications"]["shown"] == 20
        assert browser.until(PLAIN, 60)["replications"]["shown"] == 60
        monkeypatch.setattr(desk, "HOLD", 0.0)
        other = {**PLAIN, "levers": {LANES: 1.0}}
        assert browser.until(other, 60)["replications"]["shown"] == 60


def test_what_nobody_asks_for_any_more_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed tab: work on its answer ends, and the folder is let go of."""
    monkeypatch.setattr(desk, "PATIENCE", 0.3)
    with session(written(tmp_path), tmp_path / "results", n=20_000) as browser:
        folder = Path(browser.until(PLAIN, 20)["answer"]["results"][0]["folder"])
        time.sleep(1.5)

        def busy() -> None:
            pytest.fail("held still")

        with Store(folder).open(busy):
            count = len(Store(folder).stored(20_000))
            time.sleep(0.3)
            assert len(Store(folder).stored(20_000)) == count < 19_000


@pytest.mark.costly
def test_browsers_side_by_side(tmp_path: Path) -> None:
    """Each gets its own answer, and one setting is simulated once whoever asks."""
    with session(written(tmp_path), tmp_path / "results") as browser:
        settings = [{**PLAIN, "levers": {LANES: at}} for at in (0.0, 0.0, 0.5, 1.0)]
        tabs = [Browser(browser.server, f"tab {k}") for k in range(4)]
        with ThreadPoolExecutor(4) as threads:
            said = list(threads.map(lambda tab, setting: tab.until(setting, 30), tabs, settings))
        totals = [one["answer"]["results"][0]["total"]["left_behind"]["mean"] for one in said]
        assert said[0]["answer"] == said[1]["answer"]
        assert totals[1] > totals[2] == totals[3]  # one lane leaves more behind; who could man more?
    assert len(list((tmp_path / "results" / "lively").iterdir())) == 3


@pytest.mark.costly
def test_a_pinned_answer_is_compared_as_compare_does(tmp_path: Path) -> None:
    file, out = written(tmp_path), tmp_path / "results"
    with session(file, out) as browser:
        browser.until(PLAIN, 30)
        setting = {**PLAIN, "levers": {LANES: 0.0}}
        said = browser.until(setting, 30, pin=PLAIN)
        assert browser.ask(PLAIN, pin=PLAIN)["pin"].get("difference") is None
    changed = sim.load(file, said["settings"])
    study = sim.compare(sim.load(file), changed, n=30, out=tmp_path / "again", plots=False)
    assert said["pin"]["difference"]["total"] == study.differences[0]["total"]
    assert said["pin"]["difference"]["missions"] == study.differences[0]["missions"]
    assert said["pin"]["pairs"] == 30
    assert said["pin"]["choice"].startswith("More people are left behind in 10 of 15 sets of inputs, fewer in 0, as many in 5, ")


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ({"set": [f"{LANES}=-1"]}, f"{LANES}: expected a whole number ≥ 0, got -1"),
        ({"set": [f"{LANES}=six"]}, f'{LANES}: expected a whole number ≥ 0, got "six"'),
        ({"set": [f"{LANES}=.nan"]}, "expected a finite number, got .nan"),
        ({"set": [f"{LANES}=1e30"]}, f"{LANES}: expected a whole number ≥ 0, at most 1e12, got 1e+30"),
        ({"set": ["airport.gate.main.lanes=1"]}, 'airport.gate: unknown key "gate"; nearest: "gates"'),
        ({"set": ["lanes"]}, 'expected PATH=VALUE, got "lanes"'),
        ({"set": [3]}, "set: expected PATH=VALUE, got 3"),
        ({"set": ["extends=/etc/passwd"]}, "extends: expected a path inside the scenario; extends can only be written in a file"),
        ({"set": ["missions.north.cohorts.core=4000000000"]}, "lively.yaml: "),
        ({"levers": {LANES: -0.1}}, f"{LANES}: expected a place in its range from 0 to 1, got -0.1"),
        ({"levers": {LANES: "high"}}, f'{LANES}: expected a place in its range from 0 to 1, got "high"'),
        ({"levers": {LANES: True}}, f"{LANES}: expected a place in its range from 0 to 1, got true"),
        ({"levers": {LANES: 10**30}}, f"{LANES}: expected a place in its range from 0 to 1, got 1000000000000000000000000000000"),
        ({"levers": {"airport.gates": 0.5}}, 'levers: lively has no lever "airport.gates"'),
        ({"provider": "nobody"}, 'provider: expected one of troops, guards, got "nobody"'),
        ({"scenario": "../lively"}, 'scenario: expected one of lively, got "../lively"'),
        ({"file": "/etc/passwd"}, 'expected scenario, provider, levers and set, got "file"'),
        ({"set": ["a=1"] * 201}, "expected at most 200 levers and settings, got 201"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_a_line(lively: Browser, setting: dict[str, Any], line: str) -> None:
    status, said = lively.post("ask", browser="tab", setting={**PLAIN, **setting}, have=0)
    assert status == 400, said
    assert len(said["error"]) == 1
    assert said["error"][0].startswith(line), said


@pytest.mark.parametrize(
    "body", [[], 3, None, {"setting": 3}, {"browser": "", "setting": PLAIN}, {"browser": "a", "setting": PLAIN, "have": "1"}]
)
def test_a_wrong_request_is_a_line(lively: Browser, body: Any) -> None:
    status, said = lively.server.actions["ask"](body)
    assert status == 400, said
    assert len(said["error"]) == 1


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("lively")
    with session(written(folder), folder / "results") as browser:
        yield browser


@pytest.mark.costly
def test_a_folder_that_another_command_holds(tmp_path: Path) -> None:
    file, out = written(tmp_path), tmp_path / "results"
    folder = sim.run(file, n=1, out=out, plots=False).result.folder
    with session(file, out) as browser:
        with Store(folder).open():
            browser.ask(PLAIN)
            time.sleep(0.5)
            assert browser.ask(PLAIN)["state"] == "waiting"
            other = {**PLAIN, "levers": {LANES: 0.2}}
            assert Browser(browser.server, "other").until(other, 20)["replications"]["shown"] >= 20
        assert browser.until(PLAIN, 30)["state"] == "done"


def test_a_full_disk_is_said_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add, full = Store.add, True

    def refuse(self: Store, *pieces: Any) -> None:
        if full:
            raise StoreError("cannot write to results: the disk is full; finished blocks are kept")
        add(self, *pieces)

    monkeypatch.setattr(Store, "add", refuse)
    with session(written(tmp_path), tmp_path / "results") as browser:
        said = browser.until(PLAIN, 20)
        assert (said["state"], said["error"]) == ("failed", "cannot write to results: the disk is full; finished blocks are kept")
        full = False
        assert browser.ask(PLAIN)["state"] == "failed"
        browser.ask(PLAIN, again=True)
        assert browser.until(PLAIN, 30)["state"] == "done"


def test_results_that_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    with session(written(tmp_path), tmp_path / "results") as browser:
        said = browser.until(PLAIN, 20)
        assert said["state"] == "failed"
        assert said["error"].startswith("cannot keep results in ")


@pytest.mark.costly
def test_nothing_is_written_but_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    file = written(tmp_path)
    with session(file, tmp_path / "results") as browser:
        browser.until(PLAIN, 30)
        assert browser.post("save", setting={**PLAIN, "levers": {LANES: 0.8}})[0] == 200
        assert browser.post("page", setting=PLAIN)[0] == 200
        file.unlink()  # what the session knows of it, it knows since it began
        assert browser.until({**PLAIN, "levers": {LANES: 0.8}}, 20)
    assert os.listdir(tmp_path / "here") == []
    assert {path.name for path in tmp_path.iterdir()} == {"here", "results"}


def test_the_sections_of_the_page(lively: Browser) -> None:
    lively.until(PLAIN, 30)
    status, said = lively.post("page", setting=PLAIN)
    assert status == 200
    assert said["page"]["scenarios"][0]["replications"] == 30
    assert {"answer", "missions"} <= {one["id"] for one in said["page"]["sections"]}
    assert lively.post("page", setting={**PLAIN, "set": [f"{LANES}=4"]})[1] == {"page": {}}  # nothing is there of it yet
