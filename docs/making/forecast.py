"""The pages of places beside Kabul: what a scenario made from inputs alone says, written down before anybody compares."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np

from making import figures
from making.block import Asked, Block, table
from making.desk import Desk
from making.figures import Figure
from sim.analysis.hours import accounts, left
from sim.analysis.measure import Reading
from sim.analysis.outcomes import Outcomes, of_missions, wall
from sim.analysis.statistics import Floats, order_statistic, proportion
from sim.analysis.summary import reason
from sim.analysis.waiting import hourly
from sim.analysis.windows import Timeline, at, band
from sim.analysis.words import cause_text, count, held_text, share
from sim.api import Study
from sim.model.names import CAUSES

N = 200
"""Replications of each place."""
WORTH_N = 50
"""Replications of each change."""
BAND = 0.9
"""Bands run from the 5th to the 95th of a hundred."""
LEAST = 0.5
"""Person-hours below which nobody is said to have waited."""


ALL_SHUTTLES = tuple(
    f"{spot}{whose}"
    for spot in ("dao-ch-53", "dao-ch-46", "courtyard-ch-53", "roof-ch-46")
    for whose in ("", "-americans", "-marines")
    if whose != "-marines" or spot.startswith("dao")
)
BY_BUS = tuple(f"defense-attache-office.cohorts.{cohort}" for cohort in ("city", "city-americans"))


class Place(NamedTuple):
    """A place and how its page counts time."""

    scenario: str
    step_h: int
    """Width of a row in hours: a day or an hour."""
    parts: tuple[tuple[str, str], ...] = ()
    """Columns of people beside all of them: heading, operator."""
    levers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What more of a capacity is worth: in words, settings."""

    @property
    def page(self) -> str:
        """Its page below ``docs/``."""
        return f"{self.scenario}.md"

    @property
    def day(self) -> bool:
        """Whether a row is a day."""
        return self.step_h == 24


PLACES = (
    Place(
        "khartoum-2023",
        24,
        levers=(
            ("twice the gate's lanes", ("airport.gates.main.lanes=6",)),
            ("twice the officers", ("airport.consular.officers=12",)),
            ("half as many stands again", ("airport.airfield.stands.apron.number=6",)),
            ("twice the British aircraft", ("lift.fleets.british-c130.number=6", "lift.fleets.british-a400m.number=4")),
            ("half the checkpoints", ("road.checkpoints=4",)),
            ("nobody turned back", ("threat.effects.threatened.turn_back_alone=0", "threat.effects.contested.turn_back_alone=0")),
            ("the British call a day earlier", ("missions.united-kingdom.cohorts.nationals.order.at=2023-04-24 06:00",)),
        ),
    ),
    Place(
        "saigon-1975",
        1,
        (("from the DAO", "dao"), ("from the embassy", "embassy"), ("Marines", "marines")),
        (
            ("a quarter more CH-53", ("helicopters.ch-53.number=55",)),
            ("a quarter more CH-46", ("helicopters.ch-46.number=34",)),
            ("sixteen spots at the DAO", ("places.dao.spots=16",)),
            ("two CH-53 in the courtyard", ("places.courtyard.spots=2",)),
            (
                "decks that take half as long",
                tuple(f"shuttles.{name}.deck={{uniform: [7.5 min, 15 min]}}" for name in ALL_SHUTTLES),
            ),
            ("buses an hour earlier", tuple(f"missions.{path}.ready={{uniform: [3.15 h, 8.15 h]}}" for path in BY_BUS)),
        ),
    ),
)


def _study(place: Place, desk: Desk) -> Study:
    return desk.study(place.scenario, N)


def _rests(desk: Desk) -> str:
    return f"{desk.n(N)} replications, seed 1, inputs as written; median and, in brackets, the band from 5 to 95 %."


def spread(values: Floats) -> str:
    """Median and band of numbers of people or flights."""
    ends = band(values, BAND)
    text = count(round(order_statistic(values, 0.5)))
    return text if ends is None else f"{text} ({count(round(ends.low))}–{count(round(ends.high))})"


