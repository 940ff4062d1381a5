"""In a notebook: progress in one output of which nothing is left, errors in their own lines, answers as HTML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

import evacsim
from sim.api import OutputError, StoreError, TooLarge
from sim.experiment import ClusterError, Lost
from sim.notebook import NotebookProgress, Shown, in_notebook, watched
from sim.scenario.errors import SaidInLines

NOTEBOOK = Path(__file__).resolve().parents[1] / "docs" / "tutorial" / "notebook.ipynb"


class Output:
    """A notebook with a clock that is set by hand."""

    def __init__(self) -> None:
        self.shown: list[Shown] = []
        self.displays = 0
        self.now = 0.0

    def display(self, data: Shown) -> Output:
        self.displays += 1
        self.shown.append(data)
        return self

    def update(self, data: Shown, raw: bool) -> None:
        assert raw
        self.shown.append(data)


@pytest.fixture
def output() -> Output:
    return Output()


@pytest.fixture
def progress(output: Output) -> NotebookProgress:
    return NotebookProgress(output.display, lambda: output.now)


def test_thousands_of_replications_are_one_output_that_is_written_over(output: Output, progress: NotebookProgress) -> None:
    """A thousand steps in 10 s: from 1 s on, one every half a second."""
    progress.begin("town", 0, 1000)
    for k in range(1000):
        output.now = (k + 1) / 100
        progress.advance(1, 0.01, 1)
    assert output.displays == 1
    assert len(output.shown) == 19
    assert output.shown[0]["text/plain"].startswith("town: 100 of 1,000, ")
    assert '<progress value="1000" max="1000" aria-label="town"></progress>' in output.shown[-1]["text/html"]
    progress.close()
    assert output.shown[-1] == {"text/plain": "", "text/html": ""}


def test_short_work_shows_nothing(output: Output, progress: NotebookProgress) -> None:
    progress.begin("town", 0, 10)
    output.now = 0.9
    progress.advance(10, 0.1, 1)
    progress.doing("town", "drawing out")
    progress.written("town")
    progress.close()
    assert output.shown == []


def test_what_comes_after_the_simulation_is_said(output: Output, progress: NotebookProgress) -> None:
    progress.begin("town", 0, 10)
    output.now = 2.0
    progress.doing("town", "drawing <out>")
    assert output.shown == [{"text/plain": "town: drawing <out>", "text/html": "town: drawing &lt;out&gt;"}]


def test_somebody_elses_command_is_said_at_once(output: Output, progress: NotebookProgress) -> None:
    progress.waiting("town")
    assert output.shown[0]["text/plain"] == "town: another command is working in its folder; waiting for it"


def test_stored_replications_are_counted(output: Output, progress: NotebookProgress) -> None:
    progress.ahead(5)
    progress.begin("<b>town</b>", 0, 10)
    progress.stored(4)
    output.now = 3.0
    progress.advance(1, 1.0, 1)
    assert output.shown[0]["text/plain"].startswith("<b>town</b>: 5 of 10, ")
    assert "<b>" not in output.shown[0]["text/html"]


def test_a_notice_stays(progress: NotebookProgress, capsys: pytest.CaptureFixture[str]) -> None:
    progress.notice("tables are replaced \x1b[31m")
    assert capsys.readouterr().out == "tables are replaced \\x1b[31m\n"


def test_scripts_and_terminals_show_none(shell: InteractiveShell) -> None:
    assert not in_notebook()
    with watched() as progress:
        assert progress is None


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    yield made
    InteractiveShell.clear_instance()


def test_a_kernel_shows_it(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As a run asks for it; the work here takes less than the second after which it would be seen."""
    shown: list[Any] = []
    monkeypatch.setattr(shell, "kernel", SimpleNamespace(), raising=False)
    monkeypatch.setattr(NotebookProgress, "AFTER", -1.0)
    monkeypatch.setattr("IPython.display.display", lambda data, **how: shown.append((data, how)) or Output())
    assert in_notebook()
    evacsim.run("evacsim:minimal", n=3, jobs=1, plots=False, out=tmp_path)
    ((data, how),) = shown
    assert how == {"raw": True, "display_id": True}
    assert data["text/plain"] == "minimal: 0 of 3, -:-- left"


def said(shell: InteractiveShell, code: str, capsys: pytest.CaptureFixture[str]) -> str:
    shell.run_cell(code)
    read = capsys.readouterr()
    return read.out + read.err


def test_a_wrong_scenario_is_its_faults_without_a_traceback(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("town.yaml").write_text("missions:\n  a: {cohorts: {core: six}}\n  b: {cohort: {core: 3}}\n")
    shown = said(shell, "import evacsim\nevacsim.run('town.yaml')", capsys)
    lines = shown.strip().splitlines()
    assert lines[0] == "ScenarioError:"
    assert all(line.startswith("town.yaml:") for line in lines[1:])
    assert len(lines) == 3
    assert "Traceback" not in shown


def test_a_wrong_question_is_a_line(shell: InteractiveShell, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    shown = said(shell, f"evacsim.run('evacsim:minimal', mission='nort', out={str(tmp_path)!r})", capsys)
    assert "NameError" in shown  # not imported in this shell: what isn't ours is shown as ever
    shown = said(shell, f"import evacsim\nevacsim.run('evacsim:minimal', mission='nort', out={str(tmp_path)!r})", capsys)
    (line,) = shown.strip().splitlines()
    assert line.startswith("QueryError: ")
    assert "north" in line


def test_with_debug_the_traceback_is_there(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVACSIM_DEBUG", "1")
    shown = said(shell, "import evacsim\nevacsim.run('absent.yaml')", capsys)
    assert "Traceback (most recent call last)" in shown
    assert "ScenarioError" in shown


@pytest.mark.parametrize("kind", [OutputError, StoreError, TooLarge, ClusterError, Lost, evacsim.QueryError])
def test_whatever_the_command_says_in_a_line_is_a_line_here(kind: type[Exception]) -> None:
    assert issubclass(kind, SaidInLines)
    assert kind("no room \x1b[31m")._render_traceback_() == [f"{kind.__name__}: no room \\x1b[31m"]  # type: ignore[attr-defined]


def test_the_answer_is_html_in_a_shell(shell: InteractiveShell, tmp_path: Path) -> None:
    study = evacsim.run("evacsim:minimal", n=3, jobs=1, plots=False, out=tmp_path)
    formatter = shell.display_formatter
    assert formatter is not None
    formatter.active_types = ["text/html", "text/plain"]
    data, _ = formatter.format(study)
    assert data["text/html"] == study._repr_html_()


def test_the_notebook_of_the_docs_is_kept_without_outputs_and_its_code_runs(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site shows what it gives; here it is enough that each cell does, with fewer replications and without pictures."""
    monkeypatch.chdir(tmp_path)
    cells = [cell for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    for cell in cells:
        code = "".join(cell["source"]).replace("n=50", "n=4, jobs=1")
        result = shell.run_cell(code)
        wrong = "raises-exception" in cell["metadata"].get("tags", [])
        assert isinstance(result.error_in_exec, evacsim.ScenarioError) if wrong else result.success, code
