"""The provider x threat matrix, where the names of the scenarios form one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields

from sim.analysis.found import Chance, Ends, LeftBehind, Never, Some, Summary, Timed

THREATS = ("holding", "advancing", "collapse")
"""Order of the shipped threats, from the mildest; others follow by name."""
PROVIDERS = ("turkish", "none", "coalition")


@dataclass(frozen=True, kw_only=True, slots=True)
class MatrixCell(Timed):
    """The measures of everybody in one scenario."""

    scenario: str
    horizon_h: float
    final: bool
    replications: int
    """That were completed."""
    ordered_h: float | None
    p50_h: float | None
    p50_interval_h: Ends | None
    p90_h: float | None
    p90_interval_h: Ends | None
    out_p50_h: float | None
    out_p50_interval_h: Ends | None
    out_p90_h: float | None
    out_p90_interval_h: Ends | None
    never: Never
    timed: int
    p_all_out: Chance
    left_behind: LeftBehind
    never_ordered: Some = field(default_factory=Some)
    out_before: Some = field(default_factory=Some)
    held_up_by: str | None

    @classmethod
    def of(cls, summary: Summary) -> MatrixCell:
        """Of the scenario that *summary* is of."""
        own = {"scenario", "horizon_h", "final", "replications"}
        measures = {one.name: getattr(summary.total, one.name) for one in fields(cls) if one.name not in own}
        return cls(
            scenario=summary.scenario,
            horizon_h=summary.horizon_h,
            final=summary.final,
            replications=summary.completed,
            **measures,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Matrix:
    """Measures by provider and threat."""

    providers: tuple[str, ...]
    threats: tuple[str, ...]
    cells: Mapping[str, Mapping[str, MatrixCell]]
    """Provider -> threat -> measures; a pair may have none."""

    def every(self) -> Iterator[MatrixCell]:
        """Each cell."""
        return (cell for row in self.cells.values() for cell in row.values())


def split(name: str) -> tuple[str, str] | None:
    """``PROVIDER-THREAT`` -> (provider, threat), the threat being the last word; ``None`` for another name."""
    provider, dash, threat = name.rpartition("-")
    return (provider, threat) if dash and provider and threat else None


def arrange(names: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """Providers and threats in the order in which a matrix shows them.

    ``None`` unless all names are different pairs, there are at least two of each kind, and every one of them
    occurs at least twice, so that rows and columns can be compared.
    """
    pairs = [pair for name in names if (pair := split(name)) is not None]
    if len(set(pairs)) < len(names) or not names:
        return None
    providers, threats = (Counter(part) for part in zip(*pairs, strict=True))
    if min(*providers.values(), *threats.values()) < 2:
        return None
    return _ordered(set(providers), PROVIDERS), _ordered(set(threats), THREATS)


def matrix(summaries: Sequence[Summary]) -> Matrix | None:
    """Total measures by provider and threat, where the names of the scenarios form a matrix."""
    order = arrange([summary.scenario for summary in summaries])
    if order is None:
        return None
    cells: dict[str, dict[str, MatrixCell]] = {provider: {} for provider in order[0]}
    for summary in summaries:
        provider, _, threat = summary.scenario.rpartition("-")
        cells[provider][threat] = MatrixCell.of(summary)
    return Matrix(providers=tuple(order[0]), threats=tuple(order[1]), cells=cells)


def _ordered(names: set[str], first: Sequence[str]) -> list[str]:
    return [n for n in first if n in names] + sorted(names - set(first))
