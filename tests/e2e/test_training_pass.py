"""One reading of the training rows serves both variants; each is what its own would be."""

import polars as pl
from polars.testing import assert_frame_equal

from features.build import build
from features.featureset import FeatureSet
from features.registry import REGISTRY, present_columns, select
from pipelines.featurise import feature_batches
from pipelines.runs import train
from pipelines.runs.context import RunContext
from pipelines.runs.registry import load_model
from pipelines.runs.rivals import Rivals
from pipelines.settings.config import Settings
from pipelines.store.ledger import Ledger
from tests.e2e.conftest import AS_OF


def test_the_lead_only_twin_is_what_a_reading_of_its_own_gives(published):
    ctx = RunContext(published, Settings.load(published.settings_file), "train", AS_OF)
    with ctx.published() as db, Ledger(published.ledger) as ledger:
        rows = train._labelled_rows(db, ctx, None)
        rivals = Rivals(ctx, ledger, rows.population)
        twin = train._lead_only(train._examples(db, ctx, rows, rivals))
        allowed = select(REGISTRY, dated=True, lead_only=True)
        columns = sorted({column for feature in allowed for column in feature.inputs})
        frame = pl.concat(feature_batches(db, target=rows.table, rows=500, columns=columns))
    held = present_columns(frame)
    own = FeatureSet.fit(frame, select(allowed, dated=True, lead_only=True, present=held))
    assert twin.features.is_lead_only
    assert twin.features.fingerprint() == own.fingerprint()
    assert_frame_equal(twin.data.matrix, build(frame, own), check_exact=True)
    assert twin.data.order.tolist() == frame["lead_key"].to_list()
    rival = rivals.field("lead_only", None).rival
    assert rival is not None
    assert rival.raw is not None
    model = load_model(published, rival.model_id)
    assert rival.raw.tolist() == model.score(build(frame, model.features))["raw_score"].to_list()


def test_training_reads_its_rows_once(night, monkeypatch):
    reads: list[str] = []
    real = train.feature_batches

    def counted(db, **named):
        reads.append(named["target"])
        return real(db, **named)

    monkeypatch.setattr(train, "feature_batches", counted)
    full, twin = train.run_train(night, as_of=AS_OF)
    assert (full.variant, twin.variant) == ("full", "lead_only")
    assert reads == ["training_target"]
