"""The scenarios that a session offers, read once: those that are named, or the family of provider and threat they are of."""

from __future__ import annotations

import os
import shlex
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.analysis.matrix import PROVIDERS, THREATS, arrange, split
from sim.scenario import Layers, Loaded, cautions, estimate, impossible
from sim.scenario.files import PREFIX, STDIN, shipped_names
from sim.serve.query import ServeQuery
from sim.studies.cost import Cost
from sim.studies.preparing import Prepared, TooLarge
from sim.studies.query import QueryError, portable

FIRST = f"{PREFIX}turkish-collapse"
"""What is shown first where no scenario is named."""


@dataclass
class Entry:
    """One scenario on offer."""

    name: str
    """What the page calls it by; no two have the same."""
    given: str
    """As the command line takes it."""
    provider: str | None = None
    """Who secures the airport, where the scenarios are a family by provider and threat."""
    threat: str | None = None
    layers: Layers | None = field(default=None, repr=False)
    """Its files, once they are read."""
    base: Prepared | None = field(default=None, repr=False)
    """As it is without any setting of the page, once it is checked."""


class Family:
    """All scenarios on offer.

    Those that are named are read and checked when the session begins; the shipped ones of their family when they are wanted.
    What their files said then is what they say in all of the session.
    """

    def __init__(self, query: ServeQuery) -> None:
        """Reads and checks those that are named.

        Raises:
            ScenarioError: all faults of the first that has any.
            TooLarge: a scenario beyond the budget, where that is not allowed.
        """
        self._query = query
        self._loading = threading.RLock()
        named = [os.fspath(one) for one in query.scenarios] or [FIRST]  # type: ignore[arg-type]
        if STDIN in named:
            raise QueryError("serve: expected files, since what is saved extends its scenario, got standard input")
        layers = {one: Layers.of(one) for one in named}
        family = _relatives(named[0]) if len(layers) == 1 else []
        stems = [one.removeprefix(PREFIX) if one in family else layers[one].load(query.overrides).name for one in layers]
        stems += [one.removeprefix(PREFIX) for one in family if one not in layers]
        given = list(dict.fromkeys([*layers, *family]))
        names = _different(stems)
        grid = arrange(names)
        self.providers, self.threats = grid or ([], [])
        self.entries: dict[str, Entry] = {}
        for name, one in zip(names, given, strict=True):
            provider, threat = (split(name) or (None, None)) if grid else (None, None)
            self.entries[name] = Entry(name, one, provider, threat, layers.get(one))
        for entry in self.entries.values():
            if entry.layers is not None:
                self.base(entry)

    @property
    def first(self) -> Entry:
        """The one that the page shows first."""
        return next(iter(self.entries.values()))

    @property
    def named(self) -> list[Prepared]:
        """Those that the command line names."""
        return [entry.base for entry in self.entries.values() if entry.base is not None]

    def base(self, entry: Entry) -> Prepared:
        """The scenario as it is without any setting of the page; raises ScenarioError and TooLarge."""
        with self._loading:
            if entry.base is None:
                entry.base = self._prepared(entry, ())
            return entry.base

    def title(self, entry: Entry) -> str:
        """What it is called."""
        return self.base(entry).loaded.scenario.title or entry.name

    def choices(self, entry: Entry) -> tuple[str, ...]:
        """Who could secure the airport instead: a button each, where the scenario isn't one of a family."""
        return tuple(self.base(entry).loaded.scenario.security.providers) if entry.provider is None else ()

    def prepared(self, entry: Entry, settings: Sequence[str]) -> Prepared:
        """The scenario with *settings* after those of the command line; raises ScenarioError and TooLarge."""
        return self._prepared(entry, settings) if settings else self.base(entry)

    def overrides(self, settings: Sequence[str]) -> tuple[str, ...]:
        """All ``--set`` of a scenario: those of the command line that *settings* don't replace, and these."""
        mine = {text.partition("=")[0].strip() for text in settings}
        return (*(text for text in self._query.overrides if text.partition("=")[0].strip() not in mine), *settings)

    def command(self, entry: Entry, settings: Sequence[str], n: int) -> str:
        """The ``run`` that gives the same answer."""
        sets = [word for text in self.overrides(settings) for word in ("--set", text)]
        return self._run([portable(entry.given), *sets], n)

    def command_of_file(self, name: str, n: int) -> str:
        """The ``run`` of a file that says all settings."""
        return self._run([name], n)

    def _run(self, words: list[str], n: int) -> str:
        query = self._query
        words = ["evacsim", "run", *words]
        words += ["-n", str(n), "--seed", str(query.seed)]
        shared = [e for e in query.entries() if e.name in ("inputs", "per_set", "allow_large")]
        return shlex.join([*words, *(word for e in shared for word in e.words(getattr(query, e.name)))])

    def _prepared(self, entry: Entry, settings: Sequence[str]) -> Prepared:
        with self._loading:  # the layers remember what they have read
            loaded = self._query.drawing.of_scenario(self._layers(entry).load(self.overrides(settings)))
        excess = estimate(loaded.scenario).excess or Cost.of(1, self._query.n, [loaded.scenario]).excess
        if excess and not self._query.allow_large:
            raise TooLarge(f"{portable(entry.given)}: {excess}")
        return Prepared(loaded, entry.given, tuple(impossible(loaded.scenario)), tuple(cautions(loaded.scenario)))

    def _layers(self, entry: Entry) -> Layers:
        if entry.layers is None:
            entry.layers = Layers.of(entry.given)
        return entry.layers

    def over(self, entry: Entry, text: str) -> Loaded:
        """The scenario with *text* merged over its files, as a file that extends it would be."""
        with self._loading:
            return self._query.drawing.of_scenario(self._layers(entry).over(text))


def _relatives(given: str) -> list[str]:
    """The shipped scenarios of every provider against every threat, if *given* is one of them."""
    family = [f"{PREFIX}{provider}-{threat}" for threat in THREATS for provider in PROVIDERS]
    return [name for name in shipped_names() if name in family] if given in family else []


def _different(names: Sequence[str]) -> list[str]:
    """The names, the second of two equal ones with a number."""
    counts = [list(names[: k + 1]).count(name) for k, name in enumerate(names)]
    return [name if count == 1 else f"{name}-{count}" for name, count in zip(names, counts, strict=True)]
