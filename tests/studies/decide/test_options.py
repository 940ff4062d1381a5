"""Which options there are, and what they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.studies.decide.options import MOST_OPTIONS, choices_of, short_titles
from sim.studies.decide.query import DecideQuery
from sim.studies.engine import session_of
from sim.studies.query import QueryError
from tests.studies.decide.scenarios import FIXED, LANES, OPEN, files


def test_titles_lose_the_clause_that_all_have() -> None:
    titles = ["Nobody at the airport while all is quiet", "Turkish forces at the airport while all is quiet"]
    assert short_titles(titles) == ["Nobody at the airport", "Turkish forces at the airport"]
    assert short_titles(["Alpha holds", "Beta holds"]) == ["Alpha holds", "Beta holds"]
    assert short_titles(["One while quiet", "One while loud"]) == ["One while quiet", "One while loud"]
    assert short_titles(["One while quiet"]) == ["One while quiet"]
    assert short_titles(["One, when it rains while quiet", "Two, when it rains while quiet"]) == ["One", "Two"]
    for kept in (["One while quiet", "One while quiet"], ["while quiet", "One while quiet"]):
        assert short_titles(kept) == kept, "each has a title that says something"


def test_every_scenario_with_every_combination(tmp_path: Path) -> None:
    """The last lever runs fastest; costs add up, and what has none has none."""
    costs = ("airport.gates.main.lanes=2: 40", "open: 2.5")
    given = files(tmp_path, open=OPEN, fixed=FIXED)
    answer = sim.decide(*given, vary={LANES: [1, 2]}, costs=costs, n=2, jobs=1, out=tmp_path / "r", plots=False)
    rows = answer.options
    assert rows["option"].to_list() == ["open, main.lanes 1", "open, main.lanes 2", "fixed, main.lanes 1", "fixed, main.lanes 2"]
    assert rows["cost"].to_list() == [2.5, 42.5, None, 40.0]
    assert rows[LANES].to_list() == ["1", "2", "1", "2"]
    assert answer.summary["options"][0]["title"] == "One lane of unknown speed, 1 search lane at Main gate"


def test_there_may_be_twenty_four_options(tmp_path: Path) -> None:
    """Two scenarios with twelve values each are as many; with thirteen they are too many."""

    def chosen(most: int) -> int:
        given, vary = files(tmp_path, open=OPEN, fixed=FIXED), [f"{LANES}=1:{most}:1"]
        query = DecideQuery.of(*given, vary=vary, out=tmp_path / "r", jobs=1)
        with session_of(query) as session:
            return len(choices_of(session.check(query.scenarios), query))

    assert chosen(12) == MOST_OPTIONS == 24
    with pytest.raises(QueryError, match=r"^--vary: expected at most 24 options, got 26$"):
        chosen(13)


def test_levers_of_one_scenario_do_without_its_title(tmp_path: Path) -> None:
    """What all options have in common tells none of them apart."""
    answer = sim.decide(*files(tmp_path, open=OPEN), vary={LANES: [1, 2]}, n=2, jobs=1, out=tmp_path / "r", plots=False)
    said = [(one["option"], one["title"]) for one in answer.summary["options"]]
    assert said == [("main.lanes 1", "1 search lane at Main gate"), ("main.lanes 2", "2 search lanes at Main gate")]


def test_two_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    given = [*files(tmp_path, one=OPEN), *files(tmp_path / "a", one=FIXED.replace("27 minutes", "unknown speed"))]
    answer = sim.decide(*given, n=2, jobs=1, out=tmp_path / "r", plots=False)
    assert answer.options["option"].to_list() == ["one (1)", "one (2)"]


def test_no_difference_seen_is_not_known_to_be_none(tmp_path: Path) -> None:
    """With 20 lanes or 30 everybody is out in all of 10 sets, which leaves 1 - 0.05^(1 / 10) = 26 % of 50 people open."""
    given = files(tmp_path, open=OPEN)
    answer = sim.decide(*given, vary=[f"{LANES}=20,30"], n=20, jobs=1, out=tmp_path / "r", plots=False, within=5)
    assert answer.summary["told"] is False
    assert answer.headline.startswith("No difference was seen in 10 sets of inputs")
    assert answer.summary["sets_needed"] >= 20
    assert [one["best_in"]["shared"] for one in answer.summary["options"]] == [10, 10]
    assert "as good as the best in 10 of 10 sets" in answer.headline


def test_a_share_is_to_be_large_and_by_a_moment(tmp_path: Path) -> None:
    """One lane never gets 50 out in ten hours; 20 lanes take three searches, 45 min to 3 h: within 4 h always, 30 min never."""
    given = files(tmp_path, open=OPEN)
    ask = {"n": 10, "jobs": 1, "out": tmp_path / "r", "plots": False, "objective": "p_all_out"}
    answer = sim.decide(*given, vary=[f"{LANES}=1,20"], by="4 h", **ask)
    assert answer.summary["best"] == "main.lanes 20"
    assert [one["expected"]["estimate"] for one in answer.summary["options"]] == [0.0, 1.0]
    assert [one["p_all_out"]["estimate"] for one in answer.summary["options"]] == [0.0, 1.0]
    assert answer.summary["by"] == "within 4 h of the start"
    early = sim.decide(*given, vary=[f"{LANES}=1,20"], by="2021-09-12 06:30", **ask)
    assert [one["p_all_out"]["estimate"] for one in early.summary["options"]] == [0.0, 0.0]
    assert early.summary["by"] == "by 2021-09-12 06:30"
