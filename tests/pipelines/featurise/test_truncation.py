"""What was known at T, worked out later, is what a store that ended at T says of itself.

The generator writes one world as it looked at T and as it looks at its end. Every feature of every
lead is compared, and every label.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from features.build import build
from features.featureset import FeatureSet
from features.registry import REGISTRY
from features.spec import Known
from pipelines.featurise import feature_batches, training_rows
from pipelines.generate import T_END, generate
from pipelines.identify import identify
from pipelines.load import Landed, land, load_mapping, merge
from pipelines.runs.landing import expand
from pipelines.settings.config import IdentifySettings
from pipelines.store import Database, create_tables

HORIZON_DAYS = 90
CUTS = (date(2021, 3, 1), date(2026, 1, 1))
# The generator's CRMs do not export these.
ABSENT = {"language", "is_phone_valid"}
LATE = [f.name for f in REGISTRY if f.known is Known.EXPORT_ONLY and f.name not in ABSENT]

Exports = Mapping[date, list[Landed]]


def exports(folder: Path, leads: int, seed: int, days: tuple[date, ...]) -> Exports:
    """Land the exports of one world as of each of the days."""
    found = {}
    for day in days:
        world = folder / str(day)
        generate(world, leads=leads, seed=seed, until=day, with_truth=False)
        mappings = sorted(
            (world / "mappings").glob("*.toml"), key=lambda m: (not m.stem.startswith("leads"), m)
        )
        found[day] = [
            land(
                file,
                kind=mapping.stem.split("_")[0],
                mapping=load_mapping(mapping),
                batches_dir=folder / "batches" / str(day),
                at=_midnight(day),
            )
            for mapping in mappings
            for file in expand([world / mapping.stem])
        ]
    return found


@contextmanager
def store(exports: Exports, *days: date) -> Iterator[Database]:
    """Load the exports of these days, each in the minute before its midnight."""
    with Database.memory(1, 2) as db:
        create_tables(db)
        for day in days:
            merge(db, exports[day], _midnight(day) - timedelta(minutes=1))
        identify(db, IdentifySettings(fuzzy=False))
        yield db


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def names(db: Database, condition: str = "true", **given: object) -> pl.DataFrame:
    """The ids of the leads, in order."""
    chosen = f"SELECT source_system, source_id FROM lead WHERE {condition} ORDER BY ALL"
    return db.frame(chosen, **given)


def inputs(db: Database, leads: pl.DataFrame, day: date, *, as_known: bool) -> pl.DataFrame:
    """Every input of these leads as of the midnight of a day, in their order."""
    db.run("CREATE OR REPLACE TEMP TABLE wanted (lead_key BIGINT, as_of TIMESTAMP)")
    keys = db.frame("SELECT source_system, source_id, lead_key FROM lead")
    keys = leads.join(keys, on=leads.columns, how="left", maintain_order="left")
    assert keys["lead_key"].null_count() == 0
    db.insert("wanted", keys.select("lead_key", pl.lit(_midnight(day)).alias("as_of")))
    batches = feature_batches(db, target="wanted", rows=500, as_known=as_known)
    found = keys.join(pl.concat(batches), on="lead_key", maintain_order="left")
    return found.drop("lead_key")


def compare(later: Database, then: Database, day: date, *, is_overwritten_known: bool) -> None:
    """Compare every feature of the later store, as known at T, with those of the store of T."""
    leads = names(then)
    made_before = names(later, "created_at < $at", at=_midnight(day))
    assert made_before.join(leads, on=leads.columns, how="anti").is_empty()
    assert made_before.height > 0.99 * leads.height  # a few do not say when they were made
    expected = inputs(then, leads, day, as_known=False)
    found = inputs(later, leads, day, as_known=True)
    features = FeatureSet.fit(expected, [f for f in REGISTRY if f.name not in ABSENT], min_count=1)
    was, now = build(expected, features), build(found, features)
    if is_overwritten_known:
        assert_frame_equal(now, was)
    else:
        assert_frame_equal(now.drop(LATE), was.drop(LATE))
        assert now.select(LATE).null_count().row(0) == (now.height,) * len(LATE)
    # The test could fail: every feature holds something, and today's values differ.
    assert was.width == len(REGISTRY) - len(ABSENT)
    assert max(was.null_count().row(0)) < was.height
    assert not build(inputs(later, leads, day, as_known=False), features).equals(was)


def labels(db: Database, day: date) -> pl.DataFrame:
    """The training rows as of a day, by id."""
    made = training_rows(db, as_of=day, horizon_days=HORIZON_DAYS)
    assert made.condition == "contacted"
    assert made.data_end < _midnight(day)
    return db.frame(
        "SELECT source_system, source_id, as_of, is_positive"
        f" FROM {made.table} JOIN lead USING (lead_key) ORDER BY ALL"
    )


def compare_labels(later: Database, then: Database, day: date) -> None:
    """Compare the training rows; who is one person, and who objected, is as known by each."""
    key = ["source_system", "source_id", "as_of"]
    found, expected = labels(later, day), labels(then, day)
    both = found.join(expected, on=key, suffix="_then")
    assert both["is_positive"].equals(both["is_positive_then"])
    assert both.height > 0.98 * max(found.height, expected.height)
    assert both["is_positive"].sum() > 0
    end = pl.lit(_midnight(day) - timedelta(days=HORIZON_DAYS))
    assert found.filter(pl.col("as_of") > end).is_empty()


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Exports:
    folder = tmp_path_factory.mktemp("truncation")
    return exports(folder, 900, 5, (*CUTS, T_END))


@pytest.mark.parametrize("day", CUTS)
def test_one_export_of_the_end_gives_the_features_and_labels_of_then(small, day):
    with store(small, T_END) as later, store(small, day) as then:
        compare(later, then, day, is_overwritten_known=False)
        compare_labels(later, then, day)


@pytest.mark.parametrize("day", CUTS)
def test_export_after_export_every_field_is_as_it_was(small, day):
    with store(small, *CUTS, T_END) as later, store(small, *CUTS[: CUTS.index(day) + 1]) as then:
        compare(later, then, day, is_overwritten_known=True)
        compare_labels(later, then, day)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_it_holds_for_other_worlds(tmp_path, seed):
    days = (date(2008 + seed, 1 + seed, 1 + 2 * seed), date(2020, 1 + seed, 28), T_END)
    made = exports(tmp_path, 6_000, 100 + seed, days)
    with ExitStack() as stack:
        grown, jumped = (stack.enter_context(store(made, *d)) for d in (days, (T_END,)))
        for place, day in enumerate(days[:-1]):
            with store(made, day) as then, store(made, *days[: place + 1]) as grown_then:
                compare(jumped, then, day, is_overwritten_known=False)
                compare(grown, grown_then, day, is_overwritten_known=True)
                compare_labels(jumped, then, day)
                compare_labels(grown, grown_then, day)
