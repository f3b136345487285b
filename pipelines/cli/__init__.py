"""The command line: one function per command; heavy imports happen inside, so help is instant."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from pipelines.cli.bench import bench_app
from pipelines.cli.config import config_app
from pipelines.cli.learning import LEARNING
from pipelines.cli.options import FLAG, KIND_HELP, AsOf, Json, Kind
from pipelines.cli.outreach import COMMANDS, suppress_app
from pipelines.cli.quarantine import quarantine_app
from pipelines.cli.rights import RIGHTS


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
for sub in (models_app, suppress_app, quarantine_app, config_app, bench_app):
    app.command(sub)
for outreach_command in (*COMMANDS, *RIGHTS, *LEARNING):
    app.command(outreach_command)


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
def triage(
    *,
    what_if: Annotated[Path, Parameter(help="TOML, laid over lead-triage.toml.")],
    out: Annotated[
        Path | None, Parameter(name=["--out", "-o"], help=".csv, .parquet or .jsonl")
    ] = None,
    json: Json = False,
) -> None:
    """Show what other settings would have made of the last night; nothing is published."""
    from pipelines.console.what_if import show_what_if

    show_what_if(what_if, out=out, as_json=json)


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
def explain(
    lead: str, *, run: str | None = None, night: date | None = None, json: Json = False
) -> None:
    """Explain one lead, tonight or on a past night: eligibility, score, reasons, route, decision.

    Parameters
    ----------
    lead
        lead_key, source_id, or source_system:source_id.
    run
        Run id of a past night.
    night
        Logical date of a past night, 2026-10-01.
    """
    from pipelines.console.explaining import show_explain, show_past

    if run is None and night is None:
        show_explain(lead, as_json=json)
    else:
        show_past(lead, run_id=run, night=night, as_json=json)


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
def verify(
    *,
    repair: Annotated[
        bool,
        Parameter(negative="", help="First write what a killed process left out at the end."),
    ] = False,
    json: Json = False,
) -> None:
    """Check the audit log, and every published file, list, batch and model that it vouches for."""
    from pipelines.console.verifying import show_verify

    show_verify(repair=repair, as_json=json)


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    from pipelines.console.ending import run_app

    return run_app(app, arguments)
