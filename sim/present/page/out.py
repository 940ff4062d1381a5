"""People out over time on the page: means of the scenarios, and of each the middle replication with its bands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.analysis.curves import Bands, people_out
from sim.analysis.mission import Marked, fall_of, loss_of
from sim.analysis.statistics import Floats
from sim.analysis.words import share
from sim.present import out_words, plot_before
from sim.present.page.shown import Json, Shown, answered

POINTS = 150
"""Moments of a line at most."""
EVENTS = (("The capital falls", fall_of), ("The airport is lost", loss_of))


def out(shown: Sequence[Shown]) -> Json | None:
    """None where nobody has to be moved, or there are no numbers."""
    some = answered(shown)
    bands = [people_out(one.result) for one in some]
    if not any(b.to_move for b in bands):
        return None
    results, names = [one.result for one in some], [one.label for one in some]
    last = out_words.last_hour(results, bands)
    hours = moments(last, max(int(b.hour[-1]) for b in bands))
    return {
        "title": out_words.answer(results, bands, names),
        "before": plot_before.sentence(results, names).strip(),
        "hours": [int(h) for h in hours],
        "lines": [_line(one, b, hours) for one, b in zip(some, bands, strict=True)],
    }


def moments(last: float, most: int) -> list[int]:
    """Whole hours from 0 to *last*, evenly apart, the last always among them."""
    end = min(int(np.ceil(last)), most)
    step = max(1, -(-end // POINTS))
    return sorted({*range(0, end, step), end})


def _line(one: Shown, b: Bands, hours: Sequence[int]) -> Json:
    def at(values: Floats) -> list[float]:
        held = np.minimum(hours, values.size - 1)
        return [round(float(x), 1) for x in values[held]]

    return {
        "label": one.label,
        "low90": at(b.low90),
        "low50": at(b.low50),
        "median": at(b.median),
        "high50": at(b.high50),
        "high90": at(b.high90),
        "mean": at(b.mean),
        "in_the_end": round(float(b.mean[-1]), 1),
        "to_move": round(b.mean_to_move, 1),
        "before": round(b.mean_before, 1),
        "marks": [mark for what, when in EVENTS if (mark := _mark(what, when(one.result))) is not None],
        "words": _words(one, b),
    }


def _mark(what: str, when: Marked) -> Json | None:
    """When something comes, hours after the start: median and nine of ten; None where it never does."""
    if not when.share:
        return None
    low, middle, high = (round(float(h), 2) for h in when[:3])
    return {"what": what, "low": low, "median": middle, "high": high, "share": share(when.share)}


def _words(one: Shown, b: Bands) -> str:
    """The line in words, for whoever can't see it."""
    low, middle, high = (f"{float(x[-1]):,.0f}" for x in (b.low90, b.median, b.high90))
    return (
        f"{one.label}: people out over time. In the middle case {middle} of {b.to_move:,.0f} to be moved are out in the end, in "
        f"nine cases of ten between {low} and {high}; on average {b.mean[-1]:,.0f} of {b.mean_to_move:,.0f}."
    )
