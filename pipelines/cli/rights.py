"""What a person may ask for: `forget` and `dsar`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pipelines.cli.options import FLAG, Json


def forget(
    *who: str,
    file: Annotated[Path | None, Parameter(help="Text file, one of these per line.")] = None,
    everybody: Annotated[bool, FLAG] = False,
    dry_run: Annotated[bool, FLAG] = False,
    json: Json = False,
) -> None:
    """Erase persons everywhere; keyed hashes stay, which keep them suppressed and out.

    Parameters
    ----------
    who
        E-mail addresses, phone numbers with +country code, or SOURCE:ID of leads.
    everybody
        Where several persons share the address or number, erase all of them.
    dry_run
        Show what is where; change nothing.
    """
    from pipelines.console.forgetting import show_forget

    show_forget(who, file=file, everybody=everybody, dry_run=dry_run, as_json=json)


def dsar(
    who: str,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"], help="Folder for the two files.")],
    json: Json = False,
) -> None:
    """Write everything held about one person, as dsar.json and as a page to read, dsar.html.

    Parameters
    ----------
    who
        E-mail address, phone number with +country code, or SOURCE:ID of a lead.
    """
    from pipelines.console.access import show_dsar

    show_dsar(who, out=out, as_json=json)


RIGHTS = (forget, dsar)
