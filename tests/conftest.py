"""Of every session: docs/verification.md must say what the tests of tests/verification have found, if all of them have run.

And a fixture of tests of any folder: ``pictures``.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from tests.verification.page import PAGE, Collector, page


def pytest_configure(config: pytest.Config) -> None:
    """The process that gathers the reports, not one of several that run tests."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Collector(), "verification page")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest comes first: at the end one process would be busy with it alone."""
    items.sort(key=lambda item: item.path.name != "test_reference.py")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails the session where the page is out of date."""
    found = session.config.pluginmanager.get_plugin("verification page")
    if found is None or not found.whole or session.config.option.keyword:
        return
    if PAGE.read_text("utf-8") != page(found.rows):
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line("docs/verification.md is out of date: python -m tests.verification.page", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _sketched(figure: Any, file: Path, *, format: str, **_: Any) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    if format == "png":
        FigureCanvasAgg(figure).draw()
    Path(file).touch()


@pytest.fixture(params=["sketched", pytest.param("drawn", marks=pytest.mark.slow)])
def pictures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what can be drawn at all: each picture is rendered once, and its files are there, but empty.

    That takes a quarter of the time.  The thorough run draws into the files as well; so do tests of their bytes.
    """
    if request.param == "sketched":
        monkeypatch.setattr("matplotlib.figure.Figure.savefig", _sketched)
