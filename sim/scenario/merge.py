"""``extends`` and ``--set``: one documented order of precedence.

    base file < the file that extends it < ``--set`` in the order given

Mappings merge key by key, everything else replaces: scalars, lists, moments, and quantities, whose forms never mix; but a
mapping of nothing but ``low, high, kind, source, evidence, note`` is added to the quantity below it.  A bare head count of a
cohort stands for ``{people: ...}`` before anything is merged.  ``null`` deletes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from sim.scenario.errors import FaultCode, Faults, Message, Path, Place, ScenarioError, printable, shown
from sim.scenario.files import STDIN, Source, extended, read
from sim.scenario.nearest import moved, nearest, unknown_key
from sim.scenario.nodes import Node, compose, key_place
from sim.scenario.parsing import META, is_multiple, is_quantity
from sim.scenario.settings import Setting, numbered
from sim.scenario.shapes import ROOT, Shape

MOST_FILES = 20
IN_FILES = ("extends", "inputs")
"""Keys that name a file beside the one that says them."""
GRADED = ("source", "evidence")
"""What a section says of the quantities in it."""


def read_chain(top: Source, text: str | None, faults: Faults) -> list[tuple[Source, Node]]:
    """The file and those it extends, the base first, each with its ``extends`` taken out.

    Raises ScenarioError where a file is missing or is no mapping; what is wrong inside the files goes to *faults*.
    """
    chain: list[tuple[Source, Node]] = []
    seen = []
    file, place, path = top, Place(top.label), ()  # type: tuple[Source, Place, Path]
    while True:
        root = compose(read(file, place) if text is None else text, file.label, faults)
        text = None
        if not len(faults) and (root is None or root.value is None):
            faults.add(Place(file.label), (), Message("expected a scenario", "an empty file"))
        elif root is not None and root.mapping is None:
            faults.add(root.place, (), Message("expected a scenario: a mapping with missions", shown(root.plain())))
        if root is None or root.mapping is None:
            break
        entries = dict(root.mapping)
        extends = entries.pop("extends", None)
        chain.append((file, Node(entries, root.place, root.keys)))
        if extends is None or extends.value is None:
            return chain[::-1]
        seen.append(STDIN if file.piped else os.path.realpath(file.path))
        place, path = extends.place, ("extends",)
        if not isinstance(extends.value, str):
            faults.add(place, path, Message("expected a relative path or a shipped evacsim: name", shown(extends.plain())))
            break
        try:
            file = extended(extends.value, file, place)
            if os.path.realpath(file.path) in seen:
                faults.add(place, path, f"circular: {printable(extends.value, 200)} extends this file, or is it")
            elif len(seen) >= MOST_FILES:
                faults.add(place, path, f"expected at most {MOST_FILES} files in a row")
            else:
                read(file, place)
                continue
        except ScenarioError as error:
            for fault in error.faults:
                faults.add(Place(fault.file, fault.line, fault.column), path if fault.file == place.file else (), fault.message)
        break
    faults.stop()
    raise AssertionError("a chain that ends early has a fault")


def _expanded(node: Node, shape: Shape) -> Node:
    """A bare head count as the section that it stands for."""
    if (
        shape.short
        and node.value is not None
        and (node.mapping is None or is_quantity(node.mapping) or is_multiple(node.mapping))
    ):
        return Node({shape.short: node}, node.place, {shape.short: node.place})
    return node


def attributed(node: Node, shape: Shape | None, about: Mapping[str, str]) -> Node:
    """*node* with every quantity knowing source and grade of the nearest section of this file that states one."""
    if shape is None:
        return node
    node = _expanded(node, shape)
    if shape.form in ("section", "table") and node.mapping is not None:
        if shape.form == "section":
            stated = {k: v.value for k, v in node.mapping.items() if k in GRADED}
            about = {**about, **{k: v for k, v in stated.items() if isinstance(v, str)}}
        entries = {k: attributed(v, shape.below(k), about) for k, v in node.mapping.items()}
        return Node(entries, node.place, node.keys, node.about)
    if shape.form == "list" and isinstance(node.value, tuple):
        return replace(node, value=tuple(attributed(v, shape.item, about) for v in node.value))
    if shape.form == "list":
        return attributed(node, shape.item, about)
    if shape.form == "moment" and node.mapping is not None and not is_quantity(node.mapping):
        return replace(node, value={k: replace(v, about=about) for k, v in node.mapping.items()})
    return Node(node.value, node.place, node.keys, about) if shape.form in ("quantity", "moment") else node


def merged(base: Node | None, over: Node, shape: Shape | None, path: Path, faults: Faults) -> Node | None:
    """*over* on top of *base*; None if it deletes.  Nulls of *over* are gone from the result."""
    if over.value is None:
        return None
    if shape is None or shape.form not in ("section", "table"):
        return _leaf(base, over, shape)
    over = _expanded(over, shape)
    if over.mapping is None:
        return over
    base = _expanded(base, shape) if base is not None else None
    below = base.mapping if base is not None else None
    entries, keys = dict(below or {}), dict(base.keys if base is not None and below is not None else {})
    for key, value in over.mapping.items():
        inner, at = shape.below(key), (*path, key)
        if value.value is None and key not in entries and shape.form == "table":
            faults.add(key_place(over, key), at, f"nothing named {shown(key)} to delete{nearest(key, entries)}")
        if value.value is None and inner is None:
            faults.add(key_place(over, key), at, unknown_key(at, shape.fields))
        result = merged(entries.get(key), value, inner, at, faults)
        if result is None:
            entries.pop(key, None)
        else:
            entries[key], keys[key] = result, key_place(over, key)
    return Node(entries, over.place, keys)


def _leaf(base: Node | None, over: Node, shape: Shape | None) -> Node:
    """A quantity, moment, list or scalar: replaced, but what is only said *about* a quantity is added to it."""
    about = over.mapping is not None and over.mapping and all(key in META for key in over.mapping)
    if base is None or not about or shape is None or shape.form != "quantity":
        return over
    if base.mapping is None:
        base = Node({"value": base}, base.place, {"value": base.place}, base.about)
    assert base.mapping is not None
    assert over.mapping is not None
    return Node({**base.mapping, **over.mapping}, base.place, {**base.keys, **over.keys}, base.about)


def override(root: Node, settings: Sequence[str | Setting], faults: Faults) -> Node:
    """*root* with each setting applied in order; a text ``PATH=VALUE`` is the ``--set`` of its position."""
    done: dict[Path, Setting] = {}
    for number, one in enumerate(settings):
        setting = numbered(number, one, faults)
        if setting is None:
            continue
        path, place = setting.parts, setting.origin
        if path in done and (done[path].replaces or not setting.replaces):
            faults.add(place, path, Message(f"set twice; the first is {done[path].origin.file}", code=FaultCode.REPEATED))
        elif path[0] in IN_FILES:
            hint = "; --inputs says where they are drawn from" if path[0] == "inputs" else ""
            faults.add(place, path, f"expected a path inside the scenario; {path[0]} can only be written in a file{hint}")
        elif moved(path):
            faults.add(place, path, unknown_key(path, ()))
        else:
            done[path] = setting
            root = _Override(setting.composed(faults), place, faults).below(root, ROOT, path, ())
    return root


def _replaced(node: Node, number: int, item: Node) -> Node:
    """A list with another *item* at the position *number*."""
    return Node(tuple(item if k == number else old for k, old in enumerate(cast(tuple[Node, ...], node.value))), node.place)


class _Override:
    """Puts the value of one setting at its path; what is not there is a fault where the setting was written."""

    def __init__(self, value: Node, place: Place, faults: Faults) -> None:
        self.value = value
        self.place = place
        self.faults = faults

    def below(self, node: Node, shape: Shape, path: Path, done: Path) -> Node:
        """*node*, which is at *done*, with the value merged at *path* below it."""
        if not path:
            return merged(node, attributed(self.value, shape, {}), shape, done, self.faults) or node
        key, rest, at = str(path[0]), path[1:], (*done, path[0])
        node = _expanded(node, shape)
        if shape.form == "list" and shape.single and shape.item and not key.isdecimal():  # one value, with or without its list
            if not isinstance(node.value, tuple):
                return self.below(node, shape.item, path, done)
            if len(node.value) == 1:
                return Node((self.below(node.value[0], shape.item, path, done),), node.place)
        if shape.form == "list" and isinstance(node.value, tuple) and key.isdecimal() and int(key) < len(node.value):
            return _replaced(node, int(key), self.below(node.value[int(key)], shape.item or shape, rest, at))
        if shape.form in ("quantity", "moment") and node.mapping is not None and key in node.mapping:
            # a number that is replaced loses source and grade, which were those of the old one; a new range keeps them
            entries = {k: v for k, v in node.mapping.items() if k not in GRADED or key in META}
            about = node.about if key in META else {}
            return Node({**entries, key: self.part(node.mapping[key], rest, at)}, node.place, node.keys, about)
        if shape.form not in ("section", "table") or node.mapping is None:
            number = len(node.value) - 1 if isinstance(node.value, tuple) else None
            self.faults.add(self.place, at, "has nothing below it" if number is None else f"expected an item from 0 to {number}")
            return node
        inner = shape.below(key)
        if inner is None:
            self.faults.add(self.place, at, unknown_key(at, shape.fields))
            return node
        if not rest:
            layer = Node({key: attributed(self.value, inner, {})}, self.value.place, {key: self.place})
            return merged(node, layer, shape, done, self.faults) or node
        if shape.form == "table" and key not in node.mapping:
            return self.nothing(node, at)
        child = node.mapping.get(key) or Node({}, self.value.place)
        return Node({**node.mapping, key: self.below(child, inner, rest, at)}, node.place, {key: self.place, **node.keys})

    def part(self, node: Node, path: Path, done: Path) -> Node:
        """A part of a quantity replaced, such as the mean of its distribution."""
        if not path:
            return self.value
        key, at = str(path[0]), (*done, path[0])
        if node.mapping is not None and key in node.mapping:
            return Node({**node.mapping, key: self.part(node.mapping[key], path[1:], at)}, node.place, node.keys)
        if isinstance(node.value, tuple) and key.isdecimal() and int(key) < len(node.value):
            return _replaced(node, int(key), self.part(node.value[int(key)], path[1:], at))
        return self.nothing(node, at)

    def nothing(self, node: Node, at: Path) -> Node:
        """*node* as it was: it has nothing of that name."""
        message = f"nothing named {shown(at[-1])}{nearest(str(at[-1]), node.mapping or ())}"
        self.faults.add(self.place, at, Message(message, code=FaultCode.UNKNOWN_NAME))
        return node
