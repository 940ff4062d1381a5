"""Missions that leave an airport which nobody secures: how many, which, when, who is out before the start, what follows them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest

from tests.model.helpers import INF, Run, run, run_many

DAY = 24.0


def missions(*tiers: Any, order: str = "null", people: int = 10) -> str:
    """Missions a, b, c, ... of these tiers."""
    each = (
        f"{'abcdefghijklmnopqrstuvwxyz'[k]}: {{reaction: {{tier: {tier}}}, order: {order}, cohorts: {{c: {people}}}}}"
        for k, tier in enumerate(tiers)
    )
    return f"missions: {{{', '.join(each)}}}"


def reactions(share: Any = 1, decides: str = "0 h", goes: str = "0 h", known: str = "0 h", phases: str = "") -> str:
    """An airport that nobody secures, unless *phases* say so."""
    return "\n".join(
        (
            "clock: {horizon: 100 d}",
            "security:",
            f"  absence_known: {known}",
            f"  reactions: {{share: {share}, decides: {decides}, goes: {goes}}}",
            "  providers: {none: {operator: {}}, troops: {force: {headcount: 10}}}",
            f"  phases: [{phases or '{begins: start, provider: none}'}]",
        )
    )


def when(r: Run) -> dict[str, float]:
    """Mission -> when it was ordered, of those that were."""
    table = r.records.missions
    return {m: float(h) for m, h in zip(table["mission"], table["ordered_h"], strict=True) if h < INF}


def before(r: Run) -> list[str]:
    """Missions out before the start."""
    table = r.records.missions
    return [m for m, out in zip(table["mission"], table["out_before"], strict=True) if out]


# -- who goes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "gone"),
    [(0, 0), ("1%", 0), ("6%", 0), ("6.25%", 1), ("30%", 2), ("37.5%", 3), (0.5, 4), ("74%", 6), (1, 6)],
)
def test_the_number_is_the_share_of_all_that_are_asked_rounded_half_up(share: object, gone: int) -> None:
    """Eight missions, of which two never go: they count in the share, and it can't have more than there are others."""
    r = run(f"{reactions(share, '5 h')}\n{missions(1, 'never', 2, 1, 2, 2, 'never', 3)}")
    assert len(when(r)) == gone
    assert set(when(r).values()) <= {5.0}
    assert not {"b", "g"} & set(when(r))


def test_rounding_is_of_the_number_and_not_of_its_last_bit() -> None:
    """0.145 x 100 is 14.499999999999998 in a computer: 14.5 missions are 15."""
    from sim.model.compiled.numbers import ZERO, Constant
    from sim.model.compiled.people import CompiledReactions, Reacting
    from sim.model.reactions import going

    class Half:
        def at(self, _: int) -> float:
            return 0.5

    places = tuple(Reacting(k, 1, 0, 0, 0, True) for k in range(100))
    assert len(going(CompiledReactions(places, 100, Constant(0.145), ZERO), [Half()])) == 15


def test_tiers_go_in_turn_and_a_mission_s_own_draw_orders_it_within_its_tier() -> None:
    """Four of eight: both of tier 1 always, two of the three of tier 2, in all three pairs; nobody of tier 3."""
    source = f"{reactions(0.5, '5 h')}\n{missions(2, 1, 2, 3, 3, 1, 2, 'never')}"
    found = {tuple(sorted(when(r))) for r in run_many(source, 60)}
    assert found == {("a", "b", "c", "f"), ("a", "b", "f", "g"), ("b", "c", "f", "g")}


def test_the_place_of_a_mission_moves_no_other() -> None:
    """Who goes first of tier 1 among a and b is their own draws', whatever is added to the file."""
    few = f"{reactions(0.5, '5 h')}\n{missions(1, 1)}"
    more = f"{reactions(0.25, '5 h')}\n{missions(1, 1, 'never', 2)}"
    assert [when(r) for r in run_many(few, 30)] == [when(r) for r in run_many(more, 30)]


def test_the_draws_of_everything_else_stay() -> None:
    """The readiness of a mission that goes by its order is the same with and without reactions of others."""
    other = "z: {order: {at: 1 h}, cohorts: {c: {people: 90, ready: {exponential: {mean: 9 h}}}}}"
    body = f"missions: {{a: {{%s cohorts: {{c: 10}}}}, {other}}}"
    without = run(body % "")
    among = run(reactions(1, "{uniform: [1 h, 9 h]}") + "\n" + body % "reaction: {tier: 1},")
    assert [c.ready for c in without.groups("z/c")] == [c.ready for c in among.groups("z/c")]
    assert 1 < when(among)["a"] < 9


