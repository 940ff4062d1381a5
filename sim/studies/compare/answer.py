"""The same replications of several scenarios, paired with those of the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim import __version__
from sim.experiment import RunSpec
from sim.experiment.run import made_of
from sim.experiment.store import MANIFEST, OF, Store
from sim.studies.compare.query import CompareQuery
from sim.studies.engine import Session, StudyRunner
from sim.studies.mission import draw_mission, mission_of
from sim.studies.report.query import QUICK_SCENARIOS
from sim.studies.runs import (
    Study,
    about_mission,
    compared_folder,
    draw,
    in_turn,
    page_of,
    run_command,
    simulated,
    trimmed,
    unfinished,
)
from sim.studies.same_orders import Pair, pairs_of, run_pair
from sim.studies.until import check_until, settled_together

if TYPE_CHECKING:
    from sim.analysis.looks import Look

Json = dict[str, Any]
OWN_ORDERS = ("pairs", "sets", "fewer_left_behind", "left_behind")
"""What is said of the orders of a scenario alone."""


@dataclass(frozen=True)
class Comparison:
    """Scenarios under the same draws: the first is the base of all differences."""

    studies: tuple[Study, ...]
    differences: tuple[Json, ...]
    matrix: Json | None
    folder: Path
    plots: tuple[Path, ...] = ()
    until: Json = field(default_factory=dict)
    """What ``--until`` wanted of the differences and what is reached; nothing without."""
    same_orders: tuple[Json, ...] | None = None
    """The differences once more, with everybody ordered out as in the base; None where that wasn't asked for."""
    ordered_as_base: tuple[Study, ...] = ()
    """The other scenarios under the orders of the base."""
    by: str = "mission"
    mission: str | None = None
    """The mission to which the answer is narrowed."""
    page: Path | None = None
    """The page that shows all of it, where one was made."""
    workbook: Path | None = None
    """The file of ``xlsx``."""

    @property
    def outputs(self) -> tuple[Path, ...]:
        """What there is to open: page, pictures and workbook."""
        return tuple(path for path in (self.page, *self.plots, self.workbook) if path is not None)

    @property
    def headline(self) -> str:
        """What differs for the mission, or the answer of each scenario where none is named; a line for each."""
        from sim.analysis.mission_words import mission_difference

        if self.mission is None:
            return "\n".join(study.headline for study in self.studies)
        return "\n".join(map(mission_difference, self.differences))

    @property
    def summary(self) -> Json:
        """What ``compare --json --by cohort`` prints."""
        return _summary([s.summary for s in self.studies], self.differences, self.until, self.same_orders, self.matrix)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from sim.studies.html import answer_html

        return answer_html(self)

    def as_json(self) -> Json:
        """What ``--json`` prints."""
        summary = self.summary if self.mission is None else {"mission": self.mission, **self.summary}
        return summary | {"results": [trimmed(each, self.by) for each in summary["results"]]}

    def unfinished(self) -> list[str]:
        """A line for each kind of failure of replications."""
        return unfinished([*self.studies, *self.ordered_as_base])


def answer(query: CompareQuery, session: Session) -> Comparison:
    """Simulates every scenario and compares each with the first.

    Raises:
        SameOrdersError: with ``same_orders``, where one scenario has cohorts that another has not.
        MeasureError: a target of ``until`` that can't be understood.
        QueryError: a mission that no scenario has.
    """
    runner = session.check([query.base, *query.others])
    mission = mission_of(query.mission, runner.loaded)
    check_until(runner, query)
    pairs = pairs_of(runner.base) if query.same_orders else []
    settled = settled_together(runner, query)
    look = settled.look if settled else None
    command = query.command([one.given for one in runner.base])
    studies = [
        simulated(one, runner, look, command=command if settled else None, replayed=k < QUICK_SCENARIOS)
        for k, one in enumerate(in_turn(runner))
    ]
    reordered = _reordered(pairs, runner, look)
    all_answered = all(study.answered for study in studies)
    results = [study.result for study in studies]
    folder = compared_folder([*results, *(one.result for one in reordered)], query.out)
    store, until = Store(folder), settled.json() if settled else {}
    drawn: list[Path] = []
    with store.open():
        of = None if settled else made_of([one.result.digest() for one in (*studies, *reordered)], query.by)
        summary = (store.finished(of) if of else None) or _compared(studies, reordered, query, look, until)
        if query.plots and all_answered:
            drawn = draw(results, runner.pictures(folder))
        store.write_json("summary.json", summary)
        same, arranged = summary.get("same_orders"), summary.get("matrix")
        whole = Comparison(
            tuple(studies), tuple(summary["differences"]), arranged, folder, tuple(drawn), until,
            None if same is None else tuple(same), tuple(reordered), query.by,
        )  # fmt: skip
        if query.plots and all_answered and not store.read_only:
            whole = replace(whole, page=_page(whole, runner))
        if query.xlsx and all_answered and not store.read_only:
            whole = replace(whole, workbook=_workbook(whole, summary, runner))
        made = runner.manifest(folder)
        store.write_json(MANIFEST, made if of is None else made | {OF: of})
    return whole if mission is None else _narrowed(whole, mission, runner)