# -- people by day or hour ---------------------------------------------------------------------------------------------


def flow(place: Place, desk: Desk) -> str:
    """People and flights out in each day or hour, and all so far."""
    study = _study(place, desk)
    timeline, start = Timeline(study.result), wall(study.result).start
    out, flights = timeline.out(()), timeline.flights(())
    parts = [timeline.out((operator,)) for _, operator in place.parts]
    marks = np.arange(0, math.ceil(timeline.horizon_h), place.step_h).tolist()
    rows, quiet = [], list[float]()
    for begin in marks:
        end = min(begin + place.step_h, timeline.horizon_h)
        people = at(out, end) - at(out, begin)
        if not people.any():
            quiet.append(float(begin))
            continue
        gains = [spread(at(grid, end) - at(grid, begin)) for grid in (*parts, flights)]
        rows.append((row_name(start, begin, place), spread(people), *gains, spread(at(out, end))))
    beside = (heading for heading, _ in place.parts)
    head = ("day" if place.day else "hour from", "people out", *beside, "flights with people", "out so far")
    said = [_rests(desk), table(head, rows, range(1, len(head)))]
    if quiet:
        said.append(f"Nobody leaves in any replication: {', '.join(_spans(start, quiet, place))}.")
    return "\n\n".join(said)


def row_name(start: datetime, hour: float, place: Place) -> str:
    """What the row that begins at an hour of the clock is called."""
    when = start + timedelta(hours=float(hour))
    return f"{when.day} {when:%B}" if place.day else f"{when.day} {when:%b, %H}:00"


def _spans(start: datetime, begins: Sequence[float], place: Place) -> list[str]:
    """Runs of rows in words."""
    spans: list[list[float]] = []
    for begin in begins:
        if spans and begin == spans[-1][1] + place.step_h:
            spans[-1][1] = begin
        else:
            spans.append([begin, begin])
    return [
        row_name(start, a, place) if a == b else f"{row_name(start, a, place)} to {row_name(start, b, place)}" for a, b in spans
    ]


# -- missions ----------------------------------------------------------------------------------------------------------


def missions(place: Place, desk: Desk) -> str:
    """When each mission is out, and how many are left behind."""
    study = _study(place, desk)
    start, reading = wall(study.result).start, Reading(study.result)
    names = {"": "all", **{name: _title(place, desk, name) for name in of_missions(study.result)}}
    rows = [_mission(start, title, reading.outcomes(name or "total")) for name, title in names.items()]
    head = ("mission", "to be moved", "half out", "all out: median", "P90", "P(all out) (95 %)", "left behind")
    return f"{_rests(desk)} Local time.\n\n{table(head, [*rows[1:], rows[0]], (1, 5, 6))}"


def _title(place: Place, desk: Desk, mission: str) -> str:
    return desk.loaded(place.scenario).scenario.missions[mission].title or mission


def _mission(start: datetime, title: str, o: Outcomes) -> tuple[str, ...]:
    chance = proportion(int(o.all_out.sum()), o.all_out.size)
    times = [(o.t50_h, 0.5), (o.t100_h, 0.5), (o.t100_h, 0.9)]
    return (
        title, spread(o.to_move), *(_when(start, order_statistic(o.ranked(hours), p)) for hours, p in times),
        f"{share(chance.value)} ({share(chance.low or 0.0)} to {share(chance.high or 0.0)})", spread(o.left_behind),
    )  # fmt: skip


def _when(start: datetime, hours: float) -> str:
    if math.isnan(hours):
        return "–"
    if reason(hours):
        return "not by the end" if reason(hours) == "unfinished" else "never"
    when = start + timedelta(hours=hours)
    return f"{when.day} {when:%b}, {when:%H:%M}"


# -- what binds --------------------------------------------------------------------------------------------------------


