"""How rows of the loaded tables are stored: what other columns tell is not stored again.

A table is declared by what it says. Here stands, for some, what is stored instead, and how the
declared columns are read from that, by the same names and types, so that readers know nothing of
it: as generated columns, or, where most rows are inserted, in a view of a plain table, because
DuckDB works out each generated column of every row that is inserted. Few words that go together (a
country, its zone) are one text, because a text of some hundred different values takes ten bits
where its five parts take twenty-five, and what is read of it is worked out once per different text.
The parts are of closed vocabularies, without a comma. Free text has no place there: reading it back
takes a CASE, and a CASE is worked out row by row. An id that is a number with little around it (7,
a564053-3) is that number and the rest: ids of neighbours are near each other as numbers, and as
texts they share nothing. docs/decisions/0016 has the bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.store.schema.spec import Column, Table
from pipelines.store.sqltext import quoted

_PLACE = ("state_code", "country", "country_source", "timezone", "timezone_source")
_TOUCH = ("channel", "direction", "actor", "source_system", "batch_id")
_AT_DOMAIN = "ends_with({email_key}, '@' || {email_domain})"
# A website that names the domain of the address; an @ would be taken for the domain.
_HAS_DOMAIN = "contains({website}, {email_domain}) AND NOT contains({website}, '@')"
# Bounded on both sides, so that no hash and no id of letters is taken for a number; without leading
# zeros, so that the number says its digits. Anchored: three times faster than looking for digits.
_NUMBERED = "'^[^0-9@]{{0,4}}([1-9][0-9]{{0,17}})(?:[^0-9@][^@]{{0,3}})?$'"
_IS_WHOLE = "{annual_revenue} = try_cast({annual_revenue} AS INTEGER)"


@dataclass(frozen=True)
class _Stored:
    """A column that is stored for others, and the SQL that makes it of the plain columns."""

    name: str
    type: str
    value: str
    comment: str


@dataclass(frozen=True)
class _Packing:
    read: Mapping[str, str]
    stored: tuple[_Stored, ...]
    # The rows lie in a plain table, and the declared name is a view of it.
    is_view: bool = False


def _joined(columns: tuple[str, ...]) -> str:
    # To concat null is nothing; it takes a third less than || and coalesce.
    return "concat(" + ", ',', ".join(f"{{{column}}}" for column in columns) + ")"


def _parts(packed: str, columns: tuple[str, ...]) -> dict[str, str]:
    # No split_part: duckdb 2.0.0 cannot compare its result with a constant where statistics say
    # that the column holds nothing but null.
    return {
        column: f"nullif(string_split({packed}, ',')[{place}], '')"
        for place, column in enumerate(columns, start=1)
    }


def _numbered(column: str) -> _Packing:
    """Store the ids of `column` that are one number with little around it as that number."""
    number = f"regexp_extract({{{column}}}, {_NUMBERED}, 1)"
    return _Packing(
        {
            column: f"coalesce(own_{column},"
            f" replace({column}_shape, '@', CAST({column}_number AS VARCHAR)))"
        },
        (
            _Stored(
                f"{column}_number",
                "BIGINT",
                f"try_cast({number} AS BIGINT)",
                f"number of {column}: read {column} instead",
            ),
            _Stored(
                f"{column}_shape",
                "VARCHAR",
                f"CASE WHEN {number} <> '' THEN replace({{{column}}}, {number}, '@') END",
                f"{column} with @ for its number: read {column} instead",
            ),
            _Stored(
                f"own_{column}",
                "VARCHAR",
                f"CASE WHEN {number} = '' THEN {{{column}}} END",
                f"{column} where it is no such number: read {column} instead",
            ),
        ),
    )


_ACTIVITY_ID = _numbered("activity_id")
_PACKINGS = {
    "lead": _Packing(
        {
            "email": "coalesce(own_email, email_key)",
            "email_key": "coalesce(own_email_key, email_local || '@' || email_domain)",
            "website": "coalesce(own_website, replace(website_shape, '@', email_domain))",
            "annual_revenue": "coalesce(own_annual_revenue, whole_annual_revenue)",
            **_parts("packed_place", _PLACE),
        },
        (
            _Stored(
                "own_email",
                "VARCHAR",
                "CASE WHEN {email} IS DISTINCT FROM {email_key} THEN {email} END",
                "email where that is not email_key: read email instead",
            ),
            _Stored(
                "email_local",
                "VARCHAR",
                f"CASE WHEN {_AT_DOMAIN} THEN"
                " left({email_key}, length({email_key}) - length({email_domain}) - 1) END",
                "email_key without @ and email_domain: read email_key instead",
            ),
            _Stored(
                "own_email_key",
                "VARCHAR",
                f"CASE WHEN {_AT_DOMAIN} THEN NULL ELSE {{email_key}} END",
                "email_key where email_domain is not its end: read email_key instead",
            ),
            _Stored(
                "own_website",
                "VARCHAR",
                f"CASE WHEN {_HAS_DOMAIN} THEN NULL ELSE {{website}} END",
                "website where website_shape is null: read website instead",
            ),
            _Stored(
                "website_shape",
                "VARCHAR",
                f"CASE WHEN {_HAS_DOMAIN} THEN replace({{website}}, {{email_domain}}, '@') END",
                "website with @ for email_domain: read website instead",
            ),
            _Stored(
                "whole_annual_revenue",
                "INTEGER",
                f"CASE WHEN {_IS_WHOLE} THEN try_cast({{annual_revenue}} AS INTEGER) END",
                "annual_revenue where that is a whole number: read annual_revenue instead",
            ),
            _Stored(
                "own_annual_revenue",
                "DOUBLE",
                f"CASE WHEN {_IS_WHOLE} THEN NULL ELSE {{annual_revenue}} END",
                "annual_revenue where it is none: read annual_revenue instead",
            ),
            _Stored(
                "packed_place",
                "VARCHAR",
                _joined(_PLACE),
                f"{', '.join(_PLACE)}: read these instead",
            ),
        ),
    ),
    "activity": _Packing(
        {**_ACTIVITY_ID.read, **_parts("packed_touch", _TOUCH)},
        (
            *_ACTIVITY_ID.stored,
            _Stored(
                "packed_touch",
                "VARCHAR",
                _joined(_TOUCH),
                f"{', '.join(_TOUCH)}: read these instead",
            ),
        ),
        is_view=True,
    ),
    "consent_event": _Packing(
        {
            "effective_from": "CASE WHEN is_effective_at_once THEN captured_at"
            " ELSE own_effective_from END",
        },
        (
            _Stored(
                "is_effective_at_once",
                "BOOLEAN",
                "coalesce({effective_from} = {captured_at}, false)",
                "effective_from is captured_at: read effective_from instead",
            ),
            _Stored(
                "own_effective_from",
                "TIMESTAMP",
                "CASE WHEN {effective_from} IS DISTINCT FROM {captured_at}"
                " THEN {effective_from} END",
                "effective_from where it is another time: read effective_from instead",
            ),
        ),
    ),
}


def packed(declared: Table) -> Table:
    """Return the table as it is read: the declared columns, then what some of them are read of."""
    packing = _PACKINGS.get(declared.name)
    if packing is None:
        return declared
    columns = (
        Column(c.name, f"{c.type} GENERATED ALWAYS AS ({packing.read[c.name]})", c.comment)
        if c.name in packing.read and not packing.is_view
        else c
        for c in declared.columns
    )
    stored = (Column(s.name, s.type, s.comment) for s in packing.stored)
    return Table(declared.name, declared.comment, (*columns, *stored))


def plain_table(read: Table) -> Table | None:
    """Return the plain table that the view `read` is of; None where `read` is a table itself."""
    packing = _PACKINGS.get(read.name)
    if packing is None or not packing.is_view:
        return None
    return Table(
        f"stored_{read.name}",
        f"How {read.name} is stored: read {read.name} instead",
        tuple(column for column in read.columns if column.name not in packing.read),
    )


def read_columns(read: Table) -> dict[str, str]:
    """Return column of the view `read` -> the SQL over its plain table that gives it, in order."""
    how = _PACKINGS[read.name].read
    return {column.name: how.get(column.name, quoted(column.name)) for column in read.columns}


def pack(table: str, columns: Mapping[str, str]) -> dict[str, str]:
    """Return what is stored in the columns of `table` that others are read from.

    Parameters
    ----------
    columns : mapping of str to str
        Name -> SQL expression of the plain columns, as the row will say them; one that is not
        there is null.

    Returns
    -------
    dict of str to str
        Name -> SQL expression; empty for a table that is stored as it is declared.
    """
    packing = _PACKINGS.get(table)
    if packing is None:
        return {}
    values = _OrNull(columns)
    return {stored.name: stored.value.format_map(values) for stored in packing.stored}


class _OrNull(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "NULL::VARCHAR"
