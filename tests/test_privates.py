"""No private part of a library is used: what has an underscore in front may be gone in its next version.

The model is looked at elsewhere: its clock takes SimPy's queue over, and says so.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim

ROOT = Path(sim.__file__).parent
FILES = [path for path in sorted(ROOT.rglob("*.py")) if "model" not in path.parts]

DOCUMENTED = {"_asdict", "_fields", "_replace", "_make", "_exit"}
"""Public in spite of its underscore: what named tuples have, so that no field has its name, and ``os._exit``."""


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in DOCUMENTED


def defined(tree: ast.AST) -> Iterator[str]:
    """Names that a file gives to functions, classes, variables and attributes of ``self``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and own(node.value):
            yield node.attr


def own(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in ("self", "cls")


def uses(tree: ast.AST, here: set[str], ours: set[str]) -> Iterator[str]:
    """Private names that a file uses and that aren't its own: those of others' objects, modules and packages.

    *here*: what it defines; *ours*: what any file here does, which ``self`` may have inherited.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and private(node.attr):
            if node.attr not in (ours if own(node.value) else here):
                yield f"{node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.ImportFrom):
            parts = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            yield from (f"{node.lineno}: from {node.module} import {part}" for part in parts if private(part))
        elif isinstance(node, ast.Import):
            yield from (f"{node.lineno}: import {a.name}" for a in node.names if any(map(private, a.name.split("."))))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("getattr", "setattr", "hasattr"):
            names = [a.value for a in node.args[1:2] if isinstance(a, ast.Constant)]
            yield from (f"{node.lineno}: {ast.unparse(node)}" for name in names if private(str(name)))


def test_nothing_private_of_others_is_used() -> None:
    trees = {path: ast.parse(path.read_text("utf-8")) for path in FILES}
    names = {path: set(defined(tree)) for path, tree in trees.items()}
    ours = set().union(*names.values())
    assert [f"{path.relative_to(ROOT)}:{use}" for path, tree in trees.items() for use in uses(tree, names[path], ours)] == []


@pytest.mark.parametrize(
    "line",
    ["pool._processes", "getattr(self, '_result_queue', None)", "self._writer", "from os import _wrap_close", "import _thread",
     "import a._b"],
)  # fmt: skip
def test_it_is_noticed(line: str) -> None:
    assert len(list(uses(ast.parse(line), {"_own"}, {"_own"}))) == 1


@pytest.mark.parametrize(
    "line", ["self._own", "other._own", "row._asdict()", "os._exit(1)", "x.__name__", "from __future__ import a"]
)
def test_what_is_ones_own_or_public_is_not(line: str) -> None:
    assert list(uses(ast.parse(line), {"_own"}, {"_own"})) == []
