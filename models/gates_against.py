"""The gates that hold a candidate against the top of a list, the champion and tonight's leads."""

from collections.abc import Mapping
from typing import Any

from models.gate import Gate, figure
from models.params import GateSettings


def against(found: Mapping[str, Any], settings: GateSettings) -> tuple[Gate, ...]:
    """Judge what `models.contest.contest` measured."""
    return (
        _better_than_newest(found["capacity"], settings),
        _lift_at_capacity(found["capacity"], settings),
        _champion_auc(found["champion"], settings),
        _champion_lift(found["champion"], settings),
        _drift(found["drift"], settings),
        _churn(found["churn"], found["champion"], settings),
    )


def _top(capacity: Mapping[str, Any]) -> str:
    why = "tonight's capacity" if capacity["is_known"] else "no capacity known"
    return f"the top {capacity['share']:.2%} ({why})"


def _better_than_newest(capacity: Mapping[str, Any], settings: GateSettings) -> Gate:
    ours, theirs = capacity["lift"], capacity["newest_first"]
    if theirs is None:
        return Gate("better_than_newest_first", True, ours, None, "no dates: not compared")
    needed = theirs + settings.min_lift_over_newest
    reason = f"lift in {_top(capacity)}: {figure(ours)}; newest first: {theirs:.2f}"
    return Gate(
        "better_than_newest_first", ours is not None and ours > needed, ours, needed, reason
    )


def _lift_at_capacity(capacity: Mapping[str, Any], settings: GateSettings) -> Gate:
    ours, theirs = capacity["lift"], capacity["logistic"]
    high = capacity["ahead_of_logistic_high"]
    reason = (
        f"lift in {_top(capacity)}: {figure(ours)}, more than {settings.min_lift:g} is needed;"
        f" logistic regression: {figure(theirs)}"
    )
    if ours is None or theirs is None:
        return Gate("lift_at_capacity", False, ours, settings.min_lift, reason)
    is_behind = ours < theirs and (high is None or high < 0)
    if ours < theirs and not is_behind:
        reason += " (no more than chance on so few rows)"
    passed = ours > settings.min_lift and not is_behind
    return Gate("lift_at_capacity", passed, ours, settings.min_lift, reason)


def _champion_auc(champion: Mapping[str, Any], settings: GateSettings) -> Gate:
    name = "as_good_as_champion"
    if not champion["is_comparable"]:
        return Gate(name, True, None, None, _not_compared(champion))
    ours, theirs, high = champion["ours"], champion["auc"], champion["ahead_high"]
    needed = theirs - settings.max_auc_below_champion
    is_chance = high is None or high >= 0
    reason = f"AUC {figure(ours, 3)}; {_who(champion)}: {figure(theirs, 3)}, {champion['reason']}"
    if ours < needed and is_chance:
        reason += " (no more than chance on so few)"
    return Gate(name, ours >= needed or is_chance, ours, needed, reason)


def _champion_lift(champion: Mapping[str, Any], settings: GateSettings) -> Gate:
    name = "lift_of_champion"
    if not champion["is_comparable"]:
        return Gate(name, True, None, None, _not_compared(champion))
    ours, theirs, high = champion["lift_ours"], champion["lift"], champion["lift_ahead_high"]
    needed = theirs * (1 - settings.max_lift_below_champion)
    is_chance = high is None or high >= 0
    reason = f"lift at capacity {figure(ours)}; {_who(champion)}: {figure(theirs)}"
    if ours < needed and is_chance:
        reason += " (no more than chance on so few)"
    return Gate(name, ours >= needed or is_chance, ours, needed, reason)


def _who(champion: Mapping[str, Any]) -> str:
    kind = "scorecard" if champion["kind"] == "scorecard" else "champion"
    return f"{kind} {champion['model_id']}"


def _not_compared(champion: Mapping[str, Any]) -> str:
    reason = str(champion["reason"])
    if champion["model_id"] is None:
        return f"{reason}: the other gates decide"
    return f"{_who(champion)}: {reason}; the other gates decide"


def _drift(drift: Mapping[str, Any], settings: GateSettings) -> Gate:
    apart, most = drift["divergence"], settings.max_score_drift
    if apart is None:
        reason = f"{drift['rows']} leads to score are known: not compared"
        return Gate("drift", True, None, most, reason)
    reason = (
        f"scores of {drift['rows']} leads to be scored and of the leads learnt from: Jensen-Shannon"
        f" divergence {apart:.3f}; {most:g} at most"
    )
    return Gate("drift", apart <= most, apart, most, reason)


def _churn(churn: Mapping[str, Any], champion: Mapping[str, Any], settings: GateSettings) -> Gate:
    replaced, most = churn["share_replaced"], settings.max_churn
    if replaced is None:
        reason = "no list of a champion to compare with"
        return Gate("top_k_churn", True, None, most, reason)
    reason = (
        f"{replaced:.0%} of the best {churn['top']} of {churn['rows']} leads to be scored are not"
        f" those of {_who(champion)}; {most:.0%} at most"
    )
    return Gate("top_k_churn", replaced <= most, replaced, most, reason)
