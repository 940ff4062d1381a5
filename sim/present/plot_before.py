"""What pictures say of people who were out before the start: they are out without an hour of theirs."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.found import Entry
from sim.analysis.outcomes import Stored, of_all
from sim.analysis.words import people, share

FEW = 4
"""Scenarios that are named one by one."""


def mean_before(result: Stored) -> float:
    """People out before the start, on average over the replications."""
    before = of_all(result).out_before
    return float(before.mean()) if before.size else 0.0


def share_before(entry: Entry) -> float:
    """Share of the replications in which somebody of a summary's entry was out before the start."""
    return entry.out_before.share or 0.0


def sentence(results: Sequence[Stored], labels: Sequence[str]) -> str:
    """``Out before the start, on average: 12,300 people.`` with a space after it; nothing where nobody was."""
    means = [mean_before(r) for r in results]
    if not any(means):
        return ""
    if len(results) == 1:
        often = float((of_all(results[0]).out_before > 0).mean())
        who = f"{people(round(means[0], 1))} (in {share(often)} of the replications)"
    elif len(results) <= FEW:
        who = ", ".join(f"{label} {people(round(mean, 1))}" for label, mean in zip(labels, means, strict=True) if mean)
    else:
        who = f"from {people(round(min(means), 1))} to {people(round(max(means), 1))}"
    return f"Out before the start, on average: {who}. "
