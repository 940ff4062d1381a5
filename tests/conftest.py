"""Of every session: docs/explanation/verification.md says what the tests of tests/verification found, if all of them have run."""

from __future__ import annotations

import gc
import os
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests import forked
from tests.verification.page import PAGE, Collector, page

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):  # as in commands: the matrices are small, others only wait
    os.environ.setdefault(threads, "1")

if (
    sys.dont_write_bytecode
):  # compiled code is kept apart then: for each process of a test to compile again takes longer than the test
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(Path(__file__).parents[1] / ".pytest_cache" / "bytecode")
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or it was an option of Python


def pytest_configure(config: pytest.Config) -> None:
    """The process that gathers the reports, not one of several that run tests."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Collector(), "verification page")


@pytest.hookimpl(tryfirst=True)  # before -m chooses by the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test's cases only the first are of every change (``first``).  The longest test begins: at the end one process would be
    busy with it alone."""
    cases: Counter[str] = Counter()
    for item in items:
        if (first := item.get_closest_marker("first")) is not None and item.get_closest_marker("slow") is None:
            test = item.nodeid.partition("[")[0]
            cases[test] += 1
            if cases[test] > first.args[0]:
                item.add_marker("costly")
    items.sort(key=lambda item: item.path.name != "test_reference.py")


def pytest_collection_finish() -> None:
    """Who asks for no number of processes gets one: starting others takes most of a small test's time.  Workers are forked
    (see :mod:`tests.forked`), pictures have a third of the points on a line, and a command line is made once for all commands.

    What is loaded by now stays: looking through it for garbage again and again took 3 % of the time, and looking often at what
    is new another 3 %.  Nobody waits for the disk, which matters where a machine crashes: a command writes 20 files, each with
    two such waits.
    """
    os.fsync = lambda handle: None
    if (engine := sys.modules.get("sim.studies.engine")) is not None:
        engine.processors = lambda: 1  # type: ignore[attr-defined]
    if (workers := sys.modules.get("sim.experiment.workers")) is not None:
        workers.subprocess = forked  # type: ignore[attr-defined]
    if (style := sys.modules.get("sim.present.style")) is not None:
        style.DPI = 50  # type: ignore[attr-defined]
    if (commands := sys.modules.get("typer.main")) is not None:
        commands.get_command = cache(commands.get_command)  # type: ignore[attr-defined]
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails the session where the page is out of date."""
    found = session.config.pluginmanager.get_plugin("verification page")
    if found is None or not found.whole or session.config.option.keyword:
        return
    if PAGE.read_text("utf-8") != page(found.rows):
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line("docs/explanation/verification.md is out of date: python -m tests.verification.page", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
