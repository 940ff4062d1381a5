"""The table of two clocks: how a later order and the time from it add up to when people are out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.text import Text

from sim.analysis.paired import SIDES, Clocks, Differences, PairedEntry, Side
from sim.analysis.words import duration, mission_titles, share
from sim.present import cells
from sim.present.columns import Column
from sim.present.fitting import fitted

TOTAL = "all together"


def clocks_table(differences: Differences, missions: Sequence[str], width: int) -> Iterator[RenderableType]:
    """A row for each of *missions* whose order comes at another time, everybody last; a line where no order does.

    *width*: of the table.
    """
    total, known = differences.total, differences.missions
    entries = {name: known[name] for name in missions if known[name].clocks.ordered_apart}
    if not entries and not total.clocks.ordered_apart:
        if differences.pairs:
            yield Text("Ordered at the same times on both sides: from the order the differences are the same.", style="dim")
        return
    columns, titles = _columns(differences_unit(differences), differences.horizon_h), mission_titles(differences)
    rows = sorted(entries.items(), key=lambda item: (-abs(item[1].clocks.ordered_later_h or 0), item[0]))
    made = fitted("Two clocks", columns, [(titles[name], entry) for name, entry in rows], width, (TOTAL, total))
    yield Text("")
    yield made.table
    same = len(missions) - len(entries)
    others = f" The other {same} are ordered at the same times on both sides." if same > 1 else ""
    yield Text(
        "Order at: median from the start of the clock. From order: median until all are out. Later, longer: means over the pairs "
        f"in which both are ordered and out, whose share stands last.{others}"
        f"{_given({titles[name]: entry for name, entry in entries.items()})}{f' {made.note}' if made.note else ''}",
        style="dim",
    )


def _given(entries: Mapping[str, PairedEntry]) -> str:
    """Missions that are ordered more often on one side: then the medians of the two sides rest on other replications."""
    shares = [(name, e.p_ordered.base or 0.0, e.p_ordered.other or 0.0) for name, e in entries.items()]
    uneven = sorted((row for row in shares if row[1] != row[2]), key=lambda row: (-abs(row[1] - row[2]), row[0]))
    if not uneven:
        return ""
    named = ", ".join(f"{name} {share(base)} and {share(other)}" for name, base, other in uneven[:NAMED])
    more = f" and {len(uneven) - NAMED} more" if len(uneven) > NAMED else ""
    return f" Ordered more often on one side, so that its medians rest on more replications: {named}{more}."


NAMED = 5
"""Missions named at most."""


def differences_unit(differences: Differences) -> str:
    """The one unit of all times of differences, in either table and in the sentence."""
    entries = [*differences.missions.values(), differences.total]
    medians = [of.side(side) for e in entries for of in (e.median_out_h, e.ordered_h, e.median_h) for side in SIDES]
    return cells.unit_for([*medians, *(hours for entry in entries for hours in _identity(entry.clocks))])


def _identity(clocks: Clocks) -> tuple[float | None, float | None, float | None]:
    return clocks.ordered_later_h, clocks.from_order_longer_h, clocks.out_later_h


def _columns(unit: str, horizon_h: float) -> list[Column]:
    def ordered(entry: PairedEntry, side: Side) -> str:
        return cells.known(entry.ordered_h.side(side), lambda hours: duration(hours, unit))

    def from_order(entry: PairedEntry, side: Side) -> str:
        hours, never = entry.median_h.side(side), entry.median_h.never_of(side)
        return cells.late(never, horizon_h) if hours is None else duration(hours, unit)

    return [
        Column("Order\nat,\nbase", lambda e: ordered(e, "base"), spare=1),
        Column("Order\nat,\nother", lambda e: ordered(e, "other"), spare=1),
        Column("From\norder,\nbase", lambda e: from_order(e, "base")),
        Column("From\norder,\nother", lambda e: from_order(e, "other")),
        Column("Ordered\nlater", lambda e: identity(e.clocks, unit)[0]),
        Column("+ from\norder\nlonger", lambda e: identity(e.clocks, unit)[1]),
        Column("= out\nlater", lambda e: identity(e.clocks, unit)[2]),
        Column("Share\nof\npairs", lambda e: cells.known(e.clocks.share, share)),
    ]


def identity(clocks: Clocks, unit: str) -> list[str]:
    """*ordered later*, *from the order longer*, *out later*, with signs, in one unit to a decimal; what is written adds up."""
    if clocks.ordered_later_h is None or clocks.out_later_h is None:
        return [cells.NOTHING] * 3
    # in tenths; the middle one is what the other two leave, so that rounding doesn't spoil the sum
    ordered, out = (round(10 * hours / (24 if unit == "d" else 1)) for hours in (clocks.ordered_later_h, clocks.out_later_h))
    return [cells.signed(f"{abs(x) / 10:,.1f} {unit}", x) for x in (ordered, out - ordered, out)]


def identity_words(clocks: Clocks) -> str | None:
    """The identity as a clause of a sentence; None where the orders come at the same times or no pair has it."""
    hours = _identity(clocks)
    if not clocks.ordered_apart or None in hours:
        return None
    ordered, longer, out = identity(clocks, cells.unit_for(hours))
    clause = f"ordered {_later(ordered)}, {_later(longer, ('slower', 'quicker'))} from the order, out {_later(out)}"
    few = f" (means over the {share(clocks.share or 0.0)} of the pairs in which both are ordered and out)"
    return clause if clocks.share == 1 else clause + few


def _later(text: str, words: tuple[str, str] = ("later", "sooner")) -> str:
    """``+3.0 d`` → ``3.0 d later``."""
    return f"{text[1:]} {words[text[0] == '−']}" if text[0] in "+−" else f"no {words[0]}"
