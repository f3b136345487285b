from dataclasses import replace

import numpy as np
import pytest

from models import metrics as m
from models.contest import Field, Rival, contest
from models.examples import Examples
from models.params import TrainSettings
from models.split import TEST
from tests.models.data import training_set

SETTINGS = TrainSettings()


@pytest.fixture(scope="module")
def examples():
    data, features = training_set(rows=2000, is_dated=True)
    shuffled = np.random.default_rng(5).permutation(2000)
    mixed = replace(
        data, matrix=data.matrix[shuffled], label=data.label[shuffled], group=data.group[shuffled],
        at=data.at[shuffled], order=data.order[shuffled], newest=data.newest[shuffled],
    )  # fmt: skip
    return Examples.of(mixed, features, SETTINGS), mixed


def held_against(examples, rival=None, noise=0.0, ours=None, share=None):
    chosen, _ = examples
    label = chosen.label[chosen.where(TEST)]
    rng = np.random.default_rng(1)
    held = label + rng.normal(size=len(label))
    logistic = held + noise * rng.normal(size=len(label))
    return held, contest(chosen, held, logistic, Field(rival, share), ours, seed=0)


def test_the_champion_is_judged_on_rows_newer_than_its_labels(examples):
    chosen, data = examples
    test = chosen.where(TEST)
    days = np.unique(chosen.at[test])
    known = days[1]
    raw = data.matrix["custom:visits"].fill_null(0).to_numpy().astype(np.float64)
    held, found = held_against(examples, Rival("c", known_until=known, raw=raw))
    champion = found["champion"]
    new = chosen.at[test] > known
    assert champion["is_comparable"]
    assert champion["rows"] == new.sum() < len(test)
    label = chosen.label[test][new]
    # Found again by its place: rows were sorted, the champion scored them as they came.
    visits = np.nan_to_num(chosen.matrix[test, 0][new].astype(np.float64))
    assert champion["auc"] == pytest.approx(m.auc(label, visits), abs=1e-6)
    assert champion["ours"] == pytest.approx(m.auc(label, held[new]), abs=1e-6)
    assert champion["ahead_low"] > 0


@pytest.mark.parametrize(
    ("rival", "words"),
    [
        (None, "nothing is in force"),
        (Rival("c", why_not="it cannot be loaded"), "not comparable: it cannot be loaded"),
        (Rival("c", raw=np.zeros(2000)), "nothing tells which"),
        (
            Rival("c", known_until=np.datetime64("2099-01-01"), raw=np.zeros(2000)),
            "learnt from all labels until 2099-01-01",
        ),
    ],
)
def test_what_cannot_be_compared_is_said(examples, rival, words):
    champion = held_against(examples, rival)[1]["champion"]
    assert not champion["is_comparable"]
    assert words in champion["reason"]


def test_capacity_is_the_share_but_neither_a_handful_nor_everybody(examples):
    rows = len(examples[0].where(TEST))
    shares = [
        held_against(examples, share=share)[1]["capacity"]["share"]
        for share in (None, 0.2, 0.001, 1.0)
    ]
    assert shares == pytest.approx([0.1, 0.2, min(0.1, 100 / rows), 0.5], abs=1e-5)


def test_lift_at_capacity_is_that_of_the_top(examples):
    chosen, _ = examples
    held, found = held_against(examples, noise=5.0, share=0.2)
    label = chosen.label[chosen.where(TEST)]
    assert found["capacity"]["lift"] == pytest.approx(m.lift(label, held, 0.2), abs=1e-6)
    assert found["capacity"]["ahead_of_logistic_high"] > 0


def test_scores_alike_have_not_drifted_and_others_have(examples):
    rng = np.random.default_rng(2)
    one = rng.normal(size=4000)
    alike = held_against(examples, ours=(one, rng.normal(size=3000)))[1]["drift"]["divergence"]
    apart = held_against(examples, ours=(one, rng.normal(size=3000) + 9))[1]["drift"]["divergence"]
    assert alike < 0.02
    assert apart > 0.8
    assert held_against(examples, ours=(one, one[:400]))[1]["drift"]["divergence"] is None


def test_churn_is_the_share_of_the_champions_top_that_goes(examples):
    tonight = np.arange(1000.0)
    theirs = tonight.copy()
    theirs[:25] = 5000.0  # a quarter of its best hundred are our worst
    found = held_against(examples, Rival("c", scoring=theirs), ours=(tonight, tonight))[1]["churn"]
    assert found == {"rows": 1000, "top": 100, "share_replaced": 0.25}
