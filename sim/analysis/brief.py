"""The answer in few words, for the top of a page: what happens, to whom, how sure that is.

Each from the numbers of a summary or of differences, in the words of the whole sentence that stands below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim.analysis.choice import leaves
from sim.analysis.extremes import left_behind as left_behind_of
from sim.analysis.found import Entry, Summary, between
from sim.analysis.headline import not_known
from sim.analysis.outcomes import Stored
from sim.analysis.paired import OrdersAlone, PairedEntry
from sim.analysis.words import count, mission_titles, share

HIT = 3
"""Missions that are named."""
NAMED = 4
"""Scenarios that are named one by one."""


class Told(NamedTuple):
    """A number large, and beside it small what belongs to it."""

    main: str
    beside: str = ""
    apart: bool = True
    """Whether it tells one from another."""
    best: str = ""
    """Which of two is better, where that can be told."""
    sure: str = ""
    """How sure that is, in words, by the lower end of the interval of the share of states of the world in which it is so."""
    often: str = ""
    """In how many states of the world."""
    differ: bool = False
    """Whether all of this is of the states of the world in which the two differ: in many they don't."""


def odds(entry: Entry) -> Told:
    """How often all are out: ``10 % of the cases``, with its interval."""
    p = entry.p_all_out
    ends = between(p)
    known = "" if ends is None else f"95 % interval {share(ends[0])} to {share(ends[1])}"
    return Told(f"{share(p.estimate)} of the cases", known)


def left_behind(entry: Entry) -> Told:
    """How many are left behind on average, and between which numbers in nine cases of ten; ``nobody``."""
    left = entry.left_behind
    if not left.mean:
        return Told("nobody")
    main = f"{people(left.mean)} on average"
    spread = left.outcome
    if spread is not None and spread.p05 is not None and spread.p95 is not None and spread.p05 != spread.p95:
        return Told(main, f"{count(round(spread.p05))} to {count(round(spread.p95))} in nine cases of ten")
    if (ends := between(left)) is not None and ends[0] != ends[1]:
        return Told(main, f"95 % interval {count(ends[0])} to {count(ends[1])}")
    return Told(main)


def people(mean: float) -> str:
    return count(round(mean) if mean >= 1 else mean)


def before(entry: Entry) -> Told:
    """How many of those to be moved had left before the start, on average."""
    return Told(f"{people(entry.out_before.people or 0.0)} on average", f"of {count(round(entry.to_move))} to be moved")


def hit(summary: Summary) -> str:
    """Whose people are left behind: ``United States 374, India 203, South Korea 81 and 21 more missions``; empty for nobody."""
    titles, left = mission_titles(summary), {m: e.left_behind.mean or 0.0 for m, e in summary.missions.items()}
    some = sorted((m for m in left if left[m] > 0), key=lambda m: (-left[m], m))
    more = len(some) - HIT
    beyond = f" and {more} more mission{'s' if more > 1 else ''}" if more > 0 else ""
    return f"{', '.join(f'{titles[m]} {people(left[m])}' for m in some[:HIT])}{beyond}"


def rests(summaries: Sequence[Summary]) -> str:
    """What the answers rest on: replications and sets of inputs, the same of all or from the fewest to the most."""
    many = sorted({s.completed for s in summaries})
    sets = sorted({s.inputs.sets for s in summaries if s.inputs is not None})
    each = " each" if len(summaries) > 1 else ""
    over = f", over {_range(sets)} states of the world: sets of the inputs that nobody knows" if sets else ", inputs as written"
    return f"{_range(many)} replication{'' if many == [1] else 's'}{each}{over}."


def _range(numbers: Sequence[int]) -> str:
    return f"{numbers[0]:,}" if len(numbers) == 1 else f"{numbers[0]:,} to {numbers[-1]:,}"


def unknown(summary: Summary) -> str:
    """How much of the spread isn't known, and which input stands out; empty where inputs are as they are written."""
    text = not_known(summary, summary.total).strip()
    return text.replace("of that spread", "of the spread of people left behind", 1)


