"""Which leads are compared: those that agree in a block, with what bounds the time.

A group of too many leads is left out, and so is what exceeds the pairs of a block, the largest
groups first. What is left out is counted. Leads that share no group with anybody never leave the
store.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from pipelines.identify.comparisons import blocks
from pipelines.identify.spelling import spelt_leads
from pipelines.store import Database, sql

MAX_GROUP: Final = 60
# Pairs that a block may name, besides one for every fourth lead.
_BLOCK_PAIRS: Final = 200_000
_ROWS_AT_ONCE: Final = 500_000


def find_groups(
    db: Database, columns: Sequence[str], rows: int, *, only_changed: bool
) -> tuple[list[int], dict[str, int]]:
    """Write temp table `fuzzy_member`; return the numbers of the blocks in it, and counts.

    Parameters
    ----------
    columns : sequence of str
        Columns of `fuzzy_key` that hold anything.
    rows : int
        Rows of `fuzzy_key`.
    only_changed : bool
        Only groups with a lead in `identify_changed`.

    Returns
    -------
    tuple
        Blocks, and ``leads``, ``pairs to compare``, ``pairs left out``; a pair of two blocks counts
        in both.
    """
    db.run(
        "CREATE OR REPLACE TEMP TABLE fuzzy_member (lead_key BIGINT, block UTINYINT, key UBIGINT)"
    )
    every = 0
    for number, block in enumerate(blocks(columns)):
        present = " AND ".join(f"{column} IS NOT NULL" for column in block)
        grouped, members = (
            sql(__package__, name)
            .replace("{columns}", ", ".join(block))
            .replace("{present}", present)
            for name in ("fuzzy_block.sql", "fuzzy_member.sql")
        )
        db.run(grouped, max_leads=MAX_GROUP, only_changed=only_changed)
        every += int(db.scalar("SELECT coalesce(sum(pairs), 0) FROM fuzzy_group"))
        db.run(members, max_pairs=_BLOCK_PAIRS + rows // 4, block=number)
    db.run("DROP TABLE fuzzy_group")
    compared = db.frame(sql(__package__, "fuzzy_count.sql"))
    pairs = int(compared["pairs"].sum())
    counts = {"leads": rows, "pairs to compare": pairs, "pairs left out": every - pairs}
    return compared["block"].to_list(), counts


def grouped_records(
    db: Database, columns: Sequence[str], numbers: Sequence[int], *, is_ordered: bool
) -> Iterator[pl.DataFrame]:
    """Stream the leads of any group: lead_key, is_changed, `columns`, ``block_<number>``.

    What is learnt depends on their order, what is scored does not, and sorting costs.
    """
    order = " ORDER BY lead_key" if is_ordered else ""
    keys = ", ".join(f"max(key) FILTER (block = {n}) AS block_{n}" for n in numbers)
    spelt, params = spelt_leads("fuzzy_member")
    texts = ", ".join(f"spelt.{column}" for column in columns)
    yield from db.batches(
        f"SELECT lead_key, is_changed, {texts}, member.* EXCLUDE (lead_key)"
        f" FROM ({spelt}) AS spelt JOIN fuzzy_key USING (lead_key)"
        f" JOIN (SELECT lead_key, {keys} FROM fuzzy_member GROUP BY lead_key)"
        f" AS member USING (lead_key){order}",
        _ROWS_AT_ONCE,
        **params,
    )
