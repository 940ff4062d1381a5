"""YAML text → a tree of plain values, each with its place; hostile text is refused quickly.

The rules are those of YAML 1.2's core schema, and only those: ``1e6`` is a number; ``no``, ``on``, ``12:30`` and dates
are text.  Keys are always text.  Quoted scalars are always text.  There are no tags.  The tree is built from parser
events, so that the limits hold while the text is read and not after.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import yaml

from sim.scenario.errors import FaultCode, Faults, Message, Path, Place, message_of, printable

MOST_BYTES = 1_000_000
MOST_DEPTH = 30
MOST_NODES = 100_000
MOST_DIGITS = 40

Scalar = str | int | float | bool | None
At = Callable[[int, int], Place]
"""Line and column of a text, from 1, as the place that a fault tells."""

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NONFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file: a scalar, a tuple of nodes or a dict of them, and where it was written."""

    value: Scalar | tuple[Node, ...] | dict[str, Node]
    place: Place
    keys: Mapping[str, Place] = field(default_factory=dict)
    """Of a mapping: where each key was written."""
    about: Mapping[str, str] = field(default_factory=dict)
    """Of a quantity: source and grade of the section around it, in its own file."""

    @property
    def mapping(self) -> dict[str, Node] | None:
        """Its entries if it is a mapping."""
        return self.value if isinstance(self.value, dict) else None

    def plain(self) -> Any:
        """The value as plain Python."""
        if isinstance(self.value, dict):
            return {k: v.plain() for k, v in self.value.items()}
        if isinstance(self.value, tuple):
            return [v.plain() for v in self.value]
        return self.value


def key_place(node: Node, key: str) -> Place:
    """Where *key* of the mapping *node* was written."""
    return node.keys.get(key, node.place)


def find(node: Node, path: Path) -> Node | None:
    """The node at *path* below *node*, or None."""
    for part in path:
        if isinstance(node.value, dict) and str(part) in node.value:
            node = node.value[str(part)]
        elif isinstance(node.value, tuple) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            return None
    return node


class _Refused(Exception):
    """Reading stops here; the fault is noted."""


@dataclass(slots=True)
class _Anchor:
    node: Node | None = None
    size: int = 0
    height: int = 0


