"""The words of the picture of people out: its title, what is shown, and up to which hour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.analysis import extremes
from sim.analysis.curves import Bands, settled_hour
from sim.analysis.mission import fall_of, loss_of
from sim.analysis.outcomes import Stored
from sim.analysis.words import count
from sim.present import cells, plot_before


def last_hour(results: Sequence[Stored], bands: Sequence[Bands]) -> float:
    """The hour by which the lines have settled, and the capital has fallen and the airport is lost in the middle case."""
    settled = max(24.0, max(settled_hour(b) for b in bands) * 1.08)
    settled = min(settled, max(float(b.hour[-1]) for b in bands) or 24.0) or 24.0
    marks = [when(r).median for r in results for when in (fall_of, loss_of)]
    return max([settled, *(1.04 * h for h in marks if np.isfinite(h))])


def under(results: Sequence[Stored], names: Sequence[str]) -> str:
    """What lines and ranges are, and over what."""
    over, alone = "over all sets of inputs", len(results) == 1
    if alone:
        shown = f"Line: the middle replication; shaded: half of the replications, lighter: nine of ten, {over}"
    else:
        shown = f"Lines: means; bars at their ends: nine of ten replications (thick: half of them), {over}"
    marked = any(when(r).share for r in results for when in (fall_of, loss_of))
    below = " Below: when it comes, median and nine of ten." if marked else ""
    before = plot_before.sentence(results, names)
    whole = "in the middle case" if alone else "on average"
    return f"{shown}; dotted: everybody to be moved, {whole}.{below} {before}{cells.resting(results)}"


def answer(results: Sequence[Stored], bands: Sequence[Bands], names: Sequence[str]) -> str:
    if not any(b.to_move for b in bands):
        return "Nobody has to be moved"
    if len(results) == 1:
        end = float(bands[0].median[-1])
        out = f"{results[0].title}: {end:,.0f} of {bands[0].to_move:,.0f} people get out in the middle case"
        return f"{out}{_reached(bands[0], end)}"
    return _difference(extremes.people_out(results), bands, names)


def _difference(ends: extremes.Extremes, bands: Sequence[Bands], names: Sequence[str]) -> str:
    """Who gets most people out, if that can be told."""
    best, worst = ends.best, ends.worst
    most, least, whole = ends.means[best], ends.means[worst], {round(b.mean_to_move) for b in bands}
    of = f" of {whole.pop():,}" if len(whole) == 1 else ""
    if most == least:
        return f"As many people get out in every scenario: {most:,.0f}{of} on average"
    if ends.apart:
        fewest = "" if len(names) == 2 else ", the fewest"
        return f"{names[best]}: {most:,.0f}{of} people get out on average, {count(most - least)} more than {names[worst]}{fewest}"
    return (
        f"How many people get out can't be told apart: {least:,.0f} ({names[worst]}) "
        f"{'and' if len(names) == 2 else 'to'} {most:,.0f} ({names[best]}){of} on average"
    )


def _reached(b: Bands, end: float) -> str:
    """Who of them was out before the start, and when half of the others are."""
    if not b.before:
        return f", half of them by day {b.half_h / 24:.1f}" if b.half_h is not None else ""
    if b.before >= end:
        return ", all of them before the start"
    half = f"; half of those there at the start are out by day {b.half_h / 24:.1f}" if b.half_h is not None else ""
    return f", {b.before:,.0f} of them before the start{half}"
