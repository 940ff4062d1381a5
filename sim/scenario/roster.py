"""A roster, as offices keep it: who belongs to which mission, from a table to data, or all its faults at once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.scenario.errors import Faults, Message, shown
from sim.scenario.parsing import one_line
from sim.scenario.tabular.amounts import amount, mark_of, wrong
from sim.scenario.tabular.cells import Cell, spans
from sim.scenario.tabular.source import read_grid
from sim.scenario.tabular.table import Column, Columns, Row, normal, table_of

MOST_PEOPLE = 1_000_000_000
MOST_KM = 10_000
_MISSION = ("missions", "embassy", "embassies", "organisation", "organization", "agency", "post", "organisation_name", "org")
_COHORT = ("cohorts", "group", "category", "staff_category", "staff_group", "type", "staff_type", "category_of_staff", "kind")
_PEOPLE = (
    "staff",
    "headcount",
    "head_count",
    "persons",
    "pax",
    "number",
    "number_of_people",
    "number_of_staff",
    "count",
    "total",
)
_DISTANCE = (
    "distance_km",
    "distance_in_km",
    "km",
    "road_distance",
    "road_distance_km",
    "distance_to_airport",
    "distance_to_airport_km",
)
COLUMNS = Columns(
    Column("mission", True, _MISSION, ("#org", "#org+name")),
    Column("cohort", True, _COHORT, ("#population+type", "#population+group", "#group", "#beneficiary")),
    Column("people", True, _PEOPLE, ("#affected", "#population", "#population+num", "#reached", "#value+people")),
    Column("site", False, ("sites", "location", "compound", "place"), ("#loc", "#loc+name")),
    Column("vehicles", False, ("vehicle", "vehicle_pool", "transport", "pool"), ()),
    Column("distance", False, _DISTANCE, ()),
    noun="staff",
)
_TOTALS = {"total", "totals", "sum", "subtotal", "sub_total", "grand_total", "overall_total", "total_staff", "total_people"}
_TOTALS |= {"summe", "gesamt", "insgesamt", "zwischensumme", "somme", "sous_total", "suma", "totale", "toplam"}
_NAME = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True)
class Staff:
    """People of one cohort."""

    cohort: str
    people: int
    vehicles: str = ""
    """Their pool of vehicles; empty where the roster names none."""
    cell: Cell | None = None
    """Where it names that."""


@dataclass(frozen=True)
class Post:
    """A mission, or one of its sites if it has several."""

    name: str
    title: str
    """Empty where its name says it all."""
    site: str
    distance_km: float | None
    staff: tuple[Staff, ...]


@dataclass(frozen=True)
class Roster:
    """A roster without faults."""

    label: str
    posts: tuple[Post, ...]
    """In the order of the file."""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Entry:
    """A row that says how many."""

    row: Row
    mission: str
    cohort: str
    people: int
    site: str
    vehicles: str
    distance: float | None


def read_roster(path: str | os.PathLike[str]) -> Roster:
    """The roster in a table of text or a workbook; raises ScenarioError with all its faults."""
    grid = read_grid(path, COLUMNS)
    faults = Faults()
    table = table_of(grid, COLUMNS, faults)
    reader = _Reader(table.label, table.rows, table.separator, faults)
    entries = list(reader.entries())
    posts = tuple(_posts(entries, reader, faults))
    if not posts and not len(faults):
        faults.add(Cell("", 1, 1).place(table.label), (), "expected at least one row of staff")
    faults.stop()
    return Roster(table.label, posts, (*table.notices, *reader.notices()))


class _Reader:
    """Goes down the rows of a table."""

    def __init__(self, label: str, rows: Sequence[Row], separator: str, faults: Faults) -> None:
        self.label, self._rows, self._faults = label, rows, faults
        self._mark = mark_of((row.cell(name) for row in rows for name in ("people", "distance")), separator)
        self._carried: list[int] = []
        self._totals: list[int] = []
        self._several: list[str] = []
        cohorts: dict[str, set[str]] = {}
        for row in rows:
            cohorts.setdefault(row.text("mission"), set()).add(normal(row.text("cohort")))
        self._only_total = {mission for mission, names in cohorts.items() if mission and names <= _TOTALS}

    def fault(self, row: Row, name: str, message: Message | str) -> None:
        """Notes what is wrong with a cell."""
        self._faults.add(row.cell(name).place(self.label), (name,), message)

    def several(self, mission: str, names: Sequence[str]) -> None:
        """Notes that a mission has several sites."""
        self._several.append(f"{mission} has several sites, each a mission here: {', '.join(names)}")

    def notices(self) -> Iterator[str]:
        """What was read in a way that somebody might not have meant."""
        if self._carried:
            yield f"a row without a mission belongs to that of the row above: line {spans(self._carried)}"
        if self._totals:
            yield f"left out totals, which agree with the rows above: line {spans(self._totals)}"
        yield from self._several

    def entries(self) -> Iterator[_Entry]:
        """Every row that says how many, those of unnamed missions under the one above; totals are checked and left out."""
        done: list[_Entry] = []
        block = 0
        above: _Entry | None = None
        for row in self._rows:
            if self._is_total(row, above):
                self._check_total(row, done, block)
                block, above = len(done), None if normal(row.text("mission")) in _TOTALS else above
                continue
            carried = above if not row.text("mission") and row.text("cohort") and not row.apart else None
            entry = self._entry(row, carried)
            if carried is not None:
                self._carried.append(row.line)
            above = entry or (above if not row.text("mission") else None)
            if entry is not None:
                done.append(entry)
                yield entry

    def _is_total(self, row: Row, above: _Entry | None) -> bool:
        mission, cohort = row.text("mission"), normal(row.text("cohort"))
        if normal(mission) in _TOTALS:
            return not cohort or cohort in _TOTALS
        if not mission and above is None and cohort not in _TOTALS:
            return False
        return cohort in _TOTALS and mission not in self._only_total

    def _check_total(self, row: Row, done: Sequence[_Entry], block: int) -> None:
        cell = row.cell("people")
        people = amount(cell, self._mark)
        if not cell.text or len(self._faults):
            self._totals.append(row.line)
            return
        mission = row.text("mission") or (done[-1].mission if done else "")
        parts = ([e for e in done if e.mission == mission], done[block:], done)
        sums = [sum(entry.people for entry in part) for part in parts]
        if people in sums:
            self._totals.append(row.line)
            return
        expected = f"expected the sum of the rows above, {sums[2]:,}"
        self.fault(row, "people", Message(expected, shown(cell.text) + " (correct one of them, or leave the total out)"))

    def _entry(self, row: Row, above: _Entry | None) -> _Entry | None:
        before = len(self._faults)
        if normal(row.text("mission")) in _TOTALS:
            got = shown(row.text("mission")) + " (leave a total of a cohort out, or give the mission another name)"
            self.fault(row, "mission", Message("expected a mission", got))
            return None
        mission = above.mission if above else self._name(row, "mission")
        cohort = self._name(row, "cohort")
        people = amount(row.cell("people"), self._mark, ("people", "persons", "person", "staff", "pax"))
        if people is None or people != int(people) or people > MOST_PEOPLE:
            expected = f"expected a whole number of people ≥ 0, at most {MOST_PEOPLE:,}"
            self.fault(row, "people", wrong(expected, row.cell("people"), whole=True))
        vehicles = self._name(row, "vehicles") if row.text("vehicles") else ""
        site = row.text("site") or (above.site if above else "")
        try:
            one_line(site)
        except ValueError as error:
            self.fault(row, "site", str(error))
        distance = self._distance(row) if row.text("distance") else (above.distance if above else None)
        if len(self._faults) > before or people is None:
            return None
        return _Entry(row, mission, cohort, int(people), site, vehicles, distance)

    def _name(self, row: Row, name: str) -> str:
        text = row.text(name)
        if not _NAME.fullmatch(text):
            slug = slug_of(text)
            got = shown(text) + (f'; write "{slug}"' if slug else "")
            self.fault(row, name, Message("expected a name of a-z, 0-9 and '-' (1 to 40 characters)", got))
        return text

    def _distance(self, row: Row) -> float | None:
        cell = row.cell("distance")
        metres = re.fullmatch(r".*\d\s*m", cell.text) is not None
        number = amount(cell, self._mark, ("km", "m"))
        if number is None or number > MOST_KM * (1000 if metres else 1):
            self.fault(row, "distance", wrong(f"expected a distance such as 5 km, at most {MOST_KM:,} km", cell))
            return None
        return number / 1000 if metres else number


def slug_of(text: str) -> str:
    """A name for a scenario made of any text; empty if nothing of it can stay."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")