def test_no_phases_no_reactions() -> None:
    """Without phases the airport is secured without limit; and a scenario that doesn't ask has nobody who reacts."""
    assert when(run(f"security: {{reactions: {{share: 1}}}}\n{missions(1, 1)}")) == {}
    assert when(run(f"security: {{phases: [{{begins: start, provider: none}}]}}\n{missions(1, 1)}")) == {}


def test_all_of_a_mission_but_its_residual_goes_at_once() -> None:
    r = run(
        f"{reactions(1, '5 h')}\nmissions: {{a: {{reaction: {{tier: 1}}, residual: 3, cohorts: "
        "{core: 10, late: {people: 20, order: {at: 50 d}, priority: 1}}}}"
    )
    assert [r.cohort(f"a/{c}")["ordered_h"] for c in ("core", "late")] == [5, 5]
    assert (r.total["evacuated"], r.total["staying"], r.out_h) == (27, 3, 5)


# -- when ------------------------------------------------------------------------------------------------------------


def test_it_decides_from_when_the_absence_is_known() -> None:
    """Known for 30 d, 40 d to decide: ordered after 10 d, whatever going would take."""
    r = run(f"{reactions(1, '40 d', '7 d', '30 d')}\n{missions(1)}")
    assert (when(r), before(r)) == ({"a": 10 * DAY}, [])
    assert r.total["deciding"] == pytest.approx(10 * 10 * DAY)


def test_known_at_the_start_only_nobody_is_out_before() -> None:
    r = run(f"{reactions(1, '1 h', '0 h', '0 h')}\n{missions(1)}")
    assert (when(r), before(r)) == ({"a": 1.0}, [])


def test_decided_and_not_gone_is_ordered_at_the_start() -> None:
    """Decided 10 d before the start, 11 d to go: it is there, and is asked to move at once."""
    r = run(f"road: {{drive: 2 h}}\n{reactions(1, '20 d', '11 d', '30 d')}\n{missions(1)}")
    assert (when(r), before(r), r.out_h) == ({"a": 0.0}, [], 2.0)


def test_whichever_comes_first() -> None:
    """The order at 3 h before the decision at 5 h; the decision before an order at 9 h, or while that is being decided."""
    source = reactions(1, "5 h")
    assert when(run(f"{source}\n{missions(1, order='{at: 3 h}')}")) == {"a": 3.0}
    assert when(run(f"{source}\n{missions(1, order='{at: 9 h}')}")) == {"a": 5.0}
    late = run(f"{source}\n{missions(1, order='{at: 2 h, delay: 9 h}')}")
    assert (when(late), len(late.groups("a/c"))) == ({"a": 5.0}, 1)


def test_an_absence_that_begins_later_is_known_when_it_begins() -> None:
    """Troops leave at 10 h over 8 h: nobody is there from 18 h on; the 30 d are about the start alone."""
    leaves = "{begins: start, provider: troops}"
    source = reactions(1, "5 h", "0 h", "30 d", leaves).replace(
        "{headcount: 10}", "{headcount: 10, withdrawal: {begins: 10 h, takes: 8 h}}"
    )
    assert when(run(f"{source}\n{missions(1)}")) == {"a": 18 + 5.0}
    stay = f"{reactions(1, '5 h', '0 h', '30 d', leaves)}\n{missions(1)}"
    assert when(run(stay)) == {}


def test_a_successor_leaves_no_absence() -> None:
    phases = "{begins: start, provider: troops}, {begins: 10 h, provider: others}"
    source = reactions(1, "0 h", phases=phases).replace("providers: {", "providers: {others: {force: {headcount: 5}}, ")
    assert when(run(f"{source}\n{missions(1)}")) == {}


def test_a_phase_that_has_not_begun_is_nobody_at_the_start() -> None:
    """The force of a later phase is not there: known before the start."""
    phases = "{begins: start, provider: none}, {begins: 4 h, provider: troops}"
    assert before(run(f"{reactions(1, '1 d', '1 d', '3 d', phases)}\n{missions(1)}")) == ["a"]
    later = "{begins: 4 h, provider: troops}"
    assert before(run(f"{reactions(1, '1 d', '1 d', '3 d', later)}\n{missions(1)}")) == ["a"]


def test_a_force_that_comes_ends_what_is_not_decided_and_an_absence_after_it_begins_anew() -> None:
    """Decided after 5 h: with troops from 4 h on nobody goes; once they are gone, at 30 h, it takes 5 h again."""
    phases = "{begins: start, provider: none}, {begins: 4 h, provider: troops}"
    assert when(run(f"{reactions(1, '5 h', phases=phases)}\n{missions(1)}")) == {}
    assert when(run(f"{reactions(1, '3 h', phases=phases)}\n{missions(1)}")) == {"a": 3.0}
    again = reactions(1, "5 h", phases=phases + ", {begins: 30 h, provider: none}")
    assert when(run(f"{again}\n{missions(1)}")) == {"a": 35.0}


