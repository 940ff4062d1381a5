"""Table and picture of a validation: nothing cut at 80 and 160 columns, nothing taken for markup, drawn whatever was compared."""

import io

import pytest
from matplotlib.text import Text
from rich.console import Console

from sim.analysis.observations import Observations, load_observations
from sim.present.style import styled
from sim.studies.validate import plot as plot_validate
from sim.studies.validate.compared import validate
from sim.studies.validate.plot import draw_validation, validation_figure
from sim.studies.validate.table import validation_table
from tests.analysis.airlift import airlift, kabul
from tests.analysis.test_windows import seen
from tests.present.crowding import assert_readable
from tests.present.drawing import made
from tests.studies.validate.test_compared import runs


def shown(found, width=80):
    out = io.StringIO()
    Console(file=out, width=width, markup=False, emoji=False, highlight=False).print(validation_table(found, width))
    return out.getvalue()


def flat(text):
    return " ".join(text.split())


def against(*rows, n=20, fake=None):
    fake = fake or airlift(runs(n))
    return fake, validate(fake, Observations("obs.csv", "0123456789ab", rows))


@pytest.fixture(scope="module")
def whole():
    fake = kabul(20)
    return fake, validate(fake, load_observations("evacsim:observations/kabul-2021.csv"))


@pytest.mark.parametrize("width", [80, 160])
def test_nothing_is_cut_or_too_wide(whole, width):
    text = shown(whole[1], width)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    assert "…" not in text
    for row in whole[1].rows:
        assert any(line.startswith(row.seen.window) for line in text.splitlines())


def test_a_row_and_a_total():
    _, found = against(seen("people", 0, 1, value=4, low=3, high=25), n=19)
    line = next(x for x in shown(found, 160).splitlines() if x.startswith("W "))
    assert line.split() == ["W", "14", "Aug", "07:00", "1", "check", "4", "3–25", "10", "5–15", "1–19", "2.50", "90", "%", "yes"]
    said = "People out in 1 check window: 4 observed, 10 simulated (90 % band of the sum 1–19): 2.5 times what was observed."
    assert said in flat(shown(found))


@pytest.mark.parametrize(
    ("value", "low", "high", "said"),
    [(10, None, None, "50 %"), (4, None, None, "90 %"), (0, None, None, "no"), (30, 15, 30, "range")],
)
def test_the_narrowest_band(value, low, high, said):
    _, found = against(seen("people", 0, 1, value=value, low=low, high=high), n=19)
    assert next(x for x in shown(found).splitlines() if x.startswith("W ")).rstrip().endswith(f" {said}")


def test_long_names_give_way():
    _, found = against(seen("people", 0, 1, window="a" * 40))
    text = shown(found)
    assert max(map(len, text.splitlines())) <= 80
    assert "aaaaa…" in text


def test_texts_are_not_markup():
    fake = airlift(runs(20), title="[/red] [bold]x[/bold] :smile: $x_2$")
    _, found = against(seen("people", 0, 1), fake=fake)
    assert "[/red] [bold]x[/bold] :smile: $x_2$" in shown(found)


def test_what_is_missing_is_said():
    _, found = against(seen("people", 0, 1, value=4), seen("people", -5, -1, window="early"), n=12)
    text = flat(shown(found))
    assert "Warning: a 90 % band needs 19 replications, there are 12: none is given." in text
    assert "Warning: outside the scenario's clock, not compared: early." in text
    _, nothing = against(seen("people", -5, -1))
    assert "outside the scenario's clock" in flat(shown(nothing))
    _, failed = against(seen("people", 0, 1), fake=airlift(runs(20), failed=[(20, "simulate", "x")]))
    assert "NOT FINAL: 1 of 21 replications failed" in shown(failed)


def test_files_and_twice_the_same_bytes(tmp_path):
    fake, found = against(seen("people", 0, 1, value=99), seen("load", 0, 1, use="calibration"))
    files = made(tmp_path, draw_validation, fake, found, "validation-x", svg=True)
    assert [path.name for path in files] == ["validation-x.png", "validation-x.svg"]
    first = [path.read_bytes() for path in files]
    assert first[0][:4] == b"\x89PNG"
    assert [path.read_bytes() for path in made(tmp_path, draw_validation, fake, found, "validation-x", svg=True)] == first


