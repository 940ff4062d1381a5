"""How strong are the tests?  A seeded random sample of mutants of model and analysis, each against the tests that enter it.

    python3 -m venv mutants && mutants/bin/pip install -q cosmic-ray==8.7.0
    python benchmarks/mutation.py --cosmic-ray mutants/bin/cosmic-ray [--sample 300] [--seed 1] [--jobs 2]

Works on copies of the last commit, never on the checkout.  cosmic-ray lists and makes the mutants (:data:`CHANGES`).  One run
of the unchanged code notes which functions each test enters and its processor time.  Each mutant is then run, in a process of
its own, against the tests that enter the changed function (a change outside of functions: those that enter the module): those
of the test file about the module first, then others up to :data:`BUDGET` seconds, the quick ones first.  A mutant is caught when
a test fails, or takes :data:`HANG` times its time and :data:`GRACE` seconds more, and again when it is
run once more with :data:`PATIENCE` instead.  Reported: the share caught with its Clopper-Pearson interval, and every survivor
with its change.  Mutants that are equal to the original are not taken out of the sample.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import hashlib
import importlib
import itertools
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {
    "model": ("tests/model", "tests/verification", "tests/properties/test_draws.py", "tests/properties/test_metamorphic.py"),
    "analysis": ("tests/analysis", "tests/studies", "tests/present", "tests/properties/test_strict_bound.py"),
    "studies": ("tests/studies", "tests/analysis"),
}
"""Packages that are mutated, and where their tests are."""
SHOWN = ("table", "plot", "plot_rows", "heat", "lines", "scales", "panels", "query")
"""Modules of a study that say what is asked or show what was found: they decide no number."""

COMPARED = ("Eq", "NotEq", "Lt", "LtE", "Gt", "GtE")
SWAPPED = {
    "Add": "Sub", "Sub": "Add", "Mul": "Div", "Div": "Mul", "FloorDiv": "Mul", "Mod": "FloorDiv", "Pow": "Mul",
    "LShift": "RShift", "RShift": "LShift", "BitAnd": "BitOr", "BitXor": "BitAnd",
}  # fmt: skip
CHANGES = [
    *(f"core/ReplaceBinaryOperator_{a}_{b}" for a, b in SWAPPED.items()),
    *(f"core/ReplaceComparisonOperator_{a}_{b}" for a in COMPARED for b in COMPARED if a != b),
    "core/ReplaceComparisonOperator_Is_IsNot", "core/ReplaceComparisonOperator_IsNot_Is",
    "core/ReplaceUnaryOperator_Delete_Not", "core/ReplaceUnaryOperator_Delete_USub", "core/ReplaceUnaryOperator_Delete_Invert",
    "core/NumberReplacer", "core/AddNot", "core/ReplaceAndWithOr", "core/ReplaceOrWithAnd", "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue", "core/ZeroIterationForLoop", "core/ReplaceContinueWithBreak",
    "core/ReplaceBreakWithContinue", "core/RemoveDecorator", "core/ExceptionReplacer",
]  # fmt: skip
"""Each arithmetic operator becomes one other: cosmic-ray would also make ten that any line that runs gives away (a float shifted
by a float), two thirds of all its mutants, which flatter the score.  ``|`` stands in annotations and is left alone."""

BUDGET, HANG, GRACE, PATIENCE = 10.0, 4.0, 4.0, 30.0
MOMENTS = itertools.count(1000)
"""Seconds after the original's for which each mutant's file is dated."""
OWN = {
    "aircraft": "lift", "boarding": "lift", "holding": "gate", "world": "ends", "builder": "compiled",
    "numbers": "compiled", "airport": "compiled", "people": "compiled", "scenario": "compiled",
    "eventlog": "trace", "names": "records", "outcomes": "summary", "words": "summary", "matrix": "compare",
    "lead_time": "curve", "engine": "runner", "runs": "until",
}  # fmt: skip
"""Module → the test file that is about it, where the name is not the same; sub-packages keep theirs together."""

TOOL = """
import json, sys
from pathlib import Path
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
if sys.argv[1] == "list":
    for path in sys.argv[3:]:
        nodes = list(ast_nodes(get_ast(Path(path).read_text())))
        for name in json.loads(sys.argv[2]):
            found = get_operator(name)()
            for k, (start, _) in enumerate(p for node in nodes for p in found.mutation_positions(node)):
                print(json.dumps([path, name, k, start[0]]))
else:
    for path, name, k in json.load(sys.stdin):
        print(json.dumps(mutate_code(Path(path).read_text(), get_operator(name)(), k)))
"""
"""Run by cosmic-ray's own Python: lists mutants, or prints their sources."""


