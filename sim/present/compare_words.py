"""What is said of paired differences beside their numbers: marks, intervals, what holds together, everybody in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from sim.analysis.paired import SIDES, Differences, Paired
from sim.analysis.words import count, mission_titles, named
from sim.present import cells
from sim.present.clocks_table import differences_unit, identity_words


def moving(differences: Differences) -> list[str]:
    """Missions of which there is anything to compare, those first of which most more or fewer are left behind."""
    change = {name: -abs(one.left_behind.difference or 0) for name, one in differences.missions.items() if one.moves}
    return sorted(change, key=lambda name: (change[name], name))


def change(paired: Paired, write: Callable[[float], str]) -> str:
    """A difference, marked where it can't be told from none, and where it holds together with all others that are marked so."""
    mark = cells.HOLDS if paired.holds else ""
    return cells.known(paired.difference, lambda x: f"{'' if paired.distinct else cells.UNSURE + ' '}{write(x)}{mark}")


def limits(paired: Paired, write: Callable[[float], str]) -> str:
    """The interval of a difference; an end without a number is infinite."""
    return "" if paired.difference is None else cells.limits(paired.low, paired.high, write)


def together(differences: Differences) -> str:
    """What the mark of what holds together says."""
    joint = differences.joint
    if joint is None:
        return ""
    if joint.sets < joint.sets_needed:
        return f" {joint.sets} sets are too few to tell what holds together: {joint.sets_needed} are needed."
    return (
        f" {cells.HOLDS}: holds together with all others marked so ({joint.held} of {joint.tests} tests over "
        f"{joint.sets} sets, 5 % that any is marked by chance)."
    )


def by_side(differences: Differences, what: Literal["never_ordered", "out_before"], title: str) -> str:
    """Who was out before the start, or isn't among the all since nobody asked them to move, on either side."""
    many = differences.total.measure(what)
    missions = differences.never_ordered_missions if what == "never_ordered" else differences.out_before_missions
    if many is None or missions is None or not (many.base or many.other):
        return ""
    parts, titles = [], mission_titles(differences)
    for side in SIDES:
        names = [titles.get(name, name) for name in missions.side(side)]
        who = f" ({named(names, 6)})" if names else ""
        parts.append(f"{cells.known(many.side(side), count)} in {side}{who}")
    return f" {title} (people, on average): {'; '.join(parts)}."


def in_words(differences: Differences) -> str:
    """The differences in total with their intervals, for whatever the width is."""
    total, parts, unit = differences.total, [], differences_unit(differences)
    measures = (
        ("P(all out)", total.p_all_out, cells.points, " points"),
        ("left behind", total.left_behind, cells.head_count_change, " people"),
        ("time within the horizon", total.hours_within_horizon, lambda x: cells.hours_change(x, unit), ""),
    )
    for name, paired, write, suffix in measures:
        text, ends = change(paired, write), limits(paired, write)
        parts.append(f"{name} {text}{f'{suffix} ({ends})' if ends else suffix if text != cells.NOTHING else ''}")
    r = total.hours_within_horizon.correlation
    achieved = "" if r is None or math.isnan(r) else f" Correlation achieved by common random numbers: {r:.2f}."
    apart = identity_words(total.clocks)
    return f"All together: {'; '.join(parts)}{f'; {apart}' if apart else ''}.{achieved}"
