"""``-`` is standard input in the place of a scenario's file."""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from sim.cli import main

TEXT = "clock: {horizon: 2 d}\nmissions: {north: {order: {at: 1 h}, cohorts: {core: 5}}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ended(monkeypatch: pytest.MonkeyPatch, text: str | bytes | None, *argv: str) -> object:
    """The exit status of a command with *text* on its standard input; None: it is closed."""
    data = text.encode() if isinstance(text, str) else text
    monkeypatch.setattr(sys, "stdin", None if data is None else io.TextIOWrapper(io.BytesIO(data)))
    with pytest.raises(SystemExit) as end:
        main([*argv])
    return end.value.code


def test_a_run_of_it_is_that_of_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "s.yaml").write_text(TEXT, "utf-8")
    options = ("-n", "2", "--jobs", "1", "--no-plots", "--json")
    results = []
    for name in ("s.yaml", "-"):
        assert ended(monkeypatch, TEXT if name == "-" else None, "run", name, *options) == 0
        results += json.loads(capsys.readouterr().out)["results"]
    file, piped = results
    assert (piped["scenario"], piped["total"]) == ("scenario", file["total"])
    kept = folder / piped["folder"]
    assert kept.name == Path(file["folder"]).name
    assert json.loads((kept / "manifest.json").read_text("utf-8"))["command"].startswith("evacsim run - -n 2")
    again = (kept / "scenario.yaml").read_text("utf-8")
    assert ended(monkeypatch, again, "run", "-", *options) == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["folder"] == piped["folder"]


@pytest.mark.parametrize("command", ["check", "describe", "bound"])
def test_it_extends_what_lies_in_the_folder_that_one_works_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (folder / "s.yaml").write_text(TEXT, "utf-8")
    assert ended(monkeypatch, "extends: s.yaml\nmissions: {north: {cohorts: {core: 7}}}\n", command, "-") == 0
    assert "7" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "-:1:1: cannot read standard input: it is closed"),
        ("", "-:1:1: expected a scenario, got an empty file"),
        (b"a: \xff", "-:1:4: expected UTF-8 text"),
        ("# " + "x" * 1_000_000, "-:1:1: expected at most 1,000,000 bytes on standard input"),
        ("extends: ../s.yaml\n" + TEXT, "-:1:10: extends: expected extends: a file inside the folder of the scenario, got ../s.yaml"),
        ("extends: '-'\n" + TEXT, "-:1:10: extends: cannot read -: No such file or directory"),
        (TEXT + "road: {drive: 1 hx}\n", '-:3:15: road.drive: expected a time'),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str | bytes | None, said: str
) -> None:
    assert ended(monkeypatch, text, "check", "-") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(said)
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("serve", "-"), "serve: expected files, since what is saved extends its scenario, got standard input"),
        (("new", "--extends", "-"), "--extends:1:1: expected a file or a shipped name, got standard input"),
    ],
)
def test_what_names_its_scenario_in_a_file_needs_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], said: str
) -> None:
    assert ended(monkeypatch, TEXT, *argv) == 2
    assert capsys.readouterr().err.strip() == said


def test_a_pipe_by_another_name_is_told_of_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, TEXT, "check", "/dev/null") == 2
    assert capsys.readouterr().err == "/dev/null:1:1: expected a regular file: /dev/null (- is standard input)\n"