@dataclass(frozen=True)
class Mutant:
    """One change: cosmic-ray's name for it, and where it is."""

    module: str
    operator: str
    occurrence: int
    line: int

    @property
    def room(self) -> str:
        return Path(self.module).parts[1]

    @property
    def about(self) -> str:
        """Beginning of the paths of the test files about its module."""
        parts = Path(self.module).parts[2:]
        stem = Path(parts[-1]).stem
        if parts[0] == "bounds":
            return f"tests/{self.room}/test_bounds"
        if parts[0] == "compiled":  # tested with what runs it
            parts = parts[1:]
        return "/".join(("tests", self.room, *parts[:-1], f"test_{OWN.get(stem, stem)}"))


def ask(python: Path, checkout: Path, *arguments: str, stdin: str = "") -> list[Any]:
    """What :data:`TOOL` prints, a JSON value a line."""
    command = [str(python), "-c", TOOL, *arguments]
    done = subprocess.run(command, cwd=checkout, input=stdin, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def mutants(python: Path, checkout: Path, only: str) -> list[Mutant]:
    """All possible ones of the modules whose path has ``only`` in it."""
    modules = (p for room in ROOMS for p in (checkout / "sim" / room).rglob("*.py") if p.stem not in SHOWN)
    paths = sorted(str(p.relative_to(checkout)) for p in modules)
    found = ask(python, checkout, "list", json.dumps(CHANGES), *(path for path in paths if only in path))
    return sorted((Mutant(*row) for row in found), key=lambda m: (m.module, m.operator, m.occurrence))


@cache
def functions(path: Path) -> list[tuple[int, int, str]]:
    """First and last line of each function, decorators included, and its dotted name; inner ones after outer ones."""
    found: list[tuple[int, int, str]] = []

    def walk(node: ast.AST, outer: str) -> None:
        for n in ast.iter_child_nodes(node):
            name = f"{outer}.{n.name}".lstrip(".") if isinstance(n, ast.FunctionDef | ast.ClassDef) else outer
            if isinstance(n, ast.FunctionDef):
                found.append((min([n.lineno, *(d.lineno for d in n.decorator_list)]), n.end_lineno or n.lineno, name))
            walk(n, name)

    walk(ast.parse(path.read_text()), "")
    return sorted(found)


def place(path: Path, line: int) -> str:
    """Name of the innermost function around a line; empty outside."""
    return max(((first, name) for first, last, name in functions(path) if first <= line <= last), default=(0, ""))[1]


@dataclass(eq=False)
class Noted:
    """A pytest plugin: which functions each test enters, and its processor time."""

    root: str
    entered: dict[str, set[int]] = field(default_factory=dict)
    """Test → ids of code objects; what a fixture enters is under its file's name."""

    seconds: dict[str, float] = field(default_factory=dict)
    codes: dict[int, tuple[str, int]] = field(default_factory=dict)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        yield from self._noting(item.nodeid, item.nodeid.partition("::")[0])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        yield from self._noting(item.nodeid, item.nodeid)

    def _noting(self, test: str, key: str) -> Iterator[None]:
        here, codes, start = self.entered.setdefault(key, set()), self.codes, time.process_time()

        def note(frame: FrameType, event: str, argument: object) -> None:
            code = frame.f_code
            if id(code) not in here:
                here.add(id(code))
                codes[id(code)] = (code.co_filename, code.co_firstlineno)

        sys.settrace(note)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            self.seconds[test] = self.seconds.get(test, 0.0) + time.process_time() - start

    def table(self) -> dict[str, Any]:
        """Test (or file, for its fixtures) → places in the modules, as ``path:function``."""
        places = {
            k: f"{Path(name).relative_to(self.root)}:{place(Path(name), line)}"
            for k, (name, line) in self.codes.items()
            if name.startswith(f"{self.root}/sim/")
        }
        entered = {test: sorted({places[k] for k in ids if k in places}) for test, ids in self.entered.items()}
        return {"seconds": self.seconds, "entered": entered}


@dataclass(eq=False)
class Watched:
    """A pytest plugin: a test that takes far too much processor time ends the process."""

    table: dict[str, Any]
    grace: float = GRACE

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        seconds = self.table["seconds"].get(item.nodeid, GRACE) + shared(self.table).get(item.nodeid.partition("::")[0], 0.0)
        signal.setitimer(signal.ITIMER_PROF, self.grace + HANG * seconds)
        return (yield)


def run(tests: list[str], checkout: Path, plugin: object, after: Callable[[], object] = lambda: None) -> int:
    """Exit status of pytest in a child process; negative: the signal that ended it."""
    if pid := os.fork():
        status = os.waitpid(pid, 0)[1]
        return os.waitstatus_to_exitcode(status)
    quiet = os.open(checkout / "pytest.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(checkout)
    os.environ["PYTHONPATH"] = str(checkout)
    sys.path[:] = [str(checkout), *(p for p in sys.path if Path(p).resolve() not in (ROOT, ROOT / "benchmarks"))]
    resource.setrlimit(resource.RLIMIT_AS, (1 << 33, 1 << 33))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(3600)
    (checkout / "tests.txt").write_text("\n".join(tests))
    status = pytest.main(["-x", "-q", "-n0", "-p", "no:cacheprovider", "-m", "not slow", "@tests.txt"], plugins=[plugin])
    after()
    os._exit(int(status))


def noted(checkout: Path, kept: Path | None) -> dict[str, Any]:
    """The run of the unchanged code; of what an earlier one wrote, the test files that are the same are not run again."""
    files = {str(f.relative_to(checkout)): _digest(f) for where in sum(ROOMS.values(), ()) for f in _test_files(checkout / where)}
    found: dict[str, Any] = {"seconds": {}, "entered": {}, "files": {}}
    if kept and kept.exists():
        found = json.loads(kept.read_text())
    same = {name for name, digest in files.items() if found["files"].get(name) == digest}
    for key in ("seconds", "entered"):
        found[key] = {test: value for test, value in found[key].items() if test.partition("::")[0] in same}
    if others := sorted(set(files) - same):
        plugin, out = Noted(str(checkout)), checkout / "noted.json"
        if run(others, checkout, plugin, lambda: out.write_text(json.dumps(plugin.table()))):
            raise SystemExit(f"the unchanged code fails {' '.join(others)}:\n{(checkout / 'pytest.log').read_text()[-2000:]}")
        for key, value in json.loads(out.read_text()).items():
            found[key].update(value)
    found["files"] = files
    if kept:
        kept.write_text(json.dumps(found))
    return found


def _test_files(where: Path) -> list[Path]:
    return [where] if where.is_file() else sorted(where.rglob("test_*.py"))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def chosen(mutant: Mutant, checkout: Path, table: dict[str, Any]) -> list[str]:
    """The tests to run against a mutant, in order."""
    function = place(checkout / mutant.module, mutant.line)
    key = f"{mutant.module}:{function}"
    hit = {t for t, places in table["entered"].items() if any(p == key or (not function and p.startswith(key)) for p in places)}
    tests = [t for t in table["seconds"] if t in hit or t.partition("::")[0] in hit]
    ranked = sorted(tests, key=lambda t: (not t.startswith(mutant.about), table["seconds"][t], t))
    own = [t for t in ranked if t.startswith(mutant.about)]
    spent, rest, paid = 0.0, [], {t.partition("::")[0] for t in own}
    for test in ranked[len(own) :]:
        file = test.partition("::")[0]
        cost = table["seconds"][test] + (0.0 if file in paid else shared(table).get(file, 0.0))
        if spent + cost < BUDGET:
            spent += cost
            paid.add(file)
            rest.append(test)
    return own + rest


def shared(table: dict[str, Any]) -> dict[str, float]:
    """Test files whose fixtures enter the code → seconds that these may take: whichever of their tests comes first pays them."""
    if "shared" not in table:
        most: dict[str, float] = {}
        for test, seconds in table["seconds"].items():
            file = test.partition("::")[0]
            if table["entered"].get(file):
                most[file] = max(most.get(file, 0.0), seconds)
        table["shared"] = most
    return dict(table["shared"])


def judge(mutant: Mutant, source: str, checkout: Path, table: dict[str, Any]) -> dict[str, Any]:
    """Puts the mutant into a copy, runs its tests, puts the file back."""
    path = checkout / mutant.module
    before, when = path.read_text(), path.stat().st_mtime
    tests = chosen(mutant, checkout, table)
    change = list(difflib.unified_diff(before.splitlines(), source.splitlines(), n=0, lineterm=""))[3:]
    try:
        path.write_text(source)
        moment = when + next(MOMENTS)  # of its own, or byte code of the original, or of another as long, would pass for its own
        os.utime(path, (moment, moment))
        status = run(tests, checkout, Watched(table)) if tests else 0
        if status < 0:  # a slow moment is no hang
            status = run(tests, checkout, Watched(table, PATIENCE))
        if status == 4:  # the change gives tests other names
            status = run(sorted({t.partition("::")[0] for t in tests}), checkout, Watched(table, PATIENCE))
    finally:
        path.write_text(before)
        os.utime(path, (when, when))
    verdict = {0: "survived", 1: "killed", 2: "killed", 4: "killed"}.get(status, "hung" if status < 0 else f"status {status}")
    return {**asdict(mutant), "verdict": verdict, "tests": len(tests), "change": change}


def copy(source: Path | None, folder: Path) -> Path:
    """The last commit's files, or a folder's."""
    if source:
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".git", "results", "__pycache__"), dirs_exist_ok=True)
    else:
        folder.mkdir()
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    return folder


