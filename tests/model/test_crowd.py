"""The crowd: its exact course, the gates that it slows and closes, breaches of the runway, and what drives it."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from sim.model.crowd import Course
from tests.model.helpers import Run, run, run_many
from tests.model.way import moments

PEOPLE = "missions: {m: {order: {at: 24 h}, cohorts: {c: 10}}}"
"""Somebody who makes the run last for a day."""


def crowd_at(r: Run, t: float) -> float:
    """C(t) from what the run wrote down."""
    since, course = [entry for entry in r.world.crowd.log if entry[0] <= t][-1]
    return course.at(t - since)


def noted(r: Run, what: str) -> list[float]:
    """Hours at which *what* happened."""
    return [t for t, event, _ in r.world.run.notes if event == what]


# -- the course ------------------------------------------------------------------------------------------------------


def test_course_with_dispersal_is_the_solution_of_the_equation() -> None:
    """dC/dt = a - d C: C(t) = a/d + (C0 - a/d) exp(-d t)."""
    r = run(f"airport: {{crowd: {{start: 200, inflow: 500 people/h, dispersal: 0.1 /h}}}}\n{PEOPLE}")
    for t in (0.0, 0.3, 1, 7.7, 23.9):
        assert crowd_at(r, t) == pytest.approx(5000 + (200 - 5000) * math.exp(-0.1 * t), rel=1e-12)
    assert r.timeline["crowd"][24] == pytest.approx(crowd_at(r, 24), rel=1e-6)


def test_course_without_dispersal_is_a_line() -> None:
    r = run(f"airport: {{crowd: {{start: 200, inflow: 50 people/h}}}}\n{PEOPLE}")
    assert [crowd_at(r, t) for t in (0, 1, 10)] == [200, 250, 700]


WAVES = """
    clock: {{horizon: 60 h}}
    threat:
      levels: [calm, calm-too, tense, tense-too]
      start: calm
      timeline: [{timeline}]
      effects: {{tense: {{crowd: 1000 people/h}}, tense-too: {{crowd: 1000 people/h}}}}
    security: {{phases: [{{begins: start, provider: none}}], host: {{}}}}
    airport:
      gates: {{main: {{}}}}
      crowd:
        start: 100
        inflow: 20 people/h
        dispersal: 0.1 /h
        close_above: 3000
        open_below: 1000
        breach: {{rate: 0.1 /h, above: 500, clear: 1 h, disperses: 20%}}
    missions: {{m: {{order: {{at: 1 h}}, cohorts: {{c: {{people: 500, group: 10, gap: 1 h}}}}}}}}
