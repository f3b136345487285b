"""Writes a whole world, block after block: the door of the generator."""

import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from pipelines.errors import UsageError
from pipelines.generate.block import Block, block, row_state
from pipelines.generate.children import activity_rows, consent_rows, outcome_rows
from pipelines.generate.dirt import damage
from pipelines.generate.exports import exports, impossible_numbers
from pipelines.generate.leads import HUBSPOT, SALESFORCE
from pipelines.generate.lists import customer_rows, suppression_rows
from pipelines.generate.mappings import write_mappings
from pipelines.generate.spell import lead_texts
from pipelines.generate.times import T_END, T_START, seconds
from pipelines.generate.truth import episode_truth, lead_truth
from pipelines.generate.write import Format, Table

_SYSTEM_FOLDERS: Final = ((SALESFORCE, "salesforce"), (HUBSPOT, "hubspot"))
_PLAIN_FOLDERS: Final = (
    *(
        f"{kind}_{name}"
        for kind in ("leads", "activities", "outcomes", "consent")
        for _, name in _SYSTEM_FOLDERS
    ),
    "suppressions",
    "customers",
)


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


@dataclass
class _Tally:
    """Counts that no table holds."""

    persons: int = 0
    episodes: int = 0
    conversions: int = 0
    impossible: dict[str, int] = field(default_factory=dict)


def generate(
    out: Path,
    *,
    leads: int,
    seed: int,
    until: date = T_END,
    format: Format = "csv",
    with_truth: bool = True,
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

    Returns
    -------
    GenerateReport
        Besides the tables, ``mappings/<folder>.toml`` is written for each of them.

    Raises
    ------
    UsageError
        For a value out of range, or a folder that holds something already.
    """
    _check(out, leads, seed, until)
    started = time.perf_counter()
    write_mappings(out / "mappings")
    moment_s = seconds(until)
    tally = _Tally()
    with ExitStack() as stack:
        tables = {
            name: stack.enter_context(closing(Table(out / name, format))) for name in _PLAIN_FOLDERS
        }
        truth = {
            name: stack.enter_context(closing(Table(out / "truth", "parquet", f"{name}.parquet")))
            for name in (("leads", "episodes") if with_truth else ())
        }
        number = 0
        while leads > 0:
            whole = block(seed, number, leads)
            _write(whole, number, moment_s, tables, truth, tally)
            leads -= whole.lead_count
            number += 1
    counts = {name: table.records for name, table in tables.items()}
    counts |= {
        "persons": tally.persons,
        "episodes": tally.episodes,
        "conversions": tally.conversions,
    }
    broken = {
        name: {**tables[name].broken, "impossible_number": tally.impossible[name]}
        for name in _PLAIN_FOLDERS[: len(_SYSTEM_FOLDERS)]
    }
    return GenerateReport(counts, broken, time.perf_counter() - started)


def _write(
    whole: Block,
    number: int,
    moment_s: int,
    tables: dict[str, Table],
    truth: dict[str, Table],
    tally: _Tally,
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
        tally.impossible[folder] = tally.impossible.get(folder, 0) + odd
        tables[f"activities_{name}"].append(activity_rows(whole, moment_s, system), number)
        tables[f"outcomes_{name}"].append(outcome_rows(whole, moment_s, system), number)
        tables[f"consent_{name}"].append(consent_rows(whole, moment_s, system), number)
    tables["suppressions"].append(suppression_rows(whole, moment_s), number)
    tables["customers"].append(customer_rows(whole, moment_s), number)

    tally.persons += np.unique(whole.rows.person[state.is_seen]).size
    begun = whole.is_kept[whole.story.person] & (whole.story.at_s < moment_s)
    tally.episodes += int(begun.sum())
    tally.conversions += int((whole.story.episode_converted_s[begun] < moment_s).sum())
    if truth:
        truth["leads"].append(lead_truth(whole, state, broken), number)
        truth["episodes"].append(episode_truth(whole, moment_s), number)


def _check(out: Path, leads: int, seed: int, until: date) -> None:
    """Refuse what cannot be meant before anything is written."""
    if not 1 <= leads <= _MOST_LEADS:
        raise UsageError(f"{leads} leads", f"1 to {_MOST_LEADS}")
    if seed < 0:
        raise UsageError(f"seed {seed}", "0 or more")
    if not T_START < until <= T_END:
        raise UsageError(f"until {until}", f"a day after {T_START}, up to {T_END}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            f"{out} is not an empty folder", "a missing or an empty one", "name another folder"
        )
