"""Whether a foreign force is at the airport for certain: at the start, and always."""

from __future__ import annotations

from sim.scenario.rules import span, zero
from sim.scenario.schema import Force, Scenario


def force_of(s: Scenario, provider: str) -> Force | None:
    """The force of a provider, if it is known and has one."""
    known = s.security.providers.get(provider)
    return known.force if known is not None else None


def _begun(s: Scenario) -> int:
    """Phases that have begun by the start for certain, one after another."""
    for k, phase in enumerate(s.security.phases):
        at = span(s, phase.begins)
        if at is None or at[1] > 0:
            return k
    return len(s.security.phases)


def secured_at_start(s: Scenario) -> bool:
    """Whether the force of the phase that the clock starts in is there by then in every replication."""
    begun, phases = _begun(s), s.security.phases
    following = span(s, phases[begun].begins) if begun < len(phases) else None
    if begun == 0 or (following is not None and following[0] <= 0):
        return False
    current = phases[begun - 1].provider
    force = force_of(s, current)
    if force is None or not zero(s.security.providers[current].arrival):
        return False
    leaves = force.withdrawal
    if leaves is None or leaves.begins is None:
        return True
    at = span(s, leaves.begins)
    return at is not None and at[0] > 0


def always_secured(s: Scenario) -> bool:
    """Whether a force that is there at the start stays in every replication, or hands over without a gap to others that stay."""
    if not secured_at_start(s):
        return False
    later = s.security.phases[_begun(s) :]
    forces = [force_of(s, phase.provider) for phase in s.security.phases[_begun(s) - 1 :]]
    return all(p.handover for p in later) and all(f is not None and f.withdrawal is None for f in forces)
