"""What parameters are called: every number of a scenario has words, and so has every slug."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sim.analysis.naming import Named, label, named, titles_of, told_apart, values_phrase, whose_of, word
from sim.analysis.parameter_names import SECTIONS
from sim.scenario import Layers
from sim.scenario.shapes import ROOT, Shape

TITLES = {"united-states": "United States"}


@pytest.mark.parametrize(
    ("path", "text", "sentence"),
    [
        (
            "missions.united-states.cohorts.families.ready",
            "United States, families: time to get ready",
            "time to get ready (United States, families)",
        ),
        ("missions.north.order.delay", "North: time from the trigger to the order", "time from the trigger to the order (north)"),
        ("missions.*.cohorts.local.people", "All missions, local: people", "people (all missions, local)"),
        ("airport.gates.abbey.lanes", "Abbey gate: search lanes", "search lanes at Abbey gate"),
        ("airport.gates.*.lanes", "All gates: search lanes", "search lanes at all gates"),
        ("lift.fleets.us-c17.number", "US C-17 fleet: aircraft", "aircraft of the US C-17 fleet"),
        ("lift.fleets.*.number", "All fleets: aircraft", "aircraft of all fleets"),
        ("lift.fleets.*.turn", "All fleets: ground time at the hub", "ground time at the hub (all fleets)"),
        ("security.providers.turkish.officers", "Turkish force: consular officers", "consular officers with the Turkish force"),
        ("security.host.lanes", "Host nation: search lanes", "search lanes of the host nation"),
        ("hubs.al-udeid.beds", "Al Udeid: beds", "beds at Al Udeid"),
        ("threat.stay.contested", "Threat level contested: how long it lasts", "how long it lasts (threat level contested)"),
        ("airport.incidents.gate-attack.rate.fallen", "Incident gate attack: rate at level fallen", None),
        ("airport.incidents.gate-attack.rate.*", "Incident gate attack: rate", None),
        ("airport.incidents.gate-attack.at.1", "Incident gate attack: date 2", None),
        (
            "security.providers.turkish.force.withdrawal.begins.fallen",
            "Turkish force: start of its withdrawal, after “fallen”",
            None,
        ),
        ("security.providers.turkish.force.build_up.1.headcount", "Turkish force: troops from step 2 of the build-up on", None),
        (
            "airport.crowd.close_above + airport.crowd.open_below",
            "Crowd above which exposed gates close",
            "crowd above which exposed gates close",
        ),
        ("warning", "Warning before the fall", "warning before the fall"),
        ("a-group", "A group", "a group"),  # of a file of factors
        ("airport.gates.abbey.exposed", "Abbey: whether the crowd slows and closes it", None),  # in the words of the reference
        ("road.delays of my own", "Road.delays of my own", "road.delays of my own"),  # a group of somebody's
        ("no.such.path", "no.such.path", "no.such.path"),
    ],
)
def test_what_it_is_and_whose(path: str, text: str, sentence: str | None) -> None:
    assert label(path, TITLES) == text
    assert sentence is None or named(path, TITLES).phrase == sentence


def test_only_a_mission_has_the_title_of_a_mission() -> None:
    """A gate, a place, a provider or a cohort may have the same name as one."""
    titles = {"north": "Embassy of the North"}
    assert whose_of("missions.north.cohorts.core.ready", titles) == "Embassy of the North, Core"
    assert whose_of("missions.south.cohorts.north.ready", titles) == "south, North"
    for path in ("airport.gates.north.lanes", "hubs.north.beds", "places.north.spots", "security.providers.north.officers"):
        assert whose_of(path, titles) == "North"


def test_a_value_of_what_is_counted_stands_before_it() -> None:
    lanes = named("airport.gates.abbey.lanes")
    assert lanes.with_value("4") == "4 search lanes at Abbey gate"
    assert lanes.with_value("1") == "1 search lane at Abbey gate"
    assert lanes.with_value("{uniform: [1, 2]}") == "search lanes at Abbey gate = {uniform: [1, 2]}"
    assert named("airport.holding").with_value("900 people") == "places in the holding area = 900 people"
    both = {"airport.gates.abbey.lanes": "4", "warning": "2 d", "lift.fleets.us-c17.number": "20"}
    assert values_phrase(both) == (
        "4 search lanes at Abbey gate, warning before the fall = 2 d and 20 aircraft of the US C-17 fleet"
    )
    assert values_phrase({"warning": "2 d"}) == "warning before the fall = 2 d"


def test_the_path_stands_beside_for_those_who_type_it() -> None:
    assert Named("search lanes", "Abbey gate", "at Abbey gate").with_path("a.b") == "search lanes at Abbey gate (a.b)"
    assert Named("time", "North").with_path("a.b") == "time (North; a.b)"
    assert Named("time").with_path("a.b") == "time (a.b)"
    assert told_apart(["lift.types.c-17.seats", "lift.types.c17.seats", "warning"]) == [
        "C-17: seats (lift.types.c-17.seats)", "C-17: seats (lift.types.c17.seats)", "Warning before the fall",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("slug", "text"),
    [
        ("abbey", "Abbey"), ("us-c17", "US C-17"), ("c-17", "C-17"), ("il-76", "Il-76"), ("danish-c130j", "Danish C-130J"),
        ("uk-a400m", "UK A400M"), ("new-zealand-c130h", "New Zealand C-130H"), ("gate-attack", "Gate attack"),
        ("germany-suvs", "Germany SUVs"), ("un-charter", "UN charter"), ("us-c17-first", "US C-17 first"),
        ("us-c17/4", "US C-17/4"), ("2021", "2021"),
    ],
)  # fmt: skip
def test_a_slug_in_words(slug: str, text: str) -> None:
    assert word(slug) == text


def paths(shape: Shape, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The path of every number and moment that a scenario may have, ``*`` for entries."""
    if shape.form in ("quantity", "moment"):
        yield ".".join(path)
    elif shape.form in ("table", "list") and shape.item is not None:
        for inner in [path, (*path, "*")] if shape.single else [(*path, "*")]:
            yield from paths(shape.item, inner)
    else:
        for name, field in shape.fields.items():
            yield from paths(field, (*path, name))


def test_every_number_of_a_scenario_has_words_and_no_words_are_of_nothing() -> None:
    every = list(paths(ROOT))
    assert len(every) > 150
    for path in every:
        fitting = [section for section in SECTIONS if section.fits(path.split("."))]
        assert fitting, path
        assert len(fitting[0].pattern) == max(len(section.pattern) for section in fitting)  # the narrower before the wider
    said = {f"{section.pattern}.{key}".strip(".") for section in SECTIONS for key in section.names}
    assert said - set(every) == {"security.phases.*.provider"}  # a name, which sweeps try too


def test_missions_have_their_titles() -> None:
    text = "missions: {north: {title: Embassy (of the north), cohorts: {core: 5}}, south: {cohorts: {core: 5}}}"
    assert titles_of([Layers.of_text(text, "x.yaml").load().scenario]) == {"north": "Embassy", "south": "south"}
