"""When an entry of a suppression list ends: an opt-out never does, whatever date stands beside it.

A list says why in the reason. Only one that says itself that it is for a time ends; what says no,
what says nothing and what nobody understands holds for ever.
"""

from typing import Final

import polars as pl

from pipelines.load.meaning.refusal_words import refusal_told
from pipelines.load.normalise.few_words import read_once
from pipelines.load.rows import words
from pipelines.load.rows.refusals import refused_in_words

_FOR_A_TIME: Final = (
    r"(?i)\b(temporar(y|ily)|paused?|on hold|legal hold|cooling[ -]?off|quiet period|blackout"
    r"|embargo|holidays?|vacation|on leave|seasonal|vorübergehend"
    r"|befristet|urlaub|tijdelijk|temporaire|temporal(mente)?|temporaneo|provisional)\b"
)
# Whatever else is said beside one of these, it has no end.
_FOR_EVER: Final = (
    r"(?i)permanent|revok|withdr|declin|refus|reject|\b(deny|denied|stop|gdpr)|no longer"
    r"|not interested|unwanted|bounce"
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
    refused |= read_once(reason, _told).fill_null(value=False)
    refused |= reason.str.contains(_FOR_EVER).fill_null(value=False)
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


def _told(reasons: pl.Series) -> pl.Series:
    told = [bool(refusal_told(reason, is_consent=True)) for reason in reasons]
    return pl.Series(told, dtype=pl.Boolean)
