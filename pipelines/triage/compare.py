"""Two lists of one night beside each other: who enters, leaves or moves, and by which cause."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from pipelines.settings.channels import Channel
from pipelines.settings.selection import Handler

_PLACE: Final = ("channel", "handler", "assignee")
_ON: Final = "person_key"
_HANDLERS: Final[tuple[Handler, ...]] = ("human", "ai")


def changes_of(lists: Sequence[tuple[str, pl.DataFrame]], compared: pl.DataFrame) -> pl.DataFrame:
    """Say of everybody on the first list or the last what has changed, and by which cause.

    Parameters
    ----------
    lists : sequence of (str, DataFrame)
        The list before, then after each cause in turn: person_key, channel, handler, assignee of
        who is listed.
    compared : DataFrame
        Rows of compared.sql, one per person on the first list or the last.

    Returns
    -------
    DataFrame
        change (entered, left, moved, stayed), cause (null: stayed), detail (what was in the way
        before, or is now: a reason code or a verdict; null: moved, stayed), then the columns of
        `compared`. The cause is that of the last step at which the person's place changed.
    """
    people = compared.select(_ON)
    places = [_place_of(people, listed) for _, listed in lists]
    cause = pl.repeat(None, compared.height, dtype=pl.String, eager=True)
    for number in range(1, len(lists)):
        is_other = places[number].ne_missing(places[number - 1])
        named = pl.repeat(lists[number][0], compared.height, dtype=pl.String, eager=True)
        cause = named.zip_with(is_other, cause)
    was, is_now = places[0].is_not_null(), places[-1].is_not_null()
    stays = places[0].eq_missing(places[-1])
    change = (
        pl.when(stays)
        .then(pl.lit("stayed"))
        .when(was & is_now)
        .then(pl.lit("moved"))
        .when(is_now)
        .then(pl.lit("entered"))
        .otherwise(pl.lit("left"))
    )
    detail = (
        pl.when(pl.col("change") == "entered")
        .then(pl.coalesce("reason_before", "verdict_before"))
        .when(pl.col("change") == "left")
        .then(pl.coalesce("reason_after", "verdict_after"))
    )
    return (
        compared.with_columns(change=change, cause=pl.when(stays).then(None).otherwise(cause))
        .with_columns(detail=detail)
        .drop("reason_before", "reason_after")
        .select("change", "cause", "detail", pl.exclude("change", "cause", "detail"))
    )


def load_of(
    listed: pl.DataFrame,
    *,
    minutes: Mapping[Channel, float],
    cost: Mapping[Channel, Mapping[Handler, float]],
) -> pl.DataFrame:
    """Add up what a list asks of everybody who works it, and what may come of it.

    Parameters
    ----------
    minutes : mapping of str to float
        That a contact takes a person, by channel; of an AI none are counted.
    cost : mapping
        Of a contact, by channel and handler; empty: contacts count as free.

    Returns
    -------
    DataFrame
        handler, channel, assignee (null: nobody is named), contacts, minutes, cost,
        expected_conversions (null: no probability is known), expected_value; in this order.
    """
    lanes = pl.DataFrame(
        [
            (channel, handler, minutes[channel] if handler == "human" else 0.0,
             cost.get(channel, {}).get(handler, 0.0))
            for channel in minutes
            for handler in _HANDLERS
        ],
        schema={
            "channel": pl.String,
            "handler": pl.String,
            "each": pl.Float64,
            "price": pl.Float64,
        },
        orient="row",
    )  # fmt: skip
    return (
        listed.join(lanes, on=["channel", "handler"], how="left")
        .group_by("handler", "channel", "assignee")
        .agg(
            pl.len().alias("contacts"),
            pl.sum("each").alias("minutes"),
            pl.sum("price").alias("cost"),
            pl.when(pl.col("probability").count() > 0)
            .then(pl.sum("probability"))
            .alias("expected_conversions"),
            pl.when(pl.col("expected_value").count() > 0)
            .then(pl.sum("expected_value"))
            .alias("expected_value"),
        )
        .sort("handler", "channel", "assignee", descending=[True, False, False])
    )


def _place_of(people: pl.DataFrame, listed: pl.DataFrame) -> pl.Series:
    """Return channel, handler and assignee of each person as one text; null: not on the list."""
    place = pl.concat_str([pl.col(name).fill_null("") for name in _PLACE], separator="\t")
    found = listed.select(_ON, place.alias("place"))
    return people.join(found, on=_ON, how="left", maintain_order="left")["place"]