def warm() -> None:
    """What tests import from elsewhere, once for all child processes (polars is left out: it doesn't like forks)."""
    names = "numpy scipy.stats scipy.optimize scipy.sparse pydantic yaml simpy hypothesis typer rich matplotlib.pyplot"
    for name in names.split():
        importlib.import_module(name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cosmic-ray", required=True, metavar="FILE")
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="Modules whose path has this in it.")
    parser.add_argument("--json", type=Path, help="Where every verdict is written; a sample that was begun there goes on.")
    parser.add_argument("--again", type=Path, help="Only those of this file, which --json wrote, that survived or hung.")
    parser.add_argument("--noted", type=Path, help="Keeps which test enters what, for further runs on the same tests.")
    parser.add_argument("--folder", type=Path, help="Copies this folder's files instead of the last commit's.")
    given = parser.parse_args()
    python = Path(given.cosmic_ray).absolute().parent / "python"
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    warm()
    with tempfile.TemporaryDirectory() as temporary:
        copies = [copy(given.folder, Path(temporary).resolve() / str(k)) for k in range(given.jobs)]
        everything = mutants(python, copies[0], given.only)
        sample = random.Random(given.seed).sample(everything, min(given.sample, len(everything)))
        if given.again:
            rows = [v for v in json.loads(given.again.read_text()) if v["verdict"] in ("survived", "hung")]
            sample = [Mutant(*(v[k] for k in ("module", "operator", "occurrence", "line"))) for v in rows]
        asked = json.dumps([(m.module, m.operator, m.occurrence) for m in sample])
        sources = ask(python, copies[0], "make", stdin=asked)
        table = noted(copies[0], given.noted)
        for checkout in copies:  # writes the byte code
            run([*(folder for tests in ROOMS.values() for folder in tests), "--collect-only"], checkout, object())
        sys.dont_write_bytecode = True
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        todo = [(m, s) for m, s in zip(sample, sources, strict=True) if s is not None]
        known = begun([m for m, _ in todo], given.json) if given.json and given.json != given.again else []
        verdicts = list(judged(todo[len(known) :], copies, table, given.json, known))
    report(verdicts, len(everything))
    return 0


