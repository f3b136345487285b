"""Custom columns typed by their content over the whole file: BIGINT, DOUBLE or VARCHAR."""

from pathlib import Path

import polars as pl

from pipelines.store import Database, quoted

# Text that a number would not give back the same ("007", "1e5", "+49") stays text.
_INTEGER = r"^(?:0|-?[1-9][0-9]{0,17})$"
# Longer whole parts are no exact doubles.
_DECIMAL_POINT = r"^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]+)?$"
_DECIMAL_COMMA = r"^-?(?:0|[1-9][0-9]{0,14})(?:,[0-9]+)?$"


class TypeSurvey:
    """What every custom column has held so far.

    Parameters
    ----------
    headers : tuple of str
    decimal : str
        Character that separates decimals.
    """

    def __init__(self, headers: tuple[str, ...], decimal: str) -> None:
        self._decimal = decimal
        self._filled = dict.fromkeys(headers, 0)
        self._integers = dict.fromkeys(headers, 0)
        self._numbers = dict.fromkeys(headers, 0)

    def see(self, frame: pl.DataFrame) -> None:
        """Count the cells of one batch; columns already known to be text cost nothing."""
        point = _DECIMAL_POINT if self._decimal == "." else _DECIMAL_COMMA
        open_ = [h for h in self._filled if self.is_open(h)]
        if not open_ or frame.is_empty():
            return
        found = frame.select(
            *(pl.col(h).count().alias(f"f{i}") for i, h in enumerate(open_)),
            *(_fits(h, _INTEGER).alias(f"i{i}") for i, h in enumerate(open_)),
            *(_fits(h, point).alias(f"n{i}") for i, h in enumerate(open_)),
        ).row(0, named=True)
        for i, header in enumerate(open_):
            self._filled[header] += found[f"f{i}"]
            self._integers[header] += found[f"i{i}"]
            self._numbers[header] += found[f"n{i}"]

    def is_open(self, header: str) -> bool:
        """Tell whether more cells could still change the type of a column."""
        filled = self._filled[header]
        return filled in (self._integers[header], self._numbers[header])

    def types(self) -> dict[str, str]:
        """Return header -> DuckDB type; a column without any value is VARCHAR."""
        return {header: self._type(header) for header in self._filled}

    def empty(self) -> tuple[str, ...]:
        """Return the columns that held no value at all."""
        return tuple(header for header, filled in self._filled.items() if not filled)

    def _type(self, header: str) -> str:
        filled = self._filled[header]
        if filled and self._integers[header] == filled:
            return "BIGINT"
        return "DOUBLE" if filled and self._numbers[header] == filled else "VARCHAR"


def write_typed(
    db: Database, source: Path, target: Path, types: dict[str, str], decimal: str
) -> None:
    """Turn the text columns of `source` into `target` in their own types, row order kept."""
    if set(types.values()) <= {"VARCHAR"}:
        source.rename(target)
        return
    casts = ["row_number"]
    for header, kind in types.items():
        text = quoted(header)
        if kind == "DOUBLE" and decimal == ",":
            text = f"replace({text}, ',', '.')"
        casts.append(f"CAST({text} AS {kind}) AS {quoted(header)}")
    path = str(target).replace("'", "''")
    db.run(
        f"COPY (SELECT {', '.join(casts)} FROM read_parquet($source)) TO '{path}'"
        " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 250000)",
        source=str(source),
    )
    source.unlink()


def _fits(header: str, pattern: str) -> pl.Expr:
    return pl.col(header).str.contains(pattern).sum()
