"""How each date column of a file is written: told by the mapping, or proved by the file."""

from collections.abc import Mapping
from typing import Literal

from pipelines.errors import BadInputError
from pipelines.load.meaning.mapping import Dates
from pipelines.load.meaning.plan import Plan
from pipelines.load.normalise.when import SHORT_YEAR, SLASHED, DateStyle, Order
from pipelines.load.normalise.when_serials import EXCEL, LIKELY_SERIAL
from pipelines.load.read.records import Records
from pipelines.store import Database, sql

_MONTHS = 12
_MIXED = "days and months in both orders"
_OPEN = "dates in which day and month cannot be told apart"
# What a column proves; open: it has such dates, and none with a number above 12.
_Found = Literal["dmy", "mdy", "open"] | None
_SAMPLE_RECORDS = 50_000


def date_styles(plan: Plan, records: Records, dates: Dates, db: Database) -> dict[str, DateStyle]:
    """Decide how each date field is written.

    A column with dates such as ``3/4/2024`` is read only when some date of the whole column has a
    number above 12 in one position and none has one in the other. In the export of a CRM that we
    know, what one column proves counts for those that prove nothing.

    Raises
    ------
    BadInputError
        The order of day and month cannot be told, or changes within the column; years are short.
    """
    columns = plan.date_columns()
    if dates.format is not None:
        return {name: DateStyle(dates.timezone, dates.format) for name in columns}
    suspects = _suspects(columns, records, db)
    orders = {h: _order(h, records, db) for h in sorted(suspects)}
    proved: set[_Found] = {order for order in orders.values() if order in ("dmy", "mdy")}
    styles = {}
    for name, headers in columns.items():
        found = {orders[h] for h in headers if orders.get(h)}
        if "open" in found and plan.preset is not None and len(proved) == 1:
            # One program wrote all of the columns in one way.
            found = proved
        if "open" in found:
            raise _ambiguous(headers[0], _OPEN, records)
        if len(found) > 1:
            raise _ambiguous(headers[0], _MIXED, records)
        styles[name] = DateStyle(dates.timezone, None, _known(found))
    return styles


def _known(found: set[_Found]) -> Order | None:
    return "dmy" if "dmy" in found else "mdy" if "mdy" in found else None


def _suspects(columns: Mapping[str, tuple[str, ...]], records: Records, db: Database) -> set[str]:
    """Return the date columns whose first records hold dates such as 3/4/2024.

    Only these are worth a pass over the whole file.
    """
    headers = {header for group in columns.values() for header in group}
    if not headers:
        return set()
    head = records.head(db, _SAMPLE_RECORDS, only=headers)
    for header in sorted(headers):
        if head[header].str.contains(SHORT_YEAR).any():
            raise _ambiguous(header, "dates with a year of two digits", records)
        given = head[header].drop_nulls()
        if 2 * given.str.contains(LIKELY_SERIAL).sum() > given.str.contains(r"\S").sum():
            raise _ambiguous(header, "numbers such as spreadsheets count days in", records, EXCEL)
    return {h for h in headers if head[h].str.contains(SLASHED).any()}


def _order(header: str, records: Records, db: Database) -> _Found:
    statement = (
        sql(__package__, "day_order.sql")
        .replace("__column__", records.column(header))
        .replace("__query__", records.query)
    )
    found = db.frame(statement, **records.params).row(0, named=True)
    if not found["dates"]:
        return None
    first_is_day = found["largest_first"] > _MONTHS
    second_is_day = found["largest_second"] > _MONTHS
    if first_is_day and second_is_day:
        raise _ambiguous(header, _MIXED, records)
    if not first_is_day and not second_is_day:
        return "open"
    return "dmy" if first_is_day else "mdy"


def _ambiguous(
    header: str, what: str, records: Records, example: str = "%d/%m/%Y"
) -> BadInputError:
    return BadInputError(
        f"the column {header!r} of {records.file_name} holds {what}",
        expected="dates with one reading: as the mapping says, or proved by a day above 12",
        fix=f'say it in a mapping file, for example [dates] format = "{example}"',
    )
