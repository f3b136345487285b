"""The time zone of a lead: as given, else where its place or its number leaves only one."""

from functools import cache
from typing import Final

import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
from phonenumbers.tzdata import TIMEZONE_DATA

from pipelines.load.normalise.few_words import first_filled
from pipelines.load.normalise.text import cleaned, data_lines

# Calling codes whose mobile numbers belong to a place (`phonenumbers.is_number_geographical`).
_PLACED_MOBILES: Final = "^(?:52|54|55|62|86)"
_UNTOLD_KINDS: Final = "^(?:1|52)"
_NOWHERE: Final = "?"
# What is looked up, and what stands for it.
_Columns = tuple[pl.Series, pl.Series]


def named_zones(values: pl.Series) -> pl.Series:
    """Read time zones as CRMs and their users write them.

    IANA names in any case, old names of the same zone, HubSpot's ``us_slash_eastern``, the names of
    Windows and Rails, and Salesforce's ``(GMT-08:00) Pacific Standard Time (America/Los_Angeles)``.

    Returns
    -------
    pl.Series
        Utf8, canonical IANA name; null when blank or not known. An offset is no zone.
    """
    text = cleaned(values)
    if text.null_count() == len(text):
        return text
    frame = text.to_frame("raw")
    distinct = frame.drop_nulls().unique()
    bare = pl.col("raw").str.to_lowercase().str.replace_all("_slash_", "/", literal=True)
    inner = bare.str.extract(r"\(([a-z_]+(?:/[a-z_\-]+)+)\)\s*$")
    after = bare.str.replace(r"^\((?:gmt|utc)[^)]*\)\s*", "")
    names = _columns("zone_names.csv")
    looked_up = [
        _looked_up(each, names) for each in (inner, after, after.str.replace_all(" ", "_"))
    ]
    known = distinct.with_columns(zone=pl.coalesce(looked_up))
    joined = frame.join(known, on="raw", how="left", maintain_order="left")
    return joined["zone"].alias(values.name)


def zones(lead: pl.DataFrame, phones: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """Find the zone of each lead: the field, then state, country, phone and mobile.

    Parameters
    ----------
    lead : pl.DataFrame
        ``timezone`` as given, ``state_code`` (ISO 3166-2) and ``country`` (ISO alpha-2).
    phones : pair of pl.DataFrame
        Phone and mobile as `phone_keys` reads them.

    Returns
    -------
    pl.DataFrame
        ``timezone`` (canonical IANA name) and ``timezone_source`` (field, state, country or phone);
        both null where nothing leaves one zone only.
    """
    places = _columns("zones.csv")
    frame = lead.select(
        field=named_zones(lead["timezone"]),
        state=_looked_up(pl.col("state_code"), places),
        country=_looked_up(pl.col("country"), places),
    )
    known = pl.coalesce("field", "state", "country")
    left = frame.select(known.is_null()).to_series().arg_true()
    by_phone = pl.Series("phone", [None], dtype=pl.String).new_from_index(0, lead.height)
    if not left.is_empty():
        country = lead["country"].gather(left)
        found = [_of_numbers(table[left], country) for table in phones]
        by_phone = by_phone.scatter(left, found[0].zip_with(found[0].is_not_null(), found[1]))
    names = ("field", "state", "country", "phone")
    frame = frame.with_columns(by_phone)
    source = first_filled(frame, names, names)
    return frame.select(timezone=pl.coalesce(names)).with_columns(timezone_source=source)


def _of_numbers(numbers: pl.DataFrame, country: pl.Series) -> pl.Series:
    """Read zones from area codes: the longest known beginning of a number, if it is in one zone."""
    digits = pl.col("e164").str.slice(1)
    kind = pl.col("line_type")
    # Numbers of neither kind are toll-free and the like, except where plans do not tell them apart.
    is_placed = (
        (kind == "landline")
        | ((kind == "mobile") & digits.str.contains(_PLACED_MOBILES))
        | ((kind == "unknown") & digits.str.contains(_UNTOLD_KINDS))
    )
    # A number from elsewhere says nothing about where in its country the lead is.
    is_here = pl.col("region").eq_missing(country)
    frame = numbers.with_columns(pl.when(is_placed & is_here).then(digits).alias("digits"))
    zone = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    left = frame["digits"].is_not_null().arg_true()
    for size, table in _beginnings().items():
        if left.is_empty():
            break
        starts = frame["digits"].gather(left).str.slice(0, size)
        hits = starts.to_frame("s").select(_looked_up(pl.col("s"), table))["s"]
        is_hit = hits.is_not_null()
        zone = zone.scatter(left.filter(is_hit), hits.filter(is_hit))
        left = left.filter(~is_hit)
    return zone.to_frame("z").select(pl.when(pl.col("z") != _NOWHERE).then("z"))["z"]


def _looked_up(column: pl.Expr, table: _Columns) -> pl.Expr:
    # Columns, because a dictionary is made into them anew by every block of records.
    given, found = table
    return column.replace_strict(given, found, default=None, return_dtype=pl.String)


@cache
def _beginnings() -> dict[int, _Columns]:
    """Return, longest first, the beginnings of numbers of one length and their zone.

    Only of countries that have several zones: for any other the country has told.
    """
    places = _table("zones.csv")
    several = tuple(
        str(code)
        for code, owners in COUNTRY_CODE_TO_REGION_CODE.items()
        if any(owner not in places for owner in owners)
    )
    found: dict[int, dict[str, str]] = {}
    for start, names in sorted(TIMEZONE_DATA.items(), key=lambda item: -len(item[0])):
        if start.startswith(several):
            zone = names[0] if len(names) == 1 else _NOWHERE
            found.setdefault(len(start), {})[start] = _table("zone_names.csv").get(
                zone.lower(), zone
            )
    return {size: _as_columns(table) for size, table in found.items()}


@cache
def _columns(name: str) -> _Columns:
    return _as_columns(_table(name))


def _as_columns(table: dict[str, str]) -> _Columns:
    return pl.Series(list(table), dtype=pl.String), pl.Series(list(table.values()), dtype=pl.String)


@cache
def _table(name: str) -> dict[str, str]:
    rows = (line.rsplit(",", 1) for line in data_lines(name)[1:])
    return {row[0]: row[1] for row in rows}
