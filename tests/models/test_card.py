import html.parser
import json
import re

import numpy as np
import polars as pl
import pytest

from features.custom import custom_feature
from features.featureset import FeatureSet
from features.registry import REGISTRY
from features.spec import Known
from features.vocabulary import Vocabulary
from models.artifact import load, save
from models.card import card_of, page
from models.drawn import drawn_words
from models.explain import explain
from models.manifest import written
from models.train import TrainingSet, train
from pipelines.publish.cards import _metrics
from tests.models.conftest import CONTEXT
from tests.models.data import training_set

SOURCES = ("web", "referral", "list <b>bought</b>")
NAMES = ("lead_source", "country", "lead_age_days", "days_since_last_inbound")
NOBODY = {"rows": 0, "positives": 0, "share": None, "low": None, "high": None}
SELECTION = {
    "contacted": {"rows": 900, "positives": 90, "share": 0.1, "low": 0.082, "high": 0.121},
    "contacted_before": NOBODY,
    "never_contacted": {"rows": 5000, "positives": 10, "share": 0.002, "low": 0.001, "high": 0.004},
}


@pytest.fixture(scope="module")
def crm(quick):
    """A dated model of four features of the registry; the source decides most."""
    rng = np.random.default_rng(3)
    rows = 4000
    source = rng.integers(0, 3, rows)
    days = rng.integers(0, 4000, rows)
    country = rng.integers(0, 20, rows).astype(np.float32)
    country[rng.random(rows) < 0.1] = np.nan
    inbound = rng.integers(0, 90, rows).astype(np.float32)
    logit = np.array([-2.0, -0.5, -3.0])[source] - days / 4000 - inbound / 60
    label = rng.random(rows) < 1 / (1 + np.exp(-logit))
    by_name = {feature.name: feature for feature in REGISTRY}
    features = FeatureSet(
        tuple(by_name[name] for name in NAMES),
        Vocabulary({"lead_source": SOURCES, "country": tuple(f"c{n}" for n in range(20))}),
    )
    days = np.where(rng.random(rows) < 0.05, np.nan, days)
    columns = (source, country, days, inbound)
    matrix = pl.DataFrame(
        [pl.Series(n, v, pl.Float32) for n, v in zip(NAMES, columns, strict=True)]
    ).with_columns(pl.all().fill_nan(None))
    at = np.datetime64("2024-01-01", "D") + rng.integers(0, 24, rows) * 30
    order = np.arange(rows)
    chance = np.where(rng.random(rows) < 0.4, 0.4, np.nan)
    data = TrainingSet(matrix, label, order.copy(), at, order, rng.normal(size=rows), chance=chance)
    context = {
        **CONTEXT,
        "population": "dated",
        "condition": "contacted",
        "window": {"rows": rows},
        "selection": SELECTION,
    }
    return train(data, features, quick, context=context), data


def test_the_same_model_gives_the_same_card_before_and_after_it_is_saved(crm, tmp_path):
    model, _ = crm
    folder = save(model, tmp_path)
    card = card_of(model)
    assert (folder / "card.json").read_text() == written(card)
    assert (folder / "card.html").read_text() == page(card)
    assert written(card_of(load(folder))) == written(card)
    (folder / "card.json").write_text("{}")  # never read back, and no reason to refuse
    assert save(load(folder), tmp_path) == folder


def test_the_card_holds_what_was_asked_for(crm):
    model, _ = crm
    card = card_of(model)
    held = model.manifest
    assert card["hashes"]["model_sha256"] == held["model_sha256"]
    assert card["gates"] == held["gates"]
    assert list(card["data"]["blocks"])[:4] == ["train", "stop", "calibrate", "test"]
    assert card["data"]["window"] == {"rows": 4000}
    assert [held["importance"] for held in card["features"]] == sorted(
        (held["importance"] for held in card["features"]), reverse=True
    )
    assert {held["leakage"] for held in card["features"]} <= {"ok", "suspect", "leak"}
    assert {held["field"] for held in card["features"]} == {
        "lead_source", "country", "created_at", "activities",
    }  # fmt: skip
    assert "not drawn by chance" in card["warnings"][0]


def test_the_card_says_how_the_contacted_and_the_never_contacted_converted(crm):
    card = card_of(crm[0])
    assert card["selection"] == SELECTION
    assert "selection" not in card["data"]
    seen = _Page()
    seen.feed(page(card))
    assert "never contacted5,000100.20%" in seen.text
    assert "contacted earlier only" not in seen.text  # nobody was
    rows = {(ranking, name): value for _, ranking, name, value in _metrics(card)}
    assert rows["never_contacted", "share"] == 0.002
    assert rows["contacted", "positives"] == 90


