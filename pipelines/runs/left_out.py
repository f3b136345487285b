"""Features that a person wants in no model: `[train] leave_out`."""

from collections.abc import Collection, Iterable
from typing import Final

from features.registry import REGISTRY
from features.schema import CUSTOM_PREFIX
from features.spec import Feature
from pipelines.errors import UsageError
from pipelines.store import Database

_CUSTOM_TABLE: Final = "lead_custom_"


def leave_out(features: Iterable[Feature], names: Collection[str], db: Database) -> list[Feature]:
    """Keep the features that no name speaks of.

    Parameters
    ----------
    features : iterable of Feature
    names : collection of str
        Features (``lead_age_days``), their inputs (``lead_source``) or columns of an export, with
        or without ``custom:``; case does not matter.
    db : Database
        Its custom tables say which columns exist at all.

    Raises
    ------
    UsageError
        A name that nothing has: a slip here would leave a column in that was meant to be out.
    """
    offered = list(features)
    if not names:
        return offered
    asked = {_plain(name) for name in names}
    columns = {
        _plain(column)
        for table in db.tables()
        if table.startswith(_CUSTOM_TABLE)
        for column in db.columns(table)
    }
    known = columns.union(*(_names(feature) for feature in (*REGISTRY, *offered)))
    if unknown := sorted(asked - known):
        raise UsageError(
            f"[train] leave_out names {', '.join(map(repr, unknown))}, which nothing is called",
            expected="a feature of docs/features.md, or a column of an export",
            fix="see `lead-triage models show ID` for the names",
        )
    return [feature for feature in offered if asked.isdisjoint(_names(feature))]


def _names(feature: Feature) -> set[str]:
    return {_plain(feature.name), *(_plain(column) for column in feature.inputs)}


def _plain(name: str) -> str:
    return name.removeprefix(CUSTOM_PREFIX).strip().casefold()
