"""The id of an export whose CRM we do not know: a column called so, if it is one."""

from dataclasses import replace

from pipelines.load.meaning.mapping import Mapping
from pipelines.load.meaning.plan import Plan, check_means_something, make_plan
from pipelines.load.meaning.presets.aliases import ID_NAMES
from pipelines.load.meaning.presets.headers import joined
from pipelines.load.read.records import Records
from pipelines.store import Database, sql

# Settles most columns that are no id without reading the file.
_HEAD_RECORDS = 50_000


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
    BadInputError
        It is none, and nothing else in the file means anything to us.
    """
    column = _candidate(plan)
    if column is None:
        return plan
    if before is not None and joined(column) == joined(before):
        return make_plan(plan.headers, plan.kind, mapping, id_column=column)
    for limit in (f"LIMIT {_HEAD_RECORDS}", ""):
        found = _counts(column, records, db, limit)
        if found["ids"] != found["records"]:
            if mapping == Mapping():
                check_means_something(plan)
            return _without(plan, column, found)
        if found["records"] < _HEAD_RECORDS:
            break
    made = make_plan(plan.headers, plan.kind, mapping, id_column=column)
    note = f"the column {column!r} is taken as the id: it is filled and unique"
    return replace(made, notes=(*made.notes, note))


def _candidate(plan: Plan) -> str | None:
    if plan.kind.name != "leads" or plan.has("source_id"):
        return None
    label = plan.label.column if plan.label else None
    taken = {*plan.claims.values(), *plan.excluded, label}
    by_name = {joined(header): header for header in reversed(plan.headers)}
    found = (by_name[name] for name in ID_NAMES if name in by_name)
    return next((header for header in found if header not in taken), None)


def _counts(column: str, records: Records, db: Database, limit: str) -> dict[str, int]:
    statement = (
        sql(__package__, "id_column.sql")
        .replace("__column__", records.column(column))
        .replace("__query__", records.query)
        .replace("__limit__", limit)
    )
    return db.frame(statement, **records.params).row(0, named=True)


def _without(plan: Plan, column: str, found: dict[str, int]) -> Plan:
    blank, again = found["records"] - found["filled"], found["filled"] - found["ids"]
    why = [f"blank in {blank:,}"] if blank else []
    why += [f"not unique in {again:,}"] if again else []
    note = (
        f"the column {column!r} was not taken as the id: {' and '.join(why)} of"
        f' {found["records"]:,} records; [fields] source_id = "{column}" takes it'
    )
    return replace(plan, notes=(*plan.notes, note))
