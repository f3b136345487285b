import pytest

from models.gates import judge, judge_scorecard
from models.params import GateSettings

METRICS = {
    "auc": 0.8, "auc_low": 0.75, "lift_at_10pct": 3.0, "log_loss": 0.3,
    "calibration_error": 0.01, "calibration_error_noise": 0.005, "base_rate": 0.1, "rows": 1000,
    "expected_conversions": 100.0, "expected_conversions_high": 118.0, "observed_conversions": 105,
    "level": {"has_moved": False},
}  # fmt: skip
BASELINES = {
    "newest_first": {"lift_at_10pct": 1.2},
    "constant": {"log_loss": 0.32},
    "logistic": {"auc": 0.79},
}
CHAMPION = {
    "model_id": "dated-1", "kind": "model", "is_comparable": True, "auc": 0.79, "ours": 0.8,
    "ahead_high": 0.02, "lift": 3.0, "lift_ours": 3.1, "lift_ahead_high": 0.4, "reason": "r",
}  # fmt: skip
FOUND = {
    "sure": {"auc_low": 0.74},
    "capacity": {
        "share": 0.1, "is_known": True, "lift": 3.0, "logistic": 2.9, "newest_first": 1.2,
        "ahead_of_logistic_high": 0.5,
    },
    "champion": CHAMPION,
    "drift": {"rows": 5000, "divergence": 0.1},
    "churn": {"rows": 5000, "top": 500, "share_replaced": 0.4},
}  # fmt: skip
SETTINGS = GateSettings()


def failed(
    metrics=None, baselines=None, positives=500, negatives=4500, blocked=(), found=None,
    settings=SETTINGS,
):  # fmt: skip
    found = {name: {**FOUND[name], **(found or {}).get(name, {})} for name in FOUND}
    gates = judge(
        {**METRICS, **(metrics or {})}, {**BASELINES, **(baselines or {})}, found, positives,
        negatives, blocked, settings,
    )  # fmt: skip
    assert len({gate.name for gate in gates}) == len(gates) == 14
    assert all(gate.reason and "\n" not in gate.reason for gate in gates)
    assert all(set(gate.to_json()) >= {"gate", "passed", "reason"} for gate in gates)
    return [gate.name for gate in gates if not gate.passed]


def test_good_model_passes():
    assert failed() == []


@pytest.mark.parametrize(
    ("change", "gate"),
    [
        ({"positives": 99}, "minimum_labels"),
        ({"negatives": 99}, "minimum_labels"),
        ({"metrics": {"observed_conversions": 19, "expected_conversions": 19.0,
                      "expected_conversions_high": 25.0}}, "test_labels"),
        ({"blocked": ("custom:Tags",)}, "leakage"),
        ({"metrics": {"auc_low": 0.49}}, "better_than_random"),
        ({"metrics": {"auc_low": None}}, "better_than_random"),
        ({"found": {"sure": {"auc_low": 0.49}}}, "better_than_random"),
        ({"found": {"capacity": {"newest_first": 3.1}}}, "better_than_newest_first"),
        ({"found": {"capacity": {"lift": 1.0, "logistic": 0.9, "newest_first": 0.5}}},
         "lift_at_capacity"),
        ({"found": {"capacity": {"logistic": 4.0, "ahead_of_logistic_high": -0.1}}},
         "lift_at_capacity"),
        ({"found": {"champion": {"ours": 0.7, "ahead_high": -0.01}}}, "as_good_as_champion"),
        ({"found": {"champion": {"lift_ours": 2.0, "lift_ahead_high": -0.1}}}, "lift_of_champion"),
        ({"found": {"drift": {"divergence": 0.9}}}, "drift"),
        ({"found": {"churn": {"share_replaced": 0.6}},
          "settings": GateSettings(max_churn=0.5)}, "top_k_churn"),
        ({"metrics": {"log_loss": 0.33}}, "better_than_constant"),
        ({"baselines": {"logistic": {"auc": 0.82}}}, "as_good_as_logistic"),
        ({"metrics": {"calibration_error": 0.04}}, "calibration_error"),
        ({"metrics": {"expected_conversions": 160.0, "expected_conversions_high": 180.0}},
         "expected_conversions"),
    ],
)  # fmt: skip
def test_each_gate_can_fail_alone(change, gate):
    assert failed(**change) == [gate]


