"""The id of an export whose CRM we do not know: a column called so, if it is one."""

from dataclasses import replace

from pipelines.errors import BadInputError
from pipelines.load.meaning.mapping import Mapping
from pipelines.load.meaning.plan import Plan, check_means_something, make_plan
from pipelines.load.meaning.presets.aliases import ID_NAMES
from pipelines.load.meaning.presets.headers import joined
from pipelines.load.read.records import Records
from pipelines.store import Database, sql

# With fewer different ones a column is something else: the id of another system, of an owner.
_LEAST_IDS = 0.5
# Settles most columns that are no id without reading the file.
_HEAD_RECORDS = 50_000


class UnclearIdError(BadInputError):
    """A column seems to be the id and is not one: only its owner knows what names a lead.

    Attributes
    ----------
    plan : Plan or None
        Without an id, for who stores nothing.
    """

    plan: Plan | None = None


def with_id(
    plan: Plan, mapping: Mapping, records: Records, db: Database, *, before: str | None = None
) -> Plan:
    """Return the plan of a lead file with the id column that nobody has named.

    Only a column that is filled and different in every record is one: two leads under one id
    would be one lead. The file is read for it once, and only where nothing else says what names a
    lead.

    Parameters
    ----------
    before : str or None
        Column that named the leads in the last load of the source: it still does, for rows under
        other names would be other leads.

    Raises
    ------
    UnclearIdError
        None is, and one nearly is. Named by file and row instead, the leads of this file would be
        others than those of the next export, in which the id may be whole.
    BadInputError
        None is, and nothing else in the file means anything to us.
    """
    columns = _candidates(plan)
    kept = [c for c in columns if before is not None and joined(c) == joined(before)]
    if kept:
        return make_plan(plan.headers, plan.kind, mapping, id_column=kept[0])
    doubtful: dict[str, dict[str, int]] = {}
    for column in columns:
        found = _found(column, records, db)
        if found["ids"] == found["records"]:
            made = make_plan(plan.headers, plan.kind, mapping, id_column=column)
            note = f"the column {column!r} is taken as the id: it is filled and unique"
            return replace(made, notes=(*made.notes, note))
        doubtful[column] = found
    if not doubtful:
        return plan
    if mapping == Mapping():
        check_means_something(plan)
    notes = tuple(_why_not(column, found) for column, found in doubtful.items())
    without = replace(plan, notes=(*plan.notes, *notes))
    for column, found in doubtful.items():
        if found["ids"] >= _LEAST_IDS * found["records"]:
            error = _unclear(column, found, records.file_name)
            error.plan = without
            raise error
    return without


def _candidates(plan: Plan) -> list[str]:
    if plan.kind.name != "leads" or plan.has("source_id"):
        return []
    label = plan.label.column if plan.label else None
    taken = {*plan.claims.values(), *plan.excluded, label}
    by_name = {joined(header): header for header in reversed(plan.headers)}
    found = (by_name[name] for name in ID_NAMES if name in by_name)
    return [header for header in found if header not in taken]


def _found(column: str, records: Records, db: Database) -> dict[str, int]:
    head = _counts(column, records, db, f"LIMIT {_HEAD_RECORDS}")
    is_all = records.total <= _HEAD_RECORDS
    if is_all or head["ids"] < _LEAST_IDS * head["records"]:
        return head
    return _counts(column, records, db, "")


def _counts(column: str, records: Records, db: Database, limit: str) -> dict[str, int]:
    named = sql(__package__, "id_column.sql").replace("__column__", records.column(column))
    found = db.frame(_filled_in(named, records, limit), **records.params).row(0, named=True)
    if found["filled"] < found["records"]:
        cells = ", ".join(f"nullif(trim({records.column(h)}), '')" for h in records.headers)
        empty = sql(__package__, "id_column_empty.sql").replace("__cells__", f"{cells}, NULL")
        found["records"] -= db.frame(_filled_in(empty, records, limit), **records.params).item()
    return found


def _filled_in(statement: str, records: Records, limit: str) -> str:
    return statement.replace("__query__", records.query).replace("__limit__", limit)


def _why_not(column: str, found: dict[str, int]) -> str:
    return (
        f"the column {column!r} was not taken as the id: {_faults(found)};"
        f' [fields] source_id = "{column}" takes it'
    )


def _faults(found: dict[str, int]) -> str:
    blank, again = found["records"] - found["filled"], found["filled"] - found["ids"]
    why = [f"blank in {blank:,}"] if blank else []
    why += [f"not unique in {again:,}"] if again else []
    return f"{' and '.join(why)} of {found['records']:,} records"


def _unclear(column: str, found: dict[str, int], name: str) -> UnclearIdError:
    return UnclearIdError(
        f"the column {column!r} of {name} seems to be the id, and is {_faults(found)}",
        "an id that is filled and different in every record, or a mapping file that names it",
        f'if it is the id: [fields] source_id = "{column}" (records without one are set aside, of'
        " several with the same the last counts); if it names no lead: [custom] exclude ="
        f' ["{column}"]',
    )
