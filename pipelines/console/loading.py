"""`load`: where every record of every file went."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.console.screen import StageProgress, emit_json, say, show_table
from pipelines.errors import BadInputError
from pipelines.load import preview
from pipelines.runs.landing import expand, resolve_mapping
from pipelines.runs.load import LoadedFile, LoadRequest, run_load
from pipelines.settings.clock import now
from pipelines.settings.home import Home

# Here a record set aside is not only data lost: it may be somebody who said no.
_BINDING = ("consent", "suppressions")


def show_load(
    paths: Sequence[Path],
    *,
    kind: str,
    mapping: str,
    source_system: str | None,
    dry_run: bool,
    defer: bool,
    as_json: bool,
) -> None:
    """Load files and show the counts, or with `dry_run` what they were understood as."""
    files = expand(paths)
    request = LoadRequest(files, kind, resolve_mapping(mapping), source_system)
    if dry_run:
        show_preview(request, as_json=as_json)
        return
    with StageProgress() as progress:
        loaded = run_load(Home.locate(), [request], defer=defer, progress=progress)
    if as_json:
        emit_json({"files": [file.to_json() for file in loaded]})
    else:
        show_loaded(loaded)
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
        for line in entry["notes"]:
            say(f"{name}: {line}")
    if any(file.was_loaded_before for file in loaded):
        say("What was loaded before is counted as unchanged.")


def _short(path: Path) -> str:
    """Name a file by its folder too: exports are often called the same."""
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name


def show_preview(request: LoadRequest, *, as_json: bool) -> None:
    """Show what the files are understood as, first rows included; nothing is stored."""
    found = [
        preview(
            file,
            kind=request.kind,
            mapping=request.mapping,
            at=now(),
            source_system=request.source_system,
        )
        for file in request.files
    ]
    if as_json:
        emit_json({"files": [{**vars(one), "first": one.first.to_dicts()} for one in found]})
        return
    for one in found:
        say(f"{one.file_name}: {one.records:,} records, source {one.source_system}; {one.reason}")
        say("  " + ", ".join(f"{key} {value!r}" for key, value in one.dialect.items()))
        show_table("  fields", ("field", "column"), _indented(one.claims))
        show_table("  custom columns", ("column", "type"), _indented(one.custom_types))
        if one.excluded:
            say(f"  kept, never a feature: {', '.join(one.excluded)}")
        for line in one.problems:
            say(f"  ! {line}")
        filled = [
            name for name in one.first.columns if one.first[name].null_count() < one.first.height
        ]
        say("  first rows as they would be stored:")
        for row in one.first.select(filled).to_dicts():
            say(
                "    "
                + ", ".join(f"{key}={value}" for key, value in row.items() if value is not None)
            )


def _indented(pairs: dict[str, str]) -> list[tuple[str, str]]:
    return [(f"  {name}", value) for name, value in pairs.items()]
