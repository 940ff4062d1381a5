"""Tables of a validation: observed against simulated, a section per measure and scope, and what the windows of a use come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.windows import Band
from sim.analysis.words import count, share
from sim.present import cells
from sim.scenario.number import rounded
from sim.studies.applying import applying
from sim.studies.tables import WIDE, add_numbers, notes, sentences, title
from sim.studies.validate.answer import Validated
from sim.studies.validate.compared import ComparedWindow, Total, Validation, coverage, mean_factor, total
from sim.studies.validate.verdict import MEASURE_TEXT, off, sections, warnings

SHORT = {"calibration": "calib.", "check": "check", "blind": "BLIND"}


def shown(answer: Validated, width: int) -> list[RenderableType]:
    """The sentence, then the table."""
    return [*sentences(answer), validation_table(answer.validation, width)]


def validation_table(validation: Validation, width: int = 80) -> RenderableType:
    """Every window with what was observed and simulated, then each use in total."""
    parts: list[RenderableType] = [_heading(validation)]
    if validation.used(""):
        parts += [*_windows(validation, width), Text(), _uses(validation), *_totals(validation)]
    return Group(*parts, *_notes(validation))


def _heading(validation: Validation) -> Text:
    over = f" of {validation.points:,} points of a design" if validation.points > 1 else ""
    about = f"\n{validation.scenario} · {validation.replications:,} replications{over} · seed {validation.seed}"
    about += f" · observations {validation.observations.digest}"
    failed = (
        f"\nNOT FINAL: {validation.failed:,} of {validation.replications + validation.failed:,} replications failed"
        if validation.failed
        else ""
    )
    return title(f"{validation.title or validation.scenario}, against {validation.observations.name}", about, failed)


NARROW = ("Window", "From, UTC", "h", "Use", "Ob-\nserved", "Simu-\nlated", "90 % band", "Ratio", "In")
BROAD = (*NARROW[:5], "", "Simu-\nlated", "50 % band", *NARROW[6:], "Summed")
LEFT = ("Window", "From, UTC", "Use", "In", "Summed")


def _windows(validation: Validation, width: int) -> Iterator[RenderableType]:
    """The names of the columns, then a title and the rows of each section below them."""
    wide = width >= WIDE
    heads = BROAD if wide else NARROW
    made = [(section.title, [list(_cells(row, wide)) for row in section.rows]) for section in sections(validation)]
    every = [row for _, rows in made for row in rows]
    sizes = [max(*(len(row[k]) for row in every), *map(len, head.split("\n"))) for k, head in enumerate(heads)]
    sizes[0] = max(6, min(sizes[0], width - sum(sizes[1:]) - len(heads) + 1))
    yield _grid(heads, sizes, titled=True)
    yield Text("─" * (sum(sizes) + len(sizes) - 1))
    for heading, rows in made:
        table = _grid(heads, sizes)
        for row in rows:
            table.add_row(*(Text(cell, style="bold" if cell == "no" else "") for cell in row))
        yield Text(heading, style="bold")
        yield table


def _grid(heads: Sequence[str], sizes: Sequence[int], titled: bool = False) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False, show_header=titled, padding=(0, 1, 0, 0), header_style="bold")
    for head, size in zip(heads, sizes, strict=True):
        side: JustifyMethod = "left" if head in LEFT else "right"
        table.add_column(head, width=size, no_wrap=True, overflow="ellipsis", justify=side, style="" if head else "dim")
    return table


def _cells(row: ComparedWindow, wide: bool) -> Iterator[str]:
    seen = row.seen
    begin = seen.end if seen.start is None else seen.start
    yield seen.window
    yield f"{begin:%d %b %H:%M}"
    yield rounded(seen.hours) if seen.start is not None and seen.measure != "stock" else "at"
    yield SHORT[seen.use]
    yield count(seen.value)
    if wide:
        yield "" if seen.low is None and seen.high is None else cells.between(*map(count, row.range))
    yield count(round(row.median, 1))
    for level in (0.5, 0.9) if wide else (0.9,):
        yield _band(row.band(level))
    yield cells.NOTHING if row.ratio is None else f"{row.ratio:.2f}"
    yield inside(row)
    if wide:
        yield "yes" if row.counted else f"overlaps {row.overlaps}" if row.overlaps else ""


def inside(row: ComparedWindow) -> str:
    """The narrowest band that holds the observed value; ``range`` where the 90 % band holds only some of its range."""
    if row.inside(0.5):
        return "50 %"
    if row.inside(0.9) is None:
        return cells.NOTHING
    return "90 %" if row.inside(0.9) else "range" if row.reached(0.9) != "none" else "no"


def _band(validation: Band | None) -> str:
    return cells.NOTHING if validation is None else cells.between(*(count(round(x, 1)) for x in validation))


def _uses(validation: Validation) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Use", no_wrap=True)
    add_numbers(table, "Values", "In 50 %\nband", "In 90 %\nband", "Share in 90 %\n(95 % interval)", "Off by a\nfactor")
    groups = [(use, validation.used(use)) for use in validation.uses]
    for use, rows in groups if len(groups) == 1 else [*groups, ("all", validation.used(""))]:
        half, most = coverage(rows, 0.5), coverage(rows, 0.9)
        factor, many = mean_factor(rows)
        part, low, high = (cells.known(x, share) for x in (most.estimate, most.low, most.high))
        odds = f"{part} ({low} to {high})" if most.windows else cells.NOTHING
        held = [str(each.inside) if each.windows else cells.NOTHING for each in (half, most)]
        table.add_row(*map(Text, (use, str(len(rows)), *held, odds, f"{factor:.2f}" if many else cells.NOTHING)))
    return table


def _totals(validation: Validation) -> list[Text]:
    sums = [(use, measure, total(validation.used(use), measure)) for use in validation.uses for measure in ("people", "flights")]
    return [Text(_total(use, measure, one)) for use, measure, one in sums if one is not None]


def _total(use: str, measure: str, one: Total) -> str:
    windows = f"{one.windows} {use} window{'s' if one.windows > 1 else ''}"
    ends = "" if one.band90 is None else f" (90 % band of the sum {_band(one.band90)})"
    totals = f"{count(one.observed)} observed, {count(round(one.simulated))} simulated{ends}: {off(one.simulated, one.observed)}."
    return f"{MEASURE_TEXT[measure]} in {windows}: {totals}"


SHARED = (
    "Sums leave out a window that overlaps an earlier one of the file with the same use. Windows share draws, causes and "
    "sometimes people, so that the interval of the share, which takes them as independent, is too narrow. Within an hour flows "
    "and stocks are taken as linear."
)


def _meaning(validation: Validation) -> str:
    """What the columns mean, bands only where there are any."""
    half, most = (any(row.band(level) is not None for row in validation.used("")) for level in (0.5, 0.9))
    alone, pooled = "one more replication with at least 90 %", "about nine in ten further replications of one of these points"
    narrowest = "the narrowest band that holds the observed value; range: the 90 % band holds only part of the observed range"
    lines = applying(
        (True, "Observed, simulated: in the window; simulated is the median of the replications."),
        (most, f"A band of 90 % would hold {pooled if validation.points > 1 else alone}."),
        (True, "Ratio: simulated by observed."),
        (most, f"In: {narrowest}."),
        (half and not most, "In: the band that holds the observed value."),
        (True, "Off by a factor: exp of the mean |ln ratio|."),
    )
    return " ".join(lines)


def _notes(validation: Validation) -> Sequence[Text]:
    return notes((_meaning(validation), SHARED) if validation.used("") else (), warnings(validation))
