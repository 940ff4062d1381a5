"""A file of observations: what it may say, and every fault of it at once with its place."""

import csv
import io
import sys
from datetime import datetime
from itertools import pairwise

import openpyxl
import pytest

from sim.analysis.observations import COLUMNS, MOST_ROWS, Known, load_observations, parse_observations
from sim.scenario import ScenarioError

KNOWN = Known({"us-military", "allied", "charter"}, {"al-udeid"})
GOOD = {
    "window_id": "D1",
    "start_utc": "2021-08-16T19:35Z",
    "end_utc": "2021-08-17T07:00:00Z",
    "measure": "people",
    "scope": "all",
    "place": "",
    "value": "750",
    "low": "",
    "high": "",
    "use": "check",
}


def text(*rows: dict, columns=COLUMNS) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([(GOOD | row).get(name, "") for name in columns] for row in rows)
    return out.getvalue()


def faults(given: str, known=KNOWN) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse_observations(given, "obs.csv", known)
    return [str(fault) for fault in caught.value.faults]


def test_a_row_as_data():
    (row,) = parse_observations(text({"scope": "us-military+allied", "low": "700", "high": "800.5"}), "a/obs.csv", KNOWN).rows
    assert (row.start, row.end) == (datetime(2021, 8, 16, 19, 35), datetime(2021, 8, 17, 7))
    assert (row.operators, row.scope, row.series) == (
        ("allied", "us-military"),
        "allied+us-military",
        ("people", "allied+us-military"),
    )
    assert (row.value, row.low, row.high, row.use, row.line) == (750, 700, 800.5, "check", 2)
    assert row.hours == 11 + 25 / 60


@pytest.mark.parametrize(
    "when",
    [
        "2021-08-16T19:35",
        "2021-08-16 19:35Z",
        "2021-08-16T19:35:00+00:00",
        "2021-08-16T19:35:00Z",
        "2021-08-16 19:35:00.000",
        "2021-08-17T00:05+04:30",
        "2021-08-17 00:05 +0430",
        "2021-08-17T00:05+4:30",
        "2021-08-16T15:35-04",
        "16/08/2021 19:35",
        "08/16/2021 19:35",
        "16.08.2021 19:35:00",
        "1629142500",
        "1629142500000",
        "44424.8159722222",
    ],
)
def test_ways_to_write_a_time(when):
    assert parse_observations(text({"start_utc": when}), "obs.csv").rows[0].start == datetime(2021, 8, 16, 19, 35)


def test_midnight_at_the_end_of_a_day():
    row = parse_observations(text({"end_utc": "2021-08-16T24:00Z"}), "obs.csv").rows[0]
    assert row.end == datetime(2021, 8, 17)
    assert parse_observations(text({"end_utc": "2021-08-16T24:01Z"}), "obs.csv").rows[0].end == datetime(2021, 8, 17, 0, 1)
    assert faults(text({"end_utc": "2021-08-16T24:61Z"}))[0].startswith("obs.csv:2:22: end_utc: expected a time")


def test_one_date_decides_for_all_of_a_file():
    rows = text({"start_utc": "03/08/2021 10:00", "end_utc": "13/08/2021 10:00"}, {"measure": "flights", "window_id": "E"})
    assert parse_observations(rows, "obs.csv").rows[0].start == datetime(2021, 8, 3, 10)
    both = text(
        {"start_utc": "03/08/2021 10:00", "end_utc": "13/08/2021 10:00"}, {"window_id": "E", "start_utc": "08/13/2021 10:00"}
    )
    assert "2021-08-03 or 2021-03-08?" in faults(both)[0]


def test_semicolons_and_decimal_commas_give_the_same_observations():
    commas = parse_observations(text({"value": "750.5", "low": "700", "high": "1200"}), "obs.csv")
    written = text({"value": "750.5", "low": "700", "high": "1.200"}).replace(",", ";").replace("750.5", "750,5")
    assert parse_observations(written, "obs.csv") == commas


def test_english_thousands_and_units():
    rows = text(
        {"value": "1,200 people", "low": "1 000", "high": "1'300"}, {"measure": "pause", "value": "4.5 h", "use": "blind"}
    )
    first, second = parse_observations(rows, "obs.csv").rows
    assert (first.low, first.value, first.high, second.value) == (1000, 1200, 1300, 4.5)


def test_serial_dates_are_said():
    (notice,) = parse_observations(text({"start_utc": "44424.8159722222"}), "obs.csv").notices
    assert notice.endswith("as spreadsheets count them: line 2")


