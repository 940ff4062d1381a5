"""What a plan says: the least that is enough, in how many sets of inputs, and what does nothing."""

from __future__ import annotations

from datetime import datetime

from sim.analysis.mission_words import with_zone
from sim.analysis.naming import first_up
from sim.analysis.words import duration, not_among_all, scope_name, share
from sim.studies.plan.found import Plan, PlanLever, PlanPoint
from sim.studies.works import in_sets


def more(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether *a* has at least as much of every lever as *b*, and more of one."""
    return a != b and all(x >= y for x, y in zip(a, b, strict=True))


def goal_words(plan: Plan) -> str:
    """``all together out within 10 d of the first order in 90 % of the cases``."""
    whose = plan.scope_title or scope_name(plan.scope)
    return f"{whose} out {when_words(plan)} in {share(plan.confidence)} of the cases"


def when_words(plan: Plan) -> str:
    """``by 20 Sep 18:00``, in local time, or ``within 10 d of the first order``."""
    if not plan.finish_by:
        return f"within {duration(plan.finish_by_h)} of the first order"
    moment = datetime.fromisoformat(plan.finish_by)
    return f"by {moment.day} {moment:%b %H:%M}"


def picture_title(plan: Plan) -> str:
    """What the picture shows: the least that is enough, or how near the best comes."""
    points, sure = plan.points, share(plan.confidence)
    best = max(points, key=lambda point: point.chance.estimate or 0.0)
    chance = share(best.chance.estimate or 0.0)
    if plan.answer == "failed":
        return f"{plan.title}: no answer, a point or a replication failed"
    if plan.answer == "not reachable":
        if not best.chance.estimate:
            return f"None of {len(points)} combinations gets all out in time in any replication"
        return f"{sure} in time can't be reached: at most {chance}, with {best.words}"
    if plan.answer == "open":
        return f"Not decided: {best.words} gets all out in time in {chance} of the cases, {sure} are wanted"
    least = plan.enough
    rest = f", and {len(least) - 2} more" if len(least) > 2 else ""
    enough = "; or ".join(f"{point.words} ({point.chance.written(share)[0]})" for point in least[:2])
    return f"The least that is enough: {enough}{rest}"


def chance_note(plan: Plan) -> str:
    """What is drawn of the chance, with a small letter at the start."""
    ring = "; ring: the least that is enough" if plan.least else ""
    return f"share of the replications with all out in time, with 95 % intervals; dotted: the confidence{ring}"


def time_note(plan: Plan) -> str:
    """What is drawn of the time, with a small letter at the start."""
    when = "the start" if plan.counted_from == "start" else "the first order"
    within = f"time from {when} within which all are out in {share(plan.confidence)} of the cases"
    return f"{within}; dotted: the limit, {duration(plan.finish_by_h)}; triangles at the top: never"


def picture_goal(plan: Plan) -> str:
    """What is asked, below a picture."""
    return with_zone(f"{plan.title}: {goal_words(plan)}.", plan.utc_offset_h)


CURVES = 6
"""Values of the second lever that are drawn at most, spread over all of them."""


def places(lever: PlanLever) -> list[float]:
    """Where the values of a lever are on an axis."""
    return [float(x) for x in lever.amounts or range(len(lever.values))]


def drawn_values(lever: PlanLever) -> list[int]:
    """Ranks of the values of the second lever that are drawn."""
    n = len(lever.values)
    return list(range(n)) if n <= CURVES else sorted({round(k * (n - 1) / (CURVES - 1)) for k in range(CURVES)})


def plan_headline(plan: Plan) -> str:
    """The answer in a sentence or two."""
    if plan.answer == "failed":
        return f"{plan.title}: no answer, a point or a replication failed."
    some = any(point.chance.estimate for point in plan.points)
    return " ".join(filter(None, [_answer(plan), *(map(_idle, plan.levers) if some else ())]))


def _answer(plan: Plan) -> str:
    goal = goal_words(plan)
    points = plan.points
    best = max(points, key=lambda point: point.chance.estimate or 0.0)
    if plan.answer == "not reachable":
        if not best.chance.estimate:
            return f"{plan.title}: {goal}: not reachable with these; none of {len(points)} gets there in any replication."
        return (
            f"{plan.title}: {goal}: not reachable with these; the largest share seen among {len(points)} is that of "
            f"{best.words}, {_chance(best)}."
        )
    if plan.answer == "open":
        point = next(point for point in points if point.verdict == "open")
        return f"{plan.title}: {goal}: not decided; {_open(point)}."
    least = plan.enough
    enough = "; or ".join(f"{point.words} ({_chance(point)})" for point in least[:3])
    rest_of = f" and {len(least) - 3} more combinations" if len(least) > 3 else ""
    first = least[0]
    smaller = [point for point in points if point.verdict == "open" and not any(more(point.ranks, m.ranks) for m in least)]
    unasked = max(point.not_among_all or 0.0 for point in least)
    beside = f". In this, {not_among_all(unasked)}" if unasked else ""
    perhaps = f". Less may do: {_open(smaller[0])}" if smaller else ""
    already = " (the least tried)" if len(least) == 1 and not any(first.ranks) else ""
    return f"{plan.title}: {goal}: the least that is enough is {enough}{rest_of}{already}{perhaps}{beside}."


def _idle(lever: PlanLever) -> str:
    """A lever that does nothing, called that; nothing of any other."""
    does = lever.effect
    if does is None or does.decides:
        return ""
    least, most = lever.values[0], lever.values[-1]
    what_is = first_up(lever.subject)
    what = "sets of inputs" if does.sets < does.replications else "replications"
    if does.none:
        return f"{what_is} has no effect: none of {does.sets:,} {what} differs between {least} and {most}."
    return f"{what_is} decides nothing: {most} instead of {least} changes in none of {does.sets:,} {what} who is in time."


def _chance(point: PlanPoint) -> str:
    (chance, low, high), counts = point.chance.written(share), point.in_sets
    between = f"{chance}, 95 % interval {low} to {high}"
    often = in_sets(counts.works, counts.sets, point.n)
    return f"{between}; met in {often}, as simulated" if counts.sets < point.n else between


def _open(point: PlanPoint) -> str:
    needed, sets = point.replications_needed, point.sets_needed
    of_sets = f" of {sets:,} sets of inputs" if needed and sets and sets < needed else ""
    how = f"about {needed:,} replications{of_sets} tell in 8 of 10 cases, if the share stays" if needed else "too close to tell"
    return f"{point.words} reaches {_chance(point)}, {how}"
