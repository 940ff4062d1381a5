"""``compare --same-orders``: who is ordered, and when, is the base's; what is left is what the airport does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import api
from sim.analysis.outcomes import orders_apart
from sim.analysis.paired import Differences
from sim.present.same_orders import HINT, split
from sim.scenario import Loaded, loads
from sim.studies.same_orders import SameOrdersError
from tests.analysis.filled import filled
from tests.test_cli import Command, evacsim

__all__ = ["evacsim"]

SOURCE = """
title: A scenario
clock: {start: 2021-09-12 06:00, horizon: 20 d}
road: {drive: {uniform: [1 h, 3 h]}}
security:
  absence_known: 30 d
  reactions: {share: 0.5, decides: {uniform: [10 d, 40 d]}, goes: 5 d}
  providers: {troops: {force: {headcount: 100, per_lane: 20}}}
  phases: [{begins: start, provider: none}]
  host: {lanes: 1}
airport: {gates: {main: {lanes: 5, per_person: 20 min/person}}}
missions:
  a: {reaction: {tier: 1}, order: {at: {uniform: [1 d, 5 d]}}, cohorts: {core: 100, local: 60}}
  b: {reaction: {tier: 1}, order: {when: gone a}, cohorts: {core: {people: 40, group: 10}}}
  c: {order: {at: 3 d}, cohorts: {core: 40}}
"""
TROOPS = "security.phases=[{begins: start, provider: troops}]"


def scenario(name: str, *overrides: str) -> Loaded:
    return loads(SOURCE, f"{name}.yaml", overrides)


def compared(
    folder: Path, *others: Loaded, base: Loaded | None = None, n: int = 25, jobs: int = 1, **more: Any
) -> api.Comparison:
    base = base or scenario("nobody")
    return api.compare(base, *others, n=n, out=folder, plots=False, **{"jobs": 1, **more})


def test_a_scenario_that_is_the_base_differs_in_nothing(tmp_path: Path) -> None:
    """Every column of every table, and every difference is zero."""
    found = compared(tmp_path, scenario("same"), same_orders=True)
    (difference,) = found.same_orders or ()
    assert difference["orders_apart"] == 0
    for key in ("left_behind", "p_all_out", "hours_within_horizon", "out_before"):
        assert difference["total"][key]["difference"] == 0, key
    (study,) = found.ordered_as_base
    for table in ("cohorts", "missions", "replications", "timeline"):
        assert getattr(study, table).equals(getattr(found.studies[0], table)), table


def test_the_other_has_the_orders_of_the_base(tmp_path: Path) -> None:
    """With troops nobody reacts: under the base's orders some are out before the start all the same, and the rest is quicker."""
    found = compared(tmp_path, scenario("troops", TROOPS), same_orders=True)
    (whole,), (part,) = found.differences, found.same_orders or ()
    assert whole["orders_apart"] > 0.5
    assert part["orders_apart"] == 0
    assert (
        whole["total"]["out_before"]["other"] == 0 < part["total"]["out_before"]["other"] == part["total"]["out_before"]["base"]
    )
    (study,) = found.ordered_as_base
    assert orders_apart(found.studies[0].result, study.result) == 0
    assert part["total"]["hours_within_horizon"]["difference"] < 0, "five lanes for one"
    assert part["other"] == "troops-ordered-as-nobody"
    assert part["other_title"] == "A scenario, ordered out as in nobody"


def test_what_its_own_orders_make_of_it_has_an_interval(tmp_path: Path) -> None:
    """The rest of the difference, from the pairs themselves; said where the two parts are, and the tables are as they were."""
    town = "missions.c.order.at=476 h"  # four hours before the end, when not all of 40 get through a lane in time
    found = compared(tmp_path, scenario("early", "missions.c.order.at=3 d"), base=scenario("late", town), same_orders=True)
    (whole,), (part,) = found.differences, found.same_orders or ()
    own = part["own_orders"]["total"]
    assert list(part["own_orders"]["missions"]) == ["a", "b", "c"]
    of_c = part["own_orders"]["missions"]["c"]
    assert of_c["fewer_left_behind"] == own["fewer_left_behind"], "the others are out in time either way"
    parts = part["total"]["left_behind"]["difference"] + own["left_behind"]["difference"]
    assert parts == pytest.approx(whole["total"]["left_behind"]["difference"], abs=2e-6)
    left = [study.replications.sort("replication") for study in (*found.ordered_as_base, found.studies[1])]
    fewer, more = (frame["stranded"].to_numpy() + frame["unfinished"].to_numpy() for frame in reversed(left))
    assert own["fewer_left_behind"]["fewer"]["estimate"] == pytest.approx(np.mean(fewer < more))
    assert own["fewer_left_behind"]["fewer"]["low"] > 0.5
    assert own["pairs"] == own["sets"] == 25
    ordered = (found.found.differences[0], (found.found.same_orders or ())[0])
    assert "With early, its orders alone, against those of late: fewer people are left behind in 25 of 25 replications" in split(
        *ordered
    )


def test_never_where_the_base_never_orders(tmp_path: Path) -> None:
    never = [f"missions.{m}.order=null" for m in "abc"]
    base = scenario("never", *never, "security.reactions=null")
    found = compared(tmp_path, scenario("troops", TROOPS), base=base, n=5, same_orders=True)
    (part,) = found.same_orders or ()
    (study,) = found.ordered_as_base
    assert study.replications["never_ordered"].to_list() == [240] * 5
    assert np.isinf(study.cohorts["ordered_h"].to_numpy()).all()
    assert part["total"]["never_ordered"]["difference"] == 0


