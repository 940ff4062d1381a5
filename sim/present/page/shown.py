"""What the page shows of a scenario: its result, its numbers, its sentences, and what it is called beside others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.analysis.found import NoAnswer, Summary
from sim.analysis.outcomes import Outcomes, Stored
from sim.analysis.paired import Differences
from sim.analysis.words import mission_titles

Json = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """One scenario on the page."""

    result: Stored
    found: Summary | NoAnswer
    """With cohorts."""
    headline: str
    label: str
    """What it is called beside the others, its title alone."""
    sentences: Mapping[str, str]
    """Mission -> its sentence."""
    outcomes: Mapping[str, Outcomes]
    """Of each mission."""
    inputs: Sequence[Any]
    """The rows of ``describe``."""
    place: str
    """What its airport is called; empty where that isn't known."""
    manifest: Mapping[str, Any]
    """How it was made; empty where that isn't written yet."""

    @property
    def answered(self) -> bool:
        """Whether there are numbers."""
        return isinstance(self.found, Summary)

    @property
    def final(self) -> bool:
        """Whether there are numbers and no replication failed."""
        return self.answered and self.found.final

    @property
    def summary(self) -> Summary:
        """The numbers.

        Raises:
            ValueError: where there are none.
        """
        if isinstance(self.found, NoAnswer):
            raise ValueError(f"{self.name}: no replication was completed")
        return self.found

    @property
    def name(self) -> str:
        """That of the scenario."""
        return self.result.name


def answered(shown: Sequence[Shown]) -> list[Shown]:
    """Those of which there are numbers."""
    return [one for one in shown if one.answered]


def sides_of(difference: Differences, shown: Sequence[Shown]) -> tuple[str, str]:
    """What the base and the other scenario of differences are called on the page."""
    labels = {one.name: one.label for one in shown}
    return labels.get(difference.base, difference.base), labels.get(difference.other, difference.other)


def titles(shown: Sequence[Shown]) -> dict[str, str]:
    """Mission -> what it is called, of all scenarios, those with most people first; all its titles where they differ."""
    known: dict[str, list[str]] = {}
    staff: dict[str, float] = {}
    for one in answered(shown):
        for name, title in mission_titles(one.summary).items():
            known.setdefault(name, []).append(title)
        for name, entry in one.summary.missions.items():
            staff[name] = max(staff.get(name, 0.0), entry.staff)
    order = sorted(known, key=lambda name: (-staff.get(name, 0.0), name))
    return {name: " / ".join(dict.fromkeys(known[name])) for name in order}
