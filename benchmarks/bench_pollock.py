"""Scores how CSV files are read, as the HPI Pollock benchmark does, beside DuckDB's own reader.

Run from the repository root::

    .uv/bin/uv run python benchmarks/bench_pollock.py POLLOCK [--full] [--json OUT]

POLLOCK is a folder of the benchmark with ``csv``, ``clean`` and ``parameters`` (and the
``survey_`` ones, if there). ``--full`` adds the polluted files that are not in it, made anew from
its ``source.csv``. A file scores from 0 to 10: read at all, and precision, recall and F1 of header
cells, records and cells as multisets. The simple score is the mean over the polluted files, the
weighted one counts each fault as often as it was found in the wild.

Files are read through the door of the library, which takes a file without a byte for an empty
table in salvage; `lead-triage load` refuses it (``file_no_payload``, weight 15 of 4,450).

A header line is compared where the file has one. The published runs of DuckDB wrote its names also
for files without; that costs it there, and is the last line.
"""

import argparse
import csv
import io
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from pollutions import Case, pollutions, read_clean

from pipelines.errors import BadInputError
from pipelines.load.meaning.mapping import FileDialect
from pipelines.load.read.discover import InputFile
from pipelines.load.read.read_csv import open_csv
from pipelines.store import Database

Table = list[list[str]]


@dataclass(frozen=True)
class Loaded:
    """What a reader made of a file; `header` is None where it has none."""

    header: list[str] | None
    rows: Table
    set_aside: int = 0

    def table(self, *, names_always: bool = False, names: Sequence[str] = ()) -> Table:
        """Return the rows as they are compared, the header first."""
        header = self.header or (list(names) if names_always else None)
        return ([header] if header else []) + self.rows


def normal(cell: str) -> str:
    """Return what a cell means: numbers, dates and times in one spelling, text in lower case."""
    text = cell.strip()
    for kind in (int, float):
        try:
            return str(kind(text))
        except (ValueError, OverflowError):
            pass
    for pattern in ("%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d", "%H:%M", "%H:%M:%S"):
        try:
            return str(datetime.strptime(text, pattern))  # noqa: DTZ007 - compared, never stored
        except ValueError:
            pass
    return {"true": "1", "false": "0"}.get(cell.lower(), cell.lower())


def score(clean: Table, found: Table | None) -> float:
    """Return the score of one file; None: the reader gave up."""
    if found is None:
        return 0.0
    if not clean:
        return 10.0
    header = [normal(cell) for cell in clean[0]]
    records = ["".join(map(normal, row)) for row in clean[1:]]
    parts = [
        _measure(header, [normal(c) for c in found[0]] if found else []),
        _measure(records, ["".join(map(normal, row)) for row in found[1:]]),
        _measure([c for row in clean for c in row], [c for row in found for c in row]),
    ]
    return 1.0 + sum(map(sum, parts))


def _measure(wanted: list[str], found: list[str]) -> tuple[float, float, float]:
    if not wanted:
        return 1.0, 1.0, 1.0
    common = (Counter(wanted) & Counter(found)).total()
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / len(wanted), common / len(found)
    return precision, recall, 2 * precision * recall / (precision + recall)


def changed_records(case: Case, loaded: Loaded) -> int:
    """Count the loaded records that neither the truth nor the file's own text holds.

    Some truths leave out, trim or mistype what the file says; to load it as it stands changes
    nothing. Where a blank follows every delimiter, the blank is part of the delimiter.
    """
    known = {tuple(row) for row in case.clean}
    text = case.content.decode("utf-8", "replace")
    if len(case.delimiter) == 1:
        quoting = {"delimiter": case.delimiter, "quotechar": case.quote}
        known |= {tuple(row) for row in csv.reader(io.StringIO(text, newline=""), **quoting)}
        if text.count(case.delimiter) == text.count(f"{case.delimiter} "):
            apart = csv.reader(io.StringIO(text, newline=""), **quoting, skipinitialspace=True)
            known |= {tuple(row) for row in apart}
    return sum(tuple(row) not in known for row in loaded.rows)


def ours(path: Path, given: FileDialect, *, salvage: bool) -> Loaded:
    """Read a file as `lead-triage load` would."""
    file = InputFile(path, "csv", None, "", path.stat().st_size)
    with tempfile.TemporaryDirectory() as scratch, Database.memory(0.5, 1) as db:
        records = open_csv(file, given, Path(scratch), salvage=salvage)
        rows = [
            ["" if cell is None else str(cell) for cell in row]
            for frame in records.batches(db)
            for row in frame.drop("row_number").iter_rows()
        ]
        header = list(records.headers) if records.about["has_header"] else None
        return Loaded(header, rows, len(records.broken))


def told(case: Case) -> FileDialect:
    """Return what the benchmark's parameters say, as a mapping's [file]."""
    escape = case.escape if case.escape != case.quote else ""
    return FileDialect(
        delimiter=case.delimiter or None,
        quote=case.quote or None,
        escape=escape,
        skip=case.preamble_lines,
        header=bool(case.header_lines),
        header_rows=case.header_lines or None,
        columns=tuple(name.strip() for name in case.names),
    )


