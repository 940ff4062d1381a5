"""A design file: a sweep with a name, written down; faults are said with file, line and column like those of a scenario.

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

import os
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any, cast

from sim.scenario.errors import Faults, Path, Place, ScenarioError, shown
from sim.scenario.files import PREFIX, read, source
from sim.scenario.nearest import nearest
from sim.scenario.nodes import Node, compose, key_place
from sim.scenario.settings import Setting
from sim.studies.axis import Axis, as_text, parse_values
from sim.studies.design.spec import DesignSpec, Kind, Span

KEYS = ("title", "scenarios", "scenario", "set", "measures", "by", "n", "seed", "design")
KINDS = ("grid", "points", "latin", "sobol")
MOST_SAMPLED = 1_000_000
MOST_SEED = 2**63 - 1


def is_design(name: str) -> bool:
    """Whether a file is a design and no scenario: it says ``design``, which no scenario does."""
    try:
        root = _composed(name, Faults())
    except ScenarioError:
        return False
    return root is not None and "design" in (root.mapping or {})


def looks_like_design(name: str) -> bool:
    """Whether a file without a design was perhaps meant as one; raises what it is that keeps it from being read at all."""
    root = _top(name, "a scenario or a design: a mapping, got nothing that is one")
    return any(key in (root.mapping or {}) for key in ("scenario", "scenarios", "measures"))


def read_design(name: str) -> DesignSpec:
    """What a design file says; raises :class:`ScenarioError` with all its faults."""
    root, faults = _top(name, "a design: a mapping with scenarios and design"), Faults()
    spec = _Reader(root, faults, name).read()
    faults.stop()
    return spec


def _composed(name: str, faults: Faults) -> Node | None:
    file = source(name)
    return compose(read(file, Place(file.label)), file.label, faults)


def _top(name: str, expected: str) -> Node:
    """The mapping that a file holds; raises ScenarioError where there is none."""
    faults = Faults()
    root = _composed(name, faults)
    faults.stop()
    if root is None or not root.mapping:
        faults.add(Place(source(name).label), (), f"expected {expected}")
        faults.stop()
    assert root is not None
    return root


class _Reader:
    """Reads one design file, noting faults on the way."""

    def __init__(self, root: Node, faults: Faults, name: str) -> None:
        self.root, self.faults, self.name = root, faults, name
        self.entries = root.mapping or {}
        self.places: dict[str, Place] = {}

    def fault(self, node: Node | Place, path: Path, message: str) -> None:
        self.faults.add(node if isinstance(node, Place) else node.place, path, message)

    def read(self) -> DesignSpec:
        self.known(self.root, (), KEYS)
        by, title, measures = self.entries.get("by"), self.entries.get("title"), self.listed("measures")
        if by is not None and by.value not in ("total", "mission"):
            self.fault(by, ("by",), f"expected total or mission, got {shown(by.plain())}")
        spec = DesignSpec(
            self.scenarios(),
            title="" if title is None else self.text(title, ("title",)),
            by="total" if by is None else str(by.value),
            n=self.whole(self.root, ("n",), 1, 1_000_000),
            seed=self.whole(self.root, ("seed",), 0, MOST_SEED),
            measures=tuple(self.text(node, ("measures", k)) for k, node in enumerate(measures)),
            measured=tuple(node.place for node in measures),
            settings=self.settings(),
            file=self.name,
            places=self.places,
            **self.design(),
        )
        if not spec.scenarios and "scenario" not in self.places:
            self.fault(self.root, (), "expected scenario or scenarios: the files to sweep")
        return spec

    def known(self, node: Node, path: Path, keys: Sequence[str]) -> None:
        for key in node.mapping or {}:
            if key not in keys:
                self.fault(key_place(node, key), (*path, key), f"unknown key {shown(key)}{nearest(key, keys)}")

    def text(self, node: Node, path: Path) -> str:
        if not isinstance(node.value, str) or not node.value.strip():
            self.fault(node, path, f"expected text, got {shown(node.plain())}")
            return "?"
        return node.value

    def whole(self, node: Node, path: Path, least: int, most: int) -> int | None:
        """The whole number of the entry at *path*, which is one of *node*; None where it isn't there, or is none."""
        entry = (node.mapping or {}).get(str(path[-1]))
        if entry is None:
            return None
        if isinstance(entry.value, bool) or not isinstance(entry.value, int) or not least <= entry.value <= most:
            self.fault(entry, path, f"expected a whole number from {least:,} to {most:,}, got {shown(entry.plain())}")
            return None
        return entry.value

    def listed(self, key: str) -> list[Node]:
        """Entries of a list, or the one entry that stands for it."""
        node = self.entries.get(key)
        alone = [] if node is None else [node]
        return list(node.value) if node is not None and isinstance(node.value, tuple) else alone

    def settings(self) -> tuple[Setting, ...]:
        node = self.entries.get("set")
        if node is None:
            return ()
        entries = self.mapping(node, ("set",)).items()
        return tuple(Setting(_path(key), as_text(value.plain()), key_place(node, key)) for key, value in entries)

    def mapping(self, node: Node, path: Path) -> Mapping[str, Node]:
        """A mapping of paths to values; empty where it is something else."""
        if node.mapping is None:
            self.fault(node, path, f"expected a mapping of paths to values, got {shown(node.plain())}")
        return node.mapping or {}

    def scenarios(self) -> tuple[str, ...]:
        both = [key for key in ("scenario", "scenarios") if key in self.entries]
        if len(both) == 2:
            self.fault(key_place(self.root, "scenario"), ("scenario",), "expected scenario or scenarios, got both")
        nodes = self.listed(both[0]) if both else []
        many = len(nodes) > 1
        return tuple(self.file(node, (both[0], k) if many else (both[0],)) for k, node in enumerate(nodes))

    def file(self, node: Node, path: Path) -> str:
        """A scenario's file, which a design names from its own folder; a shipped design names shipped ones."""
        text = self.text(node, path)
        if text.startswith(PREFIX) or self.name.startswith(PREFIX):
            return text
        if os.path.isabs(text) or "\0" in text:
            self.fault(node, path, f"expected a relative path, from the folder of the design, got {shown(text)}")
            return text
        file = os.path.normpath(os.path.join(os.path.dirname(self.name), text))
        inside = [os.path.realpath(folder) for folder in (os.path.dirname(self.name) or ".", ".")]
        if not any(FilePath(os.path.realpath(file)).is_relative_to(folder) for folder in inside):
            self.fault(node, path, f"expected a file in the folder of the design or under the current one, got {shown(text)}")
        return file

    def design(self) -> dict[str, Any]:
        """Kind and points, as fields of the spec."""
        node = self.entries.get("design")
        kinds = list(node.mapping or ()) if node is not None else []
        if node is None or len(kinds) != 1 or kinds[0] not in KINDS:
            place = node.place if node is not None else self.root.place
            near = nearest(kinds[0], KINDS) if kinds else ""
            self.fault(place, ("design",), f"expected one of grid, points, latin or sobol{near}")
            return {}
        kind = cast(Kind, kinds[0])
        inner, path = (node.mapping or {})[kind], ("design", kind)
        if kind == "grid":
            return {"kind": kind, "axes": self.grid(inner, path)}
        return {"kind": kind} | ({"rows": self.points(inner, path)} if kind == "points" else self.sampled(kind, inner, path))

    def noted(self, node: Node, key: str) -> str:
        """The path *key* of the mapping *node*, with its place remembered."""
        name = _path(key)
        self.places.setdefault(name, key_place(node, key))
        return name

    def grid(self, node: Node, path: Path) -> tuple[Axis, ...]:
        if not node.mapping:
            self.fault(node, path, "expected a mapping of paths to values: PATH: [a, b, c] or PATH: lo:hi:step")
        return tuple(
            Axis(self.noted(node, key), self.values(key, value, (*path, key))) for key, value in (node.mapping or {}).items()
        )

    def values(self, key: str, node: Node, path: Path) -> tuple[str, ...]:
        """The values of a path: a list, ``lo:hi:step`` or ``a,b,c``."""
        if isinstance(node.value, tuple):
            texts = [self.item(key, item, (*path, k)) for k, item in enumerate(node.value)]
        elif isinstance(node.value, str) and key not in ("scenario",):
            try:
                texts = parse_values(node.value)
            except ValueError as error:
                self.fault(node, path, str(error))
                return ()
        else:
            texts = [self.item(key, node, path)]
        for text in (text for k, text in enumerate(texts) if text in texts[:k]):
            self.fault(node, path, f"{text} is there twice")
        if not texts:
            self.fault(node, path, "expected at least one value")
        return tuple(texts)

    def item(self, key: str, node: Node, path: Path) -> str:
        return self.file(node, path) if key == "scenario" else as_text(node.plain())

    def points(self, node: Node, path: Path) -> tuple[dict[str, str], ...]:
        points = node.value if isinstance(node.value, tuple) else ()
        if not points:
            self.fault(node, path, "expected a list of points, each a mapping of paths to values")
        return tuple(
            {self.noted(row, key): self.item(key, at, (*path, k, key)) for key, at in self.mapping(row, (*path, k)).items()}
            for k, row in enumerate(points)
        )

    def sampled(self, kind: Kind, node: Node, path: Path) -> dict[str, Any]:
        """Of a sampled design."""
        entries = node.mapping or {}
        self.known(node, path, ("points", "seed", "over"))
        for key in ("points", "over"):
            if key not in entries:
                self.fault(node, (*path, key), "expected a value, got nothing")
        points = self.whole(node, (*path, "points"), 1, MOST_SAMPLED) or 1
        if kind == "sobol" and points & (points - 1):
            near = 2 ** points.bit_length()
            self.fault(entries["points"], (*path, "points"), f"expected a power of two for a Sobol' sequence, such as {near}")
        seed = self.whole(node, (*path, "seed"), 0, MOST_SEED)
        spans = self.spans(entries["over"], (*path, "over")) if "over" in entries else {}
        return {"points": points, "design_seed": seed, "spans": spans}

    def spans(self, node: Node, path: Path) -> dict[str, Span]:
        if isinstance(node.value, tuple):  # paths alone: their own ranges
            places = {self.text(item, (*path, k)): item.place for k, item in enumerate(node.value)}
            self.places |= places
            return {name: Span(place) for name, place in places.items()}
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


def _path(key: str) -> str:
    """A dotted path without the blanks around its parts."""
    return ".".join(part.strip() for part in key.split("."))
