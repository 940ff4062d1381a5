"""When to stop: studies that add replications, look by look, until targets of precision are met or a limit is reached.

The decision at a look is a function of the replications 0 … n-1 alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sim.analysis.looks import Look, looks
from sim.analysis.measure import Reading
from sim.analysis.precision import Settled, Side, Target, at_look, between, unknown
from sim.analysis.study import Batch, Outcome, Proposal, Study


def settle(
    wanted: Sequence[Sequence[Target]], names: Sequence[str], least: int, most: int, per_set: int = 1
) -> Study[list[Settled]]:
    """Adds replications to each scenario until its own targets (*wanted*, by scenario) are met; no look is past *most*.

    *per_set*: how many replications share a set of inputs; looks are at whole blocks of sets.
    """
    settled: dict[int, Settled] = {}
    for look in looks(least, most, per_set):
        going = [k for k in range(len(wanted)) if k not in settled or not settled[k].done]
        if not going:
            break
        proposals = [Proposal((), look.n, k) for k in going]
        note = _note([names[k] for k in going], look, [settled[k] for k in going if k in settled])
        settled |= dict(zip(going, (yield Batch(proposals, partial(_alone, look, wanted), note)), strict=True))
    return [settled[k] for k in range(len(wanted))]


def settle_pairs(targets: Sequence[Target], names: Sequence[str], least: int, most: int, per_set: int = 1) -> Study[Settled]:
    """Adds replications to all scenarios alike until the differences of each from the first are precise enough.

    *per_set* as in :func:`settle`.
    """
    scopes = sorted({target.measure.scope for target in targets})
    settled: list[Settled] = []
    for look in looks(least, most, per_set):
        proposals = [Proposal((), look.n, k) for k in range(len(names))]
        sides = yield Batch(proposals, partial(_side, scopes), _note(names, look, settled))
        settled = [_together(targets, sides, look)]
        if settled[0].done:
            break
    return settled[0]


def _alone(look: Look, wanted: Sequence[Sequence[Target]], outcome: Outcome) -> Settled:
    """How precise the numbers of a scenario are at a look."""
    targets = wanted[outcome.proposal.scenario]
    if outcome.result is None or outcome.failed:
        return Settled(look, unknown(targets), failed=True)
    reading = Reading(outcome.result)
    return Settled(look, tuple(at_look(target, reading, look) for target in targets))


def _side(scopes: Sequence[str], outcome: Outcome) -> Side | None:
    """One side of a difference; None where a replication failed."""
    if outcome.result is None or outcome.failed:
        return None
    reading = Reading(outcome.result)
    return Side(outcome.result.name, reading.horizon_h, {scope: reading.outcomes(scope) for scope in scopes})


def _together(targets: Sequence[Target], sides: Sequence[Side | None], look: Look) -> Settled:
    base, *others = sides
    if base is None or None in others:
        return Settled(look, unknown(targets), failed=True)
    return Settled(look, tuple(between(target, base, other, look) for other in others if other for target in targets))


def _note(names: Sequence[str], look: Look, before: Sequence[Settled]) -> str:
    """What progress says: who is looked at next, and how far the first target that isn't met is."""
    who = names[0] if len(names) == 1 else f"{len(names)} scenarios"
    lacking = next((one for settled in before for one in settled.reached if not (one.met or one.void)), None)
    far = "" if lacking is None else f" ({lacking.target.text} wanted, so far {lacking.text})"
    return f"{who}, look {look.number}{far}"