"""
MOVES = [(0, "calm"), (2, "tense"), (9, "calm"), (30, "tense"), (37, "calm")]


def test_no_step_matters() -> None:
    """Hundreds of changes of the level that change nothing: the same crowd, crossings and breaches to 1e-9."""
    plain = [f"{{at: {t} h, level: {level}}}" for t, level in MOVES]
    busy = []
    for k in range(600):
        t = k * 0.0937
        level = [name for at, name in MOVES if at <= t][-1]
        busy.append(f"{{at: {t:.4f} h, level: {level}{'-too' if k % 2 else ''}}}")
    one = run(WAVES.format(timeline=", ".join(plain)))
    two = run(WAVES.format(timeline=", ".join(plain + busy)))
    assert len(two.world.crowd.log) > len(one.world.crowd.log) + 500
    for k in range(300):
        t = k * 0.2 + 0.05
        assert crowd_at(two, t) == pytest.approx(crowd_at(one, t), rel=1e-9), t
    assert one.total["breaches"] == two.total["breaches"] > 1
    for what in ("crowd breaks through", "runway cleared"):
        assert noted(two, what) == pytest.approx(noted(one, what), abs=1e-9)
    searched = [(a.search, b.search) for a, b in zip(one.world.run.groups, two.world.run.groups, strict=True)]
    assert any(a.search > a.ready for a in one.world.run.groups), "the crowd has closed the gate at least once"
    assert all(a == b or a == pytest.approx(b, abs=1e-9) for a, b in searched)
    assert two.waits() == pytest.approx(one.waits(), abs=1e-6)


_start = st.floats(0, 5000)


@settings(max_examples=60, deadline=None)
@given(
    start=_start,
    flow=st.floats(-2000, 2000),
    dispersal=st.sampled_from([0.0, 0.05, 0.7]),
    above=st.floats(0, 4000),
    t=st.floats(0.1, 40),
)
@example(start=0, flow=-100, dispersal=0.0, above=0, t=10)
@example(start=1000, flow=-100, dispersal=0.0, above=1000, t=10)
@example(start=1000, flow=100, dispersal=0.0, above=1000, t=10)
@example(start=1000, flow=-100, dispersal=0.5, above=0, t=40)
def test_excess_is_the_integral(start: float, flow: float, dispersal: float, above: float, t: float) -> None:
    """Integral of max(0, C - above) against numerical integration, cut where the crowd crosses."""
    course = Course(start, flow, dispersal)
    cuts = [x for x in (course.reaches(above), course._zero()) if 0 < x < t]
    numeric, _ = quad(lambda x: max(0.0, course.at(x) - above), 0, t, points=cuts or None, limit=200)
    assert course.excess(above, t) == pytest.approx(numeric, rel=1e-6, abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(start=_start, flow=st.floats(-2000, 2000), dispersal=st.sampled_from([0.0, 0.05, 0.7]), level=st.floats(1, 6000))
def test_reaches_is_where_the_course_crosses(start: float, flow: float, dispersal: float, level: float) -> None:
    course = Course(start, flow, dispersal)
    t = course.reaches(level)
    if t < 1e6:
        assert course.at(t) == pytest.approx(level, rel=1e-6)
    elif level != start:
        assert all((course.at(x) - level) * (start - level) >= -1e-6 * level for x in (0.1, 1, 10, 100, 1e4))


def test_a_course_never_falls_below_nobody_and_says_when_it_gets_there() -> None:
    """Lines reach zero after start / −flow; with dispersal d from C0 towards E = flow / d < 0 after ln((C0 − E) / −E) / d."""
    falling, rising, still = (Course(1000, flow, 0.0) for flow in (-100, 100, 0))
    assert (falling.at(4), falling.at(10), falling.at(11)) == (600, 0, 0)
    assert [c._zero() for c in (falling, rising, still)] == [10, math.inf, math.inf]
    held_off, fading = Course(1000, -100, 0.5), Course(1000, 0, 0.5)
    assert held_off._zero() == pytest.approx(math.log((1000 + 200) / 200) / 0.5)
    assert held_off.at(held_off._zero() + 1) == 0
    assert fading._zero() == math.inf
    assert Course(1000, 100, 0.5)._zero() == math.inf
    assert [Course(0, flow, d)._zero() for flow in (100, 0, -100) for d in (0.0, 0.5)] == [0, 0, *[math.inf] * 4]


def test_a_course_reaches_only_what_lies_ahead() -> None:
    """Lines after (level − start) / flow, others after ln((C0 − E) / (level − E)) / d, E itself never."""
    falling, rising, still = (Course(1000, flow, 0.0) for flow in (-100, 100, 0))
    assert [c.reaches(400) for c in (falling, rising, still)] == [6, math.inf, math.inf]
    assert [c.reaches(1600) for c in (falling, rising, still)] == [math.inf, 6, math.inf]
    assert [c.reaches(level) for c in (falling, rising, still) for level in (1000, math.inf)] == [math.inf] * 6
    growing, shrinking = Course(0, 1000, 0.1), Course(2000, 100, 0.1)
    assert growing.reaches(3000) == pytest.approx(-10 * math.log(0.7))
    assert shrinking.reaches(1500) == pytest.approx(10 * math.log(1000 / 500))
    assert [growing.reaches(10000), shrinking.reaches(1000), shrinking.reaches(500), shrinking.reaches(2500)] == [math.inf] * 4


def test_the_excess_of_a_line_is_a_triangle() -> None:
    """From 1,000 down by 100 an hour: above 400 for 6 h, half of 6 x 600; from 0 up it begins where it crosses."""
    assert Course(1000, -100, 0.0).excess(400, 20) == pytest.approx(6 * 600 / 2)
    assert Course(1000, -100, 0.0).excess(400, 2) == pytest.approx(2 * 600 - 2 * 200 / 2)
    assert Course(1000, -100, 0.0).excess(0, 20) == pytest.approx(10 * 1000 / 2)
    assert Course(0, 100, 0.0).excess(400, 6) == pytest.approx(2 * 200 / 2)
    assert Course(0, 100, 0.0).excess(400, 4) == 0
    assert Course(400, 100, 0.0).excess(400, 3) == pytest.approx(3 * 300 / 2)
    assert Course(400, -100, 0.0).excess(400, 3) == 0


# -- the gates -------------------------------------------------------------------------------------------------------


def slowed(crowd: str, gate: str = "") -> Run:
    return run(f"""
        clock: {{horizon: 60 h}}
        airport: {{gates: {{main: {{lanes: 1, per_group: 1 h{gate}}}}}, crowd: {{{crowd}}}}}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: {{people: 20, group: 10, starts: gate}}}}}}}}
    """)


def test_the_crowd_slows_a_gate() -> None:
    """speed = 1 / (1 + 1000 / 500) = 1/3: a search of 1 h takes 3 h, of which 2 are the crowd's."""
    r = slowed("start: 1000, slows: 500")
    assert moments(r, "searched") == [3, 6]
    assert r.waits() == {"crowd": 10 * 2 + 10 * 2 + 10 * 3}


