"""A setting as a scenario file: it extends the scenario and says only what differs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from sim.scenario.errors import Faults, Place
from sim.scenario.files import PREFIX
from sim.scenario.nodes import compose
from sim.scenario.settings import Setting
from sim.scenario.shapes import ROOT
from sim.scenario.starters import word

Json = dict[str, Any]


def overlay(given: str, title: str, settings: Sequence[str], canonical: str, command: str) -> str:
    """The text of the file that extends *given*, which has that *title*.

    *canonical*: the whole scenario with the settings, *command*: the run that gives its answer.

    A path that ends within a list or a number is written as the whole list or number, as *canonical* has it.
    """
    whole = compose(canonical, given, Faults())
    tree: Json = {}
    for text in settings:
        _put(tree, Setting.parse(text, Place("--set")), whole.plain() if whole is not None else {})
    base = given if given.startswith(PREFIX) else os.path.basename(given)
    lines = [
        *(f"# {line}" for line in _about(given, base, command)),
        f"extends: {json.dumps(base, ensure_ascii=False)}",
        f"title: {json.dumps(f'{title} (changed)', ensure_ascii=False)}",
        *_lines(tree, 0),
    ]
    return "".join(f"{line}\n" for line in lines)


def _about(given: str, base: str, command: str) -> list[str]:
    where = [] if given.startswith(PREFIX) else [f"To be kept in the folder of {base}."]
    return ["Only what differs from the scenario that it extends.", *where, f"The same answer: {command}"]


def _put(tree: Json, setting: Setting, whole: Any) -> None:
    """Puts the value of a setting where a file has it."""
    shape, parts, at, here = ROOT, [*map(str, setting.parts)], whole, tree
    for part in parts[:-1]:
        at = at.get(part) if isinstance(at, dict) else None
        inner = shape.below(part)
        if inner is None or inner.form not in ("section", "table"):
            here[part] = at
            return
        below = here.setdefault(part, {})
        if not isinstance(below, dict):  # a bare head count that was set before
            below = here[part] = {inner.short or "": below}
        here, shape = below, inner
    here[parts[-1]] = _value(setting)


def _value(setting: Setting) -> Any:
    faults = Faults()
    node = setting.composed(faults)
    faults.stop()
    return node.plain()


def _lines(tree: Mapping[str, Any], depth: int) -> list[str]:
    lines = []
    for key, value in tree.items():
        head = f"{'  ' * depth}{word(key)}:"
        if isinstance(value, dict) and value and depth < 4:
            lines += [head, *_lines(value, depth + 1)]
        else:
            lines.append(f"{head} {json.dumps(value, ensure_ascii=False)}")
    return lines