def test_the_card_says_what_leads_drawn_by_lot_say_of_all(crm):
    model, data = crm
    found = card_of(model)["exploration"]
    test = data.at >= np.datetime64(model.manifest["blocks"]["test"]["first_at"])
    own = test & ~np.isnan(data.chance)
    assert (found["rows"], found["positives"]) == (own.sum(), data.label[own].sum())
    assert found["everybody"]["value"] == pytest.approx(data.label[own].mean(), abs=1e-6)
    assert drawn_words(found) in page(card_of(model))
    assert "came after everything" in page(card_of(model))
    rows = {(ranking, name): value for _, ranking, name, value in _metrics(card_of(model))}
    assert rows["drawn_by_lot_top", "value"] == found["top"]["value"]
    assert rows["drawn_by_lot", "lift"] == found["lift"] > 1


def test_base_score_is_where_contributions_start(crm):
    model, data = crm
    found = explain(model, data.matrix[:10], 3, 1)
    assert card_of(model)["base_score"] == found.parts.base_score


@pytest.mark.parametrize("segment", ["age", "country", "source"])
def test_segments_are_the_test_block_in_parts(crm, segment):
    model, _ = crm
    parts = [held for held in card_of(model)["segments"] if held["segment"] == segment]
    metrics = model.manifest["metrics"]
    assert sum(held["rows"] for held in parts) == metrics["rows"]
    assert sum(held["observed_conversions"] for held in parts) == metrics["observed_conversions"]
    expected = sum(held["expected_conversions"] for held in parts)
    assert expected == pytest.approx(metrics["expected_conversions"], abs=1e-3)
    assert len(parts) <= 12


def test_a_segment_counts_its_own_leads(crm):
    model, data = crm
    parts = {held["value"]: held for held in card_of(model)["segments"]}
    assert set(SOURCES) <= set(parts)
    assert {"C1", "all others", "not known, or rare"} & set(parts) >= {"all others"}
    # The newest dates are the test block; no person comes twice here.
    last = np.datetime64(model.manifest["blocks"]["test"]["first_at"])
    later = data.at >= last
    for code, name in enumerate(SOURCES):
        own = later & (data.matrix["lead_source"].to_numpy() == code)
        assert (parts[name]["rows"], parts[name]["observed_conversions"]) == (
            own.sum(), data.label[own].sum(),
        )  # fmt: skip
    old = later & (data.matrix["lead_age_days"].to_numpy() >= 3652.5)
    assert parts["10 years and more"]["rows"] == old.sum()
    unknown = later & data.matrix["lead_age_days"].is_null().to_numpy()
    assert parts["not known"]["rows"] == unknown.sum() > 0
    few = [held for held in parts.values() if held["observed_conversions"] < 10]
    assert few
    assert all(held["auc"] is None for held in few)


class _Page(html.parser.HTMLParser):
    """Collects tags, their attributes and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


def test_the_page_needs_nothing_else_and_escapes_what_data_say(crm):
    card = card_of(crm[0])
    text = page(card)
    seen = _Page()
    seen.feed(text)
    assert not {"script", "link", "img", "iframe", "b"} & set(seen.tags)
    assert not {"src", "href", "onload"} & seen.names
    assert re.search(r"https?:|url\(|@import", text) is None
    assert "list <b>bought</b>" in seen.text
    for gate in card["gates"]:
        assert gate["reason"] in seen.text
    for held in card["features"]:
        assert held["name"] in seen.text
    for value in card["hashes"].values():
        assert value in seen.text


def test_a_file_without_source_country_or_dates_says_so(model):
    card = card_of(model)
    assert card["segments"] == []
    assert "are not known" in page(card)
    assert card["data"]["order"]["basis"] == "none"
    assert "persons were drawn by lot" in page(card)
    assert json.loads(written(card)) == card


def test_what_leaks_is_listed_as_left_out_with_the_reason(quick):
    data, features = training_set(leak="told afterwards")
    card = card_of(train(data, features, quick, context=CONTEXT))
    assert [held["name"] for held in card["left_out"]] == ["custom:told afterwards"]
    assert card["left_out"][0]["leakage_reason"] in page(card).replace("&#x27;", "'")
    assert "custom:told afterwards" not in {held["name"] for held in card["features"]}


def test_a_name_that_sounds_protected_is_warned_of(quick):
    data, _ = training_set(1500)
    names = ("custom:visits", "custom:minutes", "custom:noise", "custom:Religion__c")
    kinds = ("number", "number", "number", "category")
    features = FeatureSet(
        tuple(custom_feature(n, k, Known.EXPORT_ONLY) for n, k in zip(names, kinds, strict=True)),
        Vocabulary({names[3]: ("a", "b", "c", "d")}),
    )
    matrix = data.matrix.rename(dict(zip(data.matrix.columns, names, strict=True)))
    renamed = TrainingSet(matrix, data.label, data.group, None, data.order, data.newest)
    card = card_of(train(renamed, features, quick, context=CONTEXT))
    assert any("custom:Religion__c" in warning for warning in card["warnings"])
    assert [held["name"] for held in card["features"] if held["is_protected"]] == [names[3]]
