"""May this model be promoted? One plain line per gate, and the numbers behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.manifest import JSON, rounded
from models.params import GateSettings


@dataclass(frozen=True)
class Gate:
    """One verdict.

    Parameters
    ----------
    name : str
    passed : bool
    value, threshold : float or None
        What was measured and what was asked; None = nothing to compare.
    reason : str
        One line for people.
    """

    name: str
    passed: bool
    value: float | None
    threshold: float | None
    reason: str

    def to_json(self) -> dict[str, JSON]:
        """Return the entry of the manifest."""
        return {
            "gate": self.name,
            "passed": self.passed,
            "value": rounded(self.value),
            "threshold": rounded(self.threshold),
            "reason": self.reason,
        }


def judge(
    metrics: Mapping[str, Any],
    baselines: Mapping[str, Mapping[str, Any]],
    positives: int,
    negatives: int,
    blocked: Sequence[str],
    settings: GateSettings,
) -> tuple[Gate, ...]:
    """Hold the measured figures against the settings.

    Parameters
    ----------
    metrics : mapping
        What `models.evaluate.evaluate` gave for the test block.
    baselines : mapping
        ``newest_first``, ``constant``, ``logistic``.
    positives, negatives : int
        Labelled rows in all four blocks.
    blocked : sequence of str
        Features whose leakage verdict blocks the model.
    """
    return (
        _labels(positives, negatives, settings),
        _test_labels(metrics, settings),
        _leakage(blocked),
        _better_than_random(metrics, settings),
        _better_than_newest(metrics, baselines["newest_first"], settings),
        _better_than_constant(metrics, baselines["constant"]),
        _as_good_as_logistic(metrics, baselines["logistic"], settings),
        _calibrated(metrics, settings),
        _counts_right(metrics, settings),
    )


def _labels(positives: int, negatives: int, settings: GateSettings) -> Gate:
    passed = positives >= settings.min_positives and negatives >= settings.min_negatives
    return Gate(
        "minimum_labels", passed, positives, settings.min_positives,
        f"{positives} conversions and {negatives} others; at least {settings.min_positives} "
        f"and {settings.min_negatives} are needed",
    )  # fmt: skip


def _test_labels(metrics: Mapping[str, Any], settings: GateSettings) -> Gate:
    held = metrics["observed_conversions"]
    return Gate(
        "test_labels", held >= settings.min_test_positives, held, settings.min_test_positives,
        f"{held} conversions in the test block; at least {settings.min_test_positives} are needed",
    )  # fmt: skip


def _leakage(blocked: Sequence[str]) -> Gate:
    reason = f"blocked by {', '.join(blocked)}" if blocked else "no feature blocks the model"
    return Gate("leakage", not blocked, len(blocked), 0, reason)


def _better_than_random(metrics: Mapping[str, Any], settings: GateSettings) -> Gate:
    low = metrics["auc_low"]
    passed = low is not None and low > settings.min_auc
    if low is None:
        reason = "the test block cannot define an AUC"
    else:
        verdict = "better than" if passed else "no lift: not better than"
        reason = (
            f"{verdict} random: AUC {metrics['auc']:.3f}, 95% sure of {low:.3f}; "
            f"must exceed {settings.min_auc:g}"
        )
    return Gate("better_than_random", passed, low, settings.min_auc, reason)


def _better_than_newest(
    metrics: Mapping[str, Any], newest: Mapping[str, Any], settings: GateSettings
) -> Gate:
    ours, theirs = metrics["lift_at_10pct"], newest["lift_at_10pct"]
    if theirs is None:
        return Gate("better_than_newest_first", True, ours, None, "no dates: not compared")
    needed = theirs + settings.min_lift_over_newest
    passed = ours is not None and ours > needed
    reason = f"lift in the top 10%: {_figure(ours)}; newest first: {theirs:.2f}"
    return Gate("better_than_newest_first", passed, ours, needed, reason)


def _better_than_constant(metrics: Mapping[str, Any], constant: Mapping[str, Any]) -> Gate:
    ours, theirs = metrics["log_loss"], constant["log_loss"]
    passed = ours is not None and theirs is not None and ours < theirs
    reason = f"log loss {_figure(ours, 4)}; one rate for everybody: {_figure(theirs, 4)}"
    return Gate("better_than_constant", passed, ours, theirs, reason)


def _as_good_as_logistic(
    metrics: Mapping[str, Any], logistic: Mapping[str, Any], settings: GateSettings
) -> Gate:
    ours, theirs = metrics["auc"], logistic["auc"]
    if ours is None or theirs is None:
        return Gate("as_good_as_logistic", False, ours, theirs, "no AUC to compare")
    needed = theirs - settings.max_auc_below_logistic
    reason = f"AUC {ours:.3f}; logistic regression on the same features: {theirs:.3f}"
    return Gate("as_good_as_logistic", ours >= needed, ours, needed, reason)


def _calibrated(metrics: Mapping[str, Any], settings: GateSettings) -> Gate:
    error, noise, rate = (
        metrics[name] for name in ("calibration_error", "calibration_error_noise", "base_rate")
    )
    if error is None or not 0 < rate < 1:
        return Gate("calibration_error", False, error, None, "no calibration to measure")
    # Relative to the rarer class: 0.02 is small beside a rate of 40% and absurd beside 1%. What a
    # perfect model would show on so few rows is not held against this one.
    allowed = settings.max_calibration_error * min(rate, 1 - rate) + noise
    reason = (
        f"probabilities are off by {error:.4f} on average; {allowed:.4f} allowed "
        f"({noise:.4f} of it is chance on {metrics['rows']} rows)"
    )
    return Gate("calibration_error", error <= allowed, error, allowed, reason)


def _counts_right(metrics: Mapping[str, Any], settings: GateSettings) -> Gate:
    expected, observed = metrics["expected_conversions"], metrics["observed_conversions"]
    chance = metrics["expected_conversions_high"] - expected
    allowed = settings.max_count_error * observed + chance
    off = abs(expected - observed)
    reason = (
        f"{expected:.0f} conversions expected in the test block, {observed} seen; "
        f"{allowed:.0f} apart at most"
    )
    return Gate("expected_conversions", off <= allowed, off, allowed, reason)


def _figure(value: float | None, digits: int = 2) -> str:
    return "none" if value is None else f"{value:.{digits}f}"
