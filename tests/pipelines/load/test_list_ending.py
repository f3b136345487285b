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
        ("campaign 7", DAY, None),
        ("Consent withdrawn - on hold", DAY, None),
        ("Consent withdrawn - campaign 7", DAY, None),
        ("STOP (temporary)", DAY, None),
        ("user revoked consent (paused)", DAY, None),
        ("Declined, on leave", DAY, None),
        ("refused on hold", DAY, None),
        ("permanent: legal hold", DAY, None),
        ("GDPR request, on hold", DAY, None),
        ("hard bounce, paused", DAY, None),
        ("no longer wanted, seasonal", DAY, None),
        ("nicht angerufen werden, befristet", DAY, None),
    ],
)
def test_only_what_says_that_it_is_for_a_time_ends(reason, until, ends):
    reasons = pl.Series("reason", [reason], dtype=pl.String)
    untils = pl.Series("until", [until], dtype=pl.Datetime("us"))
    assert ends_at(reasons, untils).to_list() == [ends]
