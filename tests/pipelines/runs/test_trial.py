"""What comes into force: trees, a scorecard in their place, or nothing."""

from datetime import date

import pytest

from models.contest import Field, Rival
from models.params import SMALL, GateSettings, TrainSettings
from pipelines.errors import RefusedError
from pipelines.runs.context import RunContext
from pipelines.runs.trial import try_out
from pipelines.settings.config import Settings
from pipelines.store.ledger import Ledger, models
from tests.models.leads import CONTEXT, FEATURES, leads, training_set

TREES = TrainSettings(num_threads=1, candidates=(SMALL.model_copy(update={"trees": 30}),))
EASY = GateSettings(max_calibration_error=1.0, max_auc_below_logistic=0.5, min_lift=0.0)


def tried(home, matrix, label, gates, field=None):
    ctx = RunContext(home, Settings(train=TREES, gates=gates), "train", date(2026, 10, 1))
    data = training_set(matrix, label)
    with Ledger(home.ledger) as ledger:
        found = try_out(ledger, ctx, data, FEATURES, field or Field(), CONTEXT)
        return found, models.champion(ledger, "dated", "full"), models.history(ledger)


def test_few_labels_put_a_scorecard_in_force_and_the_trees_on_record(home):
    found, champion, history = tried(home, *leads(300, strength=1.3), GateSettings())
    assert found.is_promoted
    assert found.model.score_source == "scorecard"
    assert champion == found.model.model_id
    assert [d.action for d in history] == ["refuse", "promote"]
    assert "are needed" in history[0].reason
    assert found.refused is not None


def test_trees_that_pass_need_no_scorecard_and_keep_their_place(home):
    found, champion, history = tried(home, *leads(1500), EASY)
    assert found.model.score_source == "model"
    assert champion == found.model.model_id
    assert len(history) == 1
    # Refused trees do not hand the place of a model to a scorecard.
    again, still, history = tried(home, *leads(300, strength=1.3), GateSettings())
    assert not again.is_promoted
    assert still == champion
    assert [d.action for d in history] == ["promote", "refuse"]


def test_the_same_rows_give_the_same_model_and_no_decision(home):
    first, champion, _ = tried(home, *leads(1500), EASY)
    field = Field(Rival(champion, why_not="learnt from these rows"))
    again, still, history = tried(home, *leads(1500), EASY, field)
    assert again.is_known
    assert not first.is_known
    assert again.is_promoted
    assert again.model.model_id == first.model.model_id == still
    assert len(history) == 1
    assert [path.name for path in home.models.iterdir()] == [champion]
    # Judged more strictly, it is on record as refused; what is in force stays.
    strict, still, history = tried(home, *leads(1500), GateSettings(min_positives=10**6), field)
    assert not strict.is_promoted
    assert still == champion
    assert [d.action for d in history] == ["promote", "refuse"]


def test_trees_take_the_place_of_a_scorecard(home):
    _, card, _ = tried(home, *leads(300, strength=1.3), GateSettings())
    found, champion, _ = tried(home, *leads(1500), EASY)
    assert champion == found.model.model_id != card
    assert found.model.score_source == "model"


def test_where_nothing_tells_anything_nothing_is_in_force(home):
    matrix, label = leads(400)
    found, champion, history = tried(home, matrix[::-1].copy(), label, GateSettings())
    assert not found.is_promoted
    assert champion is None
    assert [d.action for d in history] == ["refuse", "refuse"]


def test_one_outcome_only_is_a_clear_error(home):
    matrix, label = leads(300)
    with pytest.raises(RefusedError, match="0 conversions"):
        tried(home, matrix, label & False, GateSettings())
