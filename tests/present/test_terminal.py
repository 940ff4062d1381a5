"""Tables: what is written in a cell, at 80 and at 160 columns, without markup."""

import io
from dataclasses import replace
from math import inf

import pytest
from rich.console import Console

from sim.analysis import differences, matrix, summarise
from sim.analysis.as_json import as_json
from sim.analysis.found import Wanted
from sim.analysis.looks import Look
from sim.analysis.matrix import Matrix
from sim.present import cells, terminal
from tests.analysis.filled import filled
from tests.analysis.synthetic import campaign, result, row


def shown(what, width=80):
    out = io.StringIO()
    Console(file=out, width=width).print(what)
    return out.getvalue()


def line(text, name):
    return next(x for x in text.splitlines() if x.strip().startswith(name))


@pytest.fixture(scope="module")
def pair():
    return (
        campaign("none-collapse", "Nobody", n=40, missions=34, pace=1.6, loss=(70, 0.5)),
        campaign("turkish-collapse", "Turkish", n=40, missions=34, loss=(250, 0.6)),
    )


@pytest.mark.first(1)
@pytest.mark.parametrize("width", [80, 160])
def test_nothing_is_cut_or_too_wide(pair, width):
    for text in (
        shown(terminal.run_table(summarise(pair[0]), width), width),
        shown(terminal.compare_table(differences(*pair), width), width),
    ):
        lines = text.splitlines()
        assert max(len(x.rstrip()) for x in lines) <= width
        assert "…" not in text
        assert any(x.strip().startswith("mission-33") for x in lines)
        assert any(x.strip().startswith("all together") for x in lines)


def test_a_title_is_not_markup():
    fake = result({"a": [row()] * 6}, title="[/red] [bold]x[/bold] :smile: https://x")
    assert "[/red] [bold]x[/bold] :smile:" in shown(terminal.run_table(summarise(fake)))
    other = result({"a": [row()] * 6}, title="[/blue]")
    assert "[/red]" in shown(terminal.compare_table(differences(fake, other)))


@pytest.mark.parametrize(
    ("gave_up", "said"),
    [
        (4, "never: people stranded: gave up after being turned back on the road."),
        (1, "stranded: 1 on average gave up after being turned back on the road, 3 were not out when the airport was lost."),
    ],
)
def test_those_who_gave_up_are_told_from_those_who_were_cut_off(gave_up, said):
    rows = [row(t100=inf, stranded=4, gave_up=gave_up)] * 8
    assert said in shown(terminal.run_table(summarise(result({"a": rows}))), 300)


def test_unfinished_and_stranded():
    rows = [row(t100=inf, unfinished=2)] * 30 + [row(t100=inf, stranded=2)] * 10
    text = shown(terminal.run_table(summarise(result({"a": rows}))))
    assert "> 30 d" in line(text, "a ")
    assert "never" in line(text, "a ")
    assert "> 30 d: people not out when the simulation ended, 30 d after its start" in text.replace("\n", " ")
    assert "stranded: not out when the airport was lost." in text.replace("\n", " ")
    short = shown(terminal.run_table(summarise(result({"a": rows}, horizon="17 d"))))
    assert "> 17 d" in line(short, "a ")


def test_missions_with_nobody_to_move_are_listed_below():
    fake = result({"a": [row()] * 6, "pakistan": [row(staying=10, ordered=inf, t100=0.0)] * 6})
    text = shown(terminal.run_table(summarise(fake)))
    assert "Nobody to move (closed or staying): pakistan." in text
    assert not any(x.strip().startswith("pakistan") for x in text.splitlines())


