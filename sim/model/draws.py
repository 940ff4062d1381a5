"""Random draws as a pure function of (seed, replication, purpose, name, occasion).

The generator is Philox4x64-10 (Salmon et al., *Parallel random numbers: as easy as 1, 2, 3*, SC11), the same
as ``numpy.random.Philox``, written over arrays so that one call serves thousands of streams.  The address:

* key = (seed, replication)
* counter = (occasion // 4, 0, h0, h1), where h0, h1 are the two little-endian halves of the 16-byte BLAKE2b
  digest of ``purpose + "\\x1f" + name``
* the draw is word ``occasion % 4`` of that block: u = ((word >> 11) + 0.5) / 2**53, in (0, 1)

and the value is the inverse distribution function at u, so that a changed parameter moves a draw and never
reshuffles it.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping
from copy import copy
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaincinv, ndtr, ndtri

from sim.model.open_quantity import OpenQuantity, Values, slot_of, value_of
from sim.scenario.quantity import Quantity

U64 = NDArray[np.uint64]
F64 = NDArray[np.float64]

_M0, _M1 = 0xD2E7470EE14C6C93, 0xCA5A826395121157
_W0, _W1 = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
_MASK = 0xFFFFFFFFFFFFFFFF
_LOW32 = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
UNIT = Quantity("uniform", (0.0, 1.0))
"""A bare uniform draw."""
UNIT_EXPONENTIAL = Quantity("exponential", (1.0,))


def _mulhilo(a: int, b: U64) -> tuple[U64, U64]:
    """High and low 64 bits of the products a * b."""
    a0, a1 = np.uint64(a & 0xFFFFFFFF), np.uint64(a >> 32)
    b0, b1 = b & _LOW32, b >> _32
    t = a0 * b0
    u = a1 * b0 + (t >> _32)
    v = a0 * b1 + (u & _LOW32)
    return a1 * b1 + (u >> _32) + (v >> _32), np.uint64(a) * b


def philox(counter: tuple[U64, ...], key: tuple[int, int]) -> U64:
    """Ten rounds of Philox4x64 over arrays of n counters: words, shape (n, 4)."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        hi0, lo0 = _mulhilo(_M0, c0)
        hi1, lo1 = _mulhilo(_M1, c2)
        c0, c1, c2, c3 = hi1 ^ c1 ^ np.uint64(k0), lo1, hi0 ^ c3 ^ np.uint64(k1), lo0
        k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    return np.stack((c0, c1, c2, c3), axis=1)


class Words:
    """The words of one key from any block on, by numpy's own generator: quicker than :func:`philox` for few at a place."""

    __slots__ = ("_bits", "_counter", "_state")

    def __init__(self, key: tuple[int, int]) -> None:
        self._bits = np.random.Philox(key=np.array(key, np.uint64))
        self._state = self._bits.state
        self._counter = self._state["state"]["counter"]

    def after(self, counter: tuple[int, int, int, int], n: int) -> list[int]:
        """The first *n* words of the block of this counter and those that follow it."""
        first, *rest = counter
        self._counter[:] = (first - 1, *rest) if first else _before(counter)  # numpy counts before it makes a block
        self._bits.state = self._state
        words: list[int] = self._bits.random_raw(n).tolist()
        return words


def _before(counter: tuple[int, int, int, int]) -> tuple[int, ...]:
    """The counter of the block before: its words are the digits of one number, the lowest first."""
    number = sum(word << 64 * i for i, word in enumerate(counter)) - 1
    return tuple(number >> 64 * i & _MASK for i in range(4))


