"""Lines with the condition under which each is said, as a table of both."""

from __future__ import annotations


def applying(*lines: tuple[object, str]) -> list[str]:
    """The lines whose condition holds, in their order."""
    return [line for holds, line in lines if holds]