def test_a_slowed_gate_is_the_search_as_long_as_the_crowd_is_the_smaller_part() -> None:
    """speed = 1 / (1 + 250 / 500) = 2/3: the line waits for the search, the longer service is the crowd's."""
    r = slowed("start: 250, slows: 500")
    assert moments(r, "searched") == [1.5, 3]
    assert r.waits() == {"crowd": pytest.approx(10 * 0.5 * 2), "search": pytest.approx(10 * 1.5)}


def test_speed_is_taken_when_the_search_begins() -> None:
    """1,000 people who go at 1,000 an hour: the first search begins among them, the second without them."""
    r = run("""
        airport: {gates: {main: {lanes: 1, per_group: 1 h}}, crowd: {start: 1000, slows: 500}}
        security: {phases: [{begins: start, provider: none}], host: {holds_off: 1000 people/h}}
        missions: {m: {order: {at: start}, cohorts: {c: {people: 20, group: 10, starts: gate}}}}
    """)
    assert moments(r, "searched") == [3, 4]


def test_the_crowd_passes_by_a_gate_that_is_not_exposed() -> None:
    r = slowed("start: 1000, slows: 500, close_above: 10", ", exposed: false")
    assert moments(r, "searched") == [1, 2]
    assert r.waits() == {"search": 10}


HYSTERESIS = """
    clock: {{horizon: 60 h}}
    threat:
      timeline: [{{at: start, level: contested}}, {{at: 5 h, level: stable}}]
      effects: {{contested: {{crowd: 1000 people/h}}}}
    airport: {{gates: {{main: {{}}}}, crowd: {{dispersal: 0.1 /h, close_above: 3000{more}}}}}
    missions: {{m: {{order: {{at: {at}}}, cohorts: {{c: 10}}}}}}
"""
CLOSES = -10 * math.log(1 - 3000 / 10000)
PEAK = 10000 * (1 - math.exp(-0.5))


@pytest.mark.parametrize(("more", "opens"), [(", open_below: 1000", 1000), ("", 1500), (", open_below: 3000", 3000)])
def test_gates_close_above_and_open_below(more: str, opens: float) -> None:
    """C rises towards 10,000 until 5 h and then decays; closed from C = 3000 until C = open_below."""
    again = 5 + 10 * math.log(PEAK / opens)
    for at, searched in [
        (CLOSES - 0.01, CLOSES - 0.01),
        (CLOSES + 0.01, again),
        (again - 0.01, again),
        (again + 0.01, again + 0.01),
    ]:
        r = run(HYSTERESIS.format(more=more, at=f"{at:.12f} h"))
        assert r.out_h == pytest.approx(searched, abs=1e-9)
        assert r.waits() == ({"crowd": pytest.approx(10 * (searched - at))} if searched > at else {})


