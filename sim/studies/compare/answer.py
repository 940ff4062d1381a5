"""The same replications of several scenarios, paired with those of the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    from sim.analysis.found import Summary, Wanted
    from sim.analysis.looks import Look
    from sim.analysis.paired import OwnOrders
    from sim.analysis.precision import Settled
    from sim.studies.report.content import Compared

Json = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """Scenarios under the same draws: the first is the base of all differences."""

    studies: tuple[Study, ...]
    found: Compared
    """How the others differ from the base, at the same orders too where that was asked for, and the matrix they form."""
    folder: Path
    plots: tuple[Path, ...] = ()
    until: tuple[Wanted, ...] | None = None
    """What ``--until`` wanted of the differences and what is reached; None without."""
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
        return "\n".join(map(mission_difference, self.found.differences))

    @property
    def summary(self) -> Json:
        """What ``compare --json --by cohort`` prints."""
        return _summary([study.summary for study in self.studies], self.found, self.until)

    @property
    def differences(self) -> tuple[Json, ...]:
        """How each of the others differs from the base, as ``--json`` prints it."""
        return plain(self.found.differences)

    @property
    def same_orders(self) -> tuple[Json, ...] | None:
        """The differences once more, with everybody ordered out as in the base; None where that wasn't asked for."""
        return None if self.found.same_orders is None else plain(self.found.same_orders)

    @property
    def matrix(self) -> Json | None:
        """Total measures by provider and threat, where the names of the scenarios form a matrix."""
        return None if self.found.matrix is None else plain([self.found.matrix])[0]

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
    from sim.studies.report.content import Compared

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
    store = Store(folder)
    drawn: list[Path] = []
    with store.open():
        of = None if settled else made_of([one.result.digest() for one in (*studies, *reordered)], query.by)
        summary = (store.finished(of) if of else None) or _compared(studies, reordered, query, settled)
        if query.plots and all_answered:
            drawn = draw(results, runner.pictures(folder))
        store.write_json("summary.json", summary)
        until = settled.found() if settled else None
        found = Compared.of(summary)
        whole = Comparison(tuple(studies), found, folder, tuple(drawn), until, tuple(reordered), query.by)
        if query.plots and all_answered and not store.read_only:
            whole = replace(whole, page=_page(whole, runner))
        if query.xlsx and all_answered and not store.read_only:
            whole = replace(whole, workbook=_workbook(whole, runner))
        made = runner.manifest(folder)
        store.write_json(MANIFEST, made if of is None else made | {OF: of})
    return whole if mission is None else _narrowed(whole, mission, runner)


def _compared(studies: Sequence[Study], reordered: Sequence[Study], query: CompareQuery, settled: Settled | None) -> Json:
    """What ``summary.json`` holds: the answer of each, and how the others differ from the first."""
    from sim.analysis import differences, matrix
    from sim.studies.report.content import Compared

    base, *others = studies
    by: Literal["mission", "cohort"] = "cohort" if query.by == "cohort" else "mission"
    look, until = (settled.look, settled.found()) if settled else (None, None)
    compared = [differences(base.result, one.result, look, by) for one in others if base.answered and one.answered]
    same = [
        replace(differences(base.result, ordered.result, look, by), own_orders=_own_orders(ordered, other, look))
        for ordered, other in zip(reordered, others if reordered else (), strict=True)
        if base.answered and ordered.answered
    ]
    arranged = matrix(summaries_of(studies)) if all(study.answered for study in studies) else None
    found = Compared(compared, same if query.same_orders else None, arranged)
    return _summary([study.result.summary for study in studies], found, until)


def _own_orders(ordered: Study, other: Study, look: Look | None) -> OwnOrders | None:
    """What a scenario's own orders make of the people left behind, against those of the base with all else its own."""
    from sim.analysis import differences
    from sim.analysis.paired import OrdersAlone, OwnOrders

    if not other.answered:
        return None
    made = differences(ordered.result, other.result, look)
    missions = {name: OrdersAlone.of(entry) for name, entry in made.missions.items()}
    return OwnOrders(total=OrdersAlone.of(made.total), missions=missions)


def summaries_of(studies: Sequence[Study]) -> list[Summary]:
    """The numbers of those that have some."""
    from sim.analysis.found import Summary

    return [found for study in studies if isinstance(found := study.found, Summary)]


def _workbook(whole: Comparison, runner: StudyRunner) -> Path:
    """The file with all scenarios and what differs; each scenario has its own in its own folder."""
    from sim.analysis.choice import choice
    from sim.studies import workbook

    found, same = whole.found, whole.found.by_other()
    sentences = [choice(one, same.get(one.other)) for one in found.differences]
    command = runner.query.command([one.given for one in runner.base])
    lines = [*sentences, *(study.headline for study in whole.studies)]
    results = [study.found for study in whole.studies]
    sheets = workbook.compared_sheets(results, found.differences, found.same_orders, lines, runner.loaded, command, whole.folder)
    return workbook.keep(whole.folder, sheets, " / ".join(study.result.title for study in whole.studies))


def _page(whole: Comparison, runner: StudyRunner) -> Path:
    """The page of all scenarios and what differs; its folder is held."""
    given = [one.given for one in runner.base]
    results, loaded = [study.result for study in whole.studies], [study.loaded for study in whole.studies]
    commands = [run_command(runner.query, each) for each in given]
    seen = [study.seen for study in whole.studies]
    return page_of(results, loaded, whole.folder, runner, commands, runner.query.command(given), whole.found, seen)


def _narrowed(whole: Comparison, mission: str, runner: StudyRunner) -> Comparison:
    """The comparison with that mission alone, and its picture; what is stored has all missions."""
    studies, reordered = (tuple(about_mission(s, mission) for s in some) for some in (whole.studies, whole.ordered_as_base))
    results = [study.result for study in whole.studies]
    drawn = draw_mission(results, mission, runner.pictures(whole.folder)) if runner.query.plots else []
    return replace(
        whole,
        studies=studies,
        ordered_as_base=reordered,
        found=whole.found.narrowed(mission),
        plots=(*drawn, *whole.plots),
        mission=mission,
    )


def _summary(results: Sequence[Json], found: Compared, until: Sequence[Wanted] | None) -> Json:
    """As plain data."""
    summary: Json = {"results": list(results), "differences": list(plain(found.differences))}
    summary |= {} if until is None else {"until": list(plain(until))}
    summary |= {} if found.same_orders is None else {"same_orders": list(plain(found.same_orders))}
    return summary if found.matrix is None else summary | {"matrix": plain([found.matrix])[0]}


def plain(found: Sequence[Any]) -> tuple[Json, ...]:
    """Each as ``--json`` prints it."""
    from sim.analysis.as_json import as_json

    return tuple(map(as_json, found))


def _reordered(pairs: Sequence[Pair], runner: StudyRunner, look: Look | None) -> list[Study]:
    """Every scenario but the first under the orders of the first."""
    query = runner.query
    command = query.command([one.given for one in runner.base])
    n, summed = (query.n, "") if look is None else (look.n, None)
    spec = RunSpec(n, query.seed, query.out, query.csv, command, __version__, summed)
    results = [run_pair(pair, spec, runner.session) for pair in pairs]
    others = runner.base[1:] if pairs else ()
    return [Study(result, result.title, one.loaded) for result, one in zip(results, others, strict=True)]
