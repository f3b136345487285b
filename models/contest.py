"""A candidate beside what is in force and what is scored tonight: the figures for the gates."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from models import metrics as m
from models.evaluate import ranking
from models.examples import Examples
from models.leakage.drift import divergence
from models.manifest import JSON, rounded
from models.matrix import F64, Bools, Ints
from models.significance import auc_difference_by, auc_interval_by, bunches, lift_gain_by
from models.split import TEST

DEFAULT_SHARE: Final = 0.10
"""Share of the leads that counts as the top where no capacity is known."""

_MIN_TOP: Final = 100  # rows; the lift of fewer says more about chance than about a model
_MAX_SHARE: Final = 0.5  # where capacity reaches everybody, order decides nothing
_MIN_SCORING: Final = 500
_BANDS: Final = 20
_MIN_BAND: Final = 50  # rows per band: fewer differ by chance alone


@dataclass(frozen=True)
class Rival:
    """The champion, and what it says about the rows.

    Parameters
    ----------
    model_id : str
    kind : str
        ``model`` or ``scorecard``.
    known_until : np.datetime64 or None
        Day of the newest row it has learnt from; None = cannot be told.
    raw : (n,) float64 or None
        Its raw score of every training row, in the order of `TrainingSet`; None = it cannot score.
    scoring : (m,) float64 or None
        Its raw score of the rows of `TrainingSet.scoring`.
    why_not : str
        Why it cannot score, in words.
    """

    model_id: str
    kind: str = "model"
    known_until: np.datetime64 | None = None
    raw: F64 | None = None
    scoring: F64 | None = None
    why_not: str = ""


@dataclass(frozen=True)
class Field:
    """What a candidate is held against; all of it may be absent.

    Parameters
    ----------
    rival : Rival or None
        None = nothing is in force.
    capacity_share : float or None
        Share of the scorable leads that tonight's capacity reaches; None = not known.
    """

    rival: Rival | None = None
    capacity_share: float | None = None


def contest(
    examples: Examples,
    held: F64,
    logistic: F64,
    field: Field,
    ours: tuple[F64, F64] | None,
    seed: int,
) -> dict[str, JSON]:
    """Measure the candidate against the field.

    Parameters
    ----------
    examples : Examples
    held, logistic : (t,) float64
        Raw scores of the test block, by the judged candidate and by logistic regression.
    field : Field
    ours : ((h,), (m,)) float64 or None
        Raw scores of the model handed over: of rows held out from it, and of the leads
        to be scored.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict
        ``sure`` (AUC interval when rows of a day, or of a person, share luck), ``capacity`` (lift
        of the top), ``champion``, ``drift``, ``churn``; each says in words what could not be known.
    """
    test = examples.where(TEST)
    label, group = examples.label[test], examples.tied[test]
    at = None if examples.at is None else examples.at[test]
    bunch = bunches(at, examples.newest[test], group)
    share = _share(field, len(test))
    return {
        "sure": _sure(label, held, bunch, group),
        "capacity": _capacity(
            label, {"ours": held, "logistic": logistic}, examples.newest[test], share, bunch, seed
        )
        | {"is_known": field.capacity_share is not None},
        "champion": _against(field.rival, examples, test, held, share, bunch, seed),
        "drift": _drift(ours),
        "churn": _churn(field, ours, share),
    }


def _share(field: Field, rows: int) -> float:
    wanted = DEFAULT_SHARE if field.capacity_share is None else field.capacity_share
    # So many rows that a lift means something, but no list that holds nearly everybody.
    least = min(DEFAULT_SHARE, _MIN_TOP / max(1, rows))
    return float(min(_MAX_SHARE, max(wanted, least)))


def _sure(label: Bools, raw: F64, bunch: Ints, group: Ints) -> dict[str, JSON]:
    found = [auc_interval_by(label, raw, one) for one in (bunch, group)]
    lows = [low for low, _ in found if np.isfinite(low)]
    return {"auc_low": rounded(min(lows)) if lows else None}


def _capacity(
    label: Bools, raw: dict[str, F64], newest: F64, share: float, bunch: Ints, seed: int
) -> dict[str, JSON]:
    _, high = lift_gain_by(label, raw["ours"], raw["logistic"], share, bunch, seed)
    has_dates = bool(len(newest)) and not np.isnan(newest).all()
    by_age = np.where(np.isnan(newest), -np.inf, newest)
    by_age = np.unique(by_age, return_inverse=True)[1].astype(np.float64)
    return {
        "share": rounded(share),
        "lift": rounded(m.lift(label, raw["ours"], share)),
        "logistic": rounded(m.lift(label, raw["logistic"], share)),
        "ahead_of_logistic_high": rounded(high),
        "newest_first": rounded(m.lift(label, by_age, share)) if has_dates else None,
    }


def _against(
    rival: Rival | None,
    examples: Examples,
    test: Ints,
    held: F64,
    share: float,
    bunch: Ints,
    seed: int,
) -> dict[str, JSON]:
    if rival is None:
        return {"model_id": None, "is_comparable": False, "reason": "nothing is in force yet"}
    known: dict[str, JSON] = {"model_id": rival.model_id, "kind": rival.kind}
    if rival.raw is None:
        return known | {"is_comparable": False, "reason": f"not comparable: {rival.why_not}"}
    if examples.at is None or rival.known_until is None:
        reason = "not comparable: nothing tells which of these rows the champion has learnt from"
        return known | {"is_comparable": False, "reason": reason}
    new = examples.at[test] > rival.known_until
    label = examples.label[test][new]
    rows, positives = int(new.sum()), int(label.sum())
    known |= {"rows": rows, "positives": positives}
    if min(positives, rows - positives) < 2:
        reason = (
            f"not comparable: the champion has learnt from all labels until {rival.known_until},"
            f" and only {positives} conversions are newer"
        )
        return known | {"is_comparable": False, "reason": reason}
    mine, theirs = held[new], rival.raw[examples.place[test]][new]
    low, high = auc_difference_by(label, mine, theirs, bunch[new])
    lift_low, lift_high = lift_gain_by(label, mine, theirs, share, bunch[new], seed)
    return (
        known
        | ranking(label, theirs)
        | {
            "is_comparable": True,
            "ours": rounded(m.auc(label, mine)),
            "ahead_low": rounded(low),
            "ahead_high": rounded(high),
            "lift": rounded(m.lift(label, theirs, share)),
            "lift_ours": rounded(m.lift(label, mine, share)),
            "lift_ahead_low": rounded(lift_low),
            "lift_ahead_high": rounded(lift_high),
            "reason": f"on {rows} rows newer than its labels",
        }
    )


def _drift(ours: tuple[F64, F64] | None) -> dict[str, JSON]:
    """Jensen-Shannon divergence of the scores of held-out rows and of those to be scored."""
    if ours is None or min(len(ours[0]), len(ours[1])) < _MIN_SCORING:
        return {"rows": 0 if ours is None else len(ours[1]), "divergence": None}
    held, tonight = ours
    bands = min(_BANDS, min(len(held), len(tonight)) // _MIN_BAND)
    edges = np.unique(np.quantile(held, np.linspace(0, 1, bands + 1)[1:-1]))
    shares = [
        np.bincount(np.searchsorted(edges, raw, side="left"), minlength=len(edges) + 1) / len(raw)
        for raw in (held, tonight)
    ]
    return {"rows": len(tonight), "divergence": rounded(divergence(shares[0], shares[1]))}


def _churn(field: Field, ours: tuple[F64, F64] | None, share: float) -> dict[str, JSON]:
    """Share of the champion's best among the leads to be scored that are not among ours."""
    theirs = None if field.rival is None else field.rival.scoring
    if theirs is None or ours is None or len(theirs) < _MIN_SCORING:
        return {"rows": 0, "top": 0, "share_replaced": None}
    top = max(1, round(share * len(theirs)))
    best = [set(np.argsort(-raw, kind="stable")[:top].tolist()) for raw in (ours[1], theirs)]
    replaced: dict[str, Any] = {"rows": len(theirs), "top": top}
    return replaced | {"share_replaced": rounded(1 - len(best[0] & best[1]) / top)}
