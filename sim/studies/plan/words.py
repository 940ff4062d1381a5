"""What a plan says: the least that is enough, in how many sets of inputs, and what does nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sim.analysis.naming import first_up
from sim.analysis.words import duration, not_among_all, scope_name, share
from sim.studies.works import in_sets


def more(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether *a* has at least as much of every lever as *b*, and more of one."""
    return a != b and all(x >= y for x, y in zip(a, b, strict=True))


def goal_words(summary: Mapping[str, Any]) -> str:
    """``all together out within 10 d of the first order in 90 % of the cases``."""
    whose = summary.get("scope_title") or scope_name(summary["scope"])
    return f"{whose} out {when_words(summary)} in {share(summary['confidence'])} of the cases"


def when_words(summary: Mapping[str, Any]) -> str:
    """``by 20 Sep 18:00``, in local time, or ``within 10 d of the first order``."""
    if not summary.get("finish_by"):
        return f"within {duration(summary['finish_by_h'])} of the first order"
    moment = datetime.fromisoformat(summary["finish_by"])
    return f"by {moment.day} {moment:%b %H:%M}"


def picture_title(summary: Mapping[str, Any]) -> str:
    """What the picture shows: the least that is enough, or how near the best comes."""
    points, sure = summary["points"], share(summary["confidence"])
    best = max(points, key=lambda row: row["chance"]["estimate"] or 0.0)
    chance = share(best["chance"]["estimate"] or 0.0)
    if summary["answer"] == "failed":
        return f"{summary['title']}: no answer, a point or a replication failed"
    if summary["answer"] == "not reachable":
        if not best["chance"]["estimate"]:
            return f"None of {len(points)} combinations gets all out in time in any replication"
        return f"{sure} in time can't be reached: at most {chance}, with {best['words']}"
    if summary["answer"] == "open":
        return f"Not decided: {best['words']} gets all out in time in {chance} of the cases, {sure} are wanted"
    least = [next(row for row in points if row["values"] == some) for some in summary["least"]]
    rest = f", and {len(least) - 2} more" if len(least) > 2 else ""
    enough = "; or ".join(f"{row['words']} ({share(row['chance']['estimate'])})" for row in least[:2])
    return f"The least that is enough: {enough}{rest}"


def plan_headline(summary: Mapping[str, Any]) -> str:
    """The answer in a sentence or two."""
    if summary["answer"] == "failed":
        return f"{summary['title']}: no answer, a point or a replication failed."
    some = any(row["chance"]["estimate"] for row in summary["points"])
    return " ".join(filter(None, [_answer(summary), *(map(_idle, summary["levers"]) if some else ())]))


def _answer(summary: Mapping[str, Any]) -> str:
    goal = goal_words(summary)
    points = summary["points"]
    best = max(points, key=lambda row: row["chance"]["estimate"])
    if summary["answer"] == "not reachable":
        if not best["chance"]["estimate"]:
            return f"{summary['title']}: {goal}: not reachable with these; none of {len(points)} gets there in any replication."
        return (
            f"{summary['title']}: {goal}: not reachable with these; the largest share seen among {len(points)} is that of "
            f"{best['words']}, {_chance(best)}."
        )
    if summary["answer"] == "open":
        row = next(row for row in points if row["verdict"] == "open")
        return f"{summary['title']}: {goal}: not decided; {_open(row)}."
    least = [next(row for row in points if row["values"] == some) for some in summary["least"]]
    enough = "; or ".join(f"{row['words']} ({_chance(row)})" for row in least[:3])
    rest_of = f" and {len(least) - 3} more combinations" if len(least) > 3 else ""
    first = least[0]
    smaller = [
        row for row in points if row["verdict"] == "open" and not any(more(tuple(row["ranks"]), tuple(m["ranks"])) for m in least)
    ]
    unasked = max(row["not_among_all"] or 0.0 for row in least)
    beside = f". In this, {not_among_all(unasked)}" if unasked else ""
    perhaps = f". Less may do: {_open(smaller[0])}" if smaller else ""
    already = " (the least tried)" if len(least) == 1 and not any(first["ranks"]) else ""
    return f"{summary['title']}: {goal}: the least that is enough is {enough}{rest_of}{already}{perhaps}{beside}."


def _idle(lever: Mapping[str, Any]) -> str:
    """A lever that does nothing, called that; nothing of any other."""
    does = lever["effect"]
    if does is None or does["decides"]:
        return ""
    least, most = lever["values"][0], lever["values"][-1]
    what_is = first_up(lever["subject"])
    what = "sets of inputs" if does["sets"] < does["replications"] else "replications"
    if does["none"]:
        return f"{what_is} has no effect: none of {does['sets']:,} {what} differs between {least} and {most}."
    return f"{what_is} decides nothing: {most} instead of {least} changes in none of {does['sets']:,} {what} who is in time."


def _chance(row: Mapping[str, Any]) -> str:
    chance, counts = row["chance"], row["in_sets"]
    between = f"{share(chance['estimate'])}, 95 % interval {share(chance['low'])} to {share(chance['high'])}"
    return f"{between}; met in {in_sets(counts, row['n'])}, as simulated" if counts["sets"] < row["n"] else between


def _open(row: Mapping[str, Any]) -> str:
    needed, sets = row["replications_needed"], row["sets_needed"]
    of_sets = f" of {sets:,} sets of inputs" if needed and sets < needed else ""
    how = f"about {needed:,} replications{of_sets} tell in 8 of 10 cases, if the share stays" if needed else "too close to tell"
    return f"{row['words']} reaches {_chance(row)}, {how}"
