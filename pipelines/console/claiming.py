"""`claim`."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.console.screen import emit_json, note, say, show_table
from pipelines.errors import UsageError
from pipelines.runs.outreach import note_export, run_claim, run_release
from pipelines.settings.home import Home
from pipelines.store.files import check_format, write_table


def show_claim(
    *,
    channel: str | None,
    handler: str | None,
    count: int,
    export: Path | None,
    release: Sequence[str],
    as_json: bool,
    person: str | None = None,
) -> None:
    """Hand out people, or give claims back."""
    home = Home.locate()
    if release:
        released = run_release(home, release)
        if as_json:
            emit_json({"released": released})
        else:
            say(f"{released} of {len(release)} claims given back.")
        return
    if channel is None or handler is None:
        raise UsageError("a claim without a lane", expected="--channel and --handler")
    if export is not None:
        check_format(export)
    result = run_claim(
        home,
        channel=channel,
        handler=handler,
        count=count,
        is_export=export is not None,
        person=person,
    )
    if export is not None:
        try:
            write_table(result.rows, export)
        except UsageError:
            run_release(home, result.rows["claim_id"].to_list())
            raise
        note_export(home, result.rows["claim_id"].to_list(), export)
    if as_json:
        told: dict[str, object] = {"claims": result.claims}
        if export is not None:
            told = {"claims": [], "exported": result.rows.height, "file": str(export)}
        emit_json(told)
    elif export is None and result.rows.height:
        show_table(
            "",
            ("rank", "contact point", "claim", "reasons"),
            result.rows.select("rank", "contact_point", "claim_id", "reasons").rows(),
            right=(0,),
        )
    tell = note if as_json else say
    tell(
        f"{result.rows.height} handed out, {result.withheld} withheld because something speaks"
        f" against them by now, {result.left} left, {result.waiting} of whom not at this moment:"
        " it is not the hour, or somebody of their account is out."
    )
