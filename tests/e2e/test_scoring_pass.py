"""The scoring pass of a night: the same bits per lead however its leads are cut and spread."""

from contextlib import closing
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from features.build import build
from models import Model
from models.kernel import Scorer
from pipelines.featurise import feature_batches
from pipelines.load import load_mapping
from pipelines.runs import steps
from pipelines.runs.context import RunContext
from pipelines.runs.registry import load_model
from pipelines.runs.score_file import run_score
from pipelines.runs.summary import summarise
from pipelines.score.stream import score_batches, with_scores
from pipelines.settings.config import Settings
from pipelines.store.snapshot import begin
from tests.e2e.conftest import AS_OF

SCORES = ["lead_key", "raw_score", "probability", "percentile"]
THREADS = (1, 2, 3, 8)


@pytest.fixture
def context(night) -> RunContext:
    """The published night, staged again: its stages can be run one by one."""
    run_id = summarise(night).run_id
    begin(night, run_id, keep=2)
    context = RunContext(night, Settings.load(night.settings_file), run_id, AS_OF)
    with context.staged() as db:
        db.run("DROP VIEW score")  # a published score is a view, the stage's own a table
    return context


@pytest.fixture
def expected(context) -> pl.DataFrame:
    """What the night published; so few leads are scored by LightGBM itself."""
    with context.published() as db:
        return db.frame("SELECT * FROM score ORDER BY lead_key")


@pytest.fixture
def model(context, expected) -> Model:
    return load_model(context.home, expected["model_id"][0])


def by_kernel(model: Model, threads: int) -> Model:
    """Make the compiled kernel score every batch but the smallest, with so many threads."""
    found = Model(model.manifest, model.text, model.features)
    found._scorer = Scorer(model.forest, threads=threads)
    assert found._scorer.prepare() == "kernel"
    return found


def batches_of(context: RunContext, model: Model, rows: int, leads: int) -> list[pl.DataFrame]:
    with context.published() as db:
        db.run(
            "CREATE TEMP TABLE target AS SELECT lead_key, $as_of::TIMESTAMP AS as_of"
            f" FROM eligibility WHERE is_scorable ORDER BY lead_key LIMIT {leads}",
            as_of=context.midnight,
        )
        columns = model.features.inputs
        with closing(feature_batches(db, target="target", rows=rows, columns=columns)) as batches:
            return list(batches)


def assert_same_bits(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    found = found.select(SCORES).sort("lead_key")
    among = expected.select(SCORES).join(found, on="lead_key", how="semi").sort("lead_key")
    assert found.height == among.height > 0
    for name in SCORES:
        bits, wanted = (frame[name].to_numpy().view(np.int64) for frame in (found, among))
        assert np.array_equal(bits, wanted), name


@pytest.mark.parametrize(
    ("rows", "leads", "threads_of_duckdb"),
    [(1, 60, 2), (7, 350, 3), (511, 99_999, 1), (512, 99_999, 2), (513, 99_999, 8),
     (100_000, 99_999, 2)],
)  # fmt: skip
def test_batch_sizes_and_threads_give_the_same_bits(
    tmp_path, context, expected, model, rows, leads, threads_of_duckdb
):
    memory = context.settings.memory.model_copy(update={"threads": threads_of_duckdb})
    settings = context.settings.model_copy(update={"memory": memory})
    batches = batches_of(replace(context, settings=settings), model, rows, leads)
    assert max(batch.height for batch in batches) <= rows
    for threads in THREADS:
        kernel = by_kernel(model, threads)
        sink = tmp_path / f"parts-{threads}"
        score_batches(batches, kernel, sink)
        assert_same_bits(pl.read_parquet(sink / "*.parquet"), expected)
        small = sum(batch.height for batch in batches if batch.height < 16)
        assert kernel._scorer.rows_by_route["lightgbm"] == small


def test_batches_and_rows_in_another_order_give_the_same_bits(tmp_path, context, expected, model):
    batches = batches_of(context, model, 700, 99_999)
    assert len(batches) > 3
    mixed = [batch.sample(fraction=1, shuffle=True, seed=1) for batch in reversed(batches)]
    assert mixed[0]["lead_key"].to_list() != batches[-1]["lead_key"].to_list()
    kernel = by_kernel(model, 2)
    score_batches(mixed, kernel, tmp_path / "parts")
    assert_same_bits(pl.read_parquet(tmp_path / "parts/*.parquet"), expected)
    one = mixed[0]
    found = with_scores(one.select("lead_key"), build(one, kernel.features), kernel)
    assert found["lead_key"].to_list() == one["lead_key"].to_list()
    assert_same_bits(found, expected)


def test_the_stage_with_other_settings_writes_the_same_table(context, expected):
    memory = context.settings.memory.model_copy(update={"threads": 3, "batch_rows": 1_000})
    other = replace(context, settings=context.settings.model_copy(update={"memory": memory}))
    counts = steps.score_step(other)
    assert counts["batches"] > 1
    assert counts["scored"] == expected.height
    with context.staged() as db:
        found = db.frame("SELECT * FROM score")
    assert_same_bits(found, expected)


def test_only_the_listed_are_explained(context, monkeypatch):
    explained: list[int] = []
    real = Model.explain

    def counted(self, matrix, *arguments, **named):
        explained.append(matrix.height)
        return real(self, matrix, *arguments, **named)

    monkeypatch.setattr(Model, "explain", counted)
    steps.score_step(context)
    assert explained == []
    counts = steps.explain_step(context)
    with context.staged() as db:
        listed = set(db.frame("SELECT lead_key FROM decision WHERE verdict = 'listed'").rows())
        leads = set(db.frame("SELECT DISTINCT lead_key FROM list_reason").rows())
        scored = db.scalar("SELECT count(*) FROM score")
    assert sum(explained) == counts["explained"] == len(listed) < scored
    assert leads <= listed


def test_a_file_in_another_order_or_in_part_gives_the_same_bits(tmp_path, night, world):
    mapping = load_mapping(world / "mappings/leads_hubspot.toml")
    header, *records = next((world / "leads_hubspot").glob("*.csv")).read_bytes().splitlines()

    def score(name, lines):
        file = tmp_path / f"{name}.csv"
        file.write_bytes(b"\n".join([header, *lines]) + b"\n")
        out = tmp_path / f"{name}.parquet"
        run_score(file, out, mapping=mapping, model=None, as_of=AS_OF, home=night)
        frame = pl.read_parquet(out).filter(pl.col("probability").is_not_null())
        return {
            (row["source_id"], row["raw_score"], row["probability"], row["percentile"])
            for row in frame.to_dicts()
        }

    whole = score("whole", records)
    assert score("reversed", records[::-1]) == whole
    part = score("part", records[5::9])
    assert part < whole
    assert part
