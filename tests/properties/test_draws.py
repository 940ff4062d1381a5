"""Draws are a pure function of (seed, replication, purpose, name, occasion), and have the distribution that was asked for."""

from __future__ import annotations

import math
from hashlib import blake2b
from typing import Any

import numpy as np
import pytest
import scipy.stats as ss
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.draws import FEW_DRAWS, Streams, Words, address, few, inverse, philox
from sim.scenario.parsing import parse_quantity
from sim.scenario.quantity import Quantity

words = st.integers(0, 2**64 - 1)
UNIFORM = Quantity("uniform", (0.0, 1.0))


def numpy_words(counter: tuple[int, ...], key: tuple[int, ...]) -> list[int]:
    """The block that numpy's generator gives for a counter; it counts up before each block."""
    whole = sum(c << (64 * i) for i, c in enumerate(counter))
    before = (whole - 1) % 2**256
    generator = np.random.Philox(counter=before, key=key[0] | key[1] << 64)
    return [int(w) for w in generator.random_raw(4)]


@given(st.tuples(words, words, words, words), st.tuples(words, words))
@settings(deadline=None, derandomize=True, max_examples=200)
def test_philox_is_numpys(counter: tuple[int, int, int, int], key: tuple[int, int]) -> None:
    """Bit for bit, over arrays and in whole numbers."""
    expected = numpy_words(counter, key)
    arrays = tuple(np.array([c, 0], dtype=np.uint64) for c in counter)
    assert [int(w) for w in philox(arrays, key)[0]] == expected  # type: ignore[arg-type]
    generator = Words(key)
    generator.after((3, 1, 4, 1), 7)  # wherever it was before
    assert generator.after(counter, 4) == expected
    assert generator.after(counter, 9)[:4] == expected


def test_philox_of_the_paper() -> None:
    """Known answers of the authors' library (Random123, kat_vectors), philox4x64 with 10 rounds."""
    ones = 2**64 - 1
    assert [f"{w:016x}" for w in Words((0, 0)).after((0, 0, 0, 0), 4)] == [
        "16554d9eca36314c", "db20fe9d672d0fdc", "d7e772cee186176b", "7e68b68aec7ba23b",
    ]  # fmt: skip
    assert [f"{w:016x}" for w in Words((ones, ones)).after((ones,) * 4, 4)] == [
        "87b092c3013fe90b", "438c3c67be8d0224", "9cc7d7c69cd777b6", "a09caebf594f0ba0",
    ]  # fmt: skip


