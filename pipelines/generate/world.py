"""Writes a whole world, block after block: the door of the generator."""

import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from pipelines.errors import UsageError
from pipelines.generate.dirt import KINDS
from pipelines.generate.hidden import MODEST, Hidden
from pipelines.generate.mappings import write_mappings
from pipelines.generate.parts import FOLDERS, Order, write_world
from pipelines.generate.times import T_END, T_START, seconds
from pipelines.generate.write import Format

_OF_THE_TRUTH: Final = ("persons", "episodes", "conversions")
_MOST_LEADS: Final = 1_000_000_000


@dataclass(frozen=True)
class GenerateReport:
    """What was written.

    Attributes
    ----------
    counts : dict of str to int
        Records by folder, broken ones included; also ``persons``, ``episodes`` and
        ``conversions`` (conversions within an episode) of the truth.
    broken : dict of str to dict of str to int
        Records broken on purpose, by lead folder and kind (``dirt.KINDS``); and
        ``impossible_number``, readable records with -1 employees.
    seconds : float
        Wall time.
    """

    counts: dict[str, int]
    broken: dict[str, dict[str, int]]
    seconds: float


def generate(
    out: Path,
    *,
    leads: int,
    seed: int,
    until: date = T_END,
    format: Format = "csv",
    with_truth: bool = True,
    workers: int = 1,
    hidden: Hidden = MODEST,
) -> GenerateReport:
    """Write a synthetic CRM backlog with a known truth.

    The world is the same for the same seed: a smaller ``leads`` gives a beginning of it, an
    earlier ``until`` the same world as it looked at midnight UTC of that day, with the same ids.
    Memory does not grow with ``leads``.

    Parameters
    ----------
    out : Path
        Folder to fill; missing or empty.
    leads : int
        Lead rows at the end of the world (fewer exist at an earlier ``until``), 1 to 1e9.
    seed : int
        0 or more.
    until : date
        Between ``T_START`` and ``T_END``; nothing that happens on that day or later is written.
    format : {"csv", "csv.gz", "parquet"}
        Of everything but the truth, which is Parquet. Only CSV holds broken records.
    with_truth : bool
        Write ``truth/leads.parquet`` and ``truth/episodes.parquet``.
    workers : int
        Processes to share the parts among, from two parts on and without the truth, which is one
        file. The bytes are the same with any number.
    hidden : Hidden
        What no file carries: how much it decides, and how far sales chose by it.

    Returns
    -------
    GenerateReport
        Besides the tables, ``mappings/<folder>.toml`` is written for each of them.

    Raises
    ------
    UsageError
        For a value out of range, or a folder that holds something already.
    """
    _check(out, leads, seed, until, hidden)
    started = time.perf_counter()
    write_mappings(out / "mappings")
    order = Order(out, seed, seconds(until), format, with_truth, hidden)
    tally = write_world(order, leads, workers)
    counts = {name: tally.counts[name] for name in (*FOLDERS, *_OF_THE_TRUTH)}
    broken = {
        name: {kind: kinds[kind] for kind in (*KINDS, "impossible_number")}
        for name, kinds in tally.broken.items()
    }
    return GenerateReport(counts, broken, time.perf_counter() - started)


def _check(out: Path, leads: int, seed: int, until: date, hidden: Hidden) -> None:
    """Refuse what cannot be meant before anything is written."""
    if not 1 <= leads <= _MOST_LEADS:
        raise UsageError(f"{leads} leads", f"1 to {_MOST_LEADS}")
    if seed < 0:
        raise UsageError(f"seed {seed}", "0 or more")
    if not T_START < until <= T_END:
        raise UsageError(f"until {until}", f"a day after {T_START}, up to {T_END}")
    if not 0 <= hidden.weight < float("inf"):
        raise UsageError(f"hidden weight {hidden.weight}", "0 or more")
    if not 0 <= hidden.selection <= 1:
        raise UsageError(f"hidden selection {hidden.selection}", "0 to 1")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            f"{out} is not an empty folder", "a missing or an empty one", "name another folder"
        )
