"""Tables and pictures of a calibration, of summaries made by hand."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from rich.console import Console

from sim.analysis.calibration import Ensemble, targets
from sim.analysis.observations import Observation, Observations
from sim.analysis.sets import Sets
from sim.present.pictures import Pictures
from sim.scenario import loads
from sim.scenario.inputs import inputs_of
from sim.studies.calibrate.answer import Calibration, sets_table
from sim.studies.calibrate.found import FoundCalibration, calibration_json
from sim.studies.calibrate.learning import Calibrated, calibrated
from sim.studies.calibrate.plot import draw, inputs_figure, learnt_figure, windows_figure
from sim.studies.calibrate.query import CalibrateQuery
from sim.studies.calibrate.summary import direction, learnt_text, summarised
from sim.studies.calibrate.table import shown

TEXT = """
title: A town
road: {delay: {value: 1 h, low: 30 min, high: 2 h}, checkpoints: {value: 3, low: 1, high: 9}}
airport: {search: {per_person: {value: 60 s/person, low: 30 s/person, high: 10 min/person}}}
missions: {a: {order: {at: 1 h}, cohorts: {core: 2}}}
"""
DAY = datetime(2021, 9, 13)


def rows() -> tuple[Observation, ...]:
    made = []
    for day, measure, value in ((0, "people", 300.0), (0, "flights", 6.0), (1, "people", 320.0), (2, "pause", 0.0)):
        start = DAY + timedelta(days=day)
        made.append(
            Observation(1, f"day-{day}", start, start + timedelta(days=1), measure, (), "", value, None, None, "calibration")
        )
    return tuple(made)


def study(leave_out: bool = True, spread: float = 1.0) -> tuple[FoundCalibration, Calibrated]:
    """120 sets of one replication; the search decides people and flights, nothing else does anything."""
    loaded = loads(TEXT, "town.yaml")
    inputs = inputs_of(loaded.scenario)
    assert inputs is not None
    rng = np.random.default_rng(4)
    positions = rng.random((120, 3))
    people = 600 * np.exp(-spread * 1.5 * positions[:, 0])
    values = np.column_stack((people, people / 50, people * 1.05, rng.random(120)))
    observed = targets(rows(), 0.25)
    found = calibrated(
        rows(), observed, Ensemble(observed.scaled(values), Sets.of(np.arange(120))), inputs.factors, positions,
        np.arange(120) // 25, leave_out,
    )  # fmt: skip
    query = CalibrateQuery.of("town.yaml", "seen.csv", sets="sets.csv", per_set=1, n=120)
    return summarised(found, Observations("seen.csv", "0" * 12, rows()), loaded, query, 0), found


def text(summary: FoundCalibration, width: int) -> str:
    console = Console(width=width, record=True, file=io.StringIO())
    for part in shown(Calibration(calibration_json(summary), Path("results/calibrate/x"), found=summary), width):
        console.print(part)
    return console.export_text()


@pytest.mark.parametrize("width", [80, 140])
def test_nothing_is_cut_at_either_width(width: int) -> None:
    told = text(study()[0], width)
    assert "…" not in told.partition("Bands:")[0].replace("…rport.search.per_person", "")
    words = ("day-1", "Left out", "What was learnt", "30 s/person", "10 min/person", "Nothing learnt about 2")
    for word in words:
        assert word in told.replace("\n", " ")


def test_the_table_counts_what_the_summary_counts() -> None:
    summary, _ = study()
    lines = [line for line in text(summary, 140).splitlines() if line.startswith("day-")]
    assert len(lines) == 4
    assert [" no" in line for line in lines] == [
        not (row.posterior.inside and out.inside)
        for row, out in zip(summary.windows, summary.leave_out.windows, strict=True)  # type: ignore[union-attr]
    ]


def test_the_sentence() -> None:
    summary, found = study()
    line = summary.headline
    assert line.startswith(
        f"A town: {int(found.agree.sum())} of 120 sets of inputs agree with the 4 observed numbers; weighted, "
    )
    assert "Learnt about 1 of 3 inputs: search time" in line
    assert "about the other 2 nothing that chance would not show." in line
    assert line.endswith("Sets for --inputs: sets.csv.")
    nothing = [replace(row, learnt=False) for row in summary.inputs]
    assert learnt_text(nothing) == "Nothing is learnt about any of the 3 inputs that chance would not show."


@pytest.mark.parametrize(("middle", "word"), [(0.1, "lower"), (0.5, "nearer the middle"), (0.9, "higher")])
def test_direction(middle: float, word: str) -> None:
    assert direction(middle) == word


def test_the_table_of_sets() -> None:
    _, found = study()
    table = sets_table(found)
    some = int((found.weighted.weights > 0).sum())
    assert table.columns == ["set", "factor", "position", "weight"]
    assert table.height == 3 * some
    assert table.filter(factor="road.delay")["weight"].sum() == pytest.approx(1)
    first = table.filter(set=table["set"][0])
    assert first["position"].to_list() == pytest.approx(found.positions[table["set"][0]].tolist(), abs=5.1e-5)


def test_pictures(tmp_path: Path) -> None:
    summary, found = study()
    into = Pictures(tmp_path)
    draw(summary, found, into)
    assert [path.name for path in into.made] == ["inputs.png", "learnt.png", "windows.png"]
    figure = learnt_figure(summary, found)
    (axis,) = [axis for axis in figure.axes if axis.get_visible()]
    assert sum(bar.get_height() for bar in axis.patches) == pytest.approx(1)  # type: ignore[attr-defined]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["30 s/person", "10 min/person"]
    names = [label.get_text() for label in windows_figure(summary).axes[0].get_yticklabels()]
    assert names == ["day-0: 300 people", "day-0: 6 flights", "day-1: 320 people", "day-2: 0 h, longest pause"]


def test_the_picture_of_all_inputs_tells_learnt_ones_apart() -> None:
    """A bar of the middle 90 % for each input, on its whole range; the title counts, and says so where nothing was learnt."""
    summary, _ = study()
    (axis,) = inputs_figure(summary).axes
    learnt, *others = [patch for patch in axis.patches if patch.get_height() > 0.2]  # type: ignore[attr-defined]
    row = summary.inputs[0]
    assert (learnt.get_x(), learnt.get_width()) == pytest.approx((row.position.low, row.position.high - row.position.low))
    assert learnt.get_facecolor() != others[0].get_facecolor() == others[1].get_facecolor()
    assert "30 s/person" in [text.get_text() for text in axis.texts]
    nothing, _ = study(spread=0.0)
    figure = inputs_figure(nothing)
    assert "nothing learnt about any single one of 3 inputs" in " ".join(
        text.get_text() for text in figure.findobj(Text)
    ).replace("\n", " ")


def test_a_picture_of_nothing_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "learnt.png").write_bytes(b"of an earlier answer")
    summary, found = study(spread=0.0)
    draw(summary, found, Pictures(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inputs.png", "windows.png"]
