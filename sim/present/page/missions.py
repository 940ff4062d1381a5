"""The missions of the page: a table of each scenario that can be sorted, and the page of each mission."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.analysis.found import Entry, Summary
from sim.analysis.mission import chances, fall_of, narrowed_difference
from sim.analysis.mission_words import mission_difference
from sim.analysis.paired import Differences
from sim.analysis.words import answer_unit, cause_text, count, duration, mission_titles
from sim.present import cells
from sim.present.mission_table import Placed, interval_text, time_text
from sim.present.page import advice
from sim.present.page.shown import Json, Shown, answered, titles
from sim.present.page.tables import Column, table


def missions(
    shown: Sequence[Shown],
    differences: Sequence[Differences] = (),
    same_orders: Sequence[Differences] | None = None,
) -> Json | None:
    """A table of each scenario and a page of each mission; None without any numbers.

    *differences*, *same_orders*: of a comparison, which each mission's page says for it.
    """
    some = answered(shown)
    if not some:
        return None
    same = {one.of: one for one in same_orders or ()}
    return {
        "titles": titles(shown),
        "tables": [table(one.label, "Mission", columns(one.summary), _rows(one), NOTES) for one in some],
        "pages": {
            name: {
                "do": advice.what_to_do(differences, same, shown, name),
                "sure": advice.how_sure(differences, same, shown, name),
                "differences": _differences(name, differences, same),
                **_page(name, some),
            }
            for name in titles(shown)
        },
    }


NOTES = (
    "P(all out): share of the replications. Left behind: mean number of people. Out: median (P50) and 90 % quantile (P90) of the "
    "time from the start until all are out. Order: median time from the start to the first order. Below a number its 95 % "
    "interval.",
)


def _rows(one: Shown) -> list[tuple[str, Entry, str | None]]:
    names, entries = mission_titles(one.summary), one.summary.missions
    moving = sorted((m for m in entries if entries[m].to_move), key=lambda m: (-entries[m].staff, m))
    return [*((names[m], entries[m], m) for m in moving), ("all together", one.summary.total, None)]


def columns(summary: Summary) -> list[Column[Entry]]:
    """Of the entries of a summary, as the terminal has them."""
    unit, horizon = answer_unit(summary), summary.horizon_h

    def time(title: str, key: str, about: str) -> Column[Entry]:
        def text(entry: Entry) -> str:
            return time_text(entry, key, Placed(entry, horizon), unit)

        def interval(entry: Entry) -> str:
            return interval_text(entry, key, Placed(entry, horizon), unit)

        return Column(title, text, interval, lambda e: _late(e, key), about)

    return [
        Column("P(all out)", cells.all_out, cells.all_out_interval, lambda e: e.p_all_out.estimate, "chance that all are out"),
        Column("Left behind", cells.left, cells.left_interval, lambda e: e.left_behind.mean),
        Column("People", lambda e: count(round(e.staff)), None, lambda e: e.staff, "its whole staff, those who stay included"),
        time("Out, P50", "out_p50", "all out in half of the cases"),
        time("Out, P90", "out_p90", "all out in nine cases of ten"),
        Column(
            "Order at",
            lambda e: cells.known(e.ordered_h, lambda h: duration(h, unit)),
            None,
            lambda e: e.ordered_h if e.ordered_h is not None else math.inf,
        ),
        Column("Held up by", lambda e: cause_text(e.held_up_by) if e.held_up_by else cells.NOTHING),
    ]


def _late(entry: Entry, key: str) -> float | None:
    """The time, infinite for never; None where there is none."""
    hours = entry.time(key).h
    if not entry.timed and hours is None:
        return None
    return math.inf if hours is None else float(hours)


POINTS = 48
"""Moments at which the chances of a mission are given."""
CAUSES = 5
"""Of waiting that are named."""


def _differences(name: str, differences: Sequence[Differences], same: Mapping[str, Differences]) -> list[str]:
    """What differs for a mission, as ``compare --mission`` says it."""
    return [mission_difference(narrowed_difference(one, name), same.get(one.other)) for one in differences]


def _page(name: str, shown: Sequence[Shown]) -> Json:
    """One mission: in each scenario its sentence, its chances over time, and what it waits for; its rows are in the tables."""
    some = [one for one in shown if name in one.summary.missions]
    entries = [(one, one.summary.missions[name]) for one in some]
    return {
        "sentences": [one.sentences[name] for one in some if name in one.sentences],
        "chances": _chances(name, some),
        "waited": [[one.label, _waited(entry)] for one, entry in entries if entry.to_move],
    }


def _chances(name: str, shown: Sequence[Shown]) -> Json | None:
    """The chance that all, and half, are out by when, in per cent, of each scenario; None where nobody is to be moved."""
    known = [(one, one.outcomes[name]) for one in shown if name in one.outcomes]
    times = np.concatenate([np.concatenate((o.t50_h, o.t100_h)) for _, o in known]) if known else np.zeros(0)
    finite = times[np.isfinite(times)]
    last = max(24.0, float(np.quantile(finite, 0.995)) if finite.size else 0.0)
    at = np.linspace(0.0, np.ceil(last), POINTS)
    lines = []
    for one, o in known:
        if (pair := chances(o, at)) is None:
            continue
        every, half = ([round(100 * float(p), 1) for p in line] for line in pair)
        fall = fall_of(one.result)
        lines.append(
            {
                "label": one.label,
                "all": every,
                "half": half,
                "end": cells.all_out(one.summary.missions[name]),
                "between": cells.all_out_interval(one.summary.missions[name]),
                "fall": round(fall.median, 1) if fall.share else None,
                "words": f"{one.label}: all are out in {cells.all_out(one.summary.missions[name])} of the cases in the end.",
            }
        )
    return {"hours": [round(float(h), 1) for h in at], "lines": lines} if lines else None


def _waited(entry: Entry) -> list[list[Any]]:
    """What people waited for after the order, hours for each person to be moved, the longest first."""
    hours = {c: (h or 0.0) / entry.to_move for c, h in entry.waited_h.items() if c != "order"}
    some = sorted((c for c in hours if hours[c] > 1 / 60), key=lambda c: -hours[c])[:CAUSES]
    return [[cause_text(c), round(hours[c], 3), duration(hours[c])] for c in some]
