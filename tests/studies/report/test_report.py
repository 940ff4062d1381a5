"""Pages of stored results: what is on them, when they are made again, and what is refused."""

from __future__ import annotations

import errno
import html
import io
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rich.text import Text

import sim
from sim.analysis.matrix import PROVIDERS, THREATS
from sim.cli import main
from sim.experiment import OutputError, Result
from sim.experiment.store import Store
from sim.present.page.answer import YOURS
from sim.present.page.parts import parts
from sim.studies import kept_table
from sim.studies.deadline.summary import picture_title
from sim.studies.kept_table import kept_shown
from sim.studies.report.keep import kept_of
from sim.studies.report.opened import opened
from sim.studies.report.studies import PNG, _smaller

N = 6
Json = dict[str, Any]


def data_of(path: Path) -> Json:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', path.read_text("utf-8"), re.DOTALL)
    assert found is not None
    data: Json = json.loads(found.group(1))
    return data


def every(value: Any) -> Iterator[Any]:
    """All values within a value."""
    yield value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inside:
        yield from every(one)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of one run without pictures."""
    out = tmp_path_factory.mktemp("report") / "results"
    sim.run("evacsim:minimal", n=N, jobs=1, out=out, plots=False)
    return out


@pytest.fixture(scope="module")
def folder(results: Path) -> Path:
    (manifest,) = (results / "minimal").glob("*/manifest.json")
    return manifest.parent


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two scenarios, compared at the same orders too, with pictures and page."""
    out = tmp_path_factory.mktemp("compared")
    for name, hours in (("soon", 6), ("late", 30)):
        (out / f"{name}.yaml").write_text(
            f"extends: evacsim:minimal\nmissions: {{north: {{order: {{at: {hours} h}}}}}}\n", "utf-8"
        )
    return sim.compare(out / "soon.yaml", out / "late.yaml", n=N, jobs=1, out=out / "results", same_orders=True)


def run_cli(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(words))
    return int(left.value.code or 0)


# -- what is on it ---------------------------------------------------------------------------------------------------


