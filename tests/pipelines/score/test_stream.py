import gc
import weakref
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from features.build import build
from models import Model
from models.params import SMALL, TrainSettings
from models.train import train
from pipelines.score import score_batches
from pipelines.score.stream import PARTS, with_scores, write_scores
from tests.models.data import COLOURS, training_set

COLUMNS = ["lead_key", "raw_score", "probability", "percentile"]


@pytest.fixture(scope="module")
def model() -> Model:
    candidate = SMALL.model_copy(update={"trees": 60, "learning_rate": 0.1})
    data, features = training_set()
    settings = TrainSettings(num_threads=1, candidates=(candidate,))
    return train(data, features, settings, context={"population": "test"})


@pytest.fixture(scope="module")
def leads(model) -> pl.DataFrame:
    """Input rows under hashed keys, some values missing or never seen."""
    rng = np.random.default_rng(3)
    columns = {
        name: np.where(rng.random(2_000) < 0.2, np.nan, rng.normal(3, 4, 2_000))
        for name in model.features.inputs
        if name != "custom:colour"
    }
    colours = rng.choice([*COLOURS, "mauve"], 2_000)
    keys = np.unique(rng.integers(-(2**62), 2**62, 2_000))
    frame = pl.DataFrame({"lead_key": keys, **columns, "custom:colour": colours})
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


@pytest.fixture(scope="module")
def whole(model, leads, tmp_path_factory) -> pl.DataFrame:
    """Every lead scored in one batch."""
    return stored([leads], model, tmp_path_factory.mktemp("whole"))


def stored(batches, model, sink) -> pl.DataFrame:
    counts = score_batches(batches, model, sink)
    parts = sorted(sink.glob(PARTS))
    assert counts.batches == len(parts)
    found = pl.concat([pl.read_parquet(part) for part in parts])
    assert found.columns == COLUMNS
    assert counts.leads == found.height
    return found


def same_bits(found: pl.DataFrame, expected: pl.DataFrame) -> bool:
    """Compare per lead_key, whatever the order."""
    left, right = found.sort("lead_key"), expected.sort("lead_key")
    return all(
        np.array_equal(left[c].to_numpy().view(np.int64), right[c].to_numpy().view(np.int64))
        for c in COLUMNS
    )


@given(cuts=st.lists(st.integers(0, 2_000), max_size=8), seed=st.integers(0, 99))
def test_rows_and_batches_in_any_order_and_size_give_the_same_bits(
    tmp_path_factory, model, leads, whole, cuts, seed
):
    mixed = leads.sample(fraction=1, shuffle=True, seed=seed)
    ends = [0, *sorted(min(cut, mixed.height) for cut in cuts), mixed.height]
    batches = [mixed[start:end] for start, end in pairwise(ends)]
    assert same_bits(stored(batches, model, tmp_path_factory.mktemp("parts")), whole)


def test_a_lead_scores_the_same_among_others(model, leads, whole):
    some = leads.sample(50, seed=1)
    others = some.with_columns(lead_key=pl.int_range(50), **{"custom:colour": pl.lit("red")})
    batch = pl.concat([others.cast(leads.schema), some])
    found = with_scores(batch.select("lead_key"), build(batch, model.features), model)[50:]
    expected = some.select("lead_key").join(whole, on="lead_key", maintain_order="left")
    assert_frame_equal(found, expected, check_exact=True)


def test_one_batch_is_held_at_a_time(tmp_path, model, leads):
    """A batch is written before the next is asked for, and nothing keeps it."""
    alive: list[weakref.ref] = []
    most = 0

    def batches():
        nonlocal most
        for number in range(20):
            gc.collect()
            assert len(list(tmp_path.glob(PARTS))) == number
            batch = leads[number * 50 : number * 50 + 50].clone()
            alive.append(weakref.ref(batch))
            most = max(most, sum(ref() is not None for ref in alive))
            yield batch
            del batch

    assert score_batches(batches(), model, tmp_path).leads == 1_000
    assert most <= 2  # the new one, and the last one while it is being replaced


def test_parts_reach_the_table_whole(db, tmp_path, model, leads, whole):
    mixed = leads.sample(fraction=1, shuffle=True, seed=5)
    score_batches([mixed[start : start + 300] for start in range(0, 2_000, 300)], model, tmp_path)
    write_scores(db, tmp_path, run_id="r", model_id="m", score_source="scorecard")
    table = db.frame(f"SELECT {', '.join(COLUMNS)} FROM score")
    assert same_bits(table, whole)
    assert set(db.frame("SELECT score_source FROM score")["score_source"]) == {"scorecard"}


def test_no_batches_leave_an_empty_table(db, tmp_path, model):
    assert score_batches([], model, tmp_path).batches == 0
    write_scores(db, tmp_path, run_id="r", model_id="m", score_source="scorecard")
    assert db.scalar("SELECT count(*) FROM score") == 0