def test_those_never_ordered_out_are_named_with_their_number():
    """Beside the *100 %* of all together; a mission that is never ordered isn't one that stays on purpose."""
    quiet = row(staff=38, staying=38, ordered=inf, t100=0.0, never_ordered=38)
    fake = result({"a": [row()] * 6, "north": [quiet] * 6, "stays": [row(staying=10, ordered=inf, t100=0.0)] * 6})
    for width in (80, 160):
        text = " ".join(shown(terminal.run_table(summarise(fake), width), width).split())
        assert "Never ordered out, so not among all that are out: 38 of 58 people (north 38)." in text
        assert "Nobody to move (closed or staying): stays." in text
    some = result({"a": [row()] * 6, "north": [quiet] * 3 + [row(staff=38)] * 3, "east": [quiet] * 6})
    text = " ".join(shown(terminal.run_table(summarise(some))).split())
    assert "Never ordered out, so not among all that are out: 57 of 86 people, on average (east 38, north 19)." in text
    assert "Never ordered" not in shown(terminal.run_table(summarise(result({"a": [row()] * 6}))))


def test_a_comparison_says_who_is_not_among_all_of_each_side():
    quiet = row(staff=38, staying=38, ordered=inf, t100=0.0, never_ordered=38)
    base, other = ({"a": [row()] * 6, "north": [some] * 6} for some in (quiet, row(staff=38)))
    pair = result(base, name="base"), result(other, name="other")
    for width in (80, 160):
        text = " ".join(shown(terminal.compare_table(differences(*pair), width), width).split())
        said = "Never ordered out, so not among all that are out (people, on average): 38 in base (north); 0 in other."
        assert said in text
    assert "Never ordered" not in shown(terminal.compare_table(differences(pair[1], pair[1])))


def test_a_matrix_says_how_many_were_never_ordered():
    quiet = row(staff=38, staying=38, ordered=inf, t100=0.0, never_ordered=38)
    names = [f"{p}-{t}" for p in ("none", "turkish") for t in ("holding", "collapse")]
    found = matrix([summarise(result({"a": [row()] * 6, "n": [quiet] * 6}, name=name)) for name in names])
    assert shown(terminal.matrix_table(found)).count("not ordered 38") == 4


def test_a_result_from_before_they_were_counted_says_what_it_knows():
    old = result({"a": [row()] * 6, "north": [row(staying=10, ordered=inf, t100=0.0)] * 6})
    old.tables = {name: table.drop("never_ordered", strict=False) for name, table in old.tables.items()}
    got = summarise(old)
    assert as_json(got.total.never_ordered) == {"people": None, "share": None, "missions": []}
    assert "Nobody to move (closed, staying, or never ordered): north." in shown(terminal.run_table(got))


def test_cohorts_stand_below_their_mission():
    text = shown(terminal.run_table(summarise(result({"a": [row()] * 6}), by="cohort")))
    lines = [x for x in text.splitlines() if x.startswith(("a ", "  core"))]
    assert [x.split()[0] for x in lines] == ["a", "core"]


def test_p_ordered_only_where_it_matters():
    assert "given" not in shown(terminal.run_table(summarise(result({"a": [row()] * 6})))).splitlines()[3]
    some = result({"a": [row()] * 5 + [row(ordered=inf, t100=inf, stranded=1)]})
    assert "83 %" in line(shown(terminal.run_table(summarise(some))), "a ")
    assert "given" in shown(terminal.run_table(summarise(some))).splitlines()[3]


def test_failures_are_named():
    fake = result({"a": [row()] * 6}, failed=[(3, "simulate", "[/red] boom")])
    text = shown(terminal.run_table(summarise(fake)))
    assert "NOT FINAL: 1 of 6 replications failed" in text
    assert "failed: replication 3, simulate: [/red] boom" in text


def test_nothing_completed():
    fake = result({"a": [row()]}, failed=[(0, "simulate", "boom")])
    shown(terminal.run_table(summarise(fake, by="cohort")))
    shown(terminal.compare_table(differences(fake, fake)))


def test_compare_says_what_cannot_be_told_apart():
    rows = [row(t100=10 + k % 5) for k in range(40)]
    text = shown(terminal.compare_table(differences(result({"a": rows}), result({"a": rows}))))
    assert "≈ 0" in line(text, "a ")
    assert "not yet distinguishable" in text.replace("\n", " ")


def test_compare_numbers():
    base = result({"a": [row(t100=10 + k % 5, stranded=0) for k in range(40)]})
    other = result({"a": [row(t100=30 + k % 5) for k in range(40)]})
    text = line(shown(terminal.compare_table(differences(base, other), 160), 160), "a ")
    assert "+20 h" in text
    assert "100 %" in text


