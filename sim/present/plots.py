"""The pictures of a run and of a comparison: PNG for slides and SVG for print, drawn from stored results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from sim.analysis.outcomes import Stored
from sim.analysis.summary import summarise
from sim.present.plot_bottleneck import bottleneck_figure
from sim.present.plot_completion import completion_figure
from sim.present.plot_hours import hours_figure
from sim.present.plot_out import people_out_figure
from sim.present.style import save, styled

NAMES = ("out", "completion", "hours", "bottleneck")
"""People out over time; how likely each mission is out by when; where the hours went; the bottleneck by the hour."""


def draw_run(results: Sequence[Stored], folder: Path) -> list[Path]:
    """Draws the pictures of each result into *folder*; with several, the scenario's name comes first in the file's name.

    Results without a single completed replication are left out.
    """
    made: list[Path] = []
    for result, label in zip(results, _labels(results), strict=True):
        made += _draw([result], [label], folder, f"{label.replace(' ', '')}-" if len(results) > 1 else "")
    return made


def draw_compare(results: Sequence[Stored], folder: Path) -> list[Path]:
    """Draws the pictures that lay several results over each other, the first of them the base."""
    return _draw(results, _labels(results), folder, "compare-")


def _draw(results: Sequence[Stored], labels: Sequence[str], folder: Path, prefix: str) -> list[Path]:
    kept = [(r, label) for r, label in zip(results, labels, strict=True) if r.n > len(r.failed)]
    if not kept:
        return []
    some, names = [r for r, _ in kept], [label for _, label in kept]
    figures: tuple[Callable[[], Figure], ...] = (
        lambda: people_out_figure(some, names),
        lambda: completion_figure(some, names, [summarise(r) for r in some]),
        lambda: hours_figure(some, names),
        lambda: bottleneck_figure(some, names),
    )
    made: list[Path] = []
    for name, figure in zip(NAMES, figures, strict=True):
        with styled():
            made += save(figure(), Path(folder), f"{prefix}{name}")
    return made


def _labels(results: Sequence[Stored]) -> list[str]:
    """Names of the scenarios; the second of a name gets a number."""
    seen: dict[str, int] = {}
    labels = []
    for result in results:
        seen[result.name] = seen.get(result.name, 0) + 1
        labels.append(result.name if seen[result.name] == 1 else f"{result.name} ({seen[result.name]})")
    return labels
