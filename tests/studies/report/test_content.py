"""What a page is called, and what it says of where and when."""

from __future__ import annotations

from dataclasses import replace

from sim.analysis.found import NoAnswer
from sim.present.labels import labels_of
from sim.present.page.shown import Shown
from sim.studies.report.content import SECTIONS, SIMULATED, content, page_of, subject, title_of
from sim.studies.report.studies import TO_DO
from tests.analysis.synthetic import Fake


def shown(*titles: str, starts: tuple[str, ...] = (), places: tuple[str, ...] = ()) -> list[Shown]:
    """Scenarios of these titles that nothing was found of."""
    names = [f"case-{k}" for k in range(len(titles))]
    labels = labels_of(names, titles)
    starts, places = starts or ("2021-09-12 06:00",) * len(titles), places or ("",) * len(titles)
    made = []
    for name, title, label, start, place in zip(names, titles, labels, starts, places, strict=True):
        result = Fake(name=name, title=title, n=2, scenario_text=f"clock: {{start: '{start}', horizon: 30 d}}\n")
        none = NoAnswer(scenario=name, title=title, replications=2, failed=2, final=False)
        made.append(Shown(result, none, "", label, {}, {}, (), place, {}))
    return made


def test_a_page_is_called_by_its_scenarios_up_to_four() -> None:
    """Of one the title, or else the name; of more what tells them apart as a question, and what they have in common before it."""
    assert title_of([]) == "evacsim"
    assert title_of(shown("The embassy leaves")) == "The embassy leaves"
    assert title_of(shown("")) == "case-0"
    assert title_of(shown("Turkish forces stay", "Nobody stays", "A wall holds")) == (
        "Turkish forces stay, or nobody stays or a wall holds?"
    )
    four = ["Red holds", "Blue waits", "Green leaves", "Grey sleeps"]
    assert title_of(shown(*four)) == "Red holds, or Blue waits or Green leaves or Grey sleeps?"
    assert title_of(shown(*four, "Black looks")) == "5 scenarios, compared with Red holds"
    alike = shown("Nobody there while the capital falls", "A brigade there while the capital falls")
    assert title_of(alike) == "While the capital falls: nobody there, or a brigade there?"


def test_a_page_says_where_and_on_which_days_it_is_supposed_to_happen() -> None:
    """Each place and day once, of the days no more than two."""
    assert subject([]) == ""
    one = shown("A", places=("Kabul airport",))
    assert subject(one) == f"Kabul airport. The scenario starts on 12 September 2021. {SIMULATED}"
    assert subject(shown("A", "B")) == f"The scenarios start on 12 September 2021. {SIMULATED}"
    two = shown("A", "B", "C", starts=("2021-09-14 06:00", "2021-08-01 00:00", "2021-08-01 18:00"), places=("X", "Y", "X"))
    assert subject(two) == f"X / Y. The scenarios start on 1 August 2021 and 14 September 2021. {SIMULATED}"
    days = ("2021-09-14 06:00", "2021-08-01 00:00", "2021-08-02 00:00")
    assert subject(shown("A", "B", "C", starts=days)) == (
        f"The scenarios start on 1 August 2021 and 2 August 2021 and others. {SIMULATED}"
    )


def test_a_page_has_the_sections_that_have_something_to_show_in_their_order() -> None:
    """Studies go to their own sections, in the order in which they are given; a mission that is none of these opens nothing."""
    one, two = ({"section": "decisions", "verb": "plan", "title": title, "do": []} for title in ("one", "two"))
    other = {"section": "matters", "verb": "sensitivity", "title": "other", "do": []}
    made = content(shown("A", "B"), studies=[one, other, two], command="evacsim report x", mission="nowhere")
    sections = [(each["id"], each["title"]) for each in made["sections"]]
    assert sections == [(name, SECTIONS[name]) for name in ("answer", "matters", "decisions", "making")]
    assert (made["decisions"], made["matters"]) == ({"studies": [one, two]}, {"studies": [other]})
    assert not {"comparison", "checks", "replay", "mission"} & made.keys()
    assert made["made"] == {"command": "evacsim report x"}
    assert [(each["name"], each["title"], each["replications"]) for each in made["scenarios"]] == [
        ("case-0", "A", 2),
        ("case-1", "B", 2),
    ]
    assert (made["scenarios"][0]["start"], made["scenarios"][0]["horizon_h"]) == ("2021-09-12T06:00", 720.0)


def test_what_a_study_advises_is_in_the_answer() -> None:
    """A study that looks at what matters or checks advises nothing, whatever it says."""
    given = [
        {"section": "decisions", "verb": verb, "title": verb, "do": [f"what {verb} says"]}
        for verb in ("calibrate", *reversed(TO_DO))
    ]
    said = [text for text, *_ in content(shown("A"), studies=given)["answer"]["do"]]
    assert [text for text in said if text.startswith("what ")] == [f"what {verb} says" for verb in TO_DO]


def test_a_page_opens_with_the_sentences_of_its_mission() -> None:
    """They stand in the text itself, of those scenarios that have the mission, before the sentence of each scenario."""
    one, other = shown("A", "B")
    given = [replace(one, headline="All of A.", sentences={"north": "North of A."}), replace(other, headline="All of B.")]
    text = page_of({"version": "0", "scenarios": [], "titles": {}, "sections": [], "mission": "north"}, given)
    assert text.index("North of A.") < text.index("All of A.") < text.index("All of B.")
    plain = page_of({"version": "0", "scenarios": [], "titles": {}, "sections": []}, given)
    assert "North of A." not in plain
    assert "connect-src" not in plain
