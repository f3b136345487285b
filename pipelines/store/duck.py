"""The only door to DuckDB: a thin connection that gives and takes Polars frames.

Errors are translated without their text, because DuckDB quotes the offending row in it and a row is
personal data.
"""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import polars as pl

from pipelines.errors import UsageError
from pipelines.store.duck_errors import title, translated
from pipelines.store.sqltext import quoted

# 1.5 is the newest format that both supported DuckDB lines read: docs/decisions/0001.
STORAGE_VERSION = "v1.5.0"
# Name of the attached file of `Database.open(work=...)`.
WORK = "work"

_OFFLINE: dict[str, Any] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
}


class Database:
    """One DuckDB connection, closed in the thread that opened it.

    Make one with :meth:`memory` or :meth:`open`; use it as a context manager.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        # It is drawn on stdout, which belongs to --json; a setting of the connection only.
        connection.execute("SET enable_progress_bar = false")

    @classmethod
    def memory(
        cls, memory_gb: float = 4.0, threads: int = 2, spill: Path | None = None
    ) -> "Database":
        """Open a scratch database that lives in memory and spills to `spill`."""
        return cls(cls.memory_connection(memory_gb, threads, spill))

    @staticmethod
    def memory_connection(
        memory_gb: float, threads: int, spill: Path | None
    ) -> duckdb.DuckDBPyConnection:
        """Open the bare connection of a scratch database, for a library that wants one."""
        return duckdb.connect(":memory:", config=_config(memory_gb, threads, spill))

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        read_only: bool,
        memory_gb: float = 5.0,
        threads: int = 2,
        spill: Path | None = None,
        work: Path | None = None,
    ) -> "Database":
        """Open the store file `path`; a new one is made in the 1.5 storage format.

        Parameters
        ----------
        spill : pathlib.Path or None
            Where it spills; None: beside `path`, because what spills is personal data.
        work : pathlib.Path or None
            File for tables of the night that are not published as they are: what lies there is
            found by its bare name when the store has no table of that name.

        Raises
        ------
        StoreError
            The file is missing (read-only), damaged or held by another writer.
        """
        # DuckDB's own choice for a file that is attached is `.tmp` in the current folder.
        config = _config(memory_gb, threads, spill or path.absolute().with_name(f"{path.name}.tmp"))
        with translated("open the store file"):
            if read_only:
                return cls(duckdb.connect(str(path), read_only=True, config=config))
            connection = duckdb.connect(":memory:", config=config)
            for file, name in ((path, "store"), (work, WORK)):
                if file is not None:
                    target = str(file).replace("'", "''")
                    connection.execute(
                        f"ATTACH '{target}' AS {name} (STORAGE_VERSION '{STORAGE_VERSION}')"
                    )
            connection.execute("USE store")
            if work is not None:
                connection.execute(f"SET search_path = 'store,{WORK}'")
            return cls(connection)

    @classmethod
    def apart(cls, path: Path, memory_gb: float = 1.0, threads: int = 2) -> "Database":
        """Open the store file `path` read-only, to be kept open while others come and go.

        DuckDB lets all who open a file in one process share one instance, and refuses whoever
        wants other settings; this is an instance of its own.

        Raises
        ------
        StoreError
            The file is missing or damaged.
        """
        config = _config(memory_gb, threads, path.absolute().with_name(f"{path.name}.tmp"))
        target = str(path).replace("'", "''")
        with translated("open the store file"):
            connection = duckdb.connect(":memory:", config=config)
            connection.execute(f"ATTACH '{target}' AS store (READ_ONLY)")
            connection.execute("USE store")
            return cls(connection)

    def attach(self, path: Path, name: str) -> None:
        """Attach another store file read-only, its tables found as ``name.table``."""
        target = str(path).replace("'", "''")
        self.run(f"ATTACH '{target}' AS {name} (READ_ONLY)")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; a second call does nothing."""
        self._connection.close()

    def run(self, statement: str, **params: object) -> None:
        """Run DDL or DML to its end; several statements may stand in one text without `params`."""
        with translated(title(statement)):
            self._connection.execute(statement, params or None)

    def frame(self, statement: str, **params: object) -> pl.DataFrame:
        """Return the whole result of a SELECT as a frame."""
        with translated(title(statement)):
            # `.pl()` on a relation re-plans; Arrow hand-over keeps the order of the query.
            frame: pl.DataFrame = self._connection.sql(statement, params=params or None).pl()
            return frame

    def batches(self, statement: str, rows: int, **params: object) -> Iterator[pl.DataFrame]:
        """Stream a SELECT in frames of about `rows` rows, in the order of the query.

        The connection is busy until the iterator is exhausted.
        """
        with translated(title(statement)):
            relation = self._connection.sql(statement, params=params or None)
            for batch in relation.to_arrow_reader(rows):
                frame = pl.from_arrow(batch)
                if isinstance(frame, pl.DataFrame) and frame.height:
                    yield frame

    def scalar(self, statement: str, **params: object) -> Any:  # noqa: ANN401 - any SQL value
        """Return the first value of the first row, or None when there is no row."""
        with translated(title(statement)):
            row = self._connection.execute(statement, params or None).fetchall()
        return row[0][0] if row else None

    def insert(self, table: str, frame: pl.DataFrame) -> None:
        """Append `frame` to `table`, columns matched by name."""
        self.register("inserted_frame", frame)
        try:
            self.run(f"INSERT INTO {quoted(table)} BY NAME SELECT * FROM inserted_frame")
        finally:
            self.unregister("inserted_frame")

    def register(self, name: str, frame: pl.DataFrame) -> None:
        """Make `frame` readable in SQL as `name`."""
        with translated("register a frame"):
            self._connection.register(name, frame)

    def unregister(self, name: str) -> None:
        """Forget the frame registered as `name`."""
        with translated("unregister a frame"):
            self._connection.unregister(name)

    def columns(self, table: str) -> dict[str, str]:
        """Return column name -> DuckDB type of `table`, in order; empty when there is none."""
        # Half the time of information_schema, which is a view of this, and asked for often.
        with translated("list columns"):
            return dict(
                self._connection.execute(
                    "SELECT column_name, data_type FROM duckdb_columns()"
                    " WHERE table_name = $table AND database_name = current_catalog()"
                    " ORDER BY column_index",
                    {"table": table},
                ).fetchall()
            )

    def written_columns(self, table: str) -> list[str]:
        """Return the columns of `table` that are stored, in order: not the generated ones."""
        found = self.frame(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = $table AND table_catalog = current_catalog()"
            " AND is_generated = 'NEVER' ORDER BY ordinal_position",
            table=table,
        )
        return found["column_name"].to_list()

    def exists(self, table: str) -> bool:
        """Tell whether a table or view of that name exists."""
        return bool(self.columns(table))

    def tables(self) -> list[str]:
        """Return the names of the base tables, sorted."""
        found = self.frame(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_catalog = current_catalog()"
            " ORDER BY table_name"
        )
        return found["table_name"].to_list()

    def has_work(self) -> bool:
        """Tell whether a work file is attached."""
        return bool(
            self.scalar("SELECT count(*) FROM duckdb_databases() WHERE database_name = $n", n=WORK)
        )

    def views(self) -> list[str]:
        """Return the names of the views of the store, sorted."""
        found = self.frame(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_type = 'VIEW' AND table_catalog = current_catalog()"
            " ORDER BY table_name"
        )
        return found["table_name"].to_list()

    def keep_row_groups(self) -> None:
        """Leave row groups as they are written: where nothing was deleted, none need merging.

        A checkpoint would join those that are not full, and pack their rows a second time.
        """
        self.run("SET max_vacuum_tasks = 0")

    def contain(self) -> None:
        """Give up files, network and settings for good; what is left is SQL on this store."""
        with translated("contain the connection"):
            # In this order: closing external access freezes what concerns the file system.
            self._connection.execute("SET enable_external_access = false")
            self._connection.execute("SET lock_configuration = true")

    def query(self, statement: str) -> pl.DataFrame:
        """Run what an analyst typed and return the result.

        Raises
        ------
        UsageError
            With DuckDB's own words, which may quote data: for the eyes of who typed it.
        """
        try:
            relation = self._connection.sql(statement)
            frame: pl.DataFrame = pl.DataFrame() if relation is None else relation.pl()
        except duckdb.Error as error:
            raise UsageError(str(error).strip()) from None
        except pl.exceptions.ComputeError:
            raise UsageError(
                "a column of the result has a type that cannot be handed over",
                fix="cast it, for example an interval: (a - b)::VARCHAR",
            ) from None
        return frame

    def interrupt(self) -> None:
        """Stop the running statement; callable from another thread."""
        self._connection.interrupt()


def _config(memory_gb: float, threads: int, spill: Path | None) -> dict[str, Any]:
    config = {**_OFFLINE, "memory_limit": f"{memory_gb:.3f}GB", "threads": threads}
    if spill is not None:
        config["temp_directory"] = str(spill)
    return config
