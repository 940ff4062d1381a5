"""The first hour is true: its files and commands are taken from the page, run in its order, and answer what the page quotes."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from sim.cli import main
from sim.scenario import load

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial" / "first-hour.md").read_text("utf-8")
FENCES = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
FILE = re.compile(r"`(\S+\.yaml)`:\n\n```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)


class Step(NamedTuple):
    """A command of the page and what it is quoted as saying."""

    command: str
    quoted: str


STEPS = [Step(text.strip(), FENCES[k + 1][1]) for k, (kind, text) in enumerate(FENCES) if kind == "sh"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder with the files of the page."""
    for name, text in FILE.findall(PAGE):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def says(command: str, folder: Path) -> tuple[int, str]:
    """Runs a line of shell in which ``evacsim`` is this version: its exit status, and everything it says."""
    script = f'evacsim() {{ {shlex.quote(sys.executable)} -m sim "$@"; }}\nset -o pipefail\n{command}'
    environment = os.environ | {"COLUMNS": "100", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def plain(text: str) -> str:
    """Text without what depends on where lines end, and without the rules of tables."""
    return " ".join(text.replace("─", "").split())


def missing(quoted: str, said: str) -> list[str]:
    """Pieces of a quotation, which ``…`` separates, that were not said in this order."""
    rest, lost = plain(said), []
    for piece in map(plain, quoted.split("…\n")):
        _, there, after = rest.partition(piece)
        if not there:
            lost.append(piece)
        else:
            rest = after
    return lost


def status(command: str) -> int:
    """What a command of the page ends with: one shows what a misspelt key does."""
    return 2 if "distanse" in command else 0


def test_each_file_and_command_has_its_place() -> None:
    assert [name for name, _ in FILE.findall(PAGE)] == ["ours.yaml", "nobody.yaml", "early.yaml"]
    assert [kind for kind, _ in FENCES].count("yaml") == 3
    assert [step.command.split()[1] for step in STEPS] == [
        "check", "check", "describe", "run", "compare", "deadline", "compare", "compare",
    ]  # fmt: skip
    assert all(FENCES[k + 1][0] == "text" for k, (kind, _) in enumerate(FENCES) if kind == "sh")


def here(command: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Runs a command in this process, which saves the start of another; what follows a pipe is left out."""
    with pytest.raises(SystemExit) as left:
        main(shlex.split(command.partition(" | ")[0])[1:])
    assert isinstance(left.value.code, int)
    return left.value.code, "".join(capsys.readouterr())


@pytest.mark.costly
def test_the_commands_run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What simulates nothing says what is quoted.  The others have two replications in which the other missions move nobody, and
    two dates to eight days; the thorough run has the numbers of the page."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("sim.studies.deadline.answer.WATCHED", 4)
    others = [name for name in load(folder / "ours.yaml").scenario.missions if name != "our-embassy"]
    light = "".join(f" --set missions.{name}.closed=2021-05-28" for name in others) + " --jobs 1 --no-plots"
    for command, quoted in STEPS:
        simulates = "-n 40" in command
        fewer = command.replace("-n 40", "-n 2").replace('--dates 5 --resolution "12 h"', '--dates 2 --resolution "8 d"')
        code, said = here(fewer + light if simulates else command, capsys)
        assert code == status(command), f"{command}\n{said}"
        if simulates:  # a row of its own, by its title where the table has titles
            rows = [line for line in said.splitlines() if line.startswith(("our-embassy ", "Our embassy "))]
            assert rows, f"{command}\n{said}"
        else:
            assert missing(quoted, said) == [], f"{command}\n{said}"


@pytest.mark.slow
def test_the_first_hour_says_what_is_quoted(folder: Path) -> None:
    """All commands as they are typed, one after another in one folder; numbers are quoted rounded, so any processor will do."""
    for command, quoted in STEPS:
        code, said = says(command, folder)
        assert code == status(command), f"{command}\n{said}"
        assert missing(quoted, said) == [], f"{command}\n{said}"
