"""Which of point and comma is the decimal sign of a file: told by the mapping, or proved."""

from typing import Literal

import polars as pl

from pipelines.errors import BadInputError
from pipelines.load.meaning.kinds import FIELD_TYPES
from pipelines.load.meaning.mapping import Numbers
from pipelines.load.meaning.plan import Plan
from pipelines.load.read.records import Records
from pipelines.load.rows.context import Context
from pipelines.store import Database, sql

Sign = Literal[".", ","]

_SAMPLE_RECORDS = 50_000
# A comma between digits, or a point that may group: only these columns are worth a whole pass.
_SUSPECT = r"[0-9],[0-9]|\.[0-9]{3}\.|^[^0-9]*[1-9][0-9]{0,2}\.[0-9]{3}(?:[^0-9]|$)"

# One sign that may group thousands or separate decimals, and nothing that proves which.
_EITHER = r"^\D*[0-9]{1,3}[.,][0-9]{3}\D*$"
_PROVED = r"[.,].*[.,]|[.,][0-9]{1,2}\D*$|[.,][0-9]{4}|[0-9]{4}[.,]"


def decimal_sign(plan: Plan, records: Records, numbers: Numbers, db: Database) -> Sign:
    """Decide what separates decimals in the numbers of a file.

    One program wrote the file in one way, so what one column proves counts for all. Counts such as
    employees prove nothing and ask nothing: there a separator before three digits can only group.

    Raises
    ------
    BadInputError
        Numbers can be read in two ways throughout (``1.234``), or prove both signs.
    """
    if "decimal" in numbers.model_fields_set:
        return numbers.decimal
    found = {h: _evidence(h, records, db) for h in sorted(_suspects(plan, records, db))}
    points = [h for h, (point, _, _) in found.items() if point]
    commas = [h for h, (_, comma, _) in found.items() if comma]
    if points and commas:
        both = [*points, *commas]
        raise _unclear(both[0], "numbers with both a decimal point and a decimal comma", records)
    asked = [h for h, (_, _, open_cells) in found.items() if open_cells]
    if asked and not points and not commas:
        raise _unclear(asked[0], "numbers such as 1.234 that can be read in two ways", records)
    return "," if commas else "."


def _suspects(plan: Plan, records: Records, db: Database) -> set[str]:
    # What the file holds as numbers has no spelling.
    headers = {
        header
        for name, header in plan.claims.items()
        if FIELD_TYPES.get(name) == "number" and header not in records.numeric
    }
    if not headers:
        return set()
    head = records.head(db, _SAMPLE_RECORDS, only=headers)
    return {h for h in headers if head[h].str.contains(_SUSPECT).any()}


def _evidence(header: str, records: Records, db: Database) -> tuple[int, int, int]:
    statement = (
        sql(__package__, "decimal_sign.sql")
        .replace("__column__", records.column(header))
        .replace("__query__", records.query)
    )
    points, commas, open_cells = db.frame(statement, **records.params).row(0)
    return points, commas, open_cells


def _unclear(header: str, what: str, records: Records) -> BadInputError:
    return BadInputError(
        f"the column {header!r} of {records.file_name} holds {what}",
        expected="one decimal sign, given or proved by the numbers",
        fix='say it in a mapping file: [numbers] decimal = "." or ","',
    )


def either_way(context: Context, head: pl.DataFrame) -> list[str]:
    """Return the columns whose numbers could be read in two ways, as far as the sample shows."""
    plan = context.plan
    found = []
    for header in plan.headers:
        fields = [name for name, claimed in plan.claims.items() if claimed == header]
        is_number = any(FIELD_TYPES.get(name) in ("number", "integer") for name in fields)
        if not is_number and (fields or header not in plan.custom):
            continue
        cells = context.column(head, header).drop_nulls()
        either = cells.str.contains(_EITHER)
        # Of a column that nobody knows, numbers have to be all that it holds.
        is_either = either.any() if is_number else bool(len(cells)) and either.all()
        if is_either and not cells.str.contains(_PROVED).any():
            found.append(header)
    return found
