"""The result folder: ``results/<scenario>/<id>/``, at any moment absent, resumable or complete.

Replications lie in fixed blocks of 20 under ``blocks/``; each block is one file, written whole or not at all.  The
tables for people are made from the blocks at the end of a command and hold replications 0 … n−1.
"""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from sim.experiment.blocks import SIZE, TABLES, Block, CorruptBlock, Failure, decode, encode, merge
from sim.experiment.files import (
    MOST_DATA,
    MOST_TEXT,
    OutputError,
    ReadOnlyError,
    StoreError,
    locked,
    read,
    read_json,
    refuse_link,
    remove_leftovers,
    storing,
    write,
)
from sim.experiment.tables import escape_formula, table_of, write_table
from sim.scenario.parquet import schema_of

OFTEN = 0.5
"""Seconds between two writes of blocks while replications come in."""
MANIFEST = "manifest.json"
"""Written last; it has the checksums of the others, and one of itself."""
OF = "made_of"
"""In a manifest: a digest of all that the tables and the summary depend on."""
SEALED = ("scenario.yaml", "summary.json", "failures.csv", *(f"{table}.parquet" for table in TABLES))
"""What else is read back, and has a checksum in the manifest."""
_Stamp = tuple[int, int, int]
_SHORT = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}
"""What the process lacks, for which a block is not to blame."""


