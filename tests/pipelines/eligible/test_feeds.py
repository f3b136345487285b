"""A feed that is needed and absent, or too old, blocks everybody with a reason of its own."""

from datetime import timedelta

import pytest

from pipelines.eligible import Reason, evaluate
from pipelines.settings.policy import FeedSettings, load_policy
from tests.pipelines.eligible.worlds import AS_OF, store, world

LEAD = {"lead_key": 1, "country": "US", "email": "x", "email_key": "p@example.com"}
DAY = timedelta(days=1)
MISSING, STALE = Reason.CUSTOMER_FEED_MISSING, Reason.CUSTOMER_FEED_STALE


def _row(status, age):
    return {"contact_key": f"{status}@c.example", "status": status, "ingested_at": AS_OF - age}


CUSTOMER, DEAL = "customer", "open_opportunity"


@pytest.mark.parametrize(
    ("feeds", "rows", "expected"),
    [
        ({}, [], {MISSING}),
        ({}, [_row(CUSTOMER, 7 * DAY)], set()),
        ({}, [_row(DEAL, DAY)], set()),
        ({}, [_row(CUSTOMER, 7 * DAY + timedelta(seconds=1))], {STALE}),
        ({"customers": "none"}, [], set()),
        ({"opportunities": "required"}, [_row(CUSTOMER, DAY)], {MISSING}),
        ({"opportunities": "required"}, [_row(DEAL, DAY)], {MISSING}),
        ({"opportunities": "required"}, [_row(CUSTOMER, DAY), _row(DEAL, 8 * DAY)], {STALE}),
        ({"opportunities": "required"}, [_row(DEAL, 8 * DAY)], {MISSING, STALE}),
        ({"opportunities": "required"}, [_row(CUSTOMER, DAY), _row(DEAL, DAY)], set()),
        (
            {"opportunities": "required", "opportunity_max_age_days": 1},
            [_row(CUSTOMER, DAY), _row(DEAL, 2 * DAY)],
            {STALE},
        ),
        ({"customers": "none", "opportunities": "required"}, [], {MISSING}),
        ({"customers": "none", "opportunities": "required"}, [_row(DEAL, DAY)], set()),
        ({"opportunities": "none"}, [_row(CUSTOMER, DAY)], set()),
    ],
)
def test_what_a_feed_must_bring(feeds, rows, expected):
    with store(world(lead=[LEAD], customer=rows)) as db:
        evaluate(db, policy=load_policy(), feeds=FeedSettings(**feeds), as_of=AS_OF)
        mask = db.scalar("SELECT email_reasons FROM eligibility")
        assert mask == sum(reason.mask for reason in expected)