@pytest.mark.parametrize(
    ("limits", "left"), [("close_above: 800, open_below: 2", 2), ("close_above: 800, open_below: 1", 1), ("close_above: 1", 0.5)]
)
def test_gates_open_when_next_to_nobody_is_left(limits: str, left: float) -> None:
    """900 at the start leave at a rate of 1/h: as many are left after ln(900 / left) hours."""
    r = run(f"""
        airport: {{gates: {{main: {{}}}}, crowd: {{start: 900, dispersal: 1 /h, {limits}}}}}
        missions: {{m: {{order: {{at: start}}, cohorts: {{c: 10}}}}}}
    """)
    assert r.out_h == pytest.approx(math.log(900 / left))


def test_gates_begin_closed_if_the_crowd_is_there_already() -> None:
    """800 > 500 at the start; half of 500 is reached after ln(800/250) / 0.5 h."""
    r = run("""
        airport: {gates: {main: {reopening: 15 min}}, crowd: {start: 800, dispersal: 0.5 /h, close_above: 500}}
        missions: {m: {order: {at: start}, cohorts: {c: 10}}}
    """)
    opens = math.log(800 / 250) / 0.5 + 0.25
    assert r.out_h == pytest.approx(opens)
    assert r.waits() == {"crowd": pytest.approx(10 * opens)}


# -- what drives it --------------------------------------------------------------------------------------------------


def test_outer_screening_holds_off_until_it_collapses() -> None:
    """500 an hour come, 300 are held off until the collapse at 5 h."""
    r = run(f"""
        airport: {{crowd: {{inflow: 500 people/h}}}}
        security: {{phases: [{{begins: start, provider: none}}], host: {{holds_off: 300 people/h, collapse: {{at: 5 h}}}}}}
        {PEOPLE}
    """)
    assert crowd_at(r, 5) == pytest.approx(5 * 200)
    assert crowd_at(r, 8) == pytest.approx(5 * 200 + 3 * 500)


def test_the_crowd_is_never_negative() -> None:
    """More are held off than come: 400 people are gone after 2 h, and it grows from zero after the collapse."""
    r = run(f"""
        airport: {{crowd: {{start: 400, inflow: 100 people/h}}}}
        security: {{phases: [{{begins: start, provider: none}}], host: {{holds_off: 300 people/h, collapse: {{at: 5 h}}}}}}
        {PEOPLE}
    """)
    assert [crowd_at(r, t) for t in (1, 2, 4, 5, 8)] == pytest.approx([200, 0, 0, 0, 300])
    assert min(r.timeline["crowd"]) == 0


def test_news_of_flights_draws_people() -> None:
    """Three departures at 0.5 h double the inflow (flights: 3) from the news at 2 h on; at 6 h they are older than 4 h."""
    r = run("""
        airport: {crowd: {inflow: 100 people/h, news: {every: 2 h, window: 4 h, flights: 3}}}
        lift:
          types: {p: {seats: 10}}
          fleets: {f: {aircraft: p, number: 3, available: 30 min, sorties: 1}, g: {aircraft: p, available: 9 h}}
        missions: {m: {order: {at: start}, cohorts: {c: 30}}, n: {order: {at: 9 h}, cohorts: {c: 1}}}
    """)
    assert r.departures() == [(0.5, 10)] * 3 + [(9, 1)]
    assert [crowd_at(r, t) for t in (2, 4, 6, 8)] == pytest.approx([200, 200 + 400, 200 + 800, 200 + 800 + 200])