def test_matrix():
    made = [summarise(result({"a": [row(t100=t)] * 6}, name=name)) for name, t in
            (("none-holding", 40), ("none-collapse", 50), ("turkish-holding", 60), ("turkish-collapse", 70))]  # fmt: skip
    text = shown(terminal.matrix_table(matrix(made)))
    assert "P50 60 h" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ("4.5 d", "8.7 d", "4.5–8.7 d"),
        ("70 h", "3.2 d", "70 h to 3.2 d"),
        ("3 d", "never", "3 d to never"),
        ("> 99 %", "100 %", "> 99 % to 100 %"),
    ],
)
def test_intervals_in_words(low, high, said):
    assert cells.between(low, high) == said


@pytest.mark.parametrize(("x", "said"), [(0.0, "0"), (-5.0, "−5"), (12345.6, "+12,346"), (0.04, "+< 0.1")])
def test_head_count_change(x, said):
    assert cells.head_count_change(x) == said


def test_how_many_replications_a_table_rests_on():
    text = shown(terminal.run_table(summarise(result({"a": [row()] * 6}))))
    assert "turkish-collapse · 6 replications · seed 1" in text
    assert "1 replication ·" in shown(terminal.run_table(summarise(result({"a": [row()]}))))
    made = [
        result({"a": [row()] * n}, name=f"{p}-{t}") for n, p in ((6, "turkish"), (8, "none")) for t in ("holding", "collapse")
    ]
    assert "A cell rests on 6 to 8 replications." in shown(terminal.matrix_table(matrix([summarise(x) for x in made])))


def test_until_is_said():
    summary = summarise(result({"a": [row()] * 200}), look=Look(1))
    wanted = filled(Wanted, text="--until total.p90 ± 3 h: NOT met, ± 5 h with 200 replications", met=False)
    summary = replace(summary, until=(wanted,))
    text = " ".join(shown(terminal.run_table(summary), 80).split())
    assert "NOT met, ± 5 h with 200 replications." in text
    assert "95 % at whichever look --until stops (each 97.5 % at look 1)" in text


def test_not_told_apart_stands_in_the_heading():
    rows = [row(t100=10 + k % 5) for k in range(40)]
    same = shown(terminal.compare_table(differences(result({"a": rows}), result({"a": rows}))), 120)
    assert "40 pairs · seed 1 · ≈ not yet told apart in total" in same
    other = result({"a": [row(t100=30 + k % 5) for k in range(40)]})
    assert "told apart" not in shown(terminal.compare_table(differences(result({"a": rows}), other)), 120)


@pytest.fixture(scope="module")
def by_cohort(pair):
    return summarise(pair[0], "cohort"), differences(*pair, by="cohort")


@pytest.mark.first(4)
@pytest.mark.parametrize("width", [80, 100, 120, 160, 220])
@pytest.mark.parametrize("cohorts", [False, True])
def test_every_number_and_interval_is_whole_at_every_width(by_cohort, width, cohorts):
    """Each cell of a table that is wide enough for all is found whole in the narrower one, or its column is named as left out."""
    summary, difference = (one if cohorts else replace(one, cohorts=None) for one in by_cohort)
    for text in (shown(terminal.run_table(summary, width), width), shown(terminal.compare_table(difference, width), width)):
        assert "…" not in text
        assert max(len(x.rstrip()) for x in text.splitlines()) <= width
        assert "  core" in text or not cohorts
    low, high = difference.total.left_behind.low, difference.total.left_behind.high
    squeezed = shown(terminal.compare_table(difference, width), width).split("All together:")[0]
    for end in (low, high):
        assert cells.head_count_change(end) in squeezed, "intervals stand beside their numbers or below them"


def test_a_matrix_that_is_too_wide_goes_on_below():
    wide = Matrix(threats=tuple(f"threat-{k}" * 3 for k in range(5)), providers=("p",), cells={"p": {}})
    text = shown(terminal.matrix_table(wide), 80)
    assert "…" not in text
    assert all(threat in text for threat in wide.threats)
