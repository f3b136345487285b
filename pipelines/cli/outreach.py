"""What happens during the day: `claim`, `attempt`, `pause`, `resume`, `suppress`."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from pipelines.cli.options import Channel, Handler, Json
from pipelines.errors import UsageError

suppress_app = App(name="suppress", help="Record and list contact points never to be used.")


def claim(
    *,
    channel: Channel | None = None,
    handler: Handler | None = None,
    count: Annotated[int, Parameter(name=["--count", "-n"])] = 50,
    export: Annotated[Path | None, Parameter(help=".csv, .parquet or .jsonl")] = None,
    release: Annotated[list[str] | None, Parameter(help="Claim ids to give back.")] = None,
    person: Annotated[str | None, Parameter(help="Whose queue: a name of [[people]].")] = None,
    json: Json = False,
) -> None:
    """Hand out people of the published list with their contact points, re-checked right now."""
    from pipelines.console.claiming import show_claim

    show_claim(
        channel=channel,
        handler=handler,
        count=count,
        export=export,
        release=release or [],
        as_json=json,
        person=person,
    )


def attempt(
    claim_id: str | None = None,
    /,
    *,
    disposition: Annotated[
        str | None, Parameter(help="sent, no_answer, replied, opted_out, ...")
    ] = None,
    at: Annotated[str | None, Parameter(help="When; now if not said. UTC without a zone.")] = None,
    callback_at: Annotated[str | None, Parameter(help="When they asked to be called.")] = None,
    note_ref: Annotated[str | None, Parameter(help="Where notes are kept; no notes.")] = None,
    attempt_id: Annotated[str | None, Parameter(help="Your id: once is once.")] = None,
    satisfaction: Annotated[str | None, Parameter(help="How content they were: a number.")] = None,
    lead: Annotated[
        str | None, Parameter(help="Without a claim: source_system:source_id or lead_key.")
    ] = None,
    channel: Channel | None = None,
    handler: Handler | None = None,
    stdin: Annotated[
        bool, Parameter(negative="", help="Many, as JSON lines or CSV, each answered at once.")
    ] = False,
    json: Json = False,
) -> None:
    """Report what became of a contact; in force at the next claim, and in the next night."""
    from pipelines.console.attempting import show_attempt, show_stream

    values = {
        "claim_id": claim_id,
        "disposition": disposition,
        "at": at,
        "callback_at": callback_at,
        "note_ref": note_ref,
        "attempt_id": attempt_id,
        "satisfaction": satisfaction,
        "lead": lead,
        "channel": channel,
        "handler": handler,
    }
    if not stdin:
        show_attempt(values, as_json=json)
        return
    if any(value is not None for value in values.values()):
        raise UsageError("--stdin beside an attempt", expected="one of them")
    show_stream()


def pause(
    *,
    channel: Channel | None = None,
    handler: Handler | None = None,
    reason: Annotated[str, Parameter(help="Why, for whoever looks at `status`.")] = "",
    json: Json = False,
) -> None:
    """Stop handing out at once: one channel, one handler, both of them, or everything."""
    from pipelines.console.pausing import show_pause

    show_pause(channel=channel, handler=handler, reason=reason, as_json=json)


def resume(
    *,
    channel: Channel | None = None,
    handler: Handler | None = None,
    json: Json = False,
) -> None:
    """Undo `pause` of the same channel and handler; without either, every pause."""
    from pipelines.console.pausing import show_resume

    show_resume(channel=channel, handler=handler, as_json=json)


@suppress_app.command(name="add")
def suppress_add(
    *values: str,
    channel: Channel | None = None,
    reason: str = "asked not to be contacted",
    json: Json = False,
) -> None:
    """Suppress e-mail addresses, phone numbers or domains, effective at the next claim."""
    from pipelines.console.suppressing import show_suppress

    show_suppress(values, channel=channel, reason=reason, as_json=json)


@suppress_app.command(name="import")
def suppress_import(
    *paths: Path,
    mapping: Annotated[str, Parameter(help="As for load.")] = "auto",
    source_system: Annotated[str | None, Parameter(help="Slug of the source.")] = None,
    json: Json = False,
) -> None:
    """Suppress whole lists of addresses, numbers, domains or hashes, in force when it returns."""
    from pipelines.console.suppressing import show_import

    show_import(paths, mapping=mapping, source_system=source_system, as_json=json)


@suppress_app.command(name="list")
def suppress_list(
    *,
    kind: Literal["email", "phone", "domain", "hash"] | None = None,
    reason: Annotated[str | None, Parameter(help="Text that the reason has in it.")] = None,
    since: Annotated[date | None, Parameter(help="First day (UTC), YYYY-MM-DD.")] = None,
    json: Json = False,
) -> None:
    """Count what is suppressed, by kind, channel and reason; contact points are kept as hashes."""
    from pipelines.console.suppressing import show_suppressions

    show_suppressions(kind=kind, reason=reason, since=since, as_json=json)


@suppress_app.command(name="check")
def suppress_check(*values: str, json: Json = False) -> None:
    """Say whether contact points are suppressed, and why."""
    from pipelines.console.suppressing import show_check

    show_check(values, as_json=json)


@suppress_app.command(name="confirm")
def suppress_confirm(
    source_system: str | None = None,
    /,
    *,
    ledger: Annotated[bool, Parameter(negative="", help="The ledger, older than the log.")] = False,
    json: Json = False,
) -> None:
    """Confirm that the list of a source is whole and right as it stands, though short or old."""
    from pipelines.console.suppressing import show_confirm

    show_confirm(source_system, is_ledger=ledger, as_json=json)


# Commands of the program itself, in the order of `--help`.
COMMANDS = (claim, attempt, pause, resume)
