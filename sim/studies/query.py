"""A question, written once: a field of a query is an option of its command and an argument of its function.

    @dataclass(frozen=True, kw_only=True)
    class DeadlineQuery(StudyQuery):
        \"\"\"How late a mission can still decide.\"\"\"

        verb = "deadline"
        dates: int = option(9, "--dates", metavar="N", least=2, most=1000, help="Size of the first grid.")

From it come the command (``sim.commands.from_query``), the function that ``import sim`` gives, the command line that a manifest
keeps (:meth:`Query.words`) and the key of the folder in which the answer lies (:meth:`Query.key`).  This module and those of the
queries import nothing heavy, for ``evacsim --help`` reads them all.
"""

from __future__ import annotations

import dataclasses
import os
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, get_origin, get_type_hints

from sim.scenario.errors import SaidInLines

if TYPE_CHECKING:
    from sim.scenario import Loaded
    from sim.studies.inputs_option import Drawing

    Given = str | os.PathLike[str] | Loaded
    """A scenario: a file, a shipped name, or one that is loaded already."""
else:
    Given = Any


RESULTS = Path("results")
"""Where results are kept if nothing else is said."""


class QueryError(SaidInLines, ValueError):
    """What is asked for makes no sense, or not for these scenarios; a line for each fault, which names the option."""


@dataclass(frozen=True)
class Option:
    """How a field of a query is said on the command line and in Python."""

    names: tuple[str, ...]
    """``--dates``, or several; none of an argument, which has its place instead of a name."""
    help: str
    metavar: str | None = None
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    """The only texts that are right, where there are few."""
    read: Callable[[Any], Any] | None = None
    """From what was typed, or given in Python, to the field's value; raises ValueError, which says what was expected."""
    write: Callable[[Any], Any] = str
    """Back to what a person would type; a list of texts where the option is repeated."""
    default_text: str | None = None
    """What ``--help`` says of the default where the default itself doesn't tell."""
    inverse: bool = False
    """A flag that turns the field off."""
    asks: bool = True
    """Whether it is part of the question.  How it is computed, where it is kept and how it is drawn isn't."""


def option(default: Any, *names: str, **how: Any) -> Any:
    """A field with a default that is an option; *how* as :class:`Option` has it."""
    return dataclasses.field(default=default, metadata={"option": Option(names, **how)})


def required(*names: str, **how: Any) -> Any:
    """A field without a default: an option that must be given or, without *names*, an argument."""
    return dataclasses.field(metadata={"option": Option(names, **how)})


@dataclass(frozen=True)
class Entry:
    """A field of a query with its option and the type that is written for it."""

    name: str
    option: Option
    type: Any
    default: Any
    own: bool
    """Whether it is of this query alone, and not one that many have."""

    @property
    def many(self) -> bool:
        """Whether it may be repeated."""
        return get_origin(self.type) is tuple

    @property
    def flag(self) -> bool:
        """Whether it is turned on, or off, by its name alone."""
        return self.type is bool

    @property
    def needed(self) -> bool:
        return self.default is dataclasses.MISSING

    def value(self, given: Any) -> Any:
        """The field's value from what is given; raises :class:`QueryError`."""
        if self.option.read is not None and given is not None:
            try:
                given = self.option.read(given)
            except QueryError:
                raise
            except ValueError as error:
                raise QueryError("\n".join(f"{self.label}: {line}" for line in str(error).splitlines())) from None
        self._within(given)
        if self.option.choices and given not in self.option.choices:
            *first, last = self.option.choices
            raise QueryError(f"{self.label}: expected {', '.join(first)} or {last}, got {_shown(given)}")
        if self.many:
            alone = isinstance(given, str | os.PathLike) or not isinstance(given, Iterable)
            return (given,) if alone else tuple(given)
        return Path(given) if self.type is Path else given

    def _within(self, number: Any) -> None:
        """Raises :class:`QueryError` where a number is beyond its limits."""
        least, most = self.option.least, self.option.most
        if not isinstance(number, int) or isinstance(number, bool):
            return
        if (least is not None and number < least) or (most is not None and number > most):
            limit = f"at least {least:,}" if least is not None and number < least else f"at most {most:,}"
            raise QueryError(f"{self.label}: expected {limit}, got {number:,}")

    @property
    def label(self) -> str:
        """What a fault calls it."""
        return self.option.names[-1] if self.option.names else self.option.metavar or self.name.upper()

    def words(self, value: Any) -> list[str]:
        """The option as a person would type it; nothing where it is left at its default."""
        if value == self.default or value is None:
            return []
        if self.flag:
            return [self.option.names[-1]]
        texts = self.option.write(value) if not self.many or self.option.write is not str else map(str, value)
        return [word for text in ([texts] if isinstance(texts, str) else texts) for word in (self.option.names[-1], text)]


