"""A file in, a ranked file out: the same as landing, building and sorting the slow way."""

import tempfile
from datetime import date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from features.build import build
from models import Model
from models.artifact import save
from models.params import SMALL, TrainSettings
from models.train import train
from pipelines.errors import BadInputError
from pipelines.load import Mapping, land
from pipelines.runs.score_file import run_score
from pipelines.settings.home import Home
from tests.models.data import COLOURS, training_set

AS_OF = date(2026, 10, 1)
MAPPING = Mapping.model_validate({"source_system": "shop", "fields": {"source_id": "key"}})
COLUMNS = ["visits", "minutes on site", "noise", "colour"]


@pytest.fixture(scope="module")
def model() -> Model:
    # Few leaves: many rows share a score, so that the order of ties is seen.
    candidate = SMALL.model_copy(update={"trees": 3, "leaves": 3})
    data, features = training_set()
    settings = TrainSettings(num_threads=1, candidates=(candidate,))
    return train(data, features, settings, context={"population": "test"})


@pytest.fixture
def score(model, tmp_path):
    """Score a file and read the result."""
    folder = save(model, tmp_path / "models")

    def _score(file: Path, out: Path | None = None) -> pl.DataFrame:
        out = out or tmp_path / "out.parquet"
        home = Home(tmp_path / "home")
        done = run_score(file, out, mapping=MAPPING, model=str(folder), as_of=AS_OF, home=home)
        frame = pl.read_parquet(out, memory_map=False)
        assert (done.records, done.scored) == (frame.height, frame["rank"].count())
        assert done.unreadable == frame.height - done.scored
        return frame

    return _score


def rows(count: int, seed: int = 1) -> pl.DataFrame:
    dice = np.random.default_rng(seed)
    names = [f"k{i:05d}" for i in dice.permutation(count)]
    return pl.DataFrame(
        {
            "key": names,
            "visits": dice.poisson(3, count),
            "minutes on site": np.round(dice.exponential(10, count), 2),
            "noise": dice.normal(size=count),
            "colour": dice.choice([*COLOURS, "", "mauve"], count),
        }
    ).with_columns(pl.when(pl.col("noise") < 1.5).then("noise"))


def the_slow_way(file: Path, model: Model) -> list[dict[str, object]]:
    """Land the file, build its features, sort in Python."""
    with tempfile.TemporaryDirectory() as folder:
        landed = land(
            file,
            kind="leads",
            mapping=MAPPING,
            batches_dir=Path(folder),
            at=datetime(2026, 10, 1),
        )
        lead = pl.read_parquet(landed.path("lead"), memory_map=False)
        custom = pl.read_parquet(landed.path("custom"), memory_map=False)
    frame = custom.select(pl.col(n).alias(f"custom:{n}") for n in COLUMNS)
    scores = model.score(build(frame, model.features))
    found = lead.select("source_id", "row_number").hstack(scores)
    found = found.with_columns(percentile=model.percentile(found["raw_score"].to_numpy()))
    ordered = sorted(
        found.to_dicts(),
        key=lambda r: (-r["probability"], -r["raw_score"], r["source_id"], r["row_number"]),
    )
    return [
        {**row, "rank": i, "score_source": "model", "model_id": model.model_id}
        for i, row in enumerate(ordered, start=1)
    ]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_the_result_is_that_of_landing_and_sorting(score, model, tmp_path, suffix, monkeypatch):
    monkeypatch.setattr("pipelines.load.read.records.BATCH_ROWS", 700)
    frame = pl.concat([rows(3_000), rows(50)])  # the later ones repeat ids of the first
    file = tmp_path / f"in.{suffix}"
    {"csv": frame.write_csv, "parquet": frame.write_parquet, "jsonl": frame.write_ndjson}[suffix](
        file
    )
    found = score(file)
    expected = the_slow_way(file, model)
    assert found.to_dicts() == [{name: row[name] for name in found.columns} for row in expected]
    assert found["raw_score"].n_unique() < found.height, "there are ties"


def test_unreadable_records_stand_at_the_end(score, tmp_path):
    good = rows(20).write_csv().splitlines()
    lines = [good[0], good[1], ",1,1,1,red", good[2], "k,1", *good[3:], ",,,,"]
    (tmp_path / "in.csv").write_text("\n".join(lines) + "\n")
    found = score(tmp_path / "in.csv")
    aside = found.tail(3)
    assert aside["row_number"].to_list() == [2, 4, 23]
    assert aside["score_source"].to_list() == ["none"] * 3
    empty = ["source_id", "probability", "raw_score", "percentile", "rank", "model_id"]
    assert all(aside[name].null_count() == 3 for name in empty)
    assert found["rank"].head(20).to_list() == list(range(1, 21))


def test_no_row_and_one_row(score, tmp_path):
    header, first, *_ = rows(2).write_csv().splitlines()
    (tmp_path / "none.csv").write_text(header + "\n")
    (tmp_path / "one.csv").write_text(f"{header}\n{first}\n")
    none, one = score(tmp_path / "none.csv"), score(tmp_path / "one.csv")
    assert none.schema == one.schema
    assert (none.height, one.height) == (0, 1)


def test_nothing_but_unreadable_records(score, tmp_path):
    (tmp_path / "in.csv").write_text("key," + ",".join(COLUMNS) + "\n,1,1,1,red\n,,,,\n")
    found = score(tmp_path / "in.csv")
    assert found["row_number"].to_list() == [1, 2]
    assert found["rank"].null_count() == 2


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_the_same_file_gives_the_same_bytes(model, tmp_path, suffix):
    folder = save(model, tmp_path / "models")
    rows(500).write_csv(tmp_path / "in.csv")
    outs = [tmp_path / f"{n}.{suffix}" for n in "ab"]
    for out in outs:
        run_score(
            tmp_path / "in.csv",
            out,
            mapping=MAPPING,
            model=str(folder),
            as_of=AS_OF,
            home=Home(tmp_path / "home"),
        )
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_a_column_the_model_reads_must_be_there(score, tmp_path):
    rows(5).drop("noise").write_csv(tmp_path / "in.csv")
    with pytest.raises(BadInputError, match="noise"):
        score(tmp_path / "in.csv")
    assert not (tmp_path / "out.parquet").exists()
