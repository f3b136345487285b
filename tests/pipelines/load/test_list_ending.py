"""An end date ends what is for a time, and never an opt-out."""

from datetime import datetime

import polars as pl
import pytest

from pipelines.load.rows.ending import ends_at

DAY = datetime(2026, 12, 31)
LAST = datetime(2027, 1, 1, 12)


@pytest.mark.parametrize(
    ("reason", "until", "ends"),
    [
        ("temporary hold", DAY, LAST),
        ("Legal Hold", datetime(2026, 12, 31, 15), datetime(2026, 12, 31, 15)),
        ("Urlaub", DAY, LAST),
        ("temporary hold", None, None),
        (None, DAY, None),
        ("unsubscribed", DAY, None),
        ("opted out", DAY, None),
        ("spam complaint", DAY, None),
        ("temporary: please do not call", DAY, None),
        ("asked to be removed during the campaign", DAY, None),
        ("list 7", DAY, None),
    ],
)
def test_only_what_says_that_it_is_for_a_time_ends(reason, until, ends):
    reasons = pl.Series("reason", [reason], dtype=pl.String)
    untils = pl.Series("until", [until], dtype=pl.Datetime("us"))
    assert ends_at(reasons, untils).to_list() == [ends]
