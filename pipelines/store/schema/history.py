"""The leads as the store knew them at a moment, put together from today's and what changed since.

docs/decisions/0014 says what known means here.
"""

from pipelines.store.duck import Database
from pipelines.store.schema.leads import HISTORY_COLUMNS
from pipelines.store.sqltext import quoted, sql


def make_lead_as_of(db: Database) -> None:
    """Write the table macro ``lead_as_of(moment)`` into the store; analysts may call it too."""
    former = ", ".join(
        f"arg_min_null({quoted(name)}, known_until)"
        f" FILTER (WHERE list_contains(names, '{name}')) AS {quoted(name)},"
        f" bool_or(list_contains(names, '{name}')) AS {quoted('has_' + name)}"
        for name in HISTORY_COLUMNS
    )
    then = ", ".join(
        f"CASE WHEN later.{quoted('has_' + name)} THEN later.{quoted(name)}"
        f" ELSE lead.{quoted(name)} END AS {quoted(name)}"
        for name in HISTORY_COLUMNS
    )
    statement = sql(__package__, "lead_as_of.sql")
    db.run(statement.replace("__former_values__", former).replace("__values_then__", then))
