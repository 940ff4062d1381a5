"""How a measure is written in a cell of a table: ``4.8 d``, ``> 30 d``, ``never``, ``–`` where there is nothing to say."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sim.analysis import words
from sim.analysis.found import Entry
from sim.analysis.found import between as ends_of
from sim.analysis.matrix import MatrixCell
from sim.analysis.outcomes import Stored
from sim.analysis.words import count, duration, share
from sim.scenario.number import rounded

NOTHING = "–"
UNSURE = "≈"
"""Before a difference that can't be told from none."""
HOLDS = "*"
"""After one that holds together with all others that are marked so."""


def replications(counts: Iterable[int]) -> str:
    """How many replications something rests on: ``200 replications``, ``50 to 200 replications`` of several results."""
    many = sorted(set(counts))
    if not many:
        return "no replications"
    few = f"{many[0]:,} to " if len(many) > 1 else ""
    return f"{few}{many[-1]:,} replication{'' if many[-1] == 1 else 's'}"


def resting(results: Iterable[Stored]) -> str:
    """The sentence of a picture that says how many replications it rests on; failed ones are left out."""
    return f"Rests on {replications(r.n - len(r.failed) for r in results)}."


def late(why: str | None, horizon_h: float) -> str:
    """An infinite time: past the horizon, or never."""
    return f"> {rounded(horizon_h / 24)} d" if why == "unfinished" else "never" if why == "stranded" else NOTHING


unit_for = words.unit_for
"""The unit of a column."""
BEFORE = "before"
"""Out before the start."""


def known(x: float | None, write: Callable[[float], str]) -> str:
    """A number as *write* has it, or that there is none."""
    return NOTHING if x is None else write(x)


def time(entry: Entry | MatrixCell, key: str, horizon_h: float, unit: str | None = None) -> str:
    """``p50`` or ``p90`` of a summary's entry; over all replications, and *before*, where some were out before the start."""
    if (of_all := entry.over_all(key)) is not None:
        if of_all.before:
            return BEFORE
        return duration(of_all.h, unit) if of_all.h is not None else late(of_all.never, horizon_h)
    if not entry.timed:
        return NOTHING
    known = entry.time(key)
    return duration(known.h, unit) if known.h is not None else late(known.never, horizon_h)


def time_interval(entry: Entry | MatrixCell, key: str, horizon_h: float, unit: str | None = None) -> str:
    """Its interval, ``4.5 d to never``; empty where there are too few replications."""
    limits, why = entry.time(key).interval_h, entry.time(key).interval_never
    if entry.over_all(key) is not None or not entry.timed or limits is None or why is None:
        return ""
    low, high = (duration(x, unit) if x is not None else late(w, horizon_h) for x, w in zip(limits, why, strict=True))
    return between(low, high)


def between(low: str, high: str) -> str:
    """``6.5–8.7 d`` of two texts, the unit once where it is the same."""
    if low == high:
        return low
    a, b = low.split(" "), high.split(" ")
    if len(a) == len(b) == 2 and a[1] == b[1] and a[0] not in "<>":
        low = a[0]
    return f"{low}–{high}" if " " not in low and not high.startswith(("-", ">", "<", "n")) else f"{low} to {high}"


def there(x: float) -> float | None:
    """None of nothing that was completed."""
    return None if math.isnan(x) else x


def all_out(entry: Entry | MatrixCell) -> str:
    """P(all out)."""
    return known(there(entry.p_all_out.estimate), share)


def all_out_interval(entry: Entry | MatrixCell) -> str:
    """Its interval."""
    ends = ends_of(entry.p_all_out)
    return "" if ends is None else between(*map(share, ends))


def people_out(entry: Entry) -> str:
    """Mean share of the people to be moved who get out."""
    mean, to_move = there(entry.left_behind.mean), entry.to_move
    return NOTHING if mean is None or not to_move else share(max(1 - mean / to_move, 0.0))


def left(entry: Entry | MatrixCell) -> str:
    """People left behind, on average."""
    return known(there(entry.left_behind.mean), count)


def left_interval(entry: Entry | MatrixCell) -> str:
    """Its interval."""
    ends = ends_of(entry.left_behind)
    return "" if ends is None or entry.left_behind.mean == 0 else between(*map(count, ends))


def excess(table: Table, width: int) -> int:
    """By how many columns a table is wider than *width*."""
    return int(Console(width=10 * width).measure(table).maximum) - width


def signed(text: str, x: float) -> str:
    """A difference with its sign: a true minus, a plus, or nothing at zero."""
    return f"−{text.lstrip('-')}" if x < 0 else f"+{text}" if x > 0 else text


def limits(low: float | None, high: float | None, write: Callable[[float], str]) -> str:
    """``−11.5 to +0.3 d``: the interval of a difference, the unit once where it is the same; an end without one is infinite."""
    if low is None and high is None:
        return ""
    first, last = ("−∞" if low is None else write(low)), ("∞" if high is None else write(high))
    number, _, unit = first.partition(" ")
    return f"{number if unit and last.endswith(f' {unit}') else first} to {last}"


def hours_change(x: float, unit: str | None = None) -> str:
    """A difference of times."""
    return signed(duration(abs(x), unit), x)


def points(x: float) -> str:
    """A difference of shares in percentage points."""
    return signed(f"{abs(100 * x):.0f}", round(x, 2))


def head_count_change(x: float) -> str:
    """A difference of numbers of people."""
    return signed(count(abs(x)), x)


KINDS = (".html", ".png", ".xlsx")
"""What there is to open, in the order in which it is named: the page, pictures, the workbook."""


def kept_in(folder: Path, files: Iterable[Path]) -> str:
    """Where an answer is kept, and what to open of it: the page first, then pictures, then the workbook."""
    named = sorted((KINDS.index(path.suffix), path.name) for path in files if path.suffix in KINDS)
    return f"kept in {folder}" + (f": {', '.join(name for _, name in named)}" if named else "")
