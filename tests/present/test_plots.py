"""Pictures: the files are made, whole and deterministic, whatever the results look like; text is literal."""

from math import inf

import matplotlib as mpl
import pytest

from sim.analysis import summarise
from sim.present import plots, style
from sim.present.pictures import Pictures
from tests.analysis.synthetic import campaign, result, row
from tests.present.drawing import made


@pytest.fixture(scope="module")
def pair():
    return [campaign("none-collapse", n=6, missions=3, loss=(60, 0.5)), campaign("turkish-collapse", n=6, missions=3)]


def test_a_run_has_four_pictures(pair, tmp_path):
    files = made(tmp_path, plots.draw_run, pair[0])
    assert [p.name for p in files] == [f"{name}.png" for name in plots.NAMES]
    assert sorted(files) == sorted(tmp_path.iterdir())
    assert all(p.read_bytes()[:4] == b"\x89PNG" for p in files)


@pytest.mark.costly
def test_svg_where_it_is_asked_for(pair, tmp_path):
    files = made(tmp_path, plots.draw_run, pair[0], svg=True)
    assert sorted(p.name for p in files) == sorted(f"{n}.{k}" for n in plots.NAMES for k in ("png", "svg"))
    pixels = [p.read_bytes() for p in files if p.suffix == ".png"]
    again = made(tmp_path, plots.draw_run, pair[0])
    assert [p.read_bytes() for p in again] == pixels
    assert sorted(again) == sorted(tmp_path.iterdir()), "an SVG that need not show the same any more is gone"


@pytest.fixture(scope="module")
def compared(pair, tmp_path_factory):
    """The pictures of a comparison, by name."""
    return {p.name: p.read_bytes() for p in made(tmp_path_factory.mktemp("compared"), plots.draw_compare, pair, svg=True)}


@pytest.mark.costly
def test_a_comparison_too_and_twice_the_same_bytes(pair, compared, tmp_path):
    assert set(compared) == {f"compare-{n}.{k}" for n in plots.NAMES for k in ("png", "svg")}
    assert {p.name: p.read_bytes() for p in made(tmp_path, plots.draw_compare, pair, svg=True)} == compared
    assert b"<dc:date>" not in compared["compare-out.svg"]


@pytest.mark.costly
def test_numbers_that_are_known_are_not_worked_out_again(pair, compared, tmp_path, monkeypatch):
    known = [summarise(result, by="cohort") for result in pair]
    monkeypatch.setattr(plots, "summarise", None)
    pictures = Pictures(tmp_path)
    plots.draw_compare(pair, pictures, known)
    assert {p.name: p.read_bytes() for p in pictures.made} == {n: b for n, b in compared.items() if n.endswith(".png")}


@pytest.mark.costly
def test_a_matrix_of_scenarios(tmp_path):
    some = [campaign(f"{p}-{t}", n=4, missions=3) for p in ("turkish", "none") for t in ("holding", "collapse")]
    assert len(made(tmp_path, plots.draw_compare, [*some, campaign("turkish-advancing", n=4, missions=3)])) == 4


EXTREMES = {
    "one": [row()],
    "never": [row(t100=inf, stranded=10)] * 3,
    "staying": [row(staff=5, staying=5, ordered=inf, t100=0.0)] * 3,
    "nobody": [row(staff=0, ordered=inf, t100=0.0)] * 2,
    "not ordered": [row(ordered=inf, t100=inf, stranded=10)] * 3,
    "at once": [row(t100=0.01)] * 3,
}


@pytest.mark.first(3)
@pytest.mark.parametrize("rows", EXTREMES.values(), ids=EXTREMES)
def test_extremes(rows, tmp_path):
    assert len(made(tmp_path, plots.draw_run, result({"a": rows}))) == 4


def test_extremes_beside_each_other(tmp_path):
    """Nobody, who never gets out, and who is out at once."""
    extremes = [result({"a": EXTREMES[name]}) for name in ("nobody", "never", "at once")]
    assert len(made(tmp_path, plots.draw_compare, extremes)) == 4


@pytest.mark.slow
@pytest.mark.parametrize("rows", EXTREMES.values(), ids=EXTREMES)
def test_extremes_beside_themselves(rows, tmp_path):
    assert len(made(tmp_path, plots.draw_compare, [result({"a": rows})] * 2)) == 4


def test_nothing_completed_draws_nothing(tmp_path):
    assert made(tmp_path, plots.draw_run, result({"a": [row()]}, failed=[(0, "simulate", "x")])) == []


@pytest.mark.parametrize("title", ["$x_2$ \\frac{", "[/red] <script> $", "百 " * 200])
def test_titles_are_literal(title, tmp_path):
    assert made(tmp_path, plots.draw_run, result({"a": [row()] * 3}, title=title))


@pytest.mark.costly
def test_nobody_elses_settings(pair, tmp_path):
    with mpl.rc_context({"text.usetex": False, "font.size": 33}):
        before = {p.name: p.read_bytes() for p in made(tmp_path, plots.draw_run, pair[0])}
        assert mpl.rcParams["font.size"] == 33
    assert before == {p.name: p.read_bytes() for p in made(tmp_path, plots.draw_run, pair[0])}


def test_names_of_scenarios_are_told_apart(pair):
    assert plots.labels([pair[0], pair[0]]) == ["none-collapse", "none-collapse (2)"]


def test_wrap():
    assert style.wrap("aa bb cc", 5) == ["aa bb", "cc"]
    assert style.wrap(f"a {'x' * 12} b", 5) == ["a", "xxxxx", "xxxxx", "xx b"]
    whole = "word " * 40 + "end"
    assert " ".join(style.wrap(whole, 20)) == whole  # nothing is cut
    assert len(style.wrap("word " * 400, 20)) == style.LINES  # but what nobody would write


def test_colours_are_told_apart():
    assert len(set(style.SERIES)) == len(style.SERIES) == len(style.DASHES)
