"""`quarantine`: records that were set aside, corrected and loaded again; repaired ones reviewed."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from pipelines.cli.options import FLAG, Json

quarantine_app = App(
    name="quarantine", help="List, correct and reload what was set aside; review what was repaired."
)


@quarantine_app.command(name="list")
def quarantine_list(
    *,
    batch: Annotated[str | None, Parameter(help="Show the records of this batch.")] = None,
    reason: Annotated[str | None, Parameter(help="Show the records set aside for this.")] = None,
    show_cells: Annotated[
        bool, Parameter(negative="", help="Show the text of the records: personal data.")
    ] = False,
    json: Json = False,
) -> None:
    """Count the records that were set aside and have not come back, by batch and reason."""
    from pipelines.console.quarantine import show_open

    show_open(batch, reason, with_cells=show_cells, as_json=json)


@quarantine_app.command(name="export")
def quarantine_export(
    batch: str,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"], help="A .csv file.")],
    json: Json = False,
) -> None:
    """Write the open records of BATCH as CSV: correct the cells, then reload the file.

    A record that comes back as it left stays open. Where the cells are right as they are, delete
    the text under lead_triage_reason.
    """
    from pipelines.console.quarantine import show_export

    show_export(batch, out, as_json=json)


@quarantine_app.command(name="reload")
def quarantine_reload(
    file: Path,
    *,
    batch: Annotated[str, Parameter(help="Batch that the records were set aside from.")],
    defer: Annotated[bool, FLAG] = False,
    json: Json = False,
) -> None:
    """Load the corrected records of FILE as what they are: records of the file of BATCH."""
    from pipelines.console.quarantine import show_reload

    show_reload(file, batch, defer=defer, as_json=json)


@quarantine_app.command(name="review")
def quarantine_review(batch: str, *, json: Json = False) -> None:
    """Show the repaired records of BATCH with what was repaired: personal data."""
    from pipelines.console.quarantine import show_repaired

    show_repaired(batch, as_json=json)


@quarantine_app.command(name="accept")
def quarantine_accept(
    batch: str,
    *,
    record: Annotated[
        list[int] | None, Parameter(negative="", help="Only these records of it.")
    ] = None,
    json: Json = False,
) -> None:
    """Accept the repaired records of BATCH, in force at the next night."""
    from pipelines.console.quarantine import show_accepted

    show_accepted(batch, record or [], as_json=json)
