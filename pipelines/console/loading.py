"""`load`: where every record of every file went."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipelines.console.labels import show_labels
from pipelines.console.previewing import show_preview
from pipelines.console.screen import StageProgress, emit_json, note, say, show_table
from pipelines.errors import BadInputError, UsageError
from pipelines.load.read.discover import passed_over, without_copies
from pipelines.load.understand.drift import Drift
from pipelines.runs.labels import label_report
from pipelines.runs.landing import expand, resolve_mapping
from pipelines.runs.load import LoadedFile, LoadRequest, inbox_requests, run_load
from pipelines.settings.home import Home

# Here a record set aside is not only data lost: it may be somebody who is not to be contacted.
_BINDING = ("consent", "suppressions", "attempts", "customers", "registry")


def show_load(
    paths: Sequence[Path],
    *,
    kind: str | None,
    mapping: str,
    source_system: str | None,
    dry_run: bool,
    defer: bool,
    as_json: bool,
    salvage: bool = False,
) -> None:
    """Load files and show the counts, or with `dry_run` what they were understood as.

    Without paths the inbox is loaded, where folders say what a file holds and how it is read.
    """
    home = Home.locate()
    if paths:
        given = LoadRequest(
            expand(paths), kind or "leads", resolve_mapping(mapping), source_system, salvage
        )
        requests = [given]
    else:
        requests = _inbox(home, kind, mapping, source_system, salvage=salvage)
    requests = [replace(request, files=_once(request.files)) for request in requests]
    for path in passed_over(paths):
        note(f"{path.name} is no data by its name, and was passed over")
    if dry_run:
        show_preview(*requests, as_json=as_json)
        return
    with StageProgress() as progress:
        loaded = run_load(home, requests, defer=defer, progress=progress)
    if as_json:
        labels = label_report(home, loaded)
        emit_json({"files": [file.to_json() for file in loaded], "labels": labels.to_json()})
    else:
        show_loaded(loaded)
        show_labels(label_report(home, loaded))
    fail_unbound(loaded)


def _inbox(
    home: Home, kind: str | None, mapping: str, source_system: str | None, *, salvage: bool
) -> list[LoadRequest]:
    if kind is not None or source_system is not None or mapping != "auto":
        raise UsageError(
            "no file was named",
            expected="a file, a folder or a glob beside --as, --mapping and --source-system",
            fix="name the files; without them and without those options the inbox is loaded",
        )
    requests = inbox_requests(home, salvage=salvage)
    if not requests:
        raise UsageError(
            "no file was named, and the inbox is empty",
            expected="a file, a folder or a glob",
            fix=f"or put files into {home.inbox}/<kind>/<source>/",
        )
    return requests


def _once(files: Sequence[Path]) -> list[Path]:
    kept, copies = without_copies(files)
    for path, same in copies.items():
        note(f"{path.name} has the same bytes as {same.name}, and is loaded once")
    return kept


def fail_unbound(loaded: Sequence[LoadedFile]) -> None:
    """End with an error where a record that may say no was set aside.

    Raises
    ------
    BadInputError
        Those that could be read are in force all the same.
    """
    unbound = sum(file.landed.quarantined for file in loaded if file.landed.kind in _BINDING)
    if unbound:
        raise BadInputError(
            f"{unbound} records that may say no could not be read, and bind nobody",
            fix="correct them in the file and load it again; the others are in force",
        )


def show_loaded(loaded: Sequence[LoadedFile]) -> None:
    """Show one line per file, and what was noticed about it."""
    entries = [(_short(file.path), file, file.to_json()) for file in loaded]
    columns = ("records", "loaded", "updated", "unchanged", "duplicates", "quarantined")
    show_table(
        "",
        ("file", "source", *columns),
        [
            (name, entry["source_system"], *(entry[column] for column in columns))
            for name, _, entry in entries
        ],
        right=tuple(range(2, 8)),
    )
    for name, file, entry in entries:
        if entry["deferred"]:
            say(f"{name}: {entry['deferred']:,} rows wait for the next merge")
        if file.was_loaded_before:
            continue
        for reason, count in entry["quarantined_by_reason"].items():
            say(f"{name}: {count:,} quarantined, {reason}")
        if entry["quarantined"]:
            say(f"{name}: see them with `lead-triage quarantine list --batch {entry['batch_id']}`")
        if entry["salvaged"]:
            say(
                f"{name}: {entry['salvaged']:,} records were repaired; their leads are on no list"
                f" before `lead-triage quarantine review {entry['batch_id']}`"
            )
        for line in (*entry["notes"], *Drift.from_json(entry["drift"]).lines()):
            say(f"{name}: {line}")
    if any(file.was_loaded_before for file in loaded):
        say("What was loaded before is counted as unchanged.")


def _short(path: Path) -> str:
    """Name a file by its folder too: exports are often called the same."""
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name
