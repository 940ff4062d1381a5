"""``--vary`` as queries have it; like them this imports nothing heavy.  What it says is read by ``sim.studies.axis``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.studies.axis import Vary as Vary
else:
    Vary = Any


def varied(field: Callable[..., Any], help: str) -> Any:
    """What varies: ``--vary`` as a *field* that may or must be given, read by :mod:`sim.studies.axis`."""
    return field("--vary", metavar="PATH=VALUES", read=vary, write=lambda axes: list(map(str, axes)), help=help)


def vary(given: Mapping[str, Iterable[Any]] | Iterable[Vary] | str) -> tuple[Vary, ...]:
    """What ``--vary`` takes: texts ``PATH=VALUES``, or in Python also a mapping of paths to values.

    The texts stay as they are: whoever uses them reads them all and tells all faults at once.
    """
    if isinstance(given, Mapping):
        from sim.studies.axis import axes_of

        return axes_of(given)
    return (given,) if isinstance(given, str) else tuple(given)
