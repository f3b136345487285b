"""Dates and clocks to UTC: what is ambiguous is asked for, never guessed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import polars as pl

from pipelines.load.normalise.text import cleaned
from pipelines.load.normalise.when_serials import EXCEL, from_serials
from pipelines.load.normalise.when_words import without_words

Order = Literal["dmy", "mdy"]

# Digits are ASCII throughout: a date in the digits of another script is not readable.
# The two leading numbers of 3/15/2024 and its kin; which one is the day is the question.
SLASHED = r"^\s*([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})\b"
SHORT_YEAR = (
    r"^\s*(?:[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-]|[0-9]{1,2}[/.\- ]\p{L}{3,4}[/.\- ])"
    r"[0-9]{2}(?:[^0-9:]|$)"
)
_OFFSET = r"(?:[zZ]|\s?[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})$"
_WITH_OFFSET = rf"[0-9]:[0-9]{{2}}(?::[0-9]{{2}}(?:[.,][0-9]+)?)?\s?{_OFFSET}"
_SECONDS = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.0+)?"
_ZERO_OFFSET = r"(?:[zZ]|[+-]00:?00)"
_UNIX = r"^1[0-9]{9}(?:\.[0-9]{1,9})?$|^[0-9]{12,13}$"
# ISO 8601 without its signs: 20240312T091405Z.
_BASIC = r"^([0-9]{4})-?([0-9]{2})-?([0-9]{2})[Tt]([0-9]{2})([0-9]{2})"
_WORD = r"[\p{L}]{2}|[0-9]\s?[aApP]\.\s?[mM]"
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S%.f", " %I:%M %p", " %I:%M:%S %p")
# Written with a month name or a leading year, a date cannot be misread.
_CLEAR_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d %b %Y", "%b %d %Y", "%d-%b-%Y", "%d %B %Y",
                "%B %d %Y")  # fmt: skip
_ORDERED = {"dmy": ("%d/%m/%Y",), "mdy": ("%m/%d/%Y",)}
_SECOND_US, _MINUTE_US = 1_000_000, 60_000_000
_BEFORE, _LAST = datetime(1900, 1, 1), datetime(2100, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001 - naive, as UTC is here
# Furthest from UTC that a clock on earth is, in minutes (Kiribati); beyond it, damage.
_FURTHEST = 14 * 60
# What programs store for no date: their own day zero. Nobody did anything at those midnights.
_NO_DATE = datetime(1970, 1, 1)  # noqa: DTZ001 - naive, as UTC is here
_CLOCK_TIME = r"[0-9]:[0-9]|[0-9]{10,}|T[0-9]|^[0-9]{5}[.,][0-9]*[1-9][0-9]*$"


@dataclass(frozen=True)
class DateStyle:
    """How one column writes its dates.

    Parameters
    ----------
    timezone : str
        IANA zone of clocks that carry no offset.
    format : str or None
        strptime format of the mapping, tried first; `EXCEL`: numbers of days.
    order : {"dmy", "mdy"} or None
        What ``3/4/2024`` means in this column; None: no such date was seen, so none is read.
    """

    timezone: str = "UTC"
    format: str | None = None
    order: Order | None = None


def timestamps(values: pl.Series, style: DateStyle) -> pl.Series:
    """Read timestamps. Utf8 -> Datetime(us) in UTC without zone; null: blank or unreadable.

    A day without a clock is midnight UTC of that day, in every zone. A clock that the zone
    skipped (spring) is null; one that it ran twice (autumn) is the earlier, and `run_twice` counts
    those. Day zero of a program (1970-01-01, 1900-01-01, at midnight) is no date.
    """
    text = cleaned(values)
    read = _plain(text, style)
    left = (text.is_not_null() & read.is_null()).arg_true()
    found = read.to_frame("v").select(pl.when(is_date("v")).then("v"))["v"]
    if not left.is_empty():
        found = found.scatter(left, any_clock(text.gather(left), style))
    return found.alias(values.name)


def _plain(text: pl.Series, style: DateStyle) -> pl.Series:
    """Read what databases write and what can be read in one step; null where that is not so.

    It may be no date that counts, such as 2999-12-31: nothing else can be meant by it.
    A column is tried as a whole when most of a probe fits: any other is read by the rules at once.
    """
    nothing = pl.Series([None], dtype=pl.Datetime("us")).new_from_index(0, len(text))
    given = text.is_not_null().arg_true()
    if given.is_empty() or style.format is not None:
        return nothing
    probe = text.gather(given.gather_every(max(1, len(given) // _PROBE)))
    # Only where clocks are UTC anyway does one without an offset need no conversion.
    ways = (_clock, _day, _iso, _minute) if style.timezone == "UTC" else (_day, _iso_utc)
    for read in ways:
        if 2 * read(probe).count() > len(probe):
            return read(text)
    return nothing


def is_date(column: str) -> pl.Expr:
    """Tell which clocks count as a date: not day zero of a program, nor one far away."""
    clock = pl.col(column)
    return clock.is_between(_BEFORE, _LAST, closed="right") & (clock != _NO_DATE)


def run_twice(values: pl.Series, found: pl.Series, style: DateStyle) -> int:
    """Count the clocks without an offset that their zone ran twice: an hour of each autumn.

    Parameters
    ----------
    values : pl.Series
        Utf8, as given.
    found : pl.Series
        What `timestamps` makes of it in `style`.
    """
    if style.timezone == "UTC":
        return 0

    def local(utc: pl.Series) -> pl.Series:
        zoned = utc.dt.replace_time_zone("UTC").dt.convert_time_zone(style.timezone)
        return zoned.dt.replace_time_zone(None)

    # Clocks go back at half an hour or an hour in every zone, and by half an hour or an hour.
    slots = found.dt.truncate("30m")
    each = slots.drop_nulls().unique()
    is_fold = (local(each) == local(each + timedelta(hours=1))) | (
        local(each) == local(each + timedelta(minutes=30))
    )
    rows = slots.is_in(each.filter(is_fold).implode()).fill_null(value=False).arg_true()
    text = cleaned(values.gather(rows))
    return int((~text.str.contains(rf"{_WITH_OFFSET}|{_UNIX}") & ~is_day_only(text)).sum())


def _clock(text: pl.Series) -> pl.Series:
    return _parse(text, "%Y-%m-%d %H:%M:%S")


def _minute(text: pl.Series) -> pl.Series:
    return _parse(text, "%Y-%m-%d %H:%M")


def _day(text: pl.Series) -> pl.Series:
    return _parse(text, "%Y-%m-%d")


def _iso(text: pl.Series) -> pl.Series:
    return _whole_seconds(text, rf"{_SECONDS}{_ZERO_OFFSET}?$")


def _iso_utc(text: pl.Series) -> pl.Series:
    return _whole_seconds(text, rf"{_SECONDS}{_ZERO_OFFSET}$")


def _whole_seconds(text: pl.Series, shape: str) -> pl.Series:
    """Read what interfaces and CSV writers make of a timestamp: ``2024-03-12T09:14:05.000Z``."""
    bare = text.to_frame("t").select(
        pl.when(pl.col("t").str.contains(shape)).then(pl.col("t").str.slice(0, 19))
    )["t"]
    return _parse(bare, "%Y-%m-%dT%H:%M:%S")


def any_clock(text: pl.Series, style: DateStyle) -> pl.Series:
    """Read clean cells as `timestamps` does, with all of its rules on every cell."""
    if style.format == EXCEL:
        text, style = from_serials(text), DateStyle(style.timezone, None, style.order)
    found = _written(text, style)
    worded = (text.str.contains(_WORD).fill_null(value=False) & found.is_null()).arg_true()
    if worded.is_empty():
        return found
    plain = DateStyle(style.timezone, None, style.order)
    return found.scatter(worded, _written(without_words(text.gather(worded)), plain))


def _written(given: pl.Series, style: DateStyle) -> pl.Series:
    text = given.str.replace(
        _BASIC + r"([0-9]{2})([^0-9]|$)", "${1}-${2}-${3}T${4}:${5}:${6}${7}"
    ).str.replace(_BASIC + r"([^0-9:]|$)", "${1}-${2}-${3}T${4}:${5}${6}")
    # Unix time is UTC by definition.
    has_offset = text.str.contains(rf"{_WITH_OFFSET}|{_UNIX}").fill_null(value=False)
    naive = _naive(text.str.replace(rf"([0-9])\s?{_OFFSET}", "${1}") if has_offset.any() else text,
                   has_offset, text, style)  # fmt: skip
    shift = _offset_minutes(text) if has_offset.any() else pl.Series([0], dtype=pl.Int64)
    zoned = pl.col("naive")
    if style.timezone != "UTC":
        local = zoned.dt.replace_time_zone(
            style.timezone, ambiguous="earliest", non_existent="null"
        )
        utc_clock = local.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        # A day without a clock is that day everywhere; shifting it would change the day.
        zoned = pl.when("is_day").then("naive").otherwise(utc_clock)
    frame = pl.DataFrame({"naive": naive, "has_offset": has_offset, "is_day": is_day_only(text)})
    frame = frame.with_columns(
        minutes=shift if len(shift) == len(text) else pl.lit(0, dtype=pl.Int64)
    )
    utc = (
        pl.when(pl.col("has_offset"))
        .then(pl.col("naive") - pl.duration(minutes=pl.col("minutes")))
        .otherwise(zoned)
    )
    both = frame.select(utc.alias("utc"), "naive")
    return both.select(pl.when(is_date("utc") & is_date("naive")).then("utc"))["utc"]


def dates(values: pl.Series, style: DateStyle) -> pl.Series:
    """Read calendar days. Utf8 -> Date; a clock beside the day is dropped, not shifted."""
    local = timestamps(values, DateStyle("UTC", style.format, style.order))
    return local.dt.date().alias(values.name)


def is_day_only(values: pl.Series) -> pl.Series:
    """Tell which cells give a day without a clock. Utf8 -> Boolean; blank is False."""
    return values.is_not_null() & ~values.str.contains(_CLOCK_TIME).fill_null(value=False)


def _naive(bare: pl.Series, has_offset: pl.Series, text: pl.Series, style: DateStyle) -> pl.Series:
    """Read the clock as written, trying each format only on what the ones before left open."""
    source = pl.select(pl.when(has_offset).then(bare).otherwise(text)).to_series()
    tidy = (
        source.str.replace(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9])", "${1} ${2}")
        .str.replace_all(",", ".", literal=True)
        .str.replace_all(r"\.\s+|\s{2,}", " ")
        .str.replace(r"^([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})", "${1}/${2}/${3}")
        .str.replace(r"^([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})\b", "${1}-${2}-${3}")
    )
    attempts = [(source, style.format)] if style.format is not None else []
    days = (*_CLEAR_DATES, *(_ORDERED[style.order] if style.order else ()))
    attempts += [(tidy, day + clock) for clock in _CLOCKS for day in days]
    return _first_fit(attempts, _epoch(source))


def _first_fit(attempts: list[tuple[pl.Series, str]], otherwise: pl.Series) -> pl.Series:
    """Read each value with the first format that fits it, most promising format first.

    A format is asked only about the values that are still open, so a clean column costs one pass.
    """
    text = attempts[-1][0]
    open_ = text.is_not_null().arg_true()
    probe = open_.gather_every(max(1, len(open_) // _PROBE))
    hits = [int(_parse(s.gather(probe), fmt).is_not_null().sum()) for s, fmt in attempts]
    # The format of the mapping stays first, whatever the probe says.
    ranked = sorted(range(len(attempts)), key=lambda i: (attempts[i][0] is text, -hits[i], i))
    parsed = otherwise.alias("p")
    parsed_any = pl.Series("p", [None], dtype=pl.Datetime("us")).new_from_index(0, len(text))
    for index in ranked:
        if open_.is_empty():
            break
        series, fmt = attempts[index]
        value = _parse(series.gather(open_), fmt)
        hit = value.is_not_null()
        parsed_any = parsed_any.scatter(open_.filter(hit), value.filter(hit))
        open_ = open_.filter(~hit)
    return pl.select(pl.coalesce(parsed_any, parsed)).to_series()


_PROBE = 512


def _parse(text: pl.Series, fmt: str) -> pl.Series:
    has_clock = any(code in fmt for code in ("%H", "%I", "%T", "%R", "%X", "%c"))
    # The parser's own memory of what it has read costs more than reading does.
    if not has_clock:
        day = text.str.to_date(fmt, strict=False, exact=True, cache=False)
        return day.cast(pl.Datetime("us"))
    clock = text.str.to_datetime(fmt, time_unit="us", strict=False, exact=True, cache=False)
    # The parser counts a 61st second into the next minute.
    begins = (clock.to_physical() % _MINUTE_US < _SECOND_US).arg_true()
    leaps = begins.filter(text.gather(begins).str.contains(":60", literal=True))
    return clock if leaps.is_empty() else clock.scatter(leaps, None)


def _epoch(text: pl.Series) -> pl.Series:
    """Read Unix time in seconds, or in milliseconds as the HubSpot API writes it."""
    whole = pl.when(pl.col("t").str.contains(_UNIX)).then(pl.col("t").str.extract(r"^([0-9]+)"))
    behind = pl.col("t").str.extract(r"\.([0-9]{1,6})").str.pad_end(6, "0").cast(pl.Int64)
    is_s = whole.str.len_bytes() == len("1700000000")
    micros = whole.cast(pl.Int64) * pl.when(is_s).then(1_000_000).otherwise(1000)
    micros = micros + behind.fill_null(0)
    return text.to_frame("t").select(micros.cast(pl.Datetime("us")).alias("t"))["t"]


def _offset_minutes(text: pl.Series) -> pl.Series:
    offset = pl.col("t").str.extract
    parts = text.to_frame("t").select(
        sign=offset(r"([+-])[0-9]{2}:?(?:[0-9]{2})?$"),
        hours=offset(r"[+-]([0-9]{2}):?(?:[0-9]{2})?$").cast(pl.Int64, strict=False),
        minutes=offset(r"[+-][0-9]{2}:?([0-9]{2})$").cast(pl.Int64, strict=False),
    )
    size = pl.col("hours") * 60 + pl.col("minutes").fill_null(0)
    signed = pl.when(pl.col("sign") == "-").then(-size).otherwise(size)
    is_possible = size.fill_null(0) <= _FURTHEST
    return parts.select(pl.when(is_possible).then(signed.fill_null(0))).to_series()
