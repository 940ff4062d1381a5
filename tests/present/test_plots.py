"""Pictures: the files are made, whole and deterministic, whatever the results look like; text is literal."""

from math import inf

import matplotlib as mpl
import pytest

from sim.present import plots, style
from tests.analysis.synthetic import campaign, result, row


@pytest.fixture(scope="module")
def pair():
    return [campaign("none-collapse", n=8, missions=5, loss=(60, 0.5)), campaign("turkish-collapse", n=8, missions=5)]


def test_a_run_has_four_pictures_in_two_formats(pair, tmp_path):
    """Each is whole, and has the same bytes again, with nobody else's settings."""
    with mpl.rc_context({"text.usetex": False, "font.size": 33}):
        made = plots.draw_run([pair[0]], tmp_path)
        assert mpl.rcParams["font.size"] == 33
    assert sorted(p.name for p in made) == sorted(f"{n}.{k}" for n in plots.NAMES for k in ("png", "svg"))
    assert sorted(made) == sorted(tmp_path.iterdir())
    assert all(p.read_bytes()[:4] == b"\x89PNG" for p in made if p.suffix == ".png")
    first = {p.name: p.read_bytes() for p in made}
    assert first == {p.name: p.read_bytes() for p in plots.draw_run([pair[0]], tmp_path)}


@pytest.mark.parametrize("times", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_comparison_too(pair, tmp_path, times):
    made = [{p.name: p.read_bytes() for p in plots.draw_compare(pair, tmp_path)} for _ in range(times)]
    assert set(made[0]) == {f"compare-{n}.{k}" for n in plots.NAMES for k in ("png", "svg")}
    assert made[0] == made[-1]
    assert b"<dc:date>" not in made[0]["compare-out.svg"]


@pytest.mark.usefixtures("pictures")
def test_a_matrix_of_scenarios(tmp_path):
    made = [campaign(f"{p}-{t}", n=4, missions=3) for p in ("turkish", "none") for t in ("holding", "collapse")]
    assert len(plots.draw_compare([*made, campaign("turkish-advancing", n=4, missions=3)], tmp_path)) == 8


@pytest.mark.usefixtures("pictures")
@pytest.mark.parametrize(
    "rows",
    [
        [row()],
        [row(t100=inf, stranded=10)] * 3,
        [row(staff=5, staying=5, ordered=inf, t100=0.0)] * 3,
        [row(staff=0, ordered=inf, t100=0.0)] * 2,
        [row(ordered=inf, t100=inf, stranded=10)] * 3,
        [row(t100=0.01)] * 3,
    ],
    ids=["one", "never", "staying", "nobody", "not ordered", "at once"],
)
def test_extremes(rows, tmp_path):
    fake = result({"a": rows})
    assert len(plots.draw_run([fake], tmp_path)) == 8
    assert len(plots.draw_compare([fake, fake], tmp_path)) == 8


def test_nothing_completed_draws_nothing(tmp_path):
    assert plots.draw_run([result({"a": [row()]}, failed=[(0, "simulate", "x")])], tmp_path) == []


@pytest.mark.usefixtures("pictures")
@pytest.mark.parametrize("title", ["$x_2$ \\frac{", "[/red] <script>", "百 " * 200, "$"])
def test_titles_are_literal(title, tmp_path):
    assert plots.draw_run([result({"a": [row()] * 3}, title=title)], tmp_path)


def test_names_of_scenarios_are_told_apart(pair):
    assert plots._labels([pair[0], pair[0]]) == ["none-collapse", "none-collapse (2)"]


def test_wrap():
    assert style.wrap("aa bb cc", 5) == ["aa bb", "cc"]
    assert len(style.wrap("word " * 400, 20)) == 3


def test_colours_are_told_apart():
    assert len(set(style.SERIES)) == len(style.SERIES) == len(style.DASHES)
