"""The answer in few words, for the top of a page: odds, people left behind, how sure that is, and whom it hits most.

Each from the numbers of a summary or of differences, in the words of the whole sentence that stands below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.choice import counted
from sim.analysis.headline import not_known
from sim.analysis.words import count, mission_titles, people, share, sides

Json = Mapping[str, Any]
HIT = 3
"""Missions that are named."""


def odds(entry: Json) -> str:
    """``10 % (5 % to 16 %)``: how often all are out; empty where nothing was completed."""
    p = entry["p_all_out"]
    if p["estimate"] is None:
        return ""
    return share(p["estimate"]) + (f" ({share(p['low'])} to {share(p['high'])})" if p["low"] is not None else "")


def left_behind(entry: Json) -> str:
    """``0 to 5,408 in nine cases of ten, 1,262 on average``, or the average with its interval; ``nobody``."""
    left = entry["left_behind"]
    if not left["mean"]:
        return "nobody"
    spread = left.get("outcome") or {}
    mean = count(round(left["mean"]) if left["mean"] >= 1 else left["mean"])
    if spread.get("p05") is not None and spread["p05"] != spread["p95"]:
        return f"{count(round(spread['p05']))} to {count(round(spread['p95']))} in nine cases of ten, {mean} on average"
    if left["low"] is not None and left["low"] != left["high"]:
        return f"{mean} on average ({count(left['low'])} to {count(left['high'])})"
    return f"{mean} on average"


def hit(summary: Json) -> str:
    """``Most of them: United States 374, India 203 and South Korea 81``; empty where nobody is left behind."""
    titles, left = mission_titles(summary), {m: e["left_behind"]["mean"] or 0.0 for m, e in summary["missions"].items()}
    some = sorted((m for m in left if left[m] > 0), key=lambda m: (-left[m], m))
    if not some:
        return ""
    each = [f"{titles[m]} {count(round(left[m]) if left[m] >= 1 else left[m])}" for m in some[:HIT]]
    more = f" and {len(some) - HIT} more" if len(some) > HIT else ""
    return f"On average {', '.join(each)}{more}."


def sure(summary: Json) -> str:
    """What the answer rests on, and how much of its spread is what isn't known."""
    many = summary["replications"] - summary["failed"]
    inputs = summary.get("inputs")
    over = f" over {inputs['sets']:,} sets of inputs that nobody knows" if inputs else ", inputs as they are written"
    return f"{many:,} replication{'s' if many != 1 else ''}{over}.{not_known(summary, summary['total'])}"


def moved(entry: Json) -> str:
    """Who is to be moved: ``13,523 people``."""
    return people(round(entry["to_move"]))


def against(difference: Json) -> str:
    """``A coalition against Turkish forces: fewer people are left behind in 97 of 100 sets of inputs, …``."""
    base, other = sides(difference)
    return f"{other} against {base}: {counted(difference['total'])}."
