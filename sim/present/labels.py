"""What scenarios and missions are called in a picture: their titles, of scenarios only what tells them apart."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import takewhile

from sim.analysis.outcomes import Stored, contents

LONG = 80
"""Characters of a label; of a longer one the end is cut."""


JOINTS = frozenset({"while", "when", "where", "with", "without", "in", "at", "by", "after", "before", "as", "and", "of", "on"})
"""Words before which a title may be cut."""


def labels(results: Sequence[Stored]) -> list[str]:
    """Titles without the words that all of them begin or end with; names where two have one title, the second with a number."""
    return labels_of([r.name for r in results], [r.title for r in results])


def labels_of(names: Sequence[str], titles: Sequence[str]) -> list[str]:
    """The same of names and titles."""
    plain = [" ".join(title.split()) or name for name, title in zip(names, titles, strict=True)]
    whole = [name if plain.count(title) > 1 else title for name, title in zip(names, plain, strict=True)]
    return _numbered([_cut(part) for part in _distinct(whole)])


def shared(results: Sequence[Stored]) -> str:
    """The words with which all titles end, as the title of what they have in common; empty where that is less than two words."""
    titles = [r.title.split() for r in results]
    words = _tail(titles, keep=2) if len(results) > 1 else []
    return _first_up(" ".join(words)) if len(words) > 1 else ""


def wrapped(label: str, width: int = 24, most: int = 3) -> str:
    """A label in lines of at most *width* characters; *most* of them, the rest cut."""
    return "\n".join(textwrap.wrap(label, width, max_lines=most, placeholder=" …"))


def mission_titles(result: Stored) -> dict[str, str]:
    """Mission -> its title, for missions that have one."""
    missions = contents(result.scenario_text).get("missions")
    entries = missions.items() if isinstance(missions, dict) else ()
    return {str(name): str(each["title"]) for name, each in entries if isinstance(each, dict) and each.get("title")}


def _distinct(titles: Sequence[str]) -> list[str]:
    words = [title.split() for title in titles]
    if len(words) < 2 or min(map(len, words)) < 2:
        return list(titles)
    head = len(_head(words, keep=1))
    words = [each[head:] for each in words]
    tail = len(_tail(words, keep=2))
    parts = [" ".join(each[: len(each) - tail]).strip(" ,;:") for each in words]
    return [_first_up(part) for part in parts] if all(parts) else list(titles)


def _head(words: Sequence[Sequence[str]], keep: int) -> list[str]:
    """Words that all begin with, so that *keep* are left of each."""
    most = max(min(map(len, words)) - keep, 0)
    return [same[0] for same in takewhile(lambda each: len(set(each)) == 1, zip(*(w[:most] for w in words), strict=True))]


def _tail(words: Sequence[Sequence[str]], keep: int) -> list[str]:
    """Words that all end with, from one on that begins a part of a sentence, so that *keep* are left of each."""
    tail = _head([w[::-1] for w in words], keep)[::-1]
    return next((tail[k:] for k, word in enumerate(tail) if word in JOINTS), [])


def _first_up(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _cut(label: str) -> str:
    return textwrap.shorten(label, LONG, placeholder=" …")


def _numbered(names: Sequence[str]) -> list[str]:
    numbers = [names[: k + 1].count(name) for k, name in enumerate(names)]
    return [name if number == 1 else f"{name} ({number})" for name, number in zip(names, numbers, strict=True)]
