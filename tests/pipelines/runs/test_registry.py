"""Promoting, rejecting and going back, on models of a few trees."""

import shutil

import pytest

from models import Model, save
from models.manifest import identify
from models.params import SMALL, GateSettings, TrainSettings
from models.train import train
from pipelines.errors import RefusedError, UsageError
from pipelines.runs.registry import BY_HAND, promote, reject, roll_back, stand
from pipelines.store.ledger import Ledger, models
from tests.models.data import training_set

CONTEXT = {"population": "dated", "variant": "full", "label": "converted"}


@pytest.fixture(scope="module")
def trained():
    """Two that pass every gate and one that passes none of the labels'."""
    quick = TrainSettings(num_threads=1, candidates=(SMALL.model_copy(update={"trees": 30}),))
    data, features = training_set(rows=1500, is_dated=True)
    easy = GateSettings(max_calibration_error=1.0, max_auc_below_logistic=0.5, min_lift=0.0)
    found = [
        train(data, features, quick.model_copy(update={"seed": seed}), easy, context=CONTEXT)
        for seed in (0, 1)
    ]
    assert all(gate["passed"] for one in found for gate in one.manifest["gates"])
    hard = GateSettings(min_positives=10**6)
    return (*found, train(data, features, quick, hard, context=CONTEXT))


@pytest.fixture
def known(home, trained):
    for model in trained:
        save(model, home.models)
    with Ledger(home.ledger) as ledger:
        standing = [stand(ledger, home, model) for model in trained]
    assert standing == [True, True, False]
    return tuple(model.model_id for model in trained)


def in_force(home):
    with Ledger(home.ledger) as ledger:
        return models.champion(ledger, "dated", "full")


def test_back_to_the_model_before(home, known):
    assert in_force(home) == known[1]
    taken = roll_back(home, population=None, variant=None, reason="calls went badly")
    assert [(d.model_id, d.action) for d in taken] == [(known[0], "rollback")]
    assert "calls went badly" in taken[0].reason
    assert taken[0].who
    assert in_force(home) == known[0]
    with pytest.raises(UsageError, match="no other model was in force"):
        roll_back(home, population=None, variant=None, reason=None)


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_model_that_cannot_come_back_changes_nothing(home, known, damage):
    folder = home.models / known[0]
    if damage == "gone":
        shutil.rmtree(folder)
    else:
        text = folder / "model.txt"
        text.chmod(0o600)
        text.write_text(text.read_text().replace("leaf_value=", "leaf_value=1", 1))
    with Ledger(home.ledger) as ledger:
        before = models.history(ledger)
    with pytest.raises(RefusedError, match=r"no model at|model\.txt"):
        roll_back(home, population="dated", variant="full", reason=None)
    with Ledger(home.ledger) as ledger:
        assert models.history(ledger) == before
    assert in_force(home) == known[1]


def test_against_its_gates_only_with_a_reason_that_stays(home, known):
    for blank in (None, " "):
        with pytest.raises(UsageError, match="refused by minimum_labels"):
            promote(home, known[2], blank)
    assert in_force(home) == known[1]
    promote(home, known[2], "we want to see")
    assert in_force(home) == known[2]
    with Ledger(home.ledger) as ledger:
        reason = models.listing(ledger)[0].reason
    assert reason == f"{BY_HAND} (minimum_labels): we want to see"


def test_what_passed_needs_no_reason(home, known):
    promote(home, known[0], None)
    assert in_force(home) == known[0]


def test_the_rejected_is_out_of_force_and_training_does_not_bring_it_back(home, known, trained):
    decision, was_in_force = reject(home, known[1], "wrong leads")
    assert was_in_force
    assert decision.reason == "wrong leads"
    assert in_force(home) is None
    with Ledger(home.ledger) as ledger:
        assert not stand(ledger, home, trained[1])
        assert "rejected by hand" in models.history(ledger)[-1].reason
    assert in_force(home) is None
    roll_back(home, population=None, variant=None, reason=None)
    assert in_force(home) == known[0]


def test_the_rejected_does_not_come_back_by_being_held_against_another(home, known, trained):
    reject(home, known[1], "wrong leads")
    twin = Model({**trained[1].manifest}, trained[1].text, trained[1].features)
    twin.manifest["contest"] = {**twin.manifest["contest"], "champion": {"model_id": "other"}}
    twin.manifest["model_id"] = identify(twin.manifest)
    assert twin.model_id != known[1]
    save(twin, home.models)
    with Ledger(home.ledger) as ledger:
        assert not stand(ledger, home, twin)
        assert "rejected by hand" in models.history(ledger)[-1].reason
    promote(home, known[1], "right after all")
    with Ledger(home.ledger) as ledger:
        assert stand(ledger, home, twin)


def test_a_model_that_nobody_knows_is_a_clear_error(home, known):
    with pytest.raises(UsageError, match="no model dated-0"):
        reject(home, "dated-0", "r")
    with pytest.raises(RefusedError, match="no model at"):
        promote(home, "dated-0", "r")
