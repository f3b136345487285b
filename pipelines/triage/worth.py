"""What a conversion of a lead is worth, and what the order makes of waiting, as SQL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pipelines.errors import UsageError
from pipelines.settings.selection import OrderSettings, SendingDomain, ValueRule, ValueSettings
from pipelines.store import Database, quoted

_OWN: Final = {"region": "eligibility.region", "owner": "lead.owner_id"}
_CUSTOM: Final = "lead_custom_"


@dataclass
class Worth:
    """Expressions for rank.sql with what they read; `params` are bound.

    Attributes
    ----------
    worth, weight : str
        Value of a conversion; by how much the order differs from the value.
    joins : str
        Tables besides those of rank.sql.
    """

    worth: str
    weight: str = "1.0"
    joins: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def worth_of(db: Database, value: ValueSettings, order: OrderSettings) -> Worth:
    """Return what a conversion of each lead is worth; 1 where no value is set.

    Raises
    ------
    UsageError
        A rule names a column that no lead has.
    """
    if value.per_conversion is None:
        found = Worth("1.0")
    else:
        found = Worth("", params={"value": value.per_conversion})
        cases = [_case(db, number, rule, found) for number, rule in enumerate(value.rules)]
        found.worth = f"(CASE {' '.join(cases)} ELSE $value END)" if cases else "$value"
    weights = []
    if order.ageing_per_day:
        found.params["ageing"] = order.ageing_per_day
        weights.append(
            "(1 + $ageing * greatest(date_diff('day', lead.ingested_at, $as_of::TIMESTAMP), 0))"
        )
    if order.keep_listed:
        found.params["keep"] = order.keep_listed
        found.joins += (
            " LEFT JOIN (SELECT person_key AS listed_person FROM last_listed) AS last"
            " ON last.listed_person = eligibility.person_key"
        )
        weights.append("(CASE WHEN last.listed_person IS NULL THEN 1 ELSE 1 + $keep END)")
    if weights:
        found.weight = " * ".join(weights)
    return found


def sent_from(rules: Sequence[SendingDomain]) -> tuple[str, dict[str, Any]]:
    """Return the SQL that says which domain a lead's mail is sent from, and its parameters."""
    params: dict[str, Any] = {}
    cases = []
    for number, rule in enumerate(rules):
        params[f"sender{number}"] = rule.domain
        condition = "true"
        if rule.by is not None:
            params[f"sends{number}"] = lower_words(rule.is_)
            condition = f"list_contains($sends{number}, lower(trim({attribute_sql(rule.by)})))"
        cases.append(f"WHEN {condition} THEN $sender{number}")
    return (f"CASE {' '.join(cases)} ELSE '' END" if cases else "''"), params


def _case(db: Database, number: int, rule: ValueRule, found: Worth) -> str:
    conditions = []
    if rule.by is not None:
        found.params[f"is{number}"] = lower_words(rule.is_)
        cell = _cell(db, rule.by, f"by{number}", found)
        conditions.append(f"list_contains($is{number}, lower(trim({cell}::VARCHAR)))")
    if rule.column is None:
        found.params[f"worth{number}"] = rule.worth
        amount = f"$worth{number}"
    else:
        amount = f"try_cast({_cell(db, rule.column, f'column{number}', found)} AS DOUBLE)"
        conditions.append(f"(isfinite({amount}) AND {amount} >= 0)")
    return f"WHEN {' AND '.join(conditions) or 'true'} THEN {amount}"


def _cell(db: Database, column: str, name: str, found: Worth) -> str:
    """Return the expression that reads a column: of the lead, or of what its file had besides."""
    if column in _OWN:
        return _OWN[column]
    if column in db.columns("lead"):
        return f"lead.{quoted(column)}"
    tables = [
        table
        for table in db.tables()
        if table.startswith(_CUSTOM) and column in db.columns(table) and column != "lead_key"
    ]
    if not tables:
        raise UsageError(
            f"a rule of [[value.rules]] names {column}, which no lead has",
            expected="region, owner, or a column of lead or of a lead_custom_ table",
            fix='see `lead-triage sql "DESCRIBE lead"`',
        )
    parts = " UNION ALL ".join(
        f"SELECT lead_key AS cell_lead, {quoted(column)}::VARCHAR AS cell FROM {quoted(table)}"
        for table in tables
    )
    found.joins += f" LEFT JOIN ({parts}) AS {name} ON {name}.cell_lead = eligibility.lead_key"
    return f"{name}.cell"


def attribute_sql(attribute: str) -> str:
    """Return what reads an attribute of somebody who may be listed."""
    if attribute == "region":
        return "candidate.region"
    return "lead.owner_id" if attribute == "owner" else f"lead.{attribute}"


def lower_words(values: str | Iterable[str] | None) -> list[str]:
    """Return the values of a setting in lower case, as they are compared."""
    each = (values,) if isinstance(values, str) else values or ()
    return [value.strip().lower() for value in each]
