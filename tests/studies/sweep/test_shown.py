"""Pictures and table of a sweep: the kind that suits the design, whatever the values; what is left out is said."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from rich.console import Console

from sim.analysis.measure import Measure, Samples, parse
from sim.present.style import styled
from sim.studies.axis import Axis
from sim.studies.design.points import Design, DesignFactor, sampled
from sim.studies.sweep import plot as plot_sweep
from sim.studies.sweep.found import FoundSweep
from sim.studies.sweep.groups import geometric
from sim.studies.sweep.heat import heat_figure
from sim.studies.sweep.pictures import pictures
from sim.studies.sweep.plot import draw_sweep
from sim.studies.sweep.points import Readings, View, view_of
from sim.studies.sweep.table import sweep_table
from tests.present.crowding import assert_readable
from tests.present.drawing import made

MEASURES = [parse(f"total.{name}", []) for name in ("p50", "left_behind")]
A = Axis.of("airport.gates.main.lanes", ("1", "2", "4", "8"), "count")
B = Axis.of("road.drive", ("30 min", "1 h", "90 min"), "time")
C = Axis.of("clock.horizon", ("5 d", "10 d"), "time")
NAMES = Axis.of("security.phases.0.provider", ("turkish", "none", "coalition"))
FOUND = FoundSweep("[/red] $x_2$", "", "", (), "grid", (), (), 0, 0, 60, 1, failed=0, failures=(), final=True)


def view(design: Design, scenarios: tuple[str, ...] = ("one",), kind: str = "usual") -> View:
    rng = np.random.default_rng(1)
    cells = []
    for k in range(len(design)):
        value = {"usual": 50 + 10 * rng.random(), "never": math.inf, "none": None, "zero": 0.0}[
            kind if k % 3 or kind != "usual" else "never"
        ]
        late = "stranded" if value == math.inf else None
        low, high = (None, None) if k % 5 == 0 or value is None else (value if value != math.inf else 40.0, math.inf)
        share = None if value is None else 0.5
        rows = [[value, low, high, 60, late, None, 0], [share, share, share, 60, None, None, 0]]
        cells.append((k, [[None, None, None, None, None, "x", None]] * 2 if k == 1 and kind == "usual" else rows))
    which = [design[k][0] if len(scenarios) > 1 else 0 for k in range(len(design))]
    return view_of(design, scenarios, which, MEASURES, cells, 60, 1, 720.0)


def grid(*axes: Axis, scenarios: int = 1) -> Design:
    chosen = (Axis("scenario", tuple("abcdefghijkl"[:scenarios]), chooses=True),) if scenarios > 1 else ()
    return Design("grid", (*chosen, *axes))


FACTORS = [DesignFactor(f"p{k}.x", 1, 9) for k in range(11)]
EACH = [f"sweep-{m.text}.png" for m in MEASURES]
CASES = [
    (grid(A), 1, ["sweep.png"]),
    (grid(A, scenarios=3), 3, ["sweep.png"]),
    (grid(A, scenarios=11), 11, EACH),
    (grid(A, NAMES), 1, ["sweep.png"]),
    (grid(NAMES), 1, ["sweep.png"]),
    (grid(NAMES, scenarios=4), 4, ["sweep.png"]),
    (grid(A, B), 1, EACH),
    (grid(A, B, NAMES, scenarios=4), 4, EACH),
    (grid(A, B, C), 1, EACH),
    (grid(A, B, C, Axis.of("x.y", ("1", "2"))), 1, EACH),
    (sampled("latin", FACTORS, 40, 1), 1, EACH),
    (Design("points", (A, NAMES), ((0, -1), (1, 2), (-1, -1))), 1, EACH),
    (grid(Axis.of("a.b", ("3",))), 1, ["sweep.png"]),
]


@pytest.mark.first(5)
@pytest.mark.parametrize(("design", "scenarios", "names"), CASES)
def test_the_picture_that_suits_the_design(design: Design, scenarios: int, names: list[str], tmp_path: Path) -> None:
    files = made(tmp_path, draw_sweep, view(design, tuple(f"scenario-{k}" for k in range(scenarios))), "A sentence.")
    assert sorted(p.name for p in files) == sorted(names)
    assert sorted(files) == sorted(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["never", "zero"])
@pytest.mark.parametrize("design", [grid(A), grid(A, B), grid(NAMES)], ids=["lines", "heat", "dots"])
def test_extremes(design: Design, kind: str, tmp_path: Path) -> None:
    assert made(tmp_path, draw_sweep, view(design, kind=kind), "[/red] $x_2$ \\frac{")


def test_no_answer_draws_nothing(tmp_path: Path) -> None:
    assert made(tmp_path, draw_sweep, view(grid(A), kind="none"), "No answer.") == []


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    for design, scenarios, said in (
        (grid(A, scenarios=11), 11, "2 more panels would follow"),
        (sampled("latin", FACTORS, 40, 1), 1, "2 more parameters are in the table alone"),
        (grid(NAMES, Axis.of("n.m", tuple("abcdefghijklmnop"))), 1, "8 more points are in the table alone"),
    ):
        told: list[str] = []

        def note(figure: object, name: object, under: str, told: list[str] = told) -> None:
            told.append(under)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("sim.studies.sweep.lines.heading", note)
            patched.setattr("sim.studies.sweep.heat.heading", note)
            patched.setattr("sim.present.style.save", lambda figure, paths: [])
            made(tmp_path, plot_sweep.draw_sweep, view(design, tuple(f"s{k}" for k in range(scenarios))), "x")
        assert said in told[0]


def test_a_third_axis_cuts_a_heat_map_into_panels() -> None:
    """Each panel has all of the other two at one value of the third; axes of names cut it before."""
    v = view(grid(A, B, C))
    one = pictures(v, "")[0]
    assert [group.label.rpartition(" = ")[2] for group in one.groups] == ["5 d", "10 d"]
    assert list(one.axes) == [A, B]
    for k, group in enumerate(one.groups):
        assert set(v.places(C)[group.points]) == {k}
        cells = {(int(a), int(b)) for a, b in zip(v.places(A)[group.points], v.places(B)[group.points], strict=True)}
        assert len(group.points) == len(cells) == 12
    named = pictures(view(grid(A, B, C, NAMES)), "")[0]
    assert len(named.groups) == 6
    assert all(len(group.points) == 12 for group in named.groups)
    whose = [f"who secures the airport (phase 1) = {name}" for name in NAMES.values]
    assert [group.label for group in named.groups] == [f"{w}, length of the simulation = {d} d" for w in whose for d in (5, 10)]


def test_twice_the_same_bytes(tmp_path: Path) -> None:
    first = {p.name: p.read_bytes() for p in made(tmp_path, draw_sweep, view(grid(A, B)), "x")}
    assert first == {p.name: p.read_bytes() for p in made(tmp_path, draw_sweep, view(grid(A, B)), "x")}


def shown(v: View, width: int) -> str:
    console = Console(width=width, record=True, file=open("/dev/null", "w"), markup=False)  # noqa: SIM115
    console.print(sweep_table(v, FOUND, width))
    return console.export_text()


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("design", [grid(A), grid(A, B, scenarios=4), grid(NAMES)], ids=["1", "3", "names"])
def test_the_table_fits_and_says_what_it_leaves_out(design: Design, width: int) -> None:
    v = view(design, tuple(f"provider-{k}" for k in range(4)) if design.axes[0].chooses else ("one",))
    text = shown(v, width)
    assert max(map(len, text.splitlines())) <= width
    assert "[/red] $x_2$" in text
    assert "failed" in text
    assert ("28 more points" in text) == (len(design) == 48)
    assert ("never" in text) == (len(v.sheets) > 0)
    assert "The same random numbers at every point." in text


def test_a_mission_that_a_scenario_has_not_leaves_the_other_columns() -> None:
    """Of the second scenario one measure is missing, with its reason below; nothing of it failed."""
    v = view(grid(A, scenarios=2), ("one", "two"))
    theirs = frozenset(np.flatnonzero(v.scenario == 1).tolist())
    missing = np.isin(np.arange(len(v.design)), list(theirs))
    north = Measure("north", v.sheets[0].measure.kind)
    gone = replace(v.sheets[0], measure=north, value=np.where(missing, np.nan, v.sheets[0].value), absent=theirs)
    text = shown(replace(v, sheets=(v.sheets[0], gone), errors={}), 160)
    assert "–: there is no mission north in two." in text
    assert "failed" not in text
    rows = [line for line in text.splitlines() if " two " in line]
    assert len(rows) == len(theirs)
    assert all("–" in line for line in rows)


def test_numbers_that_multiply() -> None:
    assert geometric([1, 2, 4, 8])
    assert geometric([0.1, 1, 10, 100])
    assert not geometric([1, 2, 3, 4, 5, 6, 7, 8])
    assert not geometric([0, 1, 10])
    assert not geometric([1, 9])


def heat(width: float) -> tuple[list[str], int]:
    """Texts and number of axes of a heat map from 4.44 to 4.54 d, each cell with an interval of *width* hours either way."""
    design = grid(A, B)
    values = np.linspace(4.44 * 24, 4.54 * 24, len(design))
    cells = [(k, [[x, x - width, x + width, 60, None, None, 0]]) for k, x in enumerate(values.tolist())]
    v = view_of(design, ("one",), [0] * len(design), MEASURES[:1], cells, 60, 1, 720.0)
    with styled():
        (one,) = pictures(v, "It lies.")
        figure = heat_figure(v, one)
    return [t.get_text() for t in figure.findobj(Text)], len(figure.axes)


def test_noise_has_one_colour_and_enough_digits() -> None:
    texts, axes = heat(5.0)
    assert axes == 1  # no scale of colours
    assert "can't be told apart" in " ".join(" ".join(texts).split())
    assert {"4.44", "4.54"} <= set(texts)
    texts, axes = heat(0.5)
    assert axes == 2
    assert "can't be told apart" not in " ".join(texts)


def paired(gap: float) -> tuple[View, dict[int, Readings]]:
    """People left behind over twelve cells, wide apart between replications, of which the first three are *gap* better."""
    design, noise = grid(A, B), np.random.default_rng(1).normal(500, 200, 40)
    kept, cells = {}, []
    for k in range(len(design)):
        values = noise + (0 if k < 3 else gap) + np.random.default_rng(k).normal(0, 1, 40)
        kept[k] = {MEASURES[1].text: Samples(np.arange(40), np.arange(40), values, 5000.0)}
        mean = float(values.mean())
        cells.append((k, [[mean, mean - 62, mean + 62, 40, None, None, 0]]))
    return view_of(design, ("one",), [0] * len(design), MEASURES[1:], cells, 40, 1, 720.0), kept


def test_cells_are_told_apart_by_pairs_and_those_like_the_best_have_rings() -> None:
    """Each interval is 124 wide, yet all pairs differ by 50: the unpaired intervals would leave one grey."""
    for gap, rings, bars in ((50.0, 3, 2), (0.0, 0, 1)):
        v, kept = paired(gap)
        with styled():
            (one,) = pictures(v, "", kept)
            figure = heat_figure(v, one)
        title = " ".join(figure.texts[0].get_text().split())
        assert ("2 other cells of 11 can't be told from it" in title) == bool(rings)
        assert ("the cells can't be told apart" in title) == (not rings)
        outlines = [p for p in figure.axes[0].patches if not p.get_fill()]
        assert len(outlines) == 2 * rings
        assert len(figure.axes) == bars
        assert ("Ring: the best as seen" in " ".join(figure.texts[1].get_text().split())) == bool(rings)
        assert_readable(figure)


@pytest.mark.parametrize("width", [80, 160])
def test_a_column_for_those_never_ordered_out_where_there_are_some(width: int) -> None:
    rows = [[1.0, 0.9, 1.0, 60, None, None, 380.0 * (k > 1)] for k in range(4)]
    v = view_of(grid(A), ("one",), [0] * 4, MEASURES[1:], [(k, [cells]) for k, cells in enumerate(rows)], 60, 1, 720.0)
    out = io.StringIO()
    Console(file=out, width=width).print(sweep_table(v, FOUND, width))
    text = out.getvalue()
    assert "ordered" in "".join(text.splitlines()[2:5])
    assert text.count(" 380") == 2
    assert "Never ordered: people whom nobody ordered out" in " ".join(text.split())
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
