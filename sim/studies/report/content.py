"""What a page says of results: from their numbers to the one object that the page's scripts show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim import __version__
from sim.analysis.as_json import of_json
from sim.analysis.brief import within
from sim.analysis.found import Summary, found_of
from sim.analysis.matrix import Matrix
from sim.analysis.mission import beside_row, narrowed_difference
from sim.analysis.mission_words import mission_headline
from sim.analysis.outcomes import Outcomes, of_missions, wall
from sim.analysis.paired import Differences
from sim.analysis.statistics import LEVEL
from sim.experiment import Result
from sim.present.labels import labels_of, shared
from sim.present.page.answer import answer
from sim.present.page.bottleneck import bottleneck
from sim.present.page.comparison import comparison
from sim.present.page.html import page
from sim.present.page.inputs import inputs
from sim.present.page.left import left
from sim.present.page.making import making
from sim.present.page.matters import matters
from sim.present.page.missions import missions
from sim.present.page.out import out
from sim.present.page.shown import Shown, titles
from sim.scenario import Loaded
from sim.scenario.coordinates import airport_name
from sim.studies.mission import inputs_of, nobody_to_move
from sim.studies.order_dates import moving
from sim.studies.report.studies import TO_DO

Json = dict[str, Any]
SECTIONS = {
    "answer": "The answer",
    "comparison": "What differs",
    "out": "People out over time",
    "missions": "Missions",
    "bottleneck": "What holds people up, by the day",
    "left": "Who is left behind, and why",
    "matters": "What matters",
    "decisions": "Decisions",
    "checks": "Against what was observed",
    "replay": "One run, replayed",
    "schedule": "One run as a schedule",
    "inputs": "Inputs and where they come from",
    "making": "How this was made",
}
"""Of the page, in its order; those that have data."""


@dataclass(frozen=True)
class Compared:
    """What a comparison adds to its results."""

    differences: Sequence[Differences] = ()
    same_orders: Sequence[Differences] | None = None
    """Once more with everybody ordered out as in the base, where that was asked for."""
    matrix: Matrix | None = None

    @classmethod
    def of(cls, summary: Json) -> Compared:
        """What ``summary.json`` of a comparison holds, read back.

        Raises:
            ValueError: if it isn't what a comparison writes.
        """
        differences, same = ([of_json(Differences, each) for each in summary.get(name) or ()] for name in NAMES)
        matrix = summary.get("matrix")
        ordered = None if summary.get("same_orders") is None else same
        return cls(differences, ordered, None if matrix is None else of_json(Matrix, matrix))

    def by_other(self) -> dict[str, Differences]:
        """Those at the same orders, by the scenario that is ordered as the base is."""
        return {one.of: one for one in self.same_orders or ()}

    def narrowed(self, mission: str) -> Compared:
        """To one mission."""
        own, same = ([narrowed_difference(each, mission) for each in some or ()] for some in (self.differences, self.same_orders))
        return replace(self, differences=own, same_orders=None if self.same_orders is None else same)


NAMES = ("differences", "same_orders")
NOTHING = Compared()
NAMED = 4
"""Scenarios that the title names."""


def shown(
    results: Sequence[Result], loaded: Sequence[Loaded], headlines: Sequence[str], manifests: Sequence[Json] = ()
) -> list[Shown]:
    """The scenarios as the page shows them, each with the scenario that it is of and its sentence.

    *manifests*: how each was made, of results that were not opened from their folders.
    """
    names = labels_of([r.name for r in results], [r.title for r in results])
    made = manifests or [result.manifest for result in results]
    return [_shown(*each) for each in zip(results, loaded, headlines, names, made, strict=True)]


def _shown(result: Result, loaded: Loaded, headline: str, label: str, manifest: Json) -> Shown:
    inputs, outcomes, found = loaded.rows, of_missions(result), found_of(result.summary)
    said = sentences(found, loaded, inputs, outcomes) if isinstance(found, Summary) else {}
    code = loaded.scenario.airport.icao
    place = airport_name(code) if code else ""
    return Shown(result, found, headline, label, said, outcomes, inputs, place, manifest)


def sentences(summary: Summary, loaded: Loaded, inputs: Sequence[Any], outcomes: Mapping[str, Outcomes]) -> dict[str, str]:
    """Mission -> its sentence, as ``run --mission`` says it."""
    level = LEVEL if summary.sequential is None else summary.sequential.level
    providers = [phase.provider for phase in loaded.scenario.security.phases]
    able = moving(loaded.scenario)
    said = {}
    for name, own_outcomes in outcomes.items():
        if name not in summary.missions:
            continue
        mine = {name: beside_row(summary.missions[name], own_outcomes, level)}
        parts = None if summary.cohorts is None else {name: summary.cohorts_of(name)}
        own = replace(summary, missions=mine, cohorts=parts, mission=name)
        # where inputs are drawn none of them is named
        behind = () if summary.inputs is not None else inputs_of(loaded.scenario, name, inputs)
        nobody = nobody_to_move(loaded.scenario, name, able)
        said[name] = mission_headline(own, behind, providers, nobody)
    return said


def content(
    some: Sequence[Shown],
    compared: Compared = NOTHING,
    studies: Sequence[Json] = (),
    command: str = "",
    replayed: Json | None = None,
    mission: str | None = None,
) -> Json:
    """The data of the page; parts without anything to show are left out.

    *studies*: answers, each with its ``section``; *replayed*: as :func:`sim.studies.report.replay.replays` gives it, of the same
    scenarios; *mission*: that with which the page opens where its address names none.
    """
    decided = [text for verb in TO_DO for one in studies if one["verb"] == verb for text in one["do"]]
    parts: Json = {
        "answer": answer(some, compared.differences, compared.same_orders, decided),
        "comparison": comparison(some, compared.differences, compared.same_orders, compared.matrix),
        "out": out(some),
        "missions": missions(some, compared.differences, compared.same_orders),
        "bottleneck": bottleneck(some),
        "left": left(some),
        "matters": matters(some),
        "decisions": {},
        "checks": {},
        "replay": replayed,
        "inputs": inputs(some),
        "making": making(some, __version__, command),
    }
    for one in studies:
        parts[one["section"]] = {
            **(parts[one["section"]] or {}),
            "studies": [*(parts[one["section"]] or {}).get("studies", ()), one],
        }
    kept, called = {name: part for name, part in parts.items() if part}, titles(some)
    return {
        "version": __version__,
        "made": {"command": command},
        "scenarios": [_scenario(one) for one in some],
        "titles": called,
        "subject": subject(some),
        **({"mission": mission} if mission in called else {}),
        "sections": [{"id": name, "title": title} for name, title in SECTIONS.items() if name in kept],
        **kept,
    }


def _scenario(one: Shown) -> Json:
    clock = wall(one.result)
    return {
        "name": one.name,
        "title": one.result.title,
        "label": one.label,
        "folder": one.found.folder,
        "replications": one.result.n,
        "failed": len(one.result.failed),
        "seed": one.result.seed,
        "start": clock.start.isoformat(timespec="minutes"),
        "utc_offset_h": clock.utc_offset,
        "horizon_h": clock.horizon_h,
    }


def title_of(some: Sequence[Shown]) -> str:
    """What the page is called."""
    if not some:
        return "evacsim"
    if len(some) == 1:
        return some[0].result.title or some[0].name
    if len(some) > NAMED:
        return f"{len(some)} scenarios, compared with {some[0].label}"
    first, *others = (one.label for one in some)
    asked = f"{first}, or {' or '.join(map(within, others))}?"
    common = shared([one.result for one in some])
    return f"{common}: {within(first)}{asked[len(first) :]}" if common else asked


SIMULATED = "Simulated, to compare courses of action: no forecast."


def subject(some: Sequence[Shown]) -> str:
    """Where and when all of it is supposed to happen: the airport, and the day on which the scenarios start."""
    if not some:
        return ""
    days = sorted({wall(one.result).start.date() for one in some})
    when = " and ".join(f"{day.day} {day:%B %Y}" for day in days[:2]) + (" and others" if len(days) > 2 else "")
    start = f"{'scenario starts' if len(some) == 1 else 'scenarios start'} on {when}"
    where = " / ".join(dict.fromkeys(one.place for one in some if one.place))
    return f"{where}. The {start}. {SIMULATED}" if where else f"The {start}. {SIMULATED}"


def page_of(data: Mapping[str, Any], some: Sequence[Shown], *, live: bool = False) -> str:
    """The page as one text."""
    mission = str(data.get("mission", ""))
    about = [one.sentences[mission] for one in some if mission in one.sentences]
    return page(data, title_of(some), [*about, *(one.headline for one in some)], live=live)
