"""The order of a home without any label: who can be reached, was heard from, and decides.

It is stated, not learnt: no probability comes of it, and every row says so.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from features.build import build
from features.featureset import FeatureSet
from features.registry import REGISTRY, select
from features.words import say
from pipelines.score.stream import ScoreCounts

RECENT_DAYS: Final = (30, 90, 365, 1095)
"""Days since a lead was heard from, or came: up to a month counts 5, longer than three years 1."""

NAMES: Final = ("lead_age_days", "days_since_last_inbound", "seniority_level")
FEATURES: Final = FeatureSet(select(REGISTRY, dated=True, lead_only=False, names=NAMES))

IN_WORDS: Final = "the ways in which they can be reached, then how recent, then how senior"

_CHANNELS: Final = {
    "email": "e-mail", "phone": "phone", "ai_voice": "AI call", "sms": "text message",
    "mail": "letter",
}  # fmt: skip


def place_batches(batches: Iterable[pl.DataFrame], sink: Path) -> ScoreCounts:
    """Write how recent (0 to 5) and how senior (0 to 8) each lead is, a Parquet part per batch.

    Parameters
    ----------
    batches : iterable of DataFrame
        Input frames of `features.build` with `lead_key`.
    sink : Path
        An empty or new folder.
    """
    sink.mkdir(mode=0o700, parents=True, exist_ok=True)
    leads = parts = 0
    for batch in batches:
        placed = placed_rows(batch)
        placed.write_parquet(sink / f"part-{parts:06d}.parquet", compression="lz4")
        leads += placed.height
        parts += 1
    return ScoreCounts(leads, parts)


def placed_rows(batch: pl.DataFrame) -> pl.DataFrame:
    """Return ``lead_key``, ``recent`` and ``senior`` (UInt8, 0 = not known) of every row."""
    matrix = build(batch, FEATURES)
    days = matrix.select(pl.min_horizontal("lead_age_days", "days_since_last_inbound"))
    since = days.to_series().to_numpy()
    band = len(RECENT_DAYS) + 1 - np.searchsorted(RECENT_DAYS, since, side="left")
    recent = np.where(np.isnan(since), 0, band)
    return batch.select("lead_key").with_columns(
        recent=pl.Series(recent, dtype=pl.UInt8),
        senior=matrix["seniority_level"].fill_null(0).cast(pl.UInt8),
    )


def place_words(raw_score: float) -> str:
    """Say what ``raw_score`` of a lead without a model means, see ``write_stated.sql``."""
    ways, rest = divmod(round(raw_score), 100)
    recent, senior = divmod(rest, 10)
    return f"Ordered by: {ways} open channel(s), recency {recent} of 5, seniority {senior} of 8"


def stated_reasons(batch: pl.DataFrame, reachable: pl.DataFrame) -> pl.DataFrame:
    """Return why each lead stands where it does: ``lead_key``, ``position`` 1 and ``reason``.

    Parameters
    ----------
    batch : DataFrame
        Input frame of `features.build` with `lead_key`.
    reachable : DataFrame
        ``lead_key`` and a Boolean ``email`` ... ``mail`` per channel: it is open.
    """
    matrix = build(batch, FEATURES)
    ways = batch.select("lead_key").join(reachable, on="lead_key", maintain_order="left")
    known = {feature.name: feature for feature in FEATURES.features}
    rows = []
    for way, values in zip(ways.iter_rows(named=True), matrix.iter_rows(named=True), strict=True):
        by = [word for channel, word in _CHANNELS.items() if way[channel]]
        heard, age = values["days_since_last_inbound"], values["lead_age_days"]
        since = "days_since_last_inbound" if heard is not None else "lead_age_days"
        last = heard if heard is not None else age
        said = [
            f"can be reached by {', '.join(by)}",
            *([] if last is None else [say(known[since], last)]),
            *(
                []
                if values["seniority_level"] is None
                else [say(known["seniority_level"], values["seniority_level"])]
            ),
        ]
        rows.append((way["lead_key"], 1, "; ".join(said)))
    schema = {"lead_key": pl.Int64, "position": pl.Int32, "reason": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
