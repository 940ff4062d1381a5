"""``FACTORS.yaml``: the factors of a sensitivity study and their ranges, written down; faults have file, line and column.

    factors:
      - {path: airport.gates.*.per_person, low: 20 s/person, high: 120 s/person}
      - {path: missions.*.cohorts.families.people, times: [0.5, 2], transform: log}
      - {path: road.speed, group: roads}                # the range of the scenario itself
      - {path: road.delay, times: [0.5, 2], group: roads}   # moves together with the one above

``*`` stands for one part of a path, and all that match move together; ``PREFIX.**`` for every factor below, each for itself.
Low and high are values (of the mean, for a distribution); ``times`` multiplies each parameter's own value instead.
"""

from __future__ import annotations

from typing import Any

from sim.analysis.factors import Spec
from sim.scenario.errors import Faults, Path, Place, shown
from sim.scenario.files import read, source
from sim.scenario.nearest import nearest
from sim.scenario.nodes import Node, compose, key_place

KEYS = ("path", "low", "high", "times", "transform", "group")
MOST_TIMES = 1e6


def is_file(text: str) -> bool:
    """Whether a ``--factors`` names a file and no path: paths of a scenario end in no suffix."""
    return text.endswith((".yaml", ".yml"))


def specs_of(texts: list[str]) -> list[Spec]:
    """What was asked for, files read; raises ScenarioError with all faults."""
    faults = Faults()
    specs: list[Spec] = []
    for k, text in enumerate(texts, start=1):
        place = Place(f"--factors {k}")
        if is_file(text):
            specs += _read(text, faults)
        elif problem := _path_problem(text.strip()):
            faults.add(place, (), problem)
        else:
            specs.append(Spec(text.strip(), place=place))
    faults.stop()
    return specs


def _read(name: str, faults: Faults) -> list[Spec]:
    file = source(name)
    root = compose(read(file, Place(file.label)), file.label, faults)
    if root is None or root.mapping is None or set(root.mapping) != {"factors"}:
        place = root.place if root is not None else Place(file.label)
        faults.add(place, (), "expected a mapping with factors and nothing else: a list of {path: ..., low: ..., high: ...}")
        return []
    listed = root.mapping["factors"]
    if not isinstance(listed.value, tuple) or not listed.value:
        faults.add(listed.place, ("factors",), f"expected a list of factors, got {shown(listed.plain())}")
        return []
    specs = (_spec(node, ("factors", k), faults) for k, node in enumerate(listed.value))
    return [spec for spec in specs if spec is not None]


def _spec(node: Node, path: Path, faults: Faults) -> Spec | None:
    if isinstance(node.value, str):
        node = Node({"path": node}, node.place, {"path": node.place})
    entries = node.mapping
    if entries is None:
        faults.add(node.place, path, f"expected a path, or a mapping with {', '.join(KEYS)}, got {shown(node.plain())}")
        return None
    before = len(faults)
    for key in (key for key in entries if key not in KEYS):
        faults.add(key_place(node, key), (*path, key), f"unknown key {shown(key)}{nearest(key, KEYS)}")
    plain: dict[str, Any] = {key: value.plain() for key, value in entries.items()}
    where = entries["path"].place if "path" in entries else node.place
    if problem := _path_problem(plain.get("path")):
        faults.add(where, (*path, "path"), problem)
    if ("low" in plain) != ("high" in plain) or ("times" in plain and "low" in plain):
        faults.add(node.place, path, "expected low and high, or times: [LOW, HIGH], or neither")
    times = _times(plain.get("times"))
    if "times" in plain and times is None:
        faults.add(entries["times"].place, (*path, "times"), f"expected [LOW, HIGH] with 0 ≤ LOW < HIGH, got {plain['times']}")
    transform = plain.get("transform")
    if transform not in (None, "linear", "log"):
        faults.add(entries["transform"].place, (*path, "transform"), f"expected linear or log, got {shown(transform)}")
    group = plain.get("group")
    if group is not None and (not isinstance(group, str) or not group.strip() or len(group) > 60 or not group.isprintable()):
        faults.add(entries["group"].place, (*path, "group"), f"expected a name of at most 60 characters, got {shown(group)}")
    if len(faults) > before:
        return None
    log = None if transform is None else transform == "log"
    return Spec(plain["path"].strip(), plain.get("low"), plain.get("high"), times, log, group, where)


def _path_problem(text: Any) -> str | None:
    if not isinstance(text, str) or not text or not all(part.strip() for part in text.split(".")):
        return f"expected the path of a parameter, such as airport.gates.*.per_person, got {shown(text)}"
    if "**" in text and (text.count("**") > 1 or not text.endswith(".**")):
        return f"expected ** only at the end, as in airport.**, got {shown(text)}"
    return None


def _times(raw: Any) -> tuple[float, float] | None:
    numbers = isinstance(raw, list) and len(raw) == 2 and all(isinstance(x, int | float) and not isinstance(x, bool) for x in raw)
    if not numbers or not 0 <= raw[0] < raw[1] <= MOST_TIMES:
        return None
    return float(raw[0]), float(raw[1])
