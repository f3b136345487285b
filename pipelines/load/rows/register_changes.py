"""A register that is delivered as changes is no copy of it, and is refused with what it needs.

Taken for a copy, what is to be removed would be screened against, and all the rest would not.
"""

import re
from typing import Final

import polars as pl

from pipelines.errors import RefusedError

_REMOVED: Final = frozenset(
    {"d", "del", "delete", "deleted", "deletion", "r", "rem", "remove", "removed", "removal"}
    | {"drop", "dropped", "off", "-"}
)
_WORDS: Final = _REMOVED | frozenset(
    {"a", "add", "added", "addition", "i", "ins", "insert", "inserted", "n", "new", "on", "+"}
    | {"u", "upd", "update", "updated", "c", "chg", "change", "changed", "m", "modify"}
)
_HEADERS: Final = frozenset(
    {"action", "actioncode", "addordelete", "adddelete", "adddeleteflag", "change", "changetype"}
    | {"operation", "op", "transaction", "transactiontype", "updatetype", "deltatype"}
)


def refuse_changes(frame: pl.DataFrame) -> None:
    """Refuse records of a register that say of themselves what is added and what removed.

    Parameters
    ----------
    frame : pl.DataFrame
        The raw columns as Utf8.

    Raises
    ------
    RefusedError
        A column holds nothing but words for changes, removals among them, or is called so.
    """
    for column in frame.select(pl.col(pl.String)).iter_columns():
        said = set(column.drop_nulls().str.strip_chars().str.to_lowercase().unique()) - {""}
        is_called_so = re.sub(r"[\W_]+", "", column.name.lower()) in _HEADERS
        if said and said <= _WORDS and (is_called_so or said & _REMOVED):
            raise RefusedError(
                f"a register that comes as changes: column {column.name!r} says what to add and"
                " what to remove",
                expected="a whole copy of the register",
                fix="load the full file of its owner; the copy loaded before stays in force until"
                " it is too old for the policy",
            )
