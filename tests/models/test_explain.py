import re

import numpy as np
import polars as pl
import pytest

from features.custom import custom_feature
from features.featureset import FeatureSet
from features.registry import REGISTRY
from features.spec import Known
from features.vocabulary import Vocabulary
from models.explain import explain
from models.explain.contributions import Grouping, to_points
from models.explain.sentences import Sentences
from models.facts import Facts, count_facts
from models.train import train
from tests.models.conftest import CONTEXT
from tests.models.data import training_set
from tests.oracles.reasons import moves_as_stated

TOP = 3


@pytest.fixture(scope="module")
def leads() -> pl.DataFrame:
    return training_set(400, seed=7)[0].matrix


@pytest.fixture(scope="module")
def explained(model, leads):
    return explain(model, leads, TOP, 1)


def test_contributions_add_up_to_the_raw_score(model, leads, explained):
    scored = model.score(leads)
    assert explained.parts.raw_score.tolist() == scored["raw_score"].to_list()
    assert explained.probability.tolist() == scored["probability"].to_list()
    told = explained.lines.group_by("row", maintain_order=True).agg(
        pl.col("contribution").sum(), pl.col("points").sum()
    )
    above = explained.parts.raw_score - explained.parts.base_score
    for parts in (explained.parts.by_feature, explained.parts.by_field):
        np.testing.assert_allclose(parts.sum(axis=1), above, atol=1e-9)
    np.testing.assert_allclose(told["contribution"], above, atol=1e-9)
    assert told["points"].to_list() == to_points(above).tolist()


def test_every_row_has_its_reasons_in_order_and_the_rest_last(explained, leads):
    for lines in explained.lines.partition_by("row", maintain_order=True):
        *reasons, rest = lines.to_dicts()
        assert [line["position"] for line in lines.to_dicts()] == list(range(1, len(lines) + 1))
        assert rest["field"] is None
        assert all(line["field"] is not None and line["points"] != 0 for line in reasons)
        strength = [abs(line["contribution"]) for line in reasons]
        assert strength == sorted(strength, reverse=True)
        for sign in (1, -1):
            assert sum(line["contribution"] * sign > 0 for line in reasons) <= TOP
    assert explained.lines["row"].n_unique() == leads.height


def test_changing_the_named_fact_moves_the_score_as_stated(model, leads, explained):
    named = explained.lines.filter(pl.col("field").is_not_null())
    assert named.height > 400
    for line in named.iter_rows(named=True):
        assert moves_as_stated(model, leads[line["row"]], line["feature"], line["contribution"])


def test_most_of_a_score_is_named(explained):
    named = pl.col("field").is_not_null()
    weight = explained.lines.group_by(named).agg(pl.col("contribution").abs().sum())
    by_kind = dict(weight.iter_rows())
    assert by_kind[True] > 4 * by_kind[False]


def test_reasons_do_not_depend_on_the_batch(model, leads, explained):
    for row in (0, 5, 399):
        alone = explain(model, leads.slice(row, 1), TOP, 1).lines
        whole = explained.lines.filter(pl.col("row") == row)
        assert alone.drop("row").equals(whole.drop("row"))
    assert explain(model, leads.clear(), TOP, 1).lines.is_empty()


def test_chunks_change_nothing(model, leads, explained, monkeypatch):
    monkeypatch.setattr("models.explain.reasons._CHUNK_CELLS", 4 * 37)
    again = explain(model, leads, TOP, 1)
    assert again.lines.equals(explained.lines)
    assert np.array_equal(again.parts.by_field, explained.parts.by_field)


def test_a_rate_is_stated_only_where_it_says_what_the_contribution_says(explained):
    stated = 0
    for line in explained.lines.iter_rows(named=True):
        rates = re.findall(r"([\d.]+)%", line["reason"].rpartition(": ")[2])
        if "convert" in line["reason"]:
            own, of_all = map(float, rates)
            assert (own - of_all) * line["contribution"] > 0
            stated += 1
        elif line["field"] is not None:
            assert line["reason"].endswith(
                (", together with other facts", "(too few such leads to state a rate)")
            )
    assert stated > 400


def test_a_protected_field_is_never_named(quick):
    data, _ = training_set()
    names = ("custom:visits", "custom:minutes on site", "custom:noise", "custom:GenderIdentity__c")
    features = FeatureSet(
        tuple(
            custom_feature(name, "number" if index < 3 else "category", Known.EXPORT_ONLY)
            for index, name in enumerate(names)
        ),
        Vocabulary({names[3]: ("a", "b", "c", "d")}),
    )
    matrix = data.matrix.rename(dict(zip(data.matrix.columns, names, strict=True)))
    model = train(
        type(data)(matrix, data.label, data.group, None, data.order, data.newest),
        features, quick, context=CONTEXT,
    )  # fmt: skip
    found = explain(model, matrix[:200], TOP, 1)
    assert np.abs(found.parts.by_field[:, 0]).max() > 0.3
    assert set(found.lines["field"]) == {*names[:3], None}


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
        label |= (matrix[:, 0] < 12) | (matrix[:, 0] > 90)
        self.manifest = {
            "facts": count_facts(matrix, label, self.features, 4),
            "params": {"fact_min_rows": 20},
        }
        self.facts = Facts(self.manifest["facts"], self.features)

    def say(self, name: str, value: float, sign: int = 1) -> str:
        at = self.features.names.index(name)
        told = Sentences(self, self.facts).of(
            np.array([at]), np.array([value], dtype=np.float32), np.array([sign])
        )
        return told[0]


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
        {"lead_source": ("referral", "web {}", "fair")},
    )


