"""Limits besides the capacity of lanes: who counts against which, as arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.settings.selection import LimitRule, SelectionSettings
from pipelines.triage.lanes import Lane
from pipelines.triage.worth import lower_words

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NOT_LIMITED: Final = -1


@dataclass(frozen=True)
class Limit:
    """At most so many contacts of some lanes with leads of one cell.

    Attributes
    ----------
    name : str
        What is limited, in words.
    lanes : (lanes,) bool
    cell : (n,) int64
        Of each person; -1: not limited.
    labels : tuple of str
        Of each cell.
    room : (cells,) int64
    by : str or None
        Attribute of the leads whose values the labels are.
    values : tuple of str
        Those of the one cell, in lower case; empty: each cell is of the value of its label.
    is_of_unmailed : bool
        Only those count whose address is to be verified.
    """

    name: str
    lanes: Bools
    cell: I64
    labels: tuple[str, ...]
    room: I64
    by: str | None = None
    values: tuple[str, ...] = ()
    is_of_unmailed: bool = False


def limits_of(
    frame: pl.DataFrame, lanes: Sequence[Lane], may: Bools, chosen: SelectionSettings
) -> Iterable[Limit]:
    """Yield the limits of the settings and that of addresses to verify, for the people of `frame`.

    Whoever no limit can bind counts against none: there are fewer kinds of people then.
    """
    for limit in _all_limits(frame, lanes, chosen):
        able = (may & limit.lanes).any(axis=1)
        cell = np.where(able, limit.cell, NOT_LIMITED)
        members = np.bincount(cell[cell >= 0], minlength=len(limit.room))
        binds = np.append(members > limit.room, False)
        yield replace(limit, cell=np.where(binds[cell], cell, NOT_LIMITED))


def text_of(frame: pl.DataFrame, name: str) -> pl.Series:
    """Return a column in lower case without blanks around it, as settings are compared with it."""
    return frame[name].cast(pl.String).str.strip_chars().str.to_lowercase()


def _all_limits(
    frame: pl.DataFrame, lanes: Sequence[Lane], chosen: SelectionSettings
) -> Iterable[Limit]:
    for rule in chosen.limits:
        is_on = [
            rule.channel in {None, lane.channel}
            and rule.handler in {None, lane.handler}
            and (rule.by != "sending_domain" or lane.channel == "email")
            for lane in lanes
        ]
        name = " ".join(part for part in (rule.channel, rule.handler, rule.by) if part) or "all"
        on = np.array(is_on, np.bool_)
        if rule.by is None or rule.by == "team":
            yield from _of_lanes(rule, name, on, frame.height, lanes)
        else:
            yield _of_leads(rule, name, on, frame)
    email = np.array([lane.channel == "email" for lane in lanes], np.bool_)
    if email.any():
        sent_from = pl.when(frame["is_unmailed"]).then(frame["sending_domain"].fill_null(""))
        cell, labels = _codes(pl.select(sent_from).to_series())
        room = np.full(len(labels), chosen.mail.unmailed_per_day, np.int64)
        yield Limit(
            "email to addresses to verify", email, cell, labels, room, "sending_domain",
            is_of_unmailed=True,
        )  # fmt: skip


def _of_lanes(
    rule: LimitRule, name: str, on: Bools, people: int, lanes: Sequence[Lane]
) -> Iterable[Limit]:
    """Yield limits that all leads count against alike: of all lanes, or of those of a team."""
    teams = [(lane.worker.team or "").lower() if lane.worker else "" for lane in lanes]
    if rule.by is None:
        groups = {"": set(teams)}
    elif rule.each is None:
        wanted = lower_words(rule.is_)
        groups = {"|".join(wanted): set(wanted)}
    else:
        groups = {team: {team} for team in sorted(set(teams) - {""})}
    for label, members in groups.items():
        of_group = on & np.array([team in members for team in teams], np.bool_)
        everybody = np.zeros(people, np.int64)
        yield Limit(name, of_group, everybody, (label,), np.array([rule.most], np.int64))


def _of_leads(rule: LimitRule, name: str, on: Bools, frame: pl.DataFrame) -> Limit:
    """Return a limit by an attribute of the leads."""
    texts = text_of(frame, str(rule.by))
    if rule.each is not None:
        cell, labels = _codes(texts)
        return Limit(name, on, cell, labels, np.full(len(labels), rule.most, np.int64), rule.by)
    wanted = lower_words(rule.is_)
    inside = texts.is_in(wanted).fill_null(value=False).to_numpy()
    cell = np.where(inside, 0, NOT_LIMITED)
    room = np.array([rule.most], np.int64)
    return Limit(name, on, cell, ("|".join(wanted),), room, rule.by, tuple(wanted))


def _codes(texts: pl.Series) -> tuple[I64, tuple[str, ...]]:
    """Return the place of each text among the different ones, -1 for null, and those."""
    labels = texts.drop_nulls().unique().sort()
    codes = texts.replace_strict(
        labels, pl.Series(range(len(labels)), dtype=pl.Int64), default=NOT_LIMITED,
        return_dtype=pl.Int64,
    )  # fmt: skip
    return codes.to_numpy(), tuple(labels)
