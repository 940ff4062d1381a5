"""What a parameter is called where people read it: ``United States, families: time to get ready``; paths are for ``--set``.

One place for all studies, tables, pictures and sentences: :func:`named` splits a path into what it is and whose it is.  The words
stand in :mod:`sim.analysis.parameter_names`; a path without any has the first sentence of the reference.  A name that is none of
a parameter, such as a group of factors, stays in its author's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sim.analysis.parameter_names import ACRONYMS, JOINED, LEVERS, ONE, SECTIONS, Part
from sim.analysis.words import short_titles
from sim.scenario.number import number_and_unit
from sim.scenario.schema import Scenario
from sim.scenario.shapes import ROOT, Shape

Titles = Mapping[str, str]
"""Mission -> its title."""
NO_TITLES: Titles = {}
_MAKERS = "(c|il|an|mh|ch|uh)"
"""Beginnings of what aircraft are called, with a hyphen before the number."""
_COUNTED = re.compile(r"[0-9][0-9,]*")


@dataclass(frozen=True)
class Named:
    """A parameter in words."""

    what: str
    """``time to get ready``."""
    whose: str = ""
    """``United States, families``, ``Abbey gate``; empty where there is one alone."""
    joined: str = ""
    """The same as a sentence has it after *what*: ``at Abbey gate``; empty: in parentheses."""

    @property
    def label(self) -> str:
        """The heading of a row or an axis: ``United States, families: time to get ready``."""
        text = f"{self.whose}: {self.what}" if self.whose else self.what
        return text if "." in text and " " not in text else first_up(text)  # a path that nobody knows stays as it is

    @property
    def phrase(self) -> str:
        """Part of a sentence: ``search lanes at Abbey gate``, ``time to get ready (United States, families)``."""
        return f"{self.what}{self._place}"

    @property
    def subject(self) -> str:
        """The subject of a sentence with its verb in the singular: ``the number of search lanes at Abbey gate``."""
        return f"the number of {self.phrase}" if self.what in ONE else self.phrase

    def with_value(self, value: str) -> str:
        """It at a value: ``4 search lanes at Abbey gate``, ``time to get ready (United States, families) = 24 h``."""
        if self.what in ONE and _COUNTED.fullmatch(value):
            return f"{value} {self.counted(float(value.replace(',', '')))}"
        return f"{self.phrase} = {_spaced(value)}"

    def with_path(self, path: str) -> str:
        """The same with the path that ``--set`` takes: ``time to get ready (United States, families; missions.…)``."""
        if self.what == path:
            return path
        if self.whose and not self.joined:
            return f"{self.what} ({self.whose}; {path})"
        return f"{self.phrase} ({path})"

    def counted(self, number: float) -> str:
        """So many of what is counted, without the number: ``search lane at Abbey gate``."""
        return f"{ONE.get(self.what, self.what) if number == 1 else self.what}{self._place}"

    @property
    def _place(self) -> str:
        return f" {self.joined}" if self.joined else f" ({self.whose})" if self.whose else ""


def named(name: str, titles: Titles = NO_TITLES) -> Named:
    """The words of a path (with ``*`` for all of a table), of several joined by `` + ``, or of a name that is no path."""
    path = name.partition(" + ")[0]
    if path in LEVERS:
        return Named(LEVERS[path])
    parts = path.split(".")
    if len(parts) < 2 and parts[0] not in ROOT.fields:
        return Named(first_down(word(path)))
    for section in SECTIONS:
        found = section.fits(parts)
        if found is not None:
            rest, owners = found
            whose = section.whose(owners, lambda part, owner: _owner(part, owner, titles))
            if rest not in JOINED:
                return Named(rest, whose)
            article = section.joined.removesuffix(" the") if "*" in owners else section.joined  # of the fleet, of all fleets
            return Named(rest, whose, f"{article} {whose}" if article else "")
    if not _is_place(parts):
        return Named(path)
    return Named(first_down(about(path)) or path, whose_of(path, titles))


def _is_place(parts: Sequence[str]) -> bool:
    """Whether a scenario may have something at that path."""
    shape: Shape | None = ROOT
    for part in parts:
        if shape is None or (shape.form == "section" and part not in shape.fields):
            return False
        shape = shape.below(part) or (shape if shape.form in ("moment", "condition", "quantity", "leaf") else None)
    return True


def label(name: str, titles: Titles = NO_TITLES) -> str:
    """The heading of a row or an axis, as :attr:`Named.label`."""
    return named(name, titles).label


def phrase(name: str, titles: Titles = NO_TITLES) -> str:
    """Part of a sentence, as :attr:`Named.phrase`."""
    return named(name, titles).phrase


def values_phrase(values: Mapping[str, str], titles: Titles = NO_TITLES) -> str:
    """Settings in a sentence: ``4 search lanes at Abbey gate and 20 aircraft of the US C-17 fleet``."""
    each = [named(path, titles).with_value(value) for path, value in values.items()]
    return " and ".join([", ".join(each[:-1]), each[-1]] if len(each) > 2 else each)


def titles_of(scenarios: Iterable[Scenario]) -> dict[str, str]:
    """Mission -> what it is called in text, of all scenarios together: its title, shortened, or its name without one."""
    every = {name: mission.title or name for scenario in scenarios for name, mission in scenario.missions.items()}
    return short_titles(every)


def _spaced(value: str) -> str:
    """A number with a space before its unit: ``24 h`` for ``24h``."""
    return re.sub(r"([0-9.])([A-Za-z%][A-Za-z/%]*)", r"\1 \2", value) if number_and_unit(value) else value


# -- names of things, which scenarios give as slugs --------------------------------------------------------------------


def word(slug: str, every: bool = False) -> str:
    """A slug as one reads it: ``us-c17`` is ``US C-17``, ``gate-attack`` ``Gate attack``; *every*: names of places."""
    slug, slash, number = slug.partition("/")  # an aircraft of a fleet
    tokens = re.sub(rf"\b{_MAKERS}-(?=[0-9])", r"\1", slug).split("-")  # c-17 as c17
    made = [_token(token) for token in tokens]
    made = [t[:1].upper() + t[1:] if every or k == 0 or tokens[k - 1] == "new" else t for k, t in enumerate(made)]
    return f"{' '.join(made)}{slash}{number}"


def _token(token: str) -> str:
    if token in ACRONYMS:
        return ACRONYMS[token]
    aircraft = re.fullmatch(rf"{_MAKERS}([0-9]+)([a-z]?)", token)
    if aircraft:
        maker = aircraft[1].title() if aircraft[1] in ("il", "an") else aircraft[1].upper()
        return f"{maker}-{aircraft[2]}{aircraft[3].upper()}"
    return token.upper() if re.fullmatch(r"[a-z]+[0-9]+[a-z]*", token) else token


def gate_name(slug: str) -> str:
    """``Abbey gate``."""
    return _with("gate", word(slug))


def _with(noun: str, name: str) -> str:
    return name if noun in name.lower().split() else f"{name} {noun}"


def _owner(part: Part, owner: str, titles: Titles) -> str:
    """The name of one entry of a table, or of all."""
    if owner == "*":
        return part.every
    if owner.isdigit():
        owner = f"{int(owner) + 1}"
    kind = part.kind
    if kind == "mission":
        return titles.get(owner, owner)
    if kind == "place":
        return word(owner, every=True)
    if kind == "plain":
        return f"{part.noun} {first_down(word(owner))}".strip()
    return _with(part.noun, word(owner)) if part.noun else word(owner)


def first_up(text: str) -> str:
    """A capital first."""
    return text[:1].upper() + text[1:]


def first_down(text: str) -> str:
    """No capital first, but of what is written in capitals."""
    return text if text[1:2].isupper() or text[1:2] in ("-", "") else text[:1].lower() + text[1:]


# -- what the reference says -------------------------------------------------------------------------------------------


@cache
def about(path: str) -> str:
    """The first sentence of the reference on the parameter at *path*."""
    shape, text = ROOT, ""
    for part in path.split("."):
        if shape.model is not None and part in shape.model.model_fields:
            text = shape.model.model_fields[part].description or text
        shape = shape.below(part) or shape
    text = " ".join(text.split()).removeprefix("... ").removeprefix("or ")
    for end in (". ", "; ", ": "):
        text = text.partition(end)[0]
    text = text.rstrip(" .,:;").replace("``", "")
    if text.count("(") != text.count(")"):  # the sentence ended within parentheses
        text = text.partition(" (")[0]
    return text[:1].upper() + text[1:]


def whose_of(path: str, titles: Titles = NO_TITLES) -> str:
    """The entries of tables that a path goes through, by their names alone: ``United States, families``."""
    parts, shape, names = path.split("."), ROOT, []
    for place, part in enumerate(parts):
        if shape.form == "table" and part != "*":
            names.append(titles.get(part, part) if parts[:place] == ["missions"] else word(part))
        shape = shape.below(part) or shape
    return ", ".join(names)


def told_apart(names: Sequence[str], titles: Titles = NO_TITLES) -> list[str]:
    """Labels of several parameters; the path beside those that would have the same."""
    labels = [label(name, titles) for name in names]
    return [text if labels.count(text) == 1 else f"{text} ({name})" for text, name in zip(labels, names, strict=True)]
