"""`verify`: whether the home's account of its past is whole."""

from pipelines.console.screen import emit_json, say
from pipelines.errors import BadInputError
from pipelines.runs.verify import run_verify
from pipelines.settings.home import Home


def show_verify(*, repair: bool, as_json: bool) -> None:
    """Check the audit log and every file that it vouches for.

    Raises
    ------
    BadInputError
        Something is not what was written.
    """
    found = run_verify(Home.locate(), repair=repair)
    if as_json:
        emit_json({"is_whole": found.is_whole, **vars(found)})
    else:
        for finding in found.findings:
            say(f"  {finding}")
        say(
            f"{found.entries} entries, {found.nights} nights, {found.snapshots} store files,"
            f" {found.batches} batches and {found.models} models checked."
        )
        if found.head is not None:
            say(f"The log ends with entry {found.entries}, {found.head}.")
    if not found.is_whole:
        raise BadInputError(
            f"{found.broken} places are not what was written",
            expected="a log and files that nobody has changed",
            fix="restore what is named from a backup, and find out who changed it",
        )
