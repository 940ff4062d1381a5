"""What the tests of this folder find becomes docs/explanation/verification.md (see page.py)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.verification.page import PROPERTY, Row

Verifies = Callable[..., None]


@pytest.fixture
def verifies(request: pytest.FixtureRequest) -> Verifies:
    """Call it at the end of a test: ``verifies(case=, expected=, source=, result=, tolerance=)`` makes a row of the page."""
    name = request.node.originalname or request.node.name
    test = f"{request.path.name}::{name}"
    place = request.session.items.index(request.node)

    def row(*, case: str, expected: object, source: str, result: object, tolerance: str) -> None:
        count = len(request.node.user_properties)
        found = Row(place, count, test, case, str(expected), source, str(result), tolerance)
        request.node.user_properties.append((PROPERTY, tuple(found)))  # travels with the report, from any process

    return row
