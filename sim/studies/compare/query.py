"""What ``compare`` is asked."""

from __future__ import annotations

from dataclasses import dataclass

from sim.studies.query import Given, Precise, option, required


@dataclass(frozen=True, kw_only=True)
class CompareQuery(Precise):
    """Simulates the same replications of several scenarios and says what differs, with intervals."""

    verb = "compare"
    gives = "Comparison"
    short = "Says what differs between scenarios."
    rank = 20

    base: Given = required(metavar="BASE", help="The scenario that the others are compared with.")
    others: tuple[Given, ...] = required(metavar="OTHER", help="The others.")
    same_orders: bool = option(
        False,
        "--same-orders",
        help="Compares once more, with everybody ordered out exactly when BASE orders them: what the airport does apart from who "
        "is asked to go.",
    )

    def most_replications(self) -> int | None:
        return None if self.until else self.n * (1 + len(self.others) * (2 if self.same_orders else 1))
