"""``decide`` end to end, on scenarios whose answers are worked by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sim
from sim.cli import main
from sim.studies.decide.answer import Decision
from sim.studies.query import QueryError
from tests.studies.decide.scenarios import FIXED, LANES, OPEN, PEOPLE, SEARCH, files


def asked(folder: Path, **more: Any) -> dict[str, Any]:
    return {"n": 50, "jobs": 1, "out": folder / "results", "plots": False, "within": 1} | more


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Decision:
    """A lane whose speed isn't known against one whose speed is."""
    folder = tmp_path_factory.mktemp("two")
    answer = sim.decide(*files(folder, open=OPEN, fixed=FIXED), by="10 h", costs=("fixed: 1,200",), **asked(folder, plots=True))
    assert isinstance(answer, Decision)
    return answer


def test_the_choice(two: Decision) -> None:
    """28 of 50 are left behind against 28.4 on average, 10 to 40."""
    one, other = two.summary["options"]
    assert one["expected"]["estimate"] == pytest.approx(50 - 30 / math.log(4), abs=0.7)
    assert one["expected"]["low"] < 28.4 < one["expected"]["high"]
    assert (other["expected"]["estimate"], other["worst_in_nine_of_ten"]["estimate"]) == (28.0, 28.0)
    assert one["worst_in_nine_of_ten"]["estimate"] == pytest.approx(50 - 40 * 4**-0.9, abs=1.5)
    assert two.summary["best"] == "fixed"
    assert [one["cost"], other["cost"]] == [None, 1200.0]
    assert (two.summary["sets"], two.summary["per_set"], two.summary["replications"]) == (25, 2, 50)
    assert two.summary["final"]
    assert one["p_all_out"]["estimate"] == 0.0


def test_regret_and_what_it_is_worth_to_know(two: Decision) -> None:
    """The open lane is better where u < ln(40 / 22) / ln 4 = 0.43, by 40 (1 - 4^-0.43) / ln 4 - 22 · 0.43 = 3.5 on average."""
    _, fixed = two.summary["options"]
    assert fixed["regret"]["estimate"] == pytest.approx(3.5, abs=0.6)
    assert two.summary["knowing_all"]["estimate"] == pytest.approx(3.5, abs=0.6)
    (most,) = two.summary["knowing"]["most"]
    assert most["factor"] == SEARCH
    assert most["estimate"] == pytest.approx(3.5, abs=1.0)
    assert two.summary["knowing"]["floor"] < most["estimate"]
    assert "Worth most to know" in two.headlines[-1]


def test_what_turns_it(two: Decision) -> None:
    """At 15 minutes the open lane leaves 10 behind, 18 fewer; at 60 it leaves 40."""
    bad, good = two.summary["ends"]
    assert (bad["end"], bad["state"], bad["expected"]) == ("unfavourable", "stays", [40.0, 28.0])
    assert (good["state"], good["other"], good["expected"]) == ("turns", "open", [10.0, 28.0])
    assert good["turned_by"]["factor"] == SEARCH
    assert good["turned_by"]["worse_than_other"]["estimate"] == 18.0
    assert "One lane of unknown speed is better by 18 people" in " ".join(two.headlines)


def test_what_is_kept(two: Decision) -> None:
    assert two.options["option"].to_list() == ["open", "fixed"]
    assert two.states.shape == (50, 3)
    assert {two.options[name].dtype for name in ("expected", "regret_high", "cost")} == {pl.Float64}
    assert two.options["error"].dtype == pl.String
    assert [path.name for path in two.plots] == ["decision.png"]
    stored = json.loads((two.folder / "summary.json").read_text())
    assert stored["options"] == two.summary["options"]
    command = json.loads((two.folder / "manifest.json").read_text())["command"]
    assert command == "evacsim decide open.yaml fixed.yaml --by '10 h' --within 1 --cost 'fixed: 1,200' -n 50 --seed 1"


def test_levers_are_options_and_what_they_set_is_not_drawn(tmp_path: Path) -> None:
    """With one, two and four lanes of 15 minutes 40, 80 and 160 could be out: all 50 with two."""
    vary = {LANES: [1, 2, 4], "airport.gates.main.per_person": ["15 min/person"]}
    answer = sim.decide(*files(tmp_path, open=OPEN), vary=vary, **asked(tmp_path, n=4))
    assert [one["expected"]["estimate"] for one in answer.summary["options"]] == [10.0, 0.0, 0.0]
    assert (answer.summary["states"], answer.summary["per_set"]) == ("replications", 1)
    assert answer.summary["ends"] == []
    assert "No input is drawn: each replication is a state of the world" in answer.headlines[1]


def test_the_same_option_twice_is_as_good_and_regrets_nothing(tmp_path: Path) -> None:
    answer = sim.decide(*files(tmp_path, a=OPEN, b=OPEN), **asked(tmp_path, n=10))
    assert (answer.summary["told"], answer.summary["as_good"]) == (True, ["b"])
    assert [one["regret"]["estimate"] for one in answer.summary["options"]] == [0.0, 0.0]
    assert answer.summary["knowing_all"]["estimate"] == 0.0
    assert answer.headline.startswith("Any of the 2 will do")


def test_one_option_is_nothing_to_choose(tmp_path: Path) -> None:
    answer = sim.decide(*files(tmp_path, open=OPEN), **asked(tmp_path, n=4))
    assert "nothing to choose" in answer.headline
    assert answer.summary["told"] is True


def test_a_mission_is_called_by_its_title(tmp_path: Path) -> None:
    titled = FIXED.replace("embassy: {order", "embassy: {title: The embassy, order")
    answer = sim.decide(*files(tmp_path, one=titled), **asked(tmp_path, n=4), mission="embassy")
    assert "people left behind of The embassy on average" in answer.headline


