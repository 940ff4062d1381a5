"""The provider x threat matrix, where the names of the scenarios form one."""

from __future__ import annotations

from collections import Counter
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
    pairs = [pair for name in names if (pair := split(name)) is not None]
    if len(set(pairs)) < len(names) or not names:
        return None
    providers, threats = (Counter(part) for part in zip(*pairs, strict=True))
    if min(*providers.values(), *threats.values()) < 2:
        return None
    return _ordered(set(providers), PROVIDERS), _ordered(set(threats), THREATS)


def matrix(summaries: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Total measures by provider and threat: ``{"providers", "threats", "cells": {provider: {threat: {...}}}}``, or ``None``."""
    order = arrange([str(s["scenario"]) for s in summaries])
    if order is None:
        return None
    cells: dict[str, dict[str, Any]] = {provider: {} for provider in order[0]}
    for summary in summaries:
        provider, _, threat = str(summary["scenario"]).rpartition("-")
        shown = {key: summary["total"][key] for key in SHOWN if key in summary["total"]}
        cells[provider][threat] = {
            "scenario": summary["scenario"],
            "horizon_h": summary["horizon_h"],
            "final": summary["final"],
            "replications": summary["replications"] - summary["failed"],
            **shown,
        }
    return {"providers": order[0], "threats": order[1], "cells": cells}


def _ordered(names: set[str], first: Sequence[str]) -> list[str]:
    return [n for n in first if n in names] + sorted(names - set(first))
