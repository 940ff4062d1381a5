"""Pictures that are kept: never drawn twice from the same, never shown where they are not what would be drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.present import plots
from sim.present.pictures import Pictures
from sim.studies import kept_pictures as drawn
from sim.studies.kept_pictures import RECORD, up_to_date

TWO = ("a", "b")
Again = Callable[..., list[str]]


@pytest.fixture
def again(tmp_path: Path) -> Again:
    """Asks for two pictures that show *shows*, and says which were drawn; all of them are there afterwards."""

    def asked(shows: str = "x", svg: bool = False, always: bool = False) -> list[str]:
        pictures, done = Pictures(tmp_path, svg), []

        def draw() -> None:
            for name in TWO:
                done.append(name)
                for kind in pictures.kinds:
                    pictures.made.append(tmp_path / f"{name}.{kind}")
                    pictures.made[-1].write_text(f"{name} {kind} {shows}")

        up_to_date(pictures, shows, draw, again=always)
        assert {f"{name}.{kind}" for name in TWO for kind in pictures.kinds} <= {path.name for path in pictures.made}
        assert all(path.read_text() == f"{path.stem} {path.suffix[1:]} {shows}" for path in pictures.made)
        return done

    return asked


def test_the_same_is_drawn_once(again: Again) -> None:
    assert again() == [*TWO]
    assert again() == []
    assert again(always=True) == [*TWO]


def test_another_answer_is_drawn(again: Again) -> None:
    again()
    assert again("y") == [*TWO]
    assert again("y") == []
    assert again("x") == [*TWO]


def test_another_kind_is_drawn_and_one_more_than_asked_for_stays(again: Again) -> None:
    again()
    assert again(svg=True) == [*TWO]
    assert again(svg=True) == []
    assert again() == []


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("another")], ids=["gone", "altered"])
@pytest.mark.parametrize("name", ["a.png", RECORD])
def test_what_is_damaged_is_drawn(again: Again, tmp_path: Path, name: str, damage: Callable[[Path], object]) -> None:
    again()
    damage(tmp_path / name)
    assert again() == [*TWO]
    assert again() == []


@pytest.mark.parametrize("files", ["[]", "{}", "null", '{"a.png": 3}', '{"b": "', ""])
def test_a_record_that_says_something_else_is_none(again: Again, tmp_path: Path, files: str) -> None:
    again()
    of = json.loads((tmp_path / RECORD).read_text())["of"]
    (tmp_path / RECORD).write_text(f'{{"of": "{of}", "files": {files}}}' if files else "")
    assert again() == [*TWO]


def test_other_code_or_another_package_draws_again(again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    again()
    monkeypatch.setattr(drawn, "source_digest", lambda rooms: f"other code of {rooms}")
    assert again() == [*TWO]
    monkeypatch.setattr(drawn, "packaged", lambda name: "99")
    assert again() == [*TWO]


def test_a_drawing_that_failed_half_way_is_not_taken_for_done(again: Again, tmp_path: Path) -> None:
    again()
    pictures = Pictures(tmp_path)

    def draw() -> None:
        (tmp_path / "a.png").write_text("a png y")
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        up_to_date(pictures, "y", draw)
    assert again() == [*TWO]


def test_a_stored_run_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time nothing is drawn; with other replications, or a table that was altered, everything is."""
    count: list[str] = []
    draw = plots.draw_run
    monkeypatch.setattr(plots, "draw_run", lambda result, into, *more: (count.append(result.name), draw(result, into, *more)))
    asked = {"jobs": 1, "out": tmp_path}
    first = sim.run("evacsim:minimal", n=3, **asked)
    pictures = [path.read_bytes() for path in first.plots]
    second = sim.run("evacsim:minimal", n=3, **asked)
    assert (second.plots, len(count)) == (first.plots, 1)
    assert [path.read_bytes() for path in second.plots] == pictures
    more = sim.run("evacsim:minimal", n=4, **asked)
    assert len(count) == 2
    assert [path.read_bytes() for path in more.plots] != pictures
    sim.run("evacsim:minimal", n=4, svg=True, **asked)
    assert len(count) == 3
    assert len(list(more.result.folder.glob("*.svg"))) == 4


def test_a_result_is_told_by_all_that_is_drawn_of_it(tmp_path: Path) -> None:
    one = sim.run("evacsim:minimal", n=3, jobs=1, out=tmp_path, plots=False).result
    digest = one.digest()
    assert sim.open_result(one.folder).digest() == digest
    changes = {"title": "Another", "n": 2, "seed": 2, "failed": [(0, "simulate", "x")], "scenario_text": "a: 1\n"}
    for name, value in changes.items():
        other = sim.open_result(one.folder)
        setattr(other, name, value)
        assert other.digest() != digest, name
    table = one.folder / "timeline.parquet"
    table.write_bytes(table.read_bytes()[:-1])
    assert one.digest() != digest