def test_a_force_that_mans_the_perimeter_damps_the_inflow() -> None:
    """100 an hour, halved while 100 troops man the perimeter; they shrink by a quarter each hour from 5 h on."""
    r = run(f"""
        airport: {{crowd: {{inflow: 100 people/h}}}}
        security:
          providers: {{guard: {{force: {{headcount: 100, perimeter: 100, crowd: 0.5, withdrawal: {{begins: 4 h, takes: 4 h}}}}}}}}
          phases: [{{begins: start, provider: guard}}]
        {PEOPLE}
    """)
    assert crowd_at(r, 5) == pytest.approx(5 * 50)
    assert crowd_at(r, 8) == pytest.approx(5 * 50 + 3 * 100)


def test_an_incident_draws_or_scatters_the_crowd() -> None:
    """At 2 h half of the crowd leaves at once; for the next 3 h the inflow is tripled."""
    r = run(f"""
        airport:
          crowd: {{start: 100, inflow: 100 people/h}}
          incidents: {{shots: {{at: 2 h, lasts: 3 h, disperses: 50%, crowd: 3}}}}
        {PEOPLE}
    """)
    assert [crowd_at(r, t) for t in (1.999999, 2, 5, 6)] == pytest.approx([300, 150, 150 + 900, 150 + 900 + 100], rel=1e-5)


def test_scattering_opens_the_gates() -> None:
    r = run("""
        airport:
          gates: {main: {}}
          crowd: {start: 1000, close_above: 600}
          incidents: {shots: {at: 2 h, disperses: 80%}}
        missions: {m: {order: {at: start}, cohorts: {c: 10}}}
    """)
    assert r.out_h == 2
    assert r.waits() == {"crowd": 20}


# -- breach ----------------------------------------------------------------------------------------------------------


BREACH = """
    clock: {{horizon: 300 h}}
    threat:
      timeline: [{{at: 5 h, level: contested}}, {{at: 20 h, level: stable}}]
      effects: {{contested: {{crowd: 400 people/h}}}}
    security:
      providers: {{guard: {{force: {{headcount: 250}}, operator: {{}}}}}}
      phases: [{{begins: start, provider: guard}}]
    airport:
      crowd:
        start: 800
        inflow: 30 people/h
        dispersal: 0.1 /h
        breach: {{rate: 0.12 /h, above: 500, strength: 500, clear: 6 h}}
    lift: {{types: {{p: {{seats: 10}}}}, fleets: {{f: {{aircraft: p, available: 299 h}}}}}}
    missions: {{m: {{order: {{at: start}}, cohorts: {{c: 10}}}}}}
"""


def analytic(t: float) -> float:
    """C(t) of that scenario, written down independently."""

    def step(c0: float, inflow: float, dt: float) -> float:
        return inflow / 0.1 + (c0 - inflow / 0.1) * math.exp(-0.1 * dt)

    if t <= 5:
        return step(800, 30, t)
    if t <= 20:
        return step(step(800, 30, 5), 430, t - 5)
    return step(step(step(800, 30, 5), 430, 15), 30, t - 20)


@pytest.mark.parametrize("replication", range(4))
def test_breach_comes_when_the_hazard_has_used_up_its_budget(replication: int) -> None:
    """Integral of rate/1000 x (C - 500)+ / (1 + 250/500) to the moment of the breach equals the unit-exponential draw."""
    r = run(BREACH.format(), replication=replication)
    first = noted(r, "crowd breaks through")[0]
    budget = r.world.run.streams[r.world.crowd.plan.budget].at(0)
    below = 10 * math.log((analytic(0) - 300) / (500 - 300))
    points = [p for p in (below, 5.0, 20.0) if p < first]
    total, _ = quad(lambda t: max(0.0, analytic(t) - 500), 0, first, points=points or None, limit=500)
    assert 0.12 / 1000 / 1.5 * total == pytest.approx(budget, rel=1e-7)
    assert noted(r, "runway cleared")[0] == pytest.approx(first + 6)


def steady(more: str = "", force: str = "{begins: start, provider: none}") -> Run:
    """A crowd of 1,500 that does not change, 1,000 above the limit; troops as given; nobody to move before the end."""
    return run(
        f"""
        clock: {{horizon: 2000 h}}
        security: {{providers: {{guard: {{force: {{headcount: 500}}}}}}, phases: [{force}]}}
        airport: {{crowd: {{start: 1500, breach: {{rate: 0.5 /h, above: 500, strength: 500, clear: 6 h{more}}}}}}}
        missions: {{m: {{order: {{at: 2000 h}}, cohorts: {{c: 10}}}}}}
        """
    )