@dataclass(frozen=True, kw_only=True)
class Query:
    """A question that a command answers."""

    verb: ClassVar[str]
    """The command's name, and that of the function in Python."""
    short: ClassVar[str]
    """What the list of commands says of it."""
    gives: ClassVar[str] = "Answer"
    """The class of the answer, in the study's ``answer``."""
    rank: ClassVar[int] = 100
    """Its place in the list of commands."""
    absent: ClassVar[tuple[str, ...]] = ()
    """Options that many commands have and this one hasn't."""
    positional: ClassVar[tuple[str, ...]] = ()
    """Fields that the function in Python takes by their place too, after the scenarios."""

    @classmethod
    @cache
    def entries(cls) -> tuple[Entry, ...]:
        """Its fields: arguments, its own options, then those that many commands have."""
        types = get_type_hints(cls)
        homes = {name: base for base in cls.__mro__ if base in SHARED for name in base.__annotations__}
        known = [
            Entry(f.name, f.metadata["option"], types[f.name], f.default, f.name not in homes)
            for f in dataclasses.fields(cls)
            if f.name not in cls.absent
        ]
        order = [None, *reversed(SHARED)]
        return tuple(sorted(known, key=lambda e: (bool(e.option.names), order.index(homes.get(e.name)))))

    @classmethod
    def of(cls, *scenarios: Any, **given: Any) -> Self:
        """The query from the arguments of a call or the texts of a command line; raises :class:`QueryError` and TypeError."""
        left = list(scenarios)
        for entry in cls.entries():
            if not left:
                break
            if not entry.option.names or entry.name in cls.positional:
                given[entry.name], left = (tuple(left), []) if entry.many and not entry.option.names else (left[0], left[1:])
        if left:
            raise TypeError(f"{cls.verb}() got {len(left)} positional arguments too many")
        known = {entry.name: entry for entry in cls.entries()}
        if unknown := [name for name in given if name not in known]:
            raise TypeError(f"{cls.verb}() got an unexpected keyword argument {unknown[0]!r}")
        if missing := [e.name for e in cls.entries() if e.needed and e.name not in given]:
            raise TypeError(f"{cls.verb}() needs {', '.join(missing)}")
        return cls(**{name: known[name].value(value) for name, value in given.items()})

    def words(self) -> list[str]:
        """Its own options as a person would type them, but for those left at their defaults."""
        return [
            word
            for entry in self.entries()
            if entry.own and entry.option.names and entry.option.asks
            for word in entry.words(getattr(self, entry.name))
        ]

    def key(self) -> dict[str, Any]:
        """What else than the scenarios and the seed changes the answer, as plain data: digested it names the answer's folder."""
        return {
            entry.name: entry.option.write(value) if value is not None else None
            for entry in self.entries()
            if entry.own and entry.option.names and entry.option.asks
            for value in (getattr(self, entry.name),)
        }


@dataclass(frozen=True, kw_only=True)
class Checking(Query):
    """What all questions have that are about checked scenarios."""

    overrides: tuple[str, ...] = option(
        (), "--set", metavar="PATH=VALUE", help="Overrides one entry of every scenario; may be repeated."
    )
    allow_large: bool = option(
        False, "--allow-large", help="Runs what is beyond the stated budget of loads and memory.", asks=False
    )


@dataclass(frozen=True, kw_only=True)
class Simulating(Checking):
    """What all questions have that are answered by simulation."""

    n: int = option(200, "-n", "--replications", metavar="N", least=1, most=1_000_000, help="Replications of each scenario.")
    seed: int = option(1, "--seed", metavar="N", least=0, most=2**63 - 1, help="Seed of all draws, for every scenario.")
    jobs: int | None = option(
        None,
        "--jobs",
        metavar="N",
        least=1,
        most=1024,
        help="Processes; results do not depend on it.",
        default_text="one per core",
        asks=False,
    )
    cluster: str | None = option(
        None,
        "--cluster",
        metavar="ADDRESS",
        help="Works on a Dask scheduler's workers: tcp://HOST:PORT, tls://HOST:PORT or its file.",
        asks=False,
    )
    inputs: str | None = option(
        None,
        "--inputs",
        metavar="ranges|values|SETS",
        help="Draws what the scenarios give ranges for, holds it as written, or takes it from a calibration's file.",
        write=lambda given: portable(given),
        default_text="the file that a scenario names, else ranges",
    )
    per_set: int = option(2, "--per-set", metavar="M", least=1, most=1000, help="Replications that share a set of inputs.")
    out: Path = option(RESULTS, "--out", metavar="FOLDER", help="Where results are kept.", asks=False)
    csv: bool = option(False, "--csv", help="Writes the tables as CSV too.")
    xlsx: bool = option(False, "--xlsx", help="Writes a workbook too: the answer, its tables, the inputs, how it was made.")
    plots: bool = option(True, "--no-plots", help="No plots.", inverse=True, asks=False)
    svg: bool = option(False, "--svg", help="Draws the pictures as SVG too.")

    def command(self, scenarios: Sequence[str]) -> str:
        """The command that gives this answer, without user, host, absolute path, address or number of processes."""
        drawn_alone = () if self.plots else ("svg",)
        common = [
            word
            for entry in self.entries()
            if not entry.own and entry.option.asks and entry.name not in ("n", "seed", *drawn_alone)
            for word in entry.words(getattr(self, entry.name))
        ]
        names = [portable(given) for given in scenarios]
        count = [] if self.n is None else ["-n", str(self.n)]  # None: as many as it takes
        return shlex.join(["evacsim", self.verb, *names, *self.words(), *count, "--seed", str(self.seed), *common])

    @cached_property
    def drawing(self) -> Drawing:
        """Whether inputs are drawn, and from what; raises ScenarioError where the file of a calibration is none."""
        from sim.studies.inputs_option import Drawing

        return Drawing.of(self.inputs, self.per_set)

    def most_replications(self) -> int | None:
        """Replications to do at the most, None where that shows only as they are done."""
        return None


