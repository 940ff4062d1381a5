"""Bytes of a table → rows of known columns, whatever programme wrote them; broken ones end in faults."""

# ruff: noqa: E501 - a case is a row

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.errors import Faults, ScenarioError
from sim.scenario.tabular.source import grid_of
from sim.scenario.tabular.table import MOST_ROWS, Column, Columns, Table, table_of

COLUMNS = Columns(
    Column("name", True, ("who", "title"), ("#org",)),
    Column("kind", True, ("type",), ("#group",)),
    Column("size", True, ("how_many",), ("#affected",)),
    Column("note", False, ("remark",)),
)


def read(data: bytes | str, label: str = "t.csv") -> Table:
    faults = Faults()
    table = table_of(grid_of(data.encode() if isinstance(data, str) else data, label, COLUMNS), COLUMNS, faults)
    faults.stop()
    return table


def texts(table: Table) -> list[tuple[str, ...]]:
    return [tuple(row.text(name) for name in ("name", "kind", "size")) for row in table.rows]


def faults_of(data: bytes | str) -> list[str]:
    with pytest.raises(ScenarioError) as refused:
        read(data)
    return [str(fault) for fault in refused.value.faults]


def outcome(data: bytes) -> list[str]:
    """The faults of bytes that may be a table; none if they are one."""
    try:
        read(data)
    except ScenarioError as error:
        return [str(fault) for fault in error.faults]
    return []


PLAIN = "name,kind,size\nä,x,5\nb,y,6\n"
WANTED = [("ä", "x", "5"), ("b", "y", "6")]


@pytest.mark.parametrize(
    ("data", "notices"),
    [
        (PLAIN.encode(), ()),
        (PLAIN.encode("utf-8-sig"), ()),
        (PLAIN.encode("utf-16"), ()),
        (b"\xfe\xff" + PLAIN.encode("utf-16-be"), ()),
        (PLAIN.encode("utf-32"), ()),
        (PLAIN.encode("cp1252"), ('read as Windows-1252 ("ä" in line 2), since it is no UTF-8',)),
        (PLAIN.replace("\n", "\r\n").encode(), ()),
        (PLAIN.replace("\n", "\r").encode(), ()),
        (PLAIN.replace(",", ";").encode(), ()),
        (PLAIN.replace(",", "\t").encode(), ()),
        (PLAIN.replace(",", "|").encode(), ()),
        (("sep=;\r\n" + PLAIN.replace(",", ";")).encode(), ()),
        (("sep=~\n" + PLAIN.replace(",", "~")).encode(), ()),
        (('"sep=,"\n' + PLAIN).encode(), ()),
        (PLAIN.replace("\n", ",,\n").encode(), ()),
        (("\n" + PLAIN.replace("\n", "\n\n ,,\n")).encode(), ()),
        (PLAIN.replace("name", " NAME ").encode(), ()),
        (PLAIN.replace("name,kind,size", "Who,TYPE,How many").encode(), ()),
        (PLAIN.replace("name,kind,size", "who,type,how-many ").encode(), ()),
        (("A list of people,,\n,,\n" + PLAIN).encode(), ("left out what stands above the columns: line 1",)),
        (PLAIN.replace("\n", "\n#org +name,#group,#affected+ind\n", 1).encode(), ("left out HXL tags: line 2",)),
        (PLAIN.replace("name,kind,size", "#org+name,#group,#affected").encode(), ()),
        ((PLAIN.replace("b,", "Name,kind,SIZE\nb,")).encode(), ("left out the columns once more: line 3",)),
        ("name,email,kind,size\nä,1,x,5\nb,2,y,6\n".encode(), ('left out the column "email"',)),
        (",name,kind,size\n0,ä,x,5\n1,b,y,6\n".encode(), ("left out the column number 1, which has no name",)),
        ("name;kind;size\nä;x;5\nb;y;6\n".encode("utf-16"), ()),
    ],
)  # fmt: skip
def test_the_same_table_in_many_forms(data: bytes, notices: tuple[str, ...]) -> None:
    table = read(data)
    assert texts(table) == WANTED
    assert table.notices == notices


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("", "t.csv:1:1: expected the columns name, kind, size, got "),
        ("name,kind,size\n", "t.csv:1:1: expected at least one row"),
        ("name,kin\na,b\n", 't.csv:1:6: unknown column "kin"; nearest: "kind"'),
        ("name,kind,size,name\na,b,5,c\n", "t.csv:1:16: repeated column name"),
        ("who,title,kind,size\na,a,b,5\n", 't.csv:1:5: expected one column name, got "who" and "title": call one of them name'),
        ("name,kind,size\na,b\n", "t.csv:2:1: expected 3 cells, got 2"),
        ("name,kind,size\na,b,1,200\n", 't.csv:2:1: expected 3 cells, got 4 (a comma within a number? write the cell as "1,200" in quotes)'),
        ("name,kind,size\na,b,5,x\n", "t.csv:2:1: expected 3 cells, got 4"),
        ('name,kind,size\n"a\nb",k,5\nc,d\n', "t.csv:4:1: expected 3 cells, got 2"),
        ('name,kind,size\n"a\nb",k\n', "t.csv:2:1: expected 3 cells, got 2"),
        ('name,kind,size\na,"b,5\nc', "t.csv:2:1: not CSV: unexpected end of data"),
        ("sep=a\nx\n", "t.csv:1:1: expected one of commas, semicolons, tabs, bars"),
        (b"name,kind,size\na\0,b,5\n", "t.csv:2:1: expected text, got a byte 0"),
        (b"\xff\xfea", "t.csv:1:1: expected UTF-8 text"),
        (b"name,kind,size\n\x81\xff,b,5\n", "t.csv:2:1: expected UTF-8 text"),
        (b"\xa0", "t.csv:1:1: expected the columns name, kind, size"),
        (b"x" * 1_000_001, "t.csv:1:1: expected a file of at most 1,000,000 bytes"),
        ("name,kind,size\n" + "a,b,5\n" * (MOST_ROWS + 1), "t.csv:10002:1: expected at most 10,000 rows"),
        ("name,kind,size\nname;kind;size\n", "commas and semicolons are as likely to separate the cells: write sep=, into a first line"),
    ],
)  # fmt: skip
def test_what_is_refused(data: bytes | str, fault: str) -> None:
    assert any(fault in line for line in faults_of(data)), faults_of(data)


