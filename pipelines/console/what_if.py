"""`triage --what-if`: what other settings would have made of the last night."""

from pathlib import Path

import polars as pl

from pipelines.console.screen import emit_json, note, say, show_table
from pipelines.runs.what_if import WhatIf, run_what_if
from pipelines.settings.home import Home
from pipelines.store.files import check_format, write_table

_SHOWN = 10
_LOAD = ("contacts", "minutes", "cost", "expected_conversions", "expected_value")


def show_what_if(settings: Path, *, out: Path | None, as_json: bool) -> None:
    """Try the settings of a file on the last night, and show what would be different."""
    if out is not None:
        check_format(out)
    found = run_what_if(Home.locate(), settings)
    if out is not None:
        write_table(found.changes, out)
        note(f"{found.changes.height:,} rows written to {out}")
    if as_json:
        emit_json(
            {
                "run_id": found.run_id,
                "as_of": found.as_of,
                "settings": found.settings,
                "counts": found.counts,
                "before": found.before.to_dicts(),
                "after": found.after.to_dicts(),
                "changes": _changed(found).to_dicts(),
            }
        )
        return
    _show(found)


def _changed(found: WhatIf) -> pl.DataFrame:
    return found.changes.filter(pl.col("change") != "stayed")


def _show(found: WhatIf) -> None:
    say(f"The night of {found.as_of} (run {found.run_id}), tried again; nothing was published")
    for cause, keys in found.settings.items():
        say(f"  {cause:<9} {', '.join(keys[:_SHOWN])}{', ...' if len(keys) > _SHOWN else ''}")
    if not found.settings:
        say("  the settings are those of the night")
    _show_load(found)
    stayed = found.changes.height - _changed(found).height
    say()
    say(f"{stayed:,} stay as they are")
    if found.counts:
        rows = [(r["change"], r["people"], r["cause"], r["detail"] or "") for r in found.counts]
        show_table(
            "Who changes", ("change", "people", "cause", "was or is in the way"), rows, right=(1,)
        )
    for change in ("entered", "left", "moved"):
        part = found.changes.filter(change=change).head(_SHOWN)
        if part.is_empty():
            continue
        say()
        say(f"{change}, the first {part.height}")
        for row in part.to_dicts():
            chance = "" if row["probability"] is None else f"{row['probability']:.1%}"
            ways = [
                f"{row[f'handler_{when}']} by {row[f'channel_{when}']}"
                for when in ("before", "after")
                if row[f"channel_{when}"]
            ]
            lead = f"{row['source_system']}:{row['source_id']}"
            say(f"  {chance:>8}  {lead}  {' -> '.join(ways)}  ({row['cause']})")


def _show_load(found: WhatIf) -> None:
    """Show contacts, minutes, cost and what is expected of each lane, before and after."""
    on = ["handler", "channel", "assignee"]
    both = found.before.join(
        found.after, on=on, how="full", coalesce=True, suffix="_after", nulls_equal=True
    ).sort(on, descending=[True, False, False])
    total = both.select(pl.lit("all").alias("handler"), pl.exclude(on).sum())
    rows = [
        (
            " by ".join(part for part in (row["handler"], row.get("channel")) if part)
            + (f": {row['assignee']}" if row.get("assignee") else ""),
            *(f"{_number(row[name])} -> {_number(row[f'{name}_after'])}" for name in _LOAD),
        )
        for row in (*both.to_dicts(), *total.to_dicts())
    ]
    say()
    titles = ("", "contacts", "minutes", "cost", "conversions expected", "value expected")
    show_table("Before -> after", titles, rows, right=range(1, len(titles)))


def _number(value: float | None) -> str:
    return "0" if not value else f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