@pytest.mark.parametrize(
    "rows",
    [
        [seen("people", 0, 1)],
        [seen("people", 0, 1, value=0)],
        [seen("load", 0, 1, use="blind", high=9)],
        [seen("pause", 0, 90)],
        [seen("stock", None, 0, place="inside")],
        [seen("stock", 3, 3, place="inside")],
        [seen("people", 0, 17 * 24)],
        [seen("people", 0, 1, window=f"W{k}") for k in range(40)],
        [seen("people", 0, 1, ("a",) * (k % 2), window=f"W{k}") for k in range(6)]
        + [seen("flights", k, k + 1) for k in range(3)],
    ],
    ids=["one", "zero", "load", "pause", "first", "instant", "whole clock", "crowded", "several"],
)
def test_extremes(rows, tmp_path):
    fake, found = against(*rows)
    assert len(made(tmp_path, draw_validation, fake, found, "v")) == 1


@pytest.mark.first(2)
@pytest.mark.parametrize("many", [1, 2, 4, 9])
def test_it_can_be_read_and_rings_what_is_outside(whole, many):
    """Many windows of one day, of so many series, most outside of their bands; and the file of August 2021."""
    rows = [
        seen("people", 0.2 * k, 0.2 * k + 1, ("a",) * (s % 2) + ("b",) * (s // 2), value=99, window=f"LONG-NAME-{k}")
        for k in range(9)
        for s in range(many)
    ]
    fake, found = against(*rows)
    with styled():
        figures = [validation_figure(fake, found), validation_figure(*whole)]
    for figure, one in zip(figures, (found, whole[1]), strict=True):
        assert_readable(figure)
        assert len(figure.axes) <= 4
        rings = [line for axis in figure.axes for line in axis.lines if line.get_markersize() == 13]
        outside = [row for row in one.used("") if row.inside(0.9) is False]
        assert bool(rings) == bool(outside)
        assert len(rings) == len(outside) or len({row.seen.series for row in one.used("")}) > 4


def test_one_replication_and_a_title_that_is_literal(tmp_path):
    fake = airlift(runs(1), title="$x_2$ \\frac{ [/red]")
    fake, found = against(seen("people", 0, 1, window="a_2"), seen("stock", None, 1, place="inside", window="b_2"), fake=fake)
    assert len(made(tmp_path, draw_validation, fake, found, "v")) == 1


def test_nothing_compared_draws_nothing(tmp_path):
    fake, found = against(seen("people", -2, -1))
    assert made(tmp_path, draw_validation, fake, found, "v") == []


def test_more_series_than_panels(tmp_path, monkeypatch):
    monkeypatch.setattr(plot_validate, "MOST", 2)
    fake, found = against(seen("people", 0, 1), seen("flights", 0, 1), seen("load", 0, 1), seen("load", 1, 2, window="V"))
    figure = plot_validate.validation_figure(fake, found)
    titles = [axis.get_title(loc) for axis in figure.axes for loc in ("left", "center")]
    assert "People per flight, all" in titles
    assert "Flights out, all" not in titles
    assert any("1 more series are only in the table" in text.get_text().replace("\n", " ") for text in figure.texts)


@pytest.mark.parametrize(("n", "half", "most"), [(2, False, False), (12, True, False), (19, True, True)])
def test_no_word_of_bands_that_are_not_there(n, half, most):
    fake, found = against(seen("people", 0, 1, value=4), n=n)
    with styled():
        texts = " ".join(t.get_text() for t in validation_figure(fake, found).findobj(Text) if t.get_text() not in ("", None))
    legend = texts.replace("too few replications for 90 % bands", "")
    assert ("50 % band" in legend) == half
    assert ("90 %" in legend) == most
    assert ("A band of 90 % would" in flat(shown(found))) == most
