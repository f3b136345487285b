"""`bench`: synthetic backlogs, a day of changes to one, and the whole path measured."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from pipelines.cli.options import FLAG, Json

bench_app = App(name="bench", help="Make synthetic backlogs and measure.")


@bench_app.command(name="generate")
def bench_generate(
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    rows: int,
    seed: int = 7,
    until: date | None = None,
    format_: Annotated[Literal["csv", "csv.gz", "parquet"], Parameter(name="--format")] = "parquet",
    no_truth: Annotated[bool, Parameter(negative="", help="Leave the side folder out.")] = False,
    json: Json = False,
) -> None:
    """Write a synthetic backlog of about ROWS leads with its truth in a side folder."""
    from pipelines.console.benching import show_generate

    show_generate(
        out,
        rows=rows,
        seed=seed,
        until=until,
        form=format_,
        with_truth=not no_truth,
        as_json=json,
    )


@bench_app.command(name="change")
def bench_change(
    world: Path,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    share: Annotated[float, Parameter(help="Changed leads per lead.")] = 0.01,
    seed: int = 7,
    day: Annotated[date | None, Parameter(help="Day of the changes; the end of the world.")] = None,
    json: Json = False,
) -> None:
    """Write the exports of one day's changes to the synthetic backlog in WORLD."""
    from pipelines.console.benching import show_change

    show_change(world, out, share=share, seed=seed, day=day, as_json=json)


@bench_app.command(name="backlog")
def bench_backlog(
    *,
    rows: Annotated[
        list[int], Parameter(negative="", help="Leads; several times for several sizes.")
    ],
    seed: int = 7,
    format_: Annotated[Literal["parquet", "csv"], Parameter(name="--format")] = "parquet",
    out: Annotated[
        Path | None, Parameter(name=["--out", "-o"], help="Work here, and leave the homes here.")
    ] = None,
    keep: Annotated[bool, FLAG, Parameter(help="Keep the generated files.")] = False,
    json: Annotated[
        list[Path] | None,
        Parameter(
            name="--json",
            negative="",
            consume_multiple=(0, 1),
            help="FILE to write; without FILE, print the JSON instead of the tables.",
        ),
    ] = None,
) -> None:
    """Measure generate, load, train, a 1% change and its nightly, each as a command of its own."""
    from pipelines.console.backlog import show_backlog

    show_backlog(
        rows,
        seed=seed,
        form=format_,
        out=out,
        keep=keep,
        json_file=json[0] if json else None,
        as_json=json == [],
    )
