"""How the AI does beside people, and whether it does worse beyond doubt."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl

from models.estimate import (
    NOTHING,
    Estimate,
    Fall,
    difference,
    evidence_of,
    fall_of,
    is_beyond_doubt,
    share_by_score,
    share_of,
)
from pipelines.learnt.rows import AS_OFTEN, Row


@dataclass(frozen=True)
class Doubt:
    """Whether the AI is to be taken back.

    Attributes
    ----------
    evidence : float
        By how much a stake against the AI has grown since the last decision.
    words : str or None
        Why it does worse, beyond doubt; None: it does not.
    """

    evidence: float
    words: str | None


@dataclass(frozen=True)
class Settled:
    """The share of its capacity that the AI has, 0 to 1, and why it is not all; empty: it is."""

    share: float = 1.0
    why: str = ""


def doubt_of(answers: pl.DataFrame) -> Doubt:
    """Judge what has been answered since the last decision.

    Parameters
    ----------
    answers : DataFrame
        As answers.sql gives it: night, era, is_ai, propensity, contacted, success; a row is a
        person who was contacted or given a handler by lot.
    """
    answers = answers.filter("contacted")
    drawn = answers.filter(pl.col("propensity").is_not_null())
    is_ai, chance, success = _columns(drawn)
    evidence = evidence_of(is_ai, chance, drawn["night"].to_numpy().astype(np.int64), success)
    if is_beyond_doubt(evidence):
        rates = [float(success[is_ai == arm].mean()) for arm in (True, False)]
        return Doubt(
            evidence,
            f"of people who got their handler by lot, {rates[0]:.1%} answered the AI well and"
            f" {rates[1]:.1%} a person",
        )
    fall = _fall(answers)
    if fall is None:
        return Doubt(evidence, None)
    since: datetime = answers.filter(pl.col("night") == fall.since)["as_of"].to_list()[0]
    return Doubt(
        evidence,
        f"since {since:%Y-%m-%d} {fall.after:.1%} answer the AI well, before {fall.before:.1%};"
        f" people had {fall.people_before:.1%} and have {fall.people_after:.1%}",
    )


def handler_rows(answers: pl.DataFrame, evidence: float, settled: Settled) -> Iterator[Row]:
    """Yield the figures of `handler_estimate`.

    Parameters
    ----------
    answers : DataFrame
        Of every night that is kept.
    settled : Settled
        What the AI has tonight.
    """
    by_lot = answers.filter(pl.col("propensity").is_not_null())
    drawn = by_lot.filter("contacted")
    is_ai, chance, success = _columns(drawn)
    weight = 1 / np.where(is_ai, chance, 1 - chance)
    people = drawn["person_key"].to_numpy().astype(np.int64)
    parts = []
    for handler, rows in (("ai", is_ai), ("human", ~is_ai)):
        held = np.where(rows, weight, 0.0)
        yield Row(_keys("success", handler), share_of(success, held, people))
        parts.append(share_by_score(success, held, people))
    found, apart = difference(*parts), _worked_apart(by_lot)
    if apart:
        # Who is reached of a queue left unfinished are its first, who answer more often.
        yield Row(_keys("difference", "both"), found, is_enough=False, more=apart, unsaid="")
    else:
        yield Row(_keys("difference", "both"), found, "+.2%")
    yield Row(_keys("evidence", "both"), _plain(evidence, drawn.height), ".3g", is_enough=True)
    why = f" of its capacity: {settled.why}" if settled.why else " of its capacity"
    yield Row(_keys("share", "ai"), _plain(settled.share, 0), ".4g", is_enough=True, more=why)


def _columns(
    drawn: pl.DataFrame,
) -> tuple[
    np.ndarray[tuple[int], np.dtype[np.bool_]],
    np.ndarray[tuple[int], np.dtype[np.float64]],
    np.ndarray[tuple[int], np.dtype[np.bool_]],
]:
    """Return who was the AI's, the chance of the AI, and who answered well."""
    is_ai = drawn["is_ai"].to_numpy().astype(np.bool_)
    logged = drawn["propensity"].to_numpy().astype(np.float64)
    return is_ai, np.where(is_ai, logged, 1 - logged), drawn["success"].to_numpy().astype(np.bool_)


def _worked_apart(by_lot: pl.DataFrame) -> str:
    """Return that the AI and people worked their lists to different ends; empty: they did not."""
    shares = dict(by_lot.group_by("is_ai").agg(pl.col("contacted").mean()).iter_rows())
    if len(shares) < 2 or min(shares.values()) >= AS_OFTEN * max(shares.values()):
        return ""
    return (
        f"not comparable: of those whom the lot gave to the AI {shares[True]:.0%} were contacted,"
        f" of those it gave to people {shares[False]:.0%}"
    )


def _fall(answers: pl.DataFrame) -> Fall | None:
    """Compare the nights of the last era alone: other settings give other people to the AI."""
    if answers.is_empty():
        return None
    now = answers.filter(pl.col("era") == pl.col("era").max())
    first = int(now["night"].to_numpy().min())
    night = answers["night"].to_numpy().astype(np.int64)
    nights = int(night.max(initial=-1)) + 1
    contacts, successes = np.zeros((nights, 2), np.int64), np.zeros((nights, 2), np.int64)
    who = 1 - answers["is_ai"].to_numpy().astype(np.int64)
    np.add.at(contacts, (night, who), 1)
    np.add.at(successes, (night, who), answers["success"].to_numpy().astype(np.int64))
    return fall_of(contacts, successes, first)


def _plain(number: float, people: int) -> Estimate:
    return replace(NOTHING, value=number, rows=people)


def _keys(measure: str, handler: str) -> dict[str, str]:
    return {"measure": measure, "handler": handler}
