"""May this model be promoted? One plain line per gate, and the numbers behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.gate import Gate, figure
from models.gates_against import against
from models.params import GateSettings


def judge(
    metrics: Mapping[str, Any],
    baselines: Mapping[str, Mapping[str, Any]],
    found: Mapping[str, Any],
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
    found : mapping
        What `models.contest.contest` gave.
    positives, negatives : int
        Labelled rows in all four blocks.
    blocked : sequence of str
        Features whose leakage verdict blocks the model.
    """
    return (
        _labels(positives, negatives, settings),
        _test_labels(metrics, settings),
        _leakage(blocked),
        _better_than_random(metrics, found["sure"], settings),
        _better_than_constant(metrics, baselines["constant"]),
        _as_good_as_logistic(metrics, baselines["logistic"], settings),
        _calibrated(metrics, settings),
        _counts_right(metrics, settings),
        *against(found, settings),
    )


def judge_scorecard(
    metrics: Mapping[str, Any],
    constant: Mapping[str, Any],
    positives: int,
    negatives: int,
    columns: int,
    evidence: float,
    blocked: Sequence[str],
    settings: GateSettings,
) -> tuple[Gate, ...]:
    """Hold a scorecard against its own, smaller set of gates.

    Parameters
    ----------
    metrics, constant : mapping
        Of the later rows: the card's figures, and those of one rate for everybody.
    positives, negatives : int
        Labelled rows.
    columns : int
        Columns of the card.
    evidence : float
        `models.scorecard.Card.evidence`.
    blocked, settings
        As for `judge`.
    """
    least = settings.min_scorecard_positives
    return (
        Gate(
            "scorecard_labels", min(positives, negatives) >= least, positives, least,
            f"{positives} conversions and {negatives} others; a scorecard needs {least} of each",
        ),
        _leakage(blocked),
        _tells_apart(columns, evidence, settings),
        _ranks_later(metrics, settings),
        _better_than_constant(metrics, constant),
    )  # fmt: skip


def _tells_apart(columns: int, evidence: float, settings: GateSettings) -> Gate:
    needed = settings.min_scorecard_evidence
    passed = columns > 0 and evidence >= needed
    reason = (
        f"{columns} columns tell persons left out apart, {evidence:.1f} standard errors better than"
        f" one rate for everybody; {needed:g} are needed"
    )
    if not passed:
        reason = f"no lift: {reason}" if columns else "no lift: no column tells leads apart"
    return Gate("scorecard_lift", passed, evidence, needed, reason)


def _ranks_later(metrics: Mapping[str, Any], settings: GateSettings) -> Gate:
    """Where later rows can tell a signal from chance, they must; else they point that way."""
    seen = metrics["observed_conversions"]
    is_enough = min(seen, metrics["rows"] - seen) >= settings.min_test_positives
    area = metrics["auc_low"] if is_enough else metrics["auc"]
    passed = area is not None and area > settings.min_auc
    verdict = "" if passed else "no lift: "
    sure = f", 95% sure of {figure(metrics['auc_low'], 3)}" if is_enough else ""
    reason = (
        f"{verdict}AUC {figure(metrics['auc'], 3)}{sure} on {metrics['rows']} later rows"
        f" with {seen} conversions; must exceed {settings.min_auc:g}"
    )
    return Gate("scorecard_ranks_later_leads", passed, area, settings.min_auc, reason)


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


def _better_than_random(
    metrics: Mapping[str, Any], sure: Mapping[str, Any], settings: GateSettings
) -> Gate:
    # A day's leads share luck, and so do a person's: the widest interval counts.
    lows = [low for low in (metrics["auc_low"], sure["auc_low"]) if low is not None]
    if metrics["auc_low"] is None:
        reason = "the test block cannot define an AUC"
        return Gate("better_than_random", False, None, settings.min_auc, reason)
    low = min(lows)
    passed = low > settings.min_auc
    verdict = "better than" if passed else "no lift: not better than"
    reason = (
        f"{verdict} random: AUC {metrics['auc']:.3f}, 95% sure of {low:.3f}; "
        f"must exceed {settings.min_auc:g}"
    )
    return Gate("better_than_random", passed, low, settings.min_auc, reason)


def _better_than_constant(metrics: Mapping[str, Any], constant: Mapping[str, Any]) -> Gate:
    ours, theirs = metrics["log_loss"], constant["log_loss"]
    if metrics["level"]["has_moved"]:  # a wrong level is neither's merit: both are corrected
        ours, theirs = metrics["level"]["log_loss"], metrics["level"]["constant_log_loss"]
    passed = ours is not None and theirs is not None and ours < theirs
    reason = f"log loss {figure(ours, 4)}; one rate for everybody: {figure(theirs, 4)}"
    return Gate("better_than_constant", passed, ours, theirs, reason)


def _as_good_as_logistic(
    metrics: Mapping[str, Any], logistic: Mapping[str, Any], settings: GateSettings
) -> Gate:
    ours, theirs = metrics["auc"], logistic["auc"]
    if ours is None or theirs is None:
        return Gate("as_good_as_logistic", False, ours, theirs, "no AUC to compare")
    needed = theirs - settings.max_auc_below_logistic
    reason = f"AUC {ours:.3f}; logistic regression on the same features: {theirs:.3f}"
    ahead = logistic.get("auc_behind_high")
    is_chance = ahead is not None and ahead > 0
    if ours < needed and is_chance:
        reason += " (no more than chance on so few rows)"
    return Gate("as_good_as_logistic", ours >= needed or is_chance, ours, needed, reason)


def _calibrated(metrics: Mapping[str, Any], settings: GateSettings) -> Gate:
    # Where the base rate moved after the labels that the judged model was calibrated on, the shape
    # is judged: the level of the model handed over is corrected to its newest labels.
    measured = metrics["level"] if metrics["level"]["has_moved"] else metrics
    error, noise = measured["calibration_error"], measured["calibration_error_noise"]
    rate = metrics["base_rate"]
    if error is None or not 0 < rate < 1:
        return Gate("calibration_error", False, error, None, "no calibration to measure")
    # Relative to the rarer class: 0.02 is small beside a rate of 40% and absurd beside 1%. What a
    # perfect model would show on so few rows is not held against this one.
    allowed = settings.max_calibration_error * min(rate, 1 - rate) + noise
    reason = (
        f"probabilities are off by {error:.4f} on average; {allowed:.4f} allowed "
        f"({noise:.4f} of it is chance on {metrics['rows']} rows)"
        f"{', once the level is corrected' if metrics['level']['has_moved'] else ''}"
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
    if metrics["level"]["has_moved"]:
        reason = (
            f"{expected:.0f} conversions expected in the test block, {observed} seen: the base "
            "rate has moved, and the level is corrected to the newest labels"
        )
        return Gate("expected_conversions", True, off, None, reason)
    return Gate("expected_conversions", off <= allowed, off, allowed, reason)
