"""The feeds of customers and of open opportunities: what there is of those that must be there."""

from datetime import datetime

from pipelines.settings.policy import FeedSettings
from pipelines.store.duck import Database

_OPEN = "status IS NOT DISTINCT FROM 'open_opportunity'"


def required_feeds(db: Database, feeds: FeedSettings) -> list[tuple[int, datetime | None, int]]:
    """Return rows, the time (UTC) at which the newest was loaded, and days that it may be old.

    One entry for each feed that the settings require. Where the feed of customers brings open
    opportunities, any row of it tells that it still comes.
    """
    found = []
    is_own = feeds.opportunities == "required"
    if feeds.customers == "required":
        where = f"NOT ({_OPEN})" if is_own else "true"
        found.append((*_state(db, where), feeds.customer_max_age_days))
    if is_own:
        found.append((*_state(db, _OPEN), feeds.opportunity_max_age_days))
    return found


def _state(db: Database, where: str) -> tuple[int, datetime | None]:
    row = db.frame(f"SELECT count(*), max(ingested_at) FROM customer WHERE {where}").row(0)
    return int(row[0]), row[1]
