"""Every picture says in words what it shows: in the PNG, in the SVG, beside it in ``pictures.json``, and on the page."""

from __future__ import annotations

import io
import json
import struct
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

import sim
from sim.present.described import SIGNATURE, description_of, sentences, with_description
from sim.present.style import heading, save, styled
from sim.studies.kept_pictures import RECORD, describe_pictures, shown_in

WORDS = "11,792 of 13,504 people get out — never “all” & <most>. Line: the middle; shaded: 95\u00a0% ≥ half."


def drawn(folder: Path, title: str, under: str = "") -> tuple[Path, Path]:
    png, svg = folder / "out.png", folder / "out.svg"
    with styled():
        figure = Figure(figsize=(5, 2), layout="constrained")
        figure.subplots()
        heading(figure, title, under)
        save(figure, [png, svg])
    return png, svg


def test_a_picture_carries_its_words_whatever_they_are(tmp_path: Path) -> None:
    title, under = WORDS.split(". ")
    png, svg = drawn(tmp_path, title, under)
    said = f"{title}. {under.replace(chr(160), ' ')}"
    assert description_of(png.read_bytes()) == said
    with Image.open(png) as image:  # as any other program reads it
        assert (image.info["Description"], image.info["Title"]) == (said, "out")
    root = ET.fromstring(svg.read_text("utf-8"))
    names = [child.tag.partition("}")[2] for child in root][:2]
    assert names == ["title", "desc"]
    assert [child.text for child in root][:2] == ["out", said]


def test_a_long_title_is_whole_in_the_words(tmp_path: Path) -> None:
    """In the picture it is cut after three lines."""
    title = " ".join(f"word{k}" for k in range(200))
    assert description_of(drawn(tmp_path, title)[0].read_bytes()) == f"{title}."


def test_ascii_is_read_too(tmp_path: Path) -> None:
    """Which matplotlib writes in another kind of chunk."""
    assert description_of(drawn(tmp_path, "All are out")[0].read_bytes()) == "All are out."


@pytest.mark.parametrize(
    ("title", "under", "said"),
    [
        ("All are out", "Line: the middle.", "All are out. Line: the middle."),
        ("All are out.", "", "All are out."),
        ("How many?\n  Most ", " Of\tall!", "How many? Most. Of all!"),
        ("", "", ""),
    ],
)
def test_sentences(title: str, under: str, said: str) -> None:
    assert sentences(title, under) == said


def chunk(kind: bytes, body: bytes, sum_: int | None = None) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) if sum_ is None else sum_)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg>Description</svg>",
        SIGNATURE,
        SIGNATURE + chunk(b"tEXt", b"Description\0words", 0),  # not as it was written
        SIGNATURE + chunk(b"tEXt", b"Description\0words")[:-2],  # cut short
        SIGNATURE + struct.pack(">I", 2**32 - 1) + b"tEXtDescription\0words",
        SIGNATURE + chunk(b"iTXt", b"Description\0\1\0\0\0" + zlib.compress(b"words")),  # compressed, as we never write it
        SIGNATURE + chunk(b"iTXt", b"Description\0\0\0"),
        SIGNATURE + chunk(b"IEND", b"") + chunk(b"tEXt", b"Description\0words"),
    ],
)
def test_what_is_no_picture_of_ours_says_nothing(data: bytes) -> None:
    assert description_of(data) == ""


@given(st.binary(max_size=200))
def test_no_bytes_are_an_error(tail: bytes) -> None:
    assert isinstance(description_of(SIGNATURE + tail), str)


def test_an_svg_without_a_title_stays_as_it_is() -> None:
    assert with_description("<svg></svg>", "words") == "<svg></svg>"


def test_every_picture_of_a_run_says_what_it_shows(tmp_path: Path) -> None:
    study = sim.run("evacsim:minimal", n=3, jobs=1, out=tmp_path, mission="north")
    record = json.loads((study.result.folder / RECORD).read_text("utf-8"))
    pictures = {path.name for path in study.plots if path.suffix == ".png"}
    assert set(record["shows"]) == pictures >= {"out.png", "completion.png", "hours.png", "mission-north.png"}
    assert all(text.endswith(".") and len(text) > 40 for text in record["shows"].values())
    assert len(set(record["shows"].values())) == len(pictures)
    again = sim.run("evacsim:minimal", n=3, jobs=1, out=tmp_path)  # drawn already
    assert json.loads((again.result.folder / RECORD).read_text("utf-8")) == record


def test_those_of_a_study_are_noted_beside_them(tmp_path: Path) -> None:
    found = sim.schedule("evacsim:minimal", n=2, jobs=1, out=tmp_path)
    record = json.loads((found.folder / RECORD).read_text("utf-8"))
    assert record == {"shows": {"schedule.png": shown_in(found.folder / "schedule.png")}}
    assert "Departures from" in record["shows"]["schedule.png"]


def test_a_folder_without_pictures_has_no_record(tmp_path: Path) -> None:
    describe_pictures(tmp_path)
    assert not (tmp_path / RECORD).exists()
    buffer = io.BytesIO()
    Image.new("RGB", (1, 1)).save(buffer, "PNG")  # somebody else's
    (tmp_path / "other.png").write_bytes(buffer.getvalue())
    describe_pictures(tmp_path)
    assert not (tmp_path / RECORD).exists()
