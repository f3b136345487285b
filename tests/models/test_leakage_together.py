import numpy as np
import pytest

from features.custom import custom_feature
from features.featureset import FeatureSet
from features.spec import Known
from features.vocabulary import Vocabulary
from models.leakage.column import Column, area_of, folds_of
from models.leakage.drift import MIN_SCORING_ROWS, divergence, look_at_drift
from models.leakage.together import Probe, take_out
from models.leakage.twins import filled_together, same_states
from models.manifest import TOGETHER
from models.metrics import auc
from models.params import LeakageSettings
from tests.models.planted import judged, world

SETTINGS = LeakageSettings()


def column(values, kind="number", label=None):
    label = np.arange(len(values)) % 3 == 0 if label is None else label
    feature = custom_feature("custom:c", kind, Known.EXPORT_ONLY)
    return Column.of(
        feature, np.asarray(values, np.float32), label, folds_of(np.arange(len(label)))
    )


def test_the_auc_of_counts_is_that_of_rows():
    rng = np.random.default_rng(0)
    label = rng.random(4000) < 0.3
    cell = rng.integers(0, 5, 4000) + 2 * label
    fold = folds_of(np.arange(4000))
    rows, positives = (
        np.array([[np.sum((cell == c) & (fold == f) & keep) for f in range(5)] for c in range(7)])
        for keep in (np.ones(4000, bool), label)
    )
    areas, pairs = [], []
    for f in range(5):
        inside = fold == f
        base = label[~inside].mean()
        rate = np.array(
            [
                (np.sum(label & ~inside & (cell == c)) + 20 * base)
                / (np.sum(~inside & (cell == c)) + 20)
                for c in range(7)
            ]
        )
        areas.append(auc(label[inside], rate[cell[inside]]))
        pairs.append(label[inside].sum() * (~label[inside]).sum())
    assert area_of(rows, positives) == pytest.approx(np.average(areas, weights=pairs))


def late_facts(label, rng):
    """Five weak readings of the outcome by people who know the lead: related to each other."""
    mood = rng.normal(size=len(label))
    return {
        f"late{i}": np.where(
            ~label & (rng.random(len(label)) < 0.2),
            -9,
            1.3 * label + mood + rng.normal(size=len(label)),
        )
        for i in range(5)
    }


def test_several_late_columns_are_taken_out_until_the_rest_is_plausible():
    columns, label, _ = world()
    rng = np.random.default_rng(5)
    found = judged(
        columns | {"status": label ^ (rng.random(len(label)) < 0.02)} | late_facts(label, rng),
        label,
    )
    assert found["status"].verdict == "leak"
    assert "leak" in {f.verdict for n, f in found.items() if n.startswith("late")}
    assert {found[n].verdict for n in columns} == {"ok"}
    assert TOGETHER not in found


def test_too_good_without_any_sign_is_said_and_nothing_is_left_out():
    rng = np.random.default_rng(0)
    parts = {f"part{i}": rng.normal(size=6000) for i in range(4)}
    label = sum(parts.values()) + 0.3 * rng.normal(size=6000) > 0
    found = judged(parts, label)
    assert "leak" not in {f.verdict for f in found.values()}
    assert found[TOGETHER].verdict == "suspect"
    assert "AUC 0.9" in found[TOGETHER].reason


def test_the_most_telling_block_goes_first():
    rng = np.random.default_rng(0)
    label = rng.random(3000) < 0.4
    shifts = (0.5, 2.0, 1.0)
    matrix = np.column_stack([rng.normal(s * label, 1) for s in shifts]).astype(np.float32)
    features = FeatureSet(
        tuple(custom_feature(f"custom:{s}", "number", Known.EXPORT_ONLY) for s in shifts)
    )
    probe = Probe(matrix, label, folds_of(np.arange(3000)), features)
    steps, rest = take_out(probe, [0, 1, 2], [(0,), (1,), (2,)], 0.8, 0.002)
    assert [step.columns for step in steps] == [(1,)]
    assert rest == steps[-1].after < 0.8 < steps[-1].before


def test_states_of_one_process_are_found_by_rows_and_not_by_spelling():
    rng = np.random.default_rng(0)
    early = rng.integers(0, 5, 3000)
    # Two thirds are still where they were; other codes stand for the same states.
    late = np.where(rng.random(3000) < 0.67, early, rng.integers(0, 5, 3000))
    renumbered = np.array([3, 0, 4, 1, 2])[late]
    group = np.array([0, 0, 1, 1, 1])[early]
    yes = np.where(rng.random(3000) < 0.9, early > 2, early <= 2)
    columns = [column(one, "category") for one in (early, renumbered, group, yes, early)]
    assert same_states(columns, [0, 1, 2, 3]) == [(0, 1)]
    # The same fact spelt twice is no second reading, and numbers are no states.
    assert same_states(columns, [0, 4]) == []
    numbers = [column(one, "number") for one in (early, renumbered)]
    assert same_states(numbers, [0, 1]) == []


YES = ("no", "yes")


def test_columns_empty_in_the_same_rows():
    gaps = np.arange(300) % 3 == 0
    columns = [
        column(np.where(gaps, np.nan, np.arange(300))),
        column(np.where(gaps, np.nan, 7.0)),
        column(np.where(~gaps, np.nan, 7.0)),
        column(np.ones(300)),
    ]
    assert filled_together(columns, [0, 1, 2, 3]) == [(0, 1), (2,), (3,)]


def test_divergence_has_its_ends():
    assert divergence(np.array([0.5, 0.5]), np.array([0.5, 0.5])) == 0
    assert divergence(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == pytest.approx(1)


def test_drift_between_known_and_open_leads():
    known = column(np.tile([1.0, 2.0, 3.0, np.nan], 300))
    alike = np.tile(np.array([1, 2, 3, np.nan], np.float32), MIN_SCORING_ROWS)
    assert look_at_drift(known, 0, (), alike, SETTINGS) == []
    empty = np.full(MIN_SCORING_ROWS, np.nan, np.float32)
    (note,) = look_at_drift(known, 0, (), empty, SETTINGS)
    assert note.verdict == "leak"
    assert "75.0%" in note.reason
    assert " 0.0%" in note.reason
    assert look_at_drift(known, 0, (), empty[1:], SETTINGS) == []


def test_one_value_in_all_open_leads():
    known = column(np.arange(1200) % 10 == 0, "category")
    no = np.zeros(MIN_SCORING_ROWS, np.float32)
    (note,) = look_at_drift(known, 0, YES, no, SETTINGS)
    assert note.reason.startswith("c is 'no' in every one of 500 leads to be scored")
    assert "10.0%" in note.reason
    no[0] = 1
    assert look_at_drift(known, 0, YES, no, SETTINGS) == []


def test_examine_compares_with_what_will_be_scored():
    columns, label, _ = world(2000)
    meant = np.column_stack(list(columns.values()))[:600].astype(np.float32)
    assert judged(columns, label, scoring=meant)["staff"].verdict == "ok"
    meant[:, list(columns).index("staff")] = np.nan
    found = judged(columns, label, scoring=meant)
    assert found["staff"].verdict == "leak"
    assert "to be scored" in found["staff"].reason


def test_a_vocabulary_names_the_value():
    assert Vocabulary({"custom:c": YES}).values["custom:c"] == YES
    one = column(np.arange(300) % 2, "category")
    assert one.words(1, YES) == "'yes'"
    assert one.words(2, YES) == "nothing"
