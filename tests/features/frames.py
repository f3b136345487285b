"""Random and fixed input frames for the features."""

from datetime import date, datetime, timedelta

import polars as pl
from hypothesis import strategies as st

from features.schema import AS_OF, INPUT_COLUMNS


def at(text: str) -> datetime:
    """A naive time, which is UTC as everywhere in the store."""
    return datetime.fromisoformat(text)


_TEXTS = {
    "title": ["CEO", "Vice President, Sales", "software engineer", "Assistant to the CEO", "-", ""],
    "email_key": ["info@acme.com", "anna.mueller7@gmail.com", "x@y.de", "müller@acme.co.uk"],
    "email_domain": ["acme.com", "gmail.com", "mailinator.com", "acme.co.uk", "y.de"],
    "last_name": ["Müller", "O'Neil", "Li", "", "Mueller"],
    "phone_e164": ["+4930123456", "+14155550100"],
    "mobile_e164": ["+491711234567"],
    "country": ["DE", "US", "XX"],
    "last_inbound_channel": ["email", "form", "call"],
}
_MOMENTS = st.datetimes(at("1999-01-01"), at("2027-01-01"))


def _values(column: str, dtype: pl.DataType) -> st.SearchStrategy:
    if column == AS_OF:
        return st.dates(date(2000, 1, 1), date(2026, 12, 31)).map(lambda day: at(day.isoformat()))
    if dtype == pl.String:
        common = st.sampled_from(_TEXTS.get(column, ["Web", " web ", "Partner  Referral", "DE"]))
        return st.none() | common | st.text(max_size=8)
    if isinstance(dtype, pl.Datetime):
        return st.none() | _MOMENTS
    if dtype == pl.Date:
        return st.none() | st.dates(date(1999, 1, 1), date(2027, 1, 1))
    if dtype == pl.Boolean:
        return st.none() | st.booleans()
    if dtype.is_float():
        return st.none() | st.floats()
    return st.none() | st.integers(0, 2**31 - 1)


ROW = st.fixed_dictionaries({c: _values(c, t) for c, t in INPUT_COLUMNS.items()})
_PARTS_OF = {f"{way}_90d_count": f"{way}_365d_count" for way in ("inbound", "outbound")}


def _frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Make a frame in which the last 90 days are part of the last year."""
    return pl.DataFrame(rows, schema=INPUT_COLUMNS).with_columns(
        pl.min_horizontal(part, whole).alias(part) for part, whole in _PARTS_OF.items()
    )


FRAMES = st.lists(ROW, min_size=1, max_size=6).map(_frame)

AS_OF_DAY = at("2026-11-01")


def one(**values: object) -> pl.DataFrame:
    """One row; columns that are not named are null, ``as_of`` is 2026-11-01."""
    row = dict.fromkeys(INPUT_COLUMNS) | {AS_OF: AS_OF_DAY} | values
    return pl.DataFrame([row], schema=INPUT_COLUMNS)


def days_ago(days: float) -> datetime:
    return AS_OF_DAY - timedelta(days=days)
