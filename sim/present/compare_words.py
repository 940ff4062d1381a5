"""What is said of paired differences beside their numbers: marks, intervals, what holds together, everybody in words."""

from __future__ import annotations

from collections.abc import Callable

from sim.analysis.words import count, mission_titles, named
from sim.present import cells
from sim.present.clocks_table import differences_unit, identity_words
from sim.present.columns import Json


def moves(mission: tuple[str, Json]) -> bool:
    """Whether there is anything to compare: a time on both sides in some pair, or somebody left behind."""
    entry = mission[1]
    return bool(entry["hours_within_horizon"]["pairs"] or entry["left_behind"]["base"] or entry["left_behind"]["other"])


def change(paired: Json, write: Callable[[float], str]) -> str:
    """A difference, marked where it can't be told from none, and where it holds together with all others that are marked so."""
    mark = cells.HOLDS if paired.get("holds") else ""
    return cells.known(paired["difference"], lambda x: f"{'' if paired['distinct'] else cells.UNSURE + ' '}{write(x)}{mark}")


def limits(paired: Json, write: Callable[[float], str]) -> str:
    """The interval of a difference; an end without a number is infinite."""
    return "" if paired["difference"] is None else cells.limits(paired["low"], paired["high"], write)


def together(differences: Json) -> str:
    """What the mark of what holds together says."""
    joint = differences.get("joint")
    if joint is None:
        return ""
    if joint["sets"] < joint["sets_needed"]:
        return f" {joint['sets']} sets are too few to tell what holds together: {joint['sets_needed']} are needed."
    return (
        f" {cells.HOLDS}: holds together with all others marked so ({joint['held']} of {joint['tests']} tests over "
        f"{joint['sets']} sets, 5 % that any is marked by chance)."
    )


def by_side(differences: Json, what: str, title: str) -> str:
    """Who was out before the start, or isn't among the all since nobody asked them to move, on either side."""
    many, missions = differences["total"].get(what), differences.get(f"{what}_missions")
    if not many or not missions or not (many["base"] or many["other"]):
        return ""
    parts, titles = [], mission_titles(differences)
    for side in ("base", "other"):
        names = [titles.get(name, name) for name in missions[side]]
        who = f" ({named(names, 6)})" if names else ""
        parts.append(f"{cells.known(many[side], count)} in {side}{who}")
    return f" {title} (people, on average): {'; '.join(parts)}."


def in_words(differences: Json) -> str:
    """The differences in total with their intervals, for whatever the width is."""
    total, parts, unit = differences["total"], [], differences_unit(differences)
    measures = (
        ("P(all out)", "p_all_out", cells.points, " points"),
        ("left behind", "left_behind", cells.head_count_change, " people"),
        ("time within the horizon", "hours_within_horizon", lambda x: cells.hours_change(x, unit), ""),
    )
    for name, key, write, suffix in measures:
        text, ends = change(total[key], write), limits(total[key], write)
        parts.append(f"{name} {text}{f'{suffix} ({ends})' if ends else suffix if text != cells.NOTHING else ''}")
    r = total["hours_within_horizon"]["correlation"]
    achieved = "" if r is None else f" Correlation achieved by common random numbers: {r:.2f}."
    apart = identity_words(total["clocks"])
    return f"All together: {'; '.join(parts)}{f'; {apart}' if apart else ''}.{achieved}"