def test_perimeter_strength_halves_the_hazard() -> None:
    """Troops as many as ``strength``: the same draw lasts twice as long."""
    nobody, troops = steady(), steady(force="{begins: start, provider: guard}")
    budget = nobody.world.run.streams[nobody.world.crowd.plan.budget].at(0)
    assert noted(nobody, "crowd breaks through")[0] == pytest.approx(budget / 0.5)
    assert noted(troops, "crowd breaks through")[0] == pytest.approx(2 * budget / 0.5)


def test_breaches_follow_each_other_with_new_draws() -> None:
    """The second budget is spent from the moment when the runway is clear."""
    r = steady()
    budgets = [r.world.run.streams[r.world.crowd.plan.budget].at(k) for k in range(3)]
    times, clear = noted(r, "crowd breaks through"), noted(r, "runway cleared")
    assert times[:3] == pytest.approx([budgets[0] / 0.5, clear[0] + budgets[1] / 0.5, clear[1] + budgets[2] / 0.5])
    assert r.total["breaches"] == len(times)


def test_time_to_the_breach_is_exponential() -> None:
    """Hazard 0.5 an hour: the mean of 200 is 2 h within 5 standard errors (0.71); 63 % are below it (5 se: 17 %)."""
    first = [
        noted(r, "crowd breaks through")[0]
        for r in run_many(
            """
            clock: {horizon: 60 h}
            security: {phases: [{begins: start, provider: none}]}
            airport: {crowd: {start: 1500, breach: {rate: 0.5 /h, above: 500, clear: 60 h}}}
            missions: {m: {order: {at: 60 h}, cohorts: {c: 10}}}
            """,
            200,
        )
    ]
    assert sum(first) / 200 == pytest.approx(2, abs=5 * 2 / math.sqrt(200))
    assert sum(t < 2 for t in first) / 200 == pytest.approx(1 - math.exp(-1), abs=5 * 0.034)


def test_troops_clear_the_runway_and_some_of_the_crowd_goes() -> None:
    """500 troops with clear_strength 250: 6 h / (1 + 2); then 40 % of the crowd is gone."""
    r = steady(", clear_strength: 250, disperses: 40%", force="{begins: start, provider: guard}")
    first, clear = noted(r, "crowd breaks through")[0], noted(r, "runway cleared")[0]
    assert clear - first == pytest.approx(6 / 3)
    assert crowd_at(r, clear) == pytest.approx(1500 * 0.6)


@pytest.mark.parametrize("why", ["rate: 0", "above: 1500", "no phases"])
def test_no_breach_without_a_hazard(why: str) -> None:
    """Not without a rate, not by a crowd that is not above the limit, not where the airport is secured without limit."""
    text = """
        clock: {horizon: 2000 h}
        security: {phases: [{begins: start, provider: none}]}
        airport: {crowd: {start: 1500, breach: {rate: 9 /h, above: 500}}}
        missions: {m: {order: {at: 2000 h}, cohorts: {c: 10}}}
    """
    text = {
        "rate: 0": text.replace("rate: 9 /h", "rate: 0 /h"),
        "above: 1500": text.replace("above: 500", "above: 1500"),
        "no phases": text.replace("phases: [{begins: start, provider: none}]", "phases: []"),
    }[why]
    assert run(text).total["breaches"] == 0


def test_a_breach_stops_the_runway() -> None:
    """The aircraft comes an hour after the breach; those inside wait for it, and then for the runway to be clear."""
    first = noted(run(BREACH.format()), "crowd breaks through")[0]
    late = BREACH.format().replace("available: 299 h", f"available: {first + 1:.9f} h")
    r = run(late)
    assert r.out_h == pytest.approx(first + 6)
    assert r.waits() == {"seats": pytest.approx(10 * first), "crowd": pytest.approx(10 * 6)}
