"""The inbox: what somebody has dropped since the last night, each file landed once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pipelines.errors import BadInputError, UsageError
from pipelines.load import Landed, Mapping, load_mapping
from pipelines.load.meaning.kinds import KINDS
from pipelines.load.understand.sources import last_load, last_loads
from pipelines.runs.landing import MAPPING_FILE, batch_folders, is_beside_data, land_files
from pipelines.runs.seen import Seen
from pipelines.runs.side_by_side import FileToLand
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger

# They may hold a no, or say that somebody is a customer by now.
_MUST_LAND = (
    "consent",
    "suppressions",
    "activities",
    "attempts",
    "outcomes",
    "customers",
    "registry",
)


def unheard(line: str) -> None:
    """Say nothing."""


def land_inbox(
    home: Home, ledger: Ledger, *, at: datetime, warn: Callable[[str], None] = unheard
) -> dict[str, int]:
    """Land what lies in the inbox: ``inbox/<kind>/[<source>/]files``, loose files being leads.

    A ``mapping.toml`` beside the files, or in a folder above them, is theirs. A folder below the
    kind names the source system where the mapping does not. A file that cannot be used is passed
    over with a warning, unless it may hold a no: then the night stops. Leads may, where the
    exports of their source have carried one. A file that nobody has touched since it was landed is
    not read again: see `pipelines.runs.seen`.

    Parameters
    ----------
    warn : callable
        Takes one line for the person who started the run; it may name columns of a file.

    Returns
    -------
    dict of str to int
        Files seen, passed over, new; records in the new ones.
    """
    refused = 0
    known = {folder.name for folder in batch_folders(home)}
    seen = Seen(home, at)
    files = [replace(file, batch=seen.batch(file)) for file in inbox_files(home)]
    fresh: list[Landed] = []

    def ended(file: FileToLand, found: Landed | Exception) -> None:
        nonlocal refused
        if isinstance(found, Landed):
            seen.note(file, found)
            fresh.extend([found] if found.batch_id not in known else [])
            return
        must_land = file.kind in _MUST_LAND or _has_said_no(home, file.kind, file.named_source)
        if must_land or not isinstance(found, BadInputError | UsageError):
            raise found
        warn(f"inbox/{file.path.relative_to(home.inbox)} was not loaded: {found}")
        refused += 1

    land_files(home, ledger, files, at=at, ended=ended)
    seen.save()
    return {
        "files": len(files),
        "refused_files": refused,
        "new_files": len(fresh),
        "records": sum(landed.records for landed in fresh),
    }


def inbox_files(home: Home) -> list[FileToLand]:
    """Return what lies in the inbox, in the order of the paths, and how each file is read.

    Raises
    ------
    BadInputError
        A folder of the inbox is called like no kind.
    """
    paths = sorted(
        path
        for path in home.inbox.rglob("*")
        if path.is_file() and not path.name.startswith(".") and not is_beside_data(path)
    )
    return [_inbox_file(home, path) for path in paths]


def _inbox_file(home: Home, path: Path) -> FileToLand:
    parts = path.relative_to(home.inbox).parts[:-1]
    kind = parts[0] if parts else "leads"
    if kind not in KINDS:
        raise BadInputError(
            f"the inbox has a folder {kind!r}",
            expected=f"one of {', '.join(KINDS)}",
            fix="move its files into the folder of their kind",
        )
    source = parts[1] if len(parts) > 1 else None
    try:
        return FileToLand(path, kind, _inbox_mapping(home, path), source)
    except (BadInputError, UsageError) as error:
        return FileToLand(path, kind, None, source, unusable=error)


def _has_said_no(home: Home, kind: str, source_system: str | None) -> bool:
    """Tell whether the last export of a source, of any where none is named, carried a no."""
    if source_system is None:
        return any(last.consent for last in last_loads(home.batches, kind))
    last = last_load(home.batches, kind, source_system)
    return last is not None and bool(last.consent)


def _inbox_mapping(home: Home, file: Path) -> Mapping | None:
    folder = file.parent
    while folder.is_relative_to(home.inbox):
        if (folder / MAPPING_FILE).is_file():
            return load_mapping(folder / MAPPING_FILE)
        folder = folder.parent
    return None
