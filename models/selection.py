"""Try a few sound settings and average those that cannot be told from the best."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from features.featureset import FeatureSet
from models import boosting, line
from models.baselines import Logistic, affordable_rows
from models.block import Block
from models.boosting import Booster, Dataset
from models.manifest import JSON, rounded
from models.matrix import F32, F64, Bools
from models.metrics import average_precision, fitted_losses
from models.params import Candidate, TrainSettings
from models.sampling import drawn

# Early stopping looks at the block after every tree; so many rows tell enough.
MAX_STOP_ROWS = 100_000

_LEAST_SHARE = 3

# Larger steps lose where rows are few. Of 190,000 rows random and medium alike lose 0.0003 of AUC;
# large, whose step is 0.08 and which stops early, loses 0.002.
_SMALL_STEP = 0.05

LINE = "logistic"
"""Name of the logistic regression among the candidates."""


@dataclass(frozen=True)
class Recipe:
    """What came out of the search: how the model is trained on any rows.

    Parameters
    ----------
    candidates : tuple of Candidate
        Averaged; `trees` is the limit of each.
    stopped : tuple of int
        Trees at which each stopped.
    rows : int
        Of the block they stopped on.
    tried : list
        For the manifest.
    has_line : bool
        A logistic regression is one of those averaged.
    """

    candidates: tuple[Candidate, ...]
    stopped: tuple[int, ...]
    rows: int
    tried: list[JSON]
    has_line: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all that are averaged."""
        return (*(one.name for one in self.candidates), *([LINE] if self.has_line else []))

    def line_alone(self) -> "Recipe":
        """Return the recipe of the logistic regression and nothing else."""
        return replace(self, candidates=(), stopped=(), has_line=True)

    def fit(self, block: Block, features: FeatureSet, params: TrainSettings) -> Booster:
        """Train on a block; its matrix may be freed once this has returned.

        More rows pay for more trees, in proportion, up to the limit of the candidate.

        A third of the limit is never undercut: where the world drifts, the losses after 50 and
        after 300 trees differ by a tenth of their noise, and stopping at the fewest lost 0.01 of
        AUC and of average precision (bank marketing, in order of time).
        """
        grown = max(1.0, len(block.label) / max(1, self.rows))
        fitted = []

        @cache
        def same_bins(bins: int | None) -> Dataset:
            return boosting.dataset(block, features, params, bins=bins)

        for candidate, stopped in zip(self.candidates, self.stopped, strict=True):
            enough = max(stopped, candidate.trees // _LEAST_SHARE)
            trees = min(candidate.trees, round(enough * grown))
            settings = candidate.model_copy(update={"trees": trees})
            binned = same_bins(candidate.bins)
            fitted.append(boosting.fit(settings, binned, None, features, params))
        steps = _line_trees(block, features, params) if self.has_line else []
        if fitted:
            return boosting.average(fitted, steps)
        shortest = params.candidates[0].model_copy(update={"trees": 1})
        empty = boosting.fit(shortest, same_bins(shortest.bins), None, features, params)
        return boosting.instead(empty, steps) if steps else empty


def choose(train: Block, stop: Block, features: FeatureSet, params: TrainSettings) -> Recipe:
    """Fit the candidates that the number of conversions can pay for, and compare them.

    Judged by log loss on the early-stopping block, later than the training block where time is
    known, each after the straight line that suits it best (`metrics.fitted_losses`). The best
    begins, and each next best joins unless the average with it is worse by more than
    `candidate_margin_se` standard errors of the paired difference, or it alone by twice as many:
    what is too small for this many rows will be smaller yet for all of them. The logistic
    regression is asked only whether the average suffers by it: it errs in other ways than trees do,
    and holds where the world drifts and trees do not. On small data no candidate can be told from
    another, and the average of several that err differently beats the pick of one (measured on nine
    public sets, four splits each: AUC +0.002 over the best single one); on large data those that
    are too small for it stay out.
    """
    rarer = min(stop.positives, len(stop.label) - stop.positives)

    @cache
    def same_bins(bins: int | None) -> tuple[Dataset, Dataset | None]:
        binned = boosting.dataset(train, features, params, bins=bins)
        if rarer < params.early_stopping_min_positives:
            return binned, None
        return binned, boosting.dataset(stop, features, params, binned, bins)

    fitted: list[F64] = []
    stopped: list[int] = []
    affordable: list[Candidate] = []
    tried: list[dict[str, JSON]] = []
    for candidate in _affordable(train, stop, params):
        if candidate.must_pay and not _is_last_best(fitted, stop.label, params.candidate_margin_se):
            continue
        affordable.append(candidate)
        booster = boosting.fit(candidate, *same_bins(candidate.bins), features, params)
        raw = boosting.raw_score(booster, stop.matrix, params.num_threads)
        fitted.append(raw)
        stopped.append(boosting.tree_count(booster))
        tried.append(_entry(candidate.name, stopped[-1], stop, raw))
    if 0 < train.positives < len(train.label) and stop.positives:
        raw = _logistic(train, features, params)[0].raw_score(stop.matrix)
        fitted.append(raw)
        tried.append(_entry(LINE, None, stop, raw))
    kept = _averaged(fitted, stop.label, params.candidate_margin_se, len(affordable))
    for index, entry in enumerate(tried):
        entry["is_used"] = index in kept
    boosted = [index for index in kept if index < len(affordable)]
    return Recipe(
        tuple(affordable[index] for index in boosted),
        tuple(stopped[index] for index in boosted),
        len(train.label),
        list(tried),
        has_line=len(boosted) < len(kept),
    )


def _entry(name: str, trees: int | None, stop: Block, raw: F64) -> dict[str, JSON]:
    loss = fitted_losses(stop.label, raw) if len(raw) else np.empty(0)
    return {
        "candidate": name,
        "trees": trees,
        "log_loss": rounded(float(loss.mean()) if len(loss) else None),
        "average_precision": rounded(average_precision(stop.label, raw)),
    }


def _logistic(block: Block, features: FeatureSet, params: TrainSettings) -> tuple[Logistic, F32]:
    """Fit a logistic regression on what it needs of a block, and say on which rows."""
    most = affordable_rows(features, params.logistic_max_rows)
    rows, share = drawn(block.label, np.arange(len(block.label)), most, params.seed)
    matrix, weight = block.matrix[rows], share
    if block.weight is not None:
        weight = block.weight[rows] * (1 if share is None else share)
    fitted = Logistic(features.kinds, features.monotone).fit(matrix, block.label[rows], weight)
    return fitted, matrix


def _line_trees(block: Block, features: FeatureSet, params: TrainSettings) -> list[str]:
    fitted, matrix = _logistic(block, features, params)
    known = features.vocabulary.values
    sizes = tuple(
        len(known[name]) if kind == "category" else 0
        for name, kind in zip(features.names, features.kinds, strict=True)
    )
    return line.trees_of(fitted, matrix, sizes, float(block.label.mean()))


def _is_last_best(raw: list[F64], label: Bools, margin_se: float) -> bool:
    """Whether the last one leaves all before it clearly behind."""
    if len(raw) < 2 or not len(label):
        return False
    *others, last = (fitted_losses(label, one) for one in raw)
    return all(_is_clearly_higher(one, last, 2 * margin_se) for one in others)


def _averaged(raw: list[F64], label: Bools, margin_se: float, line: int) -> list[int]:
    """Choose whose scores to average, in the order in which they were tried.

    `line` is the place of the logistic regression, if it is there.
    """
    if not len(label):
        return [0]
    alone = [fitted_losses(label, one) for one in raw]
    ranked = sorted(range(len(raw)), key=lambda index: float(alone[index].sum()))
    kept, lowest = ranked[:1], alone[ranked[0]]
    for index in ranked[1:]:
        if index != line and _is_clearly_higher(alone[index], alone[ranked[0]], 2 * margin_se):
            continue
        losses = fitted_losses(label, np.mean([raw[i] for i in (*kept, index)], axis=0))
        if not _is_clearly_higher(losses, lowest, margin_se):
            kept = [*kept, index]
            lowest = min(lowest, losses, key=lambda found: float(found.sum()))
    return sorted(kept)


def _is_clearly_higher(losses: F64, lowest: F64, margin_se: float) -> bool:
    excess = losses - lowest
    if len(excess) < 2:
        return False
    error = float(excess.std(ddof=1) / np.sqrt(len(excess)))
    return bool(excess.mean() > margin_se * error)


def _affordable(train: Block, stop: Block, params: TrainSettings) -> list[Candidate]:
    fits = [c for c in params.candidates if train.positives >= c.min_positives]
    # Without conversions to judge by there is nothing to choose with.
    fits = fits[:1] if stop.positives == 0 else fits
    return [_hastened(c) for c in fits] if len(train.label) >= params.plenty_rows else fits


def _hastened(candidate: Candidate) -> Candidate:
    """Take twice the steps and half the trees, where steps are small: the time is halved."""
    if candidate.learning_rate > _SMALL_STEP:
        return candidate
    up = {"learning_rate": 2 * candidate.learning_rate, "trees": -(-candidate.trees // 2)}
    return candidate.model_copy(update=up)
