"""Numbers that no command can do anything with: a line and exit status 2, whatever the option; never a bug, never a hang."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.cli import main

MINIMAL = "evacsim:minimal"
LANES = "airport.gates.main.lanes=1,2"
COMMANDS = {
    "run": ["run", MINIMAL],
    "compare": ["compare", MINIMAL, MINIMAL],
    "decide": ["decide", MINIMAL, "--vary", LANES],
    "sweep": ["sweep", MINIMAL, "--vary", LANES],
    "sensitivity": ["sensitivity", MINIMAL],
    "deadline": ["deadline", MINIMAL],
    "plan": ["plan", MINIMAL, "--finish-by", "2 d", "--vary", LANES],
    "bottleneck": ["bottleneck", MINIMAL],
    "validate": ["validate", MINIMAL, "evacsim:observations/minimal.csv"],
    "calibrate": ["calibrate", MINIMAL, "evacsim:observations/minimal.csv", "-o", "sets.csv"],
    "trace": ["trace", MINIMAL],
}
NONSENSE = ["", " ", "nan", "inf", "-inf", "1e-30", "-1", "1e30", "1e999", str(10**21), "9" * 5000, "½", "0x10", "1.5.2", "\0"]
SHARED, SOME = ("-n", "--seed", "--jobs", "--per-set"), ["", "nan", "-1", "1e30", "1.5.2"]
"""Options that are one field for all commands, of which one gets all nonsense and the others some."""
COUNTS = [
    *((verb, option) for verb in COMMANDS if verb != "trace" for option in SHARED),
    ("trace", "--replication"),
    ("trace", "--seed"),
    ("trace", "--per-set"),
    ("run", "--most"),
    ("compare", "--most"),
    ("decide", "--most"),
    ("deadline", "--dates"),
    ("sensitivity", "--top"),
    ("sensitivity", "--trajectories"),
    ("sensitivity", "--base-sample"),
]
AMOUNTS = {
    ("deadline", "--confidence"): ["0", "1", "0%", "100%", "101%", "1e-30", "1e-30%", "99.9999%", "1e30", "nan", "inf", "", "-1"],
    ("plan", "--confidence"): ["0", "1", "1e-30", "0.99999999", "nan", ""],
    ("calibrate", "--discrepancy"): ["0", "1", "1e-30", "nan", "inf", "", "-1"],
    ("deadline", "--from"): ["1e12 h", "9999-12-31 23:59", "0001-01-01 00:00", "-1 h", "nan", "", "5 km"],
    ("deadline", "--to"): ["1e12 h", "9999-12-31 23:59", "0 h", "0001-01-01 00:00", "nan", "", "5 km"],
    ("deadline", "--resolution"): ["0", "-1 h", "nan", "inf", "", "1e30"],
    ("plan", "--finish-by"): ["1e12 h", "9999-12-31 23:59", "0 h", "-1 d", "nan", ""],
    ("decide", "--by"): ["1e12 h", "9999-12-31 23:59", "-1 d", "nan", "x"],
    ("decide", "--within"): ["-1", "nan", "inf", "1e-30 kg", "x"],
    ("run", "--until"): ["total.p90: 0", "total.p90: nan", "total.p90: -1 h", "total.p90: 1e999 h", "total.p90", ""],
    ("sweep", "--vary"): [
        f"{LANES[:-3]}{values}" for values in ("-1,2", "nan", "1e30", "0:1:0", "0:1e9:1e-9", "1:2", "1,,2", "", "9" * 5000)
    ],
}


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EVACSIM_DEBUG", raising=False)

    def check(*argv: str) -> None:
        with pytest.raises(SystemExit) as left:
            main([*argv])
        shown = capsys.readouterr()
        assert (left.value.code, shown.out) == (2, ""), (argv, shown.err)
        assert 1 <= len(shown.err.splitlines()) <= 2, shown.err
        assert all(len(line) < 400 for line in shown.err.splitlines()), argv
        assert not (tmp_path / "results").exists()

    return check


@pytest.mark.parametrize(("verb", "option"), COUNTS)
def test_a_count_that_is_none(verb: str, option: str, refused: Callable[..., None]) -> None:
    for value in NONSENSE if verb in ("run", "trace") or option not in SHARED else SOME:
        refused(*COMMANDS[verb], option, value)


@pytest.mark.parametrize(("verb", "option"), AMOUNTS)
def test_an_amount_that_makes_no_sense(verb: str, option: str, refused: Callable[..., None]) -> None:
    base = [word for word in COMMANDS[verb] if word not in (option, LANES if option == "--vary" else "2 d")]
    for value in AMOUNTS[verb, option]:
        refused(*base, option, value, "--jobs", "1")