@lru_cache(maxsize=65536)
def address(purpose: str, name: str) -> tuple[int, int]:
    """The two upper counter words of a stream."""
    digest = blake2b(f"{purpose}\x1f{name}".encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")


def unit(words: U64) -> F64:
    """Numbers in (0, 1) from words of the generator, same shape."""
    return ((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def _triangular(u: F64, low: Any, mode: Any, high: Any) -> F64:
    split = (mode - low) / (high - low)
    left = low + np.sqrt(u * (high - low) * (mode - low))
    right = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    result: F64 = np.where(u < split, left, right)
    return result


def _pert(u: F64, low: Any, mode: Any, high: Any) -> F64:
    width = high - low
    result: F64 = low + width * betaincinv(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, u)
    return result


def _normal(u: F64, mean: Any, sd: Any) -> F64:
    below = ndtr(-mean / sd)
    result: F64 = np.maximum(0.0, mean + sd * ndtri(below + u * (1 - below)))
    return result


_INVERSE: dict[str, Callable[..., F64]] = {
    "uniform": lambda u, low, high: low + (high - low) * u,
    "triangular": _triangular,
    "pert": _pert,
    "exponential": lambda u, mean: -mean * np.log1p(-u),
    "gamma": lambda u, shape, scale: scale * gammaincinv(shape, u),
    "lognormal": lambda u, mu, sigma: np.exp(mu + sigma * ndtri(u)),
    "weibull": lambda u, shape, scale: scale * (-np.log1p(-u)) ** (1 / shape),
    "normal": _normal,
}


def inverse(quantity: Quantity, u: F64) -> F64:
    """Values of *quantity* at the probabilities *u*, same shape."""
    if quantity.family == "constant":
        return np.full_like(u, quantity.params[0])
    if quantity.family == "choice":
        k = len(quantity.params) // 2
        steps = np.cumsum(quantity.params[k:])
        return np.asarray(quantity.params[:k])[np.minimum(np.searchsorted(steps, u, side="right"), k - 1)]
    return _INVERSE[quantity.family](u, *quantity.params)


FEW_DRAWS = 128
"""Draws up to which one by one is quicker than over arrays, whose price is the call."""


def few(quantity: Quantity, u: list[float]) -> list[float]:
    """The same as :func:`inverse` to the last bit, for a handful of probabilities.

    Sums, products and roots are rounded alike everywhere, so that they need no array; a logarithm is not.
    """
    match quantity.family:
        case "uniform":
            low, high = quantity.params
            return [low + (high - low) * x for x in u]
        case "triangular":
            return [_triangular_one(x, *quantity.params) for x in u]
    values: list[float] = inverse(quantity, np.array(u)).tolist()
    return values


def _triangular_one(u: float, low: float, mode: float, high: float) -> float:
    if u < (mode - low) / (high - low):
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1 - u) * (high - low) * (high - mode))


StreamSpec = tuple[str, str, Quantity, int]
"""What a stream draws: its purpose and name, its distribution, and how many draws are made ahead (more come when asked for).

A bare tuple: a scenario has thousands, which are made again for each point of a study.
"""


class Streams:
    """Every stream of a compiled scenario: registered once, drawn together at the start of each replication."""

    def __init__(self) -> None:
        self.specs: list[StreamSpec] = []
        self._first: dict[tuple[str, str], int] = {}
        self._others: dict[tuple[str, str, str, tuple[float, ...], int | None], int] = {}
        """Streams whose purpose and name another has with another distribution: few, and the longer key is slower to hash."""
        self._layout: _Layout | None = None
        self._laws: _Laws | None = None
        self._values: Values = ()
        """What a set of inputs makes of the quantities that are open."""

    def register(self, purpose: str, name: str, quantity: Quantity, count: int) -> int:
        """The id of the stream; the same for the same purpose, name and distribution, with the most draws ahead of all."""
        specs = self.specs
        known = self._first.setdefault((purpose, name), len(specs))
        if known < len(specs):
            first = specs[known][2]
            if first is not quantity and not _same(first, quantity):
                key = purpose, name, quantity.family, quantity.params, slot_of(quantity)
                known = self._others.setdefault(key, len(specs))
        if known == len(specs):
            specs.append((purpose, name, quantity, count))
        elif specs[known][3] < count:
            specs[known] = purpose, name, specs[known][2], count
        return known

    def given(self, values: Values) -> Streams:
        """The same streams in a set of inputs, which gives each open quantity a value of the family that it is written with."""
        if self._layout is None:
            self._layout = _Layout(self.specs)
        made = copy(self)
        made._values, made._laws = values, None
        return made

    def draw(self, seed: int, replication: int) -> Drawn:
        """The streams of one replication by id."""
        if self._layout is None:
            self._layout = _Layout(self.specs)
        if self._laws is None:
            self._laws = _Laws(self._layout, self._values)
        return Drawn(self._layout, self._laws, self.specs, (seed, replication))


def _same(one: Quantity, other: Quantity) -> bool:
    return one.params == other.params and one.family == other.family and slot_of(one) == slot_of(other)


class _Layout:
    """Where the draws made ahead lie in one array: grouped by family, a slice a stream."""

    def __init__(self, specs: list[StreamSpec]) -> None:
        by_family: dict[str, list[int]] = {}
        for k, (_, _, quantity, ahead) in enumerate(specs):
            # the inverse of a choice is looked up, and not worked out over arrays: its draws are made one by one
            if ahead > 0 and quantity.family not in ("constant", "choice"):
                by_family.setdefault(quantity.family, []).append(k)
        random = [k for family in sorted(by_family) for k in by_family[family]]
        blocks = np.array([-(-specs[k][3] // 4) for k in random], np.int64)  # of four draws
        first = np.cumsum(blocks) - blocks
        total = int(blocks.sum())
        upper = np.array([address(specs[k][0], specs[k][1]) for k in random], np.uint64).reshape(-1, 2)
        self.counter = (
            (np.arange(total) - np.repeat(first, blocks)).astype(np.uint64),
            np.zeros(total, np.uint64),
            *(np.repeat(half, blocks) for half in upper.T),
        )
        self.places = dict(zip(random, zip((4 * first).tolist(), (4 * (first + blocks)).tolist(), strict=True), strict=True))
        """Where the draws of a stream lie, from and to."""
        self.families: list[tuple[str, slice, list[Quantity], NDArray[np.int64]]] = []
        """Where the draws of a family lie, its quantities (each once), and which of them each draw is of."""
        at = 0
        for family in sorted(by_family):
            members = by_family[family]
            sizes = 4 * blocks[at : at + len(members)]
            span = slice(self.places[members[0]][0], self.places[members[-1]][1])
            known: dict[int, int] = {}
            which = [known.setdefault(id(specs[k][2]), len(known)) for k in members]
            quantities = {id(specs[k][2]): specs[k][2] for k in members}
            self.families.append((family, span, list(quantities.values()), np.repeat(np.array(which), sizes)))
            at += len(members)


class _Laws:
    """What the draws follow: in one set of inputs, or in all replications where nothing is open."""

    def __init__(self, layout: _Layout, values: Values) -> None:
        self.values = values
        self.families: list[tuple[str, slice, list[F64]]] = []
        for family, span, quantities, which in layout.families:
            params = np.array([value_of(quantity, values).params for quantity in quantities])
            self.families.append((family, span, [column[which] for column in params.T]))
        self.constants: dict[int, Stream] = {}
        """Shared by all replications, each made when it is first asked for: longer or shorter, their values are the same."""
        self.open: dict[int, Stream] = {}
        """Those that a set gives, by slot: one for all streams of the same quantity, since a set makes them anew."""


class Drawn(dict[int, "Stream"]):
    """The streams of one replication by id, each made when it is first asked for: most of them never are."""

    __slots__ = ("_constants", "_laws", "_places", "_specs", "_values", "_words")

    def __init__(self, layout: _Layout, laws: _Laws, specs: list[StreamSpec], key: tuple[int, int]) -> None:
        super().__init__(laws.constants)
        u = unit(philox(layout.counter, key).reshape(-1))
        for family, span, params in laws.families:
            u[span] = _INVERSE[family](u[span], *params)
        self._places, self._constants, self._laws = layout.places, laws.constants, laws
        self._specs, self._words, self._values = specs, Words(key), array("d", u.tobytes())

    def __missing__(self, number: int) -> Stream:
        spec = self._specs[number]
        written = spec[2]
        stream = self._laws.open.get(written.slot) if isinstance(written, OpenQuantity) else None
        if stream is None:
            stream = self._made(number, (spec[0], spec[1], value_of(written, self._laws.values), spec[3]))
        if stream.spec[2].family == "constant":
            self._constants[number] = stream
            if isinstance(written, OpenQuantity):
                self._laws.open[written.slot] = stream
        self[number] = stream
        return stream

    def _made(self, number: int, spec: StreamSpec) -> Stream:
        if spec[2].family == "constant":
            return Stream(array("d", spec[2].params) * max(1, spec[3]), spec, None)
        place = self._places.get(number)
        return Stream(self._values[place[0] : place[1]] if place is not None else array("d"), spec, self._words)


class Named(dict[str, "Stream"]):
    """Some streams of a replication by name, made when asked for; *ids* says which they are."""

    __slots__ = ("_drawn", "_ids")

    def __init__(self, drawn: Drawn, ids: Mapping[str, int]) -> None:
        self._drawn, self._ids = drawn, ids

    def __missing__(self, name: str) -> Stream:
        stream = self[name] = self._drawn[self._ids[name]]
        return stream


class Stream:
    """The draws of one (purpose, name) in one replication; ``at(k)`` is the draw of occasion k."""

    __slots__ = ("_far", "_words", "spec", "values")

    def __init__(self, values: array[float], spec: StreamSpec, words: Words | None) -> None:
        """*words*: where more draws come from; None for a constant, which needs none."""
        self.values = values
        self.spec = spec
        self._words = words
        self._far: dict[int, list[int]] | None = None

    def at(self, occasion: int) -> float:
        """The draw of this occasion (0, 1, ...)."""
        try:
            return self.values[occasion]
        except IndexError:
            self._extend(occasion)
            return self.values[occasion]

    def first(self, n: int) -> array[float]:
        """The draws of at least the first *n* occasions."""
        if len(self.values) < n:
            self._extend(n - 1)
        return self.values

    def once(self, occasion: int) -> float:
        """The draw of one far occasion, without making those before it."""
        if occasion < len(self.values) or self._words is None:
            return self.at(occasion)
        block, place = divmod(occasion, 4)
        far = self._far
        if far is None:
            far = self._far = {}
        words = far.get(block)
        if words is None:
            words = far[block] = self._words.after((block, 0, *address(*self.spec[:2])), 4)
        return few(self.spec[2], [((words[place] >> 11) + 0.5) * 2.0**-53])[0]

    def _extend(self, occasion: int) -> None:
        purpose, name, quantity, _ = self.spec
        have = len(self.values)
        want = max(occasion + 1, have + 16, have * 2)
        if self._words is None:
            self.values.extend([quantity.params[0]] * (want - have))
            return
        first, last = have // 4, -(-want // 4)
        words = self._words.after((first, 0, *address(purpose, name)), 4 * (last - first))
        if len(words) <= FEW_DRAWS:
            new = few(quantity, [((w >> 11) + 0.5) * 2.0**-53 for w in words])
        else:
            new = inverse(quantity, unit(np.array(words, np.uint64))).tolist()
        self.values.extend(new[have - 4 * first :])