class _Composer:
    """Builds the tree of one text; see :func:`compose`."""

    def __init__(self, text: str, at: At, faults: Faults) -> None:
        self.events: Iterator[Any] = yaml.parse(text, Loader=LOADER)
        self.at = at
        self.faults = faults
        self.anchors: dict[str, _Anchor] = {}
        self.nodes = 0
        self.deepest = 0

    def place(self, event: Any) -> Place:
        return self.at(event.start_mark.line + 1, event.start_mark.column + 1)

    def document(self) -> Node | None:
        """The only document, or None for a file with nothing in it."""
        root = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self.refuse(self.place(event), (), Message("expected one document", "a second one"))
                root = self.node(next(self.events), (), 1)
        return root

    def refuse(self, place: Place, path: Path, message: str | Message) -> None:
        self.faults.add(place, path, message)
        raise _Refused

    def node(self, event: Any, path: Path, depth: int) -> Node:
        place = self.place(event)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, place, path, depth)
        self.count(1, depth, place, path)
        if event.tag is not None:
            self.faults.add(place, path, Message("expected no YAML tag", printable(str(event.tag))))
        anchor = None
        if event.anchor is not None:
            self.anchors[event.anchor] = anchor = _Anchor()
        before, self.deepest, highest = self.nodes - 1, depth, self.deepest
        if isinstance(event, yaml.ScalarEvent):
            node = Node(self.scalar(event, place, path), place)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = Node(self.sequence(path, depth), place)
        else:
            node = self.mapping(place, path, depth)
        if anchor is not None:
            anchor.node, anchor.size, anchor.height = node, self.nodes - before, self.deepest - depth
        self.deepest = max(highest, self.deepest)
        return node

    def count(self, size: int, depth: int, place: Place, path: Path) -> None:
        self.nodes += size
        self.deepest = max(self.deepest, depth)
        if depth > MOST_DEPTH:
            self.refuse(place, path[:3], f"expected at most {MOST_DEPTH} levels of nesting")
        if self.nodes > MOST_NODES:
            self.refuse(place, path, f"expected at most {MOST_NODES:,} values, aliases counted in full")

    def alias(self, event: Any, place: Place, path: Path, depth: int) -> Node:
        anchor = self.anchors.get(event.anchor)
        if anchor is None or anchor.node is None:
            what = "undefined" if anchor is None else "its own"
            self.refuse(place, path, f"alias to {what} anchor {printable(str(event.anchor))}")
        assert anchor is not None
        assert anchor.node is not None
        self.count(anchor.size, depth + anchor.height, place, path)
        return anchor.node

    def sequence(self, path: Path, depth: int) -> tuple[Node, ...]:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, (*path, len(items)), depth + 1))
        return tuple(items)

    def mapping(self, place: Place, path: Path, depth: int) -> Node:
        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        merged: list[Node] = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            at = self.place(event)
            key = self.key(event, at, path, depth)
            merge = key == "<<" and isinstance(event, yaml.ScalarEvent) and event.implicit[0]
            value = self.node(next(self.events), path if merge else (*path, key), depth + 1)
            if merge:
                merged.extend(value.value if isinstance(value.value, tuple) else (value,))
            elif key in entries:
                first = keys[key]
                message = f"repeated key {printable(key)}; the first is in line {first.line}"
                self.faults.add(at, (*path, key), Message(message, code=FaultCode.REPEATED))
            else:
                entries[key], keys[key] = value, at
        for node in merged:
            if node.mapping is None:
                self.faults.add(node.place, path, "expected << to name a mapping")
            for key, value in (node.mapping or {}).items():
                if key not in entries:
                    entries[key], keys[key] = value, node.keys[key]
        return Node(entries, place, keys)

    def key(self, event: Any, place: Place, path: Path, depth: int) -> str:
        if isinstance(event, yaml.AliasEvent):
            node = self.alias(event, place, path, depth)
            if isinstance(node.value, str):
                return node.value
        elif isinstance(event, yaml.ScalarEvent):
            self.count(1, depth, place, path)
            if event.tag is not None:
                self.faults.add(place, path, Message("expected no YAML tag", printable(str(event.tag))))
            if event.anchor is not None:
                self.anchors[event.anchor] = _Anchor(Node(event.value, place), 1, 0)
            return str(event.value)
        self.refuse(place, path, "expected a key of text")
        raise AssertionError

    def scalar(self, event: Any, place: Place, path: Path) -> Scalar:
        text = str(event.value)
        if not event.implicit[0]:
            return text
        try:
            return resolve(text)
        except ValueError as error:
            self.faults.add(place, path, message_of(error))
            return 0


def resolve(text: str) -> Scalar:
    """The value of a plain (unquoted) scalar; raises ValueError for NaN, infinity and endless numbers."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _NONFINITE.fullmatch(text):
        raise ValueError(Message("expected a finite number", text))
    if _FLOAT.fullmatch(text):
        if len(text) > MOST_DIGITS:
            raise ValueError(Message(f"expected a number of at most {MOST_DIGITS} characters", f"{len(text):,}"))
        if _INT.fullmatch(text):
            return int(text)
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(Message("expected a finite number", text))
        return number
    return text


def compose(text: str, file: str | At, faults: Faults) -> Node | None:
    """The tree of *text*, or None if there is none; what is wrong goes to *faults*, at its line and column of *file*."""
    at = partial(Place, file) if isinstance(file, str) else file
    if bad := _CONTROL.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - text.rfind("\n", 0, bad.start())
        faults.add(at(line, column), (), Message("expected text without control characters", f"U+{ord(bad[0]):04X}"))
        return None
    try:
        root = _Composer(text, at, faults).document()
    except _Refused:
        return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = at(mark.line + 1, mark.column + 1) if mark else at(1, 1)
        faults.add(place, (), f"not YAML: {printable(str(getattr(error, 'problem', None) or error), 200)}")
        return None
    return root
