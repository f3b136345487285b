"""The model that is handed over: the recipe that was judged, fitted on all labels up to the newest.

The four blocks judge a recipe: its features, candidates, trees. A model that stopped learning where
the judging began would miss the newest third of the labels, and those are closest to the leads it
will score. So the recipe is fitted again, and calibrated on rows of the later blocks that the trees
behind their scores never saw: rows of all times where these bend as the later ones do.
"""

from dataclasses import dataclass, replace

import numpy as np

from models import boosting, likeness
from models.calibrate import Calibration
from models.examples import Examples
from models.level import Level, fit_recent, fit_shape
from models.likeness import Likeness
from models.manifest import JSON
from models.matrix import F64, Ints
from models.params import TrainSettings
from models.selection import Recipe
from models.split import CALIBRATE, TEST, uniform


@dataclass(frozen=True)
class Shipped:
    """A model ready to score.

    Parameters
    ----------
    text : str
        LightGBM text.
    calibration : Calibration
    level : Level
    likeness : Likeness
        Of the labelled rows with the leads to be scored.
    held_out : (m,) float64
        Raw scores of later rows that the trees behind them never saw.
    how : dict
        For the manifest: rows fitted, rows held out, folds.
    """

    text: str
    calibration: Calibration
    level: Level
    likeness: Likeness
    held_out: F64
    how: dict[str, JSON]

    def level_json(self) -> dict[str, JSON]:
        """Return what was found of the level, for the manifest; one reason in words for both."""
        words = [found.reason for found in (self.level, self.likeness) if found.reason]
        both: dict[str, JSON] = {"likeness": self.likeness.to_json(), "reason": "; ".join(words)}
        return self.level.to_json() | both


def ship(examples: Examples, recipe: Recipe, wander: float, params: TrainSettings) -> Shipped:
    """Fit the recipe on all rows and calibrate it on later rows held out by whole persons.

    Up to `cross_fit_max_rows` the later rows are scored in folds, each by a fit without its
    persons, and the shipped trees see every row; with dates so are the earlier rows, which tell how
    scores bend, while the level stays that of the later ones (`models.level`), corrected to leads
    like those to be scored (`models.likeness`) and the mean over as many as it may `wander` to
    (`models.wander`). Above, where a share of the rows is plenty, that
    share of the later persons stays out of the one fit: their rows calibrate.
    """
    rows = np.arange(len(examples.label))
    later = examples.where(CALIBRATE, TEST)
    shape = None
    if len(rows) <= params.cross_fit_max_rows:
        folds = params.cross_fit_folds
        if len(rows) >= params.plenty_rows:
            # Trees of half of many rows are nearly those of all, and a third of the work.
            folds = max(2, folds // 2)
        fold = (uniform(examples.tied, params.seed + 2) * folds).astype(np.int64)
        # With dates, early rows are scored as well: three times as many tell how scores bend.
        scored = later if examples.at is None else rows
        parts = [scored[fold[scored] == number] for number in range(folds)]
        raw = np.empty(len(rows))
        for number, part in enumerate(parts):
            if len(part):
                booster = _fit(examples, recipe, rows[fold != number], params)
                raw[part] = _raw(booster, examples, part, params)
        fitted, held = rows, later
        final = _fit(examples, recipe, fitted, params)
        scores, seen, known = raw[held], scored, raw[scored]
        if examples.at is not None:
            shape = fit_shape(raw, examples.label, held, params)
    else:
        folds = 1
        is_out = np.isin(examples.tied, _drawn_persons(examples, later, params))
        fitted, held = rows[~is_out], later[is_out[later]]
        final = _fit(examples, recipe, fitted, params)
        scores = _raw(final, examples, held, params)
        seen, known = held, scores
    time = None if examples.order.time is None else examples.order.time[held]
    calibration, level = fit_recent(scores, examples.label[held], time, params, shape)
    alike = _likeness(examples, seen, calibration.apply(known), params)
    calibration = calibration.shifted(alike.shift).widened(wander)
    level = replace(level, wander=wander)
    how: dict[str, JSON] = {
        "rows": len(fitted),
        "positives": int(examples.label[fitted].sum()),
        "held_out_rows": len(held),
        "held_out_positives": int(examples.label[held].sum()),
        "folds": folds,
        "calibrated_rows": calibration.rows,
        "calibrated_positives": calibration.positives,
    }
    return Shipped(boosting.text_of(final), calibration, level, alike, scores, how)


def _likeness(examples: Examples, seen: Ints, probability: F64, params: TrainSettings) -> Likeness:
    """Compare rows that no tree behind their score saw with the leads to be scored."""
    label = examples.label[seen]
    rarer = min(int(label.sum()), int((~label).sum()))
    if examples.at is None or examples.scoring is None or rarer < params.isotonic_min_positives:
        return likeness.NONE
    meant = examples.scoring
    weight = likeness.weigh(examples.matrix, seen, examples.tied, meant, examples.features, params)
    if weight is None:
        return likeness.NONE
    return likeness.measure(probability, label, weight, len(meant))


def _drawn_persons(examples: Examples, later: Ints, params: TrainSettings) -> Ints:
    persons = np.unique(examples.tied[later])
    return persons[uniform(persons, params.seed + 2) < params.holdout_share]


def _fit(examples: Examples, recipe: Recipe, rows: Ints, params: TrainSettings) -> boosting.Booster:
    block = examples.sample(rows, params.fit_max_rows, params.seed)
    return recipe.fit(block, examples.features, params)


def _raw(booster: boosting.Booster, examples: Examples, rows: Ints, params: TrainSettings) -> F64:
    return boosting.raw_score_of(booster, examples.matrix, rows, params.num_threads)
