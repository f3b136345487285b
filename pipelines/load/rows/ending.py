"""When an entry of a suppression list ends: an opt-out never does, whatever date stands beside it.

A list says why in the reason. Only one that says itself that it is for a time ends; what says no,
what says nothing and what nobody understands holds for ever.
"""

from typing import Final

import polars as pl

from pipelines.load.rows import words
from pipelines.load.rows.refusals import refused_in_words

_FOR_A_TIME: Final = (
    r"(?i)\b(temporar(y|ily)|paused?|on hold|legal hold|cooling[ -]?off|quiet period|blackout"
    r"|embargo|litigation|dispute|holidays?|vacation|on leave|seasonal|campaign|vorübergehend"
    r"|befristet|urlaub|tijdelijk|temporaire|temporal(mente)?|temporaneo|provisional)\b"
)
# A day ends last in the zones of UTC-12.
_LAST_ZONE: Final = pl.duration(hours=12)


def ends_at(reason: pl.Series, until: pl.Series) -> pl.Series:
    """Return when each entry ends, UTC; null: never.

    Parameters
    ----------
    reason : pl.Series
        Utf8, as exported.
    until : pl.Series
        Datetime("us"); midnight stands for the whole day, until it has ended everywhere.
    """
    refused = words.word_of(reason, words.REFUSAL_WORDS).is_not_null()
    refused |= refused_in_words(reason).is_not_null()
    is_for_a_time = reason.str.contains(_FOR_A_TIME).fill_null(value=False) & ~refused
    is_day = pl.col("until").dt.time() == pl.time()
    frame = pl.DataFrame({"until": until, "is_for_a_time": is_for_a_time})
    return frame.select(
        until=pl.when("is_for_a_time").then(
            pl.when(is_day)
            .then(pl.col("until") + pl.duration(days=1) + _LAST_ZONE)
            .otherwise("until")
        )
    )["until"]
