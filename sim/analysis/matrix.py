"""The provider x threat matrix, where the names of the scenarios form one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

THREATS = ("holding", "advancing", "collapse")
"""Order of the shipped threats, from the mildest; others follow by name."""
PROVIDERS = ("turkish", "none", "coalition")
SHOWN = (
    "ordered_h", "p50_h", "p50_interval_h", "p90_h", "p90_interval_h", "out_p50_h", "out_p50_interval_h", "out_p90_h",
    "out_p90_interval_h", "never", "timed", "p_all_out", "left_behind", "never_ordered",
    "out_before", "held_up_by",
)  # fmt: skip


def split(name: str) -> tuple[str, str] | None:
    """``PROVIDER-THREAT`` -> (provider, threat), the threat being the last word; ``None`` for another name."""
    provider, dash, threat = name.rpartition("-")
    return (provider, threat) if dash and provider and threat else None


def arrange(names: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """Providers and threats in the order in which a matrix shows them.

    ``None`` unless all names are different pairs, there are at least two of each kind, and every one of them
    occurs at least twice, so that rows and columns can be compared.
    """
    pairs = [split(name) for name in names]
    if None in pairs or len(set(pairs)) < len(pairs):
        return None
    found = [pair for pair in pairs if pair is not None]
    providers = _ordered({p for p, _ in found}, PROVIDERS)
    threats = _ordered({t for _, t in found}, THREATS)
    twice = all(sum(p == q for p, _ in found) > 1 for q in providers) and all(sum(t == u for _, t in found) > 1 for u in threats)
    return (providers, threats) if found and twice else None


def matrix(summaries: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Total measures by provider and threat: ``{"providers", "threats", "cells": {provider: {threat: {...}}}}``, or ``None``."""
    by_name = {str(s["scenario"]): s for s in summaries}
    order = arrange([str(s["scenario"]) for s in summaries])
    if order is None:
        return None
    cells: dict[str, dict[str, Any]] = {provider: {} for provider in order[0]}
    for name, summary in by_name.items():
        pair = split(name)
        assert pair is not None
        shown = {key: summary["total"][key] for key in SHOWN if key in summary["total"]}
        cells[pair[0]][pair[1]] = {
            "scenario": name,
            "horizon_h": summary["horizon_h"],
            "final": summary["final"],
            "replications": summary["replications"] - summary["failed"],
            **shown,
        }
    return {"providers": order[0], "threats": order[1], "cells": cells}


def _ordered(names: set[str], first: Sequence[str]) -> list[str]:
    return [n for n in first if n in names] + sorted(names - set(first))