def unknown_of_several(summaries: Sequence[Summary], labels: Sequence[str]) -> str:
    """The same of several scenarios, the share of each: ``31 % (Turkish forces), 10 % (a coalition) …``; empty where unknown."""
    parts = []
    for summary, label in zip(summaries, labels, strict=True):
        _, part = summary.total.spread_of("left_behind" if summary.inputs is None else summary.inputs.measure)
        if part is not None and part.share is not None:
            parts.append((part.share, label))
    if not parts:
        return ""
    each = ", ".join(f"{share(part)} ({label})" for part, label in parts)
    if len(parts) > NAMED:
        each = f"{share(min(parts)[0])} ({min(parts)[1]}) to {share(max(parts)[0])} ({max(parts)[1]})"
    return f"What isn't known of the inputs is {each} of the spread of outcomes, the rest is chance."


def fewest(results: Sequence[Stored], labels: Sequence[str]) -> Told:
    """With which of several scenarios fewest are left behind on average, if the best is told from the worst."""
    ends = left_behind_of(results)
    numbers = f"{people(ends.means[ends.best])} on average, with {within(labels[ends.worst])} {people(ends.means[ends.worst])}"
    if ends.apart:
        return Told(f"fewest are left behind with {within(labels[ends.best])}", f"{numbers}; the two are told apart")
    return Told("who leaves fewest behind can't be told", f"{labels[ends.best]} {numbers}", apart=False)


SCALE = (
    "Likely: in two of three states of the world or more, by the lower end of the interval; very likely: in nine of ten; "
    "virtually certain: in 99 of 100 (the scale of the IPCC)."
)
"""What the words of :func:`likely` mean."""


def likely(part: float) -> str:
    """A share of all that may be, in the words of the IPCC's guidance note on uncertainty (Mastrandrea and others, 2010)."""
    words = ((0.99, "virtually certain"), (0.9, "very likely"), (0.66, "likely"), (0.5, "more likely than not"))
    return next((word for least, word in words if part >= least), "unlikely")


def better(total: PairedEntry | OrdersAlone, names: tuple[str, str]) -> Told:
    """Which of two scenarios leaves fewer behind, in how many sets, and how sure that is; or that it can't be told.

    *names*: what base and other are called.
    """
    base, other = names
    counts = total.fewer_left_behind
    if counts is None or not counts.sets:
        return Told(f"{other} or {within(base)}: no replication was completed by both", apart=False)
    what = "replications" if total.sets == total.pairs else "states of the world"
    sets, (fewer, more, alike) = counts.sets, counts.counts()
    if alike == sets:
        return Told(f"{other} or {within(base)}: as many are left behind in each of {sets:,} {what}", apart=False)
    if (found := leaves(counts)) is not None:
        first, second, many, less = (other, base, fewer, more) if found.side == "fewer" else (base, other, more, fewer)
        of = sets if found.of_all else many + less
        often = f"in {many:,} of {sets:,} {what}" if found.of_all else f"in {many:,} of the {of:,} {what} in which they differ"
        text = f"{first}: fewer are left behind than with {within(second)}, {often}"
        low, high = (round(end * of) for end in found.between)
        sure = likely(found.between[0])
        beside = "" if found.of_all else f"; as many in {alike:,} more"
        small = f"95 % interval {low:,} to {high:,}{f'; the other way in {less:,}' if less else ''}{beside}"
        return Told(text, small, best=first, sure=sure, often=often, differ=not found.of_all)
    split = f"fewer with the first in {fewer:,} of {sets:,} {what}, with the second in {more:,}, as many in {alike:,}"
    return Told(f"{other} or {within(base)}: which leaves fewer behind can't be told", split, apart=False)


def within(label: str) -> str:
    """A label within a sentence: its first word small where that is no name."""
    return f"{label[:1].lower()}{label[1:]}" if label.split(" ")[0] in ("A", "An", "The", "Nobody", "No") else label
