"""How many runs are planned, executed, kept and continued; knows nothing of what they simulate or mean."""

from sim.experiment.blocks import Failure
from sim.experiment.cluster import Cluster, ClusterError
from sim.experiment.executor import Crew, Lost, Serial
from sim.experiment.files import OutputError, StoreError
from sim.experiment.points import Point, run_points
from sim.experiment.result import Result
from sim.experiment.run import Plan, Source, Unwatched, Watcher, execute
from sim.experiment.work import Engine

__all__ = [
    "Cluster", "ClusterError", "Crew", "Engine", "Failure", "Lost", "OutputError", "Plan", "Point", "Result", "Serial", "Source",
    "StoreError", "Unwatched", "Watcher", "execute", "run_points",
]  # fmt: skip
