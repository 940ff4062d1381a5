"""Tables and pictures of the bottleneck from numbers made by hand: widths, marks, hostile text, many rows, failures."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from rich.console import Console

from sim.analysis.as_json import as_json, of_json
from sim.present.style import styled
from sim.studies.bottleneck.found import FoundBottleneck, bottleneck_json
from sim.studies.bottleneck.pictures import UNTOLD
from sim.studies.bottleneck.plot import draw, marginal_figure
from sim.studies.bottleneck.table import bottleneck_tables, chosen, hours
from tests.analysis.synthetic import campaign
from tests.present.crowding import assert_readable
from tests.present.drawing import made
from tests.studies.bottleneck.test_marginal import BASE, MEASURES, answer
from tests.studies.bottleneck.test_marginal import campaign as made_up

HOSTILE = "[red]$\\frac{x}{y}$[/red] \x1b[31m"


def summary(**changed: Any) -> dict[str, Any]:
    found = answer(changed or {"better": made_up([max(k - 5 - i % 2, 0) for i, k in enumerate(BASE)]), "same": made_up(BASE)})
    whole = FoundBottleneck(
        measures=tuple(m.text for m in MEASURES),
        titles={m.text: m.title for m in MEASURES},
        units={m.text: m.kind.unit for m in MEASURES},
        worse_high={m.text: m.kind.worse_high for m in MEASURES},
        seed=1,
        replications=40,
        results=tuple(found.results),
        contrasts=(),
        warnings=("something",),
        failures=(),
        failed=0,
        final=True,
    )
    return bottleneck_json(whole)


def figure_of(said: dict[str, Any]) -> Figure:
    return marginal_figure(of_json(FoundBottleneck, said))


def printed(said: dict[str, Any], width: int) -> str:
    console = Console(width=width, record=True, markup=False, emoji=False, highlight=False, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(bottleneck_tables(of_json(FoundBottleneck, said), width))
    return console.export_text()


@pytest.mark.parametrize("width", [80, 120, 160])
def test_the_tables_fit_and_cut_no_number(width):
    text = printed(summary(), width)
    assert max(map(len, text.splitlines())) <= width
    assert "−4.6*" in text
    assert "all together" in text
    assert "Not a replication differs with +1 lane same." in text
    numbers = [line for line in text.splitlines() if "lane better" in line]
    assert "…" not in numbers[0]
    assert ("−5.2 to −3.4" in text) == (width >= 120)


def test_rows_and_columns_of_the_hours_add_up():
    text = printed(summary(), 80)
    row = next(line for line in text.splitlines() if line.startswith("all together")).split()
    assert [float(x.replace(",", "")) for x in row[2:]] == [125, 22, 103]


def test_many_causes_are_added_up_under_other():
    from sim.analysis.waiting import waiting

    said = summary()
    said["results"][0]["waiting"] = as_json(waiting(campaign(n=20, missions=12)))
    for width in (80, 160):
        text = printed(said, width)
        assert max(map(len, text.splitlines())) <= width
        row = next(line for line in text.splitlines() if line.startswith("all together"))
        cells = [float(x.replace(",", "")) for x in row.split()[2:] if x[0].isdigit() and "%" not in x]
        assert sum(cells[1:]) == pytest.approx(cells[0], abs=len(cells)), "each is rounded"


def test_text_is_shown_as_it_is(tmp_path):
    said = summary()
    said["results"][0]["title"] = HOSTILE
    said["results"][0]["capacities"][0]["label"] = HOSTILE
    assert "[red]$\\frac{x}{y}$[/red]" in printed(said, 120)
    assert len(made(tmp_path, draw, of_json(FoundBottleneck, said), [])) == 1


def test_a_failed_point_is_said():
    said = summary(broken="boom", same=made_up([k + 1 for k in BASE]))
    text = printed(said, 80)
    assert "+1 lane broken" in text
    assert "failed" in text
    with styled():
        assert figure_of(said) is not None


def test_a_scenario_without_capacities_has_no_picture_of_them(tmp_path):
    said = summary()
    said["results"][0]["capacities"] = []
    assert [p.name for p in made(tmp_path, draw, of_json(FoundBottleneck, said), [made_up(BASE)])] == ["bottleneck.png"]
    assert "Change:" not in printed(said, 80)


def test_the_panels_are_people_and_hours():
    with styled():
        figure = figure_of(summary())
    assert [a.get_title(loc="left") for a in figure.axes] == [
        "people left behind",
        "mean hours from the start until all out,\ncut at the horizon (h)",
    ]
    assert "1 more changes nothing in any replication" in " ".join(t.get_text() for t in figure.texts).replace("\n", " ")


def test_what_makes_it_worse_is_drawn_apart():
    with styled():
        figure = figure_of(summary(worse=made_up([k + 3 + i % 2 for i, k in enumerate(BASE)])))
    (bar,) = figure.axes[0].patches
    assert bar.get_hatch() == "////"
    assert bar.get_width() == pytest.approx(3.5)


def test_many_rows_keep_the_best_and_the_worst():
    said = summary()
    (result,) = said["results"]
    better, _ = result["capacities"]
    noise = [
        copy.deepcopy(better) | {"path": f"n{k}", "label": f"n{k}", "verdict": "none", "distinct": False, "rank": k + 2}
        for k in range(60)
    ]
    worst = copy.deepcopy(better) | {"path": "w", "label": "the worst", "verdict": "worse", "rank": 99}
    result["capacities"] = [better, *noise, worst]
    with styled():
        figure = figure_of(said)
    labels = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert labels == ["+1 lane better", "+1 the worst"], "only what can be told"
    assert "60 more can't be told from nothing." in " ".join(figure.texts[1].get_text().split())
    assert chosen(of_json(FoundBottleneck, said).results[0].capacities)[-1].path == "w"
    text = " ".join(printed(said, 200).split())
    assert (
        "60 more that can't be told from nothing (no interval of people left behind reaches beyond −5.2 to −3.4): +1 n0" in text
    )
    assert "+1 n5 and 54 more rows; the table values has all." in text
    assert not any(line.startswith("+1 n") for line in printed(said, 80).splitlines()), "nothing has a row of its own"


def test_where_nothing_can_be_told_there_is_a_line_and_no_table():
    said = summary()
    (result,) = said["results"]
    better, same = result["capacities"]
    result["capacities"] = [better | {"verdict": "none", "distinct": False}, same]
    text = " ".join(printed(said, 200).split())
    assert "None of 2 capacities can be told from nothing." in text
    assert "Change with" not in text


def test_where_nothing_can_be_told_a_few_rows_are_grey():
    said = summary()
    (result,) = said["results"]
    better = result["capacities"][0]
    result["capacities"] = [
        copy.deepcopy(better) | {"path": f"n{k}", "label": f"n{k}", "verdict": "none", "distinct": False, "rank": k}
        for k in range(9)
    ]
    with styled():
        figure = figure_of(said)
    assert len(figure.axes[0].get_yticklabels()) == UNTOLD
    assert "changes nothing that can be told" in " ".join(figure.texts[0].get_text().split())


def test_of_several_that_help_none_is_said_to_help_most():
    said = summary()
    (result,) = said["results"]
    better = result["capacities"][0]
    for many, text in ((2, "one more a0 and one more a1 help"), (4, "one more a0, one more a1 and 2 more help")):
        result["capacities"] = [copy.deepcopy(better) | {"path": f"a{k}", "phrase": f"one more a{k}"} for k in range(many)]
        with styled():
            assert " ".join(figure_of(said).texts[0].get_text().split()) == f"Made up: {text}"


@pytest.mark.first(2)
@pytest.mark.parametrize("many", [1, 2, 4])
@pytest.mark.parametrize("rows", [1, 20])
def test_it_can_be_read(many, rows):
    said = summary()
    better, long = said["results"][0]["capacities"][0], "a place at the farthest of all of the gates of the airport"
    said["results"] = [
        copy.deepcopy(said["results"][0])
        | {"scenario": f"s{k}", "title": f"A coalition that is flown in late with all of its equipment, way {k} of it"}
        for k in range(many)
    ]
    for result in said["results"]:
        result["capacities"] = [copy.deepcopy(better) | {"path": f"p{k}", "label": f"{long} {k}", "rank": k} for k in range(rows)]
    with styled():
        assert_readable(figure_of(said))


def test_scenarios_side_by_side():
    said = summary()
    other = copy.deepcopy(said["results"][0]) | {"scenario": "none"}
    other["capacities"] = other["capacities"][1:]
    said["results"].append(other)
    text = printed(said, 120)
    assert "Side by side" in text
    line = next(line for line in text[text.index("Side by side") :].splitlines() if "lane better" in line)
    assert line.split()[-4:] == ["−4.6*", "–", "d*", "–"] or "–" in line
    with styled():
        figure = figure_of(said)
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["made-up"]  # nothing of the other is drawn


def test_hours_in_words():
    assert [hours(x) for x in (None, 0.0, 4.25, 842.3, 1_391_777.0, 12_345_678.0)] == [
        "–",
        "0",
        "4.2",
        "842",
        "1,391,777",
        "12.3 M",
    ]


def test_the_title_says_what_helps_most():
    said = summary()
    with styled():
        assert "one more lane better helps most" in " ".join(t.get_text() for t in figure_of(said).texts)
    said["results"].append(copy.deepcopy(said["results"][0]) | {"scenario": "none"})
    with styled():
        assert "In every scenario: one more lane better helps most" in figure_of(said).texts[0].get_text()
    said["results"][1]["capacities"] = said["results"][1]["capacities"][1:]
    with styled():
        title = figure_of(said).texts[0].get_text().replace("\n", " ")
    assert title == "What helps most, as seen. made-up: one more lane better; none: nothing that can be told"


def test_where_nothing_changes_anything_there_is_no_empty_picture_or_table(tmp_path):
    said = summary(same=made_up(BASE))
    (tmp_path / "marginal.png").write_text("of fewer replications")
    made(tmp_path, draw, of_json(FoundBottleneck, said), [])
    assert list(tmp_path.iterdir()) == []
    text = " ".join(printed(said, 80).split())
    assert "The capacity does not change anything in any replication." in text
    assert "Change with" not in text
    assert "holds at 95 %" not in text


def test_the_legend_says_both_rules_and_only_what_is_there():
    said = summary()
    for effect in (e for row in said["results"][0]["capacities"] for e in row["effects"].values()):
        effect["distinct"] = False
    text = " ".join(printed(said, 80).split())
    assert "includes zero, or fewer than ten pairs differ" in text
    with styled():
        assert "includes zero, or fewer than ten pairs differ" in " ".join(
            " ".join(t.get_text() for t in figure_of(said).findobj(Text)).split()
        )
    for effect in (e for row in said["results"][0]["capacities"] for e in row["effects"].values()):
        effect["distinct"] = True
    assert "fewer than ten" not in " ".join(printed(said, 80).split())