def expected_unit(seed: int, replication: int, purpose: str, name: str, occasion: int) -> float:
    """A uniform draw from its address, as documented and with numpy's generator."""
    digest = blake2b(f"{purpose}\x1f{name}".encode(), digest_size=16).digest()
    high = (int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little"))
    word = numpy_words((occasion // 4, 0, *high), (seed, replication))[occasion % 4]
    return ((word >> 11) + 0.5) / 2**53


@given(
    words,
    st.integers(0, 2**40),
    st.text(max_size=20),
    st.text(max_size=20),
    st.lists(st.integers(0, 300), min_size=1, max_size=9),
)
@settings(deadline=None, derandomize=True, max_examples=60)
def test_a_draw_is_its_address(seed: int, replication: int, purpose: str, name: str, occasions: list[int]) -> None:
    """Whatever is made ahead, asked for earlier, or registered beside it, and in whatever order."""
    expected = [expected_unit(seed, replication, purpose, name, k) for k in occasions]
    for ahead in (0, 1, 6, 200):
        streams = Streams()
        streams.register("other", "thing", Quantity("exponential", (2.0,)), 50)
        i = streams.register(purpose, name, UNIFORM, ahead)
        streams.register("last", "thing", UNIFORM, 3)
        drawn = streams.draw(seed, replication)
        assert [drawn[i].once(k) for k in occasions] == expected
        assert [drawn[i].at(k) for k in occasions] == expected
        assert [drawn[i].once(k) for k in occasions] == expected


families: list[tuple[Any, str, Any, float, float]] = [
    ({"uniform": ["2 h", "6 h"]}, "time", ss.uniform(2, 4), 4.0, 4 / math.sqrt(12)),
    ({"triangular": [1, 2, 6]}, "time", ss.triang(0.2, 1, 5), 3.0, math.sqrt((1 + 4 + 36 - 2 - 12 - 6) / 18)),
    ({"pert": [1, 2, 6]}, "time", ss.beta(1.8, 4.2, 1, 5), 2.5, 5 * math.sqrt(1.8 * 4.2 / (36 * 7))),
    ({"exponential": {"mean": "90 min"}}, "time", ss.expon(0, 1.5), 1.5, 1.5),
    ({"gamma": {"mean": "12 h", "cv": 0.6}}, "time", ss.gamma(1 / 0.36, 0, 12 * 0.36), 12.0, 7.2),
    ({"lognormal": {"mean": "10 h", "cv": 0.5}}, "time", None, 10.0, 5.0),
    (
        {"lognormal": {"median": "4 d", "p90": "10 d"}},
        "time",
        None,
        96 * math.exp((math.log(2.5) / 1.2815515655446004) ** 2 / 2),
        -1,
    ),
    (
        {"weibull": {"shape": 2, "scale": "5 h"}},
        "time",
        ss.weibull_min(2, 0, 5),
        5 * math.gamma(1.5),
        5 * math.sqrt(1 - math.pi / 4),
    ),
    ({"normal": {"mean": "8 h", "sd": "2 h"}}, "time", ss.truncnorm(-4, np.inf, 8, 2), -1, -1),
    ({"normal": {"mean": "1 h", "sd": "2 h"}}, "time", ss.truncnorm(-0.5, np.inf, 1, 2), -1, -1),
    ({"choice": {"values": [1, 5, 7], "weights": [2, 1, 1]}}, "time", None, 3.5, math.sqrt(0.5 * 6.25 + 0.25 * (2.25 + 12.25))),
]


@pytest.mark.first(6)
@pytest.mark.parametrize(
    ("raw", "dimension", "dist", "mean", "sd"), families, ids=lambda x: str(x)[:25] if isinstance(x, dict) else ""
)
def test_inverse_distributions(raw: Any, dimension: str, dist: Any, mean: float, sd: float) -> None:
    """Quantiles as scipy's; mean and standard deviation, integrated over a million midpoints, as asked for in the file."""
    quantity = parse_quantity(raw, dimension)
    if dist is not None:
        u = np.array([1e-9, 0.001, 0.05, 0.199, 0.2, 0.5, 0.9, 0.999, 1 - 1e-9])
        assert inverse(quantity, u) == pytest.approx(dist.ppf(u), rel=1e-9, abs=1e-12)
        mean, sd = dist.mean(), dist.std()
    n = 1_000_000
    values = inverse(quantity, (np.arange(n) + 0.5) / n)
    assert values.mean() == pytest.approx(mean, rel=1e-4)
    if sd >= 0:
        assert values.std() == pytest.approx(sd, rel=2e-3)
    if quantity.family != "normal":
        assert quantity.mean == pytest.approx(mean, rel=1e-9)
    assert (np.diff(values) >= 0).all(), "not an inverse distribution function"


@pytest.mark.parametrize(("raw", "dimension"), [f[:2] for f in families], ids=lambda x: str(x)[:25])
def test_a_few_draws_are_the_same_to_the_last_bit(raw: Any, dimension: str) -> None:
    """One by one or over an array: the values, and the draws of a stream that is made longer in small steps or at once."""
    quantity = parse_quantity(raw, dimension)
    u = ((np.arange(2000) + 0.5) / 2000).tolist()
    assert [few(quantity, [x])[0] for x in u] == inverse(quantity, np.array(u)).tolist() == few(quantity, u)
    streams = Streams()
    one, two = streams.register("drive", "a", quantity, 1), streams.register("drive", "b", quantity, 1)
    n = 3 * FEW_DRAWS
    small, whole = streams.draw(5, 7), streams.draw(5, 7)
    assert [small[i].at(k) for k in range(n) for i in (one, two)] == [
        x for pair in zip(whole[one].first(n)[:n], whole[two].first(n)[:n], strict=True) for x in pair
    ]
    assert [streams.draw(5, 7)[one].once(k) for k in (0, 1, 4, n - 1)] == [whole[one].at(k) for k in (0, 1, 4, n - 1)]


def test_lognormal_quantiles() -> None:
    """Median and ninth decile as written."""
    quantity = parse_quantity({"lognormal": {"median": "4 d", "p90": "10 d"}}, "time")
    assert inverse(quantity, np.array([0.5, 0.9])) == pytest.approx([96, 240], rel=1e-9)


def test_choice_takes_each_value_as_often_as_asked() -> None:
    """Half, a quarter, a quarter; a value at the edge of its step."""
    quantity = parse_quantity({"choice": {"values": [1, 5, 7], "weights": [2, 1, 1]}}, "count")
    u = np.array([0.0, 0.4999999, 0.5000001, 0.7499999, 0.7500001, 0.9999999])
    assert inverse(quantity, u).tolist() == [1, 1, 5, 5, 7, 7]


def test_addresses_tell_purpose_and_name_apart() -> None:
    """The separator is no letter of a name."""
    pairs = [("drive", "a/b"), ("drive-a", "b"), ("drivea", "/b"), ("gap", "a/b"), ("drive", "a/b2")]
    assert len({address(*pair) for pair in pairs}) == len(pairs)


@pytest.mark.parametrize("other", [("drive", "b"), ("gap", "a"), ("drive", "a")])
def test_streams_are_independent(other: tuple[str, str]) -> None:
    """4,000 draws of one stream against another, of the next replication, of the next seed: rank correlation.

    |r| < 4 / sqrt(4000) = 0.063: false alarm 1 in 16,000 for each of the seven; a correlation of 0.1 is found in 98 % of cases.
    """
    n = 4000
    streams = Streams()
    first, second = streams.register("drive", "a", UNIFORM, n), streams.register(*other, UNIFORM, n)
    base = streams.draw(1, 0)[first].values[:n]
    others = [streams.draw(1, 1)[second].values[:n], streams.draw(2, 0)[second].values[:n]]
    if first != second:
        others.append(streams.draw(1, 0)[second].values[:n])
    for values in others:
        assert abs(np.corrcoef(base, values)[0, 1]) < 4 / math.sqrt(n)
    assert abs(np.corrcoef(base[1:], base[:-1])[0, 1]) < 4 / math.sqrt(n)
    assert ss.kstest(base, "uniform").pvalue > 1e-4
