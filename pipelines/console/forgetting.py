"""`forget`."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.console.screen import StageProgress, emit_json, say, show_table
from pipelines.errors import UsageError
from pipelines.runs.forget import Forgotten, run_forget
from pipelines.settings.home import Home


def show_forget(
    who: Sequence[str], *, file: Path | None, everybody: bool, dry_run: bool, as_json: bool
) -> None:
    """Erase persons, or say what would be."""
    values = [*who, *([] if file is None else _lines(file))]
    with StageProgress() as progress:
        found = run_forget(
            Home.locate(), values, is_everybody=everybody, is_trial=dry_run, progress=progress
        )
    if as_json:
        emit_json(found.to_json())
        return
    _show(found)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UsageError(
            f"{file.name} cannot be read", expected="a text file in UTF-8, one person per line"
        ) from None


def _show(found: Forgotten) -> None:
    verb = "would be erased" if found.is_trial else "erased"
    say(f"{found.asked} asked for: {found.persons} person(s) with {found.leads} lead(s) {verb}.")
    held = found.held
    if found.known_before:
        say(f"{found.known_before} of them were erased before: no lead of theirs is held.")
    rows = [("published store", table, count) for table, count in sorted(held.store.items())]
    rows += [
        (f"batch {batch}", table, count)
        for batch, counts in sorted(held.batches.items())
        for table, count in sorted(counts.items())
    ]
    rows += [("outbox", name, count) for name, count in sorted(held.lists.items())]
    rows += [("ledger", table, count) for table, count in sorted(held.ledger.items())]
    if held.snapshots:
        rows.append(("store/snapshots", "older store files", held.snapshots))
    if rows:
        show_table("", ("where", "what", "rows"), rows, right=(2,))
    else:
        say("Nothing of them was held.")
    if not found.is_trial:
        say(
            f"{found.suppressed} contact point(s) stay suppressed as keyed hashes, and no later"
            " file brings these persons back."
        )
    if found.shared:
        say(
            f"{found.shared} contact point(s) are shared with others, whose leads stay as they are."
        )
    if found.models and found.persons:
        say(
            f"{len(found.models)} model(s) learnt while they were held. A model holds no row of"
            " anybody; the next training is without them."
        )
    if found.own_files:
        say("Your own files still hold them, and only you change these:")
        for path in found.own_files:
            say(f"  {path}")
    say("Files outside of the home (exports, claims, copies, backups) are yours to clear.")
