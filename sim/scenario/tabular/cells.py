"""Cells with their places: what every reader of a table gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sim.scenario.errors import Fault, Message, Place, ScenarioError


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as people see it."""

    text: str
    """Without the blanks around it."""
    line: int
    """First line of its record in a text, or row of a sheet; from 1."""
    column: int
    """The character at which it begins (1 where that is on a later line), or column of a sheet; from 1."""
    typed: float | datetime | None = None
    """What a workbook holds there, if it is a number or a moment: nothing to guess."""
    name: str = ""
    """Its name in a sheet, such as ``B3``."""

    def place(self, label: str) -> Place:
        """Where a fault of it is told."""
        return Place(label, self.line, self.column)


@dataclass
class Grid:
    """A file as rows of cells, the empty ones among them."""

    label: str
    """What faults call the file."""
    rows: list[list[Cell]]
    separator: str = ""
    """Between the cells of a text; empty for a workbook."""
    notices: list[str] = field(default_factory=list)
    """What was read in a way that somebody might not have meant."""


def refused(label: str, message: str | Message, line: int = 1, column: int = 1) -> ScenarioError:
    """The error of a file that is no table."""
    return ScenarioError([Fault.at(Place(label, line, column), (), message)])


def spans(numbers: Iterable[int]) -> str:
    """Whole numbers as people list them: ``3, 5 to 7``; *numbers* ascend."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    listed = [str(a) if a == b else f"{a} to {b}" for a, b in runs]
    return ", ".join(listed[:8]) + (" …" if len(listed) > 8 else "")
