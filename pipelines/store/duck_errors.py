"""Errors of DuckDB without their text: it quotes the offending row, and a row is personal data."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipelines.errors import StoreError

_ADVICE = {
    "OutOfMemoryException": "lower the number of threads or raise memory.duckdb_gb in the settings",
    "IOException": "check free disk space and permissions of the home directory",
}


def title(statement: str) -> str:
    """Name a statement by its first comment or verb, never by its values."""
    comment = re.match(r"\s*--\s*(?:purpose:\s*)?(.{1,80})", statement)
    if comment:
        return comment.group(1).strip()
    word = re.match(r"\s*(\w+)", statement)
    return f"run a {word.group(1).upper()}" if word else "run a statement"


@contextmanager
def translated(action: str) -> Iterator[None]:
    """Turn what DuckDB raises in the block into errors of ours, without DuckDB's words.

    Raises
    ------
    StoreError
        It failed.
    KeyboardInterrupt
        It was interrupted.
    """
    try:
        yield
    except RuntimeError as error:
        # A query that Ctrl-C stops ends in this bare error instead of in KeyboardInterrupt.
        if "interrupt" in str(error).lower() and not isinstance(error, duckdb.Error):
            raise KeyboardInterrupt from None
        raise
    except (duckdb.Error, OSError) as error:
        # What fails after the first rows of a stream comes through Arrow, as an OSError.
        if "interrupt" in str(error).lower() and isinstance(error, OSError):
            raise KeyboardInterrupt from None
        kind = type(error).__name__
        raise StoreError(
            f"the store could not {action} ({kind})", fix=_ADVICE.get(kind, "")
        ) from None
