"""What all questions have that may be asked of a design file in place of a scenario."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from sim.studies.query import Simulating, each_point, option


@dataclass(frozen=True, kw_only=True)
class DesignQuery(Simulating):
    """A question about a scenario, or about all points of a design, which may say the number of replications and the seed."""

    absent = ("csv",)  # what these studies keep is CSV in any case

    n: int = each_point(None, default_text="200")
    """None until the design has been asked; see :meth:`completed`."""
    seed: int = option(
        None, "--seed", metavar="N", least=0, most=2**63 - 1, help="Seed of all draws, for every point.", default_text="1"
    )
    """As *n*."""

    def completed(self, n: int | None = None, seed: int | None = None) -> Self:
        """The same with replications and seed as the design has them, or else the defaults, where the question left them open."""
        replications, draws = (next(x for x in some if x is not None) for some in ((self.n, n, 200), (self.seed, seed, 1)))
        return replace(self, n=replications, seed=draws)
