import lightgbm as lgb
import numpy as np
import polars as pl
import pytest
from scipy.stats import betabinom

from features.build import build
from models import load, save
from models.errors import TrainingRefusedError
from models.kernel import Scorer
from models.kernel.text import parse
from models.scorecard import fit, prior_strength, shrunk_rates
from models.scorecard_table import band_words, table_rows
from models.scorecard_text import written
from models.scorecard_train import train_scorecard
from tests.models.leads import CONTEXT, FEATURES, NAMES, leads, training_set


def card_of(matrix, label, columns=range(3)):
    rows = np.arange(len(label))
    return fit(matrix, label, rows, rows, FEATURES, columns)


def test_the_prior_is_the_likeliest_beta_binomial():
    rows, hits, rate = np.array([40, 60, 200, 0]), np.array([12, 3, 22, 0]), 0.12

    def likelihood(strength):
        return sum(
            betabinom.logpmf(k, n, strength * rate, strength * (1 - rate))
            for n, k in zip(rows, hits, strict=True)
        )

    best = max(np.geomspace(1, 1e6, 61), key=likelihood)
    assert prior_strength(rows, hits, rate) == pytest.approx(best)
    found = shrunk_rates(rows, hits, rate, best)
    assert found[3] == pytest.approx(rate)  # nobody: the rate of all
    assert (np.abs(found - rate) <= np.abs(hits / np.maximum(rows, 1) - rate) + 1e-12).all()


def test_values_that_differ_by_chance_get_no_points():
    rows = np.array([300, 300, 400])
    assert prior_strength(rows, np.array([30, 31, 40]), 0.101) == 1e6


def test_text_scores_as_the_card_does():
    matrix, label = leads()
    card = card_of(matrix, label)
    text = written(card, NAMES)
    odd = matrix.copy()
    odd[:40], odd[40:60, 1], odd[60:80, 0], odd[80:90, 1] = np.nan, -5, 9, 1e9
    for term in card.terms:  # exactly on an edge, and the last number below it
        edges = term.cells.edges
        odd[100 : 100 + len(edges), term.column] = edges
        below = np.nextafter(edges, np.float32(-np.inf), dtype=np.float32)
        odd[150 : 150 + len(edges), term.column] = below
    booster = lgb.Booster(model_str=text)
    raw = booster.predict(odd, raw_score=True)
    assert raw == pytest.approx(card.raw_score(odd), abs=1e-12)
    assert np.array_equal(Scorer(parse(text.encode())).raw_score(odd), raw)
    shares = booster.predict(odd, pred_contrib=True)
    assert shares.sum(axis=1) == pytest.approx(raw, abs=1e-9)


def test_it_expects_as_many_conversions_as_there_were():
    matrix, label = leads()
    card = card_of(matrix, label)
    assert card.calibration.apply(card.raw_score(matrix)).sum() == pytest.approx(
        label.sum(), rel=0.01
    )
    assert card.evidence > 2


def test_columns_that_tell_nothing_are_not_chosen():
    matrix, label = leads(2000)
    assert {NAMES[t.column] for t in card_of(matrix, label, None).terms} == {
        "lead_source",
        "lead_age_days",
    }


def test_forty_conversions_make_a_scorecard_that_is_saved_like_a_model(quick, tmp_path):
    matrix, label = leads(300, strength=1.3)
    assert 20 <= label.sum() < 60
    data = training_set(matrix, label)
    model = train_scorecard(data, FEATURES, quick, context=CONTEXT)
    assert [g["gate"] for g in model.manifest["gates"] if not g["passed"]] == []
    assert model.score_source == "scorecard"
    again = load(save(model, tmp_path))
    scored = again.score(data.matrix.select(again.features.names))
    rows = table_rows(model.manifest)
    assert rows[0]["conversions"] == label.sum()
    # A lead's points, looked up in the table by hand, give its probability.
    known = {(r["feature"], band_words(r)): r["points"] for r in rows}
    one = {"lead_source": "b", "seniority_level": None}
    frame = pl.DataFrame(
        {"lead_source": ["b"], "title": [None], "created_at": [None], "as_of": [None]}
    )
    built = build(
        frame.cast(
            {"title": pl.String, "created_at": pl.Datetime("us"), "as_of": pl.Datetime("us")}
        ),
        again.features,
    )
    points = known["start", ""] + known["lead_source", one["lead_source"]]
    points += sum(known.get((name, "not known"), 0.0) for name in NAMES[1:])
    assert again.score(built)["probability"][0] == pytest.approx(
        1 / (1 + np.exp(-points)), abs=1e-5
    )
    assert scored["probability"].is_between(0, 1).all()


def test_where_nothing_tells_leads_apart_it_says_no_lift(quick):
    matrix, _ = leads(400)
    label = np.random.default_rng(3).random(400) < 0.1
    model = train_scorecard(training_set(matrix, label), FEATURES, quick, context=CONTEXT)
    failed = {g["gate"]: g["reason"] for g in model.manifest["gates"] if not g["passed"]}
    assert "no lift" in failed["scorecard_lift"]


def test_without_both_outcomes_there_is_nothing_to_judge(quick):
    matrix, label = leads(300)
    with pytest.raises(TrainingRefusedError, match="0 conversions"):
        train_scorecard(training_set(matrix, label & False), FEATURES, quick, context=CONTEXT)
