"""The top of the page: what to do, how sure that is, and what would happen to whom; below it the whole sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.analysis import brief
from sim.analysis.choice import choice
from sim.analysis.matrix import arrange, split
from sim.analysis.to_do import what_to_do
from sim.analysis.words import count
from sim.present.labels import labels_of, shared
from sim.present.page.shown import Json, Shown, sides_of

MORE = (
    "Whoever made this page can ask further: evacsim decide chooses among several options, evacsim plan says the least that is "
    "enough, evacsim deadline how late an order still comes in time."
)
YOURS = "Yours is one of the missions? Find it in the list on top: it has a page of its own."
OWN_ORDERS = "each mission ordered out when it would be"
SAME_ORDERS = "all ordered out as with {base}"
EARLY = "Order out early: "
ORDERS_DECIDE = "When people are ordered out decides between the two."
FEW = 2
"""Differences of which each has its own line."""
NOTHING = "Nothing that is ours to choose stands out in this run."
LIMITS = "From a model: to compare courses of action, not to forecast a day."


def answer(
    shown: Sequence[Shown],
    differences: Sequence[Mapping[str, Any]] = (),
    same_orders: Sequence[Mapping[str, Any]] | None = None,
    decided: Sequence[str] = (),
) -> Json:
    """*differences*, *same_orders*: of a comparison; *decided*: what studies say to do, said before all else."""
    final = [one for one in shown if one.answered and one.summary["final"]]
    same = {one["other"].partition("-ordered-as-")[0]: one for one in same_orders or ()}
    told = _by_threat(final) if len(final) == len(shown) else []
    do = [[text, ""] for text in decided] + (told or _better(differences, same, shown)) + _levers(final)
    return {
        "do": do or [[NOTHING, ""]],
        "more": "" if decided else MORE,
        "sure": [*_likely(differences, same, shown), *_sure(shown, final)],
        "whom": [_whom(one) for one in shown],
        "yours": YOURS if any(len(one.summary["missions"]) > 1 for one in final) else "",
        "sentences": [*(choice(one, same.get(one["other"])) for one in differences), *(one.headline for one in shown)],
        "warnings": [f"{one.label}: {w}" if len(shown) > 1 else w for one in shown for w in one.summary.get("warnings", ())],
    }


def _better(
    differences: Sequence[Mapping[str, Any]], same: Mapping[str, Mapping[str, Any]], shown: Sequence[Shown]
) -> list[list[str]]:
    """Which scenario leaves fewer behind, what can be told first, and at the same orders where that was asked for."""
    told = []
    for one in differences:
        if not one["final"]:
            continue
        names = sides_of(one, shown)
        own = brief.better(one, names)
        lines = [[own.main, own.beside]]
        if (ordered := same.get(one["other"])) is not None:
            then, same_moments = brief.better(ordered, names), SAME_ORDERS.format(base=brief.within(names[0]))
            lines = [
                [own.main, "; ".join(filter(None, (own.beside, OWN_ORDERS)))],
                [f"{same_moments[:1].upper()}{same_moments[1:]}: {then.main}", then.beside],
            ]
            if own.best and then.best and own.best != then.best:
                lines = [
                    _when(_gone(one, shown), own.best),
                    [f"{OWN_ORDERS[:1].upper()}{OWN_ORDERS[1:]}: {own.main}", _with_people(own.beside, one)],
                    [lines[1][0], _with_people(then.beside, ordered)],
                ]
        told.append((not own.apart, lines))
    return [line for _, lines in sorted(told, key=lambda item: item[0]) for line in lines]


def _gone(difference: Mapping[str, Any], shown: Sequence[Shown]) -> dict[str, float]:
    """How many had left before the start in each of the two, on average, by what it is called."""
    both = [one for one in shown if one.name in (difference["base"], difference["other"])]
    return {one.label: (one.summary["total"].get("out_before") or {}).get("people") or 0.0 for one in both}


def _when(gone: Mapping[str, float], best: str) -> list[str]:
    """That the orders decide; to order early where with the better of the two more have left before the start.

    In at least as many states of the world as it is better in, its own orders then leave fewer behind than the other's would.
    """
    if not any(gone.values()):
        return [ORDERS_DECIDE, ""]
    each = ", ".join(f"{count(round(people))} with {brief.within(label)}" for label, people in gone.items())
    early = all(gone[best] > people for label, people in gone.items() if label != best)
    text = f"{EARLY}{ORDERS_DECIDE[:1].lower()}{ORDERS_DECIDE[1:]}" if early else ORDERS_DECIDE
    return [text, f"on average had left before the start: {each}"]


def _with_people(beside: str, difference: Mapping[str, Any]) -> str:
    """With how many fewer that is on average, where that can be told."""
    left = difference["total"]["left_behind"]
    mean, low, high = (left.get(key) for key in ("difference", "low", "high"))
    if mean is None or low is None or high is None or low <= 0 <= high:
        return beside
    ends = " to ".join(count(round(x)) for x in sorted(map(abs, (low, high))))
    return f"{beside}; on average {count(round(abs(mean)))} fewer ({ends})"


def _likely(differences: Sequence[Mapping[str, Any]], same: Mapping[str, Mapping[str, Any]], shown: Sequence[Shown]) -> list[str]:
    """How likely it is that the better one is better, of each difference that can be told; of several only where they are few."""
    told = []
    for one in differences if len(differences) <= FEW else ():
        names = sides_of(one, shown)
        for each, when in ((one, OWN_ORDERS), (same.get(one["other"]), SAME_ORDERS.format(base=brief.within(names[0])))):
            if each is not None and each["final"] and (found := brief.better(each, names)).best:
                beside = f", {when}" if one["other"] in same else ""
                told.append(f"That fewer are left behind with {brief.within(found.best)}{beside}, is {found.sure}, as simulated.")
    return told


def _by_threat(shown: Sequence[Shown]) -> list[list[str]]:
    """Of a matrix with which provider fewest are left behind, for each threat; nothing where there is none."""
    names = [one.name for one in shown]
    order = arrange(names)
    if order is None:
        return []
    told = []
    for threat in order[1]:
        some = [one for one in shown if split(one.name) in {(provider, threat) for provider in order[0]}]
        results = [one.result for one in some]
        best = brief.fewest(results, labels_of([r.name for r in results], [r.title for r in results]))
        told.append([f"{shared(results) or threat}: {best.main}", best.beside])
    return told


def _levers(shown: Sequence[Shown]) -> list[list[str]]:
    texts = [(one.label, what_to_do(one.summary).removeprefix("What to do: ")) for one in shown]
    several = len(shown) > 1
    return [[f"{label}: {text}" if several else f"{text[:1].upper()}{text[1:]}", ""] for label, text in texts if text]


def _sure(shown: Sequence[Shown], final: Sequence[Shown]) -> list[str]:
    if not shown:
        return [LIMITS]
    if not final:
        return ["No answer: replications failed, and the same command tries them again."]
    summaries = [one.summary for one in final]
    if len(final) == 1:
        unknown = brief.unknown(summaries[0])
    else:
        unknown = brief.unknown_of_several(summaries, [one.label for one in final])
    return [text for text in (brief.rests(summaries), unknown, LIMITS) if text]


def _whom(one: Shown) -> Json:
    """The tile of a scenario."""
    if not one.answered or not one.summary["final"]:
        return {"label": one.label, "facts": [], "hit": "No answer: replications failed."}
    total = one.summary["total"]
    if not total["to_move"] or total["p_all_out"]["estimate"] is None:
        return {"label": one.label, "facts": [], "hit": "Nobody has to be moved."}
    facts = [("Everybody to be moved is out", brief.odds(total)), ("Left behind", brief.left_behind(total))]
    if (gone := total.get("out_before")) and gone["people"]:
        facts.append(("Had left before the start", brief.before(total)))
    hit = brief.hit(one.summary)
    return {
        "label": one.label,
        "facts": [[what, told.main, told.beside] for what, told in facts],
        "hit": f"Whose, on average: {hit}." if hit else "",
    }
