"""A session: what the page asks for, and the answers; from the first look at the scenarios to Ctrl-C."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from sim import __version__
from sim.experiment import OutputError, Progress, SilentProgress, StoreError
from sim.present.page.html import page, policy_of
from sim.scenario import ScenarioError
from sim.serve.answers import Answers
from sim.serve.desk import Desk
from sim.serve.family import Family
from sim.serve.http import Action, Server
from sim.serve.levers import Lever, ordered
from sim.serve.overlay import overlay
from sim.serve.query import ServeQuery
from sim.serve.times import TimeLever
from sim.serve.wishes import Catalogue, Refused, Wish
from sim.studies.engine import pool_of
from sim.studies.inputs_option import notices
from sim.studies.preparing import Prepared, TooLarge
from sim.studies.query import QueryError
from sim.studies.report.content import SECTIONS

Json = dict[str, Any]
TURN = 0.5
"""Seconds between looks whether somebody works still: no signal is missed for longer."""
BROWSER = 64
"""Characters of what a tab calls itself."""
TITLE = "Evacuation, live"


class Live:
    """What the page can ask for."""

    def __init__(self, query: ServeQuery, family: Family, desk: Desk) -> None:
        self._query, self._family = query, family
        self._catalogue = Catalogue(family)
        self._answers = Answers(query, self._catalogue, desk)
        self.interrupted = desk.interrupted

    @property
    def actions(self) -> dict[str, Action]:
        """By the last part of their address."""
        routes: dict[str, Callable[[Mapping[str, Any]], Json]] = {
            "ask": self._ask,
            "page": self._page,
            "levers": self._levers,
            "save": self._save,
        }
        return {name: _checked(answer, self.interrupted) for name, answer in routes.items()}

    def page(self) -> tuple[str, str]:
        """The page and its policy."""
        family = self._family
        sections = [{"id": "live", "title": "What if"}, *({"id": name, "title": title} for name, title in SECTIONS.items())]
        data: Json = {
            "version": __version__,
            "made": {"command": ""},
            "scenarios": [],
            "titles": {},
            "sections": sections,
            "live": {
                "first": family.first.name,
                "entries": [{"name": e.name, "provider": e.provider, "threat": e.threat} for e in family.entries.values()],
                "providers": family.providers,
                "threats": family.threats,
                "looks": list(self._query.looks),
            },
        }
        return page(data, TITLE, live=True), policy_of(live=True)

    def _ask(self, given: Mapping[str, Any]) -> Json:
        """``{"browser", "setting", "pin", "have", "again"}`` -> how far it is, and what is new."""
        browser, have = given.get("browser"), given.get("have", 0)
        if not isinstance(browser, str) or not 0 < len(browser) <= BROWSER:
            raise Refused(f"browser: expected a name of at most {BROWSER} characters")
        if not isinstance(have, int) or isinstance(have, bool):
            raise Refused("have: expected a number of replications")
        return self._answers.ask(browser, self._wish(given), self._pin(given), have, again=given.get("again") is True)

    def _page(self, given: Mapping[str, Any]) -> Json:
        """The sections of the page for a setting."""
        return {"page": self._answers.page(self._wish(given))}

    def _levers(self, given: Mapping[str, Any]) -> Json:
        """The sliders of a scenario, those that matter most first."""
        entry = self._catalogue.entry(given.get("scenario"))
        known = [*self._catalogue.levers(entry).values()]
        times = [lever for lever in known if isinstance(lever, TimeLever)]  # which stand apart, on top
        others = ordered([lever for lever in known if isinstance(lever, Lever)], self._answers.most(entry))
        levers: list[Lever | TimeLever] = [*times, *others]
        about = {"title": self._family.title(entry), "providers": list(self._family.choices(entry))}
        return {"levers": [lever.as_json() for lever in levers], **about}

    def _save(self, given: Mapping[str, Any]) -> Json:
        """The setting as a file for the browser to keep; nothing is written here."""
        wish = self._wish(given)
        prepared = self._family.prepared(wish.entry, wish.settings)
        settings = self._family.overrides(wish.settings)
        name = f"{wish.entry.name}-changed.yaml"
        command = self._family.command_of_file(name, self._query.n)
        text = overlay(wish.entry.given, self._family.title(wish.entry), settings, prepared.loaded.canonical, command)
        if self._family.over(wish.entry, text).digest_text != prepared.loaded.digest_text:
            raise Refused("these settings can't be written as a file that extends the scenario; their --set lines say the same")
        return {"name": name, "text": text}

    def _wish(self, given: Mapping[str, Any]) -> Wish:
        return self._catalogue.wish(given.get("setting"))

    def _pin(self, given: Mapping[str, Any]) -> Wish | None:
        pin = given.get("pin")
        return None if pin is None else self._catalogue.wish(pin)


def _checked(answer: Callable[[Mapping[str, Any]], Json], interrupted: threading.Event) -> Action:
    """The action of a function: what is wrong with a request is a line for each fault, and never a traceback.

    *interrupted* is set by a Ctrl-C that the library of tables took for its own.
    """

    def action(given: Any) -> tuple[HTTPStatus, Json]:
        try:
            if not isinstance(given, Mapping):
                raise Refused("expected an object")
            return HTTPStatus.OK, answer(given)
        except ScenarioError as error:
            lines = [f"{fault.path}: {fault.message}" if fault.path else fault.message for fault in error.faults]
            return HTTPStatus.BAD_REQUEST, {"error": lines[:20]}
        except (Refused, TooLarge, QueryError) as error:
            return HTTPStatus.BAD_REQUEST, {"error": str(error).splitlines()}
        except (OutputError, StoreError) as error:
            return HTTPStatus.SERVICE_UNAVAILABLE, {"error": str(error).splitlines()}
        except KeyboardInterrupt:
            interrupted.set()
            return HTTPStatus.SERVICE_UNAVAILABLE, {"error": ["the server has ended"]}
        except Exception as error:
            text = " ".join(str(error).split())[:300]
            return HTTPStatus.INTERNAL_SERVER_ERROR, {"error": [f"a bug: {type(error).__name__}: {text}"]}

    return action


@contextmanager
def serving(
    query: ServeQuery,
    progress: Progress | None = None,
    tell: Callable[[str], None] = lambda line: None,
    hear: Callable[[Prepared], None] = lambda prepared: None,
) -> Iterator[tuple[Server, Desk]]:
    """A session under way; at its end the workers end, and what they have finished is kept.

    Raises:
        ScenarioError, TooLarge: a scenario that isn't accepted.
        QueryError: a port that can't be had.
    """
    family = Family(query)
    for one in family.named:
        hear(one)
    for line in notices([one.loaded for one in family.named]):
        tell(line)
    with pool_of(query, progress or SilentProgress()) as pool:
        desk = Desk(pool)
        live = Live(query, family, desk)
        try:
            server = Server(query.port, live.page, live.actions)
        except OSError as error:
            raise QueryError(f"--port: cannot listen on {query.port} of 127.0.0.1: {error.strerror}") from None
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="server", daemon=True).start()
        desk.start()
        try:
            yield server, desk
        finally:
            server.shutdown()
            server.server_close()
            desk.stop()


def serve(query: ServeQuery, progress: Progress, tell: Callable[[str], None], hear: Callable[[Prepared], None],
          give: Callable[[str], None]) -> None:  # fmt: skip
    """Serves until Ctrl-C; *give* gets the address.

    Raises:
        KeyboardInterrupt: after Ctrl-C; finished replications are kept.
        Lost: if nobody is left to work.
    """
    with serving(query, progress, tell, hear) as (server, desk):
        give(server.url)
        if query.browser:
            webbrowser.open(server.url)
        while not desk.interrupted.wait(TURN):
            pass
    if desk.failure is not None:
        raise desk.failure
    raise KeyboardInterrupt
