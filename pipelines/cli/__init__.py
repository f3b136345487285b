"""The command line: one function per command; heavy imports happen inside, so help is instant."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from pipelines.cli.bench import bench_app
from pipelines.cli.options import FLAG, KIND_HELP, AsOf, Json, Kind
from pipelines.cli.quarantine import quarantine_app

Channel = Literal["email", "phone", "ai_voice", "sms", "mail"]
Handler = Literal["ai", "human"]


def _version() -> str:
    from importlib.metadata import version

    return version("lead-triage")


app = App(
    name="lead-triage",
    version=_version,
    help="Decides who in a lead backlog may be contacted, who is worth it, by whom, and why.",
    help_format="plaintext",
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,
)
models_app = App(name="models", help="List, show, promote, reject and roll back trained models.")
suppress_app = App(name="suppress", help="Record and list contact points never to be used.")
config_app = App(name="config", help="Show the settings in force.")
for sub in (models_app, suppress_app, quarantine_app, config_app, bench_app):
    app.command(sub)


@app.command
def demo(*, json: Json = False) -> None:
    """Run the whole path on the samples that come with the program, in a fresh home."""
    from pipelines.console.demo import show_demo

    show_demo(as_json=json)


@app.command
def load(
    *paths: Path,
    as_: Annotated[Kind | None, Parameter(name="--as", help=KIND_HELP)] = None,
    mapping: Annotated[
        str, Parameter(help="A TOML mapping file, salesforce, hubspot, odoo or auto.")
    ] = "auto",
    source_system: Annotated[str | None, Parameter(help="Slug of the source.")] = None,
    dry_run: Annotated[bool, FLAG] = False,
    salvage: Annotated[bool, FLAG] = False,
    defer: Annotated[bool, FLAG] = False,
    json: Json = False,
) -> None:
    """Load files, each once: CSV, Parquet or JSON lines, also compressed; folders and globs too.

    Without PATHS: what lies in inbox/<kind>/<source>/, with the mapping.toml beside it.

    Parameters
    ----------
    dry_run
        Show what was understood; store nothing.
    salvage
        Repair broken records where possible; their leads wait for `quarantine review`.
    defer
        Land the files now, merge them with the next nightly.
    """
    from pipelines.console.loading import show_load

    show_load(
        paths,
        kind=as_,
        mapping=mapping,
        source_system=source_system,
        dry_run=dry_run,
        salvage=salvage,
        defer=defer,
        as_json=json,
    )


@app.command
def nightly(
    *,
    as_of: AsOf = None,
    prefect: Annotated[bool, Parameter(negative="", help="Report the run to Prefect.")] = False,
    json: Json = False,
) -> None:
    """Load the inbox, decide, score, rank and publish tonight's list."""
    from pipelines.console.night import show_nightly

    show_nightly(as_of=as_of, with_prefect=prefect, as_json=json)


@app.command
def identify(*, json: Json = False) -> None:
    """Compare the names of all leads, and publish who is one person."""
    from pipelines.console.identifying import show_identify

    show_identify(as_json=json)


@app.command
def train(
    *,
    as_of: AsOf = None,
    source: Annotated[str | None, Parameter(help="A source without dates to train on.")] = None,
    json: Json = False,
) -> None:
    """Train a model on what is loaded, judge it, and promote it if every gate passes."""
    from pipelines.console.training import show_train

    show_train(as_of=as_of, source=source, as_json=json)


