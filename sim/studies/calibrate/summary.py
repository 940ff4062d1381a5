"""A calibration in words and in JSON: the sentence, the warnings, the windows and the inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.analysis.calibration import AGREES, ENOUGH, Learnt, fitted
from sim.analysis.factors import said
from sim.analysis.left_out import OVER, Coverage, LeftOut
from sim.analysis.naming import Titles, label, phrase, titles_of
from sim.analysis.observations import Observation, Observations, stamp
from sim.analysis.uncertain import about_factor
from sim.analysis.words import share
from sim.present.cells import between
from sim.scenario import Loaded
from sim.scenario.inputs import DrawnFactor
from sim.scenario.number import BASE_UNITS, rounded
from sim.studies.applying import applying
from sim.studies.as_json import Interval
from sim.studies.calibrate.found import (
    AlongRange,
    AlongRangeText,
    FittedFile,
    FittedWindow,
    FoundCalibration,
    InRange,
    IntervalScores,
    LearntInput,
    LeftOutFound,
    LeftOutWindow,
    SeenNumber,
    ToldBand,
)
from sim.studies.calibrate.learning import Calibrated, Compared, Place, Told, place
from sim.studies.calibrate.query import CalibrateQuery
from sim.studies.query import portable

NAMED = 3
"""Inputs that the sentence names."""
FEW_SETS = 100


def summarised(
    found: Calibrated, observations: Observations, loaded: Loaded, query: CalibrateQuery, failed: int
) -> FoundCalibration:
    """What was found, with its sentences."""
    summary = FoundCalibration(
        scenario=loaded.name,
        title=loaded.scenario.title,
        final=not failed,
        seed=query.seed,
        replications=query.n,
        failed=failed,
        per_set=query.per_set,
        sets=found.ensemble.sets.count,
        observations=FittedFile(observations.name, observations.digest, len(found.rows)),
        discrepancy=query.discrepancy,
        cut_off=AGREES,
        agree=int(found.agree.sum()),
        width=found.weighted.width,
        effective=found.weighted.effective,
        counting=int((found.weighted.weights > 0).sum()),
        floor=found.learnt.floor,
        windows=[_window(one) for one in found.windows],
        inputs=_inputs(found, titles_of([loaded.scenario])),
        leave_out=None if found.outs is None else _left_out(found, found.outs, found.coverage),
    )
    summary = replace(summary, warnings=warnings(summary, observations, found))
    return replace(summary, headline=headline(summary, query))


def _window(one: Compared) -> FittedWindow:
    seen = one.seen
    return FittedWindow(
        window_id=seen.window,
        start_utc=None if seen.start is None else stamp(seen.start),
        end_utc=stamp(seen.end),
        measure=seen.measure,
        scope=seen.scope,
        place=seen.place or None,
        observed=SeenNumber(seen.value, seen.low, seen.high),
        prior=_told(one.prior, seen),
        posterior=_told(one.posterior, seen),
        nearest=one.nearest,
    )


def _told(one: Told, seen: Observation) -> ToldBand:
    return ToldBand(one.median, one.band.low, one.band.high, one.band.holds(seen.value))


def _inputs(found: Calibrated, titles: Titles) -> list[LearntInput]:
    """All inputs, what was learnt most about first."""
    known = found.learnt.known.tolist()
    rows = [
        _input(factor, place(found.positions[:, k], found.weighted.weights), found.learnt, k, known[k], titles)
        for k, factor in enumerate(found.factors)
    ]
    return sorted(rows, key=lambda row: (-row.distance, row.factor))


def _input(factor: DrawnFactor, at: Place, learnt: Learnt, k: int, known: bool, titles: Titles) -> LearntInput:
    values, unit = factor.values([0.0, *at, 1.0])
    dimension = factor.dimension if unit is None else "factor"
    texts = [
        None if x is None else said(x, dimension, *filter(None, values)) if unit is None else f"×{rounded(x)}" for x in values
    ]
    return LearntInput(
        factor=factor.name,
        about=about_factor(factor.name),
        label=label(factor.name, titles),
        phrase=phrase(factor.name, titles),
        learnt=known,
        distance=float(learnt.distance[k]),
        p=float(learnt.p[k]),
        position=InRange(*at),
        value=AlongRange(*values),
        text=AlongRangeText(*texts),
        unit=BASE_UNITS[factor.dimension] if unit is None else unit,
    )


def _left_out(found: Calibrated, outs: Sequence[LeftOut], coverage: Coverage | None) -> LeftOutFound:
    if coverage is None:
        return LeftOutFound()
    rows = []
    for k, (row, out) in enumerate(zip(found.rows, outs, strict=True)):
        low, high = (found.observed.back(end, k) for end in out.band)
        inside = out.band.holds(float(found.observed.value[k]))
        about = (row.window, row.measure, row.scope, row.place or None, row.value)
        rows.append(LeftOutWindow(*about, low, high, inside, out.effective, out.width))
    return LeftOutFound(
        numbers=coverage.numbers,
        inside=coverage.inside,
        share=Interval(*coverage.share),
        yesterday_inside=coverage.yesterday_inside,
        interval_score=IntervalScores(coverage.rivalled, coverage.score, coverage.prior, coverage.yesterday),
        windows=rows,
    )


def warnings(summary: FoundCalibration, observations: Observations, found: Calibrated) -> list[str]:
    """What takes from the weight of the answer, a line each."""
    n, sets, worth = summary.replications, summary.sets, summary.effective
    few = f"the sets that count are worth {rounded(worth)} of equal weight, fewer than {ENOUGH}: all of this is rough"
    outside = [row.window for row in fitted(observations.rows) if row not in found.rows]
    return applying(
        (
            summary.failed,
            f"{summary.failed:,} of {n:,} replications failed, so nothing here is final and no sets are written",
        ),
        (
            summary.width > 1,
            f"too few sets agree within the stated errors: they were taken {summary.width:.2f} times as large, so that sets "
            f"worth {rounded(worth)} count; more replications, or wider ranges, would find better ones",
        ),
        (round(worth, 1) < ENOUGH, few),
        (sets < FEW_SETS, f"{sets:,} sets are few; -n {FEW_SETS * summary.per_set:,} draws {FEW_SETS}"),
        (outside, f"not used, for it lies outside the scenario's clock: {', '.join(dict.fromkeys(outside))}"),
    )


def headline(summary: FoundCalibration, query: CalibrateQuery) -> str:
    """The answer in a few sentences."""
    title = summary.name
    numbers = summary.observations.fitted
    seen = f"the {numbers:,} observed numbers" if numbers > 1 else "the observed number"
    agree, sets = summary.agree, summary.sets
    if not agree:
        return f"{title}: none of {sets:,} sets of inputs agrees with {seen}, so that nothing is written. {_far(summary)}"
    worth = f"weighted, the sets are worth {rounded(summary.effective)}"
    text = f"{title}: {agree:,} of {sets:,} sets of inputs agree with {seen}; {worth}."
    text += f" {learnt_text(summary.inputs)}"
    if (out := summary.leave_out) is not None and out.numbers:
        text += f" {held_text(out)}"
    if not summary.final:
        return f"{text} Not final: {summary.failed:,} replications failed."
    return f"{text} {_written(summary, query)}"


def _written(summary: FoundCalibration, query: CalibrateQuery) -> str:
    """What the file of the sets holds."""
    file, known = portable(str(query.sets)), sum(row.learnt for row in summary.inputs)
    if not query.only_learnt:
        return f"Sets for --inputs: {file}."
    if not known:
        return "No sets are written, which --only-learnt asks to hold what was learnt."
    return f"Sets for --inputs: {file}, which holds {known:,} of {len(summary.inputs):,} inputs."


def _far(summary: FoundCalibration) -> str:
    """Which numbers no set comes near, or that no set comes near all of them."""
    far = [row for row in summary.windows if row.nearest > AGREES]
    if not far:
        return "Each number is met by some set, but not all but one of them by any."
    worst = sorted(far, key=lambda row: -row.nearest)[:NAMED]
    return "No set comes near " + ", ".join(f"{row.window_id} ({row.measure})" for row in worst) + "."


def learnt_text(rows: Sequence[LearntInput]) -> str:
    """``Learnt about 2 of 87 inputs: road delay (higher), ...; about the others nothing that chance would not show.``"""
    known = [row for row in rows if row.learnt]
    if not known:
        return f"Nothing is learnt about any of the {len(rows):,} inputs that chance would not show."
    named = "; ".join(f"{row.phrase}: {direction(row.position.median)}" for row in known[:NAMED])
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    rest = len(rows) - len(known)
    others = f"; about the other {rest:,} nothing that chance would not show" if rest else ""
    return f"Learnt about {len(known)} of {len(rows):,} inputs: {named}{more}{others}."


def direction(middle: float) -> str:
    """Where in its range an input was found to be, by its median there."""
    return "lower" if middle < 0.4 else "higher" if middle > 0.6 else "nearer the middle"


def held_text(out: LeftOutFound) -> str:
    """How the bands did on what was left out."""
    text = f"Left out in turn, {out.inside} of {out.numbers} numbers lie in their 90 % bands"
    if out.share is not None:
        _, low, high = out.share.written(share)
        text += f" (95 % interval of the share {low} to {high})"
    scores = out.interval_score
    if scores is None or scores.learnt is None or scores.yesterday is None:
        return f"{text}."
    rival = f"as yesterday, by {OVER:g} or over {OVER:g}"
    return f'{text}; interval score {scores.learnt:.2f}, against {scores.yesterday:.2f} of "{rival}" (less is better).'


def span(low: str | None, high: str | None) -> str:
    """Where an input lies by weight, or its whole range; empty where its numbers have no one value."""
    return between(low, high) if low and high else ""
