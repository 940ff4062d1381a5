"""How docs/make.py writes pages: marks and what is between them, stamps, differences in words."""

from __future__ import annotations

from pathlib import Path

import make
import pytest
from making import block as blocks
from making.block import UNMADE, Asked, Block, found, put, table
from making.desk import Desk
from making.paired import Effect, in_a_cell, in_words
from making.stamp import stamp

from sim.analysis.statistics import Estimate

PAGE = "page.md"
BEFORE = "# A page\n\n<!-- made: big --><!-- end -->\n\n- by hand <!-- made: small 0123456789ab --> old <!-- end --> and on\n"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(blocks, "DOCS", tmp_path)
    (tmp_path / PAGE).write_text(BEFORE, "utf-8")
    return tmp_path / PAGE


def _block(name: str, text: str, *asked: Asked, needs: str = "") -> Block:
    return Block(name, PAGE, lambda desk: text, asked, needs=needs)


def test_a_block_of_lines_and_one_within_a_line(page: Path) -> None:
    put(_block("big", ""), "| a |\n|---|", "")
    put(_block("small", ""), "new", "ba9876543210")
    assert page.read_text("utf-8") == (
        "# A page\n\n<!-- made: big -->\n\n| a |\n|---|\n\n<!-- end -->\n\n"
        "- by hand <!-- made: small ba9876543210 --> new <!-- end --> and on\n"
    )
    assert found(PAGE) == {"big": ("", "\n\n| a |\n|---|\n\n"), "small": ("ba9876543210", " new ")}


def test_making_again_changes_nothing(page: Path) -> None:
    put(_block("small", ""), "old", "0123456789ab")
    assert page.read_text("utf-8") == BEFORE


def test_a_block_without_a_place_is_refused(page: Path) -> None:
    with pytest.raises(SystemExit, match=r"page\.md: 0 places for other, expected"):
        put(_block("other", ""), "text", "")
    assert page.read_text("utf-8") == BEFORE


def test_what_is_tried_with_fewer_replications_is_marked(page: Path, tmp_path: Path) -> None:
    one = _block("small", "tried", Asked("minimal", n=100))
    make.make([one], Desk(tmp_path, most=2))
    assert found(PAGE)["small"] == (UNMADE, " tried ")
    make.make([one], Desk(tmp_path))
    assert found(PAGE)["small"] == (stamp(one), " tried ")


def test_a_block_that_needs_a_file_is_left_without_it(page: Path, tmp_path: Path) -> None:
    make.make([_block("small", "new", needs="calibration")], Desk(tmp_path))
    assert page.read_text("utf-8") == BEFORE


def test_a_stamp_tells_scenario_settings_and_number_apart() -> None:
    asks = [
        (Asked("minimal", n=10),), (Asked("minimal", n=11),), (Asked("minimal", ("clock.horizon=9 d",), 10),),
        (Asked("reference", n=10),), (Asked("minimal", n=10), Asked("reference", n=10)),
    ]  # fmt: skip
    stamps = [stamp(_block("small", "", *asked)) for asked in asks]
    assert len(set(stamps)) == len(stamps)
    assert stamps[0] == stamp(_block("small", "another text", *asks[0]))
    assert stamp(_block("small", "")) == ""


def test_a_table_sets_numbers_to_the_right() -> None:
    assert table(("a", "b"), [("x", "1")], (1,)) == "| a | b |\n|---|---:|\n| x | 1 |"


def test_differences_in_words() -> None:
    more = Effect(Estimate(120.4, 40.0, 200.0), True, 3397.0, 90, 100)
    assert in_words(more) == "**120 more** left behind (40 to 200, of 3,397)"
    assert in_cell_and_words(more) == ("+120 (+40 to +200)", "**120 more** left behind (40 to 200)")
    fewer = Effect(Estimate(-120.4, -200.0, -40.0), True, 3397.0, 90, 100)
    assert in_cell_and_words(fewer) == ("−120 (−200 to −40)", "**120 fewer** left behind (40 to 200)")
    vague = Effect(Estimate(-5.0, -12.0, 2.0), False, 3397.0, 90, 100)
    assert in_cell_and_words(vague) == ("≈ −5 (−12 to +2)", "no difference that can be told (−12 to +2 left behind)")
    same = Effect(Estimate(0.0, 0.0, 0.0), False, 3397.0, 0, 100)
    assert in_cell_and_words(same) == ("none in any replication", "nobody more or fewer left behind in any of 100 replications")


def in_cell_and_words(one: Effect) -> tuple[str, str]:
    return in_a_cell(one), in_words(one, of=False)
