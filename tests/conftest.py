"""Of every session: docs/verification.md must say what the tests of tests/verification have found, if all of them have run."""

from __future__ import annotations

import pytest

from tests.verification.page import PAGE, Collector, page


def pytest_configure(config: pytest.Config) -> None:
    """The process that gathers the reports, not one of several that run tests."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Collector(), "verification page")


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
