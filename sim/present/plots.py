"""The pictures of a run and of a comparison, drawn from stored results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from sim.analysis.outcomes import Stored
from sim.analysis.summary import summarise
from sim.present.pictures import Pictures
from sim.present.plot_bottleneck import bottleneck_figure
from sim.present.plot_completion import completion_figure
from sim.present.plot_hours import hours_figure
from sim.present.plot_out import people_out_figure

Json = Mapping[str, Any]
NAMES = ("out", "completion", "hours", "bottleneck")
"""People out over time; how likely each mission is out by when; where the hours went; the bottleneck by the hour."""


def draw_run(result: Stored, into: Pictures, summary: Json | None = None) -> None:
    """Draws the pictures of a result; nothing where no replication was completed.  *summary*: what its numbers come to."""
    _draw([result], _labels([result]), into, "", [summary] if summary else None)


def draw_compare(results: Sequence[Stored], into: Pictures, summaries: Sequence[Json] | None = None) -> None:
    """Draws the pictures that lay several results over each other, the first of them the base."""
    _draw(results, _labels(results), into, "compare-", summaries)


def _draw(
    results: Sequence[Stored], labels: Sequence[str], into: Pictures, prefix: str, summaries: Sequence[Json] | None
) -> None:
    kept = [k for k, result in enumerate(results) if result.n > len(result.failed)]
    if not kept:
        return
    some, names = [results[k] for k in kept], [labels[k] for k in kept]
    numbers = [summaries[k] if summaries else summarise(results[k]) for k in kept]
    figures: tuple[Callable[[], Figure], ...] = (
        lambda: people_out_figure(some, names),
        lambda: completion_figure(some, names, numbers),
        lambda: hours_figure(some, names),
        lambda: bottleneck_figure(some, names),
    )
    for name, figure in zip(NAMES, figures, strict=True):
        into.draw(f"{prefix}{name}", figure)


def _labels(results: Sequence[Stored]) -> list[str]:
    """Names of the scenarios; the second of a name gets a number."""
    seen: dict[str, int] = {}
    labels = []
    for result in results:
        seen[result.name] = seen.get(result.name, 0) + 1
        labels.append(result.name if seen[result.name] == 1 else f"{result.name} ({seen[result.name]})")
    return labels