def duck(path: Path, case: Case, *, is_told: bool) -> Loaded:
    """Read a file with DuckDB, with the options of its published runs."""
    options = {"strict_mode": False, "ignore_errors": True, "null_padding": True}
    # In DuckDB 2.0 its parallel reader refuses quoted line ends together with null_padding.
    options["parallel"] = False
    header: list[str] | None = None
    if is_told:
        names = [n.strip() for n in case.names] or [f"col_{i}" for i in range(_width(case))]
        header = names if case.header_lines else None
        options |= {
            "auto_detect": False,
            "header": False,
            "columns": dict.fromkeys(names, "VARCHAR"),
            "delimiter": case.delimiter or ",",
            "quotechar": case.quote or '"',
            "escapechar": case.escape or '"',
            "skiprows": case.preamble_lines + case.header_lines,
        }
    with duckdb.connect() as connection:
        relation = connection.read_csv(str(path), **options)
        rows = [["" if c is None else str(c) for c in row] for row in relation.fetchall()]
        return Loaded(header if is_told else list(relation.columns), rows)


def _width(case: Case) -> int:
    return max((len(row) for row in case.clean), default=1)


Reader = Callable[[Path, Case], Loaded]
READERS: dict[str, Reader] = {
    "salvage, dialect given": lambda path, case: ours(path, told(case), salvage=True),
    "salvage, detected": lambda path, case: ours(path, FileDialect(), salvage=True),
    "strict, dialect given": lambda path, case: ours(path, told(case), salvage=False),
    "strict, detected": lambda path, case: ours(path, FileDialect(), salvage=False),
    "duckdb, dialect given": lambda path, case: duck(path, case, is_told=True),
    "duckdb, detected": lambda path, case: duck(path, case, is_told=False),
}
AS_PUBLISHED = "duckdb, dialect given, names always"


def polluted(folder: Path, *, full: bool) -> list[Case]:
    """Return the polluted files of the folder, and with `full` those it lacks."""
    cases = [
        _case(folder, path, "clean", "parameters") for path in sorted((folder / "csv").iterdir())
    ]
    if full:
        known = {case.name for case in cases}
        made = pollutions((folder / "csv/source.csv").read_bytes())
        cases += [case for case in made if case.name not in known]
    return cases


def survey(folder: Path) -> list[Case]:
    """Return the real files of the benchmark's survey, where they are."""
    if not (folder / "survey_csv").is_dir():
        return []
    files = sorted((folder / "survey_csv").iterdir())
    return [_case(folder, path, "survey_clean", "survey_parameters") for path in files]


def _case(folder: Path, path: Path, clean: str, parameters: str) -> Case:
    said = json.loads((folder / parameters / f"{path.name}_parameters.json").read_text())
    return Case(
        path.name,
        path.read_bytes(),
        read_clean((folder / clean / path.name).read_bytes()),
        said["delimiter"] or ",",
        said["quotechar"] or '"',
        said["escapechar"] or '"',
        int(said["header_lines"]),
        int(said["preamble_lines"]),
        tuple(said["column_names"]),
    )


def run(cases: Sequence[Case], readers: dict[str, Reader]) -> dict[str, dict[str, float]]:
    """Score every reader on every file.

    Returns
    -------
    dict of str to dict
        Per reader: simple, weighted, files not read, records set aside, and changed_records:
        records loaded that the truth does not have.
    """
    weights = sum(case.weight for case in cases)
    results: dict[str, dict[str, float]] = {}
    worst: dict[str, list[tuple[float, str]]] = {}

    def add(name: str, case: Case, points: float, loaded: Loaded | None) -> None:
        sums = results.setdefault(name, Counter())  # type: ignore[arg-type]
        sums["simple"] += points / len(cases)
        sums["weighted"] += points * case.weight / weights
        sums["not_read"] += loaded is None
        sums["set_aside"] += loaded.set_aside if loaded else 0
        sums["changed_records"] += changed_records(case, loaded) if loaded else 0
        worst.setdefault(name, []).append((points, case.name))

    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(cases):
            path = Path(folder) / f"{number}.csv"
            path.write_bytes(case.content)
            for name, reader in readers.items():
                try:
                    loaded = reader(path, case)
                except (BadInputError, duckdb.Error):
                    loaded = None
                add(name, case, score(case.clean, loaded.table() if loaded else None), loaded)
                if name == "duckdb, dialect given":
                    names = [f"col_{i}" for i in range(_width(case))]
                    table = loaded.table(names_always=True, names=names) if loaded else None
                    add(AS_PUBLISHED, case, score(case.clean, table), loaded)
            path.unlink()
    for name, points in worst.items():
        results[name]["worst"] = sorted(points)[:12]  # type: ignore[assignment]
    return results


def main() -> None:
    """Print a line per reader for the polluted files, then for the survey."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", help="readers whose name contains this")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    readers = {n: r for n, r in READERS.items() if not arguments.only or arguments.only in n}
    report = {}
    for title, cases in (
        ("polluted", polluted(arguments.folder, full=arguments.full)),
        ("survey", survey(arguments.folder)),
    ):
        if not cases:
            continue
        print(f"{title}: {len(cases)} files")
        report[title] = run(cases, readers)
        for name, sums in report[title].items():
            print(
                f"  {name:38} simple {sums['simple']:7.4f}  weighted {sums['weighted']:7.4f}"
                f"  not read {sums['not_read']:4.0f}  set aside {sums['set_aside']:6.0f}"
                f"  changed records {sums['changed_records']:6.0f}"
            )
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
