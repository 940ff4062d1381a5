"""``--until``: how many replications a command needs for the precision that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.experiment import WorkerPool
from sim.studies.lab import Lab
from sim.studies.options import Options
from sim.studies.preparing import Prepared

if TYPE_CHECKING:
    from sim.analysis.precision import Settled, Target


def check_until(prepared: Sequence[Prepared], options: Options) -> None:
    """Raises TargetError where ``until`` and ``most`` can't be understood or do not fit *prepared*."""
    if options.until:
        _wanted(prepared, options)
    elif options.most is not None:
        from sim.analysis.precision import TargetError

        raise TargetError("--most: says how far --until may go, and there is no --until")


def settled_alone(prepared: Sequence[Prepared], options: Options, pool: WorkerPool) -> list[Settled | None]:
    """Simulates each scenario until its own numbers are precise enough; Nones where nothing is asked for."""
    if not options.until:
        return [None] * len(prepared)
    from sim.analysis.stopping import settle

    return [*_lab(prepared, options, pool).conduct(settle(_wanted(prepared, options), _names(prepared), *limits(options)))]


def settled_together(prepared: Sequence[Prepared], options: Options, pool: WorkerPool) -> Settled | None:
    """Simulates all scenarios alike until the differences from the first are precise enough; None where nothing is asked for."""
    if not options.until:
        return None
    from sim.analysis.stopping import settle_pairs

    targets = _wanted(prepared, options)[0]
    return _lab(prepared, options, pool).conduct(settle_pairs(targets, _names(prepared), *limits(options)))


def limits(options: Options) -> tuple[int, int]:
    """Least and most replications."""
    from sim.analysis.sequential import MOST

    return options.n, MOST if options.most is None else options.most


def _wanted(prepared: Sequence[Prepared], options: Options) -> list[list[Target]]:
    """Targets by scenario: a mission must be in each of them."""
    from sim.analysis.precision import check_limits, parse_target

    check_limits(*limits(options))
    return [[parse_target(text, list(one.loaded.scenario.missions)) for text in options.until] for one in prepared]


def _lab(prepared: Sequence[Prepared], options: Options, pool: WorkerPool) -> Lab:
    return Lab(tuple(one.loaded for one in prepared), tuple(prepared), options, pool)


def _names(prepared: Sequence[Prepared]) -> list[str]:
    return [one.loaded.name for one in prepared]