TOGETHER = ", together with other facts"


@pytest.mark.parametrize(
    ("name", "value", "sign", "words"),
    [
        ("days_since_last_inbound", 12, 1,
         "last heard from 12 days ago: 64.0% of those below 25 days convert, 33.0% of all"),
        ("days_since_last_inbound", 1, 1,
         "last heard from 1 day ago: 64.0% of those below 25 days convert, 33.0% of all"),
        ("days_since_last_inbound", 12, -1, f"last heard from 12 days ago{TOGETHER}"),
        ("days_since_last_inbound", 30, -1, f"last heard from 30 days ago{TOGETHER}"),
        ("days_since_last_inbound", np.nan, -1,
         "never heard from: 25.0% of those convert, 33.0% of all"),
        ("days_since_last_inbound", np.nan, 1, f"never heard from{TOGETHER}"),
        ("lead_source", 0, 1, "came from referral: 41.0% of those convert, 33.0% of all"),
        ("lead_source", 1, 1, f"came from web {{}}{TOGETHER}"),
        ("lead_source", 2, 1, "came from fair (too few such leads to state a rate)"),
        ("seniority_level", 8, 1, f"seniority in the job title is chief or owner{TOGETHER}"),
        ("seniority_level", 2, 1,
         "seniority in the job title is 2 (too few such leads to state a rate)"),
        ("is_free_mail", 1, 1, f"e-mail address of a free provider{TOGETHER}"),
        ("employees_log", np.log1p(10), 1,
         "employees of the company (10): 44.0% of those below 50 convert, 33.0% of all"),
        ("employees_log", 0, 1,
         "employees of the company (0): 44.0% of those below 50 convert, 33.0% of all"),
    ],
)  # fmt: skip
def test_words_of_the_registry(shown, name, value, sign, words):
    assert shown.say(name, value, sign) == words


def test_every_registered_feature_has_words_for_missing_and_for_a_value():
    vocabulary = {f.name: ("a",) for f in REGISTRY if f.kind == "category"}
    shown = _Shown({f.name: [0.0, np.nan] * 100 for f in REGISTRY}, vocabulary)
    for feature in REGISTRY:
        for value in (0.0, np.nan):
            sentence = shown.say(feature.name, value)
            assert "as_of" not in sentence
            assert "nan" not in sentence.split()
            assert "{" not in sentence
            assert re.match(r"[a-z0-9]", sentence, re.IGNORECASE)


def test_a_rate_that_chance_explains_says_nothing():
    values = [0.0] * 1000 + [1.0] * 1000 + [2.0] * 40
    features = FeatureSet((custom_feature("custom:x", "number", Known.EXPORT_ONLY),))
    label = np.zeros(2040, dtype=np.bool_)
    label[:120] = label[1000:1090] = label[2000:2005] = True
    matrix = np.array(values, dtype=np.float32)[:, None]
    (of,) = Facts(count_facts(matrix, label, features, 8), features).of
    # 12.0%, 9.0% and 12.5% against 10.5% of all; the last are 40 leads.
    assert of.speaks(20).tolist() == [0, 0, 0, 0, 0]
    label[:140] = True
    (of,) = Facts(count_facts(matrix, label, features, 8), features).of
    assert of.speaks(20).tolist() == [1, -1, 0, 0, 0]
    assert of.speaks(1001).tolist() == [0, 0, 0, 0, 0]


def test_features_of_one_field_are_added_up():
    features = FeatureSet(
        tuple(
            f
            for f in REGISTRY
            if f.name in {"lead_age_days", "created_hour", "is_free_mail", "has_email", "has_phone"}
        )
    )
    grouping = Grouping(features)
    assert [field.name for field in grouping.fields] == ["created_at", "email", "phone"]
    sums = grouping.sums(np.array([[1.0, 2.0, 4.0, 8.0, 16.0]]))
    by_name = dict(zip(features.names, [1.0, 2.0, 4.0, 8.0, 16.0], strict=True))
    wanted = [
        by_name["lead_age_days"] + by_name["created_hour"],
        by_name["has_email"] + by_name["is_free_mail"],
        by_name["has_phone"],
    ]
    assert sums.tolist() == [wanted]
