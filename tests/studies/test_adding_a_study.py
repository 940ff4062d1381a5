"""A new study is a folder of its own: the command, the function in Python, the manifest and the key come from its query."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim

FILES = {
    "__init__.py": '"""How many are asked to leave."""\n',
    "query.py": """
from dataclasses import dataclass

from sim.studies.query import Given, Simulating, option, required


@dataclass(frozen=True, kw_only=True)
class HeadsQuery(Simulating):
    \"\"\"Counts heads, so many times.\"\"\"

    verb = "heads"
    gives = "Heads"
    short = "Counts heads."
    scenarios: tuple[Given, ...] = required(metavar="SCENARIO", help="Scenario files.")
    times: int = option(1, "--times", metavar="N", least=1, help="How often.")
""",
    "answer.py": """
from dataclasses import dataclass

from sim.analysis.study import Batch, Proposal
from sim.studies.engine import Answer


@dataclass(frozen=True)
class Heads(Answer):
    pass


def answer(query, session):
    runner = session.check(query.scenarios)
    (staff,) = runner.gather(Batch([Proposal((), query.n)], lambda o: float(o.result.table("replications")["staff"].mean())))
    summary = {"headline": f"{staff * query.times:g} heads."}
    return runner.keep(runner.folder(), Heads, summary, {})
""",
    "plot.py": "def draw(summary, into):\n    pass\n",
    "table.py": "def shown(answer, width):\n    return answer.headlines\n",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with one more study in it."""
    root = tmp_path_factory.mktemp("tree")
    shutil.copytree(Path(sim.__file__).parent, root / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "sim" / "studies" / "heads").mkdir()
    for name, text in FILES.items():
        (root / "sim" / "studies" / "heads" / name).write_text(text)
    (root / "one.yaml").write_text("missions: {embassy: {order: {at: 0 h}, cohorts: {core: 12}}}\n")
    return root


def python(tree: Path, *words: str) -> str:
    env = os.environ | {"PYTHONPATH": str(tree), "COLUMNS": "100"}
    done = subprocess.run([sys.executable, *words], cwd=tree, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.costly
def test_it_is_a_command(tree: Path) -> None:
    assert "heads " in python(tree, "-m", "sim", "--help")
    assert "Counts heads, so many times." in python(tree, "-m", "sim", "heads", "--help")
    shown = python(tree, "-m", "sim", "heads", "one.yaml", "--times", "3", "-n", "2", "--jobs", "1", "--quiet", "--json")
    assert '"headline": "36 heads."' in shown
    (manifest,) = (tree / "results" / "heads").glob("*/manifest.json")
    assert '"evacsim heads one.yaml --times 3 -n 2 --seed 1"' in manifest.read_text()


def test_it_is_a_function(tree: Path) -> None:
    code = "import sim; a = sim.heads('one.yaml', times=2, n=2, jobs=1); print(type(a) is sim.Heads, a.headlines)"
    assert python(tree, "-c", code).strip() == "True ['24 heads.']"
    assert python(tree, "-c", "import sim; print('heads' in dir(sim), 'heads' in sim.__all__)").strip() == "True True"