@pytest.mark.parametrize(
    ("phases", "there"),
    [
        ("{begins: -5 d, provider: troops}", True),
        ("{begins: -5 d, provider: troops}, {begins: -1 d, provider: none}", False),
        ("{begins: -5 d, provider: none}, {begins: -1 d, provider: troops}", True),
        ("{begins: {threatened: 0 h}, provider: troops}", True),
        ("{begins: {contested: 0 h}, provider: troops}", False),
        ("{begins: start, provider: slow}", False),
    ],
)
def test_who_is_there_at_the_start(phases: str, there: bool) -> None:
    """Phases that have begun by then, the last of them, with a force that has arrived."""
    dated = phases.replace("-5 d", "2021-07-27 00:00").replace("-1 d", "2021-07-31 00:00")
    source = reactions(1, "1 d", "1 d", "3 d", dated).replace("providers: {", "providers: {slow: {arrival: 3 h, force: {}}, ")
    r = run(f"threat: {{start: threatened}}\n{source}\n{missions(1)}")
    assert before(r) == ([] if there else ["a"])


LOST = """
threat: {start: threatened, fallen: fallen, timeline: [{at: 10 h, level: fallen}]}
clock: {horizon: 9 d}
security:
  reactions: {share: 1, decides: 4 d}
  unsecured_hold: 5 h
  phases: [{begins: start, provider: none}]
missions: {a: {reaction: {tier: 1}, %s cohorts: {c: 10}}}
"""


def test_who_makes_up_his_mind_when_the_airport_is_lost_is_held_by_deciding() -> None:
    """From the start to the loss at 15 h; where an order asks them to go at 12 h, deciding is from then on."""
    r = run(LOST % "")
    assert (r.total["end"], r.total["stranded"], r.total["never_ordered"]) == ("lost", 10, 10)
    assert (r.total["deciding"], r.total["left_held_deciding"]) == (10 * 15, 10)
    asked = run(LOST % "order: {at: 12 h, delay: 2 d},")
    assert (asked.total["deciding"], asked.total["left_held_deciding"]) == (10 * 3, 10)


# -- out before the start --------------------------------------------------------------------------------------------


def test_out_before_the_start() -> None:
    """Ten days known, seven to decide, three to go: out in the last moment; all that follows is without them."""
    r = run(f"{reactions(1, '7 d', '3 d', '10 d')}\n{missions(1, 'never')}")
    row = r.mission("a")
    assert bool(row["out_before"]) is True
    assert [row[k] for k in ("evacuated", "ordered_h", "t50_h", "t90_h", "t100_h", "never_ordered")] == [10, 0, 0, 0, 0, 0]
    assert bool(r.cohort("a/c")["out_before"]) is True
    assert (r.total["evacuated"], r.total["out_before"], r.total["staying"]) == (10, 10, 10)
    assert r.total["ordered_h"] == INF, "nobody is ordered from the start on"
    assert (r.waits(), r.world.run.groups) == ({}, [])


def old_force(leaves: str, phases: str, more: str = "") -> str:
    """T is there since twelve days before the start; U is there a day after its phase begins."""
    return f"""
        clock: {{horizon: 10 d, start: 2021-08-01 00:00}}
        security:
          absence_known: 100 h
          reactions: {{share: 1, decides: 1 h, goes: 1 h}}
          providers:
            t: {{force: {{headcount: 100{leaves}}}}}
            u: {{arrival: 24 h, force: {{headcount: 100}}}}
          phases: [{{begins: 2021-07-20, provider: t}}{phases}]
        {more}
        missions: {{a: {{reaction: {{tier: 1}}, cohorts: {{c: 60}}}}}}
    """


FIELD = "lift: {types: {t: {seats: 100}}, fleets: {f: {aircraft: t, available: 48 h}}}"
LEAVES = ", withdrawal: {begins: start}"
FLIES = ", withdrawal: {begins: start, lift: true}"
THEN = ", {begins: %s, provider: u, handover: %s}"


@pytest.mark.parametrize(
    ("source", "there"),
    [
        pytest.param(old_force("", THEN % ("start", "true")), True, id="held until U has come"),
        pytest.param(old_force("", THEN % ("start", "false")), False, id="U is in charge and not there"),
        pytest.param(old_force(LEAVES, THEN % ("48 h", "true")), True, id="due to leave, held until U has come"),
        pytest.param(old_force(LEAVES, THEN % ("48 h", "false")), False, id="due to leave"),
        pytest.param(old_force(FLIES, "", FIELD), True, id="waits for seats"),
        pytest.param(old_force(FLIES, ""), False, id="leaves by air from a place without aircraft"),
        pytest.param(old_force(FLIES, "").replace("headcount: 100, w", "w"), False, id="too many to fly"),
    ],
)
def test_nobody_is_out_before_while_a_force_is_still_there(source: str, there: bool) -> None:
    r = run(source)
    assert r.total["out_before"] == (0 if there else 60)
    assert r.world.reactions.absent == r.world.security.absent or there