def test_a_page_of_one_run(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.html"
    assert run_cli("report", str(folder), "-o", str(path), "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["report"] == str(path)
    assert said["bytes"] == path.stat().st_size
    data = data_of(path)
    assert said["sections"] == [section["title"] for section in data["sections"]]
    assert {"answer", "out", "missions", "inputs", "making"} <= set(data)
    assert "comparison" not in data
    assert "decisions" not in data


def test_the_same_results_give_the_same_page(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        sim.report(folder, output="page.html")
        pages.append(Path("page.html").read_bytes())
    assert pages[0] == pages[1]


def test_nothing_of_this_machine_is_on_it(folder: Path, tmp_path: Path) -> None:
    sim.report(folder, output=tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    assert str(folder.parents[1]) not in text
    assert str(tmp_path) not in text


def test_each_mission_has_the_sentence_of_its_run(folder: Path, results: Path, tmp_path: Path) -> None:
    pages = data_of(sim.report(folder, output=tmp_path / "page.html").path)["missions"]["pages"]
    for name in ("north", "south"):
        alone = sim.run("evacsim:minimal", n=N, jobs=1, out=results, plots=False, mission=name)
        assert pages[name]["sentences"] == [alone.headline]


def test_a_sentence_about_one_mission_leaves_the_summary_as_it_is(folder: Path, tmp_path: Path) -> None:
    before = json.loads((folder / "summary.json").read_text("utf-8"))
    result = Result.open(folder)
    sim.report(folder, output=tmp_path / "page.html")
    assert result.summary == before == Result.open(folder).summary


def test_the_scenario_on_it_is_the_one_that_ran(folder: Path, tmp_path: Path) -> None:
    making = data_of(sim.report(folder, output=tmp_path / "page.html").path)["making"]
    (file,) = making["files"]
    text = "".join(f"{making['lines'][k]}\n" for k in file["lines"])
    assert text == (folder / "scenario.yaml").read_text("utf-8")


def test_inputs_have_their_sources_and_ranges(folder: Path, tmp_path: Path) -> None:
    inputs = data_of(sim.report(folder, output=tmp_path / "page.html").path)["inputs"]
    listed = {row["path"]: row for row in sim.describe("evacsim:minimal")}
    assert {row[0] for row in inputs["rows"]} == set(listed)
    for path, about, value, _, kind, grade, source, group in inputs["rows"]:
        assert value == listed[path]["value"]
        assert kind == listed[path]["kind"]
        assert grade == (listed[path]["grade"] or "")
        assert inputs["sources"][source] == (listed[path]["source"] or "")
        assert inputs["abouts"][about]
        assert inputs["groups"][group] == [0]
    assert sum(many for _, _, many in inputs["grades"]) == len(listed)


@pytest.mark.costly
def test_numbers_on_it_are_finite(comparison: Any) -> None:
    """JSON of the page has no infinity, which no browser reads."""
    assert not [x for x in every(data_of(comparison.page)) if isinstance(x, float) and abs(x) == float("inf")]


# -- a comparison ----------------------------------------------------------------------------------------------------


def test_a_comparison_writes_its_page_and_names_it_first(comparison: Any) -> None:
    assert comparison.page == comparison.folder / "report.html"
    assert comparison.outputs[0] == comparison.page
    data = data_of(comparison.page)
    first, same = data["comparison"]["parts"]
    assert same["title"] == f"At the same orders: {first['title']}"
    for part, difference in ((first, comparison.differences[0]), (same, comparison.same_orders[0])):
        means = {bar[0]: bar[1] for bar in part["bars"]}
        assert means["all together"] == difference["total"]["left_behind"]["difference"]
        assert means["north"] == difference["missions"]["north"]["left_behind"]["difference"]
    (_, own), (same_orders, _) = data["answer"]["do"][:2]  # which may well say the opposite
    assert own.endswith("each mission ordered out when it would be")
    assert same_orders.startswith("All ordered out as with ")
    assert data["answer"]["yours"] == ("" if len(data["titles"]) == 1 else YOURS)
    assert not list(comparison.studies[0].result.folder.glob("report.html"))


def test_a_missions_page_says_what_differs_for_it(comparison: Any) -> None:
    base, other = (study.loaded for study in comparison.studies)
    out = comparison.folder.parents[1]
    alone = sim.compare(base, other, n=N, jobs=1, out=out, plots=False, same_orders=True, mission="north")
    from sim.analysis.mission_words import mission_difference

    said = data_of(comparison.page)["missions"]["pages"]["north"]["differences"]
    assert said == [mission_difference(alone.found.differences[0], comparison.found.same_orders[0])]


def test_the_folder_of_a_comparison_gives_the_same(comparison: Any, tmp_path: Path) -> None:
    own, again = data_of(comparison.page), data_of(sim.report(comparison.folder, output=tmp_path / "page.html").path)
    for name in ("answer", "comparison", "out", "missions", "inputs", "titles", "sections"):
        assert own[name] == again[name]


def test_several_runs_are_compared_with_the_first(comparison: Any, tmp_path: Path) -> None:
    folders = [study.result.folder for study in comparison.studies]
    data = data_of(sim.report(*folders, output=tmp_path / "page.html").path)
    expected = json.loads(json.dumps(data_of(comparison.page)["comparison"]["parts"][0]["bars"]))
    assert data["comparison"]["parts"][0]["bars"] == expected


def test_a_result_given_twice_is_there_once(comparison: Any) -> None:
    given = opened([comparison.folder, comparison.studies[0].result.folder])
    assert [result.name for result in given.results] == ["soon", "late"]


@pytest.mark.slow
def test_a_page_of_nine_scenarios_can_be_sent(tmp_path: Path) -> None:
    """All of Kabul, with replays, and a decision with its picture: under a megabyte and a half."""
    names = [f"evacsim:{provider}-{threat}" for threat in THREATS for provider in PROVIDERS]
    nine = sim.compare(*names, n=2, jobs=1, plots=False, out=tmp_path)
    assert nine.folder is not None
    decided = sim.decide(*names[:3], n=2, jobs=1, out=tmp_path)
    made = sim.report(nine.folder, decided.folder, output=tmp_path / "page.html")
    assert made.size < 1_500_000
    assert "One run, replayed" in made.sections
    assert "Decisions" in made.sections


@pytest.mark.costly
def test_a_page_of_one_large_scenario_can_be_sent(tmp_path: Path) -> None:
    """What every page has, and a ninth of what nine scenarios may add to it."""
    one = sim.run("evacsim:turkish-collapse", n=2, jobs=1, plots=False, out=tmp_path)
    made = sim.report(one.result.folder, output=tmp_path / "page.html")
    assert made.size < 1_165_000
    assert "One run, replayed" in made.sections


def test_a_picture_with_few_colours_has_fewer_bytes() -> None:
    """One of ours, of which nobody sees a difference; what is no picture stays as it is."""
    whole = (Path(__file__).parents[3] / "docs" / "img" / "decision.png").read_bytes()
    few = _smaller(whole)
    assert len(few) < 0.6 * len(whole)
    before, after = (np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int) for data in (whole, few))
    assert np.abs(after - before).max() <= 48  # at the edges of letters
    assert np.quantile(np.abs(after - before), 0.999) <= 8
    assert _smaller(PNG + b"no picture") == PNG + b"no picture"


def signed(folder: Path, summary: Any) -> None:
    """A comparison as a stranger may write it, its checksums right."""
    folder.mkdir(exist_ok=True)
    store = Store(folder)
    store.write_json("summary.json", summary)
    store.write_json("manifest.json", {"study": "compare"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s["results"][0].update(replications=N + 1), "its results have changed since"),
        (lambda s: s["results"][0].update(folder="../../etc/0123456789ab"), "not beside it"),
        (lambda s: s.pop("differences"), "not the folder of a comparison"),
    ],
)
def test_a_comparison_of_something_else_is_refused(comparison: Any, tmp_path: Path, change: Any, said: str) -> None:
    folder = comparison.folder.parents[1] / "compare" / "0123456789ab"
    summary = json.loads((comparison.folder / "summary.json").read_text("utf-8"))
    change(summary)
    signed(folder, summary)
    with pytest.raises(OutputError, match=said):
        sim.report(folder, output=tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_a_comparison_that_is_not_as_it_was_written_is_refused(comparison: Any, tmp_path: Path) -> None:
    folder = tmp_path / "compare" / "0123456789ab"
    shutil.copytree(comparison.folder, folder)
    text = (folder / "summary.json").read_text("utf-8")
    (folder / "summary.json").write_text(text.replace("0", "1", 1), "utf-8")
    with pytest.raises(OutputError, match=r"summary\.json is not as it was written"):
        sim.report(folder, output=tmp_path / "page.html")
    (folder / "manifest.json").unlink()
    with pytest.raises(OutputError, match=r"no manifest\.json in it"):
        sim.report(folder, output=tmp_path / "page.html")


def test_what_no_comparison_holds_is_a_line(comparison: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = comparison.folder.parents[1] / "compare" / "ffffffffffff"
    summary = json.loads((comparison.folder / "summary.json").read_text("utf-8"))
    summary["differences"][0]["total"] = "<script>"
    signed(folder, summary)
    assert run_cli("report", str(folder), "-o", str(tmp_path / "page.html")) == 2
    assert "not what a command of this version writes" in capsys.readouterr().err


# -- studies ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def deadlines(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return sim.deadline("evacsim:minimal", n=4, dates=3, jobs=1, out=tmp_path_factory.mktemp("studies"))


@pytest.mark.costly
def test_a_study_says_on_the_page_what_it_said(deadlines: Any, tmp_path: Path) -> None:
    data = data_of(sim.report(deadlines.folder, output=tmp_path / "page.html").path)
    (study,) = data["decisions"]["studies"]
    assert study["headlines"] == deadlines.headlines
    assert data["answer"]["do"] == [[deadlines.headlines[0], ""]]
    (table,) = [part for part in study["parts"] if "rows" in part]
    assert [row[1][0][0] for row in table["rows"]] == ["all together", "north", "south"]
    assert study["pictures"] == []  # the page draws all of them itself
    assert len(study["charts"]) == len(deadlines.plots) == 2
    assert {chart["title"] for chart in study["charts"]} <= {picture_title(deadlines.found), ""}
    assert [section["id"] for section in data["sections"]] == ["answer", "decisions", "making"]


@pytest.mark.parametrize("damage", ["flip", "link", "pipe"])
def test_a_picture_that_is_not_as_it_was_drawn_is_refused(deadlines: Any, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "deadline" / deadlines.folder.name
    shutil.copytree(deadlines.folder, folder)
    picture = next(iter(sorted(folder.glob("*.png"))))
    data = bytearray(picture.read_bytes())
    data[-20] ^= 1
    picture.unlink()
    if damage == "flip":
        picture.write_bytes(data)
    elif damage == "link":
        picture.symlink_to(deadlines.folder / picture.name)
    else:
        os.mkfifo(picture)
    with pytest.raises(OutputError, match="not the picture that was drawn"):
        sim.report(folder, output=tmp_path / "page.html")


def test_a_picture_that_no_command_drew_is_left_out(deadlines: Any, tmp_path: Path) -> None:
    folder = tmp_path / "deadline" / deadlines.folder.name
    shutil.copytree(deadlines.folder, folder)
    (folder / "other.png").write_bytes(PNG + b"of a stranger")
    data = data_of(sim.report(folder, output=tmp_path / "page.html").path)
    assert data["decisions"]["studies"][0]["pictures"] == []


def test_charts_of_what_no_summary_holds_are_kept_beside_it(tmp_path: Path) -> None:
    """Of a sweep, whose picture is on the page where an older version kept none."""
    path = "airport.gates.main.lanes"
    options = {"vary": [f"{path}=1,2"], "measures": ["total.left_behind"]}
    swept = sim.sweep("evacsim:minimal", n=3, jobs=1, out=tmp_path, **options)
    (study,) = data_of(sim.report(swept.folder, output=tmp_path / "page.html").path)["decisions"]["studies"]
    assert study["pictures"] == []
    (chart,) = study["charts"]
    (line,) = chart["panels"][0]["series"]
    assert [tuple(point[:2]) for point in line["points"]] == swept.table.select(path, "value").rows()
    record = json.loads((swept.folder / "shown.json").read_text("utf-8"))
    del record["shown"]["charts"]
    record["checksum"] = kept_table._checksum(record["of"], record["shown"])
    (swept.folder / "shown.json").write_text(json.dumps(record), "utf-8")
    (study,) = data_of(sim.report(swept.folder, output=tmp_path / "page.html").path)["decisions"]["studies"]
    assert study["charts"] == []
    assert [picture["name"] for picture in study["pictures"]] == ["sweep"]


def test_the_strips_of_the_bottleneck_are_drawn_without_pictures(tmp_path: Path) -> None:
    tried = sim.bottleneck("evacsim:minimal", n=3, jobs=1, out=tmp_path, only=["lane"], plots=False)
    (study,) = data_of(sim.report(tried.folder, output=tmp_path / "page.html").path)["bottleneck"]["studies"]
    strips = next(panel for chart in study["charts"] for panel in chart["panels"] if panel["kind"] == "strips")
    assert [strip["start"] for strip in strips["strips"]] == ["2021-09-12T06:00"]
    assert max(max(row) for row in strips["strips"][0]["shares"]) > 0


def test_a_run_and_a_study_are_on_one_page(folder: Path, deadlines: Any, tmp_path: Path) -> None:
    data = data_of(sim.report(folder, deadlines.folder, output=tmp_path / "page.html").path)
    names = [section["id"] for section in data["sections"]]
    assert names.index("missions") < names.index("decisions") < names.index("inputs")


def test_what_a_study_showed_must_be_as_it_was_written(deadlines: Any, tmp_path: Path) -> None:
    path = deadlines.folder / "shown.json"
    kept = path.read_bytes()
    path.write_bytes(kept.replace(b"north", b"nORth"))
    try:
        assert kept_shown(deadlines.folder) is None
        with pytest.raises(OutputError, match=r"what deadline showed is not there as it was written"):
            sim.report(deadlines.folder, output=tmp_path / "page.html")
    finally:
        path.write_bytes(kept)
    assert kept_shown(deadlines.folder) is not None


def test_intervals_of_a_wide_terminal_stand_below_their_numbers() -> None:
    from sim.studies.tables import add_numbers, lean_table

    table = lean_table()
    table.add_column("Option")
    add_numbers(table, "On\naver-\nage")
    table.add_column("", style="dim")
    table.add_row("one", "12", "3–14", style="bold")
    table.add_row("", "", "")
    shown = parts(["a sentence", "", Text("a note", style="dim"), table])
    assert shown[:2] == [{"text": "a sentence", "small": False}, {"text": "a note", "small": True}]
    assert shown[2] == {"head": [["Option", False], ["On average", True]], "rows": [[True, [["one"], ["12", "3–14"]]]]}


def test_what_is_neither_text_nor_table_is_noticed() -> None:
    from rich.panel import Panel

    with pytest.raises(TypeError, match="Panel"):
        parts([Panel("x")])


# -- the file --------------------------------------------------------------------------------------------------------


def test_only_a_page_is_written_over(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.html"
    path.write_text("somebody's own", "utf-8")
    assert run_cli("report", str(folder), "-o", str(path)) == 2
    assert "--overwrite writes over it" in capsys.readouterr().err
    assert path.read_text("utf-8") == "somebody's own"
    assert run_cli("report", str(folder), "-o", str(path), "--overwrite") == 0
    assert kept_of(path) is not None
    assert run_cli("report", str(folder), "-o", str(path)) == 0


@pytest.mark.parametrize(
    ("code", "status", "why"), [(errno.EROFS, 2, "Read-only file system"), (errno.ENOSPC, 3, "disk is full")]
)
def test_a_page_that_cannot_be_written_is_a_line(
    folder: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch, code: int, status: int, why: str
) -> None:
    """Nothing is lost with it: no word of blocks that are kept."""

    def refuse(path: Path, data: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("sim.studies.report.answer.write", refuse)
    assert run_cli("report", str(folder), "-o", str(tmp_path / "page.html")) == status
    line = " ".join(capsys.readouterr().err.split())
    assert line.endswith(f"{why}; nothing was written")
    assert f"cannot write {tmp_path / 'page.html'}: " in line


@pytest.mark.parametrize("what", ["nothing", "a file", "an empty folder"])
def test_what_is_no_result_is_a_line(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "thing"
    if what == "a file":
        path.write_text("{}", "utf-8")
    elif what == "an empty folder":
        path.mkdir()
    assert run_cli("report", str(path), "-o", str(tmp_path / "page.html")) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "not the folder of a finished run" in line


# -- the page beside a run -------------------------------------------------------------------------------------------


def test_a_run_names_its_page_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli("run", "evacsim:minimal", "-n", "3", "--jobs", "1", "--out", str(tmp_path)) == 0
    last = " ".join(capsys.readouterr().out.split("kept in ")[-1].split())
    assert re.search(r": report\.html, bottleneck\.png", last)


def test_without_pictures_there_is_no_page(tmp_path: Path) -> None:
    study = sim.run("evacsim:minimal", n=3, jobs=1, out=tmp_path, plots=False)
    assert study.page is None
    assert not list(tmp_path.rglob("report.html"))


@pytest.mark.costly
def test_a_page_is_made_again_only_where_it_would_be_another(tmp_path: Path) -> None:
    page = sim.run("evacsim:minimal", n=3, jobs=1, out=tmp_path).page
    assert page is not None
    first, when = page.read_bytes(), page.stat().st_mtime_ns
    sim.run("evacsim:minimal", n=3, jobs=1, out=tmp_path)
    assert page.stat().st_mtime_ns == when
    page.write_bytes(first.replace(b"A minimal", b"A maximal", 1))
    sim.run("evacsim:minimal", n=3, jobs=1, out=tmp_path)
    assert page.read_bytes() == first
    sim.run("evacsim:minimal", n=4, jobs=1, out=tmp_path)
    assert data_of(page)["scenarios"][0]["replications"] == 4


def test_a_page_opens_with_the_mission_that_was_asked_for(tmp_path: Path) -> None:
    """One file, of which the last command says how it opens."""
    for mission in (None, "south", "north", None):
        study = sim.run("evacsim:minimal", n=3, jobs=1, out=tmp_path, mission=mission)
        assert study.page is not None
        assert data_of(study.page).get("mission") == mission
        text = study.page.read_text("utf-8")
        first = text[text.index("<noscript>") :].split("</p>", 1)[0]
        assert html.unescape(first).endswith(study.headline)


def test_a_page_that_is_cut_short_is_none(tmp_path: Path) -> None:
    page = sim.run("evacsim:minimal", n=3, jobs=1, out=tmp_path).page
    assert page is not None
    whole = page.read_bytes()
    assert kept_of(page) is not None
    for part in (whole[:-1], whole[: len(whole) // 2], b"", b"x" + whole):
        page.write_bytes(part)
        assert kept_of(page) is None
