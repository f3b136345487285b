"""Blocks of a world into its tables: one after another, or parts side by side in processes."""

import multiprocessing
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

import numpy as np

from pipelines.generate.block import Block, block, row_state
from pipelines.generate.children import activity_rows, consent_rows, outcome_rows
from pipelines.generate.dirt import damage
from pipelines.generate.exports import exports, impossible_numbers
from pipelines.generate.hidden import Hidden
from pipelines.generate.leads import HUBSPOT, SALESFORCE
from pipelines.generate.lists import customer_rows, suppression_rows
from pipelines.generate.spell import lead_texts
from pipelines.generate.truth import episode_truth, lead_truth
from pipelines.generate.write import BLOCKS_PER_PART, Format, Table

_SYSTEM_FOLDERS: Final = ((SALESFORCE, "salesforce"), (HUBSPOT, "hubspot"))
LEAD_FOLDERS: Final = tuple(f"leads_{name}" for _, name in _SYSTEM_FOLDERS)
FOLDERS: Final = (
    *LEAD_FOLDERS,
    *(
        f"{kind}_{name}"
        for kind in ("activities", "outcomes", "consent")
        for _, name in _SYSTEM_FOLDERS
    ),
    "suppressions",
    "customers",
)
# A block has 36,300 lead rows, give or take 100; with this, every part taken for a whole one is.
MOST_LEADS_PER_BLOCK: Final = 37_000
_ALL: Final = 1 << 62


@dataclass(frozen=True)
class Order:
    """What is to be written where; see `world.generate`."""

    out: Path
    seed: int
    moment_s: int
    format: Format
    with_truth: bool
    hidden: Hidden


@dataclass
class Tally:
    """What has been written: records by folder, broken ones by kind, and what no table holds."""

    leads: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    broken: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in LEAD_FOLDERS}
    )

    def add(self, other: "Tally") -> None:
        """Add what was written elsewhere."""
        self.leads += other.leads
        self.counts.update(other.counts)
        for name, kinds in other.broken.items():
            self.broken[name].update(kinds)


def write_world(order: Order, leads: int, workers: int) -> Tally:
    """Write blocks until there are `leads` lead rows.

    Parts that are surely whole are shared among processes. Where the world ends depends on all
    that comes before, so the last part or two are written here, after them.
    """
    whole = leads // (MOST_LEADS_PER_BLOCK * BLOCKS_PER_PART)
    tally = Tally()
    if workers > 1 and whole > 1 and not order.with_truth:
        for part in _side_by_side(order, whole, workers):
            tally.add(part)
    else:
        whole = 0
    tally.add(write_blocks(order, whole * BLOCKS_PER_PART, None, leads - tally.leads))
    return tally


def _side_by_side(order: Order, parts: int, workers: int) -> Iterator[Tally]:
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, parts), spawning, _stop_at_once) as pool:
        for found in [pool.submit(_write_part, order, number) for number in range(parts)]:
            yield found.result()


def _stop_at_once() -> None:
    """Let Ctrl-C end a process of the pool without a traceback; the parent says what happened."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _write_part(order: Order, number: int) -> Tally:
    first = number * BLOCKS_PER_PART
    return write_blocks(order, first, first + BLOCKS_PER_PART, _ALL)


def write_blocks(order: Order, first: int, end: int | None, leads: int) -> Tally:
    """Write blocks from `first` to before `end`, or until there are `leads` lead rows of them.

    Parameters
    ----------
    first : int
        Where a part begins: a multiple of ``BLOCKS_PER_PART``.
    """
    tally = Tally()
    with ExitStack() as stack:
        tables = {
            name: stack.enter_context(closing(Table(order.out / name, order.format)))
            for name in FOLDERS
        }
        truth = {
            name: stack.enter_context(
                closing(Table(order.out / "truth", "parquet", f"{name}.parquet"))
            )
            for name in (("leads", "episodes") if order.with_truth else ())
        }
        for number in count(first):
            if number == end or tally.leads >= leads:
                break
            drawn = block(order.seed, number, leads - tally.leads, order.hidden)
            _write(drawn, number, order.moment_s, tables, truth, tally)
            tally.leads += drawn.lead_count
    for name, table in tables.items():
        tally.counts[name] += table.records
    for name, kinds in tally.broken.items():
        kinds.update(tables[name].broken)
    return tally


def _write(
    whole: Block,
    number: int,
    moment_s: int,
    tables: dict[str, Table],
    truth: dict[str, Table],
    tally: Tally,
) -> None:
    """Append one block's part of every table."""
    state = row_state(whole, moment_s)
    is_csv = tables["leads_salesforce"].form != "parquet"
    broken = damage(whole.dice, whole.rows.person.size, is_csv=is_csv)
    is_odd = impossible_numbers(whole)
    frames = exports(whole, state, lead_texts(whole))
    for (system, name), frame in zip(_SYSTEM_FOLDERS, frames, strict=True):
        folder = f"leads_{name}"
        row = frame["row"].to_numpy()
        kind = broken.kind[row]
        tables[folder].append(frame.drop("row"), number, kind)
        odd = int((is_odd[row] & (kind < 0)).sum())
        tally.broken[folder]["impossible_number"] += odd
        tables[f"activities_{name}"].append(activity_rows(whole, moment_s, system), number)
        tables[f"outcomes_{name}"].append(outcome_rows(whole, moment_s, system), number)
        tables[f"consent_{name}"].append(consent_rows(whole, moment_s, system), number)
    tables["suppressions"].append(suppression_rows(whole, moment_s), number)
    tables["customers"].append(customer_rows(whole, moment_s), number)

    tally.counts["persons"] += np.unique(whole.rows.person[state.is_seen]).size
    begun = whole.is_kept[whole.story.person] & (whole.story.at_s < moment_s)
    tally.counts["episodes"] += int(begun.sum())
    tally.counts["conversions"] += int((whole.story.episode_converted_s[begun] < moment_s).sum())
    if truth:
        truth["leads"].append(lead_truth(whole, state, broken), number)
        truth["episodes"].append(episode_truth(whole, moment_s), number)
