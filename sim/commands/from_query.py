"""A command made from a query: its options are the query's fields, its answer is shown by the study's own ``table``."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.commands.options import AsJson
from sim.console import give, give_json, plain, say, show, show_progress, width
from sim.studies.query import Entry, Query, Simulating

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.studies.preparing import Prepared

QUIETLY = Annotated[bool, typer.Option("--quiet", help="No progress, no table; faults are still said.")]


def command_of(query: type[Query]) -> Callable[..., int]:
    """The function of a command: it reads the query, has it answered and shows the answer; its result is the exit status."""

    def command(json: bool = False, quiet: bool = False, **typed: Any) -> int:
        from sim.studies.engine import answer

        question = query.of(**_by_field(query, typed))
        with show_progress(quiet or not isinstance(question, Simulating)) as progress:
            answered = answer(question, progress, _nothing if quiet else say, _nothing if quiet else say_first)
        if json:
            give_json(answered.as_json())
        elif not quiet:
            from sim.present.cells import kept_in

            columns = width()
            parts = import_module(f"sim.studies.{query.verb}.table").shown(answered, columns)
            if answered.folder is not None:
                parts.append(kept_in(answered.folder, answered.outputs))
            show(*(plain(part) if isinstance(part, str) else part for part in parts), width=columns)
        lines = answered.unfinished()
        for line in lines:
            say(line)
        return int(getattr(answered, "status", 3 if lines else 0))

    quietly = [_named("quiet", QUIETLY, False)] if issubclass(query, Simulating) else []
    return described(command, query, [_named("json", AsJson, False), *quietly])


def described(command: Callable[..., int], query: type[Query], more: Sequence[inspect.Parameter]) -> Callable[..., int]:
    """*command* with the name, the text and the options of *query*, and *more* of them."""
    parameters = [*map(_parameter, query.entries()), *more]
    command.__name__ = query.verb
    command.__doc__ = inspect.getdoc(query)
    setattr(command, "__signature__", inspect.Signature(parameters, return_annotation=int))  # noqa: B010 - typer reads it
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command


def serving_command(query: type[Query]) -> Callable[..., int]:
    """The command of a session: it gives its address, and ends with Ctrl-C."""

    def command(quiet: bool = False, **typed: Any) -> int:
        from sim.serve.live import serve
        from sim.serve.query import ServeQuery

        question = query.of(**_by_field(query, typed))
        assert isinstance(question, ServeQuery)
        with show_progress(quiet=True) as progress:
            serve(question, progress, _nothing if quiet else say, _nothing if quiet else say_first, give)
        return 0

    return described(command, query, [_named("quiet", QUIETLY, False)])


def _nothing(_: object) -> None:
    pass


def _by_field(query: type[Query], typed: dict[str, Any]) -> dict[str, Any]:
    """What was typed, by field; what wasn't is left to the defaults."""
    values = {e.name: not typed[e.name] if e.option.inverse else typed[e.name] for e in query.entries()}
    return {name: value for name, value in values.items() if value is not None}


def _parameter(entry: Entry) -> inspect.Parameter:
    """The parameter that typer makes an option or argument of."""
    about, default = entry.option, _default(entry)
    kind: Any = bool if entry.flag else int if entry.type in (int, int | None) else Path if entry.type is Path else str
    if entry.many:
        kind = list[kind]
    if not about.names:
        return _named(entry.name, Annotated[kind, typer.Argument(metavar=about.metavar, help=about.help)], default)
    # typer would put a text that stands for the default in parentheses
    stands = "" if about.default_text is None or about.read is not None else f"  [default: {about.default_text}]"
    how: dict[str, Any] = {"help": about.help + stands}
    if not entry.flag:
        how |= {"metavar": about.metavar, "min": about.least, "max": about.most}
    if default is None and not entry.needed:
        kind = kind | None
    return _named(entry.name, Annotated[kind, typer.Option(*about.names, **how)], default)


def _default(entry: Entry) -> Any:
    """The default as typer shows it; none of what must be given."""
    if entry.needed:
        return inspect.Parameter.empty
    if entry.flag:
        return False  # a flag that is set says what isn't the default
    text = entry.option.default_text
    if entry.option.read is not None and text is not None:
        return text  # which can be read
    if entry.default is None or entry.many or text is not None:
        return None  # the query has the default
    return entry.default if isinstance(entry.default, int | Path) else entry.option.write(entry.default)


def _named(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def say_first(one: Prepared) -> None:
    """What is to be said of a scenario before it is simulated: why it cannot work, and what can hardly have been meant."""
    for reason in one.impossible:
        say(f"{one.given}: cannot get everybody out: {reason}")
    for text in one.warnings:
        say(f"{one.given}: warning: {text}")