@pytest.mark.costly
def test_two_processes_and_a_resumed_run_give_the_same(tmp_path: Path) -> None:
    other = scenario("troops", TROOPS)
    one = compared(tmp_path / "one", other, n=30, jobs=1, same_orders=True)
    compared(tmp_path / "two", other, n=12, jobs=1, same_orders=True)
    two = compared(tmp_path / "two", other, n=30, jobs=2, same_orders=True)
    assert one.same_orders == two.same_orders
    mine, theirs = one.ordered_as_base[0].result.folder, two.ordered_as_base[0].result.folder
    assert mine.relative_to(tmp_path / "one") == theirs.relative_to(tmp_path / "two")
    for table in ("cohorts", "missions", "replications", "timeline"):
        assert (mine / f"{table}.parquet").read_bytes() == (theirs / f"{table}.parquet").read_bytes(), table


def test_it_is_kept_apart_from_the_run_of_the_scenario(tmp_path: Path) -> None:
    """Its own folder and id, by both scenarios; kept like any result, so that a second command simulates nothing."""
    other = scenario("troops", TROOPS)
    found = compared(tmp_path, other, n=5, same_orders=True)
    folder = found.ordered_as_base[0].result.folder
    assert folder.parent.name == "troops-ordered-as-nobody"
    assert folder != found.studies[1].result.folder
    assert api.open_result(folder).table("missions").equals(found.ordered_as_base[0].missions)
    assert json.loads((folder / "summary.json").read_text())["ordered_as"] == "nobody"
    elsewhere = compared(tmp_path, other, base=scenario("nobody", "missions.c.order.at=4 d"), n=5, same_orders=True)
    assert elsewhere.ordered_as_base[0].result.folder != folder
    stored = json.loads((found.folder / "summary.json").read_text())
    assert stored["same_orders"] == json.loads(json.dumps(list(found.same_orders or ())))
    assert found.summary["same_orders"] == list(found.same_orders or ())


def test_without_the_flag_there_is_nothing_of_it(tmp_path: Path) -> None:
    found = compared(tmp_path, scenario("troops", TROOPS), n=5)
    assert found.same_orders is None
    assert "same_orders" not in found.summary


def test_other_cohorts_are_refused(tmp_path: Path) -> None:
    more = scenario("more", "missions.d={cohorts: {core: 1, late: 1}}")
    with pytest.raises(SameOrdersError) as error:
        compared(tmp_path, more, same_orders=True)
    assert str(error.value) == "--same-orders: expected the same cohorts, but more has d/core and 1 more, and nobody not"
    with pytest.raises(SameOrdersError, match="but more has d/core and 1 more, and nobody not"):
        compared(tmp_path, scenario("nobody"), base=more, same_orders=True)
    assert not list(tmp_path.iterdir()), "nothing was simulated"


def test_what_is_written_adds_up() -> None:
    def said(difference: float, pairs: int = 10) -> Differences:
        total = {"left_behind": {"difference": difference}}
        return filled(Differences, other="o", base="b", pairs=pairs, total=total)

    assert (
        split(said(-120.4), said(-100.4))
        == "Left behind, o against b: −120 people = −100 under the same orders and −20 by its own orders."
    )
    assert split(said(10.6), said(-30.6)).endswith("+11 people = −31 under the same orders and +42 by its own orders.")
    assert "can't be said" in split(said(1), said(1, 9))


def test_the_command(evacsim: Command, tmp_path: Path) -> None:
    """A line names the flag where orders differ; with it there are a second table and the split; 2 where it can't be."""
    (tmp_path / "nobody.yaml").write_text(SOURCE)
    (tmp_path / "troops.yaml").write_text("extends: nobody.yaml\nsecurity: {phases: [{begins: start, provider: troops}]}\n")
    (tmp_path / "more.yaml").write_text("extends: nobody.yaml\nmissions: {d: {cohorts: {core: 1}}}\n")
    usual = ("compare", "nobody.yaml", "troops.yaml", "-n", "6", "--jobs", "1", "--no-plots")
    hint = " ".join(HINT.split())
    plain = evacsim(*usual)
    assert plain.status == 0, plain.err
    assert hint in " ".join(plain.out.split())
    asked = evacsim(*usual, "--same-orders")
    assert asked.status == 0, asked.err
    flat = " ".join(asked.out.split())
    assert hint not in flat
    assert "A scenario, ordered out as in nobody, against A scenario" in flat
    assert "under the same orders and" in flat
    found = evacsim(*usual, "--same-orders", "--json").json
    assert [d["other"] for d in found["same_orders"]] == ["troops-ordered-as-nobody"]
    itself = evacsim("compare", "nobody.yaml", "nobody.yaml", "-n", "2", "--jobs", "1", "--no-plots")
    assert "--same-orders" not in itself.out
    refused = evacsim("compare", "nobody.yaml", "more.yaml", "-n", "2", "--same-orders")
    assert refused.status == 2
    assert refused.lines[-1] == "evacsim: --same-orders: expected the same cohorts, but more has d/core, and nobody not"
