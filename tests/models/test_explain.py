import re

import numpy as np
import polars as pl
import pytest

from features.featureset import FeatureSet
from features.registry import REGISTRY
from features.vocabulary import Vocabulary
from models.explain import Sentences, explain
from models.facts import count_facts
from tests.models.data import training_set


@pytest.fixture(scope="module")
def leads() -> pl.DataFrame:
    return training_set(400, seed=7)[0].matrix


def test_contributions_add_up_to_the_raw_score(model, leads):
    scored = model.score(leads)
    for index, found in enumerate(explain(model, leads)):
        assert found.base_score + found.contributions.sum() == pytest.approx(
            found.raw_score, abs=1e-9
        )
        assert found.raw_score == scored["raw_score"][index]
        assert found.probability == scored["probability"][index]


def test_reasons_are_the_strongest_of_each_direction(model, leads):
    names = model.features.names
    for found in explain(model, leads, top=2):
        by_name = dict(zip(names, found.contributions.tolist(), strict=True))
        up = sorted((v for v in by_name.values() if v > 0), reverse=True)[:2]
        down = sorted(v for v in by_name.values() if v < 0)[:2]
        assert [r.contribution for r in found.positive] == up
        assert [r.contribution for r in found.negative] == down
        assert all(by_name[r.feature] == r.contribution for r in (*found.positive, *found.negative))


def test_explanation_does_not_depend_on_the_batch(model, leads):
    whole, alone = explain(model, leads), explain(model, leads.slice(5, 1))
    assert alone[0].positive == whole[5].positive
    assert explain(model, leads.clear()) == []


def test_changing_the_named_fact_moves_the_score_as_stated(model, leads):
    """The strongest reason for a low score, replaced by the value of the best lead, raises it."""
    found = explain(model, leads, top=1)
    best = int(np.argmax([e.raw_score for e in found]))
    raised = 0
    rows = [i for i, e in enumerate(found) if e.negative and e.negative[0].contribution < -0.3]
    for row in rows:
        name = found[row].negative[0].feature
        changed = leads.slice(row, 1).with_columns(
            pl.lit(leads[name][best], pl.Float32).alias(name)
        )
        raised += model.score(changed)["raw_score"][0] > found[row].raw_score
    assert len(rows) > 50
    assert raised / len(rows) > 0.95


def test_sentences_state_the_rates_of_the_training_block(model):
    words, facts = Sentences(model), model.manifest["facts"]
    names = model.features.names
    colour = facts["features"]["custom:colour"]
    rate, base = colour["positives"][0] / colour["rows"][0], facts["positives"] / facts["rows"]
    assert words.of(names.index("custom:colour"), np.float32(0)) == (
        f"colour is red: {rate:.1%} of those convert, {base:.1%} of all"
    )
    minutes = facts["features"]["custom:minutes on site"]
    sentence = words.of(names.index("custom:minutes on site"), np.float32(5.0))
    cell = int(np.searchsorted(minutes["edges"], 5.0, side="right")) - 1
    rate = minutes["positives"][cell] / minutes["rows"][cell]
    assert sentence.startswith("minutes on site: 5: ")
    assert re.search(rf"{rate:.1%} of leads between [\d.]+ and [\d.]+ convert", sentence)
    missing = words.of(names.index("custom:visits"), np.float32(np.nan))
    assert missing.startswith("visits: not known (empty or not a number): ")


def test_facts_count_the_training_block(model):
    facts = model.manifest["facts"]
    train_block = model.manifest["blocks"]["train"]
    assert (facts["rows"], facts["positives"]) == (train_block["rows"], train_block["positives"])
    for counts in facts["features"].values():
        assert sum(counts["rows"]) == facts["rows"]
        assert sum(counts["positives"]) == facts["positives"]
        assert len(counts["rows"]) == len(counts["edges"]) + 1


class _Shown:
    """A model that is only spoken about: the registry's own features, and facts about them."""

    def __init__(self, values: dict[str, list[float]], words: dict[str, tuple[str, ...]]) -> None:
        chosen = tuple(f for f in REGISTRY if f.name in values)
        self.features = FeatureSet(chosen, Vocabulary(words))
        matrix = np.column_stack([values[f.name] for f in chosen]).astype(np.float32)
        label = np.arange(len(matrix)) % 4 == 0
        self.manifest = {
            "facts": count_facts(matrix, label, self.features, 4),
            "params": {"fact_min_rows": 20},
        }

    def say(self, name: str, value: float) -> str:
        return Sentences(self).of(self.features.names.index(name), np.float32(value))


@pytest.fixture(scope="module")
def shown() -> _Shown:
    half = [np.nan] * 100
    return _Shown(
        {
            "days_since_last_inbound": [float(v) for v in range(100)] + half,
            "lead_source": [0.0] * 100 + [1.0] * 90 + [2.0] * 10,
            "seniority_level": [1.0, 3.0, 5.0, 8.0] * 50,
            "is_free_mail": [0.0, 1.0] * 100,
            "employees_log": list(np.log1p(np.arange(200.0))),
        },
        {"lead_source": ("referral", "web", "fair")},
    )


@pytest.mark.parametrize(
    ("name", "value", "start"),
    [
        ("days_since_last_inbound", 12, "the last inbound activity 12 days ago: "),
        ("days_since_last_inbound", np.nan, "no inbound activity on record: 25.0% of those"),
        ("lead_source", 0, "source of the lead is referral: 25.0% of those convert, 25.0% of all"),
        ("lead_source", 2, "source of the lead is fair (too few such leads to state a rate)"),
        ("seniority_level", 8, "seniority in the job title: chief or owner: "),
        ("is_free_mail", 1, "e-mail address of a free provider (yes): "),
        ("employees_log", np.log1p(120), "employees of the company: 120: "),
        ("seniority_level", 2, "seniority in the job title: 2 (too few such leads"),
    ],
)
def test_words_of_the_registry(shown, name, value, start):
    assert shown.say(name, value).startswith(start)


def test_every_registered_feature_has_words_for_missing_and_for_a_value():
    vocabulary = {f.name: ("a",) for f in REGISTRY if f.kind == "category"}
    shown = _Shown({f.name: [0.0, np.nan] * 100 for f in REGISTRY}, vocabulary)
    for feature in REGISTRY:
        for value in (0.0, np.nan):
            sentence = shown.say(feature.name, value)
            assert "as_of" not in sentence
            assert "nan" not in sentence.split()
            assert sentence.endswith(" of all")