@pytest.mark.costly
def test_sets_are_added_until_it_is_told(tmp_path: Path) -> None:
    """Half of the ten get through in time, or all of them: told at the first look, 200 replications where nothing is drawn."""
    text = FIXED.replace("people: 50", "people: 10").replace("27 min", "120 min")
    answer = sim.decide(*files(tmp_path, one=text), vary=[f"{LANES}=1,2"], jobs=1, out=tmp_path / "r", plots=False, within="1")
    assert (answer.summary["look"]["look"], answer.summary["sets"], answer.summary["told"]) == (1, 200, True)
    assert answer.summary["best"] == "main.lanes 2"
    assert "-n" not in json.loads((answer.folder / "manifest.json").read_text())["command"].split()


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["--objective", "p90"], "total.p90 is a quantile, which may be infinite"),
        (["--objective", "lef_behind"], "nearest: left_behind"),
        (["--mission", "closed"], "closed has nobody to move"),
        (["--objective", "embassy.left_behind", "--mission", "closed"], "is not of closed"),
        (["--within", "6 h"], "--within: expected an amount of total.left_behind such as 50"),
        (["--by", "2022-01-01 00:00"], "is not between the start of open and its horizon"),
        (["--by", "soon"], "--by: expected a local date"),
        (["--cost", "nowhere: 5"], "is no option"),
        (["--cost", "open: dear"], "--cost: expected 'PATH=VALUE: NUMBER'"),
        (["--cost", "open: inf"], "--cost: expected 'PATH=VALUE: NUMBER'"),
        (["--cost", "40"], "--cost: expected 'PATH=VALUE: NUMBER'"),
        (["--cost", "open: 1", "--cost", "open: 2"], '--cost: "open" is there twice'),
        (["--vary", f"{LANES}=1,2", "--cost", f"{LANES}=3: 5"], "is no option"),
        (["--vary", f"{LANES}=1:40:1"], "expected at most 24 options, got 40"),
        (["--vary", f"{LANES}=two,six", "--vary", f"{PEOPLE}=-1"], f"--vary 2: {PEOPLE}"),
        (["--vary", f"{LANES}=1", "--vary", f"{LANES}=2"], "is varied twice"),
        (["--vary", "warning=1 d"], "--vary 1: warning: the capital never falls"),
        (["--vary", "warning=soon"], "--vary 1: warning: expected a time"),
        (["--vary", f"{LANES}=1", "--vary", "warning=3 lanes"], "--vary 2: warning: expected a time"),
    ],
)
def test_refused_before_anything_is_simulated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], wrong: str
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["decide", *files(tmp_path, open=OPEN), *words, "-n", "2", "--jobs", "1", "--out", str(tmp_path / "r")])
    assert stop.value.code == 2
    assert wrong in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_all_faults_of_all_options_at_once(tmp_path: Path) -> None:
    with pytest.raises(QueryError) as error:
        sim.decide(*files(tmp_path, open=OPEN), vary=[f"{LANES}=two,1,six"], **asked(tmp_path))
    assert len(str(error.value).splitlines()) == 2


def test_nobody_to_move(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="nobody has to be moved"):
        sim.decide(*files(tmp_path, empty=OPEN.replace("people: 50", "people: 0")), **asked(tmp_path))


@pytest.mark.parametrize("columns", ["80", "160"])
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    words = [
        "decide",
        *files(tmp_path, open=OPEN, fixed=FIXED),
        "--jobs",
        "1",
        "--out",
        str(tmp_path / "r"),
        "--no-plots",
        "-n",
        "8",
    ]
    with pytest.raises(SystemExit) as stop:
        main(words)
    out = capsys.readouterr().out
    assert stop.value.code == 0
    assert max(map(len, out.splitlines())) <= int(columns)
    assert "One lane of unknown speed" in out
    with pytest.raises(SystemExit):
        main([*words, "--json", "--quiet"])
    assert json.loads(capsys.readouterr().out)["objective"] == "total.left_behind"


def test_a_failed_replication_makes_nothing_final(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sim.model

    original = sim.model.simulate

    def simulate(plan: Any, seed: int, replication: int) -> Any:
        if replication == 3:
            raise RuntimeError("out of luck")
        return original(plan, seed, replication)

    words = [
        "decide",
        *files(tmp_path, open=OPEN, fixed=FIXED),
        "--jobs",
        "1",
        "--out",
        str(tmp_path / "r"),
        "--no-plots",
        "-n",
        "4",
    ]
    monkeypatch.setattr(sim.model, "simulate", simulate)
    with pytest.raises(SystemExit) as stop:
        main(words)
    shown = capsys.readouterr()
    assert stop.value.code == 3
    assert "One lane of unknown speed: 1 replication failed" in shown.err
    assert "Not final, " in shown.out
    assert "NOT FINAL" in shown.out
    monkeypatch.setattr(sim.model, "simulate", original)
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 0


def test_where_all_fail_there_is_no_choice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sim.model

    def simulate(plan: Any, seed: int, replication: int) -> Any:
        raise RuntimeError("never works")

    monkeypatch.setattr(sim.model, "simulate", simulate)
    with pytest.raises(SystemExit) as stop:
        main(["decide", *files(tmp_path, open=OPEN, fixed=FIXED), "--jobs", "1", "--out", str(tmp_path / "r"), "-n", "3"])
    shown = capsys.readouterr()
    assert stop.value.code == 3
    assert "No answer: One lane of unknown speed: all 3 replications failed" in " ".join(shown.out.split())
