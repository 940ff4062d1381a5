"""``PLAN.yaml``: a sweep with a name, written down; faults are said with file, line and column like those of a scenario.

    title: Lanes and warning at the airport
    scenarios: [evacsim:turkish-collapse, evacsim:none-collapse]
    set: {clock.horizon: 40 d}
    measures: [total.out_p90, total.left_behind]
    n: 100
    design:
      grid:
        airport.gates.abbey.lanes: [2, 4, 8]
        threat.stay.contested: 24 h:96 h:24 h

Other designs are ``points`` (a list of mappings path → value) and ``latin`` or ``sobol`` with ``points``, ``seed`` and
``over``.  A path may be ``scenario``, or ``provider`` or ``threat`` where files are named PROVIDER-THREAT.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any, Literal, cast

from sim.scenario.canonical import resolve_text
from sim.scenario.errors import Faults, Path, Place, ScenarioError, shown
from sim.scenario.files import PREFIX, read, source
from sim.scenario.merge import nearest
from sim.scenario.nodes import Node, compose, key_place
from sim.studies.query import Given
from sim.studies.vary import VaryError, parse_values

Kind = Literal["grid", "points", "latin", "sobol"]
KEYS = ("title", "scenarios", "scenario", "set", "measures", "by", "n", "seed", "design")
KINDS = ("grid", "points", "latin", "sobol")
MOST_SAMPLED = 1_000_000
_PLAIN = re.compile(r"[A-Za-z0-9+./<>=_](?:[A-Za-z0-9 +./<>=_%-]|:(?=[^ ]))*(?<![ :])")
"""Text that YAML reads as it stands, inside brackets too."""


@dataclass(frozen=True)
class Span:
    """What a sampled design draws for a path: between two values, one of a list, or the scenario's own low to high."""

    place: Place
    low: str = ""
    high: str = ""
    choices: tuple[str, ...] = ()
    log: bool = False

    @property
    def own(self) -> bool:
        """Whether the scenario says the range."""
        return not self.low and not self.choices


@dataclass(frozen=True)
class Sweeping:
    """What is asked: scenarios, a design over paths, measures."""

    scenarios: tuple[Given, ...]
    kind: Kind = "grid"
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of a grid: the values of each path, as ``--set`` would have them."""
    rows: tuple[Mapping[str, str], ...] = ()
    """Of a list of points."""
    spans: Mapping[str, Span] = field(default_factory=dict)
    """Of a sampled design."""
    points: int = 0
    """How many points a sampled design has."""
    design_seed: int | None = None
    measures: tuple[str, ...] = ()
    by: str = "total"
    settings: tuple[str, ...] = ()
    n: int | None = None
    seed: int | None = None
    title: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where each path was written, for faults."""
    measured: tuple[Place, ...] = ()
    """Where each measure was written."""
    given: str = ""
    """The plan as the command line named it."""


def is_plan(name: str) -> bool:
    """Whether a file is a plan and no scenario: it says ``design``, which no scenario does."""
    try:
        file = source(name)
        root = compose(read(file, Place(file.label)), file.label, Faults())
    except ScenarioError:
        return False
    return root is not None and root.mapping is not None and "design" in root.mapping


def looks_like_plan(name: str) -> bool:
    """Whether a file without a design was perhaps meant as a plan; raises what it is that keeps it from being read at all."""
    faults = Faults()
    file = source(name)
    root = compose(read(file, Place(file.label)), file.label, faults)
    faults.stop()
    if root is None or not root.mapping:
        faults.add(Place(file.label), (), "expected a scenario or a plan: a mapping, got nothing that is one")
        faults.stop()
    assert root is not None
    return any(key in (root.mapping or {}) for key in ("scenario", "scenarios", "measures"))


def read_plan(name: str) -> Sweeping:
    """The sweep that a file describes; raises :class:`ScenarioError` with all its faults."""
    faults = Faults()
    file = source(name)
    root = compose(read(file, Place(file.label)), file.label, faults)
    faults.stop()
    if root is None or root.mapping is None:
        faults.add(Place(file.label), (), "expected a plan: a mapping with scenarios and design")
        faults.stop()
    assert root is not None
    asked = _Plan(root, faults, name).read()
    faults.stop()
    return asked