def test_everybody_out_before_the_start_ends_it_at_once() -> None:
    r = run(f"{reactions(1, '1 d', '1 d', '3 d')}\n{missions(1, 2)}")
    assert (r.total["end"], r.total["end_h"], r.out_h, r.total["evacuated"], r.total["out_before"]) == ("out", 0, 0, 20, 20)
    assert list(r.timeline["stage_out"]) == [20]


def test_they_use_nothing_and_the_times_are_those_of_the_others() -> None:
    """One aircraft of ten seats: the other mission has it to itself, and half of *its* people are out with the first flight."""
    lift = "lift: {types: {t: {seats: 10}}, fleets: {f: {aircraft: t, available: 1 h, outbound: 1 h, inbound: 1 h, wait_for: 1}}}"
    r = run(
        f"{lift}\n{reactions(0.5, '1 d', '1 d', '3 d')}\nmissions: {{a: {{reaction: {{tier: 1}}, cohorts: {{c: 100}}}}, "
        "b: {reaction: {tier: never}, order: {at: 30 min}, cohorts: {c: 20}}}"
    )
    assert r.departures() == [(1.0, 10), (3.0, 10)]
    assert [r.total[k] for k in ("t50_h", "t100_h", "ordered_h", "evacuated", "out_before")] == [1, 3, 0.5, 120, 100]
    assert (r.total["haven"], r.total["load_factor"]) == (110, 1)


def test_closures_follow_from_the_start() -> None:
    """b follows a, c half of the three missions, d the largest: all at the start, with their own delays."""
    r = run(
        f"{reactions('25%', '1 d', '1 d', '3 d')}\nmissions: {{a: {{reaction: {{tier: 1}}, cohorts: {{c: 100}}}}, "
        "b: {reaction: {tier: never}, order: {when: gone a, delay: 2 h}, cohorts: {c: 5}}, "
        "c: {reaction: {tier: never}, order: {when: gone >= 50%}, cohorts: {c: 5}}, "
        "d: {reaction: {tier: never}, order: {when: gone >= 25%, delay: 7 h}, cohorts: {c: 5}}}"
    )
    assert before(r) == ["a"]
    assert when(r) == {"a": 0, "b": 2, "c": 2, "d": 7}


def test_a_mission_with_nobody_to_move_is_not_out() -> None:
    r = run(
        f"{reactions(1, '1 d', '1 d', '3 d')}\nmissions: {{a: {{reaction: {{tier: 1}}, residual: all, cohorts: {{c: 10}}}}, "
        "b: {order: {when: gone a}, cohorts: {c: 1}}}"
    )
    assert (before(r), when(r), r.total["staying"]) == ([], {}, 11)


def test_a_fleet_that_comes_after_its_mission_s_order_fetches_others() -> None:
    """Its mission was out before the start: the lag counts from the start, for whoever else it may take."""
    lift = "lift: {types: {t: {seats: 10}}, fleets: {f: {aircraft: t, serves: a, lag: 6 h, outbound: 1 h, inbound: 1 h}}}"
    r = run(
        f"{lift}\n{reactions(0.5, '1 d', '1 d', '3 d')}\nmissions: {{a: {{reaction: {{tier: 1}}, cohorts: {{c: 100}}}}, "
        "b: {reaction: {tier: never}, order: {at: 30 min}, cohorts: {c: 10}}}"
    )
    assert r.departures() == [(6.0, 10)]


def test_who_keeps_a_place_and_goes_by_its_orders_alone() -> None:
    """a has the first place and doesn't act by it: b is no nearer to going."""
    source = f"{reactions(0.5, '5 h')}\n{missions(1, 2)}".replace(
        "a: {reaction: {tier: 1}", "a: {reaction: {tier: 1, orders: false}"
    )
    assert when(run(source)) == {}


def test_determinism_and_the_share_in_steps() -> None:
    """The same bytes twice; with a larger share whoever went still goes, at the same time."""

    def gone(share: float) -> list[Mapping[str, float]]:
        source = f"{reactions(share, '{uniform: [0 d, 60 d]}', '{uniform: [0 d, 10 d]}', '30 d')}\n{missions(1, 1, 1, 2, 2, 3)}"
        return [when(r) for r in run_many(source, 20)]

    fewer, more = gone(0.4), gone(0.7)
    assert fewer == gone(0.4)
    assert all(set(a.items()) <= set(b.items()) for a, b in zip(fewer, more, strict=True))
    assert {len(g) for g in fewer} == {2}
    assert {len(g) for g in more} == {4}
    assert any(math.isclose(h, 0) for g in more for h in g.values())
