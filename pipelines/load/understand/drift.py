"""What changed between two exports of one source: columns come, go, are renamed or retyped."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.load.batches.batch import Landed

# A spreadsheet loses 237 empty columns at once; the load record keeps every name.
_SHOWN_NAMES = 20


@dataclass(frozen=True)
class Drift:
    """How the columns of a file differ from those of the last load of the same source and kind.

    Parameters
    ----------
    since : str or None
        Batch compared with; None: the first load of this source.
    added, removed : tuple of str
        Headers, in the order of their file.
    renamed : dict of str to str
        Old header to new one, where only case, blanks or punctuation differ: the same column.
    retyped : dict of str to tuple of str
        Custom column, as this file spells it, to its type then and now. The store holds whatever
        both can be written in; see `pipelines.load.merging.custom_table`.
    """

    since: str | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: dict[str, str] = field(default_factory=dict)
    retyped: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether anything changed."""
        return bool(self.added or self.removed or self.renamed or self.retyped)

    def lines(self) -> list[str]:
        """Word it for a person: one line per kind of change; names of columns only."""
        renamed = [f"{old} -> {new}" for old, new in self.renamed.items()]
        retyped = [f"{column} {old} -> {new}" for column, (old, new) in self.retyped.items()]
        found = (
            ("new columns since the last load", self.added),
            ("columns gone since the last load; known leads keep their values", self.removed),
            ("columns spelt differently, taken as the same", renamed),
            ("custom columns of another type than in the last load", retyped),
        )
        return [f"{what}: {_listed(names)}" for what, names in found if names]

    def to_json(self) -> dict[str, Any]:
        """Return it for the load record; empty for the first load of a source."""
        if self.since is None:
            return {}
        return {
            "since": self.since,
            "added": list(self.added),
            "removed": list(self.removed),
            "renamed": dict(self.renamed),
            "retyped": {column: list(types) for column, types in self.retyped.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Drift":
        """Return what `to_json` wrote."""
        return cls(
            since=data.get("since"),
            added=tuple(data.get("added", ())),
            removed=tuple(data.get("removed", ())),
            renamed=dict(data.get("renamed", {})),
            retyped={column: (old, new) for column, (old, new) in data.get("retyped", {}).items()},
        )


def drift_of(
    last: Landed | None,
    headers: Iterable[str],
    types: Mapping[str, str],
    unknown: Iterable[str] = (),
) -> Drift:
    """Compare a file with the last load of its source.

    Parameters
    ----------
    last : Landed or None
        None: there was none.
    headers : iterable of str
        Columns of the file.
    types : mapping of str to str
        Its custom columns and their DuckDB types.
    unknown : iterable of str
        Those of `types` that held no value, so that the type says nothing.
    """
    if last is None:
        return Drift()
    headers = tuple(headers)
    before = columns_of(last)
    same = same_columns(before, headers)
    known = set(same.values())
    silent = {*unknown, *(new for new, old in same.items() if old in last.custom_empty)}
    retyped = {
        new: (last.custom_types[old], types[new])
        for new, old in same.items()
        if new in types and old in last.custom_types and new not in silent
    }
    return Drift(
        since=last.batch_id,
        added=tuple(header for header in headers if header not in same),
        removed=tuple(header for header in before if header not in known),
        renamed={old: new for new, old in same.items() if old != new},
        retyped={column: kinds for column, kinds in retyped.items() if kinds[0] != kinds[1]},
    )


def columns_of(landed: Landed) -> tuple[str, ...]:
    """Return the columns of a landed file; records of earlier versions know only the used ones."""
    return landed.headers or tuple(dict.fromkeys([*landed.claims.values(), *landed.custom_types]))


def same_columns(before: Iterable[str], now: Iterable[str]) -> dict[str, str]:
    """Pair the columns of two files: equal names, then equal but for case, blanks, punctuation.

    A spelling that several columns of one side share pairs nothing.

    Returns
    -------
    dict of str to str
        Column of `now` to that of `before`, in the order of `now`.
    """
    before, now = tuple(before), tuple(now)
    found: dict[str, str] = {}
    for spelling in (str, str.casefold, folded):
        taken = set(found.values())
        left = _unique(spelling, (name for name in before if name not in taken))
        for key, name in _unique(spelling, (name for name in now if name not in found)).items():
            if key in left:
                found[name] = left[key]
    return {name: found[name] for name in now if name in found}


def folded(header: str) -> str:
    """Return a header without case, blanks and punctuation: ``Do_Not Call`` is ``DoNotCall``."""
    text = unicodedata.normalize("NFKC", header).casefold()
    # A header of nothing but signs ("#", "%") is told by them.
    return re.sub(r"[\W_]+", "", text) or text


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN_NAMES])
    more = len(names) - _SHOWN_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _unique(spelling: Callable[[str], str], names: Iterable[str]) -> dict[str, str]:
    grouped: dict[str, list[str]] = {}
    for name in names:
        grouped.setdefault(spelling(name), []).append(name)
    return {key: group[0] for key, group in grouped.items() if len(group) == 1}
