"""How a table of the store is declared: every table and column carries a comment."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its name, DuckDB type and the comment an analyst reads."""

    name: str
    type: str
    comment: str

    @property
    def is_generated(self) -> bool:
        """Tell whether it is read from other columns instead of stored."""
        return " GENERATED ALWAYS AS " in self.type


@dataclass(frozen=True)
class Table:
    """One table: its name, grain (what one row is) and columns in order."""

    name: str
    comment: str
    columns: tuple[Column, ...]


def table(name: str, comment: str, *columns: tuple[str, str, str]) -> Table:
    """Declare a table from ``(name, type, comment)`` triples."""
    return Table(name, comment, tuple(Column(*column) for column in columns))
