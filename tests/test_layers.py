"""One direction: scenario → model → experiment → analysis → present → studies → command line; heavy packages late."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(sim.__file__).parent
ROOMS = ("scenario", "model", "experiment", "analysis", "present", "studies", "console", "authoring", "api", "commands")
"""From left to right; a room imports only from itself and from rooms to its left."""

NAMES = {"sim.model", "sim.model.CAUSES", "sim.model.STAGES"}
"""All that numbers and pictures may know of the model: they come from stored results, never from a run.  Bounds alone read
what it draws and compiles, which is what they bound."""

FILES = sorted(ROOT.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Absolute names of all modules that a file imports, at any depth, for typing or not."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0] if path.parent != ROOT else path.stem if path.stem in ROOMS else "top"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_go_one_way(path: Path) -> None:
    here = room(path)
    if here == "top":
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "sim" or len(parts) == 1 or name == "sim.__version__":
            continue
        there = parts[1]
        assert there in ROOMS, f"{path.name} in {here} imports {name}, which is above it"
        assert ROOMS.index(there) <= ROOMS.index(here), f"{path.name} in {here} imports {name}, to its right"
        if here in ("analysis", "present") and there == "model" and "bounds" not in path.parts:
            assert name in NAMES or name.startswith("sim.model.names"), f"{path.name} in {here} imports {name}"
        assert (here, there) != ("present", "experiment"), f"{path.name} draws from the store itself"


NEVER = {
    "model": {"yaml", "pathlib", "datetime", "time", "polars", "rich", "matplotlib", "typer"},
    "experiment": {"simpy", "scipy", "matplotlib", "rich", "yaml", "typer"},
    "analysis": {"matplotlib", "rich", "simpy", "typer"},
    "present": {"simpy", "typer", "scipy"},
}
"""What a room has no business with: the model sees no file, clock or plot, nothing but present draws."""


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_room_does_the_work_of_another(path: Path) -> None:
    used = {name.split(".")[0] for name in imports(path)}
    assert not used & NEVER.get(room(path), set())


def loaded_after(code: str) -> set[str]:
    """Top-level packages in memory after *code* in a fresh interpreter."""
    code += "\nimport sys; print(*{m for m in sys.modules if m.count('.') < 2})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent)
    return set(done.stdout.split("\n")[-2].split())


HEAVY = {"matplotlib", "scipy", "scipy.stats", "polars", "pydantic", "numpy", "simpy", "rich", "yaml"}


@pytest.mark.parametrize("argv", [["--help"], ["run", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(argv: list[str]) -> None:
    code = f"from sim.cli import main\ntry: main({argv!r})\nexcept SystemExit as e: assert e.code == 0"
    own = {"pydantic"} if argv[0] == "run" else set()  # the command-line library reads numbers with it
    assert not loaded_after(code) & (HEAVY - own)


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_after("import sim") & HEAVY


def test_a_run_needs_no_plotting_until_it_draws() -> None:
    loaded = loaded_after("import sim; sim.run")
    assert not loaded & {"matplotlib", "scipy.stats", "scipy.optimize", "rich", "asyncio"}


def test_a_run_needs_no_study() -> None:
    code = "import sim, sys; sim.run; assert not {m for m in sys.modules if m.startswith('sim.')} & set(%r)"
    studies = [f"sim.studies.{name}" for name in ("bottleneck", "deadline", "plan", "sensitivity", "sweep", "validate")]
    loaded_after(code % studies)
