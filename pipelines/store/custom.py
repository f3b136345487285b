"""Columns that files had besides the fields we know: kept by source, found by their name."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from pipelines.store.duck import Database

_TABLES: Final = "lead_custom_"


def plain_name(name: str) -> str:
    """Return a column name without capitals, blanks and signs, as names are compared."""
    return re.sub(r"[\W_]+", "", name.lower())


def custom_columns(db: Database, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield table and column of everything that is called one of `names`, each as `plain_name`."""
    wanted = {plain_name(name) for name in names}
    for table in db.tables():
        if table.startswith(_TABLES):
            for column in db.columns(table):
                if plain_name(column) in wanted:
                    yield table, column
