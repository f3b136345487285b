import pytest

from models.gates import judge
from models.params import GateSettings

METRICS = {
    "auc": 0.8, "auc_low": 0.75, "lift_at_10pct": 3.0, "log_loss": 0.3,
    "calibration_error": 0.01, "calibration_error_noise": 0.005, "base_rate": 0.1, "rows": 1000,
    "expected_conversions": 100.0, "expected_conversions_high": 118.0, "observed_conversions": 105,
}  # fmt: skip
BASELINES = {
    "newest_first": {"lift_at_10pct": 1.2},
    "constant": {"log_loss": 0.32},
    "logistic": {"auc": 0.79},
}
SETTINGS = GateSettings()


def failed(metrics=None, baselines=None, positives=500, negatives=4500, blocked=()):
    gates = judge(
        {**METRICS, **(metrics or {})}, {**BASELINES, **(baselines or {})}, positives, negatives,
        blocked, SETTINGS,
    )  # fmt: skip
    assert len({gate.name for gate in gates}) == len(gates) == 9
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
        ({"metrics": {"lift_at_10pct": 1.1}}, "better_than_newest_first"),
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
    assert failed(baselines={"newest_first": {"lift_at_10pct": None}}) == []


def test_logistic_may_be_ahead_within_the_tolerance():
    assert failed(baselines={"logistic": {"auc": 0.809}}) == []
