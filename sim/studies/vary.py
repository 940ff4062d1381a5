"""``--vary`` as queries have it; like them this imports nothing heavy.  What it says is read by ``sim.studies.axis``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.studies.axis import Vary as Vary
else:
    Vary = Any


def vary(given: Mapping[str, Iterable[Any]] | Iterable[Vary] | str) -> tuple[Vary, ...]:
    """What ``--vary`` takes: texts ``PATH=VALUES``, or in Python also a mapping of paths to values.

    The texts stay as they are: whoever uses them reads them all and tells all faults at once.
    """
    if not isinstance(given, Mapping):
        return (given,) if isinstance(given, str) else tuple(given)
    from sim.studies.axis import axes_of

    return axes_of(given)


def written_vary(axes: Iterable[Vary]) -> list[str]:
    """Axes as a person would type them."""
    return [str(axis) for axis in axes]