def test_no_dates_is_no_failure():
    assert failed(found={"capacity": {"newest_first": None}}) == []


def test_logistic_may_be_ahead_within_the_tolerance():
    ahead = {"logistic": {"auc": 0.809}}
    assert failed(baselines=ahead) == ["as_good_as_logistic"]
    assert failed(baselines=ahead, settings=GateSettings(max_auc_below_logistic=0.01)) == []


def test_logistic_may_be_ahead_by_chance():
    ahead = {"auc": 0.85, "auc_behind_low": -0.11, "auc_behind_high": 0.01}
    assert failed(baselines={"logistic": ahead}) == []
    assert failed(baselines={"logistic": {**ahead, "auc_behind_high": -0.001}}) == [
        "as_good_as_logistic"
    ]


def test_a_level_that_moved_is_judged_once_corrected():
    moved = {
        "has_moved": True, "calibration_error": 0.01, "calibration_error_noise": 0.005,
        "log_loss": 0.5, "constant_log_loss": 0.6,
    }  # fmt: skip
    off = {
        "calibration_error": 0.2, "expected_conversions": 300.0,
        "expected_conversions_high": 330.0, "log_loss": 0.7,
    }  # fmt: skip
    assert failed(metrics={**off, "level": moved}) == []
    assert failed(metrics={**off, "level": {**moved, "calibration_error": 0.1}}) == [
        "calibration_error"
    ]
    assert failed(metrics={**off, "level": {**moved, "log_loss": 0.61}}) == ["better_than_constant"]


def test_worse_than_the_champion_by_chance_is_no_failure():
    assert failed(found={"champion": {"ours": 0.7, "ahead_high": 0.001}}) == []
    assert failed(found={"champion": {"lift_ours": 2.0, "lift_ahead_high": 0.1}}) == []


def test_what_cannot_be_compared_passes_and_says_so():
    champion = {"model_id": "dated-1", "is_comparable": False, "reason": "not comparable: seen"}
    found = {
        **FOUND, "champion": {**champion, "kind": "model"},
        "drift": {"rows": 0, "divergence": None}, "churn": {"share_replaced": None},
    }  # fmt: skip
    gates = {g.name: g for g in judge(METRICS, BASELINES, found, 500, 4500, (), SETTINGS)}
    for name in ("as_good_as_champion", "lift_of_champion"):
        assert gates[name].passed
        assert "not comparable: seen; the other gates decide" in gates[name].reason
    assert gates["drift"].passed
    assert gates["top_k_churn"].passed


@pytest.mark.parametrize(
    ("change", "gate"),
    [
        ({}, None),
        ({"positives": 19}, "scorecard_labels"),
        ({"negatives": 19}, "scorecard_labels"),
        ({"blocked": ("x",)}, "leakage"),
        ({"columns": 0}, "scorecard_lift"),
        ({"evidence": 0.9}, "scorecard_lift"),
        ({"metrics": {**METRICS, "auc_low": 0.49}}, "scorecard_ranks_later_leads"),
        (
            {"metrics": {**METRICS, "auc": 0.49, "observed_conversions": 5}},
            "scorecard_ranks_later_leads",
        ),
        ({"metrics": {**METRICS, "auc_low": 0.4, "observed_conversions": 5}}, None),
        ({"metrics": {**METRICS, "log_loss": 0.33}}, "better_than_constant"),
    ],
)
def test_each_gate_of_a_scorecard_can_fail_alone(change, gate):
    given = {
        "metrics": METRICS, "constant": BASELINES["constant"], "positives": 40, "negatives": 400,
        "columns": 4, "evidence": 2.0, "blocked": (), "settings": SETTINGS, **change,
    }  # fmt: skip
    assert [g.name for g in judge_scorecard(**given) if not g.passed] == ([gate] if gate else [])
