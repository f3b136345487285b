"""Columns that carry a no are frozen: a source that loses one, or its meaning, is refused.

An export without its opt-out column looks like one in which nobody objects.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import polars as pl
from pydantic import ValidationError

from pipelines.errors import BadInputError, RefusedError
from pipelines.load.batches.batch import Landed
from pipelines.load.meaning.kinds import CONSENT_FLAGS, kind_of
from pipelines.load.meaning.mapping import Consent
from pipelines.load.meaning.mapping import Mapping as MappingFile
from pipelines.load.meaning.plan import Plan, make_plan
from pipelines.load.normalise.text import EMPTY_WORDS, boolean, clean
from pipelines.load.rows.words import CONSENT_STATUSES, DISPOSITIONS, word_of
from pipelines.load.understand.drift import columns_of, same_columns

# What a column held: cells we can read, others, or none at all ("": its type is as it was).
Held = Literal["readable", "other", ""]

_FIELDS = {
    "consent": ("status",),
    "suppressions": ("email", "phone", "domain", "hash"),
    "registry": ("email", "phone"),
    "attempts": ("disposition",),
}


def _shaped(pattern: str) -> Callable[[pl.Series], pl.Series]:
    return lambda cells: cells.str.contains(pattern)


def _in(vocabulary: dict[str, str]) -> Callable[[pl.Series], pl.Series]:
    return lambda cells: word_of(cells, vocabulary).is_not_null()


def _is_flag(cells: pl.Series) -> pl.Series:
    is_empty = clean("t").str.to_lowercase().is_in(EMPTY_WORDS)
    return cells.to_frame("t").select(boolean("t").is_not_null() | is_empty).to_series()


# Loose on purpose: only another kind of content must show, not a bad cell.
_IS_READABLE: dict[str, Callable[[pl.Series], pl.Series]] = {
    "status": _in(CONSENT_STATUSES),
    "disposition": _in(DISPOSITIONS),
    "email": _shaped("@"),
    "phone": _shaped(r"[0-9](?:.*[0-9]){4}"),
    "domain": _shaped(r"\w\.\w"),
    "hash": _shaped(r"^[0-9A-Fa-f]{32,128}$"),
    **dict.fromkeys(CONSENT_FLAGS, _is_flag),
}


def frozen_columns(plan: Plan) -> dict[str, str]:
    """Return the headers that carry a no in this file, each with the field it is read as."""
    found: dict[str, str] = {}
    # Files of activities are of many shapes: tasks after campaign members lack nothing.
    if plan.kind.name == "leads":
        found |= {header: flag for flag, headers in plan.opt_outs.items() for header in headers}
    found |= {header: "status" for header, is_consent in plan.worded.items() if is_consent}
    for name in _FIELDS.get(plan.kind.name, ()):
        if name in plan.claims:
            for header in (plan.claims[name], *plan.fallbacks.get(name, ())):
                found.setdefault(header, name)
    return found


def check_there(
    last: Landed | None, plan: Plan, given: Consent, name: str, source: str | None = None
) -> None:
    """Refuse a file that lacks a column which carried a no in the last load of its source.

    Parameters
    ----------
    name : str
        File name, for the message.
    source : str or None
        What the source of the file would be called; another name than that of `last` is a guess.

    Raises
    ------
    RefusedError
        Names the columns; `given` did not acknowledge that they are gone.
    """
    check_asked(plan, name)
    before = _carried(last)
    same = same_columns(before, plan.headers)
    still = {same[header] for header in frozen_columns(plan) if header in same}
    lost = [header for header in before if header not in still]
    lost = [header for header in lost if header not in same_columns(given.dropped, lost)]
    if lost and last is not None:
        fields = {before[header].field for header in lost}
        raise RefusedError(
            f"{name}: no longer read as {_listed(fields)}: {_listed(lost, quoted=True)}",
            expected=f"the columns that carried a no when {last.source_system} was last loaded",
            fix=f"export them again, or say in the mapping file that the source no longer has"
            f" them: [consent] dropped = {_toml(lost)}{_other_source(last, source)}",
        )


def _other_source(last: Landed, source: str | None) -> str:
    if source in (None, last.source_system):
        return ""
    return f"; a file of another source has the same columns and says so: --source-system {source}"


def check_asked(plan: Plan, name: str) -> None:
    """Refuse a file with a column that looks like a no and of which nobody has said what it is.

    Raises
    ------
    RefusedError
        Names the columns, and the keys of the mapping that settle each of them.
    """
    if plan.questions:
        first = _toml(plan.questions[:1])[1:-1]
        preset = f'preset = "{plan.preset.name}" and ' if plan.preset else ""
        raise RefusedError(
            f"{name}: {_listed(plan.questions, quoted=True)} may say no, or something else",
            expected="a mapping file that says which",
            fix=f"if it says no: {preset}[fields] do_not_call = {first} (or do_not_email,"
            f" no_profiling); if it does not: [consent] ignored = {_toml(plan.questions)}; where a"
            " no in it is the refusal, load the file --as consent too, with it as status",
        )


class ConsentSurvey:
    """What the columns that carry a no hold, counted over the whole file.

    Parameters
    ----------
    plan : Plan
    """

    def __init__(self, plan: Plan) -> None:
        self.columns = frozen_columns(plan)
        self._cells: Counter[tuple[str, bool]] = Counter()

    def count(self, frame: pl.DataFrame) -> Counter[tuple[str, bool]]:
        """Return (header, whether readable) -> filled cells of one batch; for any thread."""
        found: Counter[tuple[str, bool]] = Counter()
        for header, name in self.columns.items():
            # Flags and words repeat: each is read once, and counts as often as it stands there.
            words = frame[header].alias("t").value_counts(name="cells")
            words = words.with_columns(clean("t")).drop_nulls("t")
            readable = words.filter(_IS_READABLE[name](words["t"]))
            found[header, True] = int(readable["cells"].sum())
            found[header, False] = int(words["cells"].sum()) - found[header, True]
        return found

    def add(self, counted: Counter[tuple[str, bool]]) -> None:
        """Add what `count` gave."""
        self._cells.update(counted)

    def check(self, last: Landed | None, given: Consent, name: str) -> dict[str, dict[str, str]]:
        """Refuse a file in which such a column holds something else than in the last load.

        Returns
        -------
        dict of str to dict
            Header to ``field`` and ``held``, for the record; an empty column is as it was.

        Raises
        ------
        RefusedError
            Names the columns; `given` did not acknowledge their change.
        """
        before = _carried(last)
        same = same_columns(before, self.columns)
        found: dict[str, dict[str, str]] = {}
        changed = []
        for header, field in self.columns.items():
            was = before[same[header]].held if header in same else ""
            held = self._held(header) or was
            found[header] = {"field": field, "held": held}
            if was and held != was and (was == "readable" or field in CONSENT_FLAGS):
                changed.append(header)
        changed = [
            header for header in changed if header not in same_columns(given.retyped, changed)
        ]
        if changed:
            raise RefusedError(
                f"{name}: other content than in the last load: {_listed(changed, quoted=True)},"
                f" read as {_listed({self.columns[header] for header in changed})}",
                expected="the kind of cells that carried a no before, such as yes and no",
                fix="export them as before, or say in the mapping file that you have looked:"
                f" [consent] retyped = {_toml(changed)}",
            )
        return found

    def _held(self, header: str) -> Held:
        readable, other = self._cells[header, True], self._cells[header, False]
        if not readable and not other:
            return ""
        return "readable" if readable >= other else "other"


@dataclass(frozen=True)
class _Carried:
    field: str
    held: Held


def _carried(last: Landed | None) -> dict[str, _Carried]:
    """Return the frozen columns of the last load; from its mapping where its record is older."""
    if last is None:
        return {}
    if last.consent:
        return {header: _Carried(**carried) for header, carried in last.consent.items()}
    try:
        mapping = MappingFile.model_validate(last.mapping)
        plan = make_plan(columns_of(last), kind_of(last.kind), mapping)
    except (ValidationError, BadInputError):
        return {}
    return {header: _Carried(name, "") for header, name in frozen_columns(plan).items()}


def _listed(names: Iterable[str], *, quoted: bool = False) -> str:
    return ", ".join(f"the column {name!r}" if quoted else name for name in sorted(set(names)))


def _toml(names: Iterable[str]) -> str:
    return json.dumps(list(names), ensure_ascii=False)
