"""The queue of each person for the day: the best first, but never too many hard ones in a row."""

from collections.abc import Mapping, Sequence
from math import floor, inf

import polars as pl

from pipelines.settings.channels import Channel
from pipelines.settings.routing import RoutingSettings
from pipelines.store import Database, reset_table, sql


def write_queue(
    db: Database,
    run_id: str,
    routing: RoutingSettings,
    minutes: Mapping[Channel, float],
) -> None:
    """Write `queue` from the decision of the night.

    Parameters
    ----------
    minutes : mapping
        Channel -> minutes that one contact takes.
    """
    rules = routing.in_force
    frame = pl.DataFrame(
        [(name, rule.reason, rule.is_hard) for name, rule in rules.items()],
        schema={"rule": pl.String, "reason": pl.String, "is_hard": pl.Boolean},
        orient="row",
    )
    db.register("rule_frame", frame)
    try:
        waiting = db.frame(sql(__package__, "queue.sql"))
    finally:
        db.unregister("rule_frame")
    reset_table(db, "queue")
    db.insert("queue", queued(waiting, run_id, routing, minutes))


def queued(
    waiting: pl.DataFrame,
    run_id: str,
    routing: RoutingSettings,
    minutes: Mapping[Channel, float],
) -> pl.DataFrame:
    """Put those who wait for people in the order in which they are to be served.

    Parameters
    ----------
    waiting : DataFrame
        As queue.sql gives it, in order of rank.

    Returns
    -------
    DataFrame
        As table `queue`.
    """
    people = waiting.with_columns(
        person_name=pl.coalesce("assignee", pl.lit("anybody on ") + pl.col("channel")),
        is_uncertain=_uncertain(waiting["probability"], routing.hard_share),
        minutes=pl.col("channel").replace_strict(dict(minutes), return_dtype=pl.Float64),
    ).with_columns(is_hard=pl.col("is_hard_by_rule") | pl.col("is_uncertain"))
    parts = [
        part[_by_channel(part, routing.hard_in_a_row)].with_columns(
            position=pl.int_range(1, part.height + 1, dtype=pl.Int32)
        )
        for _, part in people.group_by("person_name", maintain_order=True)
    ]
    rows = pl.concat(parts) if parts else people.with_columns(position=pl.lit(None, pl.Int32))
    why = pl.concat_str(
        pl.col("reasons"),
        pl.when("is_uncertain").then(pl.lit("it can go either way")),
        pl.when(pl.col("slice") == "explore").then(pl.lit("drawn by lot")),
        separator="; ",
        ignore_nulls=True,
    )
    return rows.select(
        pl.lit(run_id).alias("run_id"),
        "person_name",
        "position",
        "lead_key",
        "channel",
        "is_hard",
        "minutes",
        pl.when(why == "").then(pl.lit("among the best, and people have time")).otherwise(why)
        .alias("why"),
    ).sort("person_name", "position")  # fmt: skip


def _uncertain(probability: pl.Series, share: float) -> pl.Series:
    """Tell who is among the least certain; of equals, as many as there is room for, the best."""
    # The variance of the outcome: certain successes and certain failures have none. Rounded, since
    # 0.3 and 0.7 are as uncertain as each other.
    doubt = (probability * (1.0 - probability)).fill_nan(None).round(12)
    known = doubt.drop_nulls()
    # Among equals nobody is the least certain.
    many = 0 if known.n_unique() < 2 else floor(share * len(known) + 1e-9)
    place = doubt.rank("ordinal", descending=True)  # of equals the better ranked first
    return (place <= many).fill_null(value=False)


def _by_channel(part: pl.DataFrame, most: int) -> list[int]:
    """Return the order of one queue: a claim takes one channel of it, so each holds by itself."""
    is_hard = part["is_hard"].to_list()
    of_channel: dict[str, list[int]] = {}
    for place, channel in enumerate(part["channel"]):
        of_channel.setdefault(channel, []).append(place)
    lines = []
    for places in of_channel.values():
        turns = in_turn([is_hard[place] for place in places], most)
        lines.append([places[turn] for turn in turns])
    return together(lines, is_hard, most)


def in_turn(is_hard: Sequence[bool], most: int) -> list[int]:
    """Return the order in which to serve: as given, with at most `most` hard ones in a row.

    Easy ones are saved up where they will be needed later; where they are too few for all hard
    ones, these stand together at the end.

    Parameters
    ----------
    is_hard : sequence of bool
        Of each, the best first.
    """
    hard = [place for place, one in enumerate(is_hard) if one]
    easy = [place for place, one in enumerate(is_hard) if not one]
    order: list[int] = []
    row = next_hard = next_easy = 0
    while next_hard < len(hard) or next_easy < len(easy):
        hard_left, easy_left = len(hard) - next_hard, len(easy) - next_easy
        if not hard_left or not easy_left:
            takes_hard = bool(hard_left)
        elif row >= most:
            takes_hard = False
        else:
            # One easy one makes room for as many hard ones as may stand in a row.
            is_scarce = hard_left > most * easy_left
            takes_hard = is_scarce or hard[next_hard] < easy[next_easy]
        if takes_hard:
            order.append(hard[next_hard])
            next_hard, row = next_hard + 1, row + 1
        else:
            order.append(easy[next_easy])
            next_easy, row = next_easy + 1, 0
    return order


def together(lines: Sequence[Sequence[int]], is_hard: Sequence[bool], most: int) -> list[int]:
    """Merge lines, each in its order, so that the whole has few hard ones in a row as well.

    Parameters
    ----------
    lines : sequence of sequence of int
        Places, of which a lower one is better; each in its own order already.
    is_hard : sequence of bool
        Of each place.
    most : int
        Hard ones that may stand in a row, where the order of the lines allows it.
    """
    left = [list(reversed(line)) for line in lines if line]
    hard_in = [sum(is_hard[place] for place in line) for line in left]
    hard_left = sum(hard_in)
    easy_left = sum(len(line) for line in left) - hard_left
    # How many hard ones stand before the next easy one of each line.
    until = [_until_easy(line, is_hard) for line in left]
    order: list[int] = []
    row = 0
    while hard_left or easy_left:
        heads = [at for at, line in enumerate(left) if line]
        is_scarce = hard_left >= most * easy_left
        # Easy ones are saved up where they will be needed, above all those of easy lines; else the
        # best comes first.
        heads.sort(
            key=lambda at: (
                is_scarce and until[at] == 0,
                is_scarce and until[at] == 0 and -hard_in[at],
                left[at][-1],
            )
        )
        taken = next(
            (at for at in heads if _leaves_a_way(at, until, row, most)),
            min(heads, key=lambda at: (until[at], left[at][-1])),
        )
        order.append(left[taken].pop())
        if is_hard[order[-1]]:
            hard_left, row, until[taken] = hard_left - 1, row + 1, until[taken] - 1
            hard_in[taken] -= 1
        else:
            easy_left, row, until[taken] = easy_left - 1, 0, _until_easy(left[taken], is_hard)
    return order


def _until_easy(line: Sequence[int], is_hard: Sequence[bool]) -> float:
    return next((n for n, place in enumerate(reversed(line)) if not is_hard[place]), inf)


def _leaves_a_way(taken: int, until: Sequence[float], row: int, most: int) -> bool:
    """Tell whether an easy one is reached in time after the next of this line."""
    if until[taken] == 0:
        return True
    nearest = min(n - 1 if at == taken else n for at, n in enumerate(until))
    # Where no easy one is left there is nothing to be reached.
    return row + 1 + nearest <= most or nearest == inf
