"""What really is the case: for tests and benchmarks only, read by no stage."""

import numpy as np
import polars as pl

from pipelines.generate.block import Block, RowState
from pipelines.generate.consents import CHANNELS, STATUSES, refuses
from pipelines.generate.contacts import chances_at
from pipelines.generate.dirt import Damage
from pipelines.generate.exports import moments
from pipelines.generate.leads import SYSTEMS
from pipelines.generate.spell import row_ids
from pipelines.generate.times import DAY_S, HORIZON_DAYS, NEVER_S


def lead_truth(whole: Block, state: RowState, damage: Damage) -> pl.DataFrame:
    """One row per lead row at the moment of the view.

    ``p_contacted`` and ``p_uncontacted`` (Float32, rounded to 6 digits) are the chances to
    convert within 90 days with a contact now and without; null once converted. ``consent_*`` is
    opt_in, opt_out or unknown; ``damage`` is why the record cannot be read, null if it can.
    """
    rows, moment_s = whole.rows, state.moment_s
    seen = np.flatnonzero(state.is_seen)
    who = rows.person[seen]
    reached, alone = chances_at(whole.people, whole.events, whole.story, moment_s)
    converted_s = whole.story.converted_s
    is_open = pl.Series(converted_s[who] >= moment_s)
    past_s = np.where(converted_s < moment_s, converted_s, NEVER_S)
    return pl.DataFrame(
        {
            "source_system": pl.Series(SYSTEMS).gather(rows.system[seen]),
            "source_id": row_ids(whole, seen),
            "person_id": whole.people.first_id + who,
            "p_contacted": _probability(reached[who], is_open),
            "p_uncontacted": _probability(alone[who], is_open),
            **{
                f"consent_{channel}": _consent(whole, moment_s, code).gather(who)
                for code, channel in enumerate(CHANNELS)
            },
            "is_objector": whole.agreed.objected_s[who] < moment_s,
            "converted_at": moments(past_s[who]),
            "damage": damage.reasons(seen),
        }
    )


def episode_truth(whole: Block, moment_s: int) -> pl.DataFrame:
    """One row per contact episode that began before the moment of the view.

    ``converted`` says whether it had converted by then; only where ``is_complete`` (90 days have
    passed) is that the last word on ``p`` (Float32), which is the chance at midnight UTC of the
    day of contact.
    """
    story = whole.story
    chosen = np.flatnonzero(whole.is_kept[story.person] & (story.at_s < moment_s))
    row = whole.acts.episode_row[chosen]
    p = story.probability[chosen]
    return pl.DataFrame(
        {
            "person_id": whole.people.first_id + story.person[chosen],
            "source_system": pl.Series(SYSTEMS).gather(whole.rows.system[row]),
            "source_id": row_ids(whole, row),
            "contacted_at": moments(story.at_s[chosen]),
            "p": pl.Series(np.round(p, 6), dtype=pl.Float32),
            "converted": story.episode_converted_s[chosen] < moment_s,
            "is_complete": story.at_s[chosen] + HORIZON_DAYS * DAY_S <= moment_s,
        }
    )


def _probability(chance: np.ndarray, is_open: pl.Series) -> pl.Series:
    rounded = pl.Series(np.round(chance, 6), dtype=pl.Float32)
    return pl.select(pl.when(is_open).then(rounded)).to_series()


def _consent(whole: Block, moment_s: int, channel: int) -> pl.Series:
    """Tell what each person really wants on a channel, wherever that is written down; (n,)."""
    agreed = whole.agreed
    given = (
        (agreed.status == STATUSES.index("opt_in"))
        & (agreed.channel == channel)
        & (agreed.at_s < moment_s)
    )
    opted_in = np.bincount(agreed.person[given], minlength=whole.people.count) > 0
    refused = refuses(agreed, whole.story, moment_s, by_phone=CHANNELS[channel] != "email")
    code = np.where(refused, 1, np.where(opted_in, 0, 2))
    return pl.Series(("opt_in", "opt_out", "unknown")).gather(code)
