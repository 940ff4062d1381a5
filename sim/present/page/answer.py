"""The top of the page: what to do, how sure that is, and what would happen to whom; below it the whole sentences."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis import brief
from sim.analysis.choice import choice
from sim.analysis.matrix import arrange, split
from sim.analysis.paired import Differences
from sim.analysis.to_do import what_to_do
from sim.present.labels import labels_of, shared
from sim.present.page import advice
from sim.present.page.shown import Json, Shown, answered

MORE = (
    "Whoever made this page can ask further: evacsim decide chooses among several options, evacsim plan says the least that is "
    "enough, evacsim deadline how late an order still comes in time."
)
YOURS = "Yours is one of the missions? Find it in the list on top: it has a page of its own."
NOTHING = "Nothing that is ours to choose stands out in this run."
LIMITS = "From a model: to compare courses of action, not to forecast a day."


def answer(
    shown: Sequence[Shown],
    differences: Sequence[Differences] = (),
    same_orders: Sequence[Differences] | None = None,
    decided: Sequence[str] = (),
) -> Json:
    """*differences*, *same_orders*: of a comparison; *decided*: what studies say to do, said before all else."""
    final = [one for one in shown if one.final]
    same = {one.of: one for one in same_orders or ()}
    told = _by_threat(final) if len(final) == len(shown) else []
    do = [[text, ""] for text in decided] + (told or advice.what_to_do(differences, same, shown)) + _levers(final)
    return {
        "do": do or [[NOTHING, ""]],
        "more": "" if decided else MORE,
        "sure": [*advice.how_sure(differences, same, shown), *_sure(shown, final)],
        "whom": [_whom(one) for one in shown],
        "yours": YOURS if any(len(one.summary.missions) > 1 for one in final) else "",
        "sentences": [*(choice(one, same.get(one.other)) for one in differences), *(one.headline for one in shown)],
        "warnings": [f"{one.label}: {w}" if len(shown) > 1 else w for one in answered(shown) for w in one.summary.warnings],
    }


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
    if not one.final:
        return {"label": one.label, "facts": [], "hit": "No answer: replications failed."}
    total = one.summary.total
    if not total.to_move:
        return {"label": one.label, "facts": [], "hit": "Nobody has to be moved."}
    facts = [("Everybody to be moved is out", brief.odds(total)), ("Left behind", brief.left_behind(total))]
    if total.out_before.people:
        facts.append(("Had left before the start", brief.before(total)))
    hit = brief.hit(one.summary)
    return {
        "label": one.label,
        "facts": [[what, told.main, told.beside] for what, told in facts],
        "hit": f"Whose, on average: {hit}." if hit else "",
    }