def binds(place: Place, desk: Desk) -> str:
    """What people waited for in each day or hour, after the order: mean person-hours, and the causes with most of them."""
    study = _study(place, desk)
    start, waited = wall(study.result).start, hourly(study.result).waited.copy()
    waited[CAUSES.index("order")] = 0.0
    rows = []
    for k, hours in enumerate(np.add.reduceat(waited, np.arange(0, waited.shape[1], place.step_h), axis=1).T):
        whole = float(hours.sum())
        if whole >= LEAST:
            first = sorted(zip(CAUSES, hours.tolist(), strict=True), key=lambda item: -item[1])[:3]
            causes = ", ".join(f"{cause_text(cause)} {share(h / whole)}" for cause, h in first if h > 0)
            rows.append((row_name(start, k * place.step_h, place), count(round(whole)), causes))
    head = ("day" if place.day else "hour from", "person-hours waited", "for what")
    rests = f"{desk.n(N)} replications, seed 1, inputs as written; means. Waiting for the order is left out."
    return f"{rests}\n\n{table(head, rows, (1,))}"


# -- who is left -------------------------------------------------------------------------------------------------------


def behind(place: Place, desk: Desk) -> str:
    """People left behind by mission, with what held them at the end and what had cost them most time."""
    study = _study(place, desk)
    means = accounts(study.result)
    rows = []
    for name, o in of_missions(study.result).items():
        if o.left_behind.any():
            held, cost = (_most(left(means.missions.get(name, {}), what)) for what in ("held", "cost"))
            mean = count(float(o.left_behind.mean()))
            rows.append((_title(place, desk, name), mean, count(float(o.gave_up.mean())), held, cost))
    if not rows:
        return f"{desk.n(N)} replications, seed 1, inputs as written.\n\nNobody of any mission is left behind in any of them."
    head = ("mission", "left behind, mean", "of them gave up", "held at the end by", "most time lost to")
    return f"{desk.n(N)} replications, seed 1, inputs as written; means.\n\n{table(head, rows, (1, 2))}"


def _most(people: dict[str, float]) -> str:
    """The three states with most people, with their shares."""
    whole = sum(people.values())
    first = sorted(people.items(), key=lambda item: -item[1])[:3]
    return ", ".join(f"{_plain(state)} {share(many / whole)}" for state, many in first if whole)


def _plain(state: str) -> str:
    return held_text(state).removeprefix("held by ")


# -- what more would be worth ------------------------------------------------------------------------------------------


def worth(place: Place, desk: Desk) -> str:
    """When all are out, and who is left, with more of a capacity: each change alone, under the same draws."""
    rows = []
    for what, settings in (("as it is", ()), *place.levers):
        study = desk.study(place.scenario, WORTH_N, settings)
        start, o = wall(study.result).start, Reading(study.result).outcomes("total")
        times = (_when(start, order_statistic(o.ranked(hours), 0.5)) for hours in (o.t50_h, o.t90_h, o.t100_h))
        rows.append((what, *times, count(float(o.left_behind.mean()))))
    head = ("change", "half out", "90 % out", "all out", "left behind, mean")
    return f"{desk.n(WORTH_N)} replications each, seed 1, inputs as written; medians, all together.\n\n{table(head, rows, (4,))}"


# -- blocks ------------------------------------------------------------------------------------------------------------

MADE = (("flow", flow), ("missions", missions), ("binds", binds), ("behind", behind))


def _picture(place: Place) -> Figure:
    return Figure(
        f"{place.scenario}-out",
        "When is each mission out?",
        f"run evacsim:{place.scenario} -n {N} --inputs values",
        f"{place.scenario}/*/completion.png",
        (place.scenario,),
        lines=30,
    )


def blocks(places: Iterable[Place] = PLACES) -> tuple[Block, ...]:
    """All blocks of all places."""
    found = []
    for place in places:
        asked = (Asked(place.scenario, n=N),)
        found += [Block(f"{place.scenario}-{name}", place.page, partial(make, place), asked) for name, make in MADE]
        points = tuple(Asked(place.scenario, settings, WORTH_N) for settings in ((), *(s for _, s in place.levers)))
        found.append(Block(f"{place.scenario}-worth", place.page, partial(worth, place), points))
        figure = _picture(place)
        found.append(Block(figure.name, place.page, partial(figures.make, figure), asked))
    return tuple(found)


BLOCKS = blocks()
