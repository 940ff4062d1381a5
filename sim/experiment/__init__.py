"""How many runs are planned, executed, kept and continued; knows nothing of what they simulate or mean.

``Cluster`` is imported when first asked for: few commands need what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.experiment.blocks import Failure
from sim.experiment.files import OutputError, StoreError
from sim.experiment.points import Point, run_points
from sim.experiment.result import Result
from sim.experiment.run import Progress, RunSpec, SilentProgress, Source, execute
from sim.experiment.work import Engine
from sim.experiment.workers import ClusterError, Lost, WorkerPool

if TYPE_CHECKING:
    from sim.experiment.cluster import Cluster

__all__ = [
    "Cluster", "ClusterError", "Engine", "Failure", "Lost", "OutputError", "Point", "Progress", "Result", "RunSpec",
    "SilentProgress", "Source", "StoreError", "WorkerPool", "execute", "run_points",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name != "Cluster":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sim.experiment.cluster import Cluster

    return Cluster
