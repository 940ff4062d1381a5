"""One direction: scenario → model → experiment → analysis → present → studies → command line; heavy packages late."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import sim

ROOT = Path(sim.__file__).parent
ROOMS = (
    "scenario", "model", "experiment", "analysis", "present", "studies", "serve", "streams", "console", "notebook", "authoring",
    "api", "commands",
)  # fmt: skip
"""From left to right; a room imports only from itself and from rooms to its left."""

NAMES = {"sim.model", "sim.model.CAUSES", "sim.model.STAGES"}
"""All that numbers and pictures may know of the model: they come from stored results, never from a run.  Bounds alone read
what it draws and compiles, which is what they bound."""

FILES = sorted(ROOT.rglob("*.py"))


@cache
def imports(path: Path) -> set[str]:
    """Absolute names of all modules that a file imports, at any depth, for typing or not; a relative one keeps its dots."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            name = "." * node.level + (node.module or "")
            found |= {name} | {f"{name}.{alias.name}" for alias in node.names}
    return found


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0] if path.parent != ROOT else path.stem if path.stem in ROOMS else "top"


def fault(path: Path, name: str) -> str:
    """What is wrong with that file's import of *name*, a module of this package, if anything is."""
    here, there = room(path), name.split(".")[1]
    if there not in ROOMS:
        return "which is above it"
    if ROOMS.index(there) > ROOMS.index(here):
        return "to its right"
    if here in ("analysis", "present") and there == "model" and "bounds" not in path.parts:
        known = name in NAMES or name.startswith("sim.model.names")
        return "" if known else "which knows more of the model than names"
    return "draws from the store itself" if (here, there) == ("present", "experiment") else ""


def test_imports_go_one_way() -> None:
    """All files at once; every import that goes another way is told."""
    inside = [path for path in FILES if room(path) != "top"]
    assert {room(path) for path in inside} == set(ROOMS)
    named = [(path, name) for path in inside for name in sorted(imports(path)) if name.startswith("sim.")]
    found = [(path, name, fault(path, name)) for path, name in named if name != "sim.__version__"]
    wrong = [f"{path.relative_to(ROOT)} in {room(path)} imports {name}: {why}" for path, name, why in found if why]
    assert not wrong, "\n".join(wrong)


def test_no_import_is_relative() -> None:
    """It would be hidden from the tests here."""
    assert [str(path) for path in FILES if any(name.startswith(".") for name in imports(path))] == []


def module(path: Path) -> str:
    """The module's name; a package's is that of its ``__init__``."""
    parts = ("sim", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def circles(imported: dict[str, set[str]]) -> list[set[str]]:
    """Sets of modules that import each other, directly or by others: strongly connected components of more than one (Tarjan)."""
    found: list[set[str]] = []
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(name: str) -> None:
        number[name] = low[name] = len(number)
        stack.append(name)
        for other in imported[name]:
            if other not in number:
                visit(other)
            if other in stack:
                low[name] = min(low[name], low[other])
        if low[name] == number[name]:
            at = stack.index(name)
            if len(stack) - at > 1:
                found.append(set(stack[at:]))
            del stack[at:]

    for name in imported:
        if name not in number:
            visit(name)
    return found


def test_no_imports_draw_a_circle() -> None:
    """At any depth, for typing or not: what needs each other is one module, or one of them registers with the other."""
    named = {module(path): {n for n in imports(path) if n.startswith("sim.")} for path in FILES}
    graph = {name: {n for n in names if n in named and n != name} for name, names in named.items()}
    assert circles(graph) == []


def test_a_circle_is_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set[str](), "e": {"a", "d"}}
    assert circles(graph) == [{"b", "c"}]


NEVER = {
    "model": {"yaml", "pathlib", "datetime", "time", "polars", "rich", "matplotlib", "typer"},
    "experiment": {"simpy", "scipy", "matplotlib", "rich", "yaml", "typer"},
    "analysis": {"matplotlib", "rich", "simpy", "typer"},
    "present": {"simpy", "typer", "scipy"},
}
"""What a room has no business with: the model sees no file, clock or plot, nothing but present draws."""


def test_no_room_does_the_work_of_another() -> None:
    used = {path: {name.split(".")[0] for name in imports(path)} & NEVER.get(room(path), set()) for path in FILES}
    assert {str(path.relative_to(ROOT)): names for path, names in used.items() if names} == {}


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
    studies = [f"sim.studies.{name}" for name in ("bottleneck", "deadline", "decide", "plan", "sensitivity", "sweep", "validate")]
    loaded_after(code % studies)


PLAIN = re.findall(r"^PLAIN = \{(.*?)^\}", (ROOT.parent / "hatch_build.py").read_text("utf-8"), re.MULTILINE | re.DOTALL)[0]
"""Modules of the model that the compiled build leaves as they are."""


@pytest.mark.parametrize(
    ("line", "known"),
    [
        (r"\w+ = NDArray\[", "stages"),  # the compiler sees no numpy, to which a short name for a type of arrays is a variable
        (r"class \w+\(\w*(Error|Exception)\)", "limit"),  # a class made of one of Python's own can't be compiled
    ],
)
def test_what_is_compiled_has_nothing_that_cannot_be(line: str, known: str) -> None:
    named = {path.stem for path in (ROOT / "model").glob("*.py") if re.search(f"^{line}", path.read_text("utf-8"), re.MULTILINE)}
    assert known in named
    assert named <= set(re.findall(r'"(\w+)"', PLAIN))
