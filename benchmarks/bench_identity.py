"""Persons against truth: pairwise precision, recall and F1, through the product's own path.

Each data set is written as an export with a mapping, loaded into a home of its own, identified, and
the pairs are read from the published file. The sets and their truth are not part of this project:
say where they lie.

    python benchmarks/bench_identity.py --data PATH            # Febrl, splink, Chicago
    python benchmarks/bench_identity.py --world PATH           # a backlog of `bench generate`
    python benchmarks/bench_identity.py --corrupted 5000       # people made here, with mistakes
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import polars as pl
from corrupted import corrupted_leads, corrupted_people

from pipelines.load.meaning.mapping import load_mapping
from pipelines.runs.identify import run_identify
from pipelines.runs.load import LoadRequest, run_load
from pipelines.settings.home import Home
from pipelines.store import Database


@dataclass(frozen=True)
class Case:
    """One data set: where it lies, what its columns mean, and what must be reached.

    Parameters
    ----------
    identifier, truth : str
        Column that names the row, and expression of the entity in `raw`.
    fields : dict of str to str
        Canonical field to column.
    bar : float or None
        Least F1; None: reported only.
    """

    name: str
    file: str
    identifier: str
    truth: pl.Expr
    fields: dict[str, str]
    bar: float | None = None
    drop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """What was found of one data set."""

    name: str
    rows: int
    persons: int
    precision: float
    recall: float
    f1: float
    bar: float | None
    seconds: float


_FEBRL = {
    "first_name": "given_name",
    "last_name": "surname",
    "street": "address_1",
    "city": "suburb",
    "postal_code": "postcode",
    "state": "state",
}
_FEBRL_TRUTH = pl.col("rec_id").str.extract(r"rec-(\d+)")
CASES = (
    Case("febrl1", "febrl/dataset1.csv", "rec_id", _FEBRL_TRUTH, _FEBRL, 0.98),
    Case("febrl3", "febrl/dataset3.csv", "rec_id", _FEBRL_TRUTH, _FEBRL, 0.95),
    Case(
        "febrl1, no date of birth or number",
        "febrl/dataset1.csv",
        "rec_id",
        _FEBRL_TRUTH,
        _FEBRL,
        drop=("date_of_birth", "soc_sec_id"),
    ),
    Case(
        "febrl3, no date of birth or number",
        "febrl/dataset3.csv",
        "rec_id",
        _FEBRL_TRUTH,
        _FEBRL,
        drop=("date_of_birth", "soc_sec_id"),
    ),
    Case(
        "fake_1000",
        "splink/fake_1000.csv",
        "unique_id",
        pl.col("cluster"),
        {"first_name": "first_name", "last_name": "surname", "city": "city", "email": "email"},
        0.85,
    ),
    Case(
        "historical_50k",
        "splink/historical_figures_with_errors_50k.parquet",
        "unique_id",
        pl.col("cluster"),
        {
            "first_name": "first_name",
            "last_name": "surname",
            "city": "birth_place",
            "postal_code": "postcode_fake",
        },
    ),
    Case(
        "chicago_providers",
        "chicago_providers/csv_example_input_with_true_ids.csv",
        "Id",
        pl.col("True Id"),
        {
            "company": "Site name",
            "street": "Address",
            "postal_code": "Zip",
            "phone": "Phone",
            "email": "Email Address",
        },
    ),
)


_PEOPLE = {
    "first_name": "given",
    "last_name": "family",
    "street": "address",
    "city": "town",
    "postal_code": "postcode",
}
_LEADS = {
    "first_name": "given",
    "last_name": "family",
    "company": "firm",
    "title": "job",
    "email": "mail",
    "phone": "telephone",
    "mobile": "cell",
    "city": "town",
}
MADE = (
    Case("people with mistakes", "people.csv", "row", pl.col("entity"), _PEOPLE),
    Case(
        "people with mistakes, no date of birth or number",
        "strangers.csv",
        "row",
        pl.col("entity"),
        _PEOPLE,
        drop=("born", "national_id"),
    ),
    Case("leads of firms with mistakes", "leads.csv", "row", pl.col("entity"), _LEADS),
)


def measure_made(originals: int, seed: int) -> list[Result]:
    """Make people with mistakes and judge who is found to be one."""
    with tempfile.TemporaryDirectory() as folder:
        corrupted_people(seed, originals).write_csv(Path(folder) / "people.csv")
        strangers = corrupted_people(seed, originals, sons=False)
        strangers.write_csv(Path(folder) / "strangers.csv")
        corrupted_leads(seed, originals).write_csv(Path(folder) / "leads.csv")
        return [measure(case, Path(folder)) for case in MADE]


def measure(case: Case, data: Path) -> Result:
    """Load, identify and judge one data set."""
    raw = _read(data / case.file).drop(case.drop)
    truth = raw.select(pl.col(case.identifier).alias("source_id"), entity=case.truth)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        # What the truth is made of must not be seen; an id of our own says nothing.
        shown = raw.with_columns(pl.int_range(pl.len()).cast(pl.String).alias(case.identifier))
        truth = truth.with_columns(shown[case.identifier].alias("source_id"))
        hidden = [c for c in ("cluster", "True Id", "entity") if c in raw.columns]
        shown.drop(hidden).write_csv(place / "export.csv")
        fields = {"source_id": case.identifier, **case.fields}
        (place / "mapping.toml").write_text(
            'source_system = "bench"\n[fields]\n'
            + "".join(f"{name} = {json.dumps(column)}\n" for name, column in fields.items()),
            encoding="utf-8",
        )
        home = Home(place / "home")
        started = time.perf_counter()
        request = LoadRequest([place / "export.csv"], "leads", load_mapping(place / "mapping.toml"))
        run_load(home, [request])
        run_identify(home)
        seconds = time.perf_counter() - started
        links = _links(home)
    return _judged(case.name, links.join(truth, on="source_id"), seconds, case.bar)


def measure_world(world: Path) -> Result:
    """Load the leads of a generated backlog, by exact keys alone, and judge the persons."""
    with tempfile.TemporaryDirectory(dir=world.parent) as folder:
        home = Home(Path(folder) / "home").ensure()
        home.settings_file.write_text("[identify]\nfuzzy = false\n", encoding="utf-8")
        started = time.perf_counter()
        for leads in sorted(world.glob("leads_*")):
            mapping = load_mapping(world / "mappings" / f"{leads.name}.toml")
            run_load(home, [LoadRequest(sorted(leads.glob("*.parquet")), "leads", mapping)])
        seconds = time.perf_counter() - started
        links = _links(home)
    truth = pl.read_parquet(
        world / "truth/leads.parquet", columns=["source_system", "source_id", "person_id"]
    )
    joined = links.join(truth, on=["source_system", "source_id"]).rename({"person_id": "entity"})
    result = _judged(f"{world.name}, exact stage", joined, seconds, None)
    if result.precision < _EXACT_PRECISION:
        result = replace(result, bar=1.0)  # missed, whatever F1 is
    return result


# Merging two people is worse than missing a duplicate.
_EXACT_PRECISION = 0.999


def _read(path: Path) -> pl.DataFrame:
    if path.suffix == ".parquet":
        return pl.read_parquet(path).with_columns(pl.all().cast(pl.String))
    raw = pl.read_csv(path, infer_schema=False)
    raw = raw.rename({column: column.strip() for column in raw.columns})
    return raw.with_columns(pl.all().str.strip_chars()).with_columns(pl.all().replace("", None))


def _links(home: Home) -> pl.DataFrame:
    with Database.open(home.current.resolve(), read_only=True, memory_gb=2.0) as db:
        return db.frame(
            "SELECT source_system, source_id, person_key FROM lead"
            " JOIN dedupe_link USING (lead_key)"
        )


def _judged(name: str, rows: pl.DataFrame, seconds: float, bar: float | None) -> Result:
    found, true, both = (
        _pairs(rows, columns) for columns in (["person_key"], ["entity"], ["person_key", "entity"])
    )
    precision, recall = both / max(found, 1), both / max(true, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    persons = rows["person_key"].n_unique()
    return Result(name, rows.height, persons, precision, recall, f1, bar, seconds)


def _pairs(rows: pl.DataFrame, columns: Sequence[str]) -> int:
    sizes = rows.group_by(columns).len()["len"].cast(pl.Int64)
    return int((sizes * (sizes - 1) // 2).sum())


def main() -> None:
    """Measure, print one line per data set, and end with 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, help="folder with febrl, splink, chicago_providers")
    parser.add_argument("--world", type=Path, help="folder that `bench generate` has made")
    parser.add_argument("--corrupted", type=int, help="so many people made here, with mistakes")
    parser.add_argument("--seed", type=int, default=1, help="of these")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    results = []
    if arguments.data:
        results += [measure(case, arguments.data) for case in CASES]
    if arguments.corrupted:
        results += measure_made(arguments.corrupted, arguments.seed)
    if arguments.world:
        results.append(measure_world(arguments.world))
    for result in results:
        bar = "" if result.bar is None else f"  bar {result.bar:.2f}"
        print(
            f"{result.name:<36} {result.rows:>9,} rows {result.persons:>9,} persons"
            f"  precision {result.precision:.4f}  recall {result.recall:.4f}"
            f"  F1 {result.f1:.4f}{bar}  {result.seconds:.1f} s"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(one) for one in results], indent=1) + "\n")
    if any(one.bar is not None and one.f1 < one.bar for one in results):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
