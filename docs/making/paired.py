"""Paired differences in words: what a change does, replication by replication under the same draws."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.analysis.measure import Reading, parse
from sim.analysis.outcomes import Stored
from sim.analysis.statistics import LEVEL, Estimate
from sim.analysis.words import count
from sim.studies.paired import change

LEFT = parse("total.left_behind", ())


class Effect(NamedTuple):
    """People left behind by *other* minus those by *base*."""

    found: Estimate
    told: bool
    """Whether it can be told from none."""
    base: float
    """Mean as it is."""
    differ: int
    """Pairs that are not equal."""
    pairs: int

    @property
    def ends(self) -> str:
        """The interval in words."""
        return " to ".join("?" if end is None else signed(end) for end in (self.found.low, self.found.high))


def effect(base: Stored, other: Stored, tries: int = 1) -> Effect:
    """The paired difference; its interval holds with 95 % for so many *tries* together (Bonferroni)."""
    between = change(LEFT, Reading(base).samples(LEFT), Reading(other).samples(LEFT), 1 - (1 - LEVEL) / tries)
    b, o = between.pairs.base, between.pairs.other
    return Effect(between.estimate, between.distinct, float(b.mean()), int(np.count_nonzero(o - b)), b.size)


def signed(x: float) -> str:
    """A number of people with its sign; whole from ten on."""
    text = count(abs(round(x)) if abs(x) >= 10 else abs(x))
    return "0" if text == "0" else f"{'−' if x < 0 else '+'}{text}"


def in_a_cell(one: Effect) -> str:
    """``−320 (−500 to −140)``; ``≈`` where it can't be told from none."""
    return f"{'' if one.told else '≈ '}{signed(one.found.value)} ({one.ends})" if one.differ else "none in any replication"


def in_words(one: Effect, of: bool = True) -> str:
    """``120 more left behind (40 to 200, of 3,397)``; *of*: whether to say how many are left as it is."""
    whole = f", of {count(round(one.base))}" if of else ""
    if not one.differ:
        return f"nobody more or fewer left behind in any of {one.pairs} replications"
    if not one.told:
        return f"no difference that can be told ({one.ends} left behind{whole})"
    more = "more" if one.found.value > 0 else "fewer"
    low, high = sorted(abs(end) for end in (one.found.low or 0.0, one.found.high or 0.0))
    return f"**{count(round(abs(one.found.value)))} {more}** left behind ({count(round(low))} to {count(round(high))}{whole})"
