"""Hashes on a suppression list: what they are taken for, and how many name a lead we know.

Nobody can see what a hash was made of. One of another text than those we try binds nobody and looks
like any other, so whoever loads a list is told how many of its hashes name anybody.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipelines.store import Database, sql

# Name to the function of DuckDB.
_DIGESTS: Final = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256"}
_LENGTHS: Final = {32: "MD5", 40: "SHA-1", 64: "SHA-256"}


@dataclass(frozen=True)
class Hashes:
    """The hashes of one list that one function made.

    Parameters
    ----------
    name : str
        MD5, SHA-1 or SHA-256, by the length.
    entries : int
        Different ones.
    known : int
        Those of them that are the hash of a contact point of a lead in the store.
    """

    name: str
    entries: int
    known: int


def count_hashes(file: Path, snapshot: Path | None, *, scratch: Path) -> list[Hashes]:
    """Count the hashes of a landed suppression list; empty where it has none.

    Parameters
    ----------
    file : pathlib.Path
        Parquet: kind, key.
    snapshot : pathlib.Path or None
        Published store file; None: no lead is known.
    scratch : pathlib.Path
        Folder for what memory cannot hold.
    """
    with Database.memory(1.0, spill=scratch) as db:
        lengths = db.frame(
            "SELECT length(key) AS length, count(DISTINCT key) AS entries"
            " FROM read_parquet($path) WHERE kind = 'hash' GROUP BY 1 ORDER BY 1",
            path=str(file),
        )
    found = [Hashes(_LENGTHS[size], count, 0) for size, count in lengths.rows()]
    if not found or snapshot is None:
        return found
    digests = ", ".join(f"{_DIGESTS[one.name]}(plain)" for one in found)
    with Database.open(snapshot, read_only=True, memory_gb=1.0, spill=scratch) as db:
        if not db.exists("lead_snapshot"):  # a store of an earlier version
            db.run(sql(__package__, "no_snapshot.sql"))
        statement = sql(__package__, "hashes_known.sql").replace("__digests__", digests)
        return [Hashes(*row) for row in db.frame(statement, path=str(file)).rows()]


def hash_lines(found: list[Hashes]) -> list[str]:
    """Word the counts for a person; empty where there is nothing to say."""
    if not found:
        return []
    parts = [f"{one.entries:,} of {one.name}, {one.known:,} of a lead we know" for one in found]
    return [
        "plain hashes, taken as made of a trimmed address in lower case, in capitals or as"
        " exported, or of a number such as +31612345678, 31612345678 or as exported:"
        f" {'; '.join(parts)}; a hash of anything else binds nobody"
    ]
