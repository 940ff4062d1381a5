"""Whatever standard output and standard error are, the work is done; text for people may be lost, JSON not without a word."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.console import Lines, give_json, width
from sim.streams import Careful, fitting
from tests import forked

SMALL = """\
title: Évacuation de l'ambassade — Türkiye, كابل
clock: {horizon: 5 d}
missions:
  alpha: {cohorts: {core: 30}, order: {at: 2 h}}
"""
RUN = ["run", "small.yaml", "-n", "4", "--jobs", "1", "--no-plots"]
COMPARE = ["compare", "small.yaml", "evacsim:minimal", "-n", "4", "--jobs", "1", "--no-plots"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL, "utf-8")
    return tmp_path


def shell(folder: Path, redirected: str, *argv: str, **environment: str) -> tuple[int, bytes, bytes]:
    """Status, output and errors of a command, with the redirections of a shell."""
    known = {**os.environ, "PYTHONPATH": str(Path(sim.__file__).parents[1]), **environment}
    known.pop("EVACSIM_DEBUG", None)
    words = ["bash", "-c", f'"$@" {redirected}', "-", sys.executable, "-m", "sim", *argv]
    done = subprocess.run(words, cwd=folder, env=known, capture_output=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


OTHERS = [
    *((encoding, argv) for encoding in ("cp1252", "ascii", "iso8859-9", "utf-16", "cp437") for argv in (RUN, ["--help"])),
    *((encoding, [*COMPARE, "--json"]) for encoding in ("ascii", "cp1252")), ("latin-1", COMPARE), ("latin-1", ["schema"]),
]  # fmt: skip


@pytest.mark.first(1)
@pytest.mark.parametrize(
    ("encoding", "argv"),
    [
        ("latin-1", RUN), ("ascii", ["--help"]), ("latin-1", [*COMPARE, "--json"]),
        *(pytest.param(*other, marks=pytest.mark.slow) for other in OTHERS),
    ],
)  # fmt: skip
def test_a_terminal_that_lacks_characters(folder: Path, encoding: str, argv: list[str]) -> None:
    status, out, err = shell(folder, "", *argv, PYTHONIOENCODING=encoding)
    assert (status, b"bug" in err) == (0, False), err
    text = out.decode(encoding)
    if argv is RUN:
        title = {"utf-16": "Évacuation", "ascii": "Evacuation", "latin-1": "Évacuation"}.get(encoding, "vacuation")
        assert title in text
    if "--json" in argv:
        first = json.loads(text)["results"][0]
        assert first["scenario"] == "small"
        assert first["title"] == "Évacuation de l'ambassade — Türkiye, كابل"


def test_every_table_fits_every_terminal() -> None:
    assert fitting("≈ −3 … ≥ 2 × — Évacuation كا Ł", "ascii") == "~ -3 . >= 2 x - Evacuation ?? L"
    assert fitting("Türkiye é ₺", "iso8859-9") == "Türkiye é ?"
    assert fitting("caf\udce9.yaml", "utf-8") == "caf\\xe9.yaml"


def full() -> Any:
    return open("/dev/full", "w", encoding="utf-8")


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")


@needs_full
def test_a_careful_stream_keeps_quiet_about_what_it_cannot_write() -> None:
    err = Careful(full(), once=False)
    lines = Lines(lambda text: print(text, file=err, flush=True))
    lines.begin("one", 0, 20)
    lines.advance(20, 1.0, 1)
    assert err.failure is not None
    assert err.failure.strerror == "No space left on device"
    closed = io.StringIO()
    closed.close()
    print("x", file=Careful(closed, once=True), flush=True)
    print("x", file=Careful(None, once=True), flush=True)
    err.leave()


def test_a_careful_stream_goes_on_when_it_can_again() -> None:
    class Sometimes(io.StringIO):
        broken = True

        def write(self, text: str) -> int:
            if self.broken:
                raise BlockingIOError(11, "Resource temporarily unavailable")
            return super().write(text)

    below = Sometimes()
    err, out = Careful(below, once=False), Careful(below, once=True)
    for stream in (err, out):
        stream.write("lost")
    below.broken = False
    err.write("seen")
    out.write("the end of something whose beginning is lost")
    assert below.getvalue() == "seen"


def test_json_is_escaped_where_it_must_be(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding, expected in (("ascii", r'"\u00e9 \u2248"'), ("latin-1", r'"\u00e9 \u2248"'), ("utf-8", '"é ≈"')):
        below = io.TextIOWrapper(io.BytesIO(), encoding)
        monkeypatch.setattr(sys, "stdout", Careful(below, once=True))
        give_json("é ≈")
        assert below.buffer.getvalue().decode(encoding).strip() == expected  # type: ignore[attr-defined]


QUICK = [
    (">&-", ["--help"], 0), (">&-", [*RUN, "--json"], 3), (">&-", ["check", "small.yaml"], 0), (">&- 2>&-", RUN, 0),
    (">/dev/full", RUN, 0), ("2>&-", ["check", "absent.yaml", "--json"], 2), ("2> >(exit)", [*RUN, "--json"], 0),
]  # fmt: skip
SLOW = [
    (">&-", RUN, 0), (">&-", ["schema"], 3), (">&-", ["--version"], 0), (">&-", ["check", "absent.yaml"], 2),
    ("<&- >&- 2>&-", RUN, 0), (">/dev/full", ["--help"], 0), (">/dev/full", [*RUN, "--json"], 3), ("2>/dev/full", RUN, 0),
    ("2>&-", [*RUN, "--json"], 0), ("2>&-", ["run", "absent.yaml"], 2), ("2>/dev/full", [*RUN, "--json"], 0),
    (">&- 2>&-", [*RUN, "--json"], 3), ("2>/dev/full", ["nosuch"], 2), ("2>&-", ["run"], 2), ("> >(exit)", RUN, 0),
    ("> >(exit)", ["--help"], 0),
]  # fmt: skip


@pytest.mark.first(3)
@needs_full
@pytest.mark.parametrize(
    ("redirected", "argv", "expected"), [*QUICK, *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOW)]
)
def test_streams_that_cannot_be_written(folder: Path, redirected: str, argv: list[str], expected: int) -> None:
    status, out, err = shell(folder, redirected, *argv)
    assert status == expected, err
    assert b"Traceback" not in err + out
    assert b"Exception ignored" not in err
    assert b"a bug" not in err
    if "--json" in argv and out:
        assert json.loads(out)
    elif "2>" in redirected:
        assert b"absent" not in out
    if argv[:2] == RUN[:2]:
        assert list(folder.rglob("manifest.json"))
    assert status != 3 or not err or err.splitlines()[-1].startswith(b"evacsim: cannot write the answer: ")


@pytest.mark.slow
def test_workers_write_nothing_into_what_took_the_place_of_a_stream(folder: Path) -> None:
    """With output closed the next file to be opened would get its number."""
    argv = ["run", "small.yaml", "-n", "4", "--no-plots", "--jobs", "2"]
    assert shell(folder, ">&- 2>&-", *argv, "--out", "a")[0] == 0
    assert shell(folder, "", *argv, "--out", "b")[0] == 0
    names = ("missions.parquet", "summary.json", "scenario.yaml")
    a, b = ([next((folder / out).rglob(name)).read_bytes() for name in names] for out in "ab")
    assert a == b


@pytest.mark.parametrize("leader", [pytest.param(False, marks=pytest.mark.slow), True], ids=["gone", "hung up"])
@pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX")
def test_a_terminal_that_is_closed_in_the_middle(folder: Path, leader: bool) -> None:
    """With and without the signal that a controlling terminal sends at its end."""
    ours, theirs = os.openpty()
    code = "import fcntl, sys, termios; fcntl.ioctl(2, termios.TIOCSCTTY, 0); from sim.cli import main; main()"
    start = ["-c", code] if leader else ["-m", "sim"]
    words = [sys.executable, *start, "run", "small.yaml", "-n", "200", "--jobs", "2", "--no-plots", "--json"]
    with open(folder / "out.json", "wb") as out:
        process = forked.Popen(
            words, stdin=subprocess.DEVNULL, stdout=out, stderr=theirs, cwd=folder, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(Path(sim.__file__).parents[1])},
        )  # fmt: skip
    os.close(theirs)
    deadline = time.monotonic() + 60
    while not list(folder.rglob("*.block")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.close(ours)
    assert process.wait(120) == 0
    assert json.loads((folder / "out.json").read_text("utf-8"))["results"][0]["replications"] == 200


def test_a_width_beyond_all_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    for columns, expected in (("99999999", 500), ("1", 60), ("120", 120), ("wide", 100)):
        monkeypatch.setenv("COLUMNS", columns)
        monkeypatch.setattr(sys, "stdout", io.StringIO())
        assert width() == expected
