"""Loading files into the mart: found, opened, recognised, read, and committed each whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import pandas as pd

from helpers.data.checking.oddities import find_oddities, remarks_of
from helpers.data.files.editions import Editions, earlier_than_held
from helpers.data.files.finding import Found, find_files
from helpers.data.files.open_files import open_file
from helpers.data.files.parts import is_long, read_parts, refuse_too_long
from helpers.data.files.sheets import Sheet
from helpers.data.loading.plausible import refusals, remarks
from helpers.data.loading.record_files import RecordFile, is_parquet
from helpers.data.mart import Mart
from helpers.data.mart.writing import Load
from helpers.data.organisations.mergers import known_codes, store_mergers
from helpers.data.periods import last_day
from helpers.data.sources import all_layouts, describe_rest, recognise
from helpers.data.sources.layout import Context, Layout, Reading, read_all
from helpers.data.sources.mapped import mapped_layouts
from helpers.errors import DataError, Problem, raise_all
from helpers.hashes import hash_file
from helpers.register import Register

Outcome = Literal["loaded", "already loaded", "refused"]
Progress = Callable[[str, int, int], None]  # path, how many are done, how many there are


@dataclass(frozen=True)
class LoadResult:
    """What became of one file; `rejected` says how many rows were left out for which reason."""

    path: str
    outcome: Outcome
    layout: str = ""
    source: str = ""
    rows_read: int = 0
    rows_kept: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class LoadError(DataError):
    """Some files were refused; `results` has what became of every file."""

    def __init__(self, results: Sequence[LoadResult]) -> None:
        self.results = tuple(results)
        super().__init__([problem for result in results for problem in result.problems])


def load_paths(
    mart: Mart,
    paths: Iterable[str | Path],
    register: Register,
    *,
    progress: Progress | None = None,
    vintage: datetime | None = None,
    today: date | None = None,
) -> list[LoadResult]:
    """Load files, folders, wildcards and http(s) addresses.

    Each file is committed whole or not at all, and what the mart holds already is not loaded again.
    What a file's name says of its edition (revised, v2, provisional) goes before the order of loading.

    Raises `LoadError` where files were refused, after the others have been loaded.

    Parameters
    ----------
    paths
        What to load; a folder stands for every data file in it and below.
    progress
        Called with each file, how many are done, and how many there are.
    vintage
        Edition of the figures (UTC), where it is not the moment of loading.
    today
        The day after which periods lie in the future, where it is not today.

    Returns
    -------
    list of LoadResult
        One per file, in the order of loading.
    """
    with find_files(paths) as files:
        return load_files(mart, files, register, progress=progress, vintage=vintage, today=today)


def load_files(
    mart: Mart,
    files: Sequence[Found],
    register: Register,
    *,
    progress: Progress | None = None,
    vintage: datetime | None = None,
    today: date | None = None,
) -> list[LoadResult]:
    """Load files that have been found, in their order; see `load_paths`."""
    with _Batch(mart, register, vintage, today) as batch:
        for done, file in enumerate(files):
            if progress:
                progress(file.shown, done, len(files))
            batch.add(file)
        results = batch.commit()
        if progress:
            progress("", len(files), len(files))
    if any(result.outcome == "refused" for result in results):
        raise LoadError(results)
    return results


@dataclass
class _Staged:
    """A file that has been read and written out of sight, to be committed or dropped."""

    file: Found
    opened: AbstractContextManager[Load]
    load: Load
    result: LoadResult


class _Batch:
    """The files of one command: all are read before any is committed, so that they can be compared."""

    def __init__(
        self, mart: Mart, register: Register, vintage: datetime | None, today: date | None
    ) -> None:
        self.mart, self.register, self.vintage = mart, register, vintage
        self.today = today or date.today()
        self.results: list[LoadResult | _Staged] = []
        self.editions: dict[str, Editions] = {}
        self.anew: set[str] = set()  # files that the mart holds as they were read otherwise

    def __enter__(self) -> _Batch:
        return self

    def __exit__(self, *_: object) -> None:
        for staged in self.results:
            if isinstance(staged, _Staged):
                self._close(staged, keep=False)

    def add(self, file: Found) -> None:
        """Read a file and stage it; what is wrong with it becomes its result."""
        try:
            found = self._stage(file)
            if isinstance(found, _Staged) and file.shown in self.anew:
                remarks = (
                    *found.result.remarks,
                    "read anew: how it is read has changed since it was loaded",
                )
                found = replace(found, result=replace(found.result, remarks=remarks))
            self.results.append(found)
        except DataError as error:
            self.results.append(LoadResult(file.shown, "refused", problems=error.problems))

    def commit(self) -> list[LoadResult]:
        """Commit what was staged, in order, and return what became of each file."""
        clashes = {
            shown: problem for editions in self.editions.values() for shown, problem in editions.clashes()
        }
        settled: list[LoadResult] = []
        kept: dict[int, str] = {}  # which load of the mart each result is about
        for entry in self.results:
            if isinstance(entry, LoadResult):
                settled.append(entry)
            elif entry.file.shown in clashes:
                self._close(entry, keep=False)
                problem = clashes[entry.file.shown]
                settled.append(LoadResult(entry.file.shown, "refused", problems=(problem,)))
            else:
                self._close(entry, keep=True)
                kept[len(settled)] = entry.load.id
                settled.append(entry.result)
        self.results = []
        if any(result.outcome != "refused" for result in settled):
            store_mergers(self.mart, self.register)
        return self._with_oddities(settled, kept)

    def _with_oddities(self, settled: list[LoadResult], kept: dict[int, str]) -> list[LoadResult]:
        """Add to each file what is out of place in it beside the other months that the mart holds now."""
        found = find_oddities(self.mart, self.register, set(kept.values())) if kept else []
        for number, load in kept.items():
            odd = remarks_of([oddity for oddity in found if oddity.load == load])
            settled[number] = replace(settled[number], remarks=(*settled[number].remarks, *odd))
        return settled

    def _close(self, staged: _Staged, *, keep: bool) -> None:
        staged.load.discarded = not keep
        staged.opened.__exit__(None, None, None)

    def _stage(self, file: Found) -> LoadResult | _Staged:
        if file.problem:
            raise DataError(file.problem)
        held = self._held(file)
        if held:
            return held
        if records := self._record_file(file):
            return self._stage_records(file, records)
        if is_long(file.path):
            staged = self._stage_parts(file)
            if staged:
                return staged
            refuse_too_long(file.path, file.shown)
        opened = open_file(file.path)
        matches = recognise(opened.sheets, mapped_layouts(self.register))
        layout = matches[0].layout
        reading = read_all(matches, self._context())
        reading = replace(reading, remarks=(*reading.remarks, *describe_rest(opened, matches)))
        if not sum(len(frame) for frame in reading.tables.values()):
            raise DataError(file.shown, f"no row that {layout.name} can use", cure="check the file")
        if "measure_values" in reading.tables:
            problems = refusals(file.shown, reading.tables["measure_values"], self.register, self.today)
            raise_all(problems, DataError)
        return self._write(file, layout, *self._dated(file, layout, reading))

    def _record_file(self, file: Found) -> RecordFile | None:
        """Return a Parquet file of records in the mart's own columns; None of what a layout reads."""
        if not is_parquet(file.path):
            return None
        records = RecordFile(file.path, file.shown)
        heading = Sheet(file.path.name, grid=(records.columns,))
        try:
            recognise([heading], mapped_layouts(self.register))
        except DataError:
            return records
        return None

    def _stage_records(self, file: Found, records: RecordFile) -> _Staged:
        """Stage a Parquet file of records, which no memory holds."""
        staged = self._write(file, records.layout, records.reading, self.vintage)
        try:
            records.stage(staged.load)
        except BaseException:
            self._close(staged, keep=False)
            raise
        return staged

    def _stage_parts(self, file: Found) -> _Staged | None:
        """Stage a long file a part at a time; None where its layout must be read whole."""
        sheets, own = read_parts(file.path), mapped_layouts(self.register)
        matches = recognise([next(sheets)], own)
        layout, context = matches[0].layout, self._context()
        if not layout.by_rows:
            return None
        first = layout.read(matches, context)
        staged = self._write(file, layout, first, self.vintage)
        try:
            rest = (layout.read(recognise([sheet], own), context) for sheet in sheets)
            return _write_rest(staged, first, rest)
        except BaseException:
            self._close(staged, keep=False)
            raise

    def _dated(self, file: Found, layout: Layout, reading: Reading) -> tuple[Reading, datetime | None]:
        """Return which edition of the figures this is, with a remark where the mart holds a later one."""
        vintage = self.vintage or _edition(reading)
        values = reading.tables.get("measure_values")
        if vintage is not None or values is None:
            return reading, vintage
        found = earlier_than_held(self.mart, layout.dataset, file.shown, values)
        if found is None:
            return reading, None
        remark = f"an earlier edition than {found[1]}, whose figures stay in force"
        return replace(reading, remarks=(*reading.remarks, remark)), found[0]

    def _held(self, file: Found) -> LoadResult | None:
        if not file.path.is_file():
            raise DataError(file.shown, "not a file")
        sha256 = hash_file(file.path)
        held = [load for load in self.mart.loads() if load.sha256 == sha256]
        layouts = (*all_layouts(), *mapped_layouts(self.register)) if held else ()
        if held and (records := self._record_file(file)):
            layouts = (records.layout,)
        known = {layout.name: layout for layout in layouts}
        for load in held:  # a reader or a mapping that was mended since reads the file anew
            if load.layout in known and load.settings == known[load.layout].how_read:
                return LoadResult(file.shown, "already loaded", load.layout, load.source)
        self.anew |= {file.shown} if held else set()
        return None

    def _context(self) -> Context:
        return Context(self.register, known_codes(self.mart))

    def _write(self, file: Found, layout: Layout, reading: Reading, vintage: datetime | None) -> _Staged:
        opened = self.mart.load(
            source=layout.dataset,
            layout=layout.name,
            policy=layout.policy,
            file=file.path,
            shown=file.shown,
            synthetic=layout.synthetic or reading.synthetic,
            name=layout.title,
            mode=layout.mode,
            secondary=layout.secondary,
            publication=layout.publication,
            settings=layout.how_read,
            vintage=vintage,
            as_at=reading.as_at or _last_day(reading),
        )
        load = opened.__enter__()
        try:
            load.count(read=reading.rows_read, rejected=reading.rejected)
            for table, frame in reading.tables.items():
                load.write(table, frame)
            self._note_edition(file, layout, reading)
        except BaseException:
            load.discarded = True
            opened.__exit__(None, None, None)
            raise
        return _Staged(file, opened, load, _result(file, layout, reading, self.today))

    def _note_edition(self, file: Found, layout: Layout, reading: Reading) -> None:
        if "measure_values" in reading.tables:
            self.editions.setdefault(layout.dataset, Editions()).add(
                file.shown, reading.tables["measure_values"], edition=file.edition
            )