class Store:
    """The folder of one run: a scenario with a seed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.blocks = folder / "blocks"
        self.read_only = False
        """Whether the folder is held without a lock, since nothing can be written to it: what is finished is shown."""
        self._sums: Mapping[str, str] | None = None
        self._heads: dict[int, tuple[_Stamp | None, _Head | None]] = {}
        self._added: dict[int, list[Block]] = {}
        self._held, self._kept_at = False, 0.0

    @contextmanager
    def open(self, waiting: Callable[[], None] = lambda: None, finished: str = MANIFEST) -> Iterator[None]:
        """Holds the folder for this command; a second one waits until the first is done, then uses what it stored.

        What is stored in a folder that can't be written to is held without a lock: nobody else can change it either.  There is
        something where replications are, as those of a study's points, or the file *finished*.
        """
        with ExitStack() as held:
            try:
                held.enter_context(locked(self.folder, waiting))
            except ReadOnlyError:
                if not (self.folder / finished).is_file() and not self.blocks.is_dir():
                    raise
                self.read_only = True
            else:
                remove_leftovers(self.folder)
                remove_leftovers(self.blocks)
                held.callback(self._let_go)
                self._held, self._kept_at = True, time.monotonic()
            yield

    def _path(self, index: int) -> Path:
        return self.blocks / f"{index * SIZE:07d}.block"

    def block(self, index: int) -> Block | None:
        """A stored block; None if it is absent, cut short or altered, so that it is computed again."""
        self._keep()
        try:
            block = decode(read(self._path(index)))
        except OSError as error:
            if error.errno in _SHORT:
                raise OutputError(f"cannot read {self._path(index)}: {error.strerror}") from error
            return None
        except (CorruptBlock, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        numbers = {*block.replications, *(f.replication for f in block.failures)}
        return block if numbers <= set(range(index * SIZE, (index + 1) * SIZE)) else None

    def _indices(self, n: int) -> list[int]:
        """The blocks of replications 0 … n−1 that have a file; as many steps as there are files."""
        self._keep()
        refuse_link(self.blocks)
        names = (path.stem for path in self.blocks.glob("*.block"))
        indices = {int(name) // SIZE for name in names if name.isascii() and name.isdigit() and len(name) < 20}
        return sorted(index for index in indices if index * SIZE < n)

    def _blocks(self, n: int) -> Iterator[Block]:
        """The stored blocks of replications 0 … n−1, one in memory at a time."""
        return filter(None, map(self.block, self._indices(n)))

    def _known(self, n: int) -> Iterator[_Head]:
        """What the stored blocks of replications 0 … n−1 hold; each is looked at once, as long as its file is the same."""
        for index in self._indices(n):
            stamp = _stamp(self._path(index))
            if index not in self._heads or stamp is None or self._heads[index][0] != stamp:
                self._heads[index] = stamp, _head(self.block(index))
            if (head := self._heads[index][1]) is not None:
                yield head

    def add(self, *pieces: Block) -> None:
        """Adds replications, each piece of one block, to what is stored; a later one of the same replication holds.

        Parts of a block that come within :data:`OFTEN` seconds of a write are written together with what follows: at the latest
        when anybody reads, or the folder is let go.

        Raises:
            StoreError: if that cannot be written; what is written by then is kept, and a block is as it was or whole.
        """
        for piece in pieces:
            if indices := {k // SIZE for k in (*piece.replications, *(f.replication for f in piece.failures))}:
                (index,) = indices
                self._added.setdefault(index, []).append(piece)
        whole = any(sum(len(piece.replications) for piece in new) >= SIZE for new in self._added.values())
        if whole or not self._held or time.monotonic() - self._kept_at > OFTEN:
            self._keep()

    def _let_go(self) -> None:
        self._held = False
        self._keep()

    def _keep(self) -> None:
        """Writes what was added."""
        added, self._added = self._added, {}
        with storing(self.folder) if added else nullcontext():
            for index, new in added.items():
                self.blocks.mkdir(exist_ok=True)
                old = self.block(index)
                write(self._path(index), encode(merge(*([old] if old is not None and _schemas(old) is not None else []), *new)))
        if added:
            self._kept_at = time.monotonic()

    def stored(self, n: int) -> set[int]:
        """Which of replications 0 … n−1 are stored; those that failed are not.

        Raises:
            ReadOnlyError: if some are missing in a folder to which they can't be added.
        """
        stored = {k for head in self._known(n) if head.schemas is not None for k in head.replications if k < n}
        if self.read_only and len(stored) < n:
            missing = f"{n - len(stored):,} of {n:,} replications are missing"
            raise ReadOnlyError(f"cannot keep results in {self.folder}, to which nothing can be written: {missing}")
        return stored

    def failures(self, n: int) -> list[Failure]:
        """The failed ones among replications 0 … n−1."""
        return [f for head in self._known(n) for f in head.failures if f.replication < n]

    def complete(self, n: int) -> bool:
        """Whether replications 0 … n−1 are all in the blocks, or failed."""
        count = 0
        for head in self._known(n):
            count += sum(k < n for k in head.replications) + sum(f.replication < n for f in head.failures)
        return count == n

    def scan(self, table: str, n: int) -> pl.LazyFrame:
        """Replications 0 … n−1 of a table, a block at a time."""
        schema = self._schema(table, n)

        def frames() -> Iterator[pl.DataFrame]:
            for block in self._blocks(n):
                if table in block.tables:
                    yield _fit(block.frame(table).filter(pl.col("replication") < n), schema)

        return table_of(schema, frames)

    def _schema(self, table: str, n: int) -> pl.Schema:
        """Columns and types that fit every block."""
        empty = [pl.DataFrame(schema={"replication": pl.Int32})]
        for head in self._known(n):
            if head.schemas is not None and table in head.schemas:
                empty.append(pl.DataFrame(schema=head.schemas[table]))
        joined = pl.concat(empty, how="diagonal_relaxed").schema
        return pl.Schema({name: pl.Float64() if dtype == pl.Null else dtype for name, dtype in joined.items()})

    def write_tables(self, n: int, *, as_csv: bool = False) -> None:
        """Writes the tables for replications 0 … n−1, equal byte for byte however they were computed.

        Raises:
            StoreError: if they can't be written, or a block can't be read any more.
        """
        if self.read_only:
            return
        if not self.complete(n):
            raise StoreError(f"{self.folder}: some blocks cannot be read any more; the same command makes them again")
        for table in TABLES:
            write_table(self.folder, table, self.scan(table, n), as_csv=as_csv)
        with storing(self.folder):
            self._write_failures(n)
            self._sums = self._sealed()

    def _write_failures(self, n: int) -> None:
        failures = self.failures(n)
        path = self.folder / "failures.csv"
        if not failures:
            path.unlink(missing_ok=True)
            return
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(Failure._fields)
        rows.writerows((f.replication, f.stage, escape_formula(f.message)) for f in failures)
        write(path, text.getvalue().encode())

    def write_text(self, name: str, text: str) -> None:
        """Writes a small file whole; in a folder that can't be written to everything is there already."""
        if not self.read_only:
            with storing(self.folder):
                write(self.folder / name, text.encode("utf-8", "backslashreplace"))  # which makes JSON escapes of surrogates

    def write_json(self, name: str, value: Mapping[str, Any], beside: Iterable[Path] = ()) -> None:
        """Writes a small JSON file whole; numbers must be finite.

        The manifest gets the checksums of all files before it, and of those *beside* it, such as pictures.
        """
        if name == MANIFEST and not self.read_only:
            with storing(self.folder):
                others = {path.name: hashlib.sha256(read(path)).hexdigest() for path in beside}
                value = {**value, "checksums": self._sealed() | others}
            value = {**value, "checksum": _checksum(value)}
        self.write_text(name, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")

    def _sealed(self) -> dict[str, str]:
        """The checksums of the files that are there."""
        names = sorted({*SEALED, *(path.name for path in self.folder.glob("*.parquet"))})
        present = [name for name in names if (self.folder / name).is_file() and not (self.folder / name).is_symlink()]
        return {name: hashlib.sha256(read(self.folder / name)).hexdigest() for name in present}

    def seal(self, name: str) -> None:
        """Notes the checksum of a file that was written beside the tables."""
        with storing(self.folder):
            self._sums = {**(self._sums or {}), name: hashlib.sha256(read(self.folder / name)).hexdigest()}

    def manifest(self) -> dict[str, Any]:
        """The manifest, whose checksums from now on say which files are as they were written.

        Raises:
            OSError: if it can't be read.
            ValueError: if it isn't as it was written.
        """
        manifest = read_json(self.folder / MANIFEST)
        if not isinstance(manifest, dict) or not isinstance(manifest.get("checksums"), dict):
            raise ValueError("a manifest without checksums")
        if manifest.pop("checksum", None) != _checksum(manifest):
            raise ValueError("not the manifest that was written")
        self._sums = manifest["checksums"]
        return manifest

    def finished(self, of: str) -> dict[str, Any] | None:
        """The summary of a command that was finished here and made what *of* says; None where any file isn't as it wrote it."""
        try:
            manifest = self.manifest()
            if manifest.get(OF) == of and self._sealed() == manifest["checksums"]:
                summary: dict[str, Any] = json.loads(read(self.folder / "summary.json", MOST_TEXT))
                return summary
        except (OSError, ValueError, RecursionError):
            pass
        return None

    def knows(self, name: str) -> bool:
        """Whether a file of that name was written."""
        return bool(self._sums and name in self._sums)

    def intact(self, name: str) -> bytes | None:
        """What the file *name* holds if that is what was written, as the manifest says or this command knows; else None."""
        if self._sums is None:
            try:
                self.manifest()
            except (OSError, ValueError):
                return None
        try:
            data = read(self.folder / name, MOST_TEXT if name in SEALED[:3] else MOST_DATA)
        except OSError:
            return None
        return data if self._sums and self._sums.get(name) == hashlib.sha256(data).hexdigest() else None

    def checksum(self, name: str) -> str | None:
        """SHA-256 in hex of the file *name* if it is what was written; else None."""
        return self._sums[name] if self.intact(name) is not None and self._sums else None


def _stamp(path: Path) -> _Stamp | None:
    """Tells one file of that name from the next, each of which is written anew; None where there is none."""
    try:
        seen = path.lstat()
    except OSError:
        return None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns


class _Head(NamedTuple):
    """What is asked of a block again and again, without its tables."""

    replications: tuple[int, ...]
    failures: tuple[Failure, ...]
    schemas: Mapping[str, pl.Schema] | None
    """Of its tables; None where not all are there and can be read, as those of any that was written here."""


def _head(block: Block | None) -> _Head | None:
    return None if block is None else _Head(block.replications, block.failures, _schemas(block))


def _schemas(block: Block) -> dict[str, pl.Schema] | None:
    try:
        schemas = {table: schema_of(block.tables[table]) for table in TABLES if block.replications}
        return schemas if all(schema["replication"].is_integer() for schema in schemas.values()) else None
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None


def _checksum(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _fit(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """The columns of *schema* in its order and types; those that a block lacks are null."""
    present = set(frame.columns)
    return frame.select(
        (pl.col(name).cast(dtype) if name in present else pl.lit(None, dtype=dtype).alias(name)) for name, dtype in schema.items()
    )


QUICK = 0.25
"""Seconds of work that a piece should have at least: to pack and to store one costs as much as many quick replications."""


def pieces(
    missing: Iterable[int], jobs: int, together: int = 1, pace: Callable[[], float | None] = lambda: None
) -> Iterator[tuple[int, ...]]:
    """Missing replications in pieces that stay within one block, small enough to keep all workers busy.

    *together*: replications that share inputs, so that one worker should have them: what it prepares serves all of them; *pace*:
    seconds that a replication takes, if that is known by now.
    """
    wanted = sorted(missing)
    least = together * max(1, -(-len(wanted) // (4 * jobs * together)))
    begin = 0
    while begin < len(wanted):
        seconds = pace()
        quick = together * math.ceil(QUICK / (seconds * together)) if seconds else 0
        end = min(begin + min(SIZE, max(least, quick)), len(wanted))
        piece = [k for k in wanted[begin:end] if k // SIZE == wanted[begin] // SIZE]
        yield tuple(piece)
        begin += len(piece)
