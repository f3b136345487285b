"""`suppress`: add, import, list, check, confirm."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipelines.console.loading import fail_unbound
from pipelines.console.screen import StageProgress, emit_json, say, show_table
from pipelines.errors import UsageError
from pipelines.runs.landing import expand, resolve_mapping
from pipelines.runs.lists import run_confirm
from pipelines.runs.outreach import run_suppress
from pipelines.runs.suppressing import check_points, run_import, suppression_counts
from pipelines.settings.home import Home


def show_suppress(
    values: Sequence[str], *, channel: str | None, reason: str, as_json: bool
) -> None:
    """Suppress contact points."""
    if not values:
        raise UsageError("nothing to suppress", expected="an address, a number or a domain")
    added = run_suppress(Home.locate(), values, channel=channel, reason=reason)
    if as_json:
        emit_json({"given": len(values), "new_keys": added})
    else:
        say(f"{len(values)} contact point(s) suppressed, effective at the next claim.")


def show_import(
    paths: Sequence[Path], *, mapping: str, source_system: str | None, as_json: bool
) -> None:
    """Take suppression lists, in force at once."""
    with StageProgress() as progress:
        done = run_import(
            Home.locate(),
            expand(paths),
            mapping=resolve_mapping(mapping),
            source_system=source_system,
            progress=progress,
        )
    if as_json:
        files = [file.to_json() for file in done.files]
        emit_json({"files": files, "new_keys": done.added, "keys": done.total})
    else:
        for file in done.files:
            landed = file.landed
            say(
                f"{file.path.name}: {landed.records:,} records of {landed.source_system},"
                f" {landed.quarantined:,} could not be read, {landed.duplicates:,} twice"
            )
            for line in (*landed.notes, *file.hashes):
                say(f"{file.path.name}: {line}")
        say(
            f"{done.added:,} new keys, {done.total:,} altogether, in force at the next claim;"
            " the next load or night counts the files in the store."
        )
    fail_unbound(done.files)


def show_suppressions(
    *, kind: str | None, reason: str | None, since: date | None, as_json: bool
) -> None:
    """Count what is suppressed."""
    rows = suppression_counts(Home.locate(), kind=kind, reason=reason, since=since)
    if as_json:
        emit_json(rows)
        return
    show_table(
        "Suppressed contact points",
        ("kind", "channel", "reason", "source", "since", "until", "count"),
        [tuple("" if cell is None else cell for cell in row.values()) for row in rows],
        right=(6,),
    )


def show_check(values: Sequence[str], *, as_json: bool) -> None:
    """Say whether contact points are suppressed, and why."""
    if not values:
        raise UsageError("nothing to look up", expected="an address, a number, domain or hash")
    found = check_points(Home.locate(), values)
    if as_json:
        emit_json(found)
        return
    for point in found:
        say(f"{point['given']}: {'suppressed' if point['is_suppressed'] else 'not suppressed'}")
        for entry in point["entries"]:
            ends = f" until {entry['until'][:16]}" if entry["until"] else ""
            say(
                f"  by {entry['kind']} on {entry['channel'] or 'every channel'} since"
                f" {entry['since'][:16]}{ends}: {entry['reason']} ({entry['source']})"
            )


def show_confirm(source: str | None, *, is_ledger: bool, as_json: bool) -> None:
    """Record that a list, or the ledger, is right as it stands."""
    run_confirm(Home.locate(), source, is_ledger=is_ledger)
    if as_json:
        emit_json({"confirmed": source or "ledger"})
    else:
        say(f"{source or 'The ledger'}: confirmed as it stands.")