@app.command
def score(
    file: Path,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"], help=".csv, .parquet or .jsonl")],
    mapping: Annotated[str, Parameter(help="As for load.")] = "auto",
    model: Annotated[str | None, Parameter(help="Model id, or a model folder.")] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Rank any export without touching the store: one row out per row in, the best first."""
    from pipelines.console.scoring import show_score

    show_score(file, out, mapping=mapping, model=model, as_of=as_of, as_json=json)


@app.command
def explain(lead: str, *, json: Json = False) -> None:
    """Explain one lead: eligibility, score, reasons, route and decision.

    Parameters
    ----------
    lead
        lead_key, source_id, or source_system:source_id.
    """
    from pipelines.console.explaining import show_explain

    show_explain(lead, as_json=json)


@app.command
def sql(
    query: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    *,
    out: Annotated[
        Path | None, Parameter(name=["--out", "-o"], help=".csv, .parquet or .jsonl")
    ] = None,
    json: Json = False,
) -> None:
    """Run analyst SQL on the published store, read-only; without a query, list the tables."""
    from pipelines.console.querying import show_sql

    show_sql(query, out=out, as_json=json)


@app.command
def status(*, json: Json = False) -> None:
    """Show the home: what is published, who writes, the last runs, the models in force."""
    from pipelines.console.state import show_status

    show_status(as_json=json)


@app.command
def claim(
    *,
    channel: Channel | None = None,
    handler: Handler | None = None,
    count: Annotated[int, Parameter(name=["--count", "-n"])] = 50,
    export: Annotated[Path | None, Parameter(help=".csv, .parquet or .jsonl")] = None,
    release: Annotated[list[str] | None, Parameter(help="Claim ids to give back.")] = None,
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
    )


@suppress_app.command(name="add")
def suppress_add(
    *values: str,
    channel: Channel | None = None,
    reason: str = "asked not to be contacted",
    json: Json = False,
) -> None:
    """Suppress e-mail addresses, phone numbers or domains, effective at the next claim."""
    from pipelines.console.claiming import show_suppress

    show_suppress(values, channel=channel, reason=reason, as_json=json)


@suppress_app.command(name="list")
def suppress_list(*, json: Json = False) -> None:
    """Count what is suppressed, by kind, channel and reason; contact points are kept as hashes."""
    from pipelines.console.claiming import show_suppressions

    show_suppressions(as_json=json)


@models_app.command(name="list")
def models_list(
    *,
    history: Annotated[
        bool, Parameter(name="--history", negative=(), help="Every decision, with who and why.")
    ] = False,
    json: Json = False,
) -> None:
    """List the models of this home and their standing."""
    from pipelines.console.standing import show_models

    show_models(with_history=history, as_json=json)


@models_app.command(name="show")
def models_show(model: str, *, json: Json = False) -> None:
    """Show one model: metrics, features, leakage verdicts, gates."""
    from pipelines.console.training import show_model

    show_model(model, as_json=json)


@models_app.command(name="promote")
def models_promote(
    model: str,
    *,
    reason: Annotated[str | None, Parameter(help="Needed where a gate refused it.")] = None,
    json: Json = False,
) -> None:
    """Put a model in force; against its gates only with a reason, which stays on record."""
    from pipelines.console.standing import promote_model

    promote_model(model, reason=reason, as_json=json)


@models_app.command(name="reject")
def models_reject(model: str, *, reason: str, json: Json = False) -> None:
    """Take a model out of consideration, and out of force if it is; the reason stays on record."""
    from pipelines.console.standing import reject_model

    reject_model(model, reason=reason, as_json=json)


@models_app.command(name="rollback")
def models_rollback(
    *,
    population: Annotated[
        str | None, Parameter(help="Absent: the nightly's, or the only one there is.")
    ] = None,
    variant: Annotated[
        str | None, Parameter(help="full or lead_only; absent: both go back.")
    ] = None,
    reason: str | None = None,
    json: Json = False,
) -> None:
    """Put in force what was before the present champion; the next night takes it."""
    from pipelines.console.standing import roll_back_models

    roll_back_models(population=population, variant=variant, reason=reason, as_json=json)


@config_app.command(name="show")
def config_show(*, json: Json = False) -> None:
    """Print every setting with its value in force, the policy table included."""
    from pipelines.console.state import show_config

    show_config(as_json=json)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    from pipelines.console.ending import run_app

    return run_app(app, arguments)