#: rows of records that are gathered before they are written: each time makes a file per organisation
GATHERED = 500_000


def _write_rest(staged: _Staged, first: Reading, rest: Iterator[Reading]) -> _Staged:
    """Write the readings of the later parts of a file to the load of its first."""
    load, last = staged.load, first.as_at
    gathered: dict[str, list[pd.DataFrame]] = {}
    for reading in rest:
        load.count(read=reading.rows_read, rejected=reading.rejected)
        last = max(filter(None, (last, reading.as_at)), default=None)
        for table, frame in reading.tables.items():
            frames = gathered.setdefault(table, [])
            frames.append(frame)
            if sum(map(len, frames)) >= GATHERED:
                load.write(table, pd.concat(frames, ignore_index=True))
                frames.clear()
    for table, frames in gathered.items():
        if frames:
            load.write(table, pd.concat(frames, ignore_index=True))
    load.as_at = last
    result = replace(
        staged.result, rows_read=load.rows_read or 0, rows_kept=load.rows_kept, rejected=dict(load.rejected)
    )
    return replace(staged, result=result)


def _result(file: Found, layout: Layout, reading: Reading, today: date) -> LoadResult:
    return LoadResult(
        file.shown,
        "loaded",
        layout.name,
        layout.dataset,
        rows_read=reading.rows_read,
        rows_kept=reading.rows_read - sum(reading.rejected.values()),
        rejected=reading.rejected,
        remarks=(*reading.remarks, *remarks(layout, reading, today)),
    )


def _edition(reading: Reading) -> datetime | None:
    return datetime.combine(reading.published, datetime.min.time()) if reading.published else None


def _last_day(reading: Reading) -> date | None:
    """Return the end of the latest period, which is what the data speak up to."""
    values = reading.tables.get("measure_values")
    return None if values is None or values.empty else last_day(values)