def _posts(entries: Sequence[_Entry], reader: _Reader, faults: Faults) -> Iterator[Post]:
    """The missions; one of several sites is taken apart, since a mission of a scenario has one distance."""
    sites: dict[str, dict[str, list[_Entry]]] = {}
    for entry in entries:
        sites.setdefault(entry.mission, {}).setdefault(entry.site, []).append(entry)
    taken: dict[str, str] = {mission: "" for mission, parts in sites.items() if len(parts) == 1}
    for mission, parts in sites.items():
        names = []
        for site, group in parts.items():
            name = mission if len(parts) == 1 or not site else slug_of(f"{mission}-{site}")
            if len(parts) > 1 and taken.setdefault(name, site) != site:
                reader.fault(group[0].row, "site", f"expected sites that differ as names: {name} is there already")
            names.append(name)
            title = f"{mission}, {site}" if site else ""
            yield Post(name, title, site, _one_distance(group, reader), tuple(_staff(group, reader)))
        if len(parts) > 1:
            reader.several(mission, names)


def _one_distance(group: Sequence[_Entry], reader: _Reader) -> float | None:
    distances = [entry for entry in group if entry.distance is not None]
    for entry in distances[1:]:
        if entry.distance != distances[0].distance:
            message = f"expected one distance of a mission and site, {distances[0].distance:g} km in line {distances[0].row.line}"
            reader.fault(entry.row, "distance", Message(message, shown(entry.row.text("distance"))))
    return distances[0].distance if distances else None


def _staff(group: Sequence[_Entry], reader: _Reader) -> Iterator[Staff]:
    seen: set[str] = set()
    for entry in group:
        if entry.cohort in seen:
            reader.fault(entry.row, "cohort", f"repeated cohort {entry.cohort} of {entry.mission}")
        seen.add(entry.cohort)
        yield Staff(entry.cohort, entry.people, entry.vehicles, entry.row.cell("vehicles"))
