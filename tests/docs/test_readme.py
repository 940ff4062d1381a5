"""The README's commands are the ones that are used: the tests by CI, the main job here, the Python example word for word."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sim.cli import main
from sim.scenario import load

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
MAIN, TESTS = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)


def test_ci_runs_the_readmes_test_command() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert TESTS in lines
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_contributing_says_the_same() -> None:
    assert TESTS in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def commands() -> list[list[str]]:
    found = re.findall(r"\.venv/bin/evacsim (.*)$", README, re.MULTILINE)
    assert len(found) >= 2
    return [shlex.split(words) for words in found]


def lighter(words: list[str]) -> list[str]:
    """What has the missions of Kabul's scenarios move nobody, but for the one that is asked for."""
    if "--mission" not in words:
        return []
    asked = words[words.index("--mission") + 1]
    others = [name for name in load(ROOT / "scenarios" / "turkish-collapse.yaml").scenario.missions if name != asked]
    return [f"--set=missions.{name}.closed=2021-05-28" for name in others]


@pytest.mark.costly
@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_the_commands_run(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit) as left:
        main([*words, *lighter(words), "-n", "2", "--jobs", "1", "--out", str(tmp_path)])
    said = capsys.readouterr()
    assert left.value.code == 0, said.err
    assert list(tmp_path.rglob("*.png"))
    if words[0] in ("run", "compare"):  # whose last line names the page first
        assert re.search(r":\s+report\.html, [^:]*$", said.out)
        assert list(tmp_path.rglob("report.html"))


@pytest.mark.costly
def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(code.replace("n=50", "n=2, jobs=1, plots=False"), names)
    assert names["study"].missions.height > 0  # type: ignore[attr-defined]


def test_links_lead_somewhere() -> None:
    for page in ("README.md", "CONTRIBUTING.md", "results/README.md"):
        text = (ROOT / page).read_text("utf-8")
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"


def test_every_command_is_in_the_readme() -> None:
    from sim.cli import app

    for command in app.registered_commands:
        assert command.callback is not None
        assert f"evacsim {command.callback.__name__}" in README


def test_ci_builds_the_site_as_the_readme_does() -> None:
    (site,) = re.findall(r"^.*sphinx-build.*$", README, re.MULTILINE)
    assert site in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