def test_columns_in_any_order_with_source_and_note():
    columns = ("note", *reversed(COLUMNS), "source")
    found = parse_observations(text({"note": "a note", "source": "a paper"}, columns=columns), "obs.csv").rows[0]
    assert (found.note, found.source, found.value) == ("a note", "a paper", 750)


def test_a_stock_needs_no_begin():
    row = {"measure": "stock", "start_utc": "", "scope": "", "place": "hub:al-udeid"}
    assert parse_observations(text(row), "obs.csv", KNOWN).rows[0].start is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"window_id": "a b"}, "1: window_id: expected a name of letters, digits"),
        ({"start_utc": "16 Aug"}, '4: start_utc: expected a time in UTC such as 2021-08-16T19:35Z, got "16 Aug"'),
        ({"start_utc": "2021-08-16T24:61Z"}, "4: start_utc: expected a time in UTC"),
        ({"start_utc": "16/08/21 19:35"}, "4: start_utc: expected a time in UTC"),
        ({"start_utc": "2021-08-16"}, '4: start_utc: expected a time in UTC such as 2021-08-16T19:35Z, got "2021-08-16"'),
        ({"start_utc": "2021-08-17T00:05+15:30"}, "4: start_utc: expected a time in UTC"),
        ({"start_utc": "03/04/2021 10:00"}, "(2021-04-03 or 2021-03-04? write it so)"),
        ({"start_utc": ""}, '4: start_utc: expected a time in UTC such as 2021-08-16T19:35Z, got ""'),
        ({"end_utc": "2021-08-16T19:35Z"}, "22: end_utc: expected a time after start_utc, 2021-08-16T19:35:00Z"),
        ({"end_utc": "2041-08-16T19:35Z"}, "expected a window of at most ten years"),
        ({"measure": "poeple"}, 'got "poeple"; nearest: "people"'),
        ({"scope": "us-militry"}, 'the scenario has no operator "us-militry"; nearest: "us-military"'),
        ({"scope": "xxxxxxxx"}, "there is allied, charter, us-military"),
        ({"scope": "allied+allied"}, "operator allied twice"),
        ({"scope": "allied+all"}, "expected all alone"),
        ({"scope": ""}, "expected all, or names of operators joined by +"),
        ({"place": "inside"}, "expected nothing (only a stock has a place)"),
        ({"measure": "stock", "scope": "", "place": "insid"}, 'got "insid"; nearest: "inside"'),
        ({"measure": "stock", "scope": "", "place": "hub:al-udied"}, 'no hub "hub:al-udied"; nearest: "hub:al-udeid"'),
        ({"measure": "stock", "scope": "allied", "place": "inside"}, "a stock has no operator"),
        ({"value": "NaN"}, 'value: expected a number from 0 to 1e+12, got "NaN"'),
        ({"value": "inf"}, "value: expected a number"),
        ({"value": "-3"}, "value: expected a number"),
        ({"value": "9" * 15}, "value: expected a number"),
        ({"value": "1.200"}, 'got "1.200" (write 1200 or 1.2000)'),
        ({"value": "12 %"}, "value: expected a number"),
        ({"value": "~750"}, "(write 750)"),
        ({"value": "750 h"}, 'got "750 h"'),
        ({"value": "#REF!"}, "the error of a formula"),
        ({"value": "=SUM(A1:A3)"}, "a formula without its value"),
        ({"value": "٣"}, "value: expected a number"),
        ({"value": ""}, "value: expected a number"),
        ({"low": "751"}, "low: expected at most the value, 750, got 751"),
        ({"high": "749"}, "high: expected at least the value, 750, got 749"),
        ({"use": "calibrate"}, 'nearest: "calibration"'),
        ({"note": "\x1b[31mred"}, "note: expected one line of text without control characters"),
        ({"note": "two\nlines"}, "note: expected one line"),
    ],
)
def test_a_fault_says_where_and_what_would_be_right(row, said):
    found = faults(text(row, columns=(*COLUMNS, "note")))
    assert len(found) == 1
    assert found[0].startswith("obs.csv:2:")
    assert said in found[0]
    assert found[0].isprintable()


def test_all_faults_at_once_in_order():
    found = faults(text({"value": "x", "use": "y"}, {}, {"window_id": "E", "measure": "z"}))
    value = len("D1,2021-08-16T19:35Z,2021-08-17T07:00:00Z,people,all,,") + 1
    use = value + len("x,,,")
    measure = len("E,2021-08-16T19:35Z,2021-08-17T07:00:00Z,") + 1
    places = [f"obs.csv:2:{value}: value:", f"obs.csv:2:{use}: use:", f"obs.csv:4:{measure}: measure:"]
    assert [line.split(" expected")[0] for line in found] == places


