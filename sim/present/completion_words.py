"""The title of the picture of completion: how many missions get everybody out, and a difference where it can be told."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis import extremes
from sim.analysis.found import Summary
from sim.analysis.outcomes import Stored
from sim.analysis.words import count, share
from sim.present import plot_before
from sim.present.labels import mission_titles

SURE = 0.9
"""A mission gets everybody out in nine cases of ten."""


def gone(summary: Summary) -> bool:
    """Whether a mission was out before the start in some replication."""
    return any(plot_before.share_before(entry) > 0 for entry in summary.missions.values())


def answer(results: Sequence[Stored], summaries: Sequence[Summary], names: Sequence[str]) -> str:
    """How many missions get everybody out: surely in one scenario, on average in several."""
    moving = list(dict.fromkeys(m for s in summaries for m, entry in s.missions.items() if entry.to_move))
    if not moving:
        return "Nobody has to be moved"
    titles = {m: title for r in results for m, title in mission_titles(r).items()}
    if len(results) == 1:
        return _alone(summaries[0], [titles.get(m, m) for m in moving])
    who = titles.get(moving[0], moving[0]) if len(moving) == 1 else ""
    return _difference(extremes.missions_out(results), [extremes.missions_to_move(r) for r in results], names, who)


def _alone(summary: Summary, missions: Sequence[str]) -> str:
    chances = [e.p_all_out.estimate or 0.0 for e in summary.missions.values() if e.to_move]
    out = "everybody out, before the start or after it," if gone(summary) else "everybody out"
    likely, many = sum(p >= SURE for p in chances), len(missions)
    if many == 1:
        return f"{summary.title}: {missions[0]} gets {out} in {share(chances[0])} of the cases"
    if likely:
        return f"{summary.title}: {likely} of {many} missions get {out} in 9 cases of 10"
    return f"{summary.title}: on average {sum(chances):.1f} of {many} missions get {out.rstrip(',')}, none in 9 cases of 10"


def _difference(ends: extremes.Extremes, many: Sequence[int], names: Sequence[str], who: str) -> str:
    """*who*: the one mission there is, else empty."""
    most, least, best, worst = ends.means[ends.best], ends.means[ends.worst], names[ends.best], names[ends.worst]
    of = f" of {many[0]}" if len(set(many)) == 1 else ""
    fewest = "" if len(names) == 2 else ", the fewest"
    if who:
        if most == least:
            return f"{who} gets everybody out in {share(most)} of the cases in every scenario"
        if ends.apart:
            return f"{best}: {who} gets everybody out in {share(most)} of the cases, against {share(least)} with {worst}"
        return f"How often {who} gets everybody out can't be told apart: {share(least)} ({worst}) to {share(most)} ({best})"
    if most == least:
        return f"As many missions get everybody out in every scenario: {count(most)}{of} on average"
    if ends.apart:
        return f"{best}: {most:.1f}{of} missions get everybody out on average, {most - least:.1f} more than {worst}{fewest}"
    return (
        f"How many missions get everybody out can't be told apart: {least:.1f} ({worst}) "
        f"{'and' if len(names) == 2 else 'to'} {most:.1f} ({best}){of} on average"
    )
