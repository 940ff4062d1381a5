"""Settings: what ``--set`` and a study write over a scenario, each with the place that it comes from."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from sim.scenario.errors import Faults, Message, Path, Place, message_of, shown
from sim.scenario.nodes import Node, compose

OPTION = "--set"


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of a scenario replaced: ``road.drive=2 h``.

    Order matters between settings: those of the command line come before those of a study, and no path may be set twice but by
    what a study works out.
    """

    path: str
    """Dotted, from the top of the scenario."""
    value: Any
    """YAML text such as ``2 h`` or ``{mean: 2 h, cv: 0.5}``, or the same as plain data; ``null`` and None delete."""
    origin: Place
    """Where somebody wrote it: a fault in it is told there."""
    indent: int | None = None
    """If it was written as one text ``PATH=VALUE``: the columns before the value, so that a fault in it can tell its own."""
    replaces: bool = False
    """Whether a study worked it out from the scenario with all that was set, so that it takes the place of what set the path."""

    @classmethod
    def parse(cls, text: str, origin: Place) -> Setting:
        """The setting that ``PATH=VALUE`` says; raises ValueError with a :class:`Message` if it is none."""
        name, equals, value = text.partition("=")
        path = [part.strip() for part in name.split(".")]
        if not equals or not all(path) or not value.strip():
            raise ValueError(Message("expected PATH=VALUE", shown(text)))
        return cls(".".join(path), value, origin, len(name) + 1)

    @property
    def parts(self) -> Path:
        """The path in its parts."""
        return tuple(self.path.split("."))

    @property
    def text(self) -> str:
        """The value as YAML text; plain data becomes JSON, which is a part of YAML."""
        return self.value.strip() if isinstance(self.value, str) else json.dumps(self.value, ensure_ascii=False)

    def __str__(self) -> str:
        """``PATH=VALUE``, as a person would type it after ``--set``."""
        return f"{self.path}={self.text}"

    def __hash__(self) -> int:
        """Equal settings have equal texts; plain data such as a mapping has no hash of its own."""
        return hash((self.path, self.text))

    def place(self, line: int, column: int) -> Place:
        """Where a part of the value was written: at its own column in a text that was typed, or else where the setting was."""
        return self.origin if self.indent is None else replace(self.origin, line=line, column=column)

    def composed(self, faults: Faults) -> Node:
        """The value as a tree; what is no YAML goes to *faults*."""
        text = self.text if self.indent is None else " " * self.indent + self.value
        return compose(text, self.place, faults) or Node(None, self.place(1, (self.indent or 0) + 1))


def numbered(number: int, setting: str | Setting, faults: Faults) -> Setting | None:
    """The setting *number*, from 0, with that number in its place; a text is what ``--set`` says, and may be no setting."""
    if isinstance(setting, Setting):
        return replace(setting, origin=replace(setting.origin, setting=number))
    place = Place(f"{OPTION} {number + 1}", setting=number)
    try:
        return Setting.parse(setting, place)
    except ValueError as error:
        faults.add(place, (), message_of(error))
        return None