@dataclass(frozen=True, kw_only=True)
class Precise(Simulating):
    """What questions about scenarios as they are have: how precise the answer has to be, and how it is told."""

    until: tuple[str, ...] = option(
        (),
        "--until",
        metavar="MEASURE: WIDTH",
        help='Adds replications until the number is known so precisely, as in "total.p90: 3 h" or "total.left_behind: 5 %"; '
        "may be repeated; -n is then the least number.",
        write=lambda targets: [" ".join(target.split()) for target in targets],
    )
    most: int | None = option(
        None,
        "--most",
        metavar="N",
        least=1,
        most=1_000_000,
        help="Most replications that --until may take.",
        default_text="12800",
    )
    by: str = option(
        "mission", "--by", metavar="mission|cohort", choices=("mission", "cohort"), help="Rows of the table.", asks=False
    )
    mission: str | None = option(
        None,
        "--mission",
        metavar="NAME",
        help="Narrows the answer to one mission, and draws when it is out.",
        default_text="all of them",
        asks=False,  # the folder is the same whatever is shown of it
    )


SHARED = (Query, Checking, Simulating, Precise)


def each_point(n: int | None, **how: Any) -> Any:
    """The number of replications of a study of many points."""
    return option(n, "-n", "--replications", metavar="N", least=1, most=1_000_000, help="Replications of each point.", **how)


def scenario_files() -> Any:
    """The scenarios of a study of one or several."""
    return required(metavar="SCENARIO", help="Scenario files, shipped names, or - for standard input.")


def addresses(default: tuple[str, ...], help: str, **how: Any) -> Any:
    """The measures of a study."""
    return option(default, "--measure", metavar="ADDRESS", help=f"Such as {help}; may be repeated.", **how)


def confidence() -> Any:
    """How likely what is asked for has to be, a share."""
    words = "How likely all are to be out, such as 90% or 0.9."
    how = {"read": share, "write": lambda value: f"{value:g}", "default_text": "90%"}
    return option(0.9, "--confidence", metavar="SHARE", help=words, **how)


LEAST_SHARE = 1e-4
"""Nearer to 0 or to 1 a share would take more than 36,000 replications to be told from it."""


def share(given: Any) -> float:
    """A share that no sample tells from 0 and 1, both excluded, from a number or a text such as ``90%``; raises ValueError."""
    from sim.scenario.number import scalar

    value = scalar(given, "share") if isinstance(given, str) else float(given)
    if not LEAST_SHARE <= value <= 1 - LEAST_SHARE:
        between = f"between {100 * LEAST_SHARE:g} % and {100 * (1 - LEAST_SHARE):g} %"
        raise ValueError(f"expected a share {between}, such as 90%, got {_shown(given)}")
    return value


def hours(given: Any) -> float:
    """A time in hours, from a number of hours or a text such as ``6 h``; raises ValueError."""
    from sim.scenario.number import scalar

    return scalar(given, "time") if isinstance(given, str) else float(given)


def written_hours(value: float) -> str:
    """Hours as a person would type them."""
    return f"{value:g} h"


def _shown(given: Any) -> str:
    return f'"{given[:40]}"' if isinstance(given, str) else f"{given:g}" if isinstance(given, float) else repr(given)


def name_of(given: Given) -> str:
    """What a scenario is called: its file as it was given, or its name if it is loaded already."""
    return os.fspath(given) if isinstance(given, str | os.PathLike) else given.name


def portable(given: str) -> str:
    """A path as it was given if it stays under the current folder, else the file's name alone."""
    path = Path(given)
    return path.name if path.is_absolute() or ".." in path.parts or given.startswith("~") else given
