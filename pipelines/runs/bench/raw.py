"""What the files cost without us: DuckDB copies the same exports into tables of a file.

Run in a process of its own: ``python -m pipelines.runs.bench.raw FORM FILE FOLDER...``.
"""

import argparse
import json
import sys
from pathlib import Path

from pipelines.store import Database, quoted

# As it is read fastest: cells stay text, and a record that cannot be read is passed over.
_READERS = {
    "parquet": "read_parquet('{folder}/*.parquet', union_by_name = true)",
    "csv": "read_csv('{folder}/*.csv*', all_varchar = true, ignore_errors = true,"
    " strict_mode = false, union_by_name = true)",
}
_MEMORY_GB = 5.0
_THREADS = 2


def copy_raw(form: str, file: Path, folders: list[Path]) -> dict[str, int]:
    """Create one table per folder of exports in the new store file `file`.

    Parameters
    ----------
    form : str
        ``parquet`` or ``csv``.

    Returns
    -------
    dict of str to int
        Rows by name of the folder.
    """
    rows = {}
    with Database.open(file, read_only=False, memory_gb=_MEMORY_GB, threads=_THREADS) as db:
        for folder in folders:
            reader = _READERS[form].format(folder=str(folder).replace("'", "''"))
            db.run(f"CREATE TABLE {quoted(folder.name)} AS SELECT * FROM {reader}")
            rows[folder.name] = int(db.scalar(f"SELECT count(*) FROM {quoted(folder.name)}"))
        db.run("CHECKPOINT")
    return rows


def main() -> None:
    """Copy and print the rows as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("form", choices=sorted(_READERS))
    parser.add_argument("file", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    arguments = parser.parse_args()
    sys.stdout.write(json.dumps(copy_raw(arguments.form, arguments.file, arguments.folders)))


if __name__ == "__main__":
    main()
