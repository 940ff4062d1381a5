"""YAML as scenario files use it: the core schema of YAML 1.2, with places."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.canonical import emit
from sim.scenario.errors import Faults
from sim.scenario.nodes import Node, compose, find, key_place
from tests.strategies import in_rounds


def node(text: str) -> Node:
    faults = Faults()
    root = compose(text, "x", faults)
    faults.stop()
    assert root is not None
    return root


def value(text: str) -> Any:
    return node(f"a: {text}").plain()["a"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1), ("-1", -1), ("+7", 7), ("007", 7), ("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("1e6", 1e6), ("1E-3", 1e-3),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("no", "no"), ("on", "on"), ("yes", "yes"), ("off", "off"), ("y", "y"), ("12:30", "12:30"), ("1_000", "1_000"),
        ("2021-08-15", "2021-08-15"), ("2021-08-15 06:00", "2021-08-15 06:00"), ("0x1F", "0x1F"), ("0o7", "0o7"), ("nan", "nan"),
        ("'1'", "1"), ('"true"', "true"), ("45 min", "45 min"), ("{b: 1}", {"b": 1}), ("[1, x]", [1, "x"]), ("=", "="),
    ],
)  # fmt: skip
def test_plain_scalars(text: str, expected: Any) -> None:
    got = value(text)
    assert got == expected
    assert type(got) is type(expected)


def test_keys_are_text() -> None:
    assert node("1: a\nno: b\nnull: c\n'2': d\n").plain() == {"1": "a", "no": "b", "null": "c", "2": "d"}


def test_places_count_from_one() -> None:
    root = node("a:\n  b: [x, ü, z]\n")
    inner = find(root, ("a", "b", 2))
    assert inner is not None
    assert (inner.place.line, inner.place.column) == (2, 13)
    a = find(root, ("a",))
    assert a is not None
    assert (key_place(a, "b").line, key_place(a, "b").column) == (2, 3)


def test_aliases_and_merge_keys() -> None:
    text = "base: &b {x: 1, y: 2}\nmore: &m {y: 9, z: 3}\none: *b\ntwo: {<<: *b, y: 5}\nthree:\n  <<: [*b, *m]\n  w: 0\n"
    plain = node(text).plain()
    assert plain["one"] == {"x": 1, "y": 2}
    assert plain["two"] == {"x": 1, "y": 5}
    assert plain["three"] == {"x": 1, "y": 2, "z": 3, "w": 0}
    assert node("'<<': 1").plain() == {"<<": 1}


texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["no", "1e6", "null", "~", "a: b", "#x", "- a", " a ", "12:30", ".nan", "=", "<<", "é", "a\nb"]),
)
plain_data = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts.filter(lambda k: k != "<<"), inner, max_size=4)),
    max_leaves=12,
)


def kinds(data: Any) -> Any:
    """The types in plain data, which ``1 == 1.0 == True`` hides."""
    if isinstance(data, dict):
        return {key: kinds(inner) for key, inner in data.items()}
    return [kinds(item) for item in data] if isinstance(data, list) else type(data)


@in_rounds
@given(st.dictionaries(texts.filter(lambda k: k != "<<"), plain_data, max_size=4))
@settings(deadline=None, max_examples=100)
def test_what_is_written_is_read_back(number: int, data: Any) -> None:
    got = node(emit(data)).plain()
    assert got == data
    assert kinds(got) == kinds(data)
