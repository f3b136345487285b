import numpy as np
import pytest

from features.spec import Known
from models.examples import Examples
from models.leakage import Latest
from models.manifest import TOGETHER
from models.params import LeakageSettings, TrainSettings
from models.train import TrainingSet, find_leaks
from tests.models.data import training_set
from tests.models.planted import CATEGORIES, YES_NO, judged, plants, world


def test_an_honest_world_is_left_alone():
    for seed in range(3):
        columns, label, _ = world(seed=seed)
        found = judged(columns, label)
        assert {name: f.verdict for name, f in found.items()} == dict.fromkeys(columns, "ok")


@pytest.mark.parametrize("kind", plants(np.arange(100) < 30))
def test_planted_leak_is_found_and_nothing_else(kind):
    columns, label, _ = world()
    planted, categories = plants(label)[kind]
    found = judged(columns | planted, label, CATEGORIES | categories)
    assert "leak" in {found[name].verdict for name in planted}, {n: found[n] for n in planted}
    assert {found[name].verdict for name in columns} == {"ok"}


def test_honest_columns_that_look_alike_are_left_alone():
    columns, label, interest = world()
    rng = np.random.default_rng(3)
    rows = len(label)
    treated = rng.random(rows) < 0.5  # drawn by lot, related to nothing but its effect
    converted = label | (treated & (rng.random(rows) < 0.15))
    alike = {
        "treated": treated,
        "form": np.where(rng.random(rows) < 1 / (1 + np.exp(2 * interest)), np.nan, 1.0),
        "strong": 1.2 * interest + rng.normal(size=rows),
        "place": np.arange(rows),
        "noise": rng.normal(size=rows),
    }
    found = judged(columns | alike, converted)
    assert {name: f.verdict for name, f in found.items() if f.verdict == "leak"} == {}


def test_neither_names_nor_the_order_of_columns_matter():
    columns, label, _ = world(3000)
    for kind in ("copy, a quarter of it wrong", "two clocks", "status with open cases"):
        planted, categories = plants(label)[kind]
        every, known = columns | planted, CATEGORIES | categories
        before = judged(every, label, known)
        names = {name: f"x{i}" for i, name in enumerate(reversed(every))}
        after = judged(
            {names[n]: every[n] for n in reversed(every)},
            label,
            {names[n]: values for n, values in known.items()},
        )
        assert {names[n]: (f.verdict, f.value) for n, f in before.items() if n != TOGETHER} == {
            n: (f.verdict, f.value) for n, f in after.items() if n != TOGETHER
        }


def test_same_rows_give_the_same_words():
    columns, label, _ = world(2000)
    planted, _ = plants(label)["score made from the outcome"]
    assert judged(columns | planted, label) == judged(columns | planted, label)


def test_a_sample_of_the_rows_is_enough():
    columns, label, _ = world(20_000)
    planted, _ = plants(label)["copy"]
    few = LeakageSettings(sample_rows=2000, joint_rows=1000)
    assert judged(columns | planted, label, settings=few)["p"].verdict == "leak"


def test_words_name_the_column_and_the_number():
    columns, label, _ = world()
    planted, categories = plants(label)["copy, a quarter of it wrong"]
    found = judged(columns | planted, label, CATEGORIES | categories)["p"]
    assert found.reason.startswith("p goes with the outcome")
    assert f"{found.value:.3f}" in found.reason


def test_recorded_events_may_be_dead_ends():
    columns, label, _ = world()
    dead = np.where(~label & (np.random.default_rng(0).random(len(label)) < 0.1), 3, 0)
    known = {"p": ("a", "b", "c", "dead")}
    own = {"visits": columns["visits"], "p": dead}
    late, event = (
        judged(own, label, known, known=k)["p"] for k in (Known.EXPORT_ONLY, Known.EVENT)
    )
    assert late.verdict != "ok"
    assert "did not convert" in late.reason
    assert "did not convert" not in event.reason


def test_an_amount_of_few_buyers_is_found_among_zeros():
    columns, label, _ = world()
    rng = np.random.default_rng(5)
    rare = label & (rng.random(len(label)) < 0.1)  # a fortieth of the rows
    amount = np.where(rare, rng.lognormal(8, 1, len(label)), 0)
    found = judged(columns | {"p": amount}, label)
    assert found["p"].verdict == "leak"
    assert {found[name].verdict for name in columns} == {"ok"}


@pytest.mark.parametrize("since", [0, 700])
def test_what_tells_the_outcome_only_lately_is_found_in_the_newest_rows(since):
    columns, label, _ = world()
    draw = np.random.default_rng(6).random(len(label))
    first = 4000  # the newest 1,000 rows are those of the test block
    told = np.arange(len(label)) >= first + since
    planted = np.where(told, label, draw < label.mean())
    every = columns | {"p": planted}
    matrix = np.column_stack(list(every.values())).astype(np.float32)
    latest = Latest(matrix[first:], label[first:], np.arange(first, len(label)))
    before = {name: values[:first] for name, values in every.items()}
    categories = CATEGORIES | {"p": YES_NO}
    assert judged(before, label[:first], categories)["p"].verdict == "ok"
    found = judged(before, label[:first], categories, latest=latest)
    assert found["p"].verdict == "leak"
    assert "newest" in found["p"].reason
    assert {found[name].verdict for name in columns} == {"ok"}


@pytest.mark.parametrize("is_told", [True, False])
def test_buyers_with_a_row_per_order_are_no_crowd(is_told):
    rng = np.random.default_rng(0)
    label = rng.random(4000) < 0.2
    rows = np.repeat(np.arange(4000), np.where(label, 1 + rng.poisson(2.5, 4000), 1))
    columns = {"income": rng.normal(5e4, 1e4, 4000).round(2)[rows]}
    found = judged(columns, label[rows], tied=rows if is_told else None)
    assert ("how many leads share" in found["income"].reason) is not is_told


def test_training_tells_the_checks_whose_rows_are_alike():
    data, features = training_set(3000)
    copies = np.repeat(np.arange(3000), np.where(data.label, 3, 1))
    at = np.arange(len(copies))
    repeated = TrainingSet(data.matrix[copies], data.label[copies], at, None, at, at * np.nan)
    found = find_leaks(Examples.of(repeated, features, TrainSettings()), TrainSettings())
    assert not [finding for finding in found if "how many leads share" in finding.reason]