def _compared(studies: Sequence[Study], reordered: Sequence[Study], query: CompareQuery, look: Look | None, until: Json) -> Json:
    """What ``summary.json`` holds: the answer of each, and how the others differ from the first."""
    from sim.analysis import differences, matrix

    base, *others = studies
    by: Literal["mission", "cohort"] = "cohort" if query.by == "cohort" else "mission"
    compared = [differences(base.result, one.result, look, by) for one in others if base.answered and one.answered]
    same = [
        differences(base.result, ordered.result, look, by) | _own_orders(ordered, other, look)
        for ordered, other in zip(reordered, others if reordered else (), strict=True)
        if base.answered and ordered.answered
    ]
    summaries = [study.result.summary for study in studies]
    arranged = matrix(summaries) if all(study.answered for study in studies) else None
    return _summary(summaries, compared, until, same if query.same_orders else None, arranged)


def _own_orders(ordered: Study, other: Study, look: Look | None) -> Json:
    """What a scenario's own orders make of the people left behind, against those of the base with all else its own."""
    from sim.analysis import differences

    if not other.answered:
        return {}
    made = differences(ordered.result, other.result, look)
    total, *missions = ({key: entry[key] for key in OWN_ORDERS} for entry in (made["total"], *made["missions"].values()))
    return {"own_orders": {"total": total, "missions": dict(zip(made["missions"], missions, strict=True))}}


def _workbook(whole: Comparison, summary: Json, runner: StudyRunner) -> Path:
    """The file with all scenarios and what differs; each scenario has its own in its own folder."""
    from sim.analysis.choice import choice
    from sim.studies import workbook

    same = {one["other"].partition("-ordered-as-")[0]: one for one in whole.same_orders or ()}
    sentences = [choice(one, same.get(one["other"])) for one in whole.differences]
    command = runner.query.command([one.given for one in runner.base])
    lines = [*sentences, *(study.headline for study in whole.studies)]
    sheets = workbook.compared_sheets(summary, lines, runner.loaded, command, whole.folder)
    return workbook.keep(whole.folder, sheets, " / ".join(study.result.title for study in whole.studies))


def _page(whole: Comparison, runner: StudyRunner) -> Path:
    """The page of all scenarios and what differs; its folder is held."""
    from sim.studies.report.content import Compared

    given = [one.given for one in runner.base]
    results, loaded = [study.result for study in whole.studies], [study.loaded for study in whole.studies]
    commands = [run_command(runner.query, each) for each in given]
    compared = Compared(whole.differences, whole.same_orders, whole.matrix)
    seen = [study.seen for study in whole.studies]
    return page_of(results, loaded, whole.folder, runner, commands, runner.query.command(given), compared, seen)


def _narrowed(whole: Comparison, mission: str, runner: StudyRunner) -> Comparison:
    """The comparison with that mission alone, and its picture; what is stored has all missions."""
    from sim.analysis.mission import narrowed_difference

    studies, reordered = (tuple(about_mission(s, mission) for s in some) for some in (whole.studies, whole.ordered_as_base))
    results = [study.result for study in whole.studies]
    drawn = draw_mission(results, mission, runner.pictures(whole.folder)) if runner.query.plots else []
    return replace(
        whole,
        studies=studies,
        ordered_as_base=reordered,
        differences=tuple(narrowed_difference(each, mission) for each in whole.differences),
        same_orders=whole.same_orders and tuple(narrowed_difference(each, mission) for each in whole.same_orders),
        plots=(*drawn, *whole.plots),
        mission=mission,
    )


def _summary(
    results: Sequence[Json], differences: Sequence[Json], until: Json, same: Sequence[Json] | None, matrix: Json | None
) -> Json:
    summary: Json = {"results": list(results), "differences": list(differences), **until}
    summary |= {} if same is None else {"same_orders": list(same)}
    return summary if matrix is None else summary | {"matrix": matrix}


def _reordered(pairs: Sequence[Pair], runner: StudyRunner, look: Look | None) -> list[Study]:
    """Every scenario but the first under the orders of the first."""
    query = runner.query
    command = query.command([one.given for one in runner.base])
    n, summed = (query.n, "") if look is None else (look.n, None)
    spec = RunSpec(n, query.seed, query.out, query.csv, command, __version__, summed)
    results = [run_pair(pair, spec, runner.session) for pair in pairs]
    others = runner.base[1:] if pairs else ()
    return [Study(result, result.title, one.loaded) for result, one in zip(results, others, strict=True)]
