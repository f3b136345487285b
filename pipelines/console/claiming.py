"""`claim` and `suppress`."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.console.screen import emit_json, note, say, show_table
from pipelines.errors import UsageError
from pipelines.runs.outreach import (
    note_export,
    run_claim,
    run_release,
    run_suppress,
    suppression_counts,
)
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
        home, channel=channel, handler=handler, count=count, is_export=export is not None
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


def show_suppressions(*, as_json: bool) -> None:
    """Count what is suppressed."""
    rows = suppression_counts(Home.locate())
    if as_json:
        emit_json(rows)
        return
    show_table(
        "Suppressed contact points",
        ("kind", "channel", "reason", "source", "count"),
        [tuple(row.values()) for row in rows],
        right=(4,),
    )
