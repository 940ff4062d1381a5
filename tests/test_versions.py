"""What the package says it needs is what is tested, and what a package index shows of it leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_lowest_versions_that_are_tested_are_the_floors() -> None:
    floors = dict(re.fullmatch(r"([A-Za-z0-9_-]+)>=([0-9.]+)", one).groups() for one in PROJECT["dependencies"])  # type: ignore[union-attr]
    tested = dict(line.split("==") for line in (ROOT / "constraints-lowest.txt").read_text("utf-8").split())
    assert tested.keys() == floors.keys()
    for name, floor in floors.items():
        assert re.fullmatch(re.escape(floor) + r"(\.0)*", tested[name]), name


def test_the_quick_tests_are_there() -> None:
    for line in (ROOT / "tests" / "quick.txt").read_text("utf-8").split():
        assert (ROOT / line.partition("::")[0]).exists(), line
    assert ".ci/versions" in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert (ROOT / ".ci" / "versions").stat().st_mode & 0o111


def test_an_index_shows_no_link_that_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("hatchling")
    monkeypatch.syspath_prepend(str(ROOT))
    shown = import_module("hatch_build").without_local_links((ROOT / "README.md").read_text("utf-8"))
    assert re.findall(r"\]\((?!https?:)[^)]*\)", shown) == []
    assert (
        import_module("hatch_build").without_local_links("[a](b.md) [c\nd](#e), [f](https://g.h)") == "a c\nd, [f](https://g.h)"
    )


def test_completion_is_on_and_talks_to_the_shell() -> None:
    env = {"_EVACSIM_COMPLETE": "complete_bash", "COMP_WORDS": "evacsim sens", "COMP_CWORD": "1", "PYTHONPATH": str(ROOT)}
    program = "import sys; sys.argv[0] = 'evacsim'; from sim.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["sensitivity"], "")