def begun(sample: list[Mutant], path: Path) -> list[dict[str, Any]]:
    """The verdicts with which an earlier run on the same sample began, as *path* holds them."""
    rows = json.loads(path.read_text()) if path.exists() else []
    same = all(asdict(m).items() <= row.items() for m, row in zip(sample, rows, strict=False))
    return rows if same and len(rows) <= len(sample) else []


def judged(
    todo: list[tuple[Mutant, str]], copies: list[Path], table: dict[str, Any], path: Path | None, known: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The verdicts in the order of the sample, *known* ones first; written after each."""
    context = multiprocessing.get_context("fork")
    free = context.SimpleQueue()
    for checkout in copies:
        free.put(checkout)
    done = list(known)
    yield from known
    with context.Pool(len(copies), _take, (free, table)) as pool:
        for verdict in pool.imap(_one, todo):
            if verdict["verdict"] not in ("killed", "hung"):
                shown = "  ".join(verdict["change"])
                print(
                    f"{verdict['verdict']}: {verdict['module']}:{verdict['line']} ({verdict['tests']} tests): {shown}", flush=True
                )
            done.append(verdict)
            if path:
                path.write_text(json.dumps(done, indent=1))
            yield verdict


def _take(free: Any, table: dict[str, Any]) -> None:
    global _checkout, _table
    _checkout, _table = free.get(), table


def _one(mutant: tuple[Mutant, str]) -> dict[str, Any]:
    return judge(*mutant, _checkout, _table)


_checkout: Path
_table: dict[str, Any]


def report(verdicts: list[dict[str, Any]], possible: int) -> None:
    """The score with its interval, in all and by room."""
    sys.path.insert(0, str(ROOT))
    from sim.analysis.statistics import proportion

    print(f"\n{len(verdicts)} of {possible:,} possible mutants")
    for room in ("", *(f"sim/{room}/" for room in ROOMS)):
        own = [v for v in verdicts if v["module"].startswith(room)]
        caught = sum(v["verdict"] != "survived" for v in own)
        if own:
            score = proportion(caught, len(own))
            print(f"{room or 'all':>14}: {caught} of {len(own)} caught, {score.value:.1%} ({score.low:.1%} to {score.high:.1%})")


if __name__ == "__main__":
    sys.exit(main())
