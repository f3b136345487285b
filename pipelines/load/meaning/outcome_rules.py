"""Which values of which columns tell that a lead has converted, was won, lost or set aside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from pipelines.load.meaning.presets.table import Words

OPEN = "open"
MILESTONES = ("qualified", "converted", "opportunity", "won", "disqualified", "lost")
# A customer is a customer whoever has named the column so.
_CUSTOMER = dict.fromkeys(
    ("customer", "evangelist", "kunde", "client", "cliente", "klant"), "converted"
)


@dataclass(frozen=True)
class OutcomeRule:
    """What the values of one column mean.

    Parameters
    ----------
    column : str
        Header in the file.
    meanings : dict of str to str
        Value, as `folded` gives it, to a milestone or to ``open``: known to mean none.
    dates : dict of str to str
        Milestone to the canonical field that says when it was reached.
    date_column : str or None
        Header that says when any of the milestones was reached, given by the mapping.
    is_whole : bool
        The column holds nothing but such values, so one that is not listed is a question.
    """

    column: str
    meanings: Mapping[str, str]
    dates: Mapping[str, str] = field(default_factory=dict)
    date_column: str | None = None
    is_whole: bool = True


def folded(values: pl.Series) -> pl.Series:
    """Reduce values to what their spelling has in common: letters and digits, one case.

    Utf8 -> Utf8. ``Closed - Not Converted`` and ``CLOSED_NOT_CONVERTED`` are one; a value of
    signs alone stays as it is, so that ``+`` and ``-`` are two.
    """
    text = pl.col("v").str.strip_chars().str.to_lowercase()
    bare = text.str.replace_all(r"[^\p{L}\p{N}]+", "")
    return values.to_frame("v").select(pl.when(bare != "").then(bare).otherwise(text))["v"]


def meanings_of(listed: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return value -> milestone, the values folded, from milestone -> values.

    Raises
    ------
    ValueError
        One value is listed under two milestones.
    """
    found: dict[str, str] = {}
    for milestone, values in listed.items():
        given = list(values)
        for value, key in zip(given, folded(pl.Series(given, dtype=pl.String)), strict=True):
            if found.setdefault(key, milestone) != milestone:
                raise ValueError(f"lists {value!r} as {found[key]} and as {milestone}")
    return found


def milestones_of(cells: pl.Series, rule: OutcomeRule) -> pl.Series:
    """Read a column. Utf8 -> Utf8; ``open`` where the value means none, null where it is unknown.

    The words of a picklist are few, so each is read once and not once for every record.
    """
    distinct = cells.drop_nulls().unique()
    if distinct.is_empty():
        return pl.Series(cells.name, [None], dtype=pl.String).new_from_index(0, len(cells))
    key = folded(distinct)
    meant = key.replace_strict(rule.meanings, default=None, return_dtype=pl.String)
    known = meant.is_not_null()
    return cells.replace_strict(
        distinct.filter(known), meant.filter(known), default=None, return_dtype=pl.String
    )


def preset_rules(
    words: Sequence[Words], columns: Mapping[str, str], lifecycle: str | None
) -> dict[str, OutcomeRule]:
    """Return header -> rule for the columns whose values a CRM's own words explain.

    Parameters
    ----------
    columns : dict of str to str
        API name to header, for the columns of the preset that the file has.
    lifecycle : str or None
        Header of the canonical field ``lifecycle_stage``.
    """
    rules = {}
    if lifecycle is not None:
        rules[lifecycle] = OutcomeRule(lifecycle, _CUSTOMER, {"converted": "closed_at"})
    for one in words:
        header = columns.get(one.api)
        if header is None:
            continue
        dates = dict(one.dates)
        meanings = meanings_of(dict(one.meanings))
        if header in rules:
            dates |= rules[header].dates
            meanings = {**rules[header].meanings, **meanings}
        rules[header] = OutcomeRule(header, meanings, dates, is_whole=one.is_whole)
    return rules


def told(
    base: Mapping[str, OutcomeRule], given: Sequence[tuple[str, str | None, dict[str, str]]]
) -> tuple[OutcomeRule, ...]:
    """Return the rules of a file: what the mapping says of a value wins over the CRM's words.

    Values that the mapping does not list keep what the CRM's words say: a customer does not stop
    being one because somebody has explained another stage.

    Parameters
    ----------
    given : sequence of (header, header of its date or None, meanings)
    """
    rules = dict(base)
    for column, date, meanings in given:
        known = rules.get(column)
        rules[column] = OutcomeRule(
            column,
            {**known.meanings, **meanings} if known else meanings,
            known.dates if known else {},
            date,
        )
    return tuple(rules.values())
