"""The answer of ``run`` and ``compare`` narrowed to one mission, as ``--mission`` asks for: check, numbers, sentence, picture."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiment.files import storing
from sim.experiment.store import Store
from sim.scenario import Loaded, Row, Scenario
from sim.scenario.schema import Cohort, Mode
from sim.scenario.triggers import closes_later
from sim.studies.kept_pictures import describe_pictures, up_to_date
from sim.studies.order_dates import TOTAL, check_mission, moving

if TYPE_CHECKING:
    from sim.experiment import Result
    from sim.present.pictures import Pictures

PREFIX = "mission-"
"""Of the names of the pictures."""


def mission_of(name: str | None, given: Sequence[Loaded]) -> str | None:
    """The mission that is asked for, None for all of them.

    Raises :class:`~sim.studies.query.QueryError` where no scenario has it.
    """
    if name is None or name == TOTAL:
        return None
    known = {mission for one in given for mission in one.scenario.missions}
    check_mission(name, known, known)
    return name


def nobody_to_move(scenario: Scenario, mission: str, able: Container[str] | None = None) -> str | None:
    """Why the scenario has nobody of a mission of it moved, in words; None where it has, or has no such mission.

    *able*: those of which somebody is moved, where they are known already.
    """
    if mission not in scenario.missions or mission in (moving(scenario) if able is None else able):
        return None
    one = scenario.missions[mission]
    if closes_later(scenario, one):  # whom nobody asks, until the fall; what became of them is in the results
        return None
    return "it had closed before the start" if one.closed is not None else "all of its people stay"


def study_headline(result: Result, loaded: Loaded, mission: str) -> str:
    """The sentence of one scenario about *mission*."""
    from sim.analysis.found import Summary, found_of
    from sim.analysis.mission import narrowed
    from sim.analysis.mission_words import mission_headline

    found = None if len(result.failed) == result.n else narrowed(found_of(result.summary), mission, result)
    if not isinstance(found, Summary):
        return f"{result.title}: no answer, all {result.n:,} replications failed."
    providers = [phase.provider for phase in loaded.scenario.security.phases]
    inputs = inputs_of(loaded.scenario, mission, loaded.rows)
    return mission_headline(found, inputs, providers, nobody_to_move(loaded.scenario, mission))


def inputs_of(scenario: Scenario, mission: str, inputs: Iterable[Row]) -> list[Row]:
    """Those of a scenario's *inputs* that act on a mission: not what serves others alone."""
    others = _of_others(scenario, mission)
    return [row for row in inputs if not row.path.startswith(others)]


def _of_others(scenario: Scenario, mission: str) -> tuple[str, ...]:
    """Beginnings of the paths of what serves other missions alone: their own inputs, vehicles, shuttles and fleets."""
    if mission not in scenario.missions:
        return ()
    cohorts = scenario.missions[mission].cohorts.values()
    ways: list[Cohort | Mode] = [*cohorts, *(mode for cohort in cohorts for mode in cohort.modes)]
    used = {f"vehicles.{way.vehicles}." for way in ways} | {f"shuttles.{way.shuttle}." for way in ways}
    pools = {f"vehicles.{name}." for name in scenario.vehicles} | {f"shuttles.{name}." for name in scenario.shuttles}
    fleets = scenario.lift.fleets.items() if scenario.lift is not None else ()
    elsewhere = {f"lift.fleets.{name}." for name, fleet in fleets if fleet.serves and mission not in fleet.serves}
    return tuple(pools - used | elsewhere | {f"missions.{name}." for name in scenario.missions if name != mission})


def draw_mission(results: Sequence[Result], mission: str, pictures: Pictures) -> list[Path]:
    """Draws ``mission-NAME`` of the results of which anybody has to be moved; nothing where there is none."""
    with Store(pictures.folder).open(), storing(pictures.folder):
        shows = "\n".join([mission, *(result.digest() for result in results)])
        up_to_date(pictures, shows, lambda: _draw(results, mission, pictures), group=f"{PREFIX}{mission}")
        describe_pictures(pictures.folder)
    return pictures.made


def redraw_missions(results: Sequence[Result], folder: Path) -> None:
    """Draws again the pictures of missions that lie in *folder*, of what is stored now.  Only by whoever holds the folder."""
    from sim.present.pictures import Pictures

    for path in sorted(folder.glob(f"{PREFIX}*.png")):
        _draw(results, path.stem.removeprefix(PREFIX), Pictures(folder, path.with_suffix(".svg").exists()))


def _draw(results: Sequence[Result], mission: str, pictures: Pictures) -> None:
    answered = [result for result in results if len(result.failed) < result.n]

    def draw(plot: Any) -> None:
        if any(plot.shows(result, mission) for result in answered):
            pictures.draw(f"{PREFIX}{mission}", lambda: plot.mission_figure(answered, mission))
        else:
            pictures.drop(f"{PREFIX}{mission}")

    pictures.by("sim.present.plot_mission", draw)