def test_a_cell_knows_its_place() -> None:
    first, second, third = read('sep=,\nname,kind,size\n"a ""b"", c", d ,5\n"two\nlines",k,6\n\n x,y,7\n').rows
    assert [(c.line, c.column) for c in first.cells.values()] == [(3, 1), (3, 14), (3, 18)]
    assert [(c.line, c.column) for c in second.cells.values()] == [(4, 1)] * 3
    assert (first.text("name"), first.text("kind")) == ('a "b", c', "d")
    assert (third.line, third.apart, second.apart) == (7, True, False)


names = st.text(st.characters(codec="cp1252", exclude_categories=("Cc", "Cf", "Zs", "Zl", "Zp", "Cs")), min_size=1, max_size=8)
cells = st.one_of(
    names, st.integers(0, 9999).map(str), st.just(""), st.just("a, b;c\td|e"), st.just('x "y" z'), st.just("two\nlines")
)


@pytest.mark.costly
@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(names, cells, cells), min_size=1, max_size=6),
    separator=st.sampled_from(",;\t|"),
    ends=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    columns=st.permutations(["name", "kind", "size"]),
    extra=st.booleans(),
)
def test_what_is_written_in_any_form_is_read_the_same(rows, separator, ends, encoding, quoting, columns, extra) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=ends, quoting=quoting)
    writer.writerow([*columns, *(["more"] if extra else [])])
    order = ["name", "kind", "size"]
    for row in rows:
        writer.writerow([*(row[order.index(name)] for name in columns), *(["z"] if extra else [])])
    data = out.getvalue().encode(encoding)
    if encoding == "cp1252" and not data.isascii():
        try:
            data.decode("utf-8")
            return  # Windows text that is UTF-8 by chance
        except UnicodeDecodeError:
            pass
    wanted = [row for row in rows if not all(text.startswith("#") for text in row if text)]
    if wanted == rows:
        assert texts(read(data)) == [tuple(text.strip() for text in row) for row in rows]


@settings(max_examples=150, deadline=None)
@given(
    data=st.one_of(
        st.binary(max_size=80), st.tuples(st.binary(max_size=30), st.integers(0, 30)).map(lambda t: PLAIN.encode()[: t[1]] + t[0])
    )
)
def test_broken_bytes_are_read_or_refused(data: bytes) -> None:
    assert all(line.isprintable() for line in outcome(data))
