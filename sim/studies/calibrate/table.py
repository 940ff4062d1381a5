"""Tables of a calibration: the windows before and after, the inputs that were learnt about, the windows left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.calibration import AGREES
from sim.analysis.words import count, share
from sim.present.cells import NOTHING, between
from sim.studies.calibrate.answer import Calibration
from sim.studies.calibrate.found import FittedWindow, FoundCalibration, LearntInput, LeftOutFound, LeftOutWindow, ToldBand
from sim.studies.calibrate.summary import direction, span
from sim.studies.tables import WIDE, lean_table, notes, parameter_cell, sentences, title

MOST = 15
"""Inputs that the table has at the most."""


def shown(answer: Calibration, width: int) -> list[RenderableType]:
    """The sentence, then the tables."""
    summary = answer.found
    parts: list[RenderableType] = [*sentences(answer), _heading(summary), _windows(summary, width)]
    known = summary.known
    if known:
        parts += [Text("What was learnt", style="bold"), _inputs(known[:MOST], width)]
    return [*parts, *notes(_meaning(summary, known), summary.warnings)]


def _heading(summary: FoundCalibration) -> Text:
    about = f"\n{summary.scenario} · {summary.sets:,} sets of {summary.per_set} · seed {summary.seed}"
    about += f" · observations {summary.observations.digest} · discrepancy {share(summary.discrepancy)}"
    failed = f"\nNOT FINAL: {summary.failed:,} of {summary.replications:,} replications failed" if summary.failed else ""
    return title(f"{summary.name}, calibrated on {summary.observations.file}", about, failed)


def _windows(summary: FoundCalibration, width: int) -> Table:
    table = lean_table()
    table.add_column("Window", overflow="fold", max_width=22)
    table.add_column("What", overflow="fold", max_width=24)
    if width >= WIDE:
        table.add_column("From, UTC", no_wrap=True)
    out = {row.key: row for row in summary.leave_out.windows} if summary.leave_out else {}
    heads = ["Observed", "Before:\n90 % band", "After:\nmedian", "After:\n90 % band", "In"] + (
        ["Left out:\n90 % band", "In"] if out else []
    )
    for head in heads:
        table.add_column(head, no_wrap=True, justify="right")
    for row in summary.windows:
        left = out.get(row.key)
        cells = list(_cells(row, width >= WIDE)) + ([_band(left), _held(left.inside)] if left else [])
        table.add_row(*(Text(cell, style="bold" if cell == "no" else "") for cell in cells))
    return table


def _cells(row: FittedWindow, wide: bool) -> Iterator[str]:
    where = row.place or row.scope
    yield row.window_id
    yield row.measure if where == "all" else f"{row.measure}, {where}"
    if wide:
        yield f"{datetime.fromisoformat(row.start_utc or row.end_utc):%d %b %H:%M}"
    yield count(row.observed.value)
    yield _band(row.prior)
    yield count(round(row.posterior.median, 1))
    yield _band(row.posterior)
    yield _held(row.posterior.inside)


def _held(inside: bool) -> str:
    return "yes" if inside else "no"


def _band(told: ToldBand | LeftOutWindow) -> str:
    return between(*(count(round(end, 1)) for end in (told.low_90, told.high_90)))


def _inputs(rows: Sequence[LearntInput], width: int) -> Table:
    table = lean_table()
    most = 60 if width >= WIDE else 24
    table.add_column("Input", no_wrap=True)
    wide = ("Where in\nthe range",) if width >= WIDE else ()
    for head in ("Range", "Now: 90 % of\nthe weight", *wide, "Apart"):
        table.add_column(head, no_wrap=True, justify="right")
    for row in rows:
        ends = span(row.text.least, row.text.most) or NOTHING, span(row.text.low, row.text.high) or _place(row)
        where = (direction(row.position.median),) if wide else ()
        table.add_row(
            parameter_cell(row.label, row.factor, most, width >= WIDE),
            *map(Text, (*ends, *where, f"{row.distance:.2f}")),
        )
    return table


def _place(row: LearntInput) -> str:
    """Places in the range, where an input's numbers have no one value."""
    return between(share(row.position.low), share(row.position.high)) + " of it"


def _meaning(summary: FoundCalibration, known: Sequence[LearntInput]) -> Iterator[str]:
    within = f"{share(summary.discrepancy)} of the model's own"
    yield (
        f"Bands: what would be observed, with the errors of the observation and {within} (one standard deviation). "
        f"A set agrees if no number but one is more than {AGREES:g} standard deviations off. A set counts as exp(−½ Σ distance²)."
    )
    if known:
        yield f"Apart: greatest distance of the weights from the range; below {summary.floor:.2f} chance alone would show it."
    rest = [row.phrase for row in summary.inputs if not row.learnt]
    if rest:
        more = f" and {len(rest) - MOST:,} more" if len(rest) > MOST else ""
        yield f"Nothing learnt about {len(rest):,}, what stands out most first: {'; '.join(rest[:MOST])}{more}."
    if (out := summary.leave_out) is not None:
        yield _scores(out)


def _scores(out: LeftOutFound) -> str:
    if not out.numbers:
        return "There is one window only: none can be left out."
    scores, learnt = out.interval_score, "Left out: bands learnt from the other windows."
    if scores is None or scores.ranges is None:
        return f"{learnt} No window has an earlier one of its measure and scope."
    rest = f"{scores.numbers} numbers that have an earlier window of their measure and scope"
    ranges = f"of the ranges alone {scores.ranges:.2f}"
    return f"{learnt} Interval score (of ln(1 + x), or hours of a pause): mean over the {rest}; {ranges}."
