"""What a study of the bottleneck says in sentences: the answer, who gets later and why, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.analysis.compare import MANY, roughly
from sim.analysis.measure import Measure
from sim.analysis.sets import untested
from sim.analysis.waiting import Waiting
from sim.analysis.words import count, duration, more_missions, share, waited_for
from sim.present.labels import labels_of
from sim.studies.applying import applying
from sim.studies.bottleneck.capacities import KINDS, WARNING
from sim.studies.bottleneck.found import CapacityEffect, CapacityValue, ScenarioValues

PLURALS = {
    "lane": "lanes", "officer": "officers", "stand": "stands", "vehicle": "vehicles", "escort": "escorts",
    "helicopter": "helicopters", "landing spot": "landing spots", "aircraft": "aircraft", "bed": "beds",
    "onward travel": "onward travel", "room": "room in the holding area", "troops": "troops", WARNING: "warning",
}  # fmt: skip
HALF = ("half_within_horizon", "restricted_half")
"""Measures of the time until half are out."""
TOP = 3


def headline(result: ScenarioValues, measures: Sequence[Measure]) -> str:
    """The answer of one scenario: what people wait for, what is worth most, what cannot be told, what makes it worse."""
    title = result.title
    if result.waiting is None:
        return f"{title}: no answer, no replication of the scenario as it is was completed."
    said = [f"{title}: {_waits(result.waiting)}"]
    rows = result.capacities
    best = [row for row in rows if row.verdict == "better"]
    chance = f", which may be chance among {len(rows)} tried"
    firm = [row for row in best if row.holds][:2] or best[:1]
    said += [f"{_upper(row.phrase)} {worth(row, measures)}{'' if row.holds else chance}." for row in firm]
    said += _untold(rows, bool(best))
    worse = [row for row in rows if row.verdict == "worse"]
    if worse:
        some = f" and {len(worse) - TOP} more make" if len(worse) > TOP else " makes" if len(worse) == 1 else " make"
        said.append(f"{_upper(_listed([row.phrase for row in worse[:TOP]]))}{some} it worse.")
    return " ".join(said)


def _waits(waiting: Waiting) -> str:
    """What most of the hours after the order are spent on."""
    causes = {c: e.mean or 0.0 for c, e in waiting.total.causes.items() if c != "order"}
    spent, deciding = sum(causes.values()), waiting.total.spent_h.get("deciding") or 0.0
    if not spent:
        return "nobody waits after the order."
    most = max(causes, key=lambda c: causes[c])
    part = share(causes[most] / spent)
    said = f"as simulated, people wait most for {waited_for(most)}, {part} of {count(round(spent))} person-hours after the order."
    return f"{said} Deciding took more: {count(round(deciding))}." if deciding > causes[most] else said


def worth(row: CapacityValue, measures: Sequence[Measure]) -> str:
    """``leaves 210 (120 to 300) fewer people behind and is 3.1 h (1.0 h to 5.2 h) sooner``: what can be told of it."""
    order = sorted(measures, key=lambda m: ("people", "h", "").index(m.kind.unit))
    effects = [(row.effects.get(measure.text), measure) for measure in order]
    parts = [_part(effect, measure) for effect, measure in effects if effect is not None and effect.distinct]
    return _listed(parts) or "changes nothing that can be told"


def _part(effect: CapacityEffect, measure: Measure) -> str:
    change = effect.difference or 0.0
    size, less = abs(change), change < 0
    low, high = sorted((abs(effect.low or 0.0), abs(effect.high or 0.0)))
    whose = f" of {measure.whose}" if measure.whose else ""
    if measure.kind.unit == "people":
        where = "behind" if measure.kind.name == "left_behind" else measure.kind.name
        return f"leaves {count(size)} ({count(low)} to {count(high)}) {'fewer' if less else 'more'} people{whose} {where}"
    if measure.kind.unit == "h":
        when, who = "sooner" if less else "later", "half" if measure.kind.name in HALF else "all"
        after = " after the order" if measure.kind.from_order else ""
        return f"gets {who}{whose} out {duration(size)} ({duration(low)} to {duration(high)}) {when}{after} on average"
    text = f"{100 * size:.0f} ({100 * low:.0f} to {100 * high:.0f}) points"
    return f"{'lowers' if less else 'raises'} the chance that all{whose} are out by {text}"


def _untold(rows: Sequence[CapacityValue], any_told: bool) -> list[str]:
    """Kinds of capacity none of which changes anything that can be told."""
    kinds = [k for k in KINDS if any(row.kind == k for row in rows)]
    silent = [k for k in kinds if all(row.verdict == "none" for row in rows if row.kind == k)]
    if not rows or not silent:
        return []
    if len(silent) == len(kinds) and not any_told:
        return ["One more of any capacity that it has changes nothing that can be told from this many replications."]
    verb = "changes" if silent in (["onward travel"], ["room"], [WARNING]) else "change"
    return [f"More {_listed([PLURALS[k] for k in silent])} {verb} nothing that can be told."]


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else "".join(words)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def explanations(result: ScenarioValues, measures: Sequence[Measure]) -> list[str]:
    """A sentence for each capacity whose increase makes something worse: by how much, and who is left behind instead."""
    tried = len(result.capacities)
    worse = [_explained(row, measures, tried, result.titles) for row in result.capacities if row.verdict in ("worse", "mixed")]
    return [*worse, WHY] if worse else []


def _explained(row: CapacityValue, measures: Sequence[Measure], tried: int, titles: Mapping[str, str]) -> str:
    chance = "" if row.holds else f" (by 95 % alone: of {tried} tried, some do so by chance)"
    line, who = f"{_upper(row.phrase)} {worth(row, measures)}{chance}.", row.missions.worse
    if not who:
        return f"{line} No single mission can be told to leave more people behind."
    names = [f"{titles.get(w.mission, w.mission)} ({count(w.left_behind)} more left behind)" for w in who]
    more = (row.missions.worse_count or 0) - len(who)
    return f"{line} Later: {_listed(names)}{f' and {more_missions(more)}' if more > 0 else ''}."


WHY = (
    "More of one thing can be worse in a network of queues: those who pass it sooner join the line of the next stage, fill the "
    "holding area or take the seats before others; a lane takes troops that another gate then lacks; flights draw the crowd."
)


def contrasts(results: Sequence[ScenarioValues], measures: Sequence[Measure]) -> list[str]:
    """What is worth most in one scenario, and what the same is worth in the others."""
    worths: dict[str, str] = {}
    answered = [result for result in results if result.final]
    called = dict(zip((id(result) for result in results), labels(results), strict=True))
    for result in answered if len(answered) > 1 else ():
        best = next((row for row in result.capacities if row.verdict == "better" and row.holds), None)
        if best is None or best.path in worths:
            continue
        parts = [f"{worth(best, measures)} in “{called[id(result)]}”"]
        for other in (each for each in answered if each is not result):
            same = next((row for row in other.capacities if row.path == best.path), None)
            parts.append(f"{'is not' if same is None else worth(same, measures)} in “{called[id(other)]}”")
        worths[best.path] = f"{_upper(best.phrase)} {'; it '.join(parts)}."
    return list(worths.values())


def labels(results: Sequence[ScenarioValues]) -> list[str]:
    """What the scenarios are called."""
    return labels_of([result.scenario for result in results], [result.title for result in results])


def warnings(result: ScenarioValues, name: str = "") -> list[str]:
    """What the numbers of one scenario rest on; *name*: what it is called among several."""
    rows = result.capacities
    if not result.final:
        return []
    chance = 0.05 * len(rows)
    some = f"among {len(rows)} capacities that do nothing some {chance:.0f} would be told from nothing by chance"
    rough = "" if result.sets is None else untested(result.sets, result.replications - result.failed)
    lines = applying(
        (rough, rough),
        (chance >= 1, f"{some}; * marks what holds for all together"),
    )
    return [f"{name}: {line}" if name else line for line in [*lines, *wanted(rows)]]


def wanted(rows: Sequence[CapacityValue]) -> list[str]:
    """How many replications the largest of what cannot be told would need, roughly."""
    silent = [row for row in rows if row.verdict == "none" and row.kind]
    untold = [(row.phrase, [e.needed for e in row.effects.values()]) for row in silent]
    least = [(phrase, min(n for n in needed if n is not None)) for phrase, needed in untold if any(n is not None for n in needed)]
    texts = [(phrase, f"more than {MANY:,}" if n > MANY else f"some {roughly(n):,}") for phrase, n in least[:TOP]]
    return [f"{phrase} would be told from nothing by {text} replications, if what is seen stays" for phrase, text in texts]
