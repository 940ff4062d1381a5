"""The sentences of a decision: lists of names."""

from __future__ import annotations

import pytest

from sim.studies.decide.words import listed


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("", ""),
        ("A", "A"),
        ("AB", "A and B"),
        ("ABC", "A, B and C"),
        ("ABCD", "A, B, C and 1 more"),
        ("ABCDE", "A, B, C and 2 more"),
    ],
)
def test_three_names_at_the_most_are_listed(names: str, said: str) -> None:
    assert listed(list(names)) == said