def as_text(value: Any) -> str:
    """A plain value as ``--set`` would have it, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{as_text(str(key))}: {as_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(as_text, value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and resolve_text(value):
        return value
    return json.dumps(value, ensure_ascii=False)


class _Plan:
    """Reads one plan, noting faults on the way."""

    def __init__(self, root: Node, faults: Faults, name: str) -> None:
        self.root, self.faults, self.name = root, faults, name
        self.entries = root.mapping or {}
        self.places: dict[str, Place] = {}

    def fault(self, node: Node | Place, path: Path, message: str) -> None:
        self.faults.add(node if isinstance(node, Place) else node.place, path, message)

    def read(self) -> Sweeping:
        self.known(self.root, (), KEYS)
        numbers = self.numbers()
        asked = Sweeping((), given=self.name, settings=self.settings(), n=numbers.get("n"), seed=numbers.get("seed"))
        if "title" in self.entries:
            asked = replace(asked, title=str(self.text(self.entries["title"], ("title",))))
        if "by" in self.entries:
            by = self.entries["by"]
            if by.value not in ("total", "mission"):
                self.fault(by, ("by",), f"expected total or mission, got {shown(by.plain())}")
            asked = replace(asked, by=str(by.value))
        measures = self.listed("measures")
        texts = tuple(str(self.text(node, ("measures", k))) for k, node in enumerate(measures))
        asked = replace(asked, measures=texts, measured=tuple(node.place for node in measures))
        asked = replace(asked, scenarios=self.scenarios())
        asked = replace(self.design(asked), places=self.places)
        if not asked.scenarios and "scenario" not in self.places:
            self.fault(self.root, (), "expected scenario or scenarios: the files to sweep")
        return asked

    def known(self, node: Node, path: Path, keys: Sequence[str]) -> None:
        for key in node.mapping or {}:
            if key not in keys:
                self.fault(key_place(node, key), (*path, key), f"unknown key {shown(key)}{nearest(key, keys)}")

    def text(self, node: Node, path: Path) -> str:
        if not isinstance(node.value, str) or not node.value.strip():
            self.fault(node, path, f"expected text, got {shown(node.plain())}")
            return "?"
        return node.value

    def whole(self, node: Node, path: Path, least: int, most: int) -> int:
        if isinstance(node.value, bool) or not isinstance(node.value, int) or not least <= node.value <= most:
            self.fault(node, path, f"expected a whole number from {least:,} to {most:,}, got {shown(node.plain())}")
            return least
        return node.value

    def numbers(self) -> dict[str, int]:
        limits = {"n": (1, 1_000_000), "seed": (0, 2**63 - 1)}
        return {key: self.whole(self.entries[key], (key,), *ends) for key, ends in limits.items() if key in self.entries}

    def listed(self, key: str) -> list[Node]:
        """Entries of a list, or the one entry that stands for it."""
        node = self.entries.get(key)
        if node is None:
            return []
        return list(node.value) if isinstance(node.value, tuple) else [node]

    def settings(self) -> tuple[str, ...]:
        node = self.entries.get("set")
        if node is None:
            return ()
        if node.mapping is None:
            self.fault(node, ("set",), f"expected a mapping of paths to values, got {shown(node.plain())}")
        return tuple(f"{path}={as_text(value.plain())}" for path, value in (node.mapping or {}).items())

    def scenarios(self) -> tuple[str, ...]:
        both = [key for key in ("scenario", "scenarios") if key in self.entries]
        if len(both) == 2:
            self.fault(key_place(self.root, "scenario"), ("scenario",), "expected scenario or scenarios, got both")
        nodes = self.listed(both[0]) if both else []
        many = len(nodes) > 1
        return tuple(self.file(node, (both[0], k) if many else (both[0],)) for k, node in enumerate(nodes))

    def file(self, node: Node, path: Path) -> str:
        """A scenario's file, which a plan names from its own folder; a shipped plan names shipped ones."""
        text = self.text(node, path)
        if text.startswith(PREFIX) or self.name.startswith(PREFIX):
            return text
        if os.path.isabs(text):
            self.fault(node, path, f"expected a relative path, from the folder of the plan, got {shown(text)}")
            return text
        found = os.path.normpath(os.path.join(os.path.dirname(self.name), text))
        inside = [os.path.realpath(folder) for folder in (os.path.dirname(self.name) or ".", ".")]
        if not any(FilePath(os.path.realpath(found)).is_relative_to(folder) for folder in inside):
            self.fault(node, path, f"expected a file in the folder of the plan or under the current one, got {shown(text)}")
        return found

    def design(self, asked: Sweeping) -> Sweeping:
        node = self.entries.get("design")
        kinds = list(node.mapping or ()) if node is not None else []
        if node is None or len(kinds) != 1 or kinds[0] not in KINDS:
            place = node.place if node is not None else self.root.place
            self.fault(
                place, ("design",), "expected one of grid, points, latin or sobol" + (nearest(kinds[0], KINDS) if kinds else "")
            )
            return asked
        assert node.mapping is not None
        kind, inner = cast(Kind, kinds[0]), node.mapping[kinds[0]]
        path: Path = ("design", kind)
        asked = replace(asked, kind=kind)
        if kind == "grid":
            return replace(asked, values=self.grid(inner, path))
        if kind == "points":
            return replace(asked, rows=self.points(inner, path))
        return self.sampled(asked, inner, path)

    def noted(self, node: Node, key: str) -> str:
        """The path *key* of the mapping *node*, with its place remembered."""
        name = ".".join(part.strip() for part in key.split("."))
        self.places.setdefault(name, key_place(node, key))
        return name

    def grid(self, node: Node, path: Path) -> dict[str, tuple[str, ...]]:
        if not node.mapping:
            self.fault(node, path, "expected a mapping of paths to values: PATH: [a, b, c] or PATH: lo:hi:step")
        return {self.noted(node, key): self.values(key, value, (*path, key)) for key, value in (node.mapping or {}).items()}

    def values(self, key: str, node: Node, path: Path) -> tuple[str, ...]:
        """The values of a path: a list, ``lo:hi:step`` or ``a,b,c``."""
        if isinstance(node.value, tuple):
            texts = [self.item(key, item, (*path, k)) for k, item in enumerate(node.value)]
        elif isinstance(node.value, str) and key not in ("scenario",):
            try:
                texts = parse_values(node.value, key)
            except VaryError as error:
                self.fault(node, path, str(error).removeprefix(f"{key}: "))
                return ()
        else:
            texts = [self.item(key, node, path)]
        for k, text in enumerate(texts):
            if text in texts[:k]:
                self.fault(node, path, f"{text} is there twice")
        if not texts:
            self.fault(node, path, "expected at least one value")
        return tuple(texts)

    def item(self, key: str, node: Node, path: Path) -> str:
        return self.file(node, path) if key == "scenario" else as_text(node.plain())

    def points(self, node: Node, path: Path) -> tuple[dict[str, str], ...]:
        rows = []
        if not isinstance(node.value, tuple) or not node.value:
            self.fault(node, path, "expected a list of points, each a mapping of paths to values")
        for k, row in enumerate(node.value if isinstance(node.value, tuple) else ()):
            if row.mapping is None:
                self.fault(row, (*path, k), f"expected a mapping of paths to values, got {shown(row.plain())}")
                continue
            rows.append({self.noted(row, key): self.item(key, value, (*path, k, key)) for key, value in row.mapping.items()})
        return tuple(rows)

    def sampled(self, asked: Sweeping, node: Node, path: Path) -> Sweeping:
        entries = node.mapping or {}
        self.known(node, path, ("points", "seed", "over"))
        for key in ("points", "over"):
            if key not in entries:
                self.fault(node, (*path, key), "expected a value, got nothing")
        if "points" in entries:
            asked = replace(asked, points=self.whole(entries["points"], (*path, "points"), 1, MOST_SAMPLED))
            if asked.kind == "sobol" and asked.points & (asked.points - 1):
                near = 2 ** asked.points.bit_length()
                self.fault(entries["points"], (*path, "points"), f"expected a power of two for a Sobol' sequence, such as {near}")
        if "seed" in entries:
            asked = replace(asked, design_seed=self.whole(entries["seed"], (*path, "seed"), 0, 2**63 - 1))
        over = entries.get("over")
        return replace(asked, spans=self.spans(over, (*path, "over"))) if over is not None else asked

    def spans(self, node: Node, path: Path) -> dict[str, Span]:
        if isinstance(node.value, tuple):  # paths alone: their own ranges
            found = {}
            for k, item in enumerate(node.value):
                name = self.text(item, (*path, k))
                self.places[name] = item.place
                found[name] = Span(item.place)
            return found
        if not node.mapping:
            self.fault(node, path, "expected a list of paths, or a mapping of paths to ranges lo:hi")
        return {self.noted(node, key): self.span(key, value, (*path, key)) for key, value in (node.mapping or {}).items()}

    def span(self, key: str, node: Node, path: Path) -> Span:
        place = node.place
        if node.value is None or node.value == "own":
            return Span(place)
        if isinstance(node.value, tuple):
            return Span(place, choices=self.values(key, node, path))
        if node.mapping is not None:
            self.known(node, path, ("low", "high", "scale"))
            scale = node.mapping.get("scale")
            if scale is not None and scale.value not in ("log", "linear"):
                self.fault(scale, (*path, "scale"), f"expected linear or log, got {shown(scale.plain())}")
            ends = [node.mapping.get(end) for end in ("low", "high")]
            if None not in ends:
                low, high = (as_text(end.plain()) for end in ends if end is not None)
                return Span(place, low, high, log=scale is not None and scale.value == "log")
        parts = [part.strip() for part in node.value.split(":")] if isinstance(node.value, str) else []
        if len(parts) != 2 or not all(parts):
            self.fault(node, path, f"expected lo:hi, a list of values, {{low:, high:, scale:}} or own, got {shown(node.plain())}")
            return Span(place)
        return Span(place, parts[0], parts[1])
