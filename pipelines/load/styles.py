"""How each date column of a file is written: told by the mapping, or proved by the file."""

import polars as pl

from pipelines.errors import BadInputError
from pipelines.load.kinds import FIELD_TYPES
from pipelines.load.mapping import Dates
from pipelines.load.normalise.when import SLASHED, DateStyle, Order
from pipelines.load.plan import Plan
from pipelines.load.records import Records
from pipelines.store import Database, sql

_MONTHS = 12
_SAMPLE_RECORDS = 50_000


def date_styles(plan: Plan, records: Records, dates: Dates, db: Database) -> dict[str, DateStyle]:
    """Decide how each date field is written.

    A column with dates such as ``3/4/2024`` is read only when some date of the whole column has a
    number above 12 in one position and none has one in the other.

    Raises
    ------
    BadInputError
        The order of day and month cannot be told, or changes within the column.
    """
    styles = {}
    suspects = _suspects(plan, records, db) if dates.format is None else set()
    for name, header in plan.claims.items():
        if FIELD_TYPES.get(name) not in ("timestamp", "date"):
            continue
        order = None
        if dates.format is None:
            headers = suspects & {header, *plan.fallbacks.get(name, ())}
            orders = {_order(h, records, db) for h in headers} - {None}
            if len(orders) > 1:
                raise _ambiguous(header, "days and months in both orders", records)
            order = orders.pop() if orders else None
        styles[name] = DateStyle(dates.timezone, dates.format, order)
    return styles


def _suspects(plan: Plan, records: Records, db: Database) -> set[str]:
    """Return the date columns whose first records hold dates such as 3/4/2024.

    Only these are worth a pass over the whole file.
    """
    names = [n for n in plan.claims if FIELD_TYPES.get(n) in ("timestamp", "date")]
    headers = {h for n in names for h in (plan.claims[n], *plan.fallbacks.get(n, ()))}
    if not headers:
        return set()
    head = pl.concat(records.batches(db, limit=_SAMPLE_RECORDS, only=headers))
    return {h for h in headers if head[h].str.contains(SLASHED).any()}


def _order(header: str, records: Records, db: Database) -> Order | None:
    statement = (
        sql("pipelines.load", "day_order.sql")
        .replace("__column__", records.column(header))
        .replace("__query__", records.query)
    )
    found = db.frame(statement, **records.params).row(0, named=True)
    if not found["dates"]:
        return None
    first_is_day = found["largest_first"] > _MONTHS
    second_is_day = found["largest_second"] > _MONTHS
    if first_is_day and second_is_day:
        raise _ambiguous(header, "days and months in both orders", records)
    if not first_is_day and not second_is_day:
        raise _ambiguous(header, "dates in which day and month cannot be told apart", records)
    return "dmy" if first_is_day else "mdy"


def _ambiguous(header: str, what: str, records: Records) -> BadInputError:
    return BadInputError(
        f"the column {header!r} of {records.file_name} holds {what}",
        expected="one written order, given or proved by a day above 12",
        fix='say it in a mapping file, for example [dates] format = "%d/%m/%Y"',
    )
