"""Damage, drawn from a seeded generator: of text, of bytes, of numbers, of YAML by its structure, of workbooks."""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

import copy
import io
import re
import zipfile
from random import Random
from typing import Any

import yaml

NUMBERS = (
    "0", "-0", "-1", "1", "0.5", "1e-30", "1e30", "1e308", "1e999", str(10**21), "9" * 50, "nan", ".nan", ".inf", "-.inf", "inf", "½",
    "٣", "0x10", "1_000", "1,5", "1.200", "1e", "+", "--1", "50%", "101%", "1/2", "~40", "12:30", "25:30:00", "24:00", "2^3",
)  # fmt: skip
UNITS = (
    "",
    " s",
    " min",
    " h",
    " d",
    " wk",
    " km",
    " m",
    " km/h",
    " people",
    " people/h",
    " /h",
    " /d",
    " s/person",
    " %",
    " kg",
    " hours",
)
TEXTS = (
    "", " ", "null", "~", "true", "no", "[]", "{}", "[", "{", "}", "*a", "&a x", "!!python/object:os.system x", "<<", "? x", "- x", "|",
    ">", "'", '"', "#", "\t", "\0", "\x1b[31m", "\u202e", "\ud7ff", "\U0001f600", "é", "=1+1", "@x", "..", "../../etc/passwd", "/dev/zero",
    "evacsim:minimal", "evacsim:nosuch", "start", "threat >= contested", "gone north", "2021-09-13 06:00", "2021-02-30", "9999-12-31",
    "{lognormal: {median: 1 h, p90: 1e9 h}}", "{weibull: {shape: 0.001, scale: 1 h}}", "{gamma: {mean: 1 h, cv: 1e6}}",
    "{uniform: [3 h, 1 h]}", "{choice: {values: [1, 2], weights: [0, 0]}}", "{value: 5, low: 9, high: 1}", "{value: 3, group: g}",
)  # fmt: skip


def value(random: Random) -> str:
    """Something that may stand where a value stands."""
    if random.random() < 0.6:
        return random.choice(NUMBERS) + random.choice(UNITS)
    return random.choice(TEXTS)


def characters(text: str, random: Random) -> str:
    """Text with a few characters dropped, doubled, swapped or replaced."""
    for _ in range(random.choice((1, 1, 2, 5))):
        at = random.randrange(len(text) + 1)
        match random.randrange(5):
            case 0:
                text = text[:at] + text[at + random.choice((1, 1, 3, 30)) :]
            case 1:
                text = text[:at] + text[at : at + 20] * 2 + text[at + 20 :]
            case 2:
                text = text[:at] + random.choice(TEXTS) + text[at:]
            case 3:
                text = text[:at] + random.choice("{}[]:,-#&*!|>'\"%@` \n\t0189.;=") + text[at + 1 :]
            case _:
                text = text[:at]
    return text


def words(text: str, random: Random) -> str:
    """Text in which a few of the words after a separator are other values."""
    parts = text.replace("\n", " \n ").split(" ")
    for _ in range(random.choice((1, 1, 2, 4))):
        at = random.randrange(len(parts))
        tail = parts[at][len(parts[at].rstrip(",]}")) :]
        parts[at] = value(random) + tail
    return " ".join(parts)


def numbers(text: str, random: Random) -> str:
    """Text of which a few numbers are others of their kind: what is often accepted, and then has to make sense."""
    found = list(re.finditer(r"(?<![\w.-])[0-9]+(?:\.[0-9]+)?(?![\w.:-])", text))
    for match in sorted(random.sample(found, min(len(found), random.choice((1, 1, 2, 5)))), key=lambda m: -m.start()):
        number = float(match[0]) * random.choice((0, 0.1, 0.5, 2, 3, 10, 1000)) + random.choice((0, 0, 0, 1, 0.5))
        text = f"{text[: match.start()]}{number:g}{text[match.end() :]}"
    return text


def tree(text: str, random: Random) -> str:
    """YAML of which a few nodes are gone, doubled, moved or other values."""
    data = yaml.safe_load(text)
    for _ in range(random.choice((1, 1, 2, 3))):
        places = list(_places(data))
        if not places:
            break
        owner, key = random.choice(places)
        match random.randrange(6):
            case 0:
                del owner[key]
            case 1 | 2:
                owner[key] = _Plain(value(random))
            case 3:
                other, there = random.choice(places)
                owner[key] = copy.deepcopy(other[there]) if _size(other[there]) < 200 else 0
            case 4 if isinstance(owner, dict):
                owner[random.choice((f"{key}x", str(key)[::-1], "low", "value", "evidence", "note", ""))] = owner.pop(key)
            case _:
                owner[key] = [owner[key]] * random.choice((0, 1, 2)) if random.random() < 0.5 else {"value": owner[key]}
    return str(yaml.dump(data, Dumper=_Dumper, default_flow_style=None, sort_keys=False, allow_unicode=True, width=200))


class _Plain(str):
    """Text that is written as it stands."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(_Plain, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", str(data), style=""))


def _places(data: Any) -> Any:
    items = list(data.items()) if isinstance(data, dict) else list(enumerate(data)) if isinstance(data, list) else []
    for key, inner in items:
        yield data, key
        yield from _places(inner)


def _size(data: Any) -> int:
    return 1 + sum(1 for _ in _places(data))


def cells(text: str, random: Random) -> str:
    """A table as text of which a few cells, rows or separators are others."""
    rows = [row.split(",") for row in text.splitlines()]
    for _ in range(random.choice((1, 1, 2, 4))):
        row = random.choice(rows)
        match random.randrange(7):
            case 0 | 1 | 2:
                row[random.randrange(len(row))] = value(random)
            case 3:
                del row[random.randrange(len(row)) :]
                row.append("")
            case 4:
                row.insert(random.randrange(len(row) + 1), random.choice(TEXTS))
            case 5:
                rows.insert(random.randrange(len(rows) + 1), list(random.choice(rows)))
            case _:
                rows.insert(0, [random.choice(("sep=;", "Title of it all", "", "#org,#population,#affected"))])
    return random.choice(("\n", "\r\n", "\n", "\r")).join(
        random.choice((",", ",", ",", ";", "\t", "|")).join(row) for row in rows
    )


def raw(data: bytes, random: Random) -> bytes:
    """Bytes with a few flipped, cut out, doubled or filled."""
    for _ in range(random.choice((1, 1, 3, 10))):
        at = random.randrange(len(data) + 1)
        match random.randrange(5):
            case 0:
                data = data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]
            case 1:
                data = data[:at]
            case 2:
                data = data[:at] + data[at + random.randrange(1, 200) :]
            case 3:
                data = data[:at] + bytes(random.randrange(1, 40)) + data[at:]
            case _:
                data = data[:at] + data[at : at + 50] * random.choice((2, 3)) + data[at + 50 :]
    return data


def encoded(text: str, random: Random) -> bytes:
    """Text in one of the encodings that offices use, or in a broken one."""
    data = text.encode(random.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252")), "replace")
    return raw(data, random) if random.random() < 0.1 else data


def workbook(data: bytes, random: Random) -> bytes:
    """A workbook with a damaged part, or damaged as a whole."""
    if random.random() < 0.3:
        return raw(data, random)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = random.choice([name for name in names if "sheet" in name] if random.random() < 0.7 else names)
        for name in names:
            part = old.read(name)
            if name == chosen:
                text = part.decode("utf-8", "replace")
                part = raw(part, random) if random.random() < 0.3 else characters(text, random).encode("utf-8", "replace")
            new.writestr(name, part)
    return out.getvalue()
