"""An honest little world of leads, and columns that know how each of them ended."""

import numpy as np

from features.custom import custom_feature
from features.featureset import FeatureSet
from features.spec import Known
from features.vocabulary import Vocabulary
from models.leakage import examine
from models.params import LeakageSettings

ROWS = 5000
YES_NO = ("no", "yes")


def world(rows=ROWS, seed=0):
    """Return honest columns, which hang together through interest and size, and the outcome."""
    rng = np.random.default_rng(seed)
    interest, size = rng.normal(size=rows), rng.normal(size=rows)
    columns = {
        "visits": np.round(np.exp(0.7 * interest + rng.normal(size=rows))),
        "minutes": np.exp(0.5 * interest + 0.3 * size + rng.normal(size=rows)),
        "staff": np.round(np.exp(size + 0.5 * rng.normal(size=rows))),
        "source": np.digitize(interest + rng.normal(size=rows), [-1, 0, 1]).astype(float),
        "region": np.digitize(size + 2 * rng.normal(size=rows), [-1, 1]).astype(float),
        "phone": np.where(rng.random(rows) < 1 / (1 + np.exp(-size)), rng.random(rows), np.nan),
    }
    logit = -1.2 + 0.9 * interest + 0.4 * size + 0.2 * columns["region"]
    label = rng.random(rows) < 1 / (1 + np.exp(-logit))
    return columns, label, interest


CATEGORIES = {"source": ("ad", "web", "fair", "friend"), "region": ("n", "m", "s")}


def judged(columns, label, categories=CATEGORIES, settings=None, known=Known.EXPORT_ONLY, **more):
    """Return column -> finding."""
    features = FeatureSet(
        tuple(
            custom_feature(f"custom:{n}", "category" if n in categories else "number", known)
            for n in columns
        ),
        Vocabulary({f"custom:{n}": categories[n] for n in columns if n in categories}),
    )
    matrix = np.column_stack(list(columns.values())).astype(np.float32)
    found = examine(
        matrix, label, np.arange(len(label)), features, settings or LeakageSettings(), **more
    )
    return {finding.feature.removeprefix("custom:"): finding for finding in found}


def plants(label, seed=1):
    """Return kind -> (columns, categories): each kind tells the outcome in another way."""
    rng = np.random.default_rng(seed)
    rows = len(label)
    draw, noise, nothing = rng.random, rng.normal, np.nan
    place = np.arange(rows)
    clock = draw(rows) * 1e5
    bit = draw(rows) < 0.5
    amount = np.round(np.exp(noise(7, 1, rows)), 2)
    ends = clock + np.where(label, rng.exponential(600, rows), rng.exponential(120, rows))
    return {
        "copy": ({"p": label}, {}),
        "copy, a quarter of it wrong": ({"p": label ^ (draw(rows) < 0.25)}, {"p": YES_NO}),
        "score made from the outcome": ({"p": noise(0.8 * label, 1)}, {}),
        "emptied by the outcome": (
            {"p": np.where(draw(rows) < np.where(label, 0.2, 0.6), nothing, noise(size=rows))},
            {},
        ),
        "filled for buyers of the second half": (
            {
                "p": np.where(
                    label & (place > rows / 2) & (draw(rows) < 0.7),
                    rng.integers(1, 999, rows),
                    nothing,
                )
            },
            {},
        ),
        "numbers given to buyers": (
            {
                "p": np.where(
                    label & (draw(rows) < 0.4),
                    rng.integers(900_000, 1_000_000, rows),
                    rng.integers(0, 1_000_000, rows),
                )
            },
            {},
        ),
        "in the last quarter only": (
            {"p": np.where(place > 0.75 * rows, label, draw(rows) < label.mean())},
            {"p": YES_NO},
        ),
        "rare value of buyers only": (
            {"p": np.where(label & (draw(rows) < 0.2), 3, rng.integers(0, 3, rows))},
            {"p": ("a", "b", "c", "rare")},
        ),
        "status with open cases": (
            {"p": np.where(draw(rows) < 0.4, 2, label ^ (draw(rows) < 0.03))},
            {"p": ("lost", "won", "open")},
        ),
        "two that tell together": (
            {"p": bit, "q": bit ^ label ^ (draw(rows) < 0.1)},
            {"p": YES_NO, "q": YES_NO},
        ),
        "amount rounded when sold": ({"p": np.where(label, np.round(amount, -2), amount)}, {}),
        "two clocks": ({"p": clock, "q": ends}, {}),
    }
