"""The pictures of a run and of a comparison, drawn from stored results."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.found import Summary
from sim.analysis.naming import phrase, told_apart
from sim.analysis.outcomes import Stored
from sim.analysis.summary import summarise
from sim.analysis.uncertain import Examined, examine
from sim.analysis.words import count, short_titles
from sim.present import plot_matters
from sim.present.labels import labels, mission_titles
from sim.present.pictures import Pictures
from sim.present.plot_bottleneck import bottleneck_figure
from sim.present.plot_completion import completion_figure
from sim.present.plot_hours import hours_figure
from sim.present.plot_out import people_out_figure

NAMES = ("out", "completion", "hours", "bottleneck")
"""People out over time; how likely each mission is out by when; where the hours went; the bottleneck by the hour."""


def draw_run(result: Stored, into: Pictures, summary: Summary | None = None) -> None:
    """Draws the pictures of a result; nothing where no replication was completed.  *summary*: what its numbers come to."""
    _draw([result], into, "", [summary] if summary else None)
    seen = examine(result)
    if seen is not None:
        _draw_matters(result, seen, into)


def _draw_matters(result: Stored, seen: Examined, into: Pictures) -> None:
    bad = f"more than {count(round(seen.limit))} left behind" if seen.limit else "somebody left behind"
    answer = "people left behind" if seen.of == "left_behind" else "hours until all are out"
    titles = short_titles(mission_titles(result))
    words = plot_matters.Words(
        result.title,
        answer,
        bad,
        dict(zip(seen.names, told_apart(seen.names, titles), strict=True)),
        {name: phrase(name, titles) for name in seen.names},
    )
    sets = plot_matters.Sets(seen.names, seen.positions, seen.answers, seen.failed)
    plot_matters.draw(seen.importance, seen.discovery, sets, words, into)


def draw_compare(results: Sequence[Stored], into: Pictures, summaries: Sequence[Summary] | None = None) -> None:
    """Draws the pictures that lay several results over each other, the first of them the base."""
    _draw(results, into, "compare-", summaries)


def _draw(results: Sequence[Stored], into: Pictures, prefix: str, summaries: Sequence[Summary] | None) -> None:
    kept = [k for k, result in enumerate(results) if result.n > len(result.failed)]
    if not kept:
        return
    some = [results[k] for k in kept]
    names = labels(some)
    numbers = [summaries[k] if summaries else summarise(results[k]) for k in kept]
    figures = (
        lambda: people_out_figure(some, names),
        lambda: completion_figure(some, names, numbers),
        lambda: hours_figure(some, names),
        lambda: bottleneck_figure(some, names),
    )
    for name, figure in zip(NAMES, figures, strict=True):
        into.draw(f"{prefix}{name}", figure)
