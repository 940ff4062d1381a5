"""``import evacsim``: the names of ``import sim``, in a folder with somebody's own ``sim.py`` too."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import evacsim
import sim

ROOT = Path(sim.__file__).resolve().parents[1]

MINE = 'print("mine is run")\nmine = 7\n'
"""Somebody's own file: to import it is to see it."""


def test_every_name_is_the_same_object() -> None:
    assert set(evacsim.__all__) == set(sim.__all__)
    assert all(getattr(evacsim, name) is getattr(sim, name) for name in set(sim.__all__) & {"run", "compare", "load", "Study"})
    assert all(getattr(evacsim, name).__doc__ == getattr(sim, name).__doc__ for name in sim.__all__ if name != "__version__")
    assert evacsim.Deadlines is sim.Deadlines  # an answer's class, which nothing lists
    assert evacsim.__version__ == sim.__version__
    assert dir(evacsim) == sorted(evacsim.__all__)


def test_a_name_that_is_not_there_is_refused_by_the_name_that_was_used() -> None:
    with pytest.raises(AttributeError, match="module 'evacsim' has no attribute 'nosuch'"):
        evacsim.nosuch  # noqa: B018
    with pytest.raises(AttributeError, match="module 'evacsim' has no attribute '_queries'"):
        evacsim._queries  # noqa: B018


def test_editors_know_the_same_names() -> None:
    """What each package imports for type checkers alone."""

    def known(module: object) -> set[str]:
        tree = ast.parse(Path(str(getattr(module, "__file__", ""))).read_text("utf-8"))
        blocks = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
        return {alias.name for block in blocks for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}

    assert known(evacsim) == known(sim)


def python(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A Python that looks into *folder* first."""
    return subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    (tmp_path / "sim.py").write_text(MINE)
    (tmp_path / "small.yaml").write_text((ROOT / "scenarios" / "minimal.yaml").read_text("utf-8"))
    return tmp_path


def test_a_file_of_that_name_is_named_and_not_run(hostile: Path) -> None:
    done = python(hostile, "-c", "import evacsim, sim\nprint(sim.__version__ == evacsim.__version__, hasattr(sim, 'mine'))")
    assert (done.returncode, done.stdout) == (0, "True False\n")
    assert f"{hostile / 'sim.py'} has the name of evacsim's own package" in done.stderr.replace("\n", " ")
    assert "ShadowedWarning" in done.stderr


@pytest.mark.costly
def test_runs_work_beside_it_in_several_processes(hostile: Path) -> None:
    """Workers look for the package too."""
    ask = "import evacsim; study = evacsim.run('small.yaml', n=40, jobs=2, plots=False); print(study.failed, study.result.n)"
    done = python(hostile, "-W", "ignore", "-c", ask)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[] 40\n", "")


@pytest.mark.costly
def test_the_command_by_its_module_works_beside_it(hostile: Path) -> None:
    done = python(hostile, "-m", "evacsim", "run", "small.yaml", "-n", "4", "--jobs", "1", "--no-plots", "--quiet", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["results"][0]["replications"] == 4


def test_a_package_of_that_name_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "__init__.py").write_text(MINE)
    done = python(tmp_path, "-c", "import evacsim; print(evacsim.run.__name__)")
    assert (done.returncode, done.stdout) == (0, "run\n")
    assert f"{tmp_path / 'sim' / '__init__.py'} has the name" in done.stderr


def test_a_mere_folder_of_that_name_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "sim").mkdir()
    done = python(tmp_path, "-c", "import evacsim; print(evacsim.run.__name__)")
    assert (done.returncode, done.stdout, done.stderr) == (0, "run\n", "")


def test_another_module_that_is_loaded_already_is_named(hostile: Path) -> None:
    """Nothing of the project can work then, and who uses the other must not have it taken away."""
    done = python(hostile, "-c", "import sim, evacsim")
    assert (done.returncode, done.stdout) == (1, "mine is run\n")
    assert done.stderr.splitlines()[-1] == (
        f"ImportError: {hostile / 'sim.py'} is loaded as `sim`, the name of evacsim's own package: rename that file, or import "
        "evacsim before it"
    )


def test_it_costs_nothing_heavy() -> None:
    code = "import sys, evacsim; print(*sorted({'numpy', 'polars', 'pydantic', 'matplotlib', 'simpy'} & set(sys.modules)))"
    assert python(ROOT, "-c", code).stdout == "\n"


def test_wheel_and_source_archive_have_it() -> None:
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert targets["wheel"]["packages"] == ["sim", "evacsim"]
    assert {"/sim", "/evacsim"} <= set(targets["sdist"]["include"])
    assert all((ROOT / name / "py.typed").exists() for name in targets["wheel"]["packages"])
