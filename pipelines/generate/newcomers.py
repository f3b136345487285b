"""Leads that appear on the day of a change: persons of blocks that no world reaches."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from pipelines.generate.block import Block, RowState, block
from pipelines.generate.edits import HEADERS, Changed
from pipelines.generate.exports import exports
from pipelines.generate.leads import HUBSPOT
from pipelines.generate.spell import lead_texts
from pipelines.generate.times import DAY_S, NEVER_S

# The largest world, of a billion leads, ends before block 30,000.
_FIRST_BLOCK: Final = 100_000
NEW: Final = -1


def newcomers(seed: int, wanted: int, day_s: int) -> Iterator[tuple[Changed, ...]]:
    """Yield exactly ``wanted`` new lead rows, by system, at most one block at a time.

    ``edit`` of the rows is ``NEW``; ``at_s`` is when they were created.
    """
    number = _FIRST_BLOCK
    while wanted > 0:
        whole = block(seed, number, wanted)
        wanted -= whole.lead_count
        number += 1
        yield _as_created(whole, day_s)


def _as_created(whole: Block, day_s: int) -> tuple[Changed, ...]:
    """Show a block's rows as if each had been created on the day, and nothing happened since."""
    rng = whole.dice.stream("newcomers")
    rows = whole.rows
    m = rows.person.size
    created_s = day_s + rng.integers(0, DAY_S, m)
    created_s = np.where(rows.system == HUBSPOT, created_s - created_s % 60, created_s)
    fresh = replace(whole, rows=replace(rows, created_s=created_s))
    never = np.full(m, NEVER_S)
    state = RowState(
        moment_s=day_s + DAY_S,
        is_seen=whole.is_kept[rows.person],
        last_s=np.full(m, -1),
        is_worked=np.zeros(m, dtype=np.bool_),
        converted_s=never,
        won_s=never,
        disqualified_s=never,
        no_email_s=never,
        no_phone_s=never,
        bounced_s=never,
        deleted_s=never,
        modified_s=created_s,
    )
    frames = exports(fresh, state, lead_texts(fresh))
    return tuple(
        Changed(
            system=system,
            rows=frame.drop("row"),
            edit=np.full(frame.height, NEW),
            at_s=created_s[frame["row"].to_numpy()],
        )
        for system, frame in zip(HEADERS, frames, strict=True)
    )
