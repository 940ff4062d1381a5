"""What a browser asks for: a scenario on offer and settings over it, checked before anything is done."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.scenario.errors import printable
from sim.serve.family import Entry, Family
from sim.serve.levers import Lever, levers_of
from sim.serve.times import TimeLever, time_levers

MOST_SETTINGS = 200
"""Levers and settings of one wish."""
LONGEST = 2_000
"""Characters of one setting."""


class Refused(ValueError):
    """What a browser asked for is no question; a line for each fault."""


@dataclass(frozen=True)
class Wish:
    """A scenario with settings, as ``run`` takes them."""

    entry: Entry
    settings: tuple[str, ...] = ()
    """``PATH=VALUE`` each, in order."""

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """Equal for equal questions."""
        return self.entry.name, self.settings


class Catalogue:
    """The levers of all scenarios on offer, made when they are first asked for."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self._levers: dict[str, dict[str, Lever | TimeLever]] = {}

    def levers(self, entry: Entry) -> dict[str, Lever | TimeLever]:
        """Those of a scenario, by name."""
        if entry.name not in self._levers:
            loaded = self.family.base(entry).loaded
            drawn = loaded.inputs.names if loaded.inputs is not None else ()
            self._levers[entry.name] = {**time_levers(loaded), **levers_of(loaded.scenario, drawn)}
        return self._levers[entry.name]

    def entry(self, given: Any) -> Entry:
        """The scenario of that name; raises Refused."""
        entry = self.family.entries.get(given) if isinstance(given, str) else None
        if entry is None:
            raise Refused(f"scenario: expected one of {', '.join(self.family.entries)}, got {quoted(given)}")
        return entry

    def wish(self, given: Any) -> Wish:
        """``{"scenario": NAME, "provider": NAME, "levers": {NAME: 0 … 1}, "set": ["PATH=VALUE", …]}``; raises Refused."""
        if not isinstance(given, Mapping):
            raise Refused(f"expected a setting as an object, got {quoted(given)}")
        if unknown := sorted(set(given) - {"scenario", "provider", "levers", "set"}):
            raise Refused(f"expected scenario, provider, levers and set, got {quoted(unknown[0])}")
        entry = self.entry(given.get("scenario"))
        positions, texts = given.get("levers") or {}, given.get("set") or []
        if not isinstance(positions, Mapping) or not isinstance(texts, list):
            raise Refused("expected levers as an object and set as a list")
        if len(positions) + len(texts) > MOST_SETTINGS:
            raise Refused(f"expected at most {MOST_SETTINGS} levers and settings, got {len(positions) + len(texts):,}")
        faults: list[str] = []
        settings = {text.partition("=")[0]: text for text in self._provider(entry, given.get("provider"), faults)}
        for name, at in positions.items():
            for text in self._moved(entry, name, at, faults):
                settings[text.partition("=")[0]] = text
        for text in texts:
            if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
                faults.append(f"set: expected PATH=VALUE, got {quoted(text)}")
            else:
                settings.pop(text.partition("=")[0].strip(), None)  # what is typed holds
        if faults:
            raise Refused("\n".join(faults))
        return Wish(entry, (*settings.values(), *texts))

    def _moved(self, entry: Entry, name: str, at: Any, faults: list[str]) -> tuple[str, ...]:
        lever = self.levers(entry).get(name)
        if lever is None:
            faults.append(f"levers: {entry.name} has no lever {quoted(name)}")
        elif not isinstance(at, int | float) or isinstance(at, bool) or not math.isfinite(at) or not 0 <= at <= 1:
            faults.append(f"{printable(name)}: expected a place in its range from 0 to 1, got {quoted(at)}")
        else:
            return lever.settings(float(at))
        return ()

    def _provider(self, entry: Entry, name: Any, faults: list[str]) -> list[str]:
        """The setting that has one provider secure the airport from the start; nothing where the scenario says who does."""
        if name is None:
            return []
        choices = self.family.choices(entry)
        if name not in choices:
            some = ", ".join(choices) or "none, for the scenario says who"
            faults.append(f"provider: expected one of {some}, got {quoted(name)}")
            return []
        return [f"security.phases=[{{begins: start, provider: {name}}}]"]


def quoted(given: Any) -> str:
    """A value of a request as a fault quotes it."""
    return printable(json.dumps(given, ensure_ascii=False, default=str), 60)
