"""Whom the control group is compared with: people as likely to convert as those on the list.

The control group is never scored for a list, so nobody knows who of it would have been on one. It
is scored beside the others, and of both whoever reaches the list's probability is written down, on
the first night. What is asked of both is the same, and known before anybody is contacted: so they
differ by chance and by contact alone (predicted ghost ads: Johnson, Lewis and Nubbemeyer 2017,
"Ghost Ads: Improving the Economics of Measuring Online Ad Effectiveness").
"""

from collections.abc import Collection
from datetime import datetime

from pipelines.store import Database, sql
from pipelines.store.schema import CHANNELS


def held_back(bit: int, channels: Collection[str] = CHANNELS) -> str:
    """Return the SQL condition that only the control group keeps a person off some channel.

    Parameters
    ----------
    bit : int
        Position of the reason for the control group in a mask.
    """
    mask = 1 << bit
    return "(" + " OR ".join(f"{channel}_reasons = {mask}" for channel in channels) + ")"


def set_control_aside(db: Database) -> int:
    """Move the scores of the control group out of `score`; return how many there are."""
    db.run(sql(__package__, "control_score.sql"))
    count = int(db.scalar("SELECT count(*) FROM control_score"))
    if count:
        db.run("DELETE FROM score WHERE lead_key IN (SELECT lead_key FROM control_score)")
    return count


def match_control(
    db: Database,
    *,
    run_id: str,
    bit: int,
    channels: Collection[str],
    as_of: datetime,
    inbound_days: int,
) -> dict[str, int]:
    """Write tonight's people into `would_list`; the scores of the control group are gone then.

    Parameters
    ----------
    bit : int
        As for `held_back`.
    channels : collection of str
        On which somebody is contacted at all.
    inbound_days : int
        Who came to us within them is left out: the control group never holds them.

    Returns
    -------
    dict of str to int
        New people by ``would_list_control`` and ``would_list_others``.
    """
    db.run("DELETE FROM would_list WHERE run_id = $run_id", run_id=run_id)
    if db.exists("control_score"):
        used = sorted(channels) or list(CHANNELS)
        open_now = " OR ".join(f"decision.{channel}_reasons = 0" for channel in used)
        statement = sql(__package__, "would_list.sql").replace("{open}", open_now)
        statement = statement.replace("{held}", held_back(bit, used))
        db.run(statement, run_id=run_id, as_of=as_of, inbound_days=inbound_days)
        db.run("DROP TABLE control_score")
    counted = db.frame(
        "SELECT count(*) FILTER (is_control), count(*) FILTER (NOT is_control) FROM would_list"
        " WHERE run_id = $run_id",
        run_id=run_id,
    )
    held, others = counted.row(0)
    return {"would_list_control": held, "would_list_others": others}