def test_names_are_not_checked_without_a_scenario():
    assert parse_observations(text({"scope": "anybody"}), "obs.csv").rows[0].scope == "anybody"


def test_the_same_number_twice_and_other_times():
    found = faults(text({}, {}, {"measure": "flights", "start_utc": "2021-08-16T19:36Z"}))
    assert "obs.csv:3:1: window_id: the people of D1 stand in line 2 already" in found[0]
    assert "obs.csv:4:1: window_id: D1 has other times in line 2" in found[1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "missing: window_id"),
        (text(), "expected at least one row"),
        (text({}).replace("window_id", "windowid"), 'obs.csv:1:1: unknown column "windowid"; nearest: "window_id"'),
        (text({}).replace("place", "use", 1), "repeated column use"),
        (text({}).replace(",", ";", 8), "expected the columns window_id"),
        (text({}) + "a,b\n", "obs.csv:3:1: expected 10 cells, got 2"),
        (text({}) + 'a,"b\n', "not CSV"),
        (text({}) + "a\0b,\n", "obs.csv:3:1: expected 10 cells"),
        (text({}) + text(*[{}] * (MOST_ROWS + 1)).partition("\n")[2], "expected at most 10,000 rows"),
    ],
    ids=["empty", "header", "unknown", "repeated", "two-separators", "short", "quote", "nul", "many"],
)
def test_faults_of_the_whole_file(given, said):
    assert any(said in line for line in faults(given))


def test_a_quoted_cell_does_not_shift_the_column():
    before = '"a, b",D1,2021-08-16T19:35Z,2021-08-17T07:00:00Z,people,all,,750,,,'
    found = faults(text({"note": "a, b", "use": "x"}, columns=("note", *COLUMNS)))
    assert found[0].startswith(f"obs.csv:2:{len(before) + 1}: use:")


def test_the_digest_is_of_what_is_compared():
    base = parse_observations(text({}), "obs.csv").digest
    assert parse_observations(text({"source": "a"}, columns=("source", *COLUMNS)), "other.csv").digest == base
    assert parse_observations(text({"value": "751"}), "obs.csv").digest != base
    assert parse_observations(text({"use": "blind"}), "obs.csv").digest != base


def test_files(tmp_path):
    path = tmp_path / "obs.csv"
    path.write_bytes(b"\xef\xbb\xbf" + text({}).replace("\n", "\r\n").encode())
    assert load_observations(path).name == "obs.csv"
    path.write_bytes(b"x" * 1_000_001)
    with pytest.raises(ScenarioError, match="at most 1,000,000 bytes"):
        load_observations(path)
    with pytest.raises(ScenarioError, match="No such file"):
        load_observations(tmp_path / "absent.csv")
    with pytest.raises(ScenarioError, match="expected the path"):
        load_observations("")


def test_a_workbook_says_the_same(tmp_path, monkeypatch):
    rows = list(csv.reader(io.StringIO(text({}, {"measure": "flights", "value": "4"}))))
    book = openpyxl.Workbook()
    book.active.append(["Observed"])
    book.active.append(rows[0])
    for row in rows[1:]:
        times = [datetime.fromisoformat(row[k]).replace(tzinfo=None) for k in (1, 2)]
        book.active.append([row[0], *times, *row[3:6], float(row[6]), *row[7:9], row[9]])
    path = tmp_path / "obs.xlsx"
    book.save(path)
    wanted = parse_observations(text({}, {"measure": "flights", "value": "4"}), "obs.csv")
    result = load_observations(path)
    assert (result.digest, result.notices) == (wanted.digest, ("left out what stands above the columns: line 1",))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert load_observations("-").digest == wanted.digest
    book.active["B3"] = "yesterday"
    book.save(path)
    with pytest.raises(ScenarioError, match=r'obs\.xlsx:3:2: start_utc: expected a time .* got "yesterday" in cell B3'):
        load_observations(path)


def test_shipped_observations():
    found = load_observations("evacsim:observations/kabul-2021.csv")
    assert found.name == "kabul-2021.csv"
    assert all(row.source for row in found.rows)
    assert max(row.end for row in found.rows) == datetime(2021, 8, 24, 7)
    assert {row.use for row in found.rows} == {"calibration", "check"}
    counted = [row for row in found.rows if row.use == "calibration" and row.measure == "people"]
    assert [row.value for row in counted] == [2000, 2000, 6000, 3800, 7800, 16300, 21600]
    assert all(a.end == b.start for a, b in pairwise(counted))
    with pytest.raises(ScenarioError, match=r"there is evacsim:observations/kabul-2021\.csv"):
        load_observations("evacsim:observations/../base/kabul.yaml")
